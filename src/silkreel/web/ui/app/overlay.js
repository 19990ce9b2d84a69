// What changes with every frame: captions and the progress bar, written past the renderer.
import { useSignal } from "@preact/signals";
import { useEffect, useRef } from "preact/hooks";
import { html } from "../shared/html.js";
import { preferences } from "../shared/store.js";
import { clock, isRightToLeft, t } from "../shared/words.js";
import { cuesAt } from "../player/captions.js";

const LOW = 0.8; // bottom of the text, as a share of the picture's height
const MIDDLE = 0.56;
const HIGH = 0.24;
const FREE_OF_CONTROLS = 0.84;

/** Call `each` on every frame the screen shows. @param {() => void} each */
function useFrames(each) {
  const latest = useRef(each);
  latest.current = each;
  useEffect(() => {
    let handle = 0;
    const frame = () => {
      latest.current();
      handle = requestAnimationFrame(frame);
    };
    handle = requestAnimationFrame(frame);
    return () => cancelAnimationFrame(handle);
  }, []);
}

/** @param {{pool: any, cues: any, band: [number, number] | null, language: string}} props */
export function Captions({ pool, cues, band, language }) {
  const shown = useSignal(/** @type {any[]} */ ([]));
  useFrames(() => {
    const now = cuesAt(cues.value, pool.current?.video.currentTime ?? 0);
    const same = now.length === shown.value.length && now.every((cue, n) => cue === shown.value[n]);
    if (!same) shown.value = now;
  });
  const { size, ground, place } = preferences.value;
  if (!shown.value.length) return null;
  const { bottom, over } = placeOf(band, shown.value[0].line);
  const covers = over && ground !== "none" && band !== null;
  const look = `captions ${size} ${place} ${covers ? "cover" : ground}`;
  const where = covers ? coverOf(band) : { insetBlockEnd: `${(1 - bottom) * 100}%` };
  return html`<div class=${look} style=${where} lang=${language} dir=${isRightToLeft(language) ? "rtl" : "ltr"}>
    ${shown.value.map((cue) => html`<p key=${cue.start} data-line=${cue.id}><span>${cue.text}</span></p>`)}
  </div>`;
}

/** Over captions burned into the picture, where there are any; else where the viewer likes it.
 * @param {[number, number] | null} band @param {number | null} line */
function placeOf(band, line) {
  const { place } = preferences.value;
  if (place === "middle") return { bottom: MIDDLE, over: false };
  if (place === "high") return { bottom: HIGH, over: false };
  if (band) return { bottom: Math.min(FREE_OF_CONTROLS + 0.1, band[1]), over: true };
  return { bottom: Math.min(FREE_OF_CONTROLS, line ?? LOW), over: false };
}

/** A strip over the burned-in line, as tall as it at least. @param {[number, number]} band */
function coverOf(band) {
  return { insetBlockStart: `${band[0] * 100}%`, minBlockSize: `${(band[1] - band[0]) * 100}%` };
}

/** @param {{pool: any, length: number}} props */
export function Progress({ pool, length }) {
  const bar = useRef(/** @type {HTMLInputElement | null} */ (null));
  const time = useRef(/** @type {HTMLElement | null} */ (null));
  const held = useRef(false);
  useFrames(() => {
    const at = pool.current?.video.currentTime ?? 0;
    const whole = pool.current?.video.duration || length;
    const input = bar.current;
    if (!input || held.current) return;
    const share = whole ? at / whole : 0;
    input.value = String(at);
    input.style.setProperty("--share", String(Math.min(1, share)));
    const text = `${clock(at)} / ${clock(whole)}`;
    if (time.current && time.current.textContent !== text) {
      time.current.textContent = text;
      input.setAttribute("aria-valuetext", t("player.place", { at: clock(at), length: clock(whole) }));
    }
  });
  const seek = (/** @type {any} */ event) => {
    const at = Number(event.target.value);
    event.target.style.setProperty("--share", String(at / (pool.current?.video.duration || length)));
    pool.seek(at);
  };
  return html`<div class="progress" data-own-gestures dir="ltr">
    <input ref=${bar} type="range" min="0" max=${length} step="0.1" aria-label=${t("player.seek")} onInput=${seek} onPointerDown=${() => (held.current = true)} onPointerUp=${() => (held.current = false)} onPointerCancel=${() => (held.current = false)} />
    <span class="time" ref=${time}></span>
  </div>`;
}
