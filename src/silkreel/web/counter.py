"""What takes money here: the till, the ways to pay and the ad networks, opened when first needed."""

from threading import Lock

from silkreel.commerce import registry
from silkreel.commerce.ad_proofs import AdNetwork, NetworkMissing
from silkreel.commerce.adnetworks.beacons import Beacons
from silkreel.commerce.payments import Provider
from silkreel.commerce.providers.fake_psp import FakePsp
from silkreel.commerce.till import Till
from silkreel.flows.ways_to_pay import own_secret, pretend_payments
from silkreel.kit.database import Database
from silkreel.kit.settings import Settings
from silkreel.web.demo import DemoFloor


class Counter:
    """The money side of an installation; one that nobody pays at has no thread and opens nothing."""

    def __init__(
        self, settings: Settings, database: Database, house_key: bytes, demo: DemoFloor
    ) -> None:
        self._settings = settings
        self._database = database
        self._house_key = house_key
        self._demo = demo
        self._lock = Lock()
        self._till: Till | None = None
        self._providers: dict[str, Provider] | None = None
        self._networks: dict[str, AdNetwork] | None = None

    @property
    def till(self) -> Till:
        """The one till of this process."""
        with self._lock:
            if self._till is None:
                self._till = Till(self._database)
            return self._till

    @property
    def providers(self) -> dict[str, Provider]:
        """Ways to pay that are set up, by name, in the settings' order; in a demo the pretend one.

        No brand is named: pretend money at a real one is refused order by order.
        """
        demo = self._demo.any()
        with self._lock:
            if self._providers is None:
                self._providers = registry.open_providers(self._settings, [])
            if demo and FakePsp.name not in self._providers:
                pretend = pretend_payments(self._settings, self._house_key)
                self._providers = {**self._providers, FakePsp.name: pretend}
            return self._providers

    @property
    def beacons(self) -> Beacons:
        """What signs the beacons of our own ads: the set secrets, else one of the home's key."""
        own = own_secret(self._house_key, "beacons")
        return Beacons(self._settings.secrets("beacon_secrets") or (own,))

    @property
    def networks(self) -> dict[str, AdNetwork]:
        """Ad networks that can prove an ad here, by name."""
        with self._lock:
            if self._networks is None:
                self._networks = _open_networks(self._settings)
            return self._networks

    def is_demo(self, brand_id: str) -> bool:
        """Whether this brand's coins are play money: by the settings, or since `silkreel demo`."""
        return self._demo.is_demo(brand_id)

    def close(self) -> None:
        """Finish what waits at the till; where nobody rang, nothing is to be done."""
        with self._lock:
            till, self._till = self._till, None
        if till is not None:
            till.close()


def _open_networks(settings: Settings) -> dict[str, AdNetwork]:
    found: dict[str, AdNetwork] = {}
    for name in registry.names("adnetworks"):
        try:
            found[name] = registry.open_network(name, settings)
        except NetworkMissing:
            continue
    return found
