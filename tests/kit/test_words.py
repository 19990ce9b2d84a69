"""Sentences come back in the reader's language."""

import pytest

from silkreel.kit.languages import UnknownLanguage
from silkreel.kit.refusals import Refusal
from silkreel.kit.words import (
    Counted,
    environment_language,
    languages,
    load_catalogue,
    reader_language,
    speaking,
    words,
)

LINES = Counted("{count} lines to look at.", one="{count} line to look at.")


class Unfilled(Refusal):
    message = "{name} lacks {other}."


def test_a_refusal_speaks_the_language_in_force_when_it_is_read():
    refusal = UnknownLanguage(tag="klingon")
    with speaking("es"):
        assert str(refusal).startswith("klingon no es una etiqueta de idioma")
    with speaking("zh-Hans"):
        assert str(refusal).startswith("klingon 不是我们认识的语言标签")
    with speaking("en"):
        assert str(refusal).startswith("klingon is no language tag")


def test_speaking_inside_speaking_goes_back_to_the_first():
    with speaking("es"):
        with speaking("pt-BR"):
            assert words("This request is too large.") == "Este pedido é grande demais."
        assert words("This request is too large.") == "Esta petición es demasiado grande."


@pytest.mark.parametrize(
    ("language", "one", "many"),
    [
        ("en", "1 line to look at.", "7 lines to look at."),
        ("es", "1 línea por revisar.", "7 líneas por revisar."),
        ("pt-BR", "1 linha a revisar.", "7 linhas a revisar."),
        ("zh-Hans", "有 1 行需要查看。", "有 7 行需要查看。"),
    ],
)
def test_a_count_has_its_form(language, one, many):
    with speaking(language):
        assert words(LINES, count=1) == one
        assert words(LINES, count=7) == many


def test_none_follows_the_rule_of_the_language():
    with speaking("pt-BR"):
        assert words(LINES, count=0) == "0 linha a revisar."
    with speaking("es"):
        assert words(LINES, count=0) == "0 líneas por revisar."


def test_a_sentence_nobody_translated_stays_as_it_is():
    with speaking("es"):
        assert words("Nobody wrote this, {name}.", name="Ana") == "Nobody wrote this, Ana."


def test_a_place_nobody_filled_is_shown_as_it_is_written():
    assert str(Unfilled(name="This")) == "This lacks {other}."


def test_a_language_without_a_catalogue_says_the_original():
    assert load_catalogue("../../etc").gettext("Models") == "Models"
    with speaking("xx"):
        assert words("Models") == "Models"


@pytest.mark.parametrize(
    ("wished", "given"),
    [
        (["es-MX"], "es"),
        (["es-419"], "es"),
        (["pt-PT"], "pt-BR"),
        (["pt"], "pt-BR"),
        (["zh-CN"], "zh-Hans"),
        (["zh-Hans-SG"], "zh-Hans"),
        (["zh-TW"], "en"),
        (["tlh", "fi", "es"], "es"),
        (["en-GB", "es"], "en"),
        ([], "en"),
    ],
)
def test_a_reader_gets_the_nearest_language(wished, given):
    assert reader_language(wished) == given


@pytest.mark.parametrize(
    ("environment", "given"),
    [
        ({"LANG": "es_MX.UTF-8"}, "es"),
        ({"LANG": "ca_ES.UTF-8@valencia"}, "en"),
        ({"LANG": "C.UTF-8"}, "en"),
        ({"LANG": "es_ES.UTF-8", "LC_ALL": "pt_PT"}, "pt-BR"),
        ({"LANG": "es_ES.UTF-8", "LC_MESSAGES": "zh_CN.UTF-8"}, "zh-Hans"),
        ({"LANG": "es_ES.UTF-8", "LANGUAGE": "fi:pt_BR:es"}, "pt-BR"),
        ({"LANG": "es_ES.UTF-8", "SILKREEL_LANGUAGE": "zh-Hans"}, "zh-Hans"),
        ({"LANG": "es_ES.UTF-8", "SILKREEL_LANGUAGE": ""}, "es"),
        ({}, "en"),
    ],
)
def test_the_environment_names_the_language_of_the_command_line(environment, given):
    assert environment_language(environment) == given


def test_english_stands_first_among_the_languages():
    assert languages()[0] == "en"
    assert {"es", "pt-BR", "zh-Hans"} <= set(languages())
