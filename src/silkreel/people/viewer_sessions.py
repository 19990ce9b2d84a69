"""Where a viewer is signed in: a token in a cookie, listed for its owner, ended from anywhere."""

import re
from dataclasses import dataclass
from datetime import datetime, timedelta

import sqlalchemy as sa

from silkreel.kit.database import Session
from silkreel.kit.ids import random_id
from silkreel.people.tables import ViewerSessionRow
from silkreel.people.tokens import MAX_TOKEN_LENGTH, new_token, token_hash

LIFE = timedelta(days=180)  # then a code is asked for again
TOUCH_AFTER = timedelta(hours=1)  # "seen" is written once an hour, not with every request
MAX_SESSIONS = 20  # of an account; the oldest one ends
BROWSERS = ("Edg", "OPR", "Firefox", "Chrome", "Safari")  # the first that is named is it
SYSTEMS = ("iPhone", "iPad", "Android", "Windows", "Mac OS X", "Linux")


@dataclass(frozen=True, slots=True)
class Place:
    """A browser somebody is signed in with, without its token."""

    id: str
    device: str
    made_at: datetime
    seen_at: datetime
    here: bool


def open_place(tx: Session, viewer_id: str, brand_id: str, user_agent: str, at: datetime) -> str:
    """A new session's token; it is shown this once."""
    token = new_token()
    tx.execute(sa.delete(ViewerSessionRow).where(ViewerSessionRow.made_at < at - LIFE))
    theirs = sa.select(ViewerSessionRow).where(ViewerSessionRow.viewer_id == viewer_id)
    newest = theirs.order_by(ViewerSessionRow.made_at.desc(), ViewerSessionRow.id)
    for row in tx.scalars(newest.offset(MAX_SESSIONS - 1)).all():
        tx.delete(row)
    tx.add(
        ViewerSessionRow(
            token_hash=token_hash(token), id=random_id(12), viewer_id=viewer_id,
            brand_id=brand_id, device=device_of(user_agent), made_at=at, seen_at=at,
        )
    )  # fmt: skip
    tx.flush()
    return token


def signed_in(tx: Session, token: str, brand_id: str, at: datetime) -> str | None:
    """The viewer behind a token at a brand; None where it opens nothing (any more)."""
    row = _row(tx, token)
    if row is None or row.brand_id != brand_id or at - row.made_at > LIFE:
        return None
    return row.viewer_id


def seen(tx: Session, token: str, at: datetime) -> None:
    """Note that somebody was here."""
    row = _row(tx, token)
    if row is not None and at - row.seen_at >= TOUCH_AFTER:
        row.seen_at = at


def places(tx: Session, viewer_id: str, token: str, at: datetime) -> list[Place]:
    """Where a viewer is signed in, the newest first."""
    mine = ViewerSessionRow.viewer_id == viewer_id, ViewerSessionRow.made_at >= at - LIFE
    rows = tx.scalars(
        sa.select(ViewerSessionRow).where(*mine).order_by(ViewerSessionRow.seen_at.desc())
    )
    here = token_hash(token) if token else ""
    return [
        Place(row.id, row.device, row.made_at, row.seen_at, row.token_hash == here) for row in rows
    ]


def end_place(tx: Session, viewer_id: str, place_id: str) -> bool:
    """Sign one browser out; whether it was the viewer's."""
    named = ViewerSessionRow.viewer_id == viewer_id, ViewerSessionRow.id == place_id
    gone = sa.delete(ViewerSessionRow).where(*named).returning(ViewerSessionRow.id)
    return tx.scalar(gone) is not None


def end_all_places(tx: Session, viewer_id: str) -> int:
    """Sign every browser out; how many there were."""
    gone = sa.delete(ViewerSessionRow).where(ViewerSessionRow.viewer_id == viewer_id)
    return len(tx.execute(gone.returning(ViewerSessionRow.id)).all())


def device_of(user_agent: str) -> str:
    """A browser in two words, as its owner would know it; nothing that tells two of a kind apart."""
    browser = next((name for name in BROWSERS if f"{name}/" in user_agent), "")
    system = next((name for name in SYSTEMS if name in user_agent), "")
    named = {"Edg": "Edge", "OPR": "Opera"}.get(browser, browser)
    return re.sub(r" +", " ", f"{named} {system.replace(' OS X', '')}").strip()


def _row(tx: Session, token: str) -> ViewerSessionRow | None:
    if not 0 < len(token) <= MAX_TOKEN_LENGTH:
        return None
    return tx.get(ViewerSessionRow, token_hash(token))
