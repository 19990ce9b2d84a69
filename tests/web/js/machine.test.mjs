import assert from "node:assert/strict";
import { test } from "node:test";
import { begin, phaseOf, step } from "../../../src/silkreel/web/ui/player/machine.js";

/** Run events; answers the last state and all effects as "type index". */
function run(state, ...events) {
  const done = [];
  for (const event of events) {
    const [next, effects] = step(state, event);
    state = next;
    done.push(...effects.map((effect) => `${effect.type} ${effect.index}${effect.ahead ? " ahead" : ""}${effect.lowest ? " lowest" : ""}`));
  }
  return [state, done];
}
const open = (index) => ({ type: "open", index });
const ready = (index) => ({ type: "ready", index });
const enough = (index) => ({ type: "buffered", index, seconds: 9, whole: false });
const next = { type: "step", by: 1 };
const previous = { type: "step", by: -1 };

test("opening an episode loads it and plays it when its first frame is there", () => {
  const [state, effects] = run(begin(3), open(0), ready(0));
  assert.deepEqual(effects, ["show 0", "load 0", "play 0"]);
  assert.equal(phaseOf(state, 0), "playing");
});

test("the next episode is warmed once eight seconds are buffered, and once only", () => {
  const [, little] = run(begin(3), open(0), ready(0), { type: "buffered", index: 0, seconds: 7, whole: false });
  assert.ok(!little.includes("load 1 ahead"));
  const [state, effects] = run(begin(3), open(0), ready(0), enough(0), enough(0), ready(1));
  assert.equal(effects.filter((e) => e === "load 1 ahead").length, 1);
  assert.equal(phaseOf(state, 1), "ready");
});

test("a short episode that is wholly buffered lets the next one load", () => {
  const [, effects] = run(begin(2), open(0), ready(0), { type: "buffered", index: 0, seconds: 2, whole: true });
  assert.ok(effects.includes("load 1 ahead"));
});

test("a swipe to a warmed episode plays at once and loads nothing anew", () => {
  const [warm] = run(begin(3), open(0), ready(0), enough(0), ready(1));
  const [state, effects] = run(warm, next);
  assert.deepEqual(effects, ["pause 0", "drain 0", "show 1", "raise 1", "play 1"]);
  assert.equal(phaseOf(state, 0), "draining");
});

test("swiping back plays the episode that was left, from its buffer", () => {
  const [there] = run(begin(3), open(0), ready(0), enough(0), ready(1), next);
  const [state, effects] = run(there, previous);
  assert.ok(!effects.some((e) => e.startsWith("load")));
  assert.ok(effects.includes("play 0"));
  assert.equal(phaseOf(state, 0), "playing");
});

test("never more than three episodes are alive", () => {
  let [state] = run(begin(40), open(0));
  for (let n = 0; n < 39; n++) {
    [state] = run(state, ready(n), enough(n), ready(n + 1), next);
    assert.ok(Object.keys(state.slots).length <= 3, JSON.stringify(state.slots));
  }
  for (const target of [3, 30, 31, 0, 39, 20]) {
    [state] = run(state, { type: "go", index: target }, ready(target), enough(target));
    assert.ok(Object.keys(state.slots).length <= 3);
  }
});

test("the end of an episode takes the same way as a swipe", () => {
  const [warm] = run(begin(3), open(0), ready(0), enough(0), ready(1));
  assert.deepEqual(run(warm, { type: "ended", index: 0 }), run(warm, next));
});

test("the end of the last episode stays there, and a tap begins it again", () => {
  const [state, effects] = run(begin(1), open(0), ready(0), { type: "ended", index: 0 });
  assert.equal(state.ended, true);
  assert.ok(!effects.includes("show 1"));
  const [again, more] = run(state, { type: "toggle" });
  assert.deepEqual(more, ["rewind 0", "play 0"]);
  assert.equal(again.ended, false);
});

test("a swipe beyond the first or the last episode does nothing", () => {
  const [state, effects] = run(begin(1), open(0), ready(0));
  assert.deepEqual(run(state, next, previous), [state, []]);
  assert.equal(effects.length, 3);
});

test("a failure is tried once more on the smallest picture, then told; nothing is skipped", () => {
  const failed = (final = false) => ({ type: "failed", index: 0, final });
  const [once, effects] = run(begin(2), open(0), ready(0), failed());
  assert.deepEqual(effects.slice(-2), ["release 0", "load 0 lowest"]);
  const [twice] = run(once, ready(0), failed());
  assert.equal(phaseOf(twice, 0), "failed");
  assert.equal(twice.current, 0);
  const [retried, more] = run(twice, { type: "retry", index: 0 });
  assert.deepEqual(more, ["release 0", "load 0"]);
  assert.equal(phaseOf(retried, 0), "warming");
});

test("a no of the server is told at once", () => {
  const [state] = run(begin(2), open(0), { type: "failed", index: 0, final: true });
  assert.equal(phaseOf(state, 0), "failed");
});

test("a neighbour that fails is let go without a word", () => {
  const [state, effects] = run(begin(2), open(0), ready(0), enough(0), { type: "failed", index: 1, final: false });
  assert.equal(phaseOf(state, 1), null);
  assert.equal(effects.at(-1), "release 1");
  assert.equal(phaseOf(state, 0), "playing");
});

test("a hidden page pauses, and warms nothing", () => {
  const [state, effects] = run(begin(2), open(0), ready(0), { type: "hide" }, enough(0));
  assert.equal(phaseOf(state, 0), "paused");
  assert.equal(effects.at(-1), "pause 0");
  const [back] = run(state, { type: "reveal" }, { type: "toggle" });
  assert.equal(phaseOf(back, 0), "playing");
});

test("a data saver warms nothing ahead", () => {
  const [, effects] = run(begin(2, true), open(0), ready(0), enough(0));
  assert.ok(!effects.some((e) => e.includes("ahead")));
});

test("whatever happens, the machine stays sound", () => {
  let seed = 7;
  const dice = (n) => (seed = (seed * 48271) % 2147483647) % n;
  for (let round = 0; round < 300; round++) {
    const count = 1 + dice(6);
    let state = begin(count, dice(2) === 1);
    state = step(state, open(dice(count)))[0];
    for (let n = 0; n < 60; n++) {
      const index = dice(count);
      const event = [
        next, previous, ready(index), enough(index), { type: "ended", index }, { type: "retry", index },
        { type: "failed", index, final: dice(3) === 0 }, { type: "toggle" }, { type: "hide" }, { type: "reveal" },
        { type: "frozen", index }, { type: "go", index }, { type: "saver", on: dice(2) === 1 }, { type: "resume" },
      ][dice(14)];
      const frozen = JSON.stringify(state);
      const before = state;
      let effects;
      [state, effects] = step(state, event);
      assert.equal(JSON.stringify(before), frozen, "a state is never changed in place");
      const alive = Object.keys(state.slots).map(Number);
      assert.ok(state.current >= 0 && state.current < count);
      assert.ok(alive.includes(state.current), "the current episode is always alive");
      assert.ok(alive.every((each) => Math.abs(each - state.current) <= 1));
      assert.ok(Object.entries(state.slots).every(([each, slot]) => slot.phase !== "playing" || Number(each) === state.current));
      assert.ok(effects.every((effect) => effect.index >= 0 && effect.index < count));
    }
  }
});

const locked = (index) => ({ type: "locked", index });

test("a locked neighbour gives its seat back and is asked for once", () => {
  const [state, effects] = run(begin(3), open(0), ready(0), enough(0), locked(1), enough(0), enough(0));
  assert.equal(effects.filter((e) => e === "load 1 ahead").length, 1);
  assert.ok(effects.includes("release 1"));
  assert.equal(phaseOf(state, 1), "locked");
});

test("swiping to a locked episode shows it, and plays and loads nothing", () => {
  const [there] = run(begin(3), open(0), ready(0), enough(0), locked(1));
  const [state, effects] = run(there, next);
  assert.deepEqual(effects, ["pause 0", "drain 0", "show 1"]);
  assert.equal(phaseOf(state, 1), "locked");
});

test("an episode that was opened loads and plays", () => {
  const [there] = run(begin(3), open(1), locked(1));
  const [state, effects] = run(there, { type: "unlocked", index: 1 }, ready(1));
  assert.deepEqual(effects, ["load 1", "play 1"]);
  assert.equal(phaseOf(state, 1), "playing");
});

test("who turns away from the wall finds the episode before as it was left", () => {
  const [there] = run(begin(3), open(0), ready(0), enough(0), locked(1), next);
  const [state, effects] = run(there, { type: "return", index: 0 });
  assert.ok(!effects.some((e) => e.startsWith("play") || e.startsWith("load")));
  assert.equal(phaseOf(state, 0), "paused");
  assert.equal(phaseOf(state, 1), "locked");
  assert.equal(state.current, 0);
});
