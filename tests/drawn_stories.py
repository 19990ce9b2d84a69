"""Stories drawn from a seed: choices to depth two, gathers, hubs, conditions and counters.

They end, whatever is chosen: diverts lead forward, and a hub's options are used up.
"""

import random
from pathlib import Path

CROCKFORD = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
NAMES = ("LIN", "CHEN", "MEI", "GU")
TALK = """
you never asked whose name stood on that paper and now it is too late for all of us
look at me when I say it because tomorrow nobody will believe that we were here
"""
WORDS = TALK.split()

HEIRESS = """\
# title:The Heiress Returns # lang:en
VAR trust = 0
VAR knows_secret = false
-> ep001
// LOC: "Ms. Lin" is cold and formal; keep the honorific in every language.
=== ep001 ===
# episode:1 # budget:90s
-> gala
= gala
# scene:INT. GRAND HOTEL BALLROOM - NIGHT # loc:hotel_ballroom
// SHOT: CU glass on marble, then whip to LIN, low angle
A champagne glass shatters. Every head turns. #id:ep001_gala_G7KD #beat:hook
// VO: almost a whisper; she has rehearsed this for three years
LIN: (ice) You invited me to my own funeral. #id:ep001_gala_A1X9
CHEN: You were dead. #id:ep001_gala_K2P0
LIN: I got better. #id:ep001_gala_ZZ81 #beat:reversal
-> terrace
= terrace
# scene:EXT. HOTEL TERRACE - CONTINUOUS # loc:hotel_terrace
MEI: Sign the papers, or he learns whose child it is. #id:ep001_terrace_Q7R2
* [Tell him. Now. #id:ep001_terrace_C001 #only:game #price:30]
    ~ trust += 1
    ~ knows_secret = true
    LIN: Then tell him. In front of everyone. #id:ep001_terrace_D4D4 #only:game
    -> ep002.corridor
* [Sign. #id:ep001_terrace_C002 #canon]
    LIN: (signing) You will choke on this ink. #id:ep001_terrace_E5E5 #beat:cliffhanger
    -> ep002
=== ep002 ===
# episode:2 # budget:75s
{ knows_secret: -> corridor | -> car }
= car
# scene:INT. CAR - NIGHT # loc:car
CHEN: Is the child mine? #id:ep002_car_F6F6 #beat:hook
-> END
= corridor
# scene:INT. HOTEL CORRIDOR - NIGHT # loc:hotel_corridor # only:game
CHEN: Say it again. #id:ep002_corridor_G7G7
{ trust > 0:
    LIN: She has your eyes. #id:ep002_corridor_H8H8
- else:
    LIN: Ask your mother. #id:ep002_corridor_R9R9
}
-> END
"""
HEIRESS_CANON = (
    "ep001_gala_G7KD", "ep001_gala_A1X9", "ep001_gala_K2P0", "ep001_gala_ZZ81",
    "ep001_terrace_Q7R2", "ep001_terrace_C002", "ep001_terrace_E5E5", "ep002_car_F6F6",
)  # fmt: skip
HEIRESS_YAML = """\
title: The Heiress Returns
language: en
cast:
  - {id: LIN}
  - {id: CHEN}
  - {id: MEI}
  - {id: GU}
locations:
  - {id: hotel_ballroom}
  - {id: hotel_terrace}
  - {id: hotel_corridor}
  - {id: car}
"""


CHAPTER = """\
---
{chapter: 1, title: My Own Funeral, adapts: [ep001.gala, ep001.terrace]}
---
The glass was still falling when Lin decided *not* to run. {#ch001_B2C3}

{{line:ep001_gala_A1X9|comma}} she said, and let the silence count
the guests for her. {#ch001_D4E5}

***

## On the terrace {#ch001_F6F7}

{{line:ep001_terrace_Q7R2}} {{line:ep001_gala_A1X9}} {#ch001_G8G8}

:::watch ep001.gala

:::play ep001.terrace
"""


def write_story(folder: Path, files: dict[str, str], project: str = HEIRESS_YAML) -> Path:
    """A story's folder with these files in it."""
    (folder / "script").mkdir(parents=True, exist_ok=True)
    (folder / "story.yaml").write_text(project, encoding="utf-8")
    for name, text in files.items():
        (folder / name).write_text(text, encoding="utf-8")
    return folder


def heiress_at(folder: Path) -> Path:
    """The Heiress Returns, in a folder, with a chapter."""
    (folder / "novel").mkdir(parents=True, exist_ok=True)
    return write_story(folder, {"script/main.ink": HEIRESS, "novel/ch001.md": CHAPTER})


class Draw:
    """One story being drawn."""

    def __init__(self, seed: int, episodes: int, scenes: int, lines: int) -> None:
        self.source = random.Random(seed)
        self.episodes, self.scenes, self.lines = episodes, scenes, lines
        self.count = 0

    def files(self) -> dict[str, str]:
        """main.ink and one file for each episode."""
        names = [f"ep{number:03}" for number in range(1, self.episodes + 1)]
        head = ["# title:Drawn # lang:en", "VAR trust = 0", "VAR seen = false"]
        head += [f"INCLUDE {name}.ink" for name in names] + [f"-> {names[0]}", ""]
        files = {"script/main.ink": "\n".join(head)}
        for number, name in enumerate(names):
            after = names[number + 1] if number + 1 < len(names) else "END"
            files[f"script/{name}.ink"] = "\n".join(self.episode(name, number + 1, after)) + "\n"
        return files

    def episode(self, name: str, number: int, after: str) -> list[str]:
        rows = [f"=== {name} ===", f"# episode:{number} # budget:90s", "-> s1"]
        for scene in range(1, self.scenes + 1):
            target = f"s{scene + 1}" if scene < self.scenes else after
            rows += self.scene(f"{name}_s{scene}", scene, target)
        return rows

    def scene(self, prefix: str, number: int, target: str) -> list[str]:
        rows = [f"= s{number}", "# scene:INT. CAR - NIGHT # loc:car"]
        rows += [self.line(prefix) for _ in range(self.lines)]
        form = self.source.choice(("plain", "choice", "nested", "hub", "condition"))
        rows += getattr(self, form)(prefix, target)
        return rows

    def plain(self, _prefix: str, target: str) -> list[str]:
        return [f"-> {target}"]

    def choice(self, prefix: str, target: str) -> list[str]:
        options = self.source.randint(2, 4)
        rows = []
        for option in range(options):
            mark = " #canon" if option == 0 else " #price:5" if option == 1 else ""
            rows += [self.option("*", prefix, mark), f"    {self.line(prefix)}"]
            rows += ["    ~ trust += 1"] if self.source.random() < 0.5 else []
        return [*rows, f"- {self.line(prefix)}", f"-> {target}"]

    def nested(self, prefix: str, target: str) -> list[str]:
        rows = [self.option("*", prefix, " #canon"), f"    {self.line(prefix)}"]
        for mark in (" #canon", ""):
            rows += [f"    {self.option('* *', prefix, mark)}", f"        {self.line(prefix)}"]
        rows += [self.option("*", prefix, ""), "    ~ seen = true", f"    {self.line(prefix)}"]
        return [*rows, f"- {self.line(prefix)}", f"-> {target}"]

    def hub(self, prefix: str, target: str) -> list[str]:
        rows = ["- (hub)"]
        for _ in range(2):
            rows += [self.option("*", prefix, ""), f"    {self.line(prefix)}", "    -> hub"]
        return [*rows, self.option("+", prefix, " #canon"), f"    -> {target}"]

    def condition(self, prefix: str, target: str) -> list[str]:
        test = self.source.choice(("trust > 1", "seen", "trust < 3 and not seen"))
        return [
            "{ " + test + ":", f"    {self.line(prefix)}", "- else:", f"    {self.line(prefix)}",
            "    ~ trust += 1", "}", f"-> {target}",
        ]  # fmt: skip

    def line(self, prefix: str) -> str:
        words = " ".join(self.source.choices(WORDS, k=self.source.randint(4, 10)))
        name = self.source.choice((*(f"{name}: " for name in NAMES), ""))
        return f"{name}{words.capitalize()}. #id:{self.id(prefix)}"

    def option(self, mark: str, prefix: str, tags: str) -> str:
        words = " ".join(self.source.choices(WORDS, k=3)).capitalize()
        return f"{mark} [{words}. #id:{self.id(prefix)}{tags}]"

    def id(self, prefix: str) -> str:
        self.count += 1
        number, digits = self.count, ""
        for _ in range(4):
            number, digit = divmod(number, 32)
            digits = CROCKFORD[digit] + digits
        return f"{prefix}_{digits}"


def drawn_files(seed: int, episodes: int = 3, scenes: int = 3, lines: int = 2) -> dict[str, str]:
    """The files of a story drawn from a seed."""
    return Draw(seed, episodes, scenes, lines).files()


def whole_work(seed: int = 1) -> dict[str, str]:
    """A work of 80 episodes with some 5,000 lines."""
    return drawn_files(seed, episodes=80, scenes=4, lines=13)


def whole_novel(chapters: int = 80, blocks: int = 200) -> dict[str, str]:
    """Chapters of a long novel, each quoting lines of its episode of the whole work."""
    work = whole_work()
    files = {}
    for number in range(1, chapters + 1):
        script = work[f"script/ep{number:03}.ink"].split("\n")
        ids = [
            row.split("#id:")[1].split()[0] for row in script if "#id:" in row and "[" not in row
        ]
        rows = [
            "---",
            f"{{chapter: {number}, title: Chapter {number}, adapts: [ep{number:03}.s1]}}",
            "---",
        ]
        for block in range(blocks):
            mark = f"{{#ch{number:03}_{CROCKFORD[block // 32]}{CROCKFORD[block % 32]}00}}"
            quote = (
                f"{{{{line:{ids[block % len(ids)]}|comma}}}} she said. " if block % 3 == 0 else ""
            )
            rows += [f"{quote}{TALK.replace(chr(10), ' ').strip()}. {mark}", ""]
        files[f"novel/ch{number:03}.md"] = "\n".join(rows)
    return files
