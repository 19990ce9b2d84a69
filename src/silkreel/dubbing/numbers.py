"""The numbers of a line, whatever its language: one door to the readers."""

from silkreel.dubbing.amounts import Amount
from silkreel.dubbing.number_words import NUMBER_WORDS
from silkreel.dubbing.numbers_chinese import read_chinese
from silkreel.dubbing.numbers_digits import read_digits
from silkreel.dubbing.numbers_latin import read_latin
from silkreel.kit.languages import primary

_HAN_NUMERALS = frozenset({"zh", "ja", "yue"})


def read_numbers(text: str, language: str) -> tuple[Amount, ...]:
    """Every amount in a line; digits only where the language's number words are not known."""
    tongue = primary(language)
    if tongue in _HAN_NUMERALS:
        return read_chinese(text)
    if tongue in NUMBER_WORDS:
        return read_latin(text, NUMBER_WORDS[tongue])
    return read_digits(text)


def spells_numbers(language: str) -> bool:
    """Whether spelled-out numbers of the language are read, so that a missing one is certain."""
    return primary(language) in _HAN_NUMERALS | NUMBER_WORDS.keys()
