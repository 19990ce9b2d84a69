"""The story API against its own description: whatever is sent, the answer is one it names."""

import pytest
import schemathesis
from hypothesis import HealthCheck, given
from hypothesis import settings as budget
from schemathesis.specs.openapi.checks import positive_data_acceptance

from silkreel.flows.publish_story import publish_story
from silkreel.kit.clock import now
from silkreel.kit.settings import Settings
from silkreel.web.app import create_app
from silkreel.web.limits import RateLimit
from story_house import write_market
from trial_home import Trial, open_trial, seed

SLUG = "harbour-lights"
STORY = {
    "GET /api/works/{slug}",
    "GET /api/works/{slug}/art/{name}",
    "GET /api/works/{slug}/chapters/{number}",
    "GET /api/works/{slug}/choices",
    "GET /api/works/{slug}/choices/{choice}/offer",
    "POST /api/works/{slug}/choices/{choice}/unlock",
    "POST /api/works/{slug}/choices/{choice}/taken",
    "GET /api/works/{slug}/episodes/{number}/choices",
    "GET /api/works/{slug}/game",
    "GET /api/works/{slug}/game/{digest}.json",
    "GET /api/works/{slug}/moments",
    "GET /api/works/{slug}/moments/{line}",
    "GET /api/works/{slug}/place",
    "POST /api/works/{slug}/place",
    "GET /api/works/{slug}/playthroughs",
    "GET /api/works/{slug}/playthroughs/{slot}",
    "POST /api/works/{slug}/playthroughs/{slot}",
    "DELETE /api/works/{slug}/playthroughs/{slot}",
    "GET /api/works/{slug}/seen",
    "POST /api/works/{slug}/seen",
    "GET /api/works/{slug}/strings/{number}",
}


@pytest.fixture(scope="module")
def operations(tmp_path_factory, media_folder):
    home = tmp_path_factory.mktemp("api")
    workshop = open_trial(home)
    seed(workshop, Trial(slug=SLUG, seconds=2, rungs=((90, 160),), episodes=1), media_folder)
    market = write_market(tmp_path_factory.mktemp("story") / "market", episodes=2)
    publish_story(workshop, market, SLUG, by="anna", at=now())
    app = create_app(Settings(home=home), workshop, plays=RateLimit(per_minute=100_000))
    schema = schemathesis.openapi.from_asgi("/api/openapi.json", app)
    yield {found.ok().label: found.ok() for found in schema.get_all_operations()}
    app.api.state.stories.stage.close()
    workshop.database.close()


def test_the_description_names_every_address_of_a_story(operations):
    assert {label for label in operations if "/api/works" in label} == STORY


@pytest.mark.parametrize("label", sorted(STORY))
def test_every_answer_is_one_the_description_names(operations, label):
    @budget(max_examples=5, deadline=None, suppress_health_check=list(HealthCheck))
    @given(case=operations[label].as_strategy())
    def holds(case):
        case.path_parameters["slug"] = SLUG
        # Ids and versions that never were have the shape of those that are: no schema tells them.
        case.call_and_validate(excluded_checks=[positive_data_acceptance])

    holds()
