"""Each episode on a card: what hooks, turns, pays off and hangs, how long it lasts, who is in it."""

from collections import Counter
from dataclasses import dataclass
from itertools import pairwise
from typing import Literal

from silkreel.story.desk.approving import state_of
from silkreel.story.lints.evidence import Evidence
from silkreel.story.rhythm import beat_seconds, estimated_seconds
from silkreel.story.script import Beat, Episode, tag_value

Turn = Literal["hook", "reversal", "payoff", "cliffhanger"]


@dataclass(frozen=True, slots=True)
class Touch:
    """A beat that touches: which kind, where it stands, and when it comes."""

    kind: str
    line_id: str
    speaker: str
    text: str
    file: str
    line: int
    share: float  # of the episode's beats that come before it
    second: float | None  # None where a rate is not declared


@dataclass(frozen=True, slots=True)
class Card:
    """An episode at a glance."""

    name: str
    number: int
    title: str
    file: str
    line: int
    state: str
    beats: int
    spoken: int
    seconds: float | None
    speech_seconds: float | None
    budget_seconds: float | None
    entry: str  # its first line
    exit: str  # its last line
    touches: tuple[Touch, ...]
    longest_gap_seconds: float | None


def cards_of(evidence: Evidence) -> tuple[Card, ...]:
    """A card for each numbered episode, as the plain series shows it."""
    return tuple(_card(evidence, episode) for episode in evidence.numbered)


def _card(evidence: Evidence, episode: Episode) -> Card:
    beats, project = evidence.beats[episode.name], evidence.story.project
    speech = [beat for beat in beats if beat.spoken]
    touches = _touches(evidence, beats)
    seconds = estimated_seconds(beats, project)
    return Card(
        episode.name, episode.number or 0, episode.title, episode.at.file, episode.at.line,
        state_of(episode), len(beats), len(speech), seconds, estimated_seconds(speech, project),
        episode.budget_seconds, beats[0].text if beats else "", beats[-1].text if beats else "",
        touches, _longest_gap(touches, seconds),
    )  # fmt: skip


def _touches(evidence: Evidence, beats: tuple[Beat, ...]) -> tuple[Touch, ...]:
    found: list[Touch] = []
    passed: float | None = 0.0
    for position, beat in enumerate(beats):
        kind = tag_value(beat.tags, "beat")
        if kind:
            share = position / len(beats)
            found.append(
                Touch(
                    kind, beat.id or "", beat.speaker, beat.text, beat.at.file, beat.at.line, share,
                    passed,
                )
            )  # fmt: skip
        length = beat_seconds(beat, evidence.story.project)
        passed = None if passed is None or length is None else passed + length
    return tuple(found)


def _longest_gap(touches: tuple[Touch, ...], seconds: float | None) -> float | None:
    if seconds is None:
        return None
    times = [0.0, *(t.second for t in touches if t.second is not None), seconds]
    return max(later - earlier for earlier, later in pairwise(times))


@dataclass(frozen=True, slots=True)
class Presence:
    """Who of the cast has how many lines in which episode."""

    character: str
    name: str
    lines: tuple[int, ...]  # one for each card


def grid_of(evidence: Evidence) -> tuple[Presence, ...]:
    """The cast against the episodes; those in no line come too, for they are worth a question."""
    project = evidence.story.project
    counts = [
        Counter(_who(evidence, beat.speaker) for beat in evidence.beats[each.name] if beat.speaker)
        for each in evidence.numbered
    ]
    declared = {each.id: each.name or each.id for each in project.cast}
    met = dict.fromkeys(name for count in counts for name in count if name not in declared)
    everybody = {**declared, **{name: name for name in met}}
    return tuple(
        Presence(who, name, tuple(count[who] for count in counts))
        for who, name in everybody.items()
    )


def _who(evidence: Evidence, speaker: str) -> str:
    found = evidence.story.project.character(speaker)
    return found.id if found else speaker
