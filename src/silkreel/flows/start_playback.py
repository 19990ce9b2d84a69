"""A viewer presses play: may they, and what do they get? One decision, one bundle.

The decision is made anew each time from the rows themselves. What costs time, composing the
playlists, is remembered under everything it was made from, so a changed row is never answered
from memory.
"""

import json
from collections import OrderedDict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from fractions import Fraction
from pathlib import Path
from threading import Lock
from typing import Any, Generic, TypeVar

import sqlalchemy as sa
from sqlalchemy import orm

from silkreel.catalogue.browse import (
    AUDIO,
    ORIGINAL,
    SUBTITLES,
    VIDEO,
    NotShown,
    best_language,
    language_of,
    open_door,
    pick,
)
from silkreel.catalogue.making import Making, making_of_sound, making_of_text
from silkreel.catalogue.releases import WORLD
from silkreel.catalogue.tables import EditionRow, EpisodeRow, ReleaseRow, RenditionRow, SeriesRow
from silkreel.kit.database import Session
from silkreel.kit.languages import own_name
from silkreel.kit.refusals import Refusal
from silkreel.kit.storage import Store
from silkreel.media.cmaf import SegmentIndex
from silkreel.media.playlists import (
    Picture,
    Programme,
    Sound,
    Subtitles,
    all_playlists,
    iframe_name,
    iframe_playlist,
    media_playlist,
    subtitle_playlist,
)

START_SHORT_SIDE_PIXELS = 360  # the rung that starts soonest on a slow network
REMEMBERED_BUNDLES = 1024  # of some 15 KB each
PUBLIC_HASH_LENGTH = 32  # hex digits of the sha256 that name a file in addresses


Made = TypeVar("Made")
Row = sa.Row[*tuple[Any, ...]]
ShownTrack = tuple[Row, str]  # a rendition with its edition's columns, and its language


class NotReady(Refusal):
    """The episode is released but has no picture to play."""

    status = 409
    message = "This episode is still being prepared; try again in a few minutes."


@dataclass(frozen=True, slots=True)
class Wish:
    """Who asks for what: their market, and languages they would like, best first."""

    market: str
    languages: tuple[str, ...] = ()
    audio: str | None = None  # a tag, or "original"


@dataclass(frozen=True, slots=True)
class Address:
    """Where an asset's files lie, signed, and until when (seconds since 1970)."""

    base: str
    expires_at: int
    manifest: str  # name of the multivariant playlist


@dataclass(frozen=True, slots=True)
class Track:
    """One language to hear or to read, and how it was made."""

    id: str
    language: str
    name: str  # in its own script
    kind: str  # original | dub | voice-over | captions | translation
    making: Making
    file: str | None  # subtitles only: the WebVTT file


@dataclass(frozen=True, slots=True)
class NextEpisode:
    """What comes after."""

    id: str
    number: int
    title: str


@dataclass(frozen=True, slots=True)
class Bundle:
    """All a player needs to start: no further question before the first picture."""

    episode_id: str
    series: str
    number: int
    title: str
    length_seconds: float
    width_pixels: int
    height_pixels: int
    asset: str
    address: Address
    playlists: Mapping[str, str]
    start_height_pixels: int
    poster_hash: str | None
    thumbhash: str | None
    audio: tuple[Track, ...]
    subtitles: tuple[Track, ...]
    audio_choice: str | None
    subtitles_choice: str | None
    caption_band: tuple[float, float] | None
    next: NextEpisode | None


class Remembered(Generic[Made]):
    """Values made before, by all that went into them; the least recently used goes first."""

    def __init__(self, size: int) -> None:
        self._size = size
        self._values: OrderedDict[object, Made] = OrderedDict()
        self._lock = Lock()

    def get(self, key: object, make: Callable[[], Made]) -> Made:
        """The value under `key`, made now if it is not there."""
        with self._lock:
            known = self._values.get(key)
            if known is not None:
                self._values.move_to_end(key)
                return known
        made = make()
        with self._lock:
            self._values[key] = made
            while len(self._values) > self._size:
                self._values.popitem(last=False)
        return made


class Shelf:
    """What decisions made before can lend to the next."""

    def __init__(self, size: int = REMEMBERED_BUNDLES) -> None:
        self.shown: Remembered[_Shown] = Remembered(size)
        self.bundles: Remembered[Bundle] = Remembered(size)


def start_playback(
    tx: Session, episode_id: str, wish: Wish, address: Callable[[str, str], Address], shelf: Shelf
) -> Bundle:
    """Decide whether a viewer may play an episode, and hand over all that a player needs.

    `address` signs the way to an asset for a market.

    Raises:
        NotShown: there is no such episode, or none for this market.
        NotReady: it is released but not packaged.
    """
    facts = _read(tx, episode_id, wish.market)
    rows = facts.key()
    # Remembered too: once a door is open, only a change of its row can close it again.
    shown = shelf.shown.get((rows, wish.market), lambda: _shown(facts, wish.market))
    choices = _choose(shown, facts.episode.source_language, wish)
    where = address(facts.episode.asset, wish.market)
    reader = wish.languages[:1]
    key = (rows, choices, where, reader)
    return shelf.bundles.get(
        key, lambda: _compose(tx, facts, shown, choices, where=where, reader=reader)
    )


def public_path(tx: Session, store: Store, asset: str, file: str) -> Path | None:
    """Where a file of an asset lies, if the asset has it; public names lead nowhere else."""
    content_hash, _, suffix = file.partition(".")
    query = (
        sa.select(RenditionRow.content_hash, RenditionRow.suffix)
        .join(EpisodeRow, EpisodeRow.id == RenditionRow.episode_id)
        .where(EpisodeRow.asset == asset)
    )
    for row in tx.execute(query):
        if (row.content_hash[:PUBLIC_HASH_LENGTH], row.suffix) == (content_hash, f".{suffix}"):
            path = store.path(row.content_hash, row.suffix)
            return path if path.is_file() else None
    return None


def playlist_text(
    tx: Session,
    asset: str,
    name: str,
    market: str | None,
    *,
    address: Callable[[str, str], Address],
    shelf: Shelf,
) -> str | None:
    """A playlist for players that fetch them one by one; the bundle holds the same texts.

    The multivariant playlist's name was made for a `market`, and lists what is open there. The
    others are named by their file's hash, which only that list tells.
    """
    episode_id = tx.scalar(sa.select(EpisodeRow.id).where(EpisodeRow.asset == asset))
    if episode_id is None:
        return None
    if market is not None:
        bundle = start_playback(tx, episode_id, Wish(market), address, shelf)
        return bundle.playlists[bundle.address.manifest]
    return _single_playlist(tx, episode_id, name)


def _single_playlist(tx: Session, episode_id: str, name: str) -> str | None:
    stem = name.removesuffix(".m3u8")
    for row in tx.scalars(sa.select(RenditionRow).where(RenditionRow.episode_id == episode_id)):
        file = public_file(row.content_hash, row.suffix)
        if not file.startswith(stem[:PUBLIC_HASH_LENGTH]) or len(stem) < PUBLIC_HASH_LENGTH:
            continue
        if row.kind == SUBTITLES:
            length = tx.get_one(EpisodeRow, episode_id).length_seconds
            return subtitle_playlist(Subtitles(row.id, name, file, "", "", length))
        index = SegmentIndex.from_json(row.segments)
        by_sight = name == iframe_name(_playlist_name(row.content_hash))
        return iframe_playlist(file, index) if by_sight else media_playlist(file, index)
    return None


# --- what the decision stands on -------------------------------------------------------------


def _json_text(column: orm.InstrumentedAttribute[Any]) -> sa.ColumnElement[str]:
    """A JSON column as the text it is: cheap to compare, parsed only when needed."""
    return sa.cast(column, sa.Text)


_Next = orm.aliased(EpisodeRow)
_next_number = (
    sa.select(sa.func.min(_Next.number))
    .where(
        _Next.series_id == EpisodeRow.series_id,
        _Next.number > EpisodeRow.number,
        sa.exists().where(RenditionRow.episode_id == _Next.id, RenditionRow.kind == VIDEO),
    )
    .correlate(EpisodeRow)
    .scalar_subquery()
)
_After = orm.aliased(EpisodeRow)
# One row for each release that could count: the market's own and the world's.
_EPISODE = (
    sa.select(
        EpisodeRow.id,
        EpisodeRow.asset,
        EpisodeRow.number,
        EpisodeRow.length_seconds,
        EpisodeRow.width_pixels,
        EpisodeRow.height_pixels,
        EpisodeRow.frame_rate,
        EpisodeRow.poster_hash,
        EpisodeRow.thumbhash,
        _json_text(EpisodeRow.titles).label("titles"),
        SeriesRow.slug,
        SeriesRow.source_language,
        _json_text(SeriesRow.caption_band).label("caption_band"),
        ReleaseRow.market,
        _json_text(ReleaseRow.languages).label("languages"),
        ReleaseRow.drafts_allowed,
        ReleaseRow.released_at,
        ReleaseRow.withdrawn_at,
        _After.id.label("next_id"),
        _After.number.label("next_number"),
        _json_text(_After.titles).label("next_titles"),
    )
    .join(SeriesRow, SeriesRow.id == EpisodeRow.series_id)
    .join(
        ReleaseRow,
        sa.and_(
            ReleaseRow.series_id == SeriesRow.id,
            ReleaseRow.market.in_((sa.bindparam("market"), WORLD)),
        ),
    )
    .outerjoin(
        _After,
        sa.and_(_After.series_id == EpisodeRow.series_id, _After.number == _next_number),
    )
    .where(EpisodeRow.id == sa.bindparam("episode_id"))
)
_RENDITIONS = (
    sa.select(
        RenditionRow.id,
        RenditionRow.kind,
        RenditionRow.name,
        RenditionRow.language,
        RenditionRow.content_hash,
        RenditionRow.suffix,
        RenditionRow.codec,
        RenditionRow.width_pixels,
        RenditionRow.height_pixels,
        _json_text(RenditionRow.facts).label("facts"),
        EditionRow.kind.label("made_as"),
        EditionRow.draft_lines,
        EditionRow.waiting_lines,
        EditionRow.withdrawn,
        _json_text(EditionRow.provenance).label("provenance"),
    )
    .join(EpisodeRow, EpisodeRow.id == RenditionRow.episode_id)
    .join(SeriesRow, SeriesRow.id == EpisodeRow.series_id)
    .outerjoin(
        EditionRow,
        sa.and_(
            EditionRow.episode_id == RenditionRow.episode_id,
            EditionRow.language
            == sa.func.coalesce(
                sa.func.nullif(RenditionRow.language, ORIGINAL), SeriesRow.source_language
            ),
        ),
    )
    .where(RenditionRow.episode_id == sa.bindparam("episode_id"))
    .order_by(RenditionRow.kind, RenditionRow.name)
)


@dataclass(frozen=True, slots=True)
class _Facts:
    """The rows a decision stands on."""

    releases: tuple[Row, ...]  # each with the episode, its series and what comes after it
    renditions: tuple[Row, ...]  # each with the edition of its language

    @property
    def episode(self) -> Row:
        """The episode and its series, which every release's row repeats."""
        return self.releases[0]

    def key(self) -> tuple[object, ...]:
        """All of it as plain tuples, which compare faster than rows."""
        return tuple(map(tuple, self.releases)), tuple(map(tuple, self.renditions))


@dataclass(frozen=True, slots=True)
class _Release:
    market: str
    languages: Sequence[str]
    drafts_allowed: bool
    released_at: datetime
    withdrawn_at: datetime | None


@dataclass(frozen=True, slots=True)
class _Shown:
    """The renditions a market may have, tracks with their language."""

    pictures: tuple[Row, ...]
    sounds: tuple[ShownTrack, ...]
    subtitles: tuple[ShownTrack, ...]


@dataclass(frozen=True, slots=True)
class _Choices:
    """Ids of the tracks to begin with."""

    sound: str | None
    subtitles: str | None


def _read(tx: Session, episode_id: str, market: str) -> _Facts:
    run = tx.connection().execute
    releases = run(_EPISODE, {"episode_id": episode_id, "market": market}).all()
    if not releases:
        raise NotShown
    return _Facts(tuple(releases), tuple(run(_RENDITIONS, {"episode_id": episode_id}).all()))


def _shown(facts: _Facts, market: str) -> _Shown:
    door = open_door(map(_release, facts.releases), market)
    if door is None:
        raise NotShown
    pictures = tuple(r for r in facts.renditions if r.kind == VIDEO)
    if not pictures:
        raise NotReady
    tracks: dict[str, list[ShownTrack]] = {AUDIO: [], SUBTITLES: []}
    for row in facts.renditions:
        language = language_of(row.language, facts.episode.source_language)
        edition = row if row.made_as is not None else None
        if row.kind in tracks and door.lets_through(language, edition):
            tracks[row.kind].append((row, language))
    return _Shown(pictures, tuple(tracks[AUDIO]), tuple(tracks[SUBTITLES]))


def _release(row: Row) -> _Release:
    return _Release(
        row.market, json.loads(row.languages), row.drafts_allowed, row.released_at, row.withdrawn_at
    )


# --- what to begin with ----------------------------------------------------------------------


def _choose(shown: _Shown, source_language: str, wish: Wish) -> _Choices:
    """The wished voice, else the viewer's language, else the original with subtitles."""
    heard = {language: row.id for row, language in shown.sounds}
    asked = source_language if wish.audio == ORIGINAL else wish.audio
    wishes = [w for w in (asked, *wish.languages, source_language) if w]
    audio = best_language(list(heard), wishes) or next(iter(heard), None)
    reader = wish.languages[0] if wish.languages else None
    read = {language: row.id for row, language in shown.subtitles}
    understood = audio is not None and reader is not None and best_language([audio], [reader])
    text = best_language(list(read), wish.languages) if not understood else None
    return _Choices(heard.get(audio or ""), read.get(text or ""))


# --- the bundle ------------------------------------------------------------------------------


def _compose(
    tx: Session,
    facts: _Facts,
    shown: _Shown,
    choices: _Choices,
    *,
    where: Address,
    reader: tuple[str, ...],
) -> Bundle:
    episode = facts.episode
    indexes = _indexes(tx, [row.id for row in shown.pictures] + [r.id for r, _ in shown.sounds])
    programme = _programme(facts, shown, indexes, choices)
    start = _start_height(programme.pictures)
    band = json.loads(episode.caption_band) if episode.caption_band else None
    return Bundle(
        episode_id=episode.id,
        series=episode.slug,
        number=episode.number,
        title=_title(episode.titles, reader, episode.source_language),
        length_seconds=episode.length_seconds,
        width_pixels=episode.width_pixels,
        height_pixels=episode.height_pixels,
        asset=episode.asset,
        address=where,
        playlists=all_playlists(programme, where.manifest, start_height_pixels=start),
        start_height_pixels=start,
        poster_hash=episode.poster_hash,
        thumbhash=episode.thumbhash,
        audio=tuple(_sound_track(*each) for each in shown.sounds),
        subtitles=tuple(_text_track(*each) for each in shown.subtitles),
        audio_choice=choices.sound,
        subtitles_choice=choices.subtitles,
        caption_band=(float(band[0]), float(band[1])) if band else None,
        next=_next(episode, reader),
    )


def _indexes(tx: Session, ids: Sequence[str]) -> dict[str, SegmentIndex]:
    query = sa.select(RenditionRow.id, RenditionRow.segments).where(RenditionRow.id.in_(ids))
    return {row_id: SegmentIndex.from_json(segments) for row_id, segments in tx.execute(query)}


def _programme(
    facts: _Facts, shown: _Shown, indexes: Mapping[str, SegmentIndex], choices: _Choices
) -> Programme:
    rate = Fraction(facts.episode.frame_rate)
    return Programme(
        tuple(_picture(row, indexes[row.id], rate) for row in shown.pictures),
        tuple(_sound(row, language, indexes[row.id]) for row, language in shown.sounds),
        tuple(
            _subtitles(row, language, facts.episode.length_seconds)
            for row, language in shown.subtitles
        ),
        choices.sound,
    )


def _picture(row: Row, index: SegmentIndex, frame_rate: Fraction) -> Picture:
    return Picture(
        playlist=_playlist_name(row.content_hash),
        file=public_file(row.content_hash, row.suffix),
        index=index,
        codec=row.codec,
        width_pixels=row.width_pixels or 0,
        height_pixels=row.height_pixels or 0,
        frame_rate=Fraction(str(json.loads(row.facts).get("frame_rate", frame_rate))),
    )


def _sound(row: Row, language: str, index: SegmentIndex) -> Sound:
    return Sound(
        id=row.id,
        playlist=_playlist_name(row.content_hash),
        file=public_file(row.content_hash, row.suffix),
        index=index,
        codec=row.codec,
        language=language,
        name=own_name(language),
        describes_video=bool(json.loads(row.facts).get("describes_video")),
    )


def _subtitles(row: Row, language: str, length_seconds: float) -> Subtitles:
    return Subtitles(
        id=row.id,
        playlist=_playlist_name(row.content_hash),
        file=public_file(row.content_hash, row.suffix),
        language=language,
        name=own_name(language),
        length_seconds=length_seconds,
        describes_sound=bool(json.loads(row.facts).get("describes_sound")),
    )


def public_file(content_hash: str, suffix: str) -> str:
    """The name a file has in addresses: it betrays neither rung nor language."""
    return content_hash[:PUBLIC_HASH_LENGTH] + suffix


def _playlist_name(content_hash: str) -> str:
    return f"{content_hash[:PUBLIC_HASH_LENGTH]}.m3u8"


def _start_height(pictures: Sequence[Picture]) -> int:
    short = [p for p in pictures if min(p.width_pixels, p.height_pixels) <= START_SHORT_SIDE_PIXELS]
    if short:
        return max(p.height_pixels for p in short)
    return min(p.height_pixels for p in pictures)


def _sound_track(row: Row, language: str) -> Track:
    kind = row.made_as or "original"
    making = making_of_sound(kind, _unfinished(row), _provenance(row))
    return Track(row.id, language, own_name(language), kind, making, None)


def _text_track(row: Row, language: str) -> Track:
    kind = "captions" if row.name.endswith(".cc") else "translation"
    making = making_of_text(row.made_as or "dub", _unfinished(row), _provenance(row))
    file = public_file(row.content_hash, row.suffix)
    return Track(row.id, language, own_name(language), kind, making, file)


def _provenance(row: Row) -> dict[str, Any]:
    of_edition = json.loads(row.provenance) if row.provenance else {}
    return {**of_edition, **json.loads(row.facts)}


def _unfinished(row: Row) -> int:
    return (row.draft_lines or 0) + (row.waiting_lines or 0)


def _next(episode: Row, reader: tuple[str, ...]) -> NextEpisode | None:
    if episode.next_id is None:
        return None
    title = _title(episode.next_titles, reader, episode.source_language)
    return NextEpisode(episode.next_id, episode.next_number, title)


def _title(titles: str, reader: tuple[str, ...], source_language: str) -> str:
    return pick(json.loads(titles), *reader, source_language, "en")
