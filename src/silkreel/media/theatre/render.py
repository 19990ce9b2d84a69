"""An episode from its play and its voices, rendered in a killable child process."""

from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path

from silkreel.kit.children import Limits, Message, ask_once
from silkreel.kit.sound import Sound
from silkreel.kit.spans import Span
from silkreel.media.theatre.fonts import find
from silkreel.media.theatre.plan import Picture, Play
from silkreel.media.theatre.schedule import LineCue, Timetable, schedule

LIMITS = Limits(cpu_seconds=300, wall_seconds=900.0, silence_seconds=120.0, nice=5)


@dataclass(frozen=True, slots=True)
class CaptionTruth:
    """What stands in the picture, and when: the measure for whoever reads it."""

    line_id: str
    speaker: str
    text: str
    span: Span
    speech_start_seconds: float
    speech_end_seconds: float


@dataclass(frozen=True, slots=True)
class RenderedEpisode:
    """A finished episode and the truth about it."""

    number: int
    path: Path
    stem_path: Path  # music and effects without the voices
    captions: tuple[CaptionTruth, ...]
    titles: tuple[str, ...]  # texts in the picture that are no subtitles
    length_frames: int
    frames_per_second: int

    @property
    def length_seconds(self) -> float:
        """How long the episode lasts."""
        return self.length_frames / self.frames_per_second


def render_episode(
    play: Play,
    takes: Mapping[str, Sound],
    folder: Path,
    *,
    stems: Path | None = None,
    picture: Picture | None = None,
    progress: Callable[[float], None] | None = None,
    cancelled: Callable[[], bool] | None = None,
) -> RenderedEpisode:
    """Draw and encode an episode as `第N集.mp4`; `takes` holds the speech of every line.

    The stem goes into `stems` (by default the folder `stems` beside the film). The same input
    gives the same bytes.

    Raises:
        SpeechMissing, EpisodeTooLong: the voices do not fit the play.
        FontMissing: no Chinese letters can be drawn.
    """
    picture = picture or Picture()
    find("sans")
    seconds = {line_id: take.length_seconds for line_id, take in takes.items()}
    times = schedule(play, seconds, picture.frames_per_second)
    stems = stems or folder / "stems"
    for each in (folder, stems):
        each.mkdir(parents=True, exist_ok=True)
    film, stem = folder / f"第{play.number}集.mp4", stems / f"第{play.number}集.me.wav"
    spoken = [line.id for line in play.lines]
    ask_once(
        "silkreel.media.theatre.worker",
        {
            "play": asdict(play),
            "picture": asdict(picture),
            "film": str(film),
            "stem": str(stem),
            "takes": [{"line_id": i, "sample_rate": takes[i].sample_rate} for i in spoken],
        },
        [takes[i].flat for i in spoken],
        limits=LIMITS,
        on_event=lambda message: _tell(message, progress),
        cancelled=cancelled,
    )
    return _rendered(play, times, film, stem)


def _tell(message: Message, progress: Callable[[float], None] | None) -> None:
    share = message.value.get("progress")
    if progress is not None and share is not None:
        progress(float(share))


def _rendered(play: Play, times: Timetable, film: Path, stem: Path) -> RenderedEpisode:
    return RenderedEpisode(
        number=play.number,
        path=film,
        stem_path=stem,
        captions=tuple(_truth(cue) for cue in times.lines),
        titles=(play.title.series, play.title.episode, play.watermark),
        length_frames=times.length_frames,
        frames_per_second=times.frames_per_second,
    )


def _truth(cue: LineCue) -> CaptionTruth:
    return CaptionTruth(
        line_id=cue.line.id,
        speaker=cue.line.who,
        text=cue.line.caption,
        span=cue.caption,
        speech_start_seconds=cue.speech_start_seconds,
        speech_end_seconds=cue.speech_end_seconds,
    )
