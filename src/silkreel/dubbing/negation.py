"""Whether one side of a translation says no and the other does not: a hint, never a verdict."""

import re
from typing import Literal

from silkreel.kit.languages import primary

# Everyday words that hold a character of negation and deny nothing, or ask.
_CHINESE_VOID = re.compile(
    r"高枕无忧|不见不散|不见|一分不少|分文不少|饶你不死|不过|不错|不但|不仅|不光|不只|对不起|不好意思|差不多|不客气|特别|别人|别墅|告别|分别|离别|个别|性别|级别|区别"
    r"|识别|别的|别处|非常|除非|无论|不论|不管|不如|不得不|不会不|不能不|没关系|没事|没想到|恨不得|忍不住|不禁|不然"
    r"|要不是|要不|不止|不愧|不就|不都|岂不|何不|怪不得|巴不得|未来|未婚|无数|无比|无双|说不定|不久|不由|不断|不已"
    r"|没准|不一定|无非|莫非|难道不|可不|不是吗|不对吗|了不起|了没|没错|不妨|不惜|不解|不满|不安|不幸|不公|无耻"
    r"|无情|无辜|无聊|无奈|不屑|动不动|不由分说|不顾|不见不散|还不|不成|没完没了|不耐烦|非得|非要|别无|永别|不要脸|不孝"
)
_A_NOT_A = re.compile(r"(.)[不没]\1|有没有|是不是|[是要能会敢]不[是要能会敢]")
_RHETORICAL = re.compile(r"[不没别].{0,12}[吗么嘛?？]")
_CHINESE = re.compile(r"[不没無无未莫勿甭]|别|禁止|拒绝|休想|从来没")
_LATIN = {
    "en": re.compile(
        r"\b(?:no|not|never|nothing|nobody|none|nowhere|neither|nor|without|cannot|hardly|barely|stop|quit|refuse[sd]?"
        r"|den(?:y|ied|ies)|fail(?:s|ed)?|lacks?|unless|nope|ain't|no one|far from|out of|instead of|forget|leave"
        r"|(?:un|in|im|dis|ir)\w{4,}|\w+less|hate|only|too|enough|beneath|spare|keep|refrain|still|let go)\b|n['’]t\b",
        re.IGNORECASE,
    ),
    "es": re.compile(
        r"\b(?:no|nunca|jamás|nada|nadie|ningun[oa]?|ningún|ni|tampoco|sin|dejar?|deja|deje|dejen|deje[ns]?|para de|basta"
        r"|niego|negó|rechaz\w+|apenas|imposible|(?:in|im|des|ir)\w{4,}|odi[oa]|solo|sólo|demasiado|suelta|olvida\w*"
        r"|falta\w*|todavía)\b",
        re.IGNORECASE,
    ),
    "pt": re.compile(
        r"\b(?:não|nunca|jamais|nada|ninguém|nenhum[a]?|nem|tampouco|sem|deixa|deixe|pare|para de|chega|nego|negou"
        r"|recus\w+|mal|impossível|(?:in|im|des|ir)\w{4,}|odei[oa]|só|demais|solt[ae]|esque\w+|falt\w+|ainda)\b",
        re.IGNORECASE,
    ),
}
# Unmistakable ones: where these stand and the source denies nothing, a no was added.
_PLAIN = {
    "en": re.compile(r"\b(?:not|never|nothing|nobody|none|neither|cannot)\b|\b(?:do|does|did|is|are|was|were|wo|ca|could|would|have|has|had)n['’]t\b", re.IGNORECASE),
    "es": re.compile(r"\b(?:no|nunca|jamás|nadie|ningún|tampoco)\b", re.IGNORECASE),
    "pt": re.compile(r"\b(?:não|nunca|jamais|ninguém|nenhuma?|tampouco)\b", re.IGNORECASE),
}  # fmt: skip
_TAG_QUESTION = re.compile(
    r"(?:,\s*(?:no|não|right|isn't it|aren't you|don't you|didn't you|won't you|¿no|né|não é|verdad)\s*\?)"
    r"|\bwhy (?:don't|not)\b|\b(?:do|did|is|are|was|were|have|has|would|could|ca|wo|does)n['’]t (?:you|i|he|she|it|we|they|this|that)\b[^.!]*\?"
    r"|¿(?:acaso )?no\b[^?]*\?|\b(?:por que não|será que não)\b[^?]*\?|\bnão (?:é|foi|era|está|vai|quer|tem)\b[^.!]*\?"
    r"|\bno (?:doubt|wonder|way|matter|longer|problem|less)\b|\bno (?:obstante|solo|sólo|más)\b|\bnothing but\b|\bnada (?:más|mais)\b"
    r"|\bcan['’]t (?:wait|help|believe|stand)\b|\bdon['’]t you dare\b|\bno te atrevas\b|\bnão se atreva\b|\bnot only\b|\bnão só\b|\bno sea que\b|\ba no ser\b",
    re.IGNORECASE,
)


def negation_differs(
    source: str, target: str, source_language: str, target_language: str
) -> Literal["source", "target"] | None:
    """The side that denies where the other does not; None when both do, neither does, or it is unclear."""
    mine, mine_plainly = _denies(source, source_language)
    theirs, theirs_plainly = _denies(target, target_language)
    if mine_plainly and not theirs:
        return "source"
    if theirs_plainly and not mine:
        return "target"
    return None


def _denies(text: str, language: str) -> tuple[bool, bool]:
    """Whether a text may deny, and whether it plainly does."""
    tongue = primary(language)
    if tongue in {"zh", "yue"}:
        may = bool(_CHINESE.search(text))
        plain = _RHETORICAL.sub("", _A_NOT_A.sub("", _CHINESE_VOID.sub("", text)))
        return may, bool(re.search(r"[不没无未]|别(?=[^的人墅])", plain))
    if tongue not in _LATIN:
        return True, False
    return bool(_LATIN[tongue].search(text)), bool(
        _PLAIN[tongue].search(_TAG_QUESTION.sub(" ", text))
    )
