from datetime import timedelta

import pytest
import sqlalchemy as sa

from coins import BRAND, NOW, buy, faults, gift, play, unlock
from silkreel.commerce.expiry import expire_due_lots
from silkreel.commerce.ledger import apply
from silkreel.commerce.seal import StillMoving, seal, verify
from silkreel.commerce.tables import LedgerBlockRow, TxnRow, WalletRow


def live(database, start=1):
    """Some txns of every shape."""
    with database.transaction() as tx:
        for n in range(start, start + 4):
            apply(tx, [buy("ana", 50, order=f"o{n}", bonus=5), unlock("ana", f"e{n}"),
                       play("ana", f"e{n}")], NOW)  # fmt: skip


def force(database, statement):
    """Change a row as somebody with the file in hand could: the guards taken down."""
    with database.transaction() as tx:
        if database.engine.dialect.name == "sqlite":
            triggers = tx.scalars(
                sa.text("SELECT name FROM sqlite_master WHERE type = 'trigger'")
            ).all()
            for name in triggers:
                tx.execute(sa.text(f"DROP TRIGGER {name}"))
            tx.execute(sa.text("PRAGMA ignore_check_constraints = ON"))
        else:
            tx.execute(sa.text("SET session_replication_role = replica"))
        assert tx.execute(sa.text(statement)).rowcount > 0


def test_what_is_sealed_verifies_and_is_sealed_once(database):
    live(database)
    assert seal(database, NOW, block_txns=5) == 3
    assert seal(database, NOW, block_txns=5) == 0
    found = verify(database)
    assert (found.blocks, found.bad) == (3, ())
    live(database, start=9)
    assert seal(database, NOW) == 1
    assert verify(database).bad == ()


@pytest.mark.parametrize(
    "change",
    [
        "UPDATE txns SET note = 'x' WHERE id = {unlock}",
        "UPDATE txns SET effective_at = '2020-01-01 00:00:00.000000' WHERE id = {unlock}",
        "UPDATE txns SET key = key || 'x' WHERE id = {unlock}",
        "UPDATE postings SET amount = amount * 2 WHERE txn_id = {unlock}",
        "UPDATE lot_uses SET amount = amount + 1 WHERE txn_id = {unlock}",
        "UPDATE lots SET net_minor = 1 WHERE txn_id = {grant}",
        "UPDATE lots SET fee_estimated = NOT fee_estimated WHERE txn_id = {grant}",
        "DELETE FROM lot_uses WHERE txn_id = {unlock}",
    ],
)
def test_any_change_below_the_seal_names_its_block(database, change):
    live(database)
    seal(database, NOW, block_txns=4)
    with database.reading() as tx:
        block = tx.get_one(LedgerBlockRow, (BRAND, 2))
        inside = TxnRow.id > block.from_txn_id, TxnRow.id <= block.to_txn_id
        txns = {row.kind: row.id for row in tx.scalars(sa.select(TxnRow).where(*inside))}
    force(database, change.format(**txns))
    (bad,) = verify(database).bad
    assert (bad.chain, bad.seq) == (BRAND, 2)
    assert (bad.from_txn_id, bad.to_txn_id) == (block.from_txn_id, block.to_txn_id)


def test_a_block_that_was_taken_out_is_missed(database):
    live(database)
    seal(database, NOW, block_txns=4)
    force(database, "DELETE FROM ledger_blocks WHERE seq = 1")
    assert verify(database).bad[0].seq == 2


def test_a_row_slipped_in_below_the_seal_is_found(database):
    live(database)
    seal(database, NOW, block_txns=4)
    force(
        database,
        "INSERT INTO lot_uses (txn_id, lot_id, amount) SELECT min(txn_id), max(lot_id), 1 FROM lot_uses",
    )
    assert "rows were sealed" in verify(database).bad[0].reason


def test_rows_are_not_sealed_below_an_open_transaction(database, monkeypatch):
    """A number drawn early may be committed late; sealing past it would leave a hole."""
    if database.engine.dialect.name == "sqlite":
        return  # one writer: nothing is open when something is read as committed
    live(database)
    monkeypatch.setattr("silkreel.commerce.seal.SETTLE_SECONDS", 0.2)
    with database.transaction() as slow:
        apply(slow, [buy("bo", 5)], NOW)
        live(database, start=9)
        with pytest.raises(StillMoving):
            seal(database, NOW)
    assert seal(database, NOW) == 1
    assert verify(database).bad == ()


def test_the_sweep_writes_off_what_is_past_due_once(database):
    with database.transaction() as tx:
        apply(tx, [gift("ana", 5), gift("bo", 7), buy("bo", 10), gift("cy", 1)], NOW)
    later = NOW + timedelta(days=31)
    assert expire_due_lots(database, later) == 3
    assert expire_due_lots(database, later) == 0
    with database.reading() as tx:
        assert {(w.paid, w.bonus) for w in tx.query(WalletRow)} == {(0, 0), (10, 0)}
    assert faults(database) == {}
