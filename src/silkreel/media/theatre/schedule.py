"""When each shot and line plays: speech sets the pace, written pauses give room."""

import math
from collections.abc import Mapping
from dataclasses import dataclass

from silkreel.kit.refusals import Refusal
from silkreel.kit.spans import Span
from silkreel.media.theatre.plan import Line, Mark, Play, Scene, Shot

CAPTION_TAIL_SECONDS = 0.16  # a caption stays a moment after the voice, as editors leave it
CAPTION_GAP_FRAMES = 2  # two captions never touch
BREATH_SECONDS = 0.35  # between a voice and what follows it, in an animatic
SHORTEST_SLOT_SECONDS = 1.2  # less is not seen
MAX_STRETCH = 2.5  # pauses beyond this look like a stuck player


class SpeechMissing(Refusal):
    """A line has no voice."""

    status = 422
    message = "Line {line_id} of episode {number} has no speech; give a sound for every line."


class EpisodeTooLong(Refusal):
    """Even with the shortest pauses the episode is too long."""

    status = 422
    message = (
        "Episode {number} lasts {seconds} seconds, over its {limit}; "
        "cut lines, or use a faster voice."
    )


@dataclass(frozen=True, slots=True)
class LineCue:
    """A line on the clock: its voice and its caption."""

    line: Line
    speech_start_seconds: float
    speech_end_seconds: float
    caption: Span


@dataclass(frozen=True, slots=True)
class ShotCue:
    """A shot on the clock."""

    scene: Scene
    shot: Shot
    span: Span
    lines: tuple[LineCue, ...]
    scene_number: int
    frames_per_second: int

    @property
    def start_seconds(self) -> float:
        """When the shot begins."""
        return self.span.first_frame / self.frames_per_second

    @property
    def length_seconds(self) -> float:
        """How long the shot lasts."""
        return self.span.length_frames / self.frames_per_second

    def mark(self, who: str) -> Mark | None:
        """Where somebody stands in this shot."""
        return next((mark for mark in self.scene.marks if mark.who == who), None)


@dataclass(frozen=True, slots=True)
class Timetable:
    """An episode on the clock."""

    shots: tuple[ShotCue, ...]
    length_frames: int
    frames_per_second: int

    @property
    def lines(self) -> tuple[LineCue, ...]:
        """All lines in order."""
        return tuple(line for shot in self.shots for line in shot.lines)

    @property
    def voiced(self) -> tuple[LineCue, ...]:
        """The lines that are heard."""
        return tuple(cue for cue in self.lines if cue.line.kind == "speech")

    @property
    def length_seconds(self) -> float:
        """How long the episode lasts."""
        return self.length_frames / self.frames_per_second


def schedule(
    play: Play, speech_seconds: Mapping[str, float], frames_per_second: int = 25
) -> Timetable:
    """Set every shot and line on the clock.

    Pauses are stretched or shortened alike until the episode fits its shortest and longest length.

    Raises:
        SpeechMissing: a line has no speech.
        EpisodeTooLong: speech alone takes more than the longest length.
    """
    _all_spoken(play, speech_seconds)
    spoken = sum(speech_seconds[line.id] for line in play.spoken)
    pauses = sum(_pauses(shot) for shot in play.shots)
    stretch = _stretch(play, spoken, pauses)
    return _lay(play, speech_seconds, stretch, frames_per_second)


def slots(
    play: Play, speech_seconds: Mapping[str, float], frames_per_second: int = 25
) -> Timetable:
    """Set every shot on the clock as an animatic does: lines fill slots, and a board may ask for more.

    A line's slot is its voice and a breath, a shot lasts its slots or what was asked, whichever is
    longer. What is written of pauses is left out: they belong to the final cut.

    Raises:
        SpeechMissing: a line has no speech.
    """
    _all_spoken(play, speech_seconds)
    rate, first = frames_per_second, 0
    shots: list[ShotCue] = []
    for number, scene in enumerate(play.scenes):
        for shot in scene.shots:
            at, lines = first, []
            for line in shot.lines:
                lines.append(_slot(line, at, speech_seconds.get(line.id, 0.0), rate))
                at = lines[-1].caption.end_frame
            end = max(at, first + _frames(shot.asked_seconds, rate))
            shots.append(ShotCue(scene, shot, Span(first, end), tuple(lines), number, rate))
            first = end
    return Timetable(tuple(shots), first, rate)


def _slot(line: Line, first: int, spoken: float, rate: int) -> LineCue:
    """A line in its slot from a frame on; as many frames wherever it stands."""
    speaks = line.kind == "speech"
    wanted = spoken + BREATH_SECONDS if speaks else line.still_seconds
    length = _frames(max(wanted, SHORTEST_SLOT_SECONDS), rate)
    start = first / rate
    end = start + (spoken if speaks else length / rate)
    return LineCue(line, start, end, Span(first, first + length))


def _frames(seconds: float, rate: int) -> int:
    """The nearest count of frames, at least one; halves go up, whatever comes before."""
    return max(1, math.floor(seconds * rate + 0.5))


def _all_spoken(play: Play, speech_seconds: Mapping[str, float]) -> None:
    for line in play.spoken:
        if line.id not in speech_seconds:
            raise SpeechMissing(line_id=line.id, number=play.number)


def _stretch(play: Play, spoken: float, pauses: float) -> float:
    total = spoken + pauses
    if total < play.shortest_seconds:
        return min(MAX_STRETCH, (play.shortest_seconds + 0.2 - spoken) / pauses)
    if total > play.longest_seconds:
        stretch = (play.longest_seconds - 0.2 - spoken) / pauses
        if stretch < 0.4:
            limit = play.longest_seconds
            raise EpisodeTooLong(number=play.number, seconds=round(total, 1), limit=limit)
        return stretch
    return 1.0


def _pauses(shot: Shot) -> float:
    within = sum(x.before_seconds + x.after_seconds for x in shot.lines if x.kind == "speech")
    return shot.before_seconds + shot.after_seconds + within


def _lay(play: Play, speech_seconds: Mapping[str, float], stretch: float, rate: int) -> Timetable:
    clock = 0.0
    shots: list[ShotCue] = []
    caption_end = 0
    for number, scene in enumerate(play.scenes):
        for shot in scene.shots:
            first = round(clock * rate)
            clock += shot.before_seconds * stretch
            lines = []
            for line in shot.lines:
                if line.kind != "speech":  # seen in the picture, and in its pauses
                    continue
                clock += line.before_seconds * stretch
                start, end = clock, clock + speech_seconds[line.id]
                opening = max(round(start * rate), caption_end + CAPTION_GAP_FRAMES)
                caption_end = max(opening + 1, round((end + CAPTION_TAIL_SECONDS) * rate))
                lines.append(LineCue(line, start, end, Span(opening, caption_end)))
                clock = end + line.after_seconds * stretch
            clock += shot.after_seconds * stretch
            closing = max(first + 1, round(clock * rate))
            shots.append(ShotCue(scene, shot, Span(first, closing), tuple(lines), number, rate))
    return Timetable(tuple(shots), shots[-1].span.end_frame, rate)
