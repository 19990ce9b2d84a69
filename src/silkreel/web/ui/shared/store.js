// What this device remembers: preferences, and the place in every series. Nothing leaves it.
import { signal } from "@preact/signals";

const PREFERENCES = "silkreel.preferences";
const PLACES = "silkreel.places";
const PLACES_KEPT = 200;

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

export const preferences = signal(
  read(PREFERENCES, {
    audio: null, // a tag, "original", or null: what the reader understands
    subtitles: "auto", // a tag, "off", or "auto": when the voice is not the reader's language
    size: "medium",
    place: "low",
    ground: "shade",
    speed: 1,
    saver: false,
  }),
);

/** @param {Partial<typeof preferences.value>} changes */
export function prefer(changes) {
  preferences.value = { ...preferences.value, ...changes };
  write(PREFERENCES, preferences.value);
}

/** @type {import("@preact/signals").Signal<Record<string, {number: number, at: number, length: number, when: number, seen: Record<string, number>}>>} */
export const places = signal(read(PLACES, {}));

/** Remember how far somebody is. @param {string} slug @param {number} number @param {number} at @param {number} length */
export function keepPlace(slug, number, at, length) {
  const before = places.value[slug]?.seen ?? {};
  const share = length ? Math.min(1, at / length) : 0;
  const seen = { ...before, [number]: Math.max(before[number] ?? 0, share) };
  const all = { ...places.value, [slug]: { number, at, length, when: Date.now(), seen } };
  const newest = Object.entries(all).sort((a, b) => b[1].when - a[1].when).slice(0, PLACES_KEPT);
  places.value = Object.fromEntries(newest);
  write(PLACES, places.value);
}
