"""Numbers in English, Spanish and Portuguese dialogue, in digits or spelled out.

One reader over a table per language: adding a language is adding a table.
"""

import re
import unicodedata
from dataclasses import dataclass, field
from fractions import Fraction

from silkreel.dubbing.amounts import Amount, Firmness, Values
from silkreel.dubbing.numbers_digits import digit_values

_SYMBOLS = {"R$": "real", "US$": "dollar", "$": "dollar", "€": "euro", "£": "pound", "¥": "yuan"}
_TOKEN = re.compile(
    r"(?P<symbol>R\$|US\$|[$€£¥])|(?P<digits>\d[\d.,]*\d|\d)(?P<suffix>[A-Za-zºª%]*)"
    r"|(?P<word>[^\W\d_]+(?:-feira|(?:['’][^\W\d_]+)*))|(?P<mark>[^\w\s])"
)
_SHORT_SCALE = {"k": 1000, "m": 10**6, "b": 10**9, "bn": 10**9, "mm": 10**6, "mi": 10**6}
_ORDINAL_SUFFIX = frozenset({"st", "nd", "rd", "th", "º", "ª"})


@dataclass(frozen=True, slots=True)
class NumberWords:
    """How a language spells numbers and what it counts."""

    small: dict[str, int]  # one word below 1000
    scales: dict[str, int]
    ordinals: dict[str, int]
    joins: frozenset[str]
    articles: frozenset[str]
    units: dict[str, str]
    months: dict[str, int]
    weekdays: dict[str, int]
    halves: frozenset[str]
    and_half: re.Pattern[str]
    void: re.Pattern[str]  # everyday uses without a number
    loose: re.Pattern[str]  # "the two of us": may be left out
    loose_words: dict[str, Values] = field(default_factory=dict)
    multiplies: frozenset[str] = frozenset()  # "hundred" in English
    decimal_comma: bool = False
    weekday_phrase: re.Pattern[str] | None = None  # "na quinta": a weekday by what stands before


@dataclass(frozen=True, slots=True)
class _Token:
    kind: str
    text: str
    lower: str
    start: int
    end: int
    suffix: str = ""


@dataclass(slots=True)
class _Run:
    """A number being read: what it is so far."""

    total: Fraction = Fraction(0)
    current: Fraction = Fraction(0)
    largest_scale: int = 0
    words: int = 0
    alternatives: Values = frozenset()

    @property
    def value(self) -> Fraction:
        """The number read so far."""
        return self.total + self.current


def read_latin(text: str, words: NumberWords) -> tuple[Amount, ...]:
    """Every amount in a line, in reading order."""
    line = unicodedata.normalize("NFC", text)
    line = words.void.sub(lambda match: " " * len(match[0]), line)
    line, found = _weekday_phrases(line, words)
    loose = [match.span() for match in words.loose.finditer(line)]
    tokens = _tokens(line)
    at = 0
    while at < len(tokens):
        amounts, step = _read_at(tokens, at, words, line)
        found += [_loosened(amount, tokens[at], loose) for amount in amounts]
        at += step
    return tuple(found)


def _weekday_phrases(line: str, words: NumberWords) -> tuple[str, list[Amount]]:
    pattern = words.weekday_phrase
    if pattern is None:
        return line, []
    found = [
        Amount(_one(words.weekdays[f"{match[1].lower()}-feira"]), kind="weekday", text=match[0])
        for match in pattern.finditer(line)
    ]
    return pattern.sub(lambda match: " " * len(match[0]), line), found


def _tokens(line: str) -> list[_Token]:
    return [
        _Token(
            "digits" if match["digits"] else str(match.lastgroup),
            match["digits"] or match[0],
            (match["digits"] or match[0]).lower().replace("’", "'"),
            match.start(),
            match.end(),
            (match["suffix"] or "").lower(),
        )
        for match in _TOKEN.finditer(line)
    ]


def _loosened(amount: Amount, token: _Token, spans: list[tuple[int, int]]) -> Amount:
    if any(first <= token.start < end for first, end in spans):
        return Amount(amount.values, amount.unit, amount.kind, "loose", amount.text)
    return amount


def _read_at(
    tokens: list[_Token], at: int, words: NumberWords, line: str
) -> tuple[list[Amount], int]:
    token = tokens[at]
    single = _single(tokens, at, words)
    if single is not None:
        return [single], 1
    if token.lower in words.halves:
        return _half(tokens, at, words)
    money = token.kind == "symbol"
    run, step = _number(tokens, at + money, words)
    if run is not None and money:
        return [_amount(run, _SYMBOLS[token.text])], step + 1
    if run is None:
        return _article(tokens, at, words, line)
    return _finish(tokens, at, step, run, words, line)


def _single(tokens: list[_Token], at: int, words: NumberWords) -> Amount | None:
    """An amount of one word: a month, "both", "third"."""
    token = tokens[at]
    calendar = _calendar(tokens, at, words)
    if calendar is not None:
        return calendar
    if token.lower in words.loose_words:
        return Amount(words.loose_words[token.lower], firmness="loose", text=token.text)
    if token.lower in words.ordinals and not _plural_unit(tokens, at, words):
        return _ordinal(words.ordinals[token.lower], token.text)
    return None


def _calendar(tokens: list[_Token], at: int, words: NumberWords) -> Amount | None:
    token = tokens[at]
    if token.lower in words.weekdays:
        return Amount(_one(words.weekdays[token.lower]), kind="weekday", text=token.text)
    if token.lower not in words.months:
        return None
    doubtful = token.lower in {"may", "march"} and not _dated(tokens, at)
    if doubtful:
        return None
    return Amount(_one(words.months[token.lower]), kind="month", text=token.text)


def _dated(tokens: list[_Token], at: int) -> bool:
    """Whether "May" or "March" stands beside what only a month stands beside."""
    if not tokens[at].text[0].isupper():
        return False
    after = tokens[at + 1] if at + 1 < len(tokens) else None
    before = tokens[at - 1].lower if at else ""
    return (after is not None and after.kind == "digits") or before in {
        "in", "of", "last", "next", "this", "by", "since", "until", "every",
    }  # fmt: skip


def _number(tokens: list[_Token], at: int, words: NumberWords) -> tuple[_Run | None, int]:
    """Read a number that starts at a token: the run and how many tokens it took."""
    run = _Run()
    step = 0
    while at + step < len(tokens):
        token = tokens[at + step]
        taken = _take(run, token, tokens[at + step + 1 :], words, first=step == 0)
        if not taken:
            break
        step += taken
    if run.words == 0:
        return None, 0
    return run, step


def _take(run: _Run, token: _Token, rest: list[_Token], words: NumberWords, *, first: bool) -> int:
    """Add a token to the run; 0 when it does not go on there."""
    if token.kind == "digits":
        return _take_digits(run, token, words) if first else 0
    word = token.lower
    if word in words.multiplies and run.words:
        run.current = max(Fraction(1), run.current) * 100
    elif word in words.scales:
        return _take_scale(run, words.scales[word], first=first, word=word)
    elif word in words.small and _fits(run, words.small[word]):
        run.current += words.small[word]
    elif run.words and (word in words.joins or token.text == "-") and rest:
        return _take_join(run, token, rest, words)
    else:
        return 0
    run.words += 1
    return 1


def _take_digits(run: _Run, token: _Token, words: NumberWords) -> int:
    values = digit_values(token.text, decimal_comma=words.decimal_comma)
    if not values:
        return 0
    first, *others = values
    run.current = first
    scale = _SHORT_SCALE.get(token.suffix, 1)
    if scale > 1:
        run.current *= scale
    elif others:
        run.alternatives = frozenset(others)
    run.words = 1
    return 1


def _take_scale(run: _Run, scale: int, *, first: bool, word: str) -> int:
    if first and word != "mil":
        return 0  # "millions", or "a million", which the article reads
    run.alternatives = frozenset(each * scale for each in run.alternatives)
    if run.total and scale > run.largest_scale:  # dos mil millones
        run.total = (run.total + run.current) * scale
    else:
        run.total += (run.current or 1) * scale
    run.current, run.largest_scale = Fraction(0), max(scale, run.largest_scale)
    run.words += 1
    return 1


def _take_join(run: _Run, token: _Token, rest: list[_Token], words: NumberWords) -> int:
    following = rest[0].lower
    value = words.small.get(following)
    hyphen = token.text == "-"
    if hyphen and (following in words.multiplies or following in words.scales):
        return 1
    if value is None or rest[0].kind != "word":
        return 0
    if not _fits(run, value):
        return 0
    if token.lower == "and" and run.current % 100:
        return 0  # "two and three" are two numbers
    if hyphen and run.current % 100 < 20:
        return 0
    return 1


def _fits(run: _Run, value: int) -> bool:
    if run.words == 0 or (run.total and run.current == 0):
        return True
    if run.current.denominator != 1:
        return False
    if run.current % 100 == 0 and value < 100 and run.current > 0:
        return True
    return run.current % 10 == 0 and run.current % 100 >= 20 and 0 < value < 10


def _finish(
    tokens: list[_Token], at: int, step: int, run: _Run, words: NumberWords, line: str
) -> tuple[list[Amount], int]:
    last = tokens[at + step - 1]
    if last.kind == "digits" and last.suffix in _ORDINAL_SUFFIX:
        return [_ordinal(int(run.value), last.text)], step
    following = tokens[at + step : at + step + 3]
    if following and _joined_ordinal(run, last, following[0], words):
        value = int(run.value) + words.ordinals[following[0].lower]
        return [_ordinal(value, line[tokens[at].start : following[0].end])], step + 1
    if _is_clock(tokens, at, step):
        return _clock(tokens, at, step, run)
    year = _spoken_year(tokens, at, step, run, words)
    if year is not None:
        return year
    step += _with_half_scale(tokens, at, step, run, words, line)
    unit, taken = _unit(tokens[at + step : at + step + 3], words, tokens[at + step - 1])
    step += taken
    if unit:
        step += _with_half(tokens, at, step, run, words, line)
    return [_amount(run, unit, tokens[at])], step


def _joined_ordinal(run: _Run, last: _Token, following: _Token, words: NumberWords) -> bool:
    """Whether "twenty" goes on to "first"."""
    ordinal = words.ordinals.get(following.lower, 10)
    return last.kind == "word" and run.value >= 20 and run.value % 10 == 0 and ordinal < 10


def _spoken_year(
    tokens: list[_Token], at: int, step: int, run: _Run, words: NumberWords
) -> tuple[list[Amount], int] | None:
    """Two numbers below a hundred are a year: nineteen ninety-eight."""
    if tokens[at].kind != "word" or not 17 <= run.value <= 20:
        return None
    rest, more = _number(tokens, at + step, words)
    if rest is None or tokens[at + step].kind != "word" or not 10 <= rest.value < 100:
        return None
    return [Amount(_one(run.value * 100 + rest.value), text=tokens[at].text)], step + more


def _with_half_scale(
    tokens: list[_Token], at: int, step: int, run: _Run, words: NumberWords, line: str
) -> int:
    """Add the half of "one and a half million" or "un millón y medio"; tokens it took."""
    half = words.and_half.match(line, tokens[at + step - 1].end)
    if half is None:
        return 0
    taken = _tokens_until(tokens, at + step, half.end())
    after = tokens[at + step + taken : at + step + taken + 1]
    if after and after[0].lower in words.scales:
        run.total = (run.value + Fraction(1, 2)) * words.scales[after[0].lower]
        run.current = Fraction(0)
        return taken + 1
    if run.largest_scale:
        run.total += Fraction(run.largest_scale, 2)
        return taken
    if after and after[0].lower in words.units:  # "three and a half days"
        run.current += Fraction(1, 2)
        return taken
    return 0


def _with_half(
    tokens: list[_Token], at: int, step: int, run: _Run, words: NumberWords, line: str
) -> int:
    """Add the half of "a year and a half"; tokens it took."""
    half = words.and_half.match(line, tokens[at + step - 1].end)
    if half is None:
        return 0
    run.current += Fraction(1, 2)
    return _tokens_until(tokens, at + step, half.end())


def _tokens_until(tokens: list[_Token], at: int, end: int) -> int:
    return sum(1 for token in tokens[at : at + 4] if token.start < end)


def _is_clock(tokens: list[_Token], at: int, step: int) -> bool:
    following = [token.text for token in tokens[at + step : at + step + 2]]
    first = tokens[at]
    return (
        step == 1
        and first.kind == "digits"
        and len(following) == 2
        and following[0] == ":"
        and following[1].isdigit()
        and int(re.sub(r"\D", "", first.text)) <= 24
    )


def _clock(tokens: list[_Token], at: int, step: int, run: _Run) -> tuple[list[Amount], int]:
    hour = run.value
    hours = frozenset({hour, hour + 12 if hour <= 12 else hour - 12})
    found = [Amount(hours, text=tokens[at].text)]
    minutes = Fraction(tokens[at + step + 1].text)
    if minutes:
        parts = {minutes} | ({Fraction(1, 2)} if minutes == 30 else set())
        parts |= {Fraction(1, 4)} if minutes in (15, 45) else set()
        found.append(Amount(frozenset(parts), text=tokens[at + step + 1].text))
    return found, step + 2


def _unit(following: list[_Token], words: NumberWords, last: _Token) -> tuple[str, int]:
    if last.suffix == "%":
        return "percent", 0
    for place, token in enumerate(following):
        if token.text == "%":
            return "percent", place + 1
        if token.lower == "per" and following[place + 1 : place + 2]:
            continue
        if token.lower in words.units:
            return words.units[token.lower], place + 1
        if token.lower not in {"de", "of", "-", "por", "more", "full", "whole", "long", "million"}:
            break
    return "", 0


def _half(tokens: list[_Token], at: int, words: NumberWords) -> tuple[list[Amount], int]:
    following = tokens[at + 1 : at + 4]
    skipped = 0
    while skipped < len(following) and following[skipped].lower in words.articles | {"-"}:
        skipped += 1
    after = following[skipped : skipped + 1]
    if after and after[0].lower in words.scales:
        value = Fraction(words.scales[after[0].lower], 2)
        unit, taken = _unit(tokens[at + 2 + skipped : at + 5 + skipped], words, after[0])
        return [Amount(_one(value), unit, text="half")], 2 + skipped + taken
    if after and words.units.get(after[0].lower) in {"hour", "year", "month", "minute"}:
        return [Amount(_one(Fraction(1, 2)), words.units[after[0].lower], text="half")], 2 + skipped
    values = frozenset({Fraction(1, 2), Fraction(30), Fraction(50)})
    return [Amount(values, firmness="loose", text=tokens[at].text)], 1


def _article(
    tokens: list[_Token], at: int, words: NumberWords, line: str
) -> tuple[list[Amount], int]:
    """An article that counts ("a million", "un año"); any other word is passed over."""
    if tokens[at].lower not in words.articles or at + 1 >= len(tokens):
        return [], 1
    following = tokens[at + 1].lower
    counted = following in words.scales or following in words.multiplies or following in words.units
    if not counted or following in words.ordinals:  # "a second time"
        return [], 1
    run, step = _Run(current=Fraction(1), words=1), 1
    while at + step < len(tokens):
        taken = _take(run, tokens[at + step], tokens[at + step + 1 :], words, first=False)
        if not taken:
            break
        step += taken
    return _finish(tokens, at, step, run, words, line)


def _plural_unit(tokens: list[_Token], at: int, words: NumberWords) -> bool:
    """Whether "second" or "segundos" is the unit of time here."""
    word = tokens[at].lower
    if word not in words.units:
        return False
    before = tokens[at - 1].lower if at else ""
    return before in words.articles | {"one", "every", "per", "cada"} or before in words.small


def _ordinal(value: int, text: str) -> Amount:
    values = frozenset({Fraction(value), Fraction(1, value)}) if value > 2 else _one(value)
    firmness: Firmness = "firm" if value > 2 else "loose"
    return Amount(values, kind="ordinal", firmness=firmness, text=text)


def _amount(run: _Run, unit: str, token: _Token | None = None) -> Amount:
    values = frozenset({run.value}) | run.alternatives
    spelled = token is not None and token.kind == "word"
    loose = run.value in (0, 1) and (spelled or not unit)
    text = token.text if token is not None else ""
    return Amount(values, unit, firmness="loose" if loose else "firm", text=text)


def _one(value: Fraction | int) -> Values:
    return frozenset({Fraction(value)})
