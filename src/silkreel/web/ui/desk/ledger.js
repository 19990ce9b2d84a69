// The ledger: where all coins are, and proof that nobody changed the books.
import { useState } from "preact/hooks";
import { html } from "../shared/html.js";
import { plural, t } from "../shared/words.js";
import { Cell, Coins, Table, named, useAnswer } from "./money.js";
import { Empty, Loaded, Mark, Wrong } from "./parts.js";
import { ask, me } from "./session.js";

export function Ledger() {
  const { state, load } = useAnswer("/ledger");
  return html`<section aria-labelledby="title">
    <header class="page-head"><h1 id="title" tabindex="-1">${t("nav.ledger")}</h1></header>
    <p class="hint">${t("ledger.what")}</p>
    <${Verify} />
    <${Loaded} state=${state} onRetry=${load}>
      ${(/** @type {any} */ { balances }) => (balances.length ? html`<${Balances} balances=${balances} />` : html`<${Empty} title=${t("ledger.empty")} />`)}
    <//>
  </section>`;
}

/** @param {{balances: any[]}} props */
function Balances({ balances }) {
  const sum = balances.reduce((total, each) => total + each.balance, 0);
  return html`<${Table} caption=${t("nav.ledger")} columns=${["ledger.role", "ledger.accounts+", "ledger.coins+"]}>
    ${balances.map((each) => html`<tr role="row" key=${each.owner_type + each.role}>
      <th role="rowheader" scope="row">${named(`role_of.${each.owner_type}.${each.role}`, each.role)}<small>${named(`owner.${each.owner_type}`, each.owner_type)}</small></th>
      <${Cell} of="ledger.accounts+"><${Coins} count=${each.accounts} /><//>
      <${Cell} of="ledger.coins+"><${Coins} count=${each.balance} /><//>
    </tr>`)}
    <tr role="row" class="sum"><th role="rowheader" scope="row">${t("ledger.sum")}</th><td role="cell"></td><${Cell} of="ledger.coins+"><${Coins} count=${sum} /><//></tr>
  <//>`;
}

function Verify() {
  const [verdict, setVerdict] = useState(/** @type {any} */ (null));
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState(/** @type {any} */ (null));
  if (!me.value) return null;
  const verify = async () => {
    setBusy(true);
    setError(null);
    setVerdict(null);
    await ask("POST", "/ledger/verify").then(setVerdict, setError);
    setBusy(false);
  };
  return html`<div class="panel verify"><div class="verify-head">
      <p>${t("ledger.verify_what")}</p>
      <button class="act" aria-disabled=${busy} onClick=${() => !busy && verify()}><${Mark} name="shield" />${busy ? t("desk.busy") : t("ledger.verify")}</button></div>
    <${Wrong} error=${error} />
    <div role="status">${verdict && (verdict.sound ? html`<p class="good">${plural("ledger.sound", verdict.blocks)}</p>` : html`<p class="wrong">${t("ledger.unsound")}</p><ul class="plain">
      ${verdict.bad.map((/** @type {any} */ each) => html`<li key=${each.block}>${t("ledger.block", { block: each.block, reason: each.reason })}</li>`)}
      ${Object.entries(verdict.faults).map(([rule, count]) => html`<li key=${rule}>${rule}: ${count}</li>`)}</ul>`)}</div>
  </div>`;
}
