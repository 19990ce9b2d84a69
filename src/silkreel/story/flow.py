"""Where a story goes from each line, read from the script alone: branches, ends, ways on.

What a condition says is not weighed: a way counts as open when some run might take it. What only
play can tell is asked of the compiled story, in `canon.py` and the walks.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from silkreel.story.project import Story
from silkreel.story.script import (
    At,
    Beat,
    Choice,
    Comment,
    Divert,
    Gather,
    Logic,
    Node,
    Nodes,
    TagLine,
    has_tag,
    tag_value,
)

ENDS = {"END", "DONE"}
START = ""  # the story's first lines, before any episode
_ARROW = re.compile(r"->\s*([\w.]+)")


@dataclass(frozen=True, slots=True)
class Fork:
    """A conditional block and its branches."""

    at: At
    branches: tuple["Items", ...]
    otherwise: bool  # whether one branch is always open
    conditions: tuple[str, ...] = ()  # of each branch, as written; "else" for the one left


@dataclass(frozen=True, slots=True)
class Options:
    """Choices offered together, and what follows each."""

    choices: tuple[Choice, ...]
    bodies: tuple["Items", ...]


Item = Node | Fork | Options
Items = tuple[Item, ...]


@dataclass(frozen=True, slots=True)
class Exit:
    """A way out of a scene."""

    target: str  # name of a part, or END
    paid: bool  # only behind a choice that costs coins


@dataclass(frozen=True, slots=True)
class Part:
    """A scene, an episode's lines before its first scene, or the story's head."""

    name: str  # ep001.gala, ep001, or nothing
    items: Items
    at: At
    exits: tuple[Exit, ...] = ()
    silent: bool = field(default=False)  # it shows nothing
    game_only: bool = False


def weave(nodes: Nodes) -> Items:
    """Flat lines as nested branches."""
    items, _ = _forks(list(nodes), 0, inside=False)
    return _options(items)


def _forks(nodes: list[Node], at: int, *, inside: bool) -> tuple[list[Item], int]:
    items: list[Item] = []
    while at < len(nodes):
        node = nodes[at]
        kind = node.kind if isinstance(node, Logic) else ""
        if inside and kind in {"branch", "close"}:
            break
        at += 1
        if kind == "open":
            fork, at = _fork(nodes, at, node)
            items.append(fork)
        else:
            items.append(node)
    return items, at


def _fork(nodes: list[Node], at: int, opening: Node) -> tuple[Fork, int]:
    branches: list[Items] = []
    conditions: list[str] = []
    otherwise = False
    body, at = _forks(nodes, at, inside=True)
    assert isinstance(opening, Logic)
    if body or opening.text.endswith(":"):
        branches.append(_options(body))
        conditions.append(opening.text.removeprefix("{").strip(" :"))
    while at < len(nodes):
        node = nodes[at]
        at += 1
        if isinstance(node, Logic) and node.kind == "close":
            break
        assert isinstance(node, Logic)
        conditions.append(node.text.removeprefix("-").strip(" :"))
        otherwise |= conditions[-1] == "else"
        body, at = _forks(nodes, at, inside=True)
        branches.append(_options(body))
    return Fork(opening.at, tuple(branches), otherwise, tuple(conditions)), at


def _options(items: list[Item]) -> Items:
    woven: list[Item] = []
    at = 0
    while at < len(items):
        item = items[at]
        if not isinstance(item, Choice):
            woven.append(item)
            at += 1
            continue
        choices, bodies = [], []
        while (
            at < len(items) and isinstance(here := items[at], Choice) and here.depth == item.depth
        ):
            choices.append(here)
            first = at = at + 1
            while at < len(items) and not _closes(items[at], item.depth):
                at += 1
            bodies.append(_options(items[first:at]))
        woven.append(Options(tuple(choices), tuple(bodies)))
    return tuple(woven)


def _closes(item: Item, depth: int) -> bool:
    return isinstance(item, Choice | Gather) and item.depth <= depth


def open_ends(items: Items) -> list[At]:
    """Places after which the story runs out of lines."""
    live: list[At] | None = None  # None: nothing has been met yet
    for item in items:
        if live == [] and not isinstance(item, Gather):
            continue
        if isinstance(item, Divert):
            live = [] if "->" not in item.target else [item.at]
        elif isinstance(item, Logic) and item.kind == "switch":
            live = [] if _always_leaves(item.text) else [item.at]
        elif isinstance(item, Fork):
            ends = [at for branch in item.branches for at in _ends(branch, item.at)]
            live = ends if item.otherwise else [*ends, item.at]
        elif isinstance(item, Options):
            live = [
                at
                for choice, body in zip(item.choices, item.bodies, strict=True)
                if not choice.target
                for at in _ends(body, choice.at)
            ]
        elif isinstance(item, Comment | TagLine):
            continue
        elif isinstance(item, Gather):
            live = [item.at] if live != [] else live
        else:
            live = [item.at]
    return live if live is not None else []


def _ends(items: Items, otherwise: At) -> list[At]:
    shown = [item for item in items if not isinstance(item, Comment | TagLine)]
    return open_ends(items) if shown else [otherwise]


def _always_leaves(text: str) -> bool:
    """Whether a one-line condition leads away on both sides: `{ x: -> a | -> b }`."""
    sides = text.strip("{} ").partition(":")[2].split("|")
    return len(sides) > 1 and all(_ARROW.search(side) for side in sides)


def option_sets(items: Items, *, game_only: bool = False) -> Iterator[tuple[Options, bool]]:
    """Every set of choices, and whether only the game meets it."""
    for item in items:
        if isinstance(item, Fork):
            for branch in item.branches:
                yield from option_sets(branch, game_only=game_only)
        elif isinstance(item, Options):
            yield item, game_only
            for choice, body in zip(item.choices, item.bodies, strict=True):
                inner = game_only or tag_value(choice.tags, "only") == "game"
                yield from option_sets(body, game_only=inner)


def linear(items: Items) -> Iterator[Beat]:
    """Beats as a plain series shows them, as near as the script tells: canon options, first branches."""
    for item in items:
        if isinstance(item, Beat):
            if tag_value(item.tags, "only") not in {"game", "novel"}:
                yield item
        elif isinstance(item, Fork):
            yield from linear(item.branches[-1] if item.otherwise else ())
        elif isinstance(item, Options):
            canon = [has_tag(choice.tags, "canon") for choice in item.choices]
            taken = canon.index(True) if any(canon) else 0
            yield from linear(item.bodies[taken])


def parts_of(story: Story) -> Mapping[str, Part]:
    """Every part by name, with its ways out resolved to parts."""
    names = _names(story)
    parts: dict[str, Part] = {}
    head = tuple(node for script in story.scripts for node in script.head)
    parts[START] = _part(START, START, head, story.main.head[0].at if head else At(), names, False)
    for episode in story.episodes:
        if episode.function:
            continue
        only = tag_value(episode.tags, "only") == "game"
        own = _part(episode.name, episode.name, episode.nodes, episode.at, names, only)
        if episode.scenes and not episode.tags and not _shows_or_leaves(own.items):
            first = f"{episode.name}.{episode.scenes[0].name}"
            own = Part(own.name, own.items, own.at, (*own.exits, Exit(first, False)), True, only)
        parts[episode.name] = own
        for scene in episode.scenes:
            game = only or scene.only == "game"
            parts[scene.id] = _part(scene.id, episode.name, scene.nodes, scene.at, names, game)
    return parts


def _shows_or_leaves(items: Items) -> bool:
    return any(not isinstance(item, Comment | TagLine) for item in items)


def _part(
    name: str,
    episode: str,
    nodes: Nodes,
    at: At,
    names: Mapping[str, str],
    game_only: bool,  # noqa: FBT001
) -> Part:
    items = weave(nodes)
    exits = tuple(
        Exit(_resolved(target, episode, names), paid) for target, paid in _ways(items, paid=False)
    )
    silent = not any(isinstance(node, Beat | Choice) for node in nodes)
    return Part(name, items, at, exits, silent, game_only)


def _ways(items: Items, *, paid: bool) -> Iterator[tuple[str, bool]]:
    for item in items:
        if isinstance(item, Divert):
            yield item.target.split(" ")[0], paid
        elif isinstance(item, Logic):
            yield from ((target, paid) for target in _ARROW.findall(item.text))
        elif isinstance(item, Fork):
            for branch in item.branches:
                yield from _ways(branch, paid=paid)
        elif isinstance(item, Options):
            for choice, body in zip(item.choices, item.bodies, strict=True):
                costs = paid or price_coins(choice) > 0
                if choice.target:
                    yield choice.target, costs
                yield from _ways(body, paid=costs)


def price_coins(choice: Choice) -> int:
    """What the writer suggests an option costs."""
    told = tag_value(choice.tags, "price") or ""
    return int(told) if told.isascii() and told.isdigit() else 0


def _names(story: Story) -> dict[str, str]:
    """Every name that can be diverted to, with its part: episodes, scenes, labels."""
    names: dict[str, str] = {}
    for placed in story.walk():
        label = placed.node.label if isinstance(placed.node, Choice | Gather) else ""
        if label and placed.episode:
            part = placed.scene.id if placed.scene else placed.episode.name
            names.setdefault(f"{placed.episode.name}.{label}", part)
            names.setdefault(f"{part}.{label}", part)
    for episode in story.episodes:
        names[episode.name] = episode.name
        names |= {scene.id: scene.id for scene in episode.scenes}
    return names


def _resolved(target: str, episode: str, names: Mapping[str, str]) -> str:
    if target in ENDS:
        return "END"
    return names.get(f"{episode}.{target}") or names.get(target) or target


def reached(parts: Mapping[str, Part], starts: Iterable[str], *, free: bool = False) -> set[str]:
    """Names of parts that some run reaches, `free` without paying."""
    seen: set[str] = set()
    waiting = list(starts)
    while waiting:
        name = waiting.pop()
        if name in seen:
            continue
        seen.add(name)
        part = parts.get(name)
        if part is not None:
            waiting += [way.target for way in part.exits if not (free and way.paid)]
    return seen
