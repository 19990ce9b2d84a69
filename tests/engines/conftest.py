"""Engines opened once for the session; one that cannot run here skips with its own sentence."""

from fractions import Fraction
from pathlib import Path

import av
import numpy as np
import pytest

from fault_server import Answer
from silkreel.engines.contracts import EngineMissing, LanguageNotSpoken, VoiceChoice
from silkreel.engines.registry import open_engine
from silkreel.kit.settings import Settings
from silkreel.kit.sound import Sound
from skips import BEYOND_CI
from transcription_server import transcript, transcription_server

ROOT = Path(__file__).parents[2]
CLIPS = ROOT.parent / "shared" / "media"
# `make models` puts the weights here; the tests only read them.
MODELS = Settings().model_folder


def resampled(sound: Sound, sample_rate: int) -> Sound:
    """Mono sound at another rate, by FFmpeg's resampler and not by ours."""
    frame = av.AudioFrame.from_ndarray(sound.flat.reshape(1, -1), format="flt", layout="mono")
    frame.sample_rate = sound.sample_rate
    frame.time_base = Fraction(1, sound.sample_rate)
    resampler = av.AudioResampler("flt", "mono", sample_rate)
    parts = [*resampler.resample(frame), *resampler.resample(None)]
    return Sound.mono(np.concatenate([part.to_ndarray().ravel() for part in parts]), sample_rate)


def decoded(path: Path, sample_rate: int) -> Sound:
    with av.open(str(path)) as container:
        resampler = av.AudioResampler("flt", "mono", sample_rate)
        frames = [part for f in container.decode(audio=0) for part in resampler.resample(f)]
        frames += resampler.resample(None)
    return Sound.mono(np.concatenate([f.to_ndarray().ravel() for f in frames]), sample_rate)


@pytest.fixture(scope="session")
def model_settings(tmp_path_factory) -> Settings:
    return Settings(home=tmp_path_factory.mktemp("home"), models=MODELS)


@pytest.fixture(scope="session")
def transcription_url(model_settings):
    """Address of a local endpoint with our own Whisper behind it: a protocol, not a second ear."""
    try:
        whisper = open_engine("transcribers", "whisper", model_settings)
    except EngineMissing as missing:
        pytest.skip(str(missing))

    def hear(upload, _number):
        language = upload.fields.get("language", [None])[0]
        try:
            return Answer(body=transcript(whisper.transcribe(upload.sound, language=language)))
        except LanguageNotSpoken as refusal:
            return Answer(400, {"error": {"message": f"Invalid language: {refusal}"}})

    with transcription_server(hear) as server:
        yield server.url
    whisper.close()


@pytest.fixture(scope="session")
def engine(model_settings, request):
    """Give an engine by skill and name; an endpoint is a local one."""
    opened = {}

    def open_once(skill: str, name: str):
        if (skill, name) not in opened:
            settings = model_settings
            if (skill, name) == ("transcribers", "endpoint"):
                url = request.getfixturevalue("transcription_url")
                settings = model_settings.model_copy(update={"transcriber_url": url})
            try:
                opened[skill, name] = open_engine(skill, name, settings)
            except EngineMissing as missing:
                pytest.skip(str(missing))
        return opened[skill, name]

    yield open_once
    for each in opened.values():
        each.close()


@pytest.fixture(scope="session")
def english_clip() -> Sound:
    """Ten seconds of a real speaker: four phrases with rests between."""
    path = CLIPS / "speech-english.mp4"
    if not path.is_file():
        pytest.skip(f"{BEYOND_CI}: the clip {path}")
    return decoded(path, 16_000)


@pytest.fixture(scope="session")
def spoken(engine):
    """Give 16 kHz sound of a text in a Kokoro voice."""
    made = {}

    def speak(text: str, language: str, preset: str = "") -> Sound:
        speaker = engine("speakers", "kokoro")
        preset = preset or speaker.voices(language)[0]
        if (text, preset) not in made:
            choice = VoiceChoice("kokoro", preset, language)
            made[text, preset] = resampled(speaker.speak(text, voice=choice).sound, 16_000)
        return made[text, preset]

    return speak
