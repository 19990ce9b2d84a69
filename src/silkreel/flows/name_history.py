"""A wallet's history in names: which episodes and options of which series were opened."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

import sqlalchemy as sa

from silkreel.catalogue.browse import pick
from silkreel.catalogue.tables import EpisodeRow, SeriesRow
from silkreel.commerce.history import Entry
from silkreel.flows.interactive import text_of
from silkreel.flows.story_shelf import NotInStory, StoryAt, StoryShelf
from silkreel.kit.database import Session


@dataclass(frozen=True, slots=True)
class Reader:
    """Where a history is read, and in which languages: the first wish first."""

    market: str
    languages: Sequence[str]


@dataclass(frozen=True, slots=True)
class Opened:
    """Episodes of a series, by their numbers."""

    slug: str
    title: str
    numbers: tuple[int, ...]
    options: tuple[str, ...] = ()  # of its story, in words; those the story still has


def name_opened(
    tx: Session, shelf: StoryShelf, entries: Iterable[Entry], reader: Reader
) -> Mapping[int, Opened]:
    """What each entry opened, by the number of its txn; series that are gone are left out."""
    opening = [entry for entry in entries if entry.series_id is not None]
    wanted = {entry.series_id for entry in opening}
    series = {
        row.id: row for row in tx.scalars(sa.select(SeriesRow).where(SeriesRow.id.in_(wanted)))
    }
    numbers = _numbers(tx, [episode for entry in opening for episode in entry.episodes])
    return {
        entry.txn_id: replace(
            _opened(series[entry.series_id], entry, numbers, reader.languages[0]),
            options=_options(tx, shelf, series[entry.series_id].slug, entry, reader),
        )
        for entry in opening
        if entry.series_id in series
    }


def _opened(row: SeriesRow, entry: Entry, numbers: Mapping[str, int], language: str) -> Opened:
    title = pick(row.titles, language, row.source_language, "en") or row.slug
    told = sorted(numbers[episode] for episode in entry.episodes if episode in numbers)
    return Opened(row.slug, title, tuple(told))


def _options(
    tx: Session, shelf: StoryShelf, slug: str, entry: Entry, reader: Reader
) -> tuple[str, ...]:
    """Words of the options that an entry bought, where the story is shown and still has them."""
    if not entry.choices:
        return ()
    try:
        story = shelf.find(tx, slug, reader.market)
    except NotInStory:
        return ()
    return tuple(words for each in entry.choices if (words := _words(shelf, story, each, reader)))


def _words(shelf: StoryShelf, story: StoryAt, choice: str, reader: Reader) -> str:
    line = story.version.lines.get(choice)
    if line is None:
        return ""
    name = str(line.episode)
    language = story.language("strings", name, reader.languages)
    return text_of(shelf.page(story.file("strings", name, language)), choice)


def _numbers(tx: Session, episodes: list[str]) -> dict[str, int]:
    rows = tx.execute(
        sa.select(EpisodeRow.id, EpisodeRow.number).where(EpisodeRow.id.in_(episodes))
    )
    return {row[0]: row[1] for row in rows}
