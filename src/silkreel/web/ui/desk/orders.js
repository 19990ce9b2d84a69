// Orders: search, look, and give money back with a reason.
import { useState } from "preact/hooks";
import { html } from "../shared/html.js";
import { Sheet } from "../shared/sheet.js";
import { t } from "../shared/words.js";
import { Amount, Cell, Choice, Coins, Facts, Pager, SearchLine, State, Table, When, named, useAnswer, useList } from "./money.js";
import { Empty, Field, Form, Loaded } from "./parts.js";
import { place } from "./places.js";
import { ask, may } from "./session.js";

const STATES = ["paid", "pending", "unknown", "mismatch", "partly_refunded", "refunded", "disputed", "charged_back", "failed", "expired", "created"];
const COLUMNS = ["orders.when", "orders.order", "orders.state", "orders.viewer", "orders.price+"];

export function Orders() {
  const id = place.value.split("/")[3];
  return id ? html`<${Order} key=${id} id=${decodeURIComponent(id)} />` : html`<${List} />`;
}

function List() {
  const [state, setState] = useState("");
  const list = useList("/orders", { state });
  return html`<section aria-labelledby="title">
    <header class="page-head"><h1 id="title" tabindex="-1">${t("nav.orders")}</h1>
      <${SearchLine} list=${list} label=${t("orders.search")} />
      <${Choice} id="state" label=${t("orders.state")} value=${state} onChange=${setState} choices=${[["", t("orders.any")], ...STATES.map((each) => [each, named(`order.${each}`, each)])]} />
    </header>
    <${Loaded} state=${list.state} onRetry=${list.load}>
      ${(/** @type {any} */ { orders, next_before }) => html`
        <p class="visually-hidden" role="status">${t("log.shown", { count: orders.length })}</p>
        ${orders.length ? html`<${Table} caption=${t("nav.orders")} columns=${COLUMNS}>${orders.map((/** @type {any} */ order) => html`<${Row} key=${order.id} order=${order} />`)}<//>` : html`<${Empty} title=${t(list.query || state ? "orders.none" : "orders.empty")}>${!list.query && !state && html`<p>${t("orders.empty_hint")}</p>`}<//>`}
        <${Pager} list=${list} next=${next_before} />`}
    <//>
  </section>`;
}

/** @param {{order: any}} props */
function Row({ order }) {
  return html`<tr role="row">
    <${Cell} of="orders.when"><${When} at=${order.made_at} /><//>
    <th role="rowheader" scope="row"><a class="link" href="/staff/orders/${order.id}">${order.id}</a><small>${order.item} · ${order.provider}${order.environment === "sandbox" ? ` · ${t("orders.sandbox")}` : ""}</small></th>
    <${Cell} of="orders.state"><${State} of="order" state=${order.state} /><//>
    <${Cell} of="orders.viewer"><${ViewerLink} viewer=${order.viewer} /><//>
    <${Cell} of="orders.price+"><${Amount} of=${order.price} /><//>
  </tr>`;
}

/** @param {{viewer: string}} props */
function ViewerLink({ viewer }) {
  if (!may("viewers.read")) return html`<code>${viewer}</code>`;
  return html`<a class="link" href="/staff/wallets/${encodeURIComponent(viewer)}"><code>${viewer}</code></a>`;
}

/** @param {{id: string}} props */
function Order({ id }) {
  const { state, load } = useAnswer(`/orders/${encodeURIComponent(id)}`);
  const [asking, setAsking] = useState(false);
  const [told, setTold] = useState("");
  const done = (/** @type {any} */ answer) => {
    setAsking(false);
    setTold(t("refund.done", { kept: answer.kept.text }));
    load();
  };
  return html`<section aria-labelledby="title">
    <p class="back"><a class="link" href="/staff/orders">${t("orders.back")}</a></p>
    <header class="page-head"><h1 id="title" tabindex="-1">${t("orders.number", { order: id })}</h1>
      ${state.value?.refundable && may("money.refund") && html`<button class="act danger" onClick=${() => setAsking(true)}>${t("refund.do")}</button>`}
    </header>
    <p class="good" role="status">${told}</p>
    <${Loaded} state=${state} onRetry=${load}>
      ${(/** @type {any} */ { order, kept, facts }) => html`
        <${Facts} rows=${[
          ["orders.state", html`<${State} of="order" state=${order.state} />`],
          ["orders.item", order.item],
          ["orders.price", html`<${Amount} of=${order.price} />`],
          ["orders.kept", html`<${Amount} of=${kept} />`],
          ["orders.coins", html`<${Coins} count=${order.paid_coins} /> + <${Coins} count=${order.bonus_coins} />`],
          ["orders.viewer", html`<${ViewerLink} viewer=${order.viewer} />`],
          ["orders.provider", `${order.provider}${order.environment === "sandbox" ? ` (${t("orders.sandbox")})` : ""}`],
          ["orders.when", html`<${When} at=${order.made_at} />`],
        ]} />
        <h2 class="section">${t("orders.told")}</h2>
        ${facts.length ? html`<${Table} caption=${t("orders.told")} columns=${["orders.when", "orders.fact", "orders.object", "orders.amount+"]}>
          ${facts.map((/** @type {any} */ fact) => html`<tr role="row" key=${fact.object + fact.kind}>
            <${Cell} of="orders.when"><${When} at=${fact.at} /><//>
            <th role="rowheader" scope="row">${named(`fact.${fact.kind}`, fact.kind)}</th>
            <${Cell} of="orders.object"><code>${fact.object}</code><//>
            <${Cell} of="orders.amount+"><${Amount} of=${fact.amount} /><//>
          </tr>`)}<//>` : html`<${Empty} title=${t("orders.silent")} />`}
        ${asking && html`<${Refund} order=${order} kept=${kept} onDone=${done} onClose=${() => setAsking(false)} />`}`}
    <//>
  </section>`;
}

/** @param {{order: any, kept: any, onDone: (answer: any) => void, onClose: () => void}} props */
function Refund({ order, kept, onDone, onClose }) {
  const [amount, setAmount] = useState(kept.text.split(" ")[0]);
  const [reason, setReason] = useState("");
  const send = async () => onDone(await ask("POST", `/orders/${order.id}/refund`, { amount, reason }));
  return html`<${Sheet} title=${t("refund.title", { order: order.id })} onClose=${onClose}>
    <${Form} onSend=${send} label=${t("refund.sure", { amount: `${amount} ${order.price.currency}` })} danger=${true} ready=${Boolean(reason.trim() && /^\d+(\.\d+)?$/.test(amount))}>
      <p>${t("refund.means", { provider: order.provider })}</p>
      <${Field} id="amount" label=${t("refund.amount", { currency: order.price.currency })} hint=${t("refund.most", { kept: kept.text })} value=${amount} onInput=${setAmount} inputmode="decimal" maxlength="17" autocomplete="off" focus=${true} />
      <${Field} id="reason" label=${t("money.reason")} hint=${t("money.reason_hint")} value=${reason} onInput=${setReason} maxlength="500" autocomplete="off" />
    <//>
  <//>`;
}
