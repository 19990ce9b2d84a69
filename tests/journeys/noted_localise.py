"""`silkreel localise` with a note in the home's `ran.log` before and after each stage."""

import os
import sys
from pathlib import Path

from silkreel.cli import run
from silkreel.flows import journeys  # noqa: F401 - registers the stages
from silkreel.jobs import journeys as registry


def note(word: str, stage: str, arguments) -> None:
    what = " ".join(
        str(arguments[name]) for name in ("episode_id", "language") if name in arguments
    )
    with (Path(os.environ["SILKREEL_HOME"]) / "ran.log").open("a", encoding="utf-8") as log:
        log.write(f"{word} {stage} {what}\n")


def noted(stage: registry.Stage) -> registry.Stage:
    def function(desk, arguments):
        note("begin", stage.name, arguments)
        answer = stage.function(desk, arguments)
        note("end", stage.name, arguments)
        return answer

    return registry.Stage(stage.name, stage.queue, function, stage.weight)


if __name__ == "__main__":
    for name, stage in list(registry.STAGES.items()):
        registry.STAGES[name] = noted(stage)
    sys.exit(run(["localise", *sys.argv[1:]]))
