"""An OpenAI-compatible endpoint as recogniser: POST /audio/transcriptions, words and segments timed."""

import io
import math
import random
import time
from collections.abc import Sequence
from functools import cache
from typing import Annotated, Any, NoReturn

import httpx
import soundfile
from babel import Locale
from pydantic import BaseModel, Field, ValidationError

from silkreel.engines.chat import (
    CONNECT_SECONDS,
    LONGEST_PAUSE_SECONDS,
    TRIES,
    TRIES_TO_CONNECT,
    Endpoint,
    EndpointBusy,
    EndpointTooSlow,
    RequestRefused,
)
from silkreel.engines.chat_replies import error_words, retry_after_seconds
from silkreel.engines.contracts import EngineCard, EngineMissing, HeardLine, LanguageNotSpoken, Word
from silkreel.engines.whisper import prompt
from silkreel.kit.languages import normal_tag, primary
from silkreel.kit.refusals import Refusal
from silkreel.kit.settings import Settings
from silkreel.kit.sound import Sound
from silkreel.kit.spans import TimeSpan
from silkreel.kit.words import words

VERSION = "1"
SAMPLE_RATE = 16_000
PIECE_SECONDS = 600.0  # 19 MB of WAV: services take 25 at once
MAX_REPLY_BYTES = 8 * 1024 * 1024  # ten minutes of words are below 1 MB
PATIENCE = 5.0  # seconds for a piece with all its tries, in seconds of one reply
UNSURE = 0.5  # confidence where the service tells none

Seconds = Annotated[float, Field(ge=0, allow_inf_nan=False)]


class TranscriberKeyRefused(Refusal):
    """401 or 403."""

    status = 502
    message = "The endpoint at {address} refuses the key; check SILKREEL_TRANSCRIBER_KEY."


class TranscriberUnreachable(Refusal):
    """Nobody listens there."""

    status = 502
    message = (
        "Nobody answers at {address}; check SILKREEL_TRANSCRIBER_URL and that the server runs."
    )


class _Segment(BaseModel):
    start: Seconds
    end: Seconds
    text: str
    avg_logprob: float | None = None


class _Spoken(BaseModel):
    word: str
    start: Seconds
    end: Seconds


class _Transcription(BaseModel):
    """What the endpoint answers with `response_format=verbose_json`."""

    text: str = ""
    language: str = ""
    segments: list[_Segment] = []
    words: list[_Spoken] = []


class EndpointTranscriber:
    """Writes down by asking; busy endpoints are asked again, never past the seconds that were given."""

    def __init__(self, endpoint: Endpoint, *, dice: random.Random | None = None) -> None:
        self._endpoint = endpoint
        self._dice = dice or random.Random()  # noqa: S311 - jitter, no secret
        self.card = EngineCard(
            name="endpoint",
            version=f"{VERSION}+{endpoint.model}",
            languages=None,
            code_licence="Apache-2.0",
            weights_licence=None,
            model_sha256=None,
            needs_network=True,
            workers_allowed=endpoint.parallel,
        )

    @classmethod
    def open(cls, settings: Settings) -> "EndpointTranscriber":
        """Take address, key and limits from the settings; nothing is asked yet.

        Raises:
            EngineMissing: no address is set.
        """
        if not settings.transcriber_url:
            raise EngineMissing(
                engine="endpoint",
                why=words("no transcription endpoint is configured"),
                mend=words(
                    "Set SILKREEL_TRANSCRIBER_URL (and _KEY, _MODEL) to an OpenAI-compatible address."
                ),
            )
        key = settings.transcriber_key
        return cls(
            Endpoint(
                settings.transcriber_url,
                settings.transcriber_model,
                key.get_secret_value() if key else None,
                settings.transcriber_timeout_seconds,
            )
        )

    def transcribe(
        self, sound: Sound, *, language: str | None, hints: tuple[str, ...] = ()
    ) -> tuple[HeardLine, ...]:
        """Sentences in 16 kHz sound, which is sent in pieces of ten minutes.

        Raises:
            TranscriberKeyRefused, TranscriberUnreachable, EndpointBusy, EndpointTooSlow, RequestRefused,
            LanguageNotSpoken: as they say.
        """
        found: list[HeardLine] = []
        first = 0.0
        while first < sound.length_seconds:
            piece = sound.cut(first, first + PIECE_SECONDS)
            form = _form(self._endpoint, language, hints)
            written = self._patiently(_wav(piece), form)
            found += _lines(written, first, first + piece.length_seconds, language)
            first += PIECE_SECONDS
        return tuple(sorted(found, key=lambda line: line.span))

    def close(self) -> None:
        """Nothing stays open between requests."""

    def _patiently(self, wav: bytes, form: dict[str, Any]) -> _Transcription:
        """One upload, sent again while the endpoint is busy and there is time."""
        given = PATIENCE * self._endpoint.reply_seconds
        deadline, what = time.monotonic() + given, ""
        for attempt in range(TRIES):
            pause = min(LONGEST_PAUSE_SECONDS, self._endpoint.first_pause_seconds * 2**attempt)
            try:
                response = self._send(wav, form)
            except httpx.ConnectError:
                if attempt + 1 >= TRIES_TO_CONNECT:
                    raise TranscriberUnreachable(address=self._endpoint.address) from None
            except httpx.TransportError as problem:
                what = type(problem).__name__
            else:
                if response.status_code == httpx.codes.OK:
                    return self._read(response)
                what = f"status {response.status_code}"
                self._refuse(response, str(form.get("language", "")))
                pause = retry_after_seconds(response.headers.get("retry-after")) or pause
            pause *= self._dice.uniform(1.0, 1.5)
            if time.monotonic() + pause > deadline:
                raise EndpointTooSlow(address=self._endpoint.address, seconds=round(given, 1))
            time.sleep(pause)
        raise EndpointBusy(address=self._endpoint.address, what=what, tries=TRIES)

    def _send(self, wav: bytes, form: dict[str, Any]) -> httpx.Response:
        """The endpoint's answer, its content up to the limit."""
        reply = self._endpoint.reply_seconds
        key = {"Authorization": f"Bearer {self._endpoint.key}"} if self._endpoint.key else {}
        timeout = httpx.Timeout(reply, connect=min(CONNECT_SECONDS, reply))
        url = f"{self._endpoint.base}/audio/transcriptions"
        sound = {"file": ("sound.wav", wav, "audio/wav")}
        with (
            httpx.Client(headers=key, timeout=timeout, follow_redirects=False) as http,
            http.stream("POST", url, data=form, files=sound) as response,
        ):
            content = bytearray()
            for some in response.iter_bytes():
                content += some
                if len(content) > MAX_REPLY_BYTES:
                    self._no("its reply is larger than any transcript")
            return httpx.Response(
                response.status_code,
                headers={"retry-after": response.headers.get("retry-after", "")},
                content=bytes(content),
            )

    def _read(self, response: httpx.Response) -> _Transcription:
        try:
            return _Transcription.model_validate_json(response.content)
        except ValidationError as problem:
            self._no(f"its answer is no transcript ({problem.error_count()} mistakes)")

    def _refuse(self, response: httpx.Response, language: str) -> None:
        """Raise what asking again cannot mend."""
        code = response.status_code
        if code in (httpx.codes.UNAUTHORIZED, httpx.codes.FORBIDDEN):
            raise TranscriberKeyRefused(address=self._endpoint.address)
        if code == httpx.codes.TOO_MANY_REQUESTS or code >= httpx.codes.INTERNAL_SERVER_ERROR:
            return
        words = error_words(response.content)
        if code == httpx.codes.BAD_REQUEST and "language" in words.lower() and language:
            raise LanguageNotSpoken(
                engine=f"The endpoint at {self._endpoint.address}", language=language
            )
        self._no(words or f"status {code}")

    def _no(self, what: str) -> NoReturn:
        raise RequestRefused(address=self._endpoint.address, what=what)


def _form(endpoint: Endpoint, language: str | None, hints: tuple[str, ...]) -> dict[str, Any]:
    code = primary(language) if language else ""
    form = {
        "model": endpoint.model,
        "response_format": "verbose_json",
        "timestamp_granularities[]": ["segment", "word"],
        "temperature": "0",
        "prompt": prompt(code or None, hints),
        "language": code,
    }
    return {name: value for name, value in form.items() if value}


def _wav(sound: Sound) -> bytes:
    """The sound as 16-bit WAV."""
    if sound.sample_rate != SAMPLE_RATE:
        raise ValueError(f"speech is written down from 16 kHz sound, not {sound.sample_rate}")
    content = io.BytesIO()
    soundfile.write(content, sound.flat, SAMPLE_RATE, format="WAV", subtype="PCM_16")
    return content.getvalue()


def _lines(
    written: _Transcription, first: float, end: float, language: str | None
) -> list[HeardLine]:
    """Segments as lines of the whole sound; a service without segments gives one line."""
    tag = normal_tag(language or _code(written.language) or "und")
    segments = written.segments or [_Segment(start=0, end=end - first, text=written.text)]
    lines = []
    for place, segment in enumerate(segments):
        begin, close = first + segment.start, min(first + segment.end, end)
        if not segment.text.strip() or close <= begin:
            continue
        sure = (
            min(1.0, math.exp(segment.avg_logprob)) if segment.avg_logprob is not None else UNSURE
        )
        words = _words(written.words, segments, place, first, sure)
        lines.append(HeardLine(TimeSpan(begin, close), segment.text.strip(), words, tag, sure))
    return lines


def _words(
    spoken: Sequence[_Spoken], segments: Sequence[_Segment], place: int, first: float, sure: float
) -> tuple[Word, ...]:
    """Words of a segment: those that begin in it, up to the next; evenly spread where none are told."""
    segment = segments[place]
    until = segments[place + 1].start if place + 1 < len(segments) else math.inf
    own = [each for each in spoken if segment.start <= each.start < until]
    if own:
        return tuple(
            Word(each.word.strip(), first + each.start, first + max(each.start, each.end), sure)
            for each in own
        )
    return (Word(segment.text.strip(), first + segment.start, first + segment.end, sure),)


def _code(name: str) -> str:
    """The language of an answer: services say "en" or "english"."""
    return _names().get(name.lower(), name if len(name) in (2, 3) else "")


@cache
def _names() -> dict[str, str]:
    return {str(name).lower(): str(code) for code, name in Locale("en").languages.items()}
