// Wallets: what a viewer holds and how it came so, and changes of it, large ones with two people.
import { useState } from "preact/hooks";
import { html } from "../shared/html.js";
import { Sheet } from "../shared/sheet.js";
import { t } from "../shared/words.js";
import { Amount, Cell, Choice, Coins, Facts, Pager, State, Table, When, named, useAnswer, useList } from "./money.js";
import { Empty, Field, Form, Loaded, Mark } from "./parts.js";
import { go, place } from "./places.js";
import { ask, may, me } from "./session.js";

export function Wallets() {
  const viewer = place.value.split("/")[3];
  return viewer ? html`<${Wallet} key=${viewer} viewer=${decodeURIComponent(viewer)} />` : html`<${Overview} />`;
}

function Overview() {
  const [viewer, setViewer] = useState("");
  const find = async () => go(`/staff/wallets/${encodeURIComponent(viewer.trim())}`);
  return html`<section aria-labelledby="title">
    <header class="page-head"><h1 id="title" tabindex="-1">${t("nav.wallets")}</h1></header>
    ${may("viewers.read") && html`<div class="lookup"><${Form} onSend=${find} label=${t("wallets.open")} ready=${Boolean(viewer.trim())}>
      <${Field} id="viewer" label=${t("wallets.viewer")} hint=${t("wallets.looked")} value=${viewer} onInput=${setViewer} maxlength="64" autocomplete="off" autocapitalize="none" spellcheck=${false} />
    <//></div>`}
    <${Adjustments} />
  </section>`;
}

function Adjustments() {
  const [state, setState] = useState("proposed");
  const list = useList("/adjustments", { state });
  const [open, setOpen] = useState(/** @type {any} */ (null));
  const done = () => {
    setOpen(null);
    list.load();
  };
  return html`<div class="list-head"><h2 class="section">${t("adjust.title")}</h2>
      <${Choice} id="state" label=${t("adjust.state")} value=${state} onChange=${setState} choices=${["proposed", "made", "declined", ""].map((each) => [each, t(each ? `adjustment.${each}` : "adjust.any")])} /></div>
    <${Loaded} state=${list.state} onRetry=${list.load}>
      ${(/** @type {any} */ { adjustments, next_before }) => html`
        ${adjustments.length ? html`<${Table} caption=${t("adjust.title")} columns=${["adjust.viewer", "adjust.change", "adjust.state", "adjust.who", ""]}>
          ${adjustments.map((/** @type {any} */ each) => html`<tr role="row" key=${each.id}>
            <th role="rowheader" scope="row"><code>${each.viewer_id}</code><small>${each.reason}</small></th>
            <${Cell} of="adjust.change"><${Change} of=${each} /><//>
            <${Cell} of="adjust.state"><${State} of="adjustment" state=${each.state} /><//>
            <${Cell} of="adjust.who"><bdi>${each.proposed_name}</bdi><small><${When} at=${each.proposed_at} />${each.decided_name && each.decided_name !== each.proposed_name ? ` · ${each.decided_name}` : ""}</small><//>
            <td role="cell" class="acts">${each.state === "proposed" && html`<${Decide} of=${each} onOpen=${setOpen} />`}</td>
          </tr>`)}<//>` : html`<${Empty} title=${t(state === "proposed" ? "adjust.none_wait" : "adjust.none")} />`}
        <${Pager} list=${list} next=${next_before} />
        ${open && html`<${Decision} of=${open.of} yes=${open.yes} onDone=${done} onClose=${() => setOpen(null)} />`}`}
    <//>`;
}

/** @param {{of: any}} props */
function Change({ of }) {
  return html`${of.bonus_coins !== 0 && html`<span class="chip"><${Coins} count=${of.bonus_coins} sign=${true} /> ${t("wallets.bonus")}</span>`}
    ${of.forgive_coins !== 0 && html`<span class="chip">${t("adjust.forgiven")} <${Coins} count=${of.forgive_coins} /></span>`}`;
}

/** @param {{of: any, onOpen: (open: any) => void}} props */
function Decide({ of, onOpen }) {
  const mine = of.proposed_by === me.value?.id;
  const label = (/** @type {string} */ id) => `${t(id)}: ${of.viewer_id}`;
  return html`${!mine && may("money.approve") && html`<button class="act small" aria-label=${label("adjust.yes")} onClick=${() => onOpen({ of, yes: true })}>${t("adjust.yes")}</button>`}
    ${(mine || may("money.approve")) && html`<button class="act small" aria-label=${label(mine ? "adjust.back" : "adjust.no")} onClick=${() => onOpen({ of, yes: false })}>${t(mine ? "adjust.back" : "adjust.no")}</button>`}`;
}

/** @param {{of: any, yes: boolean, onDone: () => void, onClose: () => void}} props */
function Decision({ of, yes, onDone, onClose }) {
  const [reason, setReason] = useState("");
  const send = async () => {
    await ask("POST", `/adjustments/${of.id}/${yes ? "approve" : "decline"}`, yes ? { content_hash: of.content_hash, reason } : { reason });
    onDone();
  };
  return html`<${Sheet} title=${t(yes ? "adjust.yes_title" : "adjust.no_title")} onClose=${onClose}>
    <${Form} onSend=${send} label=${t(yes ? "adjust.yes" : "adjust.no")} danger=${!yes} ready=${yes || Boolean(reason.trim())}>
      <${Facts} rows=${[["adjust.viewer", html`<code>${of.viewer_id}</code>`], ["adjust.change", html`<${Change} of=${of} />`], ["money.reason", of.reason], ["adjust.who", of.proposed_name]]} />
      <p class="hint">${t(yes ? "adjust.yes_means" : "adjust.no_means")}</p>
      ${!yes && html`<${Field} id="reason" label=${t("money.reason")} value=${reason} onInput=${setReason} maxlength="500" autocomplete="off" focus=${true} />`}
    <//>
  <//>`;
}

/** @param {{viewer: string}} props */
function Wallet({ viewer }) {
  const [trail, setTrail] = useState(/** @type {any[]} */ ([]));
  const before = trail.at(-1);
  const { state, load } = useAnswer(`/viewers/${encodeURIComponent(viewer)}/wallet${before ? `?before=${before}` : ""}`);
  const [asking, setAsking] = useState(false);
  const [told, setTold] = useState("");
  const done = (/** @type {any} */ made) => {
    setAsking(false);
    setTold(t(made.state === "made" ? "adjust.made" : "adjust.waits"));
    load();
  };
  return html`<section aria-labelledby="title">
    <p class="back"><a class="link" href="/staff/wallets">${t("wallets.back")}</a></p>
    <header class="page-head"><h1 id="title" tabindex="-1">${t("wallets.of", { viewer })}</h1>
      ${may("money.adjust") && html`<button class="act main" onClick=${() => setAsking(true)}><${Mark} name="plus" />${t("adjust.do")}</button>`}</header>
    <p class="good" role="status">${told}</p>
    <${Loaded} state=${state} onRetry=${load}>
      ${(/** @type {any} */ wallet) => html`
        <${Facts} rows=${[
          ["wallets.paid", html`<${Coins} count=${wallet.paid_coins} />`],
          ["wallets.bonus", html`<${Coins} count=${wallet.bonus_coins} />`],
          ["wallets.debt", html`<${Coins} count=${wallet.debt_coins} />`],
          ["wallets.unused", wallet.unused.length ? wallet.unused.map((/** @type {any} */ each) => html`<${Amount} key=${each.currency} of=${each} /> `) : "–"],
        ]} />
        <h2 class="section">${t("wallets.movements")}</h2>
        ${wallet.movements.length ? html`<${Table} caption=${t("wallets.movements")} columns=${["orders.when", "wallets.what", "wallets.paid+", "wallets.bonus+", "wallets.debt+"]}>
          ${wallet.movements.map((/** @type {any} */ each) => html`<tr role="row" key=${each.txn}>
            <${Cell} of="orders.when"><${When} at=${each.at} /><small>#${each.txn}</small><//>
            <th role="rowheader" scope="row">${named(`movement.${each.reason}`, each.reason)}<small>${each.order ? html`<a class="link" href="/staff/orders/${each.order}">${each.order}</a>` : [...each.episodes, ...each.choices].join(", ")}</small></th>
            <${Cell} of="wallets.paid+"><${Coins} count=${each.paid_coins} sign=${true} /><//>
            <${Cell} of="wallets.bonus+"><${Coins} count=${each.bonus_coins} sign=${true} /><//>
            <${Cell} of="wallets.debt+"><${Coins} count=${each.debt_coins} sign=${true} /><//>
          </tr>`)}<//>` : html`<${Empty} title=${t("wallets.empty")} />`}
        <${Pager} list=${{ trail, turn: setTrail }} next=${wallet.next_before} />
        ${asking && html`<${Adjust} viewer=${viewer} onDone=${done} onClose=${() => setAsking(false)} />`}`}
    <//>
  </section>`;
}

/** @param {{viewer: string, onDone: (made: any) => void, onClose: () => void}} props */
function Adjust({ viewer, onDone, onClose }) {
  const [bonus, setBonus] = useState("");
  const [forgive, setForgive] = useState("");
  const [reason, setReason] = useState("");
  const whole = /^-?\d{1,9}$/;
  const fits = (!bonus || whole.test(bonus)) && (!forgive || /^\d{1,9}$/.test(forgive)) && (Number(bonus) !== 0 || Number(forgive) !== 0);
  const send = async () => onDone(await ask("POST", "/adjustments", { viewer, bonus_coins: Number(bonus), forgive_coins: Number(forgive), reason }));
  return html`<${Sheet} title=${t("adjust.of", { viewer })} onClose=${onClose}>
    <${Form} onSend=${send} label=${t("adjust.send")} ready=${Boolean(fits && reason.trim())}>
      <p>${t("adjust.means")}</p>
      <${Field} id="bonus" label=${t("adjust.bonus")} hint=${t("adjust.bonus_hint")} value=${bonus} onInput=${setBonus} inputmode="numeric" maxlength="10" autocomplete="off" focus=${true} />
      <${Field} id="forgive" label=${t("adjust.forgive")} value=${forgive} onInput=${setForgive} inputmode="numeric" maxlength="9" autocomplete="off" />
      <${Field} id="reason" label=${t("money.reason")} hint=${t("money.reason_hint")} value=${reason} onInput=${setReason} maxlength="500" autocomplete="off" />
    <//>
  <//>`;
}
