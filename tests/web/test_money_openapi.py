"""The money endpoints against their own description: whatever is sent, the answer is one it names."""

import pytest
import schemathesis
from hypothesis import HealthCheck, given
from hypothesis import settings as budget

from money_shop import MONEY, NIGHT, demo_settings, open_shop, publish
from silkreel.kit.settings import Settings
from trial_home import open_trial, seed


@pytest.fixture(scope="module")
def operations(tmp_path_factory, media_folder):
    home = tmp_path_factory.mktemp("money")
    workshop = open_trial(home)
    episodes = seed(workshop, NIGHT, media_folder)
    publish(workshop)
    shop = open_shop(demo_settings(Settings(home=home)), workshop, episodes)
    schema = schemathesis.openapi.from_asgi("/api/openapi.json", shop.app)
    yield {found.ok().label: found.ok() for found in schema.get_all_operations()}
    shop.app.api.state.site.close()
    workshop.database.close()


@pytest.mark.parametrize("label", sorted(MONEY))
def test_every_answer_is_one_the_description_names(operations, label):
    @budget(max_examples=20, deadline=None, suppress_health_check=list(HealthCheck))
    @given(case=operations[label].as_strategy())
    def holds(case):
        case.call_and_validate()

    holds()
