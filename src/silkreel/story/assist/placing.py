"""Where a drafted scene lands: at the end of its episode, or as the first of one, with ways in and out.

Nothing that was approved changes: an episode with a final line takes no scene, and where the way into a new
one would have to be laid through approved text, the checks say that nobody comes there (DRM006).
"""

import re
from collections.abc import Iterator, Sequence

from silkreel.story.assist.answers import Change
from silkreel.story.assist.carding import check_same_paragraphs, planned_row
from silkreel.story.assist.landing import Stale
from silkreel.story.grammar import raw_tag
from silkreel.story.parsing import parse
from silkreel.story.patching import FINAL
from silkreel.story.project import Story
from silkreel.story.script import Choice, Comment, Divert, Episode, Gather, Logic, Placed, Tag, walk
from silkreel.story.source import read_source

END = "END"


def staged(story: Story, change: Change) -> tuple[str, str]:
    """The file a drafted scene comes into and the text it then has; it gets its ids by stamping.

    Raises:
        Stale: the episode takes other paragraphs by now, is approved, or does not end in one way out.
    """
    number = int(change.place.removeprefix("ep"))
    row = planned_row(story.folder, number)
    if row is None:
        raise Stale(why=f"episode {number} is not in the plan any more")
    check_same_paragraphs(read_source(story.folder), row, change)
    there = next((each for each in story.episodes if each.number == number), None)
    if there is not None:
        return there.at.file, _with_scene(story, there, change.text)
    if any(each.name == change.place for each in story.episodes):
        raise Stale(why=f"{change.place} is a knot without # episode:{number}")
    return story.main.path, _with_episode(story, number, str(row.get("title", "")), change.text)


def _with_scene(story: Story, episode: Episode, text: str) -> str:
    """A further scene at an episode's end: its last way out leads into the scene, and the scene out."""
    own = [
        p for p in _placed(story, episode.at.file) if p.episode and p.episode.name == episode.name
    ]
    if any(each.inherited("ws") == FINAL for each in own):
        raise Stale(why=f"{episode.name} is approved; its words stay")
    last = _only_way_out(own)
    rows = story.texts[episode.at.file].split("\n")
    if last is None or rows[last.at.line - 1].strip() != f"-> {last.target}":
        raise Stale(why=f"{episode.name} does not end in one way out; write on by hand")
    name = _scene_name(text, [scene.name for scene in episode.scenes])
    rows[last.at.line - 1 : last.at.line] = [f"-> {name}", *_scene(name, text, last.target)]
    return "\n".join(rows)


def _only_way_out(own: Sequence[Placed]) -> Divert | None:
    """The divert an episode ends in, if its last scene is one row of beats."""
    last = own[-1].scene.name if own and own[-1].scene else None
    nodes = [
        each.node for each in own
        if each.scene is not None and each.scene.name == last and not isinstance(each.node, Comment)
    ]  # fmt: skip
    if not nodes or any(isinstance(each, Choice | Gather | Logic) for each in nodes):
        return None
    return nodes[-1] if isinstance(nodes[-1], Divert) else None


def _with_episode(story: Story, number: int, title: str, text: str) -> str:
    """A new episode, behind the one before it in the main file and linked from it."""
    path, knot = story.main.path, f"ep{number:03}"
    numbers = sorted(each.number for each in story.episodes if each.number is not None)
    before = max((each for each in numbers if each < number), default=None)
    after = min((each for each in numbers if each > number), default=None)
    target = next((e.name for e in story.episodes if e.number == after), END) if after else END
    rows = story.texts[path].split("\n")
    way = _way_here(story, before, target)
    if way is not None:
        rows[way.at.line - 1] = rows[way.at.line - 1].replace(f"-> {target}", f"-> {knot}", 1)
    tags = [
        Tag("episode", str(number)),
        *([Tag("title", title)] if title else []),
        Tag("ws", "draft"),
    ]
    name = _scene_name(text, ())
    block = [
        f"=== {knot} ===", " ".join(raw_tag(tag, "# ") for tag in tags), f"-> {name}",
        *_scene(name, text, target), "",
    ]  # fmt: skip
    at = _place_for(story, number, len(rows))
    head = "\n".join(rows[:at]).rstrip("\n").split("\n")
    tail = rows[at:]
    return "\n".join([*head, "", *block, *tail]).rstrip("\n") + "\n"


def _way_here(story: Story, before: int | None, target: str) -> Divert | None:
    """The one divert of the main file that led past the new episode, unless it is approved."""
    found = []
    for placed in _placed(story, story.main.path):
        number = placed.episode.number if placed.episode else None
        own = number == before and (placed.episode is None) == (before is None)
        if own and isinstance(placed.node, Divert) and placed.node.target == target:
            found.append(placed)
    if len(found) != 1 or found[0].inherited("ws") == FINAL:
        return None
    way = found[0].node
    assert isinstance(way, Divert)
    return way


def _place_for(story: Story, number: int, end: int) -> int:
    """The row of the main file a new episode begins at: before the first that comes after it."""
    later = [
        each.at.line - 1 for each in story.episodes
        if each.at.file == story.main.path and each.number is not None and each.number > number
    ]  # fmt: skip
    return min(later, default=end)


def _placed(story: Story, path: str) -> Iterator[Placed]:
    return walk(parse(story.texts[path], path, story.project.names))


def _scene(name: str, text: str, target: str) -> list[str]:
    return ["", f"= {name}", *text.rstrip("\n").split("\n"), f"-> {target}"]


def _scene_name(text: str, taken: Sequence[str]) -> str:
    """A stitch's name from the place it plays in; a second scene there is counted."""
    found = re.search(r"# loc:(\S+)", text)
    plain = re.sub(r"[^a-z0-9]", "", (found[1] if found else "").lower())
    base = plain if plain[:1].isalpha() else "scene"
    names = (base if count == 1 else f"{base}{count}" for count in range(1, 1000))
    return next(each for each in names if each not in taken)
