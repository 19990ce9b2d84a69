"""A story's folder is read whole, or refused in one sentence with file and line."""

import pytest

from silkreel.story.project import BadStoryFile, NoStory, open_story

YAML = """\
title: Two Keys
language: en
languages: [es, zh]
cast:
  - {id: LIN, name: Lin Wan, aliases: [林]}
locations:
  - {id: car, name: Car}
rhythm_profile: {state: accepted, by: anna, rates: {en: 2.5 words/s, action: 2.5 s/beat}}
"""


@pytest.fixture
def folder(tmp_path):
    (tmp_path / "script").mkdir()
    (tmp_path / "story.yaml").write_text(YAML)
    (tmp_path / "script/main.ink").write_text("INCLUDE ep001.ink\n-> ep001\n")
    (tmp_path / "script/ep001.ink").write_text("=== ep001 ===\n# episode:1\n= car\n林：走。\n")
    return tmp_path


def test_a_folder_is_read_with_what_it_includes(folder):
    story = open_story(folder)
    assert [script.path for script in story.scripts] == ["script/main.ink", "script/ep001.ink"]
    (line,) = story.lines
    assert str(line.at) == "script/ep001.ink:4"
    assert story.project.character("林").id == "LIN"
    assert story.project.languages == ("es", "zh-Hans")
    assert story.project.rhythm_profile.accepted
    assert story.project.rhythm_profile.rates["en"].amount == 2.5


def test_one_file_finds_the_story_above_it(folder):
    assert open_story(folder / "script/main.ink").project.title == "Two Keys"
    lone = folder / "lone.ink"
    lone.write_text("=== ep001\nGo.\n")
    assert open_story(lone).lock_path.name == "lone.ids.lock"


@pytest.mark.parametrize(
    ("name", "content", "sentence"),
    [
        ("script/ep001.ink", b"a\n\xff\xfe\n", "script/ep001.ink:2: this is not UTF-8"),
        ("script/ep001.ink", b"a\nb\n\0\x01", "script/ep001.ink:3: this is a binary file"),
        ("script/ep001.ink", b"x\n" * 5_000_000, "script/ep001.ink:1: this file has 10 MB"),
        ("script/ep001.ink", b"a\n" + b"x" * 5000, "script/ep001.ink:2: this line has more than"),
        ("script/main.ink", b"\nINCLUDE no.ink", "script/main.ink:2: script/no.ink does not exist"),
        ("script/main.ink", b"INCLUDE ../../x.ink", "script/main.ink:1: ../../x.ink lies outside"),
        ("script/main.ink", b"INCLUDE main.ink", "script/main.ink is included twice"),
        ("story.yaml", b"title: [", "story.yaml:"),
        ("story.yaml", b"title: x\ncast:\n  - {name: Lin}\n", "story.yaml:3: cast.0.id"),
        ("story.yaml", b"title: x\nlanguage: klingon\n", "story.yaml:2: language: klingon"),
        ("story.yaml", b"title: x\nnonsense: 1\n", "story.yaml:2: nonsense"),
        ("story.yaml", b"rhythm_profile:\n  rates: {en: fast}", "story.yaml:2: rhythm_profile"),
        ("ids.lock", b"# x\nhello\n", "ids.lock:2: hello is no line id"),
    ],
)
def test_bad_input_is_one_sentence_with_file_and_line(folder, name, content, sentence):
    (folder / name).write_bytes(content)
    with pytest.raises(Exception) as told:
        open_story(folder)
    assert str(told.value).count("\n") == 0
    assert sentence in str(told.value)
    assert isinstance(told.value, BadStoryFile) or name == "ids.lock"


def test_no_story_is_refused_with_what_a_story_is(tmp_path):
    with pytest.raises(NoStory, match=r"silkreel story new"):
        open_story(tmp_path)
