// A file that keeps itself: saved a moment after typing stops, over the text one saw; nothing typed is lost.
import { t } from "../../shared/words.js";
import { Refused, send } from "../session.js";
import { carryOver } from "./texts.js";

const REST_MILLISECONDS = 1200;
const AGAIN_MILLISECONDS = 5000;

/** @typedef {{kind: "kept" | "typing" | "saving" | "offline" | "refused" | "clash", at?: number, why?: string, who?: string}} State */
/** @typedef {{story: string, path: string, text: () => string, onText: (text: string) => void, onState: (state: State) => void, onKept: () => void}} Told */

const key = (/** @type {string} */ story, /** @type {string} */ path) => `silkreel.draft.${story}/${path}`;

/** A text an earlier visit could not save. @param {string} story @param {string} path @returns {{text: string, base: string, at: number} | null} */
export function leftBehind(story, path) {
  try {
    return JSON.parse(localStorage.getItem(key(story, path)) ?? "null");
  } catch {
    return null;
  }
}

export class Keeper {
  /** @param {Told} told @param {{content_hash: string, text: string}} file */
  constructor(told, file) {
    this.told = told;
    this.base = file.content_hash;
    this.kept = file.text;
    this.timer = 0;
    this.busy = false;
    this.closed = false;
  }

  get dirty() {
    return this.told.text() !== this.kept;
  }

  /** Something was typed. */
  touched() {
    if (!this.dirty) return;
    this.remember();
    this.state({ kind: "typing" });
    this.later(REST_MILLISECONDS);
  }

  /** @param {number} milliseconds */
  later(milliseconds) {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => void this.save(), milliseconds);
  }

  /** Save now; answers whether the text is kept. @returns {Promise<boolean>} */
  async save() {
    clearTimeout(this.timer);
    if (this.busy || this.closed) return false;
    if (!this.dirty) return true;
    const sent = this.told.text();
    this.busy = true;
    this.state({ kind: "saving" });
    try {
      const path = `/stories/${encodeURIComponent(this.told.story)}/file?path=${encodeURIComponent(this.told.path)}`;
      this.taken(sent, await send("PUT", path, sent, { "content-type": "text/plain;charset=utf-8", "if-match": `"${this.base}"` }));
      return !this.dirty;
    } catch (refused) {
      this.failed(/** @type {Refused} */ (refused));
      return false;
    } finally {
      this.busy = false;
    }
  }

  /** @param {string} sent @param {{text: string, content_hash: string}} answer */
  taken(sent, answer) {
    const typed = this.told.text();
    const carried = carryOver(sent, answer.text, typed);
    if (carried === null) {
      this.state({ kind: "clash", who: "?" });
      return;
    }
    this.base = answer.content_hash;
    this.kept = answer.text;
    if (carried !== typed) this.told.onText(carried);
    this.told.onKept();
    if (this.dirty) {
      this.remember();
      this.later(REST_MILLISECONDS);
      this.state({ kind: "typing" });
    } else {
      this.forget();
      this.state({ kind: "kept", at: Date.now() });
    }
  }

  /** @param {Refused} refused */
  failed(refused) {
    if (refused.code === "story.saved_meanwhile") this.state({ kind: "clash", why: refused.message });
    else if (refused.status === 0 || refused.status >= 500) {
      this.state({ kind: "offline" });
      this.later(AGAIN_MILLISECONDS);
    } else this.state({ kind: "refused", why: refused.message });
  }

  /** Go on from another text of the server's. @param {{text: string, content_hash: string}} file */
  goOn(file) {
    this.base = file.content_hash;
    this.kept = file.text;
  }

  remember() {
    try {
      localStorage.setItem(key(this.told.story, this.told.path), JSON.stringify({ text: this.told.text(), base: this.base, at: Date.now() }));
    } catch {
      // A full or forbidden storage costs the safety net, not the text.
    }
  }

  forget() {
    try {
      localStorage.removeItem(key(this.told.story, this.told.path));
    } catch {
      // As above.
    }
  }

  /** @param {State} state */
  state(state) {
    if (!this.closed) this.told.onState(state);
  }

  /** What is unsaved is sent on the way out. */
  close() {
    clearTimeout(this.timer);
    if (this.dirty && !this.busy) void this.save();
    this.closed = true;
  }
}

/** @param {State} state @param {(at: number) => string} clock */
export function stateWords(state, clock) {
  if (state.kind === "kept") return state.at ? t("write.saved_at", { time: clock(state.at) }) : t("write.saved");
  if (state.kind === "refused") return t("write.refused", { why: state.why ?? "" });
  return t(`write.${state.kind}`);
}
