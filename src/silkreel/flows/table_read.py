"""A table read: everybody gets a voice of their own, and the lines are spoken."""

import contextvars
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from queue import SimpleQueue

from silkreel.engines.contracts import Speaker, VoiceChoice
from silkreel.flows.at_hand import shelf_for
from silkreel.kit.refusals import Refusal
from silkreel.kit.settings import Settings
from silkreel.kit.sound import Sound


class NoVoice(Refusal):
    """Nobody here speaks the language."""

    status = 503
    message = (
        "No engine here speaks {language}; run: silkreel models fetch, or apt-get install espeak-ng"
    )


@dataclass(frozen=True, slots=True)
class Role:
    """Somebody who speaks, and which voices would suit them, best first."""

    id: str
    presets: tuple[str, ...] = ()
    gender: str = ""
    rate: float = 1.0
    pitch_semitones: float = 0.0


@dataclass(frozen=True, slots=True)
class Casting:
    """Which voice of which engine plays a character."""

    member: str
    voice: VoiceChoice
    rate: float


@dataclass(frozen=True, slots=True)
class Said:
    """A line to be spoken."""

    id: str
    who: str
    text: str


@contextmanager
def speakers_of(settings: Settings) -> Iterator[tuple[Sequence[Speaker], list[str]]]:
    """Every voice engine that can run here, in the order set, and why others cannot.

    An engine that may run several times is there once for each core.
    """
    shelf = shelf_for(settings)
    names, missing = shelf.available("speakers", settings.engines("speakers"))
    with ExitStack() as stack:
        lent: list[Speaker] = []
        for name in names:
            copies = min(shelf.card("speakers", name).workers_allowed, settings.cores)
            lent += [stack.enter_context(shelf.lend("speakers", name)) for _ in range(copies)]
        yield lent, [str(refusal) for refusal in missing]


def cast_voices(
    roles: Sequence[Role], speakers: Sequence[Speaker], language: str
) -> tuple[Casting, ...]:
    """A voice for everybody, from the first speaker who knows the language; no two alike.

    Raises:
        NoVoice: nobody speaks it.
    """
    for speaker in speakers:
        known = speaker.voices(language)
        if known:
            return _cast(roles, speaker, known, language)
    raise NoVoice(language=language)


def _cast(
    roles: Sequence[Role], speaker: Speaker, known: Sequence[str], language: str
) -> tuple[Casting, ...]:
    casting: list[Casting] = []
    for role in roles:
        taken = {part.voice.preset for part in casting}
        voice = VoiceChoice(
            engine=speaker.card.name,
            preset=_preset(role, [name for name in known if name not in taken] or known),
            language=language,
            pitch_semitones=role.pitch_semitones,
        )
        casting.append(Casting(role.id, voice, role.rate))
    return tuple(casting)


def _preset(role: Role, known: Sequence[str]) -> str:
    """The wished voice, else the best one left of the right gender, else the best one left."""
    for preset in role.presets:
        if preset in known:
            return preset
    letter = role.gender[:1]  # Kokoro writes zf_name, espeak-ng cmn+f2
    fitting = [name for name in known if f"+{letter}" in name or name[1:3] == f"{letter}_"]
    return (fitting if letter and fitting else list(known))[0]


def read_aloud(
    lines: Sequence[Said],
    casting: Sequence[Casting],
    speakers: Sequence[Speaker],
    tell: Callable[[float], None] = lambda _: None,
    keep: Callable[[Said, Sound], None] = lambda _line, _sound: None,
) -> dict[str, Sound]:
    """Speak lines; copies of one engine speak beside each other.

    `tell` hears the share done; `keep` gets each take in order, as soon as it is there.
    """
    voices = {part.member: part for part in casting}
    copies = _copies(speakers)

    def take(line: Said) -> Sound:
        part = voices[line.who]
        mine = copies[part.voice.engine]
        speaker = mine.get()
        try:
            return speaker.speak(line.text, voice=part.voice, rate=part.rate).sound
        finally:
            mine.put(speaker)

    takes: dict[str, Sound] = {}
    with ThreadPoolExecutor(max(each.qsize() for each in copies.values())) as pool:
        # The threads count their CPU seconds on whoever measures here.
        futures = [pool.submit(contextvars.copy_context().run, take, line) for line in lines]
        for i, (line, future) in enumerate(zip(lines, futures, strict=True)):
            takes[line.id] = future.result()
            keep(line, takes[line.id])
            tell((i + 1) / len(lines))
    return takes


def _copies(speakers: Sequence[Speaker]) -> dict[str, SimpleQueue[Speaker]]:
    """The copies of each engine, each to be taken by one who speaks and put back."""
    copies: dict[str, SimpleQueue[Speaker]] = {}
    for speaker in speakers:
        copies.setdefault(speaker.card.name, SimpleQueue()).put(speaker)
    return copies
