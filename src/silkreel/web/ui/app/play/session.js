// One game being played: the story's logic, its words, the log of choices, and the save that follows it.
import { signal } from "@preact/signals";
import { findMoment, getGame, getMoment, getSave, getSaves, getShares, getSeen, getStory, putPlace, putSave, putSeen, tellTaken } from "../story/api.js";
import { keepPlayed, playedOf, storyLanguage } from "../story/kept.js";
import { Play } from "./engine.js";
import { Texts } from "./texts.js";

export const AUTO = "auto"; // the slot that follows by itself
const PLACE_REST_MILLISECONDS = 1500; // a line tapped away sooner is no place
const WARM_MILLISECONDS = 2500; // the next episode's words wait until this screen stands
const ON_STAGE = 2;

/**
 * @typedef {{id: string, text: string, kind: string, who: string | null, how: string[], scene: string}} Beat
 * @typedef {import("../../shared/money.js").Coins} Coins
 * @typedef {{id: string, text: string, price: Coins | null, yours: boolean, canon: boolean}} Offer
 * @typedef {{kind: "line" | "choice", id: string, choices: number}} Entry
 */

export class Session {
  /** @param {string} slug @param {{at: string | null, choice: string | null}} entry a scene to play by itself,
   * or an option of an interactive episode to go on from: both in a scratch game */
  constructor(slug, entry) {
    this.slug = slug;
    this.entry = entry;
    this.scratch = entry.at !== null || entry.choice !== null; // nobody's save is touched
    this.home = entry.at; // the scene a scratch game is about
    /** @type {import("@preact/signals").Signal<"loading" | "line" | "choice" | "end" | "left" | "locked" | "failed">} */
    this.phase = signal("loading");
    this.beat = signal(/** @type {Beat | null} */ (null));
    this.offers = signal(/** @type {Offer[]} */ ([]));
    this.cast = signal(/** @type {string[]} */ ([])); // who stands on the stage, in the order they came
    this.scene = signal("");
    this.notices = signal(/** @type {any[]} */ ([]));
    this.trouble = signal(/** @type {any} */ (null));
    this.saved = signal(/** @type {boolean | null} */ (null));
    this.share = signal(/** @type {number | null} */ (null));
    /** @type {Entry[]} */
    this.entries = [];
    this.episode = 1;
    this.shares = /** @type {Record<string, any>} */ ({});
    this.busy = false;
    this.waiting = /** @type {any} */ (null); // a step whose words are locked
    this.left = false; // a scratch game has gone beyond its scene
    this.placing = this.warming = 0;
  }

  /** Have everything, and stand where the viewer was. */
  async open() {
    this.phase.value = "loading";
    try {
      this.game = await getGame(this.slug, storyLanguage());
      this.texts = new Texts(this.slug, this.game);
      this.episode = this.game.first_episode;
      const first = this.texts.fetch(this.episode);
      this.play = new Play(await getStory(this.game.story));
      await first;
      if (this.entry.at) await this.enter(this.entry.at);
      else if (this.entry.choice) await this.follow(this.entry.choice);
      else await this.resume();
    } catch (error) {
      this.fail(error);
    }
    getShares(this.slug).then((told) => (this.shares = told.choices), () => {});
  }

  /** A scene by itself: its own legal way in, and nobody's save is touched. @param {string} scene */
  async enter(scene) {
    const moment = await findMoment(this.slug, { scene }, this.game.language);
    this.episode = moment.episode ?? this.episode;
    await this.texts.fetch(this.episode);
    const refused = this.texts.refused.get(this.episode);
    if (refused) throw refused;
    this.begin(moment.play?.log ?? []);
    await this.advance((id) => this.texts.known(id)?.scene === scene);
  }

  /** From an option on: its scene's way in, then the series' own way up to it. @param {string} choice */
  async follow(choice) {
    const moment = await getMoment(this.slug, choice, this.game.language);
    this.episode = moment.episode ?? this.episode;
    this.home = moment.scene;
    this.begin(moment.play?.log ?? []);
    for (this.passed(); this.play.options().length; this.passed()) {
      const options = this.play.options();
      const wanted = options.find((/** @type {any} */ option) => option.id === choice);
      if (wanted && this.priceOf(choice)) break; // asked again here, with its price
      const next = wanted ?? options.find((/** @type {any} */ option) => option.canon) ?? options[0];
      this.entries.push({ kind: "choice", id: next.id, choices: this.play.log.length });
      this.play.choose(next.id);
      if (wanted) this.took(choice);
      if (wanted) break;
    }
    await this.advance();
  }

  /** Lines up to the next choice, unseen. */
  passed() {
    for (const id of this.play.pass()) this.entries.push({ kind: "line", id, choices: this.play.log.length });
  }

  /** Where the viewer stopped, on this device or another; the server says what an edit has changed. */
  async resume() {
    const here = playedOf(this.slug).auto;
    const slots = await getSaves(this.slug).catch(() => null);
    const there = slots?.find((/** @type {any} */ each) => each.slot === AUTO) ?? null;
    if (here && (!there || !here.sent)) await this.take(await this.send(AUTO, here.digest, here.log), here.line);
    else if (there) await this.take(await this.known(there, here), here?.line ?? null);
    else {
      this.begin([]);
      await this.advance();
    }
  }

  /** A slot as it plays today. @param {any} listed @param {any} here what this device remembers of it */
  async known(listed, here) {
    if (here && listed.digest === this.game.digest && listed.revision === here.revision) return { ...here, status: "accepted", notices: [], slot: AUTO };
    const save = await getSave(this.slug, listed.slot);
    return save.digest === this.game.digest ? save : this.send(listed.slot, save.digest, save.log);
  }

  /** Go on from a save as the server understood it. @param {any} save @param {string | null} [line] */
  async take(save, line = null) {
    this.notices.value = save.notices ?? [];
    this.episode = save.at?.episode ?? save.episode ?? this.episode;
    this.begin(save.log);
    const still = line && !this.notices.value.length;
    await this.advance(still ? (id) => id === line : undefined);
    if (this.phase.value === "end" && still && this.beat.value === null) await this.take({ ...save, notices: [] });
  }

  /** @param {string[]} log */
  begin(log) {
    this.entries = [];
    this.waiting = null;
    this.left = false;
    this.beat.value = null;
    this.cast.value = [];
    this.play.restart();
    for (const id of log) {
      this.passed();
      if (!this.play.options().some((/** @type {any} */ option) => option.id === id)) return;
      this.entries.push({ kind: "choice", id, choices: this.play.log.length });
      this.play.choose(id);
    }
  }

  /** On to the next line, choice or end; with `until`, lines before the one it wants pass unseen.
   * @param {(id: string) => boolean} [until] */
  async advance(until) {
    if (this.busy || this.phase.value === "choice") return;
    this.busy = true;
    try {
      while (!(await this.step(until)));
    } catch (error) {
      this.fail(error);
    } finally {
      this.busy = false;
    }
  }

  /** @param {((id: string) => boolean) | undefined} until @returns {Promise<boolean>} whether something is shown */
  async step(until) {
    const step = this.waiting ?? this.play.next();
    this.waiting = step;
    if (step.kind === "end") this.finish();
    else if (step.kind === "choice") await this.offer(step.options);
    else {
      const passed = until !== undefined && !this.beat.value && !until(step.id);
      const words = passed ? null : await this.texts.find(step.id, this.episode);
      this.entries.push({ kind: "line", id: step.id, choices: this.play.log.length });
      this.waiting = null;
      if (!words || !words.shown) return false;
      if (this.leaves(words.scene)) return true;
      this.show(step.id, words);
    }
    this.waiting = null;
    return true;
  }

  /** A scratch game is about one scene and those only the game has; beyond them the viewer is asked. @param {string} scene */
  leaves(scene) {
    if (!this.scratch || this.left || !this.beat.value || scene === this.home) return false;
    if (this.texts.scene(scene)?.only === "game") return false; // a scene the series does not have
    this.left = true;
    this.waiting = { kind: "line", id: this.entries.pop()?.id };
    this.phase.value = "left";
    return true;
  }

  /** @param {string} id @param {any} words */
  show(id, words) {
    this.episode = this.texts.episodeOf(id) ?? this.episode;
    if (words.scene !== this.scene.value) {
      this.scene.value = words.scene;
      this.cast.value = [];
      clearTimeout(this.warming);
      this.warming = setTimeout(() => this.texts.warm(this.episode), WARM_MILLISECONDS);
    }
    if (words.who && !words.how?.length && !this.cast.value.includes(words.who)) this.cast.value = [...this.cast.value, words.who].slice(-ON_STAGE);
    this.beat.value = { id, ...words, how: words.how ?? [], text: this.play.filled(words.text) };
    this.share.value = null;
    this.phase.value = "line";
    this.keep();
    clearTimeout(this.placing);
    this.placing = setTimeout(() => putPlace(this.slug, { medium: "play", line: id }), PLACE_REST_MILLISECONDS);
  }

  /** What an option costs this viewer, by the server; nothing where it is free or theirs.
   * @param {string} id @returns {Coins | null} */
  priceOf(id) {
    return this.game.prices[id] ?? null;
  }

  /** It is theirs for good. @param {string} id */
  bought(id) {
    delete this.game.prices[id];
    this.game.bought.push(id);
  }

  /** A game that is not saved says by itself that a bought option was taken. @param {string} id */
  took(id) {
    if (this.scratch && this.game.bought.includes(id)) tellTaken(this.slug, id);
  }

  /** On to the choice that somebody went away to pay for. @param {string | null} id */
  async meet(id) {
    const before = this.play?.log.length;
    while (id && this.phase.value === "line" && this.play.log.length === before && this.priceOf(id)) await this.advance();
  }

  /** @param {{id: string, canon: boolean}[]} options */
  async offer(options) {
    const offers = [];
    for (const option of options) {
      const words = await this.texts.find(option.id, this.episode);
      if (words && words.shown !== false) offers.push({ id: option.id, canon: option.canon, price: this.priceOf(option.id), yours: this.game.bought.includes(option.id), text: this.play.filled(words.text) });
    }
    const before = this.entries.findLast((entry) => entry.kind === "line" && this.texts.known(entry.id)?.shown);
    if (!this.beat.value && before) this.show(before.id, this.texts.known(before.id));
    this.offers.value = offers;
    this.phase.value = "choice";
  }

  /** @param {string} id of an option on offer */
  async choose(id) {
    if (this.phase.value !== "choice" || this.busy) return;
    this.entries.push({ kind: "choice", id, choices: this.play.log.length });
    const siblings = this.offers.value.map((offer) => offer.id);
    this.play.choose(id);
    this.took(id);
    this.waiting = null;
    this.offers.value = [];
    this.phase.value = "line";
    this.keep();
    if (!this.scratch) this.save();
    await this.advance();
    this.share.value = this.shareOf(id, siblings);
  }

  /** Which share of players took an option; null where too few were asked.
   * @param {string} id @param {string[]} siblings */
  shareOf(id, siblings) {
    const point = Object.entries(this.shares).find(([name, told]) => siblings.includes(name) || id in told.options);
    return point ? (point[1].options[id] ?? 0) : null;
  }

  finish() {
    this.phase.value = "end";
  }

  /** How much of the game was seen, this play with it; a scratch game passed over what it did not show.
   * @returns {Promise<any> | null} nothing where nobody counted */
  seen() {
    if (this.game.scenes_total === null) return null;
    if (this.scratch || !this.beat.value) return getSeen(this.slug);
    return putSeen(this.slug, { digest: this.game.digest, log: this.play.log, line: this.beat.value.id });
  }

  /** On beyond the scene of a scratch game. */
  goOn() {
    this.phase.value = "line";
    return this.advance();
  }

  /** Back to before a choice; what was chosen after it is forgotten. @param {number} choices how many stay */
  async backTo(choices) {
    const log = this.play.log.slice(0, choices);
    this.begin(log);
    this.phase.value = "line";
    this.passed();
    const last = this.entries.findLast((entry) => entry.kind === "line" && this.texts.known(entry.id)?.shown);
    if (last) this.show(last.id, this.texts.known(last.id));
    await this.advance();
  }

  async restart() {
    this.begin([]);
    this.phase.value = "line";
    this.notices.value = [];
    await this.advance();
    if (!this.scratch) this.save();
  }

  /** Remember here where the game is; the server hears of it at each choice. */
  keep() {
    if (this.scratch) return;
    const before = playedOf(this.slug).auto;
    const same = before?.log.length === this.play.log.length;
    keepPlayed(this.slug, { auto: { digest: this.game.digest, log: this.play.log, revision: before?.revision ?? null, episode: this.episode, line: this.beat.value?.id ?? null, sent: same && (before?.sent ?? false) } });
  }

  async save() {
    const log = this.play.log;
    try {
      const told = await this.send(AUTO, this.game.digest, log);
      const auto = playedOf(this.slug).auto;
      if (auto && auto.log.length === log.length) keepPlayed(this.slug, { auto: { ...auto, revision: told.revision, sent: true } });
      this.saved.value = true;
    } catch (refusal) {
      this.saved.value = false;
      if (/** @type {any} */ (refusal).status === 402) this.fail(refusal);
    }
  }

  /** @param {string} slot @param {string} digest @param {string[]} log */
  send(slot, digest, log) {
    return putSave(this.slug, slot, { digest, log });
  }

  /** Another language, at the same place. */
  async speak() {
    const beat = this.beat.value;
    this.game = await getGame(this.slug, storyLanguage());
    this.texts = new Texts(this.slug, this.game);
    await this.texts.fetch(this.episode);
    const words = beat && this.texts.known(beat.id);
    if (words) this.beat.value = { id: beat.id, ...words, how: words.how ?? [], text: this.play.filled(words.text) };
    this.offers.value = this.offers.value.map((offer) => ({ ...offer, text: this.texts.known(offer.id)?.text ?? offer.text }));
  }

  /** What was locked may be open now. */
  async unlocked() {
    if (!this.play) return this.open();
    this.texts.retry();
    this.phase.value = "line";
    return this.advance();
  }

  /** @param {any} error */
  fail(error) {
    this.trouble.value = error;
    this.phase.value = error?.status === 402 ? "locked" : "failed";
  }

  close() {
    clearTimeout(this.placing);
    clearTimeout(this.warming);
    if (!this.beat.value) return;
    putPlace(this.slug, { medium: "play", line: this.beat.value.id });
    if (!this.scratch) this.seen()?.catch(() => null);
  }
}
