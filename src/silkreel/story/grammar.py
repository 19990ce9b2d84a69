r"""How a line of the drama profile is spelled: escapes, tags, names, directions.

Raw is what stands in the file. Told is what a `Beat` holds: escapes resolved but for `\\`, `\{`,
`\}` and `\<`, without which a brace could not be told from a placeholder.
"""

import re
from collections.abc import Collection
from dataclasses import dataclass

from silkreel.story.script import Tag, Tags

KEPT = "\\{}<"
LONGEST_NAME = 40  # characters; a longer run before a colon is a sentence
MOST_NAME_WORDS = 4
LONGEST_CASELESS_NAME = 12  # characters: names in Chinese, Arabic or Hindi carry no capitals

_UNESCAPE = re.compile(r"\\(.)", re.DOTALL)
_BRACES = re.compile(r"\{[^{}]*\}")
_ESCAPED = re.compile(r"\\[\\{}<]|\{[^{}]*\}|#|\||/(?=[/*])|-(?=>)")
_TAG_START = re.compile(r"(?<!\\)((?:\\\\)*)#")
_SPEAKER = re.compile(
    rf"(?P<name>[^\s\\:：(（#{{\[][^\\:：(（#{{\[]{{0,{LONGEST_NAME - 1}}}?)\s*"
    r"(?:[(（](?P<qualifiers>[^()（）\\:：]*)[)）])?\s*[:：]\s*(?P<rest>.*)",
    re.DOTALL,
)
_DIRECTION = re.compile(r"[(（](?P<direction>(?:\\.|[^()（）\\])*)[)）]\s*(?P<text>.*)", re.DOTALL)
_KEYWORD = re.compile(r"(VAR|CONST|LIST|INCLUDE|EXTERNAL|TODO)\b")
_STARTS = "*+-=~}"
# What writers put behind a name, and the profile's word for it; anything else is a direction.
QUALIFIERS = {
    "V.O.": "V.O.", "VO": "V.O.", "V.O": "V.O.", "旁白": "V.O.", "画外音": "V.O.",
    "O.S.": "O.S.", "OS": "O.S.", "O.S": "O.S.", "O.C.": "O.S.", "OC": "O.S.",
    "PHONE": "PHONE", "ON PHONE": "PHONE", "电话": "PHONE",
    "SUB": "SUB", "字幕": "SUB",
}  # fmt: skip


def told(raw: str) -> str:
    """A raw text with its escapes resolved, but for those that are kept."""
    if "\\" not in raw:
        return raw
    return _UNESCAPE.sub(lambda m: m[0] if m[1] in KEPT else m[1], raw)


def raw_text(text: str, *, bracketed: bool = False) -> str:
    """A told text as it is written; `bracketed` inside a choice."""
    raw = _ESCAPED.sub(_escape, text)
    if not bracketed:
        return raw
    raw = re.sub(r"([\[\]])", r"\\\1", raw)
    return "\\" + raw if raw[:1] in _STARTS else raw


def _escape(found: re.Match[str]) -> str:
    mark = found[0]
    if len(mark) > 1:
        return mark
    return mark + "\\" if mark in "/-" else "\\" + mark


def raw_action(text: str, names: Collection[str] = ()) -> str:
    """An action line as it is written, so that it reads as nothing else."""
    raw = raw_text(text)
    if raw[:1] in _STARTS or _KEYWORD.match(raw):
        raw = "\\" + raw
    speaker = split_speaker(raw, names)
    if speaker is not None:
        colon = re.search("[:：]", raw)
        assert colon is not None
        raw = raw[: colon.start()] + "\\" + raw[colon.start() :]
    return raw


def raw_speech(text: str) -> str:
    """Spoken words as they are written, so that they do not read as a direction."""
    raw = raw_text(text)
    return "\\" + raw if raw[:1] in {"(", "（"} else raw


@dataclass(frozen=True, slots=True)
class Spoken:
    """A raw line that somebody speaks, taken apart."""

    name: str
    qualifiers: tuple[str, ...]
    direction: str
    text: str  # told
    text_at: int  # where the text begins in the raw line


def split_speaker(raw: str, names: Collection[str] = ()) -> Spoken | None:
    """A raw line as speech; None for action.

    What stands in brackets behind the name and is no qualifier is a direction.

    Args:
        raw: the line without tags.
        names: names in capitals that are known to speak, whatever they look like.
    """
    found = _SPEAKER.fullmatch(raw)
    if found is None:
        return None
    name = found["name"].strip()
    if name.upper() not in names and not looks_like_name(name):
        return None
    behind = [word.strip() for word in re.split(r"[,，、]", found["qualifiers"] or "")]
    qualifiers = tuple(QUALIFIERS[word.upper()] for word in behind if word.upper() in QUALIFIERS)
    directions = [word for word in behind if word and word.upper() not in QUALIFIERS]
    text_at = found.start("rest")
    directed = _DIRECTION.fullmatch(found["rest"])
    if directed is not None:
        directions.append(told(directed["direction"]).strip())
        text_at += directed.start("text")
    direction = ", ".join(word for word in directions if word)
    return Spoken(name, qualifiers, direction, told(raw[text_at:].strip()), text_at)


def looks_like_name(name: str) -> bool:
    """Whether words before a colon are a name: capitals, or a few letters of a script without them."""
    letters = [char for char in name if char.isalpha()]
    if not letters or any(char.islower() for char in letters):
        return False
    if any(not (char.isalnum() or char in " .'’-&_·/") for char in name):
        return False
    cased = any(char.isupper() for char in letters)
    longest = LONGEST_NAME if cased else LONGEST_CASELESS_NAME
    return len(name) <= longest and len(name.split()) <= MOST_NAME_WORDS


def split_tags(raw: str) -> tuple[str, Tags]:
    """The raw text before the first tag, and the tags."""
    if "#" not in raw:
        return raw.strip(), ()
    starts = [found.end() - 1 for found in _TAG_START.finditer(raw)]
    if not starts:
        return raw.strip(), ()
    ends = [*starts[1:], len(raw)]
    tags = (_tag(raw[at + 1 : end]) for at, end in zip(starts, ends, strict=True))
    return raw[: starts[0]].strip(), tuple(tag for tag in tags if tag.name or tag.value)


def _tag(raw: str) -> Tag:
    name, _, value = raw.partition(":")
    return Tag(told(name.strip()).rstrip("\\"), told(value.strip()))


def raw_tag(tag: Tag, mark: str = "#", *, bracketed: bool = False) -> str:
    """A tag as it is written."""
    body = f"{tag.name}:{tag.value}" if tag.value else tag.name
    return mark + raw_text(body, bracketed=bracketed)


def find_bare(raw: str, needle: str) -> int:
    """Where `needle` first stands outside braces and escapes; -1 where it does not."""
    if needle not in raw:
        return -1
    depth = at = 0
    while at < len(raw):
        if raw[at] == "\\":
            at += 2
            continue
        if depth == 0 and raw.startswith(needle, at):
            return at
        depth = max(0, depth + (raw[at] == "{") - (raw[at] == "}"))
        at += 1
    return -1


def brace_balance(raw: str) -> int:
    """How many braces a line leaves open; negative where it closes some of an earlier line."""
    plain = _UNESCAPE.sub("", raw) if "\\" in raw else raw
    return plain.count("{") - plain.count("}")


def brace_end(raw: str) -> int:
    """Where the brace group that opens `raw` ends; -1 where it does not."""
    depth = at = 0
    while at < len(raw):
        if raw[at] == "\\":
            at += 2
            continue
        depth += (raw[at] == "{") - (raw[at] == "}")
        if depth == 0:
            return at + 1
        at += 1
    return -1


def split_condition(raw: str) -> tuple[str, str]:
    """A condition and what follows its colon; strings may hold colons."""
    quoted = False
    for at, char in enumerate(raw):
        quoted ^= char == '"'
        if char == ":" and not quoted:
            return raw[:at].strip(), raw[at + 1 :].strip()
    return raw.strip(), ""


def placeholders(text: str) -> tuple[str, ...]:
    """What stands in braces in a told text, in order."""
    return tuple(found[0] for found in _BRACES.finditer(_UNESCAPE.sub("", text)))
