"""The bed: music and sounds from the timetable alone."""

import numpy as np
import pytest

from silkreel.kit.sound import Sound
from silkreel.media.theatre.mixing import mix, resampled
from silkreel.media.theatre.music import BED_PEAK, TUNES, bed
from silkreel.media.theatre.plan import Actor, Line, Mark, Play, Scene, Shot, TitleCard
from silkreel.media.theatre.schedule import schedule


def play_in(mood: str, weather: str = "snow") -> Play:
    shot = Shot(
        "CU",
        on=("lin",),
        before_seconds=1.5,
        after_seconds=1.5,
        lines=(Line("ep001_a_0001", "lin", "走"),),
    )
    scene = Scene("bridge", weather, mood, (Mark("lin", -100, "right"),), (shot,))
    return Play(
        1,
        TitleCard("灯", "第一集"),
        "灯",
        (Actor("lin", "maiden"),),
        (scene,),
        shortest_seconds=1.0,
    )


def made(mood: str = "dread", weather: str = "snow"):
    play = play_in(mood, weather)
    times = schedule(play, {"ep001_a_0001": 2.0})
    return times, bed(play, times)


@pytest.mark.parametrize("mood", sorted(TUNES))
def test_every_mood_sounds_and_never_clips(mood):
    times, sound = made(mood)
    assert sound.sample_rate == 48_000
    assert sound.samples.shape[1] == 2
    assert abs(sound.length_seconds - times.length_seconds) < 0.01
    assert 0.01 < float(np.sqrt((sound.samples**2).mean())) < 0.3
    assert float(np.abs(sound.samples).max()) <= BED_PEAK + 1e-6


def test_the_same_play_gives_the_same_music():
    assert np.array_equal(made()[1].samples, made()[1].samples)


def test_rain_is_heard():
    dry, wet = made(weather="clear")[1], made(weather="storm")[1]

    def hiss(sound: Sound) -> float:
        spectrum = np.abs(np.fft.rfft(sound.flat[:48_000]))
        return float((spectrum[4000:9000] ** 2).mean())

    assert hiss(wet) > 4 * hiss(dry)


def test_the_bed_makes_room_for_the_voice_and_voice_plus_stem_is_the_mix():
    times, sound = made()
    t = np.arange(48_000 * 2) / 48_000
    take = Sound.mono(0.3 * np.sin(2 * np.pi * 220 * t), 48_000)
    mixed = mix(times, {"ep001_a_0001": take}, sound)
    assert float(np.abs(mixed.full.samples).max()) <= 0.8401
    spoken = slice(
        round(48_000 * (times.lines[0].speech_start_seconds + 0.3)),
        round(48_000 * (times.lines[0].speech_end_seconds - 0.2)),
    )
    ducked = np.abs(mixed.music_and_effects.samples[spoken]).mean()
    assert ducked < 0.6 * np.abs(sound.samples[spoken]).mean()
    voice = mixed.full.samples - mixed.music_and_effects.samples
    assert (
        np.abs(voice[: round(48_000 * (times.lines[0].speech_start_seconds - 0.05))]).max() < 1e-5
    )
    assert np.abs(voice[spoken]).max() > 0.1


def test_resampling_keeps_pitch_and_length():
    t = np.arange(24_000) / 24_000
    wave = resampled(Sound.mono(np.sin(2 * np.pi * 440 * t), 24_000))
    assert len(wave) == 48_000
    assert int(np.abs(np.fft.rfft(wave)).argmax()) == 440


@pytest.mark.parametrize("rate", [8_000, 22_050, 24_000, 44_100])
def test_resampling_a_length_of_large_primes_keeps_what_is_heard(rate):
    count = 9_973  # a prime
    wave = resampled(Sound.mono(np.sin(2 * np.pi * 440 * np.arange(count) / rate), rate))
    assert len(wave) == round(count * 48_000 / rate)
    wanted = np.sin(2 * np.pi * 440 * np.arange(len(wave)) / 48_000)
    middle = slice(2_000, len(wave) - 2_000)
    assert np.abs(wave[middle] - wanted[middle]).max() < 0.01


def test_voices_without_a_bed_are_the_voices_over_silence():
    times, sound = made()
    take = Sound.mono(0.3 * np.sin(np.arange(48_000) / 30), 48_000)
    silence = Sound(np.zeros_like(sound.samples), 48_000)
    alone, over = (mix(times, {"ep001_a_0001": take}, under) for under in (None, silence))
    assert np.array_equal(alone.full.samples, over.full.samples)
    assert not alone.music_and_effects.samples.any()
