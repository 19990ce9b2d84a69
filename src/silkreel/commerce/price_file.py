"""A price book as a file that a person writes: TOML, amounts as decimals in the market's currency.

`silkreel prices start MARKET` prints one; `docs/guides/coins.md` explains every line.
"""

import tomllib
from collections.abc import Iterator
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, ValidationError

from silkreel.commerce.book import WAYS, WEB, Book, Bundle, Plan
from silkreel.commerce.book_faults import faults_of_book
from silkreel.kit.money import Money, exponent
from silkreel.kit.refusals import Refusal

MOST_COINS = 1_000_000
MOST_LETTERS = 20_000  # the longest default is 2,000
Coins = Annotated[int, Field(ge=0, le=MOST_COINS, strict=True)]
Count = Annotated[int, Field(ge=0, le=10_000, strict=True)]
Amount = Annotated[str, StringConstraints(pattern=r"^[0-9]{1,9}(\.[0-9]{1,3})?$")]
Slug = Annotated[str, StringConstraints(min_length=1, max_length=80)]


class BadPriceFile(Refusal):
    """A file of prices that cannot be used; every mistake is told at once."""

    status = 422
    message = "These prices cannot be used. Mend this, then check them again: {mistakes}"


class _Part(BaseModel):
    """A table of the file; a name that it does not know is a mistake, not a surprise."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class _Bundle(_Part):
    coins: Coins
    price: Amount
    bonus: Coins = 0
    store_sku: Annotated[str, StringConstraints(max_length=64)] | None = None


class _Series(_Part):
    free_episodes: Count = 10
    least_free_episodes: Count = 5
    cap_coins: Coins = 0
    rest_discount_percent: Count = 25


class _Ads(_Part):
    per_episode: Count = 1
    episodes_per_ad: Count = 1
    a_day: Count = 20
    breaks_an_hour: Count = 12
    break_after_episodes: Count = 3
    break_after_seconds: Count = 240


class _Plan(_Part):
    plan: Annotated[str, StringConstraints(max_length=16)]
    price: Amount


class _Vip(_Part):
    plan: tuple[_Plan, ...] = ()
    leaves_out: tuple[Slug, ...] = ()


class _Recharge(_Part):
    exact_top_up: bool = True
    least: Amount = "0"
    first_bonus_percent: Annotated[int, Field(ge=0, le=100, strict=True)] = 0


class _Episode(_Part):
    coins: Coins = 0


class _Choice(_Part):
    most_coins: Coins = 0


class _File(_Part):
    market: Annotated[str, StringConstraints(pattern="^([A-Z]{2}|[0-9]{3})$")]
    currency: Annotated[str, StringConstraints(pattern="^[A-Z]{3}$")]
    ways: Annotated[tuple[str, ...], Field(max_length=len(WAYS))] = WAYS
    zone: Annotated[str, StringConstraints(max_length=64)] = "UTC"
    episode: _Episode = _Episode()
    series: _Series = _Series()
    choice: _Choice = _Choice()
    bundle: Annotated[tuple[_Bundle, ...], Field(max_length=20)] = ()
    ads: _Ads = _Ads()
    vip: _Vip = _Vip()
    recharge: _Recharge = _Recharge()


def read_price_file(text: str, brand_id: str, *, demo: bool = False) -> Book:
    """The book that a file describes, sound and not yet published.

    Raises:
        BadPriceFile: with every mistake, each with its place and what is wanted.
    """
    if len(text) > MOST_LETTERS:
        raise BadPriceFile(mistakes=f"it has more than {MOST_LETTERS} letters.")
    try:
        told = _File.model_validate(tomllib.loads(text))
    except tomllib.TOMLDecodeError as broken:
        raise BadPriceFile(mistakes=f"it is no TOML: {broken}.") from None
    except ValidationError as broken:
        raise BadPriceFile(mistakes=" ".join(_mistakes(broken))) from None
    try:
        book = _book(told, brand_id)
    except Refusal as odd:  # a currency that is none, an amount it does not have
        raise BadPriceFile(mistakes=str(odd)) from None
    faults = faults_of_book(book, demo=demo)
    if faults:
        raise BadPriceFile(mistakes=" ".join(_sentence(fault) for fault in faults))
    return book


def write_price_file(book: Book) -> str:
    """The file of a book; read again it gives the same book."""
    return "\n".join(_lines(book)) + "\n"


def _book(told: _File, brand_id: str) -> Book:
    def money(amount: str) -> Money:
        return Money.of(amount, told.currency)

    exponent(told.currency)
    return Book(
        brand_id=brand_id, market=told.market, channel=WEB, currency=told.currency,
        bundles=tuple(
            sorted(
                (Bundle(b.coins, money(b.price), b.bonus, b.store_sku) for b in told.bundle),
                key=lambda bundle: bundle.paid_coins,
            )
        ),
        episode_coins=told.episode.coins, cap_coins=told.series.cap_coins,
        plans=tuple(
            sorted(
                (Plan(each.plan, money(each.price)) for each in told.vip.plan),
                key=lambda plan: plan.price.minor,
            )
        ),
        free_episodes=told.series.free_episodes, ads_per_unlock=told.ads.per_episode,
        ads_a_day=told.ads.a_day, rest_discount_percent=told.series.rest_discount_percent,
        first_recharge_bonus_percent=told.recharge.first_bonus_percent,
        exact_top_up=told.recharge.exact_top_up, least_minor=money(told.recharge.least).minor,
        ways=told.ways, episodes_per_ad=told.ads.episodes_per_ad, zone=told.zone,
        vip_leaves_out=told.vip.leaves_out, breaks_an_hour=told.ads.breaks_an_hour,
        break_after_episodes=told.ads.break_after_episodes,
        break_after_seconds=told.ads.break_after_seconds,
        least_free_episodes=told.series.least_free_episodes,
        choice_most_coins=told.choice.most_coins,
    )  # fmt: skip


def _lines(book: Book) -> Iterator[str]:
    yield f"# Prices of {book.market}. Check this file, then publish it: `silkreel prices check FILE`."
    yield f"market = {_text(book.market)}"
    yield f"currency = {_text(book.currency)}"
    yield f"ways = {_list(book.ways)}  # past a locked episode: any of coins, ads, vip"
    yield f"zone = {_text(book.zone)}  # a new day of ads begins at its midnight"
    yield from ("", "[episode]", f"coins = {book.episode_coins}", "", "[series]")
    yield f"free_episodes = {book.free_episodes}  # never more than a fifth of a series"
    yield f"least_free_episodes = {book.least_free_episodes}"
    yield f"cap_coins = {book.cap_coins}  # nobody pays more for a series"
    yield f"rest_discount_percent = {book.rest_discount_percent}"
    yield from ("", "[choice]")
    yield f"most_coins = {book.choice_most_coins}  # of one option in a story; 0: as an episode"
    for bundle in book.bundles:
        yield from (
            "",
            "[[bundle]]",
            f"coins = {bundle.paid_coins}",
            f"bonus = {bundle.bonus_coins}",
        )
        yield f"price = {_text(str(bundle.price.decimal))}"
        if bundle.store_sku is not None:
            yield f"store_sku = {_text(bundle.store_sku)}"
    yield from ("", "[recharge]", f"exact_top_up = {str(book.exact_top_up).lower()}")
    yield f"least = {_text(str(Money(book.least_minor, book.currency).decimal))}"
    yield f"first_bonus_percent = {book.first_recharge_bonus_percent}  # of the smallest, once"
    yield from ("", "[ads]", f"per_episode = {book.ads_per_unlock}")
    yield f"episodes_per_ad = {book.episodes_per_ad}"
    yield f"a_day = {book.ads_a_day}"
    yield f"breaks_an_hour = {book.breaks_an_hour}  # between episodes; 0: none"
    yield f"break_after_episodes = {book.break_after_episodes}"
    yield f"break_after_seconds = {book.break_after_seconds}"
    yield from ("", "[vip]", f"leaves_out = {_list(book.vip_leaves_out)}  # slugs of series")
    for plan in book.plans:
        yield from ("", "[[vip.plan]]", f"plan = {_text(plan.plan)}")
        yield f"price = {_text(str(plan.price.decimal))}"


def _mistakes(broken: ValidationError) -> Iterator[str]:
    for error in broken.errors():
        place = ".".join(str(part) for part in error["loc"])
        yield _sentence(f"{place}: {_wanted(error)}")


def _wanted(error: Any) -> str:
    """What a line should have said, in words people use."""
    kind, context = error["type"], error.get("ctx", {})
    known = {
        "missing": "it is missing",
        "extra_forbidden": "there is no such line; look for a slip in its name",
        "int_type": "a whole number is wanted, without quotes",
        "bool_parsing": "true or false is wanted",
        "bool_type": "true or false is wanted",
        "string_type": 'text in quotes is wanted, as in "4.99"',
        "tuple_type": "a list is wanted",
        "greater_than_equal": f"{context.get('ge')} or more is wanted",
        "less_than_equal": f"{context.get('le')} or less is wanted",
        "string_pattern_mismatch": 'this is not written as wanted, such as "4.99", "BR" or "BRL"',
    }
    return known.get(kind, str(error["msg"]))


def _sentence(text: str) -> str:
    return text if text.endswith(".") else text + "."


def _text(value: str) -> str:
    """A TOML string: market, currency, zone, slug, sku and amounts have no control characters."""
    escaped = value.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'


def _list(values: tuple[str, ...]) -> str:
    return "[" + ", ".join(_text(value) for value in values) + "]"
