"""An episode is watched before it is shot: its lines spoken, its shots drawn, joined with captions.

Takes and shots are kept by what they are made of, so that a changed line is spoken and drawn alone,
a run that was stopped goes on where it was, and one that finished costs nothing again.
"""

import shutil
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from silkreel.engines.contracts import Speaker
from silkreel.flows.animatic_plan import Plan, planned
from silkreel.flows.animatic_shots import draw_shots
from silkreel.flows.animatic_takes import Take, speak_lines
from silkreel.flows.table_read import speakers_of
from silkreel.kit.artifacts import Artifact, Workshop
from silkreel.kit.children import Child
from silkreel.kit.keys import work_key
from silkreel.kit.settings import Settings
from silkreel.kit.words import words
from silkreel.media.synthetic import animatic_metadata
from silkreel.media.theatre import (
    VERSION,
    FilmOrder,
    Look,
    Picture,
    find_letters,
    join_film,
    stagehand,
)
from silkreel.media.theatre.schedule import Timetable, slots
from silkreel.story.animatic import ShotRow, action_rate_is_guessed, animatic_vtt, shot_rows
from silkreel.story.forms.otio import write_otio

PICTURE = Picture(540, 960, 25)
FILM_STEP = "story.animatic"
SPOKEN_SHARE, DRAWN_SHARE = 0.3, 0.95  # of the whole work, when that part of it is done

Progress = Callable[[str, float], None]


@dataclass(frozen=True, slots=True)
class AnimaticOrder:
    """What is wanted."""

    story: Path
    episode: int
    language: str = ""  # the source language where none is said
    draft: bool = False  # stills instead of moving shots
    out: Path | None = None


@dataclass(frozen=True, slots=True)
class Animatic:
    """A finished animatic, and the table that goes with it."""

    episode: str
    language: str
    film: Path
    subtitles: Path
    timeline: Path
    length_seconds: float
    budget_seconds: float | None
    shots: tuple[ShotRow, ...]
    voices: Mapping[str, str]  # by character: engine and preset
    drawn: int  # shots drawn now; the others were found
    proposed: bool  # whether the shots come from no list
    notes: tuple[str, ...]

    def to_json(self) -> dict[str, Any]:
        """As scripts read it."""
        return {
            "episode": self.episode, "language": self.language, "film": str(self.film),
            "subtitles": str(self.subtitles), "timeline": str(self.timeline),
            "length_seconds": round(self.length_seconds, 3),
            "budget_seconds": self.budget_seconds, "voices": dict(self.voices),
            "drawn": self.drawn, "proposed": self.proposed, "synthetic": True,
            "shots": [row.to_json() for row in self.shots], "notes": list(self.notes),
        }  # fmt: skip


def make_animatic(
    settings: Settings,
    workshop: Workshop,
    order: AnimaticOrder,
    *,
    progress: Progress = lambda _what, _share: None,
    speakers: Sequence[Speaker] | None = None,
) -> Animatic:
    """Render an episode's animatic; film and subtitles are put where the order says.

    Without a place to put it, it lies in the story's folder `out`. `speakers` are asked in their
    order; by default every engine that runs here.

    Raises:
        NoStory, BadStoryFile, NoSuchEpisode: the script, its shots or its pictures cannot be used.
        NoVoice: no engine speaks the language, and the profile has no rates to time silence by.
        FontMissing, ShapingMissing, ChildTooSlow, ChildCrashed: it cannot be drawn here.
    """
    plan = planned(order.story, order.episode, order.language)
    find_letters(plan.play)  # before anything is spoken: voices cost most
    if speakers is not None:
        return _made(workshop, order, plan, speakers, [], settings.cores, progress)
    with speakers_of(settings) as (lent, notes):
        return _made(workshop, order, plan, lent, notes, settings.cores, progress)


def _made(
    workshop: Workshop,
    order: AnimaticOrder,
    plan: Plan,
    speakers: Sequence[Speaker],
    missing: Sequence[str],
    cores: int,
    progress: Progress,
) -> Animatic:
    takes, casting, silent = speak_lines(
        workshop, plan, speakers, _part(progress, 0.0, SPOKEN_SHARE)
    )
    seconds = {line_id: take.sound.length_seconds for line_id, take in takes.items()}
    times = slots(plan.play, seconds, PICTURE.frames_per_second)
    look = Look(preview=True, stills=order.draft)
    with ExitStack() as stack:  # a child for each core, and the first one joins what they drew
        children = [stack.enter_context(stagehand()) for _ in range(max(1, cores))]
        parts, drawn = draw_shots(
            workshop, plan, times, takes, look, PICTURE, children,
            _part(progress, SPOKEN_SHARE, DRAWN_SHARE),
        )  # fmt: skip
        progress(words("joining"), DRAWN_SHARE)
        film = _joined(workshop, plan, times, takes, parts, children[0])
    target, subtitles, timeline = _put(order, plan, film, times)
    progress(words("done"), 1.0)
    return Animatic(
        episode=plan.board.episode.name,
        language=plan.speech.language,
        film=target,
        subtitles=subtitles,
        timeline=timeline,
        length_seconds=times.length_seconds,
        budget_seconds=plan.board.episode.budget_seconds,
        shots=shot_rows(times),
        voices={part.member: f"{part.voice.engine}:{part.voice.preset}" for part in casting},
        drawn=drawn,
        proposed=not plan.board.path,
        notes=(*missing, *silent, *_notes(plan)),
    )


def _part(progress: Progress, start: float, end: float) -> Progress:
    """Progress of one part of the work, told as its share of the whole."""
    return lambda what, share: progress(what, start + (end - start) * share)


def _joined(
    workshop: Workshop,
    plan: Plan,
    times: Timetable,
    takes: Mapping[str, Take],
    parts: Sequence[Artifact],
    child: Child,
) -> Artifact:
    sounds = {line_id: take.sound for line_id, take in takes.items()}
    title = _title(plan)
    key = work_key(
        FILM_STEP, VERSION,
        {"parts": [part.content_hash for part in parts], "title": title,
         "voices": [(x.line.id, round(x.speech_start_seconds, 4), takes[x.line.id].content_hash,
                     _side(times, x.line.who)) for x in times.voiced]},
    )  # fmt: skip

    def maker(folder: Path) -> tuple[Path, dict[str, Any]]:
        film = folder / "animatic.mp4"
        paths = tuple(part.path for part in parts)
        metadata = animatic_metadata(title)
        order = FilmOrder(plan.play, times, paths, film, metadata=metadata)
        join_film(order, sounds, child=child)
        return film, {"synthetic": True, "title": title}

    return workshop.make(key, FILM_STEP, maker)


def _side(times: Timetable, who: str) -> list[float]:
    """Where a voice comes from, shot by shot: the mix hears it."""
    marks = (mark for shot in times.shots for mark in shot.scene.marks)
    return [mark.x for mark in marks if mark.who == who]


def _put(
    order: AnimaticOrder, plan: Plan, film: Artifact, times: Timetable
) -> tuple[Path, Path, Path]:
    """Film, subtitles and timeline where they are wanted; each is replaced whole or not at all."""
    tag = "" if plan.speech.worded is None else f".{plan.speech.language}"
    name = f"{plan.board.episode.name}{tag}.animatic.mp4"
    target = order.out or plan.evidence.story.folder / "out" / name
    target.parent.mkdir(parents=True, exist_ok=True)
    beside = target.with_name(target.name + ".new")
    shutil.copyfile(film.path, beside)
    beside.replace(target)
    subtitles = target.with_suffix(".vtt")
    names = {actor.id: actor.name for actor in plan.play.cast}
    beside.write_text(animatic_vtt(times, names), encoding="utf-8")
    beside.replace(subtitles)
    timeline = target.with_suffix(".otio")
    beside.write_text(write_otio(times, plan.play.cast, _title(plan)), encoding="utf-8")
    beside.replace(timeline)
    return target, subtitles, timeline


def _title(plan: Plan) -> str:
    return f"{plan.project.title or plan.evidence.story.folder.name} {plan.board.episode.name}"


def _notes(plan: Plan) -> Iterator[str]:
    """What was taken without anybody saying so."""
    for told in plan.evidence.compiler_told:
        yield f"{told.at}: {told.sentence}"
    ids = [beat.id or "" for shot in plan.board.shots for beat in shot.beats]
    missing = plan.speech.missing(ids)
    if missing:
        yield words(
            "{count} of {lines} lines have no words in {language} and stay in the source language.",
            count=len(missing), lines=len(ids), language=plan.speech.language,
        )  # fmt: skip
    if action_rate_is_guessed(plan.board, plan.project):
        yield words(
            "Action lasts 2.5 s a beat: story.yaml has no rhythm_profile.rates.action of its own."
        )
