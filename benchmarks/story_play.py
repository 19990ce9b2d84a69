"""How fast a whole work is compiled, played, walked and bound, against bare inkjs in node.

A work of 80 episodes drawn from a seed (some 5,600 lines and options, 335 kB of ink). Ours runs in
a child that can be killed; the peer is inkjs alone in the program node, doing the same with the
same files in the same run. Starts of processes count for compiling on both sides, and for playing
on neither. The limits in seconds hold on a quiet machine; the marks are ratios and hold on any.

Run: python benchmarks/story_play.py [--walks 20] [--json]
"""

import argparse
import json
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parent.parent / "tests"))

from drawn_stories import whole_novel, whole_work, write_story
from silkreel.story.book import open_book, reading_of
from silkreel.story.compile import compile_ink, ink_of
from silkreel.story.forms.epub import write_epub
from silkreel.story.inkjs import inkjs_source
from silkreel.story.playing import open_play
from silkreel.story.project import open_story
from silkreel.story.reach import reach

LIMITS = {"compile": 3.0, "playthrough": 0.5, "epub": 5.0}  # seconds, on a quiet machine
MARKS = {"compile": 2.0, "playthrough": 1.0}  # ratios to the peer, which hold on a busy one too
PEER = """
const vm = require("vm");
const given = JSON.parse(require("fs").readFileSync(0, "utf8"));
const context = vm.createContext({ given });
vm.runInContext(given.script, context);
const time = (work) => {
  const began = performance.now();
  work();
  return (performance.now() - began) / 1000;
};
const run = (text) => vm.runInContext(text, context);
const told = {};
told.compile = time(() => run("made = silkreel.compile(given.entry, given.files).story"));
told.load = time(() => run("silkreel.open(made); silkreel.restart()"));
told.playthrough = time(() => run(`
  shown = 0;
  for (;;) {
    const stop = silkreel.advance(10000);
    shown += stop.lines.filter(([text]) => text.trim()).length;
    if (!stop.options.length) break;
    const canon = stop.options.findIndex((o) => o[1].some((tag) => tag.trim() === "canon"));
    silkreel.choose(Math.max(canon, 0));
  }`));
told.shown = run("shown");
process.stdout.write(JSON.stringify(told));
"""


def timed(work: Callable[[], Any]) -> tuple[float, Any]:
    began = time.perf_counter()
    value = work()
    return time.perf_counter() - began, value


def peer(entry: str, files: dict[str, str]) -> dict[str, float]:
    """Seconds of bare inkjs in node; `whole` counts its start."""
    order = {"script": inkjs_source(), "entry": entry, "files": files}
    began = time.perf_counter()
    done = subprocess.run(
        ["node", "--eval", PEER], input=json.dumps(order).encode(), capture_output=True, check=True
    )
    told = json.loads(done.stdout)
    return {**told, "whole": time.perf_counter() - began}


def ours(folder: Path, walks: int) -> dict[str, float]:
    """Seconds of ours, by what is done."""
    seconds: dict[str, float] = {}
    seconds["read and parse"], story = timed(lambda: open_story(folder))
    seconds["compile"], compiled = timed(lambda: compile_ink(ink_of(story)))
    made = compiled.json()
    seconds["reach"], reached = timed(lambda: reach(made))
    for runtime in ("bink", "inkjs"):
        with open_play(made, runtime=runtime) as player:
            player.restart()  # started and loaded: what follows is play
            told = "playthrough" if runtime == "bink" else "playthrough in V8"
            seconds[told], walk = timed(player.canon)
            seconds["shown"] = len(walk.ids) - len(walk.choices)
    began = time.perf_counter()
    with open_play(made) as player:
        player.replay(walk.choices, reached.ids)
        seconds["replay in a fresh child"] = time.perf_counter() - began
        seconds["one walk"] = timed(lambda: player.walks(1, 0, walks, {}))[0] / walks
    book = open_book(story, "whole")
    reading = reading_of(story, "en")
    seconds["epub"], packed = timed(lambda: write_epub(book, reading))
    assert packed == write_epub(book, reading), "the same book has the same bytes"
    return seconds


def main() -> None:
    options = argparse.ArgumentParser()
    options.add_argument("--walks", type=int, default=20)
    options.add_argument("--json", action="store_true")
    told = options.parse_args()
    files = whole_work()
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place)
        (folder / "novel").mkdir()
        write_story(folder, {**files, **whole_novel()})
        mine = ours(folder, told.walks)
    theirs = peer("script/main.ink", files)
    assert mine["shown"] == theirs["shown"], "both must have played the same"
    ratios = {
        "compile": mine["compile"] / (theirs["whole"] - theirs["load"] - theirs["playthrough"]),
        "playthrough": mine["playthrough"] / theirs["playthrough"],
    }
    lines = sum(text.count("#id:") for text in files.values())
    result = {
        "at": datetime.now(UTC).isoformat(timespec="seconds"), "lines": lines, "seconds": mine,
        "inkjs in node": theirs, "ratios": ratios, "limits": LIMITS,
    }  # fmt: skip
    if told.json:
        print(json.dumps(result, indent=1))
    else:
        report(result)
    sys.exit(0 if all(ratios[name] <= most for name, most in MARKS.items()) else 1)


def report(result: dict[str, Any]) -> None:
    print(f"80 episodes, {result['lines']} lines and options; seconds")
    for name, seconds in result["seconds"].items():
        if name != "shown":
            most = result["limits"].get(name)
            print(f"  {name:24} {seconds:7.3f}" + (f"   limit {most}" if most else ""))
    for name in ("compile", "playthrough", "whole"):
        print(f"  inkjs in node: {name:9} {result['inkjs in node'][name]:7.3f}")
    for name, ratio in result["ratios"].items():
        print(f"  {name}: {ratio:.2f} of bare inkjs in node (mark {MARKS[name]})")


if __name__ == "__main__":
    main()
