// Ad networks below the statements: up to when their reports are known, what to set, fetching a month.
import { useState } from "preact/hooks";
import { html } from "../shared/html.js";
import { Sheet } from "../shared/sheet.js";
import { plural, t } from "../shared/words.js";
import { Amount, Cell, Table, When, named, useAnswer } from "./money.js";
import { Empty, Field, Form, Loaded } from "./parts.js";
import { ask, may } from "./session.js";

const COLUMNS = ["networks.network", "networks.known", "networks.fetching", ""];

export function Networks() {
  const { state, load } = useAnswer("/ad-networks");
  const [open, setOpen] = useState("");
  const [found, setFound] = useState(/** @type {any} */ (null));
  const done = (/** @type {any} */ answer) => {
    setOpen("");
    setFound(answer);
    load();
  };
  return html`<h2 class="section">${t("networks.title")}</h2>
    <div role="status">${found && html`<${Told} of=${found} />`}</div>
    <${Loaded} state=${state} onRetry=${load}>
      ${(/** @type {any} */ { networks }) =>
        networks.length
          ? html`<${Table} caption=${t("networks.title")} columns=${COLUMNS} kind="networks">
          ${networks.map((/** @type {any} */ each) => html`<tr role="row" key=${each.name}>
            <th role="rowheader" scope="row">${named(`network.${each.name}`, each.name)}</th>
            <${Cell} of="networks.known">${each.last_day ?? "–"}<//>
            <${Cell} of="networks.fetching">${each.ready ? t("networks.ready") : each.mend}<//>
            <td role="cell" class="acts">${each.ready && may("money.settle") && html`<button class="act small" aria-label=${t("networks.fetch_of", { network: named(`network.${each.name}`, each.name) })} onClick=${() => setOpen(each.name)}>${t("networks.fetch")}</button>`}</td>
          </tr>`)}<//>`
          : html`<${Empty} title=${t("networks.none")} />`}
    <//>
    ${open && html`<${Fetch} network=${open} onDone=${done} onClose=${() => setOpen("")} />`}`;
}

/** What a network answered. @param {{of: any}} props */
function Told({ of }) {
  const total = of.totals.length ? of.totals.map((/** @type {any} */ each) => html`<${Amount} key=${each.currency} of=${each} /> `) : "0";
  if (of.final) return html`<p class="good">${of.month}: ${total} · ${plural("networks.changed", of.changed)}</p>`;
  return html`<p class="hint">${of.month}: ${total} · ${t("networks.estimate", { day: of.last_day })} <${When} at=${of.final_from} /></p>`;
}

/** @param {{network: string, onDone: (answer: any) => void, onClose: () => void}} props */
function Fetch({ network, onDone, onClose }) {
  const before = new Date(new Date().setUTCDate(0)); // the last day of the month before
  const [month, setMonth] = useState(before.toISOString().slice(0, 7));
  const send = async () => onDone(await ask("POST", `/ad-networks/${network}/reports/${month}`));
  return html`<${Sheet} title=${t("networks.fetch_of", { network: named(`network.${network}`, network) })} onClose=${onClose}>
    <${Form} onSend=${send} label=${t("networks.fetch")} ready=${/^\d{4}-\d\d$/.test(month)}>
      <p>${t("networks.means")}</p>
      <${Field} id="month-of-report" label=${t("statements.month")} value=${month} onInput=${setMonth} maxlength="7" autocomplete="off" focus=${true} />
    <//>
  <//>`;
}
