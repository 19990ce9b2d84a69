"""The tasks: what each answers, as a JSON schema, and what code checks before anybody sees it."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from silkreel.kit.refusals import Refusal
from silkreel.story.assist.material import Material
from silkreel.story.grammar import placeholders
from silkreel.story.printing import print_node
from silkreel.story.script import Beat

Kind = Literal["words", "note", "shots", "translation", "lines"]
MOST_ITEMS = 60  # of one answer; an episode has some 35 lines
LONGEST_WORDS = 400  # characters; a line of a script is below 100
LONGEST_NOTE = 600
SIZES = ("ECU", "CU", "MCU", "MS", "WS", "two")
MOVES = ("still", "push_in", "pull_out", "drift_left", "drift_right")
SHOT_SECONDS = (2.0, 5.0)
CATEGORIES = (
    "violence", "sex", "minors", "self_harm", "drugs", "hate", "religion", "politics", "gambling",
    "brands",
)  # fmt: skip
LENGTH_RATIO = 2.5  # a translation longer than this times its source is no line any more


class UnknownTask(Refusal):
    """No task of that name."""

    status = 404
    message = "There is no task {task}; the tasks are: {known}."


@dataclass(frozen=True, slots=True)
class Change:
    """One thing proposed; `line_id` is where it belongs, `old_hash` what it was made for."""

    kind: Kind
    line_id: str
    old_hash: str
    text: str
    reason: str = ""
    language: str = ""
    old_text: str = ""  # what it would replace, to be seen beside it


Answer = Mapping[str, Any]
Check = Callable[[Answer, Material, str], Sequence[Change]]


@dataclass(frozen=True, slots=True)
class Task:
    """Something a model may be asked to propose."""

    name: str
    schema: Mapping[str, Any]
    check: Check
    tokens_a_line: int  # of the answer, about
    wants_language: bool = False


def task_named(name: str) -> Task:
    """A task by its name.

    Raises:
        UnknownTask: there is none.
    """
    if name not in TASKS:
        raise UnknownTask(task=name[:40], known=", ".join(TASKS))
    return TASKS[name]


def _object(**fields: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "type": "object", "properties": fields, "required": list(fields),
        "additionalProperties": False,
    }  # fmt: skip


def _list(item: Mapping[str, Any]) -> dict[str, Any]:
    return {"type": "array", "items": item, "maxItems": MOST_ITEMS}


TEXT = {"type": "string"}


def items(answer: Answer, name: str) -> list[Mapping[str, Any]]:
    """The list an answer holds under a name.

    Raises:
        ValueError: it holds none.
    """
    found = answer.get(name) if isinstance(answer, Mapping) else None
    if not isinstance(found, list) or not all(isinstance(each, Mapping) for each in found):
        raise ValueError(f'the answer must be an object with a list "{name}" of objects')
    if len(found) > MOST_ITEMS:
        raise ValueError(f'"{name}" has {len(found)} entries; give at most {MOST_ITEMS}')
    return found


def words_of(item: Mapping[str, Any], name: str, most: int = LONGEST_NOTE) -> str:
    """One line of text under a name.

    Raises:
        ValueError: there is none, or it is longer than any line.
    """
    told = item.get(name)
    text = " ".join(told.split()) if isinstance(told, str) else ""
    if not text:
        raise ValueError(f'"{name}" is missing or empty')
    if len(text) > most:
        raise ValueError(f'"{name}" has {len(text)} characters; at most {most} are taken')
    return text


def _punch_up(answer: Answer, material: Material, _language: str) -> list[Change]:
    found = []
    for item in items(answer, "patches"):
        line = material.line(item.get("id"))
        text = words_of(item, "text", LONGEST_WORDS)
        if line.final:
            raise ValueError(f"{line.id} is final; leave it out")
        if sorted(placeholders(text)) != sorted(placeholders(line.text)):
            raise ValueError(f"{line.id} must keep the placeholders of “{line.text}”")
        _no_name(text, line.id, material)
        if text != line.text:
            why = words_of(item, "reason")
            found.append(Change("words", line.id, line.hash, text, why, "", line.text))
    return _once(found)


def _branch_ideas(answer: Answer, material: Material, _language: str) -> list[Change]:
    found = []
    for item in items(answer, "choices"):
        line = material.line(item.get("at"))
        rejoin = words_of(item, "rejoin_scene")
        if rejoin not in material.scenes:
            raise ValueError(f"{rejoin[:60]} is no scene; rejoin at one of {list(material.scenes)}")
        label, then = words_of(item, "label", 120), words_of(item, "consequence")
        found.append(Change("note", line.id, line.hash, f"Choice? [{label}] {then} -> {rejoin}"))
    return found


def _episode_card(answer: Answer, material: Material, _language: str) -> list[Change]:
    told_of = answer.get("covers_source") if isinstance(answer, Mapping) else None
    sources = told_of if isinstance(told_of, Mapping) else {}
    if not sources:
        raise ValueError('"covers_source" must be an object of line ids')
    first = next(iter(material.lines.values()))
    for name in ("hook", "reversal", "payoff", "exit"):
        source = sources.get(name)
        if source and source != "none":
            material.line(source)
    names = ("entry", "goal", "opposition", "hook", "reversal", "payoff", "exit_pressure")
    told = " · ".join(f"{name}: {words_of(answer, name, 300)}" for name in names)
    return [Change("note", first.id, first.hash, f"Card: {told}")]


def _review(answer: Answer, material: Material, _language: str) -> list[Change]:
    found = []
    for item in items(answer, "findings"):
        ids = item.get("ids")
        if not isinstance(ids, list) or not ids:
            raise ValueError('"ids" must name at least one line')
        lines = [material.line(each) for each in ids]
        quote = words_of(item, "quote")
        if quote not in lines[0].text:
            raise ValueError(
                f"“{quote[:80]}” does not stand in {lines[0].id}; copy it letter by letter from "
                f"“{lines[0].text}”"
            )
        note = f"Review: {words_of(item, 'suggestion')} (“{quote}”)"
        found.append(Change("note", lines[0].id, lines[0].hash, note))
    return found


def _shot_list(answer: Answer, material: Material, _language: str) -> list[Change]:
    covered: list[str] = []
    rows = []
    for place, item in enumerate(items(answer, "shots"), start=1):
        covers = item.get("covers")
        if not isinstance(covers, list) or not covers:
            raise ValueError(f'shot {place}: "covers" must name at least one line')
        covered += [material.line(each).id for each in covers]
        rows.append(_shot(item, material, place))
    canon = list(material.canon_ids)
    if covered != canon:
        wrong = next(
            (i for i, (a, b) in enumerate(zip(covered, canon, strict=False)) if a != b),
            min(len(covered), len(canon)),
        )
        wanted = canon[wrong] if wrong < len(canon) else "no further line"
        raise ValueError(
            f"the shots must cover these lines once and in this order: {canon}; "
            f"at place {wrong + 1} {wanted} is expected"
        )
    first = material.lines[canon[0]]
    return [Change("shots", first.id, "", "\n".join(rows) + "\n")]


def _shot(item: Mapping[str, Any], material: Material, place: int) -> str:
    size, move = item.get("size"), item.get("move")
    if size not in SIZES or move not in MOVES:
        raise ValueError(f"shot {place}: size is one of {SIZES}, move is one of {MOVES}")
    seconds = item.get("seconds")
    least, most = SHOT_SECONDS
    if not isinstance(seconds, int | float) or not least <= seconds <= most:
        raise ValueError(f"shot {place}: seconds must lie between {least:g} and {most:g}")
    cast = item.get("cast")
    if not isinstance(cast, list) or any(who not in material.cast for who in cast):
        raise ValueError(f"shot {place}: cast is a list of {list(material.cast)}")
    words_of(item, "description")
    covers = ", ".join(item["covers"])
    people = f", cast: [{', '.join(cast)}]" if cast else ""
    return (
        f"- {{id: {material.episode}_s{place:02d}, covers: [{covers}], size: {size}, move: {move}, "
        f"length_seconds: {seconds:g}{people}}}"
    )


def _localise(answer: Answer, material: Material, language: str) -> list[Change]:
    found = []
    for item in items(answer, "targets"):
        line = material.line(item.get("id"))
        text = words_of(item, "sub", LONGEST_WORDS)
        if sorted(placeholders(text)) != sorted(placeholders(line.text)):
            raise ValueError(f"{line.id} must keep the placeholders of “{line.text}”")
        if len(text) > LENGTH_RATIO * max(len(line.text), 20):
            raise ValueError(f"{line.id} is far longer than its source; say it shorter")
        found.append(Change("translation", line.id, line.hash, text, "", language, line.text))
    for item in items(answer, "flags"):
        line = material.line(item.get("id"))
        note = f"LOC: {words_of(item, 'kind', 60)}: {words_of(item, 'proposal')}"
        found.append(Change("note", line.id, line.hash, note))
    return _once(found)


def _draft_scene(answer: Answer, material: Material, _language: str) -> list[Change]:
    after = material.line(answer.get("after") if isinstance(answer, Mapping) else None)
    if after.final:
        raise ValueError(f"{after.id} is final; draft after a line that is not")
    rows = []
    for item in items(answer, "beats"):
        text = words_of(item, "text", LONGEST_WORDS)
        speaker = item.get("speaker") or ""
        if item.get("kind") == "line" and speaker not in material.cast:
            raise ValueError(
                f"{str(speaker)[:40]} is not in the cast; speak as {list(material.cast)}"
            )
        direction = " ".join(str(item.get("direction") or "").split())[:80]
        spoken = item.get("kind") == "line"
        beat = Beat(text, speaker, (), direction) if spoken else Beat(text)
        rows.append(print_node(beat, frozenset(material.cast)))
    if not rows:
        raise ValueError('"beats" is empty')
    return [Change("lines", after.id, after.hash, "\n".join(rows))]


def _compliance_scan(answer: Answer, material: Material, _language: str) -> list[Change]:
    found = []
    for item in items(answer, "flags"):
        line = material.line(item.get("id"))
        quote, category = words_of(item, "quote"), item.get("category")
        if category not in CATEGORIES:
            raise ValueError(f"category is one of {CATEGORIES}")
        if quote not in line.text:
            raise ValueError(
                f"“{quote[:80]}” does not stand in {line.id}; copy it letter by letter"
            )
        market = words_of(item, "market", 40)
        note = f"LEGAL: {category}, {market}: “{quote}”"
        found.append(Change("note", line.id, line.hash, note))
    return found


def _once(found: list[Change]) -> list[Change]:
    """Two proposals for one line's words are none.

    Raises:
        ValueError: a line comes twice.
    """
    ids = [each.line_id for each in found if each.kind != "note"]
    twice = sorted({each for each in ids if ids.count(each) > 1})
    if twice:
        raise ValueError(f"{twice[0]} comes twice; give each line once")
    return found


def _no_name(text: str, line_id: str, material: Material) -> None:
    """Words come without the speaker's name: who says a line is not the model's to change."""
    head = text.partition(":")[0].strip()
    if ":" in text and head.upper() in {who.upper() for who in material.cast}:
        raise ValueError(f"{line_id}: give the words only, without “{head}:” before them")


_PATCH = _object(id=TEXT, text=TEXT, reason=TEXT)
_CHOICE = _object(at=TEXT, label=TEXT, consequence=TEXT, rejoin_scene=TEXT)
_FINDING = _object(
    severity={"type": "string", "enum": ["high", "medium", "low"]}, ids=_list(TEXT), quote=TEXT,
    suggestion=TEXT,
)  # fmt: skip
_SHOT = _object(
    covers=_list(TEXT), size={"type": "string", "enum": [*SIZES]},
    move={"type": "string", "enum": [*MOVES]}, seconds={"type": "number"}, description=TEXT,
    cast=_list(TEXT),
)  # fmt: skip
_SOURCES = _object(hook=TEXT, reversal=TEXT, payoff=TEXT, exit=TEXT)
_CARD = _object(
    entry=TEXT, goal=TEXT, opposition=TEXT, hook=TEXT, reversal=TEXT, payoff=TEXT,
    exit_pressure=TEXT, covers_source=_SOURCES,
)  # fmt: skip
_BEAT = _object(
    kind={"type": "string", "enum": ["line", "action"]}, speaker=TEXT, direction=TEXT, text=TEXT
)
_LEGAL = _object(
    id=TEXT, category={"type": "string", "enum": [*CATEGORIES]}, market=TEXT, quote=TEXT
)
_TARGET = _object(id=TEXT, sub=TEXT, dub=TEXT, notes=TEXT)
_FLAG = _object(id=TEXT, kind=TEXT, proposal=TEXT)

TASKS: Mapping[str, Task] = {
    task.name: task
    for task in (
        Task("punch_up", _object(patches=_list(_PATCH)), _punch_up, 30),
        Task("branch_ideas", _object(choices=_list(_CHOICE)), _branch_ideas, 25),
        Task("episode_card", _CARD, _episode_card, 15),
        Task("review", _object(findings=_list(_FINDING)), _review, 25),
        Task("draft_scene", _object(after=TEXT, beats=_list(_BEAT)), _draft_scene, 30),
        Task("compliance_scan", _object(flags=_list(_LEGAL)), _compliance_scan, 15),
        Task("shot_list", _object(shots=_list(_SHOT)), _shot_list, 70),
        Task(
            "localise", _object(targets=_list(_TARGET), flags=_list(_FLAG)), _localise, 70,
            wants_language=True,
        ),
    )
}  # fmt: skip
