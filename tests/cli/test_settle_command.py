"""`silkreel settle` and `silkreel statements`, on a home whose coins were played."""

import json

import pytest

from coins import NOW, buy, play, unlock
from silkreel.cli import run
from silkreel.commerce.ledger import apply
from silkreel.kit.opening import open_workshop
from silkreel.kit.settings import Settings
from silkreel.media.theatre.fonts import FontMissing, find

TERMS = """
[[contract]]
id = "rose"
series = "s1"
from = 2026-01-01
currency = "USD"
platform_bp = 3000
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


@pytest.fixture
def home(tmp_path, monkeypatch):
    monkeypatch.setenv("SILKREEL_HOME", str(tmp_path))
    monkeypatch.delenv("SILKREEL_DATABASE_URL", raising=False)
    database = open_workshop(Settings(home=tmp_path)).database
    with database.transaction() as tx:
        apply(tx, [buy("ana", 100), unlock("ana", "e1"), play("ana", "e1")], NOW)
        apply(tx, [unlock("ana", "x1", series="s2"), play("ana", "x1")], NOW)
    database.close()
    (tmp_path / "settlement.toml").write_text(TERMS)
    return tmp_path


def test_a_month_is_looked_at_closed_and_shown(home, capsys):
    assert run(["settle", "2026-03", "--dry-run"]) == 0
    told = capsys.readouterr().out
    assert "nothing was written" in told
    assert "s2 in US has no contract: 0.10 USD stays with you." in told
    assert "Coins sold for 1.00 USD net: 0.20 USD earned" in told
    assert run(["statements", "list", "--json"]) == 0
    assert json.loads(capsys.readouterr().out) == []
    assert run(["settle", "2026-03", "--json"]) == 0
    first = json.loads(capsys.readouterr().out)
    assert run(["settle", "2026-03", "--json"]) == 0
    assert json.loads(capsys.readouterr().out) == first
    assert run(["statements", "show", "moon", "2026-03"]) == 0
    told = capsys.readouterr().out
    assert "月光影业" in told
    assert "Payable 0.07 USD" in told
    assert first["statements"][0]["sha256"] in told


def test_files_are_put_into_a_folder(home, capsys):
    try:
        find("sans")
    except FontMissing as missing:
        pytest.skip(str(missing))
    out = home / "march"
    assert run(["settle", "2026-03", "--out", str(out)]) == 0
    names = {path.name for path in out.iterdir()}
    stem = "2026-03-moon-USD-v1"
    assert names == {f"{stem}.csv", f"{stem}.xlsx", f"{stem}.pdf", "recompute_statement.py"}
    before = (out / f"{stem}.pdf").read_bytes()
    assert run(["statements", "show", "moon", "2026-03", "--out", str(out)]) == 0
    assert (out / f"{stem}.pdf").read_bytes() == before


def test_what_cannot_be_settled_is_told_in_one_sentence(home, capsys):
    assert run(["settle", "2026-13"]) == 1
    assert "2026-13 is no month" in capsys.readouterr().err
    assert run(["statements", "show", "moon", "2026-03"]) == 1
    assert "statements list" in capsys.readouterr().err
    (home / "settlement.toml").write_text(TERMS.replace("bp = 10000", "bp = 9999"))
    assert run(["settle", "2026-03"]) == 1
    assert "The terms cannot be used" in capsys.readouterr().err
    (home / "settlement.toml").unlink()
    assert run(["settle", "2026-03"]) == 1
    assert "settlement.toml cannot be read" in capsys.readouterr().err
