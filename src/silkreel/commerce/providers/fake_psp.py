"""A pretend provider with a truth of its own: the demo pays through it, and tests break it.

It speaks like a real one (signed events, a hosted page, fetch, list, refunds) and moves no money.
`fake_weather.py` makes it as unreliable as real ones are on their worst days.
"""

import hashlib
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import ClassVar

from silkreel.commerce import signatures
from silkreel.commerce.payments import (
    BadSignature,
    Kind,
    Notice,
    OrderRef,
    OrderTerms,
    PaymentFact,
    ProviderMissing,
    ProviderRefused,
    Redirect,
    Truth,
    Unreadable,
)
from silkreel.commerce.providers.fake_book import FakeBook, Page
from silkreel.kit.clock import now
from silkreel.kit.settings import Settings

HEADER = "fake-signature"


@dataclass(frozen=True, slots=True)
class Delivery:
    """An event on its way to us."""

    raw: bytes
    headers: Mapping[str, str]


class FakePsp:
    """Pretend payments; only for demo and sandbox brands (`registry.refuse_test_providers`)."""

    name: ClassVar[str] = "fake_psp"
    test_only: ClassVar[bool] = True

    def __init__(self, book: FakeBook, secret: str, page_url: str = "/pretend/") -> None:
        self.book = book
        self._secret = secret
        self._page_url = page_url

    @classmethod
    def open(cls, settings: Settings) -> "FakePsp":
        """The pretend provider with its book in the home folder.

        Raises:
            ProviderMissing: no secret is set, so nobody asked for it.
        """
        if settings.fake_payments_secret is None:
            raise ProviderMissing(
                provider="The pretend provider",
                why="it is off",
                mend="Set SILKREEL_FAKE_PAYMENTS_SECRET for a demo; never where money is taken.",
            )
        book = FakeBook(str(settings.folder / "fake-psp.db"))
        return cls(book, settings.fake_payments_secret.get_secret_value())

    def create(self, order: OrderTerms) -> Redirect:
        """Open the order's page; once per order."""
        ref = f"fpg_{order.id}"
        self.book.open_page(
            Page(ref, order.id, order.title, order.currency, order.gross_minor, order.return_url)
        )
        return Redirect(self._page_url + ref, ref)

    def happen(self, ref: str, kind: Kind, name: str, amount_minor: int, at: datetime) -> Delivery:
        """Something happens on a page: it is true from now on, and an event says so."""
        page = self.book.page(ref)
        if page is None:
            raise ProviderRefused(provider="The pretend provider", why=f"there is no page {ref}")
        fact = PaymentFact(kind, name, amount_minor, page.currency, at)
        self.book.happen(ref, fact)
        return self.event(page, fact, at)

    def event(
        self, page: Page, fact: PaymentFact, signed_at: datetime, event_id: str | None = None
    ) -> Delivery:
        """The signed event of one fact; the same fact has the same event id."""
        own = hashlib.sha256(f"{fact.provider_object}:{fact.kind}".encode()).hexdigest()[:24]
        body = {
            "id": event_id or f"fev_{own}",
            "order": page.order_id,
            "page": page.ref,
            "kind": fact.kind,
            "object": fact.provider_object,
            "amount_minor": fact.amount_minor,
            "currency": fact.currency,
            "at": int(fact.occurred_at.timestamp()),
        }
        raw = json.dumps(body).encode()
        return Delivery(raw, {HEADER: signatures.sign(raw, self._secret, signed_at)})

    def verify(self, raw: bytes, headers: Mapping[str, str], at: datetime) -> Notice:
        """An event, by its signature; it tells one fact and nothing else."""
        header = headers.get(HEADER)
        if not header:
            raise BadSignature
        signatures.check(raw, header, (self._secret,), at)
        return self.read(raw)

    def read(self, raw: bytes) -> Notice:
        """The one fact of an event."""
        try:
            event = json.loads(raw)
            ref = OrderRef(str(event["order"]), str(event["page"]))
            fact = PaymentFact(
                Kind(event["kind"]), str(event["object"]), int(event["amount_minor"]),
                str(event["currency"]), datetime.fromtimestamp(int(event["at"]), UTC),
            )  # fmt: skip
            truth = Truth(ref, "sandbox", (fact,))
            return Notice(str(event["id"]), ref, truth, hashlib.sha256(raw).hexdigest())
        except (ValueError, KeyError, TypeError, OverflowError, RecursionError) as broken:
            raise Unreadable(why="it is no event", provider="pretend provider's") from broken

    def redeem(self, ref: OrderRef, receipt: str) -> Truth | None:
        """What became of the order, asked when the payer comes back."""
        del receipt
        return self.fetch(ref)

    def fetch(self, ref: OrderRef) -> Truth | None:
        """All that happened to an order."""
        page = self._page(ref)
        return None if page is None else self._truth(page)

    def list(self, since: datetime) -> Iterator[Truth]:
        """Orders to which something happened since a time."""
        return (self._truth(page) for page in self.book.pages_since(since))

    def refund(self, payment: str, amount_minor: int, currency: str, key: str) -> PaymentFact:
        """Give back, once per key, no more than is left."""
        page = self.book.page_of_payment(payment)
        if page is None:
            raise ProviderRefused(provider="The pretend provider", why=f"no payment {payment}")
        facts = {(each.provider_object, each.kind): each for each in self.book.facts(page.ref)}
        name = f"fre_{key}"
        if (name, Kind.REFUNDED) not in facts:
            paid = facts[payment, Kind.PAID].amount_minor
            gone = sum(each.amount_minor for each in facts.values() if each.kind == Kind.REFUNDED)
            if currency != page.currency or amount_minor > paid - gone:
                raise ProviderRefused(provider="The pretend provider", why="that is not left")
            fact = PaymentFact(Kind.REFUNDED, name, amount_minor, currency, now())
            self.book.happen(page.ref, fact)
            return fact
        return facts[name, Kind.REFUNDED]

    def settle(self, truth: Truth) -> None:
        """Nothing: it wants no word back."""

    def _page(self, ref: OrderRef) -> Page | None:
        if ref.provider_ref:
            return self.book.page(ref.provider_ref)
        return None if ref.order_id is None else self.book.page_of(ref.order_id)

    def _truth(self, page: Page) -> Truth:
        return Truth(OrderRef(page.order_id, page.ref), "sandbox", self.book.facts(page.ref))
