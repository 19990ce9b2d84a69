// What the checks say: the worst first, each a way to its line, warnings to be waived with a reason.
import { useState } from "preact/hooks";
import { html } from "../../shared/html.js";
import { plural, t } from "../../shared/words.js";
import { Field, Form } from "../parts.js";

/** @param {{checked: any, path: string, readonly: boolean, onJump: (path: string, line: number) => void, onWaive: (found: any, reason: string) => void, onRetry: () => void}} props */
export function Findings({ checked, path, readonly, onJump, onWaive, onRetry }) {
  const [waiving, setWaiving] = useState("");
  if (checked.error) return html`<div class="quiet-empty" role="alert"><p>${checked.error.message}</p><button class="act small" onClick=${onRetry}>${t("desk.retry")}</button></div>`;
  if (!checked.value) return html`<p class="waiting-line" aria-busy="true">${t("findings.first")}</p>`;
  const waiting = checked.value.filter((/** @type {any} */ each) => !each.waiver);
  const waived = checked.value.length - waiting.length;
  const order = [...waiting].sort((a, b) => "BWI".indexOf(a.severity) - "BWI".indexOf(b.severity) || Number(b.file === path) - Number(a.file === path));
  return html`<div class=${checked.busy ? "findings busy" : "findings"}>
    <p class="visually-hidden" role="status">${plural("findings.count", waiting.filter((/** @type {any} */ each) => each.severity !== "I").length)}</p>
    ${!order.length && html`<div class="quiet-empty"><strong>${t("findings.none")}</strong><p>${t("findings.none_hint")}</p></div>`}
    <ul>${order.map((each) => {
      const id = `${each.code}:${each.file}:${each.line}`;
      return html`<li key=${id + each.sentence} class="finding ${each.severity}">
        <button class="finding-go" onClick=${() => onJump(each.file, each.line)}><span class="code-name">${each.code}</span> <span class="severity">${t(`severity.${each.severity}`)}</span><span class="where">${each.file === path ? t("findings.line", { line: each.line }) : `${each.file}:${each.line}`}</span><span class="sentence">${each.sentence}</span></button>
        ${each.severity === "W" && each.file === path && each.file.endsWith(".ink") && !readonly && (waiving === id ? html`<${Reason} onSend=${(/** @type {string} */ reason) => (onWaive(each, reason), setWaiving(""))} />` : html`<button class="link" onClick=${() => setWaiving(id)}>${t("findings.waive")}</button>`)}
      </li>`;
    })}</ul>
    ${waived > 0 && html`<p class="hint">${plural("findings.waived", waived)}</p>`}
    ${checked.notRun?.length > 0 && html`<${NotRun} reasons=${checked.notRun} />`}
  </div>`;
}

/** Checks that looked at nothing: silence of theirs is no praise. @param {{reasons: {why: string, codes: string[]}[]}} props */
function NotRun({ reasons }) {
  const count = reasons.reduce((sum, each) => sum + each.codes.length, 0);
  return html`<details class="not-run"><summary>${plural("findings.not_run", count)}</summary>
    <ul>${reasons.map((each) => html`<li key=${each.why}><span>${each.why}</span> <span class="codes">${each.codes.join(", ")}</span></li>`)}</ul>
  </details>`;
}

/** @param {{onSend: (reason: string) => void}} props */
function Reason({ onSend }) {
  const [reason, setReason] = useState("");
  return html`<${Form} onSend=${async () => onSend(reason.trim())} label=${t("findings.waive_do")} ready=${Boolean(reason.trim())}><${Field} id="waiver" label=${t("findings.reason")} value=${reason} onInput=${setReason} maxlength="200" focus=${true} /><//>`;
}
