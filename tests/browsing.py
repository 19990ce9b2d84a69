"""A served installation, and a visitor with a browser of their own."""

import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

import uvicorn
from playwright.sync_api import expect

from silkreel.kit.artifacts import Workshop
from silkreel.kit.settings import Settings
from silkreel.web.app import WebApp, create_app

BUSY_MILLISECONDS = 20_000  # what a machine with eight tenants may take for one answer
expect.set_options(timeout=BUSY_MILLISECONDS)


@dataclass
class Phone:
    """A page and everything it complained about."""

    page: object
    complaints: list[str] = field(default_factory=list)


@contextmanager
def served(workshop: Workshop, **more: object) -> Iterator[str]:
    """The address of a server over an installation, which is closed with it."""
    port = free_port()
    settings = Settings(home=workshop.store.folder.parent, port=port).model_copy(update=more)
    with running(create_app(settings, workshop), port, workshop) as address:
        yield address


def free_port() -> int:
    """A port nobody listens on."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port: int = free.getsockname()[1]
        return port


@contextmanager
def running(app: WebApp, port: int, workshop: Workshop) -> Iterator[str]:
    """The address of a server of an application, whose installation is closed with it."""
    server = uvicorn.Server(uvicorn.Config(app, port=port, log_level="warning"))
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    while not server.started:
        time.sleep(0.02)
    yield f"http://127.0.0.1:{port}"
    server.should_exit = True
    thread.join(10)
    workshop.database.close()


@contextmanager
def visiting(browser, address, size, expected=None, **more):
    """A visitor's own browser; it must have complained of nothing in the end, but of `expected`."""
    context = browser.new_context(
        viewport={"width": size[0], "height": size[1]}, locale="en-US", base_url=address,
        has_touch=size[0] < 600, **more,
    )  # fmt: skip
    made = Phone(context.new_page())
    made.page.on(
        "console",
        lambda m: made.complaints.append(m.text) if m.type in {"error", "warning"} else None,
    )
    made.page.on("pageerror", lambda e: made.complaints.append(str(e)))
    yield made
    context.close()
    told = [each for each in made.complaints if not (expected and expected.search(each))]
    assert told == []
