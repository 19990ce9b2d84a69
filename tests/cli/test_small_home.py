"""Every command on a home with one real little episode, dubbed for the test."""

import csv
import io
import json
import os
import shutil
import subprocess
import sys
from types import SimpleNamespace

import pytest
import soundfile
import sqlalchemy as sa

from little_series import ENGINES, LINES, WORDS, environment, make_folder, silkreel
from silkreel.bible.memory import remember
from silkreel.bible.tables import LineRow, TermRow
from silkreel.catalogue.series import find_series
from silkreel.catalogue.tables import EpisodeRow, RenditionRow, SeriesRow
from silkreel.cli import run
from silkreel.dubbing.tables import DubRow
from silkreel.flows.at_hand import shelf_for
from silkreel.flows.listen_to_dub import understood
from silkreel.flows.source_side import source_stands
from silkreel.flows.steps_ahead import episode_numbers, step_words, steps_ahead
from silkreel.jobs.tables import JobRow, StageRunRow
from silkreel.kit.keys import text_hash
from silkreel.kit.opening import open_workshop
from silkreel.kit.settings import Settings
from silkreel.story.project import open_story

SPOKEN, WAITING = LINES[1]


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    """The home, and what localising told; one line has no words yet."""
    if shutil.which("espeak-ng") is None:
        pytest.skip("espeak-ng is not installed (Debian's package `espeak-ng`)")
    folder = make_folder(tmp_path_factory.mktemp("small") / "little", episodes=1)
    home = tmp_path_factory.mktemp("home")
    imported = silkreel(home, "import", str(folder))
    assert imported.returncode == 0, imported.stderr
    workshop = open_workshop(Settings(home=home))
    with workshop.transaction() as tx:
        series = find_series(tx, "little")
        remember(tx, series.id, "es", SPOKEN, WORDS["es"][SPOKEN], approved_by="test")
    workshop.database.close()
    localised = silkreel(home, "localise", "little", "--to", "es")
    return SimpleNamespace(home=home, imported=imported, localised=localised)


@pytest.fixture
def say(made, monkeypatch, capfd, tmp_path):
    """Run a command in this process on the home, or on a copy where it changes things."""

    def command(*words, alone=False):
        home = made.home
        if alone:
            home = tmp_path / "copy"
            if not home.exists():
                shutil.copytree(made.home, home)
        for name, value in environment(home).items():
            monkeypatch.setenv(name, value)
        capfd.readouterr()
        code = run([*words])
        told = capfd.readouterr()
        assert "Traceback" not in told.err
        return SimpleNamespace(code=code, out=told.out, err=told.err)

    return command


def test_the_import_names_what_is_next_and_not_the_language_there_is(made):
    last = made.imported.stdout.splitlines()[-1]
    assert last == "little: 3 taken. Next: silkreel localise little --to en,es,pt-BR"


def test_progress_is_told_in_words_and_never_goes_back(made):
    told = made.localised.stderr.splitlines()
    shares = [int(line.split("%")[0]) for line in told if "%" in line]
    assert shares == sorted(shares)
    assert shares[-1] == 100
    with_estimate = [line for line in told if " left" in line]
    assert not any("about 0 s" in line for line in with_estimate)
    numbers = _numbers(made.home)
    assert not any(episode in line for line in told for episode in numbers)


def test_the_steps_announced_are_the_steps_taken(made):
    workshop = open_workshop(Settings(home=made.home))
    with workshop.reading() as tx:
        arguments = tx.scalars(sa.select(JobRow.arguments)).one()
        taken = dict(tx.execute(sa.select(StageRunRow.label, StageRunRow.stage)).all())
    workshop.database.close()
    assert steps_ahead(arguments["episodes"], arguments["languages"]) == taken
    assert step_words(next(iter(taken)), _numbers(made.home))


def steps_taken(home):
    """Labels of the last job that was ordered."""
    workshop = open_workshop(Settings(home=home))
    with workshop.reading() as tx:
        last = sa.select(JobRow.id).order_by(JobRow.asked_at.desc()).limit(1).scalar_subquery()
        taken = sa.select(StageRunRow.label, StageRunRow.stage).where(StageRunRow.job_id == last)
        steps = dict(tx.execute(taken).all())
        arguments = tx.scalars(sa.select(JobRow.arguments).where(JobRow.id == last)).one()
    workshop.database.close()
    return steps, arguments


def test_a_further_language_takes_only_its_own_steps(made, tmp_path):
    home = tmp_path / "copy"
    shutil.copytree(made.home, home)
    assert silkreel(home, "localise", "little", "--to", "en").returncode == 0
    steps, arguments = steps_taken(home)
    assert steps == steps_ahead(arguments["episodes"], ["en"], source_stands=True)
    assert len(steps) == 1 + 2 + 5


def lose_a_file(tx, home):
    row = tx.scalars(sa.select(RenditionRow).where(RenditionRow.kind == "video")).first()
    next((home / "store").rglob(f"{row.content_hash}*")).unlink()


def correct_a_line(tx, _home):
    line = tx.scalars(sa.select(LineRow)).first()
    line.source_text, line.came_from = "你终于来了。", "person"
    line.source_hash = text_hash(line.source_text)


def bring_a_new_master(tx, _home):
    tx.scalars(sa.select(EpisodeRow)).first().fixes = ["rotated"]


def bring_a_term(tx, _home):
    series_id = tx.scalars(sa.select(SeriesRow.id)).one()
    tx.add(TermRow(series_id=series_id, source="灯笼", targets={}, forbidden={}))


@pytest.mark.parametrize("change", [lose_a_file, correct_a_line, bring_a_new_master, bring_a_term])
def test_what_changes_the_source_side_lets_it_be_looked_through_again(
    made, tmp_path, monkeypatch, change
):
    home = tmp_path / "copy"
    shutil.copytree(made.home, home)
    for name, value in environment(home).items():
        monkeypatch.setenv(name, value)
    settings = Settings(home=home)
    workshop = open_workshop(settings)
    with workshop.reading() as tx:
        series_id = tx.scalars(sa.select(SeriesRow.id)).one()
    assert source_stands(workshop, settings, series_id)
    with workshop.transaction() as tx:
        change(tx, home)
    assert not source_stands(workshop, settings, series_id)
    workshop.database.close()


@pytest.mark.parametrize(("kind", "form", "start"), [
    ("subtitles", "srt", "1\n"), ("subtitles", "vtt", "WEBVTT"), ("subtitles", "ass", "[Script"),
    ("lines", "json", "{"), ("qc", "json", "{"),
])  # fmt: skip
def test_an_export_goes_to_standard_output(say, kind, form, start):
    told = say("export", "little", "--episode", "1", "--kind", kind, "--language", "es",
               "--format", form)  # fmt: skip
    assert told.code == 0
    assert told.out.startswith(start)


def test_exported_lines_name_their_speakers(say):
    told = say("export", "little", "--episode", "1", "--kind", "lines", "--language", "es",
               "--format", "json")  # fmt: skip
    lines = json.loads(told.out)["lines"]
    assert [line["source"] for line in lines] == list(LINES[1])
    assert {line["speaker"] for line in lines} <= {"阿梅", "Voice 1", "Voice 2"}
    assert lines[0]["wordings"]["full"]["text"] == WORDS["es"][SPOKEN]


def test_sound_is_exported_as_long_as_the_picture(say, tmp_path):
    out = tmp_path / "dub.wav"
    told = say("export", "little", "--episode", "1", "--kind", "audio", "--language", "es",
               "--format", "wav", "--out", str(out))  # fmt: skip
    assert told.code == 0
    assert soundfile.info(out).duration == pytest.approx(4.0, abs=0.05)


@pytest.mark.parametrize(("words", "told"), [
    (("--kind", "lines", "--format", "wav", "--language", "es"), "There is no lines as wav"),
    (("--kind", "audio", "--format", "wav", "--language", "fr"), "Episode 1 has no audio in fr"),
    (("--kind", "lines", "--format", "json", "--language", ""), "A language is missing"),
    (("--kind", "lines", "--format", "json", "--language", "es", "--out", "/nope/x"), "/nope/x"),
])  # fmt: skip
def test_an_export_that_cannot_be_is_refused_in_a_sentence(say, words, told):
    refused = say("export", "little", "--episode", "1", *words)
    assert refused.code == 1
    assert told in refused.err
    assert refused.err.count("\n") == 1


def test_lines_that_wait_go_out_and_come_back_approved(say, tmp_path):
    stem = tmp_path / "words"
    told = say("lines", "export", "little", "--language", "es", "--format", "csv", "--waiting",
               "--out", str(stem), alone=True)  # fmt: skip
    assert told.out.strip() == f"{stem}.csv"
    text = (tmp_path / "words.csv").read_text(encoding="utf-8-sig")
    rows = list(csv.DictReader(io.StringIO(text)))
    assert [row["source"] for row in rows] == [WAITING]
    rows[0] |= {"text": WORDS["es"][WAITING], "state": "approved"}
    with (tmp_path / "words.csv").open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, rows[0].keys())
        writer.writeheader()
        writer.writerows(rows)
    order = ("lines", "import", f"{stem}.csv", "--series", "little", "--language", "es")
    nobody = say(*order, "--approve", alone=True)
    assert (nobody.code, "--by NAME" in nobody.err) == (1, True)
    taken = say(*order, "--approve", "--by", "Ana", alone=True)
    assert taken.code == 0, taken.err
    assert taken.out.startswith("1 approved")
    waiting = say("lines", "list", "little", "--language", "es", "--waiting", alone=True)
    assert waiting.out.strip() == "No line waits."


@pytest.mark.parametrize("form", ["po", "csv", "srt"])
def test_lines_go_out_in_every_form(say, tmp_path, form):
    told = say("lines", "export", "little", "--language", "es", "--format", form, "--episode", "1",
               "--out", str(tmp_path / "w"))  # fmt: skip
    assert told.code == 0
    written = (tmp_path / f"w.{form}").read_text(encoding="utf-8-sig")
    assert WORDS["es"][SPOKEN] in written


def test_the_cast_is_listed_named_and_given_a_voice(say):
    cast = json.loads(say("cast", "list", "little", "--json", alone=True).out)
    voice = next(each["name"] for each in cast if each["name"].startswith("Voice"))
    assert say("cast", "name", "little", voice, "小林", alone=True).code == 0
    chosen = say("cast", "voice", "little", "小林", "--language", "es", "--use", "espeak:es+m1",
                 alone=True)  # fmt: skip
    assert chosen.code == 0, chosen.err
    after = {each["name"]: each for each in json.loads(
        say("cast", "list", "little", "--json", alone=True).out)}  # fmt: skip
    assert voice not in after
    assert after["小林"]["voices"]["es"].startswith("espeak:es+m1")
    nobody = say("cast", "name", "little", "Nobody", "x", alone=True)
    assert nobody.code == 1


def test_checks_are_shown_and_as_json(say):
    told = json.loads(say("qc", "little", "--json").out)
    assert {each["language"] for each in told["episodes"]} >= {"es"}
    shown = say("qc", "little", "--language", "es")
    assert "Quality of little" in shown.out
    assert shown.code in (0, 1)


def test_a_dub_is_listened_to_only_by_a_recogniser_that_is_set(say):
    refused = say("qc", "little", "--listen", alone=True)
    assert refused.code == 1
    assert "No recogniser is set." in refused.out


def test_a_real_recogniser_writes_the_takes_down_and_the_line_is_judged_by_it(
    say, monkeypatch, tmp_path
):
    if not shelf_for(Settings(home=tmp_path)).available("transcribers", ["whisper"])[0]:
        pytest.skip("the packaged Whisper model is not installed (make models)")
    say("qc", "little", alone=True)  # makes the copy
    monkeypatch.setattr("little_series.ENGINES", {**ENGINES, "SILKREEL_TRANSCRIBERS": "whisper"})
    told = say("qc", "little", "--listen", "--json", alone=True)
    workshop = open_workshop(Settings(home=tmp_path / "copy"))
    with workshop.reading() as tx:
        plan_key = tx.scalars(sa.select(DubRow.plan_key)).one()
    [heard] = understood(workshop, plan_key).values()
    workshop.database.close()
    assert heard.text
    assert 0 <= heard.error_share < 1
    [line] = [x for x in json.loads(told.out)["lines"] if x["source"] == SPOKEN] or [{"codes": []}]
    assert ("sound.unclear" in line["codes"]) == (heard.error_share > 0.2)


def test_head_may_close_the_pipe_of_a_long_answer(made):
    reader, writer = os.pipe()
    os.close(reader)
    done = subprocess.run(
        [sys.executable, "-m", "silkreel", "qc", "little", "--json"],
        env=environment(made.home), stdout=writer, stderr=subprocess.PIPE, text=True, check=False,
    )  # fmt: skip
    os.close(writer)
    assert (done.returncode, done.stderr) == (141, "")


def test_a_release_answers_with_what_viewers_get_or_why_not(say):
    refused = say("release", "nothing", "--market", "BR", alone=True)
    assert refused.code == 1
    assert "There is no series nothing" in refused.err
    told = say("release", "little", "--market", "BR", alone=True)
    assert told.code in (0, 1)
    assert bool(told.err.startswith("silkreel: ")) == (told.code == 1)
    listed = json.loads(say("series", "--json", alone=True).out)
    assert (listed[0]["markets"] == ["BR"]) == (told.code == 0)


def test_doctor_looks_at_this_home(say):
    told = say("doctor", "--json")
    found = {each["what"]: each for each in json.loads(told.out)}
    assert found["database"]["health"] == "good"
    assert told.code == any(each["health"] == "missing" for each in found.values())


def test_models_are_listed_with_hash_and_mark_of_repacks(say):
    told = say("models", "list").out
    known = json.loads(say("models", "list", "--json").out)
    for each in known:
        assert each["files"][0]["sha256"][:12] in told
    assert any(each["repack"] for each in known)
    assert told.count("(*)") == 1 + sum(each["repack"] for each in known)


def test_a_localised_series_becomes_a_story_that_passes_its_checks_and_plays_to_its_end(
    say, tmp_path
):
    exported = say("export", "little", "--episode", "1", "--kind", "lines", "--language", "es",
                   "--format", "json")  # fmt: skip
    ids = {line["id"]: line["source"] for line in json.loads(exported.out)["lines"]}
    assert list(ids.values()) == list(LINES[1])
    folder = tmp_path / "story"
    made = say("story", "import", "little", "--out", str(folder), alone=True)
    assert made.code == 0, made.err
    assert f"{folder}/i18n/es.po: 1 wording" in made.out

    story = open_story(folder)
    assert {line.id: line.text for line in story.lines} == ids, "the ids of the dub are kept"
    checked = say("story", "check", str(folder), "--json", alone=True)
    found = json.loads(checked.out)["findings"]
    assert checked.code == 0, found
    assert [each for each in found if each["severity"] == "B"] == []

    stamped = say("story", "stamp", str(folder), alone=True)
    assert stamped.code == 0, stamped.err
    assert open_story(folder).ids == story.ids, "stamping gives nothing new and changes nothing"
    walked = json.loads(say("story", "play", str(folder), "--canon", "--json", alone=True).out)
    assert walked == list(ids)
    played = say("story", "play", str(folder), alone=True)
    assert played.code == 0, played.err
    assert [played.out.find(text) >= 0 for text in LINES[1]] == [True, True]
    assert played.out.rstrip().endswith("The end.")
    again = say("story", "import", "little", "--out", str(folder), alone=True)
    assert again.code == 1
    assert str(folder) in again.err


def _numbers(home):
    workshop = open_workshop(Settings(home=home))
    try:
        return episode_numbers(workshop, "little")
    finally:
        workshop.database.close()
