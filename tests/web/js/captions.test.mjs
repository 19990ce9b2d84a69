import assert from "node:assert/strict";
import { test } from "node:test";
import { cuesAt, parseCaptions } from "../../../src/silkreel/web/ui/player/captions.js";

const FILE = `\ufeffWEBVTT
X-TIMESTAMP-MAP=MPEGTS:0,LOCAL:00:00:00.000

ep001_7k2m
00:00:01.000 --> 00:00:02.500 line:72%
Tom &amp; <i>Ana</i>
second &lt;line&gt;

NOTE a remark

00:02.000 --> 00:04.000
no id

01:00:00.000 --> 01:00:01.000
late
`;

test("cues keep their line ids, times, place and plain text", () => {
  const [first, second, third] = parseCaptions(FILE);
  assert.deepEqual(first, { id: "ep001_7k2m", start: 1, end: 2.5, text: "Tom & Ana\nsecond <line>", line: 0.72 });
  assert.deepEqual([second.id, second.start, second.text], ["", 2, "no id"]);
  assert.equal(third.start, 3600);
});

test("cues are found by time, and may overlap", () => {
  const cues = parseCaptions(FILE);
  assert.equal(cuesAt(cues, 0.5).length, 0);
  assert.equal(cuesAt(cues, 1).length, 1);
  assert.equal(cuesAt(cues, 2.2).length, 2);
  assert.equal(cuesAt(cues, 2.5).length, 1);
});

test("odd files give no cues and no errors", () => {
  for (const text of ["", "WEBVTT", "\n\n\n", "WEBVTT\n\nnonsense --> here\nx", "WEBVTT\r\n\r\n00:01.000 --> 00:02.000\r\n\r\n"])
    assert.ok(parseCaptions(text).every((cue) => cue.text === ""));
});

test("windows line ends are read too", () => {
  assert.equal(parseCaptions(FILE.replaceAll("\n", "\r\n")).length, 3);
});
