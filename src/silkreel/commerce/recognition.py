"""When bought coins become revenue, to the last unit: a pure fold over what moved in the ledger.

An unlock is earned whole when one of its items is first played, or when its 14 days to undo have
passed at a period's end. An unlock that is undone before that never touches revenue.

Coins leave a lot's deferred money in the order of recognition: the coins [c0, c1) of a lot are
worth net * c1 // granted - net * c0 // granted, which adds up to the net when all have left.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Literal

from silkreel.commerce.facts import Use
from silkreel.commerce.moves import UNDO_WITHIN

EventKind = Literal["grant", "unlock", "open", "undo", "claw", "unclaw", "settle"]


@dataclass(frozen=True, slots=True)
class PaidLot:
    """A bought lot: what it held and what is left of its price after tax and fee."""

    id: int
    order_id: str
    granted: int
    net_minor: int
    currency: str


@dataclass(frozen=True, slots=True)
class Event:
    """A txn, as far as money hangs on it; `uses` names bought lots only."""

    txn_id: int
    kind: EventKind
    at: datetime
    uses: tuple[Use, ...] = ()
    series_id: str = ""
    market: str = ""
    about_txn: int = 0  # the unlock an open or undo is about
    order_id: str = ""
    clawed: int = 0  # bought coins of the order that are no longer paid for (+), or again (-)


@dataclass(frozen=True, slots=True)
class Mark:
    """The end of a period: the last txn that belongs to it, frozen when it was closed."""

    period: str  # 2026-10
    to_txn_id: int
    ends_at: datetime


@dataclass(frozen=True, slots=True)
class Earned:
    """Coins of one lot that became revenue in a period, or stopped being it (negative)."""

    period: str
    series_id: str  # "" where coins settled a debt: the operator's own
    market: str
    currency: str
    lot_id: int
    txn_id: int  # whose lot use it is
    coins: int
    minor: int
    corrects: str = ""  # the period whose line this takes back or brings back
    refund: bool = False  # because money went back to the buyer, or came again


@dataclass(frozen=True, slots=True)
class Balance:
    """Where the money of all bought lots of a currency is; the four add up to the net."""

    currency: str
    net_minor: int
    recognised_minor: int
    refunded_minor: int
    deferred_minor: int
    breakage_minor: int = 0  # nothing is ever written off: bought coins do not end


@dataclass(frozen=True, slots=True)
class Recognition:
    """Every period's revenue, and where the rest of the money is at the end of the last."""

    earned: tuple[Earned, ...]
    balances: tuple[Balance, ...]
    deferred_coins: Mapping[int, int]  # by lot


def recognise(
    lots: Iterable[PaidLot], events: Sequence[Event], marks: Sequence[Mark]
) -> Recognition:
    """Fold events into revenue, period by period; a later mark changes no earlier period."""
    book = _Book({lot.id: _LotBook(lot) for lot in lots})
    rest = sorted(events, key=lambda event: event.txn_id)
    place = 0
    for mark in marks:
        book.period = mark.period
        while place < len(rest) and rest[place].txn_id <= mark.to_txn_id:
            book.take_in(rest[place])
            place += 1
        book.end_undo_windows(mark.ends_at)
    return Recognition(tuple(book.earned), tuple(book.balances()), book.deferred_coins())


@dataclass(slots=True)
class _Gone:
    """Money that went back: of coins nobody had spent, or of revenue taken back."""

    coins: int
    minor: int
    origin: Earned | None  # the revenue it was
    hollow: bool = False  # of coins in an unlock that was not yet earned


@dataclass(slots=True)
class _LotBook:
    """A lot's money: still deferred, earned in pieces, or gone back."""

    lot: PaidLot
    out_coins: int = 0
    out_minor: int = 0
    hollow: int = 0  # coins still to be spent or earned whose money went back already
    earned: list[Earned] = field(default_factory=list)
    gone: list[_Gone] = field(default_factory=list)

    def leave(self, coins: int) -> tuple[int, int]:
        """Coins out of what is deferred, and their money; never more than there is."""
        coins = min(coins, self.lot.granted - self.out_coins)
        self.out_coins += coins
        due = self.lot.net_minor * self.out_coins // self.lot.granted
        minor = max(0, due - self.out_minor)
        self.out_minor += minor
        return coins, minor

    def come_back(self, coins: int, minor: int) -> None:
        """Coins and the money they left with are deferred again."""
        self.out_coins -= coins
        self.out_minor -= minor


class _Book:
    """All lots, and the unlocks that are not yet earned."""

    def __init__(self, lots: dict[int, _LotBook]) -> None:
        self.lots = lots
        self.period = ""
        self.pending: dict[int, Event] = {}
        self.settled: dict[int, Event] = {}
        self.earned: list[Earned] = []
        self.of_order: dict[str, list[_LotBook]] = {}
        for lot in sorted(lots.values(), key=lambda each: -each.lot.id):
            self.of_order.setdefault(lot.lot.order_id, []).append(lot)

    def take_in(self, event: Event) -> None:
        """What an event does to the money."""
        match event.kind:
            case "unlock":
                self.pending[event.txn_id] = event
            case "open":
                self._earn_unlock(event.about_txn)
            case "undo":
                self._undo(event.about_txn)
            case "claw":
                self._claw(event)
            case "unclaw":
                self._unclaw(event)
            case "grant" | "settle":  # coins settled a debt, or came back because it was none
                self._settle_debts(event, event.uses)

    def end_undo_windows(self, ends_at: datetime) -> None:
        """Earn what nobody can undo any more."""
        over = [txn for txn, unlock in self.pending.items() if unlock.at + UNDO_WITHIN <= ends_at]
        for txn in sorted(over):
            self._earn_unlock(txn)

    def balances(self) -> list[Balance]:
        """The money of all lots by currency."""
        sums: dict[str, list[int]] = {}
        for book in self.lots.values():
            row = sums.setdefault(book.lot.currency, [0, 0, 0, 0])
            row[0] += book.lot.net_minor
            row[1] += sum(piece.minor for piece in book.earned)
            row[2] += sum(gone.minor for gone in book.gone)
            row[3] += book.lot.net_minor - book.out_minor
        return [Balance(currency, *sums[currency]) for currency in sorted(sums)]

    def deferred_coins(self) -> dict[int, int]:
        """Coins by lot whose money is not yet anybody's."""
        return {number: book.lot.granted - book.out_coins for number, book in self.lots.items()}

    def _earn_unlock(self, txn: int) -> None:
        unlock = self.pending.pop(txn, None)
        if unlock is None:
            return  # earned by an item played before, or paid with bonus alone
        self.settled[txn] = unlock
        for use in unlock.uses:
            self._earn(self.lots[use.lot_id], use.coins, unlock)

    def _earn(self, book: _LotBook, coins: int, cause: Event) -> None:
        hollow = min(book.hollow, coins)
        book.hollow -= hollow
        coins, minor = book.leave(coins - hollow)
        if coins:
            lot = book.lot
            piece = Earned(self.period, cause.series_id, cause.market, lot.currency, lot.id,
                           cause.txn_id, coins, minor)  # fmt: skip
            book.earned.append(piece)
            self.earned.append(piece)

    def _undo(self, txn: int) -> None:
        if self.pending.pop(txn, None) is not None:
            return
        unlock = self.settled.pop(txn, None)
        for use in unlock.uses if unlock else ():
            book = self.lots[use.lot_id]
            mine = [piece for piece in book.earned if piece.txn_id == txn]
            back = self._unearn(book, mine, use.coins, refund=False)
            for piece in back:
                book.come_back(piece.coins, piece.minor)
            book.hollow += use.coins - sum(piece.coins for piece in back)

    def _unearn(
        self, book: _LotBook, pieces: Sequence[Earned], coins: int, *, refund: bool
    ) -> list[Earned]:
        """Take revenue back, the newest first; what was taken, at most `coins`."""
        taken = []
        for piece in reversed(pieces):
            step = min(piece.coins, coins)
            if not step:
                break
            part = replace(piece, coins=step, minor=piece.minor * step // piece.coins)
            place = next(n for n, each in enumerate(book.earned) if each is piece)
            rest = replace(piece, coins=piece.coins - step, minor=piece.minor - part.minor)
            book.earned[place : place + 1] = [rest] if rest.coins else []
            self._tell(part, -1, refund=refund)
            taken.append(part)
            coins -= step
        return taken

    def _tell(self, part: Earned, sign: int, *, refund: bool) -> None:
        corrects = part.period if part.period != self.period else ""
        self.earned.append(
            replace(part, period=self.period, coins=sign * part.coins, minor=sign * part.minor,
                    corrects=corrects, refund=refund)
        )  # fmt: skip

    def _claw(self, event: Event) -> None:
        """Money of an order went back: of coins that are left, then of what they had bought."""
        own = self.of_order.get(event.order_id, [])
        due = event.clawed
        for use in event.uses:
            book = self.lots[use.lot_id]
            if book in own:
                coins, minor = book.leave(use.coins)
                book.gone.append(_Gone(coins, minor, None))
                due -= use.coins
        self._settle_debts(event, [use for use in event.uses if self.lots[use.lot_id] not in own])
        for book in own:
            for piece in self._unearn(book, list(book.earned), due, refund=True):
                book.gone.append(_Gone(piece.coins, piece.minor, piece))
                due -= piece.coins
        for book in own:  # spent on what nobody has played yet, and kept all the same
            coins, minor = book.leave(due)
            if coins:
                book.gone.append(_Gone(coins, minor, None, hollow=True))
                book.hollow += coins
                due -= coins

    def _unclaw(self, event: Event) -> None:
        """Money came again: first what the lots got back, then what was revenue."""
        own = self.of_order.get(event.order_id, [])
        back = -event.clawed
        for use in event.uses:
            book = self.lots[use.lot_id]
            if book in own:
                back -= self._regain(book, -use.coins, unspent=True)
        self._settle_debts(event, [use for use in event.uses if self.lots[use.lot_id] not in own])
        for unspent in (False, True):
            for book in own:
                back -= self._regain(book, back, unspent=unspent)

    def _regain(self, book: _LotBook, coins: int, *, unspent: bool) -> int:
        """Undo the newest money gone of a kind; how many coins it was."""
        done = 0
        for gone in reversed(book.gone):
            if (gone.origin is None and not gone.hollow) != unspent or done == coins:
                continue
            step = min(gone.coins, coins - done)
            minor = gone.minor * step // gone.coins
            self._bring_back(book, gone, step, minor)
            gone.coins, gone.minor = gone.coins - step, gone.minor - minor
            done += step
        book.gone = [gone for gone in book.gone if gone.coins]
        return done

    def _bring_back(self, book: _LotBook, gone: _Gone, coins: int, minor: int) -> None:
        if gone.origin is not None:
            part = replace(gone.origin, coins=coins, minor=minor)
            self._tell(part, 1, refund=True)
            book.earned.append(replace(part, period=self.period))
            return
        book.come_back(coins, minor)
        if gone.hollow:
            book.hollow = max(0, book.hollow - coins)

    def _settle_debts(self, event: Event, uses: Iterable[Use]) -> None:
        """Coins that settled a debt are the operator's; where it was none they are coins again."""
        for use in uses:
            book = self.lots[use.lot_id]
            if use.coins > 0:
                self._earn(book, use.coins, replace(event, series_id="", market=""))
                continue
            debts = [piece for piece in book.earned if not piece.series_id]
            for piece in self._unearn(book, debts, -use.coins, refund=False):
                book.come_back(piece.coins, piece.minor)
