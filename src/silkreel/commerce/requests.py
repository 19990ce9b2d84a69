"""What can be asked of the ledger, each once by its key, and what it answers."""

import hashlib
from dataclasses import dataclass, fields
from datetime import timedelta
from typing import ClassVar, Literal

from silkreel.kit.keys import canonical_json

BONUS_LIFE = timedelta(days=30)
MAX_ITEMS = 200  # a whole series and its choices in one unlock
MAX_COINS = 10**9  # in one request; far above any purchase, far below what a column holds

ItemKind = Literal["episode", "choice", "series"]
BonusSource = Literal["bonus", "ad", "promo", "comp"]
SetOff = Literal["all", "bonus", "none"]
OnRefund = Literal["keep", "revoke_unwatched", "revoke"]
Status = Literal[
    "ok",  # done now
    "replay",  # done before by the same key; the answer is the first one's
    "owned",  # nothing to do: it is so already
    "key_reuse",  # the key was used for something else; nothing was done
    "insufficient",  # `missing_coins` more are needed
    "price_changed",  # it costs more than the viewer was shown
    "debt",  # coins of a refunded purchase are still owed; a top-up settles it
    "watched",  # an opened episode cannot be undone
    "too_late",  # after the days in which an unlock may be undone
    "too_many",  # undos in the last 30 days
    "unknown",  # no such txn, order or claw-back of this viewer
    "not_locked",  # there is no coin unlock to open
    "short",  # an adjustment would take more than is there
    "excluded",  # the viewer shut their own spending for a while
    "age",  # a child spends nothing, a teen no more than their market lets them
    "cap",  # it would pass a limit the viewer set; by `missing_coins`
]
NO_EFFECT: frozenset[Status] = frozenset(
    {"owned", "key_reuse", "insufficient", "price_changed", "debt", "watched", "too_late",
     "too_many", "unknown", "not_locked", "short", "excluded", "age", "cap"}
)  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """Something asked of a viewer's wallet with a brand, once for its scope and key."""

    kind: ClassVar[str] = ""
    aside: ClassVar[frozenset[str]] = frozenset({"key", "scope", "actor", "note"})  # no body

    viewer_id: str
    brand_id: str
    scope: str  # who keys are unique among: brand, viewer and verb
    key: str  # of the client, a UUID; or made by the server from what is unique about the fact
    actor: str = "viewer"  # viewer | system | staff:NAME
    note: str = ""

    def request_hash(self) -> str:
        """What the same key must always be asked with: the caller's own part of the request."""
        body = {
            f.name: _plain(getattr(self, f.name)) for f in fields(self) if f.name not in self.aside
        }
        return hashlib.sha256(canonical_json([self.kind, body]).encode()).hexdigest()


@dataclass(frozen=True, slots=True)
class Item:
    """Something with a price in coins; the price is the server's, never the client's."""

    kind: ItemKind
    ref: str
    coins: int

    def __post_init__(self) -> None:
        if not 0 <= self.coins <= MAX_COINS:
            raise ValueError("a price is zero or more coins")


@dataclass(frozen=True, slots=True, kw_only=True)
class Unlock(Request):
    """Open items of a series with coins: all of them or none, in one txn.

    What is owned already costs nothing. The total never passes `expected_coins`, what the viewer
    was shown, nor what is left of the series' cap.
    """

    kind: ClassVar[str] = "unlock"
    aside: ClassVar[frozenset[str]] = Request.aside | {
        "items",
        "cap_coins",
        "quote_id",
        "market",
        "channel",
    }

    series_id: str
    items: tuple[Item, ...]
    expected_coins: int | None = None
    cap_coins: int | None = None  # of the series, for this viewer
    market: str = ""
    channel: str = ""
    quote_id: int | None = None

    def __post_init__(self) -> None:
        names = {(item.kind, item.ref) for item in self.items}
        if not 0 < len(self.items) <= MAX_ITEMS or len(names) != len(self.items):
            raise ValueError(f"an unlock names 1 to {MAX_ITEMS} items, each once")

    def request_hash(self) -> str:
        """Over what the client said: prices are the server's and may fall between two tries."""
        body = [self.kind, self.viewer_id, self.brand_id, self.series_id, self.expected_coins,
                sorted([item.kind, item.ref] for item in self.items)]  # fmt: skip
        return hashlib.sha256(canonical_json(body).encode()).hexdigest()


@dataclass(frozen=True, slots=True, kw_only=True)
class Open(Request):
    """The first real play of an item: from now on its unlock is earned and cannot be undone.

    The key is made from the entitlement, so saying it often does it once.
    """

    kind: ClassVar[str] = "open"
    scope: str = ""
    key: str = ""

    item_kind: ItemKind
    ref: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Undo(Request):
    """Give back a whole unlock that nobody has watched."""

    kind: ClassVar[str] = "undo"

    txn_id: int


@dataclass(frozen=True, slots=True, kw_only=True)
class PaidMoney:
    """What was paid for the coins of a lot, in the smallest unit of one currency."""

    currency: str
    gross_minor: int
    tax_minor: int = 0
    fee_minor: int = 0
    storefront: str = ""
    fee_estimated: bool = False
    sandbox: bool = False  # a store's trial purchase: coins for listed accounts, no money

    def __post_init__(self) -> None:
        if min(self.gross_minor, self.tax_minor, self.net_minor) < 0:
            raise ValueError("gross, tax and net are not negative")

    @property
    def net_minor(self) -> int:
        """What is left of the gross after tax and the provider's fee."""
        return self.gross_minor - self.tax_minor - self.fee_minor


@dataclass(frozen=True, slots=True, kw_only=True)
class Grant(Request):
    """Coins for a purchase, a check-in, an ad or goodwill; only bought coins never expire.

    Bought coins settle a debt first.
    """

    kind: ClassVar[str] = "grant"

    paid_coins: int = 0
    bonus_coins: int = 0
    money: PaidMoney | None = None
    order_id: str | None = None
    bonus_source: BonusSource = "bonus"
    bonus_life: timedelta = BONUS_LIFE
    market: str = ""
    channel: str = ""

    def __post_init__(self) -> None:
        if min(self.paid_coins, self.bonus_coins) < 0 or not self.paid_coins + self.bonus_coins:
            raise ValueError("a grant gives coins")
        if max(self.paid_coins, self.bonus_coins) > MAX_COINS or self.bonus_life <= timedelta(0):
            raise ValueError("a grant has bounds")
        if self.paid_coins and (self.money is None or not self.order_id):
            raise ValueError("bought coins have money and an order behind them")

    def request_hash(self) -> str:
        """Over what was bought: the fee may be an estimate first and exact in the next message."""
        money = (self.money.currency, self.money.gross_minor) if self.money else ()
        body = [self.kind, self.viewer_id, self.brand_id, self.order_id, self.paid_coins,
                self.bonus_coins, money]  # fmt: skip
        return hashlib.sha256(canonical_json(body).encode()).hexdigest()


@dataclass(frozen=True, slots=True, kw_only=True)
class Expire(Request):
    """Write off the coins of this wallet that are past due; keys are made from the lots."""

    kind: ClassVar[str] = "expire"
    scope: str = ""
    key: str = ""
    actor: str = "system"


@dataclass(frozen=True, slots=True, kw_only=True)
class Refunded(Request):
    """How much of an order's money has gone back by now; parent of `Claw` and `Unclaw`.

    `refunded_minor` is the sum so far, not a step: told twice, or out of order with the same sum,
    it moves coins once. The key is the provider's refund or reversal.
    """

    aside: ClassVar[frozenset[str]] = Request.aside | {
        "refunded_minor", "gross_minor", "set_off", "on_refund"
    }  # fmt: skip
    actor: str = "system"

    order_id: str
    refunded_minor: int
    gross_minor: int

    def __post_init__(self) -> None:
        if not 0 <= self.refunded_minor <= self.gross_minor or not self.gross_minor:
            raise ValueError("a refund is at most the gross")


@dataclass(frozen=True, slots=True, kw_only=True)
class Claw(Refunded):
    """Take back the coins of an order whose money went back, up to what is refunded by now.

    What the wallet no longer has becomes debt. Answers "owned" where nothing is left to take, and
    "unknown" where the order granted no coins (yet).
    """

    kind: ClassVar[str] = "claw"

    set_off: SetOff = "all"  # which other coins pay before the rest becomes debt
    on_refund: OnRefund = "revoke_unwatched"


@dataclass(frozen=True, slots=True, kw_only=True)
class Unclaw(Refunded):
    """A refund was reversed: give back what was clawed beyond what is still refunded."""

    kind: ClassVar[str] = "unclaw"


@dataclass(frozen=True, slots=True, kw_only=True)
class Adjust(Request):
    """Staff mend a wallet: give or take bonus coins, or forgive debt. Bought coins are not made."""

    kind: ClassVar[str] = "adjust"

    bonus_coins: int = 0  # negative takes
    forgive_coins: int = 0  # of the debt
    bonus_life: timedelta = BONUS_LIFE

    def __post_init__(self) -> None:
        if not self.bonus_coins and not self.forgive_coins:
            raise ValueError("an adjustment changes something")
        if self.forgive_coins < 0 or max(abs(self.bonus_coins), self.forgive_coins) > MAX_COINS:
            raise ValueError("an adjustment has bounds")
        if not self.note or not self.actor.startswith("staff:"):
            raise ValueError("an adjustment names who made it and why")


@dataclass(frozen=True, slots=True, kw_only=True)
class Merge(Request):
    """A guest signed in: all that they hold is the account's, and nothing is paid twice.

    Comes alone in its batch. Whoever names the guest later means the account.
    """

    kind: ClassVar[str] = "merge"
    actor: str = "system"

    guest_id: str

    def __post_init__(self) -> None:
        if self.guest_id == self.viewer_id:
            raise ValueError("nobody is merged into themselves")


@dataclass(frozen=True, slots=True)
class Answer:
    """What came of a request; a replay's is rebuilt from rows and equals the first."""

    status: Status
    txn_id: int | None = None
    paid_coins: int = 0  # that moved: into the wallet +, out of it -
    bonus_coins: int = 0
    debt_coins: int = 0  # owed more +, owed less -
    missing_coins: int = 0
    refs: tuple[str, ...] = ()  # what was unlocked, opened or given back

    @property
    def done(self) -> bool:
        """Whether what was asked stands, now or since before."""
        return self.status in ("ok", "replay")


def _plain(value: object) -> object:
    return value.total_seconds() if isinstance(value, timedelta) else value
