"""What an OpenAI-compatible endpoint sends back: whole or in a stream, words or a tool's arguments."""

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from email.utils import parsedate_to_datetime
from typing import Any

import httpx

from silkreel.engines.spend_book import Usage
from silkreel.kit.clock import now

MAX_REPLY_BYTES = 2 * 1024 * 1024  # forty lines in three lengths are below 50 KB
STREAM_FACTOR = 8  # every token of a stream comes with some hundred characters around it
CHARACTERS_PER_TOKEN = 3  # where the endpoint does not count; English is nearer to 4
FIRST_WIDE = "\u2e80"  # from here on, Chinese, Japanese and Korean take about a token a character


@dataclass(frozen=True, slots=True)
class Said:
    """A reply's words: what was said, or the arguments of the tool that was called."""

    content: str
    usage: Usage
    finish: str


class NotTaken(Exception):  # noqa: N818 - a step down the ladder, answered inside
    """The endpoint does not know this way of asking."""


class Busy(Exception):  # noqa: N818 - a reason to wait, answered inside
    """429 or 5xx."""

    def __init__(self, status: int, after_seconds: float | None) -> None:
        super().__init__(status)
        self.status = status
        self.after_seconds = after_seconds


def parsed(text: Said) -> Any:
    """The JSON in a reply; fences and words around it are forgiven.

    Raises:
        ValueError: there is none.
    """
    content = re.sub(r"^.*?</think>", "", text.content, flags=re.DOTALL)
    first, last = content.find("{"), content.rfind("}")
    if first < 0 or last < first:
        cut = " It was cut off for its length." if text.finish == "length" else ""
        raise ValueError(f"there is no JSON object in it.{cut}")
    try:
        return json.loads(content[first : last + 1])
    except json.JSONDecodeError as problem:
        cut = ", probably cut off for its length" if text.finish == "length" else ""
        raise ValueError(f"the JSON is broken ({problem}){cut}.") from None


async def read_reply(response: httpx.Response) -> bytes:
    """The reply's bytes, up to what an answer can have.

    Raises:
        NotTaken: there are more.
    """
    content = bytearray()
    async for piece in response.aiter_bytes():
        content += piece
        if len(content) > MAX_REPLY_BYTES:
            raise NotTaken("its reply is larger than any answer")
    return bytes(content)


async def streamed(response: httpx.Response, body: dict[str, Any]) -> Said:
    """Put a streamed reply together."""
    said: list[str] = []
    called: list[str] = []
    usage, finish, size = None, "", 0
    async for line in response.aiter_lines():
        size += len(line)
        if size > MAX_REPLY_BYTES * STREAM_FACTOR:
            raise NotTaken("its reply is larger than any answer")
        if not line.startswith("data:") or line.strip() == "data: [DONE]":
            continue
        event = _json(line.removeprefix("data:"))
        if "error" in event:
            raise Busy(httpx.codes.INTERNAL_SERVER_ERROR, None)
        usage = event.get("usage") or usage
        for choice in event.get("choices") or ():
            delta = choice.get("delta") or {}
            said.append(delta.get("content") or "")
            called += [_arguments(call) for call in delta.get("tool_calls") or ()]
            finish = choice.get("finish_reason") or finish
    return _text("".join(said), "".join(called), usage, finish, body)


def whole(content: bytes, body: dict[str, Any]) -> Said:
    """A reply that came in one piece; what is no reply is taken for words."""
    reply = _json(content.decode("utf-8", "replace"))
    try:
        choice = reply["choices"][0]
        message = choice["message"]
    except (KeyError, IndexError, TypeError):
        return _text(content.decode("utf-8", "replace"), "", None, "", body)
    called = "".join(_arguments(call) for call in message.get("tool_calls") or ())
    finish = choice.get("finish_reason") or ""
    return _text(message.get("content") or "", called, reply.get("usage"), finish, body)


def _text(
    said: str, called: str, usage: Mapping[str, Any] | None, finish: str, body: dict[str, Any]
) -> Said:
    asked_for_tool = "tools" in body
    content = called or ("" if asked_for_tool and "{" not in said else said)
    return Said(content, _usage(usage, body, said + called), finish)


def _usage(usage: Mapping[str, Any] | None, body: dict[str, Any], answer: str) -> Usage:
    if not usage:
        tokens = tokens_of(answer)
        return Usage(rough_tokens(body["messages"]), tokens, requests=1, estimated=True)
    return Usage(
        int(usage.get("prompt_tokens") or 0),
        int(usage.get("completion_tokens") or 0),
        float(usage.get("cost") or 0.0),
        1,
    )


def _arguments(call: Mapping[str, Any]) -> str:
    return str((call.get("function") or {}).get("arguments") or "")


def rough_tokens(messages: Sequence[Mapping[str, str]]) -> int:
    """About how many tokens messages have."""
    return sum(tokens_of(message["content"]) for message in messages)


def tokens_of(text: str) -> int:
    """About how many tokens a text has."""
    wide = sum(character >= FIRST_WIDE for character in text)
    return wide + (len(text) - wide) // CHARACTERS_PER_TOKEN


def _json(text: str) -> dict[str, Any]:
    try:
        value = json.loads(text)
    except json.JSONDecodeError:
        return {}
    return value if isinstance(value, dict) else {}


def error_words(content: bytes) -> str:
    """What an error reply says, short."""
    text = content.decode("utf-8", "replace")
    error = _json(text).get("error", text)
    message = error.get("message", text) if isinstance(error, dict) else error
    return str(message)[:300]


def retry_after_seconds(header: str | None) -> float | None:
    """Seconds of a Retry-After header, which may be a number or a date (RFC 9110, 10.2.3)."""
    if not header:
        return None
    try:
        return max(0.0, float(header))
    except ValueError:
        pass
    try:
        return max(0.0, (parsedate_to_datetime(header) - now()).total_seconds())
    except (ValueError, TypeError):
        return None
