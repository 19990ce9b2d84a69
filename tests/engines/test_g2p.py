"""Text becomes symbols Kokoro knows; marks and names survive."""

import json
import shutil

import pytest

from silkreel.engines.contracts import EngineMissing
from silkreel.engines.espeak_program import run_espeak
from silkreel.engines.g2p import phonemes, plain, unmarked, with_readings
from silkreel.engines.kokoro_worker import MOST_SYMBOLS, pieces
from silkreel.engines.weights import model_file

pytestmark = pytest.mark.models
needs_espeak = pytest.mark.skipif(not shutil.which("espeak-ng"), reason="espeak-ng is missing")


@pytest.fixture(scope="module")
def vocabulary(model_settings):
    content = model_file("kokoro", model_settings, "vocab.json").read_text(encoding="utf-8")
    return json.loads(content)["vocab"]


@needs_espeak
@pytest.mark.parametrize(
    ("letter", "text"),
    [
        ("a", "Mr. Lu, you owe me 3.5 million dollars! Did you think I'd forget?"),
        ("b", "I shan't be home before ten, darling."),
        ("e", "¿Dónde está el niño? Ayer lo vi… ¡con mi hermana!"),
        ("f", "Vous pensiez que j’oublierais ? Jamais, mon amour."),
        ("h", "क्या तुमने सोचा कि मैं भूल जाऊँगी? कभी नहीं।"),
        ("i", "Pensavi che me ne sarei dimenticata? Mai!"),
        ("p", "Você achou que eu ia esquecer? Não, senhor."),
        ("z", "顾总，你欠我3500万，你以为我会忘记吗？OK，再见！"),
    ],
)
def test_every_language_gives_known_symbols_and_keeps_its_marks(letter, text, vocabulary):
    found = phonemes(text, letter, vocabulary)
    assert found.dropped == ()
    assert len(found.symbols) > 15
    wanted = {mark for mark in "?!" if mark in text or {"?": "？", "!": "！"}[mark] in text}
    assert wanted <= set(found.symbols)


@needs_espeak
def test_decimals_and_titles_do_not_end_a_clause(vocabulary):
    found = phonemes("Mr. Lu has 3.5 shares.", "a", vocabulary).symbols
    assert found.count(".") == 1
    assert found.endswith(".")


def test_numbers_are_spelled_out_in_mandarin(vocabulary):
    assert phonemes("3500万", "z", vocabulary) == phonemes("三千五百万", "z", vocabulary)


def test_a_reading_overrides_a_polyphone(vocabulary):
    # 重阳 is chong2 yang2 as a name; 单 is shan4 as a surname, dan1 elsewhere.
    marked = with_readings("单先生来了。", {"单": "shan4"})
    assert marked == "⟦单|shan4⟧先生来了。"
    assert unmarked(marked) == "单先生来了。"
    assert phonemes(marked, "z", vocabulary).symbols.startswith("ʂa↘n")
    assert not phonemes("单先生来了。", "z", vocabulary).symbols.startswith("ʂa↘n")


def test_the_longest_name_is_marked_and_only_once():
    marked = with_readings("Gu Chongyang and Gu", {"Gu": "Goo", "Gu Chongyang": "Goo Chong-yahng"})
    assert plain(marked) == "Goo Chong-yahng and Goo"


@needs_espeak
def test_a_respelling_is_spoken_in_place_of_the_name(vocabulary):
    marked = with_readings("Call Xue.", {"Xue": "Shweh"})
    assert phonemes(marked, "a", vocabulary) == phonemes("Call Shweh.", "a", vocabulary)


def test_symbols_nobody_knows_are_dropped_and_told(vocabulary):
    smaller = {symbol: number for symbol, number in vocabulary.items() if symbol != "↘"}
    found = phonemes("去", "z", smaller)
    assert found.dropped == ("↘",)
    assert "↘" not in found.symbols


def test_long_texts_are_cut_behind_clauses():
    text = "aaaa bbbb cccc, " * 100
    cut = list(pieces(text.strip()))
    assert all(len(piece) <= MOST_SYMBOLS for piece in cut)
    assert all(piece.endswith(",") for piece in cut)
    assert "".join(cut).replace(" ", "") == text.replace(" ", "")
    assert [len(piece) for piece in pieces("x" * 1200)] == [500, 500, 200]


def test_without_the_program_the_sentence_names_the_command(monkeypatch):
    monkeypatch.setenv("PATH", "/nowhere")
    with pytest.raises(EngineMissing, match="apt-get install espeak-ng"):
        run_espeak(["--version"])
