"""One-time links: the first password, or a new one when somebody lost theirs."""

from dataclasses import dataclass
from datetime import datetime, timedelta

import sqlalchemy as sa

from silkreel.kit.database import Session
from silkreel.kit.refusals import Refusal
from silkreel.people.actors import Actor
from silkreel.people.audit import record
from silkreel.people.passwords import check_password
from silkreel.people.sessions import end_all_sessions
from silkreel.people.staff import drop_links, theirs_alone
from silkreel.people.tables import InvitationRow, StaffRow
from silkreel.people.throttles import ACCOUNT, forget
from silkreel.people.tokens import new_token, token_hash

LIFE = timedelta(days=3)


class LinkSpent(Refusal):
    """A link that was used, is too old, or never was: the answer is the same."""

    status = 410
    message = "This link was used or is too old; ask whoever manages the team for a new one."


@dataclass(frozen=True, slots=True)
class Invited:
    """Whom a link is for."""

    staff_id: str
    name: str
    shown_name: str
    joins: bool  # their first password, not a new one


def invite(tx: Session, staff_id: str, *, by: Actor) -> str:
    """A new link's token for somebody; the older ones no longer work.

    The password they have, if any, works until the link is used.

    Raises:
        NotYourself, MoreThanYourOwn, WorksElsewhere, NoSuchPerson: the actor may not.
    """
    row, _roles = theirs_alone(tx, staff_id, by)
    drop_links(tx, row.id)
    token = new_token()
    expires_at = by.at + LIFE
    tx.add(
        InvitationRow(
            token_hash=token_hash(token), staff_id=row.id, made_at=by.at, expires_at=expires_at
        )
    )
    record(
        tx, by, "staff.link", f"staff:{row.id}", after={"expires_at": expires_at.isoformat()}
    )  # fmt: skip
    return token


def reset(tx: Session, staff_id: str, *, by: Actor) -> str:
    """Let somebody start again: no password, no second factor, no session; answers a link's token.

    Raises:
        NotYourself, MoreThanYourOwn, WorksElsewhere, NoSuchPerson: the actor may not.
    """
    row, _roles = theirs_alone(tx, staff_id, by)
    row.password_hash, row.totp_nonce, row.totp_confirmed = None, None, False
    ended = end_all_sessions(tx, row.id)
    forget(tx, ACCOUNT, row.name)
    record(tx, by, "staff.reset", f"staff:{row.id}", after={"sessions_ended": ended})
    return invite(tx, row.id, by=by)


def look_at(tx: Session, token: str, at: datetime) -> Invited:
    """Whom a link is for; it is not used by that.

    Raises:
        LinkSpent: it opens nothing.
    """
    row = tx.get(InvitationRow, token_hash(token))
    staff = tx.get(StaffRow, row.staff_id) if row else None
    if row is None or staff is None or row.used_at or row.expires_at < at or staff.disabled_at:
        raise LinkSpent
    return Invited(staff.id, staff.name, staff.shown_name, staff.password_hash is None)


def check_new_password(invited: Invited, password: str) -> None:
    """Pass a password that the invited person may choose.

    Raises:
        PasswordTooShort, PasswordTooLong, PasswordTooCommon: they may not.
    """
    check_password(password, invited.name, invited.shown_name)


def accept(tx: Session, token: str, password_hash: str, *, brand_id: str, at: datetime) -> Invited:
    """Use a link: the password is set, every session ends. Of two uses at once, one is refused.

    Raises:
        LinkSpent: it opens nothing.
    """
    invited = look_at(tx, token, at)
    row = tx.get_one(StaffRow, invited.staff_id, with_for_update=True)  # first, as `invite` does
    unused = InvitationRow.token_hash == token_hash(token), InvitationRow.used_at.is_(None)
    used = tx.execute(
        sa.update(InvitationRow).where(*unused).values(used_at=at).returning(InvitationRow.staff_id)
    ).all()
    if not used:
        raise LinkSpent
    row.password_hash = password_hash
    end_all_sessions(tx, row.id)
    forget(tx, ACCOUNT, row.name)
    by = Actor("staff", row.id, row.name, brand_id, at)
    record(tx, by, "staff.joined" if invited.joins else "staff.password", f"staff:{row.id}")
    return invited
