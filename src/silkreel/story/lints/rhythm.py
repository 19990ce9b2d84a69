"""Checks of rhythm, only against a profile that a named person has accepted.

They inform; the profile raises to warnings those it lists in `raise_to_warn`. None of them blocks.
"""

import re
from collections.abc import Iterator
from itertools import pairwise
from math import ceil

from silkreel.kit.keys import text_hash
from silkreel.story.lints import needs
from silkreel.story.lints.catalogue import Found, lint
from silkreel.story.lints.evidence import Evidence
from silkreel.story.project import Project, RhythmProfile
from silkreel.story.rhythm import amount_of, beat_seconds, estimated_seconds, for_language
from silkreel.story.script import Beat, Episode, tag_value

NARRATOR = "NARRATOR"
BUDGET_TOLERANCE = 0.15
HOOK_BEATS = 3
MOST_VOICE_OVER = 0.3  # share of spoken lines
ACTION_SHARES = (0.1, 0.7)  # of all beats: below it is radio, above it is mime
LOCATIONS_ALWAYS, EPISODES_PER_LOCATION = 4, 10
COLD_BEATS = 3  # by then somebody of the story speaks
OPENS = ("reversal", "cliffhanger")  # beats that raise a question; a pay-off answers it


def _accepted(evidence: Evidence) -> Iterator[tuple[Episode, tuple[Beat, ...], RhythmProfile]]:
    profile = evidence.story.project.rhythm_profile
    if profile.accepted:
        for episode in evidence.numbered:
            if beats := evidence.beats[episode.name]:
                yield episode, beats, profile


def _mark(beat: Beat) -> str:
    return tag_value(beat.tags, "beat") or ""


@lint("DRM101", "I")
def budget(evidence: Evidence) -> Iterator[Found]:
    """An episode's estimated length is more than 15 % off its budget.

    The estimate takes the accepted rates of speech and action. Without a rate there is none.
    """
    for episode, beats, _ in _accepted(evidence):
        seconds, wanted = estimated_seconds(beats, evidence.story.project), episode.budget_seconds
        if seconds is not None and wanted and abs(seconds - wanted) > BUDGET_TOLERANCE * wanted:
            yield Found(
                f"{episode.name} lasts about {seconds:.0f} s; its budget is {wanted:.0f} s.",
                episode.at,
            )


@lint("DRM102", "I")
def hook(evidence: Evidence) -> Iterator[Found]:
    """An episode does not hook in its first three beats.

    Viewers leave within seconds. Tag the hook `#beat:hook`; it may come later than the third beat
    where the profile's `hook_seconds` have not passed by then.
    """
    for episode, beats, profile in _accepted(evidence):
        passed = 0.0
        for number, beat in enumerate(beats):
            late = passed > profile.hook_seconds if profile.hook_seconds else True
            if number >= HOOK_BEATS and late:
                yield Found(f"{episode.name} has no hook in its first beats.", beats[0].at)
                break
            if _mark(beat) == "hook":
                break
            passed += beat_seconds(beat, evidence.story.project) or 0.0
        else:
            yield Found(f"{episode.name} has no hook.", beats[0].at)


@lint("DRM103", "I")
def touch_gap(evidence: Evidence) -> Iterator[Found]:
    """Too long nothing happens that touches.

    Between two beats tagged `#beat:` pass at most the profile's `touch_gap_seconds`, by its rates.
    """
    for episode, beats, profile in _accepted(evidence):
        passed = 0.0
        for beat in beats:
            if _mark(beat):
                passed = 0.0
                continue
            passed += beat_seconds(beat, evidence.story.project) or 0.0
            if profile.touch_gap_seconds and passed > profile.touch_gap_seconds:
                told = f"{passed:.0f} s of {episode.name} pass without a tagged beat."
                yield Found(told, beat.at, beat.id)
                break


@lint("DRM104", "I")
def reversal(evidence: Evidence) -> Iterator[Found]:
    """An episode turns nothing around.

    One beat of each episode is tagged `#beat:reversal`.
    """
    for episode, beats, _ in _accepted(evidence):
        if not any(_mark(beat) == "reversal" for beat in beats):
            yield Found(f"{episode.name} has no reversal.", episode.at)


@lint("DRM105", "I")
def cliffhanger(evidence: Evidence) -> Iterator[Found]:
    """An episode does not end on a cliffhanger.

    The last beat of each episode but the last of the series is tagged `#beat:cliffhanger`.
    """
    told = list(_accepted(evidence))
    for episode, beats, _ in told[:-1]:
        if _mark(beats[-1]) != "cliffhanger":
            yield Found(
                f"{episode.name} does not end on a cliffhanger.", beats[-1].at, beats[-1].id
            )


@lint("DRM106", "I")
def long_line(evidence: Evidence) -> Iterator[Found]:
    """A spoken line is longer than the profile allows.

    A viewer reads it in one look under a moving picture.
    """
    for _, beats, profile in _accepted(evidence):
        most = for_language(profile.line_max, evidence.story.project.language)
        for beat in beats:
            if most and beat.spoken and amount_of(beat.text, most.unit) > most.amount:
                much = f"{amount_of(beat.text, most.unit):.0f} {most.unit}"
                yield Found(f"{much}, at most {most.amount:.0f} are wanted.", beat.at, beat.id)


@lint("DRM107", "I")
def voice_over(evidence: Evidence) -> Iterator[Found]:
    """More than three of ten spoken lines are voice-over.

    What is told instead of shown loses the eye.
    """
    for episode, beats, _ in _accepted(evidence):
        spoken = [beat for beat in beats if beat.spoken]
        over = [b for b in spoken if "V.O." in b.qualifiers or b.speaker.upper() == NARRATOR]
        if spoken and len(over) / len(spoken) > MOST_VOICE_OVER:
            share = f"{len(over)} of {len(spoken)}"
            yield Found(f"{share} spoken lines of {episode.name} are voice-over.", episode.at)


@lint("DRM108", "I")
def talk_and_action(evidence: Evidence) -> Iterator[Found]:
    """An episode is nearly all talk, or nearly all action.

    Between one and seven of ten beats are action.
    """
    for episode, beats, _ in _accepted(evidence):
        share = sum(not beat.speaker for beat in beats) / len(beats)
        if not ACTION_SHARES[0] <= share <= ACTION_SHARES[1]:
            yield Found(f"{share:.0%} of the beats of {episode.name} are action.", episode.at)


@lint("DRM109", "I")
def payoff_gap(evidence: Evidence) -> Iterator[Found]:
    """Too many episodes pass between two pay-offs.

    The profile's `payoff_gap_episodes` says how many may.
    """
    told = list(_accepted(evidence))
    paid = [n for n, (_, beats, _) in enumerate(told) if any(_mark(b) == "payoff" for b in beats)]
    for one, other in pairwise(paid):
        episode, _, profile = told[other]
        if profile.payoff_gap_episodes and other - one > profile.payoff_gap_episodes:
            yield Found(
                f"{other - one} episodes pass without a pay-off before this one.", episode.at
            )


@lint("DRM110", "I")
def first_payoff(evidence: Evidence) -> Iterator[Found]:
    """The first episode pays nothing off.

    A first small pay-off shows that this series keeps its promises.
    """
    for episode, beats, _ in list(_accepted(evidence))[:1]:
        if not any(_mark(beat) == "payoff" for beat in beats):
            yield Found(f"{episode.name} has no pay-off.", episode.at)


@lint("DRM111", "I", needs.paywall)
def paywall_reveal(evidence: Evidence) -> Iterator[Found]:
    """The episode before the wall leaves nothing open, or leaves it with somebody nobody knows.

    `paywall_episode` is the last episode before viewers are asked for coins. Its last beat tagged
    `#beat:reversal` or `#beat:cliffhanger` stays open, with no `#beat:payoff` behind it, and is about
    people viewers have met before: whoever speaks it, or is named in it, has spoken in an earlier
    beat. Nobody pays to learn about a stranger.
    """
    met: set[str] = set()
    for episode, beats, profile in _accepted(evidence):
        if episode.number != profile.paywall_episode:
            met |= {beat.speaker for beat in beats if beat.speaker}
            continue
        opening = [number for number, beat in enumerate(beats) if _mark(beat) in OPENS]
        if not opening or any(_mark(beat) == "payoff" for beat in beats[opening[-1] :]):
            told = f"{episode.name} stands before the wall and leaves no reveal open at its end."
            yield Found(told, beats[-1].at, beats[-1].id)
            return
        reveal = beats[opening[-1]]
        met |= {beat.speaker for beat in beats[: opening[-1]] if beat.speaker}
        project = evidence.story.project
        strangers = _people(reveal, project) - {_called(name, project) for name in met}
        if strangers:
            who = ", ".join(sorted(strangers))
            told = f"The reveal before the wall rests on {who}, whom nobody has met; let them speak before."
            yield Found(told, reveal.at, reveal.id)
        return


def _people(beat: Beat, project: Project) -> set[str]:
    """Ids of the cast who speak a beat or are named in it."""
    speaker = {_called(beat.speaker, project)} if beat.speaker else set()
    words = set(re.findall(r"\w+", beat.text.casefold()))
    named = {
        each.id
        for each in project.cast
        if any(_is_named(name, beat.text, words) for name in (each.id, each.name, *each.aliases))
    }
    return (named | speaker) - {NARRATOR}


def _is_named(name: str, text: str, words: set[str]) -> bool:
    """Whether a text names somebody: word by word, and anywhere in scripts without blanks."""
    if name.isascii():
        return bool(name) and set(re.findall(r"\w+", name.casefold())) <= words
    return name in text


def _called(name: str, project: Project) -> str:
    """The id of somebody the script calls by a name."""
    known = project.character(name)
    return known.id if known is not None else name.upper()


@lint("DRM112", "I")
def many_locations(evidence: Evidence) -> Iterator[Found]:
    """The story needs more locations than a micro-drama's days of shooting allow.

    Four, and one more for every ten episodes.
    """
    if not evidence.story.project.rhythm_profile.accepted:
        return
    places = {s.location for e in evidence.story.episodes for s in e.scenes if s.location}
    most = LOCATIONS_ALWAYS + ceil(len(evidence.numbered) / EPISODES_PER_LOCATION)
    if len(places) > most:
        first = evidence.numbered[0].at
        yield Found(
            f"{len(places)} locations for {len(evidence.numbered)} episodes; {most} do.", first
        )


@lint("DRM113", "I")
def reprise(evidence: Evidence) -> Iterator[Found]:
    """An episode does not open on the last beat of the one before.

    Its first beat carries `#same:` with the id of that beat, or has its words.
    """
    for (_, before, _), (episode, beats, _) in pairwise(_accepted(evidence)):
        last, first = before[-1], beats[0]
        again = tag_value(first.tags, "same") == last.id and last.id is not None
        if not again and text_hash(first.text) != text_hash(last.text):
            yield Found(
                f"{episode.name} does not open on the last beat before it.", first.at, first.id
            )


@lint("DRM114", "I")
def long_absence(evidence: Evidence) -> Iterator[Found]:
    """Somebody is away for longer than the profile's `absent_episodes`.

    Viewers who come back after a day have forgotten them.
    """
    last: dict[str, int] = {}
    for number, (episode, beats, profile) in enumerate(_accepted(evidence)):
        here = {beat.speaker for beat in beats if beat.speaker}
        for name in sorted(here):
            away = number - last.get(name, number) - 1
            if profile.absent_episodes and away > profile.absent_episodes:
                yield Found(f"{name} was away for {away} episodes.", episode.at)
            last[name] = number


@lint("DRM115", "I")
def cold_open(evidence: Evidence) -> Iterator[Found]:
    """An episode does not open cold.

    It begins in the middle of something: no narrator, voice-over or words on the screen before the
    first beat that happens, and somebody of the story speaks within the first three beats. What
    repeats the last beat of the episode before (`#same:`) is not counted.
    """
    for episode, beats, _ in _accepted(evidence):
        own = [beat for beat in beats if tag_value(beat.tags, "same") is None][:COLD_BEATS]
        if own and _tells(own[0]):
            told = f"{episode.name} opens with what is told; open with what happens."
            yield Found(told, own[0].at, own[0].id)
        elif own and not any(beat.spoken and not _tells(beat) for beat in own):
            told = f"Nobody speaks in the first beats of {episode.name}; begin where somebody does."
            yield Found(told, own[0].at, own[0].id)


def _tells(beat: Beat) -> bool:
    """Whether a beat tells the story instead of showing it."""
    told = "V.O." in beat.qualifiers or "SUB" in beat.qualifiers
    return bool(beat.speaker) and (told or beat.speaker.upper() == NARRATOR)
