"""The rungs of the ladder: sizes and encoder settings, named by their short side. Pure."""

from dataclasses import dataclass
from fractions import Fraction
from math import ceil

from silkreel.kit.refusals import Refusal
from silkreel.media.geometry import Size

SEGMENT_SECONDS = 2  # one IDR at the start of each, at the same times on all rungs
# A source between two rungs gets one of its own size where the next smaller would lose this much.
OWN_SIZE_GAIN = Fraction(6, 5)
LEAST_PEAK_BPS = 150_000
MACROBLOCK_PIXELS = 16
# ITU-T H.264 table A-1: level, macroblocks in a frame, macroblocks in a second.
LEVELS = (("3.0", 1620, 40_500), ("3.1", 3600, 108_000), ("4.0", 8192, 245_760))
TOP_LEVEL = "5.1"


class NoSuchRung(Refusal):
    """A name outside the table."""

    message = "There is no rung {name}; the rungs are {known}."


class RungAboveSource(Refusal):
    """The source has fewer pixels than the rung."""

    message = "This video is {source} pixels on its short side, too few for {name}."


@dataclass(frozen=True, slots=True)
class _Row:
    short_side_pixels: int
    crf: int
    peak_bps: int
    profile: str


TABLE = {
    "v360": _Row(360, 26, 450_000, "main"),
    "v540": _Row(540, 25, 1_000_000, "main"),
    "v720": _Row(720, 24, 2_000_000, "high"),
    "v1080": _Row(1080, 23, 4_000_000, "high"),
}
PREVIEW = ("v360", "v540", "v720")


@dataclass(frozen=True, slots=True)
class RungPlan:
    """How one rung is encoded."""

    name: str
    size: Size
    crf: int
    peak_bps: int
    profile: str
    level: str
    preset: str
    group_frames: int  # from one IDR to the next

    def x264_options(self) -> dict[str, str]:
        """What libx264 is told; nothing that depends on the machine."""
        tags = "colorprim=bt709:transfer=bt709:colormatrix=bt709:range=tv"
        group = f"keyint={self.group_frames}:min-keyint={self.group_frames}"
        return {
            "preset": self.preset,
            "crf": str(self.crf),
            "profile": self.profile,
            "level": self.level,
            "maxrate": str(self.peak_bps),
            "bufsize": str(2 * self.peak_bps),
            "x264-params": f"{group}:scenecut=0:open-gop=0:{tags}",
            "flags": "+bitexact",
        }


def plan_ladder(
    source: Size, rate: Fraction, *, names: tuple[str, ...] = PREVIEW, preset: str = "veryfast"
) -> tuple[RungPlan, ...]:
    """The rungs of a source, largest first; never one above the source.

    A source smaller than all of them gets one rung of its own size; one between two rungs gets a
    top rung of its own size where the rung below would lose more than a fifth of its lines.
    """
    have = source.short_side_pixels
    rows = {name: _row(name) for name in names}
    fitting = {name: row for name, row in rows.items() if row.short_side_pixels <= have}
    plans = [_plan(name, row, source, rate, preset) for name, row in fitting.items()]
    top = max((row.short_side_pixels for row in fitting.values()), default=0)
    wanted = max(row.short_side_pixels for row in rows.values())
    if top < wanted and have >= top * OWN_SIZE_GAIN:
        plans.append(_plan(f"v{have}", _row_for(have), source, rate, preset))
    return tuple(sorted(plans, key=lambda plan: -plan.size.short_side_pixels))


def plan_rung(name: str, source: Size, rate: Fraction, *, preset: str) -> RungPlan:
    """One rung by its name.

    Raises:
        NoSuchRung, RungAboveSource: it cannot be made of this source.
    """
    row = _row(name)
    if row.short_side_pixels > source.short_side_pixels:
        raise RungAboveSource(source=source.short_side_pixels, name=name)
    return _plan(name, row, source, rate, preset)


def _row(name: str) -> _Row:
    if name not in TABLE:
        raise NoSuchRung(name=name, known=", ".join(TABLE))
    return TABLE[name]


def _row_for(short_side_pixels: int) -> _Row:
    """The next larger rung's settings, its peak in proportion to the pixels."""
    row = next(row for row in TABLE.values() if row.short_side_pixels >= short_side_pixels)
    share = Fraction(short_side_pixels, row.short_side_pixels) ** 2
    return _Row(
        short_side_pixels, row.crf, max(LEAST_PEAK_BPS, round(row.peak_bps * share)), row.profile
    )


def _plan(name: str, row: _Row, source: Size, rate: Fraction, preset: str) -> RungPlan:
    size = source.scaled(row.short_side_pixels)
    return RungPlan(
        name=name,
        size=size,
        crf=row.crf,
        peak_bps=row.peak_bps,
        profile=row.profile,
        level=_level(size, rate),
        preset=preset,
        group_frames=round(SEGMENT_SECONDS * rate),
    )


def _level(size: Size, rate: Fraction) -> str:
    """The smallest level that holds the size at the rate."""
    blocks = ceil(size.width_pixels / MACROBLOCK_PIXELS) * ceil(
        size.height_pixels / MACROBLOCK_PIXELS
    )
    fitting = (
        level for level, frame, second in LEVELS if blocks <= frame and blocks * rate <= second
    )
    return next(fitting, TOP_LEVEL)
