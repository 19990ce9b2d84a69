"""The cast: characters, and the one voice each has in a language for the whole series."""

from collections.abc import Mapping, Sequence

import sqlalchemy as sa

from silkreel.bible.tables import CharacterRow, VoiceRow
from silkreel.engines.contracts import VoiceChoice
from silkreel.kit.database import Session
from silkreel.kit.ids import random_id


def put_character(
    tx: Session, series_id: str, name: str, *, names: Mapping[str, str], found_by: str
) -> CharacterRow:
    """The character of that name, made or brought up to date."""
    row = tx.scalar(
        sa.select(CharacterRow).where(
            CharacterRow.series_id == series_id, CharacterRow.name == name
        )
    )
    if row is None:
        row = CharacterRow(id=random_id(), series_id=series_id, name=name, found_by=found_by)
        tx.add(row)
    row.names = dict(names) or row.names or {}
    tx.flush()
    return row


def cast_of(tx: Session, series_id: str) -> list[CharacterRow]:
    """Characters in the order they were met."""
    query = sa.select(CharacterRow).where(CharacterRow.series_id == series_id)
    return sorted(tx.scalars(query), key=lambda row: (row.name, row.id))


def keep_voice(tx: Session, character_id: str, voice: VoiceChoice, *, locked: bool = False) -> None:
    """Give a character its voice in a language; a locked one stays."""
    row = tx.get(VoiceRow, (character_id, voice.language))
    if row is None:
        row = VoiceRow(character_id=character_id, language=voice.language)
        tx.add(row)
    elif row.locked:
        return
    row.engine, row.preset = voice.engine, voice.preset
    row.pitch_semitones, row.rate_offset = voice.pitch_semitones, voice.rate_offset
    row.locked = locked
    tx.flush()


def voices_of(tx: Session, character_ids: Sequence[str], language: str) -> dict[str, VoiceChoice]:
    """Voices in a language by character id."""
    query = sa.select(VoiceRow).where(
        VoiceRow.character_id.in_(character_ids), VoiceRow.language == language
    )
    return {row.character_id: _voice(row) for row in tx.scalars(query)}


def _voice(row: VoiceRow) -> VoiceChoice:
    return VoiceChoice(row.engine, row.preset, row.language, row.pitch_semitones, row.rate_offset)
