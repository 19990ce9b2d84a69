"""Ids are stamped once, never change, and never come back."""

import random
import re
import string

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from silkreel.story.ids import (
    CROCKFORD,
    IdLock,
    IdsUsedUp,
    LockBroken,
    TooTangled,
    is_id,
    print_lock,
    read_lock,
    stamp,
)
from silkreel.story.parsing import parse
from silkreel.story.script import Beat, Choice

RAW = """\
// a note
=== ep001 ===\r
# episode:1
= gala
# scene:INT. HALL - NIGHT
A glass shatters.   #beat:hook
\tLIN: (ice) You came.  // cold
林（冷）：你走。
LIN: Run. -> ep002
* [Tell him. #canon]
    CHEN: So.
+ {trust > 0} [Sign.]-> ep002
{ trust > 0:
    LIN: She has your eyes. }
{ trust > 1:
- else: LIN: Ask.
}
/* old */ He leaves.
=== ep002 ===
LIN: Enough. #id:ep001_gala_0000
-> END"""


def source(seed=1):
    chosen = random.Random(seed)
    return lambda: "".join(chosen.choice(CROCKFORD) for _ in range(4))


def stamped(text, taken=(), seed=1):
    return stamp(text, taken=taken, draw=source(seed), names={"LIN", "CHEN"})


def without_ids(text):
    return re.sub(r" #id:ep\d{3}(_[a-z]+)?_[0-9A-Z]{4}", "", text)


def test_every_line_and_choice_gets_an_id_of_its_birthplace():
    done = stamped(RAW)
    script = parse(done.text, names={"LIN", "CHEN"})
    assert all(line.id and is_id(line.id) for line in script.lines)
    assert len(set(script.ids)) == len(script.ids) == 11
    assert len(done.given) == 10
    assert all(new.startswith("ep001_gala_") for new in done.given)


def test_nothing_but_ids_and_full_width_marks_changes():
    done = stamped(RAW)
    assert without_ids(done.text) == RAW.replace("林（冷）：你走。", "林: (冷) 你走。").replace(
        " #id:ep001_gala_0000", ""
    )
    assert done.normalised == 1


def test_ids_stand_behind_the_text_and_inside_the_brackets():
    rows = stamped(RAW).text.split("\n")
    assert re.fullmatch(r"A glass shatters\. #id:\S+   #beat:hook", rows[5])
    assert re.fullmatch(r"\tLIN: \(ice\) You came\. #id:\S+  // cold", rows[6])
    assert re.fullmatch(r"LIN: Run\. #id:\S+ -> ep002", rows[8])
    assert re.fullmatch(r"\* \[Tell him\. #id:\S+ #canon\]", rows[9])
    assert re.fullmatch(r"\+ \{trust > 0\} \[Sign\. #id:\S+\]-> ep002", rows[11])
    assert re.fullmatch(r"    LIN: She has your eyes\. #id:\S+ \}", rows[13])
    assert re.fullmatch(r"- else: LIN: Ask\. #id:\S+", rows[15])


def test_stamping_twice_is_stamping_once():
    once = stamped(RAW)
    twice = stamped(once.text, seed=2)
    assert twice.text == once.text
    assert twice.given == ()


def test_a_retired_id_is_never_given_again():
    free = stamped(RAW).given
    again = stamped(RAW, taken=free)
    assert not set(again.given) & set(free)


def test_a_source_that_gives_nothing_new_is_refused():
    with pytest.raises(IdsUsedUp, match="ep001_gala"):
        stamp("=== ep001\n= gala\nOne.\nTwo.", taken=(), draw=lambda: "AAAA")


def test_lines_outside_an_episode_are_left_alone():
    assert stamped("Once upon a time.\n=== helpers ===\nHm.\n").given == ()


words = st.text(string.ascii_lowercase + " ", min_size=1, max_size=12).map(str.strip)
lines = st.tuples(st.sampled_from(["", "LIN: ", "CHEN: (low) "]), words.filter(bool)).map("".join)
scripts = st.lists(lines, min_size=1, max_size=12)


def as_script(rows):
    return "=== ep001 ===\n= hall\n" + "\n".join(rows) + "\n"


@settings(max_examples=150)
@given(scripts, st.randoms(use_true_random=False), words.filter(bool))
def test_ids_survive_shuffling_rewording_and_additions(rows, chance, new_words):
    first = stamped(as_script(rows)).text.split("\n")[2:-1]
    shuffled = chance.sample(first, len(first))
    shuffled[0] = re.sub(r"^([A-Z]*:? ?(\(low\) )?).*(?= #id)", rf"\g<1>{new_words}", shuffled[0])
    again = stamped(as_script([*shuffled, "A new line."]), seed=9)
    kept = again.text.split("\n")[2:-2]
    assert kept == shuffled
    assert len(again.given) == 1
    assert again.given[0] not in "\n".join(shuffled)


@settings(max_examples=150)
@given(st.text("a{}[]#:->*=~/ \n\r(LIN：（）", max_size=80))
def test_any_text_is_stamped_once_and_only_gains_ids(text):
    body = "=== ep001 ===\n= hall\n" + text
    try:
        once = stamped(body)
    except TooTangled:
        assert re.search(r"[{}]|\*/", text)  # only logic amid text is ever turned away
        return
    assert stamped(once.text, seed=2).text == once.text
    if not re.search("[：（）]", text):
        assert without_ids(once.text).replace(" ", "") == body.replace(" ", "")
    before, after = parse(body), parse(once.text)
    assert len(before.lines) == len(after.lines)
    unstamped = [line for line in after.lines if line.id is None]
    assert all(isinstance(line, Choice) and not line.brackets for line in unstamped)


def test_the_lock_keeps_what_is_gone():
    lock = IdLock().after({"ep001_a_AAAA", "ep001_a_BBBB"}).after({"ep001_a_BBBB"})
    assert lock.retired == {"ep001_a_AAAA"}
    assert read_lock(print_lock(lock)) == lock
    assert lock.after({"ep001_a_AAAA"}).retired == {
        "ep001_a_AAAA", "ep001_a_BBBB",
    }  # fmt: skip


def test_a_lock_with_something_else_in_it_is_refused_with_its_line():
    with pytest.raises(LockBroken, match=r"^ids\.lock:2: hello is no line id"):
        read_lock("ep001_a_AAAA\nhello\n")


def test_the_samples_ids_keep_to_the_grammar():
    assert is_id("ep001_gala_G7KD")
    assert is_id("ch001_B2C3")
    assert not is_id("ep001_gala_G7KI")
    assert not is_id("ep1_gala_G7KD")
    assert isinstance(parse("Go.").lines[0], Beat)
