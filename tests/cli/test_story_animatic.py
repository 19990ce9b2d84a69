"""`silkreel story animatic`, as somebody at a terminal meets it."""

import json
import os
import shutil
import signal
import subprocess
import sys

import pytest

from drawn_stories import heiress_at
from silkreel.cli import run
from silkreel.flows import make_animatic as flow
from silkreel.media.theatre.plan import Picture

pytestmark = pytest.mark.skipif(
    shutil.which("espeak-ng") is None, reason="espeak-ng is not installed (Debian: espeak-ng)"
)


@pytest.fixture
def asked(tmp_path, monkeypatch):
    """The command's first words, for a story of two episodes in a small picture."""
    monkeypatch.setattr(flow, "PICTURE", Picture(180, 320, 25))
    monkeypatch.setenv("SILKREEL_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("SILKREEL_SPEAKERS", "espeak")
    return ["story", "animatic", str(heiress_at(tmp_path / "heiress")), "--draft"]


def test_the_table_tells_lengths_voices_and_where_the_film_is(asked, capsys):
    assert run([*asked, "--episode", "2"]) == 0
    told = capsys.readouterr().out
    assert "ep002_s01" in told
    assert "ep002_car_F6F6" in told
    assert "of 75 s" in told
    assert "espeak:en-us" in told
    assert "write shots/ep002.yaml to direct them" in told
    assert "1 shot, 1 drawn now" in told
    assert "synthetic" in told
    assert run([*asked, "--episode", "2", "--json"]) == 0
    again = json.loads(capsys.readouterr().out)
    assert (again["drawn"], again["proposed"], again["synthetic"]) == (0, True, True)
    assert again["shots"][0]["lines"] == ["ep002_car_F6F6"]


def test_an_episode_that_is_not_there_is_one_sentence(asked, capsys):
    assert run([*asked, "--episode", "7"]) == 1
    told = capsys.readouterr()
    assert told.err == "silkreel: There is no episode 7 in the series; it has 1, 2.\n"
    assert run([*asked, "--episode", "0"]) == 2


def test_stopped_by_ctrl_c_it_says_so_and_goes_on_next_time(asked, capsys):
    words = [sys.executable, "-m", "silkreel", *asked, "--episode", "1"]
    process = subprocess.Popen(words, stderr=subprocess.PIPE, text=True, env=dict(os.environ))
    heard = []
    for line in process.stderr:
        heard.append(line)
        if "drawing" in line:
            process.send_signal(signal.SIGINT)
            break
    heard += process.stderr.readlines()
    assert process.wait(60) == 130, "".join(heard)
    assert "run the same command again to go on" in heard[-1]
    assert run([*asked, "--episode", "1", "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["length_seconds"] > 5
