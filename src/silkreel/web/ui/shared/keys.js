// Keys of purchases: made when one is first shown, kept over a reload until its answer has come.
// The same key again, however often, charges once.

const STORE = "silkreel.keys";
const KEPT_MILLISECONDS = 7 * 24 * 3600 * 1000; // an answer that did not come in a week is not waited for
const AGAIN = [408, 425, 429]; // noes that say nothing about the purchase

/** @typedef {Record<string, {key: string, when: number}>} Keys by what each buys */

/** @type {Keys} */
let here = {}; // where storage is forbidden keys live as long as the page: that still guards a double tap

/** As all tabs of the browser have them. @returns {Keys} */
function kept() {
  let all = here;
  try {
    all = JSON.parse(localStorage.getItem(STORE) ?? "{}");
  } catch {
    // Forbidden, or not ours.
  }
  return Object.fromEntries(Object.entries(all).filter(([, each]) => Date.now() - each.when < KEPT_MILLISECONDS));
}

/** @param {Keys} all */
function keep(all) {
  here = all;
  try {
    localStorage.setItem(STORE, JSON.stringify(all));
  } catch {
    // As above.
  }
}

/** The key of a purchase by what it buys; the same until an answer has come. @param {string} name */
export function keyFor(name) {
  const all = kept();
  all[name] ??= { key: uuid(), when: Date.now() };
  keep(all);
  return all[name].key;
}

/** @param {string} name */
export function letGo(name) {
  const { [name]: _done, ...others } = kept();
  keep(others);
}

/** Whether a no is the server's last word: then nothing was charged, and the next try is another purchase.
 * @param {{status?: number}} refusal */
export const isFinal = ({ status = 0 }) => status >= 400 && status < 500 && !AGAIN.includes(status);

/** Send a purchase under its key; the key is let go once an answer has come.
 * @template T @param {string} name @param {(key: string) => Promise<T>} send @returns {Promise<T>} */
export async function once(name, send) {
  try {
    const answer = await send(keyFor(name));
    letGo(name);
    return answer;
  } catch (error) {
    if (isFinal(/** @type {any} */ (error))) letGo(name);
    throw error;
  }
}

/** `crypto.randomUUID` is there over HTTPS only; a demo in one's own network has none. */
function uuid() {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  bytes[6] = (bytes[6] & 0x0f) | 0x40;
  bytes[8] = (bytes[8] & 0x3f) | 0x80;
  const hex = [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join("");
  return hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, "$1-$2-$3-$4-$5");
}
