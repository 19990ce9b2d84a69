// The story's logic, run by inkjs: which line comes next, what may be chosen. It knows ids, no words.
import { Story } from "inkjs";

const MOST_LINES = 10_000; // in one game; a work of 80 episodes shows some 5,000

/**
 * @typedef {{id: string, canon: boolean, price: number}} Option
 * @typedef {{kind: "line", id: string} | {kind: "choice", options: Option[]} | {kind: "end"}} Step
 */

export class Play {
  /** @param {Record<string, any>} compiled the story as the server compiled it */
  constructor(compiled) {
    this.story = new Story(compiled);
    /** @type {string[]} */
    this.faults = [];
    this.story.onError = (/** @type {string} */ words) => this.faults.push(words);
    /** Ids of the options taken. @type {string[]} */
    this.log = [];
    this.lines = 0;
  }

  /** To the beginning. */
  restart() {
    this.story.ResetState();
    this.log = [];
    this.lines = 0;
    this.faults = [];
  }

  /** Lines up to the next choice or the end. @returns {string[]} */
  pass() {
    const ids = [];
    for (let step = this.next(); step.kind === "line"; step = this.next()) ids.push(step.id);
    return ids;
  }

  /** @returns {Step} */
  next() {
    while (this.story.canContinue && this.lines < MOST_LINES && !this.faults.length) {
      this.story.Continue();
      this.lines += 1;
      const id = tagged(this.story.currentTags ?? [], "id");
      if (id) return { kind: "line", id };
    }
    const options = this.options();
    return options.length && !this.faults.length ? { kind: "choice", options } : { kind: "end" };
  }

  /** @returns {Option[]} */
  options() {
    return this.story.currentChoices.map((choice) => {
      const tags = choice.tags ?? [];
      return { id: tagged(tags, "id") ?? "", canon: tagged(tags, "canon") !== null, price: Number(tagged(tags, "price") ?? 0) || 0 };
    });
  }

  /** @param {string} id of an option on offer */
  choose(id) {
    const index = this.options().findIndex((option) => option.id === id);
    if (index < 0) throw new Error(`${id} is not on offer`);
    this.story.ChooseChoiceIndex(index);
    this.log = [...this.log, id];
  }

  /** A text with the story's variables in their places. @param {string} text */
  filled(text) {
    return text.replace(/\{(\w+)\}/g, (whole, name) => {
      const value = /** @type {any} */ (this.story.variablesState)[name];
      return value === null || value === undefined ? whole : String(value);
    });
  }
}

/** The value of the last tag of a name: tags of a knot come before those of its first line.
 * @param {string[]} tags @param {string} name @returns {string | null} */
function tagged(tags, name) {
  for (const tag of [...tags].reverse()) {
    const [head, ...rest] = tag.split(":");
    if (head.trim() === name) return rest.join(":").trim();
  }
  return null;
}
