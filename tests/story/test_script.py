"""Ink in the drama profile: what is read, and that writing it back changes nothing."""

import string

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from drawn_stories import HEIRESS
from silkreel.story.parsing import parse
from silkreel.story.printing import print_script
from silkreel.story.script import (
    At,
    Beat,
    Choice,
    Comment,
    Divert,
    Episode,
    Gather,
    Logic,
    Scene,
    Script,
    Tag,
    TagLine,
    has_tag,
    walk,
)


def one(line, names=()):
    """The node that a single line is read as."""
    return parse(line, "a.ink", names).head[0]


def test_the_design_example_reads_as_written():
    script = parse(HEIRESS, "main.ink")
    assert script.tag("title") == "The Heiress Returns"
    assert [episode.name for episode in script.episodes] == ["ep001", "ep002"]
    assert [episode.number for episode in script.episodes] == [1, 2]
    assert script.episodes[0].budget_seconds == 90
    gala, _terrace = script.episodes[0].scenes
    assert (gala.id, gala.heading, gala.location) == (
        "ep001.gala", "INT. GRAND HOTEL BALLROOM - NIGHT", "hotel_ballroom",
    )  # fmt: skip
    ends = "G7KD A1X9 K2P0 ZZ81 Q7R2 C001 D4D4 C002 E5E5 F6F6 G7G7 H8H8 R9R9"
    assert " ".join(line.id[-4:] for line in script.lines) == ends
    ice = script.lines[1]
    assert (ice.speaker, ice.direction, ice.text) == (
        "LIN", "ice", "You invited me to my own funeral.",
    )  # fmt: skip
    assert ice.at == At("main.ink", 14)
    paid = script.lines[5]
    assert isinstance(paid, Choice)
    assert paid.tags == (Tag("only", "game"), Tag("price", "30"))
    corridor = script.episodes[1].scenes[1]
    kinds = [x.kind for x in corridor.nodes if isinstance(x, Logic)]
    assert kinds == ["open", "branch", "close"]
    (kept,) = [p for p in walk(script) if isinstance(p.node, Beat) and p.node.id[-4:] == "R9R9"]
    assert kept.inherited("only") == "game"


def test_the_design_example_survives_printing():
    script = parse(HEIRESS, "main.ink")
    again = parse(print_script(script), "other.ink")
    assert again == script
    assert again.ids == script.ids


@pytest.mark.parametrize(
    ("line", "speaker", "qualifiers", "direction", "text"),
    [
        ("LIN: Go.", "LIN", (), "", "Go."),
        ("MS. LIN (V.O., PHONE): (cold) Go.", "MS. LIN", ("V.O.", "PHONE"), "cold", "Go."),
        ("林（冷）：你走。", "林", (), "冷", "你走。"),
        ("林（VO）：（冷）你走。", "林", ("V.O.",), "冷", "你走。"),
        ("LIN (icily): (low) Go.", "LIN", (), "icily, low", "Go."),
        ("林：（冷）你走。", "林", (), "冷", "你走。"),
        ("SIGN (SUB): Closed", "SIGN", ("SUB",), "", "Closed"),
        ("LIN: \\(sic) he wrote", "LIN", (), "", "(sic) he wrote"),
        ("On the wall: a portrait.", "", (), "", "On the wall: a portrait."),
        ("WARNING\\: she is armed.", "", (), "", "WARNING: she is armed."),
        ("12:30. The bell rings.", "", (), "", "12:30. The bell rings."),
        ("{NAME} walks in.", "", (), "", "{NAME} walks in."),
        ("Half \\{ open, 100\\# and http:\\/\\/x", "", (), "", "Half \\{ open, 100# and http://x"),
    ],
)  # fmt: skip
def test_a_line_is_speech_or_action(line, speaker, qualifiers, direction, text):
    beat = one(line)
    assert isinstance(beat, Beat)
    assert (beat.speaker, beat.qualifiers, beat.direction) == (speaker, qualifiers, direction)
    assert beat.text == text
    assert parse(print_script(parse(line))) == parse(line)


def test_a_name_of_the_cast_speaks_whatever_it_looks_like():
    assert one("the Voice: Leave.").speaker == ""
    assert one("the Voice: Leave.", {"The Voice"}).speaker == "the Voice"


def test_what_stands_behind_a_choices_bracket_is_kept_apart():
    choice = one("+ (sign) { trust > 0 } Well [Sign. #id:ep001_a_C001] #lost -> ep002")
    assert isinstance(choice, Choice)
    assert (choice.sticky, choice.label, choice.conditions) == (True, "sign", ("trust > 0",))
    assert (choice.before, choice.text, choice.after) == ("Well", "Sign.", "#lost")
    assert choice.target == "ep002"
    assert one("* -> ep003").fallback


def test_gathers_branches_and_ends_on_one_line_come_apart():
    script = parse("- (back) LIN: Go. -> b\n{ x:\n- y > 1: -> car }\n")
    assert script.head == (
        Gather(1, "back"), Beat("Go.", "LIN"), Divert("b"), Logic("{ x:", "open"),
        Logic("- y > 1:", "branch"), Divert("car"), Logic("}", "close"),
    )  # fmt: skip


def test_comments_go_to_their_desks():
    script = parse("// LOC: cold\n// OK DRM007: rare\n// for us\nGo on. // hm\n/* a\nb */ Stop.\n")
    assert [x for x in script.head if isinstance(x, Comment)] == [
        Comment("cold", "LOC"), Comment("DRM007: rare", "OK"), Comment("for us"),
        Comment("hm", inline=True), Comment("a"), Comment("b", inline=True),
    ]  # fmt: skip
    assert parse(print_script(script)) == script


letters = st.text(string.ascii_lowercase, min_size=1, max_size=6)
texts = (
    st.lists(
        st.sampled_from(
            ["You", "知道", "{NAME}", "a/b", "//", "/*", "->", "#1", "x|y", "(no)", "[x]", "-", "é",
             "LIN: hm", "\\{", "\\\\", "*", "~", "VAR", "TODO:", "：", "...", '"'],
        ),
        min_size=1, max_size=5,
    )
    .map(" ".join)
    .filter(lambda text: text != "{NAME}")
)  # fmt: skip
ids = st.none() | st.text(string.ascii_uppercase, min_size=4, max_size=4).map("ep001_a_{}".format)
values = st.text("abc XY1.-#/:é", max_size=8).map(str.strip).filter(lambda v: v != ":")
tags = st.lists(st.builds(Tag, letters.filter(lambda n: n != "id"), values), max_size=3).map(tuple)
directions = st.sampled_from(["", "ice", "to MEI", "50#", "冷"])
speech = st.builds(
    Beat, texts | st.just(""), st.sampled_from(["LIN", "MS. LIN", "林"]),
    st.sampled_from([(), ("V.O.",), ("PHONE", "O.S.")]), directions, ids, tags,
)  # fmt: skip
action = st.builds(Beat, texts, id=ids, tags=tags)
choices = st.builds(
    Choice, texts, ids, tags, st.integers(1, 2), st.booleans(), st.sampled_from(["", "lbl"]),
    st.sampled_from([(), ("trust > 0",)]), st.sampled_from(["", "ep002.car"]),
)  # fmt: skip
blocks = st.just(
    (Logic("{ a > 1:", "open"), Divert("x"), Logic("- else:", "branch"), Logic("}", "close"))
)
plain = (
    speech | action | choices
    | st.builds(Gather, st.integers(1, 2)) | st.builds(Divert, st.just("ep002"))
    | st.just(Logic("~ trust += 1")) | st.builds(Comment, letters, st.sampled_from(["", "LOC", "VO"]))
)  # fmt: skip
nodes = st.lists(plain.map(lambda x: (x,)) | blocks, max_size=6).map(lambda xs: sum(xs, ()))
scenes = st.lists(letters, max_size=2, unique=True).flatmap(
    lambda names: st.tuples(*(st.builds(Scene, st.just("ep001"), st.just(n), tags, nodes) for n in names))
)  # fmt: skip
episodes = st.lists(
    st.builds(Episode, st.just("ep001"), tags, nodes, scenes), max_size=2
).map(tuple)  # fmt: skip
heads = nodes.map(lambda xs: (TagLine((Tag("title", "A"),)), *xs))
scripts = st.builds(Script, st.just(""), heads, episodes)


@settings(max_examples=300)
@given(scripts)
def test_reading_what_was_printed_gives_the_same_script(script):
    assert parse(print_script(script)) == script


@settings(max_examples=300)
@given(st.text("a{}[]#:->*=~/\\ \n(LIN)|!", max_size=60))
@example("*\\[]")
@example("* [open")
def test_any_text_is_read_and_settles_after_one_printing(text):
    once = parse(print_script(parse(text)))
    assert parse(print_script(once)) == once


def test_tags_are_found_by_name():
    assert has_tag((Tag("canon"),), "canon")
    assert not has_tag((), "canon")


@pytest.mark.parametrize(
    "text",
    ["{ a: " * 1000, "}" * 4000, "{\n" * 3000 + "x }}}}\n" * 500,
     "\n".join("* " * n + "[x]" for n in range(500)),
     "- " * 2000 + "x", "-" * 4000, "{" * 4000, "[" * 4000, "#" * 4000, "((((:" * 800, "=" * 4000],
)  # fmt: skip
def test_text_made_to_break_a_reader_is_read_all_the_same(text):
    body = "=== ep001 ===\n# episode:1\n= a\n" + text
    script = parse(body)
    assert parse(print_script(parse(print_script(script)))) == parse(print_script(script))
    assert [episode.name for episode in script.episodes] == ["ep001"] or text.startswith("=")
