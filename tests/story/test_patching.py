"""Words are changed by id, one by one, and only where the line still reads as it did."""

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from silkreel.story.parsing import parse
from silkreel.story.patching import apply_patches, hash_of
from silkreel.story.script import Patch
from silkreel.story.stamping import new_story

FILE = "script/ep001.ink"


@pytest.fixture(scope="module")
def story(tmp_path_factory):
    return new_story("Two Keys", tmp_path_factory.mktemp("patching"))


def line(story, ending):
    return next(line for line in story.lines if line.id.endswith(ending))


def patch(story, ending, text):
    old = line(story, ending)
    return Patch(old.id, hash_of(old), text)


@pytest.mark.parametrize(
    ("ending", "text"),
    [("Q4ZA", "Nobody is let into 304."), ("7K2M", "- A key. NOTE: brass."), ("C9HF", "Hand it [over]."),
     ("M8RD", "(softly) It was 100# mine // once.")],
)  # fmt: skip
def test_a_line_is_reworded_and_nothing_else_changes(story, ending, text):
    done = apply_patches(story, FILE, [patch(story, ending, text)])
    assert done.refused == ()
    before, after = story.texts[FILE].split("\n"), done.text.split("\n")
    at = line(story, ending).at.line - 1
    assert [n for n, (a, b) in enumerate(zip(before, after, strict=True)) if a != b] == [at]
    changed = {each.id: each for each in parse(done.text, "", story.project.names).lines}
    assert changed[line(story, ending).id].text == text
    assert changed[line(story, ending).id].tags == line(story, ending).tags


def test_a_line_that_was_changed_meanwhile_is_left_alone(story):
    late = Patch(line(story, "Q4ZA").id, "0" * 64, "New words.")
    gone = Patch("ep001_lobby_0000", "0" * 64, "New words.")
    done = apply_patches(story, FILE, [late, gone])
    assert done.text == story.texts[FILE]
    assert [each.reason for each in done.refused] == [
        "the line reads “Room 304 is not let, sir.” by now", "no line of this file has this id",
    ]  # fmt: skip


def test_final_lines_take_no_new_words(tmp_path):
    story = new_story("a", tmp_path)
    file = story.folder / FILE
    file.write_text(file.read_text().replace("# loc:lobby", "# loc:lobby # ws:final"))
    from silkreel.story.project import open_story

    story = open_story(story.folder)
    (refused,) = apply_patches(story, FILE, [patch(story, "Q4ZA", "New.")]).refused
    assert refused.reason == "the line is final; write a comment instead"


@settings(max_examples=80, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.sampled_from(["7K2M", "Q4ZA", "M8RD", "C9HF"]),
    st.text("aé知 #{}[]/\\*-~:()>|<=", min_size=1, max_size=20),
)
def test_any_words_are_taken_whole_or_left(story, ending, words):
    done = apply_patches(story, FILE, [patch(story, ending, words)])
    after = {each.id: each.text for each in parse(done.text, "", story.project.names).lines}
    old = line(story, ending)
    wanted = " ".join(words.split()) if done.done else old.text
    assert after[old.id] == wanted
    others = {each.id: each.text for each in story.lines if each.at.file == FILE}
    assert {i: t for i, t in after.items() if i != old.id} == {
        i: t for i, t in others.items() if i != old.id
    }
