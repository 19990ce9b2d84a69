// What this device remembers of reading and playing; the server keeps the place and the saves as well.
import { signal } from "@preact/signals";
import { language } from "../../shared/words.js";

const READING = "silkreel.reading";
const PLAYED = "silkreel.played";
const CHAPTERS = "silkreel.blocks";
const WORKS_KEPT = 100;

/** @template T @param {string} key @param {T} fallback @returns {T} */
function read(key, fallback) {
  try {
    return { ...fallback, ...JSON.parse(localStorage.getItem(key) ?? "{}") };
  } catch {
    return fallback;
  }
}

/** @param {string} key @param {unknown} value */
function write(key, value) {
  try {
    localStorage.setItem(key, JSON.stringify(value));
  } catch {
    // Storage is full or forbidden: the app works, it only forgets.
  }
}

/** How somebody likes to read and to play. `language`: a tag, or null for the interface's. */
export const reading = signal(
  read(READING, { size: 3, theme: "night", leading: "normal", flow: "scroll", face: "serif", auto: "off", language: null }),
);

/** @param {Record<string, any>} changes */
export function preferReading(changes) {
  reading.value = { ...reading.value, ...changes };
  write(READING, reading.value);
}

/** The language the story is read and played in. */
export const storyLanguage = () => /** @type {string} */ (reading.value.language ?? language.value);

/** The block somebody was at, by series and chapter. @type {Record<string, string>} */
const blocks = read(CHAPTERS, {});

/** @param {string} slug @param {number} chapter @returns {string | null} */
export const keptBlock = (slug, chapter) => blocks[`${slug}/${chapter}`] ?? null;

/** @param {string} slug @param {number} chapter @param {string} block */
export function keepBlock(slug, chapter, block) {
  const key = `${slug}/${chapter}`;
  delete blocks[key]; // the newest stands last
  blocks[key] = block;
  for (const old of Object.keys(blocks).slice(0, -WORKS_KEPT)) delete blocks[old];
  write(CHAPTERS, blocks);
}

/**
 * @typedef {{digest: string, log: string[], revision: number | null, episode: number, line: string | null, sent: boolean}} Kept
 * @typedef {{auto: Kept | null}} Played
 */
/** @type {Record<string, Played>} */
const played = read(PLAYED, {});

/** @param {string} slug @returns {Played} */
export const playedOf = (slug) => ({ auto: null, ...played[slug] });

/** @param {string} slug @param {Partial<Played>} changes */
export function keepPlayed(slug, changes) {
  const now = { ...playedOf(slug), ...changes };
  delete played[slug];
  played[slug] = now;
  for (const old of Object.keys(played).slice(0, -WORKS_KEPT)) delete played[old];
  write(PLAYED, played);
}
