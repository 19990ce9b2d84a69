"""Pieces of files over real sockets: slow viewers, viewers who leave, answers in their order."""

import asyncio
import http.client
import os
import socket
import threading
import time
from pathlib import Path

import pytest
import uvicorn

from silkreel.web import file_sending
from silkreel.web.file_sending import FilePiece, FileSending, can_send_files

pytestmark = pytest.mark.sqlite_only  # no database here

FILE = os.urandom(6 * 1024 * 1024 + 77)


class Film:
    """Sends its file, whole, or from the place in the query; keeps what became of each piece."""

    def __init__(self, path):
        self.descriptor = os.open(path, os.O_RDONLY)
        self.gone = 0

    async def __call__(self, scope, _receive, send):
        assert can_send_files(scope)
        start = int(scope["query_string"] or 0)
        length = int(dict(scope["headers"]).get(b"x-length", len(FILE) - start))
        headers = [(b"content-length", b"%d" % length)]
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        piece = FilePiece(self.descriptor, start, length)
        await send({"type": "http.response.body", "body": piece})
        await piece.gone()
        self.gone += 1


@pytest.fixture
def film(tmp_path):
    (tmp_path / "film.mp4").write_bytes(FILE)
    return Film(tmp_path / "film.mp4")


@pytest.fixture
def port(film):
    door = socket.create_server(("127.0.0.1", 0))
    config = uvicorn.Config(
        film, loop="uvloop", http=FileSending, ws="none", lifespan="off", log_level="error"
    )
    server = uvicorn.Server(config)
    thread = threading.Thread(target=lambda: asyncio.run(server.serve([door])))
    thread.start()
    until(lambda: server.started)  # what the loop itself keeps open is open from here on
    yield door.getsockname()[1]
    server.should_exit = True
    thread.join(20)
    assert not thread.is_alive()
    os.close(film.descriptor)


def ask(port, *starts, close=False):
    """A connection that has asked for the file from each start, one request behind the other."""
    connection = socket.socket()
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 8192)  # a viewer who takes little
    connection.connect(("127.0.0.1", port))
    last = "Connection: close\r\n" if close else ""
    for start in starts:
        connection.sendall(f"GET /?{start} HTTP/1.1\r\nHost: x\r\n{last}\r\n".encode())
    return connection


def read_answer(stream):
    assert stream.readline().startswith(b"HTTP/1.1 200")
    length = 0
    while (line := stream.readline()) != b"\r\n":
        if line.lower().startswith(b"content-length:"):
            length = int(line.split(b":")[1])
    return stream.read(length)


def open_files():
    return len(list(Path("/proc/self/fd").iterdir()))


def until(happened, seconds=20):
    deadline = time.monotonic() + seconds
    while not happened():
        assert time.monotonic() < deadline
        time.sleep(0.02)


def test_a_viewer_who_takes_little_at_a_time_gets_every_byte(port):
    with ask(port, 0) as connection, connection.makefile("rb") as stream:
        assert read_answer(stream) == FILE


def test_a_small_piece_goes_out_at_once(port, film):
    viewer = http.client.HTTPConnection("127.0.0.1", port)
    viewer.request("GET", "/?10", headers={"x-length": "5"})
    assert viewer.getresponse().read() == FILE[10:15]
    viewer.close()
    until(lambda: film.gone == 1)


def test_answers_keep_the_order_of_the_requests(port):
    starts = (0, 5_000_000, 17)
    with ask(port, *starts) as connection, connection.makefile("rb") as stream:
        for start in starts:
            assert read_answer(stream) == FILE[start:]


def test_a_connection_that_is_to_close_closes_after_the_last_byte(port):
    with ask(port, 3, close=True) as connection, connection.makefile("rb") as stream:
        assert read_answer(stream) == FILE[3:]
        assert stream.read() == b""


def test_a_viewer_who_leaves_in_the_middle_leaves_nothing_open(port, film):
    before = open_files()
    for _ in range(5):
        with ask(port, 0, 0) as connection:
            connection.recv(1000)
    until(lambda: film.gone >= 5)
    until(lambda: open_files() <= before)


def test_a_viewer_who_takes_nothing_any_more_is_let_go(port, film, monkeypatch):
    monkeypatch.setattr(file_sending, "STALL_SECONDS", 0.5)
    with ask(port, 0) as connection:
        connection.recv(1000)
        until(lambda: film.gone == 1)


def test_a_file_that_became_shorter_breaks_its_answer_off(port, film):
    viewer = http.client.HTTPConnection("127.0.0.1", port)
    viewer.request("GET", "/?100", headers={"x-length": str(len(FILE))})
    with pytest.raises((http.client.IncompleteRead, ConnectionResetError)):
        viewer.getresponse().read()
    viewer.close()
    until(lambda: film.gone == 1)
    with ask(port, 0) as connection, connection.makefile("rb") as stream:
        assert read_answer(stream) == FILE
