"""Media files by signed address: pure ASGI beside the framework, for this is nearly all traffic.

What lies in memory goes from the file to the socket without a copy of ours; what a disk must be
asked for is read by a thread, so that one cold file holds up nobody else.
"""

import asyncio
import os
import re
import time
from collections.abc import Awaitable, Callable, Iterable, Mapping, MutableMapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from silkreel.web.file_sending import FilePiece, can_send_files
from silkreel.web.open_files import FileKey, OpenFile, OpenFiles
from silkreel.web.ranges import Slice, wanted_slice
from silkreel.web.tokens import Signer

Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]
Headers = list[tuple[bytes, bytes]]

PART_BYTES = 1024 * 1024  # larger bodies go out in parts of this size
PROBE_BYTES = 64 * 1024  # of a part, one byte in so many tells whether it lies in memory
CORS_SECONDS = b"86400"

_ADDRESS = re.compile(
    r"/play/(?P<sig>[A-Za-z0-9_-]{22})/(?P<exp>[0-9]{10,12})/(?P<kid>[a-z0-9]{1,8})"
    r"/(?P<asset>[a-z0-9]{1,24})/(?P<file>[0-9a-f]{32}\.(?:mp4|m4a|vtt)|[A-Za-z0-9_-]{1,64}\.m3u8)"
)
_TYPES = {
    "mp4": b"video/mp4",
    "m4a": b"audio/mp4",
    "vtt": b"text/vtt; charset=utf-8",
    "m3u8": b"application/vnd.apple.mpegurl",
}


@dataclass(frozen=True, slots=True)
class Media:
    """How a signed address leads to bytes: files on disk, playlists made for the asking."""

    signer: Signer
    locate: Callable[[str, str], Path | None]  # asset, file name; asks the database
    playlist: Callable[[str, str], str | None]  # asset, playlist name; asks the database
    origins: frozenset[str]  # other sites that may play our media in a browser


@dataclass(frozen=True, slots=True)
class _Order:
    asset: str
    file: str
    expires_at: int


class Segments:
    """The ASGI application behind `/play/`."""

    def __init__(self, media: Media) -> None:
        self._media = media
        self._files = OpenFiles()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        del receive
        asked = dict(scope["headers"])
        cors = self._cors(asked.get(b"origin"))
        if scope["method"] == "OPTIONS":
            await _answer(send, 204, cors)
            return
        if scope["method"] not in ("GET", "HEAD"):
            await _answer(send, 405, [(b"allow", b"GET, HEAD, OPTIONS")])
            return
        order = self._check(scope["path"])
        if isinstance(order, int):
            await _answer(send, order, cors)
            return
        if order.file.endswith(".m3u8"):
            await self._send_playlist(order, cors, scope, send)
        else:
            await self._send_file(order, asked, cors, scope, send)

    def close(self) -> None:
        """Close every open file."""
        self._files.close()

    def _check(self, path: str) -> _Order | int:
        """The order in an address, or the status of a no: 404, 403 (not ours), 410 (expired)."""
        match = _ADDRESS.fullmatch(path)
        if match is None:
            return 404
        expires_at = int(match["exp"])
        if not self._media.signer.genuine(match["sig"], expires_at, match["kid"], match["asset"]):
            return 403
        if expires_at <= time.time():
            return 410
        return _Order(match["asset"], match["file"], expires_at)

    async def _send_file(
        self,
        order: _Order,
        asked: Mapping[bytes, bytes],
        cors: Headers,
        scope: Scope,
        send: Send,
    ) -> None:
        opened = await self._open((order.asset, order.file))
        if opened is None:
            await _answer(send, 404, cors)
            return
        etag = b'"' + order.file.encode() + b'"'
        headers = [*cors, (b"etag", etag), _cache_control(order), (b"accept-ranges", b"bytes")]
        if asked.get(b"if-none-match") in (etag, b"*"):
            await _answer(send, 304, headers)
            return
        wanted = asked.get(b"range") if asked.get(b"if-range", etag) == etag else None
        piece = wanted_slice(wanted, opened.size)
        if piece is None:
            await _answer(send, 416, [*cors, (b"content-range", b"bytes */%d" % opened.size)])
            return
        headers.append((b"content-type", _TYPES[order.file.rpartition(".")[2]]))
        await self._send_piece(opened, piece, headers, scope, send)

    async def _send_piece(
        self, opened: OpenFile, piece: Slice, headers: Headers, scope: Scope, send: Send
    ) -> None:
        headers.append((b"content-length", b"%d" % piece.length))
        if piece.partial:
            end = piece.start + piece.length - 1
            headers.append((b"content-range", b"bytes %d-%d/%d" % (piece.start, end, opened.size)))
        status = 206 if piece.partial else 200
        await send({"type": "http.response.start", "status": status, "headers": headers})
        if scope["method"] == "HEAD" or piece.length == 0:
            await send({"type": "http.response.body", "body": b""})
            return
        straight = can_send_files(scope)
        with opened.reading() as descriptor:
            offset, end = piece.start, piece.start + piece.length
            while offset < end:
                length = min(PART_BYTES, end - offset)
                body = await _body(descriptor, offset, length, straight=straight)
                offset += len(body)
                more = offset < end and bool(body)
                await send({"type": "http.response.body", "body": body, "more_body": more})
                if isinstance(body, FilePiece):
                    await body.gone()
                elif not body:
                    return  # the file is shorter than it was: the client sees a broken answer

    async def _send_playlist(self, order: _Order, cors: Headers, scope: Scope, send: Send) -> None:
        text = await asyncio.to_thread(self._media.playlist, order.asset, order.file)
        if text is None:
            await _answer(send, 404, cors)
            return
        body = text.encode()
        headers = [
            *cors,
            (b"content-type", _TYPES["m3u8"]),
            (b"cache-control", b"private, no-cache"),
            (b"content-length", b"%d" % len(body)),
        ]
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        await send(
            {"type": "http.response.body", "body": b"" if scope["method"] == "HEAD" else body}
        )

    async def _open(self, key: FileKey) -> OpenFile | None:
        known = self._files.find(key)
        if known is not None:
            return known
        path = await asyncio.to_thread(self._media.locate, *key)
        if path is None:
            return None
        return self._files.find(key) or self._files.open(key, path)

    def _cors(self, origin: bytes | None) -> Headers:
        if origin is None or origin.decode("latin-1") not in self._media.origins:
            return [(b"vary", b"Origin")]
        return [
            (b"vary", b"Origin"),
            (b"access-control-allow-origin", origin),
            (b"access-control-allow-methods", b"GET, HEAD"),
            (b"access-control-allow-headers", b"Range"),
            (b"access-control-expose-headers", b"Content-Range, Content-Length, ETag"),
            (b"access-control-max-age", CORS_SECONDS),
        ]


async def _body(descriptor: int, offset: int, length: int, *, straight: bool) -> FilePiece | bytes:
    if straight and _in_memory(descriptor, offset, length):
        return FilePiece(descriptor, offset, length)
    return await asyncio.to_thread(os.pread, descriptor, length, offset)


def _in_memory(descriptor: int, offset: int, length: int) -> bool:
    """Whether a part can be sent without waiting for a disk, as far as a few bytes of it tell."""
    probe = bytearray(1)
    places = [*range(offset, offset + length, PROBE_BYTES), offset + length - 1]
    try:
        return all(os.preadv(descriptor, [probe], place, os.RWF_NOWAIT) for place in places)
    except OSError:  # EAGAIN: it lies on the disk; or a file system that does not tell
        return False


def _cache_control(order: _Order) -> tuple[bytes, bytes]:
    life_seconds = max(0, order.expires_at - int(time.time()))
    return (b"cache-control", b"private, max-age=%d, immutable" % life_seconds)


async def _answer(send: Send, status: int, headers: Iterable[tuple[bytes, bytes]]) -> None:
    empty = () if status in (204, 304) else ((b"content-length", b"0"),)
    await send({"type": "http.response.start", "status": status, "headers": [*headers, *empty]})
    await send({"type": "http.response.body", "body": b""})
