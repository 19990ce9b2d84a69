"""Memory, engines in their order, the gate on everything, and lines that wait."""

from dataclasses import dataclass, field
from fractions import Fraction

import pytest

from silkreel.bible.lines import NewLine, keep_lines
from silkreel.bible.memory import Context, open_memory, recall, remember
from silkreel.bible.terms import put_term
from silkreel.dubbing.rewording import Overlong, by_rule, reword_lines
from silkreel.dubbing.tables import WordingRow
from silkreel.dubbing.translating import (
    RequestParts,
    request_parts,
    requests_for,
    translate_episode,
    translate_lines,
    wordings_from_memory,
)
from silkreel.dubbing.wordings import (
    NoWords,
    TooManyWords,
    Wording,
    approve_wording,
    clean_text,
    propose_wording,
    source_lines,
    store_wordings,
    wordings_of_lines,
)
from silkreel.engines.contracts import Candidate, EngineCard, TermHint, TranslationRequest
from silkreel.kit.children import Cancelled
from silkreel.kit.refusals import Refusal
from silkreel.kit.spans import Span

SERIES, EPISODE = "s1", "e1"
GU = TermHint("顾总", "Mr. Gu", "person")
PARTS = RequestParts(SERIES, "zh-Hans", "en", (GU,))
SOURCES = ("顾总，会议三点半开始。", "我等了你二十年。", "别碰我！")
GOOD = {
    SOURCES[0]: "Mr. Gu, the meeting starts at 3:30.",
    SOURCES[1]: "I've waited for you for twenty years.",
    SOURCES[2]: "Don't touch me!",
}


class Down(Refusal):
    message = "the engine is down"


@dataclass
class Clerk:
    """A translator that answers from a table, and tells what it was asked."""

    answers: dict
    name: str = "clerk"
    rewords: bool = False
    speaks: bool = True
    refusal: Refusal | None = None
    asked: list[TranslationRequest] = field(default_factory=list)

    @property
    def card(self):
        return EngineCard(self.name, "1", None, "Apache-2.0", None, None)

    def can(self, *_):
        return self.speaks

    def translate(self, request):
        self.asked.append(request)
        if self.refusal:
            raise self.refusal
        return tuple(
            Candidate(line.line_id, text, length)
            for line in request.lines
            for length, text in self._wordings(line.text)
        )

    def _wordings(self, source):
        found = self.answers.get(source, ())
        return [("full", found)] if isinstance(found, str) else list(found)

    def close(self):
        pass


def write_lines(database, sources=SOURCES):
    with database.transaction() as tx:
        found = [
            NewLine(Span(50 * place, 50 * place + 40), text, "read")
            for place, text in enumerate(sources)
        ]
        rows = keep_lines(tx, SERIES, EPISODE, 1, found)
    return source_lines(rows, frame_rate=Fraction(25), speakers={})


def row_of(database, line, language="en", length="full"):
    with database.reading() as tx:
        return tx.get(WordingRow, (SERIES, line.line_id, language, "dub", length))


def test_lines_go_through_the_engines_in_order_and_are_kept_as_drafts(database):
    lines = write_lines(database)
    first = Clerk({SOURCES[0]: GOOD[SOURCES[0]]}, "first")
    second = Clerk(GOOD, "second")
    outcome = translate_episode(database, EPISODE, lines, [first, second], PARTS)
    assert outcome.waiting == ()
    assert [card.name for card in outcome.engines] == ["first", "second"]
    rows = [row_of(database, line) for line in lines]
    assert [row.origin for row in rows] == ["first", "second", "second"]
    assert all(row.draft and row.approved_by is None for row in rows)
    assert [line.text for line in second.asked[0].lines] == list(SOURCES[1:])
    assert [line.text for line in second.asked[0].before] == [SOURCES[0]]


def test_what_is_worded_is_not_asked_for_again(database):
    lines = write_lines(database)
    clerk = Clerk(GOOD)
    translate_episode(database, EPISODE, lines, [clerk], PARTS)
    translate_episode(database, EPISODE, lines, [clerk], PARTS)
    assert len(clerk.asked) == 1


def test_a_failing_engine_falls_to_the_next_with_the_reason_kept(database):
    lines = write_lines(database)
    outcome = translate_episode(
        database, EPISODE, lines, [Clerk({}, "broken", refusal=Down()), Clerk(GOOD)], PARTS
    )
    assert outcome.waiting == ()
    assert outcome.notes == ("broken: the engine is down",)


def test_what_the_gate_turns_down_goes_to_the_next_engine(database):
    lines = write_lines(database)
    liar = Clerk(GOOD | {SOURCES[0]: "Mr. Liu, the meeting starts at 3:30."}, "liar")
    outcome = translate_episode(database, EPISODE, lines, [liar, Clerk(GOOD)], PARTS)
    assert outcome.waiting == ()
    assert row_of(database, lines[0]).origin == "clerk"
    assert row_of(database, lines[1]).origin == "liar"


def test_a_line_nobody_can_word_waits_and_the_rest_goes_on(database):
    lines = write_lines(database)
    liar = Clerk(GOOD | {SOURCES[0]: "Mr. Liu, the meeting starts at 4:30."}, "liar")
    mute = Clerk({}, "mute")
    outcome = translate_episode(database, EPISODE, lines, [liar, mute], PARTS)
    [waiting] = outcome.waiting
    assert waiting.line_id == lines[0].line_id
    assert waiting.reasons[0].startswith("liar: ")
    assert "Liu" in waiting.reasons[0]
    assert waiting.reasons[1] == "mute: left the line out"
    shown = row_of(database, lines[0])
    assert shown.draft
    assert {finding["level"] for finding in shown.findings} == {"FAIL"}
    assert row_of(database, lines[2]).text == GOOD[SOURCES[2]]


def test_a_line_that_waited_is_tried_again(database):
    lines = write_lines(database)
    liar = Clerk(GOOD | {SOURCES[0]: "Mr. Liu is here."}, "liar")
    translate_episode(database, EPISODE, lines, [liar], PARTS)
    outcome = translate_episode(database, EPISODE, lines, [Clerk(GOOD)], PARTS)
    assert outcome.waiting == ()
    assert row_of(database, lines[0]).text == GOOD[SOURCES[0]]


def test_without_any_translator_every_line_waits(database):
    lines = write_lines(database)
    outcome = translate_episode(database, EPISODE, lines, [], PARTS)
    assert [each.reasons for each in outcome.waiting] == [("no translator is configured",)] * 3


def test_an_engine_that_does_not_know_the_pair_is_passed_over(database):
    outcome = translate_lines(write_lines(database), [Clerk({}, speaks=False)], PARTS)
    assert outcome.notes == ("clerk does not translate zh-Hans to en",)


def test_an_approved_memory_is_taken_and_no_engine_is_asked(database):
    lines = write_lines(database)
    with database.transaction() as tx:
        for line in lines:
            remember(tx, SERIES, "en", line.text, GOOD[line.text], approved_by="Ana")
    clerk = Clerk({})
    outcome = translate_episode(database, EPISODE, lines, [clerk], PARTS)
    assert clerk.asked == []
    assert {wording.origin for wording in outcome.wordings} == {"memory"}
    row = row_of(database, lines[0])
    assert (row.draft, row.approved_by) == (False, "Ana")


def test_the_same_words_in_another_context_are_a_draft(database):
    lines = write_lines(database)
    with database.transaction() as tx:
        remember(
            tx, SERIES, "en", lines[2].text, "Hands off!", approved_by="Ana",
            context=Context("somebody else"),
        )  # fmt: skip
    outcome = translate_episode(database, EPISODE, lines, [Clerk(GOOD)], PARTS)
    row = row_of(database, lines[2])
    assert (row.text, row.draft, row.origin) == ("Hands off!", True, "memory")
    assert "other_context" in [finding["code"] for finding in row.findings]
    assert outcome.waiting == ()


def test_a_fuzzy_memory_is_shown_and_never_used(database):
    source = "她失踪了整整两个月，谁也找不到她。"
    lines = write_lines(database, (source,))
    with database.transaction() as tx:
        remember(
            tx, SERIES, "en", "她失踪了整整三个月，谁也找不到她。",
            "She's been missing for three months and no one can find her.", approved_by="Ana",
        )  # fmt: skip
    outcome = translate_episode(database, EPISODE, lines, [], PARTS)
    assert [each.line_id for each in outcome.waiting] == [lines[0].line_id]
    row = row_of(database, lines[0])
    assert (row.origin, row.draft) == ("fuzzy", True)
    found = {finding["code"]: finding["level"] for finding in row.findings}
    assert found["fuzzy_memory"] == "WARN"
    assert found["number_missing"] == "FAIL"
    better = "She's been missing for two whole months. Nobody can find her."
    translate_episode(database, EPISODE, lines, [Clerk({source: better})], PARTS)
    assert row_of(database, lines[0]).text == better


def test_what_a_person_approved_is_never_overwritten_and_is_flagged_when_stale(database):
    lines = write_lines(database)
    with database.transaction() as tx:
        approve_wording(tx, SERIES, "en", lines[2], "Get off me!", approved_by="Ana")
    changed = write_lines(database, (*SOURCES[:2], "别再碰我！"))
    assert changed[2].line_id == lines[2].line_id
    clerk = Clerk(GOOD | {"别再碰我！": "Don't touch me again!"})
    outcome = translate_episode(database, EPISODE, changed, [clerk], PARTS)
    row = row_of(database, lines[2])
    assert (row.text, row.approved_by) == ("Get off me!", "Ana")
    assert outcome.stale == (lines[2].line_id,)
    assert [line.text for line in clerk.asked[0].lines] == list(SOURCES[:2])


def test_a_machine_draft_of_an_older_source_is_made_again(database):
    lines = write_lines(database)
    translate_episode(database, EPISODE, lines, [Clerk(GOOD)], PARTS)
    changed = write_lines(database, (*SOURCES[:2], "别再碰我！"))
    clerk = Clerk({"别再碰我！": "Don't touch me again!"})
    translate_episode(database, EPISODE, changed, [clerk], PARTS)
    assert row_of(database, lines[2]).text == "Don't touch me again!"


def test_a_persons_proposal_is_kept_from_machines_too(database):
    lines = write_lines(database)
    with database.transaction() as tx:
        propose_wording(tx, SERIES, "en", lines[2], "Hands off!")
    translate_episode(database, EPISODE, lines, [Clerk(GOOD)], PARTS)
    row = row_of(database, lines[2])
    assert (row.text, row.draft, row.origin) == ("Hands off!", True, "person")


def test_an_approval_enters_the_memory_with_its_context(database):
    lines = write_lines(database)
    with database.transaction() as tx:
        approve_wording(tx, SERIES, "en", lines[2], "  Get off\nme! ", approved_by="Ana")
    with database.reading() as tx:
        [entry] = recall(tx, SERIES, "en", lines[2].text, lines[2].context).exact
        assert entry.text == "Get off me!"
        assert recall(tx, SERIES, "en", lines[2].text, Context("x")).exact == ()


def test_an_approval_without_words_or_with_a_novel_is_refused(database):
    lines = write_lines(database)
    with database.transaction() as tx:
        with pytest.raises(NoWords):
            approve_wording(tx, SERIES, "en", lines[0], " \n", approved_by="Ana")
        with pytest.raises(TooManyWords):
            approve_wording(tx, SERIES, "en", lines[0], "word " * 1000, approved_by="Ana")


def test_three_lengths_are_kept_each_text_once(database):
    lines = write_lines(database, (SOURCES[1],))
    answer = [
        ("full", "I've waited for you for twenty years."),
        ("compact", "I waited twenty years for you."),
        ("short", "I waited twenty years for you."),
    ]
    outcome = translate_episode(database, EPISODE, lines, [Clerk({SOURCES[1]: answer})], PARTS)
    assert [wording.length for wording in outcome.wordings] == ["full", "compact"]


def test_new_drafts_leave_no_length_of_the_old_ones(database):
    lines = write_lines(database, (SOURCES[1],))
    old = [
        Wording(lines[0].line_id, "x", "clerk", lines[0].source_hash, length)
        for length in ("full", "compact", "short")
    ]
    new = [Wording(lines[0].line_id, "y", "clerk", lines[0].source_hash)]
    with database.transaction() as tx:
        store_wordings(tx, SERIES, "en", old)
        store_wordings(tx, SERIES, "en", new)
        [left] = wordings_of_lines(tx, SERIES, "en", [lines[0].line_id]).values()
    assert left.keys() == {"full"}


def test_cancelling_stops_between_requests_and_keeps_what_memory_had(database):
    lines = write_lines(database)
    with database.transaction() as tx:
        remember(tx, SERIES, "en", SOURCES[2], GOOD[SOURCES[2]], approved_by="Ana")
    clerk = Clerk(GOOD)
    with pytest.raises(Cancelled):
        translate_episode(database, EPISODE, lines, [clerk], PARTS, cancelled=lambda: True)
    assert clerk.asked == []
    assert row_of(database, lines[2]).text == GOOD[SOURCES[2]]


def test_no_transaction_is_open_while_an_engine_works(database):
    lines = write_lines(database)

    class Writer(Clerk):
        def translate(self, request):
            with database.transaction() as tx:  # would wait for ever for another writer
                put_term(tx, SERIES, "云城", targets={"en": "Yuncheng"})
            return super().translate(request)

    assert translate_episode(database, EPISODE, lines, [Writer(GOOD)], PARTS).waiting == ()


def test_requests_are_runs_of_neighbours_with_what_is_said_around_them(database):
    lines = write_lines(database, tuple(f"第{n}句话。" for n in range(20)))
    wanted = [lines[n].line_id for n in (0, 1, 9, 10, 11)]
    first, second = requests_for(lines, wanted, PARTS)
    assert [line.line_id for line in first.lines] == wanted[:2]
    assert len(first.after) == 6
    assert [line.text for line in second.before] == [f"第{n}句话。" for n in range(3, 9)]
    assert second.series_id == SERIES


def test_parts_hold_the_series_terms(database):
    with database.transaction() as tx:
        put_term(tx, SERIES, "顾总", kind="person", targets={"en": "Mr. Gu"})
        parts = request_parts(tx, SERIES, source_language="zh-Hans", target_language="en")
    assert parts.terms == (GU,)


def test_memory_of_every_length_comes_with_the_full_one(database):
    lines = write_lines(database, (SOURCES[1],))
    with database.transaction() as tx:
        remember(tx, SERIES, "en", SOURCES[1], GOOD[SOURCES[1]], approved_by="Ana")
        remember(
            tx, SERIES, "en", SOURCES[1], "Twenty years I waited.", approved_by="Ana",
            length="short",
        )  # fmt: skip
        memory = open_memory(tx, SERIES, "en")
    outcome = wordings_from_memory(memory, lines, PARTS)
    assert {wording.length for wording in outcome.wordings} == {"full", "short"}


def overlong(line, text, seconds=0.8):
    return Overlong(line, seconds, (Wording(line.line_id, text, "clerk", line.source_hash),))


def test_an_overrun_is_told_to_an_engine_that_rewords(database):
    lines = write_lines(database)
    shorter = [
        ("full", GOOD[SOURCES[1]]),
        ("compact", "I waited twenty years."),
        ("short", "Twenty years!"),
    ]
    clerk = Clerk({SOURCES[1]: shorter}, rewords=True)
    outcome = reword_lines(lines, [overlong(lines[1], GOOD[SOURCES[1]])], [clerk], PARTS)
    assert clerk.asked[0].lines[0].overrun_seconds == 0.8
    assert [(w.length, w.text) for w in outcome.wordings] == [
        ("compact", "I waited twenty years."),
        ("short", "Twenty years!"),
    ]
    assert outcome.waiting == ()


def test_a_rewording_that_is_no_shorter_is_no_help(database):
    lines = write_lines(database)
    clerk = Clerk({SOURCES[1]: "I have now waited for you for twenty years."}, rewords=True)
    outcome = reword_lines(lines, [overlong(lines[1], "I waited twenty years.")], [clerk], PARTS)
    assert outcome.wordings == ()
    assert outcome.waiting[0].reasons == ("too long by 0.80 s in every wording",)


def test_a_rewording_that_changes_a_number_is_turned_down(database):
    lines = write_lines(database)
    clerk = Clerk({SOURCES[1]: "I waited two years."}, rewords=True)
    outcome = reword_lines(lines, [overlong(lines[1], GOOD[SOURCES[1]])], [clerk], PARTS)
    assert outcome.wordings == ()


def test_an_approved_shorter_wording_comes_before_any_engine(database):
    lines = write_lines(database)
    with database.transaction() as tx:
        remember(
            tx, SERIES, "en", SOURCES[1], "Twenty years I waited.", approved_by="Ana",
            length="short",
        )  # fmt: skip
        memory = open_memory(tx, SERIES, "en")
    clerk = Clerk({}, rewords=True)
    outcome = reword_lines(
        lines, [overlong(lines[1], GOOD[SOURCES[1]])], [clerk], PARTS, memory=memory
    )
    assert [(w.text, w.draft) for w in outcome.wordings] == [("Twenty years I waited.", False)]
    assert clerk.asked == []


def test_rules_shorten_without_an_engine_and_what_is_left_waits_worst_first(database):
    lines = write_lines(database)
    outcome = reword_lines(
        lines,
        [overlong(lines[0], GOOD[SOURCES[0]], 0.3), overlong(lines[2], GOOD[SOURCES[2]], 0.1),
         overlong(lines[1], "I waited for twenty years.", 0.9)],
        [],
        PARTS,
    )  # fmt: skip
    assert [(w.origin, w.text) for w in outcome.wordings] == [
        ("rule", "The meeting starts at 3:30.")
    ]
    assert [each.line_id for each in outcome.waiting] == [lines[1].line_id, lines[2].line_id]


@pytest.mark.parametrize(
    ("language", "text", "expected"),
    [
        ("en", "Well, I am not going to do that, you know.", "I'm not going to do that."),
        ("en", "We do not have time. Look, they are here.", "We don't have time. They're here."),
        ("es", "Bueno, no pienso hacer eso, por favor.", "No pienso hacer eso."),
        ("pt-BR", "Olha, ele foi para o hospital.", "Ele foi pro hospital."),
    ],
)
def test_contractions_and_fillers_are_speech(database, language, text, expected):
    [line] = write_lines(database, ("我不会去做那件事情的，我们没有时间了，他们来了。",))
    parts = RequestParts(SERIES, "zh-Hans", language)
    [made] = by_rule(overlong(line, text), parts)
    assert made.text == expected


def test_wordings_are_kept_on_one_line_without_control_characters():
    assert clean_text("  a\r\n b\x00\u200bc\t") == "a b \u200bc"
