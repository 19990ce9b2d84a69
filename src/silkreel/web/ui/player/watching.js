// Tells the server how long an episode has played: VIP money follows what was watched.
// Pauses and waiting do not count. Where the server says that nothing is counted, no more is told.

const TELL_SECONDS = 10;

/** @param {{current: any, waiting: {value: boolean}, bundle: {value: any}, state: {value: {current: number}}, episodes: {id: string}[]}} pool
 * @param {(id: string, told: {base: string, seconds: number}) => Promise<{counts: boolean}>} tell */
export function countWatching(pool, tell) {
  /** @type {Map<string, {played: number, told: number, counts: boolean, base: string}>} */
  const seen = new Map();
  const send = async (/** @type {string} */ id) => {
    const mine = seen.get(id);
    if (!mine?.counts || mine.played === mine.told) return;
    mine.told = mine.played;
    try {
      mine.counts = (await tell(id, { base: mine.base, seconds: mine.played })).counts;
    } catch {
      mine.told = 0; // the next word tells it all anew
    }
  };
  const tick = () => {
    const video = pool.current?.video;
    const id = pool.episodes[pool.state.value.current]?.id;
    const base = pool.bundle.value?.base;
    for (const [other, each] of seen) if (other !== id && each.played !== each.told) send(other);
    if (!id || !base || !video || video.paused || pool.waiting.value) return;
    const mine = seen.get(id) ?? { played: 0, told: 0, counts: true, base };
    seen.set(id, mine);
    mine.base = base;
    mine.played += 1;
    if (mine.played - mine.told >= TELL_SECONDS) send(id);
  };
  const timer = setInterval(tick, 1000);
  const leave = () => seen.forEach((_, id) => send(id));
  addEventListener("pagehide", leave);
  return () => {
    clearInterval(timer);
    removeEventListener("pagehide", leave);
    leave();
  };
}
