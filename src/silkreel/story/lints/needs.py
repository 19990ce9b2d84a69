"""What a check needs beyond the script, and what to say where it is not there."""

from collections.abc import Callable, Mapping
from typing import Literal

from silkreel.kit.languages import primary
from silkreel.story.forms.vtt import Cues
from silkreel.story.lints.evidence import Evidence
from silkreel.story.rhythm import for_language

Why = Literal["walks", "compiled", "profile", "paywall", "reading", "cues", "lengths", "before"]
Need = Callable[[Evidence], Why | None]
WHY_SENTENCES: Mapping[Why, str] = {
    "walks": "the story was not played by chance; add --walks 200",
    "compiled": "the story does not compile; mend that first",
    "profile": "nobody has accepted a rhythm_profile in story.yaml",
    "paywall": "rhythm_profile names no paywall_episode",
    "reading": "rhythm_profile needs reading_rates for the language, and chapter_minutes",
    "cues": "no cue says when lines are said; add cues/ep001.LANGUAGE.vtt, or name a --series",
    "lengths": "nobody knows how long dubbed lines last; dub the series, or accept a rate of speech",
    "before": "no earlier words to compare with; publish or translate the story first",
}


def walks(evidence: Evidence) -> Why | None:
    """Walks by chance."""
    return None if evidence.walks else "walks"


def compiled(evidence: Evidence) -> Why | None:
    """What the compiler made of it."""
    return None if evidence.compiled_ids is not None else "compiled"


def accepted_profile(evidence: Evidence) -> Why | None:
    """A rhythm profile somebody stands for."""
    return None if evidence.story.project.rhythm_profile.accepted else "profile"


def paywall(evidence: Evidence) -> Why | None:
    """An accepted profile that says where the wall stands."""
    told = evidence.story.project.rhythm_profile.paywall_episode
    return accepted_profile(evidence) or (None if told else "paywall")


def reading(evidence: Evidence) -> Why | None:
    """An accepted profile that says how fast the novel is read and how long a chapter may be."""
    project = evidence.story.project
    profile = project.rhythm_profile
    told = for_language(profile.reading_rates, project.language) and profile.chapter_minutes
    return accepted_profile(evidence) or (None if told else "reading")


def cues(evidence: Evidence) -> Why | None:
    """When lines are said, in some language."""
    return None if any(evidence.cues.values()) else "cues"


def dub_lengths(evidence: Evidence) -> Why | None:
    """Slots of the source language, and how long the words of some translation last."""
    if not evidence.translations:
        return None  # nothing is dubbed
    if not cues_in(evidence, evidence.story.project.language):
        return "cues"
    profile = evidence.story.project.rhythm_profile
    rated = profile.accepted and any(
        for_language(profile.rates, each) for each in evidence.translations
    )
    return None if rated or any(evidence.outside.takes.values()) else "lengths"


def before(evidence: Evidence) -> Why | None:
    """What lines read earlier."""
    return None if evidence.before else "before"


def cues_in(evidence: Evidence, language: str) -> Cues:
    """The cues of a language, else of its plain form; none where nobody knows any."""
    return evidence.cues.get(language) or evidence.cues.get(primary(language)) or {}
