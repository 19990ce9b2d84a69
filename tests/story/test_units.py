"""What is counted as a text to translate: lines and prose, and nothing that only quotes."""

from silkreel.story.exporting import ExportOrder, export
from silkreel.story.forms.po import Translations, Wording, read_po, write_po
from silkreel.story.lints.evidence import Evidence
from silkreel.story.novel import prose_units, read_novel
from silkreel.story.stamping import new_story
from silkreel.story.units import stands, units_of

ONLY_QUOTES = {"ch001_Z8QG", "ch001_J1RH"}  # of the story everybody begins with
WITH_WORDS = "ch001_9T4D"


def test_a_paragraph_that_only_quotes_lacks_no_words_of_its_own(tmp_path):
    story = new_story("a", tmp_path)
    chapters = read_novel(story)
    units = {unit.id: unit for unit in units_of(story, chapters)}
    assert not ONLY_QUOTES & units.keys()
    assert units[WITH_WORDS].uses == ("print",)
    assert units["ep002_room_W8FT"].uses == ("sub", "dub", "print"), "the line it quotes is worded"
    missing = {s.unit.id for s in stands(units.values(), Translations("es")) if s.use == "print"}
    assert {"ch001_title", WITH_WORDS, "ep002_room_W8FT"} <= missing
    entries = read_po(
        export(Evidence(story, chapters=chapters), ExportOrder("po", "es")).encode(), "es.po"
    ).wordings
    assert {each.line_id for each in entries} == units.keys()


def test_words_a_translator_gave_to_such_a_paragraph_are_kept(tmp_path):
    story = new_story("a", tmp_path)
    chapters = read_novel(story)
    source = next(unit.text for unit in prose_units(chapters) if unit.id == "ch001_J1RH")
    given = Wording("ch001_J1RH", f"—{source}", source, "print")
    text = write_po(story, "es", Translations("es", (given,)), prose_units(chapters))
    [kept] = [w for w in read_po(text.encode(), "es.po").wordings if w.line_id == "ch001_J1RH"]
    assert (kept.text, kept.source) == (given.text, source)
