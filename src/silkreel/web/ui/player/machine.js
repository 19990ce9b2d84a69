// What the player does, decided: a pure function (state, event) -> [state, effects], without DOM.
// At most three episodes are alive: the current one and its neighbours.

/**
 * @typedef {"warming" | "ready" | "playing" | "paused" | "draining" | "locked" | "failed"} Phase
 * @typedef {{phase: Phase, retried: boolean}} Slot
 * @typedef {{count: number, current: number, slots: Record<number, Slot>, hidden: boolean, saver: boolean, ended: boolean}} State
 * @typedef {{type: "load", index: number, ahead: boolean, lowest: boolean}
 *   | {type: "play" | "pause" | "raise" | "drain" | "release" | "rewind", index: number}
 *   | {type: "show", index: number}} Effect
 * @typedef {{type: "open", index: number}
 *   | {type: "go", index: number}
 *   | {type: "step", by: number}
 *   | {type: "ready" | "ended" | "retry" | "frozen" | "locked" | "unlocked" | "return", index: number}
 *   | {type: "buffered", index: number, seconds: number, whole: boolean}
 *   | {type: "failed", index: number, final: boolean}
 *   | {type: "toggle"} | {type: "resume"} | {type: "hide"} | {type: "reveal"}
 *   | {type: "saver", on: boolean}} Event
 */

export const WARM_AFTER_SECONDS = 8; // buffered ahead before the neighbour may load

/** @param {number} count @param {boolean} [saver] @returns {State} */
export function begin(count, saver = false) {
  return { count, current: -1, slots: {}, hidden: false, saver, ended: false };
}

/** @param {State} state @param {Event} event @returns {[State, Effect[]]} */
export function step(state, event) {
  switch (event.type) {
    case "open":
    case "go":
      return moveTo(state, event.index);
    case "step":
      return moveTo(state, state.current + event.by);
    case "ready":
      return becomeReady(state, event.index);
    case "buffered":
      return buffered(state, event);
    case "ended":
      return ended(state, event.index);
    case "failed":
      return failed(state, event);
    case "retry":
      return retry(state, event.index);
    case "locked":
      return locked(state, event.index);
    case "unlocked":
      return unlocked(state, event.index);
    case "return":
      return returnTo(state, event.index);
    case "frozen": // the browser refused to play or stopped by itself
      return event.index === state.current && phaseOf(state, event.index) === "playing"
        ? [put(state, event.index, { phase: "paused" }), []]
        : [state, []];
    case "toggle":
      return toggle(state);
    case "resume":
      return phaseOf(state, state.current) === "paused" ? toggle(state) : [state, []];
    case "hide":
      return hide(state);
    case "reveal":
      return [{ ...state, hidden: false }, []];
    case "saver":
      return [{ ...state, saver: event.on }, []];
  }
}

/** @param {State} state @param {number} index @returns {Phase | null} */
export function phaseOf(state, index) {
  return state.slots[index]?.phase ?? null;
}

/** @param {State} state @param {number} target @returns {[State, Effect[]]} */
function moveTo(state, target) {
  if (target < 0 || target >= state.count) return [state, []];
  if (target === state.current) return state.ended ? again(state) : [state, []];
  /** @type {Effect[]} */
  const effects = [];
  let next = { ...state, current: target, ended: false };
  const left = state.current;
  if (left >= 0 && state.slots[left]) {
    effects.push({ type: "pause", index: left });
    if (Math.abs(left - target) === 1 && !["failed", "locked"].includes(phaseOf(state, left) ?? "")) {
      effects.push({ type: "drain", index: left });
      next = put(next, left, { phase: "draining" });
    }
  }
  for (const index of alive(next)) {
    if (Math.abs(index - target) > 1 || phaseOf(next, index) === "failed") {
      effects.push({ type: "release", index });
      next = drop(next, index);
    }
  }
  effects.push({ type: "show", index: target });
  const phase = phaseOf(next, target);
  if (phase === null) {
    effects.push({ type: "load", index: target, ahead: false, lowest: false });
    next = put(next, target, { phase: "warming" });
  } else if (phase !== "locked") {
    effects.push({ type: "raise", index: target });
    if (phase !== "warming") {
      effects.push({ type: "play", index: target });
      next = put(next, target, { phase: "playing" });
    }
  }
  return [next, effects];
}

/** @param {State} state @returns {[State, Effect[]]} */
function again(state) {
  const { current } = state;
  const next = put({ ...state, ended: false }, current, { phase: "playing" });
  return [next, [{ type: "rewind", index: current }, { type: "play", index: current }]];
}

/** @param {State} state @param {number} index @returns {[State, Effect[]]} */
function becomeReady(state, index) {
  const again = phaseOf(state, index) === "playing" && index === state.current; // a fresh address
  if (again) return [state, [{ type: "play", index }]];
  if (phaseOf(state, index) !== "warming") return [state, []];
  if (index !== state.current) return [put(state, index, { phase: "ready" }), []];
  if (state.hidden) return [put(state, index, { phase: "paused" }), []];
  return [put(state, index, { phase: "playing" }), [{ type: "play", index }]];
}

/** @param {State} state @param {{index: number, seconds: number, whole: boolean}} event @returns {[State, Effect[]]} */
function buffered(state, event) {
  const enough = event.whole || event.seconds >= WARM_AFTER_SECONDS;
  const target = state.current + 1;
  const wanted = event.index === state.current && enough && !state.hidden && !state.saver;
  if (!wanted || target >= state.count || state.slots[target]) return [state, []];
  return [put(state, target, { phase: "warming" }), [{ type: "load", index: target, ahead: true, lowest: false }]];
}

/** @param {State} state @param {number} index @returns {[State, Effect[]]} */
function ended(state, index) {
  if (index !== state.current) return [state, []];
  if (index + 1 < state.count) return moveTo(state, index + 1);
  return [put({ ...state, ended: true }, index, { phase: "paused" }), []];
}

/** One more try on the smallest picture; then a sentence. An episode is never skipped by itself.
 * @param {State} state @param {{index: number, final: boolean}} event @returns {[State, Effect[]]} */
function failed(state, { index, final }) {
  const slot = state.slots[index];
  if (!slot) return [state, []];
  if (index !== state.current) return [drop(state, index), [{ type: "release", index }]];
  if (slot.retried || final) return [put(state, index, { phase: "failed" }), [{ type: "pause", index }]];
  return [
    put(state, index, { phase: "warming", retried: true }),
    [{ type: "release", index }, { type: "load", index, ahead: false, lowest: true }],
  ];
}

/** @param {State} state @param {number} index @returns {[State, Effect[]]} */
function retry(state, index) {
  if (phaseOf(state, index) !== "failed") return [state, []];
  return [
    put(state, index, { phase: "warming", retried: false }),
    [{ type: "release", index }, { type: "load", index, ahead: false, lowest: false }],
  ];
}

/** Nothing plays here until somebody opens it; its seat is free for another.
 * @param {State} state @param {number} index @returns {[State, Effect[]]} */
function locked(state, index) {
  if (!state.slots[index]) return [state, []];
  return [put(state, index, { phase: "locked" }), [{ type: "release", index }]];
}

/** @param {State} state @param {number} index @returns {[State, Effect[]]} */
function unlocked(state, index) {
  if (phaseOf(state, index) !== "locked") return [state, []];
  if (index !== state.current) return [drop(state, index), []];
  return [put(state, index, { phase: "warming", retried: false }), [{ type: "load", index, ahead: false, lowest: false }]];
}

/** Back to an episode that was left, as it was left: it waits, and does not begin again.
 * @param {State} state @param {number} index @returns {[State, Effect[]]} */
function returnTo(state, index) {
  if (phaseOf(state, index) !== "draining") return [state, []];
  const [next, effects] = moveTo(state, index);
  return [put(next, index, { phase: "paused" }), effects.filter((effect) => effect.type !== "play")];
}

/** @param {State} state @returns {[State, Effect[]]} */
function toggle(state) {
  const { current } = state;
  if (state.ended) return again(state);
  const phase = phaseOf(state, current);
  if (phase === "playing") return [put(state, current, { phase: "paused" }), [{ type: "pause", index: current }]];
  if (phase === "paused" || phase === "ready")
    return [put(state, current, { phase: "playing" }), [{ type: "play", index: current }]];
  return [state, []];
}

/** @param {State} state @returns {[State, Effect[]]} */
function hide(state) {
  const hidden = { ...state, hidden: true };
  if (phaseOf(state, state.current) !== "playing") return [hidden, []];
  return [put(hidden, state.current, { phase: "paused" }), [{ type: "pause", index: state.current }]];
}

/** @param {State} state @param {number} index @param {Partial<Slot>} change @returns {State} */
function put(state, index, change) {
  const slot = { phase: /** @type {Phase} */ ("warming"), retried: false, ...state.slots[index], ...change };
  return { ...state, slots: { ...state.slots, [index]: slot } };
}

/** @param {State} state @param {number} index @returns {State} */
function drop(state, index) {
  const { [index]: _gone, ...slots } = state.slots;
  return { ...state, slots };
}

/** @param {State} state */
function alive(state) {
  return Object.keys(state.slots).map(Number);
}
