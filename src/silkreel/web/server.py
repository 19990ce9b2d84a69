"""Serve an installation over HTTP until told to stop."""

import socket
import sys
from contextlib import suppress

import uvicorn

from silkreel.flows.postman import postman
from silkreel.kit.opening import open_workshop
from silkreel.kit.refusals import Refusal
from silkreel.kit.settings import Settings
from silkreel.web.app import create_app
from silkreel.web.file_sending import FileSending

KEEP_ALIVE_SECONDS = 15  # between two segments of an episode lie at most some ten seconds
CONNECTIONS = 2000
WAITING = 2048  # connections the system keeps until we take them, as uvicorn's own default


class CannotListen(Refusal):
    """The address is taken, or is none of this machine's."""

    message = (
        "Nothing can be served at {host} port {port} ({why});"
        " choose another with --host, --port, SILKREEL_HOST or SILKREEL_PORT."
    )


def serve(settings: Settings) -> None:
    """Answer viewers until interrupted.

    Raises:
        CannotListen: the address cannot be had.
    """
    with listen(settings.host, settings.port) as door:
        workshop = open_workshop(settings)
        sys.stdout.write(f"Silkreel is at {settings.public_url or _address(door)}\n")
        sys.stdout.flush()
        config = uvicorn.Config(
            create_app(settings, workshop),
            loop="uvloop",
            http=FileSending,
            ws="none",
            lifespan="on",
            access_log=False,
            server_header=False,
            timeout_keep_alive=KEEP_ALIVE_SECONDS,
            limit_concurrency=CONNECTIONS,
            log_level="warning",
        )
        try:
            with postman(settings), suppress(KeyboardInterrupt):  # Ctrl-C is how a server ends
                uvicorn.Server(config).run(sockets=[door])
        finally:
            workshop.database.close()


def listen(host: str, port: int) -> socket.socket:
    """A listening socket at the address, before anybody is told of it.

    Raises:
        CannotListen: the address cannot be had.
    """
    try:
        family, kind, _, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
        door = socket.socket(family, kind)
    except OSError as problem:
        raise CannotListen(host=host, port=port, why=problem.strerror) from None
    try:
        door.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        door.bind(address)
        door.listen(WAITING)
    except OSError as problem:
        door.close()
        raise CannotListen(host=host, port=port, why=problem.strerror) from None
    return door


def _address(door: socket.socket) -> str:
    host, port = door.getsockname()[:2]
    return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"
