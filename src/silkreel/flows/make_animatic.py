"""An episode is watched before it is shot: its lines spoken, its shots drawn, joined with captions.

Takes and shots are kept by what they are made of, so that a changed line is spoken and drawn alone,
a run that was stopped goes on where it was, and one that finished costs nothing again.
"""

import contextvars
import shutil
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from tempfile import TemporaryDirectory
from threading import Event
from typing import Any

import numpy as np

from silkreel.engines.contracts import Speaker
from silkreel.flows.table_read import (
    Casting,
    NoVoice,
    Role,
    Said,
    cast_voices,
    read_aloud,
    speakers_of,
)  # fmt: skip
from silkreel.kit.artifacts import Artifact, Workshop
from silkreel.kit.children import Child
from silkreel.kit.keys import file_hash, work_key
from silkreel.kit.settings import Settings
from silkreel.kit.sound import Sound, read_sound, write_sound
from silkreel.kit.spans import Span
from silkreel.kit.words import words
from silkreel.media.synthetic import animatic_metadata
from silkreel.media.theatre import (
    VERSION,
    FilmOrder,
    Look,
    PartOrder,
    Picture,
    Play,
    draw_parts,
    join_film,
    stagehand,
)  # fmt: skip
from silkreel.media.theatre.art import BadArt
from silkreel.media.theatre.plan import Scene, Sketch
from silkreel.media.theatre.schedule import ShotCue, Timetable, slots
from silkreel.story.animatic import (
    ShotRow,
    Speech,
    action_rate_is_guessed,
    animatic_vtt,
    shot_rows,
    speech_in,
    wording_of,
)  # fmt: skip
from silkreel.story.board import Board, board_of
from silkreel.story.checking import look_into
from silkreel.story.given_art import bad_art, given_art
from silkreel.story.lints.evidence import Evidence
from silkreel.story.project import Project, open_story
from silkreel.story.rhythm import beat_seconds
from silkreel.story.script import At
from silkreel.story.staging import Staging, play_of, read_staging

PICTURE = Picture(540, 960, 25)
TAKE_STEP, PART_STEP, FILM_STEP = "story.take", "story.animatic_shot", "story.animatic"
SILENT_RATE = 24_000
SHORTEST_SILENCE_SECONDS = 0.85  # a line of dots: with its breath it fills the shortest slot
STILLS_A_CHILD_SECONDS, MOVING_A_CHILD_SECONDS = 60.0, 8.0  # of film
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
            "subtitles": str(self.subtitles), "length_seconds": round(self.length_seconds, 3),
            "budget_seconds": self.budget_seconds, "voices": dict(self.voices),
            "drawn": self.drawn, "proposed": self.proposed, "synthetic": True,
            "shots": [row.to_json() for row in self.shots], "notes": list(self.notes),
        }  # fmt: skip


@dataclass(frozen=True, slots=True)
class _Plan:
    """An episode with its words and people, before anybody speaks."""

    evidence: Evidence
    board: Board
    staging: Staging
    speech: Speech
    play: Play
    art: Mapping[str, At]  # where each picture is named, by its file's name

    @property
    def project(self) -> Project:
        """What story.yaml says."""
        return self.evidence.story.project


@dataclass(frozen=True, slots=True)
class _Take:
    """A line's sound, and the hash of what it is."""

    sound: Sound
    content_hash: str


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
        FontMissing, ChildTooSlow, ChildCrashed: it cannot be drawn here.
    """
    plan = _planned(order)
    if speakers is not None:
        return _made(workshop, order, plan, speakers, [], settings.cores, progress)
    with speakers_of(settings) as (lent, notes):
        return _made(workshop, order, plan, lent, notes, settings.cores, progress)


def _planned(order: AnimaticOrder) -> _Plan:
    evidence = look_into(open_story(order.story))
    board = board_of(evidence, order.episode)
    staging, speech = read_staging(evidence.story), speech_in(evidence, order.language)
    art, named = given_art(evidence.story, board)
    project = evidence.story.project
    play = play_of(board, project, staging, wording_of(speech, project), art=art)
    return _Plan(evidence, board, staging, speech, play, named)


def _made(
    workshop: Workshop,
    order: AnimaticOrder,
    plan: _Plan,
    speakers: Sequence[Speaker],
    missing: Sequence[str],
    cores: int,
    progress: Progress,
) -> Animatic:
    takes, casting, silent = _spoken(workshop, plan, speakers, progress)
    seconds = {line_id: take.sound.length_seconds for line_id, take in takes.items()}
    times = slots(plan.play, seconds, PICTURE.frames_per_second)
    look = Look(preview=True, stills=order.draft)
    with ExitStack() as stack:  # a child for each core, and the first one joins what they drew
        children = [stack.enter_context(stagehand()) for _ in range(max(1, cores))]
        parts, drawn = _drawn(workshop, plan, times, takes, look, children, progress)
        progress(words("joining"), DRAWN_SHARE)
        film = _joined(workshop, plan, times, takes, parts, children[0])
    target, subtitles = _put(order, plan, film, times)
    progress(words("done"), 1.0)
    return Animatic(
        episode=plan.board.episode.name,
        language=plan.speech.language,
        film=target,
        subtitles=subtitles,
        length_seconds=times.length_seconds,
        budget_seconds=plan.board.episode.budget_seconds,
        shots=shot_rows(times),
        voices={part.member: f"{part.voice.engine}:{part.voice.preset}" for part in casting},
        drawn=drawn,
        proposed=not plan.board.path,
        notes=(*missing, *silent, *_notes(plan)),
    )


# Voices


def _spoken(
    workshop: Workshop, plan: _Plan, speakers: Sequence[Speaker], progress: Progress
) -> tuple[dict[str, _Take], tuple[Casting, ...], tuple[str, ...]]:
    """The take of every line: found, spoken now, or silence as long as the line would last."""
    lines = {line.id: line for line in plan.play.spoken}
    texts = {beat.id: beat.text for shot in plan.board.shots for beat in shot.beats}
    said = [Said(i, line.who, plan.speech.said(i, texts[i])) for i, line in lines.items()]
    loud = [line for line in said if any(letter.isalnum() for letter in line.text)]
    takes = {line.id: _silence(plan, line) for line in said if line not in loud}
    try:
        casting = cast_voices(_roles(plan, said), speakers, plan.speech.language) if loud else ()
    except NoVoice as refusal:
        if any(beat_seconds(b, plan.project) is None for s in plan.board.shots for b in s.beats):
            raise
        note = words(
            "Nobody speaks: {why} Lines last as the profile's rates say.", why=f"{refusal}."
        )
        return {line.id: _silence(plan, line) for line in said}, (), (note,)
    return takes | _takes(workshop, loud, casting, speakers, progress), casting, ()


def _takes(
    workshop: Workshop,
    said: Sequence[Said],
    casting: Sequence[Casting],
    speakers: Sequence[Speaker],
    progress: Progress,
) -> dict[str, _Take]:
    voices = {part.member: part for part in casting}
    cards = {speaker.card.name: speaker.card.to_json() for speaker in speakers}
    keys = {
        line.id: work_key(
            TAKE_STEP, 1,
            {"text": line.text, "voice": asdict(voices[line.who].voice),
             "rate": voices[line.who].rate, "engine": cards[voices[line.who].voice.engine]},
        )
        for line in said
    }  # fmt: skip
    found = {line.id: workshop.find(keys[line.id]) for line in said}

    def keep(line: Said, sound: Sound) -> None:
        def maker(folder: Path) -> tuple[Path, dict[str, Any]]:
            write_sound(sound, folder / "take.flac")
            return folder / "take.flac", {}

        found[line.id] = workshop.make(keys[line.id], TAKE_STEP, maker)

    missing = [line for line in said if found[line.id] is None]
    if missing:
        tell = words("speaking")
        read_aloud(
            missing, casting, speakers, lambda share: progress(tell, SPOKEN_SHARE * share), keep
        )
    kept = {line_id: take for line_id, take in found.items() if take is not None}
    return {i: _Take(read_sound(take.path), take.content_hash) for i, take in kept.items()}


def _silence(plan: _Plan, line: Said) -> _Take:
    beats = (beat for shot in plan.board.shots for beat in shot.beats if beat.id == line.id)
    guessed = beat_seconds(next(beats), plan.project) or 0.0
    seconds = round(max(guessed, SHORTEST_SILENCE_SECONDS), 2)
    count = round(seconds * SILENT_RATE)
    return _Take(Sound.mono(np.zeros(count, np.float32), SILENT_RATE), f"silence {count}")


def _roles(plan: _Plan, said: Sequence[Said]) -> tuple[Role, ...]:
    """Everybody of the cast in order, so that a voice stays when others join; then who else speaks."""
    cast = [character.id for character in plan.project.cast]
    others = [line.who for line in said if line.who not in cast]
    people = dict.fromkeys((*cast, *others))
    return tuple(_role(who, number, plan) for number, who in enumerate(people))


def _role(who: str, number: int, plan: _Plan) -> Role:
    """A role; where the stage says no gender voices take turns, as the silhouettes' faces do."""
    part, character = plan.staging.part(who), plan.project.character(who)
    named = character.voice.rpartition(":")[2] if character is not None else ""
    presets = (*filter(None, [named]), *part.voice.presets)
    gender = part.gender or ("female", "male")[number % 2]
    return Role(who, presets, gender, part.voice.rate, part.voice.pitch_semitones)


# Pictures


def _drawn(
    workshop: Workshop,
    plan: _Plan,
    times: Timetable,
    takes: Mapping[str, _Take],
    look: Look,
    children: Sequence[Child],
    progress: Progress,
) -> tuple[list[Artifact], int]:
    """A piece of film for each shot, and how many were drawn now."""
    orders = [_order(plan.play, cue, look) for cue in times.shots]
    keys = [_part_key(order, takes) for order in orders]
    found = {key: workshop.find(key) for key in keys}
    wanted = {key: order for key, order in zip(keys, orders, strict=True) if found[key] is None}
    if wanted:
        _draw(workshop, wanted, plan.art, takes, children, progress)
    parts = [found[key] or workshop.find(key) for key in keys]
    return [part for part in parts if part is not None], len(wanted)


def _draw(
    workshop: Workshop,
    wanted: Mapping[str, PartOrder],
    named: Mapping[str, At],
    takes: Mapping[str, _Take],
    children: Sequence[Child],
    progress: Progress,
) -> None:
    """Draw what is wanted in as many children as are worth it; each shot is kept as soon as it is whole."""
    stop, sounds = Event(), {line_id: take.sound for line_id, take in takes.items()}
    whole = sum(order.times.length_frames for order in wanted.values())
    done = [0.0] * len(wanted)
    tell = words("drawing")

    def work(place: int, group: Sequence[str]) -> None:
        mine = [wanted[key] for key in group]
        share = sum(order.times.length_frames for order in mine) / whole

        def heard(part: float) -> None:
            done[place] = part * share
            progress(tell, SPOKEN_SHARE + (DRAWN_SHARE - SPOKEN_SHARE) * sum(done))

        with TemporaryDirectory(dir=_workspace(workshop)) as folder:
            orders = [replace(o, path=Path(folder) / f"{n}.mp4") for n, o in enumerate(mine)]

            def keep(number: int) -> None:
                workshop.make(group[number], PART_STEP, lambda _: (orders[number].path, {}))

            draw_parts(
                orders, sounds, child=children[place],
                on_part=keep, progress=heard, cancelled=stop.is_set,
            )  # fmt: skip
            heard(1.0)

    groups = list(_groups(wanted, _children(wanted, len(children))))
    with ThreadPoolExecutor(len(groups)) as pool:
        # The threads count their CPU seconds on whoever measures here.
        futures = [
            pool.submit(contextvars.copy_context().run, work, place, group)
            for place, group in enumerate(groups)
        ]
        try:
            for future in futures:
                future.result()
        except BadArt as refusal:
            stop.set()
            at = named.get(str(refusal.values["path"]), At("story.yaml", 1))
            raise bad_art(at, f"{refusal}") from None
        except BaseException:
            stop.set()
            raise


def _children(wanted: Mapping[str, PartOrder], cores: int) -> int:
    """How many children are worth their start: each draws its places and people anew."""
    still = sum(o.times.length_seconds for o in wanted.values() if o.look.stills)
    moving = sum(o.times.length_seconds for o in wanted.values()) - still
    worth = still / STILLS_A_CHILD_SECONDS + moving / MOVING_A_CHILD_SECONDS
    return max(1, min(cores, round(worth)))


def _workspace(workshop: Workshop) -> Path:
    folder = workshop.store.folder / "tmp"
    folder.mkdir(parents=True, exist_ok=True)
    return folder


def _groups(wanted: Mapping[str, PartOrder], cores: int) -> Iterator[list[str]]:
    """The work in as many shares as there are cores; shots of one place stay together."""
    keys = sorted(wanted, key=lambda key: repr(wanted[key].play.scenes[0].place))
    whole = sum(wanted[key].times.length_frames for key in keys)
    group: list[str] = []
    filled = 0
    for key in keys:
        group.append(key)
        filled += wanted[key].times.length_frames
        if filled >= whole / cores:
            yield group
            group, filled = [], 0
    if group:
        yield group


def _order(play: Play, cue: ShotCue, look: Look) -> PartOrder:
    """One shot as a play of its own, from its own zero: so it is the same wherever it stands."""
    scene = replace(cue.scene, shots=(cue.shot,))
    rate, first = cue.frames_per_second, cue.span.first_frame
    lines = tuple(
        replace(
            line,
            speech_start_seconds=round(line.speech_start_seconds - first / rate, 4),
            speech_end_seconds=round(line.speech_end_seconds - first / rate, 4),
            caption=Span(line.caption.first_frame - first, line.caption.end_frame - first),
        )
        for line in cue.lines
    )
    alone = ShotCue(scene, cue.shot, Span(0, cue.span.length_frames), lines, 0, rate)
    here = {mark.who for mark in scene.marks} | {line.who for line in cue.shot.lines}
    cast = tuple(actor for actor in play.cast if actor.id in here)
    small = replace(play, number=0, seed=1, cast=cast, scenes=(scene,))
    return PartOrder(small, Timetable((alone,), alone.span.end_frame, rate), Path(), look, PICTURE)


def _part_key(order: PartOrder, takes: Mapping[str, _Take]) -> str:
    """A shot's key: what is drawn, by the pictures' content and not by where they lie."""
    scene = order.play.scenes[0]
    shot = scene.shots[0]
    named: dict[str, object] = {
        "play": asdict(replace(order.play, scenes=(_nameless(scene),))),
        "spans": [asdict(line.caption) for line in order.times.lines],
        "starts": [line.speech_start_seconds for line in order.times.lines],
        "length_frames": order.times.length_frames,
        "look": asdict(order.look),
        "picture": asdict(order.picture),
        "art": [file_hash(Path(path)) for path in _pictures(scene) if path],
        "takes": [takes[line.id].content_hash for line in shot.lines if line.id in takes],
    }
    return work_key(PART_STEP, VERSION, named)


def _pictures(scene: Scene) -> tuple[str, str]:
    place = scene.place.picture if isinstance(scene.place, Sketch) else ""
    return scene.shots[0].art, place


def _nameless(scene: Scene) -> Scene:
    """A scene without the paths of its pictures; whether there are any stays told."""
    shot = scene.shots[0]
    place = scene.place
    if isinstance(place, Sketch) and place.picture:
        place = replace(place, picture="given")
    bare = replace(shot, art="given" if shot.art else "", asked_seconds=0.0)
    return replace(scene, place=place, shots=(bare,))


# The film


def _joined(
    workshop: Workshop,
    plan: _Plan,
    times: Timetable,
    takes: Mapping[str, _Take],
    parts: Sequence[Artifact],
    child: Child,
) -> Artifact:
    sounds = {line_id: take.sound for line_id, take in takes.items()}
    title = f"{plan.project.title or plan.evidence.story.folder.name} {plan.board.episode.name}"
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


def _put(order: AnimaticOrder, plan: _Plan, film: Artifact, times: Timetable) -> tuple[Path, Path]:
    """Film and subtitles where they are wanted; each file is replaced whole or not at all."""
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
    return target, subtitles


def _notes(plan: _Plan) -> Iterator[str]:
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
