"""Where a story stops: its endings, each known by the lines and options that may be met last.

Two ways to one stop are one ending, and so are two stops behind one last line: a player who read the
same last words has not seen another end.
"""

from collections.abc import Iterator

from silkreel.story.ink_graph import INVISIBLE, Network, Path

STOPS = frozenset({"end", "done"})
Ending = frozenset[str]  # ids that are the last ones met, any of them


def endings_of(story: str) -> tuple[Ending, ...]:
    """The endings a compiled story can come to, in the order they are written.

    Args:
        story: the JSON that `Compilation.json` gave.
    """
    net = Network(story)
    options = dict(_options(net))
    stops: dict[Path, set[str]] = {}
    for path, line_id in net.ids.items():
        if path not in net.reached:
            continue
        starts = net.steps[path] if path not in options else net.ways[options[path]].chosen
        for stop in _stops_behind(net, starts, frozenset(options)):
            stops.setdefault(stop, set()).add(line_id)
    in_order = [frozenset(stops[path]) for path in net.graph.spots if path in stops]
    return _joined(in_order)


def _stops_behind(
    net: Network, starts: tuple[Path, ...], options: frozenset[Path]
) -> Iterator[Path]:
    """Where the story stops before anything else is met; a stop with something on offer is none."""
    waiting = [(start, False) for start in starts]
    seen = set(waiting)
    while waiting:
        path, offered = waiting.pop()
        item = net.graph.spots[path].item
        if path in net.ids and path not in options:
            continue
        if isinstance(item, str) and item in STOPS and not offered:
            yield path
        for step in _onward(net, path, offered=offered):
            if step not in seen:
                seen.add(step)
                waiting.append(step)


def _onward(net: Network, path: Path, *, offered: bool) -> Iterator[tuple[Path, bool]]:
    """Ways on without a reader's word; options used up are passed, and then the silent one taken."""
    item, ways = net.graph.spots[path].item, net.ways[path]
    if not isinstance(item, dict) or "*" not in item:
        yield from ((step, offered) for step in net.steps[path])
    elif int(item.get("flg", 0)) & INVISIBLE:
        yield from ((step, False) for step in ways.plain[-1:])
        yield from ((step, offered) for step in ways.plain[:-1])
    else:
        yield from ((step, True) for step in ways.plain)


def _options(net: Network) -> Iterator[tuple[Path, Path]]:
    """The spot of each option's id, with the spot of the option: the id stands in its evaluation."""
    for path, spot in net.graph.spots.items():
        if not isinstance(spot.item, dict) or "*" not in spot.item:
            continue
        for number in range(int(path[-1]) - 1, -1, -1):
            before = (*path[:-1], str(number))
            if before not in net.graph.spots or net.graph.spots[before].item == "ev":
                break
            if before in net.ids and _is_evaluated(net, path):
                yield before, path
                break


def _is_evaluated(net: Network, path: Path) -> bool:
    """Whether the option has words of its own; one without is taken silently."""
    before = net.graph.spots.get((*path[:-1], str(int(path[-1]) - 1)))
    return before is not None and before.item == "/ev"


def _joined(groups: list[Ending]) -> tuple[Ending, ...]:
    """Groups with an id in common are one."""
    found: list[Ending] = []
    for group in groups:
        same = [each for each in found if each & group]
        joined = group.union(*same)
        if same:
            found[found.index(same[0])] = joined
            found = [each for each in found if each == joined or each not in same]
        else:
            found.append(joined)
    return tuple(found)
