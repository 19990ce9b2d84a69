import tomllib
from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from coins import BRAND, NOW, buy
from silkreel.commerce import pricebook
from silkreel.commerce.book import Bundle
from silkreel.commerce.book_faults import BadBook, check_book
from silkreel.commerce.ledger import apply
from silkreel.commerce.pricebook import (
    DEFAULTS,
    NeedsTwo,
    book_by_id,
    book_for,
    book_in_force,
    default_book,
    publish_book,
)
from silkreel.commerce.quotes import (
    Quote,
    Viewing,
    merge_quotes,
    rest_prices,
    seen_price,
    series_price,
    show_price,
)
from silkreel.commerce.requests import Item, Unlock
from silkreel.kit.money import Money

MARKETS = list(tomllib.loads(DEFAULTS.read_text())["market"])
US = default_book("US", BRAND)


def viewing(viewer="ana"):
    return Viewing(viewer, BRAND, "s1", "US", "web")


def quote_of(book, episodes=80):
    return Quote(1, book, book.free_head(episodes), book.episode_coins, book.cap_coins,
                 book.rest_discount_percent, book.ads_per_unlock, NOW)  # fmt: skip


@pytest.mark.parametrize("market", MARKETS)
def test_every_default_book_may_be_published(market):
    check_book(default_book(market))


@pytest.mark.parametrize("market", MARKETS)
def test_every_default_price_says_how_well_it_is_known(market):
    terms = tomllib.loads(DEFAULTS.read_text())["market"][market]
    priced = [terms["episode"], terms["cap"], *terms["bundles"], *terms["vip"]]
    assert {each["evidence"] for each in priced} <= {"a", "b", "c"}


@pytest.mark.parametrize(
    ("market", "episode", "cap"),
    [
        ("US", "0.45 USD", "19.96 USD"), ("JP", "72 JPY", "3200 JPY"), ("KR", "400 KRW", "20000 KRW"),
        ("BR", "1.38 BRL", "75.90 BRL"), ("IN", "4.45 INR", "267.00 INR"),
        ("ID", "1800.00 IDR", "90000.00 IDR"), ("DE", "0.40 EUR", "17.97 EUR"),
    ],
)  # fmt: skip
def test_coins_are_shown_in_the_viewers_money_rounded_up(market, episode, cap):
    book = default_book(market)
    assert str(book.money(book.episode_coins)) == episode
    assert str(book.money(book.cap_coins)) == cap


def test_markets_without_a_book_use_the_one_that_covers_them_or_the_worlds():
    assert default_book("CO").currency == "MXN"
    assert default_book("ZA").currency == "USD"


def test_a_top_up_is_exact():
    assert US.top_up(45).price == Money(45, "USD")
    assert US.top_up(1).price == Money(1, "USD")
    assert US.top_up(45).left_over_coins == 0


def test_below_the_providers_minimum_the_rest_is_said():
    top_up = replace(US, least_minor=50).top_up(45)
    assert (top_up.price, top_up.paid_coins, top_up.left_over_coins) == (Money(50, "USD"), 50, 5)


def test_a_store_that_sells_only_large_bundles_is_refused():
    with pytest.raises(BadBook, match="leaves 455 coins over"):
        check_book(replace(US, exact_top_up=False))
    one = Bundle(45, Money(45, "USD"))
    check_book(replace(US, exact_top_up=False, bundles=(one, *US.bundles)))


@pytest.mark.parametrize(
    ("change", "problem"),
    [
        ({"bundles": ()}, "in money"),
        ({"episode_coins": 0}, "told at the wall"),
        ({"cap_coins": 44}, "below the price of one episode"),
        ({"free_episodes": 4}, "at least 5 free"),
        ({"bundles": (Bundle(500, Money(499, "EUR")),)}, "is in USD"),
        (
            {"bundles": (Bundle(500, Money(499, "USD")), Bundle(600, Money(700, "USD")))},
            "costs more",
        ),
        ({"rest_discount_percent": 120}, "discount"),
        ({"ads_per_unlock": 0}, "at least one ad"),
    ],
)
def test_a_book_that_hides_or_traps_is_refused(change, problem):
    with pytest.raises(BadBook, match=problem):
        check_book(replace(US, **change))


@given(st.integers(1, 5_000))
def test_a_top_up_always_covers_what_is_missing(missing):
    for book in (US, default_book("JP"), replace(US, least_minor=99)):
        top_up = book.top_up(missing)
        assert top_up.paid_coins >= missing
        assert top_up.price.minor * book.base.paid_coins >= missing * book.base.price.minor


def test_the_first_recharge_doubles_the_smallest_bundle_once():
    offer = US.first_recharge(recharged_before=False)
    assert offer == Bundle(500, Money(499, "USD"), 500)
    assert US.first_recharge(recharged_before=True) is None


@pytest.mark.parametrize(("episodes", "free"), [(80, 10), (60, 10), (30, 6), (20, 5), (3, 3)])
def test_the_free_head_is_at_least_five_and_a_fifth_at_most(episodes, free):
    assert US.free_head(episodes) == free


def test_a_book_is_succeeded_and_old_ones_stay(database):
    with database.transaction() as tx:
        first = publish_book(tx, US, approved_by=("mei",), now=NOW)
        second = publish_book(tx, replace(US, episode_coins=50), approved_by=("mei",), now=NOW)
        assert (first.version, second.version) == (1, 2)
        assert book_in_force(tx, BRAND, "US", "web", NOW) == second
        assert book_by_id(tx, first.id) == first


def test_a_large_change_needs_two_persons(database):
    with database.transaction() as tx:
        publish_book(tx, US, approved_by=("mei",), now=NOW)
        with pytest.raises(NeedsTwo, match="episode would change by 22 %"):
            publish_book(tx, replace(US, episode_coins=55), approved_by=("mei", "mei"), now=NOW)
        dear = publish_book(tx, replace(US, episode_coins=55), approved_by=("mei", "li"), now=NOW)
        assert dear.version == 2


def test_a_quote_never_rises_and_follows_a_lower_book(database):
    with database.transaction() as tx:
        assert seen_price(tx, viewing(), 80, NOW) is None
        seen = show_price(tx, viewing(), 80, NOW)
        assert seen_price(tx, viewing(), 80, NOW) == seen
        publish_book(
            tx, replace(US, episode_coins=54, cap_coins=2300), approved_by=("mei",), now=NOW
        )
        assert show_price(tx, viewing(), 80, NOW) == seen
        assert show_price(tx, viewing("late"), 80, NOW).episode_coins == 54
        cheap = replace(US, episode_coins=40, free_episodes=12)
        publish_book(tx, cheap, approved_by=("mei", "li"), now=NOW)
        assert seen_price(tx, viewing(), 80, NOW) is None, "a cheaper book lowers it"
        lower = show_price(tx, viewing(), 80, NOW)
        assert (lower.episode_coins, lower.free_episodes, lower.cap_coins) == (40, 12, 2000)


def test_a_quote_ends_after_half_a_year(database):
    with database.transaction() as tx:
        show_price(tx, viewing(), 80, NOW)
        publish_book(tx, replace(US, episode_coins=50), approved_by=("mei",), now=NOW)
        assert show_price(tx, viewing(), 80, NOW + timedelta(days=179)).episode_coins == 45
        assert show_price(tx, viewing(), 80, NOW + timedelta(days=181)).episode_coins == 50


def test_a_guest_who_signs_in_keeps_the_cheaper_quote(database):
    with database.transaction() as tx:
        show_price(tx, viewing("guest"), 80, NOW)
        publish_book(tx, replace(US, episode_coins=50), approved_by=("mei",), now=NOW)
        assert show_price(tx, viewing("ana"), 80, NOW).episode_coins == 50
        merge_quotes(tx, "guest", "ana", BRAND)
        assert show_price(tx, viewing("ana"), 80, NOW).episode_coins == 45


def test_a_series_is_priced_before_its_first_episode():
    price = series_price(quote_of(US), 80)
    assert (price.free_episodes, price.locked_episodes) == (10, 70)
    assert price.finish_coins == 2000  # 70 x 45 less a quarter is 2,362, and the cap stops at 2,000
    assert str(price.finish_money) == "19.96 USD"
    assert price.days_with_ads == 4


def test_what_is_owned_and_spent_makes_the_rest_cheaper():
    price = series_price(quote_of(US), 80, owned=30, spent_coins=1350)
    assert (price.locked_episodes, price.finish_coins) == (40, 650)
    assert series_price(quote_of(US), 80, owned=70, spent_coins=2000).finish_coins == 0


@given(st.integers(6, 200), st.integers(0, 100), st.integers(0, 4000))
def test_the_rest_is_never_dearer_than_one_by_one_nor_than_the_cap(episodes, owned, spent):
    quote = quote_of(US, episodes)
    price = series_price(quote, episodes, owned=owned, spent_coins=spent)
    assert price.finish_coins <= price.locked_episodes * quote.episode_coins
    assert price.finish_coins <= max(0, quote.cap_coins - spent)


def test_what_was_shown_is_what_an_unlock_charges(database):
    with database.transaction() as tx:
        quote = show_price(tx, viewing(), 80, NOW)
        shown = series_price(quote, 80)
        coins = rest_prices(quote, shown.locked_episodes, spent_coins=0)
        rest = Unlock(
            viewer_id="ana", brand_id=BRAND, scope="s", key="k", series_id="s1",
            items=tuple(Item("episode", f"e{n}", price) for n, price in enumerate(coins)),
            expected_coins=shown.finish_coins, cap_coins=quote.cap_coins,
        )  # fmt: skip
        _, answer = apply(tx, [buy("ana", 2_500), rest], NOW)
    assert (answer.status, -answer.paid_coins) == ("ok", shown.finish_coins)


def test_two_first_looks_at_once_make_one_book(database, monkeypatch):
    """The second finds none, is too late to publish, and takes what the first has made."""
    with database.transaction() as tx:
        first = book_in_force(tx, BRAND, "US", "web", NOW)
    real, misses = pricebook.book_for, iter([True, True])
    monkeypatch.setattr(
        pricebook, "book_for", lambda *a, **k: None if next(misses, False) else real(*a, **k)
    )
    with database.transaction() as tx:
        assert book_in_force(tx, BRAND, "US", "web", NOW) == first


def test_a_book_whose_publishing_was_taken_back_is_not_kept_for_the_next_of_its_number(database):
    def publish(tx, coins):
        book = replace(default_book("US", BRAND), episode_coins=coins)
        found = publish_book(tx, book, approved_by=("mei", "li"), now=NOW)
        assert book_by_id(tx, found.id).episode_coins == coins
        return book_by_id(tx, found.id)

    with database.transaction() as tx:
        publish(tx, 40)
        tx.rollback()
    with database.transaction() as tx:
        stands = publish(tx, 44)
    for _ in range(2):
        with database.reading() as tx:
            assert book_by_id(tx, stands.id) == stands
            assert book_for(tx, BRAND, "US", "web", NOW) == stands
