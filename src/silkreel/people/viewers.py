"""Viewers: guests first, accounts once an identity is known; a merge leaves one survivor.

A guest is made when something must be kept for them (a place, a coin), never for reading. Merging
deletes the guest's row: rooms move what they hold first, and a room that forgets to makes the
deletion fail on its foreign key, loudly and with nothing changed.
"""

import uuid
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa

from silkreel.kit.database import Session
from silkreel.kit.refusals import Refusal
from silkreel.people.tables import (
    LetterRow,
    ViewerAliasRow,
    ViewerIdentityRow,
    ViewerRow,
    ViewerSessionRow,
)

MAIL = "mail"  # the provider of identities that a code by mail proved


class IdentityTaken(Refusal):
    """An identity belongs to another viewer: merge instead."""

    status = 409
    message = "This sign-in belongs to another account; sign in with it to go on there."


class CannotMerge(Refusal):
    """Only guests are merged, and only inside their brand."""

    status = 409
    message = "Two accounts are not merged; sign in to the one you want to keep."


@dataclass(frozen=True, slots=True)
class Identity:
    """What proves who somebody is: a provider and its lasting name for them."""

    brand_id: str
    provider: str
    subject: str


def new_guest(tx: Session, brand_id: str, at: datetime) -> str:
    """A new guest's id: a random UUID that says nothing about person or device."""
    row = ViewerRow(id=str(uuid.uuid4()), brand_id=brand_id, kind="guest", made_at=at)
    tx.add(row)
    tx.flush()
    return row.id


def survivor(tx: Session, viewer_id: str, brand_id: str) -> str | None:
    """The viewer an id leads to today, through a merge if there was one; None where it leads nowhere."""
    return tx.scalar(_led_to(viewer_id, brand_id))


def guest_of(tx: Session, viewer_id: str, brand_id: str) -> str | None:
    """The guest an id leads to; None for accounts, which are entered by a session only."""
    return tx.scalar(_led_to(viewer_id, brand_id).where(ViewerRow.kind == "guest"))


def _led_to(viewer_id: str, brand_id: str) -> sa.Select[str]:
    """One question, for every request with a cookie asks it."""
    alias = sa.select(ViewerAliasRow.viewer_id).where(ViewerAliasRow.former_id == viewer_id)
    today = sa.func.coalesce(alias.scalar_subquery(), viewer_id)
    return sa.select(ViewerRow.id).where(ViewerRow.id == today, ViewerRow.brand_id == brand_id)


def addresses_of(tx: Session, viewer_id: str) -> list[str]:
    """Mail addresses that prove an account, the first known first."""
    mine = ViewerIdentityRow.viewer_id == viewer_id, ViewerIdentityRow.provider == MAIL
    first = ViewerIdentityRow.known_since, ViewerIdentityRow.subject
    return list(tx.scalars(sa.select(ViewerIdentityRow.subject).where(*mine).order_by(*first)))


def note_language(tx: Session, viewer_id: str, language: str) -> None:
    """Keep the language somebody reads us in: letters to them are in it."""
    other = ViewerRow.id == viewer_id, ViewerRow.language != language
    tx.execute(sa.update(ViewerRow).where(*other).values(language=language))


def forget_viewer(tx: Session, viewer_id: str) -> None:
    """Nobody is this viewer any more: identities, sessions, letters and former names go."""
    for table in (LetterRow, ViewerIdentityRow, ViewerSessionRow, ViewerAliasRow):
        tx.execute(sa.delete(table).where(table.viewer_id == viewer_id))
    tx.execute(sa.delete(ViewerRow).where(ViewerRow.id == viewer_id))


def account_of(tx: Session, identity: Identity) -> str | None:
    """The account an identity belongs to, if any."""
    row = _identity(tx, identity)
    return row.viewer_id if row else None


def make_account(tx: Session, viewer_id: str, identity: Identity, at: datetime) -> None:
    """Give a viewer an identity; a guest becomes an account and keeps all it has.

    Raises:
        IdentityTaken: it is another viewer's.
    """
    viewer = tx.get_one(ViewerRow, viewer_id, with_for_update=True)
    known = _identity(tx, identity)
    if viewer.brand_id != identity.brand_id or (known and known.viewer_id != viewer_id):
        raise IdentityTaken
    viewer.kind = "account"
    if known is None:
        tx.add(
            ViewerIdentityRow(
                brand_id=identity.brand_id, provider=identity.provider, subject=identity.subject,
                viewer_id=viewer_id, known_since=at,
            )
        )  # fmt: skip
    tx.flush()


def merge(tx: Session, guest_id: str, account_id: str, at: datetime) -> str:
    """Let a guest go on as an account; their cookie leads there from now on. Safe to do twice.

    Raises:
        CannotMerge: the first is no guest, or they belong to different brands.
    """
    if guest_id == account_id:
        return account_id
    alias = tx.get(ViewerAliasRow, guest_id)
    if alias is not None and alias.viewer_id == account_id:
        return account_id
    guest = tx.get(ViewerRow, guest_id, with_for_update=True)
    account = tx.get(ViewerRow, account_id, with_for_update=True)
    if guest is None or account is None or guest.kind != "guest":
        raise CannotMerge
    if guest.brand_id != account.brand_id:
        raise CannotMerge
    led_to_guest = ViewerAliasRow.viewer_id == guest_id
    tx.execute(sa.update(ViewerAliasRow).where(led_to_guest).values(viewer_id=account_id))
    tx.add(ViewerAliasRow(former_id=guest_id, viewer_id=account_id, merged_at=at))
    tx.delete(guest)
    tx.flush()
    return account_id


def _identity(tx: Session, identity: Identity) -> ViewerIdentityRow | None:
    key = (identity.brand_id, identity.provider, identity.subject)
    return tx.get(ViewerIdentityRow, key)
