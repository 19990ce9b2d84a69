"""Asking a network for its report: patient with a busy one, deaf to a flood, silent about keys."""

import json
import logging
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import Any

import httpx

from silkreel.commerce.ad_reporting import ReportRefused, ReportSilent, ReportUnreadable

ANSWER_BYTES = 64 * 1024 * 1024  # a hundred thousand rows of JSON come to half of it
WAITS_SECONDS = (1.0, 4.0, 16.0)  # after a busy answer; then somebody fetches again
LONGEST_WAIT_SECONDS = 60.0  # a network that asks for more is asked again another time
WHY_LETTERS = 200
TOO_MANY, SERVER_TROUBLE = 429, 500


class _NoQueries(logging.Filter):
    """Takes queries out of the line httpx logs of a request: a network may want its key there."""

    def filter(self, record: logging.LogRecord) -> bool:
        """Pass every record."""
        if isinstance(record.args, tuple):
            record.args = tuple(
                each.copy_with(query=None) if isinstance(each, httpx.URL) else each
                for each in record.args
            )
        return True


logging.getLogger("httpx").addFilter(_NoQueries())


@dataclass(frozen=True, slots=True)
class Wire:
    """A way to one network; `secrets` never stand in what is said of it."""

    network: str
    client: httpx.Client
    secrets: tuple[str, ...]
    sleep: Callable[[float], None] = time.sleep

    def ask(self, method: str, url: str, **how: Any) -> Any:
        """The answer's JSON, its numbers exact; a busy network is asked four times in all.

        Raises:
            ReportRefused: it says no.
            ReportSilent: it is busy, in trouble, or not there, each time.
            ReportUnreadable: it is no JSON, or too long.
        """
        why = ""
        for wait in (*WAITS_SECONDS, None):
            try:
                status, asked_wait, content = self._once(method, url, how)
            except httpx.HTTPError as broken:
                status, asked_wait, content, why = 0, None, b"", type(broken).__name__
            if status and status != TOO_MANY and status < SERVER_TROUBLE:
                return self._read(status, content)
            why = f"status {status}" if status else why
            if wait is None or (asked_wait or 0) > LONGEST_WAIT_SECONDS:
                break
            self.sleep(max(wait, asked_wait or 0))
        raise ReportSilent(network=self.network, why=why)

    def unreadable(self, why: str) -> ReportUnreadable:
        """A no to what it answered."""
        return ReportUnreadable(network=self.network, why=why)

    def _once(
        self, method: str, url: str, how: Mapping[str, Any]
    ) -> tuple[int, float | None, bytes]:
        """Status, the wait it asks for, and content; never more of it than the limit."""
        with self.client.stream(method, url, **how) as answer:
            content = bytearray()
            for part in answer.iter_bytes():
                content += part
                if len(content) > ANSWER_BYTES:
                    raise self.unreadable(f"it is longer than {ANSWER_BYTES >> 20} MB")
            return answer.status_code, _seconds(answer.headers.get("retry-after")), bytes(content)

    def _read(self, status: int, content: bytes) -> Any:
        try:
            found = json.loads(content, parse_float=Decimal)
        except (ValueError, RecursionError) as broken:
            if httpx.codes.is_error(status):
                raise self._no(status, "") from broken
            raise self.unreadable("it is no JSON") from broken
        if not httpx.codes.is_success(status):
            raise self._no(status, _told(found))
        return found

    def _no(self, status: int, told: str) -> ReportRefused:
        for secret in self.secrets:
            told = told.replace(secret, "…")
        return ReportRefused(network=self.network, why=told[:WHY_LETTERS] or f"status {status}")


def exact(value: object) -> Decimal:
    """A number as a network writes it, in quotes or not; nothing is 0.

    Raises:
        ValueError: it is none.
    """
    try:
        number = Decimal(str(value)) if value not in (None, "") else Decimal(0)
    except InvalidOperation as odd:
        raise ValueError(value) from odd
    if not number.is_finite():
        raise ValueError(value)
    return number


def count(value: object) -> int:
    """How often, at least 0.

    Raises:
        ValueError: it is no count.
    """
    number = exact(value)
    if number < 0 or number != int(number):
        raise ValueError(value)
    return int(number)


def _seconds(header: str | None) -> float | None:
    """Seconds of a Retry-After header; a date is left to our own waits."""
    return float(header) if header and header.isdecimal() else None


def _told(found: Any) -> str:
    """A network's own words for a no: Google's `error`, Unity's `errors`, AppLovin's `message`."""
    if isinstance(found, list):  # Google's stream holds its error as the only item
        found = found[0] if found else {}
    if not isinstance(found, dict):
        return ""
    error, errors = found.get("error"), found.get("errors")
    if isinstance(error, dict):
        return str(error.get("message") or "")
    if isinstance(errors, list) and errors and isinstance(errors[0], dict):
        return str(errors[0].get("msg") or "")
    return str(found.get("error_description") or found.get("message") or error or "")
