"""How long a check of a whole work takes: 80 episodes, some 5,000 lines, made by a seed.

Prints seconds, and the ratio against simply reading the files and splitting each line by one regex:
what any tool must spend before it knows anything. With --full the story is also compiled and its
canon walked, as `silkreel story check` does.

    python benchmarks/story.py [--episodes 80] [--lines 62] [--seed 1] [--full]
"""

import argparse
import os
import random
import re
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path
from statistics import median

from silkreel.story.checking import check, look_into
from silkreel.story.ids import CROCKFORD
from silkreel.story.lints.evidence import Evidence
from silkreel.story.project import open_story
from silkreel.story.stamping import stamp_story, write_stamped

GOAL_SECONDS = 3.0
ROUNDS = 5
CAST = ("LIN", "CHEN", "MEI", "GU", "ZHOU", "QIN")
PLACES = ("ballroom", "terrace", "car", "corridor", "office", "clinic")
WORDS = (  # noqa: SIM905 - a sentence is easier to read than a list
    "you knew the child was mine and said nothing for three years while I paid for every door that "
    "closed behind me now open this one or I will tell him whose name is on the letter tonight"
).split()
SPLIT = re.compile(r"^\s*(?:([A-Z. ]+):)?\s*(\([^)]*\))?\s*(.*?)((?:#\S+\s*)*)$")


def make(folder: Path, episodes: int, lines: int, seed: int) -> None:
    """Write a story: scenes, choices that come together again, a variable, hooks."""
    chance = random.Random(seed)
    (folder / "script").mkdir()
    cast = "".join(f"  - {{id: {name}}}\n" for name in CAST)
    places = "".join(f"  - {{id: {name}}}\n" for name in PLACES)
    (folder / "story.yaml").write_text(
        f"title: Generated\nlanguage: en\ncast:\n{cast}locations:\n{places}"
        "rhythm_profile: {state: accepted, by: benchmark, rates: {en: 2.5 words/s, action: 2.5 s/beat}}\n"
    )
    names = [f"ep{number:03}" for number in range(1, episodes + 1)]
    includes = "".join(f"INCLUDE {name}.ink\n" for name in names)
    (folder / "script/main.ink").write_text(f"VAR trust = 0\n{includes}-> ep001\n")
    for number, name in enumerate(names, start=1):
        after = names[number] if number < episodes else "END"
        text = episode(name, number, after, lines, chance)
        (folder / f"script/{name}.ink").write_text(text)
    story = open_story(folder)
    write_stamped(story, stamp_story(story, lambda: "".join(chance.choices(CROCKFORD, k=4))))


def episode(name: str, number: int, after: str, lines: int, chance: random.Random) -> str:
    """Three scenes; the second ends in a choice, the third opens on what was chosen."""
    rows = [f"=== {name} ===", f"# episode:{number} # budget:90s", "-> a"]
    for scene, place in zip("abc", chance.sample(PLACES, 3), strict=True):
        rows += [f"= {scene}", f"# scene:INT. {place.upper()} - NIGHT # loc:{place}"]
        rows += [line(chance) for _ in range((lines - 6) // 3)]
        if scene == "a":
            rows += ["-> b"]
        elif scene == "b":
            rows += [
                "* [Tell him. #canon]", f"    {line(chance)}", "    ~ trust += 1", "    -> c",
                "* [Keep quiet. #only:game #price:20]", f"    {line(chance)}", "    -> c",
                "* [Leave. #only:game]", "    -> c",
            ]  # fmt: skip
        else:
            rows += ["{ trust > 3:", f"    {line(chance)}", "- else:", f"    {line(chance)}", "}"]
            rows += [f"-> {after}"]
    return "\n".join(rows) + "\n"


def line(chance: random.Random) -> str:
    """Speech, mostly; sometimes with a direction, sometimes action."""
    said = " ".join(chance.choices(WORDS, k=chance.randint(3, 12))).capitalize() + "."
    if chance.random() < 0.2:
        return said
    direction = "(low) " if chance.random() < 0.2 else ""
    return f"{chance.choice(CAST)}: {direction}{said}"


def split_only(folder: Path) -> int:
    """Read every file and split every line by one regex."""
    count = 0
    for path in sorted((folder / "script").glob("*.ink")):
        for row in path.read_text(encoding="utf-8").split("\n"):
            count += SPLIT.match(row) is not None
    return count


def static(folder: Path) -> int:
    """Read, parse and run every check that needs no compiler."""
    return len(check(Evidence(open_story(folder))))


def full(folder: Path) -> int:
    """What `silkreel story check` does: also compile, play the canon, compare ids."""
    return len(check(look_into(open_story(folder))))


@dataclass(frozen=True)
class Spent:
    """Seconds by the clock, and of computing in this process and its children."""

    wall: float
    cpu: float


def seconds(work, folder: Path, rounds: int) -> Spent:
    """The medians of some rounds."""
    wall, cpu = [], []
    for _ in range(rounds):
        started, computed = time.perf_counter(), sum(os.times()[:4])
        work(folder)
        wall.append(time.perf_counter() - started)
        cpu.append(sum(os.times()[:4]) - computed)
    return Spent(median(wall), median(cpu))


def told(name: str, spent: Spent, base: Spent) -> str:
    """A row of the table."""
    ratio = spent.wall / base.wall
    return f"{name:27}{spent.wall:7.3f} s   {spent.cpu:7.3f} CPU-s   {ratio:6.1f} times"


def main() -> int:
    """Make a story, time it, print it."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--episodes", type=int, default=80)
    parser.add_argument("--lines", type=int, default=62)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--full", action="store_true")
    args = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        make(folder, args.episodes, args.lines, args.seed)
        story = open_story(folder)
        base = seconds(split_only, folder, ROUNDS)
        mine = seconds(static, folder, ROUNDS)
        print(f"{len(story.episodes)} episodes, {len(story.lines)} lines, seed {args.seed}")
        print(told("read and split by a regex", base, base))
        print(told("every static check", mine, base))
        whole = mine
        if args.full:
            whole = seconds(full, folder, 1)
            print(told("with compiling and playing", whole, base))
        met = whole.wall <= GOAL_SECONDS
        print(f"goal {GOAL_SECONDS} s: {'met' if met else 'missed'}; load {os.getloadavg()[0]:.1f}")
    return 0 if met else 1


if __name__ == "__main__":
    sys.exit(main())
