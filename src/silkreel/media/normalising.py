"""A sound brought to a delivery's loudness: by gain alone where its peaks allow it, else limited.

The limiter takes loudness with the peaks. How much is foretold from the energies it works on, block
by block, to within a few hundredths of a decibel: the result need not be listened to again.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from silkreel.kit.sound import Sound
from silkreel.kit.spans import TimeSpan
from silkreel.media.limiting import Crest, limited, scaled
from silkreel.media.loudness import (
    BLOCK_SECONDS,
    SHORT_TERM_SECONDS,
    SILENCE_LUFS,
    STEP_SECONDS,
    Heard,
    Loudness,
    Series,
    decibels,
    linear,
)
from silkreel.media.loudness_profiles import LoudnessProfile
from silkreel.media.true_peak import Floats, true_peak

NEAR_LU = 0.01  # close enough to the target
GUESSES = 8  # the foretold gain settles in two or three
ROOM_DB = 12.0  # at most so much is given back for what the limiter takes
USUAL_ROOM_DB = 3.0  # mostly no more: fewer places need their true peak looked at
METER_DB = 0.1  # true peaks by two meters may differ by as much
CODING_SLACK_DB = 0.5  # coding is not smooth: exactly the room that lacked is as often too little
MOST_GAIN_DB = 40.0  # quieter than this it is a fault, not a recording


@dataclass(frozen=True, slots=True)
class LoudnessReport:
    """How a sound was brought to a profile."""

    profile: str
    before: Loudness
    after: Loudness  # foretold where a limiter worked; its peak is exact
    gain_db: float
    limited_db: float  # deepest reduction by the limiter; 0: gain alone


def normalise(
    sound: Sound,
    profile: LoudnessProfile,
    *,
    dialogue: Sequence[TimeSpan] = (),
    margin_db: float = 0.0,
) -> tuple[Sound, LoudnessReport]:
    """Bring a sound to a profile.

    `dialogue` names where somebody speaks; `margin_db` lowers the ceiling further, and
    `coding_margin_db` says how far after coding.
    """
    heard = Heard.of(sound, dialogue)
    before = heard.loudness(0.0)
    wanted = _Wanted(profile, before, linear(profile.limit_dbtp - margin_db))
    if before.judged_lufs(profile) <= SILENCE_LUFS:
        before = heard.loudness(true_peak(sound))
        return sound, LoudnessReport(profile.name, before, before, 0.0, 0.0)
    crest = Crest.of(sound, wanted.ceiling / wanted.gain / linear(USUAL_ROOM_DB))
    if crest.highest * wanted.gain > wanted.ceiling:
        return _limited(sound, heard, crest, wanted)
    before, gain_db = heard.loudness(true_peak(sound)), decibels(wanted.gain)
    report = LoudnessReport(profile.name, before, before.raised(gain_db), gain_db, 0.0)
    return scaled(sound, wanted.gain), report


def coding_margin_db(coded: Loudness, profile: LoudnessProfile) -> float:
    """How much lower the limiter must stop so that this coded sound keeps the profile's peak."""
    over = coded.true_peak_dbtp + METER_DB - profile.true_peak_dbtp
    return over + CODING_SLACK_DB if over > 0 else 0.0


@dataclass(frozen=True, slots=True)
class _Wanted:
    """Where a sound shall go, and how far it is at first."""

    profile: LoudnessProfile
    before: Loudness
    ceiling: float  # linear

    def missing_lu(self, now: Loudness) -> float:
        """What is missing to the target."""
        target = self.profile.target_lufs(self.before.dialogue_share)
        return target - now.judged_lufs(self.profile)

    @property
    def gain(self) -> float:
        """The gain, linear, if no peak were in the way."""
        return linear(min(MOST_GAIN_DB, self.missing_lu(self.before)))

    @property
    def most_gain(self) -> float:
        """With what is given back for the limiter's part."""
        return self.gain * linear(ROOM_DB)


def _limited(
    sound: Sound, heard: Heard, crest: Crest, wanted: _Wanted
) -> tuple[Sound, LoudnessReport]:
    """Gain and limiter; what the limiter takes from the loudness is given back."""
    gain, under = _foretold(heard, crest, wanted)
    if not crest.serves(gain, wanted.ceiling):
        crest = Crest.of(sound, wanted.ceiling / wanted.most_gain)
        gain, under = _foretold(heard, crest, wanted)
    curve = crest.curve(gain, wanted.ceiling)
    louder, peak = limited(sound, curve, wanted.ceiling)
    deepest = decibels(gain) - decibels(float(curve.min()))
    before, after = heard.loudness(crest.highest), under.loudness(peak)
    return louder, LoudnessReport(wanted.profile.name, before, after, decibels(gain), deepest)


def _foretold(heard: Heard, crest: Crest, wanted: _Wanted) -> tuple[float, Heard]:
    """The gain that meets the target after the limiter took its part, and how it will be heard."""
    gain = wanted.gain
    for _ in range(GUESSES):
        under = _under(heard, crest, crest.curve(gain, wanted.ceiling))
        missing_lu = wanted.missing_lu(under.loudness(0.0))
        if abs(missing_lu) <= NEAR_LU or gain >= wanted.most_gain:
            break
        gain = min(gain * linear(missing_lu), wanted.most_gain)
    return gain, under


def _under(heard: Heard, crest: Crest, curve: Floats) -> Heard:
    """How a sound is heard under a curve: each window by the energy that is left in it."""
    squares = ((curve[1:] + curve[:-1]) / 2).astype(np.float64) ** 2
    left = np.append(0.0, np.cumsum(crest.energies * squares))
    all_of_it = np.append(0.0, np.cumsum(crest.energies, dtype=np.float64))

    def gains(count: int, window_seconds: float) -> Series:
        starts = np.arange(count) * STEP_SECONDS
        first = np.round(starts / crest.step_seconds).astype(int)
        end = np.round((starts + window_seconds) / crest.step_seconds).astype(int)
        first, end = np.minimum(first, len(squares)), np.minimum(end, len(squares))
        energy = np.maximum(all_of_it[end] - all_of_it[first], 1e-20)
        return np.asarray(np.sqrt(np.maximum(left[end] - left[first], 0.0) / energy))

    return heard.under(
        gains(len(heard.momentary), BLOCK_SECONDS),
        gains(len(heard.short_term), SHORT_TERM_SECONDS),
    )
