"""A mix: every line where the plan has it, over a bed that steps back, at a delivery's loudness."""

from dataclasses import replace
from fractions import Fraction

import numpy as np
import pytest

from silkreel.dubbing.bed import Bed, StemOfAnotherCut, bed_key, keep_bed, make_bed, read_bed
from silkreel.dubbing.ducking import duck_curve
from silkreel.dubbing.fitting import FitCandidate, FitLine, FitPlan, Placed
from silkreel.dubbing.mixing import lay, mix, needs_original
from silkreel.engines.contracts import EngineCard, Stems
from silkreel.kit.sound import Sound
from silkreel.kit.spans import Span, TimeSpan
from silkreel.media.loudness import measure
from silkreel.media.loudness_profiles import loudness_profile

RATE = 48_000
FRAMES = Fraction(25)
SECONDS = 8.0


def noise(seconds: float, level: float, seed: int = 1) -> np.ndarray:
    random = np.random.default_rng(seed)
    return (level * random.standard_normal((round(seconds * RATE), 2))).astype(np.float32)


def tone(seconds: float, hertz: float, level: float = 0.2) -> np.ndarray:
    time = np.arange(round(seconds * RATE)) / RATE
    wave = (level * np.sin(2 * np.pi * hertz * time)).astype(np.float32)
    return np.stack([wave, wave], axis=1)


def strength(sound: Sound, hertz: float, start: float, end: float) -> float:
    """How strong a tone is in a piece, as an amplitude."""
    piece = sound.cut(start, end).flat
    time = np.arange(len(piece)) / sound.sample_rate
    return 2 * float(abs(np.mean(piece * np.exp(-2j * np.pi * hertz * time))))


VOICE_HERTZ, MUSIC_HERTZ, DUB_HERTZ = 500.0, 1250.0, 800.0
SPEECH = (TimeSpan(1, 3), TimeSpan(4, 6))


def original() -> Sound:
    """Music throughout, a voice from 1 to 3 s and from 4 to 6 s."""
    samples = tone(SECONDS, MUSIC_HERTZ, 0.1)
    for span in SPEECH:
        first, end = round(span.start_seconds * RATE), round(span.end_seconds * RATE)
        samples[first:end] += tone(span.length_seconds, VOICE_HERTZ, 0.2)
    return Sound(samples, RATE)


def music() -> Sound:
    return Sound(tone(SECONDS, MUSIC_HERTZ, 0.1), RATE)


def candidate(seconds: float) -> FitCandidate:
    return FitCandidate("words", seconds)


LINES = tuple(
    FitLine(name, "Mei", span.frames(FRAMES), (candidate(1.8),))
    for name, span in zip("ab", SPEECH, strict=True)
)
BOTH = FitPlan(
    (
        Placed("a", candidate(1.8), 25, 70, 1.0, 1.0),
        Placed("b", candidate(1.8), 100, 145, 1.0, 1.0),
    )
)
ONLY_A = FitPlan(BOTH.placed[:1])
SOUNDS = {name: Sound(tone(1.8, DUB_HERTZ)[:, :1].copy(), RATE) for name in "ab"}


def laid(plan: FitPlan, bed: Bed, **more):
    return lay(LINES, plan, SOUNDS, bed, frame_rate=FRAMES, length_seconds=SECONDS, **more)


def test_the_given_stem_is_the_bed():
    bed = make_bed(original(), m_and_e=music(), speech=SPEECH)
    assert (bed.kind, bed.label) == ("given", "dub")
    assert np.array_equal(bed.sound.samples, music().samples)


def test_a_stem_of_another_cut_is_refused():
    with pytest.raises(StemOfAnotherCut):
        make_bed(original(), m_and_e=Sound(tone(6.0, MUSIC_HERTZ), RATE))


def test_a_stem_that_ends_a_little_early_is_filled_up():
    bed = make_bed(original(), m_and_e=Sound(tone(7.5, MUSIC_HERTZ), RATE))
    assert len(bed.sound.samples) == round(SECONDS * RATE)


class Splitting:
    """A separator that leaves a tenth of the voice in the bed."""

    card = EngineCard("splitting", "1", None, "Apache-2.0", None, None)

    def separate(self, sound: Sound) -> Stems:
        voice = sound.samples - music().samples
        return Stems(Sound(voice * 0.9, RATE), Sound(music().samples + voice * 0.1, RATE))

    def close(self) -> None:
        pass


def test_without_a_stem_the_separated_rest_is_the_bed_and_says_what_is_left_of_the_voice():
    bed = make_bed(original(), separator=Splitting(), speech=SPEECH)
    assert (bed.kind, bed.label) == ("separated", "dub")
    assert bed.voice_left_over_db == pytest.approx(20 * np.log10(0.1 / 0.9), abs=1)


def test_without_either_the_original_steps_back_and_it_is_called_a_voice_over():
    bed = make_bed(original(), speech=SPEECH)
    made = laid(BOTH, bed)
    assert made.label == "voice-over"
    before = strength(original(), VOICE_HERTZ, 1.3, 2.5)
    left = strength(made.sound, VOICE_HERTZ, 1.3, 2.5)
    assert -18.5 < 20 * np.log10(left / before) < -11.5
    assert strength(made.sound, MUSIC_HERTZ, 6.8, 7.8) == pytest.approx(0.1, rel=0.05)


def test_a_dub_holds_nothing_of_the_original_voice():
    bed = make_bed(original(), m_and_e=music(), speech=SPEECH)
    made = laid(BOTH, bed)
    assert strength(made.sound, VOICE_HERTZ, 1.0, 3.0) < 0.002
    assert strength(made.sound, DUB_HERTZ, 1.1, 2.7) > 0.1


def test_lines_stand_where_the_plan_has_them():
    bed = make_bed(Sound(np.zeros((8 * RATE, 2), np.float32), RATE))
    made = laid(BOTH, bed)
    loud = np.flatnonzero(np.abs(made.sound.flat) > 1e-4)
    assert loud[0] == pytest.approx(1.0 * RATE, abs=20)
    assert loud[-1] == pytest.approx(5.8 * RATE, abs=20)
    assert not made.sound.samples[round(2.81 * RATE) : round(3.99 * RATE)].any()


def test_every_take_is_as_loud_as_the_original_speaks_however_it_was_recorded():
    bed = make_bed(original(), m_and_e=music(), speech=SPEECH)
    quiet = {**SOUNDS, "b": Sound(SOUNDS["b"].samples * np.float32(0.2), RATE)}
    made = lay(LINES, BOTH, quiet, bed, frame_rate=FRAMES, length_seconds=SECONDS)
    first = strength(made.sound, DUB_HERTZ, 1.2, 2.6)
    assert strength(made.sound, DUB_HERTZ, 4.2, 5.6) == pytest.approx(first, rel=0.02)
    speaking = measure(made.sound, [TimeSpan(1.2, 2.6)]).dialogue_lufs
    assert speaking == pytest.approx(bed.dialogue_lufs, abs=1.0)


def test_a_very_short_take_is_levelled_too():
    bed = make_bed(original(), m_and_e=music(), speech=SPEECH)
    short = {**SOUNDS, "a": Sound(tone(0.25, DUB_HERTZ, 0.03)[:, :1].copy(), RATE)}
    made = lay(LINES, BOTH, short, bed, frame_rate=FRAMES, length_seconds=SECONDS)
    long = strength(made.sound, DUB_HERTZ, 4.2, 5.6)
    assert strength(made.sound, DUB_HERTZ, 1.02, 1.22) == pytest.approx(long, rel=0.15)


def test_music_steps_back_under_a_line_and_comes_back_after_it():
    loud = Sound(tone(SECONDS, MUSIC_HERTZ, 0.25), RATE)
    bed = replace(make_bed(original(), m_and_e=loud, speech=SPEECH), dialogue_lufs=-18.0)
    made = laid(BOTH, bed)
    under, after = (strength(made.sound, MUSIC_HERTZ, *piece) for piece in ((1.3, 2.6), (7.2, 7.9)))
    assert 20 * np.log10(under / after) < -5
    assert after == pytest.approx(0.25, rel=0.05)
    assert all(over >= 6 for over in made.over_bed_db.values())


def test_quiet_music_is_left_alone():
    bed = make_bed(original(), m_and_e=Sound(tone(SECONDS, MUSIC_HERTZ, 0.005), RATE))
    assert not duck_curve(bed, SECONDS, SPEECH, ()).any()


def test_the_bed_steps_back_before_the_word_and_does_not_pump_between_lines():
    bed = replace(make_bed(original(), speech=SPEECH), momentary_lufs=(-10.0,) * 77)
    curve = duck_curve(bed, SECONDS, [TimeSpan(2.0, 3.0), TimeSpan(3.3, 4.0)], ())
    assert curve[200] == pytest.approx(curve.min())
    assert curve[195] < 0
    assert np.allclose(curve[200:401], curve[200])
    assert curve[700] == 0


def test_a_line_without_a_take_keeps_the_originals_sound():
    bed = make_bed(original(), m_and_e=music(), speech=SPEECH)
    assert needs_original(LINES, ONLY_A, bed)
    assert not needs_original(LINES, BOTH, bed)
    made = laid(ONLY_A, bed, original=original())
    assert made.kept == ("b",)
    assert strength(made.sound, VOICE_HERTZ, 4.1, 5.9) == pytest.approx(0.2, rel=0.02)
    assert strength(made.sound, VOICE_HERTZ, 1.0, 3.0) < 0.002
    with pytest.raises(ValueError, match="original"):
        laid(ONLY_A, bed)


def test_under_a_voice_over_a_line_without_a_take_is_not_ducked():
    made = laid(ONLY_A, make_bed(original(), speech=SPEECH))
    assert strength(made.sound, VOICE_HERTZ, 4.2, 5.8) == pytest.approx(0.2, rel=0.02)
    assert strength(made.sound, VOICE_HERTZ, 1.3, 2.5) < 0.06


def test_a_scream_that_a_person_marked_is_kept():
    bed = make_bed(original(), m_and_e=music(), speech=SPEECH)
    made = laid(BOTH, bed, original=original(), keep=(TimeSpan(1.0, 1.5),))
    assert strength(made.sound, VOICE_HERTZ, 1.05, 1.45) == pytest.approx(0.2, rel=0.05)
    assert strength(made.sound, VOICE_HERTZ, 1.6, 2.9) < 0.005


@pytest.mark.parametrize("seed", range(3))
def test_a_mix_meets_its_profile_and_has_the_pictures_length(seed):
    loud = Sound(noise(SECONDS, 0.3, seed), RATE)
    made = mix(laid(BOTH, make_bed(loud, m_and_e=loud)), loudness_profile("mobile"))
    assert len(made.sound.samples) == round(SECONDS * RATE)
    measured = measure(made.sound)
    assert measured.integrated_lufs == pytest.approx(-16, abs=0.3)
    assert measured.true_peak_dbtp <= -2.49
    assert made.loudness.after.integrated_lufs == pytest.approx(measured.integrated_lufs, abs=0.05)


def test_the_same_input_gives_the_same_bytes():
    bed = make_bed(original(), m_and_e=music(), speech=SPEECH)
    first, second = (mix(laid(BOTH, bed), loudness_profile("ebu")).sound for _ in range(2))
    assert np.array_equal(first.samples, second.samples)


def test_a_bed_is_made_once_for_all_languages(workshop):
    made = []

    def make() -> Bed:
        made.append(1)
        return make_bed(original(), m_and_e=music(), speech=SPEECH)

    key = bed_key("a" * 64, m_and_e_hash="b" * 64, speech=SPEECH)
    for _ in range(2):
        bed = read_bed(keep_bed(workshop, key, make))
    assert made == [1]
    assert bed.kind == "given"
    assert np.allclose(bed.sound.samples, music().samples, atol=1e-6)
    assert bed.dialogue_lufs == pytest.approx(make().dialogue_lufs)
    assert bed_key("a" * 64, m_and_e_hash=None, speech=SPEECH) != key


def test_speech_at_the_very_end_is_not_lost_nor_longer_than_the_picture():
    plan = FitPlan((Placed("a", candidate(1.8), 160, 205, 1.0, 1.0),))
    line = replace(LINES[0], span=Span(160, 200))
    bed = make_bed(Sound(np.zeros((8 * RATE, 2), np.float32), RATE))
    made = lay((line,), plan, SOUNDS, bed, frame_rate=FRAMES, length_seconds=SECONDS)
    assert len(made.sound.samples) == 8 * RATE
    assert made.sound.samples[-100:].any()
