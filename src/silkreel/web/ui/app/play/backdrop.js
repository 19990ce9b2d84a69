// A place drawn from its heading: what kind it is, day or night, and a hue of its own. Given art wins.
import { html } from "../../shared/html.js";
import { diceOf } from "./dice.js";

const WIDTH = 900;
const HEIGHT = 1600;
/** What a heading's words say about the place; the first that fits. @type {[RegExp, string][]} */
const KINDS = [
  [/corridor|hallway|passage|走廊/i, "corridor"],
  [/\bcar\b|taxi|truck|limousine|车/i, "car"],
  [/terrace|roof|balcony|skyline|阳台|露台|天台/i, "roof"],
  [/harbou?r|river|sea|beach|lake|pier|boat|dock|quay|ferry|江|河|海|码头/i, "water"],
  [/forest|garden|park|mountain|hill|temple|field|village|山|园|林/i, "hills"],
  [/ballroom|hall|lobby|church|court|theat|restaurant|banquet|大厅|酒店|宴/i, "hall"],
  [/street|alley|road|bridge|market|city|square|街|路|桥|巷/i, "street"],
];
const DAY = /\b(day|morning|noon|afternoon|dawn|sunrise)\b|日|晨/i;

/** @param {{scene: string, heading: string, location: string | null, art: string | null}} props */
export function Backdrop({ scene, heading, location, art }) {
  if (art) return html`<img class="backdrop" src=${art} alt="" decoding="async" />`;
  const name = `${heading} ${location ?? ""}`;
  const dice = diceOf(location ?? scene);
  const kind = KINDS.find(([words]) => words.test(name))?.[1] ?? (/\bEXT\b|外/.test(heading) ? "street" : "room");
  const look = lookOf(dice, DAY.test(heading));
  const id = `b-${(location ?? scene).replace(/\W/g, "-")}`;
  return html`<svg class="backdrop" viewBox=${`0 0 ${WIDTH} ${HEIGHT}`} preserveAspectRatio="xMidYMid slice" aria-hidden="true">
    <defs>
      <linearGradient id=${`${id}-sky`} x1="0" y1="0" x2="0" y2="1"><stop offset="0" stop-color=${look.high} /><stop offset="0.62" stop-color=${look.mid} /><stop offset="1" stop-color=${look.low} /></linearGradient>
      <radialGradient id=${`${id}-lamp`}><stop offset="0" stop-color=${look.lamp} stop-opacity="0.85" /><stop offset="0.35" stop-color=${look.lamp} stop-opacity="0.28" /><stop offset="1" stop-color=${look.lamp} stop-opacity="0" /></radialGradient>
      <linearGradient id=${`${id}-floor`} x1="0" y1="0" x2="0" y2="1"><stop offset="0" stop-color=${look.floor} /><stop offset="1" stop-color=${look.dark} /></linearGradient>
      <linearGradient id=${`${id}-shade`} x1="0" y1="0" x2="0" y2="1"><stop offset="0.45" stop-color="#000" stop-opacity="0" /><stop offset="1" stop-color="#000" stop-opacity="0.62" /></linearGradient>
    </defs>
    <rect width=${WIDTH} height=${HEIGHT} fill=${`url(#${id}-sky)`} />
    ${DRAWN[kind](dice, look, id)}
    <rect width=${WIDTH} height=${HEIGHT} fill=${`url(#${id}-shade)`} />
  </svg>`;
}

/** @param {any} dice @param {boolean} day */
function lookOf(dice, day) {
  const hue = Math.round(dice.between(0, 360));
  const lamp = `hsl(${Math.round(dice.between(26, 46))} 92% ${day ? 82 : 70}%)`;
  const tone = (/** @type {number} */ shift, /** @type {number} */ saturation, /** @type {number} */ light) => `hsl(${(hue + shift) % 360} ${saturation}% ${light}%)`;
  if (day)
    return { hue, lamp, high: tone(0, 38, 66), mid: tone(18, 42, 78), low: tone(30, 34, 62), far: tone(8, 26, 58), near: tone(4, 28, 38), dark: tone(0, 30, 20), floor: tone(14, 26, 46), pane: tone(24, 60, 90) };
  return { hue, lamp, high: tone(0, 46, 9), mid: tone(14, 42, 19), low: tone(30, 40, 27), far: tone(8, 34, 15), near: tone(4, 36, 9), dark: tone(0, 40, 5), floor: tone(16, 34, 17), pane: tone(22, 44, 36) };
}

const glow = (/** @type {string} */ id, /** @type {number} */ x, /** @type {number} */ y, /** @type {number} */ radius, /** @type {number} */ strength = 1) =>
  html`<circle cx=${x} cy=${y} r=${radius} fill=${`url(#${id}-lamp)`} opacity=${strength} />`;
const many = (/** @type {number} */ count, /** @type {(n: number) => any} */ draw) => Array.from({ length: count }, (_, n) => draw(n));

/** Towers with lit windows. @param {any} dice @param {any} look @param {number} ground @param {number} tallest @param {string} fill */
function towers(dice, look, ground, tallest, fill) {
  const drawn = [];
  for (let x = -30; x < WIDTH; ) {
    const width = dice.between(70, 150);
    const top = ground - dice.between(tallest * 0.35, tallest);
    drawn.push(html`<rect x=${x} y=${top} width=${width} height=${HEIGHT - top} fill=${fill} />`);
    for (let wy = top + 26; wy < ground - 30; wy += 40)
      for (let wx = x + 16; wx < x + width - 20; wx += 30)
        if (dice.roll() < 0.3) drawn.push(html`<rect x=${wx} y=${wy} width="11" height="17" rx="1.5" fill=${look.lamp} opacity=${dice.between(0.25, 0.8)} />`);
    x += width + dice.between(-8, 14);
  }
  return drawn;
}

/** @type {Record<string, (dice: any, look: any, id: string) => any>} */
const DRAWN = {
  room: (dice, look, id) => {
    const x = dice.between(110, 420);
    const lamp = x > 270 ? dice.between(120, 220) : dice.between(660, 770);
    return html`<g>
      <rect x=${x} y="300" width="340" height="520" rx="6" fill=${look.dark} />
      <rect x=${x + 14} y="314" width="312" height="492" fill=${look.pane} />
      <circle cx=${x + dice.between(90, 240)} cy="430" r="46" fill=${look.lamp} opacity="0.75" />
      ${many(7, () => html`<rect x=${x + 14 + dice.between(0, 280)} y=${dice.between(650, 740)} width=${dice.between(28, 60)} height="170" fill=${look.far} clip-path="inset(0 0 0 0)" opacity="0.9" />`)}
      <path d=${`M${x + 170} 314V806M${x + 14} 560h312`} stroke=${look.dark} stroke-width="9" />
      <path d=${`M${x - 40} 280 q26 300 -26 620 h104 q-22 -330 6 -620z`} fill=${look.near} opacity="0.93" />
      <path d=${`M${x + 380} 280 q-26 300 26 620 h-104 q22 -330 -6 -620z`} fill=${look.near} opacity="0.93" />
      <rect y="1130" width="900" height="470" fill=${`url(#${id}-floor)`} />
      <rect y="1118" width="900" height="14" fill=${look.dark} opacity="0.7" />
      ${glow(id, lamp, 760, 430)}
      <path d=${`M${lamp - 76} 800 l34 -120 h84 l34 120z`} fill=${look.lamp} opacity="0.92" />
      <path d=${`M${lamp} 800V1140M${lamp - 46} 1140h92`} stroke=${look.dark} stroke-width="12" stroke-linecap="round" />
    </g>`;
  },
  hall: (dice, look, id) => {
    const high = dice.between(330, 400);
    return html`<g>
      ${many(4, (n) => html`<path d=${`M${70 + n * 220} 1180V560 a80 100 0 0 1 160 0V1180z`} fill=${look.pane} opacity="0.55" />`)}
      ${many(5, (n) => html`<g><rect x=${n * 220 - 28} y="240" width="66" height="960" fill=${look.far} /><rect x=${n * 220 - 44} y="230" width="98" height="36" fill=${look.near} /><rect x=${n * 220 - 8} y="266" width="9" height="920" fill=${look.near} opacity="0.5" /></g>`)}
      <rect y="1170" width="900" height="430" fill=${`url(#${id}-floor)`} />
      ${many(6, (n) => html`<path d=${`M450 1170 L${-600 + n * 420} 1600`} stroke=${look.lamp} stroke-opacity="0.09" stroke-width="5" />`)}
      ${glow(id, 450, high, 520)}
      <path d=${`M450 0V${high - 60}`} stroke=${look.dark} stroke-width="6" />
      ${many(9, (n) => { const angle = (Math.PI * (n + 0.5)) / 9; return html`<g><path d=${`M450 ${high - 60} Q${450 - Math.cos(angle) * 120} ${high + 40} ${450 - Math.cos(angle) * 230} ${high - 10}`} fill="none" stroke=${look.lamp} stroke-opacity="0.7" stroke-width="4" /><circle cx=${450 - Math.cos(angle) * 230} cy=${high - 22} r="11" fill=${look.lamp} /></g>`; })}
      ${many(16, () => html`<circle cx=${dice.between(0, 900)} cy=${dice.between(480, 1100)} r=${dice.between(5, 24)} fill=${look.lamp} opacity=${dice.between(0.06, 0.22)} />`)}
    </g>`;
  },
  corridor: (dice, look, id) => html`<g>
      <path d="M0 0 L330 560 V1020 L0 1600z" fill=${look.far} /><path d="M900 0 L570 560 V1020 L900 1600z" fill=${look.far} />
      <path d="M0 1600 L330 1020 H570 L900 1600z" fill=${`url(#${id}-floor)`} /><path d="M0 0 L330 560 H570 L900 0z" fill=${look.near} />
      <rect x="330" y="560" width="240" height="460" fill=${look.mid} />
      <path d="M120 205 L236 410 V1190 L120 1390z M780 205 L664 410 V1190 L780 1390z M264 470 L312 548 V1052 L264 1136z M636 470 L588 548 V1052 L636 1136z" fill=${look.dark} opacity="0.75" />
      <rect x="392" y="660" width="116" height="360" fill=${look.pane} /><circle cx="488" cy="850" r="6" fill=${look.lamp} />
      <path d="M250 1600 L400 1020 H500 L650 1600z" fill="hsl(${(look.hue + 180) % 360} 46% 22%)" opacity="0.65" />
      ${[[450, 520, 46, 1], [450, 380, 80, 1.6], [450, 160, 150, 2.6]].map(([x, y, r, s]) => html`<g>${glow(id, x, y, r * 3, 0.85)}<ellipse cx=${x} cy=${y} rx=${18 * s} ry=${6 * s} fill=${look.lamp} /></g>`)}
      ${glow(id, dice.pick([200, 700]), 800, 240, 0.8)}
    </g>`,
  car: (dice, look, id) => html`<g>
      ${many(34, () => { const y = dice.between(260, 880); const r = dice.between(14, 62); return html`<circle cx=${dice.between(0, 900)} cy=${y} r=${r} fill=${dice.roll() < 0.6 ? look.lamp : `hsl(${dice.pick([355, 200, 150])} 80% 62%)`} opacity=${dice.between(0.14, 0.5)} />`; })}
      ${many(40, () => { const x = dice.between(0, 900); const y = dice.between(220, 900); return html`<path d=${`M${x} ${y}l-5 ${dice.between(20, 60)}`} stroke="#fff" stroke-opacity="0.2" stroke-width="2" />`; })}
      <path d="M0 0 H900 V260 Q450 150 0 260z M0 1600 V980 Q450 860 900 980 V1600z" fill=${look.dark} />
      <path d="M0 200 L110 260 L40 1000 L0 1020z M900 200 L790 260 L860 1000 L900 1020z" fill=${look.near} />
      <path d="M330 208 h240 q18 62 -30 66 h-180 q-48 -4 -30 -66z" fill=${look.near} /><path d="M344 220 h212 q10 38 -22 42 h-168 q-32 -4 -22 -42z" fill=${look.pane} opacity="0.7" />
      ${glow(id, 450, 1080, 520, 0.35)}
    </g>`,
  roof: (dice, look, id) => html`<g>
      ${many(40, () => html`<circle cx=${dice.between(0, 900)} cy=${dice.between(20, 560)} r=${dice.between(1, 3)} fill="#fff" opacity=${dice.between(0.2, 0.8)} />`)}
      ${glow(id, dice.between(180, 720), 300, 330, 0.7)}<circle cx=${dice.between(240, 660)} cy="300" r="58" fill=${look.lamp} opacity="0.9" />
      ${towers(dice, look, 1080, 520, look.far)}${towers(dice, look, 1140, 320, look.near)}
      <rect y="1200" width="900" height="400" fill=${`url(#${id}-floor)`} />
      <rect y="1042" width="900" height="30" rx="6" fill=${look.dark} /><rect y="1184" width="900" height="26" fill=${look.dark} />
      ${many(13, (n) => html`<path d=${`M${n * 76 - 10} 1072 q-20 34 0 58 q22 30 0 56 h24 q-22 -26 0 -56 q20 -24 0 -58z`} fill=${look.dark} />`)}
      ${glow(id, dice.pick([90, 810]), 1010, 260)}
    </g>`,
  street: (dice, look, id) => html`<g>
      ${towers(dice, look, 1080, 640, look.far)}
      <path d="M0 330 L280 520 V1140 H0z" fill=${look.near} /><path d="M900 260 L640 500 V1140 H900z" fill=${look.near} />
      ${many(22, () => { const left = dice.roll() < 0.5; const x = left ? dice.between(16, 230) : dice.between(690, 870); return html`<rect x=${x} y=${dice.between(560, 1020)} width="26" height="42" rx="2" fill=${look.lamp} opacity=${dice.between(0.2, 0.85)} />`; })}
      <rect y="1130" width="900" height="470" fill=${`url(#${id}-floor)`} />
      ${many(12, () => { const x = dice.between(40, 860); return html`<rect x=${x} y=${dice.between(1150, 1260)} width=${dice.between(5, 16)} height=${dice.between(120, 320)} fill=${look.lamp} opacity=${dice.between(0.05, 0.2)} />`; })}
      ${[[170, 560], [730, 520]].map(([x, y]) => html`<g>${glow(id, x, y, 330)}<path d=${`M${x} ${y}V1180`} stroke=${look.dark} stroke-width="13" /><ellipse cx=${x} cy=${y} rx="32" ry="40" fill=${look.lamp} /></g>`)}
    </g>`,
  water: (dice, look, id) => {
    const moon = dice.between(250, 650);
    return html`<g>
      ${glow(id, moon, 380, 460, 0.8)}<circle cx=${moon} cy="380" r="78" fill=${look.lamp} opacity="0.92" />
      <path d=${`M0 900 Q180 ${dice.between(740, 840)} 400 880 T900 ${dice.between(800, 870)} V1000 H0z`} fill=${look.far} />
      <rect y="930" width="900" height="670" fill=${`url(#${id}-floor)`} />
      ${many(34, (n) => { const y = 950 + n * 17; const wide = dice.between(30, 190) * (0.4 + n / 26); return html`<rect x=${moon - wide / 2 + dice.between(-40, 40)} y=${y} width=${wide} height="4" rx="2" fill=${look.lamp} opacity=${dice.between(0.08, 0.42)} />`; })}
      <path d="M90 1080 h260 q-26 62 -70 66 h-130 q-46 -4 -60 -66z M210 1080 V820 l110 226z" fill=${look.dark} />
      ${glow(id, 120, 1066, 120, 0.9)}
    </g>`;
  },
  hills: (dice, look, id) => html`<g>
      ${glow(id, dice.between(200, 700), 420, 520, 0.8)}
      ${[0, 1, 2, 3].map((n) => html`<path d=${`M0 ${760 + n * 120} Q${dice.between(120, 260)} ${600 + n * 130} ${dice.between(380, 460)} ${780 + n * 110} T900 ${dice.between(660, 780) + n * 120} V1600 H0z`} fill=${[look.low, look.far, look.near, look.dark][n]} opacity="0.94" />`)}
      ${many(9, (n) => { const x = n * 112 + dice.between(-30, 30); const y = dice.between(1090, 1180); return html`<path d=${`M${x} ${y} l-46 150 h30 l-44 140 h120 l-44 -140 h30z`} fill=${look.dark} />`; })}
      ${many(14, () => html`<circle cx=${dice.between(0, 900)} cy=${dice.between(900, 1300)} r=${dice.between(3, 7)} fill=${look.lamp} opacity=${dice.between(0.3, 0.9)} />`)}
    </g>`,
};
