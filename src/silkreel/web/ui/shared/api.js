// Questions to the server; its noes become Refusals with one sentence.
import { bodyOf } from "./answers.js";
import { language } from "./words.js";

export class Refusal extends Error {
  /** @param {string} code @param {string} sentence @param {number} status @param {Record<string, any>} [values] */
  constructor(code, sentence, status, values = {}) {
    super(sentence);
    this.code = code;
    this.status = status;
    this.values = values;
  }
}

/** A question; a no is thrown as a Refusal. @param {string} path @param {RequestInit} [options] */
export async function ask(path, options = {}) {
  let answer, body;
  try {
    answer = await fetch(path, options);
    body = await bodyOf(answer);
  } catch (error) {
    if (error instanceof DOMException && error.name === "AbortError") throw error;
    throw new Refusal("network", "", 0);
  }
  if (!answer.ok) throw new Refusal(body?.code ?? `http.${answer.status}`, body?.detail ?? "", answer.status, body?.values);
  return body;
}

export const reader = () => `language=${encodeURIComponent(language.value)}`;

/** @param {string} [words] @param {AbortSignal} [signal] */
export const findSeries = async (words = "", signal) =>
  (await ask(`/api/series?${reader()}&q=${encodeURIComponent(words)}`, { signal })).series;

/** @param {string} slug */
export const getSeries = (slug) => ask(`/api/series/${encodeURIComponent(slug)}?${reader()}`);

/** What a series costs this viewer; looking makes the price hold. @param {string} slug */
export const getPrice = (slug) => ask(`/api/series/${encodeURIComponent(slug)}/price?${reader()}`);

/** This episode was really played: its unlock stays. Said in passing, so a no is let go. @param {string} id */
export const tellWatched = (id) =>
  ask(`/api/episodes/${encodeURIComponent(id)}/watched`, { method: "POST", keepalive: true }).catch(() => {});

const BREAK_WITHIN_MILLISECONDS = 2500; // the story does not wait longer for an ad

/** Whether an ad stands between two episodes. @param {string} ended @param {string} next @param {number} seconds */
export const askBreak = (ended, next, seconds) =>
  ask(`/api/ads/breaks?${reader()}`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ ended, next, position_seconds: seconds }),
    signal: AbortSignal.timeout(BREAK_WITHIN_MILLISECONDS),
  });

/** Take an unlock back, once per key. @param {number} txn @param {string} key */
export const undoUnlock = (txn, key) =>
  ask(`/api/unlocks/${txn}/undo?${reader()}`, { method: "POST", headers: { "idempotency-key": key, "accept-language": language.value } });

/** @param {string} id @param {string | null} audio @param {AbortSignal} [signal] */
export const play = (id, audio, signal) =>
  ask(`/api/episodes/${encodeURIComponent(id)}/play?${reader()}`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ audio }),
    signal,
  });

/** How long an episode has played. @param {string} id @param {{base: string, seconds: number}} told */
export const tellWatching = (id, told) =>
  ask(`/api/episodes/${encodeURIComponent(id)}/watching`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify(told),
    keepalive: true, // a page that is left still tells
  });
