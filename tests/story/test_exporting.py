"""Nothing is written that would not read back the same; what comes in is whole or told."""

import random

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from silkreel.story.canon import Walk
from silkreel.story.checking import look_into
from silkreel.story.exporting import (
    ExportOrder,
    GateClosed,
    LanguageMissing,
    LinesWithoutId,
    NotPlayable,
    export,
    merged,
)
from silkreel.story.ids import CROCKFORD
from silkreel.story.importing import UnknownForm, import_script, import_translations, read_script
from silkreel.story.lints.evidence import Evidence
from silkreel.story.parsing import parse
from silkreel.story.project import BadStoryFile, open_story
from silkreel.story.stamping import FolderTaken, new_story

HEAD = "-> ep001\n=== ep001 ===\n# episode:1\n-> car\n= car\n# scene:INT. CAR - NIGHT\n"


def digits():
    chosen = random.Random(1)
    return lambda: "".join(chosen.choice(CROCKFORD) for _ in range(4))


def lone(tmp_path, body):
    path = tmp_path / "a.ink"
    path.write_text(HEAD + body + "-> END\n")
    return open_story(path)


def test_ink_goes_out_as_one_file_with_every_line(tmp_path):
    story = new_story("a", tmp_path)
    text = export(Evidence(story), ExportOrder("ink"))
    assert "INCLUDE" not in text
    assert parse(text, "", story.project.names).ids == story.ids
    (tmp_path / "one.ink").write_text(text)
    (tmp_path / "story.yaml").write_text((story.folder / "story.yaml").read_text())
    one, many = look_into(open_story(tmp_path / "one.ink")), look_into(story)
    assert one.canon == many.canon
    assert one.compiled_ids == many.compiled_ids
    assert merged(story).ids == story.ids


def test_lines_without_ids_hold_every_form_back(tmp_path):
    story = lone(tmp_path, "LIN: Drive.\n")
    for form in ("fountain", "fdx", "po", "vtt", "ink"):
        with pytest.raises(LinesWithoutId, match=r"^a\.ink:7: 1 lines have no id"):
            export(Evidence(story), ExportOrder(form, "es"))


def test_a_line_that_would_come_back_changed_is_named_and_nothing_is_written(tmp_path):
    story = lone(tmp_path, "LIN: Two  blanks. #id:ep001_car_A1X9\n")
    evidence = Evidence(story, canon=Walk(story.ids))
    with pytest.raises(GateClosed, match=r"^a\.ink:7: .*fountain"):
        export(evidence, ExportOrder("fountain"))


def test_what_cannot_be_played_has_no_linear_form(tmp_path):
    story = lone(tmp_path, "LIN: Go. #id:ep001_car_A1X9\n-> nowhere\n")
    with pytest.raises(NotPlayable, match=r"^a\.ink:8: "):
        export(look_into(story), ExportOrder("fountain"))
    with pytest.raises(LanguageMissing):
        export(Evidence(story), ExportOrder("po"))


def test_an_import_refuses_what_it_cannot_read(tmp_path):
    big, binary = tmp_path / "big.txt", tmp_path / "b.fountain"
    big.write_bytes(b"x\n" * 5_000_000)
    binary.write_bytes(b"INT. A - DAY\n\n\0\0")
    for path, told in (
        (big, "big.txt:1: this file has 10 MB"),
        (binary, "b.fountain:3: this is a binary"),
    ):
        with pytest.raises(BadStoryFile) as refused:
            read_script(path)
        assert str(refused.value).startswith(told)
    with pytest.raises(UnknownForm):
        read_script(tmp_path / "a.pdf")
    (tmp_path / "a.txt").write_text("INT. CAR - DAY\n\nRain.\n")
    with pytest.raises(FolderTaken):
        import_script(tmp_path / "a.txt", tmp_path, digits())


def test_a_chinese_script_becomes_a_story_that_compiles_and_has_ids(tmp_path):
    path = tmp_path / "剧本.txt"
    path.write_text(
        "第1集\n1-1 夜 内 酒店\n△灯灭了。\n林晚（冷）：走。\n第2集\n2-1 日 外 码头\n林晚：快！\n"
    )
    made = import_script(path, tmp_path / "story", digits())
    evidence = look_into(made.story)
    assert evidence.compiler_told == ()
    assert evidence.canon is not None
    assert evidence.canon.ids == made.story.ids
    assert made.story.project.character("林晚") is not None


def test_translations_keep_what_was_there_and_mark_what_is_stale(tmp_path):
    story = new_story("a", tmp_path)
    file = tmp_path / "es.po"
    text = export(Evidence(story), ExportOrder("po", "es"))
    first = text.replace('msgid "The lamp is on', 'msgid "The lamp was on')
    at = first.index("The lamp was on")
    file.write_text(first[:at] + first[at:].replace('msgstr ""', 'msgstr "La luz."', 1))
    assert import_translations(story, file) == (1, ())
    evidence = look_into(story)
    (wording,) = [w for w in evidence.translations["es"].wordings if w.text]
    assert wording.source.startswith("The lamp was on")
    assert wording.draft


speech = st.lists(
    st.sampled_from(["You", "知道", "{NAME}", "a/b", "->", "#1", "x|y", "[[x]]", "*so*", "_it_", "é",
                     "I.", "INT. it", "TO:", "\\{", "&<b>", '"q"', "@", "~", "="]),
    min_size=1, max_size=5,
).map(" ".join)  # fmt: skip


@settings(
    max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None
)
@given(
    st.lists(st.tuples(st.sampled_from(["", "LIN", "林", "McCoy"]), speech), min_size=1, max_size=6)
)
def test_any_speech_comes_back_from_fountain_and_fdx_or_is_held_back(tmp_path, rows):
    from silkreel.story.printing import print_node
    from silkreel.story.script import Beat

    names = {"LIN", "林", "MCCOY"}
    (tmp_path / "story.yaml").write_text("cast: [{id: LIN}, {id: 林}, {id: McCoy}]\n")
    beats = [Beat(text, who, id=f"ep001_car_000{n}") for n, (who, text) in enumerate(rows)]
    story = lone(tmp_path, "".join(print_node(beat, names) + "\n" for beat in beats))
    assert list(story.lines) == beats
    evidence = Evidence(story, canon=Walk(story.ids))
    held_back = 0
    for form in ("fountain", "fdx"):
        try:
            export(evidence, ExportOrder(form))
        except GateClosed:
            held_back += 1
    assert held_back == 0
