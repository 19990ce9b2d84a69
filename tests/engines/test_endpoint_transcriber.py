"""The endpoint as recogniser, against a local server that really receives the WAV."""

import random
import socket
import time

import numpy as np
import pytest

from fault_server import Answer
from silkreel.engines import endpoint_transcriber
from silkreel.engines.chat import TRIES, Endpoint, EndpointBusy, EndpointTooSlow, RequestRefused
from silkreel.engines.contracts import EngineMissing, HeardLine, LanguageNotSpoken, Word
from silkreel.engines.endpoint_transcriber import (
    EndpointTranscriber,
    TranscriberKeyRefused,
    TranscriberUnreachable,
)
from silkreel.kit.settings import Settings
from silkreel.kit.sound import Sound
from silkreel.kit.spans import TimeSpan
from transcription_server import transcript, transcription_server

RATE = 16_000
TONE = Sound.mono(0.2 * np.sin(np.arange(RATE * 3) / 20), RATE)
LINES = (
    HeardLine(
        TimeSpan(0.2, 1.1),
        "你来了。",
        (Word("你来", 0.2, 0.7, 1), Word("了", 0.7, 1.1, 1)),
        "zh",
        1,
    ),
    HeardLine(TimeSpan(1.5, 2.4), "顾沉？", (Word("顾沉", 1.5, 2.4, 1),), "zh", 1),
)
GOOD = Answer(body=transcript(LINES))


def asking(url, **more):
    endpoint = Endpoint(
        url, more.get("model", "whisper-1"), more.get("key"), more.get("seconds", 5.0),
        first_pause_seconds=0.01,
    )  # fmt: skip
    return EndpointTranscriber(endpoint, dice=random.Random(1))


def test_a_real_wav_is_sent_with_language_names_and_key_and_lines_come_back_timed():
    with transcription_server(lambda *_: GOOD) as server:
        lines = asking(server.url, key="k3y").transcribe(TONE, language="zh-Hans", hints=("顾沉",))
    [upload] = server.uploads
    assert (upload.path, upload.key) == ("/v1/audio/transcriptions", "Bearer k3y")
    assert upload.file_name == "sound.wav"
    assert upload.sound.sample_rate == RATE
    assert np.allclose(upload.sound.flat, TONE.flat, atol=1e-4)
    assert upload.fields["language"] == ["zh"]
    assert upload.fields["response_format"] == ["verbose_json"]
    assert upload.fields["timestamp_granularities[]"] == ["segment", "word"]
    assert "顾沉" in upload.fields["prompt"][0]
    assert [line.text for line in lines] == ["你来了。", "顾沉？"]
    assert lines[0].span == TimeSpan(0.2, 1.1)
    assert [word.text for word in lines[0].words] == ["你来", "了"]
    assert lines[0].confidence == pytest.approx(np.exp(-0.2))
    assert lines[0].language == "zh-Hans"


def test_a_busy_or_silent_endpoint_is_asked_again():
    answers = [
        Answer(429, {"error": {"message": "slow down"}}, {"Retry-After": "0"}),
        Answer(503, {}), Answer(drop=True), GOOD,
    ]  # fmt: skip
    with transcription_server(lambda _, n: answers[n - 1]) as server:
        assert len(asking(server.url).transcribe(TONE, language="zh")) == 2
    assert len(server.uploads) == 4


def test_an_endpoint_that_stays_busy_is_given_up():
    with transcription_server(lambda *_: Answer(500, {})) as server:
        with pytest.raises(EndpointBusy, match="status 500"):
            asking(server.url).transcribe(TONE, language="zh")
        assert len(server.uploads) == TRIES


def test_a_reply_that_never_comes_ends_in_time():
    started = time.monotonic()
    with (
        transcription_server(lambda *_: Answer(body={}, wait_seconds=0.6)) as server,
        pytest.raises((EndpointTooSlow, EndpointBusy)),
    ):
        asking(server.url, seconds=0.15).transcribe(TONE, language="zh")
    assert time.monotonic() - started < 5


@pytest.mark.parametrize(
    ("answer", "refusal", "words"),
    [
        (Answer(401, {}), TranscriberKeyRefused, "SILKREEL_TRANSCRIBER_KEY"),
        (Answer(400, {"error": {"message": "file is too short"}}), RequestRefused, "too short"),
        (Answer(400, {"error": {"message": "Invalid language 'zh'"}}), LanguageNotSpoken, "zh"),
        (Answer(body=b"<html>"), RequestRefused, "no transcript"),
        (Answer(body={"segments": [{"start": -1, "end": 2, "text": "x"}]}), RequestRefused, "no transcript"),
    ],
)  # fmt: skip
def test_what_asking_again_cannot_mend_is_refused_at_once(answer, refusal, words):
    with transcription_server(lambda *_: answer) as server:
        with pytest.raises(refusal, match=words):
            asking(server.url).transcribe(TONE, language="zh")
        assert len(server.uploads) == 1


def test_a_reply_larger_than_any_transcript_is_refused(monkeypatch):
    monkeypatch.setattr(endpoint_transcriber, "MAX_REPLY_BYTES", 1000)
    with (
        transcription_server(lambda *_: Answer(body={"text": "a" * 5000})) as server,
        pytest.raises(RequestRefused, match="larger"),
    ):
        asking(server.url).transcribe(TONE, language="zh")


def test_nobody_there_is_told_with_the_setting_to_check():
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{free.getsockname()[1]}"
    with pytest.raises(TranscriberUnreachable, match="SILKREEL_TRANSCRIBER_URL"):
        asking(url).transcribe(TONE, language="zh")


def test_long_sound_goes_in_pieces_and_times_are_those_of_the_whole(monkeypatch):
    monkeypatch.setattr(endpoint_transcriber, "PIECE_SECONDS", 2.0)
    with transcription_server(lambda *_: Answer(body=transcript(LINES[:1]))) as server:
        lines = asking(server.url).transcribe(TONE, language="zh")
    assert [round(upload.sound.length_seconds, 2) for upload in server.uploads] == [2.0, 1.0]
    assert [line.span.start_seconds for line in lines] == [0.2, 2.2]
    assert lines[1].span.end_seconds == 3.0


def test_a_service_that_times_nothing_still_gives_a_line_in_the_language_it_names():
    reply = Answer(body={"text": "Good morning.", "language": "english"})
    with transcription_server(lambda *_: reply) as server:
        [line] = asking(server.url).transcribe(TONE, language=None)
    assert (line.text, line.language, line.span) == ("Good morning.", "en", TimeSpan(0, 3))
    assert "language" not in server.uploads[0].fields


def test_without_an_address_the_refusal_names_the_setting(tmp_path):
    with pytest.raises(EngineMissing, match="SILKREEL_TRANSCRIBER_URL"):
        EndpointTranscriber.open(Settings(home=tmp_path))
