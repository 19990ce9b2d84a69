// What opens over a chapter: the list of chapters, and how the text looks.
import { html } from "../../shared/html.js";
import { Icon } from "../../shared/icons.js";
import { chapterPath } from "../../shared/router.js";
import { Sheet } from "../../shared/sheet.js";
import { languageName, t } from "../../shared/words.js";
import { preferReading, reading } from "../story/kept.js";

const SMALLEST = 1;
const LARGEST = 6;

/** @param {{slug: string, work: any, current: number, onClose: () => void}} props */
export function ChaptersSheet({ slug, work, current, onClose }) {
  return html`<${Sheet} title=${t("read.chapters")} onClose=${onClose}><${ChapterList} slug=${slug} work=${work} current=${current} onChoose=${onClose} /><//>`;
}

/** @param {{slug: string, work: any, current?: number, onChoose?: () => void}} props */
export function ChapterList({ slug, work, current = -1, onChoose }) {
  if (!work) return html`<span class="spinner" role="status" aria-label=${t("player.loading")}></span>`;
  return html`<ol class="choices chapter-list">
    ${work.chapters.map((/** @type {any} */ chapter) => html`<li key=${chapter.number}><a class="choice" href=${chapterPath(slug, chapter.number)} aria-current=${chapter.number === current ? "true" : undefined} onClick=${onChoose}>
      <span class="chapter-count" aria-hidden="true">${chapter.number}</span>
      <span class="choice-text"><strong lang=${chapter.language}>${chapter.title || t("read.chapter", { number: chapter.number })}</strong>${chapter.number === current && html`<small>${t("read.now")}</small>`}</span>
      ${chapter.locked && html`<${Icon} name="lock" /><span class="visually-hidden">${t("read.locked")}</span>`}
    </a></li>`)}
  </ol>`;
}

/** @param {{languages: any[], chosen?: string, onClose: () => void}} props */
export function TextSheet({ languages, chosen, onClose }) {
  const { size } = reading.value;
  return html`<${Sheet} title=${t("read.settings")} onClose=${onClose}>
    <div class="segments" role="group" aria-label=${t("read.size")}><span>${t("read.size")}</span>
      <div><button disabled=${size <= SMALLEST} onClick=${() => preferReading({ size: size - 1 })} aria-label=${t("read.smaller")}><small>A</small></button>
      <button disabled=${size >= LARGEST} onClick=${() => preferReading({ size: size + 1 })} aria-label=${t("read.larger")}><big>A</big></button></div></div>
    <${Segments} name="theme" values=${["night", "paper", "sepia"]} />
    <${Segments} name="leading" values=${["tight", "normal", "wide"]} />
    <${Segments} name="face" values=${["serif", "sans"]} />
    <${Segments} name="flow" values=${["scroll", "pages"]} />
    ${languages.length > 1 && html`<${TextLanguages} languages=${languages} chosen=${chosen} />`}
  <//>`;
}

/** @param {{name: string, values: string[]}} props */
function Segments({ name, values }) {
  return html`<div class="segments" role="group" aria-label=${t(`read.${name}`)}><span>${t(`read.${name}`)}</span>
    <div>${values.map((value) => html`<button key=${value} aria-pressed=${reading.value[name] === value} onClick=${() => preferReading({ [name]: value })}>${t(`read.${name}.${value}`)}</button>`)}</div>
  </div>`;
}

/** The languages a story is told in, and how its words came about. @param {{languages: any[], chosen?: string}} props */
export function TextLanguages({ languages, chosen }) {
  return html`<section class="language-choices"><h3>${t("read.language")}</h3><ul class="choices">
    ${languages.map((each) => html`<li key=${each.language}><button class="choice" aria-pressed=${each.language === chosen} onClick=${() => preferReading({ language: each.language })}>
      <span class="choice-text"><strong lang=${each.language}><bdi>${each.name}</bdi></strong><small>${["draft", "stale"].includes(each.state) ? html`<span class="badge draft">${t("making.text.draft")}</span>` : html`<span>${languageName(each.language).toLowerCase() === each.name.toLowerCase() ? "" : languageName(each.language)}</span>`}</small></span>
      ${each.language === chosen && html`<${Icon} name="check" />`}
    </button></li>`)}
  </ul></section>`;
}
