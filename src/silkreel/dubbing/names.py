"""Names in a translation: those that must be there, and those that nobody gave it."""

import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

from silkreel.dubbing.romanised import plain_letters, stands_in_source
from silkreel.dubbing.scripts import scripts_of
from silkreel.dubbing.word_lists import WordLists, is_word, name_lists, word_lists
from silkreel.engines.contracts import TermHint

_WORD = re.compile(r"[^\W\d_]+(?:[-'’][^\W\d_]+)*")
_ABBREVIATIONS = frozenset({"mr", "mrs", "ms", "dr", "sr", "sra", "srta", "st", "d", "prof", "dra"})
_SAME_TITLE = {
    "mister": "mr", "missus": "mrs", "doctor": "dr", "doctora": "dra", "señor": "sr", "señora": "sra",
    "señorita": "srta", "senhor": "sr", "senhora": "sra", "senhorita": "srta", "doutor": "dr",
    "doutora": "dra", "professor": "prof", "profesor": "prof",
}  # fmt: skip
_NO_NAME_ENDS = re.compile(
    r"(?:ing|tion|sion|ness|ment|ity|ism|ly|ed|ies|able|ible|ful|less|ous|ción|sión|dad|mente|ando|endo"
    r"|iendo|indo|ado|ada|ção|dade|agem|amos|emos|imos|aste|iste|ei|ías|aba[sn]?|avam?|rían|riam)$"
)
# Spanish and Portuguese orders with a pronoun behind: suéltame, encuéntrenla, ajoelhe-se.
_ORDER_ENDS = re.compile(
    r"[áéíóú]\w*(?:me|te|se|l[aeo]s?|nos)$|-(?:me|te|se|l?[ao]s?|lhes?)$|rl[ao]s?$|n(?:me|los?|las?)$"
)
_STRONG_PINYIN = re.compile(
    r"^(?:x|zh|qi[^u]|q(?:ing|in|iu|uan$))|iao|iong|iang|uang|^shu[aeio]|^chu[aeio]"
)
_ENGLISH_VERBS = frozenset(
    [
        "is",
        "was",
        "has",
        "had",
        "will",
        "would",
        "can",
        "could",
        "did",
        "does",
        "said",
        "says",
        "knows",
        "knew",
        "wants",
        "never",
        "always",
        "just",
        "came",
        "went",
        "isn't",
        "wasn't",
        "won't",
        "can't",
        "didn't",
        "doesn't",
        "and",
        "left",
        "took",
        "gave",
        "made",
        "told",
        "saw",
        "met",
        "got",
        "became",
        "kept",
        "found",
        "lost",
        "heard",
        "felt",
        "thought",
        "brought",
        "bought",
        "ran",
        "fell",
        "broke",
        "drove",
        "wrote",
        "spoke",
        "stole",
        "chose",
        "slept",
        "wept",
        "sent",
        "spent",
        "paid",
        "stood",
        "sat",
        "won",
        "led",
        "held",
        "hid",
        "hit",
        "cut",
        "put",
        "let",
        "set",
        "shut",
        "hurt",
        "beat",
        "bit",
        "threw",
        "grew",
        "taught",
        "fought",
        "caught",
        "sold",
        "swore",
        "wore",
        "woke",
        "rose",
        "flew",
        "drew",
        "ate",
        "drank",
        "sang",
        "rang",
        "swam",
        "began",
        "also",
        "still",
        "only",
        "really",
    ]
)
_LINKS = frozenset({"of", "of the", "de", "de la", "del", "de los", "da", "do", "das", "dos"})
_FIGURE = re.compile(r"\d[\d.,:]*")  # the colon of 3:30 opens no sentence
_LAUGHTER = re.compile(r"(?:[hj][aeiou]+){2,}h?$|[hj]a+h?$")
_ENGLISH_VERB_ENDS = re.compile(r"\w{2}(?:ed|[^s']s)$")
_VERB_ENDS = re.compile(r"\w{2}(?:ó|aba|ía|ou|eu|iu|ava|ará|erá|irá)$")
_EVERY_WORD_CAPITAL_SHARE = 0.6  # a title, not a sentence
_TITLE_WORDS, _TITLE_LONG_WORDS = 4, 3
_SHORTEST_VERB = 3  # characters; shorter words in -a and -e are articles and pronouns


@dataclass(frozen=True, slots=True)
class NameProblem:
    """A name that is missing, made up, forbidden, or from the bible but not from this line."""

    kind: Literal["missing", "invented", "forbidden", "added"]
    name: str
    source: str = ""


@dataclass(frozen=True, slots=True)
class _Capital:
    """A word with a capital, and where it stands."""

    text: str
    lower: str
    opens: bool  # the first of its sentence: the capital says nothing
    after_title: bool  # Mr. Liu
    before: str
    after: str  # the next word, lower case
    mark: str  # the mark that follows at once
    phrase: tuple[str, ...]  # the capitals it stands among, itself included
    linked: bool  # an "of" joins it to the one before


def terms_in(source: str, terms: Sequence[TermHint]) -> tuple[TermHint, ...]:
    """Terms that stand in the source, the longest first; a term inside a longer one does not count."""
    free = unicodedata.normalize("NFC", source)
    found: list[TermHint] = []
    for term in sorted(terms, key=lambda term: (-len(term.source), term.source)):
        pattern = _as_word(term.source)
        if term.source and pattern.search(free):
            found.append(term)
            free = pattern.sub(lambda match: "\0" * len(match[0]), free)
    return tuple(found)


def term_problems(source: str, target: str, terms: Sequence[TermHint]) -> Iterator[NameProblem]:
    """Terms of the source whose approved form is missing, and forms nobody may use."""
    here = terms_in(source, terms)
    for term in here:
        forms = accepted_forms(term)
        if forms and not any(_stands(form, target) for form in forms):
            yield NameProblem("missing", forms[0], term.source)
    for term in terms:
        for form in term.forbidden:
            allowed = any(_covers(good, form, target) for good in accepted_forms(term))
            named = term in here or form[:1].isupper()
            if named and _stands(form, target) and not allowed:
                yield NameProblem("forbidden", form, term.source)


def accepted_forms(term: TermHint) -> tuple[str, ...]:
    """Forms that count as the term; the first is the approved one, others follow a bar."""
    return tuple(form.strip() for form in term.target.split("|") if form.strip())


def invented_names(
    source: str, target: str, *, target_language: str, terms: Sequence[TermHint]
) -> Iterator[NameProblem]:
    """Names in a cased target that come neither from the source nor from the bible."""
    if "latin" not in scripts_of(target_language):
        return
    lists = word_lists(target_language)
    bible = {plain_letters(word) for term in terms for word in _WORD.findall(term.target)}
    here = terms_in(source, terms)
    said = {plain_letters(word) for term in here for word in _WORD.findall(term.target)}
    source_forms = {plain_letters(word) for term in terms for word in _WORD.findall(term.source)}
    for capital in _capitals(target, lists):
        letters = plain_letters(_bare(capital.text))
        if letters in said or not _is_name(capital, lists):
            continue
        if capital.opens and _is_everyday(capital, target_language):
            continue
        if any(stands_in_source(part, source) for part in _readings(capital)):
            continue
        if letters in bible or letters in source_forms:
            yield NameProblem("added", capital.text)
        else:
            yield NameProblem("invented", capital.text)


def _readings(capital: _Capital) -> Iterator[str]:
    """The word alone, and every run of capitals it is part of, both ways round: Chen Hao, Hao Chen."""
    word, phrase = _bare(capital.text), [_bare(each) for each in capital.phrase]
    yield word
    for first in range(len(phrase)):
        for end in range(first + 2, min(first + 4, len(phrase)) + 1):
            if word in phrase[first:end]:
                yield "".join(phrase[first:end])
                yield "".join(reversed(phrase[first:end]))


def _is_name(capital: _Capital, lists: WordLists) -> bool:
    bare = _bare(capital.lower)
    known = bare in lists.honorific or bare in lists.capital or capital.lower in lists.capital
    if capital.after_title and not capital.opens:
        return bare not in lists.honorific and bare not in lists.capital
    if known or (capital.text.isupper() and 1 < len(capital.text) <= 5):
        return False
    if _part_of_a_title(capital, lists):
        return bare not in lists.common and (bool(_pinyin(bare)) or bare in name_lists().given)
    if not capital.opens:
        return len(bare) > 1
    return _opens_like_a_name(capital, bare, lists)


def _is_everyday(capital: _Capital, language: str) -> bool:
    """Whether a sentence's first word is in the dictionary, and no name a machine would think of."""
    bare = _bare(capital.lower)
    return bare not in name_lists().given and is_word(bare, language)


def _part_of_a_title(capital: _Capital, lists: WordLists) -> bool:
    """Whether the word belongs to an institution or a title: Civil Affairs Bureau, God of War."""
    words = [each.lower() for each in capital.phrase]
    headed = len(words) > 1 and words[0] in lists.capital | lists.honorific and capital.linked
    return not capital.after_title and (bool(lists.institution & set(words)) or headed)


def _opens_like_a_name(capital: _Capital, bare: str, lists: WordLists) -> bool:
    """Whether a sentence's first word is a name: it is listed, looks like pinyin, or acts like one."""
    names = name_lists()
    if lists.common & {bare, capital.lower, bare.split("-", maxsplit=1)[0]} or _LAUGHTER.match(
        bare
    ):
        return False
    if bare in names.given:
        return True
    if _NO_NAME_ENDS.search(bare) or _ORDER_ENDS.search(bare):
        return False
    syllables = _pinyin(bare)
    if syllables and (_STRONG_PINYIN.search(bare)):
        return True
    verbs = lists.verbs or _ENGLISH_VERBS
    ends = _VERB_ENDS if lists.verbs else _ENGLISH_VERB_ENDS
    acts = (
        capital.after in verbs
        or capital.lower.endswith(("'s", "’s"))
        or (bool(ends.search(capital.after)) and not bare.endswith("s"))
        or (bool(lists.verbs) and bare[-1] not in "os" and _sings(capital.after, lists))
    )
    calls = capital.mark == "," or (bool(syllables) and capital.mark in {"!", "?", "."})
    return bool(lists.common) and len(bare) > 1 and (acts or calls)


def _sings(after: str, lists: WordLists) -> bool:
    """Whether a word is a Spanish or Portuguese verb by its look: bare nouns open no sentence there."""
    ends = after.endswith(("a", "e", "am", "em", "an", "en")) and not after.endswith("mente")
    return len(after) > _SHORTEST_VERB and ends and after not in lists.common


def _pinyin(word: str) -> int:
    """How many pinyin syllables a word splits into; 0 when it does not."""
    if not word.isascii() or not word.isalpha():
        return 0
    syllables = name_lists().syllable
    ways = [0] + [0] * len(word)
    for end in range(1, len(word) + 1):
        for first in range(max(0, end - 6), end):
            if (first == 0 or ways[first]) and word[first:end] in syllables:
                ways[end] = ways[first] + 1
                break
    return ways[-1]


def _capitals(target: str, lists: WordLists) -> Iterator[_Capital]:
    words = list(_WORD.finditer(target))
    if _is_title(target, words):
        words = []
    for place, match in enumerate(words):
        if not match[0][0].isupper():
            continue
        before = words[place - 1] if place else None
        gap = _FIGURE.sub(" ", target[before.end() if before else 0 : match.start()])
        earlier = next((word for word in reversed(words[:place]) if word[0][0].isupper()), None)
        link = target[earlier.end() : match.start()].strip() if earlier else ""
        previous = before[0].lower() if before else ""
        after_title = _bare(previous) in lists.honorific and not re.search(r"[!?,;:…]", gap)
        opens = before is None or (
            bool(re.search(r"[.!?…:;\"“”«»¿¡\n—–-]", gap))
            and not (previous in _ABBREVIATIONS and gap.strip() == ".")
        )
        following = words[place + 1] if place + 1 < len(words) else None
        between = target[match.end() : following.start() if following else len(target)]
        yield _Capital(
            text=match[0],
            lower=match[0].lower(),
            opens=opens,
            after_title=after_title
            and not (opens and "." in gap and previous not in _ABBREVIATIONS),
            before=previous,
            after=following[0]
            if following and following[0].islower() and not between.strip()
            else "",
            mark=between.strip()[:1],
            phrase=_phrase(target, words, place),
            linked=link in _LINKS,
        )


def _phrase(target: str, words: list[re.Match[str]], place: int) -> tuple[str, ...]:
    """The capitals in a row that a word stands among; blanks, "of" and "de la" may lie between."""
    capitals = [match for match in words if match[0][0].isupper()]
    first = end = capitals.index(words[place])
    while first and _joined(target, capitals[first - 1], capitals[first]):
        first -= 1
    while end + 1 < len(capitals) and _joined(target, capitals[end], capitals[end + 1]):
        end += 1
    return tuple(match[0] for match in capitals[first : end + 1])


def _joined(target: str, left: re.Match[str], right: re.Match[str]) -> bool:
    between = target[left.end() : right.start()]
    return between in {" ", "-"} or between.strip() in _LINKS


def _is_title(target: str, words: list[re.Match[str]]) -> bool:
    """Whether every word has a capital for being a title, or for being shouted."""
    capitals = sum(1 for word in words if word[0][0].isupper() and len(word[0]) > 1)
    whole = all(word[0].isupper() for word in words)
    if whole:
        return len(words) > 1
    if re.search(r"[,;!?¿¡…]", target):
        return False
    long_words = [word for word in words if len(word[0]) > 3]
    every = len(long_words) >= _TITLE_LONG_WORDS and all(
        word[0][0].isupper() for word in long_words
    )
    return (
        len(words) >= _TITLE_WORDS and every and capitals / len(words) > _EVERY_WORD_CAPITAL_SHARE
    )


def _bare(word: str) -> str:
    return re.sub(r"['’](?:s|ll|d|re|ve|m)?$", "", word, flags=re.IGNORECASE)


def _stands(form: str, target: str) -> bool:
    return bool(_as_word(_same_titles(form)).search(_same_titles(target)))


def _covers(good: str, form: str, target: str) -> bool:
    """Whether a forbidden form is only part of an accepted one that stands there."""
    if not _stands(form, good):
        return False
    without = _as_word(_same_titles(good)).sub(" ", _same_titles(target))
    return not _as_word(_same_titles(form)).search(without)


def _same_titles(text: str) -> str:
    plain = unicodedata.normalize("NFC", text).lower().replace("’", "'")
    plain = re.sub(r"\b(mr|mrs|ms|dr|sr|sra|srta|prof|dra)\.", r"\1", plain)
    return re.sub(r"[^\W\d_]+", lambda match: _SAME_TITLE.get(match[0], match[0]), plain)


def _as_word(form: str) -> re.Pattern[str]:
    """A pattern for a form: whole words with an English ending or none; anywhere without blanks."""
    pieces = [re.escape(piece) for piece in re.split(r"[\s\-]+", form.lower()) if piece]
    body = r"[\s\-]+".join(_accents(piece) for piece in pieces)
    if re.search(r"[㐀-鿿\u3040-\u30ff\u0e00-\u0e7f\u0e80-\u0eff\u1780-\u17ff]", form):
        return re.compile(body, re.IGNORECASE)
    return re.compile(rf"(?<!\w){body}(?:['’]?s|['’])?(?!\w)", re.IGNORECASE)


def _accents(piece: str) -> str:
    groups = ("aáàâãä", "eéèêë", "iíìîï", "oóòôõö", "uúùûü", "cç", "nñ")
    table = {char: f"[{group}]" for group in groups for char in group}
    return "".join(table.get(char, char) for char in piece)
