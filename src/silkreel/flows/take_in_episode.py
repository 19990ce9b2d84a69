"""An episode is taken in, once for all languages: picture, speech, bed, the original's sound."""

from silkreel.flows import picture, soundtrack
from silkreel.flows.problems import problems_of
from silkreel.jobs.journeys import Answer, Arguments, Run, StageCall, StageFailed, journey
from silkreel.kit.refusals import refusal_from_json

STAGES_FROM = (picture, soundtrack)  # registering them
FIRST, SOON = 1, 5  # priorities: what the next step waits for, what can wait


@journey("take_in_episode")
def take_in_episode(run: Run, arguments: Arguments) -> Answer:
    """Picture first; then speech; then the bed and the original, side by side.

    Raises:
        Refusal: there is no picture; without it nothing else can be done.
    """
    episode = arguments["episode_id"]

    def call(stage: str, words: str, priority: int = FIRST) -> StageCall:
        return StageCall(stage, f"{words} {episode}", {"episode_id": episode}, priority)

    made = run.stage(call("prepare_picture", "picture"))
    if isinstance(made, StageFailed):
        raise refusal_from_json(made.refusal)
    later = run.together(
        [
            call("hear_episode", "hear"),
            call("package_original", "original", SOON),
        ]
    )
    later.append(run.stage(call("make_bed", "bed", SOON)))
    return {"problems": problems_of(later)}
