"""Who speaks: voices that sound alike are one character, and each character keeps one voice.

Groups and pitch are hints that a person may overrule; what a script or a person says always wins.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from silkreel.engines.contracts import Speaker, VoiceChoice
from silkreel.kit.sound import Sound

# Mean likeness above which two groups are one voice. Over music and rain one voice's prints lie 0.67
# to 0.76 apart in the median and two voices' 0.3 to 0.45 (37 drawn lines, four voices); on clean
# speech both lie higher. Pitch tells more: an octave apart costs this much.
SAME_VOICE = 0.48
LIKELY_VOICE = 0.38  # enough while there are more groups than the cast has members
OCTAVE_COST = 0.35
KNOWN_VOICE = 0.70  # of a group's centre and a character met before: centres lie closer than lines
SHORT_SECONDS = 0.8  # prints of shorter pieces are too rough to found a group
LOW_PITCH_HERTZ, HIGH_PITCH_HERTZ = 70.0, 400.0
PITCH_BORDER_HERTZ = 170.0  # a hint: voices above it are given high presets first
PITCH_STEPS = (0.0, -1.5, 1.5, -2.5, 2.5)  # semitones that set a second user of a preset apart

Prints = npt.NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class VoicedLine:
    """A line with what its voice is like."""

    line_id: str
    length_seconds: float
    print: Prints  # unit vector
    pitch_hertz: float | None
    speaker: str = ""  # as a script names it
    character_id: str | None = None  # as it is known already


@dataclass(frozen=True, slots=True)
class VoiceGroup:
    """Lines of one voice."""

    line_ids: tuple[str, ...]
    centre: Prints
    pitch_hertz: float | None
    length_seconds: float
    character_id: str | None


def group_voices(
    lines: Sequence[VoicedLine],
    known: Mapping[str, Prints] | None = None,
    *,
    cast_size: int | None = None,
) -> list[VoiceGroup]:
    """Lines by voice: average-linkage clustering of their prints, longest group first.

    `known` holds the centres of characters met before; a group close to one is that character.
    With `cast_size`, as a producer gave it, groups beyond it are joined more readily.
    Lines too short to found a group join the nearest.
    """
    long = [line for line in lines if line.length_seconds >= SHORT_SECONDS] or list(lines)
    short = [line for line in lines if line not in long]
    clusters = _cluster(long, cast_size or len(lines))
    for line in short:
        nearest = max(clusters, key=lambda cluster: _likeness([line], cluster))
        nearest.append(line)
    free = dict(known or {})
    groups = []
    for cluster in sorted(clusters, key=_length, reverse=True):
        centre = _centre(cluster)
        character = _nearest(centre, free)
        if character is not None:
            free.pop(character)
        groups.append(_group(cluster, centre, character))
    return groups


def choose_voices(
    characters: Sequence[tuple[str, float | None]],
    speakers: Sequence[tuple[str, Speaker]],
    language: str,
    taken: Mapping[str, VoiceChoice],
) -> dict[str, VoiceChoice]:
    """A voice per character (id, pitch in hertz), different for each as long as presets last.

    Speakers are asked in order; characters in `taken` keep what they have. When presets run out
    they are used again at another pitch, so that no two characters sound the same.
    """
    voices = dict(taken)
    for name, speaker in speakers:
        presets = speaker.voices(language)
        if not presets:
            continue
        for character, pitch in characters:
            if character not in voices:
                used = list(voices.values())
                voices[character] = _next_voice(name, presets, language, pitch, used)
        break
    return voices


def pitch_hertz(sound: Sound, start_seconds: float, end_seconds: float) -> float | None:
    """Median pitch of a piece of 16 kHz mono sound by autocorrelation; None where nothing is voiced."""
    piece = sound.cut(start_seconds, end_seconds).flat
    rate, window = sound.sample_rate, int(0.04 * sound.sample_rate)
    low, high = int(rate / HIGH_PITCH_HERTZ), int(rate / LOW_PITCH_HERTZ)
    found = []
    for first in range(0, len(piece) - window - high, window):
        frame = piece[first : first + window + high]
        frame = frame - frame.mean()
        energy = float(np.dot(frame[:window], frame[:window]))
        if energy < 1e-3 * window * 0.01:
            continue
        lags = [float(np.dot(frame[:window], frame[k : k + window])) for k in range(low, high)]
        best = int(np.argmax(lags))
        if lags[best] > 0.5 * energy:
            found.append(rate / (low + best))
    return float(np.median(found)) if found else None


def _cluster(lines: Sequence[VoicedLine], cast_size: int) -> list[list[VoicedLine]]:
    """Average linkage until nothing is alike; lines whose script names differ never meet."""
    clusters = [[line] for line in lines]
    named: dict[str, list[VoicedLine]] = {}
    for line in lines:
        if line.speaker:
            named.setdefault(line.speaker, []).append(line)
    if named:
        clusters = [*named.values(), *([line] for line in lines if not line.speaker)]
    while len(clusters) > 1:
        pairs = [
            (_likeness(a, b), i, j)
            for i, a in enumerate(clusters)
            for j, b in enumerate(clusters[:i])
            if not (_name(a) and _name(b))
        ]
        best = max(pairs, default=(0.0, 0, 0))
        if best[0] < (LIKELY_VOICE if len(clusters) > cast_size else SAME_VOICE):
            break
        clusters[best[2]].extend(clusters.pop(best[1]))
    return clusters


def _name(cluster: Sequence[VoicedLine]) -> str:
    return next((line.speaker for line in cluster if line.speaker), "")


def _likeness(a: Sequence[VoicedLine], b: Sequence[VoicedLine]) -> float:
    alike = float(np.mean(np.stack([x.print for x in a]) @ np.stack([y.print for y in b]).T))
    return alike - OCTAVE_COST * _octaves_apart(_pitch(a), _pitch(b))


def _pitch(cluster: Sequence[VoicedLine]) -> float | None:
    pitches = [line.pitch_hertz for line in cluster if line.pitch_hertz is not None]
    return float(np.median(pitches)) if pitches else None


def _octaves_apart(first: float | None, second: float | None) -> float:
    if first is None or second is None:
        return 0.0
    return min(1.0, abs(float(np.log2(first / second))))


def _length(cluster: Sequence[VoicedLine]) -> float:
    return sum(line.length_seconds for line in cluster)


def _centre(cluster: Sequence[VoicedLine]) -> Prints:
    weights = np.array([line.length_seconds for line in cluster], dtype=np.float32)
    mean = (np.stack([line.print for line in cluster]) * weights[:, None]).sum(axis=0)
    return np.asarray(mean / max(float(np.linalg.norm(mean)), 1e-9), dtype=np.float32)


def _nearest(centre: Prints, known: Mapping[str, Prints]) -> str | None:
    best = max(known, key=lambda name: float(known[name] @ centre), default=None)
    return best if best is not None and float(known[best] @ centre) >= KNOWN_VOICE else None


def _group(cluster: Sequence[VoicedLine], centre: Prints, character: str | None) -> VoiceGroup:
    return VoiceGroup(
        line_ids=tuple(line.line_id for line in cluster),
        centre=centre,
        pitch_hertz=_pitch(cluster),
        length_seconds=_length(cluster),
        character_id=character,
    )


def _next_voice(
    engine: str,
    presets: Sequence[str],
    language: str,
    pitch: float | None,
    used: Sequence[VoiceChoice],
) -> VoiceChoice:
    ordered = sorted(presets, key=lambda preset: _unlike(preset, pitch))  # stable: best first
    for semitones in PITCH_STEPS:
        for preset in ordered:
            if (
                _unlike(preset, pitch)
                and semitones == 0.0
                and len(ordered) > 1
                and _any_like(ordered, pitch, used)
            ):
                continue
            voice = VoiceChoice(engine, preset, language, pitch_semitones=semitones)
            if not any(v.preset == preset and v.pitch_semitones == semitones for v in used):
                return voice
    return VoiceChoice(engine, ordered[0], language)


def _any_like(presets: Sequence[str], pitch: float | None, used: Sequence[VoiceChoice]) -> bool:
    """Whether a preset of the right register is still free at some pitch step."""
    taken = {(voice.preset, voice.pitch_semitones) for voice in used}
    return any(
        not _unlike(preset, pitch) and (preset, step) not in taken
        for preset in presets
        for step in PITCH_STEPS
    )


def _unlike(preset: str, pitch: float | None) -> bool:
    """Whether a preset's register (second letter f or m by the presets' naming) is the other one."""
    if pitch is None or len(preset) < 2 or preset[1] not in "fm":
        return False
    return (preset[1] == "f") != (pitch >= PITCH_BORDER_HERTZ)
