"""An episode goes into one language: words, voices, mix, subtitles, checks."""

from silkreel.flows import check_dub, mix_dub, speak_lines, subtitle_tracks, translate_lines
from silkreel.flows.problems import problems_of
from silkreel.jobs.journeys import Answer, Arguments, Run, StageCall, StageFailed, journey

STAGES_FROM = (translate_lines, speak_lines, mix_dub, subtitle_tracks, check_dub)


@journey("dub_episode")
def dub_episode(run: Run, arguments: Arguments) -> Answer:
    """Each step stands on the one before; without voices there are still subtitles."""
    episode, language = arguments["episode_id"], arguments["language"]

    def call(stage: str, words: str) -> StageCall:
        order = {"episode_id": episode, "language": language}
        return StageCall(stage, f"{words} {episode} {language}", order)

    answers = [run.stage(call("translate_lines", "translate"))]
    spoken = run.stage(call("speak_lines", "speak"))
    answers.append(spoken)
    if not isinstance(spoken, StageFailed):
        answers.append(run.stage(call("mix_dub", "mix")))
    answers.append(run.stage(call("make_subtitles", "subtitles")))
    answers.append(run.stage(call("check_episode", "check")))
    return {"problems": problems_of(answers)}
