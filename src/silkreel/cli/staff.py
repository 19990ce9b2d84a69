"""`silkreel staff`: who works here; the first owner is made on the machine itself."""

import getpass
from dataclasses import asdict
from typing import Annotated

from cyclopts import App, Parameter

from silkreel.cli import show
from silkreel.cli.opening import House, opened
from silkreel.kit.clock import now
from silkreel.kit.database import Session
from silkreel.kit.words import Counted, words
from silkreel.people.actors import Actor, machine
from silkreel.people.brands import HOUSE, find_brand
from silkreel.people.invitations import LIFE, invite, reset
from silkreel.people.roles import rolebook
from silkreel.people.staff import (
    add_person,
    change_roles,
    disable_person,
    enable_person,
    find_person,
    list_people,
)

app = App(name="staff", help="Who works here: add, list, roles, reset, disable, enable.")
Brand = Annotated[str, Parameter(help="the brand they work for")]
Roles = Annotated[list[str], Parameter(name="--role", negative="")]
JOINS = Counted(
    "{name} joins with this link. It works once, for {days} days:",
    one="{name} joins with this link. It works once, for {days} day:",
    by="days",
)


@app.command
def add(
    name: str, /, *, role: Roles, shown_name: str = "", brand: Brand = HOUSE, json: bool = False
) -> None:
    """Put somebody into the team and print the link they join with, once.

    Args:
        name: what they sign in with
        role: a role; give it again for more
        shown_name: how they are called; by default the name
        brand: the brand they work for
        json: print machine-readable results
    """
    with opened() as house, house.workshop.transaction() as tx:
        by = _operator(tx, brand)
        person = add_person(tx, name, shown_name=shown_name, roles=role, by=by)
        token = invite(tx, person.id, by=by)
    _print_link(house, person.name, token, json=json)


@app.command(name="list")
def list_all(*, brand: Brand = HOUSE, json: bool = False) -> None:
    """List the team.

    Args:
        brand: the brand they work for
        json: print machine-readable results
    """
    with opened() as house, house.workshop.reading() as tx:
        people = list_people(tx, find_brand(tx, brand).id)
    if json:
        show.print_json([asdict(each) | {"made_at": each.made_at.isoformat()} for each in people])
        return
    if not people:
        print(words("Nobody works here yet. Begin with `silkreel staff add NAME --role owner`."))
        return
    rows = [
        (each.name, each.shown_name, ", ".join(each.roles), each.state,
         words("set up") if each.second_factor else "-")
        for each in people
    ]  # fmt: skip
    columns = (
        words("signs in as"), words("name"), words("roles"), words("state"),
        words("second factor"),
    )  # fmt: skip
    show.print_table(words("Team"), columns, rows)


@app.command
def roles(name: str | None = None, /, *, role: Roles | None = None, brand: Brand = HOUSE) -> None:
    """List the roles and their rights; with a name and --role, give that person these roles.

    Args:
        name: what somebody signs in with
        role: a role they have from now on; give it again for more
        brand: the brand they work for
    """
    if name is None:
        rows = [
            (each.name, each.title, ", ".join(sorted(each.rights)))
            for each in rolebook().roles.values()
        ]
        columns = (words("role"), words("title"), words("rights"))
        show.print_table(words("Roles"), columns, rows)
        return
    with opened() as house, house.workshop.transaction() as tx:
        person = find_person(tx, name, brand)
        if role:
            person = change_roles(tx, person.id, role, by=_operator(tx, brand))
    print(f"{person.name}: {', '.join(person.roles)}")


@app.command(name="reset")
def start_again(name: str, /, *, brand: Brand = HOUSE, json: bool = False) -> None:
    """Take password, second factor and sessions away, and print a link to start again with.

    Args:
        name: what they sign in with
        brand: the brand they work for
        json: print machine-readable results
    """
    with opened() as house, house.workshop.transaction() as tx:
        person = find_person(tx, name, brand)
        token = reset(tx, person.id, by=_operator(tx, brand))
    _print_link(house, person.name, token, json=json)


@app.command
def disable(name: str, /, *, brand: Brand = HOUSE) -> None:
    """Shut somebody out at once; what they did stays theirs.

    Args:
        name: what they sign in with
        brand: the brand they work for
    """
    with opened() as house, house.workshop.transaction() as tx:
        person = disable_person(tx, find_person(tx, name, brand).id, by=_operator(tx, brand))
    print(words("{name} is disabled; their sessions have ended.", name=person.name))


@app.command
def enable(name: str, /, *, brand: Brand = HOUSE) -> None:
    """Let somebody in again.

    Args:
        name: what they sign in with
        brand: the brand they work for
    """
    with opened() as house, house.workshop.transaction() as tx:
        person = enable_person(tx, find_person(tx, name, brand).id, by=_operator(tx, brand))
    print(words("{name} may sign in again.", name=person.name))


def _operator(tx: Session, brand: str) -> Actor:
    return machine(getpass.getuser(), find_brand(tx, brand).id, now())


def _print_link(house: House, name: str, token: str, *, json: bool) -> None:
    settings = house.settings
    origin = (settings.public_url or f"http://{settings.host}:{settings.port}").rstrip("/")
    link = f"{origin}/staff/join#{token}"
    if json:
        show.print_json({"name": name, "link": link, "days": LIFE.days})
        return
    print(words(JOINS, name=name, days=LIFE.days), link, sep="\n")
