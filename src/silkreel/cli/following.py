"""A job followed on the terminal: how far it is, and what went wrong on its way."""

from collections.abc import Iterable, Mapping

from silkreel.cli import show
from silkreel.flows.problems import Problem
from silkreel.flows.steps_ahead import step_words
from silkreel.jobs.engine import JobStatus
from silkreel.jobs.progress import Rising
from silkreel.kit.words import words


def tell_progress(
    watcher: show.Watcher, rising: Rising, numbers: Mapping[str, int], status: JobStatus
) -> None:
    """Show the share that is done and what is in hand; `numbers` of episodes by id."""
    progress = status.progress
    running = "; ".join(step_words(label, numbers) for label in progress.running[:2])
    share = rising.share(progress, ended=status.ended)
    rest = words("done") if status.ended else words("waiting for a step to begin")
    watcher.share(share, running or rest, progress.seconds_left)


def print_problems(problems: Iterable[Problem], numbers: Mapping[str, int]) -> None:
    """One line for each step that said no."""
    for problem in problems:
        print(f"! {step_words(problem['label'], numbers)}: {problem['sentence']}")
