"""Tasks on an episode: what each answers, as a JSON schema, and what code checks before anybody sees it."""

from collections.abc import Mapping
from typing import Any

from silkreel.story.assist.answers import (
    LONGEST_WORDS,
    TEXT,
    Answer,
    Change,
    Task,
    fields_of,
    items,
    list_of,
    words_of,
)
from silkreel.story.assist.material import Material
from silkreel.story.grammar import placeholders
from silkreel.story.printing import print_node
from silkreel.story.script import Beat

SIZES = ("ECU", "CU", "MCU", "MS", "WS", "two")
MOVES = ("still", "push_in", "pull_out", "drift_left", "drift_right")
SHOT_SECONDS = (2.0, 5.0)
CATEGORIES = (
    "violence", "sex", "minors", "self_harm", "drugs", "hate", "religion", "politics", "gambling",
    "brands",
)  # fmt: skip
LENGTH_RATIO = 2.5  # a translation longer than this times its source is no line any more


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


_PATCH = fields_of(id=TEXT, text=TEXT, reason=TEXT)
_CHOICE = fields_of(at=TEXT, label=TEXT, consequence=TEXT, rejoin_scene=TEXT)
_FINDING = fields_of(
    severity={"type": "string", "enum": ["high", "medium", "low"]}, ids=list_of(TEXT), quote=TEXT,
    suggestion=TEXT,
)  # fmt: skip
_SHOT = fields_of(
    covers=list_of(TEXT), size={"type": "string", "enum": [*SIZES]},
    move={"type": "string", "enum": [*MOVES]}, seconds={"type": "number"}, description=TEXT,
    cast=list_of(TEXT),
)  # fmt: skip
_SOURCES = fields_of(hook=TEXT, reversal=TEXT, payoff=TEXT, exit=TEXT)
_CARD = fields_of(
    entry=TEXT, goal=TEXT, opposition=TEXT, hook=TEXT, reversal=TEXT, payoff=TEXT,
    exit_pressure=TEXT, covers_source=_SOURCES,
)  # fmt: skip
_BEAT = fields_of(
    kind={"type": "string", "enum": ["line", "action"]}, speaker=TEXT, direction=TEXT, text=TEXT
)
_LEGAL = fields_of(
    id=TEXT, category={"type": "string", "enum": [*CATEGORIES]}, market=TEXT, quote=TEXT
)
_TARGET = fields_of(id=TEXT, sub=TEXT, dub=TEXT, notes=TEXT)
_FLAG = fields_of(id=TEXT, kind=TEXT, proposal=TEXT)

EPISODE_TASKS = (
    Task("punch_up", fields_of(patches=list_of(_PATCH)), _punch_up, 30),
    Task("branch_ideas", fields_of(choices=list_of(_CHOICE)), _branch_ideas, 25),
    Task("episode_card", _CARD, _episode_card, 15),
    Task("review", fields_of(findings=list_of(_FINDING)), _review, 25),
    Task("draft_scene", fields_of(after=TEXT, beats=list_of(_BEAT)), _draft_scene, 30),
    Task("compliance_scan", fields_of(flags=list_of(_LEGAL)), _compliance_scan, 15),
    Task("shot_list", fields_of(shots=list_of(_SHOT)), _shot_list, 70),
    Task(
        "localise",
        fields_of(targets=list_of(_TARGET), flags=list_of(_FLAG)),
        _localise,
        70,
        wants_language=True,
    ),
)
