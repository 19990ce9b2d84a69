"""Withdraw from a contract here: shown, confirmed, acknowledged; coins, unlocks and VIP alike."""

from datetime import datetime
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Path
from pydantic import Field

from silkreel.commerce import withdrawals
from silkreel.commerce.withdrawals import Asking, Statement
from silkreel.flows.viewer_rights import pay_withdrawals
from silkreel.kit.clock import now
from silkreel.web.api.money.customers import GATES, NOES, TheOnlooker
from silkreel.web.api.money.rights import NothingKept
from silkreel.web.api.shapes import Shape
from silkreel.web.edge import TheSite

router = APIRouter(prefix="/api/withdrawals", tags=["money"], responses=NOES, dependencies=GATES)


class WithdrawalWish(Shape):
    """What to withdraw from."""

    kind: Literal["coins", "unlock", "vip"]
    ref: str = Field("", max_length=20, description="the unlock's txn, or the VIP's number")


class ContractShape(Shape):
    """Something that may be withdrawn from now."""

    kind: Literal["unlock", "vip"]
    ref: str
    made_at: datetime
    coins: int = Field(description="what an unlock cost; 0 for VIP")


class WithdrawalShape(Shape):
    """What would be given back, or, once confirmed, the acknowledgement that is kept."""

    id: str
    kind: str
    statement: dict[str, Any] = Field(description="what is given back, in coins or money")
    shown_at: datetime
    confirmed_at: datetime | None
    receipt: str = Field(description="canonical JSON with the time of receipt; kept to the byte")
    sha256: str = Field(description="of the receipt")

    @classmethod
    def of(cls, statement: Statement) -> "WithdrawalShape":
        """From the row."""
        return cls(
            id=statement.id, kind=statement.kind, statement=statement.body,
            shown_at=statement.shown_at, confirmed_at=statement.confirmed_at,
            receipt=statement.receipt, sha256=statement.sha256,
        )  # fmt: skip


@router.post("")
def show_withdrawal(wish: WithdrawalWish, site: TheSite, who: TheOnlooker) -> WithdrawalShape:
    """The first step: what would be given back. Nothing moves yet."""
    if who.viewer_id is None:
        raise NothingKept
    asking = Asking(who.viewer_id, who.brand_id, who.market, wish.kind, wish.ref)
    with site.workshop.transaction() as tx:
        return WithdrawalShape.of(withdrawals.show(tx, asking, now()))


@router.post("/{withdrawal}/confirm")
def confirm_withdrawal(
    withdrawal: Annotated[str, Path(max_length=24)], site: TheSite, who: TheOnlooker
) -> WithdrawalShape:
    """The second step, once: coins leave at once, money follows by the way it was paid."""
    if who.viewer_id is None:
        raise NothingKept
    at = now()
    with site.workshop.transaction() as tx:
        confirmed = withdrawals.confirm(tx, withdrawal, who.viewer_id, at)
    if confirmed.kind == "coins":
        pay_withdrawals(site.workshop.database, site.counter.providers, at, of=confirmed.id)
    return WithdrawalShape.of(confirmed)


@router.get("/contracts")
def withdrawable(site: TheSite, who: TheOnlooker) -> list[ContractShape]:
    """Unlocks that nobody watched yet and VIPs that run; coins are withdrawn from together."""
    if who.viewer_id is None:
        return []
    with site.workshop.transaction() as tx:
        found = withdrawals.contracts(tx, who.viewer_id, who.brand_id, now())
    return [
        ContractShape(kind=each.kind, ref=each.ref, made_at=each.made_at, coins=each.coins)
        for each in found
        if each.kind != "coins"
    ]


@router.get("")
def my_withdrawals(site: TheSite, who: TheOnlooker) -> list[WithdrawalShape]:
    """Withdrawals that were confirmed, the newest first."""
    if who.viewer_id is None:
        return []
    with site.workshop.reading() as tx:
        found = withdrawals.of_viewer(tx, who.viewer_id, who.brand_id)
    return [WithdrawalShape.of(each) for each in found]
