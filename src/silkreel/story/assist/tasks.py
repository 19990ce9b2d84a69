"""Everything a model may be asked, by name."""

from collections.abc import Mapping

from silkreel.kit.refusals import Refusal
from silkreel.story.assist.answers import Task
from silkreel.story.assist.episode_tasks import EPISODE_TASKS
from silkreel.story.assist.extracting import EXTRACT_BIBLE
from silkreel.story.assist.marketing import MARKETING
from silkreel.story.assist.novelising import NOVELIZE
from silkreel.story.assist.splitting import SPLIT_NOVEL

TASKS: Mapping[str, Task] = {
    task.name: task for task in (SPLIT_NOVEL, EXTRACT_BIBLE, *EPISODE_TASKS, NOVELIZE, MARKETING)
}


class UnknownTask(Refusal):
    """No task of that name."""

    status = 404
    message = "There is no task {task}; the tasks are: {known}."


def task_named(name: str) -> Task:
    """A task by its name.

    Raises:
        UnknownTask: there is none.
    """
    if name not in TASKS:
        raise UnknownTask(task=name[:40], known=", ".join(TASKS))
    return TASKS[name]
