// WebVTT cues as data: parsed, and found by time. The file is a few KB, so one fetch is a language.

/** @typedef {{id: string, start: number, end: number, text: string, line: number | null}} Cue */

const TIMES = /^((?:\d+:)?\d{2}:\d{2}\.\d{3})\s+-->\s+((?:\d+:)?\d{2}:\d{2}\.\d{3})(.*)$/;
const ENTITIES = { "&amp;": "&", "&lt;": "<", "&gt;": ">", "&lrm;": "\u200e", "&rlm;": "\u200f", "&nbsp;": "\u00a0" };

/** @param {string} text @returns {Cue[]} in order of time */
export function parseCaptions(text) {
  const blocks = text.replace(/^\ufeff/, "").replace(/\r\n?/g, "\n").split(/\n{2,}/);
  const cues = blocks.map(cueOf).filter((cue) => cue !== null);
  return cues.sort((a, b) => a.start - b.start);
}

/** The cues to be read at a moment. @param {Cue[]} cues @param {number} at seconds */
export function cuesAt(cues, at) {
  return cues.filter((cue) => cue.start <= at && at < cue.end);
}

/** @param {string} block @returns {Cue | null} */
function cueOf(block) {
  const lines = block.split("\n").filter((line, n) => line !== "" || n > 0);
  const place = lines.findIndex((line) => TIMES.test(line));
  if (place < 0 || place > 1) return null;
  const [, start, end, settings] = /** @type {RegExpMatchArray} */ (lines[place].match(TIMES));
  const line = settings.match(/(?:^|\s)line:(\d+(?:\.\d+)?)%/);
  return {
    id: place === 1 ? lines[0] : "",
    start: secondsOf(start),
    end: secondsOf(end),
    text: plain(lines.slice(place + 1).join("\n")),
    line: line ? Number(line[1]) / 100 : null,
  };
}

/** @param {string} time */
function secondsOf(time) {
  return time.split(":").reduce((sum, part) => sum * 60 + Number(part), 0);
}

/** @param {string} text */
function plain(text) {
  const bare = text.replace(/<[^>]*>/g, "");
  return bare.replace(/&\w+;/g, (name) => (name in ENTITIES ? ENTITIES[/** @type {keyof typeof ENTITIES} */ (name)] : name)).trim();
}
