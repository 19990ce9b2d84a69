"""From what somebody wants to the questions it takes: one for an episode, several for a novel."""

from dataclasses import dataclass
from typing import Literal

from silkreel.kit.languages import normal_tag
from silkreel.kit.settings import Settings
from silkreel.story.assist.answers import Task
from silkreel.story.assist.asking import NoLanguage, Wanted
from silkreel.story.assist.carding import CARD_FROM_NOVEL, card_material, planned_row
from silkreel.story.assist.drafting import SCENE_FROM_CARD, scene_material
from silkreel.story.assist.extracting import EXTRACT_BIBLE
from silkreel.story.assist.marketing import series_material
from silkreel.story.assist.material import Material, material_of
from silkreel.story.assist.novelising import NOVELIZE, novel_material
from silkreel.story.assist.parting import novel_parts, script_parts
from silkreel.story.assist.tasks import task_named
from silkreel.story.lints.evidence import Evidence

FROM_PLAN = {each.name: each for each in (CARD_FROM_NOVEL, SCENE_FROM_CARD)}
Source = Literal["novel", "script"]


@dataclass(frozen=True, slots=True)
class Order:
    """What somebody wants to be asked."""

    task: str
    episode: int = 1
    language: str = ""
    wish: str = ""
    source: Source = (
        "novel"  # what a bible, a card or a scene is made from, where there is a choice
    )


def questions(evidence: Evidence, order: Order, settings: Settings) -> tuple[Wanted, ...]:
    """The questions an order takes, in the order they are asked.

    Raises:
        UnknownTask, NoLanguage, UnknownLanguage: it is no order.
        NoSuchEpisodeHere, NothingToSay, EpisodeTooLong, AllTold, NoSource, TooManyParts,
        BadStoryFile, Stale, NoCardYet, NobodyToPlay, TooMuchOfIt: there is nothing to ask about.
    """
    task = _as_planned(evidence, order) or task_named(order.task)
    if task.wants_language and not order.language:
        raise NoLanguage
    language = normal_tag(order.language) if order.language else ""
    told = _materials(evidence, order, task, language, settings)
    return tuple(Wanted(task, each, language) for each in told)


def _as_planned(evidence: Evidence, order: Order) -> Task | None:
    """The task as it is asked of an episode that is planned from the novel; None for a written one."""
    if order.task not in FROM_PLAN or order.source != "novel":
        return None
    planned = planned_row(evidence.story.folder, order.episode)
    return FROM_PLAN[order.task] if planned else None


def _materials(
    evidence: Evidence, order: Order, task: Task, language: str, settings: Settings
) -> tuple[Material, ...]:
    most = settings.writer_part_tokens
    if task.scope == "series":
        home = settings.folder
        return (series_material(evidence, language, order.wish, most, home),)
    if task.scope == "novel":
        reads = task is EXTRACT_BIBLE
        if reads and order.source == "script":
            return script_parts(evidence, order.wish, most)
        return novel_parts(evidence, order.wish, most, names=reads)
    return (_of_episode(evidence, order, task, most),)


def _of_episode(evidence: Evidence, order: Order, task: Task, most_tokens: int) -> Material:
    if task in (CARD_FROM_NOVEL, SCENE_FROM_CARD):
        row = planned_row(evidence.story.folder, order.episode)
        assert row is not None
        tell = card_material if task is CARD_FROM_NOVEL else scene_material
        return tell(evidence, row, order.wish, most_tokens)
    if task is NOVELIZE:
        return novel_material(evidence, order.episode, order.wish)
    return material_of(evidence, order.episode, order.wish)
