"""What was approved is found again; what is only similar is shown and never filled in."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from silkreel.bible.memory import (
    FEWEST_COMMON,
    Context,
    difference,
    forget,
    open_memory,
    recall,
    remember,
    similarity,
    trigrams,
)

SERIES = "s1"
HERE = Context("顾言泽", "林小雨", "你来了。")
ELSEWHERE = Context("王妈", "", "")


def keep(database, source, text, **more):
    with database.transaction() as tx:
        remember(tx, SERIES, "es", source, text, approved_by="Ana", **more)


def found(database, source, context=None, **more):
    with database.reading() as tx:
        return recall(tx, SERIES, "es", source, context, **more)


def test_the_same_source_and_context_is_exact(database):
    keep(database, "我们离婚吧。", "Divorciémonos.", context=HERE)
    [entry] = found(database, "我们离婚吧。", HERE).exact
    assert entry.text == "Divorciémonos."
    assert entry.approved_by == "Ana"


def test_the_same_source_in_another_context_is_only_offered(database):
    keep(database, "我们离婚吧。", "Divorciémonos.", context=HERE)
    result = found(database, "我们离婚吧。", ELSEWHERE)
    assert result.exact == ()
    assert [entry.text for entry in result.offered] == ["Divorciémonos."]
    assert result.fuzzy == ()


def test_an_approval_for_any_context_is_exact_everywhere_and_yields_to_the_lines_own(database):
    keep(database, "走吧。", "Vámonos.")
    keep(database, "走吧。", "Vete.", context=HERE)
    assert [e.text for e in found(database, "走吧。", ELSEWHERE).exact] == ["Vámonos."]
    assert [e.text for e in found(database, "走吧。", HERE).exact] == ["Vete."]


def test_every_length_is_recalled(database):
    keep(database, "我等了你二十年。", "Te he esperado veinte años.")
    keep(database, "我等了你二十年。", "Te esperé veinte años.", length="compact")
    lengths = {entry.length: entry.text for entry in found(database, "我等了你二十年。").exact}
    assert lengths == {
        "full": "Te he esperado veinte años.",
        "compact": "Te esperé veinte años.",
    }


def test_a_similar_source_is_fuzzy_with_the_difference_marked(database):
    keep(database, "她失踪了整整两个月，谁也找不到她。", "Lleva dos meses desaparecida.")
    result = found(database, "她失踪了整整三个月，谁也找不到她。")
    assert result.exact == result.offered == ()
    [entry] = result.fuzzy
    assert FEWEST_COMMON <= entry.similarity < 1
    assert entry.difference == "她失踪了整整[-两-]{+三+}个月，谁也找不到她。"


def test_what_is_less_similar_is_not_found(database):
    keep(database, "我们离婚吧。", "Divorciémonos.")
    assert found(database, "我们结婚吧。").fuzzy == ()


def test_marks_and_blanks_make_no_difference_to_similarity(database):
    keep(database, "快走！", "¡Vete!")
    [entry] = found(database, "快走……").fuzzy
    assert entry.similarity == 1.0


def test_approving_again_replaces(database):
    keep(database, "走吧。", "Vamos.")
    keep(database, "走吧。", "Vámonos.")
    assert [e.text for e in found(database, "走吧。").exact] == ["Vámonos."]


def test_what_is_offered_comes_newest_first(database):
    moment = datetime(2026, 1, 1, tzinfo=UTC)
    for day, speaker in enumerate(("A", "B", "C", "D")):
        keep(
            database, "走吧。", f"Texto {speaker}", context=Context(speaker),
            approved_at=moment + timedelta(days=day),
        )  # fmt: skip
    offered = [entry.text for entry in found(database, "走吧。", ELSEWHERE).offered]
    assert offered == ["Texto D", "Texto C", "Texto B"]


def test_languages_and_series_are_kept_apart(database):
    keep(database, "走吧。", "Vámonos.")
    with database.reading() as tx:
        assert recall(tx, SERIES, "pt-BR", "走吧。").exact == ()
        assert recall(tx, "other", "es", "走吧。").exact == ()


def test_a_use_has_its_own_words_and_borrows_where_it_has_none(database):
    keep(database, "走吧。", "Vámonos.")
    assert [e.text for e in found(database, "走吧。", use="sub").exact] == ["Vámonos."]
    assert [e.text for e in found(database, "走吧。", use="print").exact] == ["Vámonos."]
    keep(database, "走吧。", "—Vámonos —dijo.", use="print")
    assert [e.text for e in found(database, "走吧。", use="sub").exact] == ["—Vámonos —dijo."]
    assert [e.text for e in found(database, "走吧。").exact] == ["Vámonos."]


def test_what_was_fitted_to_a_slot_of_the_dub_is_lent_to_nobody(database):
    keep(database, "走吧。", "¡Ya!", length="short")
    assert found(database, "走吧。", use="sub").exact == ()
    assert [e.text for e in found(database, "走吧。").exact] == ["¡Ya!"]


def test_a_lines_own_words_come_first_wherever_it_stands_now(database):
    keep(database, "走吧。", "Vámonos.", context=HERE)
    keep(database, "走吧。", "Vete.", context=ELSEWHERE, line_id="ep001_7k2m")
    mine = found(database, "走吧。", HERE, line_id="ep001_7k2m")
    assert [e.text for e in mine.exact] == ["Vete."]
    theirs = found(database, "走吧。", HERE, line_id="ep001_0000")
    assert [e.text for e in theirs.exact] == ["Vámonos."]
    assert [e.text for e in theirs.offered] == ["Vete."]


def test_two_lines_of_one_context_keep_their_own_words(database):
    keep(database, "走吧。", "Vámonos.", context=HERE, line_id="ep001_aaaa")
    keep(database, "走吧。", "Vete.", context=HERE, line_id="ep001_bbbb")
    told = [found(database, "走吧。", HERE, line_id=f"ep001_{x}").exact for x in ("aaaa", "bbbb")]
    assert [[e.text for e in exact] for exact in told] == [["Vámonos."], ["Vete."]]


def test_an_approval_can_be_taken_back(database):
    keep(database, "走吧。", "Vámonos.", context=HERE)
    keep(database, "走吧。", "Vamos.")
    with database.transaction() as tx:
        assert forget(tx, SERIES, "es", "走吧。") == 2
    assert found(database, "走吧。", HERE).exact == ()


def test_the_context_is_who_says_it_to_whom_after_what():
    assert HERE.hash == Context("顾言泽", "林小雨", "你来了！").hash
    assert len({HERE.hash, Context("顾言泽").hash, Context("", "顾言泽").hash}) == 3


def test_one_memory_answers_for_many_lines_with_one_query(database):
    keep(database, "走吧。", "Vámonos.")
    with database.reading() as tx:
        memory = open_memory(tx, SERIES, "es")
    assert memory.recall("走吧。").exact[0].text == "Vámonos."


@given(st.text(max_size=40))
def test_every_text_is_wholly_similar_to_itself(text):
    assert similarity(trigrams(text), trigrams(text)) == pytest.approx(1.0)


@given(st.text(max_size=40), st.text(max_size=40))
def test_similarity_is_the_same_both_ways_and_a_share(one, other):
    forth, back = (similarity(trigrams(a), trigrams(b)) for a, b in ((one, other), (other, one)))
    assert forth == back
    assert 0 <= forth <= 1


@given(st.text(alphabet="我你他走吧来", max_size=12), st.text(alphabet="我你他走吧来", max_size=12))
def test_the_marked_difference_holds_both_texts(old, new):
    import re

    marked = difference(old, new)
    assert re.sub(r"\[-.*?-\]", "", marked).replace("{+", "").replace("+}", "") == new
    assert re.sub(r"\{\+.*?\+\}", "", marked).replace("[-", "").replace("-]", "") == old
