// Episodes on cards, under a chart of their rhythm against the story's own profile.
import { html } from "../../shared/html.js";
import { language, plural, t } from "../../shared/words.js";
import { Empty, Loaded, Mark } from "../parts.js";
import { lineAddress, useReport } from "./report.js";

const TURNS = ["hook", "reversal", "payoff", "cliffhanger"];
const HIGH = 150;
const TOP = 14;
const STEPS = [5, 10, 15, 20, 30, 60, 120]; // seconds between two lines of the chart

/** @param {{address: string}} props */
export function Cards({ address }) {
  const { state, load } = useReport(address);
  return html`<${Loaded} state=${state} onRetry=${load}>
    ${(/** @type {any} */ report) => (report.cards.length ? html`<${Rhythm} cards=${report.cards} profile=${report.profile} address=${address} /><h2 class="part">${t("cards.title")}</h2><ol class="cards">${report.cards.map((/** @type {any} */ card) => html`<${Card} key=${card.name} card=${card} address=${address} />`)}</ol>` : html`<${Empty} title=${t("cards.none")}><p>${t("cards.none_hint")}</p><//>`)}
  <//>`;
}

const seconds = (/** @type {number | null} */ amount) => (amount === null ? t("cards.no_estimate") : t("cards.seconds", { seconds: new Intl.NumberFormat(language.value, { maximumFractionDigits: 0 }).format(amount) }));

/** @param {{card: any, address: string}} props */
function Card({ card, address }) {
  const late = card.seconds !== null && card.budget_seconds && Math.abs(card.seconds - card.budget_seconds) > 0.15 * card.budget_seconds;
  return html`<li class="card"><header><span class="number">${card.number}</span><h3><a href=${lineAddress(address, card.file, card.line)}><bdi>${card.title || card.name}</bdi></a></h3>${card.state === "final" && html`<span class="chip"><${Mark} name="lock" /> ${t("cards.final")}</span>`}</header>
    <p class=${late ? "length off" : "length"}>${seconds(card.seconds)}${card.budget_seconds ? ` · ${t("cards.budget", { seconds: card.budget_seconds })}` : ""} · ${plural("cards.beats", card.beats)}</p>
    <dl>${TURNS.map((turn) => {
      const found = card.touches.filter((/** @type {any} */ touch) => touch.kind === turn);
      return html`<div key=${turn} class=${found.length ? `turn ${turn}` : `turn ${turn} missing`}><dt>${t(`turn.${turn}`)}</dt>${found.length ? found.map((/** @type {any} */ touch) => html`<dd key=${touch.line_id}><a href=${lineAddress(address, touch.file, touch.line)}>${touch.speaker && html`<b>${touch.speaker}</b> `}${touch.text}</a></dd>`) : html`<dd class="faint">${t("cards.open_turn")}</dd>`}</div>`;
    })}</dl>
    <p class="exit"><span>${t("cards.exit")}</span> <q>${card.exit}</q></p>
  </li>`;
}

/** Bars of length, episode by episode, with the budget as a line and touch-points as dots. @param {{cards: any[], profile: any, address: string}} props */
function Rhythm({ cards, profile, address }) {
  const known = cards.filter((card) => card.seconds !== null);
  if (!known.length) return html`<section class="panel rhythm"><h2>${t("rhythm.title")}</h2><p>${t("rhythm.no_rates")}</p><pre>${"rhythm_profile:\n  rates: {en: 2.5 words/s, action: 2.5 s/beat}"}</pre><a class="link" href=${lineAddress(address, "story.yaml", 1)}>story.yaml</a></section>`;
  const most = Math.max(...cards.map((card) => Math.max(card.seconds ?? 0, card.budget_seconds ?? 0)), 1) * 1.05;
  const wide = Math.max(34, Math.min(72, 640 / cards.length));
  const width = 44 + cards.length * wide;
  const high = (/** @type {number} */ amount) => (amount / most) * HIGH;
  const step = STEPS.find((each) => most / each <= 5) ?? 300;
  const lines = Array.from({ length: Math.floor(most / step) }, (_, at) => (at + 1) * step);
  return html`<section class="panel rhythm" aria-labelledby="rhythm-title"><div class="panel-head"><h2 id="rhythm-title">${t("rhythm.title")}</h2><p class="hint">${profile.accepted ? t("rhythm.accepted", { name: profile.by }) : t("rhythm.proposed")}</p></div>
    <div class="chart" tabindex="0" role="group" aria-label=${t("rhythm.title")}><svg viewBox="0 0 ${width} ${HIGH + TOP + 28}" width=${width} height=${HIGH + TOP + 28} role="img" aria-labelledby="rhythm-told">
      <title id="rhythm-told">${t("rhythm.told", { episodes: cards.length })}</title>
      ${lines.map((each) => html`<g key=${each} class="grid-line"><line x1="36" x2=${width} y1=${HIGH + TOP - high(each)} y2=${HIGH + TOP - high(each)} /><text x="30" y=${HIGH + TOP + 4 - high(each)} text-anchor="end">${each}</text></g>`)}
      ${cards.map((card, at) => {
        const left = 44 + at * wide;
        const bar = Math.min(34, wide - 10);
        const total = high(card.seconds ?? 0);
        const speech = high(card.speech_seconds ?? 0);
        return html`<g key=${card.name} class="bar-group">
          <rect class="bar-action" x=${left} y=${HIGH + TOP - total} width=${bar} height=${Math.max(0, total - speech)} rx="2" />
          <rect class="bar-speech" x=${left} y=${HIGH + TOP - speech} width=${bar} height=${speech} rx="2" />
          ${card.budget_seconds && html`<line class="bar-budget" x1=${left - 4} x2=${left + bar + 4} y1=${HIGH + TOP - high(card.budget_seconds)} y2=${HIGH + TOP - high(card.budget_seconds)} />`}
          ${card.touches.map((/** @type {any} */ touch) => touch.second !== null && html`<circle key=${touch.line_id} class="dot ${touch.kind}" cx=${left + bar / 2} cy=${HIGH + TOP - high(touch.second)} r="4"><title>${`${t(`turn.${touch.kind}`)}: ${touch.text}`}</title></circle>`)}
          <text x=${left + bar / 2} y=${HIGH + TOP + 18} text-anchor="middle">${card.number}</text></g>`;
      })}
    </svg></div>
    <ul class="legend">${["speech", "action", "budget"].map((each) => html`<li key=${each}><span class="swatch ${each}"></span>${t(`rhythm.${each}`)}</li>`)}${TURNS.map((each) => html`<li key=${each}><span class="swatch dot ${each}"></span>${t(`turn.${each}`)}</li>`)}</ul>
    <details><summary>${t("rhythm.as_table")}</summary><table class="rows plain-rows"><thead><tr>${["rhythm.episode", "rhythm.estimate", "rhythm.budget", "rhythm.gap"].map((id) => html`<th key=${id} scope="col">${t(id)}</th>`)}</tr></thead><tbody>
      ${cards.map((card) => {
        const gap = card.longest_gap_seconds;
        const wideGap = profile.touch_gap_seconds !== null && gap !== null && gap > profile.touch_gap_seconds;
        return html`<tr key=${card.name}><th scope="row">${card.number} <bdi>${card.title}</bdi></th><td>${seconds(card.seconds)}</td><td>${card.budget_seconds ? seconds(card.budget_seconds) : "–"}</td><td class=${wideGap ? "off" : ""}>${seconds(gap)}</td></tr>`;
      })}</tbody></table></details>
  </section>`;
}
