import json
import random
from datetime import UTC, datetime, timedelta

import pytest
import sqlalchemy as sa

from coins import buy, faults, play, refund, unlock
from paper_ledger import history
from silkreel.commerce import ledger
from silkreel.commerce.seal import settled_txn
from silkreel.commerce.settle import (
    NoSuchMonth,
    NotOver,
    NotReproduced,
    OutOfOrder,
    close,
    issued_statements,
    preview,
)
from silkreel.commerce.statements import digest, payable
from silkreel.commerce.tables import SettlementRow, StatementLineRow, StatementRow
from silkreel.people.actors import machine
from silkreel.people.brands import HOUSE

TERMS = """
[[contract]]
id = "rose"
series = "s1"
from = 2026-01-01
currency = "USD"
platform_bp = 5000
shares = [{ payee = "moon", bp = 10000 }]

[[payee]]
id = "moon"
name = "月光影业"
residence = "CN"
currency = "USD"

[[withholding]]
residence = "CN"
from = 2026-01-01
bp = 0
undocumented_bp = 0
"""
OCTOBER = datetime(2026, 10, 5, tzinfo=UTC)
NOVEMBER = datetime(2026, 11, 5, tzinfo=UTC)
DECEMBER = datetime(2026, 12, 5, tzinfo=UTC)


@pytest.fixture
def do(database):
    def apply_them(*requests, at=OCTOBER):
        with database.transaction() as tx:
            return ledger.apply(tx, requests, at)

    return apply_them


@pytest.fixture
def shut(database):
    """Close a month on the first of December, or look at it."""

    def run(period, *, terms=TERMS, now=DECEMBER, verb=close):
        newest = settled_txn(database)
        with database.transaction() as tx:
            if verb is preview:
                return preview(tx, period, terms, newest)
            return close(tx, period, terms, newest, machine("root", HOUSE, now))

    return run


def lines(month, place=0):
    return [
        (row["step"], int(row["amount_minor"]), row["corrects"])
        for row in month.statements[place].rows
    ]


def test_a_month_pays_for_what_was_played_in_it(do, shut):
    do(buy("ana", 100, gross=1000), unlock("ana", "e1", coins=30), play("ana", "e1"))
    do(unlock("ana", "e2", coins=30), at=NOVEMBER)
    do(play("ana", "e2"), at=NOVEMBER)
    october, november = shut("2026-10"), shut("2026-11")
    assert lines(october)[:2] == [("earning", 300, ""), ("platform", -150, "")]
    assert lines(november)[:2] == [("earning", 300, ""), ("platform", -150, "")]


def test_closing_twice_gives_the_same_bytes(do, shut, database):
    do(buy("ana", 100), unlock("ana", "e1", coins=30), play("ana", "e1"))
    first = shut("2026-10")
    do(unlock("ana", "e2"), play("ana", "e2"), at=NOVEMBER)
    again = shut("2026-10", terms="not even terms", now=DECEMBER + timedelta(days=90))
    assert again == first
    assert shut("2026-10", verb=preview) == first
    with database.reading() as tx:
        assert issued_statements(tx) == list(first.statements)
        assert len(tx.scalars(sa.select(StatementRow)).all()) == 1


def test_a_statement_is_the_sum_of_its_lines_and_its_hash_is_of_its_bytes(do, shut, database):
    do(buy("ana", 100), unlock("ana", "e1", coins=33), play("ana", "e1"))
    (issued,) = shut("2026-10").statements
    assert digest(issued.content) == issued.sha256
    with database.reading() as tx:
        total = tx.scalar(sa.select(sa.func.sum(StatementLineRow.amount_minor)))
    assert total == payable(issued.rows) == 33 - 33 * 5000 // 10_000


def test_lines_name_lot_uses_and_no_viewer(do, shut):
    do(buy("viewer-ana", 100), unlock("viewer-ana", "e1"), play("viewer-ana", "e1"))
    do(unlock("viewer-ana", "e2"), play("viewer-ana", "e2"))
    (issued,) = shut("2026-10").statements
    first = issued.rows[0]
    assert first["from_ref"] != first["to_ref"]
    assert all(":" in first[name] for name in ("from_ref", "to_ref"))
    assert "viewer-ana" not in issued.content


def test_a_late_refund_is_a_line_of_the_next_month_that_cites_the_old_one(do, shut):
    do(buy("ana", 100, order="o1"), unlock("ana", "e1", coins=80), play("ana", "e1"))
    october = shut("2026-10")
    do(refund("ana", "o1"), at=NOVEMBER)
    november = shut("2026-11")
    assert lines(november)[0] == ("earning", -80, "2026-10 v1 line 1")
    assert lines(november)[-2:] == [("carried_out", 40, ""), ("payment", 0, "")]
    assert shut("2026-10") == october


def test_a_month_is_closed_only_when_it_is_over_and_in_its_turn(do, shut):
    do(buy("ana", 100))
    with pytest.raises(NotOver, match="2026-11-01"):
        shut("2026-10", now=OCTOBER)
    assert shut("2026-10", now=OCTOBER, verb=preview).statements == ()
    shut("2026-10")
    with pytest.raises(OutOfOrder, match="2026-11"):
        shut("2026-12", now=DECEMBER + timedelta(days=40))
    with pytest.raises(OutOfOrder):
        shut("2026-09")
    with pytest.raises(NoSuchMonth):
        shut("2026-13")


def test_looking_at_a_month_writes_nothing(do, shut, database):
    do(buy("ana", 100), unlock("ana", "e1"), play("ana", "e1"))
    seen = shut("2026-10", verb=preview)
    with database.reading() as tx:
        assert tx.scalars(sa.select(SettlementRow)).all() == []
    assert shut("2026-10") == seen


def test_a_closed_month_whose_rows_were_changed_is_found(do, shut, database):
    do(buy("ana", 100), unlock("ana", "e1"), play("ana", "e1"))
    shut("2026-10")
    with database.transaction() as tx:
        sqlite = database.engine.dialect.name == "sqlite"
        on_table = "" if sqlite else " ON lots"
        tx.execute(sa.text(f"DROP TRIGGER lots_guard_update{on_table}"))
        tx.execute(sa.text("UPDATE lots SET net_minor = net_minor * 2"))
    with pytest.raises(NotReproduced, match="moon"):
        shut("2026-10")


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE settlements SET to_txn_id = 0",
        "DELETE FROM settlements",
        "UPDATE statements SET content = 'mine'",
        "UPDATE statements SET sha256 = 'mine'",
        "DELETE FROM statements",
        "UPDATE statement_lines SET amount_minor = 1",
    ],
)
def test_a_closed_month_is_not_changed(do, shut, database, statement):
    do(buy("ana", 100), unlock("ana", "e1"), play("ana", "e1"))
    shut("2026-10")
    with pytest.raises(sa.exc.DBAPIError), database.transaction() as tx:
        tx.execute(sa.text(statement))


@pytest.mark.parametrize("seed", range(4))
def test_months_of_any_history_add_up_to_all_that_was_earned(database, shut, seed):
    """I9 and I10 on rows: increments equal the whole, and each closing gives its bytes again."""

    def apply(batch, now):
        with database.transaction() as tx:
            return ledger.apply(tx, batch, now)

    history(random.Random(seed), 60, apply)  # March 2026 and on
    assert faults(database) == {}
    with database.reading() as tx:
        last = tx.scalar(sa.text("SELECT max(recorded_at) FROM txns"))
    months = [f"2026-{n:02}" for n in range(3, 13)] + [f"2027-{n:02}" for n in range(1, 10)]
    assert str(last)[:7] < months[-1]
    closed = [shut(month, now=datetime(2028, 1, 1, tzinfo=UTC)) for month in months]
    earned = sum(
        int(row["amount_minor"])
        for month in closed for each in month.statements for row in each.rows
        if row["step"] == "earning"
    )  # fmt: skip
    with database.reading() as tx:
        carry = json.loads(tx.scalars(sa.select(SettlementRow.carry)).all()[-1])
    (balance,) = closed[-1].balances
    assert balance.net_minor == (
        balance.recognised_minor + balance.refunded_minor + balance.deferred_minor
    )
    assert earned <= balance.recognised_minor  # the rest settled debts: the operator's own
    paid = sum(payable(each.rows) for month in closed for each in month.statements)
    owed = sum(minor for _, _, minor in carry["balances"])
    assert 0 <= paid + owed - earned // 2 <= 2 * len(months)  # half, to a unit each month
    for month, first in zip(months, closed, strict=True):
        assert shut(month) == first
