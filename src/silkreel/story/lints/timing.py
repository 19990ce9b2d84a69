"""Checks of words against the picture: what is read in time, and what is said in time.

When a line is said is known from cues: files in the story's `cues`, else the subtitles of the series.
"""

from collections.abc import Iterator

from silkreel.bible.subtitle_limits import subtitle_limits
from silkreel.story.lints import needs
from silkreel.story.lints.catalogue import Found, lint
from silkreel.story.lints.evidence import Evidence
from silkreel.story.rhythm import amount_of, for_language
from silkreel.story.script import At, Beat

# Said faster than this times its natural pace a line sounds hurried; the dub's fitting aims below it.
FASTEST_RATE = 1.12


@lint("DRM204", "W", needs.cues)
def fast_subtitle(evidence: Evidence) -> Iterator[Found]:
    """A subtitle is gone before it is read.

    It has more characters than a viewer of its language reads while its cue is shown: 17 a second in
    Spanish, 9 in Chinese, 20 in English; the whole table is `bible/subtitle_limits.yaml`. Shorten the
    words, or give the line more time. Without cues it is not run.
    """
    for language, line_id, text, at in _subtitles(evidence):
        cue = needs.cues_in(evidence, language).get(line_id)
        most = subtitle_limits(language, vertical=True).characters_per_second
        if cue is not None and len(text) > most * cue.length_seconds:
            shown = f"{len(text)} characters in {cue.length_seconds:.1f} s"
            told = f"{language}: {shown}, and {most:.0f} a second are read; word it shorter."
            yield Found(told, at, line_id)


def _subtitles(evidence: Evidence) -> Iterator[tuple[str, str, str, At]]:
    """Language, line, words and place of everything a viewer reads under the picture."""
    source = evidence.story.project.language
    beats = {each.id: each for each in evidence.story.lines if isinstance(each, Beat) and each.id}
    for line_id, beat in beats.items():
        if beat.speaker:
            yield source, line_id, beat.text, beat.at
    for language, found in evidence.translations.items():
        for wording in found.wordings:
            if wording.use == "sub" and wording.text and wording.line_id in beats:
                yield language, wording.line_id, wording.text, wording.at


@lint("DRM205", "W", needs.dub_lengths)
def long_dub(evidence: Evidence) -> Iterator[Found]:
    """A line's wording for the dub lasts longer than its slot.

    The slot is the original's cue; a voice may speak an eighth faster than it would, not more. How
    long words last is measured where the series is dubbed, else estimated by the accepted `rates` of
    that language. Write a shorter wording under `ID|dub`. Without cues of the original, and without
    takes or rates, it is not run.
    """
    slots = needs.cues_in(evidence, evidence.story.project.language)
    spoken = {line.id for line in evidence.story.lines if isinstance(line, Beat) and line.spoken}
    for language, found in evidence.translations.items():
        by_use = {(each.line_id, each.use): each for each in found.wordings if each.text}
        for line_id in dict.fromkeys(line_id for line_id, _ in by_use):
            wording = by_use.get((line_id, "dub")) or by_use.get((line_id, "sub"))
            if wording is None or line_id not in spoken or line_id not in slots:
                continue
            seconds, slot = _seconds(evidence, language, wording.text), slots[line_id]
            if seconds is not None and seconds > FASTEST_RATE * slot.length_seconds:
                room = f"{seconds:.1f} s to say in a slot of {slot.length_seconds:.1f} s"
                yield Found(f"{language}: {room}; word it shorter.", wording.at, line_id)


def _seconds(evidence: Evidence, language: str, text: str) -> float | None:
    """How long words last: as they were said, else by an accepted rate, else nobody knows."""
    said = evidence.outside.takes.get(language, {}).get(text)
    if said is not None:
        return said
    profile = evidence.story.project.rhythm_profile
    rate = for_language(profile.rates, language) if profile.accepted else None
    return amount_of(text, rate.unit) / rate.amount if rate and rate.amount else None
