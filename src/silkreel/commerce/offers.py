"""What a locked episode offers, and in which order: pure, so the same question has one answer.

It decides the order and nothing else. Every way that is open to the viewer is listed with its true
price, whatever the order; how dear the phone is and how much somebody has are not even told here.
"""

import random
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from datetime import datetime
from typing import Literal

from silkreel.commerce.quotes import Quote, rest_prices
from silkreel.kit.money import Money

OptionKind = Literal["coin", "rest", "ad", "vip", "pass", "wait"]
Segment = Literal["never_payer", "likely", "payer", "lapsed_vip"]

LIKELY_ADS = 10  # opened by ads: somebody who stays, and knows the wall
FLOOR = 0.05  # of every way to come first, so that what is learnt can be checked
DRAWS = 200  # a millisecond; they are themselves the policy, so the propensity stays exact
# The free way first where nobody has paid, coins first for who uses them.
ORDERS: Mapping[Segment, tuple[OptionKind, ...]] = {
    "never_payer": ("ad", "coin", "rest", "vip", "pass", "wait"),
    "likely": ("ad", "coin", "rest", "vip", "pass", "wait"),
    "payer": ("coin", "rest", "ad", "vip", "pass", "wait"),
    "lapsed_vip": ("vip", "coin", "ad", "rest", "pass", "wait"),
}


@dataclass(frozen=True, slots=True)
class ViewerFacts:
    """All that is asked of a viewer: counts, and what they may not do."""

    purchases: int = 0
    ad_unlocks: int = 0
    vips_ended: int = 0
    has_vip: bool = False
    may_spend: bool = True  # age, guardian and self-set caps
    may_see_ads: bool = True  # age and consent
    debt_coins: int = 0


@dataclass(frozen=True, slots=True)
class SeriesTerms:
    """What stands between the viewer and the end of the series."""

    locked_episodes: int  # neither free nor owned, this one too
    spent_coins: int = 0
    vip_covers: bool = True
    pass_minor: int | None = None  # a pass to this series, where the book sells one


@dataclass(frozen=True, slots=True)
class EpisodeRef:
    """The locked episode."""

    id: str
    number: int
    owned: bool = False


@dataclass(frozen=True, slots=True)
class AdPlace:
    """What an ad can do here today."""

    left_today: int = 0
    filled: bool = False
    again_at: datetime | None = None  # when the next ones come, where today's are used up


@dataclass(frozen=True, slots=True)
class Tries:
    """How often a way came first, and how often it was taken, in one segment and market."""

    taken: int = 0
    left: int = 0


@dataclass(frozen=True, slots=True)
class Learnt:
    """What the order may learn from; `seed` is this decision's own, so it can be drawn again."""

    tries: Mapping[OptionKind, Tries]
    seed: int


@dataclass(frozen=True, slots=True)
class Context:
    """Where the question is asked: the store's policy, ads, and an experiment's arm."""

    coins_sold: bool = True
    vip_sold: bool = True
    ads_sold: bool = True
    ads: AdPlace = field(default_factory=AdPlace)
    arm: str = ""
    arm_order: tuple[OptionKind, ...] = ()  # what an experiment's arm puts first
    learnt: Learnt | None = None


@dataclass(frozen=True, slots=True)
class Option:
    """A way to go on, with its price and why it stands where it stands.

    `price_minor` is the price of coins in the viewer's money, too: coins are never shown alone.
    `propensity` is the chance that this option came first.
    """

    kind: OptionKind
    ref: str
    price_coins: int
    price_minor: int
    currency: str
    terms: Mapping[str, int | str | bool]
    reason: str
    policy: str = ""
    propensity: float = 1.0


@dataclass(frozen=True, slots=True)
class OfferList:
    """Every way that is open, in order; nothing is chosen for the viewer above the cheapest."""

    options: tuple[Option, ...]
    segment: Segment
    arm: str
    left_out: Mapping[str, str]  # kind -> why it is not open to this viewer

    @property
    def first(self) -> Option | None:
        """What the sheet opens on."""
        return self.options[0] if self.options else None

    @property
    def preselected(self) -> Option | None:
        """What may be marked before the viewer chose: the first, if nothing else costs less."""
        if self.first is None or self.first.kind == "wait":
            return None
        cheapest = min(option.price_minor for option in self.options if option.kind != "wait")
        return self.first if self.first.price_minor == cheapest else None

    def explain(self) -> dict[str, object]:
        """The decision as it is logged."""
        return {
            "options": [{**asdict(each), "terms": dict(each.terms)} for each in self.options],
            "segment": self.segment, "arm": self.arm, "left_out": dict(self.left_out),
        }  # fmt: skip


def offer(
    viewer: ViewerFacts, series: SeriesTerms, episode: EpisodeRef, quote: Quote, ctx: Context
) -> OfferList:
    """Every way to open an episode, in order; none where it is open already."""
    segment = segment_of(viewer)
    if episode.owned or episode.number <= quote.free_episodes:
        return OfferList((), segment, ctx.arm, {"all": "open"})
    if viewer.has_vip and series.vip_covers:
        return OfferList((), segment, ctx.arm, {"all": "vip"})
    left_out = _left_out(viewer, series, quote, ctx)
    found = [each for each in _ways(series, episode, quote, ctx) if each.kind not in left_out]
    return OfferList(_ordered(found, segment, ctx), segment, ctx.arm, left_out)


def segment_of(viewer: ViewerFacts) -> Segment:
    """By counts alone."""
    if viewer.vips_ended and not viewer.has_vip:
        return "lapsed_vip"
    if viewer.purchases:
        return "payer"
    return "likely" if viewer.ad_unlocks >= LIKELY_ADS else "never_payer"


def _left_out(
    viewer: ViewerFacts, series: SeriesTerms, quote: Quote, ctx: Context
) -> dict[str, str]:
    """Which kinds are not open, and why: what is not here is listed."""
    ads = ctx.ads
    spending = "" if viewer.may_spend else "may_not_spend"
    coins = spending or ("" if ctx.coins_sold else "not_sold") or ("debt" * bool(viewer.debt_coins))
    vip = spending or ("" if ctx.vip_sold and quote.book.plans else "not_sold")
    vip = vip or ("has_vip" if viewer.has_vip else "" if series.vip_covers else "not_covered")
    enough = ads.left_today >= quote.ads_per_unlock  # or the ads would end at a coin price
    ad = "" if viewer.may_see_ads else "may_not_see_ads"
    ad = ad or ("" if ctx.ads_sold else "not_sold")
    why = {
        "coin": coins,
        "rest": coins or ("" if series.locked_episodes > 1 else "last_one"),
        "vip": vip,
        "pass": spending or ("" if series.pass_minor is not None else "not_sold"),
        "ad": ad or ("" if enough else "used_up") or ("" if ads.filled else "no_ad_ready"),
        "wait": ad or ("enough_ads" if enough else "" if ads.again_at else "nothing_comes"),
    }
    return {kind: reason for kind, reason in why.items() if reason}


def _ways(series: SeriesTerms, episode: EpisodeRef, quote: Quote, ctx: Context) -> Iterable[Option]:
    book, locked = quote.book, series.locked_episodes
    to_cap = max(0, quote.cap_coins - series.spent_coins)
    one = min(quote.episode_coins, to_cap)
    yield _option("coin", episode.id, book.money(one), one, {"episodes": 1, "for_ever": True})
    rest = sum(rest_prices(quote, locked, spent_coins=series.spent_coins))
    yield _option("rest", "rest", book.money(rest), rest, {"episodes": locked, "for_ever": True})
    free = Money(0, book.currency)
    ads = {"ads": quote.ads_per_unlock, "left_today": ctx.ads.left_today}
    yield _option("ad", episode.id, free, 0, ads)
    for plan in book.plans:
        yield _option("vip", f"vip:{plan.plan}", plan.price, 0, {"plan": plan.plan})
    yield _option("pass", "pass", Money(series.pass_minor or 0, book.currency), 0, {})
    again = ctx.ads.again_at.isoformat() if ctx.ads.again_at else ""
    yield _option("wait", episode.id, free, 0, {"ads_again_at": again})


def _option(
    kind: OptionKind, ref: str, price: Money, coins: int, terms: Mapping[str, int | str | bool]
) -> Option:
    return Option(kind, ref, coins, price.minor, price.currency, terms, "")


def _ordered(found: Sequence[Option], segment: Segment, ctx: Context) -> tuple[Option, ...]:
    """By kind: an arm's order, else what was learnt, else the segment's; cheaper first inside."""
    kinds = tuple(kind for kind in ORDERS[segment] if any(each.kind == kind for each in found))
    policy, chances = f"segment:{segment}", dict.fromkeys(kinds, 0.0)
    if ctx.arm_order:
        policy = f"arm:{ctx.arm}"
        kinds = tuple(sorted(kinds, key=lambda kind: _place(ctx.arm_order, kind)))
    elif ctx.learnt is not None and kinds:
        policy = "thompson"
        chances = first_chances(kinds, ctx.learnt)
        drawn = random.Random(f"first:{ctx.learnt.seed}")  # noqa: S311 - an order, not a secret
        head = drawn.choices(kinds, [chances[kind] for kind in kinds])[0]
        kinds = (head, *(kind for kind in kinds if kind != head))
    if policy != "thompson" and kinds:
        chances[kinds[0]] = 1.0
    inside = sorted(found, key=lambda each: (kinds.index(each.kind), each.price_minor, each.ref))
    return tuple(
        replace(each, policy=policy, propensity=chances[each.kind], reason=_reason(place, policy))
        for place, each in enumerate(inside)
    )


def first_chances(kinds: Sequence[OptionKind], learnt: Learnt) -> dict[OptionKind, float]:
    """The chance of each kind to come first: Thompson's, lifted to a floor; they add up to one.

    The order is drawn from exactly these, so the propensity in the log is the true one
    (Chapelle and Li, An Empirical Evaluation of Thompson Sampling, 2011).
    """
    dice = random.Random(f"tries:{learnt.seed}")  # noqa: S311 - an order, not a secret
    wins = dict.fromkeys(kinds, 0)
    for _ in range(DRAWS):
        drawn = {kind: _draw(dice, learnt.tries.get(kind, Tries())) for kind in kinds}
        wins[max(drawn, key=drawn.__getitem__)] += 1
    free = 1 - FLOOR * len(kinds)
    return {kind: FLOOR + free * wins[kind] / DRAWS for kind in kinds}


def _draw(dice: random.Random, tries: Tries) -> float:
    return dice.betavariate(1 + tries.taken, 1 + tries.left)


def _place(order: Sequence[OptionKind], kind: OptionKind) -> int:
    return order.index(kind) if kind in order else len(order)


def _reason(place: int, policy: str) -> str:
    return f"{policy}: first" if place == 0 else f"{policy}: open to this viewer"
