"""`silkreel story translate` on a machine where nobody translates."""

import json

from little_series import silkreel


def test_what_waits_is_told_and_the_table_counts_it(tmp_path):
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


def test_a_story_without_languages_and_a_series_nobody_knows_are_refused(tmp_path):
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
