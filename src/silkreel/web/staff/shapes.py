"""What the staff's API takes and answers."""

from datetime import datetime
from typing import Annotated, Any, Literal

from pydantic import Field, StringConstraints

from silkreel.people.audit import MAX_REASON
from silkreel.people.brands import SecondFactorRule
from silkreel.people.passwords import MAX_LENGTH
from silkreel.people.roles import Right, Role
from silkreel.people.sessions import Present
from silkreel.people.staff import MAX_SHOWN_NAME, Person
from silkreel.people.tables import AuditRow, BrandRow
from silkreel.people.tokens import MAX_TOKEN_LENGTH, csrf_token
from silkreel.web.api.shapes import Shape

NO_CONTROLS = r"^[^\x00-\x1f\x7f]*$"
Name = Annotated[str, StringConstraints(max_length=64, pattern=NO_CONTROLS)]
Password = Annotated[str, StringConstraints(max_length=4 * MAX_LENGTH)]
Code = Annotated[str, StringConstraints(max_length=16)]
Token = Annotated[str, StringConstraints(max_length=MAX_TOKEN_LENGTH)]
RoleNames = Annotated[list[Annotated[str, StringConstraints(max_length=32)]], Field(max_length=20)]


class Knocking(Shape):
    """Somebody at the door."""

    name: Name
    password: Password
    code: Code = Field("", description="of the authenticator app, where there is one")


class LinkHeld(Shape):
    """A one-time link's token: what stands behind its #."""

    token: Token


class Joining(LinkHeld):
    """A link is used."""

    password: Password


class PasswordChange(Shape):
    """A new password, the old one proven."""

    password: Password
    new_password: Password


class PasswordProof(Shape):
    """The password once more, before something weighty."""

    password: Password


class CodeProof(Shape):
    """A code of the app that is being set up."""

    code: Code


class NewPerson(Shape):
    """Somebody to invite."""

    name: Name
    shown_name: Annotated[
        str, StringConstraints(max_length=MAX_SHOWN_NAME, pattern=NO_CONTROLS)
    ] = ""
    roles: RoleNames


class NewRoles(Shape):
    """Roles somebody has from now on."""

    roles: RoleNames


class BrandRule(Shape):
    """Who has to sign in with a second factor."""

    second_factor: SecondFactorRule


class InvitedShape(Shape):
    """Whom a link is for."""

    name: str
    shown_name: str
    joins: bool = Field(description="their first password, not a new one")
    min_length: int


class BrandShape(Shape):
    """The brand one works for."""

    id: str
    name: str
    second_factor: str

    @classmethod
    def of(cls, brand: BrandRow) -> "BrandShape":
        """From people."""
        return cls(id=brand.id, name=brand.name, second_factor=brand.second_factor)


class Me(Shape):
    """Who is signed in and what they may do."""

    id: str
    name: str
    shown_name: str
    roles: list[str]
    rights: list[str]
    withheld: list[str] = Field(description="rights that wait for a second factor")
    second_factor: bool = Field(description="this session was signed in with one")
    has_second_factor: bool
    brand: BrandShape
    csrf_token: str = Field(description="to be sent as X-CSRF-Token with every change")

    @classmethod
    def of(cls, here: Present, brand: BrandRow, token: str) -> "Me":
        """From people."""
        return cls(
            id=here.actor.id,
            name=here.actor.name,
            shown_name=here.shown_name,
            roles=list(here.roles),
            rights=sorted(here.actor.rights),
            withheld=sorted(here.actor.withheld),
            second_factor=here.second_factor,
            has_second_factor=here.has_second_factor,
            brand=BrandShape.of(brand),
            csrf_token=csrf_token(token),
        )


class Ended(Shape):
    """Sessions that were ended."""

    sessions_ended: int


class Enrolment(Shape):
    """What goes into an authenticator app."""

    secret: str = Field(description="base32, to be typed in")
    uri: str = Field(description="otpauth: address that apps open")
    qr_path: str = Field(description="the same as a QR code: SVG path data of its dark squares")
    qr_width: int = Field(description="of the code, in squares")


class PersonShape(Shape):
    """One of the team."""

    id: str
    name: str
    shown_name: str
    roles: list[str]
    state: Literal["invited", "active", "disabled"]
    second_factor: bool
    made_at: datetime

    @classmethod
    def of(cls, person: Person) -> "PersonShape":
        """From people."""
        return cls.model_validate(person, from_attributes=True)


class Team(Shape):
    """Everybody who works for the brand."""

    people: list[PersonShape]


class PersonWithLink(Shape):
    """Somebody, and the one-time link to hand over to them."""

    person: PersonShape
    link: str
    days: int


class RoleShape(Shape):
    """A role and its rights."""

    name: str
    title: str
    rights: list[str]

    @classmethod
    def of(cls, role: Role) -> "RoleShape":
        """From the rolebook."""
        return cls(name=role.name, title=role.title, rights=sorted(role.rights))


class RightShape(Shape):
    """Something somebody may do."""

    name: str
    title: str
    guarded: bool

    @classmethod
    def of(cls, right: Right) -> "RightShape":
        """From the rolebook."""
        return cls(name=right.name, title=right.title, guarded=right.guarded)


class Rolelist(Shape):
    """All roles and rights."""

    roles: list[RoleShape]
    rights: list[RightShape]


class Entry(Shape):
    """A row of the log."""

    number: int
    at: datetime
    actor_kind: str
    actor_name: str
    action: str
    subject: str
    subject_name: str = Field(description="the person it is about, where it is about one")
    before: dict[str, Any]
    after: dict[str, Any]
    reason: str = Field(max_length=MAX_REASON)
    request_id: str
    hash: str

    @classmethod
    def of(cls, row: AuditRow, subject_name: str) -> "Entry":
        """From people."""
        told = {name: getattr(row, name) for name in cls.model_fields if name != "subject_name"}
        return cls(**told, subject_name=subject_name)


class Log(Shape):
    """A page of the log, newest first."""

    entries: list[Entry]
    next_before: int | None = Field(description="ask with it for the page after this one")
