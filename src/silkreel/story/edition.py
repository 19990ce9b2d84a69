"""A story as it is published: its script, chapters, ways and links as values, nothing written yet."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from silkreel.story.canon import Walk
from silkreel.story.endings import Ending
from silkreel.story.flow import option_sets, parts_of, price_coins
from silkreel.story.links import Link, links_of
from silkreel.story.lints.evidence import Evidence
from silkreel.story.novel import Block, Chapter
from silkreel.story.project import BadStoryFile, Story
from silkreel.story.rehearse import Rehearsal
from silkreel.story.script import Beat, Choice, Placed, has_tag
from silkreel.story.tables import ID_LENGTH, NAME_LENGTH


@dataclass(frozen=True, slots=True)
class EditionEpisode:
    """A numbered episode."""

    number: int
    knot: str
    title: str
    budget_seconds: float | None


@dataclass(frozen=True, slots=True)
class EditionScene:
    """A scene; `way_in` are choices that lead into it, None where no free way is known."""

    id: str
    episode: int
    heading: str
    location: str
    only: str | None
    way_in: tuple[str, ...] | None


@dataclass(frozen=True, slots=True)
class EditionBeat:
    """A line or an option, and where it stands."""

    line_id: str
    scene: str
    episode: int
    kind: str  # speech | action | choice
    canon_ordinal: int | None
    only: str | None


@dataclass(frozen=True, slots=True)
class EditionChoice:
    """An option among those it is offered with."""

    line_id: str
    point: str  # the first option of its set
    after: str | None  # the line of the series it is asked after
    canon: bool
    price_coins: int


@dataclass(frozen=True, slots=True)
class EditionBlock:
    """A block, the line a reader has come to there, and the episodes that must be open for it."""

    chapter: int
    block: Block
    line: str | None
    episodes: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Edition:
    """All of a story that hangs together by ids."""

    story: Story
    chapters: tuple[Chapter, ...]
    walk: tuple[str, ...]
    episodes: tuple[EditionEpisode, ...]
    scenes: tuple[EditionScene, ...]
    beats: tuple[EditionBeat, ...]
    choices: tuple[EditionChoice, ...]
    blocks: tuple[EditionBlock, ...]
    links: tuple[Link, ...]
    played: tuple[str, ...]  # scenes the game can show, in order
    endings: tuple[Ending, ...]  # of the game


def edition_of(
    evidence: Evidence,
    walk: Walk,
    asked: Sequence[tuple[str, ...]],
    rehearsal: Rehearsal,
    endings: Sequence[Ending],
) -> Edition:
    """A checked story as an edition.

    Args:
        evidence: the story as it was looked into.
        walk: its canon.
        asked: the options on offer at each choice of the canon.
        rehearsal: ways to everything else.
        endings: where its game stops.

    Raises:
        BadStoryFile: a line stands outside every numbered episode, so no purchase would open it.
    """
    story = evidence.story
    chapters = tuple(sorted(evidence.chapters, key=lambda chapter: chapter.number))
    beats = tuple(_beats(story, walk))
    choices = tuple(_choices(story, walk, asked, beats))
    links = links_of(story, walk.ids, chapters).all
    return Edition(
        story, chapters, walk.ids,
        tuple(
            EditionEpisode(each.number or 0, each.name, each.title, each.budget_seconds)
            for each in evidence.numbered
        ),
        tuple(_scenes(story, beats, choices, _ways(walk, rehearsal))),
        beats, choices,
        tuple(_blocks(story, chapters, beats)),
        links, _played(beats, links, rehearsal), tuple(endings),
    )  # fmt: skip


def _beats(story: Story, walk: Walk) -> Iterator[EditionBeat]:
    ordinals = {line_id: number for number, line_id in enumerate(walk.ids)}
    for placed in story.walk():
        node = placed.node
        if not isinstance(node, Beat | Choice) or node.id is None:
            continue
        yield EditionBeat(
            node.id, _scene_of(placed), _episode_of(placed), _kind(node),
            ordinals.get(node.id), placed.inherited("only"),
        )  # fmt: skip


def _episode_of(placed: Placed) -> int:
    number = placed.episode.number if placed.episode else None
    at = placed.node.at
    if number is None:
        problem = "this line stands outside every numbered episode; move it into one."
        raise BadStoryFile(path=at.file, line=at.line, problem=problem)
    return number


def _scene_of(placed: Placed) -> str:
    name = placed.scene.id if placed.scene else placed.episode.name if placed.episode else ""
    line_id = getattr(placed.node, "id", None) or ""
    if len(name) > NAME_LENGTH or len(line_id) > ID_LENGTH:
        at = placed.node.at
        problem = f"{name or line_id} is too long a name; give it a shorter one."
        raise BadStoryFile(path=at.file, line=at.line, problem=problem)
    return name


def _played(
    beats: Sequence[EditionBeat], links: Sequence[Link], rehearsal: Rehearsal
) -> tuple[str, ...]:
    """Scenes with a line that the game shows and something leads to, whatever conditions say."""
    reached = {line.line_id for line in rehearsal.lines if line.reached}
    played = reached & {link.source for link in links if link.rel == "play"}
    shown = (each.scene for each in beats if each.kind != "choice" and each.line_id in played)
    return tuple(dict.fromkeys(shown))


def _kind(node: Beat | Choice) -> str:
    if isinstance(node, Choice):
        return "choice"
    return "speech" if node.speaker else "action"


def _choices(
    story: Story, walk: Walk, asked: Sequence[tuple[str, ...]], beats: Sequence[EditionBeat]
) -> Iterator[EditionChoice]:
    after = _asked_after(walk, asked, {beat.line_id: beat.episode for beat in beats})
    for part in parts_of(story).values():
        for options, _game_only in option_sets(part.items):
            named = [choice for choice in options.choices if choice.id is not None]
            for choice in named:
                yield EditionChoice(
                    choice.id or "", named[0].id or "", after.get(choice.id or ""),
                    has_tag(choice.tags, "canon"), price_coins(choice),
                )  # fmt: skip


def _asked_after(
    walk: Walk, asked: Sequence[tuple[str, ...]], episodes: Mapping[str, int]
) -> dict[str, str]:
    """The line of the series after which each option of the canon way is asked.

    None for a choice before the first line of its episode: there is no cue to hang it on.
    """
    before = dict(zip(walk.ids[1:], walk.ids, strict=False))
    found: dict[str, str] = {}
    for taken, offered in zip(walk.choices, asked, strict=True):
        line = before.get(taken)
        if line is not None and episodes[line] == episodes[taken]:
            found |= dict.fromkeys(offered, line)
    return found


def _ways(walk: Walk, rehearsal: Rehearsal) -> Mapping[str, tuple[str, ...]]:
    """Choices that lead to each line: the canon's, else those of the shortest walk that showed it."""
    ways = {line.line_id: line.witness for line in rehearsal.lines if line.witness is not None}
    taken: list[str] = []
    for line_id in walk.ids:
        ways[line_id] = tuple(taken)
        if line_id in walk.choices:
            taken.append(line_id)
    return ways


def _scenes(
    story: Story,
    beats: Sequence[EditionBeat],
    choices: Sequence[EditionChoice],
    ways: Mapping[str, tuple[str, ...]],
) -> Iterator[EditionScene]:
    paid = {choice.line_id for choice in choices if choice.price_coins}
    first: dict[str, tuple[str, ...]] = {}
    for beat in beats:
        way = ways.get(beat.line_id)
        if way is not None and not paid.intersection(way):
            first.setdefault(beat.scene, way)
    for episode in story.episodes:
        if episode.number is None:
            continue
        only = next((tag.value for tag in episode.tags if tag.name == "only"), None)
        yield EditionScene(episode.name, episode.number, "", "", only, first.get(episode.name))
        for scene in episode.scenes:
            yield EditionScene(
                scene.id, episode.number, scene.heading, scene.location, scene.only or only,
                first.get(scene.id),
            )  # fmt: skip


def _blocks(
    story: Story, chapters: Sequence[Chapter], beats: Sequence[EditionBeat]
) -> Iterator[EditionBlock]:
    """Blocks in order; what quotes nothing is as open as what stood before it."""
    homes = {beat.line_id: beat.episode for beat in beats}
    first: dict[str, str] = {}
    for beat in beats:
        if beat.canon_ordinal is not None:
            first.setdefault(beat.scene, beat.line_id)
            first.setdefault(beat.scene.partition(".")[0], beat.line_id)
    scenes = {each.name: each.number for each in story.episodes if each.number is not None}
    episodes: tuple[int, ...] = ()
    line: str | None = None
    for chapter in chapters:
        told = [name for name in chapter.adapts if name.partition(".")[0] in scenes]
        if told:
            episodes = (scenes[told[0].partition(".")[0]],)
            line = next((first[name] for name in told if name in first), line)
        for block in chapter.blocks:
            if block.quotes:
                episodes = tuple(dict.fromkeys(homes[each] for each in block.quotes))
                line = block.quotes[-1]
            yield EditionBlock(chapter.number, block, line, episodes)
