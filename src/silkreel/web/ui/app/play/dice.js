// The same name always draws the same picture.

/** Numbers from 0 to 1 that follow from a text (FNV-1a into mulberry32). @param {string} text */
export function diceOf(text) {
  let hash = 0x811c9dc5;
  for (let n = 0; n < text.length; n++) hash = Math.imul(hash ^ text.charCodeAt(n), 0x01000193);
  let state = hash >>> 0;
  const roll = () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
  };
  return {
    roll,
    between: (/** @type {number} */ low, /** @type {number} */ high) => low + (high - low) * roll(),
    pick: (/** @type {any[]} */ of) => of[Math.floor(roll() * of.length)],
  };
}
