// The frame around the desk's pages: navigation by rights, who is signed in, the way out.
import { useEffect, useRef, useState } from "preact/hooks";
import { html } from "../shared/html.js";
import { t } from "../shared/words.js";
import { Empty, Mark, roleName } from "./parts.js";
import { PAGES, go, pageOf, place } from "./places.js";
import { may, mayLater, me, signOut } from "./session.js";

export function Frame() {
  const open = PAGES.filter((page) => page.right === null || may(page.right));
  const here = pageOf(place.value);
  const main = useRef(/** @type {HTMLElement | null} */ (null));
  const [menu, setMenu] = useState(false);
  const first = useRef(true);
  useEffect(() => {
    if (place.value === "/staff" || place.value === "/staff/join") go(open[0].path);
  }, [place.value]);
  useEffect(() => {
    if (!here || here.path === place.value) document.title = `${here ? t(here.label) : t("desk.missing")} · ${me.value?.brand.name}`;
    setMenu(false);
    if (!first.current) main.current?.focus({ preventScroll: true });
    first.current = false;
  }, [here]);
  return html`<div class="frame">
    <a class="skip" href="#main">${t("desk.skip")}</a>
    <header class="bar">
      <p class="bar-brand"><span class="brand-mark" aria-hidden="true"></span><strong>${me.value?.brand.name}</strong> <span>${t("desk.name")}</span></p>
      <button class="icon-button bar-menu" aria-expanded=${menu} aria-controls="nav" aria-label=${t("desk.menu")} onClick=${() => setMenu(!menu)}><${Mark} name="menu" /></button>
    </header>
    <div class=${menu ? "side open" : "side"} id="nav" onKeyDown=${(/** @type {KeyboardEvent} */ event) => event.key === "Escape" && setMenu(false)}>
      <nav aria-label=${t("desk.pages")}><ul>
        ${open.map((page, n) => html`${page.section && page.section !== open[n - 1]?.section && html`<li class="nav-section" key=${page.section}>${t(page.section)}</li>`}<li key=${page.path} class=${!page.section && open[n - 1]?.section ? "after" : ""}><a href=${page.path} aria-current=${page === here ? "page" : undefined}><${Mark} name=${page.icon} />${t(page.label)}</a></li>`)}
      </ul></nav>
      <div class="who">
        <p><strong>${me.value?.shown_name}</strong><span>${me.value?.roles.map((role) => roleName(role)).join(", ")}</span></p>
        <button class="act quiet" onClick=${() => signOut().catch(() => (me.value = null))}><${Mark} name="out" />${t("door.out")}</button>
      </div>
    </div>
    <main id="main" ref=${main} tabindex="-1">
      <${Withheld} />
      ${!here ? html`<${Empty} title=${t("desk.missing")} />` : open.includes(here) ? html`<${here.screen} />` : html`<${Closed} right=${here.right} />`}
    </main>
  </div>`;
}

/** Rights that wait for a second factor are said once, where everybody looks. */
function Withheld() {
  if (!me.value?.withheld.length || place.value === "/staff/account") return null;
  return html`<p class="notice"><${Mark} name="shield" /><span>${t("desk.withheld")} <a href="/staff/account">${t("desk.set_up")}</a></span></p>`;
}

/** @param {{right: any}} props */
function Closed({ right }) {
  return html`<${Empty} title=${t("desk.closed")}><p>${t(mayLater(right) ? "desk.closed_factor" : "desk.closed_why")}</p><//>`;
}
