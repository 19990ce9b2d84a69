"""Voices over the bed: each voice at its place and loudness, the bed making room for it."""

import math
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from silkreel.kit.sound import Sound
from silkreel.media.theatre.schedule import Timetable
from silkreel.media.theatre.synth import RATE, Wave, put, seconds

VOICE_RMS = 0.115  # about -19 dBFS over the loud parts of a line
VOICE_PAN = 0.16
DUCK = 0.40  # what is left of the bed under a voice: -8 dB
DUCK_ATTACK_SECONDS = 0.18
DUCK_RELEASE_SECONDS = 0.55
PEAK = 0.84  # -1.5 dBFS


@dataclass(frozen=True, slots=True, eq=False)
class Mix:
    """The finished sound, and the same without the voices."""

    full: Sound
    music_and_effects: Sound


def mix(times: Timetable, takes: Mapping[str, Sound], bed: Sound | None) -> Mix:
    """Lay the voices over the bed; voices plus the stem is the mix, sample by sample.

    Without a bed nothing lies under the voices, and the stem is silent.
    """
    count = seconds(times.length_seconds)
    voices = np.zeros((count, 2))
    for cue in times.voiced:
        take = _levelled(resampled(takes[cue.line.id]))
        mark = next(shot.mark(cue.line.who) for shot in times.shots if cue in shot.lines)
        side = 0.0 if mark is None else VOICE_PAN * (1 if mark.x > 0 else -1)
        put(voices, take, cue.speech_start_seconds, 1.0, side)
    under = np.zeros_like(voices) if bed is None else _under(times, bed, count)
    peak = float(np.abs(voices + under).max())
    share = min(1.0, PEAK / (peak + 1e-9))
    full = Sound(((voices + under) * share).astype(np.float32), RATE)
    return Mix(full, Sound((under * share).astype(np.float32), RATE))


def resampled(sound: Sound) -> Wave:
    """One channel at 48 kHz, by the spectrum: exact for the short pieces spoken here.

    Silence is added up to a length whose spectrum is quickly had: one of large primes took twice the time.
    """
    flat = sound.flat.astype(np.float64)
    if sound.sample_rate == RATE or not len(flat):
        return flat
    common = math.gcd(sound.sample_rate, RATE)
    step, grown = sound.sample_rate // common, RATE // common
    blocks = _smooth(-(-len(flat) // step))
    spectrum = np.fft.rfft(flat, blocks * step)
    wide = np.zeros(blocks * grown // 2 + 1, dtype=complex)
    keep = min(len(spectrum), len(wide))
    wide[:keep] = spectrum[:keep]
    count = round(len(flat) * RATE / sound.sample_rate)
    return np.fft.irfft(wide, blocks * grown)[:count] * (grown / step)


def _smooth(count: int) -> int:
    """The next number without prime factors above five."""
    while True:
        rest = count
        for prime in (2, 3, 5):
            while rest % prime == 0:
                rest //= prime
        if rest == 1:
            return count
        count += 1


def _levelled(take: Wave) -> Wave:
    frame = seconds(0.05)
    pieces = (
        take[: len(take) // frame * frame].reshape(-1, frame) if len(take) >= frame else take[None]
    )
    loudness = np.sqrt((pieces**2).mean(axis=1))
    loud = float(np.percentile(loudness, 80)) if loudness.size else 0.0
    gain = VOICE_RMS / loud if loud > 1e-4 else 1.0
    return np.clip(take * gain, -0.95, 0.95)


def _under(times: Timetable, bed: Sound, count: int) -> Wave:
    made: Wave = bed.samples.astype(np.float64)[:count] * _room(times, count)[:, None]
    return made


def _room(times: Timetable, count: int) -> Wave:
    """The bed's level over time: down before a voice begins, up after it ends."""
    step = seconds(0.01)
    points = np.zeros(count // step + 2)
    for cue in times.voiced:
        first = int((cue.speech_start_seconds - DUCK_ATTACK_SECONDS) * RATE / step)
        end = int(cue.speech_end_seconds * RATE / step) + 1
        points[max(0, first) : end] = 1
    attack, release = 0.01 / DUCK_ATTACK_SECONDS, 0.01 / DUCK_RELEASE_SECONDS
    level, curve = 0.0, np.empty_like(points)
    for i, wanted in enumerate(points):
        level = min(wanted, level + attack) if wanted > level else max(wanted, level - release)
        curve[i] = level
    smooth = np.interp(np.arange(count), np.arange(len(points)) * step, curve)
    return 1 - (1 - DUCK) * smooth
