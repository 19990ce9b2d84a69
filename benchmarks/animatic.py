"""What an animatic costs: CPU seconds per second of picture, and the wait for one changed line.

An episode of some 65 seconds and 30 lines in two places, drawn from a seed, spoken by espeak-ng.
Counted is everything the command does, with its start and its children, once Python has kept its
modules compiled. The peer is the program ffmpeg, which codes the finished film's frames again at its
preset `veryfast`. The limits in seconds hold on a quiet machine; the ratio to ffmpeg holds on a busy
one too.

Run: python benchmarks/animatic.py [--moving] [--json]
"""

import argparse
import json
import os
import random
import re
import resource
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from silkreel.story.ids import CROCKFORD

LINES = 30
LIMITS = {"still": 0.2, "moving": 0.6}  # CPU seconds per second of picture
MARKS = {"still": 2.5, "moving": 6.0}  # times what ffmpeg takes for the same frames
CHANGED_LINE_SECONDS = 5.0
WORDS = (  # noqa: SIM905 - a sentence is easier to read than a list
    "you never asked whose name stood on that paper and now it is too late for all of us"
).split()
PROJECT = """\
title: Bench
language: en
cast: [{id: ANNA, name: Anna}, {id: BEN, name: Ben}, {id: MEI, name: Mei}]
locations: [{id: lobby}, {id: roof}]
rhythm_profile: {rates: {en: 2.5 words/s, action: 2.5 s/beat}}
"""


@dataclass(frozen=True, slots=True)
class Spent:
    """What one run took."""

    cpu_seconds: float
    wall_seconds: float


def story(folder: Path, lines: int = LINES) -> None:
    chance = random.Random(7)
    rows = ["# title:Bench # lang:en", "-> ep001", "=== ep001 ===", "# episode:1 # budget:90s"]
    for scene, heading in (("lobby", "INT. LOBBY - NIGHT"), ("roof", "EXT. ROOF - DUSK")):
        rows += [f"-> {scene}", f"= {scene}", f"# scene:{heading} # loc:{scene}"]
        for number in range(lines // 2):
            text = " ".join(chance.sample(WORDS, 6)).capitalize()
            digits = "".join(chance.choices(CROCKFORD, k=4))
            who = ("ANNA", "BEN", "MEI")[number % 3]
            said = f"{text}." if number % 7 == 3 else f"{who}: {text}."
            rows.append(f"{said} #id:ep001_{scene}_{digits}")
    rows.append("-> END")
    (folder / "script").mkdir(parents=True)
    (folder / "story.yaml").write_text(PROJECT)
    (folder / "script/main.ink").write_text("\n".join(rows) + "\n")


def run(words: Sequence[str], environment: dict[str, str] | None = None) -> tuple[Spent, str]:
    before, began = resource.getrusage(resource.RUSAGE_CHILDREN), time.perf_counter()
    done = subprocess.run(words, capture_output=True, text=True, check=False, env=environment)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    if done.returncode:
        sys.exit(f"{' '.join(words)}: {done.stderr[-800:]}")
    cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return Spent(cpu, time.perf_counter() - began), done.stdout


def animatic(folder: Path, *, moving: bool) -> tuple[Spent, dict[str, object]]:
    words = [sys.executable, "-m", "silkreel", "--home", str(folder / "home"), "story", "animatic"]
    words += [str(folder / "bench"), "--episode", "1", "--json"] + ([] if moving else ["--draft"])
    spent, told = run(words, {**os.environ, "SILKREEL_SPEAKERS": "espeak"})
    return spent, json.loads(told)


def main() -> int:
    parser = argparse.ArgumentParser()
    parser.add_argument("--moving", action="store_true", help="moving shots instead of stills")
    parser.add_argument("--json", action="store_true")
    told = parser.parse_args()
    for program in ("espeak-ng", "ffmpeg"):
        if shutil.which(program) is None:
            sys.exit(f"{program} is not installed")
    kind = "moving" if told.moving else "still"
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary)
        os.environ |= {"PYTHONDONTWRITEBYTECODE": "", "PYTHONPYCACHEPREFIX": f"{folder}/compiled"}
        story(folder / "warm/bench", 2)
        animatic(folder / "warm", moving=False)  # after it Python has kept its modules compiled
        story(folder / "bench")
        first, made = animatic(folder, moving=told.moving)
        again, _ = animatic(folder, moving=told.moving)
        script = folder / "bench/script/main.ink"
        script.write_text(re.sub(r"ANNA: (\w+)", r"ANNA: Listen, \1", script.read_text(), count=1))
        changed, after = animatic(folder, moving=told.moving)
        film = str(made["film"])
        peer, _ = run(
            ["ffmpeg", "-v", "error", "-i", film, "-an", "-c:v", "libx264", "-preset", "veryfast",
             "-crf", "21", "-threads", "1", "-f", "null", "-"]
        )  # fmt: skip
    seconds = float(str(made["length_seconds"]))
    per_second, ratio = first.cpu_seconds / seconds, first.cpu_seconds / peer.cpu_seconds
    figures = {
        "kind": kind, "length_seconds": seconds, "shots": made["drawn"], "first": asdict(first),
        "again": asdict(again), "changed": asdict(changed), "drawn_again": after["drawn"],
        "ffmpeg": asdict(peer), "cpu_per_second": round(per_second, 3), "ratio": round(ratio, 2),
    }  # fmt: skip
    if told.json:
        print(json.dumps(figures))
    else:
        print(f"{seconds:.1f} s of film, {made['drawn']} shots ({kind}):")
        print(f"  made        {first.cpu_seconds:6.1f} CPU-s = {per_second:.2f} a second of picture"
              f" (limit {LIMITS[kind]}), {first.wall_seconds:.1f} s")  # fmt: skip
        print(f"  again       {again.cpu_seconds:6.1f} CPU-s, {again.wall_seconds:.1f} s")
        print(f"  one line    {changed.cpu_seconds:6.1f} CPU-s, {changed.wall_seconds:.1f} s,"
              f" {after['drawn']} shot drawn (limit {CHANGED_LINE_SECONDS} s)")  # fmt: skip
        print(f"  ffmpeg      {peer.cpu_seconds:6.1f} CPU-s for the same frames; ratio {ratio:.1f}"
              f" (mark {MARKS[kind]})")  # fmt: skip
    return 0 if ratio <= MARKS[kind] and after["drawn"] == 1 else 1


if __name__ == "__main__":
    sys.exit(main())
