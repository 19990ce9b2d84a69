"""Checks of prose: chapters quote the script, leave nothing out unsaid, and every block has an id."""

import re
from collections.abc import Iterator, Mapping, Sequence

from silkreel.story.lints import needs
from silkreel.story.lints.catalogue import Found, lint
from silkreel.story.lints.evidence import Evidence
from silkreel.story.novel import Chapter, Quote, Text
from silkreel.story.playing import game_only_of
from silkreel.story.rhythm import amount_of, for_language
from silkreel.story.script import At, Beat

SHORTEST_DRIFT = 12  # letters: shorter lines are said by everybody
CARRIES_ID = {"prose", "heading", "picture"}
LONGEST_ALT = 250  # characters: what a screen reader says of a picture before the story goes on
_FILE_NAME = re.compile(r"\S+\.(?:png|jpe?g|webp|gif|svg)", re.IGNORECASE)
_PICTURE_OF = re.compile(r"(?:an? )?(?:image|picture|photo|illustration) of\b", re.IGNORECASE)
_LETTERS = re.compile(r"[\W_]+")


@lint("DRM010", "B")
def quoted_line_exists(evidence: Evidence) -> Iterator[Found]:
    """A chapter quotes a line that is not there, or that only the game shows.

    The reader's page would have a hole, and "watch this moment" would lead nowhere.
    """
    lines, hidden = frozenset(evidence.story.ids), game_only_of(evidence.story)
    for chapter in evidence.chapters:
        for block in chapter.blocks:
            for line_id in block.quotes:
                if line_id not in lines:
                    yield Found(f"No line has the id {line_id}.", block.at, block.id)
                elif line_id in hidden:
                    yield Found(
                        f"{line_id} exists in the game only; quote another.", block.at, block.id
                    )


@lint("DRM040", "B")
def dead_link(evidence: Evidence) -> Iterator[Found]:
    """A chapter adapts, omits or leads to a scene that is not in the script.

    `:::watch` and `:::play` name a scene, `adapts` and `omits` too: ep001.gala.
    """
    scenes = {scene.id for episode in evidence.story.episodes for scene in episode.scenes}
    scenes |= {episode.name for episode in evidence.story.episodes}
    for chapter in evidence.chapters:
        for scene in (*chapter.adapts, *chapter.omits):
            if scene not in scenes:
                yield Found(f"There is no scene {scene}.", At(chapter.path, 2))
        for block in chapter.blocks:
            if block.kind in {"watch", "play"} and block.scene not in scenes:
                yield Found(f"There is no scene {block.scene}.", block.at)


@lint("DRM301", "W")
def left_out(evidence: Evidence) -> Iterator[Found]:
    """A scene of the series is in no chapter.

    Put it into a chapter's `adapts`, or say in `omits` that the novel goes without it.
    """
    told = {scene for chapter in evidence.chapters for scene in (*chapter.adapts, *chapter.omits)}
    for scene in _series_scenes(evidence) if evidence.chapters else ():
        if scene not in told and scene.partition(".")[0] not in told:
            at = evidence.parts[scene].at
            yield Found(f"No chapter adapts {scene}; add it to adapts or omits.", at)


def _series_scenes(evidence: Evidence) -> list[str]:
    """Scenes with a line of the series, in its order."""
    homes = {
        placed.node.id: placed.scene.id
        for placed in evidence.story.walk()
        if isinstance(placed.node, Beat) and placed.node.id and placed.scene
    }
    beats = (beat for episode in evidence.numbered for beat in evidence.beats[episode.name])
    return list(dict.fromkeys(homes[beat.id] for beat in beats if beat.id in homes))


@lint("DRM302", "W")
def quote_drift(evidence: Evidence) -> Iterator[Found]:
    """Prose repeats a line's words instead of quoting the line.

    When the line is reworded or translated, the copy stays behind. Write `{{line:ID}}`.
    """
    lines = {
        key: line.id
        for line in evidence.story.lines
        if isinstance(line, Beat)
        and line.speaker
        and len(key := _letters(line.text)) >= SHORTEST_DRIFT
    }
    starts: dict[str, list[str]] = {}
    for key in lines:
        starts.setdefault(key[:SHORTEST_DRIFT], []).append(key)
    places = {key: place for place, key in enumerate(lines)}
    for chapter in evidence.chapters:
        for block in chapter.blocks:
            prose = _letters(" ".join(p.text for p in block.pieces if isinstance(p, Text)))
            for key in sorted(_repeated(prose, starts), key=places.__getitem__):
                yield Found(
                    f"This repeats {lines[key]}: write {{{{line:{lines[key]}}}}}.",
                    block.at, block.id,
                )  # fmt: skip


def _repeated(prose: str, starts: Mapping[str, Sequence[str]]) -> set[str]:
    """Which lines stand in a prose, in one pass over it: a line is looked for where it may begin."""
    return {
        key
        for place in range(len(prose) - SHORTEST_DRIFT + 1)
        for key in starts.get(prose[place : place + SHORTEST_DRIFT], ())
        if prose.startswith(key, place)
    }


def _letters(text: str) -> str:
    return _LETTERS.sub("", text).casefold()


@lint("DRM303", "I", needs.reading)
def reading_time(evidence: Evidence) -> Iterator[Found]:
    """A chapter is read in less or more time than the profile wants.

    Its words and those it quotes, by the profile's `reading_rates` (`{en: 4 words/s}` is a usual pace
    for a novel), take between the two `chapter_minutes`. Without an accepted profile that has both it
    is not run.
    """
    project = evidence.story.project
    rate = for_language(project.rhythm_profile.reading_rates, project.language)
    limits = project.rhythm_profile.chapter_minutes
    if not project.rhythm_profile.accepted or rate is None or not rate.amount or limits is None:
        return
    lines = {line.id: line.text for line in evidence.story.lines}
    for chapter in evidence.chapters:
        minutes = amount_of(_read(chapter, lines), rate.unit) / rate.amount / 60
        if not limits[0] <= minutes <= limits[1]:
            wanted = f"{limits[0]:g} to {limits[1]:g} are wanted"
            told = f"{chapter.name} takes {minutes:.1f} min to read; {wanted}."
            yield Found(told, At(chapter.path, 2))


def _read(chapter: Chapter, lines: Mapping[str | None, str]) -> str:
    """All that is read of a chapter, quotes with it."""
    pieces = (piece for block in chapter.blocks for piece in block.pieces)
    told = (lines.get(p.line_id, "") if isinstance(p, Quote) else p.text for p in pieces)
    return " ".join((chapter.title, *told))


@lint("DRM304", "B")
def block_without_id(evidence: Evidence) -> Iterator[Found]:
    """A block of a chapter has no id.

    Places, translations and links between media hang on it: `{#ch001_B2C3}` behind the block.
    """
    for chapter in evidence.chapters:
        for block in chapter.blocks:
            if block.kind in CARRIES_ID and block.id is None:
                yield Found("This block has no id.", block.at)


@lint("DRM305", "W")
def headings_and_pictures(evidence: Evidence) -> Iterator[Found]:
    """A chapter's headings leave a step out, or a picture's words say nothing of it.

    Screen readers and tables of contents go by headings: the chapter's title is the first step, so
    headings inside begin with `##`, and `####` stands below a `###`. A picture's words say what is
    seen, in a sentence of its own: no file name, no "picture of", not the words of another picture. A
    picture without words is refused when the chapter is read.
    """
    for chapter in evidence.chapters:
        yield from _headings(chapter)
        said: dict[str, str] = {}
        for block in chapter.blocks:
            if block.kind == "picture":
                first = said.setdefault(_letters(block.alt), block.picture)
                problem = _says_nothing(block.alt)
                if not problem and first != block.picture:
                    problem = f"{first} has the same words; say what this picture shows."
                if problem:
                    yield Found(problem, block.at, block.id)


def _headings(chapter: Chapter) -> Iterator[Found]:
    level = 1
    for block in chapter.blocks:
        if block.kind == "heading":
            if block.level > level + 1:
                told = f"This heading skips a step; write {'#' * (level + 1)} here."
                yield Found(told, block.at, block.id)
            level = block.level
        elif block.kind == "prose" and block.markdown.startswith("# "):
            told = "One # is the chapter's title, told above; write ## for a heading."
            yield Found(told, block.at, block.id)


def _says_nothing(alt: str) -> str:
    """What is wrong with a picture's words; empty where nothing is."""
    if not _letters(alt) or _FILE_NAME.fullmatch(alt):
        return "These words are a file's name; say what the picture shows."
    if _PICTURE_OF.match(alt):
        return "That it is a picture is told already; begin with what it shows."
    if len(alt) > LONGEST_ALT:
        return f"{len(alt)} characters; say what the picture shows in {LONGEST_ALT}."
    return ""


@lint("DRM306", "B")
def chapter_order(evidence: Evidence) -> Iterator[Found]:
    """Chapters come in another order than the scenes they adapt.

    "Continue reading" after watching would jump back. Number them in the order of the series.
    """
    order = {scene: number for number, scene in enumerate(_series_scenes(evidence))}
    last = -1
    for chapter in sorted(evidence.chapters, key=lambda each: each.number):
        places = [order[scene] for scene in chapter.adapts if scene in order]
        if places and min(places) < last:
            told = f"Chapter {chapter.number} goes back before what the chapter before it adapts."
            yield Found(told, At(chapter.path, 2))
        last = max([last, *places])
