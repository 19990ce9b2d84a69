"""Checks across media: what the board claims of the script, and what an interactive episode asks."""

from collections.abc import Iterator
from itertools import pairwise

from silkreel.kit.keys import text_hash
from silkreel.story.flow import Options, option_sets, price_coins
from silkreel.story.forms.vtt import Cues
from silkreel.story.lints.catalogue import Found, lint
from silkreel.story.lints.evidence import Evidence
from silkreel.story.lints.needs import cues_in
from silkreel.story.script import At, Beat, Choice, has_tag
from silkreel.story.windows import (
    LONGEST_WINDOW_SECONDS,
    SHORTEST_WINDOW_SECONDS,
    windows_of,
)


@lint("DRM013", "B")
def shots_cover(evidence: Evidence) -> Iterator[Found]:
    """A shot list does not cover its episode: each line of the series once, in order, unchanged.

    The script owns the drama and the board owns the camera. A line no shot covers is not filmed; one
    that two shots cover is filmed twice; and the board never changes the words.
    """
    texts = {line.id: line.text for line in evidence.story.lines if line.id}
    for board in evidence.shot_lists:
        wanted = [beat.id for beat in evidence.beats.get(board.episode, ()) if beat.id]
        covered: dict[str, At] = {}
        last = -1
        for number, shot in enumerate(board.shots):
            at = board.at(number)
            if shot.text and text_hash(shot.text) != text_hash(
                " ".join(texts.get(i, "") for i in shot.covers)
            ):
                yield Found(f"{shot.id} changes the script's words; take its text out.", at)
            for line_id in shot.covers:
                if line_id not in wanted:
                    yield Found(
                        f"{shot.id} covers {line_id}, no line of {board.episode}'s series.", at
                    )
                    continue
                if line_id in covered:
                    yield Found(f"{line_id} is covered twice, here and in {covered[line_id]}.", at)
                elif wanted.index(line_id) < last:
                    yield Found(f"{shot.id} covers {line_id} out of order.", at)
                covered.setdefault(line_id, at)
                last = max(last, wanted.index(line_id))
        for line_id in wanted:
            if line_id not in covered:
                yield Found(
                    f"No shot of {board.episode} covers {line_id}.", At(board.path, 1), line_id
                )


@lint("DRM041", "B")
def choice_window(evidence: Evidence) -> Iterator[Found]:
    """A choice's `#window:` cannot be kept: it lies outside its episode, or over another one.

    In an interactive episode the picture holds behind a line and waits so many seconds for an answer,
    then the series goes on. So there is one window a choice, of 3 to 30 seconds, without prices (what
    costs coins never hurries anybody), on the series' own way, behind a line of the same episode that
    the picture has a cue for. Where the story is played, its way is looked at; where cues are known,
    the picture too.
    """
    asked: dict[str, Choice] = {}
    for options in _option_sets(evidence):
        windows = windows_of(options.choices)
        if windows:
            yield from _unfit(options)
            asked |= {choice.id: windows[0].choice for choice in options.choices if choice.id}
    if evidence.canon is None or not asked:
        return
    before = {after: line for line, after in pairwise(evidence.canon.ids)}
    met = {asked[taken].id for taken in evidence.canon.choices if taken in asked}
    for choice in dict.fromkeys(asked.values()):
        if choice.id not in met:
            told = "The series never comes to this choice; take its window out."
            yield Found(told, choice.at, choice.id)
    for taken in (each for each in evidence.canon.choices if each in asked):
        if problem := _misplaced(evidence, before.get(taken), taken):
            yield Found(problem, asked[taken].at, asked[taken].id)


def _option_sets(evidence: Evidence) -> Iterator[Options]:
    for part in evidence.parts.values():
        for options, _ in option_sets(part.items):
            yield options


def _unfit(options: Options) -> Iterator[Found]:
    windows = windows_of(options.choices)
    first = windows[0]
    most, least = LONGEST_WINDOW_SECONDS, SHORTEST_WINDOW_SECONDS
    for each in windows:
        if not each.fits:
            told = (
                f"“{each.told}” is no window; write {least:.0f} to {most:.0f} seconds: #window:12."
            )
            yield Found(told, each.choice.at, each.choice.id)
    if len({each.seconds for each in windows}) > 1:
        told = f"One choice has {len(windows)} windows; leave one."
        yield Found(told, first.choice.at, first.choice.id)
    if any(price_coins(choice) for choice in options.choices):
        told = "An option costs coins, so nobody is hurried; take the window out."
        yield Found(told, first.choice.at, first.choice.id)


def _misplaced(evidence: Evidence, line: str | None, taken: str) -> str:
    """What is wrong with the moment a choice of the series is asked at; empty where nothing is."""
    homes = evidence.homes
    if line is None or homes.get(line) != homes.get(taken):
        return (
            f"This is asked before {homes.get(taken)} begins; put a line of it before the choice."
        )
    if evidence.canon is not None and line in evidence.canon.choices:
        return f"Its window lies over that of {line}; put a line between the two choices."
    cues: Cues = cues_in(evidence, evidence.story.project.language)
    filmed = any(homes.get(each) == homes[taken] for each in cues)
    if filmed and line not in cues:
        return f"The picture has no cue for {line}, where it would wait; ask after a line that is said."
    return ""


@lint("DRM042", "W")
def default_option(evidence: Evidence) -> Iterator[Found]:
    """The option marked `#default` is not the series' own.

    Whoever does not answer in time sees the plain series: the `#canon` option is the default, and no
    other. `#default` says so for readers of the script; it changes nothing.
    """
    for options in _option_sets(evidence):
        canon = next((choice for choice in options.choices if has_tag(choice.tags, "canon")), None)
        for choice in options.choices:
            if has_tag(choice.tags, "default") and choice is not canon:
                way = f"takes {canon.id}" if canon is not None else "has no way of its own here"
                told = (
                    f"Without an answer the series {way}; take #default out, or move #canon here."
                )
                yield Found(told, choice.at, choice.id)


@lint("DRM043", "I")
def bare_game_scene(evidence: Evidence) -> Iterator[Found]:
    """A scene only the game shows has no backdrop, or somebody in it no portrait.

    There is no footage of it: the player shows the location's `backdrop` and the speakers' `portrait`
    of story.yaml.
    """
    project = evidence.story.project
    backdrops = {location.id: location.backdrop for location in project.locations}
    for episode in evidence.story.episodes:
        for scene in episode.scenes:
            if scene.only != "game" or not evidence.story.declared:
                continue
            if not backdrops.get(scene.location):
                yield Found(f"{scene.id} has no backdrop.", scene.at)
            speakers = {n.speaker for n in scene.nodes if isinstance(n, Beat) and n.speaker}
            for character in filter(None, map(project.character, sorted(speakers))):
                if not character.portrait:
                    yield Found(f"{character.id} has no portrait for {scene.id}.", scene.at)
