"""An episode on an editor's timeline before anybody speaks: its lines last as the story's rates say."""

from pathlib import Path

from silkreel.flows.animatic_plan import planned
from silkreel.media.theatre.schedule import slots
from silkreel.story.forms.otio import write_otio
from silkreel.story.forms.vtt import NoRates
from silkreel.story.rhythm import beat_seconds

FRAMES_PER_SECOND = 25  # as animatics have


def timeline_of(story: Path, episode: int, language: str = "") -> str:
    """The episode's shots and lines as OpenTimelineIO.

    Raises:
        NoStory, BadStoryFile, NoSuchEpisode: the script, its shots or its pictures cannot be used.
        NoRates: nobody said how fast people speak.
    """
    plan = planned(story, episode, language)
    beats = [beat for shot in plan.board.shots for beat in shot.beats]
    told = {beat.id or "": beat_seconds(beat, plan.project) for beat in beats if beat.spoken}
    seconds = {line_id: length for line_id, length in told.items() if length is not None}
    if len(seconds) < len(told):
        raise NoRates(language=plan.project.language)
    times = slots(plan.play, seconds, FRAMES_PER_SECOND)
    name = plan.project.title or plan.evidence.story.folder.name
    return write_otio(times, plan.play.cast, f"{name} {plan.board.episode.name}")
