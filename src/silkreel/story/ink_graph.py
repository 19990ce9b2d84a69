"""A compiled story as a graph: content by path, and the ways between; no condition is computed.

Over the runtime's JSON (github.com/inkle/ink, ink_JSON_runtime_format.md): both sides of each
condition are ways. `reach` asks it what can be met, `endings` where a story stops.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

Path = tuple[str, ...]
ENDS: frozenset[Any] = frozenset({"end", "done", "~ret", "->->"})
INVISIBLE = 8  # the flag of an option that is taken silently when no other is left
CONTINUES = frozenset({"f()", "->t->", "x()"})


@dataclass(frozen=True, slots=True)
class Spot:
    """A piece of content and what follows it."""

    path: Path
    item: Any
    next: Path | None
    in_tag: bool = False  # between `#` and `/#`: nobody is shown it


class Graph:
    """Content by path, and the ways between."""

    def __init__(self, root: list[Any]) -> None:
        self.spots: dict[Path, Spot] = {}
        self.starts: dict[Path, Path | None] = {}  # containers: their first content
        self._parents: dict[Path, Path] = {}
        self._lay(root, (), None)
        self.variable_targets = self._targets_by_value()

    def _lay(
        self, container: list[Any], path: Path, after: Path | None, *, in_tag: bool = False
    ) -> None:
        """Take in a container; `after` follows its last content."""
        *content, named = container or [None]
        names = [self._name(item, number) for number, item in enumerate(content)]
        steps = [(*path, name) for name in names]
        self.starts[path] = steps[0] if steps else after
        for number, item in enumerate(content):
            follows = steps[number + 1] if number + 1 < len(steps) else after
            in_tag = item == "#" or (in_tag and item != "/#")
            self.spots[steps[number]] = Spot(steps[number], item, follows, in_tag)
            self._parents[steps[number]] = path
            if isinstance(item, list):
                self._lay(item, steps[number], follows, in_tag=in_tag)
                if names[number] != str(number):
                    self.starts[(*path, str(number))] = self.starts[steps[number]]
        for name, inner in (named or {}).items():
            if isinstance(inner, list):
                self._lay(inner, (*path, name), None)

    @staticmethod
    def _name(item: Any, number: int) -> str:
        named = item[-1] if isinstance(item, list) and item else None
        return str(named["#n"]) if isinstance(named, dict) and "#n" in named else str(number)

    def resolve(self, spot: Spot, told: str) -> Path | None:
        """The first content at a path, told from a spot: `ep001.gala`, `.^.^.c-0`."""
        if told.startswith("."):
            at = spot.path
            steps = told[1:].split(".")
        else:
            at, steps = (), told.split(".")
        for step in steps:
            at = at[:-1] if step == "^" else (*at, step)
        return self._landing(at)

    def _landing(self, path: Path) -> Path | None:
        if path in self.starts:
            first = self.starts[path]
            return first if first is None or first in self.spots else self._landing(first)
        if path in self.spots:
            return path
        named = self._by_position(path)
        return None if named is None or named == path else self._landing(named)

    def _by_position(self, path: Path) -> Path | None:
        """A path that counts a container which has a name as well: 0.3 for 0.hub."""
        here: Path = ()
        for step in path:
            direct = (*here, step)
            if direct not in self.starts and direct not in self.spots and step.isdigit():
                direct = self._nth(here, int(step)) or direct
            here = direct
        return here

    def _nth(self, container: Path, number: int) -> Path | None:
        step = self.starts.get(container)
        for _ in range(number):
            if step is None or step not in self.spots:
                return None
            step = self.spots[step].next
        return step

    def _targets_by_value(self) -> tuple[Path, ...]:
        """Everything a variable divert may lead to: each target the story holds as a value."""
        found = (
            self.resolve(spot, spot.item["^->"])
            for spot in self.spots.values()
            if isinstance(spot.item, dict) and "^->" in spot.item
        )
        return tuple(each for each in found if each is not None)


@dataclass(frozen=True, slots=True)
class Ways:
    """Ways out of a spot: by itself, and when a reader takes an option."""

    plain: tuple[Path, ...]
    chosen: tuple[Path, ...] = ()
    calls: tuple[Path, ...] = ()


class Network:
    """A story's graph with every way worked out."""

    def __init__(self, story: str) -> None:
        """From the JSON that `Compilation.json` gave."""
        self.graph = Graph(json.loads(story)["root"])
        self.ways = {path: _ways(self.graph, spot) for path, spot in self.graph.spots.items()}
        self.returning = _returning(self.graph, self.ways)
        self.steps = {path: steps_of(way, self.returning) for path, way in self.ways.items()}

    @cached_property
    def reached(self) -> frozenset[Path]:
        """Every spot that can be met."""
        return frozenset(_seen(self.graph, self.steps))

    @cached_property
    def ids(self) -> Mapping[Path, str]:
        """Line and option ids, by the spot they stand at."""
        spots = self.graph.spots.items()
        return {path: line_id for path, spot in spots if (line_id := _id_of(spot.item))}


def _ways(graph: Graph, spot: Spot) -> Ways:
    item = spot.item
    after = () if spot.next is None else (spot.next,)
    if isinstance(item, list):
        first = graph.starts.get(spot.path)
        return Ways(() if first is None else (first,))
    if not isinstance(item, dict):
        return Ways(() if item in ENDS else after)
    if "*" in item:
        target = graph.resolve(spot, item["*"])
        taken = () if target is None else (target,)
        silent = int(item.get("flg", 0)) & INVISIBLE
        return Ways(after + taken) if silent else Ways(after, chosen=taken)
    call = next((item[kind] for kind in CONTINUES if kind in item), None)
    if call is not None and "x()" not in item:
        return Ways(after, calls=_targets(graph, spot, str(call), item))
    if "->" in item:
        targets = _targets(graph, spot, str(item["->"]), item)
        return Ways(targets + after if item.get("c") else targets)
    return Ways(after)


def _targets(graph: Graph, spot: Spot, told: str, item: Mapping[str, Any]) -> tuple[Path, ...]:
    if item.get("var"):
        return graph.variable_targets
    target = graph.resolve(spot, told)
    return () if target is None else (target,)


def steps_of(ways: Ways, returning: frozenset[Path]) -> tuple[Path, ...]:
    """Everywhere a spot leads; behind a call only where the called part comes back."""
    if ways.calls and not any(target in returning for target in ways.calls):
        return ways.calls
    return ways.plain + ways.chosen + ways.calls


def _returning(graph: Graph, ways: Mapping[Path, Ways]) -> frozenset[Path]:
    """Starts of called parts that can come back, found by starting from none."""
    called = {target for way in ways.values() for target in way.calls}
    returning: frozenset[Path] = frozenset()
    while True:
        more = {start for start in called - returning if _comes_back(start, graph, ways, returning)}
        if not more:
            return returning
        returning |= more


def _comes_back(
    start: Path, graph: Graph, ways: Mapping[Path, Ways], returning: frozenset[Path]
) -> bool:
    seen, waiting = {start}, [start]
    while waiting:
        path = waiting.pop()
        item = graph.spots[path].item
        way = ways[path]
        if item in ("~ret", "->->") or not (way.plain or way.chosen or way.calls):
            return True
        onward = way.plain if not way.calls or set(way.calls) & returning else ()
        fresh = [each for each in (*onward, *way.chosen) if each not in seen]
        seen.update(fresh)
        waiting += fresh
    return False


def _seen(graph: Graph, steps: Mapping[Path, tuple[Path, ...]]) -> set[Path]:
    start = graph.starts[()]
    seen: set[Path] = set()
    waiting = [start] if start is not None else []
    while waiting:
        path = waiting.pop()
        if path not in seen:
            seen.add(path)
            waiting += steps[path]
    return seen


def _id_of(item: Any) -> str | None:
    if isinstance(item, str) and item.startswith("^id:"):
        return item.removeprefix("^id:").strip()
    return None
