"""The ways past a locked episode, with what each costs this viewer now; logged with its reasons.

One function behind `GET /api/offers` and the 402 of a play, so that they cannot disagree.
"""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import sqlalchemy as sa

from silkreel.catalogue.tables import EpisodeRow
from silkreel.commerce import ads
from silkreel.commerce.ad_rules import AdRules, left_today
from silkreel.commerce.ads import Asking
from silkreel.commerce.arms import OrderArm
from silkreel.commerce.book import Book, TopUp
from silkreel.commerce.first_gift import FirstGift, first_gift
from silkreel.commerce.offer_log import log_offers, viewer_facts
from silkreel.commerce.offers import (
    AdPlace,
    Context,
    EpisodeRef,
    OfferList,
    Option,
    SeriesTerms,
    offer,
)
from silkreel.commerce.quotes import series_price
from silkreel.commerce.unlock import owned_and_spent
from silkreel.commerce.wallets import WalletView, wallet_of
from silkreel.flows.sell_episodes import Onlooker, viewing_of
from silkreel.flows.wall import Wall, sold_for_coins
from silkreel.kit.database import Database, Session

SHEET = "sheet"  # where a rewarded ad is asked for
NOBODY = ""


@dataclass(frozen=True, slots=True)
class AdsToday:
    """What ads can do for a viewer today."""

    watched: int  # for this episode, where it takes several
    left: int
    cap: int
    resets_at: datetime


@dataclass(frozen=True, slots=True)
class Ways:
    """All that a sheet shows."""

    wall: Wall
    offered: OfferList
    wallet: WalletView
    ads: AdsToday
    locked_episodes: int
    rest: tuple[str, ...]  # episodes that the rest opens
    spare_coins: int
    first_gift: FirstGift | None  # with their first pack of coins

    def missing(self, option: Option) -> int:
        """Coins that a way needs beyond the wallet."""
        return max(0, option.price_coins - self.spare_coins)

    def top_up(self, option: Option) -> TopUp | None:
        """The purchase that mends it, at today's prices; None where nothing is missing."""
        missing = self.missing(option)
        return self.wall.book.top_up(missing) if missing else None


def ad_rules(book: Book) -> AdRules:
    """What a market's book says of rewarded ads."""
    return AdRules(
        day_cap=book.ads_a_day, series_day_cap=book.ads_a_day, unlocks=book.episodes_per_ad,
        ads_per_unlock=book.ads_per_unlock,
    )  # fmt: skip


def ways_past(database: Database, who: Onlooker, wall: Wall, at: datetime) -> Ways:
    """Every way that is open to this viewer, in order. Makes nothing."""
    with database.reading() as tx:
        wallet = WalletView(0, 0, 0, ())
        owned, spent = frozenset[str](), 0
        if who.viewer_id is not None:
            wallet = wallet_of(tx, who.viewer_id, who.brand_id, at)
            owned, spent = owned_and_spent(tx, viewing_of(who, wall.sale.series_id))
        rest = _rest(tx, wall, owned)
        today = ads_today(tx, who, wall, at)
        gift = first_gift(tx, wall.book, who.viewer_id, who.brand_id)
        facts = viewer_facts(tx, who.viewer_id, who.brand_id, has_vip=wall.has_vip)
    price = series_price(wall.quote, wall.sale.episodes, owned=len(owned), spent_coins=spent)
    terms = SeriesTerms(price.locked_episodes, spent, vip_covers=wall.vip_covers)
    # Coins by the quote, VIP by today's book: that is what an order would charge.
    quote = replace(wall.quote, book=replace(wall.quote.book, plans=wall.book.plans))
    episode = EpisodeRef(wall.episode_id, wall.number, owned=bool(wall.cause))
    offered = offer(facts, terms, episode, quote, _context(who, wall, today))
    if set(rest) - wall.sale.playable or len(rest) != price.locked_episodes:
        offered = _without_rest(offered)
    spare = wallet.paid_coins + wallet.bonus_coins
    return Ways(wall, offered, wallet, today, price.locked_episodes, rest, spare, gift)


def log_ways(tx: Session, who: Onlooker, ways: Ways, at: datetime, *, shown: bool = False) -> None:
    """Write down what was offered to a viewer we know, and the arm they saw if it was shown."""
    if who.viewer_id is not None and ways.offered.options:
        if shown:
            who.arms.saw_order(tx, who.at(ways.wall.sale.series_id), at)
        log_offers(
            tx, ways.offered, viewer_id=who.viewer_id, brand_id=who.brand_id,
            series_id=ways.wall.sale.series_id, episode_id=ways.wall.episode_id,
            market=who.market, at=at,
        )  # fmt: skip


def ads_today(tx: Session, who: Onlooker, wall: Wall, at: datetime) -> AdsToday:
    """How many ads are left, and when they begin anew."""
    rules, zone = ad_rules(wall.book), wall.book.zone
    asking = asking_of(who, wall)
    counts = ads.count(tx, asking, at)
    return AdsToday(
        watched=ads.watched_for(tx, asking), left=left_today(rules, counts), cap=rules.day_cap,
        resets_at=next_midnight(at, zone),
    )  # fmt: skip


def asking_of(who: Onlooker, wall: Wall) -> Asking:
    """A question about a viewer's ads; nothing is asked for by it."""
    return Asking(
        viewer_id=who.viewer_id or NOBODY, brand_id=who.brand_id, device_hash=NOBODY,
        address_prefix=NOBODY, placement=SHEET, series_id=wall.sale.series_id,
        episode_id=wall.episode_id, network=NOBODY, zone=wall.book.zone, allowed=True,
        filled=True,
    )  # fmt: skip


def next_midnight(at: datetime, zone: str) -> datetime:
    """When the market's next day begins, in UTC."""
    here = at.astimezone(ZoneInfo(zone))
    midnight = datetime.combine(here.date() + timedelta(days=1), datetime.min.time(), here.tzinfo)
    return midnight.astimezone(at.tzinfo)


def _context(who: Onlooker, wall: Wall, today: AdsToday) -> Context:
    known = who.viewer_id is not None
    tried = who.arms.order(who.at(wall.sale.series_id)) if known else OrderArm()
    sold = wall.book.opens_by_ads
    again = today.resets_at if sold and today.left < wall.quote.ads_per_unlock else None
    return Context(
        coins_sold=sold_for_coins(wall.book, wall.quote), vip_sold=wall.book.sells_vip,
        ads_sold=sold, ads=AdPlace(today.left if sold else 0, filled=sold, again_at=again),
        arm=tried.name, arm_order=tried.order,
    )  # fmt: skip


def _rest(tx: Session, wall: Wall, owned: frozenset[str]) -> tuple[str, ...]:
    rows = tx.execute(
        sa.select(EpisodeRow.id)
        .where(
            EpisodeRow.series_id == wall.sale.series_id,
            EpisodeRow.number > wall.quote.free_episodes,
        )
        .order_by(EpisodeRow.number)
    )
    return tuple(episode for (episode,) in rows if episode not in owned)


def _without_rest(offered: OfferList) -> OfferList:
    """The rest is sold whole: not while an episode of it has no picture yet."""
    if not any(option.kind == "rest" for option in offered.options):
        return offered
    kept = tuple(option for option in offered.options if option.kind != "rest")
    return replace(offered, options=kept, left_out={**offered.left_out, "rest": "not_ready"})
