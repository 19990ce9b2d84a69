// Who is signed in at the desk, and questions to the server in their name.
import { signal } from "@preact/signals";
import { bodyOf } from "../shared/answers.js";
import { t } from "../shared/words.js";

/** @typedef {{id: string, name: string, shown_name: string, roles: string[], rights: string[], withheld: string[], second_factor: boolean, has_second_factor: boolean, brand: {id: string, name: string, second_factor: string}, csrf_token: string}} Me */

/** undefined: not asked yet; null: nobody. @type {import("@preact/signals").Signal<Me | null | undefined>} */
export const me = signal(undefined);

export class Refused extends Error {
  /** @param {string} code @param {string} sentence @param {number} status */
  constructor(code, sentence, status) {
    super(sentence);
    this.code = code;
    this.status = status;
  }
}

/** @param {string} right */
export const may = (right) => me.value?.rights.includes(right) ?? false;

/** Would count after a sign-in with a second factor. @param {string} right */
export const mayLater = (right) => me.value?.withheld.includes(right) ?? false;

/** Ask the staff's API; a no becomes a Refused with the server's sentence.
 * @param {string} method @param {string} path @param {unknown} [body] @param {AbortSignal} [signal] */
export async function ask(method, path, body, signal) {
  const json = body === undefined ? {} : { "content-type": "application/json" };
  return await send(method, path, body === undefined ? undefined : JSON.stringify(body), json, signal);
}

/** Ask with a body as it is: a text, a file. @param {string} method @param {string} path @param {BodyInit | undefined} body
 * @param {Record<string, string>} [more] headers @param {AbortSignal} [signal] */
export async function send(method, path, body, more = {}, signal) {
  /** @type {Record<string, string>} */
  const headers = { "accept-language": document.documentElement.lang, ...more };
  if (me.value) headers["x-csrf-token"] = me.value.csrf_token;
  let answer, content;
  try {
    answer = await fetch(`/api/staff${path}`, { method, headers, signal, body });
    content = await bodyOf(answer);
  } catch (error) {
    if (error instanceof DOMException && error.name === "AbortError") throw error;
    throw new Refused("network", t("desk.offline"), 0);
  }
  if (answer.ok) return content;
  if (content?.code === "web.not_signed_in") me.value = null;
  throw new Refused(content?.code ?? `http.${answer.status}`, content?.detail ?? t("desk.failed"), answer.status);
}

/** Learn who is signed in. The first question of every visit, asked for stations that know nobody as well. */
export async function whoAmI() {
  try {
    me.value = await ask("GET", "/me");
  } catch (error) {
    if (!(error instanceof Refused) || error.status !== 401) throw error;
  }
}

/** @param {string} name @param {string} password @param {string} code */
export async function signIn(name, password, code) {
  me.value = await ask("POST", "/sign-in", { name, password, code });
}

/** @param {"/sign-out" | "/sign-out-everywhere"} path */
export async function signOut(path = "/sign-out") {
  await ask("POST", path);
  me.value = null;
}
