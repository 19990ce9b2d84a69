"""What make remembers as done is done."""

import os
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent


@pytest.mark.parametrize(("code", "remembered"), [(0, True), (1, False)])
def test_models_that_could_not_be_had_are_tried_again_and_stop_nobody(tmp_path, code, remembered):
    folder = tmp_path / "venv" / "bin"
    folder.mkdir(parents=True)
    for name, answer in (("python", code), ("silkreel", code)):
        (folder / name).write_text(f"#!/bin/sh\nexit {answer}\n", encoding="utf-8")
        (folder / name).chmod(0o755)
    (tmp_path / "venv" / ".base").touch()
    os.utime(tmp_path / "venv" / ".base", (4e9, 4e9))  # newer than every requirement
    done = subprocess.run(
        ["make", "-C", str(ROOT), "UV=", f"VENV={tmp_path / 'venv'}", "models"],
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert (tmp_path / "venv" / ".models").exists() == remembered
    assert ("tries again" in done.stdout) != remembered
