"""What the planner is told and what it answers: rows in, rows out, nothing of a database.

A row the plan makes has a negative number until it is written: the first new txn is -1.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal, NamedTuple

from silkreel.commerce.bounds import Bounds
from silkreel.commerce.requests import Answer, ItemKind, PaidMoney

LotSource = Literal["paid", "bonus", "ad", "promo", "comp"]
Holder = tuple[str, str]  # viewer, brand
KeyName = tuple[str, str]  # scope, key


class AccountName(NamedTuple):
    """An account by what it is for; the writer knows its number."""

    owner_type: str
    owner_id: str
    role: str
    brand_id: str


@dataclass(frozen=True, slots=True)
class Wallet:
    """A wallet's row; coins, and the numbers of its three accounts."""

    id: int
    viewer_id: str
    brand_id: str
    paid: int
    bonus: int
    debt: int
    paid_account: int
    bonus_account: int
    debt_account: int


@dataclass(frozen=True, slots=True)
class Lot:
    """A lot's row, as far as spending needs it."""

    id: int
    wallet_id: int
    source: LotSource
    granted: int
    remaining: int
    repaid: int
    expires_at: datetime | None
    order_id: str | None


@dataclass(frozen=True, slots=True)
class Entitled:
    """An entitlement that coins bought."""

    id: int
    viewer_id: str
    brand_id: str
    series_id: str
    kind: ItemKind
    ref: str
    coins: int
    txn_id: int
    opened: bool
    live: bool = True  # not revoked


@dataclass(frozen=True, slots=True)
class Use:
    """Coins a txn took from a lot."""

    lot_id: int
    coins: int


@dataclass(frozen=True, slots=True)
class PastUnlock:
    """An unlock that may be undone: what it took and what it opened."""

    txn_id: int
    wallet_id: int
    series_id: str
    recorded_at: datetime
    paid: int
    bonus: int
    uses: tuple[Use, ...]
    entitlements: tuple[Entitled, ...]
    reversed: bool = False


@dataclass(frozen=True, slots=True)
class PastOrder:
    """What an order granted, and what was clawed of it and stands."""

    order_id: str
    wallet_id: int
    paid_granted: int
    bonus_granted: int
    lot_ids: tuple[int, ...]
    paid_clawed: int = 0
    bonus_clawed: int = 0
    debt: int = 0  # of the coins clawed, those that became debt
    uses: tuple[Use, ...] = ()  # of the coins clawed, those lots gave
    revoked: tuple[Entitled, ...] = ()  # by its claw-backs, though they were watched


@dataclass(frozen=True, slots=True)
class Known:
    """What a key was used for, and what was answered."""

    request_hash: str
    answer: Answer


@dataclass(frozen=True, slots=True)
class State:
    """All that a batch of requests may depend on, read under the lock of its wallets."""

    wallets: Mapping[Holder, Wallet] = field(default_factory=dict)
    lots: Sequence[Lot] = ()  # open ones of those wallets, and those that reversals need
    known: Mapping[KeyName, Known] = field(default_factory=dict)
    entitled: Sequence[Entitled] = ()  # of the items named
    series_coins: Mapping[tuple[str, str, str], int] = field(default_factory=dict)
    unlocks: Sequence[PastUnlock] = ()  # named by undos, or paid from a clawed order's lots
    orders: Sequence[PastOrder] = ()
    undos: Mapping[int, int] = field(default_factory=dict)  # by wallet, the viewer's own, 30 days
    bounds: Mapping[Holder, Bounds] = field(default_factory=dict)  # of those who have any
    aliases: Mapping[Holder, str] = field(default_factory=dict)  # guests that became an account


@dataclass(frozen=True, slots=True)
class NewTxn:
    """A txn to write; `about` is the row whose number ends its key."""

    kind: str
    brand_id: str
    wallet_id: int | None
    actor: str
    scope: str
    key: str
    request_hash: str
    effective_at: datetime
    about: tuple[Literal["txn", "entitlement"], int] | None = None
    market: str = ""
    channel: str = ""
    quote_id: int | None = None
    order_id: str | None = None
    reverses_id: int | None = None
    note: str = ""


class NewPosting(NamedTuple):
    """A posting to write, in coins."""

    txn_id: int
    seq: int
    account: int | AccountName
    amount: int


@dataclass(frozen=True, slots=True)
class NewLot:
    """A lot to write."""

    wallet_id: int
    txn_id: int
    source: LotSource
    granted: int
    remaining: int
    repaid: int
    expires_at: datetime | None
    order_id: str | None = None
    from_lot_id: int | None = None
    money: PaidMoney | None = None


@dataclass(frozen=True, slots=True)
class NewEntitlement:
    """An entitlement to write; it lasts for ever."""

    viewer_id: str
    brand_id: str
    series_id: str
    kind: ItemKind
    ref: str
    coins: int
    txn_id: int
    opened_at: datetime | None
    revoked_at: datetime | None
    revoked_by_id: int | None


@dataclass(frozen=True, slots=True)
class Notice:
    """Something others are told: a row of the outbox."""

    topic: str
    key: str
    viewer_id: str
    brand_id: str
    series_id: str
    refs: tuple[str, ...]


class LotChange(NamedTuple):
    """What is left of a lot, and how much of it settled a debt."""

    lot_id: int
    remaining: int
    repaid: int


class WalletChange(NamedTuple):
    """What a wallet holds now."""

    wallet_id: int
    paid: int
    bonus: int
    debt: int


class EntitlementChange(NamedTuple):
    """A row of before that was opened, revoked or brought back."""

    entitlement_id: int
    opened_at: datetime | None  # None: as it was
    revoked_at: datetime | None
    revoked_by_id: int | None


class Joined(NamedTuple):
    """A guest's wallet whose lots and rights are the account's from now on."""

    guest_wallet: int
    wallet: int
    guest_id: str
    viewer_id: str
    brand_id: str


@dataclass(frozen=True, slots=True)
class Plan:
    """What to write, and one answer for each request, in its order."""

    answers: tuple[Answer, ...]
    txns: Sequence[NewTxn] = ()
    postings: Sequence[NewPosting] = ()
    uses: Mapping[tuple[int, int], int] = field(default_factory=dict)  # txn, lot -> coins
    lots: Sequence[NewLot] = ()
    entitlements: Sequence[NewEntitlement] = ()
    notices: Sequence[Notice] = ()
    wallet_changes: Sequence[WalletChange] = ()
    lot_changes: Sequence[LotChange] = ()
    entitlement_changes: Sequence[EntitlementChange] = ()
    joined: Sequence[Joined] = ()
