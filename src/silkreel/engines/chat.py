"""Structured answers from an OpenAI-compatible endpoint; shared by translation and the story tasks.

The ladder: a JSON schema the endpoint enforces, else a tool call, else the schema in the prompt. What
comes back is validated; twice it may be repaired with the validator's own words. Busy endpoints are
asked again with jitter, never past the seconds that were given.
"""

import asyncio
import json
import random
import threading
import time
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any, Generic, Literal, TypeVar
from urllib.parse import urlsplit

import httpx

from silkreel.engines.chat_replies import (
    Busy,
    NotTaken,
    Said,
    error_words,
    parsed,
    read_reply,
    retry_after_seconds,
    rough_tokens,
    streamed,
    whole,
)
from silkreel.engines.spend_book import SpendBook, Usage
from silkreel.kit.children import Cancelled
from silkreel.kit.refusals import Refusal

Rung = Literal["json_schema", "tool", "prompt"]
RUNGS: tuple[Rung, ...] = ("json_schema", "tool", "prompt")
ANSWER = "answer"  # name of the schema and the tool
REPAIRS = 2
TRIES = 5  # of one request, where the endpoint is busy
TRIES_TO_CONNECT = 2
FIRST_PAUSE_SECONDS, LONGEST_PAUSE_SECONDS = 0.5, 30.0
CONNECT_SECONDS = 10.0
POLL_SECONDS = 0.05
MAX_MODELS_NAMED = 5

T = TypeVar("T")
_parallel: dict[str, threading.BoundedSemaphore] = {}
_parallel_lock = threading.Lock()


class KeyRefused(Refusal):
    """401 or 403."""

    status = 502
    message = "The endpoint at {address} refuses the key; check {setting}_KEY."


class ModelNotFound(Refusal):
    """404, or a server that names its models and not this one."""

    status = 502
    message = (
        "The endpoint at {address} has no model {model}; it names {known}. Set {setting}_MODEL."
    )


class EndpointUnreachable(Refusal):
    """Nobody listens there."""

    status = 502
    message = "Nobody answers at {address}; check {setting}_URL and that the server runs."


class EndpointBusy(Refusal):
    """429 or 5xx, again and again."""

    status = 503
    message = "The endpoint at {address} stayed busy ({what}) for {tries} tries; try again later."


class EndpointTooSlow(Refusal):
    """The time that was given is used up."""

    status = 504
    message = "The endpoint at {address} did not finish within {seconds} seconds."


class RequestRefused(Refusal):
    """The endpoint does not take the request, on any rung."""

    status = 502
    message = "The endpoint at {address} does not take the request: {what}"


class AnswerUnusable(Refusal):
    """The answers did not fit the schema, repairs included."""

    status = 502
    message = "The endpoint's answer could not be used, even after {repairs} repairs: {what}"


@dataclass(frozen=True, slots=True)
class Endpoint:
    """Where to ask, for what model, and how patiently."""

    url: str
    model: str | None = None  # None: the one model the server names
    key: str | None = field(default=None, repr=False)
    reply_seconds: float = 60.0
    parallel: int = 4
    first_pause_seconds: float = FIRST_PAUSE_SECONDS
    setting: str = "SILKREEL_TRANSLATOR"  # how the settings that lead here begin

    @property
    def base(self) -> str:
        """The address requests go under; a bare host gets the usual /v1."""
        trimmed = self.url.rstrip("/")
        return trimmed if urlsplit(trimmed).path else f"{trimmed}/v1"

    @property
    def address(self) -> str:
        """The address as it may be shown: no user, no key."""
        parts = urlsplit(self.base)
        return (
            f"{parts.scheme}://{parts.hostname}{f':{parts.port}' if parts.port else ''}{parts.path}"
        )


@dataclass(frozen=True, slots=True)
class Question(Generic[T]):
    """What is asked: two messages, the answer's JSON schema, and a validator.

    `validate` gets the parsed JSON and returns the answer, or raises ValueError with words that the
    model can act on.
    """

    system: str
    user: str
    schema: Mapping[str, Any]
    validate: Callable[[Any], T]
    max_tokens: int = 2000
    account: str = ""  # who pays: the series


@dataclass(frozen=True, slots=True)
class Reply(Generic[T]):
    """An answer, how it was got, and what it used."""

    answer: T
    rung: Rung
    repairs: int
    usage: Usage
    model: str


class ChatClient:
    """Asks an endpoint. Calls block; `ask_all` asks several questions at once."""

    def __init__(
        self,
        endpoint: Endpoint,
        book: SpendBook | None = None,
        *,
        rungs: Sequence[Rung] = RUNGS,
        dice: random.Random | None = None,
    ) -> None:
        self.endpoint = endpoint
        self.usage = Usage()
        self.heard = ""  # the last answer as it came, usable or not
        self._book = book
        self._rungs = list(rungs)
        self._streams = True
        self._dice = dice or random.Random()  # noqa: S311 - jitter, no secret
        self._model = endpoint.model

    def ask(
        self,
        question: Question[T],
        *,
        seconds: float = 300.0,
        cancelled: Callable[[], bool] | None = None,
    ) -> Reply[T]:
        """Ask one question.

        Raises:
            KeyRefused, ModelNotFound, EndpointUnreachable, EndpointBusy, EndpointTooSlow,
            RequestRefused, AnswerUnusable, SpendLimitReached, Cancelled: as they say.
        """
        [reply] = self.ask_all([question], seconds=seconds, cancelled=cancelled)
        if isinstance(reply, Refusal):
            raise reply
        return reply

    def ask_all(
        self,
        questions: Sequence[Question[T]],
        *,
        seconds: float = 300.0,
        cancelled: Callable[[], bool] | None = None,
    ) -> list[Reply[T] | Refusal]:
        """Ask questions side by side; each has its reply or its no, in their order.

        Raises:
            Cancelled: somebody asked to stop; requests under way are dropped at once.
        """
        return asyncio.run(self._ask_all(questions, seconds, cancelled or (lambda: False)))

    async def _ask_all(
        self, questions: Sequence[Question[T]], seconds: float, cancelled: Callable[[], bool]
    ) -> list[Reply[T] | Refusal]:
        deadline = time.monotonic() + seconds
        async with self._http() as http:
            tasks = [
                asyncio.create_task(self._ask(http, question, deadline, seconds))
                for question in questions
            ]
            try:
                while not all(task.done() for task in tasks):
                    if cancelled():
                        raise Cancelled
                    await asyncio.wait(tasks, timeout=POLL_SECONDS)
            finally:
                for task in tasks:
                    task.cancel()
                await asyncio.gather(*tasks, return_exceptions=True)
        return [_outcome(task) for task in tasks]

    def _http(self) -> httpx.AsyncClient:
        key = {"Authorization": f"Bearer {self.endpoint.key}"} if self.endpoint.key else {}
        reply = self.endpoint.reply_seconds
        return httpx.AsyncClient(
            headers=key,
            timeout=httpx.Timeout(reply, connect=min(CONNECT_SECONDS, reply)),
            follow_redirects=False,
        )

    async def _ask(
        self, http: httpx.AsyncClient, question: Question[T], deadline: float, seconds: float
    ) -> Reply[T]:
        try:
            async with asyncio.timeout(max(0.0, deadline - time.monotonic())), self._turn():
                await self._find_model(http)
                return await self._down_the_ladder(http, question)
        except TimeoutError:
            raise EndpointTooSlow(
                address=self.endpoint.address, seconds=round(seconds, 1)
            ) from None

    async def _down_the_ladder(self, http: httpx.AsyncClient, question: Question[T]) -> Reply[T]:
        why = "no way of asking is left"
        for rung in tuple(self._rungs):
            try:
                return await self._with_repairs(http, question, rung)
            except NotTaken as problem:
                why = str(problem)
                if len(self._rungs) > 1 and rung in self._rungs:
                    self._rungs.remove(rung)  # it is not asked that way again
        raise RequestRefused(address=self.endpoint.address, what=why)

    async def _with_repairs(
        self, http: httpx.AsyncClient, question: Question[T], rung: Rung
    ) -> Reply[T]:
        messages = [
            {"role": "system", "content": _system(question, rung)},
            {"role": "user", "content": question.user},
        ]
        used, problem = Usage(), ""
        for repairs in range(REPAIRS + 1):
            text = await self._patiently(http, self._body(question, rung, messages), question)
            used += text.usage
            self.heard = text.content
            try:
                answer = question.validate(parsed(text))
            except ValueError as refused:
                problem = str(refused)
            else:
                return Reply(answer, rung, repairs, used, self._model or "")
            if rung == "tool" and not text.content:
                raise NotTaken("it did not call the tool")
            messages = [*messages[:2], *_repair(text.content, problem)]
        raise AnswerUnusable(repairs=REPAIRS, what=problem)

    def _body(
        self, question: Question[T], rung: Rung, messages: list[dict[str, str]]
    ) -> dict[str, Any]:
        body: dict[str, Any] = {
            "model": self._model,
            "messages": messages,
            "temperature": 0,
            "max_tokens": question.max_tokens,
        }
        if self._streams:
            body |= {"stream": True, "stream_options": {"include_usage": True}}
        if rung == "json_schema":
            form = {"name": ANSWER, "strict": True, "schema": question.schema}
            body["response_format"] = {"type": "json_schema", "json_schema": form}
        elif rung == "tool":
            function = {"name": ANSWER, "parameters": question.schema}
            body["tools"] = [{"type": "function", "function": function}]
            body["tool_choice"] = {"type": "function", "function": {"name": ANSWER}}
        return body

    async def _patiently(
        self, http: httpx.AsyncClient, body: dict[str, Any], question: Question[T]
    ) -> Said:
        """One request, asked again while the endpoint is busy."""
        what = ""
        for attempt in range(TRIES):
            if self._book is not None:
                self._book.check(question.account, rough_tokens(body["messages"]))
            try:
                text = await self._once(http, body)
            except httpx.ConnectError:
                if attempt + 1 >= TRIES_TO_CONNECT:
                    raise EndpointUnreachable(
                        address=self.endpoint.address, setting=self.endpoint.setting
                    ) from None
                await self._pause(attempt, None)
            except httpx.TimeoutException:
                what = "no reply in time"
                await self._pause(attempt, None)
            except httpx.TransportError as problem:
                what = type(problem).__name__
                await self._pause(attempt, None)
            except Busy as busy:
                what = f"status {busy.status}"
                await self._pause(attempt, busy.after_seconds)
            else:
                self._count(text.usage, question.account)
                return text
        raise EndpointBusy(address=self.endpoint.address, what=what, tries=TRIES)

    async def _once(self, http: httpx.AsyncClient, body: dict[str, Any]) -> Said:
        url = f"{self.endpoint.base}/chat/completions"
        async with http.stream("POST", url, json=body) as response:
            if response.status_code != httpx.codes.OK:
                await self._refuse(http, response, body)
            if "text/event-stream" in response.headers.get("content-type", ""):
                return await streamed(response, body)
            return whole(await read_reply(response), body)

    async def _refuse(
        self, http: httpx.AsyncClient, response: httpx.Response, body: dict[str, Any]
    ) -> None:
        code, words = response.status_code, error_words(await read_reply(response))
        if code in (httpx.codes.UNAUTHORIZED, httpx.codes.FORBIDDEN):
            raise KeyRefused(address=self.endpoint.address, setting=self.endpoint.setting)
        if code == httpx.codes.NOT_FOUND:
            known = ", ".join(await self._models(http)) or "none"
            raise ModelNotFound(
                address=self.endpoint.address,
                model=self._model,
                known=known,
                setting=self.endpoint.setting,
            )
        if code == httpx.codes.TOO_MANY_REQUESTS or code >= httpx.codes.INTERNAL_SERVER_ERROR:
            unknown = code == httpx.codes.NOT_IMPLEMENTED
            if unknown or "unsupported" in words.lower():
                raise NotTaken(words)
            raise Busy(code, retry_after_seconds(response.headers.get("retry-after")))
        if body.get("stream") and "stream" in words.lower():
            self._streams = False
            body.pop("stream", None)
            body.pop("stream_options", None)
            raise Busy(code, 0.0)
        raise NotTaken(words or f"status {code}")

    async def _find_model(self, http: httpx.AsyncClient) -> None:
        if self._model is not None:
            return
        try:
            names = await self._models(http)
        except httpx.ConnectError:
            raise EndpointUnreachable(
                address=self.endpoint.address, setting=self.endpoint.setting
            ) from None
        if len(names) != 1:
            known = ", ".join(names) or "none"
            raise ModelNotFound(
                address=self.endpoint.address,
                model="by default",
                known=known,
                setting=self.endpoint.setting,
            )
        self._model = names[0]

    async def _models(self, http: httpx.AsyncClient) -> list[str]:
        response = await http.get(f"{self.endpoint.base}/models")
        if response.status_code in (httpx.codes.UNAUTHORIZED, httpx.codes.FORBIDDEN):
            raise KeyRefused(address=self.endpoint.address, setting=self.endpoint.setting)
        try:
            rows = response.json()["data"]
            return [str(row["id"]) for row in rows][:MAX_MODELS_NAMED]
        except (ValueError, KeyError, TypeError):
            return []

    async def _pause(self, attempt: int, asked_seconds: float | None) -> None:
        """Wait before asking again: what the endpoint asked for, else twice as long each time."""
        if asked_seconds is None:
            longest = self.endpoint.first_pause_seconds * 2**attempt
            asked_seconds = min(LONGEST_PAUSE_SECONDS, longest) * self._dice.uniform(0.5, 1.0)
        else:
            asked_seconds += self._dice.uniform(0.0, self.endpoint.first_pause_seconds)
        await asyncio.sleep(asked_seconds)

    def _count(self, usage: Usage, account: str) -> None:
        self.usage += usage
        if self._book is not None:
            self._book.charge(account, usage, self._model or "")

    @asynccontextmanager
    async def _turn(self) -> AsyncIterator[None]:
        """A place among the requests that may be under way, whatever client or thread asks."""
        with _parallel_lock:
            slots = _parallel.setdefault(
                self.endpoint.base, threading.BoundedSemaphore(self.endpoint.parallel)
            )
        while not slots.acquire(blocking=False):  # noqa: ASYNC110
            await asyncio.sleep(POLL_SECONDS)
        try:
            yield
        finally:
            slots.release()


def _outcome(task: "asyncio.Task[Reply[T]]") -> Reply[T] | Refusal:
    problem = task.exception()
    if problem is None:
        return task.result()
    if isinstance(problem, Refusal):
        return problem
    raise problem


def _system(question: Question[Any], rung: Rung) -> str:
    if rung == "json_schema":
        return question.system
    if rung == "tool":
        return f"{question.system}\nCall the tool `{ANSWER}` with your answer."
    schema = json.dumps(question.schema, ensure_ascii=False)
    order = "Answer with one JSON object and nothing else. It must fit this schema:"
    return f"{question.system}\n{order}\n{schema}"


def _repair(content: str, problem: str) -> list[dict[str, str]]:
    words = f"Your answer cannot be used: {problem}\nAnswer again, whole, and mend that."
    return [{"role": "assistant", "content": content}, {"role": "user", "content": words}]
