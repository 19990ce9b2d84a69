"""Ways to pay here, for whoever has no counter in front: those set up, and a demo's pretend one."""

import hashlib
import hmac
from typing import cast

from pydantic import SecretStr

from silkreel.commerce import registry
from silkreel.commerce.payments import Provider
from silkreel.commerce.providers.fake_psp import FakePsp
from silkreel.kit.database import Database
from silkreel.kit.settings import Settings
from silkreel.people.brands import demo_brands
from silkreel.people.house_key import load_house_key


def providers_here(settings: Settings, database: Database) -> dict[str, Provider]:
    """Every way to pay by name, in the settings' order; pretend money only where a brand is a demo.

    No brand is named: pretend money at a real one is refused order by order.
    """
    found = registry.open_providers(settings, [])
    if FakePsp.name not in found and _is_demo(settings, database):
        found[FakePsp.name] = pretend_payments(settings, load_house_key(settings.folder))
    return found


def provider_here(name: str, settings: Settings, database: Database) -> Provider:
    """One way to pay.

    Raises:
        ProviderMissing: it is not registered or not set up; the sentence says what to do.
    """
    if name == FakePsp.name and _is_demo(settings, database):
        return pretend_payments(settings, load_house_key(settings.folder))
    return registry.open_provider(name, settings)


def pretend_payments(settings: Settings, house_key: bytes) -> Provider:
    """The demo's provider, signed with the set secret, else with one of the home's key."""
    if settings.fake_payments_secret is None:
        own = SecretStr(own_secret(house_key, "pretend"))
        settings = settings.model_copy(update={"fake_payments_secret": own})
    return cast("Provider", FakePsp.open(settings))


def own_secret(house_key: bytes, use: str) -> str:
    """A secret of the home's key for one use: the same in every process."""
    return hmac.new(house_key, f"counter\n{use}".encode(), hashlib.sha256).hexdigest()


def _is_demo(settings: Settings, database: Database) -> bool:
    if settings.engines("demo_brands"):
        return True
    with database.reading() as tx:
        return bool(demo_brands(tx))
