"""The planner's working copy: what a batch has moved so far, and the few moves there are."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta

from silkreel.commerce.facts import (
    AccountName,
    Entitled,
    EntitlementChange,
    Holder,
    Joined,
    KeyName,
    Known,
    Lot,
    LotChange,
    LotSource,
    NewEntitlement,
    NewLot,
    NewPosting,
    NewTxn,
    Notice,
    PastOrder,
    PastUnlock,
    Plan,
    State,
    Use,
    Wallet,
    WalletChange,
)
from silkreel.commerce.requests import Answer, Item, ItemKind, Merge, PaidMoney, Request

NEVER = datetime.max.replace(tzinfo=UTC)
LATER = 2**62  # new lots, numbered below zero, are younger than all there are
COMP_LIFE = timedelta(hours=72)  # of bonus coins that come back after they had expired


@dataclass(slots=True)
class Purse:
    """A wallet while it is worked on."""

    row: Wallet
    paid: int
    bonus: int
    debt: int
    lots: list[int] = field(default_factory=list)  # in spending order; empty ones drop out
    undos: int = 0
    touched: bool = False  # whether lots past due are gone

    @property
    def coins(self) -> int:
        """What can be spent."""
        return self.paid + self.bonus

    @property
    def changed(self) -> bool:
        """Whether it differs from its row."""
        return (self.paid, self.bonus, self.debt) != (self.row.paid, self.row.bonus, self.row.debt)


class Draft:
    """State as it would be after the requests so far."""

    def __init__(self, state: State, now: datetime) -> None:
        self.now = now
        self.known: dict[KeyName, Known] = dict(state.known)
        self.lots: dict[int, Lot] = {lot.id: lot for lot in state.lots}
        self.left: dict[int, int] = {lot.id: lot.remaining for lot in state.lots}
        self.repaid: dict[int, int] = {lot.id: lot.repaid for lot in state.lots}
        self.purses: dict[int, Purse] = {}
        self._holders: dict[Holder, int] = {}
        for holder, wallet in state.wallets.items():
            self._holders[holder] = wallet.id
            self.purses[wallet.id] = Purse(
                wallet, wallet.paid, wallet.bonus, wallet.debt, undos=state.undos.get(wallet.id, 0)
            )
        for lot in sorted(state.lots, key=_turn):
            if lot.remaining and lot.wallet_id in self.purses:
                self.purses[lot.wallet_id].lots.append(lot.id)
        self.entitled: dict[tuple[str, str, ItemKind, str], Entitled] = {
            (row.viewer_id, row.brand_id, row.kind, row.ref): row
            for rows in (state.entitled, *(past.entitlements for past in state.unlocks))
            for row in rows
            if row.live
        }
        self.series_coins = dict(state.series_coins)
        self.unlocks: dict[int, PastUnlock] = {row.txn_id: row for row in state.unlocks}
        self.orders: dict[str, PastOrder] = {row.order_id: row for row in state.orders}
        self.txns: list[NewTxn] = []
        self.postings: list[NewPosting] = []
        self.uses: dict[int, dict[int, int]] = {}  # by txn, by lot
        self.new_lots: list[NewLot] = []
        self.new_entitlements: list[NewEntitlement] = []
        self.entitlement_changes: dict[int, EntitlementChange] = {}
        self.notices: list[Notice] = []
        self.bounds = dict(state.bounds)
        self.joined: list[Joined] = []
        self._aliases = state.aliases
        self._renamed: list[Request] = []  # kept, for hashes are known by identity
        self._moved_lots: set[int] = set()
        self._hashes: dict[int, str] = {}
        self._seq: Counter[int] = Counter()

    # Who and what there is

    def purse(self, request: Request) -> Purse | None:
        """The wallet asked about, its lots past due written off; None where there is none."""
        return self.purse_of((request.viewer_id, request.brand_id))

    def purse_of(self, holder: Holder) -> Purse | None:
        """The same by name."""
        number = self._holders.get(holder)
        if number is None:
            return None
        purse = self.purses[number]
        if not purse.touched:
            purse.touched = True
            self.write_off(purse)
        return purse

    def for_survivor(self, request: Request) -> Request:
        """The request in the name of the account that its viewer became; its hash stays."""
        viewer = self._aliases.get((request.viewer_id, request.brand_id))
        if viewer is None or isinstance(request, Merge):
            return request
        renamed = replace(request, viewer_id=viewer)
        self._hashes[id(renamed)] = self.hash_of(request)
        self._renamed.append(renamed)
        return renamed

    def hash_of(self, request: Request) -> str:
        """A request's hash, worked out once in a batch."""
        known = self._hashes.get(id(request))
        if known is None:
            known = self._hashes[id(request)] = request.request_hash()
        return known

    def owned(self, request: Request, kind: ItemKind, ref: str) -> Entitled | None:
        """The live coin entitlement of an item."""
        return self.entitled.get((request.viewer_id, request.brand_id, kind, ref))

    def is_live(self, row: Entitled) -> bool:
        """Whether this very entitlement stands."""
        now = self.entitled.get((row.viewer_id, row.brand_id, row.kind, row.ref))
        return now is not None and now.id == row.id

    # Txns and postings

    def open_txn(self, txn: NewTxn) -> int:
        """Begin a txn; its number."""
        self.txns.append(txn)
        return -len(self.txns)

    def post(self, txn: int, account: int | AccountName, amount: int) -> None:
        """One posting; nothing for zero."""
        if amount:
            self._seq[txn] += 1
            self.postings.append(NewPosting(txn, self._seq[txn], account, amount))

    def move(self, txn: int, purse: Purse, *, paid: int = 0, bonus: int = 0, debt: int = 0) -> None:
        """Post into a wallet's accounts and keep its balances; `debt` is what is owed more."""
        self.post(txn, purse.row.paid_account, paid)
        self.post(txn, purse.row.bonus_account, bonus)
        self.post(txn, purse.row.debt_account, -debt)
        purse.paid += paid
        purse.bonus += bonus
        purse.debt += debt

    # Lots

    def take(self, txn: int, purse: Purse, coins: int) -> tuple[int, int]:
        """Use up coins in spending order: how many were paid ones, how many bonus."""
        paid = bonus = 0
        place = 0
        while coins and place < len(purse.lots):
            lot = self.lots[purse.lots[place]]
            taken = self.use(txn, lot.id, coins)
            coins -= taken
            if lot.source == "paid":
                paid += taken
            else:
                bonus += taken
            place += self.left[lot.id] == 0
        del purse.lots[:place]
        assert not coins, "the balance was checked, and lots add up to it"
        return paid, bonus

    def drain(self, txn: int, purse: Purse, lots: Iterable[int], coins: int) -> dict[int, int]:
        """Take coins from these lots in this order, as far as they go; how many from each."""
        taken: dict[int, int] = {}
        for lot in list(lots):
            if got := self.use(txn, lot, coins - sum(taken.values())):
                taken[lot] = got
        purse.lots = [lot for lot in purse.lots if self.left[lot]]
        return taken

    def use(self, txn: int, lot_id: int, at_most: int) -> int:
        """Take up to so many coins from one lot; how many it had."""
        taken = min(at_most, self.left[lot_id])
        if taken:
            self._use(txn, lot_id, taken)
        return taken

    def put_back(self, txn: int, purse: Purse, lot_id: int, coins: int) -> None:
        """Return coins to a lot; where it expired meanwhile they live 72 hours longer."""
        self._use(txn, lot_id, -coins)
        lot = self.lots[lot_id]
        if lot.expires_at is not None and lot.expires_at <= self.now:
            self._extend(txn, purse, lot_id)
        elif lot_id not in purse.lots:
            purse.lots.append(lot_id)
            self._sort(purse)

    def _extend(self, cause: int, purse: Purse, lot_id: int) -> None:
        """Move what came back to a lot past due into a new one, in a txn of its own."""
        brand = purse.row.brand_id
        txn = self.open_txn(
            NewTxn("extend", brand, purse.row.id, "system", f"{brand}:extend", f"extend:{lot_id}:",
                   "", self.now, about=("txn", cause))
        )  # fmt: skip
        coins = self.use(txn, lot_id, self.left[lot_id])
        self.add_lot(txn, purse, "comp", coins, self.now + COMP_LIFE, from_lot_id=lot_id)

    def add_lot(
        self,
        txn: int,
        purse: Purse,
        source: LotSource,
        coins: int,
        expires_at: datetime | None,
        *,
        order_id: str | None = None,
        from_lot_id: int | None = None,
        money: PaidMoney | None = None,
    ) -> int:
        """A new, full lot of the wallet."""
        self.new_lots.append(
            NewLot(
                purse.row.id, txn, source, coins, coins, 0, expires_at, order_id, from_lot_id, money
            )
        )
        number = -len(self.new_lots)
        self.lots[number] = Lot(number, purse.row.id, source, coins, coins, 0, expires_at, order_id)
        self.left[number], self.repaid[number] = coins, 0
        purse.lots.append(number)
        self._sort(purse)
        return number

    def adopt(self, guest: Purse, purse: Purse) -> None:
        """Lots of a guest's wallet are the account's; balances are moved by a txn."""
        for number in guest.lots:
            self.lots[number] = replace(self.lots[number], wallet_id=purse.row.id)
        purse.lots += guest.lots
        guest.lots = []
        self._sort(purse)
        mine, theirs = guest.row, purse.row
        self.joined.append(
            Joined(mine.id, theirs.id, mine.viewer_id, theirs.viewer_id, theirs.brand_id)
        )

    def write_off(self, purse: Purse) -> int:
        """Expire lots past due, each in a txn of its own; how many coins went."""
        gone = 0
        for lot in [self.lots[number] for number in purse.lots]:
            if lot.expires_at is None or lot.expires_at > self.now:
                break  # the rest expires later or never
            gone += self._write_off_lot(purse, lot, lot.expires_at)
        purse.lots = [number for number in purse.lots if self.left[number]]
        return gone

    def _write_off_lot(self, purse: Purse, lot: Lot, due: datetime) -> int:
        brand = purse.row.brand_id
        txn = self.open_txn(
            NewTxn("expire", brand, purse.row.id, "system", f"{brand}:expire", f"expire:{lot.id}",
                   "", due)
        )  # fmt: skip
        coins = self.use(txn, lot.id, self.left[lot.id])
        self.move(txn, purse, bonus=-coins)
        self.post(txn, system("expired", "bonus", brand), coins)
        return coins

    def _use(self, txn: int, lot_id: int, coins: int) -> None:
        self.left[lot_id] -= coins
        self._moved_lots.add(lot_id)
        uses = self.uses.setdefault(txn, {})
        uses[lot_id] = uses.get(lot_id, 0) + coins

    def _sort(self, purse: Purse) -> None:
        purse.lots.sort(key=lambda number: _turn(self.lots[number]))

    # What may be spent and watched

    def note_spending(self, request: Request, coins: int) -> None:
        """Count coins towards the viewer's own limits; an undo frees them from the next batch on."""
        holder = (request.viewer_id, request.brand_id)
        if bounds := self.bounds.get(holder):
            self.bounds[holder] = bounds.after(coins)

    def entitle(
        self, request: Request, series_id: str, item: Item, coins: int, txn: int
    ) -> Entitled:
        """Open an item for ever."""
        self.new_entitlements.append(
            NewEntitlement(
                request.viewer_id, request.brand_id, series_id, item.kind, item.ref, coins, txn,
                None, None, None,
            )
        )  # fmt: skip
        row = Entitled(
            -len(self.new_entitlements), request.viewer_id, request.brand_id, series_id, item.kind,
            item.ref, coins, txn, opened=False,
        )  # fmt: skip
        self.entitled[row.viewer_id, row.brand_id, row.kind, row.ref] = row
        self._count_coins(row, row.coins)
        return row

    def mark_opened(self, row: Entitled) -> None:
        """Its first play happened now."""
        opened = replace(row, opened=True)
        self.entitled[row.viewer_id, row.brand_id, row.kind, row.ref] = opened
        unlock = self.unlocks.get(row.txn_id)
        if unlock:
            rows = tuple(opened if each.id == row.id else each for each in unlock.entitlements)
            self.unlocks[row.txn_id] = replace(unlock, entitlements=rows)
        self._change(row, EntitlementChange(row.id, self.now, None, None))

    def revoke(self, row: Entitled, txn: int) -> None:
        """It is open no more, because of `txn`."""
        del self.entitled[row.viewer_id, row.brand_id, row.kind, row.ref]
        self._count_coins(row, -row.coins)
        self._change(row, EntitlementChange(row.id, None, self.now, txn))

    def revive(self, row: Entitled) -> None:
        """It is open again, unless it was bought again meanwhile."""
        name = (row.viewer_id, row.brand_id, row.kind, row.ref)
        if name not in self.entitled:
            self.entitled[name] = replace(row, live=True)
            self._count_coins(row, row.coins)
            self._change(row, EntitlementChange(row.id, None, None, None))

    def _count_coins(self, row: Entitled, coins: int) -> None:
        name = (row.viewer_id, row.brand_id, row.series_id)
        self.series_coins[name] = self.series_coins.get(name, 0) + coins

    def _change(self, row: Entitled, change: EntitlementChange) -> None:
        if row.id > 0:
            before = self.entitlement_changes.get(row.id)
            opened_at = change.opened_at or (before.opened_at if before else None)
            self.entitlement_changes[row.id] = change._replace(opened_at=opened_at)
            return
        new = self.new_entitlements[-row.id - 1]
        self.new_entitlements[-row.id - 1] = replace(
            new, opened_at=change.opened_at or new.opened_at, revoked_at=change.revoked_at,
            revoked_by_id=change.revoked_by_id,
        )  # fmt: skip

    # The result

    def plan(self, answers: list[Answer]) -> Plan:
        """Everything that changed, for the writer."""
        lots = [
            replace(lot, remaining=self.left[-n], repaid=self.repaid[-n])
            for n, lot in enumerate(self.new_lots, start=1)
        ]
        return Plan(
            answers=tuple(answers),
            txns=self.txns,
            postings=self.postings,
            uses={
                (txn, lot): coins
                for txn, uses in self.uses.items()
                for lot, coins in uses.items()
                if coins
            },
            lots=lots,
            entitlements=self.new_entitlements,
            notices=self.notices,
            wallet_changes=[
                WalletChange(purse.row.id, purse.paid, purse.bonus, purse.debt)
                for purse in self.purses.values()
                if purse.changed
            ],
            lot_changes=[
                LotChange(number, self.left[number], self.repaid[number])
                for number in sorted(self._moved_lots)
                if number > 0
            ],
            entitlement_changes=list(self.entitlement_changes.values()),
            joined=self.joined,
        )


def system(role: str, which: str, brand_id: str) -> AccountName:
    """An account of the house: coins come from `mint`, end in `expired`, `clawback`, ..."""
    return AccountName("system", which, role, brand_id)


def spent(series_id: str, which: str, brand_id: str) -> AccountName:
    """Where coins go that are spent on a series."""
    return AccountName("series", series_id, f"spent_{which}", brand_id)


def uses_of(draft: Draft, txn: int) -> tuple[Use, ...]:
    """What a txn of this draft has taken so far."""
    return tuple(Use(lot, coins) for lot, coins in draft.uses.get(txn, {}).items())


def _turn(lot: Lot) -> tuple[datetime, bool, int]:
    """Earliest expiry first, paid last, bonus before paid on a tie, then the oldest."""
    age = lot.id if lot.id > 0 else LATER - lot.id
    return lot.expires_at or NEVER, lot.source == "paid", age
