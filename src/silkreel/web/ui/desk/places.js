// The desk's pages by address, and who may see them. A room with a desk of its own adds a line.
import { signal } from "@preact/signals";
import { Account } from "./account.js";
import { Ledger } from "./ledger.js";
import { Letters } from "./letters.js";
import { Log } from "./log.js";
import { Orders } from "./orders.js";
import { Reconcile } from "./reconcile.js";
import { Statements } from "./statements.js";
import { Stories } from "./stories/shelf.js";
import { Team } from "./team.js";
import { Wallets } from "./wallets.js";

/** @typedef {{path: string, label: string, icon: string, right: string | null, screen: any, section?: string}} Page */

/** In the order of the navigation; `right` null: everybody's. A page answers what is below it as well. @type {Page[]} */
export const PAGES = [
  { path: "/staff/team", label: "nav.team", icon: "team", right: "staff.read", screen: Team },
  { path: "/staff/orders", label: "nav.orders", icon: "orders", right: "money.read", screen: Orders, section: "nav.money" },
  { path: "/staff/wallets", label: "nav.wallets", icon: "wallet", right: "money.read", screen: Wallets, section: "nav.money" },
  { path: "/staff/reconcile", label: "nav.reconcile", icon: "reconcile", right: "money.read", screen: Reconcile, section: "nav.money" },
  { path: "/staff/ledger", label: "nav.ledger", icon: "ledger", right: "money.read", screen: Ledger, section: "nav.money" },
  { path: "/staff/statements", label: "nav.statements", icon: "statements", right: "money.read", screen: Statements, section: "nav.money" },
  { path: "/staff/stories", label: "nav.stories", icon: "story", right: "story.read", screen: Stories },
  { path: "/staff/letters", label: "nav.letters", icon: "letters", right: "viewers.read", screen: Letters },
  { path: "/staff/log", label: "nav.log", icon: "log", right: "audit.read", screen: Log },
  { path: "/staff/account", label: "nav.account", icon: "account", right: null, screen: Account },
];

export const place = signal(location.pathname);

/** The page an address belongs to. @param {string} path */
export const pageOf = (path) => PAGES.find((page) => path === page.path || path.startsWith(`${page.path}/`));

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
