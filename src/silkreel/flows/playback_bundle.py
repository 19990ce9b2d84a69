"""The bundle: all a player needs to start, composed from the rows a market may have."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import sqlalchemy as sa

from silkreel.catalogue.browse import pick
from silkreel.catalogue.making import Making, making_of_sound, making_of_text
from silkreel.catalogue.tables import RenditionRow
from silkreel.flows.playback_rows import NotReady, PlayFacts, Row
from silkreel.kit.database import Session
from silkreel.kit.languages import own_name
from silkreel.media.cmaf import SegmentIndex
from silkreel.media.playlists import Picture, Programme, Sound, Subtitles, all_playlists

START_SHORT_SIDE_PIXELS = 360  # the rung that starts soonest on a slow network
PUBLIC_HASH_LENGTH = 32  # hex digits of the sha256 that name a file in addresses

ShownTrack = tuple[Row, str]  # a rendition with its edition's columns, and its language


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


@dataclass(frozen=True, slots=True)
class Shown:
    """The renditions a market may have, tracks with their language."""

    pictures: tuple[Row, ...]
    sounds: tuple[ShownTrack, ...]
    subtitles: tuple[ShownTrack, ...]


@dataclass(frozen=True, slots=True)
class Choices:
    """Ids of the tracks to begin with."""

    sound: str | None
    subtitles: str | None


def compose_bundle(
    tx: Session,
    facts: PlayFacts,
    shown: Shown,
    choices: Choices,
    *,
    where: Address,
    reader: tuple[str, ...],
) -> Bundle:
    """Playlists, tracks and all else a player needs; `tx` reads the indexes of the files.

    Raises:
        NotReady: a file was replaced since the rows were read.
    """
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
    found = {row_id: SegmentIndex.from_json(segments) for row_id, segments in tx.execute(query)}
    if len(found) < len(ids):  # replaced since the decision; the next one sees the new rows
        raise NotReady
    return found


def _programme(
    facts: PlayFacts, shown: Shown, indexes: Mapping[str, SegmentIndex], choices: Choices
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
        playlist=playlist_name(row.content_hash),
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
        playlist=playlist_name(row.content_hash),
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
        playlist=playlist_name(row.content_hash),
        file=public_file(row.content_hash, row.suffix),
        language=language,
        name=own_name(language),
        length_seconds=length_seconds,
        describes_sound=bool(json.loads(row.facts).get("describes_sound")),
    )


def public_file(content_hash: str, suffix: str) -> str:
    """The name a file has in addresses: it betrays neither rung nor language."""
    return content_hash[:PUBLIC_HASH_LENGTH] + suffix


def playlist_name(content_hash: str) -> str:
    """The name of the playlist of a file."""
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
