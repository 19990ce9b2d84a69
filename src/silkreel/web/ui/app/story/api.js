// Questions about one story in three media. Shapes: docs/guides/story-api.md.
import { ask } from "../../shared/api.js";

const CHAPTERS = "silkreel.chapters"; // what this device keeps for reading without a connection
const CHAPTERS_KEPT = 40;

/** @param {string} slug @param {string} rest */
const at = (slug, rest = "") => `/api/works/${encodeURIComponent(slug)}${rest}`;
const said = (/** @type {string} */ language) => `language=${encodeURIComponent(language)}`;
/** @param {unknown} body @returns {RequestInit} */
const posting = (body) => ({ method: "POST", headers: { "content-type": "application/json" }, body: JSON.stringify(body) });

/** @param {string} slug @param {string} language */
export const getWork = (slug, language) => ask(`${at(slug)}?${said(language)}`);

/** A chapter; where there is no connection, the copy kept here.
 * @param {string} slug @param {number} number @param {string} language @returns {Promise<any>} */
export async function getChapter(slug, number, language) {
  const path = `${at(slug, `/chapters/${number}`)}?${said(language)}`;
  try {
    const chapter = await ask(path);
    keepChapter(path, chapter);
    return { ...chapter, kept: false };
  } catch (refusal) {
    const kept = /** @type {any} */ (refusal).status === 0 ? await keptChapter(path) : null;
    if (!kept) throw refusal;
    return { ...kept, kept: true };
  }
}

/** @param {string} slug @param {string} language */
export const getGame = (slug, language) => ask(`${at(slug, "/game")}?${said(language)}`);

/** The compiled story: logic and ids, no words. @param {string} address */
export const getStory = (address) => ask(address);

/** @param {string} slug @param {number} episode @param {string} language */
export const getStrings = (slug, episode, language) => ask(`${at(slug, `/strings/${episode}`)}?${said(language)}`);

/** @param {string} slug @param {string} line @param {string} language */
export const getMoment = (slug, line, language) => ask(`${at(slug, `/moments/${encodeURIComponent(line)}`)}?${said(language)}`);

/** The moment at somebody's place. @param {string} slug @param {Record<string, string>} where @param {string} language */
export const findMoment = (slug, where, language) => ask(`${at(slug, "/moments")}?${new URLSearchParams({ ...where, language })}`);

/** @param {string} slug */
export const getPlace = (slug) => ask(at(slug, "/place"));

/** Say where this viewer is; what cannot be said now is said next time.
 * @param {string} slug @param {Record<string, string | number>} place */
export const putPlace = (slug, place) => ask(at(slug, "/place"), { ...posting(place), keepalive: true }).catch(() => null);

/** @param {string} slug @returns {Promise<any[]>} */
export const getSaves = async (slug) => (await ask(at(slug, "/playthroughs"))).slots;

/** @param {string} slug @param {string} slot */
export const getSave = (slug, slot) => ask(at(slug, `/playthroughs/${slot}`));

/** @param {string} slug @param {string} slot @param {{digest: string, log: string[], revision?: number | null}} save */
export const putSave = (slug, slot, save) => ask(at(slug, `/playthroughs/${slot}`), posting(save));

/** @param {string} slug @param {string} slot */
export const removeSave = (slug, slot) => ask(at(slug, `/playthroughs/${slot}`), { method: "DELETE" });

let telling = /** @type {Promise<any>} */ (Promise.resolve()); // what was read last is told before anybody asks

/** How much of the game this viewer has seen: numbers. @param {string} slug */
export const getSeen = (slug) => telling.catch(() => null).then(() => ask(at(slug, "/seen")));

/** What a game has shown by now; the server plays its log again, as far as a line.
 * @param {string} slug @param {{digest: string, log: string[], line: string | null}} game @returns {Promise<any>} */
export const putSeen = (slug, game) => (telling = ask(at(slug, "/seen"), { ...posting(game), keepalive: true }));

/** Choice points of an episode. @param {string} slug @param {number} episode @param {string} language */
export const getChoicePoints = (slug, episode, language) => ask(`${at(slug, `/episodes/${episode}/choices`)}?${said(language)}`);

/** A bought option is taken in a game that is not saved. @param {string} slug @param {string} choice */
export const tellTaken = (slug, choice) => ask(at(slug, `/choices/${encodeURIComponent(choice)}/taken`), { method: "POST", keepalive: true }).catch(() => null);

/** Which share of players took what. @param {string} slug */
export const getShares = (slug) => ask(at(slug, "/choices"));

/** @param {string} path @param {unknown} chapter */
async function keepChapter(path, chapter) {
  if (!("caches" in globalThis)) return;
  try {
    const shelf = await caches.open(CHAPTERS);
    await shelf.put(path, new Response(JSON.stringify(chapter)));
    const kept = await shelf.keys();
    for (const old of kept.slice(0, Math.max(0, kept.length - CHAPTERS_KEPT))) await shelf.delete(old);
  } catch {
    // No room or not allowed: the chapter is read from the server.
  }
}

/** @param {string} path */
async function keptChapter(path) {
  const found = "caches" in globalThis ? await caches.match(path).catch(() => null) : null;
  return found ? found.json() : null;
}
