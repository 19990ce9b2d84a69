"""A served installation with one small released series."""

from collections.abc import Iterator

import pytest
from starlette.testclient import TestClient

from made_once import made_once  # noqa: F401 - a fixture
from money_shop import Shop, demo_settings, open_shop, publish, stock
from silkreel.web.app import WebApp, create_app
from trial_home import Trial, seed

SMALL = Trial(seconds=4, rungs=((90, 160), (180, 320)))


@pytest.fixture
def episodes(workshop, media_folder) -> list[str]:
    return seed(workshop, SMALL, media_folder)


@pytest.fixture
def app(settings, workshop) -> WebApp:
    return create_app(settings, workshop)


@pytest.fixture
def client(app) -> Iterator[TestClient]:
    with TestClient(app, raise_server_exceptions=False) as opened:
        yield opened


@pytest.fixture
def unpriced(settings, workshop, media_folder) -> Iterator[Shop]:
    """A shop without a price book: everything is free."""
    opened = open_shop(demo_settings(settings), workshop, stock(workshop, media_folder))
    yield opened
    opened.app.api.state.site.close()


@pytest.fixture
def shop(unpriced) -> Shop:
    """A shop that sells by the default book of the US."""
    publish(unpriced.workshop)
    return unpriced
