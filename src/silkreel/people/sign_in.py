"""The staff's door: a name, a password and where asked for a code; the same answer for every wrong one.

In three parts, because a password is worth a tenth of a second of computing that no transaction
should wait for: `knock` counts the try and commits, `proves` compares, `enter` opens the session.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import TypeVar

import sqlalchemy as sa

from silkreel.kit.database import Session
from silkreel.kit.refusals import Refusal
from silkreel.people.actors import Actor, nobody
from silkreel.people.audit import record
from silkreel.people.passwords import password_fits
from silkreel.people.second_factor import code_counts
from silkreel.people.sessions import end_session, open_session, roles_in
from silkreel.people.staff import BadStaffName, staff_name
from silkreel.people.tables import StaffRow
from silkreel.people.throttles import (
    ACCOUNT,
    ADDRESS,
    TooManyTries,
    forget,
    give_back,
    sweep,
    take_try,
)
from silkreel.people.tokens import token_hash


class NotRecognised(Refusal):
    """Name or password are wrong, or the person may not come in; nobody learns which."""

    status = 401
    message = "This name and password do not fit; try again, or ask for a new link."


class SecondFactorNeeded(Refusal):
    """Name and password are right, and a code is asked for."""

    status = 401
    message = "Enter the six-digit code of your authenticator app."


class WrongCode(Refusal):
    """The code is wrong, too old, or was used."""

    status = 401
    message = "This code is not right or was used already; wait for the next one."


No = TypeVar("No", NotRecognised, WrongCode)


@dataclass(frozen=True, slots=True)
class Knock:
    """A try that was counted: whom it is about, and where it came from."""

    name: str
    address: str
    brand_id: str
    at: datetime
    request_id: str
    staff_id: str | None
    password_hash: str | None


def knock(
    tx: Session, name: str, *, address: str, brand_id: str, at: datetime, request_id: str = ""
) -> Knock | TooManyTries:
    """Count a try for the address and for the name; a refusal is a value, to be committed too.

    The address comes first: one that has to wait cannot make a name wait longer.
    """
    known_form = _plain(name)
    plain = known_form or name
    for limit, who in ((ADDRESS, address), (ACCOUNT, plain)):
        wait = take_try(tx, limit, who, at)
        if wait is not None:
            return wait
    staff = tx.scalar(sa.select(StaffRow).where(StaffRow.name == known_form))
    if staff is None or staff.disabled_at or not roles_in(tx, staff.id, brand_id):
        return Knock(plain, address, brand_id, at, request_id, staff.id if staff else None, None)
    return Knock(plain, address, brand_id, at, request_id, staff.id, staff.password_hash)


def proves(found: Knock, password: str) -> bool:
    """Whether the password is right; takes as long for names nobody has."""
    return password_fits(found.password_hash, password)


def enter(
    tx: Session,
    found: Knock,
    *,
    proven: bool,
    code: str,
    house_key: bytes,
    former_token: str | None = None,
) -> str | NotRecognised | SecondFactorNeeded | WrongCode:
    """A new session's token, or the refusal to answer; either way the transaction is committed.

    The token is always new, whatever the browser brought; the session it brought ends.
    """
    staff = tx.get(StaffRow, found.staff_id, with_for_update=True) if found.staff_id else None
    current = staff is not None and staff.password_hash == found.password_hash
    if not proven or staff is None or staff.disabled_at or not current:
        return _turned_away(tx, found, NotRecognised())
    if staff.totp_confirmed:
        if not code.strip():
            return SecondFactorNeeded()
        if not code_counts(staff, code, house_key, found.at):
            return _turned_away(tx, found, WrongCode())
    if former_token:
        end_session(tx, token_hash(former_token))
    give_back(tx, ADDRESS, found.address)
    forget(tx, ACCOUNT, found.name)
    sweep(tx, found.at)
    by = Actor("staff", staff.id, staff.name, found.brand_id, found.at, request_id=found.request_id)
    record(tx, by, "door.in", f"staff:{staff.id}", after={"second_factor": staff.totp_confirmed})
    return open_session(
        tx, staff.id, found.brand_id, second_factor=staff.totp_confirmed, at=found.at
    )


def _turned_away(tx: Session, found: Knock, no: No) -> No:
    """Write the failed try down; a name nobody has is not kept, it may be a mistyped password."""
    by = nobody(found.brand_id, found.at, found.request_id)
    record(tx, by, "door.refused", f"staff:{found.staff_id or 'unknown'}", after={"why": no.code})
    return no


def _plain(name: str) -> str:
    """The name in its one spelling; empty, as nobody's is, for what cannot be a name."""
    try:
        return staff_name(name)
    except BadStaffName:
        return ""
