"""How loud a sound is (ITU-R BS.1770-5, EBU Tech 3342).

K-weighted momentary and short-term loudness come from FFmpeg's ebur128, ten times a second; gates,
range and dialogue are reckoned here, the true peak in `true_peak`.
"""

import time
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import av
import numpy as np
import numpy.typing as npt

from silkreel.kit.effort import spend
from silkreel.kit.sound import Sound
from silkreel.kit.spans import TimeSpan
from silkreel.media.loudness_profiles import LoudnessProfile
from silkreel.media.stretch import exactly, run
from silkreel.media.true_peak import true_peak

STEP_SECONDS = 0.1
BLOCK_STEPS, SHORT_TERM_STEPS = 4, 30  # windows of 400 ms and 3 s
BLOCK_SECONDS, SHORT_TERM_SECONDS = BLOCK_STEPS * STEP_SECONDS, SHORT_TERM_STEPS * STEP_SECONDS
SILENCE_LUFS = -70.0  # the absolute gate: below it nothing is heard
SILENCE_DBTP = -120.0
RELATIVE_GATE_LU, RANGE_GATE_LU = 10.0, 20.0
RANGE_QUANTILES = (0.10, 0.95)

Series = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Loudness:
    """What was measured; -70 LUFS and -120 dBTP stand for silence."""

    integrated_lufs: float
    true_peak_dbtp: float
    range_lu: float
    short_term_max_lufs: float
    dialogue_lufs: float | None = None  # over the spans that were named
    dialogue_share: float = 0.0  # of the whole time

    def raised(self, gain_db: float) -> "Loudness":
        """The same sound, louder by `gain_db`."""
        spoken = self.dialogue_lufs
        return replace(
            self,
            integrated_lufs=self.integrated_lufs + gain_db,
            true_peak_dbtp=self.true_peak_dbtp + gain_db,
            short_term_max_lufs=self.short_term_max_lufs + gain_db,
            dialogue_lufs=None if spoken is None else spoken + gain_db,
        )

    def judged_lufs(self, profile: LoudnessProfile) -> float:
        """The figure that the profile looks at."""
        if self.dialogue_lufs is not None and profile.on_dialogue(self.dialogue_share):
            return self.dialogue_lufs
        return self.integrated_lufs

    def meets(self, profile: LoudnessProfile) -> bool:
        """Whether a delivery that measures so is accepted."""
        off = abs(self.judged_lufs(profile) - profile.target_lufs(self.dialogue_share))
        return off <= profile.tolerance_lu and self.true_peak_dbtp <= profile.true_peak_dbtp


@dataclass(frozen=True, slots=True, eq=False)
class Heard:
    """Loudness over time: what all figures but the true peak are reckoned from."""

    momentary: Series  # LUFS of the 400 ms from each tenth of a second
    short_term: Series  # of the 3 s
    spoken: npt.NDArray[np.bool_]  # blocks of 400 ms in whose middle somebody speaks

    @classmethod
    def of(cls, sound: Sound, dialogue: Sequence[TimeSpan] = ()) -> "Heard":
        """Listen to a sound; `dialogue` names where somebody speaks."""
        momentary, short_term = loudness_series(sound)
        return cls(momentary, short_term, _steps_within(dialogue, len(momentary)))

    def loudness(self, peak: float) -> Loudness:
        """The figures, with the true peak `peak` (linear)."""
        return Loudness(
            integrated_lufs=_gated(self.momentary, RELATIVE_GATE_LU),
            true_peak_dbtp=decibels(peak),
            range_lu=_range(self.short_term),
            short_term_max_lufs=max(SILENCE_LUFS, float(self.short_term.max(initial=SILENCE_LUFS))),
            dialogue_lufs=_gated(self.momentary[self.spoken], None) if self.spoken.any() else None,
            dialogue_share=float(self.spoken.mean()) if len(self.spoken) else 0.0,
        )

    def under(self, gains: Series, short_term_gains: Series) -> "Heard":
        """As it would be heard with each window of 400 ms, and of 3 s, so many times as high."""
        return replace(
            self,
            momentary=self.momentary + 20 * np.log10(np.maximum(gains, 1e-12)),
            short_term=self.short_term + 20 * np.log10(np.maximum(short_term_gains, 1e-12)),
        )


def measure(
    sound: Sound, dialogue: Sequence[TimeSpan] = (), *, peak: float | None = None
) -> Loudness:
    """Measure a sound; `dialogue` names where somebody speaks, `peak` its true peak if known."""
    return Heard.of(sound, dialogue).loudness(true_peak(sound) if peak is None else peak)


def measure_file(path: Path, dialogue: Sequence[TimeSpan] = ()) -> Loudness:
    """Measure a coded file of ours as a player hears it."""
    return measure(_decoded(path), dialogue)


def _decoded(path: Path) -> Sound:
    """The sound of a file that this program wrote."""
    started = time.thread_time()
    with av.open(str(path)) as container:
        stream = container.streams.audio[0]
        channels, rate = stream.codec_context.channels, stream.codec_context.sample_rate
        pieces = [frame.to_ndarray() for frame in _in_float(container.decode(stream))]
    spend("sound decoder", time.thread_time() - started)
    planes = np.concatenate([np.zeros((channels, 0), dtype=np.float32), *pieces], axis=1)
    return Sound(np.ascontiguousarray(planes.T, dtype=np.float32), rate)


def _in_float(frames: Iterable[av.AudioFrame]) -> Iterator[av.AudioFrame]:
    """Frames in planar float, as AAC's are anyway."""
    to_float = av.AudioResampler(format="fltp")
    for frame in frames:
        if frame.format.name == "fltp":
            yield frame
        else:
            yield from to_float.resample(frame)


def loudness_of(sound: Sound) -> float:
    """Loudness of a piece of any length; below one block its mean counts, without gates."""
    short = sound.length_seconds < BLOCK_SECONDS
    block = round(BLOCK_SECONDS * sound.sample_rate)
    padded = Sound(exactly(sound.samples, block), sound.sample_rate) if short else sound
    momentary, _ = loudness_series(padded)
    if not short:
        return _gated(momentary, RELATIVE_GATE_LU)
    spread_db = 10 * np.log10(max(1, len(sound.samples)) / block)
    return max(SILENCE_LUFS, float(momentary.max(initial=SILENCE_LUFS)) - float(spread_db))


def loudness_series(sound: Sound) -> tuple[Series, Series]:
    """Momentary (400 ms) and short-term (3 s) loudness, ten values a second.

    Value k is of the window that starts at k/10 s; windows that are not full are left out.
    """
    tags = (frame.metadata for frame in run(sound, [("ebur128", "metadata=1:framelog=quiet")]))
    rows = [(t["lavfi.r128.M"], t["lavfi.r128.S"]) for t in tags if "lavfi.r128.M" in t]
    # The filter's running sums can round to less than nothing after a loud place: that is silence.
    values = np.nan_to_num(
        np.array(rows, dtype=np.float64).reshape(-1, 2), nan=SILENCE_DBTP, neginf=SILENCE_DBTP
    )
    return values[BLOCK_STEPS - 1 :, 0], values[SHORT_TERM_STEPS - 1 :, 1]


def _gated(momentary: Series, relative_lu: float | None) -> float:
    heard = _energy(momentary[momentary > SILENCE_LUFS])
    if not len(heard):
        return SILENCE_LUFS
    if relative_lu is not None:
        heard = heard[heard > heard.mean() * 10 ** (-relative_lu / 10)]
    return float(_lufs(heard.mean()))


def _range(short_term: Series) -> float:
    heard = _energy(short_term[short_term > SILENCE_LUFS])
    if not len(heard):
        return 0.0
    heard = heard[heard > heard.mean() * 10 ** (-RANGE_GATE_LU / 10)]
    low, high = np.quantile(_lufs(heard), RANGE_QUANTILES)
    return float(high - low)


def _steps_within(spans: Sequence[TimeSpan], count: int) -> npt.NDArray[np.bool_]:
    """Blocks whose middle lies in one of the spans."""
    middles = np.arange(count) * STEP_SECONDS + BLOCK_SECONDS / 2
    inside = np.zeros(count, dtype=np.bool_)
    for span in spans:
        inside |= (middles >= span.start_seconds) & (middles < span.end_seconds)
    return inside


def _energy(lufs: Series) -> Series:
    return np.asarray(10 ** ((lufs + 0.691) / 10))


def _lufs(energy: Series | np.float64) -> Series:
    return np.asarray(10 * np.log10(energy) - 0.691)


def linear(level_db: float) -> float:
    """An amplitude from decibels."""
    return float(10 ** (level_db / 20))


def decibels(amplitude: float) -> float:
    """Decibels of an amplitude; never below -120."""
    return max(SILENCE_DBTP, 20 * float(np.log10(max(amplitude, 1e-12))))
