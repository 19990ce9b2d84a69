"""What a model is told of an episode: lines with ids and what surrounds them, as one JSON document."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from silkreel.kit.refusals import Refusal
from silkreel.story.lints.evidence import Evidence
from silkreel.story.patching import FINAL, hash_of
from silkreel.story.script import Beat, Choice, Episode, Placed

MOST_LINES = 200  # in one question; an episode of two minutes has some 35
MOST_LENGTH = 400  # characters of a line told; spoken lines are below 100
TERMS_TOLD = 100


class EpisodeTooLong(Refusal):
    """More lines than one question takes."""

    status = 422
    message = "{episode} has {lines} lines and a proposal takes at most {most}; split the episode."


class NothingToSay(Refusal):
    """No line with an id."""

    status = 409
    message = "{episode} has no line with an id yet; stamp the story first."


class NoSuchEpisodeHere(Refusal):
    """No episode has that number."""

    status = 404
    message = "There is no episode {number} in this story; it has {known}."


@dataclass(frozen=True, slots=True)
class Said:
    """A line a model may speak of."""

    id: str
    text: str
    hash: str
    speaker: str
    scene: str
    choice: bool
    final: bool
    canon: bool
    file: str


@dataclass(frozen=True, slots=True)
class Scored:
    """A line of the canon, as clips are cut by."""

    id: str
    episode: str
    spoiler: bool
    payoff: bool


@dataclass(frozen=True, slots=True)
class Passage:
    """A paragraph of a novel, or a line of a script: what a quotation must stand in."""

    key: str  # p12, counted from 1 through the novel; or the line's id
    text: str
    chapter: str = ""


@dataclass(frozen=True, slots=True)
class Material:
    """One episode, one part of a novel or a whole series, and what a proposal must fit."""

    episode: str
    number: int
    lines: Mapping[str, Said]
    cast: tuple[str, ...]
    scenes: tuple[str, ...]
    canon_ids: tuple[str, ...]
    document: Mapping[str, Any]
    passages: tuple[Passage, ...] = ()
    known: frozenset[str] = frozenset()  # names in story.yaml already, folded
    told: Mapping[str, str] = field(
        default_factory=dict
    )  # by scene: what its retelling is made for
    secret: tuple[str, ...] = ()  # words no copy may give away; never told to a model
    banned: Mapping[str, str] = field(default_factory=dict)  # claims no copy makes, and why
    clips: tuple[Scored, ...] = ()  # the canon through all episodes

    @property
    def pieces(self) -> int:
        """How much there is to answer for."""
        return max(len(self.lines), len(self.passages))

    def line(self, line_id: object) -> Said:
        """A line of the episode.

        Raises:
            ValueError: there is none of that id; with words a model can act on.
        """
        found = self.lines.get(str(line_id))
        if found is None:
            raise ValueError(f"{str(line_id)[:60]} is no line of this episode; use ids of the list")
        return found


def material_of(evidence: Evidence, number: int, wish: str = "") -> Material:
    """An episode as a model is told of it.

    Raises:
        NoSuchEpisodeHere, NothingToSay, EpisodeTooLong: nothing can be asked about it.
    """
    episode = _episode(evidence, number)
    canon = tuple(b.id for b in evidence.beats[episode.name] if b.id)
    lines = {said.id: said for said in _lines(evidence, episode, frozenset(canon))}
    if not lines:
        raise NothingToSay(episode=episode.name)
    if len(lines) > MOST_LINES:
        raise EpisodeTooLong(episode=episode.name, lines=len(lines), most=MOST_LINES)
    project = evidence.story.project
    scenes = tuple(s.id for e in evidence.numbered for s in e.scenes)
    cast = tuple(each.id for each in project.cast)
    document = {
        "language": project.language,
        "title": project.title,
        "episode": {"name": episode.name, "title": episode.title},
        "cast": [{"id": c.id, "name": c.name, "note": c.note} for c in project.cast],
        "locations": [{"id": x.id, "name": x.name} for x in project.locations],
        "scenes": [s for s in scenes if s.startswith(episode.name + ".")] or list(scenes),
        "terms": [t.source for t in project.terms[:TERMS_TOLD]],
        "lines": [_told(said) for said in lines.values()],
        "wish": wish,
    }
    return Material(episode.name, number, lines, cast, scenes, canon, document)


def _episode(evidence: Evidence, number: int) -> Episode:
    found = next((each for each in evidence.numbered if each.number == number), None)
    if found is None:
        known = ", ".join(str(each.number) for each in evidence.numbered[:100])
        raise NoSuchEpisodeHere(number=number, known=known or "none")
    return found


def _lines(evidence: Evidence, episode: Episode, canon: frozenset[str]) -> list[Said]:
    return [
        _said(placed, canon)
        for placed in evidence.story.walk()
        if placed.episode is not None
        and placed.episode.name == episode.name
        and isinstance(placed.node, Beat | Choice)
        and placed.node.id
    ]


def _said(placed: Placed, canon: frozenset[str]) -> Said:
    node = placed.node
    assert isinstance(node, Beat | Choice)
    assert node.id
    speaker = node.speaker if isinstance(node, Beat) else ""
    scene = placed.scene.id if placed.scene else ""
    return Said(
        node.id, node.text, hash_of(node), speaker, scene, isinstance(node, Choice),
        placed.inherited("ws") == FINAL, node.id in canon, node.at.file,
    )  # fmt: skip


def _told(said: Said) -> dict[str, Any]:
    told: dict[str, Any] = {"id": said.id, "text": said.text[:MOST_LENGTH], "scene": said.scene}
    if said.speaker:
        told["speaker"] = said.speaker
    if said.choice:
        told["kind"] = "choice"
    if said.final:
        told["final"] = True
    if not said.canon and not said.choice:
        told["only_in_game"] = True
    return told
