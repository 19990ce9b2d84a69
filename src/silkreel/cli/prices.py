"""`silkreel prices`: what a market costs, from a file that is checked before anybody sees it."""

import getpass
from dataclasses import replace
from pathlib import Path
from typing import Annotated, Any

from cyclopts import App, Parameter

from silkreel.cli import show
from silkreel.cli.files import read_named, write_named
from silkreel.cli.opening import opened
from silkreel.commerce.book import WEB, Book
from silkreel.commerce.price_file import write_price_file
from silkreel.commerce.pricebook import book_for, default_book
from silkreel.flows.publish_prices import (
    Checked,
    HandedIn,
    books_in_force,
    check_prices,
    hand_in,
    waiting,
)
from silkreel.kit.clock import now
from silkreel.kit.database import Session
from silkreel.kit.refusals import Refusal
from silkreel.kit.words import Counted, words
from silkreel.people.actors import Actor, machine
from silkreel.people.brands import HOUSE, end_demo, find_brand

app = App(name="prices", help="What a market costs: start, check, publish, show, export.")
Brand = Annotated[str, Parameter(help="the brand whose prices they are")]
COINS = Counted("{coins} coins (about {money})", one="{coins} coin (about {money})", by="coins")
Out = Annotated[Path | None, Parameter(help="a file to write; by default it is printed")]


class NoPrices(Refusal):
    """Nothing is sold in a market."""

    status = 404
    message = (
        "Nothing is sold in {market}: all of it is free there. Begin with `silkreel prices start "
        "{market}`."
    )


@app.command
def start(market: str, /, *, out: Out = None) -> None:
    """Print the prices a new brand may start with in a market, as a file to change.

    They are a beginning, not a recommendation: which of them were seen in the market stands beside
    each figure in Silkreel's own defaults.

    Args:
        market: a country such as BR, or 001 for the world
        out: a file to write
    """
    _put(write_price_file(replace(default_book(market.upper()), market=market.upper())), out)


@app.command
def check(file: Path, /, *, brand: Brand = HOUSE, json: bool = False) -> None:
    """Read a file of prices, name every mistake, and show what viewers would be told.

    Args:
        file: the file of prices
        brand: the brand whose prices they are
        json: print machine-readable results
    """
    text = read_named(file).decode(errors="replace")
    with opened() as house, house.workshop.reading() as tx:
        checked = check_prices(tx, text, by=_operator(tx, brand))
    if json:
        show.print_json({**book_json(checked.book), "needs_two": checked.needs_two})
        return
    print_book(checked.book)
    _print_change(checked)


@app.command
def publish(file: Path, /, *, brand: Brand = HOUSE, reason: str = "", json: bool = False) -> None:
    """Put a file of prices in force; where a staff exists, a large change waits for a second yes.

    Args:
        file: the file of prices
        brand: the brand whose prices they are
        reason: why, for the log
        json: print machine-readable results
    """
    text = read_named(file).decode(errors="replace")
    with opened() as house, house.workshop.transaction() as tx:
        handed = hand_in(tx, text, by=_operator(tx, brand), reason=reason)
    if json:
        proposal = handed.proposal.id if handed.proposal else None
        show.print_json({**book_json(handed.book), "proposal": proposal})
        return
    _print_handed(handed)


@app.command(name="show")
def show_prices(market: str | None = None, /, *, brand: Brand = HOUSE, json: bool = False) -> None:
    """Show the prices in force, of one market or of all, and those that wait for a second yes.

    Args:
        market: a country such as BR
        brand: the brand whose prices they are
        json: print machine-readable results
    """
    with opened() as house, house.workshop.reading() as tx:
        books = books_in_force(tx, find_brand(tx, brand).id, now())
        open_ones = waiting(tx, brand)
    if market is not None:
        books = [book for book in books if book.market == market.upper()]
        if not books:
            raise NoPrices(market=market.upper())
    if json:
        show.print_json([book_json(book) for book in books])
        return
    for book in books:
        print_book(book)
    if not books:
        print(words("Nothing is sold here: every series is free in every market."))
    for proposal in open_ones:
        print(
            words(
                "Waiting for a second person: {market}, handed in by {name} ({proposal}). {why}",
                market=proposal.market,
                name=proposal.proposed_name,
                proposal=proposal.id,
                why=proposal.why,
            )
        )


@app.command
def export(market: str, /, *, brand: Brand = HOUSE, out: Out = None) -> None:
    """Print the prices in force in a market as a file, to change and publish again.

    Args:
        market: a country such as BR
        brand: the brand whose prices they are
        out: a file to write
    """
    with opened() as house, house.workshop.reading() as tx:
        book = book_for(tx, find_brand(tx, brand).id, market.upper(), WEB, now())
    if book is None:
        raise NoPrices(market=market.upper())
    _put(write_price_file(book), out)


@app.command(name="end-demo")
def stop_demo(*, brand: Brand = HOUSE) -> None:
    """Make a demo's brand a real one: pretend money is refused from now on.

    Args:
        brand: the brand whose demo ends
    """
    with opened() as house, house.workshop.transaction() as tx:
        end_demo(tx, brand, by=_operator(tx, brand))
    print(
        words(
            "{brand} is a real brand now: pretend money is refused. Its prices are still the "
            "demo's; publish your own.",
            brand=brand,
        )
    )


def print_book(book: Book) -> None:
    """A book as viewers are told it."""
    rows: list[tuple[str, str]] = [
        (words("version"), str(book.version) if book.id else "-"),
        (words("opens by"), ", ".join(book.ways)),
        (words("free episodes"), str(book.free_episodes)),
    ]
    if book.sells_coins:
        rows += [
            (words("an episode"), _coins(book, book.episode_coins)),
            (words("a series at most"), _coins(book, book.cap_coins)),
            *((each.item, f"{each.paid_coins}+{each.bonus_coins} = {each.price}")
              for each in book.bundles),
        ]  # fmt: skip
    if book.opens_by_ads:
        rows.append((words("ads a day"), str(book.ads_a_day)))
    if book.sells_vip:
        rows += [(f"vip:{plan.plan}", str(plan.price)) for plan in book.plans]
    title = words("Prices of {market} in {currency}", market=book.market, currency=book.currency)
    show.print_table(title, (words("what"), words("price")), rows)


def book_json(book: Book) -> dict[str, Any]:
    """A book for scripts."""
    return {
        "market": book.market, "currency": book.currency, "version": book.version if book.id else None,
        "ways": list(book.ways), "free_episodes": book.free_episodes,
        "episode_coins": book.episode_coins, "cap_coins": book.cap_coins,
        "bundles": [
            {"coins": each.paid_coins, "bonus": each.bonus_coins, "minor": each.price.minor}
            for each in book.bundles
        ],
        "plans": {plan.plan: plan.price.minor for plan in book.plans},
        "ads_a_day": book.ads_a_day,
    }  # fmt: skip


def _coins(book: Book, coins: int) -> str:
    return words(COINS, coins=coins, money=book.money(coins))


def _print_change(checked: Checked) -> None:
    if checked.needs_two:
        print(checked.needs_two)
    elif checked.before is None:
        print(words("These would be the first prices of {market}.", market=checked.book.market))
    else:
        print(words("They would follow version {version}.", version=checked.before.version))


def _print_handed(handed: HandedIn) -> None:
    book, proposal = handed.book, handed.proposal
    if proposal is None:
        print(
            words(
                "Version {version} of the prices of {market} is in force.",
                version=book.version,
                market=book.market,
            )
        )
        return
    print(proposal.why)
    print(
        words(
            "They wait as {proposal} until somebody else approves them at the desk.",
            proposal=proposal.id,
        )
    )


def _put(text: str, out: Path | None) -> None:
    if out is None:
        print(text, end="")
    else:
        write_named(out, text.encode())


def _operator(tx: Session, brand: str) -> Actor:
    return machine(getpass.getuser(), find_brand(tx, brand).id, now())
