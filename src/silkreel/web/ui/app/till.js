// The door to everything that has to do with money: its modules, looks and words come when first needed.
import { useEffect, useState } from "preact/hooks";
import { html } from "../shared/html.js";
import { haveStyle } from "../shared/lazy.js";
import { learn, t } from "../shared/words.js";
import { Trouble, Waiting } from "./frame.js";

/** @type {Promise<typeof import("../money/main.js")> | null} */
let coming = null;

/** The money part, loaded once; a failed try may be repeated. */
export function openTill() {
  coming ??= Promise.all([import("../money/main.js"), haveStyle(new URL("../money/money.css", import.meta.url).href), learn("money")])
    .then(([parts]) => parts)
    .catch((error) => {
      coming = null;
      throw error;
    });
  return coming;
}

/** One component of the money part, by its name. `screen`: it fills the window; `onMissing`: it is done without.
 * @param {{part: string, screen?: boolean, onMissing?: () => void, [more: string]: any}} props */
export function Money({ part, screen = false, onMissing, ...props }) {
  const [parts, setParts] = useState(/** @type {any} */ (null));
  const [failed, setFailed] = useState(false);
  const load = () => {
    setFailed(false);
    openTill().then(setParts, () => (onMissing ? onMissing() : setFailed(true)));
  };
  useEffect(load, []);
  if (failed && !screen)
    return html`<div class="middle card-like" role="alert"><p>${t("error.network")}</p><button class="button main" onClick=${load}>${t("error.retry")}</button></div>`;
  if (failed) return html`<${Trouble} error=${{ status: 0 }} onRetry=${load} />`;
  if (!parts) return screen ? html`<${Waiting} />` : null;
  return html`<${parts[part]} ...${props} />`;
}
