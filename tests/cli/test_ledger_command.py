"""`silkreel ledger`, on a home with coins in it."""

import json

import pytest
import sqlalchemy as sa

from coins import BRAND, NOW, buy, unlock
from silkreel.cli import run
from silkreel.commerce.ledger import apply
from silkreel.commerce.wallets import wallet_of
from silkreel.kit.opening import open_workshop
from silkreel.kit.settings import Settings


@pytest.fixture
def home(tmp_path, monkeypatch):
    monkeypatch.setenv("SILKREEL_HOME", str(tmp_path))
    monkeypatch.delenv("SILKREEL_DATABASE_URL", raising=False)
    database = open_workshop(Settings(home=tmp_path)).database
    with database.transaction() as tx:
        apply(tx, [buy("ana", 100, bonus=20), unlock("ana", "e1", coins=30)], NOW)
    yield database
    database.close()


def test_the_books_are_sealed_and_verified(home, capsys):
    assert run(["ledger", "seal"]) == 0
    assert "Sealed 1 new block;" in capsys.readouterr().out
    assert run(["ledger", "verify"]) == 0
    assert "Sound" in capsys.readouterr().out
    with home.transaction() as tx:
        tx.execute(sa.text("DROP TRIGGER txns_no_update"))
        tx.execute(sa.text("UPDATE txns SET note = 'mine' WHERE kind = 'unlock'"))
    assert run(["ledger", "verify", "--json"]) == 1
    told = json.loads(capsys.readouterr().out)
    assert [(bad["brand"], bad["block"]) for bad in told["bad"]] == [(BRAND, 1)]


def test_coins_that_appear_from_nowhere_are_found(home, capsys):
    with home.transaction() as tx:
        tx.execute(sa.text("UPDATE wallets SET paid = paid + 1000"))
    assert run(["ledger", "verify"]) == 1
    told = capsys.readouterr().out
    assert "a wallet is not its open lots: 1" in told
    assert "a wallet is not its postings: 1" in told


def test_a_balance_leaves_out_what_has_ended(home, capsys):
    assert run(["ledger", "balance", "ana", "--brand", BRAND, "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert (told["paid"], told["debt"]) == (90, 0)
    assert run(["ledger", "balance", "nobody", "--brand", BRAND]) == 0
    assert "0 bought coins" in capsys.readouterr().out
    with home.reading() as tx:
        assert wallet_of(tx, "ana", BRAND, NOW).paid_coins == 90
