"""Applications are opened by some flows' tests too."""

from made_once import made_once  # noqa: F401 - a fixture
