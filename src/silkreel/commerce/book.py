"""A price book as it travels: what coins, episodes, VIP and a whole series cost in one market."""

from dataclasses import dataclass, replace

from silkreel.kit.money import Money

WEB = "web"
STANDARD = "standard"
MIN_FREE_EPISODES = 5  # a viewer knows the story before paying for it
MAX_FREE_PERCENT = 20
PLANS = ("week", "month", "year")
COINS, ADS, VIP = "coins", "ads", "vip"
WAYS = (COINS, ADS, VIP)  # a brand is coin-only, ads-only or hybrid by which of them a book has


@dataclass(frozen=True, slots=True)
class Bundle:
    """Coins for money: bought ones, and a gift that expires."""

    paid_coins: int
    price: Money
    bonus_coins: int = 0
    store_sku: str | None = None

    @property
    def item(self) -> str:
        """Its name in a book."""
        return f"bundle:{self.paid_coins}"


@dataclass(frozen=True, slots=True)
class Plan:
    """A VIP plan's price for its period."""

    plan: str  # week | month | year
    price: Money


@dataclass(frozen=True, slots=True)
class TopUp:
    """The least a viewer pays to get so many coins more, and what is then left over."""

    price: Money
    paid_coins: int
    left_over_coins: int


@dataclass(frozen=True, slots=True)
class Book:
    """One version of the prices of a market on a channel."""

    brand_id: str
    market: str
    channel: str
    currency: str
    bundles: tuple[Bundle, ...]
    episode_coins: int
    cap_coins: int
    plans: tuple[Plan, ...] = ()
    free_episodes: int = 10
    ads_per_unlock: int = 1
    ads_a_day: int = 20
    rest_discount_percent: int = 25
    first_recharge_bonus_percent: int = 0
    exact_top_up: bool = True  # a store with fixed products cannot
    least_minor: int = 0  # the smallest amount the provider takes
    ways: tuple[str, ...] = WAYS
    episodes_per_ad: int = 1
    zone: str = "UTC"  # whose midnight begins a new day of ads
    vip_leaves_out: tuple[str, ...] = ()  # slugs of series that VIP does not open here
    breaks_an_hour: int = 12  # ads between episodes; none where it is zero
    break_after_episodes: int = 3
    break_after_seconds: int = 240
    least_free_episodes: int = MIN_FREE_EPISODES  # fewer in a demo only: its series is short
    choice_most_coins: int = 0  # an option of a story costs no more; 0: no more than an episode
    template: str = STANDARD
    version: int = 1
    id: int = 0  # 0 until published

    @property
    def sells_coins(self) -> bool:
        """Whether an episode opens for coins here."""
        return COINS in self.ways

    @property
    def opens_by_ads(self) -> bool:
        """Whether an episode opens for ads here."""
        return ADS in self.ways and self.ads_a_day > 0

    @property
    def sells_vip(self) -> bool:
        """Whether VIP is sold here."""
        return VIP in self.ways and bool(self.plans)

    @property
    def base(self) -> Bundle:
        """The smallest bundle, by which every coin price is shown in money."""
        return min(self.bundles, key=lambda bundle: bundle.paid_coins)

    @property
    def choice_bound_coins(self) -> int:
        """The most that an option of a story may cost here, whatever its writer suggests."""
        return self.choice_most_coins or self.episode_coins

    def money(self, coins: int) -> Money:
        """Coins at the price of the smallest bundle, without volume discount, rounded up."""
        if not self.sells_coins:
            return Money(0, self.currency)
        return Money(-(-coins * self.base.price.minor // self.base.paid_coins), self.currency)

    def top_up(self, missing_coins: int) -> TopUp:
        """The cheapest purchase that gives the coins that are missing."""
        if self.exact_top_up:
            price = self.money(missing_coins)
            if price.minor >= self.least_minor:
                return TopUp(price, missing_coins, 0)
            coins = self.least_minor * self.base.paid_coins // self.base.price.minor
            return TopUp(Money(self.least_minor, self.currency), coins, coins - missing_coins)
        enough = [bundle for bundle in self.bundles if bundle.paid_coins >= missing_coins]
        if not enough:
            count = -(-missing_coins // self.base.paid_coins)
            coins = count * self.base.paid_coins
            price = Money(count * self.base.price.minor, self.currency)
            return TopUp(price, coins, coins - missing_coins)
        best = min(enough, key=lambda bundle: (bundle.price.minor, bundle.paid_coins))
        return TopUp(best.price, best.paid_coins, best.paid_coins - missing_coins)

    def free_head(self, episodes: int) -> int:
        """Free episodes of a series of this length: never under 5, nor over a fifth beyond that."""
        fifth = episodes * MAX_FREE_PERCENT // 100
        return min(episodes, max(self.least_free_episodes, min(self.free_episodes, fifth)))

    def first_recharge(self, *, recharged_before: bool) -> Bundle | None:
        """The smallest bundle with its once-only gift, for who never bought coins."""
        if recharged_before or not self.sells_coins:
            return None
        gift = self.base.paid_coins * self.first_recharge_bonus_percent // 100
        if not gift:
            return None
        return replace(self.base, bonus_coins=self.base.bonus_coins + gift)
