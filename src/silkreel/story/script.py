"""A drama as it was written, in values that travel: files, episodes, scenes, beats and choices.

`parsing.parse` makes them from ink in the drama profile, `printing.print_script` writes them back.
Every node knows its file and line; where it stands is no part of what it is, so that two scripts
are equal when they say the same.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Literal

Desk = Literal["", "LOC", "VO", "SHOT", "ART", "LEGAL", "OK", "TODO"]
LogicKind = Literal[
    "declare", "include", "code", "switch", "open", "branch", "close", "thread", "odd"
]


@dataclass(frozen=True, slots=True, order=True)
class At:
    """A place in a file; lines are counted from 1."""

    file: str = ""
    line: int = 0

    def __str__(self) -> str:
        return f"{self.file}:{self.line}"


NOWHERE = At()


@dataclass(frozen=True, slots=True)
class Tag:
    """`#name:value`, or `#name` alone."""

    name: str
    value: str = ""


Tags = tuple[Tag, ...]


@dataclass(frozen=True, slots=True)
class Beat:
    r"""A line of text: somebody speaks, or something happens.

    Texts hold no escapes but `\\`, `\{`, `\}` and `\<`: so a placeholder `{NAME}` is always told from
    a brace, and glue `<>` from two brackets.
    """

    text: str
    speaker: str = ""  # as written; empty: action
    qualifiers: tuple[str, ...] = ()  # V.O., O.S., PHONE, SUB
    direction: str = ""
    id: str | None = None
    tags: Tags = ()
    at: At = field(default=NOWHERE, compare=False)

    @property
    def spoken(self) -> bool:
        """Whether a voice says it; on-screen text has a speaker and no voice."""
        return bool(self.speaker) and "SUB" not in self.qualifiers


@dataclass(frozen=True, slots=True)
class Choice:
    """An option: one line, its text and tags inside the brackets."""

    text: str
    id: str | None = None
    tags: Tags = ()
    depth: int = 1
    sticky: bool = False  # `+` stays, `*` is used once
    label: str = ""
    conditions: tuple[str, ...] = ()
    target: str = ""  # where a divert on the same line leads
    brackets: bool = True
    before: str = ""  # what stands before and after the brackets, as written: the profile bars it
    after: str = ""
    at: At = field(default=NOWHERE, compare=False)

    @property
    def fallback(self) -> bool:
        """Whether it is taken silently when nothing else is left: `* -> target`."""
        return not (self.text or self.before or self.after or self.brackets)


@dataclass(frozen=True, slots=True)
class Gather:
    """`-`: where the branches above it come together."""

    depth: int = 1
    label: str = ""
    at: At = field(default=NOWHERE, compare=False)


@dataclass(frozen=True, slots=True)
class Divert:
    """`-> target`; a tunnel keeps its arrows."""

    target: str
    at: At = field(default=NOWHERE, compare=False)


@dataclass(frozen=True, slots=True)
class Logic:
    """A line that shows nothing: a declaration, an assignment, a condition's opening or end."""

    text: str
    kind: LogicKind = "code"
    at: At = field(default=NOWHERE, compare=False)


@dataclass(frozen=True, slots=True)
class Comment:
    """A note to one desk; without a desk it is for writers only."""

    text: str
    desk: Desk = ""
    inline: bool = False  # it stands behind something on the same line
    at: At = field(default=NOWHERE, compare=False)


@dataclass(frozen=True, slots=True)
class TagLine:
    """Tags on a line of their own that belong to no name."""

    tags: Tags
    at: At = field(default=NOWHERE, compare=False)


Line = Beat | Choice
Node = Beat | Choice | Gather | Divert | Logic | Comment | TagLine
Nodes = tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class Scene:
    """A stitch: one place, one time."""

    episode: str  # name of its knot
    name: str
    tags: Tags = ()
    nodes: Nodes = ()
    parameters: str = ""
    at: At = field(default=NOWHERE, compare=False)

    @property
    def id(self) -> str:
        """What links and tools call it: ep001.gala."""
        return f"{self.episode}.{self.name}"

    @property
    def heading(self) -> str:
        """`INT. CAR - NIGHT`; empty where none is given."""
        return tag_value(self.tags, "scene") or ""

    @property
    def location(self) -> str:
        """Id of the location in story.yaml."""
        return tag_value(self.tags, "loc") or ""

    @property
    def only(self) -> str | None:
        """The one medium it exists in."""
        return tag_value(self.tags, "only")


@dataclass(frozen=True, slots=True)
class Episode:
    """A knot. One without `# episode` holds logic only."""

    name: str
    tags: Tags = ()
    nodes: Nodes = ()  # before its first scene
    scenes: tuple[Scene, ...] = ()
    parameters: str = ""
    function: bool = False
    at: At = field(default=NOWHERE, compare=False)

    @property
    def number(self) -> int | None:
        """Its number in the series; None for a knot of logic."""
        told = tag_value(self.tags, "episode") or ""
        return int(told) if told.isascii() and told.isdigit() else None

    @property
    def budget_seconds(self) -> float | None:
        """How long it may last, where the writer says so: `# budget:90s`."""
        told = (tag_value(self.tags, "budget") or "").removesuffix("s").strip()
        return float(told) if told.replace(".", "", 1).isdecimal() and told.isascii() else None

    @property
    def title(self) -> str:
        """Its title in the source language."""
        return tag_value(self.tags, "title") or ""


@dataclass(frozen=True, slots=True)
class Script:
    """One file of ink."""

    path: str = field(default="", compare=False)
    head: Nodes = ()
    episodes: tuple[Episode, ...] = ()

    @property
    def included_at(self) -> tuple[tuple[str, At], ...]:
        """Files it draws in, as written, and where."""
        logic = (placed.node for placed in walk(self) if isinstance(placed.node, Logic))
        return tuple(
            (each.text.removeprefix("INCLUDE").strip(), each.at)
            for each in logic
            if each.kind == "include"
        )

    @property
    def lines(self) -> tuple[Line, ...]:
        """Every beat and choice, in the order written."""
        return tuple(p.node for p in walk(self) if isinstance(p.node, Beat | Choice))

    @property
    def ids(self) -> tuple[str, ...]:
        """Ids of its lines, in the order written."""
        return tuple(line.id for line in self.lines if line.id is not None)

    def tag(self, name: str) -> str | None:
        """A tag of the whole file, such as `title` or `lang`."""
        lines = (node for node in self.head if isinstance(node, TagLine))
        return next((found for x in lines if (found := tag_value(x.tags, name)) is not None), None)


@dataclass(frozen=True, slots=True)
class Placed:
    """A node with the episode and scene around it."""

    node: Node
    episode: Episode | None = None
    scene: Scene | None = None

    def inherited(self, name: str) -> str | None:
        """A tag of the line, else of its scene, else of its episode."""
        own = self.node.tags if isinstance(self.node, Beat | Choice) else ()
        layers = (own, *(each.tags for each in (self.scene, self.episode) if each is not None))
        return next((v for tags in layers if (v := tag_value(tags, name)) is not None), None)


def walk(script: Script) -> Iterator[Placed]:
    """Every node in the order written."""
    for node in script.head:
        yield Placed(node)
    for episode in script.episodes:
        for node in episode.nodes:
            yield Placed(node, episode)
        for scene in episode.scenes:
            for node in scene.nodes:
                yield Placed(node, episode, scene)


def tag_value(tags: Tags, name: str) -> str | None:
    """The value of the first tag of that name: empty for a bare tag, None where there is none."""
    return next((tag.value for tag in tags if tag.name == name), None)


def has_tag(tags: Tags, name: str) -> bool:
    """Whether a tag of that name is there."""
    return tag_value(tags, name) is not None


@dataclass(frozen=True, slots=True)
class Patch:
    """A new text for one line, good only while the line still reads as it did."""

    id: str
    old_hash: str
    text: str
    reason: str = ""
