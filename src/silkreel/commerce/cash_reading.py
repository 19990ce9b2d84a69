"""The facts a month's cash is derived from, as they stood when the month was closed."""

import json
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime

import sqlalchemy as sa

from silkreel.commerce.cash import (
    Cash,
    MonthFacts,
    Moved,
    Owed,
    Payout,
    Return,
    Revenue,
    Sale,
    derive,
)
from silkreel.commerce.payments import Kind, PaymentFact
from silkreel.commerce.recognition import Balance, Earned, Mark, recognise
from silkreel.commerce.recognition_reading import read_events, read_paid_lots
from silkreel.commerce.standing import Standing, stand
from silkreel.commerce.statement_steps import standings
from silkreel.commerce.statements import from_csv, payable
from silkreel.commerce.streams import read_shares
from silkreel.commerce.tables import LotRow, OrderRow, PaymentEventRow, SettlementRow
from silkreel.commerce.terms import read_terms
from silkreel.kit.database import Session
from silkreel.kit.refusals import Refusal

SIGNS = {Kind.PAID: 1, Kind.REFUND_REVERSED: 1, Kind.DISPUTE_WON: 1, Kind.REFUNDED: -1,
         Kind.CHARGED_BACK: -1}  # fmt: skip
BEGINNING = datetime(1970, 1, 1, tzinfo=UTC)
NOT_SHARES = ("withholding", "carried_in", "carried_out", "payment")


class NotClosed(Refusal):
    """A month whose cash cannot be derived yet."""

    status = 409
    message = (
        "{month} is not closed, so its cash is not settled. Run `silkreel settle {month}` first."
    )


def cash_ledger(tx: Session, month: str) -> list[Cash]:
    """Every entry of the closed months up to one, derived from their facts.

    Raises:
        NotClosed.
    """
    rows = tx.scalars(sa.select(SettlementRow).order_by(SettlementRow.period)).all()
    closed = [row for row in rows if row.period <= month]
    if not closed or closed[-1].period != month:
        raise NotClosed(month=month)
    found: list[Cash] = []
    for place in range(len(closed)):
        found += derive(_facts(tx, closed[: place + 1]))
    return found


def _facts(tx: Session, closed: Sequence[SettlementRow]) -> MonthFacts:
    here = closed[-1]
    since = closed[-2].ends_at if len(closed) > 1 else BEGINNING
    known = _Known(tx, since, here.ends_at)
    sold, gone, earned = _coins(tx, closed)
    shares = read_shares(tx, here.period)
    return MonthFacts(
        here.period,
        moved=known.moved(),
        sales=[*sold, *known.vip_sales()],
        returns=[*known.coin_returns(gone), *known.vip_returns()],
        revenue=[
            *(Revenue("coin", p.series_id, p.market, p.currency, p.minor) for p in earned),
            *(
                Revenue(s.stream, s.series_id, s.market, s.currency, s.minor,
                        s.source.partition("/")[0] if s.stream == "ad" else "")
                for _, s in shares
            ),
        ],
        owed=[*_shares(tx, here.period), *_recouped(closed)],
        payouts=_payouts(tx, since, here.ends_at),
    )  # fmt: skip


class _Known:
    """Real orders and what was known of their money at a month's beginning and end."""

    def __init__(self, tx: Session, since: datetime, until: datetime) -> None:
        rows = tx.execute(
            sa.select(PaymentEventRow, OrderRow)
            .join(OrderRow, OrderRow.id == PaymentEventRow.order_id)
            .where(OrderRow.environment == "production", PaymentEventRow.recorded_at < until)
            .order_by(PaymentEventRow.id)
        ).all()
        self.since = since
        self.orders = {order.id: order for _, order in rows}
        self.events: dict[str, list[PaymentEventRow]] = {}
        for event, order in rows:
            self.events.setdefault(order.id, []).append(event)

    def moved(self) -> list[Moved]:
        """What providers took in, sent back and kept in the month."""
        return [
            Moved(event.provider, event.type, event.currency,
                  SIGNS[Kind(event.type)] * event.amount_minor,
                  (event.fee_minor or 0) if event.type == Kind.PAID else 0)
            for events in self.events.values()
            for event in events
            if event.recorded_at >= self.since and event.type in SIGNS
        ]  # fmt: skip

    def vip_sales(self) -> list[Sale]:
        """VIP orders that were earned in the month."""
        found = []
        for order in self.orders.values():
            before, after = self._standings(order)
            if _is_vip(order) and after.earned and not before.earned:
                fee = self._fee(order)
                found.append(Sale("vip", order.currency, order.gross_minor, order.tax_minor, fee))
        return found

    def vip_returns(self) -> list[Return]:
        """What went back of VIP in the month."""
        found = []
        for order in filter(_is_vip, self.orders.values()):
            before, after = self._standings(order)
            net = order.gross_minor - order.tax_minor - self._fee(order)

            def gone(standing: Standing, of: int, order: OrderRow = order) -> int:
                kept = order.gross_minor - standing.returned_minor
                return of - of * kept // order.gross_minor

            found.append(
                Return("vip", order.currency, after.returned_minor - before.returned_minor,
                       _tax(order, after) - _tax(order, before),
                       gone(after, net) - gone(before, net))
            )  # fmt: skip
        return found

    def coin_returns(self, gone: dict[str, int]) -> list[Return]:
        """What went back of coins in the month; `gone` is the lots' net by currency."""
        returned: dict[str, list[int]] = {currency: [0, 0] for currency in gone}
        for order in self.orders.values():
            if not _is_vip(order):
                before, after = self._standings(order)
                sums = returned.setdefault(order.currency, [0, 0])
                sums[0] += after.returned_minor - before.returned_minor
                sums[1] += _tax(order, after) - _tax(order, before)
        return [
            Return("coin", currency, minor, tax, gone.get(currency, 0))
            for currency, (minor, tax) in sorted(returned.items())
        ]

    def _standings(self, order: OrderRow) -> tuple[Standing, Standing]:
        mine = self.events[order.id]
        before = (event for event in mine if event.recorded_at < self.since)
        return stand(order.gross_minor, map(_fact, before)), stand(
            order.gross_minor, map(_fact, mine)
        )

    def _fee(self, order: OrderRow) -> int:
        """What the provider kept of the payment that bought it."""
        fees = [
            event.fee_minor or 0
            for event in self.events[order.id]
            if event.type == Kind.PAID and event.amount_minor == order.gross_minor
        ]
        return min(fees[0], order.gross_minor - order.tax_minor) if fees else 0


def _coins(
    tx: Session, closed: Sequence[SettlementRow]
) -> tuple[list[Sale], dict[str, int], list[Earned]]:
    """Lots sold in the month, the net that left them by refunds, and what they earned."""
    marks = [Mark(row.period, row.to_txn_id, row.ends_at) for row in closed]
    after, earned = _recognised(tx, marks)
    before = _recognised(tx, marks[:-1])[0] if len(marks) > 1 else {}
    refunded = {
        currency: balance.refunded_minor
        - (before[currency].refunded_minor if currency in before else 0)
        for currency, balance in after.items()
    }
    bought = LotRow.txn_id <= marks[-1].to_txn_id
    older = LotRow.txn_id > (marks[-2].to_txn_id if len(marks) > 1 else 0)
    sums = (LotRow.gross_minor, LotRow.tax_minor, LotRow.fee_minor)
    query = (
        sa.select(LotRow.currency, *(sa.func.sum(each) for each in sums))
        .where(LotRow.source == "paid", LotRow.sandbox.is_(False), bought, older)
        .group_by(LotRow.currency)
        .order_by(LotRow.currency)
    )
    sales = [Sale("coin", row[0], *map(int, row[1:])) for row in tx.execute(query)]
    return sales, refunded, [piece for piece in earned if piece.period == marks[-1].period]


def _recognised(tx: Session, marks: Sequence[Mark]) -> tuple[dict[str, Balance], list[Earned]]:
    last = marks[-1].to_txn_id
    found = recognise(read_paid_lots(tx, last), read_events(tx, last), marks)
    return {balance.currency: balance for balance in found.balances}, list(found.earned)


def _shares(tx: Session, month: str) -> Iterable[Owed]:
    for each in standings(tx, month):
        rows = from_csv(each.content)
        share = sum(int(row["amount_minor"]) for row in rows if row["step"] not in NOT_SHARES)
        held = -sum(int(row["amount_minor"]) for row in rows if row["step"] == "withholding")
        yield Owed(f"payable:{each.payee}", each.currency, share, held)


def _recouped(closed: Sequence[SettlementRow]) -> Iterable[Owed]:
    now = json.loads(closed[-1].carry)["recouped"]
    before = json.loads(closed[-2].carry)["recouped"] if len(closed) > 1 else {}
    currencies = _contract_currencies(closed[-1].terms)
    for contract, minor in sorted(now.items()):
        if minor != before.get(contract, 0):
            yield Owed(f"mg_advance:{contract}", currencies[contract],
                       minor - before.get(contract, 0))  # fmt: skip


def _contract_currencies(terms: str) -> dict[str, str]:
    return {contract.id: contract.currency for contract in read_terms(terms).contract}


def _payouts(tx: Session, since: datetime, until: datetime) -> list[Payout]:
    found = []
    for each in standings(tx):
        paid = next((step for step in each.steps if step.step == "paid"), None)
        if paid is not None and since <= paid.at < until:
            rows = from_csv(each.content)
            found.append(
                Payout(each.payee, each.currency, payable(rows), rows[-1]["currency"],
                       int(rows[-1]["amount_minor"]))
            )  # fmt: skip
    return found


def _fact(event: PaymentEventRow) -> PaymentFact:
    return PaymentFact(Kind(event.type), event.provider_object, event.amount_minor,
                       event.currency, event.occurred_at, event.fee_minor)  # fmt: skip


def _is_vip(order: OrderRow) -> bool:
    return order.paid_coins == 0


def _tax(order: OrderRow, standing: Standing) -> int:
    return order.tax_minor * standing.returned_minor // order.gross_minor
