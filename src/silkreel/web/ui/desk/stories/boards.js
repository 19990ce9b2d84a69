// Boards: the cast against the episodes, and what it takes to shoot.
import { html } from "../../shared/html.js";
import { plural, t } from "../../shared/words.js";
import { Empty, Loaded, Mark } from "../parts.js";
import { useReport } from "./report.js";

/** @param {{address: string}} props */
export function Boards({ address }) {
  const { state, load } = useReport(address);
  return html`<${Loaded} state=${state} onRetry=${load}>
    ${(/** @type {any} */ report) => (report.cards.length ? html`<${Grid} report=${report} /><${Shoot} plan=${report.breakdown} />` : html`<${Empty} title=${t("cards.none")}><p>${t("cards.none_hint")}</p><//>`)}
  <//>`;
}

/** @param {{report: any}} props */
function Grid({ report }) {
  const most = Math.max(1, ...report.grid.flatMap((/** @type {any} */ each) => each.lines));
  return html`<section class="panel" aria-labelledby="grid-title"><h2 id="grid-title">${t("grid.title")}</h2><p class="hint">${t("grid.hint")}</p>
    <div class="wide" tabindex="0" role="group" aria-label=${t("grid.title")}><table class="grid"><thead><tr><th scope="col">${t("grid.character")}</th>${report.cards.map((/** @type {any} */ card) => html`<th key=${card.name} scope="col" title=${card.title}>${card.number}</th>`)}<th scope="col">${t("grid.sum")}</th></tr></thead>
      <tbody>${report.grid.map((/** @type {any} */ who) => {
        const sum = who.lines.reduce((/** @type {number} */ a, /** @type {number} */ b) => a + b, 0);
        return html`<tr key=${who.character} class=${sum ? "" : "absent"}><th scope="row"><bdi>${who.name}</bdi></th>${who.lines.map((/** @type {number} */ count, /** @type {number} */ at) => html`<td key=${at} style=${count ? `--heat:${Math.round(18 + (70 * count) / most)}%` : ""} class=${count ? "some" : ""}>${count || html`<span class="faint" aria-label="0">·</span>`}</td>`)}<td class="sum">${sum || t("grid.never")}</td></tr>`;
      })}</tbody></table></div>
  </section>`;
}

/** @param {{plan: any}} props */
function Shoot({ plan }) {
  const figures = [["shoot.sets", plan.sets.length], ["shoot.scenes", plan.scenes], ["shoot.nights", plan.night_scenes], ["shoot.exteriors", plan.exterior_scenes], ["shoot.calls", plan.calls.reduce((/** @type {number} */ sum, /** @type {any} */ each) => sum + each.sets, 0)]];
  return html`<section class="panel" aria-labelledby="shoot-title"><h2 id="shoot-title">${t("shoot.title")}</h2><p class="hint">${t("shoot.hint")}</p>
    <dl class="figures">${figures.map(([id, count]) => html`<div key=${id}><dt>${t(String(id))}</dt><dd>${count}</dd></div>`)}</dl>
    <table class="rows"><caption class="visually-hidden">${t("shoot.sets")}</caption><thead><tr>${["shoot.set", "shoot.light", "shoot.scenes", "shoot.episodes", "shoot.cast"].map((id) => html`<th key=${id} scope="col">${t(id)}</th>`)}</tr></thead>
      <tbody>${plan.sets.map((/** @type {any} */ set) => html`<tr key=${`${set.location}${set.night}${set.exterior}`}><th scope="row"><strong><bdi>${set.name}</bdi></strong></th>
        <td data-label=${t("shoot.light")}><span class="chip"><${Mark} name=${set.night ? "moon" : "sun"} />${t(set.night ? "shoot.night" : "shoot.day")}</span><span class="chip">${t(set.exterior ? "shoot.exterior" : "shoot.interior")}</span></td>
        <td data-label=${t("shoot.scenes")}><span>${set.scenes.length} <span class="faint">(${plural("cards.beats", set.beats)})</span></span></td><td data-label=${t("shoot.episodes")}>${ranges(set.episodes)}</td><td data-label=${t("shoot.cast")}>${set.cast.join(", ") || "–"}</td></tr>`)}</tbody></table>
    <h3>${t("shoot.who")}</h3><ul class="calls">${plan.calls.map((/** @type {any} */ call) => html`<li key=${call.character}><strong>${call.character}</strong> ${plural("shoot.on_sets", call.sets)} · ${plural("shoot.in_scenes", call.scenes)}</li>`)}</ul>
  </section>`;
}

/** 1, 2, 3, 7 -> "1–3, 7". @param {number[]} numbers */
function ranges(numbers) {
  /** @type {[number, number][]} */
  const runs = [];
  for (const each of [...numbers].sort((a, b) => a - b)) {
    const last = runs.at(-1);
    if (last && each === last[1] + 1) last[1] = each;
    else runs.push([each, each]);
  }
  return runs.map(([a, b]) => (a === b ? `${a}` : `${a}–${b}`)).join(", ");
}
