"""Coins of a story's option, from the payment to the line of a statement and behind it, and back again."""

from dataclasses import replace
from datetime import datetime, timedelta

import pytest
import sqlalchemy as sa

from coins import faults
from money_shop import SLUG, publish
from silkreel.commerce.choices import choice_ref
from silkreel.commerce.payments import Kind
from silkreel.commerce.providers.fake_book import FakeBook
from silkreel.commerce.providers.fake_psp import FakePsp
from silkreel.commerce.seal import seal, verify
from silkreel.commerce.settle import month_end
from silkreel.commerce.statement_steps import standings
from silkreel.commerce.statement_uses import uses_of_line
from silkreel.commerce.tables import EntitlementRow, WalletRow
from silkreel.commerce.till import Till
from silkreel.flows.choose import buy_choice, fares_for, note_taken
from silkreel.flows.publish_story import publish_story
from silkreel.flows.sell_coins import sell_coins
from silkreel.flows.sell_episodes import Onlooker
from silkreel.flows.settle_month import settle_month
from silkreel.flows.story_shelf import StoryShelf
from silkreel.flows.take_payments import give_back, hear, work_inbox
from silkreel.kit.clock import now
from silkreel.people.actors import machine
from silkreel.people.brands import HOUSE
from silkreel.people.viewers import new_guest
from story_house import line_id, write_market

PAID, COINS = line_id(1, "C111"), 30
BOUGHT_COINS, GROSS_MINOR = 500, 499
EARNED_MINOR = GROSS_MINOR * COINS // BOUGHT_COINS
TERMS = """
[[contract]]
id = "rose"
series = "{series}"
from = 2020-01-01
currency = "USD"
platform_bp = 5000
shares = [{{ payee = "moon", bp = 10000 }}]

[[contract]]
id = "other"
series = "another"
from = 2020-01-01
currency = "USD"
platform_bp = 0
shares = [{{ payee = "sun", bp = 10000 }}]

[[payee]]
id = "moon"
name = "月光影业"
residence = "CN"
currency = "USD"

[[payee]]
id = "sun"
name = "Sun"
residence = "CN"
currency = "USD"

[[withholding]]
residence = "CN"
from = 2020-01-01
bp = 0
undocumented_bp = 0
"""


class RealMoney(FakePsp):
    """The pretend provider as a bank speaks: what it tells is of real money."""

    test_only = False

    def read(self, raw):
        notice = super().read(raw)
        return replace(notice, truth=replace(notice.truth, environment="production"))

    def _truth(self, page):
        return replace(super()._truth(page), environment="production")


@pytest.fixture
def begun(market_homes, database_kind):
    """Each test's home has the story published."""
    return market_homes(database_kind)


class Reader:
    """A viewer of the story, with a clock that only the test moves."""

    def __init__(self, workshop, bank):
        self.workshop, self.database, self.bank = workshop, workshop.database, bank
        self.at = now()
        self.till = Till(self.database, clock=lambda: self.at)
        self.shelf = StoryShelf(workshop)
        with workshop.transaction() as tx:
            self.who = Onlooker(new_guest(tx, HOUSE, self.at), HOUSE, "US")
            self.story = self.shelf.find(tx, SLUG, "US")

    @property
    def month(self):
        return f"{self.at:%Y-%m}"

    def goes_to(self, at: datetime):
        self.at = at

    def recharges(self):
        told = sell_coins(
            self.database, self.bank, self.who, f"bundle:{BOUGHT_COINS}", key="k", at=self.at,
            return_url="http://shop.test/",
        )  # fmt: skip
        ref = told.way.provider_ref
        self.delivers(self.bank.happen(ref, Kind.PAID, "pay_1", GROSS_MINOR, self.at))
        self.order = told.order.id

    def delivers(self, delivery):
        hear(self.database, self.bank, delivery.raw, delivery.headers, self.at)
        assert work_inbox(self.database, {self.bank.name: self.bank}, self.at).applied == 1

    def buys(self):
        fares = fares_for(self.database, self.who, self.story, self.at)
        assert fares.prices == {PAID: COINS}
        return buy_choice(self.till, self.who, self.story, PAID, fares, COINS, "buy")

    def takes(self):
        fares = fares_for(self.database, self.who, self.story, self.at)
        note_taken(self.database, self.till, self.who, self.story, fares, [PAID])

    def is_refunded(self):
        give_back(self.database, self.bank, self.order, "pay_1", GROSS_MINOR, "back", self.at)

    def owns_option(self):
        live = sa.select(EntitlementRow.id).where(
            EntitlementRow.ref == choice_ref(self.story.series_id, PAID),
            EntitlementRow.revoked_at.is_(None),
        )
        with self.workshop.reading() as tx:
            return tx.scalar(live) is not None

    def wallet(self):
        with self.workshop.reading() as tx:
            row = tx.scalars(sa.select(WalletRow)).one()
            return row.paid, row.bonus, row.debt


@pytest.fixture
def reader(workshop, settings, tmp_path):
    folder = write_market(tmp_path / "market")
    script = folder / "script/main.ink"
    words, tag = script.read_text(encoding="utf-8"), f"#id:{PAID} #only:game]"
    script.write_text(words.replace(tag, f"{tag[:-1]} #price:{COINS}]"), encoding="utf-8")
    publish_story(workshop, folder, SLUG, by="anna", at=now())
    publish(workshop)
    bank = RealMoney(FakeBook(str(settings.folder / "fake-psp.db")), "secret")
    made = Reader(workshop, bank)
    yield made
    made.till.close()
    assert faults(workshop.database) == {}
    seal(workshop.database, made.at)
    sealed = verify(workshop.database)
    assert (sealed.blocks > 0, sealed.bad) == (True, ())


def closed(reader, month, after=timedelta(days=1)):
    """A month closed once it is over, the second time to the same bytes."""
    by = machine("root", HOUSE, month_end(month) + after)
    terms = TERMS.format(series=reader.story.series_id)
    found = settle_month(reader.database, month, terms, by)
    assert settle_month(reader.database, month, terms, by) == found
    return found


def earning(month):
    """The one line of revenue of a month's one statement."""
    (statement,) = month.statements
    assert statement.payee == "moon"
    (row,) = [row for row in statement.rows if row["step"] in ("earning", "refund")]
    return row


def behind(reader, month, row):
    with reader.workshop.reading() as tx:
        (standing,) = standings(tx, month)
        return uses_of_line(tx, standing, int(row["n"]))


def test_an_options_coins_reach_the_statement_of_its_series_and_every_use_is_behind_the_line(
    reader,
):
    reader.recharges()
    unlocked = reader.buys()
    reader.takes()
    month = reader.month
    row = earning(closed(reader, month))
    assert (row["series_id"], row["market"], row["stream"]) == (
        reader.story.series_id, "US", "coin",
    )  # fmt: skip
    assert (int(row["coins"]), int(row["amount_minor"])) == (COINS, EARNED_MINOR)
    uses = behind(reader, month, row)
    assert (uses.count, uses.total_minor, uses.currency) == (1, EARNED_MINOR, "USD")
    (use,) = uses.shown
    assert use.ref == row["from_ref"] == row["to_ref"]
    assert use.ref.startswith(f"{unlocked.txn_id}:")
    assert (use.quantity, use.minor, use.about) == (COINS, EARNED_MINOR, month)


def test_an_option_that_is_not_taken_earns_in_the_month_in_which_its_undo_ends(reader):
    first = reader.month
    reader.goes_to(month_end(first) - timedelta(hours=1))
    reader.recharges()
    reader.buys()
    assert closed(reader, first).statements == ()
    following = f"{month_end(first):%Y-%m}"
    row = earning(closed(reader, following))
    assert (int(row["coins"]), int(row["amount_minor"])) == (COINS, EARNED_MINOR)


def test_a_refund_before_the_month_closes_leaves_no_revenue(reader):
    reader.recharges()
    reader.buys()
    reader.is_refunded()
    assert (reader.owns_option(), reader.wallet()) == (False, (0, 0, 0))
    assert closed(reader, reader.month).statements == ()


def test_a_refund_of_what_was_taken_leaves_a_debt_and_nothing_to_pay_out(reader):
    reader.recharges()
    reader.buys()
    reader.takes()
    reader.is_refunded()
    assert (reader.owns_option(), reader.wallet()) == (True, (0, 0, COINS))
    month = closed(reader, reader.month)
    for statement in month.statements:
        assert sum(int(r["amount_minor"]) for r in statement.rows if r["step"] != "payment") == 0
    (balance,) = month.balances
    assert (balance.recognised_minor, balance.refunded_minor) == (0, GROSS_MINOR)


def test_a_refund_after_the_close_is_a_line_of_the_next_month_that_cites_the_first(reader):
    reader.recharges()
    reader.buys()
    reader.takes()
    first = reader.month
    before = closed(reader, first)
    reader.goes_to(month_end(first) + timedelta(days=3))
    reader.is_refunded()
    assert (reader.owns_option(), reader.wallet()) == (True, (0, 0, COINS))
    row = earning(closed(reader, reader.month))
    assert (int(row["coins"]), int(row["amount_minor"])) == (-COINS, -EARNED_MINOR)
    assert row["corrects"] == f"{first} v1 line {earning(before)['n']}"
    uses = behind(reader, reader.month, row)
    assert (uses.count, uses.total_minor) == (1, -EARNED_MINOR)
    assert closed(reader, first) == before
