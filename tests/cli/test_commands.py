"""The command line: what it prints, and the exit codes scripts rely on."""

import json
import subprocess
import sys

import pytest

from little_series import environment, make_clip, silkreel


def test_help_names_every_command_and_loads_no_job_engine(tmp_path):
    code = (
        "import sys\nfrom silkreel.cli import run\ncode = run(['--help'])\n"
        "assert 'dbos' not in sys.modules and 'av' not in sys.modules\nsys.exit(code)"
    )
    done = subprocess.run(
        [sys.executable, "-c", code],
        env=environment(tmp_path), capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    for name in ("demo", "import", "localise", "release", "serve", "worker", "export", "models"):
        assert name in done.stdout


@pytest.mark.parametrize(
    ("language", "sentence"),
    [
        ("es_MX.UTF-8", "silkreel: No existe la serie nowhere; las series de aquí son: "),
        ("pt_PT.UTF-8", "silkreel: Não existe a série nowhere; as séries daqui são: "),
        ("zh_CN.UTF-8", "silkreel: 没有剧集 nowhere；这里有："),
        ("fi_FI.UTF-8", "silkreel: There is no series nowhere; the series here are: "),
    ],
)
def test_a_refusal_comes_in_the_language_of_the_terminal(tmp_path, monkeypatch, language, sentence):
    monkeypatch.delenv("SILKREEL_LANGUAGE", raising=False)
    for name in ("LANGUAGE", "LC_ALL", "LC_MESSAGES"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("LANG", language)
    done = silkreel(tmp_path, "localise", "nowhere", "--to", "es")
    assert done.returncode == 1
    assert done.stderr.startswith(sentence)


def test_our_own_setting_goes_before_the_terminals_language(tmp_path, monkeypatch):
    monkeypatch.setenv("LANG", "zh_CN.UTF-8")
    monkeypatch.setenv("SILKREEL_LANGUAGE", "es")
    done = silkreel(tmp_path, "series")
    assert done.stdout.startswith("Aún no hay series.")


def test_what_scripts_read_of_the_doctor_is_the_same_everywhere(tmp_path, monkeypatch):
    monkeypatch.setenv("SILKREEL_LANGUAGE", "es")
    findings = json.loads(silkreel(tmp_path, "doctor", "--json").stdout)
    assert findings[0]["what"] == "home folder"
    assert "carpeta de datos" in silkreel(tmp_path, "doctor").stdout


@pytest.mark.parametrize("words", [["bogus"], ["localise"], ["export", "x", "--episode", "one"]])
def test_wrong_usage_exits_with_two(tmp_path, words):
    assert silkreel(tmp_path, *words).returncode == 2


def test_a_refusal_is_one_sentence_on_standard_error_and_exits_with_one(tmp_path):
    done = silkreel(tmp_path, "localise", "nothing", "--to", "es")
    assert done.returncode == 1
    assert done.stdout == ""
    lines = [line for line in done.stderr.splitlines() if line.startswith("silkreel:")]
    assert len(lines) == 1
    assert lines[0].startswith("silkreel: There is no series nothing; the series here are: none")


def test_import_says_in_its_exit_code_that_something_was_refused(tmp_path):
    folder = tmp_path / "show"
    folder.mkdir()
    make_clip(folder / "ep1.mp4", seconds=1)
    (folder / "ep2.mp4").write_bytes(b"")
    done = silkreel(tmp_path / "home", "import", str(folder), "--json")
    assert done.returncode == 1
    told = json.loads(done.stdout)
    assert told["series"] == "show"
    assert [(each["name"], each["state"]) for each in told["files"]] == [
        ("ep1.mp4", "taken"),
        ("ep2.mp4", "refused"),
    ]
    listed = json.loads(silkreel(tmp_path / "home", "series", "--json").stdout)
    assert listed[0]["slug"] == "show"
    assert listed[0]["episodes"] == 1


def test_an_unknown_language_or_queue_is_refused_before_any_work(tmp_path):
    assert silkreel(tmp_path, "worker", "--queues", "gpu").returncode == 1
    assert "klingon" in silkreel(tmp_path, "localise", "x", "--to", "klingon").stderr


def test_doctor_says_what_is_there_as_json(tmp_path):
    done = silkreel(tmp_path, "doctor", "--json")
    found = {each["what"]: each for each in json.loads(done.stdout)}
    assert found["database"]["health"] == "good"
    assert "mend" in found["translators: endpoint"]
    assert found["translators: endpoint"]["health"] in {"optional", "missing"}


def test_models_list_names_package_hash_and_licence_of_each(tmp_path):
    told = json.loads(silkreel(tmp_path, "models", "list", "--json").stdout)
    assert {each["name"] for each in told} >= {"whisper-base", "kokoro", "deepfilternet3"}
    for each in told:
        assert each["packages"]
        assert each["licence"]
        assert all(len(file["sha256"]) == 64 for file in each["files"])
