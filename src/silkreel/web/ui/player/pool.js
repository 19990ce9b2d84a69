// Three <video> elements for any number of episodes: runs the machine and carries out its effects.
import { signal } from "@preact/signals";
import { begin, phaseOf, step } from "./machine.js";
import { Source } from "./source.js";

const TICK_MILLISECONDS = 250;
const LOCKED = 402; // the server's word for: plays once it is opened

/**
 * @typedef {{id: string, number: number}} Episode
 * @typedef {{video: HTMLVideoElement, index: number, source: Source | null, bundle: any, abort: AbortController | null}} Seat
 */

export class Pool {
  /**
   * @param {Episode[]} episodes
   * @param {{ask: (id: string, signal: AbortSignal) => Promise<any>, worker: string, saver: boolean, speed: number,
   *   between?: (index: number, seconds: number) => Promise<unknown> | null}} options; `between`: what comes after an episode's end, before the next
   */
  constructor(episodes, options) {
    this.episodes = episodes;
    this.options = options;
    this.state = signal(begin(episodes.length, options.saver));
    this.muted = signal(false);
    this.silenced = signal(false); // by the browser, until the viewer taps
    this.waiting = signal(true);
    /** @type {import("@preact/signals").Signal<any>} */
    this.bundle = signal(null); // of the current episode
    /** @type {import("@preact/signals").Signal<string | null>} */
    this.audio = signal(null); // id of the track that sounds
    /** @type {import("@preact/signals").Signal<Error | null>} */
    this.trouble = signal(null);
    this.startAt = 0;
    /** @type {Seat[]} */
    this.seats = [0, 1, 2].map(() => this.newSeat());
    this.timer = setInterval(() => this.tick(), TICK_MILLISECONDS);
    document.addEventListener("visibilitychange", this.onVisibility);
  }

  /** @returns {Seat} */
  newSeat() {
    const video = document.createElement("video");
    video.playsInline = true;
    video.preload = "auto";
    video.disablePictureInPicture = false;
    video.tabIndex = -1;
    video.setAttribute("aria-hidden", "true");
    const seat = /** @type {Seat} */ ({ video, index: -1, source: null, bundle: null, abort: null });
    video.addEventListener("loadeddata", () => seat.index >= 0 && this.send({ type: "ready", index: seat.index }));
    video.addEventListener("canplay", () => seat.index >= 0 && this.send({ type: "ready", index: seat.index }));
    video.addEventListener("ended", () => seat.index >= 0 && this.finish(seat));
    video.addEventListener("playing", () => this.isCurrent(seat) && (this.waiting.value = false));
    video.addEventListener("waiting", () => this.isCurrent(seat) && (this.waiting.value = true));
    video.addEventListener("pause", () => {
      if (this.isCurrent(seat) && !video.ended) this.send({ type: "frozen", index: seat.index });
    });
    return seat;
  }

  /** An episode is over: the next one comes, after what stands between them. @param {Seat} seat */
  finish(seat) {
    const { index, video } = seat;
    const over = () => {
      if (seat.index === index && video.ended) this.send({ type: "ended", index }); // nobody has begun it again
    };
    const between = this.options.between?.(index, video.duration);
    if (between) between.finally(over);
    else over();
  }

  /** @param {Seat} seat */
  isCurrent(seat) {
    return seat.index >= 0 && seat.index === this.state.value.current;
  }

  /** @param {import("./machine.js").Event} event */
  send(event) {
    const [state, effects] = step(this.state.value, event);
    this.state.value = state;
    for (const effect of effects) this.carryOut(effect);
    if (effects.some((effect) => effect.type === "show")) this.showCurrent();
  }

  /** @param {import("./machine.js").Effect} effect */
  carryOut(effect) {
    const seat = this.seatOf(effect.index);
    if (effect.type === "load") this.load(effect.index, effect.ahead, effect.lowest);
    else if (effect.type === "play") this.play(seat);
    else if (effect.type === "pause") seat?.video.pause();
    else if (effect.type === "raise") seat?.source?.raise();
    else if (effect.type === "drain") seat?.source?.drain();
    else if (effect.type === "rewind" && seat) seat.video.currentTime = 0;
    else if (effect.type === "release") this.release(seat);
  }

  /** @param {number} index */
  seatOf(index) {
    return this.seats.find((seat) => seat.index === index);
  }

  get current() {
    return this.seatOf(this.state.value.current);
  }

  /** @param {number} index @param {boolean} ahead @param {boolean} lowest */
  async load(index, ahead, lowest) {
    const seat = this.seats.find((each) => each.index === -1);
    if (!seat) return;
    seat.index = index;
    seat.video.dataset.index = String(index);
    const abort = new AbortController();
    seat.abort = abort;
    if (this.isCurrent(seat)) this.waiting.value = true;
    try {
      seat.bundle = await this.options.ask(this.episodes[index].id, abort.signal);
    } catch (error) {
      if (abort.signal.aborted) return;
      const status = /** @type {any} */ (error).status ?? 0;
      if (status === LOCKED) {
        this.send({ type: "locked", index });
        return;
      }
      if (this.isCurrent(seat)) this.trouble.value = /** @type {Error} */ (error);
      this.send({ type: "failed", index, final: status >= 400 });
      return;
    }
    if (abort.signal.aborted) return;
    const at = ahead ? 0 : this.startAt;
    if (!ahead) this.startAt = 0;
    seat.source = new Source(seat.video, seat.bundle, {
      ahead: ahead && !this.isCurrent(seat),
      lowest,
      saver: this.options.saver,
      audio: seat.bundle.audio_choice,
      at,
      worker: this.options.worker,
      onFailed: (final) => this.send({ type: "failed", index: seat.index, final }),
      onAudio: (id) => this.isCurrent(seat) && (this.audio.value = id),
    });
    if (this.isCurrent(seat)) this.showCurrent();
  }

  showCurrent() {
    const seat = this.current;
    this.bundle.value = seat?.bundle ?? null;
    this.audio.value = seat?.source?.options.audio ?? seat?.bundle?.audio_choice ?? null;
    if (phaseOf(this.state.value, this.state.value.current) !== "failed") this.trouble.value = null;
    this.waiting.value = !seat || seat.video.readyState < 3;
  }

  /** @param {Seat | undefined} seat */
  async play(seat) {
    if (!seat) return;
    const { video } = seat;
    video.muted = this.muted.value || this.silenced.value;
    video.playbackRate = video.defaultPlaybackRate = this.options.speed;
    if (video.ended) video.currentTime = 0;
    try {
      await video.play();
    } catch (error) {
      if (!(error instanceof DOMException) || error.name !== "NotAllowedError") return;
      if (video.muted) {
        this.send({ type: "frozen", index: seat.index });
        return;
      }
      this.silenced.value = true;
      this.play(seat);
    }
  }

  /** The viewer asked for sound: a tap, so the browser allows it. */
  unsilence() {
    this.silenced.value = false;
    this.mute(false);
  }

  /** @param {boolean} on */
  mute(on) {
    this.muted.value = on;
    for (const seat of this.seats) seat.video.muted = on || this.silenced.value;
  }

  /** @param {number} speed */
  hasten(speed) {
    this.options.speed = speed;
    for (const seat of this.seats) seat.video.playbackRate = seat.video.defaultPlaybackRate = speed;
  }

  /** For the length of a press. @param {boolean} on */
  rush(on) {
    if (this.current) this.current.video.playbackRate = on ? 2 : this.options.speed;
  }

  /** @param {boolean} on */
  save(on) {
    this.options.saver = on;
    for (const seat of this.seats) seat.source?.save(on);
    this.send({ type: "saver", on });
  }

  /** @param {string} id of an audio track of the current episode */
  hear(id) {
    const track = this.bundle.value?.audio.find((/** @type {any} */ each) => each.id === id);
    if (!track) return;
    this.audio.value = id;
    this.current?.source?.hear(id);
    for (const seat of this.seats) {
      const same = seat.bundle?.audio.find((/** @type {any} */ each) => each.language === track.language);
      if (seat !== this.current && same) seat.source?.hear(same.id);
    }
  }

  /** @param {number} at seconds */
  seek(at) {
    const seat = this.current;
    if (!seat) return;
    seat.video.currentTime = Math.max(0, Math.min(at, (seat.video.duration || at + 1) - 0.05));
  }

  tick() {
    const seat = this.current;
    if (!seat?.source) return;
    const { video } = seat;
    const end = bufferedEnd(video);
    const whole = Number.isFinite(video.duration) && end >= video.duration - 0.3;
    this.send({ type: "buffered", index: seat.index, seconds: end - video.currentTime, whole });
    if (seat.bundle && Date.now() / 1000 > seat.bundle.expires_at - 120) this.refresh(seat);
  }

  /** The address expires soon: a fresh one, at the same place. @param {Seat} seat */
  refresh(seat) {
    const { index } = seat;
    this.startAt = seat.video.currentTime;
    this.release(seat);
    this.load(index, false, false);
  }

  /** @param {Seat | undefined} seat */
  release(seat) {
    if (!seat) return;
    seat.abort?.abort();
    seat.index = -1;
    seat.source?.destroy();
    seat.source = seat.bundle = seat.abort = null;
  }

  onVisibility = () => this.send({ type: document.hidden ? "hide" : "reveal" });

  destroy() {
    clearInterval(this.timer);
    document.removeEventListener("visibilitychange", this.onVisibility);
    for (const seat of this.seats) {
      this.release(seat);
      seat.video.remove();
    }
  }
}

/** @param {HTMLVideoElement} video */
function bufferedEnd(video) {
  for (let n = 0; n < video.buffered.length; n++)
    if (video.buffered.start(n) <= video.currentTime + 0.2 && video.currentTime <= video.buffered.end(n))
      return video.buffered.end(n);
  return video.currentTime;
}
