"""Numbers in digits, with the marks of every habit: 1,500 and 1.500, 3,5 and 3.5."""

import re
import unicodedata
from fractions import Fraction

from silkreel.dubbing.amounts import Amount


def read_digits(text: str) -> tuple[Amount, ...]:
    """Amounts written in digits, for languages whose number words are not known."""
    found: list[Amount] = []
    for match in re.finditer(r"\d[\d.,]*\d|\d", unicodedata.normalize("NFKC", text)):
        values = digit_values(match[0], decimal_comma=False)
        values += digit_values(match[0], decimal_comma=True)
        found.append(Amount(frozenset(values), text=match[0]))
    return tuple(found)


def digit_values(text: str, *, decimal_comma: bool) -> list[Fraction]:
    """What a written number may mean, likeliest first: 1.500 is 1500, or 1.5 in Mexico."""
    if re.fullmatch(r"\d{1,3}(?:([.,])\d{3})(?:\1\d{3})+", text) or re.fullmatch(r"\d+", text):
        return [Fraction(re.sub(r"[.,]", "", text))]
    if re.fullmatch(r"\d{1,3}[.,]\d{3}", text):
        whole = Fraction(re.sub(r"[.,]", "", text))
        part = Fraction(text.replace(",", "."))
        grouped = ("." in text) == decimal_comma
        return [whole] if grouped else [part, whole]
    if re.fullmatch(r"\d+[.,]\d{1,2}", text):
        return [Fraction(text.replace(",", "."))]
    plain = re.fullmatch(r"(\d{1,3}(?:[.,]\d{3})+)[.,](\d{1,2})", text)
    if plain:
        return [Fraction(re.sub(r"[.,]", "", plain[1]) + "." + plain[2])]
    try:
        return [Fraction(text.replace(",", "."))]
    except ValueError:
        return [Fraction(part) for part in re.split(r"[.,]", text)[:1]]
