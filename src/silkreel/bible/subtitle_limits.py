"""How much text a viewer can read, by language and shape of the picture."""

from dataclasses import dataclass
from functools import cache
from importlib.resources import files

import yaml

from silkreel.kit.languages import primary

WIDE_LANGUAGES = frozenset({"zh", "ja", "ko"})


@dataclass(frozen=True, slots=True)
class SubtitleLimits:
    """What fits a line and a second; `verified` says whether a primary source was read."""

    characters_per_line: int
    characters_per_second: float
    lines: int = 2
    shortest_seconds: float = 5 / 6
    longest_seconds: float = 7.0
    gap_frames: int = 2
    tail_frames: int = 12
    source: str = ""
    verified: bool = False


@cache
def subtitle_limits(language: str, *, vertical: bool) -> SubtitleLimits:
    """Limits for a language tag; a vertical picture has shorter lines."""
    table = yaml.safe_load((files("silkreel.bible") / "subtitle_limits.yaml").read_text("utf-8"))
    tongue = primary(language)
    entry = table["languages"].get(tongue, table["languages"]["other"])
    line = int(entry["line"])
    if vertical:
        line = min(line, int(table["vertical"]["wide" if tongue in WIDE_LANGUAGES else "latin"]))
    return SubtitleLimits(
        characters_per_line=line,
        characters_per_second=float(entry["second"]),
        source=str(entry["source"]),
        verified=bool(entry["verified"]),
    )
