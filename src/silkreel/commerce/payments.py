"""What a payment provider promises: one Protocol, and the facts that travel through it.

A provider never tells us a state, only facts about objects of its own (a payment, a refund, a
dispute). The state of an order is folded from the set of those facts (`standing.py`), so the order
of delivery and duplicates change nothing.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Literal, Protocol, Self

from silkreel.kit.refusals import Refusal
from silkreel.kit.settings import Settings

Environment = Literal["production", "sandbox"]


class ProviderMissing(Refusal):
    """The provider is not set up here."""

    status = 503
    message = "{provider} cannot be used here: {why}. {mend}"


class ProviderRefused(Refusal):
    """The provider answered no; money did not move."""

    status = 502
    message = "{provider} refused: {why}. No money was taken; choose another way to pay."


class ProviderSilent(Refusal):
    """No answer came, so nobody here knows yet whether money moved."""

    status = 504
    message = (
        "{provider} did not answer in time. Do not pay again: we are asking it what happened, and "
        "your coins arrive by themselves if it took the money."
    )


class BadSignature(Refusal):
    """The message does not come from who it says."""

    message = "The signature does not fit this message. Check that both sides hold the same secret."


class OutOfTime(Refusal):
    """Signed too long ago, or in the future: a replay, or a clock that is wrong."""

    message = (
        "This message was signed {seconds} seconds away from now; {limit} are allowed. "
        "Check both clocks, then send it again with a fresh signature."
    )


class Unreadable(Refusal):
    """Signed well, but not what it should be."""

    message = "This message cannot be read: {why}. Send the {provider} event as documented."


class KeysOutOfReach(Refusal):
    """Nobody can be believed while their public keys cannot be had."""

    status = 503
    message = (
        "The public keys of {provider} cannot be had right now. Send this message again later."
    )


class WrongEnvironment(Refusal):
    """A test message where real money is taken."""

    message = "A message of the {found} environment is not accepted here. Use a {wanted} account."


class NotForUs(Refusal):
    """Signed well, for somebody else."""

    message = "This message is for another app than {wanted}. Check the app's id on both sides."


class Kind(StrEnum):
    """What a fact says about its object."""

    UNKNOWN = "unknown"  # ours: we sent an order and heard nothing
    PENDING = "pending"
    PAID = "paid"
    FAILED = "failed"
    EXPIRED = "expired"
    REFUNDED = "refunded"
    REFUND_REVERSED = "refund_reversed"
    DISPUTED = "disputed"
    DISPUTE_WON = "dispute_won"
    CHARGED_BACK = "charged_back"


@dataclass(frozen=True, slots=True)
class PaymentFact:
    """Something that happened to one object of a provider; (object, kind) is its identity."""

    kind: Kind
    provider_object: str
    amount_minor: int
    currency: str
    occurred_at: datetime
    fee_minor: int | None = None  # what the provider kept of it, where it says so

    def __post_init__(self) -> None:
        if min(self.amount_minor, self.fee_minor or 0) < 0 or not self.provider_object:
            raise ValueError(f"a fact is about an object and never below zero: {self}")


@dataclass(frozen=True, slots=True)
class OrderTerms:
    """What an order promised, as a provider needs to know it."""

    id: str
    viewer_id: str
    sku: str
    title: str
    currency: str
    gross_minor: int
    created_at: datetime
    return_url: str
    provider_ref: str | None = None


@dataclass(frozen=True, slots=True)
class OrderRef:
    """How a provider's message names one of our orders: our id, its own reference, a payment."""

    order_id: str | None = None
    provider_ref: str | None = None
    payment: str | None = None
    since: datetime | None = None  # when the order was made: bounds a search for it


@dataclass(frozen=True, slots=True)
class Truth:
    """All that a provider says about one order; `sku` where a store's product decides."""

    ref: OrderRef
    environment: Environment
    facts: tuple[PaymentFact, ...]
    sku: str | None = None


@dataclass(frozen=True, slots=True)
class Notice:
    """What a message says: complete, or a hint (`truth` is None) to ask about `ref`.

    `fingerprint` is the hash of what it says. A message sent again may differ in bytes that say
    nothing (how many receivers are left, when it was signed), and is still the same.
    """

    event_id: str
    ref: OrderRef
    truth: Truth | None
    fingerprint: str


@dataclass(frozen=True, slots=True)
class Redirect:
    """Send the viewer to the provider's own page."""

    url: str
    provider_ref: str


@dataclass(frozen=True, slots=True)
class ClientToken:
    """Hand this to the store's own sheet in the app."""

    token: str
    provider_ref: str


class Provider(Protocol):
    """One way to pay. `open(settings)` raises ProviderMissing, which says what to configure."""

    name: str
    test_only: bool

    @classmethod
    def open(cls, settings: Settings) -> Self:
        """The provider with this installation's keys."""
        ...

    def create(self, order: OrderTerms) -> Redirect | ClientToken:
        """Begin a payment; the same order again begins the same payment.

        Raises:
            ProviderRefused: no money was taken.
            ProviderSilent: nobody knows.
        """
        ...

    def verify(self, raw: bytes, headers: Mapping[str, str], at: datetime) -> Notice:
        """What these bytes say, once it is sure who sent them; header names in lower case.

        Raises:
            BadSignature, OutOfTime, Unreadable, KeysOutOfReach, WrongEnvironment: each a reason
                not to believe it.
        """
        ...

    def read(self, raw: bytes) -> Notice:
        """What bytes that were verified when they came say; secrets may have changed since."""
        ...

    def redeem(self, ref: OrderRef, receipt: str) -> Truth | None:
        """What the client holds: a store's receipt, or "" to ask about its order.

        Raises:
            BadSignature, Unreadable, WrongEnvironment, ProviderSilent: as the others.
        """
        ...

    def fetch(self, ref: OrderRef) -> Truth | None:
        """All the provider knows of an order, None when it knows nothing.

        Raises:
            ProviderSilent: it did not answer.
        """
        ...

    def list(self, since: datetime) -> Iterator[Truth]:
        """All that changed at the provider since a time, for the daily comparison."""
        ...

    def refund(self, payment: str, amount_minor: int, currency: str, key: str) -> PaymentFact:
        """Give money back once per key.

        Raises:
            ProviderRefused: it will not, or the store alone can.
            ProviderSilent: nobody knows; the same key may be sent again.
        """
        ...

    def settle(self, truth: Truth) -> None:
        """After coins are granted and committed: acknowledge where the store asks for it."""
        ...
