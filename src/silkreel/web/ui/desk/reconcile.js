// Differences between our books and a provider's, until somebody says why.
import { useState } from "preact/hooks";
import { html } from "../shared/html.js";
import { Sheet } from "../shared/sheet.js";
import { t } from "../shared/words.js";
import { Amount, Cell, Choice, Facts, Pager, State, Table, When, useList } from "./money.js";
import { Empty, Field, Form, Loaded } from "./parts.js";
import { ask, may } from "./session.js";

const COLUMNS = ["differences.found", "differences.what", "differences.name", "differences.ours+", "differences.theirs+", ""];

export function Reconcile() {
  const [explained, setExplained] = useState("");
  const list = useList("/reconcile", { explained });
  const [open, setOpen] = useState(/** @type {any} */ (null));
  const done = () => {
    setOpen(null);
    list.load();
  };
  return html`<section aria-labelledby="title">
    <header class="page-head"><h1 id="title" tabindex="-1">${t("nav.reconcile")}</h1>
      <${Choice} id="explained" label=${t("differences.which")} value=${explained} onChange=${setExplained} choices=${[["", t("differences.open")], ["true", t("differences.explained")]]} /></header>
    <p class="hint">${t("differences.how")}</p>
    <${Loaded} state=${list.state} onRetry=${list.load}>
      ${(/** @type {any} */ { items, next_before }) => html`
        <p class="visually-hidden" role="status">${t("log.shown", { count: items.length })}</p>
        ${items.length ? html`<${Table} caption=${t("nav.reconcile")} columns=${COLUMNS}>
          ${items.map((/** @type {any} */ item) => html`<tr role="row" key=${item.id}>
            <${Cell} of="differences.found"><${When} at=${item.found_at} /><small>${item.provider}</small><//>
            <${Cell} of="differences.what"><${State} of="difference" state=${item.kind} /><//>
            <th role="rowheader" scope="row">${item.order ? html`<a class="link" href="/staff/orders/${item.order}">${item.order}</a>` : html`<code>${item.name}</code>`}${item.explanation && html`<small>${item.owner}: ${item.explanation}</small>`}</th>
            <${Cell} of="differences.ours+"><${Amount} of=${item.ours} /><//>
            <${Cell} of="differences.theirs+"><${Amount} of=${item.theirs} /><//>
            <td role="cell" class="acts">${!item.explained_at && may("money.settle") && html`<button class="act small" aria-label=${`${t("differences.explain")}: ${item.name}`} onClick=${() => setOpen(item)}>${t("differences.explain")}</button>`}</td>
          </tr>`)}<//>` : html`<${Empty} title=${t(explained ? "differences.none_explained" : "differences.none")}><p>${t("differences.none_hint")}</p><//>`}
        <${Pager} list=${list} next=${next_before} />
        ${open && html`<${Explain} item=${open} onDone=${done} onClose=${() => setOpen(null)} />`}`}
    <//>
  </section>`;
}

/** @param {{item: any, onDone: () => void, onClose: () => void}} props */
function Explain({ item, onDone, onClose }) {
  const [reason, setReason] = useState("");
  const send = async () => {
    await ask("POST", `/reconcile/${item.id}/explain`, { reason });
    onDone();
  };
  return html`<${Sheet} title=${t("differences.explain")} onClose=${onClose}>
    <${Form} onSend=${send} label=${t("differences.close")} ready=${Boolean(reason.trim())}>
      <${Facts} rows=${[["differences.name", html`<code>${item.name}</code>`], ["differences.ours", html`<${Amount} of=${item.ours} />`], ["differences.theirs", html`<${Amount} of=${item.theirs} />`]]} />
      <${Field} id="reason" label=${t("money.reason")} hint=${t("differences.means")} value=${reason} onInput=${setReason} maxlength="500" autocomplete="off" focus=${true} />
    <//>
  <//>`;
}
