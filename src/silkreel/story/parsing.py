"""Ink in the drama profile, from text to values.

Reading never refuses: what the profile bars is read as what it most likely is, and the lints name it
with file and line. Only a file that is no text at all is turned away, in `project.py`.
"""

import re
from collections.abc import Collection
from dataclasses import dataclass, field, replace
from typing import cast, get_args

from silkreel.story import grammar
from silkreel.story.script import (
    At,
    Beat,
    Choice,
    Comment,
    Desk,
    Divert,
    Episode,
    Gather,
    Logic,
    LogicKind,
    Node,
    Scene,
    Script,
    Tag,
    TagLine,
    Tags,
)

_KNOT = re.compile(r"={2,}\s*(?P<function>function\s+)?(?P<name>[^(=]*)(?P<rest>\([^=]*\))?\s*=*")
_STITCH = re.compile(r"=(?!=)\s*(?P<name>[^(=]*)(?P<rest>\([^=]*\))?\s*")
_DECLARED = re.compile(r"(VAR|CONST|LIST|EXTERNAL|INCLUDE)\b")
_TODO = re.compile(r"TODO\s*:")
_DESK = re.compile(r"(?P<desk>LOC|VO|SHOT|ART|LEGAL|TODO)\s*:\s*(?P<text>.*)")
_WAIVER = re.compile(r"OK\s+(?P<text>DRM\d.*)")
_BULLETS = re.compile(r"[*+](?:\s*[*+])*")
_DASHES = re.compile(r"-(?!>)(?:\s*-(?!>))*")
_LABEL = re.compile(r"\(\s*(\w+)\s*\)\s*")
_ID = "id"
# Deeper nesting is no story: two is allowed, and whoever writes a thousand wants to break something.
DEEPEST_BLOCKS = 40
DEEPEST_WEAVE = 40


def parse(text: str, path: str = "", names: Collection[str] = ()) -> Script:
    """A file of ink as a script.

    Args:
        text: the file's text.
        path: its name as findings shall tell it.
        names: names and aliases of the cast; words before a colon that are none of them are a name
            only where they look like one.
    """
    reader = _Reader(path, frozenset(name.upper() for name in names))
    for number, (code, notes) in enumerate(_without_comments(text), start=1):
        reader.line = number
        if code:
            reader.read(code)
        for note in notes:
            reader.add(_comment(note, At(path, number), inline=bool(code)))
    return reader.script()


def _without_comments(text: str) -> list[tuple[str, list[str]]]:
    """Every line's code, and the comments in it; a comment over several lines gives one a line."""
    if "/*" not in text:
        return [_cut_comment(line.strip()) for line in text.split("\n")]
    lines = []
    inside = False
    for line in text.split("\n"):
        code, notes, rest = "", [], line.strip()
        while rest:
            if inside:
                note, end, rest = rest.partition("*/")
                inside = not end
                notes.append(note.strip())
                continue
            opening = re.search(r"//|/\*", rest)
            if opening is None:
                code, rest = code + rest, ""
            elif opening[0] == "//":
                notes.append(rest[opening.end() :].strip())
                code, rest = code + rest[: opening.start()], ""
            else:
                code, rest = code + rest[: opening.start()] + " ", rest[opening.end() :]
                inside = True
        lines.append((code.strip(), notes))
    return lines


def _cut_comment(line: str) -> tuple[str, list[str]]:
    code, mark, note = line.partition("//")
    return code.strip(), [note.strip()] if mark else []


def _comment(note: str, at: At, *, inline: bool) -> Comment:
    waiver = _WAIVER.fullmatch(note)
    if waiver:
        return Comment(waiver["text"], "OK", inline, at)
    for_desk = _DESK.fullmatch(note)
    if for_desk and for_desk["desk"] in get_args(Desk):
        return Comment(for_desk["text"].strip(), cast("Desk", for_desk["desk"]), inline, at)
    return Comment(note, "", inline, at)


@dataclass(slots=True)
class _Reader:
    """Takes lines one by one and keeps what is open: block, scene, episode."""

    path: str
    names: frozenset[str]
    line: int = 0
    open_blocks: int = 0
    head: list[Node] = field(default_factory=list)
    episodes: list[Episode] = field(default_factory=list)
    scenes: list[Scene] = field(default_factory=list)
    nodes: list[Node] = field(default_factory=list)
    naming: bool = False  # tags still belong to the name above them

    @property
    def at(self) -> At:
        return At(self.path, self.line)

    def add(self, node: Node) -> None:
        if not isinstance(node, Comment):
            self.naming = False
        self.nodes.append(node)

    def script(self) -> Script:
        self._close_episode()
        return Script(self.path, tuple(self.head), tuple(self.episodes))

    def read(self, code: str) -> None:
        """Take one line without comments: what opens or closes something, then what is left."""
        while code:
            code = self._structure(code)

    def _structure(self, code: str) -> str:
        """Take what opens or closes something at the line's start; the rest of the line."""
        first = code[0]
        if first == "{" and (rest := self._opening(code)) is not None:
            return rest
        if first == "}":
            return self._closing(code)
        if self.open_blocks and (closers := -grammar.brace_balance(code)) > 0:
            return self._ending(code, closers)
        if first == "-" and not code.startswith("->"):
            return self._dash(code)
        self._statement(code, first)
        return ""

    def _statement(self, code: str, first: str) -> None:
        if first == "=":
            self._header(code)
        elif first in "*+":
            self._choice(code)
        elif code.startswith("->"):
            self._divert(code)
        elif code.startswith("<-"):
            self.add(Logic(code, "thread", self.at))
        elif first == "~":
            self.add(Logic("~ " + code[1:].strip(), "code", self.at))
        elif first == "#":
            self._tags(code)
        elif _DECLARED.match(code):
            kind: LogicKind = "include" if code.startswith("INCLUDE") else "declare"
            self.add(Logic(code, kind, self.at))
        elif _TODO.match(code):
            self.add(Comment(code.partition(":")[2].strip(), "TODO", at=self.at))
        else:
            self._text(code)

    def _header(self, code: str) -> None:
        knot, stitch = _KNOT.fullmatch(code), _STITCH.fullmatch(code)
        found = knot or stitch
        if found is None or not found["name"].strip() or not (knot or self.episodes):
            self.add(Logic(code, "odd", self.at))
            return
        name, rest = found["name"].strip(), (found["rest"] or "").strip()
        if knot:
            self._close_episode()
            function = bool(knot["function"])
            self.episodes.append(Episode(name, parameters=rest, function=function, at=self.at))
        else:
            self._close_scene()
            self.scenes.append(Scene(self.episodes[-1].name, name, parameters=rest, at=self.at))
        self.naming, self.open_blocks = True, 0

    def _close_scene(self) -> None:
        nodes, self.nodes = tuple(self.nodes), []
        if self.scenes:
            self.scenes[-1] = replace(self.scenes[-1], nodes=nodes)
        elif self.episodes:
            self.episodes[-1] = replace(self.episodes[-1], nodes=nodes)
        else:
            self.head = list(nodes)

    def _close_episode(self) -> None:
        self._close_scene()
        if self.episodes:
            self.episodes[-1] = replace(self.episodes[-1], scenes=tuple(self.scenes))
        self.scenes = []

    def _tags(self, code: str) -> None:
        _, tags = grammar.split_tags(code)
        if not tags:
            return
        if not self.naming:
            self.add(TagLine(tags, self.at))
        elif self.scenes:
            self.scenes[-1] = replace(self.scenes[-1], tags=self.scenes[-1].tags + tags)
        else:
            self.episodes[-1] = replace(self.episodes[-1], tags=self.episodes[-1].tags + tags)

    def _opening(self, code: str) -> str | None:
        """A condition at the line's start, and the rest of the line; None for a placeholder."""
        end = grammar.brace_end(code)
        if end == -1 and self.open_blocks >= DEEPEST_BLOCKS:
            self.add(Logic(code, "odd", self.at))
            return ""
        if end == -1:
            condition, rest = grammar.split_condition(code[1:])
            shown = f"{{ {condition}:" if ":" in code else f"{{ {condition}".rstrip()
            self.add(Logic(shown, "open", self.at))
            self.open_blocks += 1
            return rest
        if end < len(code) or code[1:-1].strip().isidentifier():
            return None
        self.add(Logic(code, "switch", self.at))
        return ""

    def _closing(self, code: str) -> str:
        self.add(Logic("}", "close" if self.open_blocks else "odd", self.at))
        self.open_blocks = max(0, self.open_blocks - 1)
        return code[1:].strip()

    def _ending(self, code: str, closers: int) -> str:
        """A line whose end closes blocks that earlier lines opened."""
        cut = len(code)
        for _ in range(closers):
            cut = code.rfind("}", 0, cut)
        if before := code[:cut].strip():
            self.read(before)
        return code[cut:].strip()

    def _dash(self, code: str) -> str:
        found = _DASHES.match(code)
        assert found is not None
        rest = code[found.end() :].strip()
        if self.open_blocks:
            condition, rest = grammar.split_condition(rest)
            self.add(Logic(f"- {condition}:", "branch", self.at))
        else:
            label = _LABEL.match(rest)
            rest = rest[label.end() :] if label else rest
            depth = min(found[0].count("-"), DEEPEST_WEAVE)
            self.add(Gather(depth, label[1] if label else "", self.at))
        return rest

    def _divert(self, code: str) -> None:
        target, tags = grammar.split_tags(code)
        self.add(Divert(_target(target), self.at))
        if tags:
            self.add(TagLine(tags, self.at))

    def _choice(self, code: str) -> None:
        bullets = _BULLETS.match(code)
        assert bullets is not None
        rest = code[bullets.end() :].strip()
        label = _LABEL.match(rest)
        rest = rest[label.end() :] if label else rest
        conditions = []
        while rest.startswith("{") and (end := grammar.brace_end(rest)) > 0:
            conditions.append(rest[1 : end - 1].strip())
            rest = rest[end:].strip()
        choice = Choice(
            "", depth=min(sum(char in "*+" for char in bullets[0]), DEEPEST_WEAVE), sticky="+" in bullets[0],
            label=label[1] if label else "", conditions=tuple(conditions), at=self.at,
        )  # fmt: skip
        self.add(_option(choice, rest))

    def _text(self, code: str) -> None:
        arrow = grammar.find_bare(code, "->")
        words, tags = grammar.split_tags(code if arrow < 0 else code[:arrow])
        target = None
        if arrow >= 0:
            after, more = grammar.split_tags(code[arrow:])
            target, tags = _target(after), tags + more
        self.add(_beat(words, tags, self.names, self.at))
        if target is not None:
            self.add(Divert(target, self.at))


def _target(raw: str) -> str:
    return raw.removeprefix("->").strip()


def _beat(words: str, tags: Tags, names: Collection[str], at: At) -> Beat:
    mine, others = _take_id(tags)
    spoken = grammar.split_speaker(words, names)
    if spoken is None:
        return Beat(grammar.told(words), id=mine, tags=others, at=at)
    return Beat(spoken.text, spoken.name, spoken.qualifiers, spoken.direction, mine, others, at)


def _option(choice: Choice, rest: str) -> Choice:
    """A choice with what stands in, before and behind its brackets."""
    opening = grammar.find_bare(rest, "[")
    closing = grammar.find_bare(rest[opening + 1 :], "]") if opening >= 0 else -1
    if closing < 0:
        shown, target = _split_arrow(rest)
        words, tags = grammar.split_tags(shown)
        mine, others = _take_id(tags)
        return replace(
            choice, text=grammar.told(words), id=mine, tags=others, target=target, brackets=False
        )
    closing += opening + 1
    words, tags = grammar.split_tags(rest[opening + 1 : closing])
    mine, others = _take_id(tags)
    after, target = _split_arrow(rest[closing + 1 :].strip())
    return replace(
        choice, text=grammar.told(words), id=mine, tags=others, target=target,
        before=rest[:opening].strip(), after=after,
    )  # fmt: skip


def _split_arrow(raw: str) -> tuple[str, str]:
    arrow = grammar.find_bare(raw, "->")
    return (raw, "") if arrow < 0 else (raw[:arrow].strip(), _target(raw[arrow:]))


def _take_id(tags: Tags) -> tuple[str | None, tuple[Tag, ...]]:
    """The first id, and the other tags; a second id stays among them for the lints."""
    for at, tag in enumerate(tags):
        if tag.name == _ID:
            return tag.value, tags[:at] + tags[at + 1 :]
    return None, tags
