"""What a person does by mistake or on purpose at the edges: a sentence, a code, no traceback."""

import json
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import urllib.request
from contextlib import contextmanager

import pytest

from little_series import environment, make_clip, silkreel

STARTED_SECONDS = 60


@contextmanager
def started(home, *words, **extra):
    """A process of ours with its output in pipes; it does not outlive its test."""
    process = subprocess.Popen(
        [sys.executable, "-m", "silkreel", *words],
        env=environment(home) | extra, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
    )  # fmt: skip
    with process:
        try:
            yield process
        finally:
            process.kill()


def one_sentence(done, code):
    assert done.returncode == code, done.stderr
    assert "Traceback" not in done.stderr
    lines = [line for line in done.stderr.splitlines() if line]
    assert len(lines) == 1
    assert lines[0].startswith("silkreel: ")
    return lines[0]


@pytest.mark.parametrize(("words", "code", "told"), [
    (["serve", "--port", "80000"], 2, "--port takes a whole number from 0 to 65535, not 80000"),
    (["serve", "--host", "no such host"], 2, "--host takes a name or an address"),
    (["serve", "--host", "198.51.100.7"], 1, "Nothing can be served at 198.51.100.7 port 8420"),
    (["--home", "/proc/nowhere", "series"], 1, "The home folder /proc/nowhere cannot be used"),
    (["lines", "import", "/nope.po", "--series", "x", "--language", "es"], 1, "/nope.po cannot be"),
    (["lines", "import", "/", "--series", "x", "--language", "es"], 1, "/ cannot be read"),
    (["localise", "x", "--to", ""], 1, "A language is missing; write for example es"),
    (["localise", "x", "--to", " , "], 1, "A language is missing"),
    (["import", "/", "--source-language", ""], 1, "/ holds no video files"),
])  # fmt: skip
def test_a_mistake_is_one_sentence(tmp_path, words, code, told):
    assert told in one_sentence(silkreel(tmp_path, *words), code)


def test_a_variable_that_is_not_taken_is_a_matter_of_usage(tmp_path):
    with started(tmp_path, "doctor", SILKREEL_CORES="zero") as process:
        _, error = process.communicate(timeout=STARTED_SECONDS)
    assert process.returncode == 2
    assert error.startswith("silkreel: SILKREEL_CORES takes a whole number from 1, not zero")


def test_a_port_that_is_taken_is_said_and_no_address_is_printed(tmp_path):
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        done = silkreel(tmp_path, "serve", "--port", str(other.getsockname()[1]))
    assert "Address already in use" in one_sentence(done, 1)
    assert done.stdout == ""


def test_the_address_that_is_printed_answers_and_ctrl_c_ends_it_in_peace(tmp_path):
    with started(tmp_path, "serve", "--port", "0") as process:
        address = re.search(r"http://127\.0\.0\.1:(\d+)", process.stdout.readline())
        assert address.group(1) != "0"
        with urllib.request.urlopen(f"{address.group(0)}/", timeout=STARTED_SECONDS) as answer:
            assert answer.status == 200
        process.send_signal(signal.SIGINT)
        _, error = process.communicate(timeout=STARTED_SECONDS)
    assert (process.returncode, error) == (0, "")


def test_ctrl_c_says_how_to_go_on_and_going_on_works(tmp_path):
    folder = tmp_path / "show"
    folder.mkdir()
    clip = make_clip(folder / "ep1.mp4", seconds=1)
    for number in range(2, 9):
        shutil.copy(clip, folder / f"ep{number}.mp4")
    with started(tmp_path / "home", "import", str(folder)) as process:
        assert "ep1.mp4" in process.stderr.readline()
        process.send_signal(signal.SIGINT)
        _, error = process.communicate(timeout=STARTED_SECONDS)
    assert process.returncode == 130
    assert error.splitlines()[-1] == "silkreel: stopped; run the same command again to go on."
    assert "Traceback" not in error
    again = silkreel(tmp_path / "home", "import", str(folder), "--json")
    files = json.loads(again.stdout)["files"]
    assert [each["name"] for each in files] == [f"ep{number}.mp4" for number in range(1, 9)]
    assert files[0]["state"] == "unchanged"


def test_a_reader_that_goes_away_is_no_fault(tmp_path):
    reader, writer = os.pipe()
    os.close(reader)
    process = subprocess.run(
        [sys.executable, "-m", "silkreel", "models", "list", "--json"],
        env=environment(tmp_path), stdout=writer, stderr=subprocess.PIPE, text=True, check=False,
    )  # fmt: skip
    os.close(writer)
    assert (process.returncode, process.stderr) == (141, "")
