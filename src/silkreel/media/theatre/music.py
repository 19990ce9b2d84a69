"""The bed under an episode: music by mood, weather and sounds by what the shots show.

Composed from the timetable alone and seeded, so that the same episode sounds the same.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from silkreel.kit.sound import Sound
from silkreel.media.theatre import synth
from silkreel.media.theatre.plan import Effect, Mood, Play
from silkreel.media.theatre.schedule import ShotCue, Timetable
from silkreel.media.theatre.synth import RATE, Wave, put

BED_PEAK = 0.42


@dataclass(frozen=True, slots=True)
class Tune:
    """How a mood sounds: notes to choose from, chords beneath them, how fast, how hard."""

    scale: tuple[int, ...]
    chords: tuple[tuple[float, ...], ...]
    beat_seconds: float
    density: float  # share of beats on which a string is plucked
    drums: float  # strength of the drum
    bright: float
    pads: float = 0.5


A_MINOR = (57, 60, 62, 64, 67, 69, 72, 74, 76)
D_MINOR = (50, 57, 60, 62, 65, 67, 69, 72, 74)
C_MAJOR = (55, 57, 60, 62, 64, 67, 69, 72, 74, 76)
TUNES: dict[Mood, Tune] = {
    "plain": Tune(C_MAJOR, ((48, 55, 64), (45, 52, 60), (41, 53, 57)), 0.7, 0.4, 0.0, 0.4),
    "dread": Tune(A_MINOR, ((45, 52, 57), (43, 50, 58), (41, 48, 57)), 0.62, 0.55, 0.55, 0.45),
    "arrival": Tune(A_MINOR, ((45, 52, 60), (41, 53, 57), (40, 52, 56)), 0.48, 0.7, 0.85, 0.6),
    "wound": Tune(D_MINOR, ((38, 50, 57), (41, 53, 57), (43, 50, 58)), 0.74, 0.6, 0.25, 0.4, 0.7),
    "secret": Tune(D_MINOR, ((38, 50, 58), (37, 49, 57), (41, 50, 56)), 0.52, 0.8, 0.45, 0.65, 0.6),
    "cold": Tune(A_MINOR, ((45, 52, 64), (41, 53, 60), (43, 55, 59)), 0.8, 0.5, 0.2, 0.55, 0.7),
    "duel": Tune(A_MINOR, ((45, 52, 57), (44, 51, 57), (41, 48, 56)), 0.40, 0.75, 1.0, 0.7, 0.45),
    "dawn": Tune(C_MAJOR, ((48, 55, 64), (45, 57, 60), (41, 53, 60)), 0.7, 0.65, 0.15, 0.5, 0.8),
}


def bed(play: Play, times: Timetable) -> Sound:
    """Music and effects for a whole episode: 48 kHz stereo, peak at most `BED_PEAK`."""
    count = synth.seconds(times.length_seconds)
    music = np.zeros((count, 2))
    for number in range(len(play.scenes)):
        cues = [cue for cue in times.shots if cue.scene_number == number]
        _score(music, play, cues, times.frames_per_second, number)
    _cliffhanger(music, times)
    track = synth.hall(music, wet=0.38) + _weather(play, times, count) + _sounds(times, count)
    edge = synth.seconds(0.06)
    track[:edge] *= np.linspace(0, 1, edge)[:, None]
    track[-edge * 4 :] *= np.linspace(1, 0, edge * 4)[:, None]
    peak = float(np.abs(track).max())
    return Sound((track * min(1.0, BED_PEAK / (peak + 1e-9))).astype(np.float32), RATE)


def _span(cues: list[ShotCue], rate: int) -> tuple[float, float]:
    return cues[0].span.first_frame / rate, cues[-1].span.end_frame / rate


def _score(track: Wave, play: Play, cues: list[ShotCue], rate: int, number: int) -> None:
    """Chords, strings and drum of one scene."""
    tune = TUNES[cues[0].scene.mood]
    start, end = _span(cues, rate)
    chance = np.random.default_rng(play.seed * 31 + number)
    bar = tune.beat_seconds * 8
    at, index = start, 0
    while at < end - 0.4:
        chord = tune.chords[index % len(tune.chords)]
        length = min(bar, end - at) + 1.2
        put(track, synth.pad(chord, length, seed=index + 5), at, 0.16 * tune.pads)
        put(track, synth.pluck(chord[0] - 0, 3.2, bright=0.3, seed=index), at, 0.22, -0.2)
        at, index = at + bar, index + 1
    _strings(track, tune, start, end, chance)
    _drums(track, tune, start, end)


def _strings(
    track: Wave, tune: Tune, start: float, end: float, chance: np.random.Generator
) -> None:
    """A wandering line: mostly steps, a grace note now and then, a run at the end of phrases."""
    position, at, beat = len(tune.scale) // 2, start + tune.beat_seconds, 0
    while at < end - 0.5:
        if chance.uniform() < tune.density:
            position = int(np.clip(position + chance.integers(-2, 3), 0, len(tune.scale) - 1))
            note, pan = tune.scale[position] + 12, float(chance.uniform(-0.5, 0.5))
            level = 0.20 * float(chance.uniform(0.7, 1.1))
            if chance.uniform() < 0.28 and position:
                grace = tune.scale[position - 1] + 12
                put(
                    track,
                    synth.pluck(grace, 0.5, bright=tune.bright, seed=beat % 3),
                    at - 0.07,
                    level * 0.6,
                    pan,
                )
            put(track, synth.pluck(note, 2.4, bright=tune.bright, seed=beat % 3), at, level, pan)
        if beat % 16 == 15:
            for k, step in enumerate(tune.scale[-6:]):
                put(
                    track,
                    synth.pluck(step + 12, 1.4, bright=tune.bright, seed=k),
                    at + 0.085 * k,
                    0.10,
                    -0.4 + 0.15 * k,
                )
        at += tune.beat_seconds * (0.5 if chance.uniform() < 0.2 else 1.0)
        beat += 1


def _drums(track: Wave, tune: Tune, start: float, end: float) -> None:
    if tune.drums <= 0:
        return
    low, high = synth.drum(56, 1.0), synth.drum(88, 0.6, skin=0.4)
    at, beat = start + 0.02, 0
    while at < end - 0.3:
        if beat % 4 == 0:
            put(track, low, at, 0.34 * tune.drums)
        elif tune.drums > 0.5 and beat % 4 == 3:
            put(track, high, at, 0.16 * tune.drums, 0.3)
        if tune.drums > 0.8 and beat % 2:
            put(track, synth.block(), at + tune.beat_seconds / 2, 0.05 * tune.drums, -0.4)
        at, beat = at + tune.beat_seconds, beat + 1


def _cliffhanger(track: Wave, times: Timetable) -> None:
    """Tension climbs into the last line's end, then one gong."""
    last = times.lines[-1].speech_end_seconds
    length = min(
        5.0, max(1.5, last - times.shots[-1].span.first_frame / times.frames_per_second + 1.0)
    )
    put(track, synth.riser(length, seed=3), last - length, 0.50)
    put(track, synth.gong(), last + 0.08, 0.62)
    put(track, synth.drum(48, 1.4), last + 0.08, 0.55)


def _weather(play: Play, times: Timetable, count: int) -> Wave:
    """Rain outside, wind over the river, the hiss of a workshop with rain behind its walls."""
    track = np.zeros((count, 2))
    for number, scene in enumerate(play.scenes):
        cues = [cue for cue in times.shots if cue.scene_number == number]
        start, end = _span(cues, times.frames_per_second)
        length = end - start + 0.6
        match scene.weather:
            case "rain" | "storm":
                level = 0.085 if scene.weather == "rain" else 0.12
                sound = synth.noise(length, 900, 9000, seed=11) + 0.5 * synth.noise(
                    length, 120, 700, seed=12
                )
            case "snow":
                level = 0.05
                sound = synth.noise(length, 180, 620, seed=13)
                t = np.arange(len(sound)) / RATE
                sound *= (0.65 + 0.35 * np.sin(2 * np.pi * 0.16 * t + 1))[:, None]
            case "embers":
                level = 0.035
                sound = synth.noise(length, 250, 1600, seed=14)
            case _:
                continue
        edge = min(len(sound) // 2, synth.seconds(0.5))
        sound[:edge] *= np.linspace(0, 1, edge)[:, None]
        sound[-edge:] *= np.linspace(1, 0, edge)[:, None]
        put(track, sound, start, level)
    return track


def _sounds(times: Timetable, count: int) -> Wave:
    """What the shots show and one must hear."""
    track = np.zeros((count, 2))
    for cue in times.shots:
        sound = SOUNDS.get(cue.shot.effect)
        if sound is not None:
            sound(track, cue)
    return track


def _thunder(track: Wave, cue: ShotCue) -> None:
    rumble = synth.noise(3.4, 30, 240, seed=21)
    t = np.arange(len(rumble)) / RATE
    rumble *= (np.minimum(1, t / 0.05) * np.exp(-t * 1.1))[:, None]
    put(track, synth.hall(rumble, wet=0.5), cue.start_seconds + 0.25, 0.55)


def _slap(track: Wave, cue: ShotCue) -> None:
    at = cue.lines[0].speech_start_seconds - 0.06
    crack = synth.noise(0.14, 700, 6000, seed=22)
    crack *= np.exp(-np.arange(len(crack)) / RATE * 40)[:, None]
    put(track, crack, at, 1.0)
    put(track, synth.drum(90, 0.4), at, 0.5)


def _whistles(track: Wave, cue: ShotCue) -> None:
    for k in range(3):
        put(track, _whistle(0.34), cue.start_seconds + 0.1 + 0.45 * k, 0.10, 0.6)


def _heartbeat(track: Wave, cue: ShotCue) -> None:
    for k in range(int(cue.length_seconds / 0.9)):
        at = cue.start_seconds + 0.9 * k
        put(track, synth.drum(44, 0.5, skin=0.05), at, 0.30)
        put(track, synth.drum(40, 0.5, skin=0.05), at + 0.22, 0.22)


def _chimes(track: Wave, cue: ShotCue) -> None:
    for k, midi in enumerate((81, 84, 88, 93, 96)):
        note = synth.pluck(midi, 1.6, bright=0.9, seed=k)
        put(track, note, cue.start_seconds + 0.5 + 0.14 * k, 0.10, -0.5 + 0.25 * k)


def _hit(track: Wave, cue: ShotCue) -> None:
    put(track, synth.drum(52, 1.2), cue.start_seconds + 0.1, 0.6)


def _crackle(track: Wave, cue: ShotCue) -> None:
    start, length = cue.start_seconds, cue.length_seconds
    chance = np.random.default_rng(5)
    put(track, synth.noise(length, 90, 500, seed=23), start, 0.10)
    for _ in range(int(length * 26)):
        pop = synth.noise(0.02, 1500, 9000, seed=int(chance.integers(1 << 30)))
        pop *= np.exp(-np.arange(len(pop)) / RATE * 300)[:, None]
        put(track, pop, start + float(chance.uniform(0, length)), float(chance.uniform(0.05, 0.3)))


def _whistle(length: float) -> Wave:
    t = np.arange(synth.seconds(length)) / RATE
    warble = 2350 + 130 * np.sin(2 * np.pi * 34 * t)
    wave = np.sin(2 * np.pi * np.cumsum(warble) / RATE) * np.minimum(1, t / 0.03)
    return synth.fade(wave, 0.06)


SOUNDS: dict[Effect, Callable[[Wave, ShotCue], None]] = {
    "lightning": _thunder,
    "slap": _slap,
    "fire": _crackle,
    "beams": _whistles,
    "failing": _heartbeat,
    "goes_out": _heartbeat,
    "letters": _chimes,
    "reveal": _hit,
}
