"""Ways to pay and ad networks come by entry points, ours as a stranger's do."""

import pytest

from silkreel.commerce import registry
from silkreel.commerce.ad_proofs import NetworkMissing
from silkreel.commerce.payments import ProviderMissing
from silkreel.kit.settings import Settings


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
    with pytest.raises(registry.PretendPaymentsOnARealBrand):
        registry.open_providers(settings, ["Hippo"])
