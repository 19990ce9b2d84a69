"""PO, subtitles and FDX out and back; every id that goes out is a line's."""

import io
import shutil
from dataclasses import replace

import polib
import pytest
import webvtt

from silkreel.story.checking import look_into
from silkreel.story.exporting import ExportOrder
from silkreel.story.exporting import export as run_export
from silkreel.story.forms.fdx import write_fdx
from silkreel.story.forms.po import Translations, Wording, listed, read_po, write_po
from silkreel.story.forms.vtt import NoRates, NoSuchEpisode, write_vtt
from silkreel.story.importing import drop_obsolete
from silkreel.story.project import BadStoryFile, open_story
from silkreel.story.readers.fdx import read_fdx
from silkreel.story.script import Beat
from silkreel.story.stamping import new_story


@pytest.fixture(scope="module")
def story(tmp_path_factory):
    return new_story("Two Keys", tmp_path_factory.mktemp("forms"))


@pytest.fixture(scope="module")
def walk(story):
    return look_into(story).canon.ids


def beats(story, walk):
    by_id = {line.id: line for line in story.lines}
    return [by_id[i] for i in walk if isinstance(by_id[i], Beat)]


def test_po_has_each_line_once_under_its_id(story):
    entries = polib.pofile(write_po(story, "es"))
    assert [entry.msgctxt for entry in entries] == list(story.ids)
    by_id = {entry.msgctxt: entry for entry in entries}
    hidden = by_id["ep001_lobby_X1TB"]
    assert hidden.msgid == "The man in that room drowned. He had my eyes."
    assert "MEI -> LEO" in hidden.comment
    assert 'LOC: "he" is her brother' in hidden.comment
    assert hidden.occurrences == [("script/ep001.ink", "12")]


def test_what_was_exported_and_imported_exports_the_same(story):
    known = Translations(
        "es",
        (
            Wording(
                "ep001_lobby_M8RD", "Fue mía. Hace tres años.", "It was let to me. Three years ago."
            ),
            Wording("ep001_lobby_M8RD", "Fue mía.", "It was let to me. Three years ago.", "dub"),
            Wording("ep001_lobby_X1TB", "Se ahogó.", "An older line.", draft=True),
        ),
    )
    once = write_po(story, "es", known)
    again = read_po(once.encode(), "es.po")
    assert write_po(story, "es", again) == once
    worded = {(w.line_id, w.use): w for w in again.wordings if w.text}
    assert set(worded) == {(w.line_id, w.use) for w in known.wordings}
    assert worded["ep001_lobby_X1TB", "sub"].source == "An older line."
    assert worded["ep001_lobby_X1TB", "sub"].draft


GONE = Wording("ep001_lobby_GONE", "Se fue.", "He went.", remark="LOC ok")
GONE_DUB = Wording("ep001_lobby_GONE", "Fue.", "He went.", "dub", draft=True)
KEPT = Wording("ep001_lobby_M8RD", "Fue mía.", "It was let to me. Three years ago.")


def test_words_of_a_line_that_is_gone_stay_as_obsolete_entries(story):
    text = write_po(story, "es", Translations("es", (GONE, KEPT, GONE_DUB)))
    assert '#~ msgctxt "ep001_lobby_GONE"' in text
    assert '#~ msgctxt "ep001_lobby_GONE|dub"' in text
    told = polib.pofile(text)
    assert {e.msgstr for e in told.obsolete_entries()} == {"Se fue.", "Fue."}
    back = read_po(text.encode(), "es.po")
    assert "ep001_lobby_GONE" not in {w.line_id for w in back.wordings}
    words = {(w.text, w.source, w.use, w.draft, w.remark) for w in back.obsolete}
    assert words == {
        ("Se fue.", "He went.", "sub", False, "LOC ok"), ("Fue.", "He went.", "dub", True, ""),
    }  # fmt: skip
    assert write_po(story, "es", back) == text, "writing them again changes nothing"
    assert listed(back, story) == ()


def test_a_line_that_comes_back_has_its_words_again(story, tmp_path):
    shutil.copytree(story.folder, tmp_path / "desk")
    script = tmp_path / "desk/script/ep001.ink"
    whole = script.read_text("utf-8")
    row = next(each for each in whole.split("\n") if "ep001_lobby_M8RD" in each)
    script.write_text(whole.replace(f"{row}\n", ""), "utf-8")
    without = write_po(open_story(tmp_path / "desk"), "es", Translations("es", (KEPT,)))
    assert "#~" in without
    there = read_po(without.encode(), "es.po")
    script.write_text(whole, "utf-8")
    again = write_po(open_story(tmp_path / "desk"), "es", there)
    [entry] = [e for e in polib.pofile(again) if e.msgctxt == "ep001_lobby_M8RD"]
    assert (entry.msgstr, entry.obsolete, entry.flags) == ("Fue mía.", False, [])
    script.write_text(whole.replace("Three years ago.", "Long ago."), "utf-8")
    later = write_po(open_story(tmp_path / "desk"), "es", there)
    [entry] = [e for e in polib.pofile(later) if e.msgctxt == "ep001_lobby_M8RD"]
    assert (entry.msgstr, entry.flags, entry.previous_msgid) == (
        "Fue mía.", ["fuzzy"], "It was let to me. Three years ago.",
    )  # fmt: skip


def test_obsolete_words_are_dropped_on_demand_and_nothing_else(story, tmp_path):
    shutil.copytree(story.folder, tmp_path / "desk")
    folder = tmp_path / "desk"
    (folder / "i18n").mkdir(exist_ok=True)
    clean = write_po(story, "es", Translations("es", (KEPT,)))
    place = folder / "i18n/es.po"
    place.write_text(write_po(story, "es", Translations("es", (GONE, KEPT, GONE_DUB))), "utf-8")
    assert drop_obsolete(open_story(folder)) == {"es": 2}
    assert place.read_text("utf-8") == clean
    assert drop_obsolete(open_story(folder)) == {"es": 0}
    hand = clean + '\nmsgctxt "ep009_x_AAAA"\nmsgid "x"\nmsgstr "y"\n'
    place.write_text(hand, "utf-8")
    assert drop_obsolete(open_story(folder)) == {"es": 1}
    assert place.read_text("utf-8") == clean


def test_a_translator_is_sent_no_xliff_of_lines_that_are_gone(story):
    seen = replace(look_into(story), translations={"es": Translations("es", (GONE, KEPT))})
    assert "#~" in run_export(seen, ExportOrder("po", "es"))
    sent = run_export(seen, ExportOrder("xliff", "es"))
    assert "ep001_lobby_GONE" not in sent
    assert "Fue mía." in sent


def test_unknown_and_repeated_entries_are_listed_and_sink_nothing(story):
    text = write_po(story, "es") + '\nmsgctxt "ep009_x_AAAA"\nmsgid "x"\nmsgstr "y"\n'
    (odd,) = listed(read_po(text.encode(), "es.po"), story)
    assert (odd.line_id, odd.reason) == ("ep009_x_AAAA", "no line has this id")
    assert odd.at.line > 10


@pytest.mark.parametrize(
    ("content", "line"),
    [(b"not a po\n", 1), (b'msgid "a"\nmsgstr "b"\noops\n', 3), (b"\0", 1)],
)
def test_what_is_no_po_is_refused_with_its_line(content, line):
    with pytest.raises(BadStoryFile, match=rf"^es\.po:{line}: "):
        read_po(content, "es.po")


def test_subtitles_are_reread_with_ids_in_order_and_no_overlap(story, walk):
    captions = webvtt.from_buffer(io.StringIO(write_vtt(story, walk, 1)))
    spoken = [b for b in beats(story, walk) if b.speaker and b.id.startswith("ep001")]
    assert [caption.identifier for caption in captions] == [beat.id for beat in spoken]
    assert [caption.text for caption in captions] == [beat.text for beat in spoken]
    ends = [caption.end_in_seconds for caption in captions]
    starts = [caption.start_in_seconds for caption in captions]
    assert all(end <= start for end, start in zip(ends, starts[1:], strict=False))


def test_subtitles_in_another_language_have_the_same_cues_and_times(story, walk):
    first, second = [b for b in beats(story, walk) if b.speaker and b.id.startswith("ep001")][:2]
    own = webvtt.from_buffer(io.StringIO(write_vtt(story, walk, 1)))
    told = webvtt.from_buffer(io.StringIO(write_vtt(story, walk, 1, {first.id: "Buenas noches."})))
    assert [c.text for c in told][:2] == ["Buenas noches.", second.text]
    assert [(c.identifier, c.start, c.end) for c in told] == [
        (c.identifier, c.start, c.end) for c in own
    ]


def test_subtitles_need_an_episode_and_rates(story, walk, tmp_path):
    with pytest.raises(NoSuchEpisode, match="it has 1, 2"):
        write_vtt(story, walk, 7)
    slow = new_story("b", tmp_path)
    yaml = slow.folder / "story.yaml"
    yaml.write_text(yaml.read_text().replace("en: 2.5 words/s, ", ""))
    with pytest.raises(NoRates, match="rates for en"):
        write_vtt(open_story(slow.folder), walk, 1)


def test_fdx_brings_back_every_line_id_tag_and_scene(story, walk):
    draft = read_fdx(write_fdx(story, walk), "a.fdx")
    back = [line for line in draft.script.lines if isinstance(line, Beat)]
    assert back == beats(story, walk)
    assert [s.id for e in draft.script.episodes for s in e.scenes] == ["ep001.lobby", "ep002.room"]
    assert draft.unsure == ()


@pytest.mark.parametrize(
    ("text", "told"),
    [
        (
            "<FinalDraft><Content>\n<Paragraph></Content></FinalDraft>",
            "a.fdx:2: this is broken XML",
        ),
        ("<other/>", "a.fdx:1: this is no FDX script"),
        ('<!DOCTYPE x [<!ENTITY a "b">]><FinalDraft/>', "a.fdx:1: this XML declares entities"),
    ],
)
def test_what_is_no_fdx_is_refused_in_one_sentence(text, told):
    with pytest.raises(BadStoryFile) as refused:
        read_fdx(text, "a.fdx")
    assert str(refused.value).startswith(told)
