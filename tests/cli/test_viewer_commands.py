"""`silkreel letters`, `silkreel viewers` and `silkreel report`, on a home somebody buys at."""

import csv
import json
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from coins import buy
from mail_server import MailServer
from silkreel.cli import run
from silkreel.commerce import limits
from silkreel.commerce.ledger import apply
from silkreel.commerce.prepaid import day_in_japan
from silkreel.commerce.requests import PaidMoney
from silkreel.kit.clock import now
from silkreel.kit.opening import open_workshop
from silkreel.kit.settings import Settings
from silkreel.people import post
from silkreel.people.audit import Wanted, read_log
from silkreel.people.brands import HOUSE
from silkreel.people.viewers import MAIL, Identity, make_account, new_guest

MARCH = datetime(2026, 3, 1, tzinfo=UTC)
RECEIPT = {
    "order": "o1", "sku": "bundle:500", "coins": 500, "bonus_coins": 0, "minor": 499,
    "tax_minor": 0, "currency": "USD", "environment": "production", "at": MARCH.isoformat(),
    "withdraw_days": 14,
}  # fmt: skip


@pytest.fixture
def home(tmp_path, monkeypatch):
    monkeypatch.setenv("SILKREEL_HOME", str(tmp_path))
    monkeypatch.delenv("SILKREEL_DATABASE_URL", raising=False)
    database = open_workshop(Settings(home=tmp_path)).database
    yield database
    database.close()


@pytest.fixture
def mei(home):
    with home.transaction() as tx:
        viewer = new_guest(tx, HOUSE, MARCH)
        make_account(tx, viewer, Identity(HOUSE, MAIL, "mei@example.org"), MARCH)
        post.write(tx, (viewer, HOUSE), "receipt", "receipt:o1", RECEIPT, MARCH)
    return viewer


@pytest.fixture
def mail(monkeypatch):
    server = MailServer(unknown=("mei@",))
    for name, value in (
        ("HOST", "127.0.0.1"), ("PORT", server.port), ("SECURITY", "none"),
    ):  # fmt: skip
        monkeypatch.setenv(f"SILKREEL_SMTP_{name}", str(value))
    monkeypatch.setenv("SILKREEL_MAIL_FROM", "hello@night.example")
    yield server
    server.shutdown()
    server.server_close()


def told(capsys, *words):
    assert run([*words, "--json"]) == 0
    return json.loads(capsys.readouterr().out)


def log(database, action):
    with database.reading() as tx:
        return [(each.subject, each.reason) for each in read_log(tx, HOUSE, Wanted(action))]


def test_what_cannot_arrive_is_shown_and_sent_again_by_a_person(home, mei, mail, capsys):
    assert told(capsys, "letters", "send")["given_up"] == 1
    listed = told(capsys, "letters", "list", "--state", "dead")
    (letter,) = listed["letters"]
    assert (letter["viewer"], letter["kind"], listed["counts"]["dead"]) == (mei, "receipt", 1)
    assert "mei@" not in json.dumps(listed)
    assert run(["letters", "retry", str(letter["id"])]) == 0
    assert log(home, "letter.again") == [(f"letter:{letter['id']}", "")]
    assert run(["letters", "retry", str(letter["id"])]) == 1
    assert "only a letter that was given up" in capsys.readouterr().err
    mail.unknown = ()
    assert told(capsys, "letters", "send")["sent"] == 1
    assert "500 coins" in mail.read()[0].get_body(("plain",)).get_content()


def test_without_a_mail_server_letters_wait_and_the_list_says_why(home, mei, capsys):
    assert run(["letters", "send"]) == 0
    assert run(["letters", "list"]) == 0
    shown = capsys.readouterr().out
    assert "1 wait, 0 sent" in shown
    assert "SILKREEL_SMTP_HOST" in shown


def test_an_age_that_was_stated_wrongly_is_corrected_with_a_reason(home, mei, capsys):
    with home.transaction() as tx:
        limits.state_age(tx, (mei, HOUSE), 9, "US", MARCH)
    assert run(["viewers", "age", mei, "adult", "--reason", "passport seen"]) == 0
    with home.reading() as tx:
        assert limits.age_of(tx, (mei, HOUSE)) == "adult"
        (row,) = read_log(tx, HOUSE, Wanted("viewer.age"))
    assert (row.before, row.after, row.reason) == (
        {"age": "child"}, {"age": "adult"}, "passport seen"
    )  # fmt: skip
    assert run(["viewers", "age", mei, "teen", "--reason", " "]) == 1
    assert run(["viewers", "age", "nobody", "teen", "--reason", "x"]) == 1
    assert run(["viewers", "age", mei, "elder", "--reason", "x"]) == 2
    assert "no viewer nobody" in capsys.readouterr().err


def test_japans_unused_coins_are_printed_and_written(home, capsys, tmp_path):
    money = PaidMoney(currency="JPY", gross_minor=12_000_000, fee_minor=0)
    asked = replace(buy("ana", 7_500_000), money=money, market="JP", brand_id=HOUSE)
    with home.transaction() as tx:
        apply(tx, [asked], MARCH)
    file = tmp_path / "japan.csv"
    assert run(["report", "japan", "--on", "2026-03-31", "--out", str(file)]) == 0
    shown = capsys.readouterr().out
    assert "¥12,000,000 is above ¥10,000,000" in shown
    assert "at least ¥6,000,000 by 2026-05-31" in shown
    assert [row["unused_minor"] for row in csv.DictReader(file.open())] == ["12000000"] * 2
    report = told(capsys, "report", "japan", "--on", "2026-03-31")
    assert (report["above"], report["deposit_minor"]) == (True, 6_000_000)
    assert run(["report", "japan", "--on", day_in_japan(now()).isoformat()]) == 1
    assert "not over in Japan" in capsys.readouterr().err
