"""What a series has used of a paid endpoint: tokens and, where it is told, money; kept in a file."""

import json
import os
import re
from dataclasses import dataclass
from pathlib import Path

from silkreel.kit.clock import now
from silkreel.kit.refusals import Refusal

NOBODY = "unnamed"


class SpendLimitReached(Refusal):
    """A series used what it may."""

    status = 402
    message = (
        "This series has used {spent} of the {limit} tokens it may spend at the endpoint; "
        "raise SILKREEL_TRANSLATOR_SPEND_LIMIT_TOKENS or translate the rest by hand."
    )


@dataclass(frozen=True, slots=True)
class Usage:
    """What one or more replies used."""

    prompt_tokens: int = 0
    answer_tokens: int = 0
    cost: float = 0.0  # in the endpoint's own currency, where it tells one
    requests: int = 0
    estimated: bool = False  # the endpoint did not count: characters / 3

    @property
    def tokens(self) -> int:
        """All tokens together."""
        return self.prompt_tokens + self.answer_tokens

    def __add__(self, other: "Usage") -> "Usage":
        return Usage(
            self.prompt_tokens + other.prompt_tokens,
            self.answer_tokens + other.answer_tokens,
            self.cost + other.cost,
            self.requests + other.requests,
            self.estimated or other.estimated,
        )


@dataclass(frozen=True, slots=True)
class SpendBook:
    """A folder with one file a series, a line for every reply; several processes may write it."""

    folder: Path
    limit_tokens: int

    def spent(self, series_id: str) -> Usage:
        """Everything the series has used so far."""
        path = self._path(series_id)
        if not path.is_file():
            return Usage()
        total = Usage()
        for line in path.read_text(encoding="utf-8").splitlines():
            row = json.loads(line)
            total += Usage(row["prompt"], row["answer"], row["cost"], 1, row["estimated"])
        return total

    def check(self, series_id: str, wanted_tokens: int = 0) -> None:
        """Say no before money is spent.

        Raises:
            SpendLimitReached: the tokens wanted would pass the limit.
        """
        spent = self.spent(series_id).tokens
        if spent + wanted_tokens > self.limit_tokens:
            raise SpendLimitReached(spent=spent, limit=self.limit_tokens)

    def charge(self, series_id: str, usage: Usage, model: str) -> None:
        """Write down what a reply used, in one short append."""
        row = {
            "at": now().isoformat(), "model": model, "prompt": usage.prompt_tokens,
            "answer": usage.answer_tokens, "cost": usage.cost, "estimated": usage.estimated,
        }  # fmt: skip
        path = self._path(series_id)
        path.parent.mkdir(parents=True, exist_ok=True)
        handle = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
        try:
            os.write(handle, f"{json.dumps(row)}\n".encode())
        finally:
            os.close(handle)

    def _path(self, series_id: str) -> Path:
        return self.folder / f"{re.sub(r'[^A-Za-z0-9_-]', '_', series_id) or NOBODY}.jsonl"
