"""Subtitle tracks: cues timed to what is heard, broken for the picture, written as WebVTT, SRT, ASS.

`cc` follows the dub's takes; `sub` carries the translation over the original sound. Cue ids are
line ids (`id`, then `id.2` where a line needs a second event), so every cue leads to its line.
Rules: timed text style guide, Netflix partner help 215758617.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from math import floor

from silkreel.bible.subtitle_limits import SubtitleLimits, subtitle_limits
from silkreel.dubbing.line_breaks import break_lines
from silkreel.kit.spans import TimeSpan

SHORTEST_PAGE_SECONDS = 0.4  # a page shown for less is not seen
SHOT_SNAP_FRAMES = 6  # a cue this close to a cut ends on it
VERTICAL_LINE_PERCENT = 72  # above the player's controls, below faces
LANDSCAPE_LINE_PERCENT = 86
ASS_STYLE_FIELDS = (
    "Format: Name, Fontname, Fontsize, PrimaryColour, SecondaryColour, OutlineColour, "
    "BackColour, Bold, Italic, Underline, StrikeOut, ScaleX, ScaleY, Spacing, Angle, "
    "BorderStyle, Outline, Shadow, Alignment, MarginL, MarginR, MarginV, Encoding"
)
ASS_STYLE = (
    "Style: Default,Noto Sans,{size},&H00FFFFFF,&H000000FF,&H00101010,&H80000000,"
    "0,0,0,0,100,100,0,0,1,{outline},0,2,{side},{side},{bottom},1"
)


@dataclass(frozen=True, slots=True)
class SubtitleLine:
    """A line to be shown: its words, who says them, and when they sound."""

    line_id: str
    text: str
    speaker: str
    span: TimeSpan
    draft: bool = False


@dataclass(frozen=True, slots=True)
class Cue:
    """One event on screen."""

    cue_id: str
    span: TimeSpan
    lines: tuple[str, ...]
    speaker: str
    draft: bool = False

    @property
    def text(self) -> str:
        """The words on one line."""
        return " ".join(self.lines)


@dataclass(frozen=True, slots=True)
class Shown:
    """What is on screen of one line, over all its cues."""

    characters: int = 0
    seconds: float = 0.0
    lines: int = 0  # the tallest cue's


@dataclass(frozen=True, slots=True)
class Track:
    """All cues of an episode in a language."""

    language: str
    kind: str  # sub | cc
    cues: tuple[Cue, ...]
    vertical: bool

    def shown(self) -> dict[str, Shown]:
        """By line id: how much of each line is on screen, and for how long."""
        found: dict[str, Shown] = {}
        for cue in self.cues:
            line_id = cue.cue_id.partition(".")[0]
            before = found.get(line_id, Shown())
            found[line_id] = Shown(
                before.characters + len(cue.text),
                round(before.seconds + cue.span.length_seconds, 3),
                max(before.lines, len(cue.lines)),
            )
        return found


def make_track(
    lines: Sequence[SubtitleLine],
    *,
    language: str,
    kind: str,
    vertical: bool,
    frame_rate: Fraction,
    length_seconds: float,
    shots: Sequence[float] = (),
) -> Track:
    """Cues for lines in order: each shown long enough, apart by two frames, inside the episode."""
    limits = subtitle_limits(language, vertical=vertical)
    events = [event for line in lines for event in _events(line, language, limits)]
    events.sort(key=lambda cue: cue.span)
    frame = float(1 / frame_rate)
    cues = []
    for place, cue in enumerate(events):
        following = events[place + 1].span.start_seconds if place + 1 < len(events) else None
        end = _end(cue, following, limits, frame, length_seconds, shots)
        start = min(cue.span.start_seconds, max(0.0, length_seconds - frame))
        if end > start:
            span = TimeSpan(round(start, 3), max(round(start, 3), floor(end * 1000) / 1000))
            cues.append(Cue(cue.cue_id, span, cue.lines, cue.speaker, cue.draft))
    return Track(language, kind, tuple(cues), vertical)


def _events(line: SubtitleLine, language: str, limits: SubtitleLimits) -> list[Cue]:
    """A line as one event, or as several one after another where it is too long for the picture."""
    broken = break_lines(
        line.text, language, line_characters=limits.characters_per_line, lines=limits.lines
    )
    pages = [broken[i : i + limits.lines] for i in range(0, len(broken), limits.lines)]
    if line.span.length_seconds < SHORTEST_PAGE_SECONDS * len(pages):
        pages = [broken]  # too quick to turn pages: better tall than gone
    sizes = [sum(map(len, page)) for page in pages]
    moment, events = line.span.start_seconds, []
    for number, (page, size) in enumerate(zip(pages, sizes, strict=True), start=1):
        until = moment + line.span.length_seconds * size / sum(sizes)
        name = line.line_id if number == 1 else f"{line.line_id}.{number}"
        events.append(Cue(name, TimeSpan(moment, until), tuple(page), line.speaker, line.draft))
        moment = until
    return events


def _end(
    cue: Cue,
    following: float | None,
    limits: SubtitleLimits,
    frame: float,
    length_seconds: float,
    shots: Sequence[float],
) -> float:
    """When a cue goes: after the sound, long enough to read, before the next, on a cut if near."""
    start = cue.span.start_seconds
    reading = len(cue.text) / limits.characters_per_second
    wanted = max(
        cue.span.end_seconds,
        min(cue.span.end_seconds + limits.tail_frames * frame, start + reading),
        start + limits.shortest_seconds,
    )
    wanted = min(wanted, start + max(limits.longest_seconds, cue.span.length_seconds))
    cut = next((shot for shot in shots if abs(shot - wanted) <= SHOT_SNAP_FRAMES * frame), None)
    if cut is not None and cut >= cue.span.end_seconds:
        wanted = cut
    latest = length_seconds if following is None else following - limits.gap_frames * frame
    return min(wanted, latest, length_seconds)


def write_vtt(track: Track) -> str:
    """The track as WebVTT for an HLS rendition: cue id = line id, speaker as voice span."""
    line = VERTICAL_LINE_PERCENT if track.vertical else LANDSCAPE_LINE_PERCENT
    parts = ["WEBVTT", "X-TIMESTAMP-MAP=MPEGTS:0,LOCAL:00:00:00.000", ""]
    for cue in track.cues:
        start, end = _clock(cue.span.start_seconds, "."), _clock(cue.span.end_seconds, ".")
        text = "\n".join(_escaped(part) for part in cue.lines)
        voice = f"<v {_escaped(cue.speaker)}>{text}</v>" if cue.speaker else text
        timing = f"{start} --> {end} line:{line}% position:50% size:90% align:center"
        parts += [cue.cue_id, timing, voice, ""]
    return "\n".join(parts)


def write_srt(track: Track) -> str:
    """The track as SubRip; line ids are lost, see the export's side-car map."""
    parts = []
    for number, cue in enumerate(track.cues, start=1):
        start, end = _clock(cue.span.start_seconds, ","), _clock(cue.span.end_seconds, ",")
        parts += [str(number), f"{start} --> {end}", *cue.lines, ""]
    return "\n".join(parts)


def write_ass(track: Track, *, width_pixels: int, height_pixels: int) -> str:
    """The track as Advanced SubStation on a canvas of the picture's real size."""
    size = round(min(width_pixels, height_pixels) * 0.06)
    style = ASS_STYLE.format(
        size=size,
        outline=max(2, size // 14),
        side=round(width_pixels * 0.06),
        bottom=round(height_pixels * (0.22 if track.vertical else 0.06)),
    )
    head = [
        "[Script Info]", "ScriptType: v4.00+", f"PlayResX: {width_pixels}",
        f"PlayResY: {height_pixels}", "WrapStyle: 2", "ScaledBorderAndShadow: yes", "",
        "[V4+ Styles]",
        ASS_STYLE_FIELDS,
        style, "", "[Events]",
        "Format: Layer, Start, End, Style, Name, MarginL, MarginR, MarginV, Effect, Text",
    ]  # fmt: skip
    events = [_ass_event(cue) for cue in track.cues]
    return "\n".join([*head, *events, ""])


def _ass_event(cue: Cue) -> str:
    start, end = _ass_clock(cue.span.start_seconds), _ass_clock(cue.span.end_seconds)
    text = "\\N".join(part.replace("{", "(").replace("}", ")") for part in cue.lines)
    speaker = cue.speaker.replace(",", " ")
    return f"Dialogue: 0,{start},{end},Default,{speaker},0,0,0,,{{id={cue.cue_id}}}{text}"


def _escaped(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def _clock(seconds: float, point: str) -> str:
    whole = round(seconds * 1000)
    hours, rest = divmod(whole, 3_600_000)
    minutes, rest = divmod(rest, 60_000)
    return f"{hours:02d}:{minutes:02d}:{rest // 1000:02d}{point}{rest % 1000:03d}"


def _ass_clock(seconds: float) -> str:
    whole = round(seconds * 100)
    hours, rest = divmod(whole, 360_000)
    minutes, rest = divmod(rest, 6000)
    return f"{hours}:{minutes:02d}:{rest // 100:02d}.{rest % 100:02d}"
