import assert from "node:assert/strict";
import { test } from "node:test";
import { keyFor, isFinal, once } from "../../../src/silkreel/web/ui/shared/keys.js";

/** A browser's storage, small. */
const kept = new Map();
globalThis.localStorage = { getItem: (k) => kept.get(k) ?? null, setItem: (k, v) => kept.set(k, v), removeItem: (k) => kept.delete(k) };

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;
const no = (status) => Object.assign(new Error("no"), { status });

test("a purchase keeps its key until an answer has come", async () => {
  const first = keyFor("unlock:a:45");
  assert.match(first, UUID);
  assert.equal(keyFor("unlock:a:45"), first);
  assert.notEqual(keyFor("unlock:b:45"), first);
  const sent = [];
  await once("unlock:a:45", async (key) => sent.push(key));
  assert.deepEqual(sent, [first]);
  assert.notEqual(keyFor("unlock:a:45"), first, "the next one is another purchase");
});

test("after a lost line or a crash of the server the same key is sent again", async () => {
  for (const status of [0, 500, 503, 504, 429]) {
    const sent = [];
    const lose = (key) => {
      sent.push(key);
      throw no(status);
    };
    await assert.rejects(once("unlock:c", lose));
    await assert.rejects(once("unlock:c", lose));
    assert.equal(sent[0], sent[1], `after ${status}`);
  }
});

test("a plain no ends the key: nothing was charged", async () => {
  for (const status of [402, 404, 409, 422, 423]) {
    assert.ok(isFinal(no(status)));
    const before = keyFor("unlock:d");
    await assert.rejects(once("unlock:d", () => Promise.reject(no(status))));
    assert.notEqual(keyFor("unlock:d"), before);
  }
});

test("a key that another tab has let go is not brought back", () => {
  const before = keyFor("order:bundle:500");
  kept.set("silkreel.keys", "{}");
  assert.notEqual(keyFor("order:bundle:500"), before);
});

test("a key that nobody asked about for a week is forgotten", () => {
  const week = 8 * 24 * 3600 * 1000;
  kept.set("silkreel.keys", JSON.stringify({ "order:old": { key: "stale", when: Date.now() - week } }));
  assert.match(keyFor("order:old"), UUID);
});

test("where storage is forbidden a double tap still has one key", () => {
  const storage = globalThis.localStorage;
  globalThis.localStorage = { getItem: () => assert.fail(), setItem: () => assert.fail() };
  try {
    assert.equal(keyFor("unlock:e"), keyFor("unlock:e"));
  } finally {
    globalThis.localStorage = storage;
  }
});
