// The door to everything that has to do with money: its modules, looks and words come when first needed.
import { useEffect, useState } from "preact/hooks";
import { html } from "../shared/html.js";
import { learn } from "../shared/words.js";
import { Trouble, Waiting } from "./frame.js";

/** @type {Promise<typeof import("../money/main.js")> | null} */
let coming = null;

/** The money part, loaded once; a failed try may be repeated. */
export function openTill() {
  coming ??= Promise.all([import("../money/main.js"), style("../money/money.css"), learn("money")])
    .then(([parts]) => parts)
    .catch((error) => {
      coming = null;
      throw error;
    });
  return coming;
}

/** @param {string} path */
function style(path) {
  return new Promise((done, failed) => {
    const link = document.createElement("link");
    link.rel = "stylesheet";
    link.href = new URL(path, import.meta.url).href;
    link.onload = () => done(null);
    link.onerror = () => {
      link.remove();
      failed(new Error(path));
    };
    document.head.append(link);
  });
}

/** One component of the money part, by its name; `screen` says whether it fills the window.
 * @param {{part: string, screen?: boolean, [more: string]: any}} props */
export function Money({ part, screen = false, ...props }) {
  const [parts, setParts] = useState(/** @type {any} */ (null));
  const [failed, setFailed] = useState(false);
  const load = () => {
    setFailed(false);
    openTill().then(setParts, () => setFailed(true));
  };
  useEffect(load, []);
  if (failed) return html`<${Trouble} error=${{ status: 0 }} onRetry=${load} />`;
  if (!parts) return screen ? html`<${Waiting} />` : null;
  return html`<${parts[part]} ...${props} />`;
}
