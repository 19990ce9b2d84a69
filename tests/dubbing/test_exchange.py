"""Out to people's tools and back: an untouched round trip changes nothing, a touched one nothing else."""

import csv
import io
import json
from contextlib import suppress
from dataclasses import replace

import polib
import pysubs2
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from silkreel.dubbing.exchange import (
    Entry,
    FileTooLarge,
    NotReadable,
    Sheet,
    SheetLine,
    apply_import,
    plan_import,
    sheet_of,
)
from silkreel.dubbing.po import read_po, write_po
from silkreel.dubbing.sheets import read_csv, write_csv
from silkreel.dubbing.subtitle_exchange import parse_srt, read_srt, write_srt
from silkreel.dubbing.translating import RequestParts
from silkreel.dubbing.wordings import (
    SourceLine,
    Wording,
    approve_wording,
    clean_text,
    store_wordings,
)
from silkreel.engines.contracts import TermHint
from silkreel.kit.keys import text_hash

SERIES = "s1"
PARTS = RequestParts(SERIES, "zh-Hans", "en", (TermHint("顾总", "Mr. Gu", "person"),))


def line(number, text, **more):
    return SourceLine(
        f"ep001_a{number:03}", text, text_hash(text), start_seconds=number * 3.0,
        end_seconds=number * 3.0 + 2.0, **more,
    )  # fmt: skip


LINES = (
    line(1, "顾总，会议三点半开始。", speaker="王妈", allowance_characters=32),
    line(2, "我等了你二十年。", speaker="林小雨"),
    line(3, "别碰我！"),
)


def wording(source, text, length="full", **more):
    return Wording(
        source.line_id, text, more.pop("origin", "clerk"), source.source_hash, length, **more
    )


def sheet(*wordings, lines=LINES):
    return Sheet(
        "Forgive Me", "zh-Hans", "en",
        tuple(
            SheetLine(each, {w.length: w for w in wordings if w.line_id == each.line_id})
            for each in lines
        ),
    )  # fmt: skip


DRAFT = wording(LINES[0], "Mr. Gu, the meeting starts at 3:30.")
APPROVED = wording(
    LINES[1], "I've waited twenty years.", draft=False, approved_by="Ana", origin="person"
)
SHORT = wording(LINES[1], "Twenty years.", "short")
NOW = sheet(DRAFT, APPROVED, SHORT)


def through_po(there):
    return read_po(write_po(there))


def through_csv(there):
    return read_csv(write_csv(there))


def through_srt(there):
    made = write_srt(there)
    return read_srt(made.srt, there, id_map=made.id_map).entries


WAYS = {"po": through_po, "csv": through_csv, "srt": through_srt}


texts = st.text(max_size=60).map(clean_text)
worded = st.fixed_dictionaries({
    "text": texts,
    "length": st.sampled_from(["full", "compact", "short"]),
    "draft": st.booleans(),
    "origin": st.sampled_from(["clerk", "fuzzy", "memory", "person"]),
    "stale": st.booleans(),
})  # fmt: skip


@st.composite
def sheets(draw):
    sources = draw(st.lists(texts.filter(bool), min_size=1, max_size=5))
    lines = tuple(line(n, text, speaker=draw(texts)) for n, text in enumerate(sources))
    wordings = []
    for each in lines:
        for value in draw(st.lists(worded, max_size=3, unique_by=lambda v: v["length"])):
            if value["text"]:
                made = wording(
                    each,
                    value["text"],
                    value["length"],
                    draft=value["draft"],
                    origin=value["origin"],
                )
                hashed = replace(made, source_hash="old") if value["stale"] else made
                wordings.append(hashed)
    return sheet(*wordings, lines=lines)


@settings(deadline=None, max_examples=150)
@given(sheets(), st.sampled_from(sorted(WAYS)))
def test_an_untouched_round_trip_changes_nothing(there, way):
    plan = plan_import(there, WAYS[way](there), PARTS)
    assert plan.changes == plan.unknown == plan.stale == plan.turned_down == plan.repeated == ()


@settings(deadline=None, max_examples=100)
@given(sheets(), st.sampled_from(["po", "csv"]))
def test_not_even_when_it_comes_back_as_approvals(there, way):
    plan = plan_import(there, WAYS[way](there), PARTS, approve=True)
    assert plan.changes == plan.unknown == plan.stale == plan.turned_down == plan.repeated == ()


@pytest.mark.parametrize("way", sorted(WAYS))
def test_a_new_text_is_a_proposal_and_an_approval_when_asked(way):
    filled = sheet(DRAFT, APPROVED, SHORT, wording(LINES[2], "Don't touch me!"))
    entries = WAYS[way](filled)
    [change] = plan_import(NOW, entries, PARTS).changes
    assert (change.line.line_id, change.text) == (LINES[2].line_id, "Don't touch me!")
    assert not change.approve
    texts = {entry.line_id: entry for entry in entries}
    approved = replace(texts[LINES[2].line_id], state="approved")
    [change] = plan_import(NOW, [approved], PARTS, approve=True).changes
    assert change.approve


def test_taking_the_fuzzy_mark_away_approves_a_draft():
    file = polib.pofile(write_po(NOW).decode())
    entry = file.find(LINES[0].line_id, by="msgctxt")
    assert entry.fuzzy
    entry.flags.remove("fuzzy")
    plan = plan_import(NOW, read_po(str(file).encode()), PARTS, approve=True)
    [change] = plan.changes
    assert (change.text, change.approve) == (DRAFT.text, True)
    assert plan.unchanged == 2


def test_an_approval_for_an_older_source_goes_out_as_fuzzy():
    there = sheet(replace(APPROVED, source_hash="old"))
    entry = polib.pofile(write_po(there).decode()).find(LINES[1].line_id, by="msgctxt")
    assert entry.fuzzy
    assert "the source has changed" in entry.comment


def test_unknown_ids_and_stale_sources_are_listed_and_left_alone():
    entries = [
        Entry("ep009_zzzz", "Nobody said this.", "x"),
        Entry(LINES[2].line_id, "Don't touch me!", text_hash("别碰她！")),
    ]
    plan = plan_import(NOW, entries, PARTS)
    assert plan.changes == ()
    assert plan.unknown == ("ep009_zzzz",)
    assert plan.stale[0].line_id == LINES[2].line_id
    assert "别碰我" in plan.stale[0].reason


def test_the_gate_turns_down_what_comes_back_unless_a_person_insists():
    entries = [
        Entry(LINES[0].line_id, "Mr. Liu, the meeting starts at 3:30.", LINES[0].source_hash)
    ]
    plan = plan_import(NOW, entries, PARTS)
    assert plan.changes == ()
    assert "Liu" in plan.turned_down[0].reason
    [change] = plan_import(NOW, entries, PARTS, despite_gate=True).changes
    assert {finding.level for finding in change.findings} == {"FAIL"}


def test_a_proposal_does_not_take_an_approvals_place():
    entries = [Entry(LINES[1].line_id, "I waited twenty years.", LINES[1].source_hash)]
    plan = plan_import(NOW, entries, PARTS)
    assert plan.changes == ()
    assert "approved" in plan.turned_down[0].reason
    assert len(plan_import(NOW, entries, PARTS, approve=True).changes) == 1


def test_two_texts_for_one_line_are_listed_and_neither_is_taken():
    entries = [
        Entry(LINES[2].line_id, "Don't touch me!", LINES[2].source_hash),
        Entry(LINES[2].line_id, "Hands off, don't!", LINES[2].source_hash),
    ]
    plan = plan_import(NOW, entries, PARTS)
    assert plan.changes == ()
    assert plan.repeated == (LINES[2].line_id,)


def test_an_independent_reader_finds_everything_in_the_po():
    file = polib.pofile(write_po(NOW).decode())
    assert file.metadata["Language"] == "en"
    entry = file.find(LINES[0].line_id, by="msgctxt")
    assert entry.msgid == LINES[0].text
    assert "speaker: 王妈" in entry.comment
    assert "fits: about 32 characters" in entry.comment
    assert "spoken: 00:00:03,000 --> 00:00:05,000" in entry.comment
    assert "machine draft by clerk" in entry.comment
    assert file.find(f"{LINES[1].line_id}|short", by="msgctxt").msgstr == "Twenty years."
    assert file.find(LINES[2].line_id, by="msgctxt").msgstr == ""


def test_an_independent_reader_finds_everything_in_the_csv_and_no_formula():
    there = sheet(wording(LINES[2], "=HYPERLINK(1)"))
    rows = list(csv.DictReader(io.StringIO(write_csv(there).decode("utf-8-sig"))))
    assert rows[2]["text"] == "'=HYPERLINK(1)"
    assert rows[0]["fits_characters"] == "32"
    assert read_csv(write_csv(there))[2].text == "=HYPERLINK(1)"


def test_a_csv_saved_with_semicolons_and_other_columns_is_read_by_its_names():
    content = (
        f"text;id;mine;source_hash\nDon't touch me!;{LINES[2].line_id};x;{LINES[2].source_hash}\n"
    )
    [entry] = read_csv(content.encode())
    assert (entry.line_id, entry.text, entry.state) == (
        LINES[2].line_id,
        "Don't touch me!",
        "draft",
    )


def test_an_independent_reader_finds_everything_in_the_srt():
    made = write_srt(NOW)
    events = pysubs2.SSAFile.from_string(made.srt.decode(), format_="srt")
    spoken = [(event.start, event.end, event.text) for event in events if event.text]
    assert spoken == [(3000, 5000, DRAFT.text), (6000, 8000, APPROVED.text)]
    assert [row["id"] for row in json.loads(made.id_map)["cues"]] == [
        each.line_id for each in LINES
    ]


def test_without_the_map_a_cue_belongs_to_the_one_line_it_lies_on():
    srt = "1\n00:00:09,200 --> 00:00:10,900\nDon't touch\nme!\n\n2\n00:00:30,000 --> 00:00:31,000\nWho?\n"
    reading = read_srt(srt.encode(), NOW)
    [entry] = reading.entries
    assert (entry.line_id, entry.text) == (LINES[2].line_id, "Don't touch me!")
    assert [cue.text for cue in reading.unmatched] == ["Who?"]


def test_a_cue_between_two_lines_is_not_guessed():
    lines = (line(1, "走！"), replace(line(1, "快走！"), line_id="ep001_b"))
    srt = b"1\n00:00:03,000 --> 00:00:05,000\nGo!\n"
    reading = read_srt(srt, sheet(lines=lines))
    assert reading.entries == ()
    assert len(reading.unmatched) == 1


def test_a_cue_that_was_moved_is_not_trusted_by_its_number():
    made = write_srt(NOW)
    moved = made.srt.decode().replace(
        "00:00:03,000 --> 00:00:05,000", "00:00:09,000 --> 00:00:11,000"
    )
    reading = read_srt(moved.encode(), NOW, id_map=made.id_map)
    assert LINES[0].line_id not in {entry.line_id for entry in reading.entries}


def test_a_line_in_two_cues_is_one_text():
    made = write_srt(sheet(wording(LINES[2], "Don't touch me!")))
    text = made.srt.decode().replace(
        "00:00:09,000 --> 00:00:11,000\nDon't touch me!",
        "00:00:09,000 --> 00:00:10,000\nDon't\n\n4\n00:00:10,000 --> 00:00:11,000\ntouch me!",
    )
    reading = read_srt(text.encode(), NOW, id_map=made.id_map)
    assert [e.text for e in reading.entries if e.line_id == LINES[2].line_id] == ["Don't touch me!"]


@pytest.mark.parametrize(
    ("reader", "content"),
    [
        (read_po, b"\xff\xfe"), (read_po, b"just words"), (read_csv, b"a,b\n1,2\n"), (read_csv, b""),
        (lambda c: read_srt(c, NOW), b"no times here"),
        (lambda c: read_srt(b"", NOW, id_map=c), b"{}"), (read_po, b'msgid "a\nmsgstr'),
    ],
)  # fmt: skip
def test_a_file_that_is_something_else_is_refused(reader, content):
    with pytest.raises(NotReadable):
        reader(content)


def test_a_file_no_series_needs_is_refused(monkeypatch):
    monkeypatch.setattr("silkreel.dubbing.exchange.MAX_BYTES", 100)
    with pytest.raises(FileTooLarge):
        read_po(b"x" * 101)


@settings(deadline=None)
@given(st.text(max_size=200))
def test_no_text_breaks_a_reader(text):
    for reader in (read_po, read_csv, lambda content: read_srt(content, NOW)):
        with suppress(NotReadable):
            reader(text.encode())


@given(st.lists(st.tuples(texts, st.integers(0, 10_000_000)), max_size=5))
def test_times_survive_to_the_millisecond(cues):
    lines = [
        replace(line(1, "x"), line_id=f"l{n}", start_seconds=ms / 1000, end_seconds=ms / 1000 + 1)
        for n, (_, ms) in enumerate(cues)
    ]
    made = write_srt(sheet(lines=tuple(lines)))
    starts = [round(cue.start_seconds * 1000) for cue in parse_srt(made.srt.decode())]
    assert starts == sorted(ms for _, ms in cues)


def test_only_what_waits_is_on_the_waiting_list():
    fuzzy = wording(LINES[2], "Hands off!", origin="fuzzy")
    there = sheet(DRAFT, replace(APPROVED, source_hash="old"), fuzzy)
    waiting = [each.line.line_id for each in there.waiting().lines]
    assert waiting == [LINES[1].line_id, LINES[2].line_id]


def test_an_import_is_written_as_approvals_and_proposals(database):
    with database.transaction() as tx:
        store_wordings(tx, SERIES, "en", [DRAFT])
        there = sheet_of(tx, SERIES, LINES, PARTS, reasons={LINES[2].line_id: ["nobody knows"]})
    assert there.lines[2].reasons == ("nobody knows",)
    entries = [
        Entry(LINES[0].line_id, DRAFT.text, LINES[0].source_hash, state="approved"),
        Entry(LINES[2].line_id, "Don't touch me!", LINES[2].source_hash, state="draft"),
    ]
    plan = plan_import(there, entries, PARTS, approve=True)
    with database.transaction() as tx:
        assert apply_import(tx, SERIES, "en", plan, by="Ana") == (1, 1)
        after = sheet_of(tx, SERIES, LINES, PARTS)
    assert after.lines[0].wordings["full"].approved_by == "Ana"
    assert after.lines[2].wordings["full"].draft
    assert plan_import(after, entries, PARTS, approve=True).changes == ()


def test_an_approved_wording_goes_out_and_comes_back_through_the_database(database):
    with database.transaction() as tx:
        approve_wording(tx, SERIES, "en", LINES[1], APPROVED.text, approved_by="Ana")
        there = sheet_of(tx, SERIES, LINES, PARTS)
    for way in WAYS.values():
        plan = plan_import(there, way(there), PARTS)
        assert plan.changes == ()
        assert plan.unchanged == 1
