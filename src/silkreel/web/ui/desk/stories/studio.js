// One story: its name, its rooms, and what all of them share.
import { useCallback, useEffect, useRef, useState } from "preact/hooks";
import { html } from "../../shared/html.js";
import { t } from "../../shared/words.js";
import { Loaded, Mark } from "../parts.js";
import { ask, me } from "../session.js";
import { Assist } from "./assist.js";
import { Boards } from "./boards.js";
import { Cards } from "./cards.js";
import { Drafts } from "./drafts.js";
import { Out } from "./out.js";
import { Tongues } from "./tongues.js";
import { Write } from "./write.js";

/** @type {[string, any][]} */
const ROOMS = [["write", Write], ["cards", Cards], ["boards", Boards], ["drafts", Drafts], ["tongues", Tongues], ["assist", Assist], ["out", Out]];

/** @param {{name: string, tab: string}} props */
export function Studio({ name, tab }) {
  const [state, setState] = useState(/** @type {any} */ ({}));
  const address = `/stories/${encodeURIComponent(name)}`;
  const load = useCallback(
    () =>
      ask("GET", address).then(
        (value) => setState({ value }),
        (error) => setState((/** @type {any} */ before) => (before.value && error.status === 0 ? before : { error })),
      ),
    [address],
  );
  useEffect(() => void load(), [load]);
  const room = ROOMS.find(([id]) => id === tab) ?? ROOMS[0];
  useEffect(() => {
    document.title = `${state.value?.title ?? name} · ${t(`room.${room[0]}`)} · ${me.value?.brand.name}`;
  }, [state.value, room]);
  const rooms = useRef(/** @type {HTMLElement | null} */ (null));
  useEffect(() => {
    const here = /** @type {HTMLElement | null | undefined} */ (rooms.current?.querySelector("[aria-current]"));
    if (rooms.current && here) rooms.current.scrollLeft = here.offsetLeft - 24;
  }, [room]);
  return html`<section class="studio at-${room[0]}" aria-labelledby="title">
    <header class="studio-head">
      <a class="icon-button" href="/staff/stories" aria-label=${t("nav.stories")}><${Mark} name="back" /></a>
      <h1 id="title"><bdi>${state.value?.title ?? name}</bdi></h1>
      <nav aria-label=${t("room.nav")}><ul class="rooms" ref=${rooms}>
        ${ROOMS.map(([id]) => html`<li key=${id}><a href=${`/staff${address}/${id}`} aria-current=${id === room[0] ? "page" : undefined}>${t(`room.${id}`)}</a></li>`)}
      </ul></nav>
    </header>
    <${Loaded} state=${state} onRetry=${load}>
      ${(/** @type {any} */ story) => html`<${room[1]} story=${story} address=${address} onChanged=${load} />`}
    <//>
  </section>`;
}
