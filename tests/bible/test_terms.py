"""Terms of the bible reach engines and gate in the language at hand."""

from silkreel.bible.cast import put_character
from silkreel.bible.terms import put_term, term_hints, terms_of
from silkreel.engines.contracts import TermHint

SERIES = "s1"


def test_a_term_is_put_once_and_brought_up_to_date(database):
    with database.transaction() as tx:
        put_term(tx, SERIES, "顾总", targets={"es": "señor Gu"})
        put_term(tx, SERIES, "顾总", kind="person", targets={"es": "presidente Gu"})
        [row] = terms_of(tx, SERIES)
        assert (row.kind, row.targets) == ("person", {"es": "presidente Gu"})


def test_hints_hold_what_an_engine_must_write_and_must_not(database):
    with database.transaction() as tx:
        put_term(
            tx, SERIES, "顾总", kind="person", targets={"pt-BR": "senhor Gu", "en": "Mr. Gu"},
            forbidden={"pt-BR": ["chefe Gu"]},
        )  # fmt: skip
        assert term_hints(tx, SERIES, "pt-BR") == (
            TermHint("顾总", "senhor Gu", "person", ("chefe Gu",)),
        )


def test_a_form_of_the_same_language_serves_where_the_tag_has_none(database):
    with database.transaction() as tx:
        put_term(tx, SERIES, "云城", kind="place", targets={"pt": "Yuncheng"})
        assert [hint.target for hint in term_hints(tx, SERIES, "pt-BR")] == ["Yuncheng"]
        assert term_hints(tx, SERIES, "es") == ()


def test_the_casts_names_are_terms_too_and_a_term_speaks_first(database):
    with database.transaction() as tx:
        put_character(tx, SERIES, "林小雨", names={"es": "Lin Xiaoyu"}, found_by="series.yaml")
        put_character(tx, SERIES, "顾总", names={"es": "Gu"}, found_by="series.yaml")
        put_term(tx, SERIES, "顾总", targets={"es": "señor Gu"})
        hints = {hint.source: hint.target for hint in term_hints(tx, SERIES, "es")}
    assert hints == {"林小雨": "Lin Xiaoyu", "顾总": "señor Gu"}
