// An interactive episode: at a choice the picture holds; nothing chosen in time, the series goes its own way.
import { useEffect, useLayoutEffect, useRef, useState } from "preact/hooks";
import { html } from "../../shared/html.js";
import { Icon } from "../../shared/icons.js";
import { inBoth } from "../../shared/money.js";
import { go } from "../../shared/router.js";
import { language, t } from "../../shared/words.js";
import { getChoicePoints } from "./api.js";
import { BuyChoice } from "./buying.js";

const BEFORE_END_SECONDS = 0.3; // a choice at the very end is asked before the next episode begins
const BACK_SECONDS = 2; // gone back further than this before a choice, it is asked again
const LATE_SECONDS = 4; // a slow network may bring the question this much after its moment
const WATCH_MILLISECONDS = 60;
/** Choices answered in this visit. @type {Set<string>} */
const answered = new Set();

/** @param {string} slug @param {any} episode @param {any} pool
 * @returns {{point: any, take: (option: any) => void} | null} */
export function useChoicePoint(slug, episode, pool) {
  const [points, setPoints] = useState(/** @type {any[]} */ ([]));
  const [point, setPoint] = useState(/** @type {any} */ (null));
  const before = useRef(0); // the last second looked at
  useEffect(() => {
    before.current = pool.current?.video.currentTime ?? 0;
    setPoint(null);
    setPoints([]);
    getChoicePoints(slug, episode.number, language.value).then(
      (told) => setPoints(told.choices.filter((/** @type {any} */ each) => each.second !== null)),
      () => {},
    );
  }, [slug, episode.number, language.value]);
  useEffect(() => {
    if (!points.length || point) return undefined;
    const timer = setInterval(() => {
      const video = pool.current?.video;
      if (!video || video.seeking) return;
      const now = video.currentTime;
      for (const each of points) {
        const key = `${slug} ${each.after}`;
        const second = Math.min(each.second, (video.duration || Number.POSITIVE_INFINITY) - BEFORE_END_SECONDS);
        if (now < second - BACK_SECONDS) answered.delete(key);
        const passed = before.current < second && now >= second && now - second < LATE_SECONDS;
        if (passed && !video.paused && !answered.has(key)) hold(each);
      }
      before.current = now;
    }, WATCH_MILLISECONDS);
    const hold = (/** @type {any} */ each) => {
      pool.send({ type: "toggle" });
      setPoint(each);
    };
    return () => clearInterval(timer);
  }, [points, point, pool]);
  useEffect(() => {
    const stage = document.querySelector(".stage");
    stage?.classList.toggle("asking", point !== null);
    return () => stage?.classList.remove("asking");
  }, [point]);
  if (!point) return null;
  const take = (/** @type {any} */ option) => {
    answered.add(`${slug} ${point.after}`);
    setPoint(null);
    if (option.id === point.default || option.canon) pool.send({ type: "resume" });
    else go(option.address);
  };
  return { point, take };
}

/** `onTake` takes an option that is free or bought.
 * @param {{slug: string, point: any, onTake: (option: any) => void}} props */
export function ChoicePoint({ slug, point, onTake }) {
  const title = useRef(/** @type {HTMLElement | null} */ (null));
  const canon = point.options.find((/** @type {any} */ option) => option.id === point.default) ?? point.options[0];
  const [buying, setBuying] = useState(/** @type {any} */ (null));
  const taking = useRef(onTake);
  taking.current = (option) => (option.price_coins > 0 ? setBuying(option) : onTake(option));
  const left = useCountdown(point.window_seconds, () => taking.current(canon));
  useLayoutEffect(() => { // before it is painted: a key pressed at first sight counts
    title.current?.focus({ preventScroll: true });
    const key = (/** @type {KeyboardEvent} */ event) => {
      if (document.querySelector("dialog[open]")) return; // the sheet has the keys
      const option = point.options[Number(event.key) - 1];
      if (option) taking.current(option);
      else if (event.key === "Escape") taking.current(canon);
      else if (event.key !== " " || event.target instanceof HTMLButtonElement) return;
      event.preventDefault();
      event.stopPropagation(); // the player's own keys rest while it asks
    };
    addEventListener("keydown", key, { capture: true });
    return () => removeEventListener("keydown", key, { capture: true });
  }, [point]);
  return html`<div class="choice-point" role="group" aria-labelledby="choice-title" data-own-gestures>
    <h2 id="choice-title" tabindex="-1" ref=${title}>${t("choice.title")}</h2>
    ${point.options.map((/** @type {any} */ option, /** @type {number} */ n) => html`<button class="choice-option" key=${option.id} data-choice=${option.id} onClick=${() => taking.current(option)}>
      <span class="choice-key" aria-hidden="true">${n + 1}</span>
      <span class="choice-words" lang=${point.language}>${option.text}</span>
      ${option.price_coins > 0 && html`<span class="choice-price"><${Icon} name="coin" />${inBoth({ coins: option.price_coins, money: option.price })}</span>`}
      ${option.bought && html`<span class="choice-price"><${Icon} name="check" />${t("game.yours")}</span>`}
      ${!option.canon && html`<${Icon} name="branch" />`}
    </button>`)}
    ${buying && html`<${BuyChoice} slug=${slug} choice=${buying.id} back=${buying.address} onBought=${() => onTake(buying)} onClose=${() => setBuying(null)} />`}
    ${left === null
      ? html`<p class="choice-note">${t("choice.wait")}</p>`
      : html`<p class="choice-note">${t("choice.canon")} <span class="visually-hidden">${t("choice.seconds", { seconds: Math.ceil(point.window_seconds) })}</span></p>
        <progress class="choice-time" max="1" value=${left} aria-hidden="true"></progress>`}
  </div>`;
}

/** The share of the time that is left; null where there is no hurry. It stands still while the page is hidden.
 * @param {number | null} seconds @param {() => void} onOver */
function useCountdown(seconds, onOver) {
  const [left, setLeft] = useState(seconds === null ? null : 1);
  useEffect(() => {
    if (seconds === null) return undefined;
    let spent = 0;
    let last = performance.now();
    const timer = setInterval(() => {
      const now = performance.now();
      if (!document.hidden) spent += (now - last) / 1000;
      last = now;
      setLeft(Math.max(0, 1 - spent / seconds));
      if (spent < seconds) return;
      clearInterval(timer);
      onOver();
    }, 100);
    return () => clearInterval(timer);
  }, [seconds]);
  return left;
}
