"""A story grows by an episode or a chapter: a file that already passes for one, to be written over."""

import re
from collections.abc import Iterable
from pathlib import Path
from typing import Literal

from silkreel.kit.database import Session
from silkreel.kit.refusals import Refusal
from silkreel.people.actors import Actor
from silkreel.story.desk.saving import Saved, paths_of, put, read, take_stock
from silkreel.story.desk.shelf import Shelf, hold
from silkreel.story.project import Story, open_story

Part = Literal["episode", "chapter"]
MOST_PARTS = 999  # numbers have three digits
_NUMBER = re.compile(r"(?:ep|ch)(\d{3})")

EPISODE = """=== {name} ===
# episode:{number}{title}
-> opening

= opening
# scene:INT. SOMEWHERE - DAY
Something happens.
-> END
"""
CHAPTER = """---
{{chapter: {number}, title: "{title}", adapts: []}}
---
"""


class TooManyParts(Refusal):
    """More episodes or chapters than numbers."""

    status = 409
    message = "A story has at most {most} episodes and as many chapters."


def add_part(tx: Session, shelf: Shelf, name: str, part: Part, title: str, *, by: Actor) -> Saved:
    """A new episode behind the last, or a new chapter; nothing leads there yet, which the checks say.

    Raises:
        NotYours, NoSuchStory, BadStoryFile, TooManyParts: it cannot be added.
    """
    by.need("story.edit")
    folder = hold(tx, shelf, name, by)
    story = open_story(folder)
    clean = " ".join(re.sub(r'["#{}\\|/\[\]]', " ", title).split())
    if part == "chapter":
        number = _next(Path(p).stem for p in paths_of(folder) if p.startswith("novel/"))
        text = CHAPTER.format(number=number, title=clean or f"{number}")
        return put(tx, folder, f"novel/ch{number:03d}.md", text, "saved", by=by)
    number = _next(each.name for each in story.episodes)
    told = f" # title:{clean}" if clean else ""
    text = EPISODE.format(name=f"ep{number:03d}", number=number, title=told)
    return _episode(tx, folder, story, number, text, by)


def _episode(tx: Session, folder: Path, story: Story, number: int, text: str, by: Actor) -> Saved:
    main = story.main.path
    take_stock(tx, folder, main, by)
    there = read(folder, main)
    if not story.main.included_at:
        return put(tx, folder, main, f"{there.rstrip()}\n\n{text}", "saved", by=by)
    base = main.rpartition("/")[0]
    file = f"ep{number:03d}.ink"
    made = put(tx, folder, f"{base}/{file}".lstrip("/"), text, "saved", by=by)
    rows = there.split("\n")
    last = story.main.included_at[-1][1].line
    put(
        tx, folder, main, "\n".join([*rows[:last], f"INCLUDE {file}", *rows[last:]]), "saved", by=by
    )
    return made


def _next(names: Iterable[str]) -> int:
    numbers = [int(found[1]) for each in names if (found := _NUMBER.fullmatch(each))]
    number = max(numbers, default=0) + 1
    if number > MOST_PARTS:
        raise TooManyParts(most=MOST_PARTS)
    return number
