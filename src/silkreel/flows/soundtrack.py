"""The sound of an episode before any language: speech heard, bed made, original packed."""

import json
import logging
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

from silkreel.bible.cast import cast_of
from silkreel.bible.terms import terms_of
from silkreel.catalogue.editions import NewRendition, put_edition, put_rendition
from silkreel.catalogue.episodes import sidecars_of
from silkreel.catalogue.tables import EpisodeRow, SeriesRow
from silkreel.dubbing.aligning import align_lines
from silkreel.dubbing.bed import Bed, bed_key, first_bed, keep_bed, make_bed, read_bed
from silkreel.dubbing.hearing import hear
from silkreel.dubbing.joining import Aligned, WrittenLine, hardly_heard
from silkreel.engines.contracts import HeardLine, LanguageNotSpoken, Word
from silkreel.engines.registry import Skill
from silkreel.flows.at_hand import shelf_for
from silkreel.flows.mastering import master_sound
from silkreel.flows.picture import picture_of
from silkreel.jobs.journeys import Answer, Arguments, Desk, stage
from silkreel.kit.artifacts import Artifact, StoredFile
from silkreel.kit.children import ChildCrashed
from silkreel.kit.database import Session
from silkreel.kit.keys import canonical_json, work_key
from silkreel.kit.sound import Sound, read_sound
from silkreel.kit.spans import TimeSpan
from silkreel.media.sounds import decode_sound

HEARING_VERSION = 2
ALIGNING_VERSION = 1

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class EpisodeSpeech:
    """What was heard in an episode."""

    speech: tuple[TimeSpan, ...]
    lines: tuple[HeardLine, ...]
    notes: tuple[str, ...] = ()  # engines that were missing


@stage("hear_episode", queue="speech", weight=6)
def hear_episode(desk: Desk, arguments: Arguments) -> Answer:
    """Find where somebody speaks, and write down what is said."""
    with desk.workshop.reading() as tx:
        episode = tx.get_one(EpisodeRow, arguments["episode_id"])
    heard = speech_of(desk, episode)
    return {"sentences": len(heard.lines), "notes": list(heard.notes)}


@stage("make_bed", weight=4)
def make_episode_bed(desk: Desk, arguments: Arguments) -> Answer:
    """Make what lies under every dub: the given stem, else the separated rest, else the original."""
    with desk.workshop.reading() as tx:
        episode = tx.get_one(EpisodeRow, arguments["episode_id"])
    made, notes = bed_artifact(desk, episode)
    return {"kind": made.facts["kind"], "notes": notes}


@stage("package_original", weight=1)
def package_original(desk: Desk, arguments: Arguments) -> Answer:
    """Pack the original's sound, brought to the same loudness as the dubs."""
    workshop = desk.workshop
    with workshop.reading() as tx:
        episode = tx.get_one(EpisodeRow, arguments["episode_id"])
        language = _source_language(tx, episode)
    sound = picture_of(workshop, episode).sound_48k
    made = master_sound(
        desk, lambda: read_sound(sound.path), sound.content_hash, episode.length_seconds
    )
    with workshop.transaction() as tx:
        put_rendition(
            tx,
            episode.id,
            NewRendition(
                kind="audio",
                name=f"a.{language}",
                language=language,
                content_hash=made.content_hash,
                suffix=made.suffix,
                size_bytes=made.path.stat().st_size,
                codec=made.facts["codec"],
                segments=made.facts["segments"],
                facts={"loudness_lufs": made.facts["loudness_lufs"]},
            ),
        )
        put_edition(
            tx, episode.id, language, kind="original", draft_lines=0, waiting_lines=0, provenance={}
        )
    return {"loudness_lufs": made.facts["loudness_lufs"]}


def speech_of(desk: Desk, episode: EpisodeRow) -> EpisodeSpeech:
    """What is heard in the episode; listened to once, then remembered.

    Where an engine's child dies on this sound, the next ones that are set listen in its place.

    Raises:
        ChildCrashed: every one of them died.
    """
    sound = picture_of(desk.workshop, episode).sound_16k
    with desk.workshop.reading() as tx:
        language = _source_language(tx, episode)
        hints = names_to_hear(tx, episode.series_id)
    shelf = shelf_for(desk.settings)
    detectors, without = shelf.available("voice_activity", desk.settings.engines("voice_activity"))
    writers, missing = shelf.available("transcribers", desk.settings.engines("transcribers"))
    notes = tuple(str(refusal) for refusal in [*missing, *without])
    ears = [
        _Ear(desk, detector, writer, sound, language, hints if writer else ())
        for writer in (*writers,) or (None,)
        for detector in detectors
    ]
    if not ears:
        return EpisodeSpeech((), (), notes)
    made = desk.workshop.make(ears[0].key, "hear", partial(_first_that_lives, ears))
    return _speech(json.loads(made.path.read_text("utf-8")), list(notes))


@dataclass(frozen=True, slots=True)
class _Ear:
    """A finder of speech and a recogniser, set to listen to a sound."""

    desk: Desk
    detector: str
    writer: str | None
    sound: StoredFile
    language: str
    hints: tuple[str, ...]

    @property
    def key(self) -> str:
        shelf = shelf_for(self.desk.settings)
        inputs = {
            "sound": self.sound.content_hash,
            "language": self.language,
            "detector": shelf.card("voice_activity", self.detector).to_json(),
            "transcriber": shelf.card("transcribers", self.writer).to_json()
            if self.writer
            else None,
            "hints": list(self.hints),
        }
        return work_key("hear", HEARING_VERSION, inputs)

    def listen(self, folder: Path) -> tuple[Path, dict[str, Any]]:
        """Listen, and write down what was heard."""
        shelf = shelf_for(self.desk.settings)
        lines: tuple[HeardLine, ...] = ()
        with shelf.lend("voice_activity", self.detector) as activity:
            if self.writer is None:
                speech = activity.speech(read_sound(self.sound.path))
            else:
                with shelf.lend("transcribers", self.writer) as writer:
                    heard = hear(
                        read_sound(self.sound.path),
                        language=self.language,
                        transcriber=writer,
                        voice_activity=activity,
                        hints=self.hints,
                    )
                speech, lines = heard.speech, heard.lines
        made = folder / "heard.json"
        made.write_text(canonical_json(_payload(speech, lines)), encoding="utf-8")
        return made, {"heard_by": [self.detector, self.writer]}


def _first_that_lives(ears: Sequence[_Ear], folder: Path) -> tuple[Path, dict[str, Any]]:
    for ear in ears[:-1]:
        try:
            return ear.listen(folder)
        except ChildCrashed:
            log.warning("%s and %s died on a sound; the next listen", ear.detector, ear.writer)
    return ears[-1].listen(folder)


def aligned_of(
    desk: Desk, episode: EpisodeRow, written: Sequence[WrittenLine], heard: EpisodeSpeech
) -> Mapping[int, Aligned]:
    """Times of written lines that the recogniser hardly caught, by their place, found once.

    Empty where no aligner can run or none knows the language: captions keep their times then.
    """
    with desk.workshop.reading() as tx:
        language = _source_language(tx, episode)
    places = hardly_heard(written, heard.lines, heard.speech, language=language)
    name, _ = _first(desk, "aligners")
    if not places or name is None:
        return {}
    shelf, sound = shelf_for(desk.settings), picture_of(desk.workshop, episode).sound_16k
    inputs = {
        "sound": sound.content_hash,
        "language": language,
        "aligner": shelf.card("aligners", name).to_json(),
        "lines": [
            [written[i].span.start_seconds, written[i].span.end_seconds, written[i].text]
            for i in places
        ],
    }

    def make(folder: Path) -> tuple[Path, dict[str, Any]]:
        with shelf.lend("aligners", name) as aligner:
            try:
                found = align_lines(
                    read_sound(sound.path), written, places, language=language, aligner=aligner
                )
            except LanguageNotSpoken:
                found = {}
        made = folder / "aligned.json"
        rows = {
            str(places.index(i)): [a.span.start_seconds, a.span.end_seconds, a.confidence]
            for i, a in found.items()
        }
        made.write_text(canonical_json(rows), encoding="utf-8")
        return made, {}

    made = desk.workshop.make(work_key("align", ALIGNING_VERSION, inputs), "align", make)
    rows = json.loads(made.path.read_text("utf-8"))
    return {
        places[int(row)]: Aligned(TimeSpan(start, end), sure)
        for row, (start, end, sure) in rows.items()
    }


def bed_artifact(desk: Desk, episode: EpisodeRow) -> tuple[Artifact, list[str]]:
    """The episode's bed, made once, and why it is no better one: what was missing, what failed.

    The stem that came along, else each separator set, in order, else the original, ducked: an
    episode never stops here.
    """
    workshop, shelf = desk.workshop, shelf_for(desk.settings)
    original = picture_of(workshop, episode).sound_48k
    speech = speech_of(desk, episode).speech
    with workshop.reading() as tx:
        stem = next((s for s in sidecars_of(tx, episode.id) if s.kind == "me"), None)
    here, missing = shelf.available("separators", desk.settings.engines("separators"))

    def make() -> Bed:
        whole = read_sound(original.path)
        ways: list[Callable[[], Bed]] = [
            partial(_separated_bed, desk, name, whole, speech) for name in here
        ]
        if stem is not None:
            path = workshop.store.path(stem.content_hash, stem.suffix)
            ways.insert(0, lambda: make_bed(whole, m_and_e=_decoded(desk, path), speech=speech))
        return first_bed([*ways, lambda: make_bed(whole, speech=speech)])

    key = bed_key(
        original.content_hash,
        m_and_e_hash=stem.content_hash if stem else None,
        separators=[shelf.card("separators", name) for name in here],
        speech=speech,
    )
    made = keep_bed(workshop, key, make)
    unmet = [] if made.facts["kind"] == "given" else [str(refusal) for refusal in missing]
    return made, [*made.facts["setbacks"], *unmet]


def _separated_bed(desk: Desk, name: str, whole: Sound, speech: Sequence[TimeSpan]) -> Bed:
    """What a separator leaves; a child that died is given one more try, a slow one is not."""
    with shelf_for(desk.settings).lend("separators", name) as engine:
        try:
            return make_bed(whole, separator=engine, speech=speech)
        except ChildCrashed:
            return make_bed(whole, separator=engine, speech=speech)


def bed_of(desk: Desk, episode: EpisodeRow) -> Bed:
    """The episode's bed with its sound."""
    return read_bed(bed_artifact(desk, episode)[0])


def _decoded(desk: Desk, path: Path) -> Sound:
    """A stem somebody sent, decoded in a child."""
    with desk.workshop.store.workspace() as folder:
        made = decode_sound(path, folder / "stem.flac", cancelled=desk.cancelled)
        return read_sound(made.path)


def names_to_hear(tx: Session, series_id: str) -> tuple[str, ...]:
    """Names and terms of the series as the source says them: the cast first, then the terms.

    Characters that nobody has named yet are no words that could be heard.
    """
    cast = [row.name for row in cast_of(tx, series_id) if row.found_by != "voice"]
    return tuple(dict.fromkeys([*cast, *(row.source for row in terms_of(tx, series_id))]))


def _source_language(tx: Session, episode: EpisodeRow) -> str:
    return tx.get_one(SeriesRow, episode.series_id).source_language


def _first(desk: Desk, skill: Skill) -> tuple[str | None, list[str]]:
    """The first engine set for a skill that can run here, and why the ones before it cannot."""
    here, missing = shelf_for(desk.settings).available(skill, desk.settings.engines(skill))
    return next(iter(here), None), [str(refusal) for refusal in missing]


def _payload(speech: tuple[TimeSpan, ...], lines: tuple[HeardLine, ...]) -> dict[str, Any]:
    return {
        "speech": [[s.start_seconds, s.end_seconds] for s in speech],
        "lines": [
            {
                "span": [line.span.start_seconds, line.span.end_seconds],
                "text": line.text,
                "language": line.language,
                "confidence": line.confidence,
                "words": [
                    [w.text, w.start_seconds, w.end_seconds, w.confidence] for w in line.words
                ],
            }
            for line in lines
        ],
    }


def _speech(payload: dict[str, Any], notes: list[str]) -> EpisodeSpeech:
    lines = tuple(
        HeardLine(
            TimeSpan(*line["span"]),
            line["text"],
            tuple(Word(*word) for word in line["words"]),
            line["language"],
            line["confidence"],
        )
        for line in payload["lines"]
    )
    return EpisodeSpeech(tuple(TimeSpan(*s) for s in payload["speech"]), lines, tuple(notes))
