// A character as a silhouette of their own: hair, shoulders and collar follow from the name. Given art wins.
import { html } from "../../shared/html.js";
import { diceOf } from "./dice.js";

const HAIR = ["long", "bun", "short", "bob", "swept", "hat"];

/** A character's colour on the wheel, in degrees. @param {string} id */
export const hueOf = (id) => Math.round(diceOf(id).between(0, 360));

/** @param {{id: string, name: string, art: string | null, side: "start" | "end" | "middle", speaking: boolean}} props */
export function Figure({ id, name, art, side, speaking }) {
  const kind = `figure ${side}${speaking ? " speaking" : ""}`;
  if (art) return html`<div class=${kind}><img src=${art} alt="" decoding="async" /></div>`;
  const dice = diceOf(id);
  const hue = Math.round(dice.between(0, 360)); // the first roll, as in hueOf
  const hair = dice.pick(HAIR);
  const broad = dice.between(176, 222);
  const key = `f-${id.replace(/\W/g, "-")}`;
  return html`<div class=${kind} data-who=${id}>
    <svg viewBox="0 0 600 900" aria-hidden="true">
      <defs>
        <linearGradient id=${`${key}-body`} x1="0" y1="0" x2="1" y2="1"><stop offset="0" stop-color=${`hsl(${hue} 32% 34%)`} /><stop offset="0.5" stop-color=${`hsl(${hue} 38% 17%)`} /><stop offset="1" stop-color=${`hsl(${hue} 42% 9%)`} /></linearGradient>
        <linearGradient id=${`${key}-face`} x1="0" y1="0" x2="1" y2="0.6"><stop offset="0" stop-color=${`hsl(${(hue + 20) % 360} 34% 43%)`} /><stop offset="0.42" stop-color=${`hsl(${(hue + 12) % 360} 34% 24%)`} /><stop offset="1" stop-color=${`hsl(${hue} 42% 11%)`} /></linearGradient>
      </defs>
      <g transform=${side === "end" ? "translate(600 0) scale(-1 1)" : ""}>
        ${BEHIND[hair]?.(`hsl(${hue} 34% 9%)`)}
        <path d=${bodyOf(broad)} fill=${`url(#${key}-body)`} />
        <path d="M264 296 h72 v92 q-36 52 -72 0z" fill=${`hsl(${(hue + 12) % 360} 34% 20%)`} />
        <path d="M222 214 C220 118 380 118 378 214 C378 276 346 334 300 336 C254 334 222 276 222 214z" fill=${`url(#${key}-face)`} />
        ${FRONT[hair](`hsl(${hue} 36% 12%)`)}
        ${COLLAR[Math.floor(dice.roll() * COLLAR.length)](hue)}
        <path d=${bodyOf(broad)} fill="none" stroke=${`hsl(${(hue + 30) % 360} 80% 76%)`} stroke-opacity="0.4" stroke-width="3" />
      </g>
    </svg>
    <span class="visually-hidden">${name}</span>
  </div>`;
}

/** From the neck to below the picture. @param {number} broad half the width of the shoulders */
function bodyOf(broad) {
  const [left, right] = [300 - broad, 300 + broad];
  return `M254 372 C246 420 ${left + 60} 424 ${left + 22} 470 C${left - 8} 510 ${left - 16} 600 ${left - 22} 900 H${right + 22} C${right + 16} 600 ${right + 8} 510 ${right - 22} 470 C${right - 60} 424 354 420 346 372 Q300 416 254 372z`;
}

/** Hair that falls behind the shoulders. @type {Record<string, (fill: string) => any>} */
const BEHIND = {
  long: (fill) => html`<path d="M198 210 Q190 90 300 90 Q410 90 402 210 Q410 420 446 560 Q300 620 154 560 Q190 420 198 210z" fill=${fill} />`,
  bob: (fill) => html`<path d="M196 230 Q184 96 300 94 Q416 96 404 230 Q412 320 398 372 Q300 392 202 372 Q188 320 196 230z" fill=${fill} />`,
  bun: (fill) => html`<circle cx="330" cy="92" r="54" fill=${fill} />`,
};
/** @type {Record<string, (fill: string) => any>} */
const FRONT = {
  long: (fill) => html`<path d="M206 250 Q196 98 300 98 Q404 98 394 250 Q380 170 330 150 Q250 176 206 250z" fill=${fill} />`,
  bob: (fill) => html`<path d="M206 270 Q188 100 300 98 Q412 100 394 270 Q388 196 366 172 H236 Q212 200 206 270z" fill=${fill} />`,
  bun: (fill) => html`<path d="M210 226 Q206 104 300 104 Q394 104 390 226 Q366 154 300 152 Q234 154 210 226z" fill=${fill} />`,
  short: (fill) => html`<path d="M208 216 Q196 100 304 98 Q412 102 392 216 Q384 178 364 164 Q300 150 240 168 Q216 180 208 216z" fill=${fill} />`,
  swept: (fill) => html`<path d="M208 226 Q188 112 290 92 Q424 72 396 222 Q386 172 350 150 Q286 168 226 160 Q212 190 208 226z" fill=${fill} />`,
  hat: (fill) => html`<path d="M148 174 Q300 128 452 174 Q448 196 426 196 Q300 166 174 196 Q152 196 148 174z M222 158 Q224 60 300 58 Q376 60 378 158 Q300 136 222 158z" fill=${fill} />`,
};
/** @type {((hue: number) => any)[]} */
const COLLAR = [
  (hue) => html`<path d="M250 392 L300 520 L350 392 L384 420 L318 610 L300 560 L282 610 L216 420z" fill=${`hsl(${hue} 30% 8%)`} />`,
  (hue) => html`<path d="M244 396 Q300 470 356 396 L372 428 Q300 512 228 428z" fill=${`hsl(${(hue + 160) % 360} 46% 34%)`} />`,
  (hue) => html`<g><path d="M246 388 Q300 440 354 388 V424 Q300 474 246 424z" fill=${`hsl(${hue} 32% 11%)`} /><path d="M300 450 L330 560" stroke=${`hsl(${(hue + 40) % 360} 70% 62%)`} stroke-width="5" stroke-linecap="round" /></g>`,
];
