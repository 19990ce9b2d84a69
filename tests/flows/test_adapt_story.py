"""A series that was filmed first becomes a draft script that knows its lines by their ids."""

from fractions import Fraction

import polib
import pytest
import sqlalchemy as sa

from silkreel.bible.cast import put_character
from silkreel.bible.lines import NewLine, keep_lines
from silkreel.bible.tables import LineRow
from silkreel.bible.terms import put_term
from silkreel.catalogue.series import NoSuchSeries, open_series
from silkreel.catalogue.tables import EpisodeRow
from silkreel.dubbing.wordings import Wording, approve_wording, source_lines, store_wordings
from silkreel.flows.adapt_story import NothingToAdapt, adapt_series
from silkreel.flows.translate_story import TranslateOrder, translate_story
from silkreel.kit.keys import text_hash
from silkreel.kit.spans import Span
from silkreel.story.checking import check, look_into
from silkreel.story.project import open_story
from silkreel.story.script import Beat, tag_value
from silkreel.story.stamping import FolderTaken

LINES = {
    1: ("你终于回来了", "我等了你{三}年", "民政局"),
    2: ("这不是真的 # 真的", "他说：走"),
    3: (),
}


def episode_row(series_id, number):
    return EpisodeRow(
        id=f"e{number}", series_id=series_id, number=number, asset=f"a{number}", titles={},
        master_hash="0" * 64, master_suffix=".mp4", width_pixels=540, height_pixels=960,
        frame_rate="25", frame_count=1000, length_seconds=40.0, fixes=[],
    )  # fmt: skip


@pytest.fixture
def filmed(workshop):
    """Three episodes; the last has no words, the first has a caption nobody speaks."""
    ids = {}
    with workshop.transaction() as tx:
        series = open_series(
            tx, "xiaoxi", titles={"zh-Hans": "小戏: 归来"}, source_language="zh-Hans"
        )
        mei = put_character(tx, series.id, "阿梅", names={"en": "Mei"}, found_by="person")
        voices = [
            put_character(tx, series.id, f"Voice {n}", names={}, found_by="voice") for n in (1, 2)
        ]
        put_term(tx, series.id, "民政局", kind="place", targets={"es": "Registro Civil"})
        for number, texts in LINES.items():
            tx.add(episode_row(series.id, number))
            tx.flush()
            found = [
                NewLine(Span(100 * n, 100 * n + 40), text, "read", dubbed=text != "民政局")
                for n, text in enumerate(texts)
            ]
            rows = keep_lines(tx, series.id, f"e{number}", number, found)
            who = [mei, voices[0], None] if number == 1 else [voices[1], mei]
            for row, character in zip(rows, who, strict=False):
                row.character_id = character.id if character else None
                ids[row.source_text] = row.id
        gone = keep_lines(tx, series.id, "e9", 9, [NewLine(Span(0, 9), "旧", "read")])[0]
        gone.retired = True
        ids["gone"] = gone.id
    return series.id, ids


def word(workshop, series_id, line_id, text, *, approved, language="es"):
    with workshop.transaction() as tx:
        row = tx.get_one(LineRow, (series_id, line_id))
        [line] = source_lines([row], frame_rate=Fraction(25), speakers={})
        if approved:
            approve_wording(tx, series_id, language, line, text, approved_by="Ana")
        else:
            store_wordings(
                tx, series_id, language, [Wording(line_id, text, "clerk", line.source_hash)]
            )


def test_the_script_has_the_ids_the_words_and_the_people_of_the_series(workshop, filmed, tmp_path):
    _, ids = filmed
    made = adapt_series(workshop, "xiaoxi", tmp_path / "story")
    assert made.lines == 5
    told = {line.id: line for line in made.story.lines if isinstance(line, Beat)}
    assert [ids["你终于回来了"], ids["我等了你{三}年"], ids["民政局"]] == list(made.story.ids)[:3]
    assert told[ids["你终于回来了"]].speaker == "阿梅"
    assert told[ids["我等了你{三}年"]].speaker == "SPEAKER_1"
    assert told[ids["民政局"]].qualifiers == ("SUB",)
    assert not told[ids["民政局"]].spoken
    assert told[ids["这不是真的 # 真的"]].text == "这不是真的 # 真的"
    assert told[ids["他说：走"]].text == "他说：走"
    assert made.story.project.series == "xiaoxi"
    assert made.story.project.character("阿梅").names == {"en": "Mei"}
    assert made.story.project.terms[0].targets == {"es": "Registro Civil"}
    assert made.story.main.tag("ws") == "draft"
    assert ids["gone"] in made.story.lock.retired


def test_it_compiles_and_no_check_blocks_or_warns(workshop, filmed, tmp_path):
    series_id, ids = filmed
    word(workshop, series_id, ids["你终于回来了"], "Por fin volviste.", approved=True)
    adapt_series(workshop, "xiaoxi", tmp_path / "story")
    found = check(look_into(open_story(tmp_path / "story")))
    assert [(f.code, f.sentence) for f in found if f.severity == "B"] == []
    assert [(f.code, f.sentence) for f in found if f.open and f.severity == "W"] == []


def test_translations_come_along_with_their_states(workshop, filmed, tmp_path):
    series_id, ids = filmed
    approved, draft, stale = ids["你终于回来了"], ids["他说：走"], ids["我等了你{三}年"]
    word(workshop, series_id, approved, "Por fin volviste.", approved=True)
    word(workshop, series_id, draft, "Dice: vete.", approved=False)
    word(workshop, series_id, stale, "Te esperé tres años.", approved=True)
    with workshop.transaction() as tx:
        row = tx.get_one(LineRow, (series_id, stale))
        row.source_text, row.source_hash = "我等了你四年", text_hash("我等了你四年")
    adapt_series(workshop, "xiaoxi", tmp_path / "story")
    made = {e.msgctxt: e for e in polib.pofile(str(tmp_path / "story/i18n/es.po"))}
    assert (made[approved].msgstr, made[approved].flags) == ("Por fin volviste.", [])
    assert (made[draft].msgstr, made[draft].flags) == ("Dice: vete.", ["fuzzy"])
    assert made[stale].flags == ["fuzzy"]
    assert made[stale].previous_msgid == r"我等了你\{三\}年"
    assert made[ids["民政局"]].msgstr == ""
    story = open_story(tmp_path / "story")
    assert story.project.languages == ()  # nothing is promised that is not whole


def test_a_language_that_is_whole_and_approved_is_one_of_the_storys(workshop, filmed, tmp_path):
    series_id, ids = filmed
    for line_id in ids.values():
        if line_id != ids["gone"]:
            word(workshop, series_id, line_id, "Palabras.", approved=True)
    made = adapt_series(workshop, "xiaoxi", tmp_path / "story")
    assert made.story.project.languages == ("es",)
    assert made.languages == {"es": 5}


def test_it_shares_the_memory_of_its_series_from_then_on(settings, workshop, filmed, tmp_path):
    series_id, ids = filmed
    adapt_series(workshop, "xiaoxi", tmp_path / "story")
    word(workshop, series_id, ids["你终于回来了"], "Por fin volviste.", approved=True)
    order = TranslateOrder(tmp_path / "story", ("es",), "ana")
    [done] = translate_story(settings, workshop, order, translators=())
    assert done.taken == 1
    [told] = [e for e in polib.pofile(str(tmp_path / "story/i18n/es.po")) if e.msgstr]
    assert told.msgctxt == ids["你终于回来了"]


def test_importing_again_leaves_what_a_writer_did(workshop, filmed, tmp_path):
    folder = tmp_path / "story"
    adapt_series(workshop, "xiaoxi", folder)
    script = folder / "script/main.ink"
    script.write_text(script.read_text() + "// mine\n")
    with pytest.raises(FolderTaken):
        adapt_series(workshop, "xiaoxi", folder)
    assert script.read_text().endswith("// mine\n")


def test_a_scene_ends_where_a_pause_holds_a_cut(workshop, filmed, tmp_path, monkeypatch):
    class Picture:
        shots = (70, 120, 170)

    monkeypatch.setattr("silkreel.flows.adapt_story.picture_of", lambda *_: Picture)
    made = adapt_series(workshop, "xiaoxi", tmp_path / "story")
    first = made.story.episodes[0]
    assert [scene.name for scene in first.scenes] == ["unknown", "unknown2", "unknown3"]
    assert all(tag_value(scene.tags, "todo") is not None for scene in first.scenes)
    assert check(look_into(made.story), ["DRM006", "DRM008", "DRM009"]) == ()


def test_a_series_nobody_has_and_one_without_lines_are_refused(workshop, tmp_path):
    with pytest.raises(NoSuchSeries):
        adapt_series(workshop, "nobody", tmp_path / "story")
    with workshop.transaction() as tx:
        open_series(tx, "empty", titles={}, source_language="zh")
        assert tx.scalar(sa.select(sa.func.count()).select_from(LineRow)) == 0
    with pytest.raises(NothingToAdapt):
        adapt_series(workshop, "empty", tmp_path / "story")
    assert not (tmp_path / "story").exists()
