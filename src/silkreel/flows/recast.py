"""A person says who speaks: voices get names, lines change hands, characters choose their voices."""

from dataclasses import asdict, dataclass
from typing import Any

import sqlalchemy as sa

from silkreel.bible.cast import cast_of, keep_voice, put_character
from silkreel.bible.tables import CharacterRow, LineRow, VoiceRow
from silkreel.catalogue.series import find_series
from silkreel.engines.contracts import VoiceChoice
from silkreel.kit.artifacts import Workshop
from silkreel.kit.database import Session
from silkreel.kit.languages import normal_tag
from silkreel.kit.refusals import Refusal
from silkreel.kit.words import words


class NoSuchCharacter(Refusal):
    """Nobody of that name is in the cast."""

    status = 404
    message = "Nobody called {name} is in the cast; there are {known}."


class NoSuchLine(Refusal):
    """No line has that id."""

    status = 404
    message = "There is no line {line}; `silkreel lines list` shows them."


class BadVoice(Refusal):
    """A voice is named ENGINE:PRESET."""

    message = "A voice is written ENGINE:PRESET, for example kokoro:ef_dora; {voice} is not."


@dataclass(frozen=True, slots=True)
class Member:
    """Somebody of the cast."""

    name: str
    lines: int
    pitch_hertz: float | None
    found_by: str
    voices: dict[str, str]  # by language

    def to_json(self) -> dict[str, Any]:
        """As machines read it."""
        return asdict(self)


def list_cast(workshop: Workshop, slug: str) -> list[Member]:
    """The cast with their lines and voices, who says most first."""
    with workshop.reading() as tx:
        series = find_series(tx, slug)
        members = [_member(tx, row) for row in cast_of(tx, series.id)]
    return sorted(members, key=lambda member: (-member.lines, member.name))


def name_character(workshop: Workshop, slug: str, old: str, new: str) -> None:
    """Give a voice its character's name; a name that is there already takes its lines over.

    Raises:
        NoSuchCharacter: nobody is called `old`.
    """
    with workshop.transaction() as tx:
        series = find_series(tx, slug)
        source = _find(tx, series.id, old)
        target = put_character(tx, series.id, new, names={}, found_by="person")
        tx.execute(
            sa.update(LineRow)
            .where(LineRow.series_id == series.id, LineRow.character_id == source.id)
            .values(character_id=target.id)
        )
        if target.voice_print is None:
            target.voice_print, target.pitch_hertz = source.voice_print, source.pitch_hertz
        _take_over_voices(tx, source, target)
        tx.flush()
        tx.delete(source)


def give_line(workshop: Workshop, slug: str, line_id: str, name: str) -> None:
    """Give one line to a character.

    Raises:
        NoSuchLine, NoSuchCharacter.
    """
    with workshop.transaction() as tx:
        series = find_series(tx, slug)
        line = tx.get(LineRow, (series.id, line_id))
        if line is None:
            raise NoSuchLine(line=line_id)
        line.character_id = _find(tx, series.id, name).id


def choose_voice(workshop: Workshop, slug: str, name: str, language: str, voice: str) -> None:
    """Give a character a voice in a language, and keep machines from changing it.

    Raises:
        NoSuchCharacter, BadVoice.
    """
    engine, _, preset = voice.partition(":")
    if not engine or not preset:
        raise BadVoice(voice=voice)
    with workshop.transaction() as tx:
        series = find_series(tx, slug)
        character = _find(tx, series.id, name)
        tag = normal_tag(language)
        row = tx.get(VoiceRow, (character.id, tag))
        if row is not None:
            row.locked = False  # a person may change what a person locked
            tx.flush()
        keep_voice(tx, character.id, VoiceChoice(engine, preset, tag), locked=True)


def _take_over_voices(tx: Session, source: CharacterRow, target: CharacterRow) -> None:
    for voice in tx.scalars(sa.select(VoiceRow).where(VoiceRow.character_id == source.id)).all():
        if tx.get(VoiceRow, (target.id, voice.language)) is None:
            choice = VoiceChoice(
                voice.engine, voice.preset, voice.language, voice.pitch_semitones, voice.rate_offset
            )
            keep_voice(tx, target.id, choice, locked=voice.locked)
        tx.delete(voice)


def _find(tx: Session, series_id: str, name: str) -> CharacterRow:
    cast = cast_of(tx, series_id)
    for row in cast:
        if row.name == name:
            return row
    raise NoSuchCharacter(name=name, known=", ".join(row.name for row in cast) or words("none yet"))


def _member(tx: Session, row: CharacterRow) -> Member:
    lines = tx.scalar(
        sa.select(sa.func.count()).where(LineRow.character_id == row.id, ~LineRow.retired)
    )
    voices = tx.scalars(sa.select(VoiceRow).where(VoiceRow.character_id == row.id))
    spelled = {
        voice.language: f"{voice.engine}:{voice.preset}"
        + (f" {voice.pitch_semitones:+g}" if voice.pitch_semitones else "")
        for voice in voices
    }
    return Member(
        row.name, lines or 0, row.pitch_hertz, row.found_by, dict(sorted(spelled.items()))
    )
