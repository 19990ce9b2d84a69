// How much of a game somebody has seen, in words that name nothing.
import { plural } from "../../shared/words.js";

/** "14 of 22 scenes seen · 1 of 3 endings"; before the first one, how many there are.
 * @param {{scenes_seen: number, scenes_total: number, endings_seen: number, endings_total: number}} told */
export function seenWords(told) {
  if (!told.scenes_seen) return `${plural("game.map.all_scenes", told.scenes_total)} · ${plural("game.map.all_endings", told.endings_total)}`;
  const scenes = plural("game.map.scenes", told.scenes_total, { seen: told.scenes_seen });
  return `${scenes} · ${plural("game.map.endings", told.endings_total, { seen: told.endings_seen })}`;
}
