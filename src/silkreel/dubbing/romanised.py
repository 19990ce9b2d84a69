"""Whether a name written in Latin letters stands in the source: as it is, or read out in pinyin."""

import re
import unicodedata
from collections.abc import Iterator
from functools import cache

from silkreel.dubbing.scripts import script_of
from silkreel.dubbing.word_lists import name_lists

# What follows or precedes a surname that stands alone: 顾总, 小林, 陈医生.
_AFTER_SURNAME = re.compile(
    r"总|董|哥|姐|叔|伯|姨|婶|爷|奶|嫂|妈|爸|家|氏|府|某|医生|大夫|律师|老师|先生|小姐|女士|太太|夫人|"
    r"经理|主任|局长|部长|院长|校长|队长|警官|法官|教授|秘书|助理|管家|师傅|老板|公子|少爷|少|导"
)
_VERB_BEFORE = ("照", "不", "兼", "回", "只")  # 照顾, 不顾: 顾 is a verb there
_BEFORE_SURNAME = ("小", "老", "阿", "大", "姓")
_SPELLINGS = {
    "lv": ("lv", "lu", "lyu"),
    "nv": ("nv", "nu", "nyu"),
    "lve": ("lve", "lue"),
    "nve": ("nve", "nue"),
}
LONGEST_NAME = 4  # characters of a Chinese name, with a double surname
_CYRILLIC_LETTERS = "абвгдеёжзийклмнопрстуфхцчшщъыьэюя"
_CYRILLIC_SOUNDS = "a b v g d e yo zh z i y k l m n o p r s t u f kh ts ch sh shch _ y _ e yu ya"
_CYRILLIC = dict(zip(_CYRILLIC_LETTERS, _CYRILLIC_SOUNDS.split(), strict=True))


def stands_in_source(name: str, source: str) -> bool:
    """Whether the letters of `name` are in the source, in Latin letters or romanised.

    One syllable alone counts only where its character can be a surname: 流 in 流泪 is no Mr Liu.
    """
    letters = plain_letters(name)
    if not letters:
        return True
    if letters in {plain_letters(word) for word in re.findall(r"[^\W\d_]+", source)}:
        return True
    if any(letters == spelled for spelled in _cyrillic_words(source)):
        return True
    return any(letters in _readings(run) for run in _name_runs(source))


def plain_letters(text: str) -> str:
    """Lower case letters without accents, blanks and marks."""
    bare = unicodedata.normalize("NFD", text.lower().replace("ü", "v"))
    return "".join(char for char in bare if char.isalpha() and script_of(char) == "latin")


def _name_runs(source: str) -> Iterator[str]:
    """Pieces of the source that may be a name: two to four characters, or a surname alone."""
    for han in re.findall(r"[㐀-鿿豈-﫿]+", source):
        for at in range(len(han)):
            for length in range(2, LONGEST_NAME + 1):
                if at + length <= len(han):
                    yield han[at : at + length]
            if _alone(han, at):
                yield han[at]


def _alone(han: str, at: int) -> bool:
    """Whether the character can be a surname that a translation kept without the given name."""
    names = name_lists()
    before, after = han[at - 1] if at else "", han[at + 1 :]
    if han[at] not in names.surname:
        return False
    if before in _BEFORE_SURNAME or _AFTER_SURNAME.match(after):
        return True
    return han[at] in names.plain_surname and bool(after) and before not in _VERB_BEFORE


@cache
def _readings(run: str) -> frozenset[str]:
    """Every way the characters read in pinyin, joined: 林小雨 is linxiaoyu."""
    joined = {""}
    for char in run:
        joined = {start + syllable for start in joined for syllable in _syllables(char)}
    return frozenset(joined)


@cache
def _syllables(char: str) -> frozenset[str]:
    from pypinyin import Style, pinyin

    found = pinyin(char, style=Style.NORMAL, heteronym=True, v_to_u=False)[0]
    plain = {syllable for syllable in found if syllable.isascii()}
    return frozenset(form for each in plain for form in _SPELLINGS.get(each, (each,)))


def _cyrillic_words(source: str) -> Iterator[str]:
    for word in re.findall(r"[а-яё]+", source.lower()):
        yield "".join(_CYRILLIC[char] for char in word).replace("_", "")
