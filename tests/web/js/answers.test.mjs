import assert from "node:assert/strict";
import { test } from "node:test";
import { bodyOf } from "../../../src/silkreel/web/ui/shared/answers.js";

const cutShort = (error, status = 200) => {
  const begun = new ReadableStream({
    start(controller) {
      controller.enqueue(new TextEncoder().encode('{"findings": ['));
      controller.error(error);
    },
  });
  return new Response(begun, { status });
};

test("an answer is read whole, and one that says nothing is null", async () => {
  assert.deepEqual(await bodyOf(new Response('{"a": 1}')), { a: 1 });
  assert.equal(await bodyOf(new Response(null, { status: 204 })), null);
  assert.equal(await bodyOf(new Response("", { status: 202 })), null);
});

test("an answer cut short or given up is not taken for an empty one", async () => {
  const left = new DOMException("left the page", "AbortError");
  await assert.rejects(bodyOf(cutShort(left)), { name: "AbortError" });
  await assert.rejects(bodyOf(cutShort(new TypeError("network error"))), TypeError);
  await assert.rejects(bodyOf(new Response('{"findings": [')), SyntaxError);
});

test("a no that is not JSON is null, so that its status speaks", async () => {
  assert.equal(await bodyOf(new Response("<h1>Bad gateway</h1>", { status: 502 })), null);
  assert.deepEqual(await bodyOf(new Response('{"code": "x"}', { status: 404 })), { code: "x" });
});
