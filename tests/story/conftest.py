"""Stories for the tests of this room: compiled once, played by both runtimes."""

import pytest

from drawn_stories import heiress_at
from silkreel.story.compile import compile_ink, ink_of
from silkreel.story.project import open_story


@pytest.fixture(scope="session")
def heiress(tmp_path_factory):
    """The Heiress Returns, opened."""
    return open_story(heiress_at(tmp_path_factory.mktemp("heiress")))


@pytest.fixture(scope="session")
def heiress_json(heiress):
    """The Heiress Returns, compiled."""
    return compile_ink(ink_of(heiress)).json()
