"""The desk's pure parts: joining two texts, sittings, drafts side by side, and what is final."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from silkreel.story.desk.drafts import compare, counted
from silkreel.story.desk.finals import (
    ApproveInstead,
    FinalChanged,
    check_finals,
    mark_final,
    touched,
    unmark_final,
)
from silkreel.story.desk.merging import merge
from silkreel.story.desk.revisions import Revision, sittings
from silkreel.story.parsing import parse

NAMES = frozenset({"MEI", "LEO"})
TEXT = """=== ep001 ===
# episode:1 # budget:30s
-> gala
= gala
# scene:INT. HALL - NIGHT
MEI: One. #id:ep001_gala_A1A1
LEO: Two. #id:ep001_gala_B2B2
MEI: Three. #id:ep001_gala_C3C3
-> ep002
=== ep002 ===
# episode:2
LEO: Four. #id:ep002_D4D4
-> END"""
ROWS = st.lists(st.sampled_from("abcdefgh"), max_size=12).map("\n".join)


@given(ROWS, ROWS)
def test_merging_with_nobody_else_changes_nothing(base, mine):
    assert merge(base, base, mine).text == mine
    assert merge(base, mine, base).text == mine
    assert merge(base, mine, mine).text == mine


@given(ROWS, ROWS, ROWS)
def test_who_comes_first_makes_no_difference(base, theirs, mine):
    assert merge(base, theirs, mine).text == merge(base, mine, theirs).text


def test_neighbouring_lines_join_and_one_gap_does_not():
    assert merge("a\nb\nc", "A\nb\nc", "a\nB\nc").text == "A\nB\nc"
    assert merge("a\nc", "a\nx\nc", "a\ny\nc").text is None
    assert merge("a\nb", "A\nb", "z\na\nb").text == "z\nA\nb"


def test_a_pause_or_another_person_begins_a_new_sitting():
    at = datetime(2026, 1, 1, tzinfo=UTC)

    def save(number, who, minutes, kind="saved"):
        return Revision(
            number, "script/a.ink", "", kind, who, who, "", at + timedelta(minutes=minutes), number
        )

    told = [
        save(1, "anna", 0), save(2, "anna", 1), save(3, "ben", 2), save(4, "anna", 3),
        save(5, "anna", 50), save(6, "anna", 51, "merged"),
    ]  # fmt: skip
    found = [(each.number, each.saves) for each in sittings(reversed(told))]
    assert found == [(6, 1), (5, 1), (4, 1), (3, 1), (2, 2)]


def compared(old, new):
    return compare({"script/main.ink": old}, {"script/main.ink": new}, NAMES)


def test_a_moved_line_is_one_move_not_many():
    rows = TEXT.split("\n")
    rows.insert(5, rows.pop(7))
    found = compared(TEXT, "\n".join(rows))
    assert counted(found) == {"kept": 3, "reworded": 0, "moved": 1, "new": 0, "gone": 0}


def test_a_line_that_went_stands_where_it_stood():
    found = compared(TEXT, TEXT.replace("LEO: Two. #id:ep001_gala_B2B2\n", ""))
    assert [row.states[0] for row in found] == ["kept", "gone", "kept", "kept"]


def test_another_speaker_or_direction_is_another_wording():
    found = compared(TEXT, TEXT.replace("LEO: Two.", "LEO: (low) Two."))
    assert counted(found)["reworded"] == 1


@given(st.permutations(TEXT.split("\n")[5:8]))
def test_shuffled_lines_are_kept_or_moved_and_never_lost(middle):
    rows = TEXT.split("\n")
    found = counted(compared(TEXT, "\n".join([*rows[:5], *middle, *rows[8:]])))
    assert (found["new"], found["gone"], found["kept"] + found["moved"]) == (0, 0, 4)


def final(episode="ep001"):
    marked = mark_final(TEXT, parse(TEXT, "", NAMES), episode)
    assert marked is not None
    return marked


def test_marking_and_unmarking_gives_the_text_back():
    assert "# episode:1 # budget:30s # ws:final" in final()
    assert unmark_final(final(), parse(final(), "", NAMES), "ep001") == TEXT


@pytest.mark.parametrize(
    ("old", "new"),
    [("Two.", "2."), ("-> ep002", "-> END"), ("LEO: Two. #id:ep001_gala_B2B2\n", ""),
     (" # ws:final", ""), ("INT. HALL", "EXT. HALL"), ("MEI: Three.", "MEI: (low) Three.")],
)  # fmt: skip
def test_nothing_an_approved_episode_says_or_does_may_change(old, new):
    with pytest.raises(FinalChanged):
        check_finals(final(), final().replace(old, new, 1), NAMES)


def test_comments_and_other_episodes_stay_open():
    with_note = final().replace("LEO: Two.", "// colder?\nLEO: Two.").replace("Four.", "4.")
    check_finals(final(), with_note, NAMES)


def test_a_single_line_can_be_final():
    text = TEXT.replace("#id:ep001_gala_B2B2", "#id:ep001_gala_B2B2 #ws:final")
    with pytest.raises(FinalChanged, match="ep001_gala_B2B2"):
        check_finals(text, text.replace("Two.", "2."), NAMES)
    check_finals(text, text.replace("Three.", "3."), NAMES)
    with pytest.raises(ApproveInstead):
        check_finals(TEXT, text, NAMES)


def test_a_change_touches_its_own_episode_only():
    assert touched(TEXT, TEXT.replace("Two.", "2."), NAMES) == ("ep001",)
    assert touched("", TEXT, NAMES) == ("ep001", "ep002")
    assert touched(TEXT, TEXT + "\n\n", NAMES) == ()
