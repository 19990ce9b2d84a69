// The end, and a map of what was seen: dots, no words, so that nothing is given away.
import { useEffect, useState } from "preact/hooks";
import { html } from "../../shared/html.js";
import { Icon } from "../../shared/icons.js";
import { seriesPath } from "../../shared/router.js";
import { t } from "../../shared/words.js";
import { seenWords } from "../story/seen.js";

/** @param {{session: any, slug: string}} props */
export function Ending({ session, slug }) {
  return html`<div class="game-over card-like game-ending" role="dialog" aria-labelledby="the-end">
    <h2 id="the-end" tabindex="-1" ref=${(/** @type {any} */ title) => title?.focus()}>${t("game.end")}</h2>
    <${Seen} session=${session} />
    <button class="button main" onClick=${() => session.restart()}><${Icon} name="again" />${t("game.end.again")}</button>
    <a class="button quiet" href=${seriesPath(slug)}>${t("player.back")}</a>
  </div>`;
}

/** How much was seen, in numbers and dots: the server counts, so that beginning anew forgets nothing.
 * @param {{session: any}} props */
export function Seen({ session }) {
  const [seen, setSeen] = useState(/** @type {any} */ (null));
  useEffect(() => {
    session.seen()?.then(setSeen, () => {});
  }, []);
  if (!seen) return null;
  return html`<section class="seen" aria-label=${t("game.map")}>
    <h3>${t("game.map")}</h3>
    <p>${seenWords(seen)}</p>
    <ol class="seen-rows">
      ${seen.episodes.map((/** @type {any} */ each) => html`<li key=${each.number}><small>${each.number}</small>
        ${Array.from({ length: each.scenes_total }, (_, n) => html`<i key=${n} class=${n < each.scenes_seen ? "yes" : ""} role="img" aria-label=${t(n < each.scenes_seen ? "game.map.seen" : "game.map.unseen")}></i>`)}
      </li>`)}
    </ol>
  </section>`;
}
