"""Checks of cast and places: who speaks and where it plays is known to story.yaml."""

from collections.abc import Iterator
from itertools import combinations

from rapidfuzz.distance import Levenshtein

from silkreel.kit.languages import primary
from silkreel.story.lints.catalogue import Found, lint
from silkreel.story.lints.evidence import Evidence
from silkreel.story.script import At, Beat

YAML = At("story.yaml", 1)
NARRATOR = "NARRATOR"
SHORTEST_LIKE = 3  # characters: shorter names are all one edit apart


@lint("DRM003", "B")
def known_people_and_places(evidence: Evidence) -> Iterator[Found]:
    r"""A speaker or a location is not in story.yaml.

    Without it there is no voice, no portrait and no place on the schedule. Add it to `cast` or
    `locations`, or mend the spelling. A sentence with a colon is written `\:` where it is action.
    """
    story = evidence.story
    if not story.declared:
        return
    places = {location.id for location in story.project.locations}
    for placed in story.walk():
        beat = placed.node
        if (
            isinstance(beat, Beat)
            and beat.speaker
            and beat.speaker.upper() not in story.project.names
        ):
            near = _nearest(beat.speaker, story.project.names)
            hint = f"; is it {near}?" if near else "; add it to the cast."
            yield Found(f"{beat.speaker} is not in story.yaml{hint}", beat.at, beat.id)
    for episode in story.episodes:
        for scene in episode.scenes:
            if scene.location and scene.location not in places:
                yield Found(f"Location {scene.location} is not in story.yaml.", scene.at)


def _nearest(name: str, known: frozenset[str]) -> str | None:
    scored = sorted((Levenshtein.distance(name.upper(), other), other) for other in known)
    return scored[0][1] if scored and scored[0][0] <= 1 < len(name) else None


@lint("DRM030", "W")
def names_alike(evidence: Evidence) -> Iterator[Found]:
    """Two names of the cast are one letter apart.

    Viewers of subtitles confuse them, and a slip of the pen gives a line to the wrong voice.
    """
    ids = [character.id for character in evidence.story.project.cast]
    for one, other in combinations(ids, 2):
        alike = Levenshtein.distance(one.upper(), other.upper()) <= 1
        if alike and min(len(one), len(other)) >= SHORTEST_LIKE:
            yield Found(f"{one} and {other} are one letter apart; rename one.", YAML)


@lint("DRM031", "W")
def never_used(evidence: Evidence) -> Iterator[Found]:
    """Somebody of the cast never speaks, or a location is never used.

    Take it out, or waive this in story.yaml where it is meant for later episodes.
    """
    story = evidence.story
    speakers = {
        character.id
        for line in story.lines
        if isinstance(line, Beat) and (character := story.project.character(line.speaker))
    }
    places = {scene.location for episode in story.episodes for scene in episode.scenes}
    for character in story.project.cast:
        if character.id not in speakers and character.id != NARRATOR:
            yield Found(f"{character.id} never speaks.", YAML)
    for location in story.project.locations:
        if location.id not in places:
            yield Found(f"Location {location.id} is never used.", YAML)


@lint("DRM032", "B")
def shared_alias(evidence: Evidence) -> Iterator[Found]:
    """Two people of the cast answer to one name.

    Nobody can tell whose line it is.
    """
    owners: dict[str, str] = {}
    for character in evidence.story.project.cast:
        for name in {n.upper() for n in (character.id, character.name, *character.aliases) if n}:
            if name in owners:
                yield Found(f"{owners[name]} and {character.id} are both called {name}.", YAML)
            owners.setdefault(name, character.id)


@lint("DRM033", "W")
def forbidden_spelling(evidence: Evidence) -> Iterator[Found]:
    """A term is written in a way story.yaml forbids.

    A name that is spelled in two ways is two names to a reader, a search and a translator.
    """
    mine = primary(evidence.story.project.language)
    banned = {
        form: term.source
        for term in evidence.story.project.terms
        for language, forms in term.forbidden.items()
        if primary(language) == mine
        for form in forms
    }
    for line in evidence.story.lines:
        for form, source in banned.items():
            if form in line.text:
                yield Found(f"Write {source}, not {form}.", line.at, line.id)
