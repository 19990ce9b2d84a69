"""Commands in the tests' own process: starting one of its own takes longer than most commands."""

import subprocess

import pytest

from little_series import environment
from silkreel.cli import run


@pytest.fixture
def silkreel(monkeypatch, capfd):
    """Run a command on a home; what a person gets of it is `little_series.silkreel`'s to prove."""

    def command(home, *words):
        with monkeypatch.context() as patched:
            for name, value in environment(home).items():
                patched.setenv(name, value)
            capfd.readouterr()
            code = run([*words])
        told = capfd.readouterr()
        return subprocess.CompletedProcess(words, code, told.out, told.err)

    return command
