"""The demo's drama says what a drama must, in four languages, and breaks with one clear sentence."""

import shutil

import pytest

from silkreel.story.checking import check, look_into
from silkreel.story.project import BadStoryFile, open_story
from silkreel.story.sample import (
    LANTERN,
    TARGETS,
    approved_translations,
    load_drama,
    load_sample,
    shown,
)  # fmt: skip
from silkreel.story.script import tag_value
from silkreel.story.staging import read_staging


@pytest.fixture(scope="module")
def drama():
    return load_sample()


def test_it_is_a_story_project_without_a_finding():
    findings = check(look_into(open_story(LANTERN)))
    assert [str(finding) for finding in findings if finding.open] == []


def test_there_are_three_episodes_with_four_speakers(drama):
    assert [script.number for script in drama.episodes] == [1, 2, 3]
    speakers = {line.speaker for script in drama.episodes for line in script.lines}
    assert speakers == {"LIN", "GU", "ZHOU", "QIN"}
    assert sum(len(script.lines) for script in drama.episodes) == 37


def test_each_episode_opens_on_its_hook_and_ends_on_its_cliffhanger(drama):
    for script in drama.episodes:
        beats = [tag_value(line.tags, "beat") for line in script.lines]
        assert (beats[0], beats[-1]) == ("hook", "cliffhanger")
        assert "reversal" in beats


def test_the_hook_is_spoken_within_the_first_seconds(drama):
    for script in drama.episodes:
        first = script.play.shots[0]
        assert first.before_seconds + first.lines[0].before_seconds <= 1.0


def test_every_line_has_approved_wordings_in_every_language(drama):
    for script in drama.episodes:
        approved = approved_translations(script, drama)
        full = {(w.line_id, w.language) for w in approved if w.length == "full" and w.text.strip()}
        assert full == {(line.id, language) for line in script.lines for language in TARGETS}


def test_wordings_stay_near_the_length_of_the_chinese(drama):
    # Figures of dubbing: about 4.6 characters of Chinese, 15 letters of English, 17 of Spanish and
    # Portuguese in a second; a full wording may run over by half, the shortest by a fifth.
    per_second = {"en": 15.0, "es": 17.0, "pt-BR": 17.0}
    for script in drama.episodes:
        for line in script.lines:
            spoken = sum("\u4e00" <= letter <= "\u9fff" for letter in line.text) / 4.6 + 0.25
            for language in TARGETS:
                wordings = worded(script, drama, line.id, language)
                assert len(wordings[0]) / per_second[language] <= spoken * 1.5, line.id
                assert len(wordings[-1]) / per_second[language] <= spoken * 1.25, line.id


def worded(script, drama, line_id, language):
    approved = approved_translations(script, drama)
    return [w.text for w in approved if (w.line_id, w.language) == (line_id, language)]


def test_names_are_terms_and_appear_in_the_wordings(drama):
    terms = {term.source: term.targets for term in drama.project.terms}
    for script in drama.episodes:
        for line in script.lines:
            for source, targets in terms.items():
                if source in line.text:
                    for language, target in targets.items():
                        wording = worded(script, drama, line.id, language)[0]
                        assert target.lower() in wording.lower(), (line.id, language)


def test_captions_fit_one_line_and_hold_no_stops(drama):
    for script in drama.episodes:
        for line in script.lines:
            assert 2 <= len(shown(line.text)) <= 16
            assert not set(shown(line.text)) & set("，。…、；")


def test_approved_translations_carry_the_text_that_stands_in_the_picture(drama):
    script = drama.episodes[0]
    approved = approved_translations(script, drama)
    assert {entry.source_text for entry in approved} == {shown(line.text) for line in script.lines}
    assert approved[0].speaker == "周太太"


def test_a_play_keeps_lines_cast_and_captions(drama):
    script = drama.episodes[2]
    assert [line.caption for line in script.play.lines] == [shown(x.text) for x in script.lines]
    assert script.play.title.episode == "第三集 雪桥对质"
    assert {actor.puppet for actor in script.play.cast} == {
        "maiden", "gentleman", "matron", "elder",
    }  # fmt: skip


@pytest.fixture
def copied(tmp_path):
    return shutil.copytree(LANTERN, tmp_path / "lantern")


def spoil(path, old, new):
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")


def test_a_puppet_nobody_made_is_refused_with_its_line(copied):
    spoil(copied / "stage.yaml", "puppet: matron", "puppet: dragon")
    with pytest.raises(BadStoryFile, match=r"stage.yaml:5: cast.ZHOU.puppet: .*'matron'"):
        load_drama(copied)


@pytest.mark.parametrize(
    ("old", "new", "refusal"),
    [
        (
            "  ep001.stranger:",
            "  ep001.strangers:",
            r"stage.yaml:\d+: scenes: the story has no ep001.str",
        ),
        (
            "      GU: {x: 330",
            "      GUS: {x: 330",
            r"stage.yaml:\d+: scenes: the story has no GUS",
        ),
        ("  QIN: {puppet", "  QING: {puppet", r"stage.yaml:\d+: cast: the story has no QING"),
    ],
)
def test_who_or_what_the_story_does_not_have_is_not_staged(copied, old, new, refusal):
    spoil(copied / "stage.yaml", old, new)
    with pytest.raises(BadStoryFile, match=refusal):
        read_staging(open_story(copied))


def test_a_gesture_nobody_makes_is_refused_with_its_line(copied):
    spoil(copied / "shots/ep001.yaml", "gesture: lift", "gesture: juggle")
    with pytest.raises(BadStoryFile, match=r"shots/ep001.yaml:3: 1.stage.acting.*gesture"):
        load_drama(copied)


def test_a_line_no_shot_covers_is_refused(copied):
    spoil(copied / "shots/ep001.yaml", "covers: [ep001_street_A1X9]", "covers: []")
    with pytest.raises(BadStoryFile, match=r"shots/ep001.yaml:3: .*before ep001_street_A1X9"):
        load_drama(copied)


def test_a_missing_release_sheet_is_refused(copied):
    (copied / "release.yaml").unlink()
    with pytest.raises(BadStoryFile, match=r"release.yaml:1: this file does not exist"):
        load_drama(copied)


def test_what_is_no_yaml_is_refused_with_its_line(copied):
    (copied / "stage.yaml").write_text("cast: [1\nscenes: {", encoding="utf-8")
    with pytest.raises(BadStoryFile, match=r"stage.yaml:\d+: this is not YAML"):
        load_drama(copied)
