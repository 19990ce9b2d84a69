"""A script that came from elsewhere, on its way to ink: episodes, scenes, lines, and what was unsure."""

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass, field, replace

from silkreel.story import grammar
from silkreel.story.ids import is_id
from silkreel.story.script import (
    At,
    Beat,
    Comment,
    Divert,
    Episode,
    Node,
    Scene,
    Script,
    Tag,
    TagLine,
    Tags,
)

FIRST_EPISODE = 1
UNKNOWN_HEADING = "INT. UNKNOWN - DAY"
_SCENE_ID = re.compile(r"(?P<knot>ep\d{3})\.(?P<name>[a-z][a-z0-9]*)", re.IGNORECASE)
_PLACE = re.compile(
    r"(?:INT\.?/EXT|EXT\.?/INT|INT|EXT|EST|I/E)[. ]+(?P<place>.*?)(?:\s+-\s+[^-]*)?", re.IGNORECASE
)


@dataclass(frozen=True, slots=True)
class Unsure:
    """A line that was taken as something, and might be something else."""

    at: At
    text: str
    reason: str

    def __str__(self) -> str:
        return f"{self.at}: {self.reason}: {self.text[:60]}"


@dataclass(frozen=True, slots=True)
class Draft:
    """What an import makes: a script without ids for what is new, its cast, and what was unsure."""

    script: Script
    cast: tuple[str, ...]
    locations: tuple[str, ...]
    unsure: tuple[Unsure, ...] = ()


@dataclass(slots=True)
class _SceneInHand:
    episode: str
    name: str
    tags: Tags
    at: At
    nodes: list[Node] = field(default_factory=list)


@dataclass(slots=True)
class Drafting:
    """Takes headings and lines in reading order and makes a draft of them."""

    path: str
    language: str = ""
    title: str = ""
    line: int = 0  # of what is being read
    _episode: str = f"ep{FIRST_EPISODE:03}"
    _titles: dict[str, str] = field(default_factory=dict)
    _scenes: list[_SceneInHand] = field(default_factory=list)
    _unsure: list[Unsure] = field(default_factory=list)
    _ids: dict[str, At] = field(default_factory=dict)

    @property
    def at(self) -> At:
        """Where the reader is."""
        return At(self.path, self.line)

    def episode(self, number: int, title: str = "") -> None:
        """What follows belongs to that episode."""
        self._episode = f"ep{number:03}"
        if title:
            self._titles[self._episode] = title

    def episode_title(self, title: str) -> None:
        """The title of the episode that is being read; only its first is kept."""
        self._titles.setdefault(self._episode, title)

    def locate(self, location: str) -> None:
        """The scene that is being read plays at a location of story.yaml."""
        if self._scenes:
            tags = [tag for tag in self._scenes[-1].tags if tag.name != "loc"]
            self._scenes[-1].tags = (*tags, Tag("loc", location))

    def scene(self, heading: str, scene_id: str = "", location: str = "", tags: Tags = ()) -> None:
        """A heading; its scene id brings a scene of ours back under its own name."""
        ours = _SCENE_ID.fullmatch(scene_id.strip())
        if ours:
            self._episode = ours["knot"].lower()
        place = location or _slug(heading)
        name = self._free_name(ours["name"].lower() if ours else place.replace("_", "") or "scene")
        told = [Tag("scene", heading), *([Tag("loc", place)] if place else [])]
        self._scenes.append(_SceneInHand(self._episode, name, (*told, *tags), self.at))

    def beat(self, beat: Beat) -> None:
        """A line; an id that stands twice, or is none, is left out and told."""
        if beat.id is not None and not is_id(beat.id):
            self.unsure(beat.id, "this is no line id and was left out")
            beat = replace(beat, id=None)
        elif beat.id in self._ids:
            self.unsure(
                beat.id or "", f"this id stands at {self._ids[beat.id or '']} already; left out"
            )
            beat = replace(beat, id=None)
        if beat.id is not None:
            self._ids[beat.id] = self.at
        self._here().nodes.append(replace(beat, at=self.at))

    def comment(self, comment: Comment) -> None:
        """A note."""
        self._here().nodes.append(replace(comment, at=self.at))

    def unsure(self, text: str, reason: str) -> None:
        """Tell a line that might be something else."""
        self._unsure.append(Unsure(self.at, text, reason))

    def draft(self) -> Draft:
        """What came of it: scenes lead one to the next, the last to the end."""
        scenes = [self._finished(at) for at in range(len(self._scenes))]
        head: list[Node] = []
        tags = [
            Tag(name, text)
            for name, text in (("title", self.title), ("lang", self.language))
            if text
        ]
        head += [TagLine(tuple(tags))] if tags else []
        head += [Divert(scenes[0].episode)] if scenes else []
        episodes = tuple(self._episodes(scenes))
        beats = [n for scene in scenes for n in scene.nodes if isinstance(n, Beat)]
        return Draft(
            Script(self.path, tuple(head), episodes),
            tuple(dict.fromkeys(beat.speaker for beat in beats if beat.speaker)),
            tuple(dict.fromkeys(scene.location for scene in scenes if scene.location)),
            tuple(self._unsure),
        )

    def _here(self) -> _SceneInHand:
        if not self._scenes or self._scenes[-1].episode != self._episode:
            self.unsure("", f"no scene heading before this; {UNKNOWN_HEADING} was put in")
            self.scene(UNKNOWN_HEADING, tags=(Tag("todo"),))
        return self._scenes[-1]

    def _free_name(self, wanted: str) -> str:
        taken = {scene.name for scene in self._scenes if scene.episode == self._episode}
        names = (wanted, *(f"{wanted}{number}" for number in range(2, 1000)))
        return next(name for name in names if name not in taken)

    def _finished(self, position: int) -> Scene:
        scene = self._scenes[position]
        following = self._scenes[position + 1] if position + 1 < len(self._scenes) else None
        if following is None:
            target = "END"
        else:
            same = following.episode == scene.episode
            target = following.name if same else following.episode
        nodes = (*scene.nodes, Divert(target))
        return Scene(scene.episode, scene.name, scene.tags, nodes, at=scene.at)

    def _episodes(self, scenes: Iterable[Scene]) -> Iterable[Episode]:
        by_name: dict[str, list[Scene]] = {}
        for scene in scenes:
            by_name.setdefault(scene.episode, []).append(scene)
        for name, own in by_name.items():
            tags = [Tag("episode", str(int(name[2:])))]
            tags += [Tag("title", self._titles[name])] if name in self._titles else []
            yield Episode(name, tuple(tags), (Divert(own[0].name),), tuple(own), at=own[0].at)


def said(name: str, direction: str, text: str) -> Beat:
    """Speech from elsewhere: `LIN (V.O.)` is LIN with a qualifier; the text is told."""
    raw = name.strip()
    found = re.fullmatch(r"(?P<name>[^()（）]+?)\s*[(（](?P<behind>[^()（）]*)[)）]\s*", raw)
    behind = re.split(r"[,，、/]", found["behind"]) if found else []
    words = [word.strip() for word in behind if word.strip()]
    qualifiers = tuple(
        grammar.QUALIFIERS[word.upper()] for word in words if word.upper() in grammar.QUALIFIERS
    )
    others = [
        w
        for w in words
        if w.upper() not in grammar.QUALIFIERS and w.upper() not in {"CONT'D", "CONT’D"}
    ]
    directions = ", ".join([*others, *([direction.strip()] if direction.strip() else [])])
    return Beat(plain(text), found["name"].strip() if found else raw, qualifiers, directions)


def plain(text: str, *, placeholders: bool = True) -> str:
    """A foreign text as a told one: in NFC, one line, nothing in it that ink would read as logic.

    A placeholder `{NAME}` stays one, where the text may have any; every other brace and backslash is
    a character.
    """
    one_line = " ".join(unicodedata.normalize("NFC", text).split())
    kept = r"(\{[^\W\d]\w*\}|\\[\\{}<])" if placeholders else r"(?!)()"
    parts = re.split(kept, one_line)
    return "".join(
        part if number % 2 else re.sub(r"([\\{}]|<(?=>|-))", r"\\\1", part)
        for number, part in enumerate(parts)
    )


def _slug(heading: str) -> str:
    found = _PLACE.fullmatch(heading.strip())
    place = (found["place"] if found else heading).casefold()
    flat = unicodedata.normalize("NFKD", place).encode("ascii", "ignore").decode()
    slug = re.sub(r"[^a-z0-9]+", "_", flat).strip("_")
    return slug if slug[:1].isalpha() else f"place_{slug}".rstrip("_") if slug else ""
