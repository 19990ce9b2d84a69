"""The staff's API against its own description, as an owner whose requests are made up."""

import pytest
import schemathesis
from hypothesis import HealthCheck, given
from hypothesis import settings as budget
from schemathesis.specs.openapi.checks import positive_data_acceptance

from silkreel.kit.clock import now
from silkreel.kit.settings import Settings
from silkreel.people.brands import HOUSE
from silkreel.people.passwords import hash_password
from silkreel.people.sessions import open_session
from silkreel.people.tokens import csrf_token
from silkreel.web.app import create_app
from staff_desk import PASSWORD, hire
from trial_home import open_trial

SLOW = ("sign-in", "account", "links/use")  # each try may cost an argon2 hash


@pytest.fixture(scope="module")
def desk(tmp_path_factory):
    home = tmp_path_factory.mktemp("desk")
    workshop = open_trial(home)
    owner = hire(workshop, hash_password(PASSWORD), "owner", "owner")
    app = create_app(Settings(home=home), workshop)
    schema = schemathesis.openapi.from_asgi("/api/openapi.json", app)
    found = [found.ok() for found in schema.get_all_operations()]
    yield workshop, owner, [each for each in found if "/api/staff" in each.label]
    workshop.database.close()


def test_every_answer_is_one_the_description_names(desk):
    workshop, owner, operations = desk
    assert len(operations) >= 18
    for operation in operations:
        few = any(word in operation.label for word in SLOW)

        @budget(
            max_examples=6 if few else 20, deadline=None,
            suppress_health_check=list(HealthCheck),
        )  # fmt: skip
        @given(case=operation.as_strategy())
        def holds(case):
            with workshop.transaction() as tx:
                token = open_session(tx, owner, HOUSE, second_factor=True, at=now())
            headers = {"x-csrf-token": csrf_token(token), "cookie": f"silkreel-desk={token}"}
            # A room may refuse what has the right shape: a role that is none, a link that is spent.
            case.call_and_validate(headers=headers, excluded_checks=[positive_data_acceptance])

        holds()
