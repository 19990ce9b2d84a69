"""One memory for drama, novel and game: what was approved in one is not asked for in the others."""

from dataclasses import dataclass, field
from fractions import Fraction

import polib
import pytest

from silkreel.bible.lines import NewLine, keep_lines
from silkreel.bible.memory import open_memory, remember
from silkreel.bible.tables import LineRow
from silkreel.catalogue.series import open_series
from silkreel.dubbing.translating import RequestParts, translate_episode
from silkreel.dubbing.wordings import approve_wording, source_lines, wordings_of_lines
from silkreel.engines.contracts import Candidate, EngineCard
from silkreel.flows.story_memory import OtherLanguage
from silkreel.flows.translate_story import TranslateOrder, translate_story
from silkreel.kit.keys import text_hash
from silkreel.kit.spans import Span
from silkreel.story.checking import check, look_into
from silkreel.story.project import open_story
from silkreel.story.units import tally

YAML = """\
title: The Heiress
language: en
languages: [es]
cast: [{id: LIN, name: Lin}, {id: CHEN, name: Chen}]
locations: [{id: car, name: Car}]
"""
INK = """\
# title:The Heiress # lang:en
VAR who = "Lin"
-> ep001
=== ep001 ===
# episode:1
-> car
= car
# scene:INT. CAR - NIGHT # loc:car
LIN: You invited me to my own funeral. #id:ep001_car_A1X9
CHEN: You were dead. #id:ep001_car_B2Y8
LIN: Ask {who} about it. #id:ep001_car_C3Z7
-> END
"""
NOVEL = """\
---
{chapter: 1, title: My Own Funeral, adapts: [ep001.car]}
---
{{line:ep001_car_A1X9|comma}} she said. {#ch001_D4E5}
"""
SPANISH = {
    "You invited me to my own funeral.": "Me invitaste a mi propio funeral.",
    "You were dead.": "Estabas muerto.",
    "Ask {who} about it.": "Pregúntale a {who}.",
    "My Own Funeral": "Mi propio funeral",
    "{{line:ep001_car_A1X9|comma}} she said.": "{{line:ep001_car_A1X9|comma}} dijo ella.",
}
FUNERAL = "ep001_car_A1X9"


@dataclass
class Clerk:
    """A translator that answers from a table, and keeps what it was asked."""

    answers: dict = field(default_factory=lambda: SPANISH)
    asked: list = field(default_factory=list)
    rewords = False
    card = EngineCard("clerk", "1", None, "Apache-2.0", None, None)

    def can(self, *_):
        return True

    def translate(self, request):
        self.asked += [line.line_id for line in request.lines]
        return tuple(
            Candidate(line.line_id, self.answers[line.text], "full")
            for line in request.lines
            if line.text in self.answers
        )

    def close(self):
        pass


@pytest.fixture
def folder(tmp_path):
    made = tmp_path / "heiress"
    for name, text in {
        "story.yaml": YAML, "script/main.ink": INK, "novel/ch001.md": NOVEL,
    }.items():  # fmt: skip
        (made / name).parent.mkdir(parents=True, exist_ok=True)
        (made / name).write_text(text, encoding="utf-8")
    return made


@pytest.fixture
def series(workshop):
    """The filmed series of the story: its first line has the script's id."""
    with workshop.transaction() as tx:
        row = open_series(tx, "heiress", titles={"en": "The Heiress"}, source_language="en")
        text = "You invited me to my own funeral."
        tx.add(
            LineRow(
                series_id=row.id, id=FUNERAL, episode_id="e1", position=0, first_frame=0,
                end_frame=50, source_text=text, source_hash=text_hash(text), came_from="script",
            )
        )  # fmt: skip
        return row.id


def funeral_line(workshop, series):
    with workshop.reading() as tx:
        rows = [tx.get_one(LineRow, (series, FUNERAL))]
        return source_lines(rows, frame_rate=Fraction(25), speakers={})


def translated(settings, workshop, folder, *translators, slug="", languages=("es",)):
    order = TranslateOrder(folder, languages, "ana", slug)
    return translate_story(settings, workshop, order, translators=translators)


def entries(folder, language="es"):
    return {entry.msgctxt: entry for entry in polib.pofile(str(folder / f"i18n/{language}.po"))}


def approve(folder, **texts):
    """A translator's hand in the file: words, and no mark left on them."""
    path = folder / "i18n/es.po"
    file = polib.pofile(str(path), wrapwidth=0)
    for entry in file:
        if entry.msgctxt in texts:
            entry.msgstr, entry.flags = texts[entry.msgctxt], []
    file.save(str(path))


def test_engines_make_drafts_of_lines_and_prose_and_the_file_says_so(settings, workshop, folder):
    clerk = Clerk()
    [done] = translated(settings, workshop, folder, clerk)
    assert (done.taken, done.offered, done.made, done.waiting) == (0, 0, 5, ())
    made = entries(folder)
    assert {name: entry.msgstr for name, entry in made.items()} == {
        "ep001_car_A1X9": "Me invitaste a mi propio funeral.",
        "ep001_car_B2Y8": "Estabas muerto.",
        "ep001_car_C3Z7": "Pregúntale a {who}.",
        "ch001_title": "Mi propio funeral",
        "ch001_D4E5": "{{line:ep001_car_A1X9|comma}} dijo ella.",
    }
    assert all("fuzzy" in entry.flags for entry in made.values())
    counts = tally(done.stands)
    assert counts["dub"] == {"approved": 0, "draft": 3, "stale": 0, "missing": 0}
    assert counts["print"]["draft"] == 3  # two of prose, and the line the novel quotes
    again = Clerk()
    before = (folder / "i18n/es.po").read_bytes()
    translated(settings, workshop, folder, again)
    assert again.asked == []
    assert (folder / "i18n/es.po").read_bytes() == before


def test_without_an_engine_everything_else_works_and_it_says_what_waits(settings, workshop, folder):
    [done] = translated(settings, workshop, folder)
    assert [each.line_id for each in done.waiting] == [
        "ep001_car_A1X9", "ep001_car_B2Y8", "ep001_car_C3Z7", "ch001_title", "ch001_D4E5",
    ]  # fmt: skip
    assert {entry.msgstr for entry in entries(folder).values()} == {""}


def test_words_that_lose_what_is_filled_in_are_turned_down(settings, workshop, folder):
    careless = Clerk(SPANISH | {"Ask {who} about it.": "Pregúntale a Lin."})
    [done] = translated(settings, workshop, folder, careless)
    [left] = done.waiting
    assert left.line_id == "ep001_car_C3Z7"
    assert "What stands in braces must stay as it is: {who}" in left.reasons[0]


def test_a_wording_approved_for_the_dub_is_the_storys_too(settings, workshop, folder, series):
    [line] = funeral_line(workshop, series)
    with workshop.transaction() as tx:
        approve_wording(tx, series, "es", line, "Me invitaste a mi entierro.", approved_by="Ana")
    clerk = Clerk()
    [done] = translated(settings, workshop, folder, clerk, slug="heiress")
    assert FUNERAL not in clerk.asked
    assert entries(folder)[FUNERAL].msgstr == "Me invitaste a mi entierro."
    assert "fuzzy" not in entries(folder)[FUNERAL].flags
    counts = tally(done.stands)
    assert [counts[use]["approved"] for use in ("sub", "dub", "print")] == [1, 1, 1]


def test_words_approved_in_the_story_are_taken_by_the_dubbing(settings, workshop, folder, series):
    translated(settings, workshop, folder, slug="heiress")
    approve(folder, **{FUNERAL: "Me invitaste a mi propio funeral."})
    [done] = translated(settings, workshop, folder, slug="heiress")
    assert done.remembered == 1
    parts = RequestParts(series, "en", "es")
    clerk = Clerk()
    outcome = translate_episode(
        workshop.database, "e1", funeral_line(workshop, series), [clerk], parts
    )
    assert clerk.asked == []
    [wording] = outcome.wordings
    assert (wording.text, wording.draft) == ("Me invitaste a mi propio funeral.", False)
    with workshop.reading() as tx:
        rows = wordings_of_lines(tx, series, "es", [FUNERAL])
    assert rows[FUNERAL]["full"].approved_by == "ana"
    [again] = translated(settings, workshop, folder, slug="heiress")
    assert again.remembered == 0


def test_the_latest_approval_of_a_line_holds_in_every_medium(settings, workshop, folder, series):
    translated(settings, workshop, folder, slug="heiress")
    approve(folder, **{FUNERAL: "Me invitaste a mi propio funeral."})
    translated(settings, workshop, folder, slug="heiress")
    with workshop.transaction() as tx:
        remember(
            tx, series, "es", "You invited me to my own funeral.", "A mi funeral me invitaste.",
            approved_by="Eva", use="sub", line_id=FUNERAL,
        )  # fmt: skip
    translated(settings, workshop, folder, slug="heiress")
    assert entries(folder)[FUNERAL].msgstr == "A mi funeral me invitaste."
    [last] = translated(settings, workshop, folder, slug="heiress")
    assert (last.remembered, last.taken) == (0, 0)
    assert entries(folder)[FUNERAL].msgstr == "A mi funeral me invitaste."


def test_the_dubs_own_words_stand_beside_the_subtitle(settings, workshop, folder, series):
    [line] = funeral_line(workshop, series)
    with workshop.transaction() as tx:
        approve_wording(tx, series, "es", line, "A mi funeral.", approved_by="Ana")
        remember(
            tx, series, "es", line.text, "Me invitaste a mi propio funeral.",
            approved_by="Ana", use="sub", line_id=FUNERAL,
        )  # fmt: skip
    translated(settings, workshop, folder, slug="heiress")
    made = entries(folder)
    assert made[FUNERAL].msgstr == "Me invitaste a mi propio funeral."
    assert made[f"{FUNERAL}|dub"].msgstr == "A mi funeral."


def test_a_changed_source_shows_its_words_as_stale_and_nothing_writes_over_them(
    settings, workshop, folder
):
    translated(settings, workshop, folder)
    approve(folder, **{FUNERAL: "Me invitaste a mi propio funeral."})
    script = folder / "script/main.ink"
    text = script.read_text(encoding="utf-8")
    script.write_text(text.replace("my own funeral.", "my own grave."), encoding="utf-8")
    clerk = Clerk(SPANISH | {"You invited me to my own grave.": "A mi tumba."})
    [done] = translated(settings, workshop, folder, clerk)
    assert FUNERAL not in clerk.asked
    entry = entries(folder)[FUNERAL]
    assert (entry.msgstr, entry.previous_msgid) == (
        "Me invitaste a mi propio funeral.", "You invited me to my own funeral.",
    )  # fmt: skip
    assert [each.use for each in done.stands if each.standing == "stale"] == ["sub", "dub", "print"]
    found = check(look_into(open_story(folder)), ["DRM201"])
    assert [finding.line_id for finding in found] == [FUNERAL]


def test_a_changed_block_of_the_novel_is_told_as_stale_too(settings, workshop, folder):
    translated(settings, workshop, folder, Clerk())
    chapter = folder / "novel/ch001.md"
    text = chapter.read_text(encoding="utf-8").replace("she said.", "she whispered.")
    chapter.write_text(text, encoding="utf-8")
    [done] = translated(settings, workshop, folder)
    assert [each.unit.id for each in done.stands if each.standing == "stale"] == ["ch001_D4E5"]
    found = check(look_into(open_story(folder)), ["DRM201"])
    assert [finding.line_id for finding in found] == ["ch001_D4E5"]


def test_words_of_a_like_line_are_shown_to_the_translator_and_never_filled_in(
    settings, workshop, folder, series
):
    with workshop.transaction() as tx:
        remember(
            tx, series, "es", "You invited him to my own funeral.", "Lo invitaste.",
            approved_by="Ana",
        )  # fmt: skip
    [done] = translated(settings, workshop, folder, slug="heiress")
    entry = entries(folder)[FUNERAL]
    assert entry.msgstr == ""
    assert "similar: Lo invitaste." in entry.comment
    assert FUNERAL in {each.line_id for each in done.waiting}


def test_the_same_words_said_elsewhere_are_a_draft(settings, workshop, folder):
    script = folder / "script/main.ink"
    text = script.read_text(encoding="utf-8")
    more = "CHEN: You were dead. #id:ep001_car_E5E5\n-> END"
    script.write_text(text.replace("-> END", more), encoding="utf-8")
    translated(settings, workshop, folder)
    approve(folder, ep001_car_B2Y8="Estabas muerto.")
    [done] = translated(settings, workshop, folder)
    assert done.offered == 1
    assert entries(folder)["ep001_car_E5E5"].msgstr == "Estabas muerto."
    assert entries(folder)["ep001_car_E5E5"].flags == ["fuzzy"]


def test_a_series_in_another_language_shares_nothing(settings, workshop, folder):
    with workshop.transaction() as tx:
        open_series(tx, "other", titles={"zh": "别的"}, source_language="zh-Hans")
    with pytest.raises(OtherLanguage):
        translated(settings, workshop, folder, slug="other")


def test_lines_of_a_filmed_series_lend_by_their_words_where_ids_differ(
    settings, workshop, folder, series
):
    with workshop.transaction() as tx:
        [row] = keep_lines(
            tx, series, "e2", 2, [NewLine(Span(0, 50), "You were dead.", "read")]
        )  # fmt: skip
        [line] = source_lines([row], frame_rate=Fraction(25), speakers={})
        approve_wording(tx, series, "es", line, "Estabas muerto.", approved_by="Ana")
    translated(settings, workshop, folder, slug="heiress")
    entry = entries(folder)["ep001_car_B2Y8"]
    assert (entry.msgstr, entry.flags) == ("Estabas muerto.", ["fuzzy"])
    with workshop.reading() as tx:
        assert open_memory(tx, series, "es").own_words(row.id, "You were dead.")
