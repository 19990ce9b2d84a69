// On a series' page: go on where you are, in whichever medium; and the novel and the game as doors.
import { useEffect, useState } from "preact/hooks";
import { html } from "../../shared/html.js";
import { Icon } from "../../shared/icons.js";
import { chapterPath, gamePath } from "../../shared/router.js";
import { clock, plural, t } from "../../shared/words.js";
import { sceneName } from "../play/names.js";
import { ChapterList } from "../read/sheets.js";
import { getPlace, getSeen, getWork } from "./api.js";
import { storyLanguage } from "./kept.js";
import { seenWords } from "./seen.js";

const MEDIA = /** @type {const} */ ([["watch", "play"], ["read", "book"], ["play", "branch"]]);

/** @param {{series: any}} props */
export function Forms({ series }) {
  const [work, setWork] = useState(/** @type {any} */ (null));
  const [place, setPlace] = useState(/** @type {any} */ (null));
  const [seen, setSeen] = useState(/** @type {any} */ (null));
  const tongue = storyLanguage();
  useEffect(() => {
    getWork(series.slug, tongue).then((told) => {
      setWork(told);
      if (told.scenes_total !== null) getSeen(series.slug).then(setSeen, () => {});
    }, () => {});
    getPlace(series.slug).then(setPlace, () => {});
  }, [series.slug, tongue]);
  if (!work) return null;
  return html`${place?.latest && html`<${Onward} place=${place} />`}
    ${(work.media.read || work.media.play) && html`<section aria-labelledby="forms">
      <h2 id="forms" class="section-title">${t("forms.title")}</h2>
      <div class="forms">
        ${work.media.read && work.chapters.length > 0 && html`<a class="form" href=${chapterPath(series.slug, work.chapters[0].number)}><span class="moment-icon"><${Icon} name="book" /></span><span class="choice-text"><strong>${t("read.start")}</strong><small>${plural("forms.novel", work.chapters.length)}</small></span></a>`}
        ${work.media.play && html`<a class="form" href=${gamePath(series.slug)}><span class="moment-icon"><${Icon} name="branch" /></span><span class="choice-text"><strong>${t("game.start")}</strong><small><span>${t("forms.game")}</span>${seen && html`<span>${seenWords(seen)}</span>`}</small></span></a>`}
      </div>
      ${work.media.read && work.chapters.length > 1 && html`<details class="forms-chapters"><summary>${t("read.chapters")}</summary><${ChapterList} slug=${series.slug} work=${work} /></details>`}
    </section>`}`;
}

/** One place in the story: where it is watched, read and played, the latest first. @param {{place: any}} props */
function Onward({ place }) {
  const been = MEDIA.filter(([medium]) => place.last[medium]?.moment?.[medium]).sort(([a], [b]) => Date.parse(place.last[b].at) - Date.parse(place.last[a].at));
  if (!been.length) return null;
  return html`<section aria-labelledby="onward">
    <h2 id="onward" class="section-title">${t("onward.title")}</h2>
    <ul class="onward-ways">
      ${been.map(([medium, icon], n) => html`<li key=${medium}><a class=${`form${n ? "" : " latest"}`} href=${place.last[medium].moment[medium].address}>
        <span class="moment-icon"><${Icon} name=${icon} /></span>
        <span class="choice-text"><strong>${whereOf(medium, place.last[medium].moment)}</strong></span>
      </a></li>`)}
    </ul>
  </section>`;
}

/** @param {"watch" | "read" | "play"} medium @param {any} moment */
function whereOf(medium, moment) {
  if (medium === "read") return t("onward.novel", { number: moment.read.chapter });
  if (medium === "play") return moment.scene ? t("onward.game", { scene: sceneName(null, moment.scene) }) : t("onward.game.start");
  const { episode, second } = moment.watch;
  return second === null ? t("onward.video.start", { number: episode }) : t("onward.video", { number: episode, at: clock(second) });
}
