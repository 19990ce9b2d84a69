"""A served installation with one small released series."""

from collections.abc import Iterator

import pytest
from starlette.testclient import TestClient

from silkreel.web.app import WebApp, create_app
from trial_home import Trial, seed

SMALL = Trial(seconds=4, rungs=((90, 160), (180, 320)))


@pytest.fixture(scope="session")
def media_folder(tmp_path_factory):
    return tmp_path_factory.mktemp("media")


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
