// The desk's pages by address, and who may see them. A room with a desk of its own adds a line.
import { signal } from "@preact/signals";
import { Account } from "./account.js";
import { Log } from "./log.js";
import { Stories } from "./stories/shelf.js";
import { Team } from "./team.js";

/** `deep`: addresses below it are its own. @typedef {{path: string, label: string, icon: string, right: string | null, screen: any, deep?: boolean}} Page */

/** In the order of the navigation; `right` null: everybody's. @type {Page[]} */
export const PAGES = [
  { path: "/staff/team", label: "nav.team", icon: "team", right: "staff.read", screen: Team },
  { path: "/staff/stories", label: "nav.stories", icon: "story", right: "story.read", screen: Stories, deep: true },
  { path: "/staff/log", label: "nav.log", icon: "log", right: "audit.read", screen: Log },
  { path: "/staff/account", label: "nav.account", icon: "account", right: null, screen: Account },
];

/** The page an address belongs to. @param {string} path */
export const pageAt = (path) => PAGES.find((page) => page.path === path || (page.deep && path.startsWith(`${page.path}/`)));

export const place = signal(location.pathname);

/** @param {string} path @param {string} [spot] a place on the page, with its # */
export function go(path, spot = "") {
  if (path + spot !== location.pathname + location.hash) history.pushState({}, "", path + spot);
  place.value = path;
  scrollTo(0, 0);
}

addEventListener("popstate", () => (place.value = location.pathname));
addEventListener("click", (event) => {
  const link = event.target instanceof Element ? event.target.closest("a[href^='/staff']") : null;
  if (!link || event.defaultPrevented || event.button || event.metaKey || event.ctrlKey || event.shiftKey) return;
  event.preventDefault();
  const { pathname, hash } = /** @type {HTMLAnchorElement} */ (link);
  go(pathname, hash);
});
