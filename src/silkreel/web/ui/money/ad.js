// An ad on the whole screen: labelled, with its time, its sound off at a touch, and an honest way out.
import { useEffect, useRef, useState } from "preact/hooks";
import { ask } from "../shared/api.js";
import { html } from "../shared/html.js";
import { Icon } from "../shared/icons.js";
import { clock, t } from "../shared/words.js";
import { adShown, beginAd, claimAd } from "./api.js";
import { Busy, sentenceOf } from "./parts.js";
import { NoAd, chooseFilm, readVast } from "./vast.js";

const QUARTERS = /** @type {const} */ ([["first_quartile", 0.25], ["midpoint", 0.5], ["third_quartile", 0.75]]);
const TRIES = 4; // of a beacon over a bad line
const BETWEEN_TRIES_MILLISECONDS = 1200;

/** An ad that opens an episode. @param {{episode: any, onOpened: () => void, onBack: (sentence: string) => void}} props */
export function RewardedAd({ episode, onOpened, onBack }) {
  const [play, setPlay] = useState(/** @type {any} */ (null));
  useEffect(() => {
    let over = false;
    beginAd(episode.id)
      .then(async (intent) => ({ intent, film: await load(intent.ad) }))
      .then((found) => !over && setPlay(found))
      .catch((error) => !over && onBack(error instanceof NoAd ? t("ad.none") : sentenceOf(error)));
    return () => {
      over = true;
    };
  }, []);
  if (!play) return html`<${Curtain}><${Busy} /><//>`;
  const { intent, film } = play;
  const complete = async (/** @type {Promise<void>} */ told) => {
    try {
      await told;
      const claimed = await patiently(() => claimAd(intent.nonce));
      if (claimed.opened.includes(episode.id)) onOpened();
      else onBack(t("ad.one_more"));
    } catch (error) {
      onBack(sentenceOf(error));
    }
  };
  return html`<${AdFilm} ad=${intent.ad} film=${film} onBegin=${() => adShown(intent.nonce)} onComplete=${complete}
    onQuit=${() => onBack(t("ad.closed", { number: episode.number }))} consequence=${t("ad.close_means", { number: episode.number })} />`;
}

/** The VAST document of an ad, read, and the film that this browser plays. @param {any} ad */
export async function load(ad) {
  const text = await fetch(ad.vast).then((answer) => answer.text());
  const vast = readVast(text);
  const video = document.createElement("video");
  const film = chooseFilm(vast.films, innerHeight * devicePixelRatio, (type) => video.canPlayType(type) !== "");
  if (!film) throw new NoAd(403, vast.errors);
  return { ...vast, film };
}

/** @template T @param {() => Promise<T>} question @returns {Promise<T>} */
async function patiently(question) {
  for (let n = 1; ; n++) {
    try {
      return await question();
    } catch (error) {
      const { status = 0 } = /** @type {any} */ (error);
      if (n === TRIES || (status > 0 && status < 500)) throw error;
      await new Promise((done) => setTimeout(done, BETWEEN_TRIES_MILLISECONDS));
    }
  }
}

/** Our beacons, one after the other, each with the ticket that the last one brought.
 * @param {any} ad @param {import("./vast.js").Ad} vast */
function beaconsOf(ad, vast) {
  let { ticket } = ad;
  let chain = Promise.resolve();
  const events = { start: "start", first_quartile: "firstQuartile", midpoint: "midpoint", third_quartile: "thirdQuartile", complete: "complete" };
  return (/** @type {keyof typeof events} */ step) => {
    for (const each of vast.tracking) if (each.event === events[step] && !each.url.includes(ad.beacon)) fetch(each.url).catch(() => {});
    if (ticket)
      chain = chain.then(async () => {
        const answer = await patiently(() => ask(`${ad.beacon}${step}?ticket=${encodeURIComponent(ticket)}`));
        ({ ticket } = answer);
      });
    chain.catch(() => {}); // told where the end of the ad is
    return chain;
  };
}

/** @param {{children: any}} props */
function Curtain({ children }) {
  const dialog = useRef(/** @type {HTMLDialogElement | null} */ (null));
  useEffect(() => {
    dialog.current?.showModal();
    return () => dialog.current?.close();
  }, []);
  return html`<dialog class="ad-screen" ref=${dialog} aria-label=${t("ad.label")} onCancel=${(/** @type {Event} */ event) => event.preventDefault()}>${children}</dialog>`;
}

/**
 * The film itself. `skipSeconds`: from when on it may be skipped; null: only closed, which has a consequence.
 * @param {{ad: any, film: any, skipSeconds?: number | null, consequence?: string, onBegin?: () => Promise<any>,
 *   onComplete: (told: Promise<void>) => void, onQuit: () => void}} props
 */
export function AdFilm({ ad, film, skipSeconds = null, consequence = "", onBegin, onComplete, onQuit }) {
  const video = useRef(/** @type {HTMLVideoElement | null} */ (null));
  const [muted, setMuted] = useState(false);
  const [at, setAt] = useState(0);
  const [asking, setAsking] = useState(false);
  const [broken, setBroken] = useState(false);
  const [over, setOver] = useState(false);
  const beacon = useRef(beaconsOf(ad, film)).current;
  const told = useRef(/** @type {Set<string>} */ (new Set())).current;
  const tell = (/** @type {any} */ step) => {
    if (told.has(step)) return Promise.resolve();
    told.add(step);
    return beacon(step);
  };

  const start = () => {
    const element = video.current;
    element?.play().catch((error) => {
      if (error.name !== "NotAllowedError" || element.muted) return;
      element.muted = true;
      setMuted(true);
      element.play().catch(() => {});
    });
  };
  useEffect(() => {
    const seen = () => (document.hidden ? video.current?.pause() : !asking && start());
    document.addEventListener("visibilitychange", seen);
    if (!asking) start();
    return () => document.removeEventListener("visibilitychange", seen);
  }, [asking]);

  const begin = () => {
    if (told.has("start")) return;
    for (const address of film.impressions) if (!address.includes(ad.beacon)) fetch(address).catch(() => {});
    onBegin?.().catch(() => {});
    tell("start");
  };
  const moved = () => {
    const element = video.current;
    if (!element) return; // the last of them may come after the film was put away
    setAt(element.currentTime);
    for (const [step, share] of QUARTERS) if (element.currentTime >= share * film.seconds) tell(step);
  };
  const ended = () => {
    setOver(true);
    for (const [step] of QUARTERS) tell(step);
    onComplete(tell("complete"));
  };
  const ask_ = () => {
    if (skipSeconds !== null) {
      if (at >= skipSeconds) onQuit();
      return;
    }
    video.current?.pause();
    setAsking(true);
  };
  const left = Math.max(0, Math.ceil(film.seconds - at));
  const skippable = skipSeconds !== null && at >= skipSeconds;
  return html`<${Curtain}>
    <video ref=${video} class="ad-film" src=${film.film.url} playsinline muted=${muted} aria-label=${film.title} onPlaying=${begin} onTimeUpdate=${moved} onEnded=${ended}
      onRateChange=${(/** @type {any} */ event) => (event.target.playbackRate = 1)} onError=${() => setBroken(true)} onKeyDown=${(/** @type {KeyboardEvent} */ event) => event.key === "Escape" && ask_()}></video>
    <header class="ad-top">
      <p class="ad-label"><strong>${t("ad.label")}</strong><span>${film.advertiser}</span></p>
      <button class="icon-button" onClick=${() => setMuted(!muted)} aria-pressed=${muted} aria-label=${t(muted ? "player.unmute" : "player.mute")}><${Icon} name=${muted ? "mute" : "sound"} /></button>
      ${skipSeconds === null
        ? html`<button class="icon-button" onClick=${ask_} aria-label=${t("ad.close")}><${Icon} name="close" /></button>`
        : html`<button class="button quiet small" disabled=${!skippable} onClick=${ask_}>${skippable ? t("ad.skip") : t("ad.skip_from", { seconds: Math.ceil(skipSeconds) })}</button>`}
    </header>
    <footer class="ad-bottom">
      <p><span>${film.title}</span><span class="time" role="timer">${t("ad.left", { time: clock(left) })}</span></p>
      <progress max=${film.seconds} value=${at} aria-label=${t("ad.progress")}></progress>
      ${film.click && html`<a class="ad-link" href=${film.click} target="_blank" rel="noopener sponsored">${t("ad.visit", { advertiser: film.advertiser })}</a>`}
    </footer>
    ${over && html`<div class="ad-ask"><${Busy} /></div>`}
    ${asking && html`<div class="ad-ask" role="alertdialog" aria-label=${t("ad.close")}><p>${consequence}</p>
      <div class="row"><button class="button quiet" ref=${(/** @type {any} */ e) => e?.focus()} onClick=${() => setAsking(false)}>${t("ad.go_on")}</button><button class="button quiet" onClick=${onQuit}>${t("ad.close")}</button></div></div>`}
    ${broken && html`<div class="ad-ask" role="alert"><p>${t("ad.broken")}</p><button class="button quiet" onClick=${onQuit}>${t("told.back")}</button></div>`}
  <//>`;
}
