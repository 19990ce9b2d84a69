"""Comparing three books: what the provider says, what we wrote down, what the ledger granted.

`compare` is pure. An item stays open, with its age and its owner, until a later comparison finds
both sides agree, or a person explains it.
"""

from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any, Literal

import sqlalchemy as sa

from silkreel.commerce.orders import locate, shown
from silkreel.commerce.payments import OrderRef, PaymentFact, Truth
from silkreel.commerce.recharge import ask_ref, facts_of
from silkreel.commerce.standing import stand
from silkreel.commerce.tables import (
    AccountRow,
    LotRow,
    OrderRow,
    PostingRow,
    ReconcileItemRow,
    TxnRow,
)
from silkreel.kit.database import Session
from silkreel.kit.refusals import Refusal
from silkreel.people.actors import Actor
from silkreel.people.audit import record

Verdict = Literal["matched", "amount_differs", "only_ours", "only_theirs"]


@dataclass(frozen=True, slots=True)
class Entry:
    """One order in one book: the money kept, and, in our books, the coins that stand for it."""

    name: str  # our order's id, or the provider's name for what is not ours
    kept_minor: int
    currency: str


@dataclass(frozen=True, slots=True)
class Line:
    """One order in both books."""

    verdict: Verdict
    name: str
    currency: str
    ours_minor: int | None
    theirs_minor: int | None


@dataclass(frozen=True, slots=True)
class CoinDifference:
    """An order whose coins are not what its money earned."""

    order_id: str
    earned_coins: int
    granted_coins: int


@dataclass(frozen=True, slots=True)
class Report:
    """The three-way comparison of one provider."""

    provider: str
    lines: tuple[Line, ...]
    coins: tuple[CoinDifference, ...]

    def count(self, verdict: Verdict) -> int:
        """How many orders have a verdict."""
        return sum(line.verdict == verdict for line in self.lines)

    @property
    def matched_share(self) -> float:
        """Share of orders that are explained; 1 where there is nothing to compare."""
        return self.count("matched") / len(self.lines) if self.lines else 1.0

    def to_json(self) -> dict[str, Any]:
        """For machines."""
        return {
            "provider": self.provider,
            "clean": self.clean,
            "lines": [asdict(line) for line in self.lines],
            "coins": [asdict(coins) for coins in self.coins],
        }

    @property
    def clean(self) -> bool:
        """Whether all three books agree."""
        return self.count("matched") == len(self.lines) and not self.coins


def compare(ours: Iterable[Entry], theirs: Iterable[Entry]) -> tuple[Line, ...]:
    """Both books side by side, by name; each name is in the result once."""
    mine, other = ({entry.name: entry for entry in book} for book in (ours, theirs))
    return tuple(_line(name, mine, other) for name in sorted(mine.keys() | other.keys()))


def _line(name: str, ours: Mapping[str, Entry], theirs: Mapping[str, Entry]) -> Line:
    mine, other = ours.get(name), theirs.get(name)
    if mine is None or other is None:
        known = mine or other
        assert known is not None
        return Line(
            "only_theirs" if mine is None else "only_ours",
            name,
            known.currency,
            mine.kept_minor if mine else None,
            other.kept_minor if other else None,
        )
    same = (mine.kept_minor, mine.currency) == (other.kept_minor, other.currency)
    verdict: Verdict = "matched" if same else "amount_differs"
    return Line(verdict, name, mine.currency, mine.kept_minor, other.kept_minor)


def report(
    tx: Session, provider: str, truths: Iterable[Truth], since: datetime, at: datetime
) -> Report:
    """Compare a provider's list with our book and our ledger, and keep what does not fit."""
    theirs, named = _their_entries(tx, provider, truths)
    orders = _our_orders(tx, provider, since, named)
    ours = [entry for order in orders if (entry := _our_entry(tx, order)) is not None]
    lines = compare(ours, theirs)
    differences = [diff for order in orders if (diff := _coin_difference(tx, order)) is not None]
    _keep(tx, provider, lines, at)
    return Report(provider, lines, tuple(differences))


def unlisted(
    tx: Session, provider: str, truths: Iterable[Truth], since: datetime
) -> list[OrderRef]:
    """Our paid orders of this time that a provider's list does not name."""
    named = {row.id for truth in truths if (row := _row_of(tx, provider, truth)) is not None}
    return [
        ask_ref(tx, shown(row))
        for row in _our_orders(tx, provider, since, set())
        if row.id not in named and _our_entry(tx, row) is not None
    ]


def _their_entries(
    tx: Session, provider: str, truths: Iterable[Truth]
) -> tuple[list[Entry], set[str]]:
    """Their book by our orders' names, and which of our orders they named."""
    prices: dict[str, int] = {}
    told: dict[str, set[PaymentFact]] = {}
    for truth in truths:
        row = _row_of(tx, provider, truth)
        name = row.id if row else f"{truth.ref.provider_ref or truth.ref.payment}"
        told.setdefault(name, set()).update(truth.facts)
        if row is not None:
            prices[name] = row.gross_minor
    entries = []
    for name, facts in told.items():
        standing = stand(prices.get(name, 0), facts)
        if standing.paid_minor:
            currencies = "/".join(sorted({fact.currency for fact in facts}))
            entries.append(Entry(name, standing.kept_minor, currencies))
    return entries, set(prices)


def _row_of(tx: Session, provider: str, truth: Truth) -> OrderRow | None:
    return locate(tx, provider, truth.ref, [fact.provider_object for fact in truth.facts])


def _our_orders(tx: Session, provider: str, since: datetime, named: set[str]) -> list[OrderRow]:
    mine = sa.select(OrderRow).where(OrderRow.provider == provider)
    recent = set(tx.scalars(mine.where(OrderRow.made_at >= since)))
    older = set(tx.scalars(mine.where(OrderRow.id.in_(named)))) if named else set()
    return sorted(recent | older, key=lambda row: row.id)


def _our_entry(tx: Session, order: OrderRow) -> Entry | None:
    standing = stand(order.gross_minor, facts_of(tx, order.id))
    if not standing.paid_minor:
        return None
    return Entry(order.id, standing.kept_minor, order.currency)


def _coin_difference(tx: Session, order: OrderRow) -> CoinDifference | None:
    """Bought coins that an order's money earned, beside those its lot still stands for."""
    standing = stand(order.gross_minor, facts_of(tx, order.id))
    clawed = order.paid_coins * standing.returned_minor // order.gross_minor
    earned = order.paid_coins - clawed if standing.earned else 0
    granted = _granted_coins(tx, order)
    return None if earned == granted else CoinDifference(order.id, earned, granted)


def _granted_coins(tx: Session, order: OrderRow) -> int:
    lots = sa.select(sa.func.coalesce(sa.func.sum(LotRow.granted), 0)).where(
        LotRow.order_id == order.id, LotRow.source == "paid"
    )
    return int(tx.scalar(lots) or 0) - clawed_coins(tx, order.id)


def clawed_coins(tx: Session, order_id: str) -> int:
    """Coins taken back for an order by now: its claw-backs less what came back to it."""
    posted = (
        sa.select(sa.func.coalesce(sa.func.sum(PostingRow.amount), 0))
        .join(TxnRow, TxnRow.id == PostingRow.txn_id)
        .join(AccountRow, AccountRow.id == PostingRow.account_id)
        .where(
            TxnRow.order_id == order_id,
            AccountRow.role == "clawback",
            AccountRow.owner_id == "paid",
        )
    )
    return int(tx.scalar(posted) or 0)


def _keep(tx: Session, provider: str, lines: Iterable[Line], at: datetime) -> None:
    """Open an item for each disagreement; close those that agree by now."""
    rows = tx.scalars(sa.select(ReconcileItemRow).where(ReconcileItemRow.provider == provider))
    known = {(row.provider_object, row.kind): row for row in rows}
    for line in lines:
        for (name, kind), row in known.items():
            if name == line.name and kind != line.verdict and row.explained_at is None:
                row.explained_at, row.explanation = at, "both books agree by now"
        if line.verdict != "matched":
            _open_item(tx, provider, line, known.get((line.name, line.verdict)), at)
    tx.flush()


def _open_item(
    tx: Session, provider: str, line: Line, row: ReconcileItemRow | None, at: datetime
) -> None:
    if row is None:
        order_id = None if line.verdict == "only_theirs" else line.name
        row = ReconcileItemRow(
            provider=provider, provider_object=line.name, kind=line.verdict, order_id=order_id,
            currency=line.currency[:4], found_at=at, owner="", explanation="",
        )  # fmt: skip
        tx.add(row)
    row.ours_minor, row.theirs_minor = line.ours_minor, line.theirs_minor
    row.explained_at = None


class NoSuchItem(Refusal):
    """There is no such difference."""

    status = 404
    message = "There is no open difference {number} here; somebody may have explained it already."


@dataclass(frozen=True, slots=True)
class Item:
    """A difference between our books and a provider's, and who explained it."""

    id: int
    provider: str
    name: str
    kind: str
    order_id: str | None
    ours_minor: int | None
    theirs_minor: int | None
    currency: str
    found_at: datetime
    explained_at: datetime | None
    owner: str
    explanation: str


def items(
    tx: Session, *, explained: bool = False, before: int | None = None, limit: int
) -> list[Item]:
    """Differences that nobody explained yet (or those that are), newest first."""
    done = ReconcileItemRow.explained_at
    rows = sa.select(ReconcileItemRow).where(done.is_not(None) if explained else done.is_(None))
    if before is not None:
        rows = rows.where(ReconcileItemRow.id < before)
    rows = rows.order_by(ReconcileItemRow.id.desc()).limit(limit)
    return [_item(row) for row in tx.scalars(rows)]


def explain(tx: Session, number: int, explanation: str, by: Actor) -> Item:
    """Say why the books differ; it opens again if a later comparison still finds it.

    Raises:
        NoSuchItem, NotYours, SecondFactorRequired.
    """
    by.need("money.settle")
    row = tx.get(ReconcileItemRow, number, with_for_update=True, populate_existing=True)
    if row is None or row.explained_at is not None:
        raise NoSuchItem(number=number)
    row.owner, row.explanation, row.explained_at = by.name, explanation, by.at
    tx.flush()
    after = {"provider": row.provider, "kind": row.kind}
    record(tx, by, "reconcile.explained", f"difference:{number}", after=after, reason=explanation)
    return _item(row)


def _item(row: ReconcileItemRow) -> Item:
    return Item(
        row.id, row.provider, row.provider_object, row.kind, row.order_id, row.ours_minor,
        row.theirs_minor, row.currency, row.found_at, row.explained_at, row.owner, row.explanation,
    )  # fmt: skip
