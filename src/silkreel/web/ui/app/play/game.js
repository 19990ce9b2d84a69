// The game: one line at a time over a place and its people; at a fork, large buttons.
import { useEffect, useLayoutEffect, useMemo, useRef, useState } from "preact/hooks";
import { html } from "../../shared/html.js";
import { Icon } from "../../shared/icons.js";
import { back, before, seriesPath } from "../../shared/router.js";
import { lately } from "../../shared/lazy.js";
import { inBoth } from "../../shared/money.js";
import { herePath, underway } from "../../shared/underway.js";
import { t } from "../../shared/words.js";
import { Trouble, Waiting } from "../frame.js";
import { preferReading, reading, storyLanguage } from "../story/kept.js";
import { Backdrop } from "./backdrop.js";
import { Figure, hueOf } from "./figure.js";
import { nameOf, sceneName } from "./names.js";
import { Session } from "./session.js";

// What the first screen does not show comes when it is opened.
const BuyChoice = lately(() => import("../story/buying.js"), "BuyChoice");
const Locked = lately(() => import("../story/locked.js"), "Locked");
const MomentSheet = lately(() => import("../story/moment.js"), "MomentSheet");
const Ending = lately(() => import("./ending.js"), "Ending");
const LogSheet = lately(() => import("./sheets.js"), "LogSheet");
const SavesSheet = lately(() => import("./sheets.js"), "SavesSheet");
const PlayingSheet = lately(() => import("./sheets.js"), "PlayingSheet");

const PACES = { slow: 1.5, normal: 1, fast: 0.6 };
const LOOK_MILLISECONDS = 1400;
const LETTER_MILLISECONDS = 52;
const WIDE_LETTER_MILLISECONDS = 170; // a Chinese character is read as long as a short word
const WIDE = /[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]/g;
const QUALIFIERS = ["V.O.", "O.S.", "PHONE", "SUB"];

/** @param {{slug: string, at: string | null, choice: string | null}} props */
export function Game({ slug, at, choice }) {
  const session = useMemo(() => new Session(slug, { at, choice }), [slug, at, choice]);
  useEffect(() => {
    session.open().then(() => session.meet(boughtFrom()));
    return () => session.close();
  }, [session]);
  const phase = session.phase.value;
  if (phase === "loading") return html`<${Waiting} />`;
  if (phase === "failed" && !session.beat.value) return html`<${Trouble} error=${session.trouble.value} onRetry=${() => session.open()} />`;
  return html`<${Table} session=${session} slug=${slug} />`;
}

/** The option that somebody went away to pay for from here. */
function boughtFrom() {
  const known = underway();
  return known?.path === herePath() ? (known.unlock?.choice ?? null) : null;
}

/** @param {{session: Session, slug: string}} props */
function Table({ session, slug }) {
  const [sheet, setSheet] = useSheet();
  const tongue = storyLanguage();
  const spoken = useRef(tongue);
  useEffect(() => {
    document.title = `${t("game.title")} · ${slug}`;
  }, []);
  useEffect(() => {
    if (spoken.current !== tongue) session.speak();
    spoken.current = tongue;
  }, [tongue]);
  useKeys(session, setSheet, slug);
  useAuto(session, sheet !== null);
  const phase = session.phase.value;
  const beat = session.beat.value;
  const asking = phase === "choice";
  return html`<div class=${`game text-${reading.value.size}`}>
    <${Stage} session=${session} />
    <main class="game-stage" onClick=${() => phase === "line" && session.advance()}>
      <header class="game-top" onClick=${(/** @type {Event} */ event) => event.stopPropagation()}>
        <button class="icon-button" onClick=${() => back(seriesPath(slug))} aria-label=${t("player.back")}><${Icon} name="back" /></button>
        <${Where} session=${session} />
        <button class="icon-button" aria-pressed=${reading.value.auto !== "off"} onClick=${() => preferReading({ auto: reading.value.auto === "off" ? "normal" : "off" })} aria-label=${t("game.auto")}><${Icon} name="auto" /></button>
        <button class="icon-button" onClick=${() => setSheet("log")} aria-label=${t("game.log")}><${Icon} name="log" /></button>
        <button class="icon-button" onClick=${() => setSheet("saves")} aria-label=${t("game.saves")}><${Icon} name="save" /></button>
        <button class="icon-button" onClick=${() => setSheet("playing")} aria-label=${t("game.settings")}><${Icon} name="settings" /></button>
      </header>
      ${session.scratch && phase !== "left" && html`<p class="game-note">${t("game.scratch")}</p>`}
      ${session.saved.value === false && html`<p class="game-note warn" role="status">${t("game.saved.not")}</p>`}
      ${asking && html`<${Choices} session=${session} />`}
      ${beat && phase !== "end" && html`<${Words} session=${session} beat=${beat} asking=${asking} onMoment=${() => setSheet("moment")} />`}
    </main>
    ${session.notices.value.length > 0 && html`<${Changed} session=${session} />`}
    ${phase === "left" && html`<${Left} session=${session} slug=${slug} />`}
    ${phase === "end" && html`<${Ending} session=${session} slug=${slug} />`}
    ${phase === "locked" && html`<div class="game-over"><${Locked} slug=${slug} values=${session.trouble.value.values} onOpened=${() => session.unlocked()} onClose=${() => back(seriesPath(slug))} /></div>`}
    ${phase === "failed" && html`<div class="game-over card-like" role="alert"><h2>${t("error.title")}</h2><p>${session.trouble.value?.status === 0 ? t("error.network") : session.trouble.value?.message}</p><button class="button main" onClick=${() => session.goOn()}>${t("error.retry")}</button></div>`}
    ${sheet === "log" && html`<${LogSheet} session=${session} onClose=${() => setSheet(null)} />`}
    ${sheet === "saves" && html`<${SavesSheet} session=${session} slug=${slug} onClose=${() => setSheet(null)} />`}
    ${sheet === "playing" && html`<${PlayingSheet} session=${session} onClose=${() => setSheet(null)} />`}
    ${sheet === "moment" && beat && html`<${MomentSheet} slug=${slug} line=${beat.id} quote=${beat.text} speaker=${nameOf(session, beat.who)} here="play" onClose=${() => setSheet(null)} />`}
  </div>`;
}

/** Which sheet is open. Opened by a tap, its button does not keep the focus: the space bar belongs to the
 * game again when it closes. @returns {[string | null, (sheet: string | null) => void]} */
function useSheet() {
  const [sheet, setSheet] = useState(/** @type {string | null} */ (null));
  const change = (/** @type {string | null} */ next) => {
    const opener = document.activeElement;
    if (next && opener instanceof HTMLElement && !opener.matches(":focus-visible")) opener.blur();
    setSheet(next);
  };
  return [sheet, change];
}

/** The place, and who is in it. @param {{session: Session}} props */
function Stage({ session }) {
  const id = session.scene.value;
  const scene = session.texts.scene(id) ?? { heading: "", location: null, backdrop: null };
  const cast = session.cast.value;
  const speaking = session.beat.value?.who ?? null;
  const drawn = useMemo(() => html`<${Backdrop} scene=${id} heading=${scene.heading} location=${scene.location} art=${scene.backdrop} />`, [id, scene]);
  return html`<div class="game-picture" key=${id}>
    ${drawn}
    ${cast.map((who, n) => html`<${Figure} key=${who} id=${who} name=${nameOf(session, who)} art=${session.game.cast[who]?.portrait ?? null} side=${cast.length === 1 ? "middle" : n === 0 ? "start" : "end"} speaking=${speaking === who} />`)}
  </div>`;
}

/** @param {{session: Session}} props */
function Where({ session }) {
  const scene = session.texts.scene(session.scene.value);
  return html`<p class="game-where"><strong>${sceneName(scene, session.scene.value)}</strong></p>`;
}

/** The box of words. @param {any} props */
function Words({ session, beat, asking, onMoment }) {
  const speech = beat.kind === "speech";
  const how = beat.how.filter((/** @type {string} */ each) => QUALIFIERS.includes(each));
  const share = session.share.value;
  return html`<section class=${`game-words${speech ? "" : " told"}${asking ? " asked-here" : ""}`} lang=${session.game.language}>
    ${speech && html`<h2 class="game-who" style=${{ "--hue": hueOf(beat.who) }}>${nameOf(session, beat.who)}${how.length > 0 && html`<small>${how.join(" ")}</small>`}</h2>`}
    <p class="game-text" key=${beat.id} aria-live="polite">${beat.text}</p>
    ${share !== null && html`<p class="game-share" role="status">${share > 0 ? t("game.share.yours", { percent: Math.round(100 * share) }) : t("game.share.first")}</p>`}
    <footer onClick=${(/** @type {Event} */ event) => event.stopPropagation()}>
      ${["draft", "stale"].includes(session.texts.state(beat.id)) && html`<span class="game-draft">${t("making.text.draft")}</span>`}
      <button class="game-moment" onClick=${onMoment} aria-label=${t("moment.title")}><${Icon} name="dots" /></button>
      ${!asking && html`<button class="game-next" onClick=${() => session.advance()} aria-label=${t("game.next")}><${Icon} name="down" /></button>`}
    </footer>
  </section>`;
}

/** @param {{session: Session}} props */
function Choices({ session }) {
  const first = useRef(/** @type {HTMLElement | null} */ (null));
  useEffect(() => first.current?.focus({ preventScroll: true }), []);
  const [buying, setBuying] = useState(() => session.offers.value.find((offer) => offer.price && offer.id === boughtFrom())?.id ?? null);
  const choose = (/** @type {any} */ offer) => (offer.price ? setBuying(offer.id) : session.choose(offer.id));
  const take = (/** @type {string} */ id) => {
    setBuying(null);
    session.bought(id);
    session.choose(id);
  };
  return html`<div class="game-choices" role="group" aria-label=${t("game.choices")} onClick=${(/** @type {Event} */ event) => event.stopPropagation()}>
    <h2 class="visually-hidden" tabindex="-1" ref=${first}>${t("game.choose")}</h2>
    ${session.offers.value.map((offer, n) => html`<button class="game-choice" key=${offer.id} data-choice=${offer.id} onClick=${() => choose(offer)}>
      <span class="game-choice-key" aria-hidden="true">${n + 1}</span>
      <span lang=${session.game.language}>${offer.text}</span>
      ${offer.price && html`<span class="game-price"><${Icon} name="coin" />${inBoth(offer.price)}</span>`}
      ${offer.yours && html`<span class="game-price yours"><${Icon} name="check" />${t("game.yours")}</span>`}
    </button>`)}
    ${buying && html`<${BuyChoice} slug=${session.slug} choice=${buying} back=${herePath()} onBought=${() => take(buying)} onClose=${() => setBuying(null)} />`}
  </div>`;
}

/** The server's word on what an edit of the story has done to a save. @param {{session: Session}} props */
function Changed({ session }) {
  const told = [...new Set(session.notices.value.map((notice) => notice.sentence))];
  return html`<div class="game-over card-like" role="alertdialog" aria-labelledby="changed">
    <h2 id="changed">${t("game.changed")}</h2>
    ${told.map((sentence) => html`<p key=${sentence}>${sentence}</p>`)}
    <button class="button main" ref=${(/** @type {any} */ button) => button?.focus()} onClick=${() => (session.notices.value = [])}>${t("game.changed.go")}</button>
  </div>`;
}

/** A scratch game has come to the end of its scene. @param {{session: Session, slug: string}} props */
function Left({ session, slug }) {
  const from = before.route?.screen;
  const words = from === "read" ? "game.return.read" : from === "watch" ? "game.return" : null;
  return html`<div class="game-over card-like" role="alertdialog" aria-label=${t("game.scratch.end")}>
    <p tabindex="-1" ref=${(/** @type {any} */ sentence) => sentence?.focus()}>${t("game.scratch.end")}</p>
    ${words && html`<button class="button main" onClick=${() => back(seriesPath(slug))}>${t(words)}</button>`}
    <button class=${`button ${words ? "quiet" : "main"}`} onClick=${() => session.goOn()}>${t("game.resume")}</button>
    ${!words && html`<a class="button quiet" href=${seriesPath(slug)}>${t("player.back")}</a>`}
  </div>`;
}

/** @param {Session} session @param {(sheet: string | null) => void} setSheet @param {string} slug */
function useKeys(session, setSheet, slug) {
  useLayoutEffect(() => { // before it is painted: a key pressed at first sight counts
    const key = (/** @type {KeyboardEvent} */ event) => {
      if (event.ctrlKey || event.metaKey || event.altKey || document.querySelector("dialog[open]")) return;
      const onControl = event.target instanceof Element && event.target.closest("button, a, input");
      const number = Number(event.key);
      if (number >= 1 && session.phase.value === "choice") document.querySelectorAll(".game-choice")[number - 1]?.dispatchEvent(new MouseEvent("click", { bubbles: true }));
      else if ([" ", "Enter", "ArrowRight"].includes(event.key) && !onControl && session.phase.value === "line") session.advance();
      else if (event.key === "l") setSheet("log");
      else if (event.key === "s") setSheet("saves");
      else if (event.key === "a") preferReading({ auto: reading.value.auto === "off" ? "normal" : "off" });
      else if (event.key === "Escape") back(seriesPath(slug));
      else return;
      event.preventDefault();
    };
    addEventListener("keydown", key);
    return () => removeEventListener("keydown", key);
  }, [session]);
}

/** Lines go on by themselves, each for as long as it takes to read. @param {Session} session @param {boolean} still */
function useAuto(session, still) {
  const pace = PACES[/** @type {keyof typeof PACES} */ (reading.value.auto)];
  const beat = session.beat.value;
  const on = pace !== undefined && session.phase.value === "line" && !still && session.notices.value.length === 0;
  useEffect(() => {
    if (!on || !beat) return undefined;
    const wide = beat.text.match(WIDE)?.length ?? 0;
    const time = LOOK_MILLISECONDS + wide * WIDE_LETTER_MILLISECONDS + (beat.text.length - wide) * LETTER_MILLISECONDS;
    const timer = setTimeout(() => session.advance(), time * pace);
    return () => clearTimeout(timer);
  }, [on, beat, pace]);
}
