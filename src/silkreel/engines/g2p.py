"""From text to the symbols Kokoro was taught with.

Mandarin goes through misaki (jieba, pypinyin, cn2an); every other language through the program
espeak-ng, clause by clause, because it drops the marks that carry the prosody. Readings of names
travel in the text as ⟦顾重阳|gu4 chong2 yang2⟧: pinyin with tone digits for Mandarin, a respelling
for the others.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

from silkreel.engines.espeak_program import run_espeak

ESPEAK_VOICES = {
    "a": "en-us", "b": "en-gb", "e": "es-419", "f": "fr-fr", "h": "hi", "i": "it", "p": "pt-br",
}  # fmt: skip
MANDARIN = "z"
READING = re.compile(r"⟦([^|⟦⟧]+)\|([^|⟦⟧]+)⟧")
HAN = re.compile(r"[\u3400-\u9fff]+")
LATIN = re.compile(r"[A-Za-z][A-Za-z' -]*")
FLAG = re.compile(r"\([a-z]{2,3}(?:-[a-z0-9-]+)?\)")  # espeak's note of a change of language
# Full-width marks and relatives as the marks Kokoro knows.
MARKS = str.maketrans(
    "，、。．！？：；«»《》「」【】（）„–।॥‘",
    ",,..!?:;“”“”“”“”()“—..“",
)
# A mark ends a clause where a blank, a quote or the end follows; 3.5 and 10:30 stay whole.
CLAUSE_END = re.compile(r"([,.!?;:…]+[”\")]*(?=\s|$|[“”\"(])|[—“”\"()]|\.{2,})")
CJK_END = re.compile(r"(?<=[\u3400-\u9fff])([,.!?;:])(?=\S)")
TITLES = re.compile(r"\b(Mr|Mrs|Ms|Dr|St|Jr|Sr|Prof|Sra?|Dra?|Mme|M)\.(?=\s)")
PAIRS = (
    ("a^ɪ", "I"), ("a^ʊ", "W"), ("d^z", "ʣ"), ("d^ʒ", "ʤ"), ("e^ɪ", "A"), ("o^ʊ", "O"),
    ("ə^ʊ", "Q"), ("s^s", "S"), ("t^s", "ʦ"), ("t^ʃ", "ʧ"), ("ɔ^ɪ", "Y"), ("^", ""), ("-", ""),
)  # fmt: skip
ENGLISH = (
    ("ʔˌn\u0329", "ʔn"), ("ʔn\u0329", "ʔn"), ("a^ɪ", "I"), ("a^ʊ", "W"), ("d^ʒ", "ʤ"),
    ("e^ɪ", "A"), ("t^ʃ", "ʧ"), ("ɔ^ɪ", "Y"), ("ə^l", "ᵊl"), ("ʲo", "jo"), ("ʲə", "jə"),
    ("ʲ", ""), ("ɚ", "əɹ"), ("r", "ɹ"), ("x", "k"), ("ç", "k"), ("ɐ", "ə"), ("ɬ", "l"),
    ("\u0303", ""),
)  # fmt: skip
AMERICAN = (("o^ʊ", "O"), ("ɜːɹ", "ɜɹ"), ("ɜː", "ɜɹ"), ("ɪə", "iə"), ("ː", ""))
BRITISH = (("e^ə", "ɛː"), ("iə", "ɪə"), ("ə^ʊ", "Q"))
LAST = (("o", "ɔ"), ("ɾ", "T"), ("ʔ", "t"), ("^", ""), ("-", ""))


@dataclass(frozen=True, slots=True)
class Phonemes:
    """Symbols to speak, and those of the text's sounds that Kokoro does not know."""

    symbols: str
    dropped: tuple[str, ...] = ()


def phonemes(text: str, letter: str, vocabulary: Mapping[str, int]) -> Phonemes:
    """Symbols for `text` in the language of a voice's first letter; unknown ones are dropped."""
    raw = mandarin(text) if letter == MANDARIN else spelled(plain(text), ESPEAK_VOICES[letter])
    tidy = re.sub(r"\s+", " ", raw).strip()
    dropped = tuple(sorted({symbol for symbol in tidy if symbol not in vocabulary}))
    return Phonemes("".join(symbol for symbol in tidy if symbol in vocabulary), dropped)


def with_readings(text: str, readings: Mapping[str, str]) -> str:
    """The text with each name that has a reading marked, longest names first."""
    names = [name for name in sorted(readings, key=len, reverse=True) if readings[name].strip()]
    if not names:
        return text
    either = re.compile("|".join(re.escape(name) for name in names))
    return either.sub(lambda found: f"⟦{found[0]}|{readings[found[0]]}⟧", text)


def plain(text: str) -> str:
    """The text with marked names written as they are read."""
    return READING.sub(r"\2", text)


def unmarked(text: str) -> str:
    """The text as its author wrote it."""
    return READING.sub(r"\1", text)


def spelled(text: str, espeak_voice: str) -> str:
    """Kokoro's symbols by espeak-ng, with the marks between the clauses put back."""
    text = TITLES.sub(r"\1", text.translate(MARKS))
    text = CJK_END.sub(r"\1 ", text)
    english = espeak_voice.startswith("en")
    result = []
    for piece in CLAUSE_END.split(text):
        if not piece.strip():
            result.append(piece)
        elif any(character.isalnum() for character in piece):
            lead, tail = piece[: len(piece) - len(piece.lstrip())], piece[len(piece.rstrip()) :]
            symbols = _symbols(piece.strip(), espeak_voice)
            mapped = _english(symbols, espeak_voice) if english else _replaced(symbols, PAIRS)
            result.append(lead + mapped + tail)
        else:
            result.append(piece)
    return "".join(result)


def mandarin(text: str) -> str:
    """Kokoro's symbols for Mandarin; Latin words in it are read as English."""
    pieces, last = [], 0
    for found in READING.finditer(text):
        pieces.append(_mandarin(text[last : found.start()]))
        pieces.append(f" {_pinyin(found[2])} ")
        last = found.end()
    return "".join([*pieces, _mandarin(text[last:])])


def _mandarin(text: str) -> str:
    result, last = [], 0
    for found in LATIN.finditer(text):
        result.append(_chinese(text[last : found.start()]))
        result.append(f" {spelled(found[0].strip(), 'en-us')} ")
        last = found.end()
    return "".join([*result, _chinese(text[last:])])


def _chinese(text: str) -> str:
    if not text.strip():
        return text
    import cn2an

    tools = _mandarin_tools()
    written = tools.map_punctuation(cn2an.transform(text, "an2cn").replace("…", "… "))
    words = HAN.sub(lambda found: _words(found[0]), written).replace(chr(815), "")
    return words.translate(MARKS) + " " * text[-1:].isspace()


def _words(text: str) -> str:
    import jieba

    tools = _mandarin_tools()
    return " ".join(tools.word2ipa(word) for word in jieba.lcut(text, cut_all=False))


def _pinyin(reading: str) -> str:
    tools = _mandarin_tools()
    if HAN.fullmatch(reading.replace(" ", "")):  # a reading by other characters of that sound
        return "".join(tools.word2ipa(each) for each in reading.split())
    syllables = [each if each[-1].isdigit() else f"{each}5" for each in reading.split()]
    return "".join(tools.py2ipa(each.lower()) for each in syllables).replace(chr(815), "")


@cache
def _mandarin_tools() -> Any:
    import logging

    import jieba
    from misaki.zh import ZHG2P

    jieba.setLogLevel(logging.ERROR)
    return ZHG2P


def _symbols(clause: str, espeak_voice: str) -> str:
    arguments = ["-q", "--ipa", "--tie=^", "-v", espeak_voice, "--stdin"]
    lines = run_espeak(arguments, clause).decode(errors="replace").split("\n")
    return FLAG.sub("", " ".join(line.strip() for line in lines if line.strip()))


def _english(symbols: str, espeak_voice: str) -> str:
    symbols = _replaced(symbols, ENGLISH)
    symbols = re.sub(r"(\S)\u0329", r"ᵊ\1", symbols).replace("\u0329", "")
    symbols = _replaced(symbols, BRITISH if espeak_voice == "en-gb" else AMERICAN)
    return _replaced(symbols, LAST)


def _replaced(symbols: str, table: tuple[tuple[str, str], ...]) -> str:
    for old, new in table:
        symbols = symbols.replace(old, new)
    return symbols
