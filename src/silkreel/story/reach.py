"""Where a compiled story can lead, without computing a condition: both sides of each are taken.

A graph over the runtime's JSON (github.com/inkle/ink, ink_JSON_runtime_format.md). It names lines
that nothing leads to, and loops that show nothing and have no way out: both runtimes spin in those
for ever. What it reaches may still be dead in play: walks find that.
"""

import json
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

Path = tuple[str, ...]
ENDS: frozenset[Any] = frozenset({"end", "done", "~ret", "->->"})
INVISIBLE = 8  # the flag of an option that is taken silently when no other is left
CONTINUES = frozenset({"f()", "->t->", "x()"})


@dataclass(frozen=True, slots=True)
class Reach:
    """What can be reached, what cannot, and the loops nobody gets out of."""

    reached: frozenset[str]  # line and option ids
    unreached: frozenset[str]
    scenes: Mapping[str, str]  # where each id stands: ep001.gala
    silent_loops: tuple[tuple[str, ...], ...]  # scenes of each loop, in its order

    @property
    def ids(self) -> frozenset[str]:
        """Every id in the compiled story."""
        return self.reached | self.unreached


@dataclass(frozen=True, slots=True)
class _Spot:
    """A piece of content and what follows it."""

    path: Path
    item: Any
    next: Path | None


class _Graph:
    """Content by path, and the ways between."""

    def __init__(self, root: list[Any]) -> None:
        self.spots: dict[Path, _Spot] = {}
        self.starts: dict[Path, Path | None] = {}  # containers: their first content
        self._parents: dict[Path, Path] = {}
        self._lay(root, (), None)
        self.variable_targets = self._targets_by_value()

    def _lay(self, container: list[Any], path: Path, after: Path | None) -> None:
        """Take in a container; `after` follows its last content."""
        *content, named = container or [None]
        names = [self._name(item, number) for number, item in enumerate(content)]
        steps = [(*path, name) for name in names]
        self.starts[path] = steps[0] if steps else after
        for number, item in enumerate(content):
            follows = steps[number + 1] if number + 1 < len(steps) else after
            self.spots[steps[number]] = _Spot(steps[number], item, follows)
            self._parents[steps[number]] = path
            if isinstance(item, list):
                self._lay(item, steps[number], follows)
                if names[number] != str(number):
                    self.starts[(*path, str(number))] = self.starts[steps[number]]
        for name, inner in (named or {}).items():
            if isinstance(inner, list):
                self._lay(inner, (*path, name), None)

    @staticmethod
    def _name(item: Any, number: int) -> str:
        named = item[-1] if isinstance(item, list) and item else None
        return str(named["#n"]) if isinstance(named, dict) and "#n" in named else str(number)

    def resolve(self, spot: _Spot, told: str) -> Path | None:
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
class _Ways:
    """Ways out of a spot: by itself, and when a reader takes an option."""

    plain: tuple[Path, ...]
    chosen: tuple[Path, ...] = ()
    calls: tuple[Path, ...] = ()


def reach(story: str) -> Reach:
    """Where a compiled story can lead.

    Args:
        story: the JSON that `Compilation.json` gave.
    """
    graph = _Graph(json.loads(story)["root"])
    ways = {path: _ways(graph, spot) for path, spot in graph.spots.items()}
    returning = _returning(graph, ways)
    steps = {path: _steps(way, returning) for path, way in ways.items()}
    seen = _seen(graph, steps)
    ids = {path: line_id for path, spot in graph.spots.items() if (line_id := _id_of(spot.item))}
    reached = frozenset(line_id for path, line_id in ids.items() if path in seen)
    return Reach(
        reached,
        frozenset(ids.values()) - reached,
        {line_id: scene_of(path) for path, line_id in ids.items()},
        tuple(_silent_loops(graph, ways, returning, seen)),
    )


def scene_of(path: Path) -> str:
    """Knot and stitch of a path; empty before the first knot."""
    names = [step for step in path[:2] if not step[0].isdigit() and "-" not in step]
    return ".".join(names) if names and names[0] == path[0] else ""


def _ways(graph: _Graph, spot: _Spot) -> _Ways:
    item = spot.item
    after = () if spot.next is None else (spot.next,)
    if isinstance(item, list):
        first = graph.starts.get(spot.path)
        return _Ways(() if first is None else (first,))
    if not isinstance(item, dict):
        return _Ways(() if item in ENDS else after)
    if "*" in item:
        target = graph.resolve(spot, item["*"])
        taken = () if target is None else (target,)
        silent = int(item.get("flg", 0)) & INVISIBLE
        return _Ways(after + taken) if silent else _Ways(after, chosen=taken)
    call = next((item[kind] for kind in CONTINUES if kind in item), None)
    if call is not None and "x()" not in item:
        return _Ways(after, calls=_targets(graph, spot, str(call), item))
    if "->" in item:
        targets = _targets(graph, spot, str(item["->"]), item)
        return _Ways(targets + after if item.get("c") else targets)
    return _Ways(after)


def _targets(graph: _Graph, spot: _Spot, told: str, item: Mapping[str, Any]) -> tuple[Path, ...]:
    if item.get("var"):
        return graph.variable_targets
    target = graph.resolve(spot, told)
    return () if target is None else (target,)


def _steps(ways: _Ways, returning: frozenset[Path]) -> tuple[Path, ...]:
    """Everywhere a spot leads; behind a call only where the called part comes back."""
    if ways.calls and not any(target in returning for target in ways.calls):
        return ways.calls
    return ways.plain + ways.chosen + ways.calls


def _returning(graph: _Graph, ways: Mapping[Path, _Ways]) -> frozenset[Path]:
    """Starts of called parts that can come back, found by starting from none."""
    called = {target for way in ways.values() for target in way.calls}
    returning: frozenset[Path] = frozenset()
    while True:
        more = {start for start in called - returning if _comes_back(start, graph, ways, returning)}
        if not more:
            return returning
        returning |= more


def _comes_back(
    start: Path, graph: _Graph, ways: Mapping[Path, _Ways], returning: frozenset[Path]
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


def _seen(graph: _Graph, steps: Mapping[Path, tuple[Path, ...]]) -> set[Path]:
    start = graph.starts[()]
    seen: set[Path] = set()
    waiting = [start] if start is not None else []
    while waiting:
        path = waiting.pop()
        if path not in seen:
            seen.add(path)
            waiting += steps[path]
    return seen


def _silent_loops(
    graph: _Graph, ways: Mapping[Path, _Ways], returning: frozenset[Path], seen: Iterable[Path]
) -> Iterator[tuple[str, ...]]:
    """Rings of content that shows nothing and that no way leaves."""
    silent = {path for path in seen if not _shows(graph, ways, path)}
    onward = {path: _steps(ways[path], returning) for path in silent}
    for ring in _rings(silent, onward):
        inside = set(ring)
        if all(step in inside for path in ring for step in onward[path]):
            ordered = [path for path in graph.spots if path in inside]
            yield tuple(dict.fromkeys(scene_of(path) for path in ordered))


def _shows(graph: _Graph, ways: Mapping[Path, _Ways], path: Path) -> bool:
    """Whether a reader sees something there: text, or an option."""
    item = graph.spots[path].item
    is_text = isinstance(item, str) and item.startswith("^") and bool(item[1:].strip())
    return is_text or bool(ways[path].chosen)


def _rings(
    spots: Iterable[Path], onward: Mapping[Path, tuple[Path, ...]]
) -> Iterator[tuple[Path, ...]]:
    """Strongly connected parts with a way round (Kosaraju, without recursion)."""
    inside = set(spots)
    order = _finished(sorted(inside), {p: [s for s in onward[p] if s in inside] for p in inside})
    backward: dict[Path, list[Path]] = defaultdict(list)
    for path in inside:
        for step in onward[path]:
            if step in inside:
                backward[step].append(path)
    taken: set[Path] = set()
    for path in reversed(order):
        if path in taken:
            continue
        ring, waiting = [], [path]
        taken.add(path)
        while waiting:
            ring.append(waiting.pop())
            fresh = [each for each in backward[ring[-1]] if each not in taken]
            taken.update(fresh)
            waiting += fresh
        if len(ring) > 1 or path in onward[path]:
            yield tuple(ring)


def _finished(spots: Iterable[Path], onward: Mapping[Path, list[Path]]) -> list[Path]:
    """Spots in the order a depth-first search leaves them."""
    order: list[Path] = []
    seen: set[Path] = set()
    for start in spots:
        if start in seen:
            continue
        seen.add(start)
        stack = [(start, iter(onward[start]))]
        while stack:
            path, steps = stack[-1]
            step = next((each for each in steps if each not in seen), None)
            if step is None:
                order.append(path)
                stack.pop()
            else:
                seen.add(step)
                stack.append((step, iter(onward[step])))
    return order


def _id_of(item: Any) -> str | None:
    if isinstance(item, str) and item.startswith("^id:"):
        return item.removeprefix("^id:").strip()
    return None
