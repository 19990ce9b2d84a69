// Texts as lists of lines: what changed between two of them, and a change carried over to a third.

/** @typedef {{first: number, end: number, rows: string[]}} Hunk */

/** The one stretch of lines in which two texts differ. @param {string[]} from @param {string[]} to @returns {Hunk} */
export function hunk(from, to) {
  let first = 0;
  const least = Math.min(from.length, to.length);
  while (first < least && from[first] === to[first]) first += 1;
  let tail = 0;
  while (tail < least - first && from[from.length - 1 - tail] === to[to.length - 1 - tail]) tail += 1;
  return { first, end: from.length - tail, rows: to.slice(first, to.length - tail) };
}

/** What was typed after `sent` left, carried over to what the server made of it; null where both changed one place.
 * @param {string} sent @param {string} merged @param {string} typed */
export function carryOver(sent, merged, typed) {
  if (merged === sent) return typed;
  if (typed === sent) return merged;
  const [from, to] = [sent.split("\n"), merged.split("\n")];
  const theirs = hunk(from, to);
  const mine = hunk(from, typed.split("\n"));
  if (mine.end <= theirs.first) return [...to.slice(0, mine.first), ...mine.rows, ...to.slice(mine.end)].join("\n");
  const shift = to.length - from.length;
  if (mine.first >= theirs.end) return [...to.slice(0, mine.first + shift), ...mine.rows, ...to.slice(mine.end + shift)].join("\n");
  return null;
}

/** Where a caret goes when the text around it is replaced. @param {string} before @param {string} after @param {number} caret */
export function carryCaret(before, after, caret) {
  const line = before.slice(0, caret).split("\n").length - 1;
  const column = caret - (before.lastIndexOf("\n", caret - 1) + 1);
  const [from, to] = [before.split("\n"), after.split("\n")];
  const changed = hunk(from, to);
  const moved = line >= changed.end ? line + to.length - from.length : line;
  return placeOf(to, moved) + Math.min(column, (to[moved] ?? "").length);
}

/** Offset of a line's first character. @param {string[]} rows @param {number} line counted from 0 */
export function placeOf(rows, line) {
  let offset = 0;
  for (let at = 0; at < Math.min(line, rows.length); at += 1) offset += rows[at].length + 1;
  return offset;
}

/** @typedef {{kind: string, text: string}} Piece */

const LOGIC = /^\s*(VAR|CONST|LIST|INCLUDE|EXTERNAL|TODO)\b|^\s*[~{}]|^\s*-(?!>)|^\s*->/;

/** A line of ink in coloured pieces; together they are the line. @param {string} row @returns {Piece[]} */
export function pieces(row) {
  if (/^\s*\/\//.test(row)) return [{ kind: /^\s*\/\/\s*OK\b/.test(row) ? "waiver" : "note", text: row }];
  if (/^\s*={2,}/.test(row)) return [{ kind: "knot", text: row }];
  if (/^\s*=\s*\w/.test(row)) return [{ kind: "stitch", text: row }];
  if (/^\s*#/.test(row)) return tagged(row, 0);
  const at = row.search(/(?<!\\)#\s*(id|beat|canon|only|price|ws|same|from|rare|spoiler|todo)\b/);
  const head = at < 0 ? row : row.slice(0, at);
  const tail = at < 0 ? [] : tagged(row.slice(at), 1);
  if (/^\s*[*+]/.test(head)) return [{ kind: "choice", text: head }, ...tail];
  if (LOGIC.test(head)) {
    const inner = /^(\s*(?:\{[^:]*:|-\s*(?:else)?:?))(.*)$/.exec(head);
    return [...(inner?.[2]?.trim() ? [{ kind: "logic", text: inner[1] }, ...spoken(inner[2])] : [{ kind: "logic", text: head }]), ...tail];
  }
  return [...spoken(head), ...tail];
}

/** @param {string} text @returns {Piece[]} */
function spoken(text) {
  const found = /^(\s*)([^\s:：(（#{[][^:：(（#{[]{0,39}?)(\s*[(（][^()（）:：]*[)）])?(\s*[:：]\s*)([(（][^()（）]*[)）])?(.*)$/s.exec(text);
  const name = found?.[2] ?? "";
  if (!found || name !== name.toUpperCase() || !/\p{L}/u.test(name)) return text ? [{ kind: "action", text }] : [];
  const parts = [
    { kind: "name", text: found[1] + name },
    { kind: "aside", text: found[3] ?? "" },
    { kind: "colon", text: found[4] },
    { kind: "aside", text: found[5] ?? "" },
    { kind: "speech", text: found[6] },
  ];
  return parts.filter((part) => part.text);
}

/** @param {string} text @param {number} line 1: tags behind a line, 0: a line of tags @returns {Piece[]} */
function tagged(text, line) {
  return (text.match(/#[^#]*|^[^#]+/g) ?? []).map((part) => ({ kind: /^#\s*(beat|canon|only|price)/.test(part) ? "mark" : line ? "tag" : "head", text: part }));
}
