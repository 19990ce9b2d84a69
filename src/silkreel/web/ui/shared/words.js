// The interface's words in the reader's language; plurals, numbers and names by Intl.
import { signal } from "@preact/signals";
import { boot } from "./boot.js";

export const language = signal(boot.language);
const words = signal(boot.words);
/** Groups of words that a screen has fetched besides those every page has. @type {Set<string>} */
const learnt = new Set(boot.packs ?? []);
const RIGHT_TO_LEFT = ["ar", "he", "fa", "ur"];

/** A sentence with its places filled. @param {string} id @param {Record<string, string | number>} [values] */
export function t(id, values = {}) {
  const sentence = words.value[id] ?? id;
  return sentence.replace(/\{(\w+)\}/g, (whole, name) => (name in values ? String(values[name]) : whole));
}

/** A sentence that depends on a number. @param {string} id @param {number} count
 * @param {Record<string, number>} [values] other numbers in it */
export function plural(id, count, values = {}) {
  const form = new Intl.PluralRules(language.value).select(count);
  const known = words.value[`${id}.${form}`] ? form : "other";
  const { format } = new Intl.NumberFormat(language.value);
  const written = Object.entries({ ...values, count }).map(([name, number]) => [name, format(number)]);
  return t(`${id}.${known}`, Object.fromEntries(written));
}

/** 83 -> "1:23", in the reader's digits. @param {number} seconds */
export function clock(seconds) {
  const whole = Math.max(0, Math.floor(seconds || 0));
  return `${Math.floor(whole / 60)}:${String(whole % 60).padStart(2, "0")}`;
}

/** What a language is called in the reader's language. @param {string} tag */
export function languageName(tag) {
  try {
    return new Intl.DisplayNames([language.value], { type: "language" }).of(tag) ?? tag;
  } catch {
    return tag;
  }
}

/** @param {string} tag */
export function isRightToLeft(tag) {
  return RIGHT_TO_LEFT.includes(tag.split("-")[0]);
}

/** @param {string} path */
async function fetchWords(path) {
  const answer = await fetch(path);
  if (!answer.ok) throw new Error(`no words at ${path}`);
  return answer.json();
}

/** The words of a part that few screens need, before it is shown. @param {string} part */
export async function learn(part) {
  if (learnt.has(part)) return;
  const more = await fetchWords(`/words/${part}/${language.value}.json`);
  learnt.add(part);
  words.value = { ...words.value, ...more };
}

/** Change the interface's language now and for the next visit. @param {string} tag */
export async function speak(tag) {
  const paths = [`/words/${tag}.json`, ...[...learnt].map((part) => `/words/${part}/${tag}.json`)];
  const parts = await Promise.all(paths.map(fetchWords)).catch(() => null);
  if (!parts) return;
  words.value = Object.assign({}, ...parts);
  language.value = tag;
  document.documentElement.lang = tag;
  document.documentElement.dir = isRightToLeft(tag) ? "rtl" : "ltr";
  document.cookie = `interface=${tag};path=/;max-age=31536000;samesite=lax`;
}
