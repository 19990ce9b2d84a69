// A reader of VAST 4.2: one linear ad with its film, its skip, and whom to tell. Nothing else is played.
// Format: IAB Tech Lab, Digital Video Ad Serving Template 4.2.

/**
 * @typedef {{url: string, type: string, width: number, height: number, bitrate: number}} Film
 * @typedef {{id: string, title: string, advertiser: string, seconds: number, skipSeconds: number | null, films: Film[],
 *   tracking: {event: string, url: string}[], impressions: string[], errors: string[], click: string | null}} Ad
 */

export const NO_XML = 100; // VAST's own numbers of errors
export const NO_AD = 303;
export const WRAPPED = 300; // wrappers are unwound by our server, never in the page
export const NO_FILM = 403;

export class NoAd extends Error {
  /** @param {number} code @param {string[]} [errors] */
  constructor(code, errors = []) {
    super(`VAST ${code}`);
    this.code = code;
    this.errors = errors.map((address) => address.replace(/\[ERRORCODE\]|%5BERRORCODE%5D/g, String(code)));
  }
}

/** @param {string} text @returns {Ad} */
export function readVast(text) {
  const root = new DOMParser().parseFromString(text, "application/xml").documentElement;
  if (root.localName !== "VAST" || within(root, "parsererror").length) throw new NoAd(NO_XML);
  const errors = texts(root, "Error");
  const ad = within(root, "Ad")[0];
  if (!ad) throw new NoAd(NO_AD, errors);
  const inline = within(ad, "InLine")[0];
  if (!inline) throw new NoAd(WRAPPED, errors);
  const linear = within(inline, "Linear")[0];
  const films = linear ? within(linear, "MediaFile").map(film).filter((each) => each.url) : [];
  const seconds = linear ? secondsOf(text1(linear, "Duration")) : 0;
  if (!films.length || !seconds) throw new NoAd(NO_FILM, errors);
  return {
    id: ad.getAttribute("id") ?? "",
    title: text1(inline, "AdTitle"),
    advertiser: text1(inline, "Advertiser"),
    seconds,
    skipSeconds: skipOf(linear.getAttribute("skipoffset"), seconds),
    films,
    tracking: within(linear, "Tracking").map((each) => ({ event: each.getAttribute("event") ?? "", url: (each.textContent ?? "").trim() })),
    impressions: texts(inline, "Impression"),
    errors,
    click: text1(linear, "ClickThrough") || null,
  };
}

/** The film to play: what the browser can play, the smallest that fills the screen, else the largest.
 * @param {Film[]} films @param {number} height of the screen in pixels @param {(type: string) => boolean} plays @returns {Film | null} */
export function chooseFilm(films, height, plays) {
  const fit = films.filter((each) => plays(each.type)).sort((a, b) => a.height - b.height || a.bitrate - b.bitrate);
  return fit.find((each) => each.height >= height) ?? fit.at(-1) ?? null;
}

/** "00:00:15.500" -> 15.5; 0 for what is no length. @param {string} clock */
export function secondsOf(clock) {
  const found = /^(\d+):([0-5]\d):([0-5]\d(?:\.\d+)?)$/.exec(clock.trim());
  return found ? Number(found[1]) * 3600 + Number(found[2]) * 60 + Number(found[3]) : 0;
}

/** A time, or a share of the length. @param {string | null} offset @param {number} seconds */
function skipOf(offset, seconds) {
  if (!offset) return null;
  return offset.endsWith("%") ? (seconds * parseFloat(offset)) / 100 : secondsOf(offset);
}

/** @param {Element} element @returns {Film} */
function film(element) {
  const number = (/** @type {string} */ name) => Number(element.getAttribute(name)) || 0;
  return { url: (element.textContent ?? "").trim(), type: element.getAttribute("type") ?? "", width: number("width"), height: number("height"), bitrate: number("bitrate") };
}

/** By local name, so that the namespace may be there or not. @param {Element} element @param {string} name */
const within = (element, name) => [...element.getElementsByTagNameNS("*", name)];
/** @param {Element} element @param {string} name */
const texts = (element, name) => within(element, name).map((each) => (each.textContent ?? "").trim()).filter(Boolean);
/** @param {Element} element @param {string} name */
const text1 = (element, name) => texts(element, name)[0] ?? "";
