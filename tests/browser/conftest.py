"""Debian's chromium over a served installation with two episodes in two languages."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from browser_story import HARBOUR
from browsing import served, visiting
from chromium import browser, chromium  # noqa: F401 - a fixture
from made_once import made_once  # noqa: F401 - a fixture
from silkreel.flows.publish_story import publish_story
from silkreel.kit.artifacts import Workshop
from silkreel.kit.clock import now
from trial_home import Trial, open_trial, seed


def pytest_collection_modifyitems(items):
    missing = pytest.mark.skip(reason="chromium is not installed (Debian: chromium)")
    for item in items:
        if "browser" in item.path.parts:
            item.add_marker(pytest.mark.browser)
            if chromium() is None:
                item.add_marker(missing)


@pytest.fixture(scope="session")
def address(tmp_path_factory, media_folder) -> Iterator[str]:
    workshop = open_trial(tmp_path_factory.mktemp("browser"))
    seed(workshop, Trial(seconds=12, rungs=((180, 320),)), media_folder)
    seed(
        workshop,
        Trial(
            slug="last-ferry", titles=(("en", "The Last Ferry"),), seconds=2, episodes=1,
            rungs=((320, 180),), orientation="landscape", languages=("en",),
        ),
        media_folder,
    )  # fmt: skip
    with served(workshop) as opened:
        yield opened


@pytest.fixture(params=[(390, 844), (1280, 800)], ids=["phone", "desk"])
def size(request):
    return request.param


@pytest.fixture
def phone(browser, address, size):  # noqa: F811 - the fixture
    with visiting(browser, address, size) as made:
        yield made


@dataclass
class Storied:
    """A served installation whose series is a novel and a game as well."""

    address: str
    workshop: Workshop

    def publish(self, folder: Path = HARBOUR) -> None:
        """Publish a story as that of the series."""
        publish_story(self.workshop, folder, "harbour-lights", by="test", at=now())


@pytest.fixture(scope="session")
def storied(tmp_path_factory, media_folder) -> Iterator[Storied]:
    workshop = open_trial(tmp_path_factory.mktemp("storied"))
    seed(workshop, Trial(seconds=12, rungs=((180, 320),)), media_folder)
    with served(workshop) as opened:
        made = Storied(opened, workshop)
        made.publish()
        yield made


@pytest.fixture
def reader(browser, storied, size):  # noqa: F811 - the fixture
    """A visitor of the series with a novel and a game."""
    with visiting(browser, storied.address, size) as made:
        yield made
