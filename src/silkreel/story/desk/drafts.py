"""Two drafts held against each other by line id: what was kept, reworded, moved, came and went."""

from bisect import bisect_left
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass

from silkreel.story.parsing import parse
from silkreel.story.script import Beat, Choice, Script, walk

MAIN = ("script/main.ink", "main.ink")


@dataclass(frozen=True, slots=True)
class Spoken:
    """A line as a comparison shows it."""

    id: str
    episode: str
    scene: str
    speaker: str
    direction: str
    text: str
    choice: bool

    @property
    def words(self) -> tuple[str, str, str]:
        """What makes it read as it does."""
        return self.speaker, self.direction, self.text


@dataclass(frozen=True, slots=True)
class Row:
    """One line in both drafts; `states` says what became of it."""

    states: tuple[str, ...]  # kept | reworded, moved | new | gone
    old: Spoken | None
    new: Spoken | None


def compare(
    old: Mapping[str, str], new: Mapping[str, str], names: Collection[str] = ()
) -> tuple[Row, ...]:
    """Rows in the new draft's order; a line that is gone stands where it stood.

    Args:
        old: texts of the scripts by path, the earlier ones.
        new: the later ones.
        names: names of the cast.
    """
    before, after = lines_of(old, names), lines_of(new, names)
    keys_before, keys_after = _keys(before), _keys(after)
    shared = [key for key in keys_after if key in keys_before]
    still = _unmoved([keys_before[key] for key in shared])
    moved = {key for position, key in enumerate(shared) if position not in still}
    rows = {
        key: _row(
            before[keys_before[key]] if key in keys_before else None, after[place], key in moved
        )
        for key, place in keys_after.items()
    }
    return tuple(_with_gone(before, keys_before, rows))


def counted(rows: Sequence[Row]) -> dict[str, int]:
    """How many lines of each state; one that is moved and reworded counts as both."""
    found = dict.fromkeys(("kept", "reworded", "moved", "new", "gone"), 0)
    for row in rows:
        for state in row.states:
            found[state] += 1
    return found


def lines_of(texts: Mapping[str, str], names: Collection[str] = ()) -> list[Spoken]:
    """Every line of a draft, in the order its main file includes the others."""
    scripts = {
        path: parse(text, path, names) for path, text in texts.items() if path.endswith(".ink")
    }
    return [spoken for path in _in_order(scripts) for spoken in _spoken(scripts[path])]


def _in_order(scripts: Mapping[str, Script]) -> list[str]:
    main = next((path for path in MAIN if path in scripts), None)
    if main is None:
        return sorted(scripts)
    base = main.rpartition("/")[0]
    included = [f"{base}/{name}".lstrip("/") for name, _ in scripts[main].included_at]
    named = [main, *(path for path in included if path in scripts)]
    return [*dict.fromkeys(named), *sorted(scripts.keys() - set(named))]


def _spoken(script: Script) -> Iterator[Spoken]:
    for placed in walk(script):
        node = placed.node
        if not isinstance(node, Beat | Choice):
            continue
        who, how = (node.speaker, node.direction) if isinstance(node, Beat) else ("", "")
        yield Spoken(
            node.id or "", placed.episode.name if placed.episode else "",
            placed.scene.name if placed.scene else "", who, how, node.text,
            isinstance(node, Choice),
        )  # fmt: skip


def _keys(lines: Sequence[Spoken]) -> dict[str, int]:
    """Where each line stands, by its id, else by its words."""
    found: dict[str, int] = {}
    for place, line in enumerate(lines):
        key = line.id or f"{line.episode}\0" + "\0".join(line.words)
        found.setdefault(key, place)
    return found


def _row(old: Spoken | None, new: Spoken, moved: bool) -> Row:  # noqa: FBT001
    if old is None:
        return Row(("new",), None, new)
    reworded = old.words != new.words
    states = (*(("reworded",) if reworded else ()), *(("moved",) if moved else ()))
    return Row(states or ("kept",), old, new)


def _with_gone(
    before: Sequence[Spoken], keys_before: Mapping[str, int], rows: Mapping[str, Row]
) -> Iterator[Row]:
    """Rows with the lines that are gone put behind the line they stood behind."""
    gone: dict[str, list[Row]] = {}
    last = ""
    for key, place in keys_before.items():
        if key in rows:
            last = key
        else:
            gone.setdefault(last, []).append(Row(("gone",), before[place], None))
    yield from gone.get("", ())
    for key, row in rows.items():
        yield row
        yield from gone.get(key, ())


def _unmoved(places: Sequence[int]) -> frozenset[int]:
    """Positions of a longest rising run: the lines that kept their order, so that few count as moved."""
    tails: list[int] = []
    tail_at: list[int] = []
    before: list[int] = []
    for position, place in enumerate(places):
        rank = bisect_left(tails, place)
        before.append(tail_at[rank - 1] if rank else -1)
        if rank == len(tails):
            tails.append(place)
            tail_at.append(position)
        else:
            tails[rank], tail_at[rank] = place, position
    kept = set()
    at = tail_at[-1] if tail_at else -1
    while at >= 0:
        kept.add(at)
        at = before[at]
    return frozenset(kept)
