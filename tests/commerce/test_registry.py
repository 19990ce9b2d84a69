"""Ways to pay and ad networks come by entry points, ours as a stranger's do."""

import sys
import tomllib
from pathlib import Path

import pytest

from silkreel.commerce import registry
from silkreel.commerce.ad_proofs import NetworkMissing
from silkreel.commerce.payments import ProviderMissing
from silkreel.kit.settings import Settings

ROOT = Path(__file__).parent.parent.parent
POINTS = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["entry-points"]
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


def test_every_name_we_register_can_be_opened_or_says_what_to_set(installed, tmp_path):
    assert {"stripe", "apple", "google_play", "fake_psp", "pay"} <= set(registry.names("payments"))
    settings = Settings(home=tmp_path)
    for name in ("stripe", "apple", "google_play", "fake_psp"):
        with pytest.raises(ProviderMissing, match="SILKREEL_"):
            registry.open_provider(name, settings)
    for name in ("applovin", "unity", "beacons"):
        with pytest.raises(NetworkMissing, match="SILKREEL_"):
            registry.open_network(name, settings)
    assert registry.open_network("admob", settings).name == "admob"


def test_a_strangers_provider_opens_as_ours_do(installed):
    assert registry.open_provider("pay", Settings()).name == "pay"


def test_an_unknown_name_is_refused(installed):
    with pytest.raises(ProviderMissing, match="no installed package"):
        registry.open_provider("cowrie", Settings())
    with pytest.raises(NetworkMissing, match="no installed package"):
        registry.open_network("cowrie", Settings())


def test_only_what_is_set_up_is_offered_in_the_settings_order(installed, tmp_path):
    settings = Settings(
        home=tmp_path, payments="pay,fake_psp,stripe,apple", stripe_secret_key="sk",
        stripe_webhook_secrets="whsec", fake_payments_secret="s",
    )  # fmt: skip
    assert list(registry.open_providers(settings, [])) == ["pay", "fake_psp", "stripe"]
    with pytest.raises(registry.TestPaymentsOnARealBrand):
        registry.open_providers(settings, ["Hippo"])
