"""How long lines last, by the rates a named person has accepted; without rates there is no estimate."""

from collections.abc import Mapping, Sequence

from silkreel.kit.languages import primary
from silkreel.story.project import Project, Quantity
from silkreel.story.script import Beat

ACTION = "action"


def estimated_seconds(beats: Sequence[Beat], project: Project) -> float | None:
    """How long beats last; None where a rate they need is not declared."""
    lengths = [beat_seconds(beat, project) for beat in beats]
    known = [length for length in lengths if length is not None]
    return sum(known) if len(known) == len(lengths) else None


def beat_seconds(beat: Beat, project: Project) -> float | None:
    """How long one beat lasts; None where its rate is not declared."""
    rates = project.rhythm_profile.rates
    if not beat.spoken:
        action = rates.get(ACTION)
        return action.amount if action else None
    rate = for_language(rates, project.language)
    return amount_of(beat.text, rate.unit) / rate.amount if rate and rate.amount else None


def for_language(rates: Mapping[str, Quantity], language: str) -> Quantity | None:
    """The quantity declared for a language, else for its primary tag."""
    return rates.get(language) or rates.get(primary(language))


def amount_of(text: str, unit: str) -> float:
    """How much of a unit a text is: words or characters without marks and blanks."""
    if unit.startswith("word"):
        return len(text.split())
    return sum(char.isalnum() for char in text)
