"""Correct translations of short-drama lines, and seeded ways to spoil them: what the gate is judged on.

The names put in are not taken from the gate's own lists alone: a third of them it has never seen.
"""

import random
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from silkreel.engines.contracts import TermHint

FOLDER = Path(__file__).parent / "dubbing"
LANGUAGES = ("en", "es", "pt-BR")

# source: (en, es, pt-BR)
TERMS = {
    "顾言泽": ("Gu Yanze",) * 3, "林小雨": ("Lin Xiaoyu",) * 3, "苏婉儿": ("Su Wan'er",) * 3,
    "云城": ("Yuncheng",) * 3, "顾总": ("Mr. Gu", "señor Gu", "senhor Gu"),
    "沈家": ("Shen family", "familia Shen", "família Shen"),
    "顾家": ("Gu family", "familia Gu", "família Gu"),
    "顾氏集团": ("Gu Group", "Grupo Gu", "Grupo Gu"), "王妈": ("Auntie Wang", "tía Wang", "tia Wang"),
    "楚少": ("Young Master Chu", "joven maestro Chu", "jovem mestre Chu"),
}  # fmt: skip
FORBIDDEN = {"顾总": "Chairman Gu", "王妈": "Mother Wang", "沈家": "Shen clan"}

MADE_UP = (
    "Liu Wei", "Wang Lei", "Zhao Min", "Xiao Ming", "Ma Long", "Zhou Jie", "Xu Meng", "Tang Rui", "Feng",
    "Huang", "Emily", "David", "Jessica", "Michael", "Sophia", "Carlos", "Fernanda", "Mateo",
    "Thorsten", "Priya", "Svetlana", "Dmitri", "Matilda", "Rupert", "Beatrix", "Gonzalo", "Jacinta",
    "Everton", "Thalita", "Kwame", "Ingrid", "Yusuf",
)  # fmt: skip
TITLES = {"en": ("Mr.", "Miss", "Director"), "es": ("Señor", "Señorita", "Director"),
          "pt-BR": ("Senhor", "Senhorita", "Diretor")}  # fmt: skip
SUBJECTS = {"en": r"^(?:He|She)\b(?!')", "es": r"^(?:Él|Ella)\b", "pt-BR": r"^(?:Ele|Ela)\b"}
OTHER_NUMBER = {
    "en": {"two": "four", "three": "five", "five": "nine", "seven": "eight", "eight": "six", "ten": "twelve",
           "twenty": "thirty", "thirty": "forty", "eighteen": "sixteen", "fifty": "sixty", "fifty-one": "fifteen",
           "million": "billion", "hundred": "thousand", "thousand": "million", "six": "seven", "third": "fourth",
           "eightieth": "seventieth", "twenty-four": "forty-two", "half": "three quarters of"},
    "es": {"dos": "cuatro", "tres": "cinco", "cinco": "nueve", "siete": "ocho", "ocho": "seis", "diez": "doce",
           "veinte": "treinta", "treinta": "cuarenta", "dieciocho": "dieciséis", "cincuenta": "sesenta",
           "millones": "mil", "cien": "mil", "mil": "millones", "seis": "siete", "tercera": "cuarta",
           "tercer": "cuarto", "ochenta": "setenta", "veinticuatro": "cuarenta"},
    "pt-BR": {"duas": "quatro", "três": "cinco", "cinco": "nove", "sete": "oito", "oito": "seis", "dez": "doze",
              "vinte": "trinta", "trinta": "quarenta", "dezoito": "dezesseis", "cinquenta": "sessenta",
              "milhões": "mil", "cem": "mil", "mil": "milhões", "seis": "sete", "terceira": "quarta",
              "terceiro": "quarto", "oitenta": "setenta"},
}  # fmt: skip
OTHER_UNIT = {
    "en": {"days": "months", "years": "months", "months": "weeks", "hours": "minutes", "dollars": "yuan"},
    "es": {"días": "meses", "años": "meses", "meses": "semanas", "horas": "minutos", "dólares": "yuanes"},
    "pt-BR": {"dias": "meses", "anos": "meses", "meses": "semanas", "horas": "minutos", "dólares": "yuans"},
}  # fmt: skip
CHATTER = {
    "en": (
        "Sure, here is the translation: {}",
        "Translation: {}",
        "{} (Note: literal meaning kept.)",
    ),
    "es": ("Claro, aquí tienes la traducción: {}", "Traducción: {}", "Here is the translation: {}"),
    "pt-BR": ("Aqui está a tradução: {}", "Tradução: {}", '{{"full": "{}"}}'),
}


@dataclass(frozen=True, slots=True)
class Pair:
    """A source line and a translation of it."""

    source: str
    target: str
    language: str


@dataclass(frozen=True, slots=True)
class Spoiled:
    """A translation with one seeded mistake in it."""

    kind: str
    pair: Pair


def pairs(name: str = "gate_lines.tsv") -> list[Pair]:
    """The correct translations of a set."""
    rows = [
        line.split("\t")
        for line in (FOLDER / name).read_text(encoding="utf-8").splitlines()
        if line and not line.startswith("#")
    ]
    return [
        Pair(row[0], text, language)
        for row in rows
        for language, text in zip(LANGUAGES, row[1:], strict=True)
    ]


def terms_for(language: str) -> tuple[TermHint, ...]:
    """The bible of the set in a language."""
    place = LANGUAGES.index(language)
    return tuple(
        TermHint(
            source, forms[place], "person", (FORBIDDEN[source],) if source in FORBIDDEN else ()
        )
        for source, forms in TERMS.items()
    )


def spoil_all(good: Sequence[Pair], seed: int) -> list[Spoiled]:
    """Every kind of mistake wherever a line can bear it; the same seed, the same mistakes."""
    dice = random.Random(seed)
    return [
        Spoiled(kind, Pair(pair.source, spoiled, pair.language))
        for pair in good
        for kind, spoil in KINDS.items()
        if (spoiled := spoil(pair, dice, good)) is not None and spoiled != pair.target
    ]


Spoiler = Callable[[Pair, random.Random, Sequence[Pair]], str | None]


def _term_form(pair: Pair) -> str | None:
    for term in sorted(terms_for(pair.language), key=lambda term: -len(term.source)):
        if term.source in pair.source and term.target.lower() in pair.target.lower():
            return term.target
    return None


def _name_replaced(pair: Pair, dice: random.Random, _: Sequence[Pair]) -> str | None:
    form = _term_form(pair)
    if form is None:
        return None
    last = form.split()[-1] if "family" not in form and "Group" not in form else form.split()[0]
    name = dice.choice([each for each in MADE_UP if " " not in each])
    return re.sub(rf"\b{re.escape(last)}\b", name, pair.target)


def _name_of_another(pair: Pair, dice: random.Random, _: Sequence[Pair]) -> str | None:
    form = _term_form(pair)
    if form is None:
        return None
    others = [
        t.target for t in terms_for(pair.language) if t.target != form and form not in t.target
    ]
    return re.sub(re.escape(form), dice.choice(others), pair.target, flags=re.IGNORECASE)


def _name_called(pair: Pair, dice: random.Random, _: Sequence[Pair]) -> str | None:
    name = dice.choice(MADE_UP)
    if dice.random() < 0.5 or not re.match(r"[A-Z]", pair.target):
        match = re.search(r"[.!?…]+$", pair.target)
        end = match.start() if match else len(pair.target)
        return f"{pair.target[:end]}, {name}{pair.target[end:]}"
    return f"{name}, {pair.target[0].lower()}{pair.target[1:]}"


def _titled_name(pair: Pair, dice: random.Random, _: Sequence[Pair]) -> str | None:
    name = f"{dice.choice(TITLES[pair.language])} {dice.choice(MADE_UP)}"
    return f"{name}, {pair.target[0].lower()}{pair.target[1:]}"


def _name_as_subject(pair: Pair, dice: random.Random, _: Sequence[Pair]) -> str | None:
    pattern = SUBJECTS[pair.language]
    if not re.search(pattern, pair.target):
        return None
    return re.sub(pattern, dice.choice(MADE_UP), pair.target)


def _number_changed(pair: Pair, dice: random.Random, _: Sequence[Pair]) -> str | None:
    digits = re.search(r"\d+", pair.target)
    if digits:
        return pair.target.replace(digits[0], str(int(digits[0]) + dice.choice((1, 2, 10))), 1)
    return _swap(pair.target, OTHER_NUMBER[pair.language], dice)


def _number_dropped(pair: Pair, dice: random.Random, _: Sequence[Pair]) -> str | None:
    words = [word for word in OTHER_NUMBER[pair.language] if _word(word).search(pair.target)]
    big = [
        word for word in words if word not in {"third", "tercera", "tercer", "terceira", "terceiro"}
    ]
    if len(words) != 1 or not big:
        return None
    return re.sub(r"\s+", " ", _word(big[0]).sub("", pair.target, count=1)).strip()


def _unit_changed(pair: Pair, dice: random.Random, _: Sequence[Pair]) -> str | None:
    if not re.search(r"[二两三四五六七八九十百千万\d]", pair.source):
        return None
    return _swap(pair.target, OTHER_UNIT[pair.language], dice)


def _swap(text: str, table: dict[str, str], dice: random.Random) -> str | None:
    fitting = [word for word in table if _word(word).search(text)]
    if not fitting:
        return None
    word = dice.choice(fitting)
    return _word(word).sub(
        lambda match: table[word].capitalize() if match[0][0].isupper() else table[word],
        text,
        count=1,
    )


def _word(word: str) -> re.Pattern[str]:
    return re.compile(rf"(?<![\w-]){re.escape(word)}(?![\w-])", re.IGNORECASE)


def _no_dropped(pair: Pair, dice: random.Random, _: Sequence[Pair]) -> str | None:
    pattern = {
        "en": r"\b(?:not |never )|(?<=\bdo)n't|(?<=\bdoes)n't|(?<=\bis)n't",
        "es": r"\b(?:no|nunca|jamás) ", "pt-BR": r"\b(?:não|nunca) ",
    }[pair.language]  # fmt: skip
    return re.sub(pattern, "", pair.target, count=1, flags=re.IGNORECASE)


def _forbidden(pair: Pair, dice: random.Random, _: Sequence[Pair]) -> str | None:
    form = _term_form(pair)
    for source, forbidden in FORBIDDEN.items():
        if form is not None and source in pair.source:
            return re.sub(re.escape(form), forbidden, pair.target, flags=re.IGNORECASE)
    return None


def _script_left(pair: Pair, dice: random.Random, _: Sequence[Pair]) -> str | None:
    words = pair.target.split()
    words[dice.randrange(len(words))] = pair.source[:2]
    return " ".join(words)


def _source_copied(pair: Pair, dice: random.Random, _: Sequence[Pair]) -> str | None:
    return pair.source


def _looped(pair: Pair, dice: random.Random, _: Sequence[Pair]) -> str | None:
    words = pair.target.split()
    tail = " ".join(words[-dice.randint(1, 3) :])
    return pair.target + f" {tail}" * 7


def _chatty(pair: Pair, dice: random.Random, _: Sequence[Pair]) -> str | None:
    return dice.choice(CHATTER[pair.language]).format(pair.target)


def _other_language(pair: Pair, dice: random.Random, good: Sequence[Pair]) -> str | None:
    others = [p.target for p in good if p.source == pair.source and p.language != pair.language]
    return dice.choice(others)


def _run_on(pair: Pair, dice: random.Random, good: Sequence[Pair]) -> str | None:
    same = [
        p.target for p in good if p.language == pair.language and not re.search(r"\d", p.target)
    ]
    return " ".join([pair.target, *dice.sample(same, 5)])


KINDS: dict[str, Spoiler] = {
    "name replaced by an invented one": _name_replaced,
    "name of another character": _name_of_another,
    "invented name called": _name_called,
    "invented name with a title": _titled_name,
    "invented name as subject": _name_as_subject,
    "number changed": _number_changed,
    "number dropped": _number_dropped,
    "unit changed": _unit_changed,
    "forbidden term": _forbidden,
    "source script left": _script_left,
    "source copied": _source_copied,
    "loop": _looped,
    "chatter": _chatty,
    "other language": _other_language,
    "runs on": _run_on,
    "no dropped": _no_dropped,
}
NAMES = tuple(kind for kind in KINDS if "name" in kind)
NUMBERS = ("number changed", "number dropped", "unit changed")


def digits_only_alarm(pair: Pair) -> bool:
    """What a plain check of digits says (a re-implementation of the usual one, not a peer's code)."""
    mine, theirs = (sorted(re.findall(r"\d+", text)) for text in (pair.source, pair.target))
    return mine != theirs


def by_kind(spoiled: Sequence[Spoiled]) -> Iterator[tuple[str, list[Spoiled]]]:
    """The spoiled lines of each kind."""
    for kind in KINDS:
        of_kind = [each for each in spoiled if each.kind == kind]
        if of_kind:
            yield kind, of_kind
