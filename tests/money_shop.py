"""A served installation that sells one small series, and customers at its door."""

import uuid
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import sqlalchemy as sa
from pydantic import SecretStr
from starlette.testclient import TestClient

from silkreel.catalogue.browse import VIDEO
from silkreel.catalogue.tables import EpisodeRow, RenditionRow, SeriesRow
from silkreel.commerce.campaigns import Campaign, Film, add_campaign
from silkreel.commerce.pricebook import default_book, publish_book
from silkreel.kit.artifacts import Workshop
from silkreel.kit.clock import now
from silkreel.kit.settings import Settings
from silkreel.people.brands import HOUSE
from silkreel.web.app import WebApp, create_app
from silkreel.web.limits import RateLimit
from trial_home import Trial, seed

NOON = datetime(2026, 6, 1, 12, tzinfo=UTC)
SLUG = "night-market"
NIGHT = Trial(slug=SLUG, seconds=1, rungs=((90, 160),), episodes=7)  # five free, two locked
EPISODE_COINS = 45
SECRET = "pretend"
MONEY = {
    "GET /api/series/{slug}/price",
    "GET /api/wallet",
    "GET /api/wallet/bundles",
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
    "GET /api/offers",
    "POST /api/ads/intents",
    "POST /api/ads/intents/{nonce}/shown",
    "POST /api/ads/intents/{nonce}/claim",
    "GET /api/ads/beacon/{step}",
    "GET /api/ads/vast",
    "POST /api/ads/breaks",
    "GET /api/demo",
    "POST /api/demo/market",
    "GET /api/vip",
    "GET /api/vip/screen",
    "POST /api/vip",
    "POST /api/vip/cancel",
    "POST /api/vip/cancel/confirm",
    "POST /api/vip/withdraw",
    "POST /api/vip/withdraw/confirm",
}
AD_SECONDS = 6
STEPS = ("start", "first_quartile", "midpoint", "third_quartile", "complete")
# Every module of the money side that asks what time it is.
CLOCKS = (
    "ads",
    "offers",
    "price",
    "unlocks",
    "wallet",
    "orders",
    "hooks",
    "pretend",
    "vip",
    "watched",
)


def demo_settings(settings: Settings, **more: object) -> Settings:
    """Settings of a demo: pretend money at the house, viewers in the US."""
    told = {
        "market": "US", "payments": "fake_psp", "demo_brands": HOUSE,
        "fake_payments_secret": SecretStr(SECRET), "beacon_secrets": SecretStr("beacon"), **more,
    }  # fmt: skip
    return settings.model_copy(update=told)


def stock(workshop: Workshop, media: Path) -> list[str]:
    """Ids of the episodes of the shop's series, which is made unless the home began with it."""
    told = (
        sa.select(EpisodeRow.id)
        .join(SeriesRow, SeriesRow.id == EpisodeRow.series_id)
        .where(SeriesRow.slug == SLUG)
        .order_by(EpisodeRow.number)
    )
    with workshop.reading() as tx:
        found = list(tx.scalars(told))
    return found or seed(workshop, NIGHT, media)


def publish(workshop: Workshop, **terms: object) -> None:
    """Put the default book of the US in force, with other terms if told; no gift if none is told."""
    with workshop.transaction() as tx:
        plain = replace(default_book("US", HOUSE), first_recharge_bonus_percent=0)
        book = replace(plain, **terms)
        publish_book(tx, book, approved_by=("mei", "li"), now=now())


def put_ad(workshop: Workshop, campaign_id: str = "tea", **more: object) -> Campaign:
    """A campaign whose film is a picture that is there already, so that nothing is drawn."""
    with workshop.transaction() as tx:
        row = tx.scalars(sa.select(RenditionRow).where(RenditionRow.kind == VIDEO)).first()
        size = workshop.store.path(row.content_hash, row.suffix).stat().st_size
        film = Film(row.content_hash, row.suffix, size, 90, 160, AD_SECONDS)
        told = {"id": campaign_id, "brand_id": HOUSE, "title": "Tea", "advertiser": "Tea House",
                "film": film, "starts_at": NOON, "click_url": "https://tea.example/", **more}  # fmt: skip
        return add_campaign(tx, Campaign(**told))


@dataclass
class Clock:
    """What the money endpoints take for now."""

    at: datetime

    def __call__(self) -> datetime:
        return self.at

    def passes(self, **amount: float) -> None:
        self.at += timedelta(**amount)


def hold_clock(monkeypatch, at: datetime | None = None) -> Clock:
    """A clock that only a test moves."""
    clock = Clock(at or now() + timedelta(hours=1))  # after the books that tests publish now
    for name in CLOCKS:
        monkeypatch.setattr(f"silkreel.web.api.money.{name}.now", clock)
    monkeypatch.setattr("silkreel.web.api.play.now", clock)
    return clock


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

    def offers(self, number):
        return self.browser.get(f"/api/offers?episode={self.episodes[number - 1]}")

    def ask_ad(self, number, **more):
        wish = {"episode": self.episodes[number - 1], **more}
        return self.browser.post("/api/ads/intents", json=wish)

    def beacon(self, step, ticket):
        return self.browser.get("/api/ads/beacon/" + step, params={"ticket": ticket})

    def watch(self, ad, clock, seconds=AD_SECONDS):
        """Play an ad of ours to its end by the clock; answers the last beacon."""
        ticket, answer = ad["ticket"], None
        for step in STEPS:
            answer = self.beacon(step, ticket)
            if answer.status_code != 200:
                return answer
            ticket = answer.json()["ticket"]
            clock.passes(seconds=seconds / (len(STEPS) - 1))
        return answer

    def claim(self, nonce):
        return self.browser.post(f"/api/ads/intents/{nonce}/claim")

    def ad_break(self, ended, after, position=60.0):
        wish = {"ended": self.episodes[ended - 1], "next": self.episodes[after - 1],
                "position_seconds": position}  # fmt: skip
        return self.browser.post("/api/ads/breaks", json=wish)

    def vip(self):
        return self.browser.get("/api/vip").json()

    def vip_screen(self, plan="week", *, renews=False):
        told = {"plan": plan, "renews": renews}
        return self.browser.get("/api/vip/screen", params=told)

    def join(self, plan="week", *, renews=False, screen=None, key=None):
        """Say yes to a plan's screen."""
        shown = screen or self.vip_screen(plan, renews=renews).json()["sha256"]
        wish = {"plan": plan, "renews": renews, "screen": shown}
        return self.browser.post("/api/vip", json=wish, headers=keyed(key))

    def join_and_pay(self, plan="week", **more):
        joined = self.join(plan, **more).json()
        self.browser.post(joined["pay"]["url"], follow_redirects=False)
        return joined

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
