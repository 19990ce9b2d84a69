"""Our reader and the ink compiler see the same words and the same ids, whatever a text holds."""

import pytest

from silkreel.story.checking import check, look_into
from silkreel.story.compile import compile_ink, ink_of
from silkreel.story.grammar import told
from silkreel.story.ids import is_id
from silkreel.story.playing import open_play
from silkreel.story.printing import print_node
from silkreel.story.project import open_story
from silkreel.story.script import Beat, Choice, Tag

HEAD = 'VAR name = "Mei"\n-> ep001\n=== ep001 ===\n# episode:1\n-> car\n= car\n# scene:INT. CAR - NIGHT\n'
TEXTS = [
    "You were dead.", "知道：你走。", "100# sure", "a/b // c /* d */ e", "left -> right", "x|y", "a \\{b\\}",
    "back\\\\slash", "[brackets] and (more)", "- dash", "* star", "~ tilde", "= equals", "+ plus",
    "VAR x = 1", "TODO: mend", "INCLUDE me", "NOTE: he is late", "林：看", "\\<> not glue", '"quoted"',
    "http://example.org/#top", "Hello, {name}.", "...", "(aside) and on", "& _under_ `tick`", "a \\<- b",
    "LIST of things", "It's 50% {name}|{name}", "é ü ñ 日本 عربي", "}", "end \\\\",
]  # fmt: skip


def as_shown(beat):
    """What a runtime shows of a beat: ink knows no names and directions."""
    direction = f"({beat.direction}) " if beat.direction else ""
    name = beat.speaker + (f" ({', '.join(beat.qualifiers)})" if beat.qualifiers else "")
    text = beat.text.replace("{name}", "Mei")
    for kept in "\\{}<":
        text = text.replace("\\" + kept, kept)
    return f"{name}: {direction}{text}" if beat.speaker else text


def sure(texts):
    """Texts in the kept form of a told text."""
    return [text for text in texts if text == told(text)]


@pytest.mark.parametrize("who", ["", "LIN", "林"])
def test_what_is_written_is_what_is_shown(who, tmp_path):
    texts = [t for t in TEXTS if t != "}"]
    beats = [
        Beat(text, who, id=f"ep001_car_{n:04}", tags=(Tag("beat", "hook"), Tag("note", "a#b")))
        for n, text in enumerate(texts)
    ]
    path = tmp_path / "a.ink"
    path.write_text(
        HEAD + "".join(print_node(beat, {"LIN", "林"}) + "\n" for beat in beats) + "-> END\n"
    )
    story = open_story(path)
    assert list(story.lines) == beats
    made = compile_ink(ink_of(story))
    assert [str(problem) for problem in made.problems] == []
    with open_play(made.json()) as player:
        stop = player.restart()
    assert [(line.id, line.text) for line in stop.lines] == [(b.id, as_shown(b)) for b in beats]


def test_options_show_what_is_written(tmp_path):
    texts = [text for text in TEXTS if "{name}" not in text and text != "}"]
    choices = [
        Choice(text, id=f"ep001_car_{n:04}", tags=(Tag("price", "3"), Tag("canon"))[: 1 + (n == 0)])
        for n, text in enumerate(texts)
    ]
    path = tmp_path / "a.ink"
    rows = "".join(f"{print_node(choice)}\n    -> END\n" for choice in choices)
    path.write_text(HEAD + rows)
    story = open_story(path)
    assert [line.text for line in story.lines] == texts
    made = compile_ink(ink_of(story))
    assert [str(problem) for problem in made.problems] == []
    with open_play(made.json()) as player:
        stop = player.restart()
    shown = [as_shown(Beat(text)) for text in texts]
    assert [(option.id, option.text) for option in stop.options] == [
        (choice.id, text) for choice, text in zip(choices, shown, strict=True)
    ]
    assert all(is_id(option.id) and option.price_coins == 3 for option in stop.options)


def test_nothing_odd_is_found_in_such_a_script(tmp_path):
    path = tmp_path / "a.ink"
    beats = [Beat(text, "LIN", id=f"ep001_car_{n:04}") for n, text in enumerate(TEXTS[:12])]
    path.write_text(HEAD + "".join(print_node(beat) + "\n" for beat in beats) + "-> END\n")
    assert [x for x in check(look_into(open_story(path))) if x.severity == "B"] == []
