// The story as it plays, from any line; a line leads back to the text.
import { useEffect, useRef, useState } from "preact/hooks";
import { html } from "../../shared/html.js";
import { plural, t } from "../../shared/words.js";
import { ask } from "../session.js";

/** @param {{address: string, start: {id: string, turn: number}, onJump: (path: string, line: number) => void}} props */
export function Preview({ address, start, onJump }) {
  const [state, setState] = useState(/** @type {any} */ ({}));
  const [from, setFrom] = useState(start.id);
  const end = useRef(/** @type {HTMLElement | null} */ (null));
  const play = (/** @type {string} */ id, /** @type {string[]} */ log, calm = false) => {
    setFrom(id);
    setState((/** @type {any} */ before) => ({ ...before, busy: true }));
    ask("POST", `${address}/play`, { start: id, log }).then(
      (value) => {
        setState({ value });
        if (!calm) requestAnimationFrame(() => end.current?.scrollIntoView({ block: "nearest" }));
      },
      (error) => setState({ error }),
    );
  };
  useEffect(() => play(start.id, [], true), [start]);
  if (state.error) return html`<div class="quiet-empty" role="alert"><p>${state.error.message}</p><button class="act small" onClick=${() => play("", [])}>${t("play.begin")}</button></div>`;
  if (!state.value) return html`<p class="waiting-line" aria-busy="true">${t("play.loading")}</p>`;
  const { lines, offers, log, ended } = state.value;
  let scene = "";
  return html`<div class=${state.busy ? "preview busy" : "preview"}>
    <p class="preview-acts"><button class="act small" disabled=${!from && !log.length} onClick=${() => play("", [], true)}>${t("play.begin")}</button>
      <button class="act small" disabled=${!log.length} onClick=${() => play(from, log.slice(0, -1))}>${t("play.back")}</button></p>
    <ol class="lines" aria-live="polite">
      ${lines.map((/** @type {any} */ line, /** @type {number} */ at) => {
        const heading = line.scene !== scene && line.scene;
        scene = line.scene;
        return html`<li key=${`${line.id}-${at}`} class=${line.speaker ? "said" : "action"}>${heading && html`<p class="heading">${heading}</p>`}
          <button onClick=${() => line.file && onJump(line.file, line.line)} title=${t("play.to_text")}>${line.speaker && html`<strong>${line.speaker}${line.qualifiers.length ? ` (${line.qualifiers.join(", ")})` : ""}</strong>`}${line.direction && html`<em>(${line.direction})</em> `}<span>${line.text}</span></button></li>`;
      })}
    </ol>
    ${ended
      ? html`<p class="the-end">${t("play.end")}</p>`
      : html`<ul class="offers" aria-label=${t("play.choose")}>${offers.map((/** @type {any} */ offer) => html`<li key=${offer.id}><button onClick=${() => play(from, [...log, offer.id])}><span>${offer.text}</span>${offer.canon && html`<small>${t("play.canon")}</small>`}${offer.price_coins > 0 && html`<small>${plural("play.coins", offer.price_coins)}</small>`}</button></li>`)}</ul>`}
    <span ref=${end}></span>
  </div>`;
}
