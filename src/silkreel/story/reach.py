"""What a compiled story can come to, without computing a condition.

It names lines that nothing leads to, and loops that show nothing and have no way out: both runtimes
spin in those for ever. What it reaches may still be dead in play: walks find that.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from silkreel.story.ink_graph import Graph, Network, Path, Ways, steps_of


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


def reach(story: str) -> Reach:
    """Where a compiled story can lead.

    Args:
        story: the JSON that `Compilation.json` gave.
    """
    net = Network(story)
    met = frozenset(line_id for path, line_id in net.ids.items() if path in net.reached)
    return Reach(
        met,
        frozenset(net.ids.values()) - met,
        {line_id: scene_of(path) for path, line_id in net.ids.items()},
        tuple(_silent_loops(net.graph, net.ways, net.returning, net.reached)),
    )


def scene_of(path: Path) -> str:
    """Knot and stitch of a path; empty before the first knot."""
    names = [step for step in path[:2] if not step[0].isdigit() and "-" not in step]
    return ".".join(names) if names and names[0] == path[0] else ""


def _silent_loops(
    graph: Graph, ways: Mapping[Path, Ways], returning: frozenset[Path], seen: Iterable[Path]
) -> Iterator[tuple[str, ...]]:
    """Rings of content that shows nothing and that no way leaves."""
    silent = {path for path in seen if not _shows(graph, ways, path)}
    onward = {path: steps_of(ways[path], returning) for path in silent}
    for ring in _rings(silent, onward):
        inside = set(ring)
        if all(step in inside for path in ring for step in onward[path]):
            ordered = [path for path in graph.spots if path in inside]
            yield tuple(dict.fromkeys(scene_of(path) for path in ordered))


def _shows(graph: Graph, ways: Mapping[Path, Ways], path: Path) -> bool:
    """Whether a reader sees something there: text, or an option."""
    spot = graph.spots[path]
    item = spot.item
    is_text = isinstance(item, str) and item.startswith("^") and bool(item[1:].strip())
    return (is_text and not spot.in_tag) or bool(ways[path].chosen)


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
