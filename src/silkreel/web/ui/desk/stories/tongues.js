// Translations that are stale or missing, by language and part, each a way to its line.
import { useEffect, useState } from "preact/hooks";
import { html } from "../../shared/html.js";
import { language as speaks, plural, t } from "../../shared/words.js";
import { Empty, Loaded } from "../parts.js";
import { ask } from "../session.js";
import { lineAddress } from "./report.js";

const USES = ["sub", "dub", "print"];
/** @typedef {{language: string, part: string, stale: string}} Wish */
const STANDINGS = ["approved", "draft", "stale", "missing"];

/** @param {{address: string}} props */
export function Tongues({ address }) {
  const [state, setState] = useState(/** @type {any} */ ({}));
  const [wish, setWish] = useState(asked);
  const load = () => {
    ask("GET", `${address}/wanting?${new URLSearchParams(Object.entries(wish).filter(([, value]) => value))}`).then((value) => setState({ value }), (error) => setState({ error }));
  };
  useEffect(load, [address, wish]);
  useEffect(() => history.replaceState(history.state, "", addressOf(wish)), [wish]);
  return html`<${Loaded} state=${state} onRetry=${load}>
    ${(/** @type {any} */ told) => (told.languages.length ? html`<${Page} told=${told} wish=${wish} address=${address} onWish=${(/** @type {any} */ more) => setWish({ ...wish, ...more })} />` : html`<${Empty} title=${t("tongues.none")}><p>${t("tongues.none_hint")}</p><//>`)}
  <//>`;
}

/** What the address asks for, so that a page opened again or handed on shows the same. @returns {Wish} */
function asked() {
  const told = new URLSearchParams(location.hash.slice(1));
  return { language: told.get("language") ?? "", part: told.get("part") ?? "", stale: told.get("stale") ?? "" };
}

/** The address that asks for this. @param {Wish} wish */
function addressOf(wish) {
  const hash = new URLSearchParams(Object.entries(wish).filter(([, value]) => value)).toString();
  return location.pathname + (hash && `#${hash}`);
}

/** @param {string} tag */
const nameOf = (tag) => new Intl.DisplayNames([speaks.value], { type: "language" }).of(tag) ?? tag;

/** @param {{told: any, wish: Wish, address: string, onWish: (more: any) => void}} props */
function Page({ told, wish, address, onWish }) {
  return html`<section class="panel tongues" aria-labelledby="tongues-title">
    <h2 id="tongues-title">${t("tongues.title")}</h2><p class="hint">${t("tongues.hint")}</p>
    <div class="tongues-wish">
      <label for="tongues-language">${t("tongues.language")}<select id="tongues-language" value=${told.language} onChange=${(/** @type {any} */ event) => onWish({ language: event.target.value })}>${told.languages.map((/** @type {string} */ each) => html`<option key=${each} value=${each}>${nameOf(each)}</option>`)}</select></label>
      <label for="tongues-part">${t("tongues.part")}<select id="tongues-part" value=${wish.part} onChange=${(/** @type {any} */ event) => onWish({ part: event.target.value })}><option value="">${t("tongues.all")}</option>${told.parts.map((/** @type {string} */ each) => html`<option key=${each} value=${each}>${each}</option>`)}</select></label>
      <label class="tick"><input type="checkbox" checked=${Boolean(wish.stale)} onChange=${(/** @type {any} */ event) => onWish({ stale: event.target.checked ? "true" : "" })} /> ${t("tongues.stale_only")}</label>
    </div>
    <${Counts} counts=${told.counts} />
    ${told.texts.length ? html`<ol class="lacking">${told.texts.map((/** @type {any} */ text) => html`<${Text} key=${text.id} text=${text} address=${address} />`)}</ol>` : html`<p class="quiet-empty"><strong>${t(wish.stale ? "tongues.no_stale" : "tongues.done")}</strong></p>`}
    ${told.left_off > 0 && html`<p class="hint">${plural("tongues.left_off", told.left_off)}</p>`}
  </section>`;
}

/** How the whole story stands in a language. @param {{counts: any}} props */
function Counts({ counts }) {
  return html`<table class="stands"><caption class="visually-hidden">${t("tongues.counts")}</caption>
    <thead><tr><th scope="col">${t("tongues.use")}</th>${STANDINGS.map((each) => html`<th key=${each} scope="col">${t(`standing.${each}`)}</th>`)}</tr></thead>
    <tbody>${USES.map((use) => html`<tr key=${use}><th scope="row">${t(`use.${use}`)}</th>${STANDINGS.map((each) => html`<td key=${each} class=${counts[use]?.[each] ? each : "faint"}>${counts[use]?.[each] ?? 0}</td>`)}</tr>`)}</tbody>
  </table>`;
}

/** A line with what its words were made from, where that has changed. @param {{text: any, address: string}} props */
function Text({ text, address }) {
  const stale = text.lacks.find((/** @type {any} */ each) => each.standing === "stale");
  return html`<li class="lack">
    <p class="lack-marks"><span class="where">${text.part}</span>${text.lacks.map((/** @type {any} */ each) => html`<span key=${each.use} class="chip ${each.standing}">${t(`use.${each.use}`)}: ${t(`standing.${each.standing}`)}</span>`)}</p>
    <a href=${lineAddress(address, text.file, text.line)}>${text.speaker && html`<b>${text.speaker}</b> `}<bdi>${text.source}</bdi></a>
    ${stale && html`<dl><div><dt>${t("tongues.was")}</dt><dd><bdi>${stale.was}</bdi></dd></div><div><dt>${t("tongues.words")}</dt><dd><bdi>${stale.words}</bdi></dd></div></dl>`}
  </li>`;
}
