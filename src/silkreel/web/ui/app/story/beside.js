// Beside the picture: where this moment is read and played, the choices of an interactive episode, and
// the place that travels to the other media. Comes when the picture plays, so the picture never waits for it.
import { useEffect, useRef, useState } from "preact/hooks";
import { html } from "../../shared/html.js";
import { Icon } from "../../shared/icons.js";
import { Sheet } from "../../shared/sheet.js";
import { language, t } from "../../shared/words.js";
import { findMoment, getMoment, putPlace } from "./api.js";
import { ChoicePoint, useChoicePoint } from "./choices.js";

const LOOK_MILLISECONDS = 500;
const LOOKS_TO_A_PLACE = 20; // ten seconds between two words to the server
const LINE = /^(ep|ch)\d{3}_/;

/** @param {{series: any, episode: any, pool: any, at: string | null}} props */
export function Beside({ series, episode, pool, at }) {
  const [open, setOpen] = useState(false);
  const { slug } = series;
  const here = () => ({ episode: String(episode.number), second: String(Math.round(10 * (pool.current?.video.currentTime ?? 0)) / 10) });
  useEffect(() => {
    let second = 0; // kept apart: when the screen closes, the player has gone before this
    let told = 0;
    const tell = () => {
      if (second > 1 && second !== told) putPlace(slug, { medium: "watch", episode: episode.number, second });
      told = second;
    };
    let looks = 0;
    const look = () => {
      second = pool.current?.video.currentTime ?? second;
      looks += 1;
      if (looks % LOOKS_TO_A_PLACE === 0) tell();
    };
    const timer = setInterval(look, LOOK_MILLISECONDS);
    addEventListener("pagehide", tell);
    return () => {
      clearInterval(timer);
      removeEventListener("pagehide", tell);
      tell();
    };
  }, [slug, episode.number]);
  const sought = useRef(false);
  useEffect(() => {
    if (sought.current || !at || !LINE.test(at)) return;
    sought.current = true;
    getMoment(slug, at, language.value).then((moment) => {
      if (moment.watch?.episode === episode.number && moment.watch.second !== null) pool.seek(moment.watch.second);
    }, () => {});
  }, [at]);
  const choice = useChoicePoint(slug, episode, pool);
  const doors = series.media.includes("read") || series.media.includes("play");
  return html`${doors && html`<button class="beside" onClick=${() => setOpen(true)}><${Icon} name="book" />${t("moment.title")}</button>`}
    ${choice && html`<${ChoicePoint} slug=${slug} point=${choice.point} onTake=${choice.take} />`}
    ${open && html`<${Now} slug=${slug} here=${here()} onClose=${() => setOpen(false)} />`}`;
}

/** What the moment on the screen is elsewhere. @param {{slug: string, here: Record<string, string>, onClose: () => void}} props */
function Now({ slug, here, onClose }) {
  const [moment, setMoment] = useState(/** @type {any} */ (null));
  const [trouble, setTrouble] = useState(/** @type {any} */ (null));
  useEffect(() => {
    findMoment(slug, here, language.value).then(setMoment, setTrouble);
  }, []);
  const ways = /** @type {const} */ ([["read", "book", "moment.read_on"], ["play", "branch", "moment.play"]]).filter(([medium]) => moment?.[medium]);
  return html`<${Sheet} title=${t("moment.title")} onClose=${onClose}>
    ${trouble && html`<p class="moment-none" role="alert">${trouble.status === 0 ? t("error.network") : trouble.status === 404 ? t("moment.none") : trouble.message}</p>`}
    ${!moment && !trouble && html`<span class="spinner" role="status" aria-label=${t("player.loading")}></span>`}
    ${moment && !ways.length && html`<p class="moment-none">${t("moment.none")}</p>`}
    <ul class="choices">${ways.map(([medium, icon, words]) => html`<li key=${medium}><a class="choice moment-way" href=${moment[medium].address}><span class="moment-icon"><${Icon} name=${icon} /></span><span class="choice-text"><strong>${t(words)}</strong>${medium === "read" && html`<small>${t("onward.novel", { number: moment.read.chapter })}</small>`}</span></a></li>`)}</ul>
  <//>`;
}
