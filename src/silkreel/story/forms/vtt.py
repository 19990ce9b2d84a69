"""A subtitle skeleton of one episode as WebVTT: cue ids are line ids, times are estimates.

Once picture exists its own cues take over; until then the times follow the accepted rates.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from silkreel.kit.refusals import Refusal
from silkreel.story.forms.linear import Said, linear_scenes
from silkreel.story.project import Story
from silkreel.story.rhythm import beat_seconds

SHORTEST_CUE_SECONDS = 1.0  # shorter ones flash by
GAP_SECONDS = 0.08  # two frames at 25 a second: a viewer sees that the text changed
_CUE = re.compile(
    r"^(?P<id>[^\s.]+)(?:\.\d+)?\n"
    r"(?P<start>(?:\d+:)?\d\d:\d\d\.\d{3}) --> (?P<end>(?:\d+:)?\d\d:\d\d\.\d{3})",
    re.MULTILINE,
)


@dataclass(frozen=True, slots=True)
class Cue:
    """When a line is said."""

    start_seconds: float
    end_seconds: float

    @property
    def length_seconds(self) -> float:
        """How long it is said or shown."""
        return self.end_seconds - self.start_seconds


Cues = Mapping[str, Cue]  # by line id


class NoRates(Refusal):
    """Nobody said how fast people speak."""

    status = 409
    message = (
        "Times need rates: give rhythm_profile.rates for {language} and for action in story.yaml, "
        "for example {{{language}: 2.5 words/s, action: 2.5 s/beat}}."
    )


class NoSuchEpisode(Refusal):
    """An episode the series does not have."""

    status = 404
    message = "There is no episode {number} in the series; it has {known}."


def write_vtt(
    story: Story, walk: Sequence[str], episode: int, texts: Mapping[str, str] | None = None
) -> str:
    """Spoken and on-screen lines of an episode as cues, each under its line id.

    `texts` are words in another language by line id; a line without reads as it was written. Times
    are those of the original: that is how long it is spoken.

    Raises:
        NoSuchEpisode, NoRates: it cannot be timed.
    """
    scenes = linear_scenes(story, walk)
    numbers = {scene.episode.number for scene in scenes}
    if episode not in numbers:
        known = ", ".join(str(number) for number in sorted(n for n in numbers if n is not None))
        raise NoSuchEpisode(number=episode, known=known or "none")
    lines = [line for s in scenes if s.episode.number == episode for line in s.lines]
    return "\n\n".join(["WEBVTT", *_cues(lines, story, texts or {})]) + "\n"


def _cues(lines: Sequence[Said], story: Story, texts: Mapping[str, str]) -> list[str]:
    cues, now = [], 0.0
    for line in lines:
        seconds = beat_seconds(line.beat, story.project)
        if seconds is None:
            raise NoRates(language=story.project.language)
        if line.beat.speaker and line.beat.text:
            end = now + max(seconds, SHORTEST_CUE_SECONDS)
            line_id = line.beat.id or ""
            text = texts.get(line_id, line.beat.text)
            cues.append(cue(line_id, now, end, line.beat.speaker, text))
            now = end + GAP_SECONDS
        else:
            now += seconds
    return cues


def read_cues(text: str) -> dict[str, Cue]:
    """Cues of a WebVTT file of ours by line id; a line shown in parts has one, from first to last."""
    found: dict[str, Cue] = {}
    for each in _CUE.finditer(text.replace("\r\n", "\n")):
        start, end = _seconds(each["start"]), _seconds(each["end"])
        known = found.get(each["id"], Cue(start, end))
        found[each["id"]] = Cue(min(start, known.start_seconds), max(end, known.end_seconds))
    return found


def _seconds(told: str) -> float:
    total = 0.0
    for part in told.split(":"):
        total = total * 60 + float(part)
    return round(total, 3)


def cue(line_id: str, start: float, end: float, speaker: str, text: str) -> str:
    """A cue under its line id; what nobody says is set in italics."""
    told = f"<v {_escaped(speaker)}>{_escaped(text)}" if speaker else f"<i>{_escaped(text)}</i>"
    return f"{line_id}\n{clock(start)} --> {clock(end)}\n{told}"


def _escaped(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def clock(seconds: float) -> str:
    """A time as WebVTT writes it: 00:01:02.345."""
    minutes, milliseconds = divmod(round(seconds * 1000), 60_000)
    whole, rest = divmod(milliseconds, 1000)
    return f"{minutes // 60:02}:{minutes % 60:02}:{whole:02}.{rest:03}"
