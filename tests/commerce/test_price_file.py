"""Prices as a file: what is written is what is sold, and every mistake has a sentence."""

import tomllib
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from silkreel.commerce.book import WAYS, Book, Bundle, Plan
from silkreel.commerce.price_file import BadPriceFile, read_price_file, write_price_file
from silkreel.commerce.pricebook import DEFAULTS, default_book
from silkreel.kit.money import Money

MARKETS = sorted(tomllib.loads(DEFAULTS.read_text())["market"])
US = write_price_file(default_book("US"))


@pytest.mark.parametrize("market", [*MARKETS, "NZ", "AR"])
def test_every_default_is_a_sound_file_that_reads_as_it_was_written(market):
    book = default_book(market, "house")
    assert read_price_file(write_price_file(book), "house") == book


@given(
    base=st.integers(1, 10_000), minor=st.integers(1, 10**7), bonus=st.integers(0, 500),
    coins=st.integers(1, 500), free=st.integers(5, 40), ads=st.integers(1, 60),
    currency=st.sampled_from(["USD", "JPY", "KWD"]), slugs=st.lists(st.from_regex(r"\A[a-z-]{1,20}\Z")),
)  # fmt: skip
def test_any_sound_book_survives_being_written(
    base, minor, bonus, coins, free, ads, currency, slugs
):
    book = Book(
        "b", "BR", "web", currency, (Bundle(base, Money(minor, currency), bonus, 'sku"\\'),),
        coins, coins * 10, (Plan("week", Money(minor, currency)),), free_episodes=free,
        ads_a_day=ads, vip_leaves_out=tuple(slugs), zone="America/Sao_Paulo", ways=WAYS,
    )  # fmt: skip
    assert read_price_file(write_price_file(book), "b") == book


@pytest.mark.parametrize(
    ("before", "after", "said"),
    [
        ("coins = 45", "coins = 0", "an episode has no price"),
        ("cap_coins = 2000", "cap_coins = 20", "the series cap is below"),
        ("free_episodes = 10", "free_episodes = 3", "at least 5 free episodes"),
        (
            'price = "4.99"',
            "price = 4.99",
            'bundle.0.price: text in quotes is wanted, as in "4.99"',
        ),
        ('price = "4.99"', 'price = "4.999"', "4.999 is no amount of USD"),
        ('price = "4.99"', 'price = "-1"', "bundle.0.price: this is not written as wanted"),
        ('currency = "USD"', 'currency = "QQQ"', "QQQ is no currency code"),
        ('zone = "America/New_York"', 'zone = "New York"', "New York is no time zone"),
        ('"coins", "ads", "vip"', '"coins", "wheel"', "the ways past the wall are some of"),
        ("episodes_per_ad = 1", "episodes_per_ad = 9", "an ad opens 1 to 5 episodes"),
        ("break_after_seconds = 240", "break_after_seconds = 10", "120 seconds apart or more"),
        ("[recharge]", "[recharge]\nwheel = true", "recharge.wheel: there is no such line"),
        ('plan = "week"', 'plan = "day"', "VIP is sold by the week, month, year"),
        ('market = "US"\n', "", "market: it is missing"),
        ("coins = 45", "coins = 4.5", "episode.coins: a whole number is wanted"),
        ("coins = 45", "coins = ", "it is no TOML"),
        ('price = "9.99"', 'price = "99.99"', "costs more for each coin than the smallest"),
    ],
)
def test_every_mistake_has_its_sentence(before, after, said):
    assert before in US
    with pytest.raises(BadPriceFile) as refused:
        read_price_file(US.replace(before, after, 1), "b")
    assert said in str(refused.value)


def test_all_mistakes_are_told_at_once():
    text = US.replace('currency = "USD"', "currency = 5").replace("a_day = 20", "a_day = -1")
    with pytest.raises(BadPriceFile) as refused:
        read_price_file(text, "b")
    assert "currency:" in str(refused.value)
    assert "ads.a_day:" in str(refused.value)


def test_a_file_beyond_reason_is_not_read():
    with pytest.raises(BadPriceFile, match="more than 20000 letters"):
        read_price_file("#" * 20_001, "b")


def test_ways_are_data():
    coin_only = replace(default_book("US"), ways=("coins",), plans=(), ads_a_day=0)
    ads_only = replace(
        default_book("US"), ways=("ads",), bundles=(), plans=(), episode_coins=0, cap_coins=0
    )
    for book in (coin_only, ads_only):
        assert read_price_file(write_price_file(book), "") == book
    nothing = replace(ads_only, ads_a_day=0)
    with pytest.raises(BadPriceFile, match="nothing opens a locked episode"):
        read_price_file(write_price_file(nothing), "")
    with pytest.raises(BadPriceFile, match="prices coins that it does not sell"):
        read_price_file(write_price_file(replace(ads_only, episode_coins=9)), "")
