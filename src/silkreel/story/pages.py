"""What viewers are handed, file by file: a game's strings by episode, a novel's chapters by number.

A file is made for each language that has words for all of it, and says how they came about.
"""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from silkreel.story.edition import Edition, EditionBlock
from silkreel.story.flow import option_sets, parts_of
from silkreel.story.forms.po import Translations
from silkreel.story.novel import Block, Chapter, needs_words
from silkreel.story.novel_pages import Reading, inline, told_text
from silkreel.story.playing import not_in_game_of
from silkreel.story.project import Story
from silkreel.story.script import Beat, Line
from silkreel.story.windows import window_seconds
from silkreel.story.wordings import (
    IN_GAME,
    IN_NOVEL,
    State,
    Words,
    source_words,
    words_in,
    worst,
)


@dataclass(frozen=True, slots=True)
class Page:
    """One file: strings of an episode, or a chapter."""

    kind: str  # strings | chapter
    number: int
    language: str
    state: State
    content: bytes


def pages_of(
    edition: Edition, translations: Mapping[str, Translations], art: Mapping[str, str]
) -> Iterator[Page]:
    """Every file of an edition, in the source's language and in every language with all its words.

    Args:
        edition: what is published.
        translations: by language.
        art: the public name of each picture by its path.

    Raises:
        BadStoryFile: a translated block quotes other lines than its source.
    """
    story, source = edition.story, edition.story.project.language
    originals = source_words(story, edition.chapters)
    tongues = [(source, originals, originals)]
    for language, found in sorted(translations.items()):
        if language != source:
            game, novel = (
                words_in(story, edition.chapters, found, uses) for uses in (IN_GAME, IN_NOVEL)
            )
            tongues.append((language, game, novel))
    for language, game, novel in tongues:
        yield from _string_pages(edition, language, game, art)
        yield from _chapter_pages(edition, language, novel, art)


def _string_pages(
    edition: Edition, language: str, words: Words, art: Mapping[str, str]
) -> Iterator[Page]:
    lines = {line.id: line for line in edition.story.lines if line.id is not None}
    unseen, windows = not_in_game_of(edition.story), _windows(edition.story)
    for episode in edition.episodes:
        mine = [beat for beat in edition.beats if beat.episode == episode.number]
        if any(beat.line_id not in words for beat in mine if lines[beat.line_id].text):
            continue
        state = worst(words[beat.line_id].state for beat in mine if beat.line_id in words)
        strings = {
            beat.line_id: _string(edition, lines[beat.line_id], words, beat.scene)
            | {"kind": beat.kind, "shown": beat.line_id not in unseen}
            for beat in mine
        }
        content: dict[str, Any] = {
            "episode": episode.number, "language": language, "state": state,
            "scenes": _scenes(edition, episode.number, language, art), "strings": strings,
        }  # fmt: skip
        here = {each.line_id: windows[each.line_id] for each in mine if each.line_id in windows}
        if here:
            content["windows"] = here
        for line_id, string in strings.items():
            if line_id in words and words[line_id].state != state:
                string["state"] = words[line_id].state
        yield Page("strings", episode.number, language, state, _json(content))


def _windows(story: Story) -> dict[str, float]:
    """Seconds an interactive player waits, by each option of a set whose writer said so."""
    told: dict[str, float] = {}
    for part in parts_of(story).values():
        for options, _ in option_sets(part.items):
            seconds = window_seconds(options.choices)
            if seconds is not None:
                told |= {each.id: seconds for each in options.choices if each.id is not None}
    return told


def _string(edition: Edition, line: Line, words: Words, scene: str) -> dict[str, Any]:
    worded = words.get(line.id or "")
    speaker = line.speaker if isinstance(line, Beat) else ""
    character = edition.story.project.character(speaker) if speaker else None
    return {
        "text": told_text(worded.text) if worded else "",
        "who": (character.id if character else speaker.upper()) or None,
        "how": list(line.qualifiers) if isinstance(line, Beat) else [],
        "scene": scene,
    }


def _scenes(
    edition: Edition, episode: int, language: str, art: Mapping[str, str]
) -> dict[str, Any]:
    places = {place.id: place for place in edition.story.project.locations}
    told: dict[str, Any] = {}
    for scene in edition.scenes:
        place = places.get(scene.location)
        if scene.episode == episode:
            told[scene.id] = {
                "heading": scene.heading,
                "location": place.names.get(language, place.name) if place else "",
                "backdrop": art.get(place.backdrop) if place else None,
                "only": scene.only,
            }
    return told


def _chapter_pages(
    edition: Edition, language: str, words: Words, art: Mapping[str, str]
) -> Iterator[Page]:
    blocks: dict[int, list[EditionBlock]] = {}
    for each in edition.blocks:
        blocks.setdefault(each.chapter, []).append(each)
    for chapter in edition.chapters:
        names = list(_wanted(chapter))
        nameless = language != edition.story.project.language and _has_nameless(chapter)
        if nameless or any(name not in words for name in names):
            continue
        state = worst(words[name].state for name in names)
        reading = Reading(language, {name: each.text for name, each in words.items()})
        taken: set[str] = set()
        content = {
            "number": chapter.number, "title": words[chapter.title_id].text,
            "language": language, "direction": reading.direction, "state": state,
            "blocks": [_block(each, reading, taken, art) for each in blocks.get(chapter.number, ())],
        }  # fmt: skip
        yield Page("chapter", chapter.number, language, state, _json(content))


def _wanted(chapter: Chapter) -> Iterator[str]:
    """Ids of all texts without which a chapter is not in a language."""
    yield chapter.title_id
    for block in chapter.blocks:
        yield from block.quotes
        if block.kind in {"prose", "heading"} and block.id and needs_words(block.markdown):
            yield block.id


def _has_nameless(chapter: Chapter) -> bool:
    """Whether words stand in a block without an id, which nobody can translate."""
    worded = (block for block in chapter.blocks if block.kind in {"prose", "heading"})
    return any(block.id is None and needs_words(block.markdown) for block in worded)


def _block(
    each: EditionBlock, reading: Reading, taken: set[str], art: Mapping[str, str]
) -> dict[str, Any]:
    block = each.block
    if block.id is not None:
        taken.add(block.id)
    worded = block.kind in {"prose", "heading"}
    return {
        "id": block.id,
        "kind": block.kind,
        "html": inline(block, reading, taken) if worded else "",
        "lines": list(block.quotes),
        "episodes": list(each.episodes),
        "level": block.level,
        "scene": block.scene,
        "picture": _picture(block, reading, art),
    }


def _picture(block: Block, reading: Reading, art: Mapping[str, str]) -> dict[str, str] | None:
    if block.kind != "picture":
        return None
    alt = reading.texts.get(block.id or "", block.alt)
    return {"src": art[block.picture], "alt": alt}


def _json(content: Mapping[str, Any]) -> bytes:
    return json.dumps(content, ensure_ascii=False, separators=(",", ":")).encode()
