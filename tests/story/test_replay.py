"""A save is a log of option ids; it outlives every edit that keeps them."""

import random
import re

import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from drawn_stories import HEIRESS, drawn_files
from silkreel.story.canon import canon_walk
from silkreel.story.compile import InkSource, compile_ink
from silkreel.story.playing import open_play
from silkreel.story.reach import reach
from silkreel.story.replay import (
    BadSave,
    Save,
    digest_of,
    replay,
    save_from_json,
    save_to_json,
)

TWO = """\
-> ep001
=== ep001 ===
Before. #id:ep001_A001
* [One. #id:ep001_C001 #canon]
    You took one. #id:ep001_A002
* [Two. #id:ep001_C002]
    You took two. #id:ep001_A003
- Between. #id:ep001_A004
* [Three. #id:ep001_C003]
    You took three. #id:ep001_A005
* [Four. #id:ep001_C004 #canon]
    You took four. #id:ep001_A006
- After. #id:ep001_A007
* [Five. #id:ep001_C005 #canon]
* [Six. #id:ep001_C006]
- The end. #id:ep001_A008
-> END
"""


def compiled(text):
    return compile_ink(InkSource("script/main.ink", {"script/main.ink": text})).json()


def played(text, log):
    """The log played again, here and in the child: both must tell the same."""
    story = compiled(text)
    known = reach(story).ids
    with open_play(story) as player:
        told = replay(player, log, known)
        assert player.replay(log, known) == told
        return told


def ids(playthrough):
    return [line.id for line in playthrough.lines]


def test_a_log_leads_to_the_same_lines_and_the_next_choice():
    told = played(TWO, ["ep001_C002", "ep001_C003"])
    assert ids(told) == [f"ep001_A00{n}" for n in (1, 3, 4, 5, 7)]
    assert [option.id for option in told.options] == ["ep001_C005", "ep001_C006"]
    assert (told.diverged_at, told.ended) == (None, False)
    assert played(TWO, ["ep001_C002", "ep001_C003", "ep001_C006"]).ended


def test_rewording_lines_and_options_changes_no_place():
    reworded = TWO.replace("You took two.", "So it was two.").replace("[Three.", "[Or three?")
    told = played(reworded, ["ep001_C002", "ep001_C003"])
    assert told.log == ("ep001_C002", "ep001_C003")
    assert told.diverged_at is None


def test_options_that_change_places_are_still_the_ones_meant():
    """Ink's own saved state counts positions: there "Sign." ran the other branch."""
    options = re.findall(r"\* \[.*?\]\n    .*\n", TWO)
    swapped = TWO.replace("".join(options[:2]), "".join(reversed(options[:2])))
    assert swapped != TWO
    assert ids(played(swapped, ["ep001_C002"]))[:2] == ["ep001_A001", "ep001_A003"]


def test_an_inserted_line_is_shown_and_the_log_holds():
    more = TWO.replace("- Between.", "    And more. #id:ep001_A009\n- Between.")
    told = played(more, ["ep001_C002", "ep001_C003"])
    assert "ep001_A009" in ids(told)
    assert told.diverged_at is None


def test_an_inserted_choice_is_answered_as_the_series_does_and_told():
    asked = TWO.replace(
        "- Between.",
        "- Wait. #id:ep001_A009\n* [New. #id:ep001_C009]\n* [Old. #id:ep001_C010 #canon]\n- Between.",
    )
    told = played(asked, ["ep001_C002", "ep001_C003"])
    assert told.log == ("ep001_C002", "ep001_C010", "ep001_C003")
    (divergence,) = told.divergences
    assert (divergence.kind, divergence.taken) == ("new", "ep001_C010")
    assert "something new" in divergence.sentence()


def test_a_removed_option_falls_to_canon_and_the_rest_of_the_log_holds():
    less = TWO.replace("* [Two. #id:ep001_C002]\n    You took two. #id:ep001_A003\n", "")
    told = played(less, ["ep001_C002", "ep001_C003"])
    assert told.log == ("ep001_C001", "ep001_C003")
    (divergence,) = told.divergences
    assert (divergence.kind, divergence.logged, divergence.taken) == (
        "gone", "ep001_C002", "ep001_C001",
    )  # fmt: skip
    assert "no longer in the story" in divergence.sentence()


def test_where_the_last_choice_is_gone_the_reader_is_asked_again_there():
    less = TWO.replace("* [Three. #id:ep001_C003]\n    You took three. #id:ep001_A005\n", "")
    told = played(less, ["ep001_C002", "ep001_C003"])
    assert told.log == ("ep001_C002",)
    assert [option.id for option in told.options] == ["ep001_C004"]
    assert told.diverged_at == "ep001_C003"


def test_a_removed_choice_set_is_passed_over_and_told():
    start, end = TWO.index("- Between."), TWO.index("- After.")
    told = played(TWO[:start] + TWO[end:], ["ep001_C002", "ep001_C003", "ep001_C006"])
    assert told.log == ("ep001_C002", "ep001_C006")
    assert [each.logged for each in told.divergences] == ["ep001_C003"]


def test_an_option_hidden_by_a_condition_is_elsewhere_not_gone():
    hidden = "VAR open = false\n" + TWO.replace("* [Two.", "* { open } [Two.")
    (divergence,) = played(hidden, ["ep001_C002", "ep001_C003"]).divergences
    assert (divergence.logged, divergence.taken) == ("ep001_C002", "ep001_C001")
    assert "no longer offered here" in divergence.sentence()


def test_a_save_of_eighty_choices_is_small_and_comes_back():
    """Ink's own state of the same play takes 5.9 kB (measured)."""
    save = Save(digest_of({"a": "b"}), tuple(f"ep{n:03}_gala_C0{n:02}" for n in range(80)))
    text = save_to_json(save)
    assert len(text) < 1800
    assert save_from_json(text) == save


@pytest.mark.parametrize(
    "text",
    ["", "{", "[]", "null", '{"log": []}', '{"version": 1, "log": []}', '{"version": "a", "log": 5}',
     '{"version": "a", "log": [{}]}', save_to_json(Save("a", ("x",) * 1001))],
)  # fmt: skip
def test_what_is_no_save_is_refused(text):
    with pytest.raises(BadSave):
        save_from_json(text)


def test_a_version_is_named_by_its_files():
    assert digest_of({"a": "bc"}) != digest_of({"ab": "c"})
    assert digest_of({"a": "1", "b": "2"}) == digest_of({"b": "2", "a": "1"})


def edited(files, source):
    """The story reworded, its scenes' lines moved and new lines put in; no id is lost."""
    done = {}
    for name, text in files.items():
        rows = []
        for row in text.split("\n"):
            if "#id:" in row and "[" not in row:
                rows.append(
                    re.sub(r"^(\s*(?:- )?)([A-Z]+: )?.*? #id", r"\1\2Said another way. #id", row)
                )
                if source.random() < 0.3:
                    indent = row[: len(row) - len(row.lstrip())]
                    rows.append(f"{indent}LIN: New. #id:ep999_{source.randrange(1000, 9999)}")
            else:
                rows.append(row.replace(". #id", "! #id"))
        done[name] = "\n".join(rows)
    return done


@given(seed=st.integers(0, 40), picks=st.integers(0, 10**6))
@hypothesis_settings(max_examples=8, suppress_health_check=list(HealthCheck))
def test_replay_survives_every_edit_that_keeps_ids(seed, picks):
    files = drawn_files(seed, episodes=2)
    before = compile_ink(InkSource("script/main.ink", files)).json()
    source = random.Random(picks)
    with open_play(before) as player:
        (walk,) = player.walks(picks, 0, 1, {})
        first = replay(player, walk.choices[: source.randint(0, len(walk.choices))])
    after = compile_ink(InkSource("script/main.ink", edited(files, source))).json()
    with open_play(after) as player:
        again = replay(player, first.log, reach(after).ids)
    assert again.log == first.log
    assert again.divergences == ()
    assert [x.id for x in again.lines if not x.id.startswith("ep999")] == ids(first)
    assert [x.id for x in again.options] == [x.id for x in first.options]


@pytest.mark.parametrize("seed", range(3))
def test_the_log_of_the_canon_walk_replays_to_its_end(seed):
    story = compile_ink(InkSource("script/main.ink", drawn_files(seed))).json()
    with open_play(story) as player:
        walk = canon_walk(player)
        assert replay(player, walk.choices).ended


def test_a_log_of_nonsense_stays_at_the_first_choice():
    told = played(HEIRESS, ["ep009_none_0000", "'; drop table", ""])
    assert told.log == ()
    assert told.diverged_at == "ep009_none_0000"
    assert [option.id for option in told.options] == ["ep001_terrace_C001", "ep001_terrace_C002"]
