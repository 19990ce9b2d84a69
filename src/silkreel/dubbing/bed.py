"""What lies under a dub: the music-and-effects stem, the separated rest, or the original ducked.

Made once for an episode, whatever languages follow.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Literal

import numpy as np

from silkreel.engines.contracts import EngineCard, Separator, Stems
from silkreel.kit.artifacts import Artifact, Workshop
from silkreel.kit.children import Cancelled
from silkreel.kit.keys import work_key
from silkreel.kit.refusals import Refusal
from silkreel.kit.sound import Sound, read_sound, write_sound
from silkreel.kit.spans import TimeSpan
from silkreel.media.loudness import SILENCE_LUFS, loudness_series, measure
from silkreel.media.stretch import exactly, resample

VERSION = 2
STEP = "bed"
SAMPLE_RATE = 48_000
STEM_SLACK_SECONDS = 1.0  # a stem whose length differs more is of another cut
USUAL_DIALOGUE_LUFS = -20.0
DIALOGUE_LUFS = (-32.0, -12.0)  # what is believed of an original's dialogue
LEAST_LEFT_OVER = 1e-3

BedKind = Literal["given", "separated", "ducked"]


class StemOfAnotherCut(Refusal):
    """The music-and-effects stem does not belong to this picture."""

    status = 422
    message = (
        "The music-and-effects stem lasts {stem_seconds} s and the episode {seconds} s; "
        "export it again from the same cut."
    )


class BrokenStems(Refusal):
    """A separator's answer is no sound of this length."""

    status = 422
    message = "{engine} left no usable bed ({why}); the next way to make one is taken."


@dataclass(frozen=True, slots=True, eq=False)
class Bed:
    """What lies under the dub, 48 kHz stereo, as long as the original."""

    kind: BedKind
    sound: Sound
    momentary_lufs: tuple[float, ...]  # ten a second, of windows of 400 ms
    dialogue_lufs: float  # how loud the original speaks: takes are levelled to it
    voice_left_over_db: float | None = None  # under the separated voice; None: not known or none
    setbacks: tuple[str, ...] = ()  # why the better ways to make one failed: sentences

    @property
    def label(self) -> str:
        """What the edition is called: with the original's voice below it is no dub."""
        return "voice-over" if self.kind == "ducked" else "dub"


def make_bed(
    original: Sound,
    *,
    m_and_e: Sound | None = None,
    separator: Separator | None = None,
    speech: Sequence[TimeSpan] = (),
) -> Bed:
    """The best bed there is: the stem if given, else what a separator leaves, else the original.

    Raises:
        StemOfAnotherCut: the stem's length is not the episode's.
        BrokenStems: the separator's answer cannot be used.
    """
    whole = stereo(original)
    kind: BedKind = "ducked"
    sound, left_over = whole, None
    if m_and_e is not None:
        kind, sound = "given", _stem(m_and_e, whole)
    elif separator is not None:
        stems = separator.separate(whole)
        _check(stems, whole, separator.card.name)
        kind, sound = "separated", _as_long_as(stereo(stems.bed), whole)
        left_over = _left_over_db(_as_long_as(stereo(stems.voice), whole), sound)
    momentary, _ = loudness_series(sound)
    return Bed(kind, sound, tuple(momentary.tolist()), _dialogue_lufs(whole, speech), left_over)


def first_bed(ways: Sequence[Callable[[], Bed]]) -> Bed:
    """The bed of the first way that works; it tells why those before it did not.

    The last way is the one that cannot fail for want of an engine: the original, ducked.
    """
    setbacks: list[str] = []
    for way in ways[:-1]:
        try:
            return replace(way(), setbacks=tuple(setbacks))
        except Cancelled:
            raise
        except Refusal as refusal:
            setbacks.append(str(refusal))
    return replace(ways[-1](), setbacks=tuple(setbacks))


def bed_key(
    original_hash: str,
    *,
    m_and_e_hash: str | None,
    separators: Sequence[EngineCard] = (),
    speech: Sequence[TimeSpan],
) -> str:
    """Key of an episode's bed: the sounds it is made of, and by what may be tried, in order."""
    spans = [[span.start_seconds, span.end_seconds] for span in speech]
    inputs = {
        "original": original_hash,
        "m_and_e": m_and_e_hash,
        "separators": [separator.to_json() for separator in separators],
        "speech": spans,
    }
    return work_key(STEP, VERSION, inputs)


def keep_bed(workshop: Workshop, key: str, make: Callable[[], Bed]) -> Artifact:
    """The bed's artifact, made now unless it was before; read it with `read_bed`."""

    def maker(folder: Path) -> tuple[Path, dict[str, Any]]:
        bed = make()
        path = folder / "bed.flac"
        write_sound(bed.sound, path)
        return path, {
            "kind": bed.kind,
            "momentary_lufs": [round(value, 2) for value in bed.momentary_lufs],
            "dialogue_lufs": bed.dialogue_lufs,
            "voice_left_over_db": bed.voice_left_over_db,
            "setbacks": list(bed.setbacks),
        }

    return workshop.make(key, STEP, maker)


def read_bed(artifact: Artifact) -> Bed:
    """The bed that an artifact holds."""
    return bed_from(artifact.path, artifact.facts)


def bed_from(path: Path, facts: Mapping[str, Any]) -> Bed:
    """The bed whose sound lies in a file and whose figures are these."""
    return Bed(
        kind=facts["kind"],
        sound=read_sound(path),
        momentary_lufs=tuple(facts["momentary_lufs"]),
        dialogue_lufs=facts["dialogue_lufs"],
        voice_left_over_db=facts["voice_left_over_db"],
        setbacks=tuple(facts["setbacks"]),
    )


def stereo(sound: Sound) -> Sound:
    """The sound at 48 kHz on two channels."""
    at_rate = resample(sound, SAMPLE_RATE)
    samples = at_rate.samples
    if samples.shape[1] == 1:
        samples = np.repeat(samples, 2, axis=1)
    return Sound(np.ascontiguousarray(samples[:, :2]), SAMPLE_RATE)


def _check(stems: Stems, whole: Sound, engine: str) -> None:
    for stem in (stems.voice, stems.bed):
        if abs(stem.length_seconds - whole.length_seconds) > STEM_SLACK_SECONDS:
            why = f"{stem.length_seconds:.2f} s of {whole.length_seconds:.2f} s"
            raise BrokenStems(engine=engine, why=why)
        if not np.isfinite(stem.samples).all():
            raise BrokenStems(engine=engine, why="it is not all numbers")


def _stem(stem: Sound, whole: Sound) -> Sound:
    if abs(stem.length_seconds - whole.length_seconds) > STEM_SLACK_SECONDS:
        raise StemOfAnotherCut(
            stem_seconds=round(stem.length_seconds, 2), seconds=round(whole.length_seconds, 2)
        )
    return _as_long_as(stereo(stem), whole)


def _as_long_as(sound: Sound, whole: Sound) -> Sound:
    return Sound(exactly(sound.samples, len(whole.samples)), sound.sample_rate)


def _dialogue_lufs(whole: Sound, speech: Sequence[TimeSpan]) -> float:
    """How loud the original speaks, as far as that is to be believed."""
    spoken = measure(whole, speech, peak=0.0).dialogue_lufs
    if spoken is None or spoken <= SILENCE_LUFS:
        return USUAL_DIALOGUE_LUFS
    return min(max(spoken, DIALOGUE_LUFS[0]), DIALOGUE_LUFS[1])


def _left_over_db(voice: Sound, bed: Sound) -> float:
    """How much of the voice is still in the bed: its projection on the voice, in decibels."""
    spoken, rest = voice.flat.astype(np.float64), bed.flat.astype(np.float64)
    power = float(spoken @ spoken)
    share = abs(float(rest @ spoken)) / power if power else 0.0
    return float(20 * np.log10(max(share, LEAST_LEFT_OVER)))
