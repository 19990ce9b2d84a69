// Two people changed the same lines: both texts side by side, and a person decides.
import { useEffect, useState } from "preact/hooks";
import { html } from "../../shared/html.js";
import { Sheet } from "../../shared/sheet.js";
import { t } from "../../shared/words.js";
import { Loaded } from "../parts.js";
import { ask } from "../session.js";
import { hunk } from "./texts.js";

const AROUND = 2; // lines shown before and behind

/** @param {{address: string, path: string, mine: string, why: string, onClose: () => void, onSettled: (file: any, text: string) => void}} props */
export function Clash({ address, path, mine, why, onClose, onSettled }) {
  const [state, setState] = useState(/** @type {any} */ ({}));
  const load = () =>
    ask("GET", `${address}/file?path=${encodeURIComponent(path)}`).then(
      (value) => setState({ value }),
      (error) => setState({ error }),
    );
  useEffect(() => void load(), []);
  return html`<${Sheet} title=${t("clash.title")} wide=${true} onClose=${onClose}>
    <p>${why}</p>
    <${Loaded} state=${state} onRetry=${load}>
      ${(/** @type {any} */ file) => {
        const theirs = file.text.split("\n");
        const own = mine.split("\n");
        const { first, end, rows } = hunk(theirs, own);
        const shown = (/** @type {string[]} */ all, /** @type {number} */ last) => all.slice(Math.max(0, first - AROUND), last + AROUND).join("\n");
        return html`<div class="clash">
          <figure><figcaption>${t("clash.theirs")}</figcaption><pre tabindex="0">${shown(theirs, end)}</pre><button class="act" onClick=${() => (navigator.clipboard?.writeText(mine).catch(() => {}), onSettled(file, file.text))}>${t("clash.take")}</button></figure>
          <figure><figcaption>${t("clash.mine")}</figcaption><pre tabindex="0">${shown(own, first + rows.length)}</pre><button class="act main" onClick=${() => onSettled(file, mine)}>${t("clash.keep")}</button></figure>
        </div>
        <p class="hint">${t("clash.hint")} <button class="link" onClick=${() => navigator.clipboard?.writeText(mine)}>${t("clash.copy")}</button></p>`;
      }}
    <//>
  <//>`;
}
