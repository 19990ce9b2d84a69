"""Novelize: scenes of an episode as prose that quotes the script's lines by id and repeats none of them."""

import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from silkreel.kit.keys import text_hash
from silkreel.kit.refusals import Refusal
from silkreel.story.assist.answers import (
    TEXT,
    Answer,
    Change,
    Task,
    fields_of,
    items,
    list_of,
    maybe_words,
    nothing_else,
)
from silkreel.story.assist.material import Material, Said, material_of
from silkreel.story.lints.evidence import Evidence
from silkreel.story.patching import hash_of
from silkreel.story.playing import game_only_of
from silkreel.story.project import Story
from silkreel.story.script import Beat

LONGEST_BLOCK = 1_200  # characters of a paragraph
SHORTEST_REPEAT = 10  # letters; what is shorter may be said by chance
MARKS = ("{", "}", ":::", "![", "<", ">", "***")
HEADS = ("#", "---", "* ")
_BLOCK = fields_of(scene=TEXT, text=TEXT, line=TEXT)
_SCHEMA = fields_of(blocks=list_of(_BLOCK), omitted=list_of(TEXT))


class AllTold(Refusal):
    """The novel has every scene of the episode."""

    status = 409
    message = "The novel tells every scene of {episode} already; write on in {path}."


def novel_material(evidence: Evidence, number: int, wish: str = "") -> Material:
    """The scenes of an episode that no chapter tells yet.

    Raises:
        NoSuchEpisodeHere, NothingToSay, EpisodeTooLong: nothing can be asked about it.
        AllTold: chapters adapt or omit every scene of it.
    """
    material = material_of(evidence, number, wish)
    by_scene = {scene: chapter.path for chapter in evidence.chapters
                for scene in (*chapter.adapts, *chapter.omits)}  # fmt: skip
    canon = tuple(
        each for each in material.canon_ids
        if material.lines[each].scene and material.lines[each].scene not in by_scene
        and material.episode not in by_scene
    )  # fmt: skip
    if not canon:
        path = next((p for s, p in by_scene.items() if s.startswith(material.episode)), "novel/")
        raise AllTold(episode=material.episode, path=path)
    scenes = tuple(dict.fromkeys(material.lines[each].scene for each in canon))
    told = {scene: hash_of_scene(evidence.story, scene) for scene in scenes}
    document = {**material.document, "scenes": list(scenes), "to_tell": list(canon)}
    lines = {k: v for k, v in material.lines.items() if v.scene in scenes}
    document["lines"] = [each for each in material.document["lines"] if each["id"] in lines]
    return replace(
        material, canon_ids=canon, scenes=scenes, told=told, document=document, lines=lines
    )


def hash_of_scene(story: Story, scene: str) -> str:
    """What says that the lines of a scene read as they did when they were retold."""
    hidden = game_only_of(story)
    rows = [
        f"{placed.node.id} {hash_of(placed.node)}"
        for placed in story.walk()
        if placed.scene is not None and placed.scene.id == scene
        and isinstance(placed.node, Beat) and placed.node.id not in hidden
    ]  # fmt: skip
    return text_hash("\n".join(rows))


def check_novelize(answer: Answer, material: Material, _language: str) -> list[Change]:
    """One proposal a scene.

    Raises:
        ValueError: a line is lost, comes twice or out of order, or the prose repeats one.
    """
    nothing_else(answer, _SCHEMA)
    blocks = items(answer, "blocks")
    omitted = answer.get("omitted")
    if not isinstance(omitted, list) or not all(isinstance(each, str) for each in omitted):
        raise ValueError('"omitted" must be a list of ids')
    _covers(blocks, omitted, material)
    paragraphs: dict[str, list[str]] = {}
    last = 0
    for place, item in enumerate(blocks, start=1):
        scene = item.get("scene")
        if scene not in material.scenes:
            raise ValueError(f"block {place}: scene is one of {list(material.scenes)}")
        at = material.scenes.index(scene)
        if at < last:
            raise ValueError(f"block {place}: {scene} comes before {material.scenes[last]}")
        last = at
        paragraphs.setdefault(str(scene), []).append(_paragraph(item, material, place))
    left = {scene: [x for x in omitted if material.lines[x].scene == scene] for scene in paragraphs}
    return [
        Change(
            "prose", next(x for x in material.canon_ids if material.lines[x].scene == scene),
            material.told[scene], "\n\n".join(told),
            f"told without: {', '.join(left[scene])}" if left[scene] else "", place=scene,
        )
        for scene, told in paragraphs.items()
    ]  # fmt: skip


def _covers(
    blocks: Sequence[Mapping[str, Any]], omitted: Sequence[str], material: Material
) -> None:
    quoted = [str(each["line"]) for each in blocks if each.get("line")]
    canon = list(material.canon_ids)
    for each in (*quoted, *omitted):
        if each not in canon:
            raise ValueError(f"{each[:60]} is none of the lines to tell; take ids of to_tell")
    for each in canon:
        count = [*quoted, *omitted].count(each)
        if count != 1:
            how = "neither quoted nor omitted" if count == 0 else f"there {count} times"
            raise ValueError(f"{each} is {how}; each id of to_tell is quoted once or omitted")
    if quoted != sorted(quoted, key=canon.index):
        raise ValueError("the quoted lines must come in the order of to_tell")


def _paragraph(item: Mapping[str, Any], material: Material, place: int) -> str:
    line_id, text = item.get("line") or "", maybe_words(item, "text", LONGEST_BLOCK)
    if not line_id and not text:
        raise ValueError(f"block {place} has neither text nor line")
    marks = [each for each in MARKS if each in text]
    marks += [each for each in HEADS if text.startswith(each)]
    if marks:
        raise ValueError(
            f'block {place}: write plain prose without {marks[0]}; quote by "line" only'
        )
    _repeats_nothing(text, material, place)
    if not line_id:
        return text
    line = material.line(line_id)
    if line.scene != item.get("scene"):
        raise ValueError(f"block {place}: {line.id} belongs to {line.scene}")
    return f"{_quote(line, text)} {text}".strip()


def _quote(line: Said, text: str) -> str:
    """Where the sentence goes on in small letters, the quoted line ends in a comma."""
    return f"{{{{line:{line.id}{'|comma' if text[:1].islower() else ''}}}}}"


def _repeats_nothing(text: str, material: Material, place: int) -> None:
    prose = _letters(text)
    for line in material.lines.values():
        words = _letters(line.text)
        if line.speaker and len(words) >= SHORTEST_REPEAT and words in prose:
            raise ValueError(f'block {place} repeats {line.id}; quote it by "line" instead')


def _letters(text: str) -> str:
    return "".join(c for c in unicodedata.normalize("NFC", text).casefold() if c.isalnum())


NOVELIZE = Task("novelize", _SCHEMA, check_novelize, 90)
