"""A series' published story as one market may see it: which version, in which languages."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from silkreel.catalogue.browse import NotShown, open_door, pick, show_series
from silkreel.catalogue.series import episodes_of, known_series
from silkreel.catalogue.tables import EditionRow, EpisodeRow, ReleaseRow, SeriesRow
from silkreel.flows.start_playback import Remembered
from silkreel.kit.artifacts import Workshop
from silkreel.kit.database import Session
from silkreel.kit.languages import best_language
from silkreel.kit.refusals import Refusal
from silkreel.story.published import File, Published, load_version, shown_version_id

KEPT_VERSIONS = 32  # a few MB each for a work of 80 episodes
KEPT_PAGES = 512  # chapters and cue files, some tens of KB each


class NotInStory(Refusal):
    """The story has no such line, block, chapter or file, or this market may not see it."""

    status = 404
    message = "There is nothing of a story at this address; go back to the series."


@dataclass(frozen=True, slots=True)
class StoryAt:
    """A story in a market: its shown version, and whether drafts may be shown there."""

    slug: str
    series_id: str
    version: Published
    drafts_allowed: bool
    own_titles: Mapping[str, Any]  # the catalogue's of the series, by language
    titles: Mapping[int, Mapping[str, Any]]  # the same by episode
    filmed: frozenset[int]  # numbers of episodes in the catalogue

    def languages(self, kind: str, name: str | None = None) -> dict[str, str]:
        """Languages of a kind of file that may be shown here, with their state."""
        found = self.version.languages(kind, name)
        return {
            language: state
            for language, state in sorted(
                found.items(), key=lambda pair: (pair[0] != self.version.source_language, pair[0])
            )
            if state != "draft" or self.drafts_allowed
        }

    def language(self, kind: str, name: str | None, wished: Sequence[str]) -> str:
        """The language a reader gets: theirs where it is there, else their next, else the source."""
        offered = list(self.languages(kind, name))
        return best_language(offered, wished) or self.version.source_language

    def file(self, kind: str, name: str, language: str = "") -> File:
        """A file of the version.

        Raises:
            NotInStory: there is none.
        """
        found = self.version.files.get((kind, name, language))
        if found is None:
            raise NotInStory
        return found

    def title(self, wished: Sequence[str]) -> str:
        """What the story is called: by the catalogue, else by itself."""
        return pick(self.own_titles, *wished, self.version.source_language) or self.version.title

    def episode_title(self, number: int, wished: Sequence[str]) -> str:
        """What an episode is called: by the catalogue, else by the script."""
        told = pick(self.titles.get(number, {}), *wished, self.version.source_language)
        return told or self.version.episodes.get(number, "")


class StoryShelf:
    """Versions that were read before; they never change, so they are right for ever."""

    def __init__(self, workshop: Workshop) -> None:
        self._workshop = workshop
        self._versions: Remembered[Published] = Remembered(KEPT_VERSIONS)

    def find(self, tx: Session, slug: str, market: str) -> StoryAt:
        """The story of a series as a market sees it.

        Raises:
            NotInStory: no such series, none for this market, or none with a story.
        """
        series = known_series(tx, slug)
        if series is None:
            raise NotInStory
        releases = tx.scalars(sa.select(ReleaseRow).where(ReleaseRow.series_id == series.id))
        door = open_door(releases, market)
        shown = shown_version_id(tx, series.id)
        if door is None or shown is None:
            raise NotInStory
        return _at(tx, series, self.version(tx, shown), drafts_allowed=door.drafts_allowed)

    def version(self, tx: Session, version_id: str) -> Published:
        """A version by its id."""
        return self._versions.get(version_id, lambda: load_version(tx, version_id))

    def path(self, file: File) -> Path:
        """Where a file of a version lies."""
        return self._workshop.store.path(file.content_hash, file.suffix)

    def page(self, file: File) -> Mapping[str, Any]:
        """A JSON file of a version; not to be changed."""
        return read_page(self.path(file))


@lru_cache(maxsize=KEPT_PAGES)
def read_page(path: Path) -> Mapping[str, Any]:
    """A JSON file of the store: its name is its content's hash, so it is read once."""
    found: dict[str, Any] = json.loads(path.read_bytes())
    return found


def _at(tx: Session, series: SeriesRow, version: Published, *, drafts_allowed: bool) -> StoryAt:
    episodes = episodes_of(tx, series.id)
    return StoryAt(
        series.slug, series.id, version, drafts_allowed, series.titles,
        {each.number: each.titles for each in episodes},
        frozenset(each.number for each in episodes),
    )  # fmt: skip


def watched_languages(tx: Session, story: StoryAt, market: str) -> dict[str, str]:
    """Languages the series is heard or read in here, and how their words came about."""
    try:
        page = show_series(tx, story.slug, market, story.version.source_language)
    except NotShown:
        return {}
    query = (
        sa.select(EditionRow.language, sa.func.max(EditionRow.draft_lines))
        .join(EpisodeRow, EpisodeRow.id == EditionRow.episode_id)
        .where(EpisodeRow.series_id == story.series_id)
        .group_by(EditionRow.language)
    )
    drafts = {language for language, count in tx.execute(query) if count}
    source = page.card.source_language
    return {
        tag: "source" if tag == source else "draft" if tag in drafts else "approved"
        for tag in (each.language for each in page.card.languages)
    }
