"""The demo's shop: prices of three markets, play money, and the house ad ready to be shown."""

import getpass
from dataclasses import replace
from datetime import datetime

import sqlalchemy as sa

from silkreel.commerce.book import WEB
from silkreel.commerce.pricebook import book_for, default_book, publish_book
from silkreel.commerce.tables import OrderRow, PriceBookRow
from silkreel.flows.house_ads import built_in
from silkreel.kit.artifacts import Workshop
from silkreel.kit.database import Session
from silkreel.people.actors import machine
from silkreel.people.brands import HOUSE, begin_demo, demo_brands

MARKETS = ("US", "BR", "JP")  # cents, centavos, and a currency without decimals
FREE_EPISODES = 1  # the sample is three episodes long: the wall has to come before its end
APPROVED = "the demo"


def open_demo_shop(workshop: Workshop, at: datetime) -> tuple[str, ...]:
    """Sell the demo's series for play money; the markets it is sold in. Safe to run again.

    A home that sells by prices of its own is left as it is, and nothing is answered.
    """
    with workshop.transaction() as tx:
        if HOUSE not in demo_brands(tx):
            if _sells_already(tx):
                return ()
            begin_demo(tx, HOUSE, by=machine(getpass.getuser(), HOUSE, at))
        for market in MARKETS:
            if book_for(tx, HOUSE, market, WEB, at) is None:
                _publish(tx, market, at)
    built_in(workshop, at)
    return MARKETS


def _publish(tx: Session, market: str, at: datetime) -> None:
    book = replace(
        default_book(market, HOUSE), free_episodes=FREE_EPISODES,
        least_free_episodes=FREE_EPISODES,
    )  # fmt: skip
    publish_book(tx, book, approved_by=(APPROVED,), now=at, demo=True)


def _sells_already(tx: Session) -> bool:
    mine = sa.select(PriceBookRow.id).where(PriceBookRow.brand_id == HOUSE)
    ordered = sa.select(OrderRow.id).where(OrderRow.brand_id == HOUSE)
    return tx.scalar(mine.limit(1)) is not None or tx.scalar(ordered.limit(1)) is not None
