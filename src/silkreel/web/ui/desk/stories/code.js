// The script editor: a plain textarea, so that every keyboard, screen reader and undo works, over a coloured copy.
import { useEffect, useImperativeHandle, useRef } from "preact/hooks";
import { html } from "../../shared/html.js";
import { t } from "../../shared/words.js";
import { hunk, pieces, placeOf } from "./texts.js";

const GUTTER_PIXELS = 54;

/** @typedef {{text: () => string, put: (text: string) => void, jump: (line: number, quiet?: boolean) => void, line: () => number, insertAbove: (line: number, row: string) => void, replaceRows: (first: number, end: number, rows: string[]) => void, focus: () => void}} Hand */

/** @param {{hand: any, label: string, marks: Map<number, string>, finals: [number, number][], readonly: boolean, ink: boolean, onInput: () => void, onLine: (line: number) => void, onGutter: (line: number) => void, onKey: (event: KeyboardEvent) => void}} props */
export function Code({ hand, label, marks, finals, readonly, ink, onInput, onLine, onGutter, onKey }) {
  const area = useRef(/** @type {HTMLTextAreaElement | null} */ (null));
  const copy = useRef(/** @type {HTMLElement | null} */ (null));
  const scroller = useRef(/** @type {HTMLElement | null} */ (null));
  const drawn = useRef(/** @type {string[]} */ ([]));
  const draw = () => {
    const rows = (area.current?.value ?? "").split("\n");
    const pre = copy.current;
    if (!pre) return;
    const changed = hunk(drawn.current, rows);
    const fresh = changed.rows.map((row) => rowOf(row, ink));
    const next = pre.children[changed.end] ?? null;
    for (let at = changed.end - 1; at >= changed.first; at -= 1) pre.children[at].remove();
    for (const each of fresh) pre.insertBefore(each, next);
    drawn.current = rows;
    dress(pre, marks, finals);
  };
  const follow = () => {
    const row = /** @type {HTMLElement | undefined} */ (copy.current?.children[line() - 1]);
    const frame = scroller.current;
    if (!row || !frame) return;
    const low = row.offsetTop + row.offsetHeight - frame.clientHeight + 24;
    if (frame.scrollTop > row.offsetTop - 8) frame.scrollTop = row.offsetTop - 8;
    else if (frame.scrollTop < low) frame.scrollTop = low;
  };
  /** @param {number} first @param {number} end @param {string} text */
  const type = (first, end, text) => {
    const box = area.current;
    if (!box) return;
    box.focus();
    box.setSelectionRange(first, end);
    // The one way that keeps the browser's own undo; where it is gone the change still happens.
    if (!document.execCommand("insertText", false, text)) {
      box.setRangeText(text, first, end, "end");
      box.dispatchEvent(new Event("input", { bubbles: true }));
    }
  };
  const rows = () => (area.current?.value ?? "").split("\n");
  const line = () => (area.current?.value.slice(0, area.current.selectionStart).split("\n").length ?? 1);
  useImperativeHandle(hand, () => ({
    text: () => area.current?.value ?? "",
    put: (/** @type {string} */ text) => {
      const box = area.current;
      if (!box) return;
      const at = box.selectionStart;
      const focused = document.activeElement === box;
      box.value = text;
      if (focused) box.setSelectionRange(at, at);
      draw();
    },
    line,
    jump: (/** @type {number} */ wanted, quiet = false) => {
      const box = area.current;
      const row = /** @type {HTMLElement | undefined} */ (copy.current?.children[wanted - 1]);
      if (!box) return;
      const at = placeOf(rows(), wanted - 1);
      if (!quiet) box.focus({ preventScroll: true });
      box.setSelectionRange(at, at + (rows()[wanted - 1] ?? "").length);
      const frame = scroller.current;
      if (row && frame) frame.scrollTop = row.offsetTop - frame.clientHeight / 3;
      onLine(wanted);
    },
    insertAbove: (/** @type {number} */ wanted, /** @type {string} */ row) => {
      const at = placeOf(rows(), wanted - 1);
      const indent = /^\s*/.exec(rows()[wanted - 1] ?? "")?.[0] ?? "";
      type(at, at, `${indent}${row}\n`);
    },
    replaceRows: (/** @type {number} */ first, /** @type {number} */ end, /** @type {string[]} */ fresh) => {
      const start = placeOf(rows(), first);
      type(start, placeOf(rows(), end) - 1, fresh.join("\n"));
    },
    focus: () => area.current?.focus(),
  }));
  useEffect(draw, [ink]);
  useEffect(() => {
    if (copy.current) dress(copy.current, marks, finals);
  }, [marks, finals]);
  const clicked = (/** @type {MouseEvent} */ event) => {
    if (event.offsetX < GUTTER_PIXELS) onGutter(line());
  };
  return html`<div class="code" ref=${scroller}>
    <div class="code-paper">
      <pre class="code-copy" ref=${copy} aria-hidden="true"></pre>
      <textarea ref=${area} aria-label=${label} spellcheck=${true} autocapitalize="sentences" wrap="soft" readonly=${readonly}
        onInput=${() => (draw(), follow(), onInput())} onKeyDown=${onKey} onKeyUp=${(/** @type {KeyboardEvent} */ event) => (onLine(line()), event.key.startsWith("Arrow") && follow())} onClick=${(/** @type {MouseEvent} */ event) => (onLine(line()), clicked(event))} title=""></textarea>
    </div>
    <p class="visually-hidden">${t("write.gutter")}</p>
  </div>`;
}

/** @param {string} row @param {boolean} ink */
function rowOf(row, ink) {
  const made = document.createElement("div");
  made.className = "row";
  for (const piece of ink ? pieces(row) : [{ kind: "action", text: row }]) {
    const span = document.createElement("span");
    span.className = `k-${piece.kind}`;
    span.textContent = piece.text;
    made.append(span);
  }
  if (!row) made.append("\u200b");
  return made;
}

/** Findings and approved lines, as classes on the copy's rows. @param {HTMLElement} pre @param {Map<number, string>} marks @param {[number, number][]} finals */
function dress(pre, marks, finals) {
  for (let at = 0; at < pre.children.length; at += 1) {
    const final = finals.some(([first, end]) => at + 1 >= first && at + 1 < end);
    const wanted = `row${marks.has(at + 1) ? ` found-${marks.get(at + 1)}` : ""}${final ? " final" : ""}`;
    if (pre.children[at].className !== wanted) pre.children[at].className = wanted;
  }
}
