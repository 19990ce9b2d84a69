// The player's screen: the picture, what lies over it, and what stands beside it on a wide screen.
import { useSignal } from "@preact/signals";
import { useEffect, useLayoutEffect, useMemo, useRef, useState } from "preact/hooks";
import { play, tellWatching } from "../shared/api.js";
import { boot } from "../shared/boot.js";
import { html } from "../shared/html.js";
import { Icon } from "../shared/icons.js";
import { back, episodePath, replace, route, seriesPath } from "../shared/router.js";
import { lately, withStory } from "../shared/lazy.js";
import { keepPlace, places, prefer, preferences } from "../shared/store.js";
import { language, t } from "../shared/words.js";
import { parseCaptions } from "../player/captions.js";
import { listenToFinger } from "../player/gestures.js";
import { phaseOf } from "../player/machine.js";
import { Pool } from "../player/pool.js";
import { countWatching } from "../player/watching.js";
import { Locked, Opened, slotAfter, useWatched } from "./locked.js";
import { Captions, Progress } from "./overlay.js";
import { Poster } from "./poster.js";
import { PriceLine, refreshPrice } from "./price.js";
import { EpisodeGrid, useSeries } from "./series.js";
import { EpisodesSheet, LanguagesSheet, LanguageChoices, PlaybackSheet } from "./sheets.js";
import { Money } from "./till.js";
import { Trouble, Waiting } from "./frame.js";

const Beside = lately(() => withStory(() => import("./story/beside.js")), "Beside");
const KEEP_MILLISECONDS = 3000; // how often the place is remembered
const SEEK_SECONDS = 5;
const NEARLY_OVER = 0.97; // resuming there would show the last second only

/** @param {{slug: string, number: number, at: string | null}} props */
export function Watch({ slug, number, at }) {
  const { series, error, load } = useSeries(slug);
  if (error) return html`<${Trouble} error=${error} onRetry=${load} />`;
  if (!series) return html`<${Waiting} />`;
  const index = series.episodes.findIndex((/** @type {any} */ e) => e.number === number);
  if (index < 0) return html`<${Trouble} error=${{ status: 404 }} />`;
  return html`<${Player} key=${slug} series=${series} index=${index} at=${at} />`;
}

/** The track the viewer wants to read. @param {any} bundle @param {string | null} audioId */
export function subtitlesFor(bundle, audioId) {
  const wish = preferences.value.subtitles;
  if (!bundle || wish === "off") return null;
  const heard = bundle.audio.find((/** @type {any} */ track) => track.id === audioId)?.language;
  const same = (/** @type {string} */ a, /** @type {string} */ b) => a === b || a.split("-")[0] === b.split("-")[0];
  if (wish !== "auto") return bundle.subtitles.find((/** @type {any} */ track) => track.language === wish) ?? null;
  if (heard && same(heard, language.value)) return null;
  return bundle.subtitles.find((/** @type {any} */ track) => same(track.language, language.value)) ?? null;
}

/** @param {{series: any, index: number, at: string | null}} props */
function Player({ series, index, at }) {
  const stage = useRef(/** @type {HTMLElement | null} */ (null));
  const track = useRef(/** @type {HTMLElement | null} */ (null));
  const [sheet, setSheet] = useState(/** @type {string | null} */ (null));
  const [clean, setClean] = useState(false);
  const [pause, setPause] = useState(/** @type {{slot: any, done: () => void} | null} */ (null)); // an ad between episodes
  const [opened, setOpened] = useState(/** @type {any} */ (null)); // what coins were spent on just now
  const rushing = useSignal(false);
  const cues = useSignal(/** @type {import("../player/captions.js").Cue[]} */ ([]));

  const pool = useMemo(
    () =>
      new Pool(series.episodes, {
        ask: (id, signal) => play(id, preferences.value.audio, signal),
        worker: boot.worker,
        saver: preferences.value.saver,
        speed: preferences.value.speed,
        between: (n, seconds) => breakAfter(n, seconds),
      }),
    [series.slug],
  );
  /** The ad after an episode, if there is one: done when the story goes on. @param {number} n @param {number} seconds */
  const breakAfter = async (n, seconds) => {
    const slot = await slotAfter(series, n, seconds);
    if (!slot) return;
    await new Promise((done) => setPause({ slot, done: () => done(setPause(null)) }));
  };
  const takenBack = () => {
    setOpened({ ...opened, undone: current });
    pool.send({ type: "locked", index: current });
    refreshPrice(series.slug);
  };
  useWatched(pool, series.slug);
  useEffect(() => () => pool.destroy(), [pool]);
  useEffect(() => countWatching(pool, tellWatching), [pool]);

  const state = pool.state.value;
  const current = state.current < 0 ? index : state.current;
  const episode = series.episodes[current];
  const bundle = pool.bundle.value;
  const subtitles = subtitlesFor(bundle, pool.audio.value);
  const phase = phaseOf(state, current);
  const begun = useRef(false); // the picture has played: now there is time for what else the story is
  begun.current ||= phase === "playing";

  useEffect(() => {
    if (pool.state.value.current === index) return;
    pool.startAt = pool.state.value.current < 0 ? startingPlace(series.slug, series.episodes[index].number, at) : 0;
    pool.send({ type: "go", index });
  }, [index]);

  useEffect(() => {
    if (state.current < 0) return;
    const here = route.value;
    if (here.screen === "watch" && here.number !== episode.number) replace(episodePath(series.slug, episode.number));
    document.title = `${episode.title || t("episode.number", { number: episode.number })} · ${series.title}`;
  }, [state.current]);

  useEffect(() => {
    const timer = setInterval(() => remember(pool, series), KEEP_MILLISECONDS);
    const leaving = () => remember(pool, series);
    addEventListener("pagehide", leaving);
    document.addEventListener("visibilitychange", leaving); // a phone ends a hidden page without another word
    return () => {
      remember(pool, series);
      clearInterval(timer);
      removeEventListener("pagehide", leaving);
      document.removeEventListener("visibilitychange", leaving);
    };
  }, [pool]);

  useEffect(() => {
    if (phase === "paused") remember(pool, series);
  }, [phase]);

  useEffect(() => {
    cues.value = [];
    if (!subtitles) return undefined;
    const abort = new AbortController();
    fetch(bundle.base + subtitles.file, { signal: abort.signal })
      .then((answer) => (answer.ok ? answer.text() : ""))
      .then((text) => {
        cues.value = parseCaptions(text);
        const line = at && cues.value.find((cue) => cue.id === at);
        if (line && episode.number === series.episodes[index].number) pool.seek(line.start);
      })
      .catch(() => {});
    return () => abort.abort();
  }, [bundle, subtitles?.file]);

  useEffect(() => {
    const element = stage.current;
    if (!element) return undefined;
    return listenToFinger(element, {
      onDrag: (pixels) => drag(track.current, pixels),
      onSwipe: (by) => pool.send({ type: "step", by }),
      onSettle: () => drag(track.current, null),
      onTap: () => {
        if (pool.silenced.value) pool.unsilence();
        else if (document.querySelector(".player.clean")) setClean(false);
        else pool.send({ type: "toggle" });
      },
      onHold: (on) => {
        rushing.value = on;
        pool.rush(on);
      },
    });
  }, [pool]);

  const latest = useRef(/** @type {any} */ (null)); // keys see this render, not the one they were bound in
  latest.current = { pool, series, bundle, setSheet, setClean, clean, sheet };
  useLayoutEffect(() => { // before it is painted: a key pressed at first sight counts
    const key = (/** @type {KeyboardEvent} */ event) => {
      if (latest.current.sheet || document.querySelector("dialog[open]") || event.ctrlKey || event.metaKey || event.altKey) return;
      if (event.target instanceof HTMLInputElement && event.key.startsWith("Arrow")) return;
      const onButton = event.target instanceof HTMLButtonElement || event.target instanceof HTMLAnchorElement;
      if (onButton && (event.key === " " || event.key === "Enter")) return;
      const action = KEYS[event.key.length === 1 ? event.key.toLowerCase() : event.key];
      if (!action) return;
      event.preventDefault();
      action(latest.current);
    };
    addEventListener("keydown", key);
    return () => removeEventListener("keydown", key);
  }, []);

  useWakeLock(phase === "playing");

  const ratio = `${episode.width_pixels} / ${episode.height_pixels}`;
  const wide = episode.width_pixels > episode.height_pixels;
  const last = current === series.episodes.length - 1;
  return html`<div class=${`player${clean ? " clean" : ""}${wide ? " wide" : ""}`}>
    <${Poster} class="player-ambience" src=${episode.poster ?? series.poster} thumbhash=${episode.thumbhash} eager=${true} />
    <aside class="side start">
      <button class="side-back" onClick=${() => back(seriesPath(series.slug))}><${Icon} name="back" />${t("player.back")}</button>
      <h1 class="title small"><a href=${seriesPath(series.slug)}>${series.title}</a></h1>
      <p class="meta"><span>${t("episode.number", { number: episode.number })}</span></p>
      <p><${PriceLine} slug=${series.slug} /></p>
      <p class="synopsis full">${series.synopsis}</p>
      <p class="keys">${t("player.keys").split(" · ").map((key) => html`<span key=${key}>${key}</span>`)}</p>
    </aside>
    <main class="stage" ref=${stage} aria-label=${series.title}>
      <div class="track" ref=${track} role="feed" aria-label=${t("player.feed")} style=${{ transform: `translateY(${-100 * current}%)` }}>
        ${nearby(current, series.episodes.length).map(
          (n) => html`<${Page} key=${n} n=${n} pool=${pool} episode=${series.episodes[n]} count=${series.episodes.length} ratio=${ratio} alive=${phaseOf(state, n) !== null} locked=${phaseOf(state, n) === "locked"}>
            ${n === current && html`<${Captions} pool=${pool} cues=${cues} band=${bundle?.caption_band ?? null} language=${subtitles?.language ?? ""} />`}
          <//>`,
        )}
      </div>
      <div class="over">
        <div class="over-top">
          <button class="icon-button" onClick=${() => back(seriesPath(series.slug))} aria-label=${t("player.back")}><${Icon} name="back" /></button>
          <a class="over-title" href=${seriesPath(series.slug)}><strong>${series.title}</strong><small>${t("episode.number", { number: episode.number })}${episode.title ? ` · ${episode.title}` : ""}</small><small class="over-price"><${PriceLine} slug=${series.slug} /></small></a>
        </div>
        <div class="over-rail">
          <button class="rail-button" onClick=${() => setSheet("episodes")}><span><${Icon} name="episodes" /></span><small>${t("episodes.title")}</small></button>
          <button class="rail-button" onClick=${() => setSheet("languages")}><span><${Icon} name="languages" /></span><small>${t("languages.title")}</small></button>
          <button class="rail-button" onClick=${() => setSheet("playback")}><span><${Icon} name="settings" /></span><small>${preferences.value.speed === 1 ? t("player.settings") : `${preferences.value.speed}×`}</small></button>
          <button class="rail-button" onClick=${() => pool.silenced.value ? pool.unsilence() : pool.mute(!pool.muted.value)} aria-label=${t(pool.muted.value || pool.silenced.value ? "player.unmute" : "player.mute")}><span><${Icon} name=${pool.muted.value || pool.silenced.value ? "mute" : "sound"} /></span></button>
        </div>
        <div class="over-bottom">
          <button class="icon-button" onClick=${() => pool.send({ type: "toggle" })} aria-label=${t(phase === "playing" ? "player.pause" : "player.play")}><${Icon} name=${phase === "playing" ? "pause" : "play"} /></button>
          <${Progress} pool=${pool} length=${episode.length_seconds} />
          <span class="step-buttons">
            <button class="icon-button" disabled=${current === 0} onClick=${() => pool.send({ type: "step", by: -1 })} aria-label=${t("player.previous")}><${Icon} name="up" /></button>
            <button class="icon-button" disabled=${last} onClick=${() => pool.send({ type: "step", by: 1 })} aria-label=${t("player.next")}><${Icon} name="down" /></button>
          </span>
        </div>
      </div>
      ${phase === "locked" && html`<${Locked} key=${current} pool=${pool} series=${series} episode=${episode} current=${current} calm=${opened?.undone === current} onOpened=${(/** @type {any} */ by) => setOpened(by?.txn ? { ...by, index: current } : null)} />`}
      ${opened?.index === current && html`<${Opened} key=${opened.txn} by=${opened} onGone=${() => setOpened(null)} onUndone=${() => takenBack()} />`}
      <${Middle} pool=${pool} phase=${phase} ended=${state.ended} rushing=${rushing.value} series=${series} current=${current} />
      ${begun.current && series.media?.length > 1 && html`<${Beside} series=${series} episode=${episode} pool=${pool} at=${at} />`}
      ${clean && html`<button class="unclean" aria-label=${t("player.clean")} onClick=${() => setClean(false)}></button>`}
      <p class="visually-hidden" aria-live="polite">${series.title}, ${t("episode.number", { number: episode.number })}</p>
    </main>
    <aside class="side end">
      <section><h2 class="section-title">${t("episodes.title")}</h2><${EpisodeGrid} series=${series} current=${episode.number} /></section>
      ${bundle && html`<section><h2 class="section-title">${t("languages.title")}</h2><${LanguageChoices} pool=${pool} bundle=${bundle} source=${series.source_language} subtitles=${subtitles} /></section>`}
    </aside>
    ${pause && html`<${Money} part="Break" slot=${pause.slot} onDone=${pause.done} onMissing=${pause.done} />`}
    ${sheet === "episodes" && html`<${EpisodesSheet} series=${series} current=${episode.number} onClose=${() => setSheet(null)} />`}
    ${sheet === "languages" && bundle && html`<${LanguagesSheet} pool=${pool} bundle=${bundle} source=${series.source_language} subtitles=${subtitles} onClose=${() => setSheet(null)} />`}
    ${sheet === "playback" && html`<${PlaybackSheet} pool=${pool} onClose=${() => setSheet(null)} onClean=${() => { setSheet(null); setClean(true); }} />`}
  </div>`;
}

/** One episode on the track: its poster, and the video when it has a seat. @param {any} props */
function Page({ n, pool, episode, count, ratio, alive, locked, children }) {
  const box = useRef(/** @type {HTMLElement | null} */ (null));
  const seat = alive ? pool.seatOf(n) : null;
  useEffect(() => {
    if (seat && box.current && seat.video.parentElement !== box.current) box.current.prepend(seat.video);
  });
  return html`<article class=${locked ? "page locked" : "page"} aria-posinset=${n + 1} aria-setsize=${count} aria-label=${t("episode.number", { number: episode.number })} style=${{ insetBlockStart: `${n * 100}%` }} inert=${n !== pool.state.value.current}>
    <div class="picture-box" style=${{ aspectRatio: ratio, "--ratio": ratio }}>
      <div class="video-host" ref=${box}></div>
      <${Poster} class="page-poster" src=${episode.poster} thumbhash=${episode.thumbhash} eager=${true} />
      ${children}
    </div>
  </article>`;
}

/** What stands in the middle: waiting, paused, silenced, failed, the end. @param {any} props */
function Middle({ pool, phase, ended, rushing, series, current }) {
  if (phase === "locked") return null;
  if (phase === "failed") {
    const trouble = pool.trouble.value;
    const sentence = trouble?.status === 0 ? t("error.network") : trouble?.message || t("error.media");
    return html`<div class="middle card-like" role="alert"><h2>${t("error.title")}</h2><p>${sentence}</p>
      <button class="button main" onClick=${() => pool.send({ type: "retry", index: current })}>${t("error.retry")}</button></div>`;
  }
  if (ended) {
    return html`<div class="middle card-like"><h2 class="title small">${t("player.end")}</h2><p>${series.title}</p>
      <button class="button main" onClick=${() => pool.send({ type: "resume" })}><${Icon} name="again" />${t("player.end.again")}</button>
      <a class="button quiet" href="/">${t("player.end.more")}</a></div>`;
  }
  if (pool.silenced.value && phase === "playing")
    return html`<button class="middle-sound button quiet" onClick=${() => pool.unsilence()}><${Icon} name="mute" />${t("player.sound")}</button>`;
  if (rushing) return html`<div class="middle-rush">${t("player.fast")}</div>`;
  if (phase === "paused") return html`<div class="middle-paused" aria-hidden="true"><${Icon} name="play" /></div>`;
  if (phase === "warming" || pool.waiting.value)
    return html`<div class="middle-waiting" role="status"><span class="spinner" aria-hidden="true"></span><span class="visually-hidden">${t("player.loading")}</span></div>`;
  return null;
}

/** @type {Record<string, (with_: any) => void>} */
const KEYS = {
  ArrowDown: ({ pool }) => pool.send({ type: "step", by: 1 }),
  j: ({ pool }) => pool.send({ type: "step", by: 1 }),
  ArrowUp: ({ pool }) => pool.send({ type: "step", by: -1 }),
  k: ({ pool }) => pool.send({ type: "step", by: -1 }),
  ArrowRight: ({ pool }) => pool.seek((pool.current?.video.currentTime ?? 0) + SEEK_SECONDS),
  ArrowLeft: ({ pool }) => pool.seek((pool.current?.video.currentTime ?? 0) - SEEK_SECONDS),
  " ": ({ pool }) => pool.send({ type: "toggle" }),
  m: ({ pool }) => (pool.silenced.value ? pool.unsilence() : pool.mute(!pool.muted.value)),
  c: ({ bundle, pool }) => toggleCaptions(bundle, pool),
  l: ({ setSheet }) => setSheet("languages"),
  e: ({ setSheet }) => setSheet("episodes"),
  f: () => (document.fullscreenElement ? document.exitFullscreen() : document.documentElement.requestFullscreen()),
  Escape: ({ series, clean, setClean }) => (clean ? setClean(false) : back(seriesPath(series.slug))),
};

/** @param {any} bundle @param {any} pool */
function toggleCaptions(bundle, pool) {
  if (!bundle) return;
  if (subtitlesFor(bundle, pool.audio.value)) {
    prefer({ subtitles: "off" });
    return;
  }
  const heard = bundle.audio.find((/** @type {any} */ track) => track.id === pool.audio.value)?.language;
  const wished = [language.value, heard].map((tag) => bundle.subtitles.find((/** @type {any} */ s) => s.language.split("-")[0] === tag?.split("-")[0]));
  const chosen = wished.find(Boolean) ?? bundle.subtitles[0];
  if (chosen) prefer({ subtitles: chosen.language });
}

/** @param {number} current @param {number} count */
function nearby(current, count) {
  return [current - 1, current, current + 1].filter((n) => n >= 0 && n < count);
}

/** @param {HTMLElement | null} track @param {number | null} pixels */
function drag(track, pixels) {
  if (!track) return;
  track.classList.toggle("dragged", pixels !== null);
  track.style.setProperty("translate", pixels === null ? "0 0" : `0 ${pixels}px`);
}

/** @param {string} slug @param {number} number @param {string | null} at */
function startingPlace(slug, number, at) {
  if (at !== null && /^\d+(\.\d+)?$/.test(at)) return Number(at);
  const place = places.value[slug];
  if (at !== null || !place || place.number !== number) return 0;
  return place.at / (place.length || 1) > NEARLY_OVER ? 0 : place.at;
}

/** @param {Pool} pool @param {any} series */
function remember(pool, series) {
  const seat = pool.current;
  if (!seat || !seat.bundle || !(seat.video.currentTime > 0)) return;
  keepPlace(series.slug, seat.bundle.number, seat.video.currentTime, seat.video.duration || seat.bundle.length_seconds);
}

/** The screen stays on while something plays. @param {boolean} on */
function useWakeLock(on) {
  useEffect(() => {
    if (!on || !("wakeLock" in navigator)) return undefined;
    /** @type {any} */
    let lock = null;
    let over = false;
    navigator.wakeLock.request("screen").then(
      (got) => (over ? got.release() : (lock = got)),
      () => {},
    );
    return () => {
      over = true;
      lock?.release();
    };
  }, [on]);
}
