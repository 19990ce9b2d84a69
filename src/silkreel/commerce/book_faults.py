"""What is wrong with a price book, in words: it would mislead or trap a viewer."""

from collections.abc import Iterable
from zoneinfo import ZoneInfo

from silkreel.commerce.book import MIN_FREE_EPISODES, PLANS, WAYS, Book
from silkreel.kit.refusals import Refusal

MAX_REST_DISCOUNT_PERCENT = 90
MAX_BREAKS_AN_HOUR, LEAST_BREAK_EPISODES, LEAST_BREAK_SECONDS = 12, 2, 120  # or it is television
MAX_EPISODES_PER_AD = 5  # published presets of free platforms open one or two

_TOO_MANY_BREAKS = (
    f"ads between episodes stand {LEAST_BREAK_EPISODES} episodes and {LEAST_BREAK_SECONDS} "
    f"seconds apart or more, at most {MAX_BREAKS_AN_HOUR} an hour."
)


class BadBook(Refusal):
    """A book that would mislead or trap a viewer."""

    status = 422
    message = "This price book cannot be published: {problem}"


def check_book(book: Book, *, demo: bool = False) -> None:
    """Refuse a book that hides a price or sells what nobody can use up.

    `demo`: its brand takes play money, so a short series may have a shorter free head.

    Raises:
        BadBook: with the first problem found.
    """
    for problem in faults_of_book(book, demo=demo):
        raise BadBook(problem=problem)


def faults_of_book(book: Book, *, demo: bool = False) -> list[str]:
    """Every problem of a book, in words; what needs a sound bundle is said once there is one."""
    found = [problem for wrong, problem in _faults_of_terms(book, demo=demo) if wrong]
    if not book.sells_coins:
        return found
    if not book.bundles:
        return ["no bundle has a price in money, so coins could not be shown in it.", *found]
    found += [problem for wrong, problem in _faults_of_bundles(book) if wrong]
    if found:
        return found
    left = book.top_up(book.episode_coins).left_over_coins
    if left <= book.episode_coins:
        return []
    trap = (
        f"the cheapest way to buy one episode leaves {left} coins over, more than "
        "another episode costs. Offer an exact top-up or a product of one episode."
    )
    return [trap]


def _faults_of_bundles(book: Book) -> Iterable[tuple[bool, str]]:
    base, bundles = book.base, book.bundles
    base_coins = base.paid_coins + base.bonus_coins
    return (
        (book.episode_coins <= 0,
         "an episode has no price, so it would only be told at the wall."),
        (book.cap_coins < book.episode_coins,
         "the series cap is below the price of one episode."),
        (book.choice_bound_coins > book.cap_coins,
         "an option of a story may cost more than the whole series."),
        (any(b.price.currency != book.currency for b in bundles),
         f"every price of this market is in {book.currency}."),
        (any(b.price.minor <= 0 or b.paid_coins <= 0 or b.bonus_coins < 0 for b in bundles),
         "a bundle gives coins for a price above zero."),
        (len({b.paid_coins for b in bundles}) != len(bundles),
         "two bundles give the same number of coins."),
        (any(b.price.minor * base_coins > (b.paid_coins + b.bonus_coins) * base.price.minor
             for b in bundles),
         "a larger bundle costs more for each coin than the smallest."),
    )  # fmt: skip


def _faults_of_terms(book: Book, *, demo: bool) -> Iterable[tuple[bool, str]]:
    open_by_something = book.sells_coins or book.opens_by_ads or book.sells_vip
    return (
        (bool(set(book.ways) - set(WAYS)) or not book.ways,
         f"the ways past the wall are some of {', '.join(WAYS)}."),
        (not open_by_something,
         "nothing opens a locked episode: no coins, no ads and no VIP plan are sold."),
        (not book.sells_coins and bool(
            book.bundles or book.episode_coins or book.cap_coins or book.choice_most_coins
        ),
         "it prices coins that it does not sell. Add coins to the ways, or leave them out."),
        (min(book.free_episodes, book.least_free_episodes)
         < (1 if demo else MIN_FREE_EPISODES),
         f"a series begins with at least {MIN_FREE_EPISODES} free episodes."),
        (not 0 <= book.rest_discount_percent <= MAX_REST_DISCOUNT_PERCENT,
         f"the discount on the rest is 0 to {MAX_REST_DISCOUNT_PERCENT} %."),
        (book.ads_per_unlock < 1 or book.ads_a_day < 0,
         "an ad unlock takes at least one ad."),
        (not 1 <= book.episodes_per_ad <= MAX_EPISODES_PER_AD,
         f"an ad opens 1 to {MAX_EPISODES_PER_AD} episodes."),
        (book.episodes_per_ad > 1 and book.ads_per_unlock > 1,
         "either an ad opens several episodes or an episode takes several ads, not both."),
        (not 0 <= book.breaks_an_hour <= MAX_BREAKS_AN_HOUR
         or book.break_after_episodes < LEAST_BREAK_EPISODES
         or book.break_after_seconds < LEAST_BREAK_SECONDS,
         _TOO_MANY_BREAKS),
        (not _is_zone(book.zone),
         f"{book.zone} is no time zone; use a name such as America/Sao_Paulo."),
        (any(plan.plan not in PLANS or plan.price.minor <= 0 for plan in book.plans)
         or len({plan.plan for plan in book.plans}) != len(book.plans),
         f"VIP is sold by the {', '.join(PLANS)}, each once and for a price above zero."),
        (any(plan.price.currency != book.currency for plan in book.plans),
         f"every price of this market is in {book.currency}."),
    )  # fmt: skip


def _is_zone(name: str) -> bool:
    try:
        ZoneInfo(name)
    except (KeyError, ValueError, OSError):  # no such zone, or no name of one
        return False
    return True
