"""`silkreel story translate` on a machine where nobody translates."""

import json


def test_what_waits_is_told_and_the_table_counts_it(silkreel, tmp_path):
    silkreel(tmp_path, "story", "new", "a", "--into", str(tmp_path))
    folder = str(tmp_path / "a")
    told = silkreel(tmp_path, "story", "translate", folder, "--to", "fr, de")
    assert told.returncode == 0, told.stderr
    assert "fr: 0 from the memory" in told.stdout
    assert "texts wait for a person" in told.stdout
    assert (tmp_path / "a/i18n/fr.po").is_file()
    assert (tmp_path / "a/i18n/de.po").is_file()
    told = silkreel(tmp_path, "story", "translate", folder, "--to", "fr", "--status", "--json")
    [french] = json.loads(told.stdout)
    counts = french["variants"]["sub"]
    assert (counts["approved"], counts["draft"], counts["stale"]) == (0, 0, 0)
    assert counts["missing"] > 5
    shown = silkreel(tmp_path, "story", "translate", folder, "--to", "fr", "--status")
    assert "missing" in shown.stdout
    assert "novel" in shown.stdout


def test_a_story_without_languages_and_a_series_nobody_knows_are_refused(silkreel, tmp_path):
    (tmp_path / "a.ink").write_text(
        "-> ep001\n=== ep001 ===\n# episode:1\n-> car\n= car\n# scene:INT. CAR - NIGHT\n"
        "LIN: Go. #id:ep001_car_A1X9\n-> END\n"
    )
    story = str(tmp_path / "a.ink")
    told = silkreel(tmp_path, "story", "translate", story)
    assert told.returncode == 1
    assert "Say which languages the story goes into" in told.stderr
    told = silkreel(tmp_path, "story", "translate", story, "--to", "es", "--series", "nobody")
    assert told.returncode == 1
    assert "There is no series nobody" in told.stderr


def test_a_series_that_is_not_here_becomes_no_story(silkreel, tmp_path):
    told = silkreel(tmp_path, "story", "import", "nobody", "--out", str(tmp_path / "made"))
    assert told.returncode == 1
    assert "There is no series nobody" in told.stderr
    assert not (tmp_path / "made").exists()


def test_an_episode_goes_out_as_a_timeline_or_says_what_it_lacks(silkreel, tmp_path):
    silkreel(tmp_path, "story", "new", "a", "--into", str(tmp_path))
    sheet, out = tmp_path / "a/story.yaml", tmp_path / "a.otio"
    text = sheet.read_text(encoding="utf-8").split("rhythm_profile")[0]
    sheet.write_text(text, encoding="utf-8")
    asked = ("story", "export", str(tmp_path / "a"), "--to", "otio", "--out", str(out))
    told = silkreel(tmp_path, *asked)
    assert told.returncode == 1
    assert "Times need rates" in told.stderr
    rates = "rhythm_profile: {rates: {en: 2.5 words/s, action: 2.5 s/beat}}\n"
    sheet.write_text(text + rates, encoding="utf-8")
    assert silkreel(tmp_path, *asked).returncode == 0
    assert json.loads(out.read_text(encoding="utf-8"))["OTIO_SCHEMA"] == "Timeline.1"


def test_words_of_lines_that_are_gone_are_dropped_when_it_is_asked_for(silkreel, tmp_path):
    silkreel(tmp_path, "story", "new", "a", "--into", str(tmp_path))
    folder, place = str(tmp_path / "a"), tmp_path / "a/i18n/es.po"
    place.parent.mkdir(exist_ok=True)
    place.write_text(
        'msgid ""\nmsgstr "Language: es\\n"\n\n#~ msgctxt "ep001_lobby_GONE"\n#~ msgid "He went."\n'
        '#~ msgstr "Se fue."\n'
    )
    silkreel(tmp_path, "story", "translate", folder, "--to", "es")
    assert '#~ msgstr "Se fue."' in place.read_text("utf-8")
    told = silkreel(tmp_path, "story", "translate", folder, "--drop-obsolete")
    assert told.stdout == "es: 1 text of a line that is gone was dropped.\n", told.stderr
    assert "#~" not in place.read_text("utf-8")
