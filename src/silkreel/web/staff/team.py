"""The team: who works for the brand, with which roles; links for those who join or start again."""

from typing import Annotated

from fastapi import APIRouter, Depends, Path, Request

from silkreel.people.actors import Actor
from silkreel.people.brands import set_second_factor_rule
from silkreel.people.invitations import LIFE, invite, reset
from silkreel.people.roles import rolebook
from silkreel.people.staff import (
    Person,
    add_person,
    change_roles,
    disable_person,
    enable_person,
    list_people,
    person_by_id,
)
from silkreel.web.edge import Reading, site_of
from silkreel.web.staff.rights import NOES, Needs, SignedIn, StaffTransaction, no_store
from silkreel.web.staff.shapes import (
    BrandRule,
    BrandShape,
    NewPerson,
    NewRoles,
    PersonShape,
    PersonWithLink,
    RightShape,
    Rolelist,
    RoleShape,
    Team,
)

router = APIRouter(
    prefix="/api/staff", tags=["staff"], responses=NOES, dependencies=[Depends(no_store)]
)
Reader = Annotated[Actor, Needs("staff.read")]
Manager = Annotated[Actor, Needs("staff.manage")]
PersonId = Annotated[str, Path(pattern="^[0-9a-z]{1,16}$")]


@router.get("/team")
def team(by: Reader, tx: Reading) -> Team:
    """Everybody who works for the brand."""
    return Team(people=[PersonShape.of(person) for person in list_people(tx, by.brand_id)])


@router.get("/roles")
def roles(_here: SignedIn) -> Rolelist:
    """All roles and rights there are."""
    book = rolebook()
    return Rolelist(
        roles=[RoleShape.of(role) for role in book.roles.values()],
        rights=[RightShape.of(right) for right in book.rights.values()],
    )


@router.post("/team", status_code=201)
def add(new: NewPerson, by: Manager, tx: StaffTransaction, request: Request) -> PersonWithLink:
    """Put somebody into the team; hand them the link, it is shown this once."""
    person = add_person(tx, new.name, shown_name=new.shown_name, roles=new.roles, by=by)
    return _with_link(request, person, invite(tx, person.id, by=by))


@router.put("/team/{person_id}/roles")
def give_roles(
    person_id: PersonId, new: NewRoles, by: Manager, tx: StaffTransaction
) -> PersonShape:
    """Give somebody these roles and no others; it counts at once."""
    return PersonShape.of(change_roles(tx, person_id, new.roles, by=by))


@router.post("/team/{person_id}/link")
def link(
    person_id: PersonId, by: Manager, tx: StaffTransaction, request: Request
) -> PersonWithLink:
    """A new link for somebody who did not use theirs; the old one no longer works."""
    token = invite(tx, person_id, by=by)
    return _with_link(request, person_by_id(tx, person_id, by.brand_id), token)


@router.post("/team/{person_id}/reset")
def start_again(
    person_id: PersonId, by: Manager, tx: StaffTransaction, request: Request
) -> PersonWithLink:
    """Take password, second factor and sessions away; the link sets a new password."""
    token = reset(tx, person_id, by=by)
    return _with_link(request, person_by_id(tx, person_id, by.brand_id), token)


@router.post("/team/{person_id}/disable")
def disable(person_id: PersonId, by: Manager, tx: StaffTransaction) -> PersonShape:
    """Shut somebody out at once."""
    return PersonShape.of(disable_person(tx, person_id, by=by))


@router.post("/team/{person_id}/enable")
def enable(person_id: PersonId, by: Manager, tx: StaffTransaction) -> PersonShape:
    """Let somebody in again."""
    return PersonShape.of(enable_person(tx, person_id, by=by))


@router.put("/brand/second-factor")
def second_factor_rule(
    rule: BrandRule, by: Annotated[Actor, Needs("brand.edit")], tx: StaffTransaction
) -> BrandShape:
    """Say who has to sign in with a second factor."""
    return BrandShape.of(set_second_factor_rule(tx, rule.second_factor, by=by))


def _with_link(request: Request, person: Person, token: str) -> PersonWithLink:
    """The token stands behind a #, which browsers keep to themselves and no log sees."""
    origin = (site_of(request).settings.public_url or str(request.base_url)).rstrip("/")
    link = f"{origin}/staff/join#{token}"
    return PersonWithLink(person=PersonShape.of(person), link=link, days=LIFE.days)
