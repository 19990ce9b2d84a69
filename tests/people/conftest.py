"""A team on a real database: people with passwords, and the moments they act at."""

from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

import pytest

from silkreel.kit.database import Database
from silkreel.people.actors import Actor, machine
from silkreel.people.brands import HOUSE
from silkreel.people.invitations import accept, invite
from silkreel.people.passwords import hash_password
from silkreel.people.sessions import open_session, present
from silkreel.people.sign_in import Knock, enter, knock, proves
from silkreel.people.staff import add_person

START = datetime(2026, 3, 1, 9, 0, tzinfo=UTC)
PASSWORD = "lantern quay tofu umbrella"
KEY = b"k" * 32


@pytest.fixture(scope="session")
def password_hash() -> str:
    return hash_password(PASSWORD)


@dataclass
class Team:
    """What tests do with a team, each step in its own transaction."""

    database: Database
    password_hash: str
    at: datetime = START

    def later(self, **amount) -> datetime:
        self.at += timedelta(**amount)
        return self.at

    @property
    def machine(self) -> Actor:
        return machine("root", HOUSE, self.at)

    def hire(self, name: str, *roles: str, by: Actor | None = None) -> str:
        with self.database.transaction() as tx:
            who = by or self.machine
            person = add_person(tx, name, roles=roles, by=who)
            token = invite(tx, person.id, by=who)
            accept(tx, token, self.password_hash, brand_id=HOUSE, at=self.at)
        return person.id

    def acting(self, staff_id: str, *, second_factor: bool = True) -> Actor:
        """Somebody as a session makes them known."""
        with self.database.transaction() as tx:
            token = open_session(tx, staff_id, HOUSE, second_factor=second_factor, at=self.at)
        with self.database.reading() as tx:
            found = present(tx, token, HOUSE, self.at, "")
        assert found is not None
        return found.actor

    def sign_in(self, name, password=PASSWORD, code="", address="192.0.2.7", **more):
        with self.database.transaction() as tx:
            found = knock(tx, name, address=address, brand_id=HOUSE, at=self.at)
        if not isinstance(found, Knock):
            return found
        proven = proves(found, password)
        with self.database.transaction() as tx:
            return enter(tx, found, proven=proven, code=code, house_key=KEY, **more)

    def now(self, actor: Actor) -> Actor:
        return replace(actor, at=self.at)


@pytest.fixture
def team(database, password_hash) -> Team:
    return Team(database, password_hash)
