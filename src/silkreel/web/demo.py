"""A demo's shop floor: which brands take play money, and the market a visitor chose to try.

A real brand's storefront decides the market. A demo has no storefront, so its visitor chooses, in
the open; the choice lies in a cookie that counts at brands of a demo and nowhere else.
"""

import re
import time
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from threading import Lock

import sqlalchemy as sa

from silkreel.catalogue.releases import WORLD
from silkreel.commerce.book import STANDARD, WEB
from silkreel.commerce.tables import PriceBookRow
from silkreel.kit.data_version import DataVersion
from silkreel.kit.database import Database, Session
from silkreel.people.brands import HOUSE
from silkreel.people.tables import BrandRow

COOKIE = "silkreel-market"
LOOKED_SECONDS = 2.0  # a brand becomes a demo once in its life; nobody waits for the second
_REGION = re.compile(r"[A-Z]{2}")


@dataclass(frozen=True, slots=True)
class DemoMarket:
    """A market that can be tried."""

    market: str
    currency: str


@dataclass(frozen=True, slots=True)
class _Seen:
    by_host: Mapping[str, str] = field(default_factory=dict)  # host -> brand
    markets: Mapping[str, tuple[DemoMarket, ...]] = field(default_factory=dict)  # demo brands only


class DemoFloor:
    """What a request has to know of demos; looked up seldom, for it hardly ever changes."""

    def __init__(self, database: Database, version: DataVersion, named: Iterable[str]) -> None:
        self._database, self._version, self._named = database, version, frozenset(named)
        self._lock = Lock()
        self._looked_at, self._at_version = 0.0, -1
        self._seen = _Seen()

    @property
    def stale(self) -> bool:
        """Whether somebody may have written since, and enough time has passed to look again."""
        if self._looked_at and time.monotonic() - self._looked_at < LOOKED_SECONDS:
            return False
        version = self._version.read()
        return not self._looked_at or version is None or version != self._at_version

    def look(self) -> None:
        """Read the brands and their books."""
        with self._lock:
            version = self._version.read()
            with self._database.reading() as tx:
                self._seen = _look(tx, self._named)
            self._at_version = -1 if version is None else version
            self._looked_at = time.monotonic()

    def is_demo(self, brand_id: str) -> bool:
        """Whether this brand's coins are play money."""
        return brand_id in self._fresh().markets

    def any(self) -> bool:
        """Whether there is a demo at all."""
        return bool(self._seen.markets)

    def markets_at(self, host: str) -> tuple[DemoMarket, ...] | None:
        """The markets to try where a request came to; None at a real brand."""
        seen = self._fresh()
        return seen.markets.get(_brand(seen, host))

    def market(self, host: str, *, chosen: str, told: str, languages: Iterable[str]) -> str:
        """The market of a request: chosen, else as it was told, else by the language, else the first.

        At a real brand it is as it was told, whatever a cookie says.
        """
        offered = self.markets_at(host)
        names = [each.market for each in offered or ()]
        if not names:
            return told
        if chosen in names:
            return chosen
        if told != WORLD:
            return told
        spoken = (part for tag in languages for part in tag.split("-")[1:])
        return next(
            (part for part in spoken if _REGION.fullmatch(part) and part in names), names[0]
        )

    def _fresh(self) -> _Seen:
        if self.stale:
            self.look()
        return self._seen


def _brand(seen: _Seen, host: str) -> str:
    return seen.by_host.get(host.rsplit(":", 1)[0].lower(), HOUSE)


def _look(tx: Session, named: frozenset[str]) -> _Seen:
    brands = tx.scalars(sa.select(BrandRow).order_by(BrandRow.made_at.desc(), BrandRow.id.desc()))
    by_host, demos = {}, set(named)
    for brand in brands:
        by_host.update({str(host): brand.id for host in brand.domains})
        demos |= {brand.id} if brand.demo_since is not None else set()
    if not demos:
        return _Seen(by_host)
    books = tx.execute(
        sa.select(PriceBookRow.brand_id, PriceBookRow.market, PriceBookRow.currency)
        .where(
            PriceBookRow.brand_id.in_(demos), PriceBookRow.channel == WEB,
            PriceBookRow.template == STANDARD,
        )
        .order_by(PriceBookRow.id)
    )  # fmt: skip
    found: dict[str, dict[str, DemoMarket]] = {brand: {} for brand in demos}
    for brand_id, market, currency in books:
        found[brand_id][market] = DemoMarket(market, currency)
    return _Seen(by_host, {brand: tuple(each.values()) for brand, each in found.items()})
