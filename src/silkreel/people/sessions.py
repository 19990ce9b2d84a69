"""Staff sessions: a random token in a cookie, idle and absolute limits, ended anywhere at once."""

from dataclasses import dataclass
from datetime import datetime, timedelta

import sqlalchemy as sa

from silkreel.kit.database import Session
from silkreel.people.actors import Actor, withhold
from silkreel.people.roles import rights_of
from silkreel.people.tables import BrandRow, GrantRow, SessionRow, StaffRow
from silkreel.people.tokens import new_token, token_hash

# SP 800-63B-4, AAL2: an hour of rest and a day at most.
IDLE = timedelta(hours=1)
ABSOLUTE = timedelta(hours=24)
TOUCH_AFTER = timedelta(minutes=1)  # "seen" is written once a minute, not with every request


@dataclass(frozen=True, slots=True)
class Present:
    """Somebody whose session is good: who they are, what they may, and the session itself."""

    actor: Actor
    shown_name: str
    roles: tuple[str, ...]
    session_hash: str
    second_factor: bool
    has_second_factor: bool
    wants_touch: bool


def open_session(
    tx: Session, staff_id: str, brand_id: str, *, second_factor: bool, at: datetime
) -> str:
    """A new session's token; it is shown this once."""
    token = new_token()
    tx.add(
        SessionRow(
            token_hash=token_hash(token), staff_id=staff_id, brand_id=brand_id,
            second_factor=second_factor, made_at=at, seen_at=at,
        )
    )  # fmt: skip
    sweep_sessions(tx, at)
    tx.flush()
    return token


def present(
    tx: Session, token: str, brand_id: str, at: datetime, request_id: str
) -> Present | None:
    """Who is behind a token at a brand's address; None where it opens nothing (any more)."""
    row = tx.get(SessionRow, token_hash(token))
    if row is None or row.brand_id != brand_id or _over(row, at):
        return None
    staff = tx.get_one(StaffRow, row.staff_id)
    if staff.disabled_at is not None:
        return None
    roles = roles_in(tx, staff.id, row.brand_id)
    if not roles:
        return None
    known = Actor(
        "staff", staff.id, staff.name, row.brand_id, at,
        rights=rights_of(roles), request_id=request_id,
    )  # fmt: skip
    rule = tx.get_one(BrandRow, row.brand_id).second_factor
    return Present(
        actor=withhold(known, rule, second_factor=row.second_factor),
        shown_name=staff.shown_name,
        roles=roles,
        session_hash=row.token_hash,
        second_factor=row.second_factor,
        has_second_factor=staff.totp_confirmed,
        wants_touch=at - row.seen_at >= TOUCH_AFTER,
    )


def roles_in(tx: Session, staff_id: str, brand_id: str) -> tuple[str, ...]:
    """Somebody's roles in a brand, by name."""
    query = sa.select(GrantRow.role).where(
        GrantRow.staff_id == staff_id, GrantRow.brand_id == brand_id
    )
    return tuple(tx.scalars(query.order_by(GrantRow.role)))


def touch(tx: Session, session_hash: str, at: datetime) -> None:
    """Somebody was here: the idle limit begins anew."""
    same = SessionRow.token_hash == session_hash
    tx.execute(sa.update(SessionRow).where(same).values(seen_at=at))


def end_session(tx: Session, session_hash: str) -> None:
    """One browser signs out."""
    tx.execute(sa.delete(SessionRow).where(SessionRow.token_hash == session_hash))


def end_all_sessions(tx: Session, staff_id: str, *, but: str | None = None) -> int:
    """Every browser of somebody signs out, all brands; says how many did."""
    query = sa.delete(SessionRow).where(SessionRow.staff_id == staff_id)
    if but is not None:
        query = query.where(SessionRow.token_hash != but)
    return len(tx.execute(query.returning(SessionRow.token_hash)).all())


def sweep_sessions(tx: Session, at: datetime) -> None:
    """Drop sessions that are over."""
    over = sa.or_(SessionRow.seen_at < at - IDLE, SessionRow.made_at < at - ABSOLUTE)
    tx.execute(sa.delete(SessionRow).where(over))


def _over(row: SessionRow, at: datetime) -> bool:
    return at - row.seen_at > IDLE or at - row.made_at > ABSOLUTE
