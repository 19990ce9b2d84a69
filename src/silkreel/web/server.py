"""Serve an installation over HTTP until told to stop."""

import sys

import uvicorn

from silkreel.kit.opening import open_workshop
from silkreel.kit.settings import Settings
from silkreel.web.app import create_app

KEEP_ALIVE_SECONDS = 15  # between two segments of an episode lie at most some ten seconds
CONNECTIONS = 2000


def serve(settings: Settings) -> None:
    """Answer viewers until interrupted."""
    workshop = open_workshop(settings)
    address = settings.public_url or f"http://{settings.host}:{settings.port}"
    sys.stdout.write(f"Silkreel is at {address}\n")
    sys.stdout.flush()
    try:
        uvicorn.run(
            create_app(settings, workshop),
            host=settings.host,
            port=settings.port,
            loop="uvloop",
            http="httptools",
            lifespan="on",
            access_log=False,
            server_header=False,
            timeout_keep_alive=KEEP_ALIVE_SECONDS,
            limit_concurrency=CONNECTIONS,
            log_level="warning",
        )
    finally:
        workshop.database.close()
