"""Where an order stands: a pure fold over the set of its payment facts.

Any order of arrival and any number of duplicates give the same standing (invariant I8).
"""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from silkreel.commerce.payments import Kind, PaymentFact


class OrderState(StrEnum):
    """What people call the standing."""

    CREATED = "created"
    PENDING = "pending"
    UNKNOWN = "unknown"
    PAID = "paid"
    MISMATCH = "mismatch"
    PARTLY_REFUNDED = "partly_refunded"
    REFUNDED = "refunded"
    DISPUTED = "disputed"
    CHARGED_BACK = "charged_back"
    FAILED = "failed"
    EXPIRED = "expired"


UNSETTLED = frozenset({OrderState.CREATED, OrderState.PENDING, OrderState.UNKNOWN})


@dataclass(frozen=True, slots=True)
class Standing:
    """An order's state and the sums behind it, in minor units of the order's currency.

    `earned` says whether some single payment was exactly the price: only that grants coins, a sum
    of odd payments is for people to judge. `returned_minor` is how much of the price went back.
    """

    state: OrderState
    paid_minor: int
    refunded_minor: int
    lost_minor: int
    earned: bool
    returned_minor: int

    @property
    def kept_minor(self) -> int:
        """What we still hold."""
        return self.paid_minor - self.refunded_minor - self.lost_minor


def stand(gross_minor: int, facts: Iterable[PaymentFact]) -> Standing:
    """The standing of an order of `gross_minor` after a set of facts."""
    known = _Known(facts)
    paid = known.amounts(Kind.PAID)
    paid_minor = sum(paid.values())
    refunded_minor = sum(known.amounts(Kind.REFUNDED, but=(Kind.REFUND_REVERSED,)).values())
    lost_minor = sum(known.amounts(Kind.CHARGED_BACK, but=(Kind.DISPUTE_WON,)).values())
    earned = gross_minor in paid.values()
    kept = paid_minor - refunded_minor - lost_minor
    returned = min(gross_minor, max(0, gross_minor - kept)) if earned else 0
    state = _paid_state(known, gross_minor) if paid else _unpaid_state(known)
    return Standing(state, paid_minor, refunded_minor, lost_minor, earned, returned)


def _paid_state(known: "_Known", gross_minor: int) -> OrderState:
    paid = known.amounts(Kind.PAID)
    kept = sum(paid.values()) - sum(
        known.amounts(Kind.REFUNDED, but=(Kind.REFUND_REVERSED,)).values()
    )
    if known.amounts(Kind.CHARGED_BACK, but=(Kind.DISPUTE_WON,)):
        return OrderState.CHARGED_BACK
    if kept <= 0:
        return OrderState.REFUNDED
    if known.amounts(Kind.DISPUTED, but=(Kind.DISPUTE_WON, Kind.CHARGED_BACK)):
        return OrderState.DISPUTED
    if gross_minor not in paid.values() or kept > gross_minor:
        return OrderState.MISMATCH
    return OrderState.PARTLY_REFUNDED if kept < gross_minor else OrderState.PAID


def _unpaid_state(known: "_Known") -> OrderState:
    if known.amounts(Kind.PENDING, but=(Kind.FAILED, Kind.EXPIRED)):
        return OrderState.PENDING
    for kind, state in (
        (Kind.FAILED, OrderState.FAILED),
        (Kind.EXPIRED, OrderState.EXPIRED),
        (Kind.UNKNOWN, OrderState.UNKNOWN),
    ):
        if known.amounts(kind):
            return state
    return OrderState.CREATED


class _Known:
    """Facts by kind, each object once."""

    def __init__(self, facts: Iterable[PaymentFact]) -> None:
        self._by_kind: dict[Kind, dict[str, int]] = {}
        for fact in facts:
            self._by_kind.setdefault(fact.kind, {})[fact.provider_object] = fact.amount_minor

    def amounts(self, kind: Kind, *, but: tuple[Kind, ...] = ()) -> dict[str, int]:
        """Amount by object of a kind, without objects of which another kind is known too."""
        closed = {each for other in but for each in self._by_kind.get(other, {})}
        return {k: v for k, v in self._by_kind.get(kind, {}).items() if k not in closed}
