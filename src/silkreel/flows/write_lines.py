"""Lines are written down, voices become characters, and every character gets its voice."""

import json
from collections.abc import Mapping, Sequence
from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np
import sqlalchemy as sa
from pydantic import TypeAdapter

from silkreel.bible.cast import cast_of, keep_voice, put_character, voices_of
from silkreel.bible.lines import NewLine, keep_lines, lines_of
from silkreel.bible.tables import CharacterRow, LineRow
from silkreel.catalogue.episodes import sidecars_of
from silkreel.catalogue.series import episodes_of
from silkreel.catalogue.tables import EpisodeRow, SeriesRow, SidecarRow
from silkreel.dubbing.casting import (
    VoicedLine,
    VoiceGroup,
    choose_voices,
    group_voices,
    pitch_hertz,
)
from silkreel.dubbing.joining import Aligned, WrittenLine, join_lines
from silkreel.dubbing.sidecars import read_script
from silkreel.flows.at_hand import shelf_for
from silkreel.flows.picture import picture_of
from silkreel.flows.read_series import captions_of
from silkreel.flows.soundtrack import EpisodeSpeech, aligned_of, speech_of
from silkreel.jobs.journeys import Answer, Arguments, Desk, stage
from silkreel.kit.artifacts import Workshop
from silkreel.kit.database import Session
from silkreel.kit.keys import canonical_json, work_key
from silkreel.kit.languages import primary
from silkreel.kit.refusals import Refusal
from silkreel.kit.sound import read_sound
from silkreel.kit.spans import Span, TimeSpan

PRINTS_VERSION = 1
JOINING_VERSION = 1  # raise it when dubbing/joining.py joins otherwise
LINES = TypeAdapter(list[NewLine])
LINES_AT_MOST = 10_000  # in an episode
UNNAMED = "Voice"  # a character nobody has named yet: Voice 1, Voice 2, ...


class NoVoiceFor(Refusal):
    """No engine here speaks the language."""

    status = 422
    message = (
        "No voice here speaks {language} ({why}); subtitles are still made. "
        "Install espeak-ng, or configure an engine that does."
    )


@stage("join_lines", weight=0.5)
def join_episode_lines(desk: Desk, arguments: Arguments) -> Answer:
    """Script or captions and speech of an episode become its lines."""
    workshop, episode_id = desk.workshop, arguments["episode_id"]
    with workshop.reading() as tx:
        episode = tx.get_one(EpisodeRow, episode_id)
        series = tx.get_one(SeriesRow, episode.series_id)
        sidecar = _script_of(sidecars_of(tx, episode_id), series.source_language)
        names = frozenset(row.name for row in cast_of(tx, series.id))
    heard = speech_of(desk, episode)
    written = _from_script(workshop, sidecar, names) if sidecar else captions_of(desk, episode)
    aligned = aligned_of(desk, episode, written, heard)
    lines = _joined(workshop, series.source_language, episode, written, heard, aligned)
    with workshop.transaction() as tx:
        kept = keep_lines(tx, series.id, episode_id, episode.number, lines)
        _keep_named(tx, series.id, kept, lines)
    return {
        "lines": len(kept),
        "from": "script" if sidecar else "captions" if written else "speech",
        "silent": sum(not line.dubbed for line in lines),
    }


def _joined(
    workshop: Workshop,
    language: str,
    episode: EpisodeRow,
    written: Sequence[WrittenLine],
    heard: EpisodeSpeech,
    aligned: Mapping[int, Aligned],
) -> list[NewLine]:
    """The lines, joined once: a language more asks for them again, and pinyin is slow to load."""
    values = (written, heard.lines, heard.speech, sorted(aligned.items()), episode.frame_rate)
    inputs = {"language": language, "frames": episode.frame_count, "values": repr(values)}

    def make(folder: Path) -> tuple[Path, dict[str, Any]]:
        lines = join_lines(
            written,
            heard.lines,
            heard.speech,
            language=language,
            frame_rate=Fraction(episode.frame_rate),
            length_frames=episode.frame_count,
            aligned=aligned,
        )
        path = folder / "lines.json"
        path.write_bytes(LINES.dump_json(lines))
        return path, {}

    kept = workshop.make(work_key("join", JOINING_VERSION, inputs), "join", make)
    return LINES.validate_json(kept.path.read_bytes())


@stage("cast_series", weight=1.0)
def cast_series(desk: Desk, arguments: Arguments) -> Answer:
    """Group the voices of all episodes and give every line its character.

    Groups are hints: a character that a script or a person named is never renamed or moved.
    """
    workshop, series_id = desk.workshop, arguments["series_id"]
    voiced: list[VoicedLine] = []
    with workshop.reading() as tx:
        episodes = episodes_of(tx, series_id)
        names = {row.id: row for row in cast_of(tx, series_id)}
    for episode in episodes:
        voiced += _voiced_lines(desk, episode)
        desk.progress(len(voiced) and 0.5)
    if not voiced:
        with workshop.transaction() as tx:
            _one_voice_for_all(tx, series_id)
        return {"characters": 1}
    known = {
        name: np.asarray(row.voice_print, dtype=np.float32)
        for name, row in names.items()
        if row.voice_print
    }
    members = sum(row.found_by == "series.yaml" for row in names.values())
    groups = group_voices(voiced, known, cast_size=members or None)
    with workshop.transaction() as tx:
        for group in groups:
            _keep_group(tx, series_id, group)
        _one_voice_for_all(tx, series_id)
    return {"characters": len(groups)}


@stage("choose_voices", queue="speech", weight=0.2)
def choose_series_voices(desk: Desk, arguments: Arguments) -> Answer:
    """Give every character of the series its one voice in a language."""
    workshop, language = desk.workshop, arguments["language"]
    shelf = shelf_for(desk.settings)
    with workshop.reading() as tx:
        cast = _by_weight(tx, arguments["series_id"])
        taken = voices_of(tx, [name for name, _ in cast], language)
    here, missing = shelf.available("speakers", desk.settings.engines("speakers"))
    lent = []
    for name in here:
        with shelf.lend("speakers", name) as speaker:
            if speaker.voices(language):
                lent.append((name, speaker))
                break
    if not lent:
        why = "; ".join(str(refusal) for refusal in missing) or "none of " + ", ".join(here)
        raise NoVoiceFor(language=language, why=why)
    voices = choose_voices(cast, lent, language, taken)
    with workshop.transaction() as tx:
        for character, voice in voices.items():
            keep_voice(tx, character, voice)
    told = {name: f"{v.engine}:{v.preset}" for name, v in voices.items()}
    return {"voices": told, "notes": [str(refusal) for refusal in missing]}


def _script_of(sidecars: Sequence[SidecarRow], language: str) -> SidecarRow | None:
    """The subtitles in the source's language, if a file of them came along."""
    own = [
        s for s in sidecars if s.kind == "subtitles" and primary(s.language) == primary(language)
    ]
    exact = [s for s in own if s.language == language]
    return next(iter(exact or own), None)


def _from_script(
    workshop: Workshop, sidecar: SidecarRow, names: frozenset[str]
) -> list[WrittenLine]:
    path = workshop.store.path(sidecar.content_hash, sidecar.suffix)
    script = read_script(path, name=sidecar.name, speakers=names)
    return [WrittenLine(line.span, line.text, "script", speaker=line.speaker) for line in script]


def _keep_named(
    tx: Session, series_id: str, rows: Sequence[LineRow], lines: Sequence[NewLine]
) -> None:
    """Characters that a script names are the lines' characters from the start."""
    ordered = sorted(lines, key=lambda line: line.span)
    for row, line in zip(rows, ordered, strict=True):
        if line.speaker:
            character = put_character(tx, series_id, line.speaker, names={}, found_by="script")
            row.character_id = character.id


def _voiced_lines(desk: Desk, episode: EpisodeRow) -> list[VoicedLine]:
    """Spoken lines of an episode with their voices' prints; none where prints cannot be made."""
    with desk.workshop.reading() as tx:
        lines = [line for line in lines_of(tx, episode.id) if line.dubbed]
    rate = Fraction(episode.frame_rate)
    spans = [Span(line.first_frame, line.end_frame).seconds(rate) for line in lines]
    found = _prints(desk, episode, spans) if lines else None
    if found is None:
        return []
    prints, pitches = found
    return [
        VoicedLine(
            line_id=line.id,
            length_seconds=span.length_seconds,
            print=np.asarray(vector, dtype=np.float32),
            pitch_hertz=pitch,
            speaker=line.character_id or "",
            character_id=line.character_id,
        )
        for line, span, vector, pitch in zip(lines, spans, prints, pitches, strict=True)
    ]


def _prints(
    desk: Desk, episode: EpisodeRow, spans: Sequence[TimeSpan]
) -> tuple[list[list[float]], list[float | None]] | None:
    speech = picture_of(desk.workshop, episode).sound_16k
    shelf = shelf_for(desk.settings)
    here, _ = shelf.available("voice_printers", desk.settings.engines("voice_printers"))
    if not here:
        return None
    card = shelf.card("voice_printers", here[0])
    times = [[round(s.start_seconds, 3), round(s.end_seconds, 3)] for s in spans]
    inputs = {"sound": speech.content_hash, "spans": times, "engine": card.to_json()}
    key = work_key("voice_prints", PRINTS_VERSION, inputs)

    def make(folder: Path) -> tuple[Path, dict[str, Any]]:
        sound = read_sound(speech.path)
        with shelf.lend("voice_printers", here[0]) as printer:
            vectors = printer.prints(sound, spans)
        pitches = [pitch_hertz(sound, s.start_seconds, s.end_seconds) for s in spans]
        made = folder / "prints.json"
        payload = {"prints": np.round(vectors, 5).tolist(), "pitches": pitches}
        made.write_text(canonical_json(payload), encoding="utf-8")
        return made, {}

    payload = json.loads(desk.workshop.make(key, "voice_prints", make).path.read_text("utf-8"))
    return payload["prints"], payload["pitches"]


def _keep_group(tx: Session, series_id: str, group: VoiceGroup) -> None:
    rows = [tx.get_one(LineRow, (series_id, name)) for name in group.line_ids]
    named = next((row.character_id for row in rows if row.character_id), None)
    character_id = named or group.character_id
    if character_id is None:
        character_id = put_character(
            tx, series_id, _next_name(tx, series_id), names={}, found_by="voice"
        ).id
    character = tx.get_one(CharacterRow, character_id)
    character.voice_print = [round(float(x), 5) for x in group.centre]
    character.pitch_hertz = round(group.pitch_hertz, 1) if group.pitch_hertz else None
    for row in rows:
        if row.character_id is None:
            row.character_id = character_id
    tx.flush()


def _one_voice_for_all(tx: Session, series_id: str) -> None:
    """Lines that no group took (nothing to compare) are the series' one unnamed voice."""
    left = list(
        tx.scalars(
            sa.select(LineRow).where(
                LineRow.series_id == series_id, LineRow.character_id.is_(None), LineRow.dubbed
            )
        )
    )
    if left:
        name = f"{UNNAMED} 1"
        character = put_character(tx, series_id, name, names={}, found_by="voice")
        for row in left:
            row.character_id = character.id
        tx.flush()


def _next_name(tx: Session, series_id: str) -> str:
    taken = {row.name for row in cast_of(tx, series_id)}
    number = 1
    while f"{UNNAMED} {number}" in taken:
        number += 1
    return f"{UNNAMED} {number}"


def _by_weight(tx: Session, series_id: str) -> list[tuple[str, float | None]]:
    """Characters that speak, with their pitch, who says most first: the best voices go to them.

    Who says as much comes in the order of first lines, never of ids: the same series made twice
    gets the same voices.
    """
    frames = sa.func.sum(LineRow.end_frame - LineRow.first_frame)
    first = sa.func.min(EpisodeRow.number * LINES_AT_MOST + LineRow.position)
    query = (
        sa.select(CharacterRow.id, CharacterRow.pitch_hertz)
        .join(LineRow, LineRow.character_id == CharacterRow.id)
        .join(EpisodeRow, EpisodeRow.id == LineRow.episode_id)
        .where(CharacterRow.series_id == series_id, ~LineRow.retired)
        .group_by(CharacterRow.id, CharacterRow.pitch_hertz)
        .order_by(frames.desc(), first)
    )
    return [(name, pitch) for name, pitch in tx.execute(query)]
