"""What single speech engines promise beyond their skill's contract."""

import re
import shutil

import numpy as np
import pytest
from rapidfuzz.distance import Levenshtein

from silkreel.engines.contracts import (
    EngineMissing,
    LineToTranslate,
    TranslationRequest,
    VoiceChoice,
)
from silkreel.engines.edges import trim_edges
from silkreel.engines.kokoro import ORIGINAL, REARRANGED, KokoroSpeaker
from silkreel.engines.kokoro_graph import worth_it
from silkreel.engines.whisper import TooLongToAlign, WhisperTranscriber, prompt
from silkreel.kit.settings import Settings
from silkreel.kit.sound import Sound
from skips import BEYOND_CI

pytestmark = pytest.mark.models
LINES = ("你怎么会在这里？", "告诉他们，会议取消。", "别再说了，我不想听。")


def letters(text: str) -> str:
    return re.sub(r"\W", "", text).lower()


def error_rate(true: str, found: str) -> float:
    return Levenshtein.distance(letters(true), letters(found)) / len(letters(true))


def with_rests(sounds: list[Sound], rest_seconds: float) -> Sound:
    rate = sounds[0].sample_rate
    rest = np.zeros(round(rest_seconds * rate), dtype=np.float32)
    return Sound.mono(np.concatenate([part for s in sounds for part in (rest, s.flat)]), rate)


def test_wiring_proof_kokoro_speaks_mandarin_and_whisper_writes_it_down(engine, spoken):
    """Our own voice feeds our own recogniser: that the parts fit, not how good either is."""
    sound = with_rests([spoken(line, "zh-Hans") for line in LINES], 1.2)
    found = engine("transcribers", "whisper").transcribe(sound, language="zh-Hans")
    assert error_rate("".join(LINES), "".join(line.text for line in found)) <= 0.15
    assert all(line.language == "zh-Hans" for line in found)
    start = 0.0
    for line, text in zip(found, LINES, strict=True):
        assert line.span.start_seconds == pytest.approx(start + 1.2, abs=0.3)
        start += 1.2 + spoken(text, "zh-Hans").length_seconds


def test_wiring_proof_the_language_is_recognised(engine, spoken):
    found = engine("transcribers", "whisper").transcribe(
        spoken("Você achou que eu ia esquecer?", "pt-BR"), language=None
    )
    assert found[0].language == "pt"


def test_wiring_proof_whisper_puts_mandarin_into_english(engine, spoken):
    translator = engine("translators", "whisper")
    assert translator.can("zh-Hans", "en-US")
    assert translator.can("pt-BR", "en")
    assert not translator.can("zh-Hans", "es")
    assert not translator.can("en", "en")
    sound = with_rests([spoken("你怎么会在这里？", "zh-Hans")], 1.0)
    lines = (
        LineToTranslate("ep01_0001", "你怎么会在这里？", start_seconds=1.0, end_seconds=2.3),
        LineToTranslate("ep01_0002", "没有时间的一句话"),
    )
    made = translator.translate(TranslationRequest("zh-Hans", "en", lines, sound=sound))
    assert [candidate.line_id for candidate in made] == ["ep01_0001"]
    assert "here" in made[0].text.lower()
    assert translator.translate(TranslationRequest("zh-Hans", "en", lines)) == ()


def test_names_in_the_prompt_are_simplified_and_bounded():
    assert prompt("zh", ("顾总", " ")) == "以下是普通话的句子，请加标点。顾总。"
    assert prompt("en", ("Jordi Mas", "Lu")) == "Jordi Mas, Lu."
    assert prompt("en", ()) == ""
    assert prompt(None, tuple("abcdefghijklmnopqrstuvwxyz")).count(",") == 19


def test_more_than_a_window_of_speech_is_not_aligned(engine, english_clip):
    many = Sound.mono(np.tile(english_clip.flat, 8), 16_000)
    with pytest.raises(TooLongToAlign):
        engine("aligners", "whisper").align(many, "Good morning.", language="en")


def test_windows_longer_than_the_network_are_heard_to_their_end(engine, english_clip):
    many = Sound.mono(np.tile(english_clip.flat, 8), 16_000)
    found = engine("transcribers", "whisper").transcribe(many, language="en")
    text = " ".join(line.text for line in found).lower()
    assert text.count("barcelona") == 8
    assert found[-1].span.end_seconds > 78


def test_an_operators_own_folder_is_used_and_its_hash_recorded(model_settings, tmp_path):
    folder = tmp_path / "mine"
    packaged = model_settings.model_folder / "whisper-base"
    if not packaged.is_dir():
        pytest.skip("the packaged Whisper is not here (make models)")
    shutil.copytree(packaged, folder)
    settings = Settings(home=tmp_path, whisper_folder=folder)
    transcriber = WhisperTranscriber.open(
        settings.model_copy(update={"models": model_settings.models})
    )
    first = transcriber.card.model_sha256
    assert first not in (None, "")
    (folder / "config.json").write_text("{}")
    again = WhisperTranscriber.open(settings.model_copy(update={"models": model_settings.models}))
    assert again.card.model_sha256 != first


def test_a_folder_without_a_model_is_refused_by_name(model_settings, tmp_path):
    settings = model_settings.model_copy(update={"whisper_folder": tmp_path})
    with pytest.raises(EngineMissing, match="SILKREEL_WHISPER_FOLDER"):
        WhisperTranscriber.open(settings)


@pytest.mark.skipif(not worth_it(), reason=f"{BEYOND_CI}: a processor with VNNI")
def test_the_rearranged_network_sounds_like_the_original(engine, model_settings):
    """Within what eight-bit rounding itself costs (up to 2.5 dB against float); voices are far."""
    text = "Sign the contract, or leave this house tonight!"
    rearranged = engine("speakers", "kokoro")
    original = KokoroSpeaker(model_settings, network=ORIGINAL)
    try:
        choice = VoiceChoice("kokoro", "am_fenrir", "en")
        sounds = [each.speak(text, voice=choice).sound for each in (original, rearranged)]
    finally:
        original.close()
    other = rearranged.speak(text, voice=VoiceChoice("kokoro", "af_heart", "en")).sound
    assert sounds[0].length_seconds == pytest.approx(sounds[1].length_seconds, abs=0.03)
    assert spectral_distance_decibel(*sounds) < 2.0
    assert spectral_distance_decibel(sounds[0], other) > 6.0
    assert REARRANGED != ORIGINAL


@pytest.mark.parametrize("rate", [0.85, 1.1, 1.2, 1.3])
def test_a_rate_is_kept_within_four_hundredths(engine, rate):
    """The network's own speed misses by up to a tenth."""
    speaker = engine("speakers", "kokoro")
    choice = VoiceChoice("kokoro", "am_fenrir", "en")
    text = "Fifty million, and I will pay back every cent."
    natural, faster = (speaker.speak(text, voice=choice, rate=r).sound for r in (1.0, rate))
    assert natural.length_seconds / faster.length_seconds == pytest.approx(rate, rel=0.04)


def test_a_cast_of_twelve_gets_twelve_voices_in_spanish(engine):
    """Spanish has three presets: pitch offsets make a cast of twelve."""
    speaker = engine("speakers", "kokoro")
    presets = speaker.voices("es-MX")
    assert presets == ("ef_dora", "em_alex", "em_santa")
    sounds = [
        speaker.speak("No me digas eso.", voice=VoiceChoice("kokoro", p, "es", pitch_semitones=s))
        for p in presets
        for s in (-3.0, -1.0, 1.0, 3.0)
    ]
    assert len({sound.sound.samples.tobytes() for sound in sounds}) == 12


def test_voices_are_listed_best_first_and_british_voices_for_britain(engine):
    speaker = engine("speakers", "kokoro")
    assert speaker.voices("en")[:2] == ("af_heart", "af_bella")
    assert speaker.voices("en-GB")[0] == "bf_emma"
    assert [len(speaker.voices(t)) for t in ("en", "es", "fr", "hi", "it", "pt", "zh")] == [
        28, 3, 1, 4, 2, 3, 8,
    ]  # fmt: skip
    assert speaker.voices("ja") == ()


def test_espeak_speaks_the_languages_kokoro_does_not(engine):
    speaker = engine("speakers", "espeak")
    for language, text in (("th", "สวัสดีครับ"), ("id", "Selamat pagi"), ("ar", "صباح الخير")):
        preset = speaker.voices(language)[0]
        sound = speaker.speak(text, voice=VoiceChoice("espeak", preset, language)).sound
        assert sound.length_seconds > 0.3


def test_edges_are_cut_by_the_clips_own_floor():
    rate, rng = 24_000, np.random.default_rng(1)
    tone = 0.3 * np.sin(np.arange(rate) * 0.05)
    clip = np.concatenate([np.zeros(rate // 2), tone, np.zeros(rate // 4)])
    hiss = rng.normal(0, 0.002, len(clip))
    for noisy in (clip, clip + hiss):
        kept = trim_edges(noisy.astype(np.float32), rate)
        assert len(kept) / rate == pytest.approx(1.04, abs=0.02)
    assert trim_edges(np.zeros(rate, dtype=np.float32), rate).size == 0
    assert trim_edges(np.zeros(0, dtype=np.float32), rate).size == 0


def spectral_distance_decibel(first: Sound, second: Sound) -> float:
    """Root mean square difference of two clips' smoothed log spectra over time."""
    shape = []
    for sound in (first, second):
        size = 1024
        count = min(len(first.samples), len(second.samples)) // 512 - 2
        pieces = np.lib.stride_tricks.sliding_window_view(sound.flat, size)[::512][:count]
        power = np.abs(np.fft.rfft(pieces * np.hanning(size), axis=1)) ** 2
        bands = power[:, :512].reshape(count, 32, 16).sum(axis=2)
        shape.append(10 * np.log10(bands + 1e-6 * bands.max()))
    return float(np.sqrt(np.mean((shape[0] - shape[1]) ** 2)))
