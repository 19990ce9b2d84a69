"""An OpenAI-compatible endpoint as translator: scene, terms and formality told, three lengths asked."""

import logging
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from silkreel.engines.chat import AnswerUnusable, ChatClient, Endpoint, Question, Reply
from silkreel.engines.contracts import Candidate, EngineCard, EngineMissing, TranslationRequest
from silkreel.engines.endpoint_prompt import Around, question_for
from silkreel.engines.spend_book import SpendBook, Usage
from silkreel.kit.languages import primary
from silkreel.kit.refusals import Refusal
from silkreel.kit.settings import Settings
from silkreel.kit.words import words

VERSION = "1"
LINES_A_QUESTION = 12  # a scene; more and small models lose count
REPLIES_PATIENCE = 5.0  # seconds for a whole request, in seconds of one reply

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class _Piece:
    """Lines of a request that are asked together: `first` up to `end`."""

    first: int
    end: int

    def halves(self) -> tuple["_Piece", ...]:
        """The piece as two, or nothing where it is one line."""
        middle = (self.first + self.end) // 2
        if middle == self.first:
            return ()
        return _Piece(self.first, middle), _Piece(middle, self.end)


class EndpointTranslator:
    """Translates by asking; what one answer spoils is asked again in halves, and never lost in silence."""

    rewords = True

    def __init__(
        self, endpoint: Endpoint, book: SpendBook | None = None, *, seconds: float | None = None
    ) -> None:
        self._client = ChatClient(endpoint, book)
        self._seconds = seconds or REPLIES_PATIENCE * endpoint.reply_seconds
        self._cancelled: Callable[[], bool] = lambda: False
        self.card = EngineCard(
            name="endpoint",
            version=f"{VERSION}+{endpoint.model or 'default'}",
            languages=None,
            code_licence="Apache-2.0",
            weights_licence=None,
            model_sha256=None,
            needs_network=True,
            workers_allowed=endpoint.parallel,
        )

    @classmethod
    def open(cls, settings: Settings) -> "EndpointTranslator":
        """Take address, key and limits from the settings; nothing is asked yet.

        Raises:
            EngineMissing: no address is set.
        """
        if not settings.translator_url:
            raise EngineMissing(
                engine="endpoint",
                why=words("no translation endpoint is configured"),
                mend=words(
                    "Set SILKREEL_TRANSLATOR_URL (and _KEY, _MODEL) to an OpenAI-compatible address."
                ),
            )
        key = settings.translator_key
        endpoint = Endpoint(
            settings.translator_url,
            settings.translator_model,
            key.get_secret_value() if key else None,
            settings.translator_timeout_seconds,
            settings.translator_parallel,
        )
        book = SpendBook(settings.folder / "endpoint-spend", settings.translator_spend_limit_tokens)
        return cls(endpoint, book)

    @property
    def usage(self) -> Usage:
        """What this copy has used so far."""
        return self._client.usage

    def watch(self, cancelled: Callable[[], bool]) -> None:
        """Ask this before and while waiting for replies; once it says yes, requests are dropped."""
        self._cancelled = cancelled

    def can(self, source_language: str, target_language: str) -> bool:
        """Any two languages."""
        return primary(source_language) != primary(target_language)

    def translate(self, request: TranslationRequest) -> tuple[Candidate, ...]:
        """Up to three wordings a line; lines it could not do are left out.

        Raises:
            Refusal: nothing could be done at all; the sentence says why.
        """
        found: list[Candidate] = []
        problems: list[Refusal] = []
        pieces = list(_pieces(len(request.lines)))
        while pieces:
            questions = [_question(request, piece) for piece in pieces]
            replies = self._client.ask_all(
                questions, seconds=self._seconds, cancelled=self._cancelled
            )
            again: list[_Piece] = []
            for piece, reply in zip(pieces, replies, strict=True):
                if isinstance(reply, Reply):
                    found += reply.answer
                elif isinstance(reply, AnswerUnusable) and piece.halves():
                    again += piece.halves()
                else:
                    problems.append(reply)
            pieces = again
        for problem in problems:
            log.warning("the endpoint left lines out: %s", problem)
        if problems and not found:
            raise problems[0]
        return tuple(found)

    def close(self) -> None:
        """Nothing stays open between requests."""


def _pieces(count: int) -> Iterator[_Piece]:
    for first in range(0, count, LINES_A_QUESTION):
        yield _Piece(first, min(count, first + LINES_A_QUESTION))


def _question(request: TranslationRequest, piece: _Piece) -> Question[tuple[Candidate, ...]]:
    lines = request.lines[piece.first : piece.end]
    return question_for(request, lines, Around(request, piece.first, piece.end))
