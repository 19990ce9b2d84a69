"""Plain text scripts: the Chinese layout, the western one, and names with colons.

Chinese scripts number scenes `1-1 夜 内 酒店宴会厅`, mark action with △ and speak as 林（冷）：…. Western
ones are read as Fountain, which also takes `NAME: words`. What is neither is kept as action and listed.
"""

import re

from silkreel.story.readers.draft import Draft, Drafting, plain, said
from silkreel.story.readers.fountain import read_fountain
from silkreel.story.script import Beat, Comment

_EPISODE = re.compile(
    r"第\s*(?P<number>\d{1,3}|[一二三四五六七八九十百]{1,5})\s*集\s*[:：.、]?\s*(?P<title>.*)"
)
_SCENE = re.compile(
    r"(?:场景\s*)?(?:(?P<episode>\d{1,3})\s*[-－—.]\s*)?(?P<scene>\d{1,3})[、.．]?\s*(?P<rest>\S.*)"
)
_TIMES = {
    "日": "DAY",
    "白天": "DAY",
    "夜": "NIGHT",
    "夜晚": "NIGHT",
    "晨": "DAWN",
    "清晨": "DAWN",
    "昏": "DUSK",
    "黄昏": "DUSK",
}
_SIDES = {"内": "INT.", "外": "EXT.", "内外": "INT./EXT.", "内/外": "INT./EXT."}
_CAST = re.compile(r"(?:出场)?人物\s*[:：]\s*(?P<names>.*)")
_FLAG = re.compile(r"【(?P<flag>[^】]*)】\s*(?P<rest>.*)")
_ACTION = re.compile(r"[△▲Δ]\s*(?P<text>.*)")
_SPEECH = re.compile(
    r"(?P<name>[^\s：:（(△【]{1,12}?)\s*(?P<behind>(?:OS|VO|os|vo|O\.S\.|V\.O\.)?)\s*"
    r"(?:[（(](?P<direction>[^）)]*)[）)])?\s*[：:]\s*(?P<text>.+)"
)
_DIRECTED = re.compile(r"[（(](?P<direction>[^）)]*)[）)]\s*(?P<text>.+)")
_DIGITS = {char: number for number, char in enumerate("零一二三四五六七八九")}
_WESTERN = re.compile(r"^\s*(INT|EXT|I/E|EST)[. ]", re.MULTILINE | re.IGNORECASE)
_HAN = re.compile(r"[㐀-鿿]")


def read_plain(text: str, path: str, language: str = "") -> Draft:
    """A plain text as a draft: by the Chinese layout where it has one, else as Fountain."""
    rows = text.replace("\r\n", "\n").split("\n")
    if any(_EPISODE.fullmatch(row.strip()) or _ACTION.fullmatch(row.strip()) for row in rows):
        return _chinese(rows, path, language or "zh-Hans")
    if _HAN.search(text) and not _WESTERN.search(text):
        return _chinese(rows, path, language or "zh-Hans")
    return read_fountain(text, path, language)


def _chinese(rows: list[str], path: str, language: str) -> Draft:
    drafting = Drafting(path, language)
    for number, row in enumerate(rows, start=1):
        drafting.line = number
        if text := row.replace("\u3000", " ").strip():
            _chinese_row(text, drafting)
    return drafting.draft()


def _chinese_row(text: str, drafting: Drafting) -> None:
    episode, scene, cast = _EPISODE.fullmatch(text), _SCENE.fullmatch(text), _CAST.fullmatch(text)
    action, flag = _ACTION.fullmatch(text), _FLAG.fullmatch(text)
    if episode:
        drafting.episode(_number(episode["number"]), episode["title"].strip())
    elif scene and (heading := _heading(scene["rest"])):
        if scene["episode"]:
            drafting.episode(int(scene["episode"]))
        drafting.scene(heading)
    elif cast:
        drafting.comment(Comment(f"人物：{cast['names']}"))
    elif action:
        drafting.beat(Beat(plain(action["text"])))
    elif flag:
        drafting.comment(Comment(f"【{flag['flag']}】", "SHOT"))
        if flag["rest"]:
            _chinese_row(flag["rest"], drafting)
    elif speech := _SPEECH.fullmatch(text):
        drafting.beat(_speech(speech))
    else:
        drafting.unsure(text, "taken as action")
        drafting.beat(Beat(plain(text)))


def _speech(found: re.Match[str]) -> Beat:
    name = f"{found['name']} ({found['behind'].upper()})" if found["behind"] else found["name"]
    direction = found["direction"] or ""
    if direction.upper() in {"OS", "VO"}:
        name, direction = f"{found['name']} ({direction.upper()})", ""
    text = found["text"]
    if not direction and (inner := _DIRECTED.fullmatch(text)):
        direction, text = inner["direction"], inner["text"]
    return said(name, direction, text)


def _heading(rest: str) -> str:
    """`夜 内 酒店宴会厅` in any order as INT. 酒店宴会厅 - NIGHT; nothing where it is no heading."""
    side = time = ""
    place = []
    for word in re.split(r"[\s，,、]+", rest):
        if word in _SIDES and not side:
            side = _SIDES[word]
        elif word in _TIMES and not time:
            time = _TIMES[word]
        elif len(word) == 2 and word[0] in _TIMES and word[1] in _SIDES:
            time, side = _TIMES[word[0]], _SIDES[word[1]]
        else:
            place.append(word)
    if not (side or time):
        return ""
    return f"{side or 'INT.'} {' '.join(place) or '未知'} - {time or 'DAY'}"


def _number(told: str) -> int:
    """十二 is 12."""
    if told.isdigit():
        return int(told)
    total = digit = 0
    for char in told:
        if char in "十百":
            total += (digit or 1) * (10 if char == "十" else 100)
            digit = 0
        else:
            digit = _DIGITS[char]
    return total + digit
