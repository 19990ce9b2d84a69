// The wall and the breaks as the player meets them: what they need comes when the first one does.
import { useEffect, useState } from "preact/hooks";
import { askBreak, tellWatched, undoUnlock } from "../shared/api.js";
import { html } from "../shared/html.js";
import { Icon } from "../shared/icons.js";
import { once } from "../shared/keys.js";
import { inCoins } from "../shared/money.js";
import { t } from "../shared/words.js";
import { PriceLine, knownPrice, refreshPrice } from "./price.js";
import { Money } from "./till.js";

const WATCHED_SECONDS = 5; // from here on an episode counts as played, and its unlock stays
const WATCHED_SHARE = 0.8; // of an episode that is shorter than that
const LOOK_MILLISECONDS = 500;
const TOLD_MILLISECONDS = 12_000;

/** A locked episode: the wall opens by itself, and again when asked. @param {{pool: any, series: any, episode: any, current: number, calm: boolean, onOpened: (by: any) => void}} props */
export function Locked({ pool, series, episode, current, calm, onOpened }) {
  const [open, setOpen] = useState(!calm);
  const close = () => {
    setOpen(false);
    pool.send({ type: "return", index: current - 1 }); // where one was, if one was there
  };
  const opened = (/** @type {any} */ by) => {
    setOpen(false);
    pool.send({ type: "unlocked", index: current });
    refreshPrice(series.slug);
    onOpened(by);
  };
  return html`${!open && html`<div class="middle card-like locked-card">
      <h2><${Icon} name="lock" />${t("wall.locked", { number: episode.number })}</h2>
      <p><${PriceLine} slug=${series.slug} /></p>
      <button class="button main" onClick=${() => setOpen(true)}>${t("wall.ways")}</button>
    </div>`}
    ${open && html`<${Money} part="Wall" key=${episode.id} series=${series} episode=${episode} price=${knownPrice(series.slug)} onClose=${close} onOpened=${opened} />`}`;
}

/** What was spent just now, and the way to have it back until the episode was watched.
 * @param {{by: {txn: number, coins: number}, onGone: () => void, onUndone: () => void}} props */
export function Opened({ by, onGone, onUndone }) {
  const [told, setTold] = useState("");
  const [busy, setBusy] = useState(false);
  useEffect(() => {
    const timer = setTimeout(onGone, TOLD_MILLISECONDS);
    return () => clearTimeout(timer);
  }, [told]);
  const back = async () => {
    setBusy(true);
    try {
      const given = await once(`undo:${by.txn}`, (key) => undoUnlock(by.txn, key));
      setTold(t("opened.undone", { coins: inCoins(given.paid_coins + given.bonus_coins) }));
      onUndone();
    } catch (error) {
      setTold(/** @type {any} */ (error).message || t("error.network"));
      setBusy(false);
    }
  };
  return html`<div class="opened" role="status" data-own-gestures><span>${told || t("opened.coins", { coins: inCoins(by.coins) })}</span>
    ${!told && html`<button class="button quiet small" disabled=${busy} onClick=${back}>${t("opened.undo")}</button>`}</div>`;
}

/** Say once that an episode behind the free head was really played. @param {any} pool @param {string} slug */
export function useWatched(pool, slug) {
  useEffect(() => {
    /** @type {Set<string>} */
    const told = new Set();
    const look = () => {
      const seat = pool.current;
      const price = knownPrice(slug);
      if (!seat?.bundle || !price || price.free || price.untold || seat.bundle.number <= price.free_episodes || told.has(seat.bundle.episode_id)) return;
      const enough = Math.min(WATCHED_SECONDS, WATCHED_SHARE * seat.bundle.length_seconds);
      if (playedSeconds(seat.video) < enough) return;
      told.add(seat.bundle.episode_id);
      tellWatched(seat.bundle.episode_id);
    };
    const timer = setInterval(look, LOOK_MILLISECONDS);
    return () => clearInterval(timer);
  }, [pool]);
}

/** @param {HTMLVideoElement} video */
function playedSeconds(video) {
  let sum = 0;
  for (let n = 0; n < video.played.length; n++) sum += video.played.end(n) - video.played.start(n);
  return sum;
}

/** The ad that stands after an episode, if one does; nothing is asked where nothing is sold.
 * @param {any} series @param {number} index that has ended @param {number} seconds its length */
export async function slotAfter(series, index, seconds) {
  const next = series.episodes[index + 1];
  const price = knownPrice(series.slug);
  if (!next || !price || price.free || price.untold) return null;
  const answer = await askBreak(series.episodes[index].id, next.id, seconds).catch(() => null);
  return answer?.slot ?? null;
}
