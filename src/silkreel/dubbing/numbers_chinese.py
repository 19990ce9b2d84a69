"""Numbers in Chinese (and Japanese Han) text: digits, numerals, 一个亿, dates, clock, money, shares."""

import re
import unicodedata
from collections.abc import Callable
from fractions import Fraction

from silkreel.dubbing.amounts import Amount, Firmness, Values
from silkreel.dubbing.lexical_numerals import inside, lexical_spans
from silkreel.dubbing.word_lists import listed

# Traditional forms are read as the simplified ones; 两 is 二.
_FORMS = str.maketrans(
    "〇两兩萬億點個號歲週禮鐘塊錢歐鎊幾數餘來時間",
    "零二二万亿点个号岁周礼钟块钱欧镑几数余来时间",
)
# Banker's digits, only in a banker's number: 陆 and 伍 are surnames, 叁 and 肆 stand in names.
_BANKER = str.maketrans("壹贰貳叁參肆伍陆陸柒捌玖拾佰仟", "一二二三三四五六六七八九十百千")
_BANKER_CHARS = "[壹贰貳叁參肆伍陆陸柒捌玖拾佰仟零万亿]*"
_BANKER_RUN = re.compile(
    rf"{_BANKER_CHARS}[拾佰仟]{_BANKER_CHARS}|[壹贰貳叁肆伍柒捌玖](?=[万亿元圆])"
)
_DIGIT = {char: value for value, char in enumerate("零一二三四五六七八九")}
_SCALE = {"十": 10, "百": 100, "千": 1000, "万": 10_000, "亿": 100_000_000}

# Everyday words that hold a numeral and mean no number; the longest is taken first.
_VOID = sorted((word.translate(_FORMS) for word in listed("zh", "void")), key=len, reverse=True)
_VOID_PATTERN = re.compile("|".join(map(re.escape, _VOID)))
_FOUR_WORDS = re.compile(
    r"([一二三四五六七八九十百千万])([^\W\d_])([一二三四五六七八九十百千万])([^\W\d_])"
)
_KIN = re.compile(r"[叔伯哥弟姐妹爷奶姨舅姑嫂婶娘少太师殿皇王房媳妈爸]|小姐|公子|公主|公公")
_COUNTED = "天年月日号岁块元角分秒点时周个人男女位名次回遍只条张件本杯万亿百千十家间栋层楼倍成斤里米夜度下口代"

_NUMERAL = r"[零一二三四五六七八九十百千万亿]"
_NUMBER = re.compile(
    rf"(?P<share>百分之)?(?:(?P<digits>\d[\d,]*(?:\.\d+)?)(?P<scale>(?:个)?[十百千万亿]+)?"
    rf"|(?P<numeral>{_NUMERAL}+(?:点[零一二三四五六七八九]+(?![十分刻]))?[万亿]*(?:个亿)?))"
)
_UNITS = (
    (r"(?:个)?(?:小时|钟头)", "hour"), (r"分钟", "minute"), (r"秒钟?", "second"),
    (r"(?:个)?(?:星期|礼拜)|周(?!岁)", "week"), (r"个月", "month"), (r"周岁|岁", "year"),
    (r"年(?!级|代)", "year"), (r"天", "day"), (r"美元|美金|刀(?!两)", "dollar"), (r"欧元", "euro"),
    (r"日元", "yen"), (r"英镑", "pound"), (r"港币|港元", ""), (r"块钱|块(?!石|地|肉|玉)|元|人民币", "yuan"),
    (r"倍", "times"), (r"%|％", "percent"),
)  # fmt: skip
_UNIT_PATTERNS = tuple((re.compile(rf"[多余来]?(?:{pattern})"), unit) for pattern, unit in _UNITS)
# Who calls 110 calls the police: each country has a number of its own, and a word for it.
_EMERGENCY = re.compile(r"(?<=[打叫拨])(?:110|119|120|122|一一零|一一九|一二零)(?!\d)")
_WEEKDAY = re.compile(r"(?:星期|礼拜|周)([一二三四五六日天])(?!年|岁|个)")


def read_chinese(text: str) -> tuple[Amount, ...]:
    """Every amount in a line of Chinese, in reading order."""
    line = unicodedata.normalize("NFKC", text).translate(_FORMS)
    line = _BANKER_RUN.sub(lambda match: match[0].translate(_BANKER), line)
    words = lexical_spans(line, _FORMS)
    line = _EMERGENCY.sub(lambda match: "□" * len(match[0]), _without_idioms(line))
    line, found = _special(line)
    at = 0
    while match := _NUMBER.search(line, at):
        amounts, at = _read(line, match)
        in_word = inside(words, match.start(), match.end())
        found += [
            Amount(each.values, firmness="loose", text=each.text) if in_word else each
            for each in amounts
        ]
    return tuple(found)


def chinese_value(numeral: str) -> Fraction | None:
    """The value of a numeral such as 三万五 (35,000) or 一点五亿; None where it is none."""
    if "点" in numeral:
        return _decimal(numeral)
    if not any(char in _SCALE for char in numeral):
        return Fraction("".join(str(_DIGIT[char]) for char in numeral)) if numeral else None
    total = section = Fraction(0)  # 万 and 亿 close a section
    digit: int | None = None
    last_scale = largest = 0
    after_zero = False
    for char in numeral:
        if char in _DIGIT:
            if digit not in (None, 0):
                return None
            digit, after_zero = _DIGIT[char], after_zero or char == "零"
            continue
        scale = _SCALE[char]
        if scale < _SCALE["万"]:
            section += (1 if digit is None else digit) * scale
        else:
            whole = section + (digit or 0)
            total = (total + whole) * scale if scale > largest > 0 else total + (whole or 1) * scale
            section, largest = Fraction(0), max(largest, scale)
        digit, last_scale, after_zero = None, scale, False
    if digit is not None:  # 三万五 is 35,000 but 三万零五 is 30,005
        tenth = last_scale // 10 if last_scale >= 100 and not after_zero else 1
        section += digit * tenth
    return total + section


def _decimal(numeral: str) -> Fraction | None:
    match = re.fullmatch(rf"({_NUMERAL}+)点([零一二三四五六七八九]+)([百千万亿]*)", numeral)
    whole = chinese_value(match[1]) if match else None
    if match is None or whole is None:
        return None
    tail = "".join(str(_DIGIT[char]) for char in match[2])
    value = whole + Fraction(int(tail), 10 ** len(tail))
    for char in match[3]:
        value *= _SCALE[char]
    return value


def _without_idioms(line: str) -> str:
    def blank(match: re.Match[str]) -> str:
        before = line[match.start() - 1 : match.start()]
        after_number = bool(before) and (before in _DIGIT or before in _SCALE or before.isdigit())
        goes_on = match[0][0] in _DIGIT or match[0][0] in _SCALE or match[0][0] == "半"
        return match[0] if after_number and goes_on else "□" * len(match[0])

    def blank_four(match: re.Match[str]) -> str:
        plain = match[2] not in _COUNTED and match[4] not in _COUNTED
        numeral = match[2] in _DIGIT or match[4] in _DIGIT
        return "□" * 4 if plain and not numeral else match[0]

    line = re.sub(rf"(?<!{_NUMERAL})[十万]分(?!钟|之)", "□□", line)
    return _FOUR_WORDS.sub(blank_four, _VOID_PATTERN.sub(blank, line))


def _special(line: str) -> tuple[str, list[Amount]]:
    """Weekdays, half hours, fractions and vague numbers, taken out before the rest is read."""
    found: list[Amount] = []
    for pattern, make in _SPECIAL:
        for match in pattern.finditer(line):
            amount = make(match)
            if amount is not None:
                found.append(amount)
        line = pattern.sub(lambda match: "□" * len(match[0]), line)
    return line, found


def _together(match: re.Match[str]) -> Amount:
    """俩 and 仨: you two, the three of us."""
    return Amount(_one({"俩": 2, "仨": 3}[match[0]]), firmness="loose", text=match[0])


def _weekday(match: re.Match[str]) -> Amount:
    day = "一二三四五六日".index(match[1].replace("天", "日")) + 1
    return Amount(_one(day), kind="weekday", text=match[0])


def _half(match: re.Match[str]) -> Amount:
    unit = {"小": "hour", "钟": "hour", "年": "year", "月": "month", "分": "minute"}[match[1][0]]
    return Amount(frozenset({Fraction(1, 2)}), unit, text=match[0])


def _teens(match: re.Match[str]) -> Amount:
    ten = 10 * (_DIGIT[match[1]] if match[1] else 1)
    values = frozenset(Fraction(ten + unit) for unit in range(10))
    return Amount(values, firmness="loose", text=match[0])


def _about(match: re.Match[str]) -> Amount:
    scale = _SCALE.get(match[2], 1)
    low, high = (_DIGIT[char] for char in match[1])
    values = frozenset(Fraction(each * scale) for each in range(low, high + 1))
    return Amount(values, firmness="loose", text=match[0])


def _fraction(match: re.Match[str]) -> Amount | None:
    below, above = chinese_value(match[1]), chinese_value(match[2])
    if not below or above is None:
        return None
    share = above / below
    spoken = {share, share * 100} | ({below} if above == 1 else set())  # "one in ten thousand"
    return Amount(frozenset(spoken), text=match[0])


def _coins(match: re.Match[str]) -> Amount | None:
    """三块五: three and a half."""
    whole = chinese_value(match[1])
    return None if whole is None else _amount(whole + Fraction(_DIGIT[match[2]], 10), "yuan")


_Maker = Callable[[re.Match[str]], Amount | None]
_PAIRS = "一二|二三|三四|四五|五六|六七|七八|八九|三五"
_SPECIAL: tuple[tuple[re.Pattern[str], _Maker], ...] = (
    (_WEEKDAY, _weekday),
    (re.compile(r"[俩仨]"), _together),
    (re.compile(r"(?<![点零一二三四五六七八九])半个?(小时|钟头|年|月|分钟)"), _half),
    (re.compile(r"[一二三四五]更(?![加多少好])"), lambda _: None),  # watches of the night
    (re.compile(r"(?<![百千万亿十])[几数][十百千万亿]+"), lambda _: None),
    (re.compile(r"([二三四五六七八九]?)十几"), _teens),
    (re.compile(rf"(?<!{_NUMERAL})({_PAIRS})([十百千万亿]?)(?=[{_COUNTED}])"), _about),
    (
        re.compile(rf"([二三四五六七八九十千万亿]+|[一二三四五六七八九]百)分之({_NUMERAL}+)"),
        _fraction,
    ),
    (re.compile(rf"({_NUMERAL}+)[块元]([一二三四五六七八九])(?![{_COUNTED}钱零点])"), _coins),
)


def _read(line: str, match: re.Match[str]) -> tuple[list[Amount], int]:
    value = _value(match)
    if value is None:
        return [], match.end()
    before, end = line[: match.start()], match.end()
    if match["share"]:
        return [_amount(value, "percent", text=match[0])], end
    clock = re.match(r"(?:点钟|点整|点)(?!.?[儿小什么])", line[end:])
    if clock and value <= 24 and not match[0].endswith("点"):
        return _clock(line, value, end + clock.end())
    over = re.match(r"[多余来]([万亿]+)", line[end:])
    if over:
        for char in over[1]:
            value *= _SCALE[char]
        end += over.end()
    return _counted(line, match, value, before, end)


def _value(match: re.Match[str]) -> Fraction | None:
    if match["digits"] is None:
        return chinese_value(match["numeral"].replace("个亿", "亿"))
    value = Fraction(match["digits"].replace(",", ""))
    for char in (match["scale"] or "").replace("个", ""):
        value *= _SCALE[char]
    return value


def _clock(line: str, hour: Fraction, end: int) -> tuple[list[Amount], int]:
    hours = {hour, hour + 12 if hour <= 12 else hour - 12}
    found = [Amount(frozenset(hours), text=f"{hour}点", firmness="loose" if hour == 1 else "firm")]
    minutes = re.match(r"半|([一三])刻|零?(\d{1,2}|[一二三四五六七八九十]+)分?(?!钟)", line[end:])
    if minutes is None:
        return found, end
    if minutes[0] == "半":
        values = frozenset({Fraction(30), Fraction(1, 2)})
    elif minutes[1]:
        quarter = 15 * _DIGIT[minutes[1]]
        values = frozenset({Fraction(quarter), Fraction(1, 4)})
    else:
        value = Fraction(minutes[2]) if minutes[2].isdigit() else chinese_value(minutes[2])
        values = frozenset({value}) if value is not None else frozenset()
    if values:
        found.append(Amount(values, text=minutes[0]))
    return found, end + minutes.end()


def _counted(
    line: str, match: re.Match[str], value: Fraction, before: str, end: int
) -> tuple[list[Amount], int]:
    tail = line[end:]
    bare_scale = bool(match["numeral"]) and match["numeral"][0] in "百千万亿"
    if re.match(r"月(?!饼|亮|光|子)", tail) and 1 <= value <= 12:
        return [Amount(_one(value), kind="month", text=match[0])], end + 1
    tenth = re.match(r"成(?!为|了|立|功|员|年|本|亲|婚|全|人|长)", tail)
    if tenth and 1 <= value <= 10:
        return [Amount(_one(value * 10), "percent", text=match[0])], end + 1
    if re.match(r"折", tail):
        values = frozenset({value, value * 10, 100 - value * 10})
        return [Amount(values, firmness="loose", text=match[0])], end + 1
    if re.search(r"[第头初老]$", before) or _KIN.match(tail):
        return [_ordinal(value, firm=value > 2 and not _is_kin(before, tail), text=match[0])], end
    unit, end = _unit(tail, end)
    if unit == "year" and line[end - 1] == "年" and _written_year(match, value):
        return [Amount(_years(value), text=match[0])], end
    if unit in {"year", "hour", "month"} and line[end : end + 1] == "半":
        value, end = value + Fraction(1, 2), end + 1
    loose = bare_scale or value in (0, 1) or (value == 2 and _pair(line, match, before))
    return [_amount(value, unit, loose=loose, text=match[0])], end


def _unit(tail: str, end: int) -> tuple[str, int]:
    for pattern, unit in _UNIT_PATTERNS:
        found = pattern.match(tail)
        if found:
            return unit, end + found.end()
    return "", end


def _pair(line: str, match: re.Match[str], before: str) -> bool:
    tail = line[match.end() :]
    return bool(
        re.search(r"[们俩]$", before) or re.match(r"个人|个(?![月小星礼亿])|人|位|口", tail)
    )


def _is_kin(before: str, tail: str) -> bool:
    return before.endswith("老") or (bool(_KIN.match(tail)) and not before.endswith("第"))


def _written_year(match: re.Match[str], value: Fraction) -> bool:
    """Whether the figure is a year of the calendar: 2015年, 二零一五年, 九八年."""
    numeral = match["numeral"] or ""
    plain = not any(char in _SCALE for char in numeral + (match["scale"] or ""))
    short = len(numeral) == 2 and value >= 50
    return plain and (1000 <= value < 3000 or short)


def _years(value: Fraction) -> Values:
    return frozenset({value, value + 1900}) if value < 100 else frozenset({value})


def _ordinal(value: Fraction, *, firm: bool, text: str) -> Amount:
    return Amount(_one(value), kind="ordinal", firmness="firm" if firm else "loose", text=text)


def _amount(value: Fraction, unit: str = "", *, loose: bool = False, text: str = "") -> Amount:
    firmness: Firmness = "loose" if loose else "firm"
    return Amount(_one(value), unit, firmness=firmness, text=text)


def _one(value: Fraction | int) -> Values:
    return frozenset({Fraction(value)})
