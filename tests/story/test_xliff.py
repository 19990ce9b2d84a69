"""XLIFF out and back says what PO says: ids, states, older sources, notes and placeholders."""

from xml.etree.ElementTree import fromstring

import polib
import pytest
from hypothesis import given
from hypothesis import strategies as st

from silkreel.story.checking import look_into
from silkreel.story.exporting import ExportOrder, LanguageMissing, export
from silkreel.story.forms.xliff import NAMESPACE, read_xliff, write_xliff
from silkreel.story.importing import import_translations
from silkreel.story.project import BadStoryFile
from silkreel.story.stamping import new_story

NAMES = {"x": NAMESPACE}


@pytest.fixture
def story(tmp_path):
    return new_story("Two Keys", tmp_path)


def exported(story, language="es"):
    return export(look_into(story), ExportOrder("xliff", language))


def test_every_line_is_a_unit_under_its_id_with_what_translators_should_know(story):
    root = fromstring(exported(story))
    assert (root.get("version"), root.get("srcLang"), root.get("trgLang")) == ("2.1", "en", "es")
    units = {unit.get("id"): unit for unit in root.iterfind(".//x:unit", NAMES)}
    assert set(story.ids) <= set(units)
    hidden = units["ep001_lobby_X1TB"]
    notes = [note.text for note in hidden.iterfind(".//x:note", NAMES)]
    assert any('LOC: "he" is her brother' in note for note in notes)
    assert hidden.find("x:segment", NAMES).get("state") == "initial"
    assert hidden.find("x:segment/x:source", NAMES).text.startswith("The man in that room drowned")


def test_an_agency_s_file_comes_home_and_only_its_words_change(story, tmp_path):
    first = exported(story)
    root = fromstring(first)
    unit = next(u for u in root.iterfind(".//x:unit", NAMES) if u.get("id") == "ep001_lobby_X1TB")
    source = unit.find("x:segment/x:source", NAMES).text
    file = tmp_path / "agency.xlf"
    at = first.index(f">{source}</source>")
    with_target = first[at:].replace("</source>", "</source><target>Se ahogó.</target>", 1)
    state = first[:at].rindex('state="initial"')
    file.write_text(first[:state] + first[state:at].replace("initial", "final") + with_target)
    assert import_translations(story, file) == (1, ())
    [worded] = [w for w in look_into(story).translations["es"].wordings if w.text]
    assert (worded.line_id, worded.text, worded.draft) == ("ep001_lobby_X1TB", "Se ahogó.", False)
    again = exported(story)
    file.write_text(again)
    import_translations(story, file)
    assert exported(story) == again


def test_what_is_stale_or_a_draft_stays_so(story):
    po = polib.pofile(export(look_into(story), ExportOrder("po", "es")))
    stale, draft, dubbed = po[0], po[1], po[2]
    stale.msgstr, stale.previous_msgid, stale.flags = "Vieja.", "An older line.", ["fuzzy"]
    draft.msgstr, draft.flags = "Borrador.", ["fuzzy"]
    dubbed.msgctxt, dubbed.msgstr = f"{dubbed.msgctxt}|dub", "Corta."
    back = {entry.msgctxt: entry for entry in read_xliff(write_xliff(po, "en"), "a.xlf")}
    for entry in po:
        same = back[entry.msgctxt]
        assert (same.msgid, same.msgstr, same.flags, same.comment, same.occurrences) == (
            entry.msgid, entry.msgstr, entry.flags, entry.comment, entry.occurrences,
        )  # fmt: skip
        assert (same.previous_msgid or None) == entry.previous_msgid


words = st.lists(
    st.sampled_from(["Hola", "{NAME}", "知道", r"\{no\}", "<b>", "&amp;", "  ", '"', "]]>", "{A_1}"]),
    min_size=1, max_size=6,
).map(" ".join)  # fmt: skip


@given(words, words)
def test_any_words_come_back_and_placeholders_are_codes(source, target):
    po = polib.POFile()
    po.metadata = {"Language": "ar"}
    po.append(polib.POEntry(msgctxt="ep001_a_B2C3|print", msgid=source, msgstr=target))
    text = write_xliff(po, "en")
    [back] = read_xliff(text, "a.xlf")
    assert (back.msgctxt, back.msgid, back.msgstr) == ("ep001_a_B2C3|print", source, target)
    codes = [code.get("equiv") for code in fromstring(text).iter(f"{{{NAMESPACE}}}ph")]
    assert codes.count("{NAME}") == source.count("{NAME}") + target.count("{NAME}")


def test_segments_that_a_tool_split_and_words_that_it_marked_are_read_as_one():
    text = f"""<xliff version="2.0" xmlns="{NAMESPACE}" srcLang="en" trgLang="es"><file id="f">
      <unit id="ep001_a_B2C3"><segment state="final"><source>One. </source><target>Uno. </target></segment>
      <segment state="final"><source>Two.</source><target><mrk id="m" type="comment">Dos</mrk>.</target>
      </segment></unit></file></xliff>"""
    [entry] = read_xliff(text, "a.xlf")
    assert (entry.msgid, entry.msgstr, entry.flags) == ("One. Two.", "Uno. Dos.", [])


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("words", "broken XML"), ("<xliff version='1.2'/>", "no XLIFF 2"), ("<a/>", "no XLIFF 2"),
        ('<!DOCTYPE x [<!ENTITY a "b">]><x>&a;</x>', "DTD"), ("", "broken XML"),
    ],
)  # fmt: skip
def test_what_is_no_xliff_is_refused(text, told):
    with pytest.raises(BadStoryFile, match=f"^a.xlf:[01]: .*{told}"):
        read_xliff(text, "a.xlf")


def test_translations_are_for_a_language(story):
    with pytest.raises(LanguageMissing):
        exported(story, "")
