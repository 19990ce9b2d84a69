"""The team: who works here, with which roles; nobody hands out more than they hold."""

import re
import unicodedata
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa

from silkreel.kit.database import Session
from silkreel.kit.ids import random_id
from silkreel.kit.refusals import Refusal
from silkreel.people.actors import Actor
from silkreel.people.audit import record
from silkreel.people.roles import OWNER, checked_roles, rights_of
from silkreel.people.sessions import end_all_sessions, roles_in
from silkreel.people.tables import BrandRow, GrantRow, InvitationRow, StaffRow

NAME_PATTERN = r"^[^\s\x00-\x1f\x7f]{2,64}$"
MAX_SHOWN_NAME = 100
_NAME = re.compile(NAME_PATTERN)


class BadStaffName(Refusal):
    """A name to sign in with has blanks or is too short or long."""

    status = 422
    message = "A name to sign in with has 2 to 64 characters and no blanks; {name} has not."


class NameTaken(Refusal):
    """Somebody signs in with this name already."""

    status = 409
    message = "Somebody already signs in as {name}; choose another name."


class NoSuchPerson(Refusal):
    """Nobody of the team here has that name or id."""

    status = 404
    message = "Nobody called {name} is in the team."


class NoRoles(Refusal):
    """A person of the team has at least one role."""

    status = 422
    message = "Choose at least one role, or disable the person."


class MoreThanYourOwn(Refusal):
    """Nobody gives, takes or touches rights beyond their own."""

    status = 403
    message = "This touches rights you do not have yourself; ask an owner."


class NotYourself(Refusal):
    """Roles and disabling are done by somebody else."""

    status = 403
    message = "Nobody does this to themselves; ask somebody else who manages the team."


class WorksElsewhere(Refusal):
    """Somebody of one brand must not shut out, or come in as, somebody of another."""

    status = 409
    message = (
        "{name} works for another brand too; take their roles here away, or ask whoever runs the "
        "machine (`silkreel staff`)."
    )


class LastOwner(Refusal):
    """A brand keeps at least one owner who can sign in."""

    status = 409
    message = "{name} is the last owner; make somebody else an owner first."


@dataclass(frozen=True, slots=True)
class Person:
    """One of the team, as a brand sees them."""

    id: str
    name: str
    shown_name: str
    roles: tuple[str, ...]
    state: str  # invited | active | disabled
    second_factor: bool
    made_at: datetime


def staff_name(name: str) -> str:
    """A name to sign in with, in its one spelling.

    Raises:
        BadStaffName: it is none.
    """
    plain = unicodedata.normalize("NFKC", name).strip().casefold()
    if not _NAME.fullmatch(plain):
        raise BadStaffName(name=name)
    return plain


def add_person(
    tx: Session, name: str, *, shown_name: str = "", roles: Iterable[str], by: Actor
) -> Person:
    """Put somebody into the team; they sign in once they have followed an invitation.

    Raises:
        NameTaken, BadStaffName, NoSuchRole, NoRoles: it cannot be done so.
        MoreThanYourOwn: a role holds rights the actor does not have.
    """
    by.need("staff.manage")
    wanted = _roles_to_give(roles, by)
    plain = staff_name(name)
    if tx.scalar(sa.select(StaffRow.id).where(StaffRow.name == plain)):
        raise NameTaken(name=plain)
    shown = unicodedata.normalize("NFC", shown_name).strip()[:MAX_SHOWN_NAME]
    row = StaffRow(id=random_id(), name=plain, shown_name=shown or name.strip(), made_at=by.at)
    tx.add(row)
    tx.flush()
    _grant(tx, row.id, wanted, by)
    record(tx, by, "staff.added", f"staff:{row.id}", after={"name": plain, "roles": list(wanted)})
    return _person(row, wanted)


def change_roles(tx: Session, staff_id: str, roles: Iterable[str], *, by: Actor) -> Person:
    """Give somebody these roles in the actor's brand and no others; it counts at once.

    Raises:
        NotYourself, MoreThanYourOwn, LastOwner, NoRoles, NoSuchRole, NoSuchPerson: it may not be.
    """
    row, before = _theirs(tx, staff_id, by)
    wanted = _roles_to_give(roles, by)
    if OWNER in before and OWNER not in wanted:
        _not_the_last_owner(tx, row, by)
    mine = GrantRow.staff_id == row.id, GrantRow.brand_id == by.brand_id
    tx.execute(sa.delete(GrantRow).where(*mine))
    _grant(tx, row.id, wanted, by)
    record(
        tx, by, "staff.roles", f"staff:{row.id}",
        before={"roles": list(before)}, after={"roles": list(wanted)},
    )  # fmt: skip
    return _person(row, wanted)


def disable_person(tx: Session, staff_id: str, *, by: Actor) -> Person:
    """Shut somebody out: sessions end at once, links no longer work, what they did stays theirs.

    Raises:
        NotYourself, MoreThanYourOwn, WorksElsewhere, LastOwner, NoSuchPerson: it may not be.
    """
    row, roles = theirs_alone(tx, staff_id, by)
    if OWNER in roles and row.disabled_at is None:
        _not_the_last_owner(tx, row, by)
    was, row.disabled_at = row.disabled_at, row.disabled_at or by.at
    drop_links(tx, row.id)
    ended = end_all_sessions(tx, row.id)
    if was is None:
        record(tx, by, "staff.disabled", f"staff:{row.id}", after={"sessions_ended": ended})
    return _person(row, roles)


def enable_person(tx: Session, staff_id: str, *, by: Actor) -> Person:
    """Let somebody in again, with their password as it was.

    Raises:
        NotYourself, MoreThanYourOwn, WorksElsewhere, NoSuchPerson: it may not be.
    """
    row, roles = theirs_alone(tx, staff_id, by)
    was, row.disabled_at = row.disabled_at, None
    if was is not None:
        record(tx, by, "staff.enabled", f"staff:{row.id}")
    return _person(row, roles)


def list_people(tx: Session, brand_id: str) -> list[Person]:
    """The team of a brand by shown name."""
    query = sa.select(StaffRow, GrantRow.role).join(GrantRow, GrantRow.staff_id == StaffRow.id)
    query = query.where(GrantRow.brand_id == brand_id).order_by(GrantRow.role)
    roles: dict[str, list[str]] = {}
    rows: dict[str, StaffRow] = {}
    for row, role in tx.execute(query):
        rows[row.id] = row
        roles.setdefault(row.id, []).append(role)
    people = [_person(row, tuple(roles[row.id])) for row in rows.values()]
    return sorted(people, key=lambda each: (each.shown_name.casefold(), each.name))


def find_person(tx: Session, name: str, brand_id: str) -> Person:
    """Somebody of a brand's team by the name they sign in with.

    Raises:
        NoSuchPerson: nobody has it.
    """
    plain = unicodedata.normalize("NFKC", name).strip().casefold()
    row = tx.scalar(sa.select(StaffRow).where(StaffRow.name == plain))
    roles = roles_in(tx, row.id, brand_id) if row else ()
    if row is None or not roles:
        raise NoSuchPerson(name=name)
    return _person(row, roles)


def person_by_id(tx: Session, staff_id: str, brand_id: str) -> Person:
    """Somebody of a brand's team by their id.

    Raises:
        NoSuchPerson: nobody has it.
    """
    row, roles = tx.get(StaffRow, staff_id), roles_in(tx, staff_id, brand_id)
    if row is None or not roles:
        raise NoSuchPerson(name=staff_id)
    return _person(row, roles)


def names_of(tx: Session, staff_ids: Collection[str]) -> dict[str, str]:
    """Shown names by id, of those there are."""
    query = sa.select(StaffRow.id, StaffRow.shown_name).where(StaffRow.id.in_(staff_ids))
    return dict(tx.execute(query).all())


def theirs_alone(tx: Session, staff_id: str, by: Actor) -> tuple[StaffRow, tuple[str, ...]]:
    """Somebody whom the actor may shut out or let in anew, and their roles here.

    Raises:
        NotYourself, MoreThanYourOwn, WorksElsewhere, NoSuchPerson: the actor may not.
    """
    row, roles = _theirs(tx, staff_id, by)
    elsewhere = GrantRow.staff_id == row.id, GrantRow.brand_id != by.brand_id
    if by.kind == "staff" and tx.scalar(sa.select(GrantRow.role).where(*elsewhere).limit(1)):
        raise WorksElsewhere(name=row.shown_name)
    return row, roles


def drop_links(tx: Session, staff_id: str) -> None:
    """Invitations of somebody that were not used yet no longer work."""
    unused = InvitationRow.staff_id == staff_id, InvitationRow.used_at.is_(None)
    tx.execute(sa.delete(InvitationRow).where(*unused))


def _theirs(tx: Session, staff_id: str, by: Actor) -> tuple[StaffRow, tuple[str, ...]]:
    by.need("staff.manage")
    # Changes to one team wait for each other: two owners cannot remove each other at once.
    tx.get_one(BrandRow, by.brand_id, with_for_update={"key_share": True})
    row = tx.get(StaffRow, staff_id, with_for_update=True)
    roles = roles_in(tx, staff_id, by.brand_id)
    if row is None or not roles:
        raise NoSuchPerson(name=staff_id)
    if by.kind == "staff" and by.id == row.id:
        raise NotYourself
    every_brand = sa.select(GrantRow.role).where(GrantRow.staff_id == row.id)
    if not by.covers(rights_of(tx.scalars(every_brand))):
        raise MoreThanYourOwn
    return row, roles


def _roles_to_give(roles: Iterable[str], by: Actor) -> tuple[str, ...]:
    wanted = checked_roles(roles)
    if not wanted:
        raise NoRoles
    if not by.covers(rights_of(wanted)):
        raise MoreThanYourOwn
    return wanted


def _grant(tx: Session, staff_id: str, roles: Iterable[str], by: Actor) -> None:
    for role in roles:
        tx.add(GrantRow(staff_id=staff_id, brand_id=by.brand_id, role=role, granted_at=by.at))
    tx.flush()


def _not_the_last_owner(tx: Session, row: StaffRow, by: Actor) -> None:
    query = sa.select(StaffRow).join(GrantRow, GrantRow.staff_id == StaffRow.id)
    query = query.where(GrantRow.brand_id == by.brand_id, GrantRow.role == OWNER)
    if not any(
        o.id != row.id and o.disabled_at is None and o.password_hash for o in tx.scalars(query)
    ):
        raise LastOwner(name=row.shown_name)


def _person(row: StaffRow, roles: tuple[str, ...]) -> Person:
    state = "disabled" if row.disabled_at else "active" if row.password_hash else "invited"
    return Person(
        row.id, row.name, row.shown_name, roles, state, row.totp_confirmed, row.made_at
    )  # fmt: skip
