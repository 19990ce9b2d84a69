"""A served installation that sells one small series, and customers at its door."""

import uuid
from dataclasses import dataclass, replace

from pydantic import SecretStr
from starlette.testclient import TestClient

from silkreel.commerce.pricebook import default_book, publish_book
from silkreel.kit.artifacts import Workshop
from silkreel.kit.clock import now
from silkreel.kit.settings import Settings
from silkreel.people.brands import HOUSE
from silkreel.web.app import WebApp, create_app
from silkreel.web.limits import RateLimit
from trial_home import Trial

SLUG = "night-market"
NIGHT = Trial(slug=SLUG, seconds=1, rungs=((90, 160),), episodes=7)  # five free, two locked
EPISODE_COINS = 45
SECRET = "pretend"
MONEY = {
    "GET /api/series/{slug}/price",
    "GET /api/wallet",
    "GET /api/wallet/history",
    "POST /api/unlocks",
    "POST /api/unlocks/{txn}/undo",
    "POST /api/episodes/{episode_id}/watched",
    "POST /api/episodes/{episode_id}/watching",
    "POST /api/ads/impressions",
    "POST /api/orders",
    "GET /api/orders/{order_id}",
    "POST /api/orders/{order_id}/claim",
    "POST /api/withdrawals",
    "POST /api/withdrawals/{withdrawal}/confirm",
    "GET /api/withdrawals",
    "GET /api/withdrawals/contracts",
    "GET /api/me",
    "POST /api/me/codes",
    "POST /api/me/sign-in",
    "POST /api/me/sign-out",
    "DELETE /api/me/places/{place}",
    "GET /api/me/rights",
    "PUT /api/me/limits/{stretch}",
    "POST /api/me/stop",
    "POST /api/me/age",
    "GET /api/me/export",
    "GET /api/me/erasure",
    "POST /api/me/erasure",
}


def demo_settings(settings: Settings, **more: object) -> Settings:
    """Settings of a demo: pretend money at the house, viewers in the US."""
    told = {
        "market": "US", "payments": "fake_psp", "demo_brands": HOUSE,
        "fake_payments_secret": SecretStr(SECRET), "beacon_secrets": SecretStr("beacon"), **more,
    }  # fmt: skip
    return settings.model_copy(update=told)


def publish(workshop: Workshop, **terms: object) -> None:
    """Put the default book of the US in force, with other terms if told."""
    with workshop.transaction() as tx:
        book = replace(default_book("US", HOUSE), **terms)
        publish_book(tx, book, approved_by=("mei", "li"), now=now())


@dataclass
class Shop:
    """What the tests need of the installation."""

    app: WebApp
    workshop: Workshop
    episodes: list[str]

    def customer(self) -> "Customer":
        """Somebody whom nobody knows yet."""
        return Customer(TestClient(self.app, raise_server_exceptions=False), self.episodes)


@dataclass
class Customer:
    """A browser and what it asks of the money endpoints."""

    browser: TestClient
    episodes: list[str]

    def price(self):
        return self.browser.get(f"/api/series/{SLUG}/price")

    def play(self, number):
        return self.browser.post(f"/api/episodes/{self.episodes[number - 1]}/play")

    def wallet(self):
        return self.browser.get("/api/wallet").json()

    def unlock(self, *numbers, expected=None, key=None):
        body = {
            "series": SLUG, "episodes": [self.episodes[n - 1] for n in numbers],
            "expected_coins": EPISODE_COINS * len(numbers) if expected is None else expected,
        }  # fmt: skip
        return self.browser.post("/api/unlocks", json=body, headers=keyed(key))

    def undo(self, txn, key=None):
        return self.browser.post(f"/api/unlocks/{txn}/undo", headers=keyed(key))

    def order(self, item="bundle:500", key=None, **more):
        return self.browser.post("/api/orders", json={"item": item, **more}, headers=keyed(key))

    def buy(self, item="bundle:500"):
        """Order and pretend to pay."""
        order = self.order(item).json()
        self.browser.post(order["pay"]["url"], follow_redirects=False)
        return order


def keyed(key=None):
    return {"idempotency-key": key or str(uuid.uuid4())}


def open_shop(settings: Settings, workshop: Workshop, episodes: list[str]) -> Shop:
    """The application over a seeded home, without limits on how often anybody asks."""
    often = RateLimit(per_minute=100_000)
    return Shop(create_app(settings, workshop, plays=often, purchases=often), workshop, episodes)
