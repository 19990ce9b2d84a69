"""What the desk's money endpoints take and answer."""

from datetime import date, datetime
from typing import Annotated, Literal

from pydantic import Field, StringConstraints

from silkreel.commerce.adjustments import Adjustment
from silkreel.commerce.auditing import RoleBalance
from silkreel.commerce.history import HistoryPage
from silkreel.commerce.orders import Order
from silkreel.commerce.reconcile import Item
from silkreel.commerce.requests import MAX_COINS
from silkreel.commerce.statement_files import cells
from silkreel.commerce.statement_steps import Standing
from silkreel.commerce.statement_uses import EARNS, Uses
from silkreel.commerce.statements import from_csv
from silkreel.commerce.wallets import WalletView
from silkreel.flows.orders_desk import OrderSheet
from silkreel.kit.money import Money
from silkreel.web.api.money.shapes import MoneyShape
from silkreel.web.api.shapes import Shape
from silkreel.web.staff.shapes import NO_CONTROLS

Why = Annotated[str, StringConstraints(min_length=1, max_length=500, strip_whitespace=True)]
Note = Annotated[str, StringConstraints(max_length=500, strip_whitespace=True)]
Sha = Annotated[str, StringConstraints(pattern="^[0-9a-f]{64}$")]


def money(minor: int, currency: str) -> MoneyShape:
    """An amount as the API writes it."""
    return MoneyShape.of(Money(minor, currency))


class OrderCard(Shape):
    """A purchase in a list."""

    id: str
    state: str
    viewer: str
    item: str
    price: MoneyShape
    paid_coins: int
    bonus_coins: int
    provider: str
    environment: str
    made_at: datetime

    @classmethod
    def of(cls, order: Order) -> "OrderCard":
        """From commerce."""
        return cls(
            id=order.id, state=order.state.value, viewer=order.viewer_id, item=order.sku,
            price=money(order.gross_minor, order.currency), paid_coins=order.paid_coins,
            bonus_coins=order.bonus_coins, provider=order.provider,
            environment=order.environment, made_at=order.made_at,
        )  # fmt: skip


class OrderList(Shape):
    """A page of purchases, newest first."""

    orders: list[OrderCard]
    next_before: str | None = Field(description="ask with it for the page after this one")


class FactShape(Shape):
    """Something a provider told."""

    kind: str
    object: str
    amount: MoneyShape
    at: datetime


class OrderShape(Shape):
    """A purchase with all that is known of it."""

    order: OrderCard
    kept: MoneyShape = Field(description="what we hold of it")
    refundable: bool
    facts: list[FactShape]

    @classmethod
    def of(cls, sheet: OrderSheet) -> "OrderShape":
        """From the orders' desk."""
        kept = sheet.standing.kept_minor
        facts = [
            FactShape(kind=f.kind.value, object=f.provider_object, at=f.occurred_at,
                      amount=money(f.amount_minor, f.currency))
            for f in sheet.facts
        ]  # fmt: skip
        return cls(order=OrderCard.of(sheet.order), kept=money(kept, sheet.order.currency),
                   refundable=kept > 0, facts=facts)  # fmt: skip


class RefundWish(Shape):
    """Money back, and why."""

    amount: Annotated[str, StringConstraints(pattern=r"^\d{1,12}(\.\d{1,4})?$")] | None = Field(
        None, description="in the order's currency; by default all that is left"
    )
    reason: Why


class HoldingShape(Shape):
    """Coins that came together."""

    source: str
    coins: int
    ends_at: datetime | None


class MovementShape(Shape):
    """Something that happened in a wallet."""

    txn: int
    reason: str
    at: datetime
    paid_coins: int
    bonus_coins: int
    debt_coins: int
    order: str | None
    episodes: list[str]
    choices: list[str]


class WalletShape(Shape):
    """A viewer's wallet, as staff see it; each look is written into the log."""

    viewer: str
    paid_coins: int
    bonus_coins: int
    debt_coins: int
    unused: list[MoneyShape]
    lots: list[HoldingShape]
    movements: list[MovementShape]
    next_before: int | None

    @classmethod
    def of(cls, viewer: str, wallet: WalletView, page: HistoryPage) -> "WalletShape":
        """From commerce."""
        return cls(
            viewer=viewer, paid_coins=wallet.paid_coins, bonus_coins=wallet.bonus_coins,
            debt_coins=wallet.debt_coins, unused=[MoneyShape.of(each) for each in wallet.unused],
            lots=[HoldingShape(source=lot.source, coins=lot.coins, ends_at=lot.ends_at)
                  for lot in wallet.lots],
            movements=[
                MovementShape(txn=e.txn_id, reason=e.reason, at=e.at, paid_coins=e.paid_coins,
                              bonus_coins=e.bonus_coins, debt_coins=e.debt_coins,
                              order=e.order_id, episodes=list(e.episodes),
                              choices=list(e.choices))
                for e in page.entries
            ],
            next_before=page.before,
        )  # fmt: skip


class AdjustmentWish(Shape):
    """Coins to give (or, below zero, to take), debt to forgive, and why."""

    viewer: Annotated[str, StringConstraints(min_length=1, max_length=64, pattern=NO_CONTROLS)]
    bonus_coins: Annotated[int, Field(ge=-MAX_COINS, le=MAX_COINS)] = 0
    forgive_coins: Annotated[int, Field(ge=0, le=MAX_COINS)] = 0
    reason: Why


class AdjustmentShape(Shape):
    """A change of a wallet that was proposed."""

    id: int
    viewer_id: str
    bonus_coins: int
    forgive_coins: int
    reason: str
    state: Literal["proposed", "made", "declined"]
    proposed_by: str
    proposed_name: str
    proposed_at: datetime
    decided_name: str
    decided_at: datetime | None
    content_hash: str = Field(description="to be sent with a yes: what was seen")

    @classmethod
    def of(cls, adjustment: Adjustment) -> "AdjustmentShape":
        """From commerce."""
        return cls.model_validate(adjustment, from_attributes=True)


class AdjustmentList(Shape):
    """A page of adjustments, newest first."""

    adjustments: list[AdjustmentShape]
    alone_coins: int = Field(description="up to so many a day need no second person")
    next_before: int | None


class Seen(Shape):
    """A yes to what was seen."""

    content_hash: Sha
    reason: Note = ""


class Reason(Shape):
    """Why."""

    reason: Why


class ItemShape(Shape):
    """A difference between our books and a provider's."""

    id: int
    provider: str
    name: str
    kind: str
    order: str | None
    ours: MoneyShape | None
    theirs: MoneyShape | None
    found_at: datetime
    explained_at: datetime | None
    owner: str
    explanation: str

    @classmethod
    def of(cls, item: Item) -> "ItemShape":
        """From commerce."""
        ours, theirs = (
            money(minor, item.currency) if minor is not None and len(item.currency) == 3 else None
            for minor in (item.ours_minor, item.theirs_minor)
        )
        return cls(
            id=item.id, provider=item.provider, name=item.name, kind=item.kind,
            order=item.order_id, ours=ours, theirs=theirs, found_at=item.found_at,
            explained_at=item.explained_at, owner=item.owner, explanation=item.explanation,
        )  # fmt: skip


class ItemList(Shape):
    """A page of differences, newest first."""

    items: list[ItemShape]
    next_before: int | None


class BalanceShape(Shape):
    """What all accounts of a role hold together."""

    owner_type: str
    role: str
    unit: str
    accounts: int
    balance: int

    @classmethod
    def of(cls, balance: RoleBalance) -> "BalanceShape":
        """From commerce."""
        return cls.model_validate(balance, from_attributes=True)


class Books(Shape):
    """The ledger by role; each unit adds up to zero."""

    balances: list[BalanceShape]


class BadBlockShape(Shape):
    """A sealed block that is not what was sealed."""

    brand: str
    block: int
    reason: str


class Verdict(Shape):
    """Whether every sum agrees and every sealed block is as it was."""

    sound: bool
    blocks: int
    rows: int
    bad: list[BadBlockShape]
    faults: dict[str, int]


class StepShape(Shape):
    """Who took a statement a step further."""

    step: str
    actor_kind: str
    actor_id: str
    actor_name: str
    at: datetime
    note: str


class StatementCard(Shape):
    """A statement in a list."""

    id: int
    payee: str
    name: str
    month: str
    currency: str
    version: int
    state: Literal["draft", "approved", "issued", "paid"]
    payable: MoneyShape
    sha256: str
    closed_by: str = Field(description="the staff id of whoever closed it; they cannot approve it")

    @classmethod
    def of(cls, standing: Standing) -> "StatementCard":
        """From commerce."""
        last = from_csv(standing.content)[-1]
        return cls(
            id=standing.id, payee=standing.payee, name=last["name"], month=standing.period,
            currency=standing.currency, version=standing.version, state=standing.state,
            payable=money(int(last["amount_minor"]), last["currency"]), sha256=standing.sha256,
            closed_by=next(iter(standing.makers), ""),
        )  # fmt: skip


class StatementList(Shape):
    """Statements, newest month first."""

    statements: list[StatementCard]
    months: list[str] = Field(description="every month that is closed, newest first")


class LineShape(Shape):
    """A line of a statement, as its files print it."""

    n: int
    step: str
    series: str
    market: str
    stream: str
    base: str
    share_percent: str
    amount: MoneyShape
    uses: bool = Field(description="whether it can be opened into its uses")
    corrects: str
    note: str

    @classmethod
    def of(cls, row: dict[str, str]) -> "LineShape":
        """From the statement's CSV."""
        shown = cells(row)
        return cls(
            n=int(row["n"]), step=row["step"], series=row["series_id"], market=row["market"],
            stream=row["stream"], base=shown[7], share_percent=shown[8],
            amount=money(int(row["amount_minor"]), row["currency"]),
            uses=row["step"] in EARNS, corrects=row["corrects"], note=shown[15],
        )  # fmt: skip


class StatementShape(Shape):
    """A statement, line by line, and how far it is."""

    statement: StatementCard
    lines: list[LineShape]
    steps: list[StepShape]

    @classmethod
    def of(cls, standing: Standing) -> "StatementShape":
        """From commerce."""
        steps = [StepShape.model_validate(each, from_attributes=True) for each in standing.steps]
        return cls(
            statement=StatementCard.of(standing), steps=steps,
            lines=[LineShape.of(row) for row in from_csv(standing.content)],
        )  # fmt: skip


class UseShape(Shape):
    """One use behind a line."""

    ref: str
    quantity: int
    amount: MoneyShape
    about: str


class UsesShape(Shape):
    """What a line was added up from."""

    stream: str
    count: int
    total: MoneyShape
    uses: list[UseShape]

    @classmethod
    def of(cls, uses: Uses) -> "UsesShape":
        """From commerce."""
        return cls(
            stream=uses.stream, count=uses.count, total=money(uses.total_minor, uses.currency),
            uses=[UseShape(ref=u.ref, quantity=u.quantity, about=u.about,
                           amount=money(u.minor, u.currency)) for u in uses.shown],
        )  # fmt: skip


class PaidNote(Shape):
    """How the bank calls the payment."""

    reference: Annotated[str, StringConstraints(min_length=1, max_length=100, pattern=NO_CONTROLS)]


class PayWish(Shape):
    """A file for the bank."""

    form: Literal["xml", "csv"] = "xml"
    on: date = Field(description="the day to pay")


class PayFileShape(Shape):
    """A file for the bank, as text."""

    name: str
    text: str


class PayFiles(Shape):
    """One file for each currency, or one CSV."""

    files: list[PayFileShape]
