"""What is written once is guarded by the database itself, whoever asks."""

import pytest
import sqlalchemy as sa

from coins import NOW, buy, refund, unlock
from silkreel.commerce.ledger import apply
from silkreel.commerce.tables import (
    AnchorRow,
    ConsentRow,
    ExposureRow,
    LedgerBlockRow,
    OrderRow,
    PaymentEventRow,
    PriceBookRow,
    PriceRow,
    StatementLineRow,
    StatementRow,
    StatementStepRow,
    VipFactRow,
    VipRow,
)

TABLES = {
    "txns": "note", "postings": "amount", "lot_uses": "amount", "ledger_blocks": "hash",
    "anchors": "receipt", "payment_events": "amount_minor", "consents": "locale",
    "vip_facts": "kind", "exposures": "arm", "price_books": "currency", "prices": "store_sku",
}  # fmt: skip
REFUSED = sa.exc.DBAPIError


@pytest.fixture
def rows(database):
    """At least one row in every table that is append-only."""
    with database.transaction() as tx:
        apply(tx, [buy("ana", 100, order="o1"), unlock("ana", "e1"), refund("ana", "o1")], NOW)
        tx.add(LedgerBlockRow(chain="b", seq=1, from_txn_id=1, to_txn_id=2, rows=2,
                              previous_hash="", hash="h", sealed_at=NOW))  # fmt: skip
        tx.add(AnchorRow(chain="b", seq=1, place="mail", receipt="r"))
        tx.add(ConsentRow(viewer_id="ana", brand_id="b", sha256="h", screen_json="{}", locale="en",
                          ui_version="1", at=NOW, ip_prefix=""))  # fmt: skip
        tx.flush()
        tx.add(VipRow(id=1, viewer_id="ana", brand_id="b", plan="week", provider="fake",
                      consent_id=1))  # fmt: skip
        tx.flush()
        tx.add(VipFactRow(vip_id=1, kind="cancelled", ref="", at=NOW, told_json="{}"))
        tx.add(
            ExposureRow(
                experiment="x", version=1, viewer_key="ana", arm="a", propensity=0.5, at=NOW
            )
        )
        tx.add(PriceBookRow(id=1, brand_id="b", market="US", channel="web", template="t", version=1,
                            currency="USD", rules={}, valid_from=NOW, approved_by=["mei"]))  # fmt: skip
        tx.flush()
        tx.add(PriceRow(book_id=1, item="episode", coins=45))
        tx.add(OrderRow(id="o1", viewer_id="ana", brand_id="b", key="k", sku="s", market="US",
                        channel="web", paid_coins=100, currency="USD", gross_minor=100,
                        provider="fake", made_at=NOW))  # fmt: skip
        tx.flush()
        tx.add(PaymentEventRow(order_id="o1", provider="fake", provider_object="p", type="paid",
                               amount_minor=100, currency="USD", occurred_at=NOW,
                               recorded_at=NOW))  # fmt: skip
    return database


def refused(database, statement):
    with pytest.raises(REFUSED), database.transaction() as tx:
        tx.execute(sa.text(statement))


@pytest.mark.parametrize("table", TABLES)
def test_a_row_is_not_changed(rows, table):
    with rows.reading() as tx:
        assert tx.scalar(sa.text(f"SELECT count(*) FROM {table}")) > 0
    refused(rows, f"UPDATE {table} SET {TABLES[table]} = {TABLES[table]}")


@pytest.mark.parametrize("table", TABLES)
def test_a_row_is_not_deleted(rows, table):
    refused(rows, f"DELETE FROM {table}")


@pytest.mark.parametrize("table", TABLES)
@pytest.mark.sqlite_only
def test_a_row_is_not_replaced_behind_the_triggers_back(rows, table):
    refused(rows, f"INSERT OR REPLACE INTO {table} SELECT * FROM {table}")
    refused(rows, f"REPLACE INTO {table} SELECT * FROM {table}")


@pytest.mark.parametrize("table", TABLES)
def test_a_table_is_not_emptied(rows, table):
    if rows.engine.dialect.name != "sqlite":  # SQLite has no TRUNCATE
        refused(rows, f"TRUNCATE {table} CASCADE")


def test_a_lot_keeps_what_it_was_granted_with(rows):
    refused(rows, "UPDATE lots SET granted = granted + 1")
    refused(rows, "UPDATE lots SET net_minor = 0, gross_minor = 0")
    refused(rows, "DELETE FROM lots")


def test_an_issued_statement_only_becomes_paid(database):
    with database.transaction() as tx:
        tx.add(
            StatementRow(id=1, payee="p", period="2026-03", currency="USD", version=1, sha256="h")
        )
        tx.flush()
        tx.add(StatementLineRow(statement_id=1, n=1, series_id="s", market="US", stream="coin",
                                base_minor=10, share_bp=5000, amount_minor=5, from_ref="",
                                to_ref=""))  # fmt: skip
    refused(database, "UPDATE statement_lines SET amount_minor = 6")
    refused(database, "UPDATE statements SET state = 'issued'")  # nobody has said yes
    with database.transaction() as tx:
        for step, who in (("closed", "mei"), ("approved", "lin")):
            tx.add(StatementStepRow(statement_id=1, step=step, actor_kind="staff", actor_id=who,
                                    actor_name=who, at=NOW))  # fmt: skip
        tx.flush()
        tx.execute(sa.text("UPDATE statements SET state = 'issued'"))
    refused(database, "UPDATE statements SET sha256 = 'other'")
    refused(database, "UPDATE statements SET state = 'draft'")
    refused(database, "DELETE FROM statement_lines")
    refused(database, "DELETE FROM statements")
    with database.transaction() as tx:
        tx.execute(sa.text("UPDATE statements SET state = 'paid'"))


@pytest.mark.parametrize(("column", "value"), [("paid", "-1"), ("bonus", "-1"), ("debt", "-1")])
def test_a_wallet_holds_whole_coins_and_none_below_zero(rows, column, value):
    refused(rows, f"UPDATE wallets SET {column} = {value}")


@pytest.mark.sqlite_only
def test_words_and_fractions_are_not_kept_as_amounts(rows):
    refused(rows, "UPDATE wallets SET paid = 'many'")
    refused(rows, "UPDATE wallets SET paid = 1.5")


def test_postgresql_refuses_postings_that_do_not_balance(rows):
    if rows.engine.dialect.name != "sqlite":
        refused(
            rows,
            "INSERT INTO postings (txn_id, seq, account_id, unit, amount) "
            "SELECT txn_id, 99, account_id, unit, 7 FROM postings LIMIT 1",
        )
