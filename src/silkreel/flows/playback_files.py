"""What lies behind a public file name: a file in the store, or a playlist made for the asking."""

from collections.abc import Callable
from pathlib import Path

import sqlalchemy as sa

from silkreel.catalogue.browse import SUBTITLES, NotShown
from silkreel.catalogue.tables import EpisodeRow, RenditionRow
from silkreel.flows.playback_bundle import (
    PUBLIC_HASH_LENGTH,
    Address,
    playlist_name,
    public_file,
)
from silkreel.flows.playback_rows import NotReady
from silkreel.flows.start_playback import Shelf, Wish, start_playback
from silkreel.kit.database import Database, Session
from silkreel.kit.storage import Store
from silkreel.media.cmaf import SegmentIndex
from silkreel.media.playlists import (
    Subtitles,
    iframe_name,
    iframe_playlist,
    media_playlist,
    subtitle_playlist,
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
    database: Database,
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
    with database.reading() as tx:
        episode_id = tx.scalar(sa.select(EpisodeRow.id).where(EpisodeRow.asset == asset))
        if episode_id is None:
            return None
        if market is None:
            return _single_playlist(tx, episode_id, name)
    try:
        bundle = start_playback(database, episode_id, Wish(market), address, shelf)
    except (NotShown, NotReady):
        return None
    return bundle.playlists[bundle.address.manifest]


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
        by_sight = name == iframe_name(playlist_name(row.content_hash))
        return iframe_playlist(file, index) if by_sight else media_playlist(file, index)
    return None
