"""One suite for each skill that works on sound, run on every engine that is registered."""

from itertools import pairwise

import numpy as np
import pytest

from silkreel.dubbing.aligning import align_lines
from silkreel.dubbing.joining import WrittenLine
from silkreel.engines.centre import NothingBeside
from silkreel.engines.contracts import LanguageNotSpoken, VoiceChoice
from silkreel.engines.registry import engine_names
from silkreel.kit.effort import measuring
from silkreel.kit.refusals import Refusal
from silkreel.kit.sound import Sound
from silkreel.kit.spans import TimeSpan

pytestmark = pytest.mark.models
RATE = 16_000
SKILLS = ("voice_activity", "transcribers", "aligners", "speakers", "separators", "voice_printers")
ALL = [(skill, name) for skill in SKILLS for name in engine_names(skill)]
QUIET = Sound.mono(np.zeros(RATE * 2), RATE)
NOISE = Sound.mono(np.random.default_rng(7).normal(0, 0.01, RATE * 3), RATE)


def each(skill):
    return pytest.mark.parametrize("name", engine_names(skill))


def peak(sound: Sound) -> float:
    return float(np.abs(sound.samples).max())


@pytest.mark.parametrize(("skill", "name"), ALL, ids=[f"{s}-{n}" for s, n in ALL])
def test_an_engine_says_who_it_is(engine, skill, name):
    card = engine(skill, name).card
    assert card.name
    assert card.version
    assert card.code_licence
    if card.weights_licence is not None:
        assert card.model_sha256 is not None
        assert len(card.model_sha256) == 64
    assert set(card.to_json()) == {"name", "version", "model_sha256"}


@each("voice_activity")
def test_speech_is_found_where_somebody_speaks_and_spans_lie_apart(engine, name, english_clip):
    spans = engine("voice_activity", name).speech(english_clip)
    assert 3 <= len(spans) <= 6
    assert 3.0 < sum(span.length_seconds for span in spans) < 6.5
    assert all(a.end_seconds <= b.start_seconds for a, b in pairwise(spans))
    assert spans[-1].end_seconds <= english_clip.length_seconds


@each("voice_activity")
@pytest.mark.parametrize(
    "sound", [QUIET, NOISE, Sound.mono([], RATE)], ids=["quiet", "hiss", "none"]
)
def test_no_speech_is_found_where_nobody_speaks(engine, name, sound):
    assert engine("voice_activity", name).speech(sound) == ()


@each("transcribers")
def test_a_real_speaker_is_written_down(engine, name, english_clip):
    lines = engine("transcribers", name).transcribe(
        english_clip, language="en", hints=("Jordi Mas",)
    )
    text = " ".join(line.text for line in lines).lower()
    for word in ("good morning", "my name is jordi mas", "barcelona", "i love the city"):
        assert word in text
    for line in lines:
        assert line.language == "en"
        assert 0 <= line.confidence <= 1
        assert line.words
        assert all(w.start_seconds <= w.end_seconds for w in line.words)
        assert line.span.start_seconds <= line.words[0].start_seconds
        assert line.words[-1].end_seconds <= line.span.end_seconds <= english_clip.length_seconds
    assert list(lines) == sorted(lines, key=lambda line: line.span)


@each("transcribers")
def test_silence_and_hiss_are_not_written_down(engine, name):
    transcriber = engine("transcribers", name)
    assert transcriber.transcribe(QUIET, language="en") == ()
    assert transcriber.transcribe(NOISE, language=None) == ()


@each("transcribers")
def test_a_language_nobody_taught_it_is_refused(engine, name):
    with pytest.raises(LanguageNotSpoken):
        engine("transcribers", name).transcribe(NOISE, language="tlh")


@each("transcribers")
def test_cpu_time_is_counted_by_name_where_it_is_ours(engine, name, english_clip):
    transcriber = engine("transcribers", name)
    with measuring() as effort:
        transcriber.transcribe(english_clip, language="en")
    assert transcriber.card.needs_network or sum(effort.cpu_seconds.values()) > 0.1


@each("aligners")
def test_words_of_a_known_text_are_found_in_order_inside_the_sound(engine, name, english_clip):
    aligner = engine("aligners", name)
    text = "Good morning, my name is Jordi Mas, I am from Barcelona and I love the city."
    words = aligner.align(english_clip, text, language="en")
    assert [word.text.strip(" ,.").lower() for word in words] == [
        word.strip(",.").lower() for word in text.split()
    ]
    starts = [word.start_seconds for word in words]
    assert starts == sorted(starts)
    assert abs(starts[0] - 1.3) < 0.25, "silence at the start is not swallowed"
    assert words[-1].end_seconds < 9.2
    assert sum(word.confidence for word in words) / len(words) > 0.6


@each("aligners")
def test_a_wrong_text_is_believed_less_than_the_right_one(engine, name, english_clip):
    aligner = engine("aligners", name)
    right = "Good morning, my name is Jordi Mas, I am from Barcelona and I love the city."
    wrong = "The train to the airport leaves at seven and you have not packed your bags."
    sure = [
        np.mean([word.confidence for word in aligner.align(english_clip, text, language="en")])
        for text in (right, wrong)
    ]
    assert sure[0] > 0.6
    assert sure[1] < 0.3


@each("aligners")
def test_sound_without_speech_gives_no_words(engine, name):
    assert engine("aligners", name).align(QUIET, "Good morning.", language="en") == ()


@each("speakers")
def test_the_same_input_gives_the_same_samples(engine, name):
    speaker = engine("speakers", name)
    choice = VoiceChoice(name, speaker.voices("en")[0], "en")
    first = speaker.speak("You came back.", voice=choice, seed=3).sound
    again = speaker.speak("You came back.", voice=choice, seed=3).sound
    assert first.sample_rate == again.sample_rate >= 16_000
    assert np.array_equal(first.samples, again.samples)


@each("speakers")
def test_speech_is_audible_and_its_edges_are_trimmed(engine, name):
    speaker = engine("speakers", name)
    for language in ("en", "es", "pt-BR"):
        choice = VoiceChoice(name, speaker.voices(language)[0], language)
        sound = speaker.speak("No, no, no.", voice=choice).sound
        assert 0.3 < sound.length_seconds < 3
        assert 0.05 < peak(sound) <= 1.2
        loud = np.flatnonzero(np.abs(sound.flat) > 0.02 * peak(sound)) / sound.sample_rate
        assert loud[0] < 0.08
        assert loud[-1] > sound.length_seconds - 0.15


@each("speakers")
def test_a_higher_rate_is_shorter(engine, name):
    speaker = engine("speakers", name)
    choice = VoiceChoice(name, speaker.voices("en")[0], "en")
    lengths = [
        speaker.speak("I promised you that I would.", voice=choice, rate=rate).sound.length_seconds
        for rate in (0.85, 1.0, 1.2)
    ]
    assert lengths[0] > lengths[1] > lengths[2]


@each("speakers")
def test_a_pitch_offset_changes_the_voice_and_hardly_the_length(engine, name):
    speaker = engine("speakers", name)
    preset = speaker.voices("en")[0]
    sounds = [
        speaker.speak(
            "I promised you that I would.", voice=VoiceChoice(name, preset, "en", pitch_semitones=p)
        ).sound
        for p in (-3.0, 0.0, 3.0)
    ]
    heights = [pitch_hertz(sound) for sound in sounds]
    assert heights[0] * 1.05 < heights[1]
    assert heights[1] * 1.05 < heights[2]
    for sound in sounds:
        assert sound.length_seconds == pytest.approx(sounds[1].length_seconds, rel=0.12)


@each("speakers")
def test_an_unknown_language_an_unknown_voice_and_an_empty_text_are_refused(engine, name):
    speaker = engine("speakers", name)
    known = speaker.voices("en")[0]
    assert speaker.voices("tlh") == ()
    for text, choice in (
        ("Hello.", VoiceChoice(name, known, "tlh")),
        ("Hello.", VoiceChoice(name, "nobody", "en")),
        ("Hello.", VoiceChoice(name, "../../etc/passwd", "en")),
        ("…", VoiceChoice(name, known, "en")),
    ):
        with pytest.raises(Refusal):
            speaker.speak(text, voice=choice)


@each("separators")
def test_voice_and_bed_are_as_long_as_the_mix_and_add_up_to_it(engine, name):
    mix = np.random.default_rng(3).normal(0, 0.1, (48_000, 2)).astype(np.float32)
    stems = engine("separators", name).separate(Sound(mix, 48_000))
    assert stems.voice.samples.shape == stems.bed.samples.shape == mix.shape
    assert np.allclose(stems.voice.samples + stems.bed.samples, mix, atol=1e-5)


@each("separators")
def test_the_voice_is_cleaner_and_the_bed_holds_less_of_it(engine, name, english_clip):
    # Doubled to 48 kHz by repeating spectra would alias; a plain repeat is fair to both stems.
    voice = np.repeat(english_clip.flat, 3)[: 48_000 * 8]
    # The voice is in the middle and the noise is wide, as dialogue and rain are mixed.
    noise = np.random.default_rng(5).normal(0, 1, (len(voice), 2)).astype(np.float32)
    noise *= np.sqrt(np.mean(voice**2)) * 10 ** (-5 / 20)
    mix = np.ascontiguousarray(voice[:, None] + noise, dtype=np.float32)
    stems = engine("separators", name).separate(Sound(mix, 48_000))
    left, found, rest = (each[:, 0] for each in (mix, stems.voice.samples, stems.bed.samples))
    assert distortion_decibel(voice, found) > distortion_decibel(voice, left) + 3
    assert distortion_decibel(noise[:, 0], rest) > distortion_decibel(noise[:, 0], left) + 6


def test_the_centre_is_not_taken_out_of_sound_whose_channels_are_alike(engine):
    mono = np.repeat(np.random.default_rng(3).normal(0, 0.1, (48_000, 1)), 2, axis=1)
    for mix in (mono, mono[:, :1]):
        with pytest.raises(NothingBeside):
            engine("separators", "centre").separate(Sound(mix.astype(np.float32), 48_000))


@each("voice_printers")
def test_prints_are_unit_vectors_and_depend_on_their_own_piece_only(engine, name, english_clip):
    printer = engine("voice_printers", name)
    spans = [TimeSpan(1.2, 1.8), TimeSpan(2.6, 3.7), TimeSpan(5.2, 6.6)]
    prints = printer.prints(english_clip, spans)
    assert prints.shape[0] == 3
    assert np.linalg.norm(prints, axis=1) == pytest.approx(1.0, abs=1e-5)
    assert np.array_equal(printer.prints(english_clip, spans[1:2])[0], prints[1])
    assert printer.prints(english_clip, []).shape[0] == 0


@each("voice_printers")
def test_the_same_voice_lies_closer_than_the_other_sex(engine, name, spoken):
    printer = engine("voice_printers", name)
    texts = ("You thought I would never come back.", "I promised you that I would, my dear.")
    pieces = [spoken(text, "en", voice) for voice in ("af_heart", "am_fenrir") for text in texts]
    prints = [printer.prints(p, [TimeSpan(0, p.length_seconds)])[0] for p in pieces]
    same = min(prints[0] @ prints[1], prints[2] @ prints[3])
    other = max(prints[0] @ prints[2], prints[0] @ prints[3], prints[1] @ prints[2])
    assert same > other + 0.2


def distortion_decibel(true, found) -> float:
    """Scale-invariant signal to distortion, in decibel."""
    part = (found @ true) / (true @ true) * true
    return float(10 * np.log10(np.sum(part**2) / np.sum((found - part) ** 2)))


def pitch_hertz(sound: Sound) -> float:
    """Median pitch by autocorrelation of frames of 40 ms."""
    size, heights = round(0.04 * sound.sample_rate), []
    low, high = round(sound.sample_rate / 400), round(sound.sample_rate / 70)
    for first in range(0, len(sound.samples) - size, size // 2):
        frame = sound.flat[first : first + size]
        if np.sqrt(np.mean(frame**2)) < 0.1 * peak(sound):
            continue
        same = np.correlate(frame, frame, "full")[size - 1 :]
        best = low + int(np.argmax(same[low:high]))
        if same[best] > 0.5 * same[0]:
            heights.append(sound.sample_rate / best)
    return float(np.median(heights))


@each("aligners")
def test_a_late_caption_that_no_recogniser_caught_gets_the_time_at_which_it_is_said(
    engine, name, spoken
):
    voice = spoken("你终于回来了，我等了你三年。", "zh-Hans")
    quiet = np.zeros(RATE * 2, np.float32)
    sound = Sound.mono(np.concatenate([quiet, voice.flat, quiet]), RATE)
    end = 2 + voice.length_seconds
    late = [WrittenLine(TimeSpan(2.5, end + 0.3), "你终于回来了 我等了你三年", "read", 0.99)]
    found = align_lines(sound, late, (0,), language="zh-Hans", aligner=engine("aligners", name))
    assert abs(found[0].span.start_seconds - 2.0) < 0.2
    assert abs(found[0].span.end_seconds - end) < 0.35


def test_a_name_is_spelled_as_the_series_does_when_it_is_told_before(engine, spoken):
    """Our own voice and our own recogniser: this proves the wiring, and what a hint does."""
    sound = spoken("顾沉舟把账本交给了苏婉儿。", "zh-Hans")
    transcriber = engine("transcribers", "whisper")
    text = {
        hints: "".join(
            line.text for line in transcriber.transcribe(sound, language="zh-Hans", hints=hints)
        )
        for hints in ((), ("顾沉舟", "苏婉儿"))
    }
    told = text["顾沉舟", "苏婉儿"]
    assert "顾沉舟" in told
    assert "苏婉儿" in told
    assert "顾沉舟" not in text[()], "without the hint the name is spelled as it sounds"
