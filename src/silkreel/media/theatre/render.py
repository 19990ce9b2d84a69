"""Plays into film: parts are drawn in killable children, then joined with their sound in another.

One part may be a whole episode or a single shot; what is drawn depends on the order alone, so that a
part that was drawn before need not be drawn again.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path

from silkreel.kit.children import Child, Limits, Message
from silkreel.kit.sound import Sound
from silkreel.kit.spans import Span
from silkreel.media.theatre.plan import Look, Picture, Play
from silkreel.media.theatre.schedule import LineCue, Timetable, schedule
from silkreel.media.theatre.typesetting import Setting, runs

WORKER = "silkreel.media.theatre.worker"
LIMITS = Limits(cpu_seconds=900, wall_seconds=900.0, silence_seconds=120.0, nice=5)
VERSION = 5  # of what is drawn: raise it when the same order gives another picture

Takes = Mapping[str, Sound]  # the speech of every line, by its id


@dataclass(frozen=True, slots=True)
class PartOrder:
    """A piece of film to draw: a play on its clock, how finished, and where the file goes."""

    play: Play
    times: Timetable
    path: Path
    look: Look = field(default_factory=Look)
    picture: Picture = field(default_factory=Picture)


@dataclass(frozen=True, slots=True)
class FilmOrder:
    """Parts to join, and the sound that goes with them."""

    play: Play
    times: Timetable
    parts: tuple[Path, ...]
    path: Path
    stem: Path | None = None  # where music and effects go; without it there are none
    metadata: Mapping[str, str] = field(default_factory=dict)


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


def stagehand() -> Child:
    """A child that draws and joins, started when it is first asked; close it when all is done."""
    return Child(WORKER, LIMITS)


def find_letters(play: Play) -> None:
    """Refuse a play whose letters cannot be drawn here, before anything is made of it.

    Raises:
        FontMissing, ShapingMissing: no font has them, or nothing joins them.
    """
    for text in play.texts:
        runs(text, Setting(play.language))


def draw_parts(
    orders: Sequence[PartOrder],
    takes: Takes,
    *,
    child: Child,
    on_part: Callable[[int], None] = lambda _: None,
    progress: Callable[[float], None] | None = None,
    cancelled: Callable[[], bool] | None = None,
) -> None:
    """Draw parts in a child, which keeps places and puppets from one to the next.

    `on_part` hears the index of each as soon as its file is whole.

    Raises:
        FontMissing, ShapingMissing: letters cannot be drawn.
        BadArt: a picture that was given cannot be shown.
        ChildCrashed, ChildTooSlow, Cancelled: as they say.
    """
    for order in orders:
        find_letters(order.play)
    spoken = list(dict.fromkeys(line.id for order in orders for line in order.play.spoken))

    def hear(message: Message) -> None:
        if "part" in message.value:
            on_part(int(message.value["part"]))
        elif progress is not None and "progress" in message.value:
            progress(float(message.value["progress"]))

    child.ask(
        {
            "do": "draw",
            "orders": [{**asdict(order), "path": str(order.path)} for order in orders],
            "takes": _rows(spoken, takes),
        },
        [takes[line_id].flat for line_id in spoken],
        on_event=hear,
        cancelled=cancelled,
    )


def join_film(
    order: FilmOrder,
    takes: Takes,
    *,
    child: Child,
    cancelled: Callable[[], bool] | None = None,
) -> None:
    """Mix the voices, over music where a stem is asked for, and join them with the parts."""
    spoken = [line.id for line in order.play.spoken]
    child.ask(
        {
            "do": "join",
            "play": asdict(order.play),
            "times": asdict(order.times),
            "parts": [str(part) for part in order.parts],
            "path": str(order.path),
            "stem": str(order.stem) if order.stem is not None else None,
            "metadata": dict(order.metadata),
            "takes": _rows(spoken, takes),
        },
        [takes[line_id].flat for line_id in spoken],
        cancelled=cancelled,
    )


def render_episode(
    play: Play,
    takes: Takes,
    folder: Path,
    *,
    stems: Path | None = None,
    picture: Picture | None = None,
    progress: Callable[[float], None] | None = None,
    cancelled: Callable[[], bool] | None = None,
) -> RenderedEpisode:
    """Draw and encode an episode in its final look as `第N集.mp4`.

    The stem goes into `stems` (by default the folder `stems` beside the film). The same input
    gives the same bytes.

    Raises:
        SpeechMissing, EpisodeTooLong: the voices do not fit the play.
        FontMissing, ShapingMissing: letters cannot be drawn.
    """
    picture = picture or Picture()
    seconds = {line_id: take.length_seconds for line_id, take in takes.items()}
    times = schedule(play, seconds, picture.frames_per_second)
    stems = stems or folder / "stems"
    for each in (folder, stems):
        each.mkdir(parents=True, exist_ok=True)
    film, stem = folder / f"第{play.number}集.mp4", stems / f"第{play.number}集.me.wav"
    drawn = film.with_suffix(".silent.mp4")
    order = PartOrder(play, times, drawn, picture=picture)
    joined = FilmOrder(play, times, (drawn,), film, stem)
    with stagehand() as child:
        draw_parts([order], takes, child=child, progress=progress, cancelled=cancelled)
        join_film(joined, takes, child=child, cancelled=cancelled)
    drawn.unlink()
    return _rendered(play, times, film, stem)


def _rows(spoken: Sequence[str], takes: Takes) -> list[dict[str, object]]:
    return [{"line_id": i, "sample_rate": takes[i].sample_rate} for i in spoken]


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
