// One <video> and what feeds it: hls.js with the bundle's playlists, or the browser's own HLS.
import Hls from "hls.js";

const AHEAD = { maxBufferLength: 1, maxMaxBufferLength: 1 }; // one segment, so that the first frame is decoded
const CURRENT = { maxBufferLength: 12, maxMaxBufferLength: 20 };
const SAVER_HEIGHT_PIXELS = 960; // long side of the 540 rung
const FIRST_ESTIMATE_BITS = 1_500_000;
let estimate = FIRST_ESTIMATE_BITS; // what the last instance measured

export const canPlay = () => Hls.isSupported() || native();
const native = () => document.createElement("video").canPlayType("application/vnd.apple.mpegurl") !== "";

/** @param {Record<string, string>} playlists */
function playlistLoader(playlists) {
  const Default = /** @type {any} */ (Hls.DefaultConfig.loader);
  return class extends Default {
    /** @param {any} context @param {any} config @param {any} callbacks */
    load(context, config, callbacks) {
      const name = new URL(context.url, location.href).pathname.split("/").pop() ?? "";
      const text = playlists[name];
      if (text === undefined) {
        super.load(context, config, callbacks);
        return;
      }
      const now = performance.now();
      const stats = this.stats;
      stats.loading = { start: now, first: now, end: now };
      stats.loaded = stats.total = text.length;
      queueMicrotask(() => callbacks.onSuccess({ url: context.url, data: text, code: 200 }, stats, context, null));
    }
  };
}

export class Source {
  /**
   * @param {HTMLVideoElement} video
   * @param {any} bundle
   * @param {{ahead: boolean, lowest: boolean, saver: boolean, audio: string | null, at: number, worker: string, onFailed: (final: boolean) => void, onAudio: (id: string) => void}} options
   */
  constructor(video, bundle, options) {
    this.video = video;
    this.bundle = bundle;
    this.options = options;
    /** @type {Hls | null} */
    this.hls = null;
    const address = bundle.base + bundle.manifest;
    if (Hls.isSupported()) this.attach(address);
    else this.attachNative(address);
  }

  /** @param {string} address */
  attach(address) {
    const { options, bundle } = this;
    const hls = new Hls({
      pLoader: playlistLoader(bundle.playlists),
      workerPath: options.worker,
      startLevel: options.lowest ? 0 : -1,
      startPosition: options.at || -1,
      abrEwmaDefaultEstimate: estimate,
      testBandwidth: false,
      capLevelToPlayerSize: true,
      backBufferLength: 10,
      startFragPrefetch: true,
      enableInterstitialPlayback: false,
      enableWebVTT: false,
      enableIMSC1: false,
      enableCEA708Captions: false,
      renderTextTracksNatively: false,
      ...(options.ahead ? AHEAD : CURRENT),
    });
    this.hls = hls;
    hls.on(Hls.Events.MANIFEST_PARSED, () => {
      hls.subtitleTrack = -1;
      if (options.saver) this.save(true);
      const wished = this.trackOf(options.audio);
      if (wished >= 0 && wished !== hls.audioTrack) hls.audioTrack = wished;
    });
    hls.on(Hls.Events.AUDIO_TRACK_SWITCHED, () => {
      const id = this.idOf(hls.audioTrack);
      if (id) options.onAudio(id);
    });
    hls.on(Hls.Events.FRAG_BUFFERED, () => {
      if (Number.isFinite(hls.bandwidthEstimate)) estimate = hls.bandwidthEstimate;
    });
    let recovered = false;
    hls.on(Hls.Events.ERROR, (_name, problem) => {
      if (!problem.fatal) return;
      if (problem.type === Hls.ErrorTypes.MEDIA_ERROR && !recovered) {
        recovered = true;
        hls.recoverMediaError();
        return;
      }
      options.onFailed(problem.response?.code === 403);
    });
    hls.loadSource(address);
    hls.attachMedia(this.video);
  }

  /** @param {string} address */
  attachNative(address) {
    this.video.addEventListener("error", this.nativeFailed);
    this.video.src = address;
    if (this.options.at) this.video.currentTime = this.options.at;
  }

  nativeFailed = () => this.options.onFailed(false);

  /** @param {string | null} id */
  trackOf(id) {
    const tracks = this.hls?.audioTracks ?? [];
    return tracks.findIndex((track) => /** @type {any} */ (track.attrs)?.["STABLE-RENDITION-ID"] === id);
  }

  /** @param {number} index @returns {string | null} */
  idOf(index) {
    return /** @type {any} */ (this.hls?.audioTracks[index]?.attrs)?.["STABLE-RENDITION-ID"] ?? null;
  }

  /** Speak another language from now on; the picture goes on. @param {string} id */
  hear(id) {
    this.options.audio = id;
    if (this.hls) {
      const index = this.trackOf(id);
      if (index >= 0 && index !== this.hls.audioTrack) this.hls.audioTrack = index;
      return;
    }
    const wished = this.bundle.audio.find((/** @type {any} */ track) => track.id === id);
    const tracks = /** @type {any} */ (this.video).audioTracks ?? [];
    for (const track of tracks) track.enabled = track.language === wished?.language;
  }

  /** This episode is on the screen now: buffer as for watching. */
  raise() {
    if (!this.hls) return;
    Object.assign(this.hls.config, CURRENT);
    this.hls.startLoad(-1);
  }

  /** This episode was swiped away: load no more, keep what there is. */
  drain() {
    this.hls?.stopLoad();
  }

  /** @param {boolean} on */
  save(on) {
    if (!this.hls) return;
    const fitting = this.hls.levels.map((level, n) => (Math.max(level.width, level.height) <= SAVER_HEIGHT_PIXELS ? n : -1));
    this.hls.autoLevelCapping = on ? Math.max(0, ...fitting) : -1;
  }

  /** An orphaned <video> keeps downloading: everything is taken apart. */
  destroy() {
    this.hls?.destroy();
    this.hls = null;
    this.video.removeEventListener("error", this.nativeFailed);
    this.video.removeAttribute("src");
    this.video.load();
  }
}
