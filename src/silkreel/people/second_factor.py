"""A second factor: an authenticator app is set up, confirmed by one code, and taken away again."""

import secrets
from datetime import datetime

import sqlalchemy as sa

from silkreel.kit.database import Session
from silkreel.kit.refusals import Refusal
from silkreel.people.actors import Actor
from silkreel.people.audit import record
from silkreel.people.tables import SessionRow, StaffRow
from silkreel.people.totp import derive_secret, step_of

NONCE_BYTES = 16


class SecondFactorThere(Refusal):
    """Somebody sets up what they have."""

    status = 409
    message = "You have a second factor already; take it away first to set up another device."


class NoSecondFactor(Refusal):
    """There is nothing to confirm."""

    status = 409
    message = "Begin with setting up an authenticator app, then enter its first code."


class CodeDoesNotFit(Refusal):
    """The first code is wrong: clock or secret differ."""

    status = 422
    message = (
        "This code does not fit; check that the phone's clock is right, and enter the next one."
    )


def begin(tx: Session, house_key: bytes, *, by: Actor) -> bytes:
    """A new secret to put into an authenticator app; counts once a code of it was confirmed.

    Raises:
        SecondFactorThere: one is in force.
    """
    staff = tx.get_one(StaffRow, by.id, with_for_update=True)
    if staff.totp_confirmed:
        raise SecondFactorThere
    staff.totp_nonce = secrets.token_hex(NONCE_BYTES)
    staff.totp_last_step = 0
    record(tx, by, "second_factor.begun", f"staff:{by.id}")
    return derive_secret(house_key, staff.id, staff.totp_nonce)


def confirm(tx: Session, code: str, house_key: bytes, session_hash: str, *, by: Actor) -> None:
    """Put the second factor in force; the session it was confirmed in counts as signed in with it.

    Raises:
        NoSecondFactor: none was begun. CodeDoesNotFit: the code is wrong.
    """
    staff = tx.get_one(StaffRow, by.id, with_for_update=True)
    if staff.totp_confirmed or staff.totp_nonce is None:
        raise NoSecondFactor
    if not code_counts(staff, code, house_key, by.at):
        raise CodeDoesNotFit
    staff.totp_confirmed = True
    tx.get_one(SessionRow, session_hash).second_factor = True
    record(tx, by, "second_factor.set", f"staff:{by.id}")


def take_away(tx: Session, *, by: Actor) -> None:
    """Sign-in asks for no code any more, and rights that need one are withheld again."""
    staff = tx.get_one(StaffRow, by.id, with_for_update=True)
    had = staff.totp_confirmed
    staff.totp_nonce, staff.totp_confirmed = None, False
    theirs = SessionRow.staff_id == staff.id
    tx.execute(sa.update(SessionRow).where(theirs).values(second_factor=False))
    if had:
        record(tx, by, "second_factor.removed", f"staff:{by.id}")


def code_counts(staff: StaffRow, code: str, house_key: bytes, at: datetime) -> bool:
    """Whether a code is right now; it counts once, the row (locked by the caller) remembers it."""
    if staff.totp_nonce is None:
        return False
    secret = derive_secret(house_key, staff.id, staff.totp_nonce)
    step = step_of(secret, code, at.timestamp(), after_step=staff.totp_last_step)
    if step is None:
        return False
    staff.totp_last_step = step
    return True
