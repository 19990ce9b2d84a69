// What stands around screens: header, empty and failed states, the choice of interface language.
import { useState } from "preact/hooks";
import { boot } from "../shared/boot.js";
import { html } from "../shared/html.js";
import { Icon } from "../shared/icons.js";
import { Sheet } from "../shared/sheet.js";
import { language, languageName, speak, t } from "../shared/words.js";

/** @param {{onSearch?: () => void}} props */
export function Header({ onSearch }) {
  const [choosing, setChoosing] = useState(false);
  return html`<header class="top">
    <a class="brand" href="/"><span class="brand-mark" aria-hidden="true"></span>${t("brand")}</a>
    <nav class="top-actions">
      ${onSearch && html`<button class="icon-button" onClick=${onSearch} aria-label=${t("search.title")}><${Icon} name="search" /></button>`}
      <a class="icon-button" href="/rights" aria-label=${t("rights.title")}><${Icon} name="person" /></a>
      ${boot.sells && html`<a class="icon-button" href="/wallet" aria-label=${t("wallet.title")}><${Icon} name="wallet" /></a>`}
      <button class="icon-button" onClick=${() => setChoosing(true)} aria-label=${t("languages.interface")}><${Icon} name="globe" /></button>
    </nav>
    ${choosing && html`<${InterfaceLanguages} onClose=${() => setChoosing(false)} />`}
  </header>`;
}

/** @param {{onClose: () => void}} props */
function InterfaceLanguages({ onClose }) {
  const choose = async (/** @type {string} */ tag) => {
    await speak(tag);
    onClose();
  };
  return html`<${Sheet} title=${t("languages.interface")} onClose=${onClose}>
    <ul class="choices">
      ${Object.entries(boot.languages).map(
        ([tag, name]) => html`<li><button class="choice" lang=${tag} aria-pressed=${tag === language.value} onClick=${() => choose(tag)}>
          <span class="choice-text"><strong>${name}</strong><small lang=${language.value}>${languageName(tag)}</small></span>
          ${tag === language.value && html`<${Icon} name="check" />`}
        </button></li>`,
      )}
    </ul>
  <//>`;
}

/** @param {{error: any, onRetry?: () => void}} props */
export function Trouble({ error, onRetry }) {
  const missing = error?.status === 404;
  const sentence = error?.status === 0 ? t("error.network") : missing ? t("error.missing") : error?.message || t("error.network");
  return html`<main class="trouble" role="alert">
    <h1>${missing ? "404" : t("error.title")}</h1>
    <p>${sentence}</p>
    <div class="trouble-actions">
      ${onRetry && !missing && html`<button class="button main" onClick=${onRetry}>${t("error.retry")}</button>`}
      <a class="button quiet" href="/">${t("error.home")}</a>
    </div>
  </main>`;
}

export function Waiting() {
  return html`<main class="waiting" aria-busy="true"><span class="visually-hidden">${t("player.loading")}</span><span class="spinner" aria-hidden="true"></span></main>`;
}
