"""Voices, bed and kept original into one sound at a delivery's loudness.

A line that has no take keeps the original's sound in its span.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction

import numpy as np

from silkreel.dubbing.bed import SAMPLE_RATE, Bed, stereo
from silkreel.dubbing.ducking import STEPS_PER_SECOND, Curve, bed_levels, duck_curve, gains
from silkreel.dubbing.fitting import FitLine, FitPlan
from silkreel.kit.sound import Samples, Sound
from silkreel.kit.spans import TimeSpan
from silkreel.media.loudness import linear, loudness_of
from silkreel.media.loudness_profiles import LoudnessProfile
from silkreel.media.normalising import LoudnessReport, normalise
from silkreel.media.stretch import exactly, resample

FADE_SECONDS = 0.008
CROSSFADE_SECONDS = 0.03
BOTH_CHANNELS_LU = 3.01  # one voice on two channels is so much louder
MOST_LEVELLING_DB = 24.0
FAR_OVER_DB = 60.0  # over a bed of silence


@dataclass(frozen=True, slots=True, eq=False)
class Laid:
    """Everything in its place, before the loudness of a delivery."""

    sound: Sound
    label: str  # dub | voice-over
    speech: tuple[TimeSpan, ...]  # where the dub speaks, and where the original is kept
    kept: tuple[str, ...]  # lines that keep the original's sound
    over_bed_db: Mapping[str, float]  # by line: how far its voice stands over the bed


@dataclass(frozen=True, slots=True, eq=False)
class Mix:
    """A finished mix and what it measures."""

    sound: Sound
    loudness: LoudnessReport
    laid: Laid


def mix(laid: Laid, profile: LoudnessProfile, *, margin_db: float = 0.0) -> Mix:
    """Bring what was laid to a profile; `margin_db` leaves more room for coding."""
    sound, report = normalise(laid.sound, profile, dialogue=laid.speech, margin_db=margin_db)
    return Mix(sound, report, laid)


def lay(
    lines: Sequence[FitLine],
    plan: FitPlan,
    sounds: Mapping[str, Sound],
    bed: Bed,
    *,
    frame_rate: Fraction,
    length_seconds: float,
    original: Sound | None = None,
    keep: Sequence[TimeSpan] = (),
) -> Laid:
    """Lay the placed lines over the bed.

    `sounds` holds placed lines at 48 kHz, as long as they will be (`Recording.sounds`). Lines that
    are not placed, and the spans in `keep` (screams, laughter, songs), sound as in the `original`;
    a bed that is the ducked original needs none.

    Raises:
        ValueError: the original is needed and was not given.
    """
    length = round(length_seconds * SAMPLE_RATE)
    starts = {p.line_id: float(p.first_frame / frame_rate) for p in plan.placed}
    placed = [line for line in lines if line.line_id in starts and line.line_id in sounds]
    silent = [line for line in lines if line not in placed]
    kept = (*keep, *(line.span.seconds(frame_rate) for line in silent))
    spoken = {
        line.line_id: TimeSpan(
            starts[line.line_id], starts[line.line_id] + sounds[line.line_id].length_seconds
        )
        for line in placed
    }
    ducked = list(spoken.values())
    if bed.kind == "ducked":
        ducked += [line.span.seconds(frame_rate) for line in placed]
    curve = duck_curve(bed, length_seconds, ducked, kept)
    voices = _voices(spoken, sounds, bed.dialogue_lufs, length)
    output = _under(bed, curve, length)
    if bed.kind != "ducked" and kept:
        _restore(output, original, kept)
    output += voices[:, None]
    return Laid(
        sound=Sound(output, SAMPLE_RATE),
        label=bed.label,
        speech=tuple(sorted((*spoken.values(), *kept))),
        kept=tuple(line.line_id for line in silent),
        over_bed_db=_over_bed_db(bed, curve, spoken),
    )


def needs_original(lines: Sequence[FitLine], plan: FitPlan, bed: Bed) -> bool:
    """Whether the original's sound must be at hand to lay this plan."""
    return bed.kind != "ducked" and len(plan.placed) < len(lines)


def _voices(
    spoken: Mapping[str, TimeSpan], sounds: Mapping[str, Sound], level_lufs: float, length: int
) -> Samples:
    """All lines on one track, each at the dialogue's level."""
    track = np.zeros(length, dtype=np.float32)
    for line_id, span in spoken.items():
        voice = _levelled(resample(sounds[line_id], SAMPLE_RATE), level_lufs)
        first = round(span.start_seconds * SAMPLE_RATE)
        piece = voice[: max(0, length - first)]
        track[first : first + len(piece)] += piece
    return track


def _levelled(sound: Sound, level_lufs: float) -> Samples:
    """One channel at the wanted loudness when heard on both sides, its edges faded."""
    voice = Sound.mono(sound.flat, sound.sample_rate)
    missing = level_lufs - (loudness_of(voice) + BOTH_CHANNELS_LU)
    samples = voice.samples[:, 0] * np.float32(linear(min(missing, MOST_LEVELLING_DB)))
    fade = min(round(FADE_SECONDS * SAMPLE_RATE), len(samples) // 2)
    ramp = np.linspace(0, 1, fade, endpoint=False, dtype=np.float32)
    samples[:fade] *= ramp
    samples[len(samples) - fade :] *= ramp[::-1]
    return samples


def _under(bed: Bed, curve: Curve, length: int) -> Samples:
    samples = exactly(bed.sound.samples, length)
    if not curve.any():
        return samples.copy()
    return np.asarray(samples * gains(curve, length)[:, None])


def _restore(output: Samples, original: Sound | None, kept: Sequence[TimeSpan]) -> None:
    """Cross over to the original where it is kept."""
    if original is None:
        raise ValueError("lines without a take keep the original's sound: give it")
    source = exactly(stereo(original).samples, len(output))
    fade = round(CROSSFADE_SECONDS * SAMPLE_RATE)
    for span in kept:
        first = max(0, round(span.start_seconds * SAMPLE_RATE) - fade)
        end = min(len(output), round(span.end_seconds * SAMPLE_RATE) + fade)
        distance = np.minimum(np.arange(1, end - first + 1), np.arange(end - first, 0, -1))
        share = np.minimum(1.0, distance / fade).astype(np.float32)[:, None]
        output[first:end] += share * (source[first:end] - output[first:end])


def _over_bed_db(bed: Bed, curve: Curve, spoken: Mapping[str, TimeSpan]) -> dict[str, float]:
    """How far each line stands over the bed that is left under it."""
    levels = bed_levels(bed, len(curve)) + curve
    return {
        line_id: min(FAR_OVER_DB, bed.dialogue_lufs - _mean_level(levels, span))
        for line_id, span in spoken.items()
    }


def _mean_level(levels: Curve, span: TimeSpan) -> float:
    first = int(span.start_seconds * STEPS_PER_SECOND)
    piece = levels[first : max(first + 1, int(span.end_seconds * STEPS_PER_SECOND))]
    return float(10 * np.log10(np.mean(10 ** (piece / 10))))
