"""The public API against its own description: whatever is sent, the answer is one it names."""

import pytest
import schemathesis
from hypothesis import HealthCheck, given
from hypothesis import settings as budget

from money_shop import MONEY
from silkreel.kit.settings import Settings
from silkreel.web.app import create_app
from silkreel.web.limits import RateLimit
from trial_home import Trial, open_trial, seed

OPERATIONS = {
    "GET /api/series",
    "GET /api/series/{slug}",
    "GET /api/series/{slug}/episodes/{number}",
    "POST /api/episodes/{episode_id}/play",
    "GET /health/livez",
    "GET /health/readyz",
}

ELSEWHERE = ("/api/staff", "/api/works")  # each has a test of its own


@pytest.fixture(scope="module")
def operations(tmp_path_factory, media_folder):
    home = tmp_path_factory.mktemp("api")
    workshop = open_trial(home)
    seed(workshop, Trial(seconds=2, rungs=((90, 160),), episodes=1), media_folder)
    app = create_app(Settings(home=home), workshop, plays=RateLimit(per_minute=100_000))
    schema = schemathesis.openapi.from_asgi("/api/openapi.json", app)
    yield {found.ok().label: found.ok() for found in schema.get_all_operations()}
    workshop.database.close()


def test_the_description_names_every_public_address(operations):
    told = {label for label in operations if not any(part in label for part in ELSEWHERE)}
    assert told == OPERATIONS | MONEY


@pytest.mark.parametrize("label", sorted(OPERATIONS))
def test_every_answer_is_one_the_description_names(operations, label):
    @budget(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck))
    @given(case=operations[label].as_strategy())
    def holds(case):
        case.call_and_validate()

    holds()
