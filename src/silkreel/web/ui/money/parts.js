// Small things that every money screen uses: what was told, facts in two columns, who sells.
import { useEffect, useState } from "preact/hooks";
import { boot } from "../shared/boot.js";
import { html } from "../shared/html.js";
import { Icon } from "../shared/icons.js";
import { t } from "../shared/words.js";

/** A no in one sentence, and the ways on. What is not known to have been charged is not charged twice.
 * @param {{error: any, onAgain?: () => void, onLeave?: () => void, leave?: string}} props */
export function Told({ error, onAgain, onLeave, leave = t("told.back") }) {
  return html`<div class="told-box" role="alert">
    <p class="told">${sentenceOf(error)}</p>
    ${unsure(error) && onAgain && html`<p class="fine">${t("told.once")}</p>`}
    <div class="row">
      ${onAgain && html`<button class="button main" onClick=${onAgain}>${t("error.retry")}</button>`}
      ${onLeave && html`<button class="button quiet" onClick=${onLeave}>${leave}</button>`}
    </div>
  </div>`;
}

/** @param {any} error */
export function sentenceOf(error) {
  if (error?.status === 0) return t(navigator.onLine === false ? "told.offline" : "error.network");
  return error?.message || t("told.failed");
}

/** Whether the server may have done it without our hearing of it. @param {any} error */
export const unsure = (error) => !error?.status || error.status >= 500;

/** @param {{rows: ([string, any] | null | false)[]}} props */
export function Facts({ rows }) {
  return html`<dl class="facts">
    ${rows.filter(Boolean).map((row) => html`<div key=${/** @type {any} */ (row)[0]}><dt>${/** @type {any} */ (row)[0]}</dt><dd>${/** @type {any} */ (row)[1]}</dd></div>`)}
  </dl>`;
}

/** What was asked for on mounting: `{value, error, again}`. @template T @param {() => Promise<T>} question @param {any[]} [inputs] */
export function useAsked(question, inputs = []) {
  const [state, setState] = useState(/** @type {{value: T | null, error: any}} */ ({ value: null, error: null }));
  const again = () =>
    question().then(
      (value) => setState({ value, error: null }),
      (error) => setState((before) => ({ value: before.value, error })),
    );
  useEffect(() => {
    again();
  }, inputs);
  return { ...state, again };
}

/** Terms, refund and trader, one tap from every price. @param {{onOpen: () => void}} props */
export function Footing({ onOpen }) {
  return html`<button class="footing" onClick=${onOpen}><${Icon} name="info" /><span>${t("terms.open")}</span></button>`;
}

/** How coins work and who sells them. */
export function Terms() {
  const points = ["buy", "order", "undo", "refund", "price", "children"];
  return html`<div class="terms" role="region" tabindex="0" aria-label=${t("terms.title")}>
    <section><h3>${t("terms.seller")}</h3><p>${boot.trader || t(boot.demo ? "terms.seller_demo" : "terms.seller_unnamed")}</p></section>
    ${points.map((point) => html`<section key=${point}><h3>${t(`terms.${point}`)}</h3><p>${t(`terms.${point}_text`)}</p></section>`)}
  </div>`;
}

export const Busy = () => html`<div class="busy" role="status"><span class="spinner" aria-hidden="true"></span><span class="visually-hidden">${t("player.loading")}</span></div>`;
