"""When a line of the story is said in an episode: by the cues of an edition, looked up when asked.

A series may have been dubbed before its script was written: its lines then have ids of their own.
They are joined by id where ids agree, else by their words, in order.
"""

from collections.abc import Mapping, Sequence
from fractions import Fraction
from functools import lru_cache
from pathlib import Path

import sqlalchemy as sa
from rapidfuzz.fuzz import ratio

from silkreel.bible.lines import lines_of
from silkreel.bible.tables import LineRow
from silkreel.catalogue.browse import AUDIO, SUBTITLES
from silkreel.catalogue.episodes import NoSuchEpisode, find_episode
from silkreel.catalogue.tables import EpisodeRow, RenditionRow
from silkreel.flows.story_shelf import StoryAt, StoryShelf
from silkreel.kit.database import Session
from silkreel.kit.languages import primary
from silkreel.kit.storage import Store
from silkreel.story.forms.vtt import Cue, Cues, read_cues

SAME_WORDS = 60.0  # rapidfuzz ratio in percent: captions drop marks, readers drop characters


def cues_of(
    tx: Session, shelf: StoryShelf, store: Store, story: StoryAt, number: int, language: str
) -> Cues:
    """When each line of the story is said in an episode, in the order of the story.

    By the subtitles over the dub in that language where there is a dub, else by those over the
    original, else by the lines' own frames. Empty for an episode that is not filmed.
    """
    try:
        episode = find_episode(tx, story.series_id, number)
    except NoSuchEpisode:
        return {}
    rows = lines_of(tx, episode.id)
    source = story.version.source_language
    cues = _track(tx, store, episode, language, source) or _frames(rows, episode)
    texts = shelf.page(story.file("strings", str(number), source))
    wanted = tuple(
        (line_id, str(texts["strings"][line_id]["text"]))
        for line_id in story.version.walk
        if story.version.lines[line_id].episode == number and line_id in texts["strings"]
    )
    known = tuple((row.id, row.source_text) for row in rows)
    if not known:
        known = tuple((line_id, "") for line_id in cues)
    joined = join_lines(wanted, known)
    return {mine: cues[theirs] for mine, theirs in joined.items() if theirs in cues}


def line_at(cues: Cues, second: float) -> str | None:
    """The line being said at a second, or the last one before it; the first before all of them."""
    begun = [line_id for line_id, cue in cues.items() if cue.start_seconds <= second + 0.05]
    if begun:
        return max(begun, key=lambda line_id: cues[line_id].start_seconds)
    return next(iter(cues), None)


@lru_cache(maxsize=512)
def join_lines(
    story: tuple[tuple[str, str], ...], series: tuple[tuple[str, str], ...]
) -> Mapping[str, str]:
    """Ids of the series' lines by those of the story's: the same id, else the same words in order.

    Both are pairs of id and text. The best matching that crosses nowhere (Needleman-Wunsch).
    """
    theirs = {line_id for line_id, _ in series}
    joined = {line_id: line_id for line_id, _ in story if line_id in theirs}
    mine = [(i, _letters(text)) for i, text in story if i not in joined]
    left = [(i, _letters(text)) for i, text in series if i not in joined]
    return joined | _aligned(mine, left)


def _aligned(mine: Sequence[tuple[str, str]], theirs: Sequence[tuple[str, str]]) -> dict[str, str]:
    best = [[0.0] * (len(theirs) + 1) for _ in range(len(mine) + 1)]
    same = [[_likeness(a, b) for _, b in theirs] for _, a in mine]
    for i in reversed(range(len(mine))):
        for j in reversed(range(len(theirs))):
            both = same[i][j] + best[i + 1][j + 1] if same[i][j] else 0.0
            best[i][j] = max(both, best[i + 1][j], best[i][j + 1])
    joined: dict[str, str] = {}
    i = j = 0
    while i < len(mine) and j < len(theirs):
        if same[i][j] and best[i][j] == same[i][j] + best[i + 1][j + 1]:
            joined[mine[i][0]] = theirs[j][0]
            i, j = i + 1, j + 1
        elif best[i][j] == best[i + 1][j]:
            i += 1
        else:
            j += 1
    return joined


def _likeness(mine: str, theirs: str) -> float:
    found = ratio(mine, theirs) if mine and theirs else 0.0
    return found if found >= SAME_WORDS else 0.0


def _letters(text: str) -> str:
    return "".join(char for char in text.casefold() if char.isalnum())


def _frames(rows: Sequence[LineRow], episode: EpisodeRow) -> Cues:
    rate = Fraction(episode.frame_rate)
    return {row.id: Cue(float(row.first_frame / rate), float(row.end_frame / rate)) for row in rows}


def _track(tx: Session, store: Store, episode: EpisodeRow, language: str, source: str) -> Cues:
    """Cues of the file a viewer in that language reads along.

    Over the dub if one is heard; in other languages over the original.
    """
    rows = tx.scalars(
        sa.select(RenditionRow).where(
            RenditionRow.episode_id == episode.id, RenditionRow.kind.in_((AUDIO, SUBTITLES))
        )
    ).all()
    heard = {row.language for row in rows if row.kind == AUDIO}
    tracks = [row for row in rows if row.kind == SUBTITLES]

    def rank(row: RenditionRow) -> tuple[int, str]:
        told = row.language or source
        over_dub = row.name.endswith(".cc") and row.language in heard
        if told == language or primary(told) == primary(language):
            return (0 if told == language else 2) + (not over_dub), row.name
        return (4 if told == source else 5 if row.name.endswith(".sub") else 6), row.name

    for row in sorted(tracks, key=rank):
        found = read_track(store.path(row.content_hash, row.suffix))
        if found:
            return found
    return {}


@lru_cache(maxsize=512)
def read_track(path: Path) -> Cues:
    """Cues of a file in the store: its name is its content's hash, so it is read once."""
    return read_cues(path.read_text(encoding="utf-8"))
