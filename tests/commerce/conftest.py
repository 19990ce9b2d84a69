"""Counterparts that speak what real providers speak."""

import sys
import tomllib
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent))

from stripe_counterpart import StripeCounterpart

POINTS = tomllib.loads((Path(__file__).parents[2] / "pyproject.toml").read_text())["project"][
    "entry-points"
]
STRANGER = """
class Pay:
    name, test_only = "pay", False

    @classmethod
    def open(cls, settings):
        return cls()
"""


@pytest.fixture
def installed(tmp_path, monkeypatch):
    """A package's metadata as an installer leaves it: the points of pyproject.toml, and a stranger's."""
    wanted = {group: dict(POINTS[group]) for group in ("silkreel.payments", "silkreel.adnetworks")}
    wanted["silkreel.payments"]["pay"] = "stranger_pay:Pay"
    (tmp_path / "stranger_pay.py").write_text(STRANGER)
    info = tmp_path / "stranger_pay-1.0.dist-info"
    info.mkdir()
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: stranger-pay\nVersion: 1.0\n")
    lines = [
        f"[{group}]\n" + "\n".join(f"{name} = {place}" for name, place in points.items())
        for group, points in wanted.items()
    ]
    (info / "entry_points.txt").write_text("\n".join(lines) + "\n")
    monkeypatch.syspath_prepend(str(tmp_path))
    yield
    sys.modules.pop("stranger_pay", None)


@pytest.fixture
def stripe_side():
    side = StripeCounterpart()
    yield side
    side.close()
