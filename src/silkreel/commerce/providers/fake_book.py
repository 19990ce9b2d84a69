"""What the pretend provider knows to be true, in a SQLite file of its own."""

import sqlite3
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime

from silkreel.commerce.payments import Kind, PaymentFact

TABLES = """
CREATE TABLE IF NOT EXISTS page (
    ref TEXT PRIMARY KEY, order_id TEXT NOT NULL, title TEXT NOT NULL, currency TEXT NOT NULL,
    gross_minor INTEGER NOT NULL, return_url TEXT NOT NULL) STRICT;
CREATE TABLE IF NOT EXISTS fact (
    ref TEXT NOT NULL, kind TEXT NOT NULL, object TEXT NOT NULL, amount_minor INTEGER NOT NULL,
    currency TEXT NOT NULL, at INTEGER NOT NULL, PRIMARY KEY (object, kind)) STRICT;
"""


@dataclass(frozen=True, slots=True)
class Page:
    """A hosted payment page: what to show, and where to send the payer back to."""

    ref: str
    order_id: str
    title: str
    currency: str
    gross_minor: int
    return_url: str


class FakeBook:
    """Pages and facts; a file for the demo, `:memory:` for a test."""

    def __init__(self, path: str) -> None:
        self._book = sqlite3.connect(path, isolation_level=None, check_same_thread=False)
        self._book.executescript(TABLES)

    def open_page(self, page: Page) -> None:
        """Add a page unless it is there."""
        self._book.execute(
            "INSERT OR IGNORE INTO page VALUES (?, ?, ?, ?, ?, ?)",
            (page.ref, page.order_id, page.title, page.currency, page.gross_minor, page.return_url),
        )

    def page(self, ref: str) -> Page | None:
        """A page by its reference."""
        row = self._book.execute("SELECT * FROM page WHERE ref = ?", (ref,)).fetchone()
        return None if row is None else Page(*row)

    def page_of(self, order_id: str) -> Page | None:
        """A page by our order."""
        row = self._book.execute("SELECT * FROM page WHERE order_id = ?", (order_id,)).fetchone()
        return None if row is None else Page(*row)

    def happen(self, ref: str, fact: PaymentFact) -> None:
        """Write down what happened; the same thing twice is once."""
        self._book.execute(
            "INSERT OR IGNORE INTO fact VALUES (?, ?, ?, ?, ?, ?)",
            (ref, fact.kind, fact.provider_object, fact.amount_minor, fact.currency,
             int(fact.occurred_at.timestamp())),
        )  # fmt: skip

    def facts(self, ref: str) -> tuple[PaymentFact, ...]:
        """All that happened on a page, as it happened."""
        rows = self._book.execute(
            "SELECT kind, object, amount_minor, currency, at FROM fact WHERE ref = ?"
            " ORDER BY at, rowid",
            (ref,),
        )
        return tuple(
            PaymentFact(Kind(kind), name, amount, currency, datetime.fromtimestamp(at, UTC))
            for kind, name, amount, currency, at in rows
        )

    def page_of_payment(self, payment: str) -> Page | None:
        """The page a payment was made on."""
        row = self._book.execute("SELECT ref FROM fact WHERE object = ?", (payment,)).fetchone()
        return None if row is None else self.page(row[0])

    def pages_since(self, since: datetime) -> Iterator[Page]:
        """Pages where something happened since a time."""
        rows = self._book.execute(
            "SELECT DISTINCT ref FROM fact WHERE at >= ? ORDER BY ref", (int(since.timestamp()),)
        ).fetchall()
        for (ref,) in rows:
            page = self.page(ref)
            if page is not None:
                yield page
