"""A viewer signs in: who they are is proven, and what the guest held is theirs, in one transaction."""

from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa

from silkreel.audience import belongings as audience
from silkreel.commerce import belongings, ledger, vip, vip_leaving
from silkreel.commerce.limits import merge_limits
from silkreel.commerce.quotes import merge_quotes
from silkreel.commerce.requests import Merge
from silkreel.commerce.till import TRIES, may_be_tried_again
from silkreel.kit.database import Database, Session
from silkreel.kit.refusals import Refusal
from silkreel.kit.words import language_in_force
from silkreel.people.viewer_codes import prove
from silkreel.people.viewer_sessions import open_place
from silkreel.people.viewers import (
    MAIL,
    Identity,
    account_of,
    make_account,
    merge,
    new_guest,
    note_language,
)


@dataclass(frozen=True, slots=True)
class Arriving:
    """Somebody with a code, at a brand, in a browser that may belong to a guest or an account."""

    brand_id: str
    address: str
    code: str
    viewer_id: str | None
    user_agent: str


@dataclass(frozen=True, slots=True)
class Arrived:
    """The account, and the token of its new session."""

    viewer_id: str
    token: str


def arrive(
    database: Database, house_key: bytes, arriving: Arriving, at: datetime
) -> Arrived | Refusal:
    """Sign in, in a transaction of its own; one that crosses a payment is tried again."""
    for attempt in range(TRIES):
        try:
            with database.transaction() as tx:
                return sign_in(tx, house_key, arriving, at)
        except sa.exc.DBAPIError as error:
            if not may_be_tried_again(error) or attempt == TRIES - 1:
                raise
    raise AssertionError("the last try raises")


def sign_in(tx: Session, house_key: bytes, arriving: Arriving, at: datetime) -> Arrived | Refusal:
    """Prove the address and open a session; a guest becomes the account, or joins it.

    The no is a value: the try it counted has to be committed. `viewer_id` is a guest or nobody.
    """
    brand, address = arriving.brand_id, arriving.address
    wrong = prove(tx, house_key, brand, address, arriving.code, at)
    if wrong is not None:
        return wrong
    identity = Identity(brand, MAIL, address)
    account, guest = account_of(tx, identity), arriving.viewer_id
    if account is None:
        account = guest or new_guest(tx, brand, at)
        make_account(tx, account, identity, at)
    elif guest is not None:
        join(tx, guest, account, brand, at)
    note_language(tx, account, language_in_force())
    return Arrived(account, open_place(tx, account, brand, arriving.user_agent, at))


def join(tx: Session, guest_id: str, account_id: str, brand_id: str, at: datetime) -> None:
    """All that a guest holds is the account's: the union wins, and nothing is paid twice.

    Raises:
        CannotMerge: one of the two is not what it has to be; nothing was changed.
    """
    if guest_id == account_id:
        return
    holder = (account_id, brand_id)
    belongings.move(tx, guest_id, holder)
    ledger.apply(tx, [
        Merge(viewer_id=account_id, brand_id=brand_id, scope=f"{brand_id}:merge",
              key=f"merge:{guest_id}", guest_id=guest_id)
    ], at)  # fmt: skip
    merge_quotes(tx, guest_id, account_id, brand_id)
    _one_vip(tx, guest_id, holder, at)
    merge_limits(tx, guest_id, holder, at)
    audience.move(tx, guest_id, account_id)
    merge(tx, guest_id, account_id, at)


def _one_vip(tx: Session, guest_id: str, holder: tuple[str, str], at: datetime) -> None:
    """Where both run, the guest's ends now and the days that are left go back in money."""
    theirs = vip.running(tx, guest_id, holder[1], at)
    if vip.running(tx, *holder, at):
        for vip_id in theirs:
            played = vip.was_played(tx, vip_id, at)
            vip_leaving.withdraw(tx, vip_id, guest_id, at, played=played)
    vip.merge_vips(tx, guest_id, *holder)
