"""Draft, approved by a second person, issued, paid; and the way back while nothing is issued."""

import importlib.util
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
import sqlalchemy as sa
from lxml import etree

from coins import buy, play, refund, unlock
from silkreel.commerce.ledger import apply
from silkreel.commerce.pay_file import NoAccount, NobodyPays, NothingToPay
from silkreel.commerce.seal import settled_txn
from silkreel.commerce.settle import close
from silkreel.commerce.statement_steps import (
    AlreadyIssued,
    NoSuchStatement,
    NotThatFar,
    NotTheLast,
    approve,
    find,
    issue,
    mark_paid,
    standings,
    take_back,
)
from silkreel.commerce.statement_uses import NoSuchLine, uses_of_line
from silkreel.commerce.statements import from_csv
from silkreel.commerce.tables import OutboxRow, SettlementRow, StatementRow
from silkreel.flows.pay_statements import make_pay_files
from silkreel.people.actors import Actor, NotYours, machine
from silkreel.people.audit import Wanted, read_log
from silkreel.people.brands import HOUSE
from silkreel.people.four_eyes import ChangedSince, OnlyByPerson, OwnWork

OCTOBER = datetime(2026, 10, 5, tzinfo=UTC)
DECEMBER = datetime(2026, 12, 5, tzinfo=UTC)
MONEY = frozenset({"money.approve", "money.settle"})
TERMS = """
[payer]
name = "Silk House"
iban = "DE89370400440532013000"
bic = "COBADEFFXXX"

[[contract]]
id = "rose"
series = "s1"
from = 2026-01-01
currency = "USD"
platform_bp = 5000
shares = [{ payee = "moon", bp = 6000 }, { payee = "ink", bp = 4000 }]

[[payee]]
id = "moon"
name = "月光影业"
residence = "CN"
currency = "CNY"
account = "6222000000001"
bic = "ICBKCNBJXXX"

[[payee]]
id = "ink"
name = "=Ana & Núñez"
residence = "ES"
currency = "USD"
iban = "ES9121000418450200051332"

[[withholding]]
residence = "CN"
from = 2026-01-01
bp = 0
undocumented_bp = 1000

[[withholding]]
residence = "ES"
from = 2026-01-01
bp = 0
undocumented_bp = 0

[[rate]]
from = "USD"
to = "CNY"
on = 2026-10-31
rate = "7.2"
published_by = "a bank"
"""


def person(name, rights=MONEY):
    return Actor("staff", name, name, HOUSE, DECEMBER, rights)


@pytest.fixture
def closed(database):
    """October, closed by mei: two drafts."""
    with database.transaction() as tx:
        apply(tx, [buy("ana", 100, gross=10_000, order="o1"), unlock("ana", "e1", coins=90),
                   play("ana", "e1")], OCTOBER)  # fmt: skip
    newest = settled_txn(database)
    with database.transaction() as tx:
        close(tx, "2026-10", TERMS, newest, person("mei"))
        return {each.payee: each for each in standings(tx)}


def go(database, verb, *more):
    with database.transaction() as tx:
        return verb(tx, *more)


def issued(database, closed):
    for each in closed.values():
        go(database, approve, each.id, each.sha256, person("lin"))
        go(database, issue, each.id, person("mei"))


def test_a_draft_goes_its_way_with_four_eyes_and_each_step_is_in_the_log(database, closed):
    moon = closed["moon"]
    assert moon.state == "draft"
    assert go(database, approve, moon.id, moon.sha256, person("lin"), "read it").state == "approved"
    assert go(database, issue, moon.id, person("mei")).state == "issued"
    done = go(database, mark_paid, moon.id, "TRX-7", person("mei"))
    assert [step.step for step in done.steps] == ["closed", "approved", "issued", "paid"]
    with database.reading() as tx:
        log = [(row.action, row.actor_name) for row in read_log(tx, HOUSE, Wanted(limit=9))][::-1]
        told = tx.scalars(sa.select(OutboxRow.payload).where(OutboxRow.topic == "statement.issued"))
        assert list(told) == [{"statement": moon.id, "payee": "moon", "period": "2026-10"}]
    assert log == [
        ("settlement.closed", "mei"), ("four_eyes.signed", "lin"), ("statement.approved", "lin"),
        ("statement.issued", "mei"), ("statement.paid", "mei"),
    ]  # fmt: skip


def test_who_closed_it_never_approves_it_nor_does_a_program(database, closed):
    moon = closed["moon"]
    for who, why in (
        (person("mei"), OwnWork), (machine("root", HOUSE, DECEMBER), OnlyByPerson),
        (person("zoe", frozenset({"money.settle"})), NotYours),
    ):  # fmt: skip
        with pytest.raises(why):
            go(database, approve, moon.id, moon.sha256, who)
    with pytest.raises(ChangedSince):
        go(database, approve, moon.id, "what I saw was another", person("lin"))
    assert go(database, find, moon.id).state == "draft"


def test_no_step_is_left_out_or_taken_twice(database, closed):
    moon = closed["moon"]
    with pytest.raises(NotThatFar, match="is draft, so it cannot be issued"):
        go(database, issue, moon.id, person("mei"))
    with pytest.raises(NotThatFar):
        go(database, mark_paid, moon.id, "x", person("mei"))
    go(database, approve, moon.id, moon.sha256, person("lin"))
    with pytest.raises(NotThatFar):
        go(database, approve, moon.id, moon.sha256, person("lin"))
    with pytest.raises(NoSuchStatement):
        go(database, issue, 99, person("mei"))


def test_a_closing_is_taken_back_whole_and_closed_with_better_terms(database, closed):
    go(database, approve, closed["ink"].id, closed["ink"].sha256, person("lin"))
    go(database, take_back, "2026-10", person("lin"), "the rate was last year's")
    with database.reading() as tx:
        assert tx.scalars(sa.select(StatementRow)).all() == []
        assert tx.scalars(sa.select(SettlementRow)).all() == []
        (row,) = read_log(tx, HOUSE, Wanted("taken_back"))
    assert row.reason == "the rate was last year's"
    assert sorted(row.before["statements"]) == sorted(each.sha256 for each in closed.values())
    newest = settled_txn(database)
    better = TERMS.replace('"7.2"', '"7.0"')
    go(database, close, "2026-10", better, newest, person("mei"))
    with database.reading() as tx:
        assert {each.sha256 for each in standings(tx)} != {e.sha256 for e in closed.values()}


def test_what_is_issued_is_not_taken_back_and_only_the_last_month_is(database, closed):
    with pytest.raises(NotTheLast):
        go(database, take_back, "2026-09", person("lin"), "")
    issued(database, closed)
    with pytest.raises(AlreadyIssued, match="next month"):
        go(database, take_back, "2026-10", person("lin"), "")


def schema():
    place = importlib.util.find_spec("sepaxml")
    if place is None or place.origin is None:
        pytest.skip("the ISO 20022 schemas are not installed (sepaxml)")
    path = Path(place.origin).parent / "schemas" / "pain.001.001.09.xsd"
    return etree.XMLSchema(etree.parse(str(path)))


def test_the_pay_file_is_what_iso_20022_asks_for_and_the_same_bytes_each_time(database, closed):
    valid = schema()
    issued(database, closed)
    made = [go(database, make_pay_files, "2026-10", TERMS, date(2026, 12, 7), person("mei"))
            for _ in range(2)]  # fmt: skip
    assert made[0] == made[1]
    assert [each.name for each in made[0]] == ["pay-2026-10-CNY.xml", "pay-2026-10-USD.xml"]
    sums = {}
    for each in made[0]:
        root = etree.fromstring(each.content)
        assert valid.validate(root), valid.error_log
        for amount in root.iterfind(".//{*}InstdAmt"):
            sums[amount.get("Ccy")] = amount.text
        assert root.findtext(".//{*}CtrlSum") == amount.text
    rows = {each.payee: from_csv(each.content)[-1] for each in closed.values()}
    minor = {row["currency"]: int(row["amount_minor"]) for row in rows.values()}
    assert sums == {currency: f"{amount / 100:.2f}" for currency, amount in minor.items()}
    assert minor["CNY"] == round(9000 // 2 * 6000 // 10_000 * 0.9 * 7.2)


def test_the_csv_needs_no_accounts_and_holds_no_formula(database, closed):
    issued(database, closed)
    bare = TERMS.replace("iban = ", "# ").replace("account = ", "# ")
    (file,) = go(database, make_pay_files, "2026-10", bare, date(2026, 12, 7), person("m"), "csv")
    text = file.content.decode()
    assert "'=Ana & Núñez" in text
    assert text.count("SILKREEL-2026-10-") == 2


def test_nothing_is_paid_that_is_not_issued_nor_twice_nor_without_an_account(database, closed):
    def make(terms=TERMS):
        return go(database, make_pay_files, "2026-10", terms, date(2026, 12, 7), person("mei"))

    with pytest.raises(NothingToPay):
        make()
    issued(database, closed)
    with pytest.raises(NobodyPays):
        make(TERMS.replace('iban = "DE89370400440532013000"', ""))
    with pytest.raises(NoAccount, match="moon"):
        make(TERMS.replace('account = "6222000000001"', ""))
    go(database, mark_paid, closed["moon"].id, "T", person("mei"))
    assert [each.name for each in make()] == ["pay-2026-10-USD.xml"]
    go(database, mark_paid, closed["ink"].id, "T", person("mei"))
    with pytest.raises(NothingToPay):
        make()


def test_a_line_leads_to_its_uses_and_they_add_up_to_it(database, closed):
    with database.transaction() as tx:
        apply(tx, [refund("ana", "o1", refunded=5000, gross=10_000), buy("bo", 50),
                   unlock("bo", "e2"), play("bo", "e2")], DECEMBER.replace(month=11))  # fmt: skip
    newest = settled_txn(database)
    go(database, close, "2026-11", TERMS, newest, person("mei"))
    seen = 0
    with database.reading() as tx:
        for standing in standings(tx):
            for row in from_csv(standing.content):
                if row["step"] != "earning":
                    continue
                uses = uses_of_line(tx, standing, int(row["n"]))
                seen += uses.count
                assert uses.total_minor == int(row["base_minor"])
                ends = (uses.shown[0].ref, uses.shown[-1].ref)
                assert ends == (row["from_ref"], row["to_ref"])
        with pytest.raises(NoSuchLine):
            uses_of_line(tx, closed["moon"], 2)
    assert seen >= 6
