"""Bodies that are pieces of files: the system carries them from the file to the socket itself.

uvicorn asks a body for its length and hands it to the transport. So a `FilePiece` may be a body
where the connection's protocol is `FileSending`: its transport knows what to do with one.
`sendfile(2)` copies nothing into this process; for segments of half a megabyte that is most of the
work. An application sees in its scope whether its connection can do this (`can_send_files`).
"""

import asyncio
import errno
import os
from collections import deque
from collections.abc import Mapping, MutableMapping
from typing import Any, cast

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

EXTENSION = "silkreel.file_piece"
STALL_SECONDS = 60  # a viewer who takes no byte for so long has gone


class FilePiece:
    """Bytes `start` to `start + length` of an open file, as the body of an answer."""

    __slots__ = ("_gone", "_length", "descriptor", "left", "offset")

    def __init__(self, descriptor: int, start: int, length: int) -> None:
        self.descriptor = descriptor
        self.offset = start
        self.left = length
        self._length = length
        self._gone = asyncio.Event()

    def __len__(self) -> int:
        return self._length

    async def gone(self) -> None:
        """Wait until the descriptor is needed no more: all is sent, or the viewer has left."""
        await self._gone.wait()

    def send_some(self, connection: int) -> None:
        """Give a socket all it takes now.

        Raises:
            BlockingIOError: it takes no more now.
            OSError: the connection is gone, or the file is shorter than it was.
        """
        while self.left:
            count = os.sendfile(connection, self.descriptor, self.offset, self.left)
            if count == 0:
                raise OSError(errno.EIO, "the file is shorter than it was")
            self.offset += count
            self.left -= count
        self.finish()

    def finish(self) -> None:
        """Tell who waits that the descriptor may be closed."""
        self._gone.set()


def can_send_files(scope: Mapping[str, Any]) -> bool:
    """Whether a `FilePiece` may be the body of this request's answer."""
    return EXTENSION in scope.get("extensions", ())


class FileSending(HttpToolsProtocol):
    """uvicorn's HTTP protocol over a transport that takes pieces of files."""

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Speak HTTP over the transport, wrapped."""
        super().connection_made(FileTransport(transport, self.loop))

    def connection_lost(self, exc: Exception | None) -> None:
        """Let go of pieces under way, then as ever."""
        if isinstance(self.transport, FileTransport):
            self.transport.lost()
        super().connection_lost(exc)

    def on_message_begin(self) -> None:
        """Say in each request's scope what this connection can do."""
        super().on_message_begin()
        scope = cast("MutableMapping[str, Any]", self.scope)
        scope["extensions"] = {EXTENSION: {}}


class FileTransport(asyncio.Transport):
    """A transport whose `write` also takes a `FilePiece`; the order of writes is kept.

    While a piece waits for the socket, all that is written after it waits here. The event loop lets
    nobody else watch its own socket, so a second name of it (`dup`) tells when it takes more.
    """

    def __init__(self, transport: asyncio.Transport, loop: asyncio.AbstractEventLoop) -> None:
        super().__init__()
        self._transport = transport
        self._loop = loop
        self._connection: int = transport.get_extra_info("socket").fileno()
        self._waiting: deque[FilePiece | bytes] = deque()
        self._watched: int | None = None
        self._stalled: asyncio.TimerHandle | None = None
        self._closing = False

    def write(self, data: Any) -> None:
        """Send bytes or a piece of a file after all that was written before."""
        if self._waiting:
            self._waiting.append(data)
        elif not isinstance(data, FilePiece):
            self._transport.write(data)
        elif not self._send(data):
            self._waiting.append(data)
            self._watch()

    def close(self) -> None:
        """Close once everything is sent."""
        self._closing = True
        if not self._waiting:
            self._transport.close()

    def abort(self) -> None:
        """Close now; what waits is not sent."""
        self._transport.abort()

    def lost(self) -> None:
        """The connection is gone: nothing more will be sent."""
        self._stop_watching()
        while self._waiting:
            item = self._waiting.popleft()
            if isinstance(item, FilePiece):
                item.finish()

    def is_closing(self) -> bool:
        """Whether this connection ends."""
        return self._closing or self._transport.is_closing()

    def get_extra_info(self, name: str, default: Any = None) -> Any:
        """As the transport says."""
        return self._transport.get_extra_info(name, default)

    def pause_reading(self) -> None:
        """Take no more requests for now."""
        self._transport.pause_reading()

    def resume_reading(self) -> None:
        """Take requests again."""
        self._transport.resume_reading()

    def _send(self, piece: FilePiece) -> bool:
        """Send of a piece what goes out now; true where nothing of it is left to wait for."""
        if self._transport.is_closing():
            piece.finish()
            return True
        if self._transport.get_write_buffer_size():
            return False  # what was written before it is still on its way
        try:
            piece.send_some(self._connection)
        except BlockingIOError:
            return False
        except (
            OSError
        ):  # the viewer has left, or the file broke: the answer ends short of its length
            piece.finish()
            self._transport.abort()
        return True

    def _go_on(self) -> None:
        """The socket takes more."""
        while self._waiting:
            item = self._waiting[0]
            if isinstance(item, FilePiece):
                left = item.left
                if not self._send(item):
                    if item.left < left:
                        self._expect_progress()
                    return
            else:
                self._transport.write(item)
            self._waiting.popleft()
        self._stop_watching()
        if self._closing:
            self._transport.close()

    def _watch(self) -> None:
        self._watched = os.dup(self._connection)
        self._loop.add_writer(self._watched, self._go_on)
        self._expect_progress()

    def _expect_progress(self) -> None:
        if self._stalled is not None:
            self._stalled.cancel()
        self._stalled = self._loop.call_later(STALL_SECONDS, self.abort)

    def _stop_watching(self) -> None:
        if self._stalled is not None:
            self._stalled.cancel()
            self._stalled = None
        if self._watched is not None:
            self._loop.remove_writer(self._watched)
            os.close(self._watched)
            self._watched = None
