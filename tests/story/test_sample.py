"""The demo's drama says what a drama must, in four languages, and breaks with one clear sentence."""

from pathlib import Path

import pytest
import yaml

from silkreel.story.sample import (
    SAMPLES,
    TARGETS,
    StoryBroken,
    approved_translations,
    load_drama,
    load_sample,
    play_of,
)  # fmt: skip


@pytest.fixture(scope="module")
def drama():
    return load_sample()


def test_there_are_three_episodes_with_four_speakers(drama):
    assert [script.number for script in drama.episodes] == [1, 2, 3]
    assert {line.who for script in drama.episodes for line in script.lines} == {
        "lin", "gu", "zhou", "qin",
    }  # fmt: skip


def test_each_episode_opens_on_its_hook_and_ends_on_its_cliffhanger(drama):
    for script in drama.episodes:
        ids = [line.id for line in script.lines]
        assert ids[0] == script.hook
        assert ids[-1] == script.cliffhanger
        assert 0 < ids.index(script.reversal) < len(ids)


def test_the_hook_is_spoken_within_the_first_seconds(drama):
    for script in drama.episodes:
        first = script.scenes[0].shots[0]
        assert first.before + first.lines[0].before <= 1.0


def test_every_line_has_approved_wordings_in_every_language(drama):
    for script in drama.episodes:
        for line in script.lines:
            for language in TARGETS:
                assert line.wordings(language)[0].strip()


def test_wordings_stay_near_the_length_of_the_chinese(drama):
    # Figures of dubbing: about 4.6 characters of Chinese, 15 letters of English, 17 of Spanish and
    # Portuguese in a second; a full wording may run over by half, the shortest by a fifth.
    per_second = {"en": 15.0, "es": 17.0, "pt-BR": 17.0}
    for script in drama.episodes:
        for line in script.lines:
            spoken = sum("\u4e00" <= letter <= "\u9fff" for letter in line.spoken) / 4.6 + 0.25
            for language in TARGETS:
                wordings = line.wordings(language)
                assert len(wordings[0]) / per_second[language] <= spoken * 1.5, line.id
                assert len(wordings[-1]) / per_second[language] <= spoken * 1.25, line.id


def test_names_are_terms_and_appear_in_the_wordings(drama):
    terms = {term.source: term.targets for term in drama.terms}
    for script in drama.episodes:
        for line in script.lines:
            for source, targets in terms.items():
                if source in line.spoken:
                    for language, target in targets.items():
                        for wording in line.wordings(language)[:1]:
                            assert target.lower() in wording.lower(), (line.id, language)


def test_captions_fit_one_line_and_hold_no_stops(drama):
    for script in drama.episodes:
        for line in script.lines:
            assert 2 <= len(line.shown) <= 16
            assert not set(line.shown) & set("，。…、；")


def test_approved_translations_carry_the_text_that_stands_in_the_picture(drama):
    script = drama.episodes[0]
    approved = approved_translations(script, drama)
    assert {entry.source_text for entry in approved} == {line.shown for line in script.lines}
    full = [entry for entry in approved if entry.length == "full"]
    assert len(full) == len(script.lines) * len(TARGETS)
    assert approved[0].speaker == "周太太"


def test_line_ids_are_unique_over_the_series(drama):
    ids = [line.id for script in drama.episodes for line in script.lines]
    assert len(ids) == len(set(ids))


def test_a_play_keeps_lines_cast_and_captions(drama):
    script = drama.episodes[2]
    play = play_of(script, drama)
    assert [line.caption for line in play.lines] == [line.shown for line in script.lines]
    assert play.title.episode == "第三集 雪桥对质"


@pytest.fixture
def copied(tmp_path):
    for path in SAMPLES.glob("*.yaml"):
        (tmp_path / path.name).write_text(path.read_text(encoding="utf-8"), encoding="utf-8")
    return tmp_path


def spoil(folder: Path, change) -> Path:
    path = folder / "lantern-1.yaml"
    content = yaml.safe_load(path.read_text(encoding="utf-8"))
    change(content)
    path.write_text(yaml.safe_dump(content, allow_unicode=True), encoding="utf-8")
    return folder / "lantern.yaml"


def test_an_unknown_speaker_is_refused_by_line(copied):
    def change(content):
        content["scenes"][0]["shots"][0]["lines"][0]["who"] = "nobody"

    with pytest.raises(StoryBroken, match="ep001_street_A1X9: nobody is not in the cast"):
        load_drama(spoil(copied, change))


def test_a_missing_cliffhanger_is_refused(copied):
    def change(content):
        content["cliffhanger"] = "ep001_street_ZZZZ"

    with pytest.raises(StoryBroken, match="cliffhanger: there is no line ep001_street_ZZZZ"):
        load_drama(spoil(copied, change))


def test_a_missing_language_is_refused_by_place(copied):
    def change(content):
        del content["scenes"][0]["shots"][0]["lines"][0]["es"]

    with pytest.raises(StoryBroken, match=r"lantern-1.yaml: scenes.0.shots.0.lines.0.es"):
        load_drama(spoil(copied, change))


def test_a_line_id_that_stands_twice_is_refused(copied):
    def change(content):
        lines = content["scenes"][0]["shots"]
        lines[1]["lines"][0]["id"] = lines[0]["lines"][0]["id"]

    with pytest.raises(StoryBroken, match="stands twice"):
        load_drama(spoil(copied, change))


def test_what_is_no_yaml_is_refused_with_its_line(copied):
    (copied / "lantern-2.yaml").write_text("number: [1\ntitle: {", encoding="utf-8")
    with pytest.raises(StoryBroken, match=r"lantern-2.yaml: line \d+: this is not YAML"):
        load_drama(copied / "lantern.yaml")
