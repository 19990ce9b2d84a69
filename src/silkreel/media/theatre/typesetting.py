"""A row of text as runs of one font each, in the order they stand on the line, and drawn so.

Letters are shaped by Raqm (HarfBuzz and FriBidi) inside a run. Between runs the order is that of the
Unicode bidirectional algorithm (UAX 9, rule L2) for one change of direction: enough for a name in
Latin letters inside an Arabic line, and for the reverse.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import groupby
from typing import Any

from PIL import ImageDraw

from silkreel.kit.tags import primary
from silkreel.media.theatre.fonts import (
    Face,
    ScriptMissing,
    ShapingMissing,
    Style,
    face_for,
    package_of,
    shapes,
    sized,
)
from silkreel.media.theatre.scripts import (
    JOINERS,
    needs_shaping,
    readable,
    runs_leftward,
    script_of,
    spans_of_scripts,
    written,
)

SHOWN_LETTERS = 24  # of a text that is told in a refusal
TALL = 1.448  # ascent and descent of the house font, in sizes: rows stand by it


@dataclass(frozen=True, slots=True)
class Run:
    """Letters of one font and one direction."""

    text: str
    face: Face
    leftward: bool = False


@dataclass(frozen=True, slots=True)
class Setting:
    """How a text is set: which letters, and in which language (a BCP 47 tag, or nothing)."""

    language: str = ""
    style: Style = "sans"


PLAIN_SETTING = Setting()


@lru_cache(maxsize=2048)
def runs(text: str, setting: Setting = PLAIN_SETTING) -> tuple[Run, ...]:
    """A text's runs from left to right. Ornaments no font has are left out, letters never.

    Raises:
        ScriptMissing: no font has a script's letters.
        ShapingMissing: the script's letters join, and nothing here joins them.
    """
    text = written(text)
    base = bool(runs_leftward(text))
    pieces = [run for span in _directed(text, base=base) for run in _with_faces(span, setting)]
    merged = [
        Run("".join(run.text for run in group), face, leftward)
        for (face, leftward), group in groupby(pieces, key=lambda run: (run.face, run.leftward))
    ]
    if len({run.face for run in merged}) == 1:  # one font: Raqm orders the whole row itself
        return (Run(text_of(merged), merged[0].face, base),)
    return tuple(_in_order(merged, leftward=base))


def text_of(row: Sequence[Run]) -> str:
    """The letters of runs that stand in the order they are read."""
    return "".join(run.text for run in row)


def row_length(text: str, size: int, setting: Setting = PLAIN_SETTING) -> float:
    """How many pixels wide a row is."""
    return sum(_length(run, size, setting) for run in runs(text, setting))


def row_height(text: str, setting: Setting = PLAIN_SETTING) -> float:
    """How much taller than the house font's a row must be: vowels stand above and below letters."""
    tallest = TALL
    for run in runs(text, setting):
        tallest = max(tallest, sum(sized(run.face, 100).getmetrics()) / 100)
    return tallest / TALL


def draw_row(
    canvas: ImageDraw.ImageDraw,
    at: tuple[float, float],
    text: str,
    size: int,
    setting: Setting = PLAIN_SETTING,
    *,
    anchor: str = "mm",
    stroke_pixels: int = 0,
) -> None:
    """Draw a row in white, its left edge (`lm`) or its middle (`mm`) at a point."""
    row = runs(text, setting)
    if len(row) == 1:
        _draw(canvas, at, row[0], size, setting, anchor, stroke_pixels)
        return
    x, y = at
    if anchor == "mm":
        x -= row_length(text, size, setting) / 2
    for run in row:  # all on the baseline of the run that stands tallest
        _draw(canvas, (x, y + _drop(row, size)), run, size, setting, "ls", stroke_pixels)
        x += _length(run, size, setting)


def _draw(
    canvas: ImageDraw.ImageDraw, at: tuple[float, float], run: Run, size: int, setting: Setting,
    anchor: str, stroke_pixels: int,
) -> None:  # fmt: skip
    canvas.text(
        at, run.text, fill=255, font=sized(run.face, size), anchor=anchor,
        stroke_width=stroke_pixels, **_shaping(run, setting),
    )  # fmt: skip


def _drop(row: Sequence[Run], size: int) -> float:
    """From the middle of a row down to its baseline."""
    metrics = (sized(run.face, size).getmetrics() for run in row)
    ascent, descent = max(metrics, key=sum)
    return (ascent - descent) / 2


@lru_cache(maxsize=8192)
def _length(run: Run, size: int, setting: Setting) -> float:
    """Words come back in every trial of a caption's rows."""
    return float(sized(run.face, size).getlength(run.text, **_shaping(run, setting)))


def _shaping(run: Run, setting: Setting) -> dict[str, Any]:
    if not shapes():
        return {}
    direction = {"direction": "rtl" if run.leftward else "ltr"}
    return direction | ({"language": primary(setting.language)} if setting.language else {})


def _directed(text: str, *, base: bool) -> Iterator[tuple[str, str, bool]]:
    """Stretches of a script and a direction; what all scripts share goes with the letters before it."""
    spans = list(spans_of_scripts(text))
    ways = [runs_leftward(span) for _, span in spans]
    rows: list[tuple[str, str, bool]] = []
    for number, (script, span) in enumerate(spans):
        way = _way(ways, number, base=base)
        before, gathered, led = rows[-1] if rows else ("", "", way)
        if led == way and ("" in {before, script} or before == script):
            rows[-1:] = [(before or script, gathered + span, way)]
        else:
            rows.append((script, span, way))
    yield from rows


def _way(ways: Sequence[bool | None], number: int, *, base: bool) -> bool:
    """A stretch's direction; between two of one direction it has theirs, else the whole row's."""
    own, *sides = ways[number], *ways[max(0, number - 1) : number], *ways[number + 1 : number + 2]
    if own is not None:
        return own
    return sides[0] if len(set(sides)) == 1 and sides[0] is not None else base


def _with_faces(span: tuple[str, str, bool], setting: Setting) -> Iterator[Run]:
    """A stretch in runs: one font for all its letters, another for the marks that font lacks."""
    script, text, leftward = span
    own = [letter for letter in text if script and script_of(letter) == script]
    face = face_for(frozenset(own), setting.style, script, setting.language)
    if own and face is None:
        raise ScriptMissing(script=_named(script), text=_told(text), package=package_of(script))
    if needs_shaping(script) and not shapes():
        raise ShapingMissing(script=_named(script))
    for letter in text:  # a joiner is the shaper's, whether or not the font has a glyph for it
        mine = face is not None and (letter in JOINERS or face.draws(letter))
        here = face if mine else _other(letter, setting)
        if here is not None:
            yield Run(letter, here, leftward)


def _other(letter: str, setting: Setting) -> Face | None:
    """A font for a letter its neighbours' font lacks."""
    script = script_of(letter)
    found = face_for(letter, setting.style, script, setting.language)
    if found is None and readable(letter):
        raise ScriptMissing(script=_named(script), text=_told(letter), package=package_of(script))
    return found


def _in_order(row: Sequence[Run], *, leftward: bool) -> Iterable[Run]:
    """Runs as they stand from left to right: stretches of a direction turn as one (UAX 9, L2)."""
    groups = [list(group) for _, group in groupby(row, key=lambda run: run.leftward)]
    for group in reversed(groups) if leftward else groups:
        yield from reversed(group) if group[0].leftward else group


def _named(script: str) -> str:
    return {"CJK": "Chinese"}.get(script, script.title()) or "such"


def _told(text: str) -> str:
    shown = text.strip()
    return f"“{shown[:SHOWN_LETTERS]}…”" if len(shown) > SHOWN_LETTERS else f"“{shown}”"
