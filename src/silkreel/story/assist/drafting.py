"""DraftScene from an episode's card: a scene in the drama profile, drafted for a writer to write over."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from silkreel.kit.refusals import Refusal
from silkreel.story.assist.answers import (
    LONGEST_WORDS,
    TEXT,
    Answer,
    Change,
    Task,
    fields_of,
    items,
    list_of,
    nothing_else,
    words_of,
)
from silkreel.story.assist.carding import card_material, card_of, hash_of_passages
from silkreel.story.assist.material import Material
from silkreel.story.grammar import raw_tag
from silkreel.story.lints.evidence import Evidence
from silkreel.story.printing import print_node
from silkreel.story.script import Beat, Episode, Tag

MOST_BEATS = 30
LONGEST_DIRECTION = 80
TIMES = ("DAY", "NIGHT", "MORNING", "EVENING", "CONTINUOUS")
MARKS = ("hook", "reversal", "payoff", "cliffhanger")
NEEDED = ("hook", "exit_pressure")  # of a card, before anything is drafted
_BEAT = fields_of(
    kind={"type": "string", "enum": ["line", "action"]}, speaker=TEXT, direction=TEXT, text=TEXT,
    beat={"type": "string", "enum": ["", *MARKS]},
)  # fmt: skip
_SCHEMA = fields_of(
    inside={"type": "boolean"}, location=TEXT, time={"type": "string", "enum": [*TIMES]},
    beats=list_of(_BEAT),
)  # fmt: skip


class NoCardYet(Refusal):
    """Nothing says what the episode must do."""

    status = 409
    message = (
        "Episode {episode} has no card with a hook and an exit yet; ask for episode_card and accept "
        "what shall hold."
    )


class NobodyToPlay(Refusal):
    """A scene needs people and a place, and a model invents neither."""

    status = 409
    message = (
        "story.yaml names no cast or no locations yet; ask for extract_bible and accept them, or write "
        "them in, before a scene is drafted."
    )


def scene_material(
    evidence: Evidence, row: Mapping[str, Any], wish: str, most_tokens: int
) -> Material:
    """An episode's card, its paragraphs, and what of it is written already.

    Raises:
        NoCardYet, NobodyToPlay: there is nothing to draft from.
        NoSource, BadStoryFile, Stale, TooMuchOfIt: the novel cannot be told.
    """
    made = card_material(evidence, row, wish, most_tokens)
    project = evidence.story.project
    card = card_of(evidence.story.folder, made.number)
    if not all(card.get(name) for name in NEEDED):
        raise NoCardYet(episode=made.number)
    if not project.cast or not project.locations:
        raise NobodyToPlay
    episode = next((e for e in evidence.numbered if e.number == made.number), None)
    document = {
        **made.document, "card": card,
        "locations": [{"id": each.id, "name": each.name} for each in project.locations],
        "so_far": _so_far(episode) if episode else [],
    }  # fmt: skip
    places = {each.id: each.name or each.id for each in project.locations}
    cast = tuple(each.id for each in project.cast)
    return replace(made, document=document, cast=cast, told=places)


def check_scene(answer: Answer, material: Material, _language: str) -> list[Change]:
    """The scene as one proposal: a heading and its beats as ink, without ids.

    Raises:
        ValueError: somebody or some place is invented, or there is nothing in it.
    """
    nothing_else(answer, _SCHEMA)
    location, time, inside = answer.get("location"), answer.get("time"), answer.get("inside")
    if location not in material.told:
        raise ValueError(f"location is one of {list(material.told)}")
    if time not in TIMES or not isinstance(inside, bool):
        raise ValueError(f'time is one of {TIMES} and "inside" is true or false')
    told = items(answer, "beats")
    if not 1 <= len(told) <= MOST_BEATS:
        raise ValueError(f'"beats" must have one to {MOST_BEATS} entries')
    heading = f"{'INT' if inside else 'EXT'}. {material.told[str(location)].upper()} - {time}"
    tags = (Tag("scene", " ".join(heading.split())), Tag("loc", str(location)))
    names = frozenset(name.upper() for name in (*material.cast, "NARRATOR"))
    rows = [
        " ".join(raw_tag(tag, "# ") for tag in tags),
        *(print_node(_beat(each, place, material), names) for place, each in enumerate(told, 1)),
    ]
    own = material.passages
    where = own[0].key if len(own) == 1 else f"{own[0].key}-{own[-1].key}"
    return [
        Change(
            "scene",
            where,
            hash_of_passages(material),
            "\n".join(rows) + "\n",
            place=material.episode,
        )
    ]


def _beat(item: Mapping[str, Any], place: int, material: Material) -> Beat:
    text, kind = words_of(item, "text", LONGEST_WORDS), item.get("kind")
    speaker, mark = item.get("speaker") or "", item.get("beat") or ""
    if kind not in {"line", "action"} or mark not in {"", *MARKS}:
        raise ValueError(
            f'beat {place}: kind is "line" or "action", beat is empty or one of {MARKS}'
        )
    tags = (Tag("beat", mark),) if mark else ()
    if kind == "action":
        return Beat(text, tags=tags)
    if speaker not in material.cast:
        raise ValueError(
            f"beat {place}: {str(speaker)[:40]} is not in the cast; speak as {list(material.cast)}"
        )
    direction = " ".join(str(item.get("direction") or "").split())[:LONGEST_DIRECTION]
    return Beat(text, speaker, (), direction.strip("()（）"), tags=tags)


def _so_far(episode: Episode) -> list[dict[str, str]]:
    return [
        {"scene": scene.name, "speaker": node.speaker, "text": node.text}
        for scene in episode.scenes
        for node in scene.nodes
        if isinstance(node, Beat)
    ]


SCENE_FROM_CARD = Task(
    "draft_scene", _SCHEMA, check_scene, 80, prompt="draft_scene_from_card"
)  # a paragraph of a novel becomes one beat or two
