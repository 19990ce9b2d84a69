"""What viewers of a market may see: released series, episodes, languages, and nothing else."""

import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol

import sqlalchemy as sa

from silkreel.catalogue.releases import WORLD
from silkreel.catalogue.series import SLUG_LENGTH
from silkreel.catalogue.tables import EditionRow, EpisodeRow, ReleaseRow, RenditionRow, SeriesRow
from silkreel.kit.clock import now
from silkreel.kit.database import Session
from silkreel.kit.languages import primary
from silkreel.kit.refusals import Refusal

MAX_SERIES = 200  # cards in one answer
ORIGINAL = "original"  # what a viewer may say instead of the source language's tag
VIDEO, AUDIO, SUBTITLES = "video", "audio", "subtitles"


class NotShown(Refusal):
    """There is no such thing, or none that this market may see: a viewer cannot tell which."""

    status = 404
    message = "There is nothing to watch at this address."


@dataclass(frozen=True, slots=True)
class Poster:
    """A still: where it lies, and a tiny picture of it to draw until it has come."""

    asset: str
    content_hash: str | None
    thumbhash: str | None  # base64


@dataclass(frozen=True, slots=True)
class LanguageOffer:
    """A language of a series or an episode: heard, read, or both."""

    language: str
    heard: bool
    read: bool


@dataclass(frozen=True, slots=True)
class EpisodeCard:
    """One episode in a list."""

    id: str
    number: int
    title: str
    length_seconds: float
    width_pixels: int
    height_pixels: int
    poster: Poster


@dataclass(frozen=True, slots=True)
class SeriesCard:
    """A series in a list."""

    slug: str
    title: str
    synopsis: str
    source_language: str
    orientation: str
    episode_count: int
    length_seconds: float
    languages: tuple[LanguageOffer, ...]
    poster: Poster | None
    released_at: datetime


@dataclass(frozen=True, slots=True)
class SeriesPage:
    """A series with its episodes."""

    card: SeriesCard
    episodes: tuple[EpisodeCard, ...]


class Opening(Protocol):
    """What a release says: a row, or anything shaped like one."""

    @property
    def market(self) -> str: ...  # noqa: D102
    @property
    def languages(self) -> Sequence[Any]: ...  # noqa: D102
    @property
    def drafts_allowed(self) -> bool: ...  # noqa: D102
    @property
    def released_at(self) -> datetime: ...  # noqa: D102
    @property
    def withdrawn_at(self) -> datetime | None: ...  # noqa: D102


class EditionState(Protocol):
    """What an edition says of its readiness: a row, or anything shaped like one."""

    @property
    def draft_lines(self) -> int: ...  # noqa: D102
    @property
    def waiting_lines(self) -> int: ...  # noqa: D102
    @property
    def withdrawn(self) -> bool: ...  # noqa: D102


@dataclass(frozen=True, slots=True)
class Door:
    """A release that is open to a market: which languages, and whether drafts may be shown."""

    languages: frozenset[str]
    drafts_allowed: bool
    released_at: datetime

    def lets_through(self, language: str, edition: EditionState | None) -> bool:
        """Whether a language of an episode may be shown; `edition` is that language's, if any."""
        if language not in self.languages:
            return False
        if edition is None:
            return True
        unfinished = edition.draft_lines + edition.waiting_lines
        return not edition.withdrawn and (self.drafts_allowed or unfinished == 0)


def open_door(releases: Iterable[Opening], market: str) -> Door | None:
    """The release that counts in a market: its own, open or closed; without one, the world's."""
    by_market = {r.market: r for r in releases}
    release = by_market.get(market) or by_market.get(WORLD)
    if release is None or release.withdrawn_at is not None or release.released_at > now():
        return None
    return Door(frozenset(release.languages), release.drafts_allowed, release.released_at)


def list_series(
    tx: Session, market: str, language: str, *, search: str = "", limit: int = MAX_SERIES
) -> list[SeriesCard]:
    """Released series with something to play, newest first; `search` looks in every language."""
    wanted = _folded(search)
    pages = []
    for series, door in _open_series(tx, market):
        if wanted and not _matches(series, wanted):
            continue
        page = _page(tx, series, door, language)
        if page is not None:
            pages.append(page.card)
        if len(pages) >= min(limit, MAX_SERIES):
            break
    return pages


def show_series(tx: Session, slug: str, market: str, language: str) -> SeriesPage:
    """One released series.

    Raises:
        NotShown: there is none, or none for this market.
    """
    if len(slug) > SLUG_LENGTH:
        raise NotShown
    series = tx.scalar(sa.select(SeriesRow).where(SeriesRow.slug == slug))
    if series is None:
        raise NotShown
    releases = tx.scalars(sa.select(ReleaseRow).where(ReleaseRow.series_id == series.id))
    door = open_door(releases, market)
    page = _page(tx, series, door, language) if door else None
    if page is None:
        raise NotShown
    return page


def poster_shown(tx: Session, asset: str, content_hash: str) -> str | None:
    """The full hash of a poster somebody may see: its series is open in any market."""
    query = (
        sa.select(EpisodeRow.poster_hash)
        .join(ReleaseRow, ReleaseRow.series_id == EpisodeRow.series_id)
        .where(EpisodeRow.asset == asset, ReleaseRow.withdrawn_at.is_(None))
        .limit(1)
    )
    known = tx.scalar(query)
    return known if known and known.startswith(content_hash) else None


def pick(texts: Mapping[str, Any], *languages: str) -> str:
    """The text in the first language that has one: exact tag, then same language, then any."""
    for language in languages:
        if texts.get(language):
            return str(texts[language])
        for tag, text in texts.items():
            if text and primary(tag) == primary(language):
                return str(text)
    return next((str(text) for text in texts.values() if text), "")


def language_of(rendition_language: str | None, source_language: str) -> str:
    """A rendition's language; one without, or called "original", is the source's."""
    if not rendition_language or rendition_language == ORIGINAL:
        return source_language
    return rendition_language


def _open_series(tx: Session, market: str) -> list[tuple[SeriesRow, Door]]:
    rows = tx.execute(
        sa.select(SeriesRow, ReleaseRow)
        .join(ReleaseRow, ReleaseRow.series_id == SeriesRow.id)
        .where(ReleaseRow.market.in_((market, WORLD)))
    ).all()
    releases: dict[str, list[ReleaseRow]] = {}
    for series, release in rows:
        releases.setdefault(series.id, []).append(release)
    doors = {s.id: (s, open_door(releases[s.id], market)) for s, _ in rows}
    found = [(series, door) for series, door in doors.values() if door is not None]
    return sorted(found, key=lambda pair: (pair[1].released_at, pair[0].slug), reverse=True)


def _page(tx: Session, series: SeriesRow, door: Door, language: str) -> SeriesPage | None:
    episodes = _playable_episodes(tx, series.id)
    if not episodes:
        return None
    cards = tuple(_episode_card(series, episode, language) for episode in episodes)
    card = SeriesCard(
        slug=series.slug,
        title=pick(series.titles, language, series.source_language, "en") or series.slug,
        synopsis=pick(series.synopses, language, series.source_language, "en"),
        source_language=series.source_language,
        orientation=series.orientation,
        episode_count=len(cards),
        length_seconds=sum(c.length_seconds for c in cards),
        languages=_offers(tx, series, door),
        poster=next((c.poster for c in cards if c.poster.content_hash), cards[0].poster),
        released_at=door.released_at,
    )
    return SeriesPage(card, cards)


def _playable_episodes(tx: Session, series_id: str) -> list[EpisodeRow]:
    has_picture = sa.exists().where(
        RenditionRow.episode_id == EpisodeRow.id, RenditionRow.kind == VIDEO
    )
    query = sa.select(EpisodeRow).where(EpisodeRow.series_id == series_id, has_picture)
    return list(tx.scalars(query.order_by(EpisodeRow.number)))


def _episode_card(series: SeriesRow, episode: EpisodeRow, language: str) -> EpisodeCard:
    return EpisodeCard(
        id=episode.id,
        number=episode.number,
        title=pick(episode.titles, language, series.source_language, "en"),
        length_seconds=episode.length_seconds,
        width_pixels=episode.width_pixels,
        height_pixels=episode.height_pixels,
        poster=Poster(episode.asset, episode.poster_hash, episode.thumbhash),
    )


def _offers(tx: Session, series: SeriesRow, door: Door) -> tuple[LanguageOffer, ...]:
    """Languages that at least one episode can be heard or read in."""
    query = (
        sa.select(RenditionRow.kind, RenditionRow.language, EditionRow)
        .join(EpisodeRow, EpisodeRow.id == RenditionRow.episode_id)
        .outerjoin(
            EditionRow,
            sa.and_(
                EditionRow.episode_id == EpisodeRow.id,
                EditionRow.language
                == sa.func.coalesce(RenditionRow.language, series.source_language),
            ),
        )
        .where(EpisodeRow.series_id == series.id, RenditionRow.kind.in_((AUDIO, SUBTITLES)))
    )
    kinds: dict[str, set[str]] = {}
    for kind, tag, edition in tx.execute(query):
        language = language_of(tag, series.source_language)
        if door.lets_through(language, edition):
            kinds.setdefault(language, set()).add(kind)
    source_first = sorted(kinds, key=lambda tag: (tag != series.source_language, tag))
    return tuple(LanguageOffer(t, AUDIO in kinds[t], SUBTITLES in kinds[t]) for t in source_first)


def _matches(series: SeriesRow, wanted: str) -> bool:
    texts = [series.slug, *map(str, series.titles.values()), *map(str, series.synopses.values())]
    haystack = _folded(" ".join(texts))
    return all(word in haystack for word in wanted.split())


def _folded(text: str) -> str:
    """Lower case without accents, so that "perdao" finds "Perdão"."""
    apart = unicodedata.normalize("NFKD", text.casefold())
    return "".join(c for c in apart if not unicodedata.combining(c))
