"""What a line of a statement was added up from, use by use, and nobody's name.

Coins: the lot uses that became revenue. VIP: the parts of subscriptions by watch time. Ads: the
parts of a network's report by ads shown.
"""

from collections.abc import Iterable
from dataclasses import dataclass

import sqlalchemy as sa

from silkreel.commerce.recognition import Earned, Mark, recognise
from silkreel.commerce.recognition_reading import read_events, read_paid_lots
from silkreel.commerce.spreading import Share
from silkreel.commerce.statement_steps import Standing
from silkreel.commerce.statements import Row, from_csv
from silkreel.commerce.streams import read_shares
from silkreel.commerce.tables import SettlementRow
from silkreel.kit.database import Session
from silkreel.kit.refusals import Refusal

EARNS = ("earning", "refund")
PAGE = 1_000  # uses shown at once; the first and last number of all are in the line itself


class NoSuchLine(Refusal):
    """A number that is no line of revenue."""

    status = 404
    message = "Line {line} of this statement is no revenue. Choose one of the earning lines."


@dataclass(frozen=True, slots=True)
class LineUse:
    """One use: its reference, how much of it (coins, seconds or ads), what it came to."""

    ref: str
    quantity: int
    minor: int
    currency: str
    about: str  # the month it was earned in, or the report's line for ads


@dataclass(frozen=True, slots=True)
class Uses:
    """All uses of a line: how many, what they add up to, and the first of them."""

    stream: str
    count: int
    total_minor: int
    currency: str
    shown: tuple[LineUse, ...]


def uses_of_line(tx: Session, standing: Standing, line: int) -> Uses:
    """The uses behind a line of revenue; they add up to its base.

    Raises:
        NoSuchLine.
    """
    row = next((r for r in from_csv(standing.content) if r["n"] == str(line)), None)
    if row is None or row["step"] not in EARNS:
        raise NoSuchLine(line=line)
    if row["stream"] == "coin":
        found = _coins(_recognised(tx, standing.period), row)
    else:
        found = _shares(read_shares(tx, standing.period), row, standing.period)
    total = sum(use.minor for use in found)
    return Uses(row["stream"], len(found), total, row["base_currency"], tuple(found[:PAGE]))


def _recognised(tx: Session, period: str) -> list[Earned]:
    rows = sa.select(SettlementRow).where(SettlementRow.period <= period)
    marks = [
        Mark(row.period, row.to_txn_id, row.ends_at)
        for row in tx.scalars(rows.order_by(SettlementRow.period))
    ]
    last = marks[-1].to_txn_id
    found = recognise(read_paid_lots(tx, last), read_events(tx, last), marks)
    return [piece for piece in found.earned if piece.period == period]


def _coins(pieces: Iterable[Earned], row: Row) -> list[LineUse]:
    mine = [
        piece
        for piece in pieces
        if (piece.series_id, piece.market, piece.currency) == _title(row)
        and piece.corrects == _month(row)
    ]
    return _of_line(
        row,
        [
            (p.refund, LineUse(f"{p.txn_id}:{p.lot_id}", p.coins, p.minor, p.currency,
                               p.corrects or p.period))
            for p in sorted(mine, key=lambda each: (each.txn_id, each.lot_id))
        ],
    )  # fmt: skip


def _shares(shares: Iterable[tuple[int, Share]], row: Row, period: str) -> list[LineUse]:
    mine = [
        (number, share)
        for number, share in shares
        if share.stream == row["stream"]
        and (share.series_id, share.market, share.currency) == _title(row)
        and share.about == (_month(row) or period)
    ]
    return _of_line(
        row,
        [
            (s.refund, LineUse(f"{s.stream}:{number}", s.weight, s.minor, s.currency,
                               s.source if s.stream == "ad" else s.about))
            for number, s in mine
        ],
    )  # fmt: skip


def _of_line(row: Row, uses: Iterable[tuple[bool, LineUse]]) -> list[LineUse]:
    """Late refunds stand in a line of their own beside other corrections of the same month."""
    told = list(uses)
    for refund in (False, True):
        mine = [use for of_refund, use in told if of_refund == refund]
        if mine and sum(use.minor for use in mine) == int(row["base_minor"]):
            return mine
    return []


def _title(row: Row) -> tuple[str, str, str]:
    return row["series_id"], row["market"], row["base_currency"]


def _month(row: Row) -> str:
    """The month a line corrects; it may name version and line behind it."""
    return row["corrects"].partition(" ")[0]
