"""Instruments made of arithmetic: plucked strings, drums, pads, gongs, noise. 48 kHz, float64."""

from functools import lru_cache

import numpy as np
import numpy.typing as npt

RATE = 48_000
LOOP_FRAMES = 1 << 19  # eleven seconds
Wave = npt.NDArray[np.float64]  # (frames,) or (frames, 2)


def seconds(length: float) -> int:
    """Frames in so many seconds."""
    return max(1, round(length * RATE))


def tone(midi: float) -> float:
    """Frequency of a MIDI note number."""
    return float(440.0 * 2 ** ((midi - 69) / 12))


@lru_cache(maxsize=256)
def pluck(midi: float, length_seconds: float, *, bright: float = 0.5, seed: int = 0) -> Wave:
    """A plucked silk string (Karplus and Strong, 1983), computed a period at a time."""
    period = max(8, round(RATE / tone(midi)))
    count = seconds(length_seconds)
    chance = np.random.default_rng(seed * 1000 + round(midi * 10))
    burst = chance.uniform(-1, 1, period)
    smooth = 1 + round((1 - bright) * 6)
    burst = np.convolve(np.tile(burst, 3), np.ones(smooth) / smooth, "same")[period : 2 * period]
    # Plucked near the bridge: a comb takes out what has a node there.
    burst = burst - np.roll(burst, period // 7)
    decay = 0.5 ** (period / RATE / (0.9 + 0.5 * bright))
    # Each period is the one before, averaged with its neighbour; in the spectrum that is a power.
    turn = np.exp(-2j * np.pi * np.arange(period // 2 + 1) / period)
    loss = np.log(decay * (0.5 + 0.5 * turn) + 1e-12)
    passes = np.arange(count // period + 1)[:, None]
    wave = np.fft.irfft(np.fft.rfft(burst) * np.exp(passes * loss), period).ravel()[:count]
    wave *= np.minimum(1, np.arange(count) / 60)
    return fade(wave / (np.abs(wave).max() + 1e-9), 0.05)


def pad(
    midis: tuple[float, ...], length_seconds: float, *, rise: float = 1.5, seed: int = 0
) -> Wave:
    """A bowed cushion of detuned strings that swells and goes."""
    count = seconds(length_seconds)
    t = np.arange(count, dtype=np.float32) / RATE
    chance = np.random.default_rng(seed)
    wave = np.zeros((count, 2))
    for side in (0, 1):
        vibrato = np.exp(0.5j * np.sin(2 * np.pi * (4.3 + side * 0.4) * t)).astype(np.complex64)
        voices = np.zeros(count, np.complex64)
        for midi in midis:
            for detune in (-0.06, 0.05):
                turns = tone(midi + detune + 0.02 * side) / RATE * np.arange(count)
                phase = ((turns + chance.uniform()) % 1.0 * (2 * np.pi)).astype(np.float32)
                z = np.empty(count, np.complex64)
                z.real, z.imag = np.cos(phase), np.sin(phase)
                # Five harmonics out of one wave, by Horner's rule.
                voices += z * (1 + z * (0.42 + z * (0.20 + z * (0.10 + z * 0.05))))
        wave[:, side] = (voices * vibrato).imag
    swell = np.minimum(1, t / rise) * np.minimum(
        1, (length_seconds - t) / min(2.0, length_seconds / 2)
    )
    made: Wave = wave * swell[:, None] / (np.abs(wave).max() + 1e-9)
    return made


def drum(
    pitch: float = 62.0, length_seconds: float = 0.9, *, skin: float = 0.25, seed: int = 1
) -> Wave:
    """A low drum: a falling tone and the slap of the skin."""
    count = seconds(length_seconds)
    t = np.arange(count) / RATE
    sweep = pitch * (1 + 0.9 * np.exp(-t * 28))
    body = np.sin(2 * np.pi * np.cumsum(sweep) / RATE) * np.exp(-t * 5.2)
    noise = band(np.random.default_rng(seed).standard_normal(count), 180, 2400) * np.exp(-t * 46)
    return fade(body + skin * noise, 0.05)


def block(pitch: float = 900.0) -> Wave:
    """A wood block."""
    t = np.arange(seconds(0.16)) / RATE
    return np.sin(2 * np.pi * pitch * t) * np.exp(-t * 60) + 0.5 * np.sin(
        2 * np.pi * pitch * 1.52 * t
    ) * np.exp(-t * 80)


def gong(length_seconds: float = 4.5, *, pitch: float = 98.0) -> Wave:
    """A large gong: partials that do not agree, the high ones later and shorter."""
    count = seconds(length_seconds)
    t = np.arange(count) / RATE
    wave = np.zeros(count)
    for k, (ratio, level, decay) in enumerate(
        (
            (1, 1, 0.7),
            (1.51, 0.6, 0.9),
            (2.02, 0.5, 1.1),
            (2.74, 0.4, 1.5),
            (3.76, 0.3, 2.0),
            (5.1, 0.2, 2.8),
            (6.9, 0.12, 3.6),
        )
    ):
        bloom = 1 - np.exp(-t * (30 / (1 + k)))
        wave += level * bloom * np.exp(-t * decay) * np.sin(2 * np.pi * pitch * ratio * t + k)
    return fade(wave / np.abs(wave).max(), 0.2)


def riser(length_seconds: float, *, seed: int = 0) -> Wave:
    """Tension: noise that climbs and a trembling cluster beneath it."""
    count = seconds(length_seconds)
    t = np.arange(count) / RATE
    share = t / length_seconds
    noise = np.random.default_rng(seed).standard_normal(count)
    climb = band(noise, 300, 1200) * (1 - share) + band(noise, 1500, 6000) * share
    tremble = 0.6 + 0.4 * np.sin(2 * np.pi * (6 + 5 * share) * t)
    cluster = sum(
        np.sin(2 * np.pi * np.cumsum(tone(m) * 2 ** (share * 4 / 12)) / RATE) for m in (57, 58, 63)
    )
    return fade((0.30 * climb + 0.16 * cluster * tremble) * share**2.2, 0.03)


def noise(length_seconds: float, low: float, high: float, *, seed: int) -> Wave:
    """Stereo noise between two frequencies, at most about 1."""
    count = seconds(length_seconds)
    # Noise filtered in the spectrum closes on itself, so a loop of it has no seam.
    loop = min(1 << (count - 1).bit_length(), LOOP_FRAMES)
    chance = np.random.default_rng(seed)
    sides = [band(chance.standard_normal(loop), low, high) for _ in range(2)]
    wave = np.stack(sides, axis=1)
    wave /= 3.2 * wave.std() + 1e-9
    return np.tile(wave, (-(-count // loop), 1))[:count]


def band(wave: Wave, low: float, high: float) -> Wave:
    """Keep what lies between two frequencies, with soft shoulders."""
    size = 1 << (len(wave) - 1).bit_length()
    spectrum = np.fft.rfft(wave, size)
    f = np.fft.rfftfreq(size, 1 / RATE)
    shoulders = 1 / (1 + (low / np.maximum(f, 1)) ** 4) / (1 + (f / high) ** 4)
    return np.fft.irfft(spectrum * shoulders, size)[: len(wave)]


def hall(wave: Wave, *, length_seconds: float = 2.2, wet: float = 0.3, seed: int = 9) -> Wave:
    """Put a stereo wave into a hall."""
    count = seconds(length_seconds)
    chance = np.random.default_rng(seed)
    t = np.arange(count) / RATE
    size = 1 << (len(wave) + count - 1).bit_length()
    out = wave.copy()
    for side in (0, 1):
        echo = band(chance.standard_normal(count), 150, 5200) * np.exp(-t * 6.9 / length_seconds)
        echo[: seconds(0.012)] = 0
        echo /= np.sqrt((echo**2).sum())
        ringing = np.fft.irfft(np.fft.rfft(wave[:, side], size) * np.fft.rfft(echo, size), size)
        out[:, side] += wet * ringing[: len(wave)]
    return out


def fade(wave: Wave, length_seconds: float) -> Wave:
    """Let the end fade so that nothing clicks."""
    count = min(len(wave), seconds(length_seconds))
    wave[-count:] *= np.linspace(1, 0, count)
    return wave


def put(track: Wave, wave: Wave, at_seconds: float, level: float, pan: float = 0.0) -> None:
    """Add a wave to a stereo track; pan from -1 (left) to 1 (right)."""
    first = round(at_seconds * RATE)
    if first >= len(track):
        return
    skip = max(0, -first)
    first = max(0, first)
    count = min(len(wave) - skip, len(track) - first)
    if count <= 0:
        return
    piece = wave[skip : skip + count]
    if piece.ndim == 1:
        angle = (pan + 1) * np.pi / 4
        piece = piece[:, None] * np.array([np.cos(angle), np.sin(angle)])
    track[first : first + count] += level * piece
