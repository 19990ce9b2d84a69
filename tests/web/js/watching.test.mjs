import assert from "node:assert/strict";
import { test } from "node:test";
import { countWatching } from "../../../src/silkreel/web/ui/player/watching.js";

globalThis.addEventListener ??= () => {};
globalThis.removeEventListener ??= () => {};

function playing() {
  const video = { paused: false };
  return {
    current: { video }, waiting: { value: false }, bundle: { value: { base: "/play/x/" } },
    state: { value: { current: 0 } }, episodes: [{ id: "e1" }, { id: "e2" }],
  };
}

test("ten seconds of play are told, pauses and waiting are not, and a no ends it", async (t) => {
  t.mock.timers.enable({ apis: ["setInterval"] });
  const pool = playing(), told = [];
  let counts = true;
  const stop = countWatching(pool, async (id, what) => (told.push([id, what.seconds]), { counts }));
  const pass = async (seconds) => {
    for (let n = 0; n < seconds; n += 1) { t.mock.timers.tick(1000); await null; }
  };
  await pass(9);
  pool.current.video.paused = true;
  await pass(30);
  pool.current.video.paused = false;
  pool.waiting.value = true;
  await pass(30);
  assert.deepEqual(told, []);
  pool.waiting.value = false;
  await pass(1);
  assert.deepEqual(told, [["e1", 10]]);
  await pass(3);
  pool.state.value.current = 1; // the rest of an episode is told when the next one begins
  await pass(1);
  assert.deepEqual(told, [["e1", 10], ["e1", 13]]);
  counts = false;
  await pass(60);
  assert.deepEqual(told.slice(2), [["e2", 10]]);
  stop();
});
