// Addresses and screens, on the History API; focus and scroll come back with Back.
import { signal } from "@preact/signals";

/** @typedef {{screen: "home"} | {screen: "series", slug: string} | {screen: "watch", slug: string, number: number, at: string | null} | {screen: "read", slug: string, number: number, at: string | null} | {screen: "play", slug: string, at: string | null, choice: string | null} | {screen: "rights"} | {screen: "wallet"} | {screen: "vip"} | {screen: "missing"}} Route */

/** @param {string} address @returns {Route} */
export function parse(address) {
  const url = new URL(address, "http://here");
  const parts = url.pathname.split("/").filter(Boolean).map(decodeURIComponent);
  if (parts.length === 0) return { screen: "home" };
  if (parts[0] === "s" && parts.length === 2) return { screen: "series", slug: parts[1] };
  if (parts[0] === "s" && parts[2] === "e" && parts.length === 4 && /^\d+$/.test(parts[3]))
    return { screen: "watch", slug: parts[1], number: Number(parts[3]), at: url.searchParams.get("t") };
  if (parts.length === 1 && parts[0] === "rights") return { screen: "rights" };
  if (parts[0] === "s" && parts[2] === "c" && parts.length === 4 && /^\d+$/.test(parts[3]))
    return { screen: "read", slug: parts[1], number: Number(parts[3]), at: url.hash.slice(1) || null };
  if (parts[0] === "s" && parts[2] === "g" && parts.length === 3)
    return { screen: "play", slug: parts[1], at: url.searchParams.get("at"), choice: url.searchParams.get("choice") };
  if (parts.length === 1 && (parts[0] === "wallet" || parts[0] === "vip")) return { screen: parts[0] };
  return { screen: "missing" };
}

export const seriesPath = (/** @type {string} */ slug) => `/s/${encodeURIComponent(slug)}`;
export const episodePath = (/** @type {string} */ slug, /** @type {number} */ number) => `${seriesPath(slug)}/e/${number}`;

export const chapterPath = (/** @type {string} */ slug, /** @type {number} */ number) => `${seriesPath(slug)}/c/${number}`;
export const gamePath = (/** @type {string} */ slug) => `${seriesPath(slug)}/g`;

const inBrowser = typeof location !== "undefined";
export const route = signal(inBrowser ? parse(location.href) : /** @type {Route} */ ({ screen: "home" }));
let depth = 0;
/** The screen before this one, where somebody came from inside the app. @type {{route: Route | null}} */
export const before = { route: null };

/** @param {string} path */
export function go(path) {
  history.replaceState({ ...history.state, scroll: scrollY }, "");
  depth += 1;
  before.route = route.value;
  history.pushState({ depth }, "", path);
  change(() => (route.value = parse(path)), 0);
}

/** Another address for the same screen. @param {string} path */
export function replace(path) {
  history.replaceState(history.state, "", path);
  route.value = parse(path);
}

/** One step back inside the app, or to `fallback` when the visit began here. @param {string} fallback */
export function back(fallback) {
  if (depth > 0) history.back();
  else {
    history.replaceState({ depth: 0 }, "", fallback);
    change(() => (route.value = parse(fallback)), 0);
  }
}

/** @param {() => void} update @param {number} scroll */
function change(update, scroll) {
  const calm = matchMedia("(prefers-reduced-motion: reduce)").matches;
  const apply = () => {
    update();
    requestAnimationFrame(() => scrollTo(0, scroll));
  };
  if (!calm && document.startViewTransition) document.startViewTransition(apply);
  else apply();
}

if (inBrowser) {
  history.scrollRestoration = "manual";
  addEventListener("popstate", (event) => {
    depth = event.state?.depth ?? 0;
    before.route = null;
    change(() => (route.value = parse(location.href)), event.state?.scroll ?? 0);
  });
  addEventListener("click", (event) => {
    const link = event.target instanceof Element ? event.target.closest("a[href^='/']") : null;
    if (!link || event.defaultPrevented || event.button || event.metaKey || event.ctrlKey || event.shiftKey) return;
    event.preventDefault();
    go(/** @type {HTMLAnchorElement} */ (link).getAttribute("href") ?? "/");
  });
}
