"""`silkreel staff` and `silkreel audit`, as the operator types them on the machine."""

import json
import re
import sqlite3

import pytest

from little_series import silkreel
from silkreel.cli import run


@pytest.fixture
def home(tmp_path, monkeypatch):
    monkeypatch.setenv("SILKREEL_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("SILKREEL_PUBLIC_URL", "https://desk.example/")
    monkeypatch.delenv("SILKREEL_DATABASE_URL", raising=False)
    return tmp_path / "home"


def answer(capsys, *words):
    """Exit code and what was printed."""
    code = run(list(words))
    return code, capsys.readouterr()


def test_the_first_owner_is_made_and_gets_a_link(tmp_path):
    done = silkreel(tmp_path, "staff", "add", "Mei", "--role", "owner", "--json")
    assert done.returncode == 0, done.stderr
    told = json.loads(done.stdout)
    assert told["name"] == "mei"
    assert told["days"] == 3
    assert re.fullmatch(r"http://127\.0\.0\.1:8420/staff/join#[\w-]{43}", told["link"])
    (person,) = json.loads(silkreel(tmp_path, "staff", "list", "--json").stdout)
    assert (person["name"], person["roles"], person["state"]) == ("mei", ["owner"], "invited")


def test_a_team_from_the_command_line(home, capsys):
    assert "Begin with `silkreel staff add" in answer(capsys, "staff", "list")[1].out
    code, told = answer(
        capsys, "staff", "add", "mei", "--role", "writer", "--role", "reviewer",
        "--shown-name", "Mei Lin",
    )  # fmt: skip
    assert code == 0
    assert "https://desk.example/staff/join#" in told.out
    assert answer(capsys, "staff", "roles", "mei")[1].out == "mei: reviewer, writer\n"
    assert answer(capsys, "staff", "roles", "mei", "--role", "support")[1].out == "mei: support\n"
    assert "money.refund" in answer(capsys, "staff", "roles")[1].out
    assert answer(capsys, "staff", "disable", "mei")[0] == 0
    assert answer(capsys, "staff", "enable", "MEI")[0] == 0
    assert "join#" in answer(capsys, "staff", "reset", "mei")[1].out
    assert "Mei Lin" in answer(capsys, "staff", "list")[1].out


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (("staff", "add", "mei", "--role", "king"), "There is no role king"),
        (("staff", "add", "mei lin", "--role", "writer"), "no blanks"),
        (("staff", "add", "mei", "--role", "writer", "--brand", "x"), "There is no brand x"),
        (("staff", "reset", "nobody"), "Nobody called nobody is in the team"),
        (("audit", "--since", "yesterday"), "A day is written like"),
        (("audit", "verify", "--anchor", "x"), "An anchor is written NUMBER:HASH"),
    ],
)
def test_a_no_is_one_sentence(home, capsys, words, sentence):
    code, told = answer(capsys, *words)
    assert code == 1
    assert sentence in told.err
    assert told.out == ""


def test_the_log_is_shown_searched_and_verified(home, capsys):
    assert answer(capsys, "audit")[1].out == "Nothing was done yet.\n"
    answer(capsys, "staff", "add", "mei", "--role", "writer")
    rows = json.loads(answer(capsys, "audit", "--json", "--since", "2020-01-01")[1].out)
    assert [row["action"] for row in rows] == ["staff.link", "staff.added"]
    assert rows[0]["actor"]["kind"] == "machine"
    assert answer(capsys, "audit", "--since", "2999-01-01")[1].out == "Nothing fits.\n"
    assert "staff.added" in answer(capsys, "audit", "--search", "added")[1].out
    code, told = answer(capsys, "audit", "verify", "--json")
    assert code == 0
    head = json.loads(told.out)["head"]
    assert head == f"2:{rows[0]['hash']}"
    assert answer(capsys, "audit", "verify", "--anchor", head)[0] == 0


def test_a_log_somebody_changed_is_caught_with_its_row(home, capsys):
    for name in ("mei", "lin"):
        answer(capsys, "staff", "add", name, "--role", "writer")
    with sqlite3.connect(home / "app.db") as forger:
        forger.execute("DROP TRIGGER audit_log_no_update")
        forger.execute("UPDATE audit_log SET actor_name = 'somebody' WHERE number = 3")
    forger.close()
    code, told = answer(capsys, "audit", "verify")
    assert code == 1
    assert told.out.startswith("Row 3 is bad: changed after it was written.")
