"""Words that only a paid option leads to travel with their episode to translators, studio and app."""

import json

import polib
import pytest

from silkreel.story.canon import canon_questions
from silkreel.story.checking import look_into
from silkreel.story.compile import compile_ink, ink_of
from silkreel.story.edition import edition_of
from silkreel.story.endings import endings_of
from silkreel.story.exporting import ExportOrder, canon_ids, export
from silkreel.story.forms.po import Translations, Wording, write_po
from silkreel.story.ids import random_digits
from silkreel.story.pages import pages_of
from silkreel.story.playing import open_play, places_of
from silkreel.story.project import open_story
from silkreel.story.rehearse import rehearse
from silkreel.story.sheets import LINES, line_rows
from silkreel.story.stamping import new_story, stamp_story, write_stamped

ATTIC = """
= attic
# scene:INT. ATTIC - NIGHT # only:game
LEO: Nobody has been up here.
MEI (V.O.): He has, every night.
-> ep002
"""
PAID = {"Tell me, and I will carry it down myself.", "A letter. It has your name on it.",
        "Nobody has been up here.", "He has, every night."}  # fmt: skip


@pytest.fixture(scope="module")
def evidence(tmp_path_factory):
    """The starter, whose other option costs coins and leads into a scene nothing else leads to."""
    folder = new_story("desk", tmp_path_factory.mktemp("paid")).folder
    script = folder / "script/ep001.ink"
    text = script.read_text("utf-8").replace("#only:game]", "#only:game #price:30]")
    free, _, paid = text.rpartition("-> ep002")
    script.write_text(f"{free}-> attic\n{ATTIC}{paid}", "utf-8")
    story = open_story(folder)
    write_stamped(story, stamp_story(story, random_digits))
    seen = look_into(open_story(folder))
    assert {line.text for line in seen.story.lines} >= PAID
    return seen


@pytest.fixture(scope="module")
def paid_ids(evidence):
    ids = {line.id: line.text for line in evidence.story.lines if line.text in PAID}
    assert not {*ids} & {*canon_ids(evidence)}, "the plain series shows none of them"
    return ids


def test_translators_get_them_with_the_option_itself(evidence, paid_ids):
    entries = {e.msgctxt: e for e in polib.pofile(export(evidence, ExportOrder("po", "es")))}
    assert {each: entries[each].msgid for each in paid_ids} == paid_ids
    assert entries["ep001_lobby_D6JH"].msgid == "Ask what he left."
    xliff = export(evidence, ExportOrder("xliff", "es"))
    assert all(each in xliff for each in (*paid_ids, "ep001_lobby_D6JH"))


def test_the_studio_gets_them_with_the_option_they_follow(evidence, paid_ids):
    told = Translations("es", tuple(Wording(i, f"es {i}", t) for i, t in paid_ids.items()))
    story = evidence.story
    evidence.translations["es"] = told
    rows = [dict(zip(LINES, row, strict=True)) for row in line_rows(
        evidence, canon_ids(evidence), "es")]  # fmt: skip
    by_id = {row["id"]: row for row in rows}
    assert len(by_id) == len(rows)
    assert set(by_id) == {line.id for line in story.lines if getattr(line, "spoken", False)}
    for line_id in paid_ids:
        row = by_id[line_id]
        assert (row["episode"], row["medium"]) == (1, "game")
        assert row["translation"] == f"es {line_id}"
    assert by_id["ep001_lobby_P0YK"]["follows option"] == "Ask what he left."


def test_the_app_gets_them_with_their_episode_or_the_episode_is_not_in_that_language(
    evidence, paid_ids
):
    story = evidence.story
    made = compile_ink(ink_of(story)).json()
    with open_play(made, places_of(story)) as player:
        asked = canon_questions(player)
    told = rehearse(story, made, walks=20)
    edition = edition_of(evidence, evidence.canon, asked, told, endings_of(made))
    whole = Translations("es", tuple(
        Wording(line.id, f"es {line.text}", line.text) for line in story.lines))  # fmt: skip
    lacking = Translations("pt-BR", tuple(
        each for each in whole.wordings if each.line_id != next(iter(paid_ids))))  # fmt: skip
    pages = {
        (page.language, page.number): json.loads(page.content)["strings"]
        for page in pages_of(edition, {"es": whole, "pt-BR": lacking}, {})
        if page.kind == "strings"
    }
    for language, before in (("en", ""), ("es", "es ")):
        told = {each: pages[language, 1][each]["text"] for each in paid_ids}
        assert told == {each: f"{before}{text}" for each, text in paid_ids.items()}
        assert not {*paid_ids} & {*pages[language, 2]}
    assert ("pt-BR", 2) in pages
    assert ("pt-BR", 1) not in pages, "one bought line without words would be a hole"


def test_po_written_for_the_story_keeps_them(evidence, paid_ids):
    text = write_po(evidence.story, "es", evidence.translations.get("es"))
    assert set(paid_ids) <= {e.msgctxt for e in polib.pofile(text) if not e.obsolete}
