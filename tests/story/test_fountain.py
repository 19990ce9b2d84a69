"""Fountain out and back keeps every line and id; two foreign readers see the same dialogue."""

import io

import pytest
from screenplain.parsers import fountain as screenplain_parser
from screenplain.types import Dialog
from screenplay_tools.fountain.parser import Parser

from silkreel.story.checking import look_into
from silkreel.story.flow import linear, parts_of
from silkreel.story.forms.fountain import write_fountain
from silkreel.story.parsing import parse
from silkreel.story.printing import print_script
from silkreel.story.project import open_story
from silkreel.story.readers.fountain import read_fountain
from silkreel.story.script import Beat, Comment
from silkreel.story.stamping import new_story

CHINESE = """\
-> ep001
=== ep001 ===
# episode:1
-> hall
= hall
# scene:INT. 酒店宴会厅 - NIGHT # loc:hall
INT. is how he begins every sentence. #id:ep001_hall_0001
BANG! #id:ep001_hall_0002
林 (V.O.): (冷) 你*走*。 #id:ep001_hall_0003
McCoy: Who_is_there? #id:ep001_hall_0004
LIN: (sighs) #id:ep001_hall_0005
LIN: Hello, {name}. #id:ep001_hall_0006 #beat:hook
-> END
"""


@pytest.fixture
def story(tmp_path):
    return new_story("Two Keys", tmp_path)


@pytest.fixture
def odd(tmp_path):
    path = tmp_path / "odd.ink"
    path.write_text('VAR name = "Mei"\n' + CHINESE)
    (tmp_path / "story.yaml").write_text("cast: [{id: 林}, {id: McCoy}, {id: LIN}]\n")
    return open_story(path)


def canon(story):
    return look_into(story).canon.ids


def beats(script):
    return [line for line in script.lines if isinstance(line, Beat)]


def walked(story):
    by_id = {line.id: line for line in story.lines}
    return [by_id[i] for i in canon(story) if isinstance(by_id[i], Beat)]


@pytest.mark.parametrize("which", ["story", "odd"])
def test_lines_ids_tags_and_scenes_come_back(which, request):
    story = request.getfixturevalue(which)
    draft = read_fountain(write_fountain(story, canon(story)), "a.fountain")
    assert beats(draft.script) == walked(story)
    assert draft.unsure == ()
    ours = [s.id for e in story.episodes for s in e.scenes]
    assert [s.id for e in draft.script.episodes for s in e.scenes] == ours
    again = parse(print_script(draft.script, story.project.names), "", story.project.names)
    assert beats(again) == walked(story)


def test_the_script_that_comes_back_passes_the_checks_of_its_form(story, tmp_path):
    draft = read_fountain(write_fountain(story, canon(story)), "a.fountain")
    (tmp_path / "back.ink").write_text(print_script(draft.script))
    assert list(linear(parts_of(open_story(tmp_path / "back.ink"))["ep001.lobby"].items))
    notes = [n for s in draft.script.episodes[0].scenes for n in s.nodes if isinstance(n, Comment)]
    assert {note.desk for note in notes} == {"SHOT", "LOC"}


def spoken(story):
    return [
        (beat.speaker.upper(), beat.text) for beat in walked(story) if beat.speaker and beat.text
    ]


def test_screenplain_reads_the_same_dialogue(story):
    text = write_fountain(story, canon(story))
    read = screenplain_parser.parse(io.StringIO(text))
    found = []
    for paragraph in read:
        if isinstance(paragraph, Dialog):
            words = [str(line) for bracketed, line in paragraph.blocks if not bracketed]
            name = str(paragraph.character).split(" (")[0]
            found.append((name, " ".join(words).split(" [[")[0].strip()))
    assert found == spoken(story)


def test_screenplay_tools_reads_the_same_dialogue(story):
    parser = Parser()
    parser.add_text(write_fountain(story, canon(story)))
    found, name = [], ""
    for element in parser.script.elements:
        kind = type(element).__name__
        if kind == "Character":
            name = element.name
        elif kind == "Dialogue":
            words = "".join(part for part in element.text_raw.split("[[")[:1])
            found.append((name, words.strip()))
    assert found == spoken(story)


FOREIGN = """\
Title: The _Return_
Author: Somebody

FADE IN:

INT. CAR - NIGHT

Rain. /* not this
nor this */

LIN (CONT'D)
(cold)
Drive.
(beat)
*Now.*

@McCoy ^
Where to?

THE END OF THE ROAD

> CUT TO:

EXT. ROAD - DAY #12#

She runs. [[a note]]
"""


def test_a_script_from_elsewhere_is_read_and_what_is_unsure_is_listed():
    draft = read_fountain(FOREIGN, "f.fountain")
    assert draft.script.tag("title") == "The Return"
    assert [(b.speaker, b.direction, b.text) for b in beats(draft.script)] == [
        ("", "", "FADE IN:"), ("", "", "Rain."), ("LIN", "cold", "Drive."), ("LIN", "beat", "Now."),
        ("McCoy", "", "Where to?"), ("", "", "THE END OF THE ROAD"), ("", "", "CUT TO:"),
        ("", "", "She runs."),
    ]  # fmt: skip
    assert [x.reason.split(";")[0] for x in draft.unsure] == [
        "taken as action", "no scene heading before this", "taken as action",
    ]  # fmt: skip
    assert draft.cast == ("LIN", "McCoy")
    assert draft.locations[-2:] == ("car", "road")


def test_ids_that_collide_or_are_none_are_told_with_their_line():
    text = (
        "INT. A - DAY\n\nOne. [[id:ep001_a_AAAA]]\n\nTwo. [[id:ep001_a_AAAA]]\n\nThree. [[id:x]]\n"
    )
    draft = read_fountain(text, "f.fountain")
    assert [line.id for line in beats(draft.script)] == ["ep001_a_AAAA", None, None]
    assert [str(x) for x in draft.unsure] == [
        "f.fountain:5: this id stands at f.fountain:3 already; left out: ep001_a_AAAA",
        "f.fountain:7: this is no line id and was left out: x",
    ]
