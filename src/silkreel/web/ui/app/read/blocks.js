// A chapter's blocks, and the discreet marks beside those that are met in other media too.
import { html } from "../../shared/html.js";
import { Icon } from "../../shared/icons.js";
import { t } from "../../shared/words.js";

const DOORS = ["watch", "play"];

/** Blocks to be read, each with the doors that stand after it. @param {any[]} blocks @returns {any[]} */
export function withDoors(blocks) {
  /** @type {any[]} */
  const told = [];
  /** @type {any[]} */
  let early = [];
  for (const block of blocks) {
    if (!DOORS.includes(block.kind)) {
      told.push({ ...block, doors: early });
      early = [];
    } else if (block.address) {
      if (told.length) told[told.length - 1].doors.push(block);
      else early.push(block);
    }
  }
  return told;
}

/** @param {{block: any, onMoment: (line: string, quote: string) => void}} props */
export function Block({ block, onMoment }) {
  const open = (/** @type {any} */ event) => {
    const line = event.target.closest?.(".line");
    if (line) onMoment(line.dataset.line, line.textContent);
  };
  return html`<div class=${`block ${block.kind}`} data-block=${block.id ?? undefined} id=${block.id ?? undefined}>
    <${Words} block=${block} onClick=${open} />
    <${Marks} block=${block} onMoment=${onMoment} />
  </div>`;
}

/** The server escapes what it sends as `html`. @param {{block: any, onClick: (event: any) => void}} props */
function Words({ block, onClick }) {
  if (block.kind === "break") return html`<hr />`;
  if (block.kind === "picture")
    return block.picture && html`<figure><img src=${block.picture.src} alt=${block.picture.alt} loading="lazy" decoding="async" /></figure>`;
  const inner = { __html: marked(block.html) };
  if (block.kind === "heading") return html`<h2 dangerouslySetInnerHTML=${inner}></h2>`;
  return html`<p onClick=${onClick} dangerouslySetInnerHTML=${inner}></p>`;
}

/** Quoted lines by data, since a chapter on its way out and one on its way in may hold the same id.
 * @param {string} inline */
function marked(inline) {
  return inline.replace(/<span class="line" id="([\w.-]+)">/g, '<span class="line" data-line="$1">').replace(/<span class="line">/g, "<span>");
}

/** @param {{block: any, onMoment: (line: string, quote: string) => void}} props */
function Marks({ block, onMoment }) {
  const lines = block.lines ?? [];
  if (!block.doors.length && !lines.length) return null;
  const quote = () => {
    const line = document.querySelector(`[data-line="${lines[0]}"]`);
    onMoment(lines[0], line?.textContent ?? "");
  };
  return html`<span class="marks">
    ${block.doors.map((/** @type {any} */ door) => html`<a class="mark" key=${door.kind} href=${door.address} title=${t(`moment.${door.kind}`)} aria-label=${t(`moment.${door.kind}`)}><${Icon} name=${door.kind === "watch" ? "play" : "branch"} /></a>`)}
    ${lines.length > 0 && html`<button class="mark faint" onClick=${quote} title=${t("moment.marks")} aria-label=${t("moment.marks")}><${Icon} name="dots" /></button>`}
  </span>`;
}
