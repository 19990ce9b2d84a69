"""`silkreel story` from a new folder to a clean check, and its exit codes."""

import json

import pytest

from little_series import silkreel as silkreel_alone


def test_a_new_story_is_stamped_checked_and_found_clean(tmp_path):
    made = silkreel_alone(tmp_path, "story", "new", "Two-Keys", "--into", str(tmp_path))
    assert made.returncode == 0, made.stderr
    folder = tmp_path / "Two-Keys"
    checked = silkreel_alone(tmp_path, "story", "check", str(folder))
    assert checked.returncode == 0, checked.stdout + checked.stderr
    assert "0 blocking, 0 warnings, 0 notes, 0 waived." in checked.stdout
    assert (
        "Not run: 1 (the story was not played by chance; add --walks 200): DRM007" in checked.stdout
    )
    assert not (tmp_path / "home").exists()  # looking makes no home


def test_a_story_begins_blank_where_one_asks_for_it(silkreel, tmp_path):
    made = silkreel(tmp_path, "story", "new", "a", "--into", str(tmp_path), "--start", "blank")
    assert "1 episode, 1 line" in made.stdout, made.stderr
    checked = silkreel(tmp_path, "story", "check", str(tmp_path / "a"))
    assert "0 blocking, 0 warnings, 0 notes, 0 waived." in checked.stdout


def test_check_tells_file_line_and_code_and_leaves_with_one(silkreel, tmp_path):
    file = tmp_path / "a.ink"
    file.write_text(
        "-> ep001\n=== ep001 ===\n# episode:1\n-> car\n= car\n# scene:INT. CAR - NIGHT\nLIN: Go.\n-> END\n"
    )
    told = silkreel(tmp_path, "story", "check", str(file))
    assert told.returncode == 1
    assert "a.ink:7: DRM002 blocks: This line has no id" in told.stdout
    found = json.loads(silkreel(tmp_path, "story", "check", str(file), "--json").stdout)
    told = [(each["code"], each["line"], each["severity"]) for each in found["findings"]]
    assert told == [("DRM002", 7, "B")]
    passed_over = {each["code"]: each["why"] for each in found["not_run"]}
    assert passed_over["DRM007"] == "the story was not played by chance; add --walks 200"
    assert "DRM002" not in passed_over
    tried = silkreel(tmp_path, "story", "stamp", str(file), "--dry-run")
    assert "1 id would be given" in tried.stdout
    assert "#id" not in file.read_text()
    assert silkreel(tmp_path, "story", "stamp", str(file)).returncode == 0
    assert silkreel(tmp_path, "story", "check", str(file)).returncode == 0


def test_an_empty_story_is_told_to_be_one_and_not_exported(silkreel, tmp_path):
    file = tmp_path / "a.ink"
    file.write_text("\n")
    told = silkreel(tmp_path, "story", "check", str(file))
    assert "a.ink:1: DRM011 blocks: There is no episode" in told.stdout
    assert silkreel(tmp_path, "story", "export", str(file), "--to", "fountain").returncode == 1


def test_what_is_no_story_is_refused_in_one_sentence(silkreel, tmp_path):
    file = tmp_path / "a.ink"
    file.write_bytes(b"ok\n\xff\xfe\0")
    told = silkreel(tmp_path, "story", "check", str(file))
    assert told.returncode == 1
    assert (
        told.stderr.strip() == "silkreel: a.ink:2: this is not UTF-8 text; save the file as UTF-8."
    )


def test_a_story_goes_out_as_fountain_and_comes_back_with_its_ids(silkreel, tmp_path):
    silkreel(tmp_path, "story", "new", "a", "--into", str(tmp_path))
    file = tmp_path / "a.fountain"
    out = silkreel(
        tmp_path, "story", "export", str(tmp_path / "a"), "--to", "fountain", "--out", str(file)
    )
    assert out.returncode == 0, out.stderr
    back = tmp_path / "back"
    told = silkreel(tmp_path, "story", "import", str(file), "--out", str(back), "--json")
    assert json.loads(told.stdout)["unsure"] == []
    ids = (back / "ids.lock").read_text()
    assert "ep001_lobby_7K2M" in ids
    assert silkreel(tmp_path, "story", "check", str(back)).returncode == 0


def test_translations_go_out_and_come_in_and_the_odd_ones_are_told(silkreel, tmp_path):
    silkreel(tmp_path, "story", "new", "a", "--into", str(tmp_path))
    folder, file = tmp_path / "a", tmp_path / "es.po"
    silkreel(
        tmp_path,
        "story",
        "export",
        str(folder),
        "--to",
        "po",
        "--language",
        "es",
        "--out",
        str(file),
    )
    text = (
        file.read_text().replace('msgstr ""', 'msgstr "¿?"').replace('msgstr "¿?"', 'msgstr ""', 1)
    )
    file.write_text(text + '\nmsgctxt "ep009_x_AAAA"\nmsgid "x"\nmsgstr "y"\n')
    told = silkreel(tmp_path, "story", "import", str(file), "--story", str(folder), "--json")
    counted = json.loads(told.stdout)
    assert counted["wordings"] == text.count('msgstr "¿?"') == 21  # lines, and prose that has words
    assert "ep009_x_AAAA: no line has this id" in counted["left_alone"][0]
    assert (folder / "i18n/es.po").is_file()


def test_an_import_without_a_line_is_refused_and_makes_no_story(silkreel, tmp_path):
    file = tmp_path / "blank.fountain"
    file.write_text("\n \n")
    told = silkreel(tmp_path, "story", "import", str(file), "--out", str(tmp_path / "made"))
    assert (told.returncode, told.stdout) == (1, "")
    assert told.stderr.startswith("silkreel: blank.fountain has no line of a script in it;")
    assert not (tmp_path / "made").exists()


@pytest.mark.parametrize("form", ["ink", "twee", "renpy"])
def test_an_export_makes_its_folder_or_says_why_it_cannot(form, silkreel, tmp_path):
    silkreel(tmp_path, "story", "new", "a", "--into", str(tmp_path))
    story, taken = str(tmp_path / "a"), tmp_path / "taken"
    out = tmp_path / "new" / "folder" / "a.out"
    told = silkreel(tmp_path, "story", "export", story, "--to", form, "--out", str(out))
    assert told.returncode == 0, told.stderr
    assert out.exists()
    taken.write_text("a file where a folder would be")
    told = silkreel(tmp_path, "story", "export", story, "--to", form, "--out", str(taken / "a.out"))
    assert told.returncode == 1
    assert told.stderr.startswith(f"silkreel: {taken / 'a.out'}")
    assert "cannot be written" in told.stderr


def test_scenes_that_lead_round_without_a_line_are_named_where_they_stand(silkreel, tmp_path):
    file = tmp_path / "a.ink"
    file.write_text(
        "-> ep001\n=== ep001 ===\n# episode:1\n-> car\n= car\n# scene:INT. CAR - DAY\n-> bus\n"
        "= bus\n# scene:INT. BUS - DAY\n-> car\n"
    )
    told = silkreel(tmp_path, "story", "check", str(file))
    assert told.returncode == 1
    assert "a.ink:5: DRM008 blocks: ep001.car and ep001.bus: this goes round" in told.stdout
