// The novel: a chapter to read, with everything that is not its words out of the way.
import { useEffect, useLayoutEffect, useRef, useState } from "preact/hooks";
import { html } from "../../shared/html.js";
import { Icon } from "../../shared/icons.js";
import { back, chapterPath, go, seriesPath } from "../../shared/router.js";
import { t } from "../../shared/words.js";
import { Trouble, Waiting } from "../frame.js";
import { getChapter, getWork } from "../story/api.js";
import { keepBlock, keptBlock, reading, storyLanguage } from "../story/kept.js";
import { Locked } from "../story/locked.js";
import { MomentSheet } from "../story/moment.js";
import { Block, withDoors } from "./blocks.js";
import { listenToTurns, usePages } from "./pages.js";
import { usePlace } from "./place.js";
import { ChaptersSheet, TextSheet } from "./sheets.js";
import { useVoice } from "./voices.js";

const UNCHECKED = ["draft", "stale"]; // how words came about that nobody has approved as they stand

/** @param {{slug: string, number: number, at: string | null}} props */
export function Reader({ slug, number, at }) {
  const [chapter, setChapter] = useState(/** @type {any} */ (null));
  const [work, setWork] = useState(/** @type {any} */ (null));
  const [error, setError] = useState(/** @type {any} */ (null));
  const tongue = storyLanguage();
  const load = () => {
    setError(null);
    getChapter(slug, number, tongue).then(setChapter, setError);
  };
  useEffect(load, [slug, number, tongue]);
  useEffect(() => {
    getWork(slug, tongue).then(setWork, () => {});
  }, [slug, tongue]);
  usePaper();
  useEffect(() => {
    if (chapter) document.title = `${chapter.title} · ${work?.title ?? t("read.title")}`;
    const after = chapter?.next;
    if (after) getChapter(slug, after, tongue).catch(() => {}); // it is there when the page turns, online or not
  }, [chapter, work]);
  const ready = chapter?.number === number;
  if (error?.status === 402) {
    return html`<${Frame} slug=${slug} work=${work} number=${number} chapter=${null}>
      <main class="reader-main"><${Locked} slug=${slug} values=${error.values} onOpened=${load} onClose=${() => back(seriesPath(slug))} /></main>
    <//>`;
  }
  if (error) return html`<${Trouble} error=${error} onRetry=${load} />`;
  if (!ready) return html`<${Waiting} />`;
  return html`<${Frame} slug=${slug} work=${work} number=${number} chapter=${chapter}>
    <${Chapter} key=${`${number} ${chapter.language}`} slug=${slug} chapter=${chapter} at=${at} onOpened=${load} />
  <//>`;
}

/** The page's colours, for as long as somebody reads. */
function usePaper() {
  const { theme } = reading.value;
  useEffect(() => {
    document.documentElement.dataset.paper = theme;
    return () => {
      delete document.documentElement.dataset.paper;
    };
  }, [theme]);
}

/** What stands over the page. @param {any} props */
function Frame({ slug, work, number, chapter, children }) {
  const [sheet, setSheet] = useState(/** @type {string | null} */ (null));
  const { size, leading, flow, face } = reading.value;
  return html`<div class=${`reader size-${size} leading-${leading} ${flow} face-${face}`}>
    <header class="reader-top">
      <button class="icon-button" onClick=${() => back(seriesPath(slug))} aria-label=${t("player.back")}><${Icon} name="back" /></button>
      <a class="reader-title" href=${seriesPath(slug)}><strong>${work?.title ?? ""}</strong><small>${t("read.chapter", { number })}</small></a>
      <button class="icon-button" onClick=${() => setSheet("chapters")} aria-label=${t("read.chapters")}><${Icon} name="episodes" /></button>
      <button class="icon-button" onClick=${() => setSheet("text")} aria-label=${t("read.settings")}><${Icon} name="letters" /></button>
    </header>
    ${children}
    ${sheet === "chapters" && html`<${ChaptersSheet} slug=${slug} work=${work} current=${number} onClose=${() => setSheet(null)} />`}
    ${sheet === "text" && html`<${TextSheet} languages=${chapter?.languages ?? []} chosen=${chapter?.language} onClose=${() => setSheet(null)} />`}
  </div>`;
}

/** @param {{slug: string, chapter: any, at: string | null, onOpened: () => void}} props */
function Chapter({ slug, chapter, at, onOpened }) {
  const pager = useRef(/** @type {HTMLElement | null} */ (null));
  const [moment, setMoment] = useState(/** @type {{line: string, quote: string} | null} */ (null));
  const { size, leading, flow, face } = reading.value;
  const paged = flow === "pages";
  const beyond = (/** @type {number} */ by) => {
    const to = by > 0 ? chapter.next : chapter.previous;
    if (to) go(chapterPath(slug, to));
  };
  const { page, pages, turnTo, pageOf } = usePages(pager, paged, [size, leading, face].join(), beyond);
  const { percent, block } = usePlace(slug, chapter, pager, paged);
  const voiced = useVoice(chapter.language);
  const [Aloud, setAloud] = useState(/** @type {any} */ (null));
  const listen = () => import("./aloud.js").then((module) => setAloud(() => module.Aloud));
  const follow = (/** @type {Element} */ spoken) => {
    if (pager.current?.closest(".reader")?.classList.contains("pages")) turning.current(pageOf(spoken));
    else spoken.scrollIntoView({ block: "center", behavior: "smooth" });
  };
  const turning = useRef(turnTo);
  turning.current = turnTo;
  const show = (/** @type {string | null} */ id) => {
    const found = id ? pager.current?.querySelector(`[data-block="${CSS.escape(id)}"], [data-line="${CSS.escape(id)}"]`) : null;
    if (found && paged) turnTo(pageOf(found), true);
    else if (found) found.scrollIntoView({ block: "start", behavior: "instant" });
    return found ?? null;
  };
  useLayoutEffect(() => {
    scrollTo(0, 0);
    const asked = show(at);
    asked?.classList.add("asked");
    if (!asked) show(block.current ?? keptBlock(slug, chapter.number));
  }, []);
  useLayoutEffect(() => {
    show(block.current); // letters grew or the flow changed: the same words stay in view
  }, [size, leading, flow, face]);

  const turn = useRef((/** @type {number} */ _by) => {});
  turn.current = (by) => turnTo(page + by);
  useEffect(() => {
    const page = pager.current?.closest(".reader"); // its margins turn too
    return paged && page instanceof HTMLElement ? listenToTurns(page, (by) => turn.current(by)) : undefined;
  }, [paged]);
  useLayoutEffect(() => { // before it is painted: a key pressed at first sight counts
    const key = (/** @type {KeyboardEvent} */ event) => {
      if (event.ctrlKey || event.metaKey || event.altKey || document.querySelector("dialog[open]")) return;
      if (event.key === "n" && chapter.next) go(chapterPath(slug, chapter.next));
      else if (event.key === "p" && chapter.previous) go(chapterPath(slug, chapter.previous));
      else if (event.key === "Escape") back(seriesPath(slug));
      else if (paged && ["ArrowRight", "PageDown", " "].includes(event.key)) turn.current(1);
      else if (paged && ["ArrowLeft", "PageUp"].includes(event.key)) turn.current(-1);
      else return;
      event.preventDefault();
    };
    addEventListener("keydown", key);
    return () => removeEventListener("keydown", key);
  }, [chapter, paged]);

  const shown = paged ? Math.round((100 * (page + 1)) / pages) : percent;
  return html`<main class="reader-main" ref=${pager}>
      <article class="chapter" lang=${chapter.language} dir=${chapter.direction}>
        <header class="chapter-head">
          <p class="chapter-number">${t("read.chapter", { number: chapter.number })}</p>
          <h1>${chapter.title}</h1>
          ${chapter.kept && html`<p class="chapter-note">${t("read.offline")}</p>`}
          ${UNCHECKED.includes(chapter.state) && html`<p class="chapter-note draft">${t("making.draft")}</p>`}
        </header>
        ${withDoors(chapter.blocks).map((each, n) => html`<${Block} key=${each.id ?? n} block=${each} onMoment=${(/** @type {string} */ line, /** @type {string} */ quote) => setMoment({ line, quote })} />`)}
        ${chapter.locked ? html`<${Locked} slug=${slug} values=${chapter.locked} onOpened=${onOpened} />` : html`<${Onward} slug=${slug} chapter=${chapter} />`}
      </article>
    </main>
    <footer class="reader-foot">
      <span class="reader-bar" aria-hidden="true"><i style=${{ inlineSize: `${shown}%` }}></i></span>
      ${Aloud ? html`<${Aloud} root=${pager.current} language=${chapter.language} from=${block.current} onShow=${follow} onClose=${() => setAloud(null)} />` : voiced && html`<button class="icon-button" onClick=${listen} aria-label=${t("read.aloud")}><${Icon} name="sound" /></button>`}
      ${paged && html`<button class="icon-button" onClick=${() => turnTo(page - 1)} disabled=${page === 0 && !chapter.previous} aria-label=${t("read.turn.back")}><${Icon} name="back" /></button>`}
      <span class="reader-where" role="status">${paged ? t("read.page", { page: page + 1, pages }) : t("read.progress", { percent })}</span>
      ${paged && html`<button class="icon-button" onClick=${() => turnTo(page + 1)} disabled=${page === pages - 1 && !chapter.next} aria-label=${t("read.turn.next")}><${Icon} name="next" /></button>`}
    </footer>
    ${moment && html`<${MomentSheet} slug=${slug} line=${moment.line} quote=${moment.quote} here="read" onClose=${() => setMoment(null)} />`}`;
}

/** What comes after the last words. @param {{slug: string, chapter: any}} props */
function Onward({ slug, chapter }) {
  return html`<nav class="onward" aria-label=${t("read.chapters")}>
    ${chapter.next ? html`<a class="button main" href=${chapterPath(slug, chapter.next)}>${t("read.next")}<${Icon} name="next" /></a>` : html`<p>${t("read.last")}</p>`}
    ${chapter.previous && html`<a class="button quiet" href=${chapterPath(slug, chapter.previous)}>${t("read.previous")}</a>`}
  </nav>`;
}
