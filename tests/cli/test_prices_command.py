"""`silkreel prices` and `silkreel ads`, as an operator runs them."""

import json

import pytest

from silkreel.cli import run
from silkreel.kit.opening import open_workshop
from silkreel.kit.settings import Settings
from silkreel.media.house_film import make_house_film


@pytest.fixture
def home(tmp_path, monkeypatch):
    monkeypatch.setenv("SILKREEL_HOME", str(tmp_path / "home"))
    monkeypatch.delenv("SILKREEL_DATABASE_URL", raising=False)
    return tmp_path


def test_from_the_start_to_prices_in_force_and_back(home, capsys):
    file = home / "br.toml"
    assert run(["prices", "start", "br", "--out", str(file)]) == 0
    assert run(["prices", "check", str(file)]) == 0
    told = capsys.readouterr().out
    assert "20 coins (about 1.38 BRL)" in told
    assert "These would be the first prices of BR." in told
    assert run(["prices", "show"]) == 0
    assert "every series is free" in capsys.readouterr().out
    assert run(["prices", "publish", str(file), "--reason", "we begin"]) == 0
    assert "Version 1 of the prices of BR is in force." in capsys.readouterr().out
    assert run(["prices", "export", "BR"]) == 0
    assert capsys.readouterr().out == file.read_text()
    assert run(["prices", "show", "br", "--json"]) == 0
    assert json.loads(capsys.readouterr().out)[0]["version"] == 1


def test_a_file_with_mistakes_is_told_all_of_them_and_changes_nothing(home, capsys):
    file = home / "us.toml"
    run(["prices", "start", "US", "--out", str(file)])
    file.write_text(file.read_text().replace("coins = 45", "coins = -45"))
    assert run(["prices", "publish", str(file)]) == 1
    assert "episode.coins: 0 or more is wanted." in capsys.readouterr().err
    assert run(["prices", "check", str(home / "none.toml")]) == 1
    assert run(["prices", "show", "US"]) == 1
    assert "prices start US" in capsys.readouterr().err


def test_alone_one_decides_and_with_a_staff_two_do(home, capsys):
    file = home / "us.toml"
    run(["prices", "start", "US", "--out", str(file)])
    run(["prices", "publish", str(file)])
    dearer = file.read_text().replace("coins = 45", "coins = 60", 1)
    file.write_text(dearer)
    assert run(["prices", "publish", str(file)]) == 0
    assert "Version 2" in capsys.readouterr().out
    run(["staff", "add", "mei", "--role", "finance"])
    file.write_text(dearer.replace("coins = 60", "coins = 90", 1))
    capsys.readouterr()
    assert run(["prices", "publish", str(file)]) == 0
    assert "until somebody else approves them" in capsys.readouterr().out
    assert run(["prices", "show"]) == 0
    assert "Waiting for a second person: US" in capsys.readouterr().out


def test_an_operators_film_is_examined_shown_and_taken_off(home, capsys):
    film = make_house_film(home / "tea.mp4").path
    told = [str(film), "--title", "Tea", "--advertiser", "Tea House", "--until", "2099-12-31"]
    assert run(["ads", "add", *told, "--click-url", "javascript:alert(1)"]) == 1
    assert run(["ads", "add", *told, "--weight", "0"]) == 2
    assert run(["ads", "add", *told, "--market", "BR"]) == 0
    assert "Tea is shown from now on" in capsys.readouterr().out
    assert run(["ads", "list", "--json"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert [(each["title"], each["seconds"], each["shown"]) for each in found] == [("Tea", 6, 0)]
    assert (found[0]["markets"], found[0]["ends_at"][:10]) == (["BR"], "2099-12-31")
    workshop = open_workshop(Settings(home=home / "home"))
    workshop.database.close()
    assert run(["ads", "end", found[0]["id"]]) == 0
    assert run(["ads", "end", "built-in"]) == 1
    (home / "no.mp4").write_bytes(b"no film")
    assert run(["ads", "add", str(home / "no.mp4"), "--title", "x", "--advertiser", "y"]) == 1
    assert run(["ads", "add", str(home / "gone.mp4"), "--title", "x", "--advertiser", "y"]) == 1
    assert "there is no such file" in capsys.readouterr().err


def test_a_demo_is_ended_by_its_operator(home, capsys):
    assert run(["prices", "end-demo"]) == 0
    assert "is a real brand now" in capsys.readouterr().out
    assert run(["prices", "end-demo", "--brand", "nobody"]) == 1
