// The game's words, an episode at a time: fetched when the story shows an id that is not known yet.
import { getStrings } from "../story/api.js";

export class Texts {
  /** @param {string} slug @param {any} game what the server said a game starts with */
  constructor(slug, game) {
    this.slug = slug;
    this.game = game;
    /** @type {Map<number, any>} */
    this.tables = new Map();
    /** Refusals of locked episodes. @type {Map<number, any>} */
    this.refused = new Map();
  }

  /** A line's or an option's words; null where no table at hand has them. @param {string} id */
  known(id) {
    for (const table of this.tables.values()) if (table.strings[id]) return table.strings[id];
    return null;
  }

  /** @param {string} id of a scene */
  scene(id) {
    for (const table of this.tables.values()) if (table.scenes[id]) return table.scenes[id];
    return null;
  }

  /** How the words at hand came about. @param {string} id */
  state(id) {
    const own = this.known(id)?.state;
    if (own) return own;
    for (const table of this.tables.values()) if (table.strings[id]) return table.state;
    return "source";
  }

  /** The words of an id, fetched if need be: episodes from where the story is, then those before.
   * @param {string} id @param {number} from the episode the story is in
   * @returns {Promise<any>} @throws the refusal of a locked episode, where the words must lie there */
  async find(id, from) {
    for (const number of this.order(from)) {
      const known = this.known(id);
      if (known) return known;
      await this.fetch(number);
    }
    const found = this.known(id);
    if (found) return found;
    const [locked] = this.refused.values();
    if (locked) throw locked;
    return null;
  }

  /** @param {number} from */
  order(from) {
    const numbers = this.game.episodes.map((/** @type {any} */ each) => each.number);
    const after = numbers.filter((/** @type {number} */ n) => n >= from);
    return [...after, ...numbers.filter((/** @type {number} */ n) => n < from).reverse()];
  }

  /** @param {number} number */
  async fetch(number) {
    if (this.tables.has(number) || this.refused.has(number)) return;
    try {
      this.tables.set(number, await getStrings(this.slug, number, this.game.language));
    } catch (refusal) {
      if (/** @type {any} */ (refusal).status !== 402) throw refusal;
      this.refused.set(number, refusal);
    }
  }

  /** What was locked may be open now. */
  retry() {
    this.refused.clear();
  }

  /** The next episode's words, before they are needed. @param {number} after */
  warm(after) {
    const next = this.game.episodes.find((/** @type {any} */ each) => each.number > after && !each.locked);
    if (next) this.fetch(next.number).catch(() => {});
  }

  /** The episode whose table has an id. @param {string} id @returns {number | null} */
  episodeOf(id) {
    for (const [number, table] of this.tables) if (table.strings[id]) return number;
    return null;
  }
}
