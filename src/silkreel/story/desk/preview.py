"""An episode played beside its text: from its beginning, or from any line."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from silkreel.kit.refusals import Refusal
from silkreel.story.desk.looking import Look
from silkreel.story.playing import open_play, places_of
from silkreel.story.script import Beat, Choice, Placed

MOST_SHOWN = 400  # lines of one answer: three long episodes


class NoWayThere(Refusal):
    """No walk reaches the line."""

    status = 409
    message = "No way through the story shows {line}; play from the beginning, or check the story."


@dataclass(frozen=True, slots=True)
class Said:
    """A line as the preview shows it."""

    id: str
    text: str
    speaker: str = ""
    direction: str = ""
    qualifiers: tuple[str, ...] = ()
    episode: str = ""
    scene: str = ""
    file: str = ""
    line: int = 0


@dataclass(frozen=True, slots=True)
class Offer:
    """An option on the preview."""

    id: str
    text: str
    canon: bool
    price_coins: int


@dataclass(frozen=True, slots=True)
class Played:
    """What was shown, what is on offer, and the options that led here."""

    lines: tuple[Said, ...]
    offers: tuple[Offer, ...]
    log: tuple[str, ...]
    ended: bool


def play(look: Look, log: Sequence[str], start: str = "") -> Played:
    """Play a story by a log of options, shown from a line on.

    Args:
        look: the story as it stands.
        log: options taken; empty with a `start`: a short way there.
        start: id of the first line to show.

    Raises:
        NoWayThere: no walk reaches the line.
        CannotCompile, StoryTooLong, StoryFault, StoryEndless: it cannot be played.
    """
    story = look.evidence.story
    compiled = look.compiled.json()
    options = tuple(log) or _way_to(look, start)
    with open_play(compiled, places_of(story)) as player:
        told = player.replay(options)
    known = {p.node.id: p for p in story.walk() if isinstance(p.node, Beat | Choice) and p.node.id}
    shown = [line for line in told.lines if line.id]
    first = next((n for n, line in enumerate(shown) if line.id == start), 0)
    lines = tuple(_said(line.id or "", line.text, known) for line in shown[first:][-MOST_SHOWN:])
    offers = tuple(Offer(o.id, o.text, o.canon, o.price_coins) for o in told.options)
    return Played(lines, offers, told.log, ended=not told.options)


def _way_to(look: Look, start: str) -> tuple[str, ...]:
    if not start:
        return ()
    walk = look.evidence.canon
    if walk is not None and start in walk.ids:
        before = set(walk.ids[: walk.ids.index(start)])
        return tuple(option for option in walk.choices if option in before)
    if start not in look.ways:
        raise NoWayThere(line=start)
    return look.ways[start]


def _said(line_id: str, text: str, known: Mapping[str, Placed]) -> Said:
    placed = known.get(line_id)
    if placed is None or not isinstance(placed.node, Beat | Choice):
        return Said(line_id, text)
    node, at = placed.node, placed.node.at
    episode = placed.episode.name if placed.episode else ""
    scene = placed.scene.heading or placed.scene.name if placed.scene else ""
    if isinstance(node, Choice) or not node.speaker:
        return Said(line_id, text, "", "", (), episode, scene, at.file, at.line)
    return Said(
        line_id, _words(text, node), node.speaker, node.direction, node.qualifiers, episode, scene,
        at.file, at.line,
    )  # fmt: skip


def _words(text: str, beat: Beat) -> str:
    """What is said, without the name and the direction before it; placeholders are filled."""
    said = text.replace("：", ":").partition(":")[2].strip()
    if beat.direction and said[:1] in {"(", "（"}:
        said = said.replace("）", ")", 1).partition(")")[2].strip()
    return said or beat.text
