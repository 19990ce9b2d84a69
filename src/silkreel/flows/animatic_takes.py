"""The takes of an animatic: found by what is said and by whom, else spoken now and kept."""

from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np

from silkreel.engines.contracts import Speaker
from silkreel.flows.animatic_plan import Plan
from silkreel.flows.table_read import Casting, NoVoice, Role, Said, cast_voices, read_aloud
from silkreel.kit.artifacts import Workshop
from silkreel.kit.keys import work_key
from silkreel.kit.sound import Sound, read_sound, write_sound
from silkreel.kit.words import words
from silkreel.story.rhythm import beat_seconds

TAKE_STEP = "story.take"
SILENT_RATE = 24_000
SHORTEST_SILENCE_SECONDS = 0.85  # a line of dots: with its breath it fills the shortest slot


@dataclass(frozen=True, slots=True)
class Take:
    """A line's sound, and the hash of what it is."""

    sound: Sound
    content_hash: str


def speak_lines(
    workshop: Workshop,
    plan: Plan,
    speakers: Sequence[Speaker],
    progress: Callable[[str, float], None],
) -> tuple[dict[str, Take], tuple[Casting, ...], tuple[str, ...]]:
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
    progress: Callable[[str, float], None],
) -> dict[str, Take]:
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
        read_aloud(missing, casting, speakers, lambda share: progress(tell, share), keep)
    kept = {line_id: take for line_id, take in found.items() if take is not None}
    return {i: Take(read_sound(take.path), take.content_hash) for i, take in kept.items()}


def _silence(plan: Plan, line: Said) -> Take:
    beats = (beat for shot in plan.board.shots for beat in shot.beats if beat.id == line.id)
    guessed = beat_seconds(next(beats), plan.project) or 0.0
    seconds = round(max(guessed, SHORTEST_SILENCE_SECONDS), 2)
    count = round(seconds * SILENT_RATE)
    return Take(Sound.mono(np.zeros(count, np.float32), SILENT_RATE), f"silence {count}")


def _roles(plan: Plan, said: Sequence[Said]) -> tuple[Role, ...]:
    """Everybody of the cast in order, so that a voice stays when others join; then who else speaks."""
    cast = [character.id for character in plan.project.cast]
    others = [line.who for line in said if line.who not in cast]
    people = dict.fromkeys((*cast, *others))
    return tuple(_role(who, number, plan) for number, who in enumerate(people))


def _role(who: str, number: int, plan: Plan) -> Role:
    """A role; where the stage says no gender voices take turns, as the silhouettes' faces do."""
    part, character = plan.staging.part(who), plan.project.character(who)
    named = character.voice.rpartition(":")[2] if character is not None else ""
    presets = (*filter(None, [named]), *part.voice.presets)
    gender = part.gender or ("female", "male")[number % 2]
    return Role(who, presets, gender, part.voice.rate, part.voice.pitch_semitones)
