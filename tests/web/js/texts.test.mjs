import assert from "node:assert/strict";
import test from "node:test";
import { carryCaret, carryOver, hunk, pieces } from "../../../src/silkreel/web/ui/desk/stories/texts.js";

const lines = (...rows) => rows.join("\n");

test("the stretch in which two texts differ is the smallest one", () => {
  assert.deepEqual(hunk(["a", "b", "c"], ["a", "x", "c"]), { first: 1, end: 2, rows: ["x"] });
  assert.deepEqual(hunk(["a", "b"], ["a", "b"]), { first: 2, end: 2, rows: [] });
  assert.deepEqual(hunk(["a", "c"], ["a", "b", "c"]), { first: 1, end: 1, rows: ["b"] });
  assert.deepEqual(hunk(["a", "a"], ["a"]), { first: 1, end: 2, rows: [] });
});

test("what was typed while saving joins what others changed", () => {
  const sent = lines("a", "b", "c", "d");
  assert.equal(carryOver(sent, sent, "typed"), "typed");
  assert.equal(carryOver(sent, lines("A", "new", "b", "c", "d"), lines("a", "b", "c", "D!")), lines("A", "new", "b", "c", "D!"));
  assert.equal(carryOver(sent, lines("a", "b", "c", "D"), lines("A!", "more", "b", "c", "d")), lines("A!", "more", "b", "c", "D"));
  assert.equal(carryOver(sent, lines("a", "X", "c", "d"), lines("a", "Y", "c", "d")), null);
});

test("a caret stays with its line when lines come in above", () => {
  const before = lines("a", "b", "cde");
  const after = lines("a", "new", "b", "cde");
  assert.equal(after.slice(0, carryCaret(before, after, before.length - 1)).split("\n").length, 4);
});

test("the coloured pieces of a line are the line", () => {
  const rows = [
    "MEI (V.O.): (low) Not now. #id:ep001_a_B2C3 #beat:hook", "* [Go. #id:ep001_a_B2C4 #canon]", "=== ep001 ===", "= gala",
    "# episode:1 # title:A", "// LOC: note", "{ trust > 0:", "- else:", "~ trust += 1", "-> END", "", "A hand. #id:ep001_a_B2C5",
    "林（冷）：你好。 #id:ep001_a_B2C6", "    LEO: Yes: no.", "VAR x = 1", "\\# no tag",
  ];
  for (const row of rows) assert.equal(pieces(row).map((piece) => piece.text).join(""), row);
  assert.deepEqual(pieces(rows[0]).map((piece) => piece.kind), ["name", "aside", "colon", "aside", "speech", "tag", "mark"]);
  assert.equal(pieces(rows[12])[0].kind, "name");
});
