// The end, and a map of what was seen: dots, no words, so that nothing is given away.
import { html } from "../../shared/html.js";
import { Icon } from "../../shared/icons.js";
import { seriesPath } from "../../shared/router.js";
import { t } from "../../shared/words.js";
import { playedOf } from "../story/kept.js";

/** @param {{session: any, slug: string}} props */
export function Ending({ session, slug }) {
  return html`<div class="game-over card-like game-ending" role="dialog" aria-labelledby="the-end">
    <h2 id="the-end" tabindex="-1" ref=${(/** @type {any} */ title) => title?.focus()}>${t("game.end")}</h2>
    <${Seen} session=${session} slug=${slug} />
    <button class="button main" onClick=${() => session.restart()}><${Icon} name="again" />${t("game.end.again")}</button>
    <a class="button quiet" href=${seriesPath(slug)}>${t("player.back")}</a>
  </div>`;
}

/** Scenes by episode: full where seen, hollow where not. @param {{session: any, slug: string}} props */
export function Seen({ session, slug }) {
  const { seen, ends } = playedOf(slug);
  const scenes = scenesOf(session);
  const all = [...scenes.values()].flat();
  const known = all.filter((id) => seen.includes(id)).length;
  const endings = session.game.endings ?? null;
  return html`<section class="seen" aria-label=${t("game.map")}>
    <h3>${t("game.map")}</h3>
    <p>${t("game.map.scenes", { seen: known, all: all.length })}${endings !== null && ` · ${t("game.map.endings", { seen: Math.min(ends.length, endings), all: endings })}`}</p>
    <ol class="seen-rows">
      ${[...scenes].map(([number, ids]) => html`<li key=${number}><small>${number}</small>
        ${ids.map((id) => html`<i key=${id} class=${seen.includes(id) ? "yes" : ""} role="img" aria-label=${t(seen.includes(id) ? "game.map.seen" : "game.map.unseen")}></i>`)}
      </li>`)}
    </ol>
  </section>`;
}

/** Ids of the game's scenes by episode: told by the server, else those whose words are at hand.
 * @param {any} session @returns {Map<number, string[]>} */
function scenesOf(session) {
  const found = new Map();
  const told = session.game.scenes ?? [...session.texts.tables].flatMap(([episode, table]) => Object.keys(table.scenes).map((id) => ({ id, episode })));
  for (const { id, episode } of told.filter((/** @type {any} */ each) => each.id.includes("."))) found.set(episode, [...(found.get(episode) ?? []), id]);
  return new Map([...found].sort((a, b) => a[0] - b[0]));
}
