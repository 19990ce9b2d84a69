"""What CI could have set up may not be skipped there."""

from types import SimpleNamespace

import pytest

from skips import BEYOND_CI, unfair


def skipped(words):
    return SimpleNamespace(nodeid="test_it", longrepr=("file", 1, f"Skipped: {words}"))


@pytest.mark.parametrize(("ci", "told"), [("true", ["test_it: no PostgreSQL"]), ("", [])])
def test_a_skip_ci_could_have_avoided_is_told_under_ci_only(monkeypatch, ci, told):
    monkeypatch.setenv("CI", ci)
    assert unfair([skipped("no PostgreSQL"), skipped(f"{BEYOND_CI}: a clip")]) == told
