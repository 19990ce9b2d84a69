"""Debian's chromium over a served installation with two episodes in two languages."""

import socket
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, field

import pytest
import uvicorn

from chromium import browser, chromium  # noqa: F401 - a fixture
from silkreel.kit.settings import Settings
from silkreel.web.app import create_app
from trial_home import Trial, open_trial, seed


def pytest_collection_modifyitems(items):
    missing = pytest.mark.skip(reason="chromium is not installed (Debian: chromium)")
    for item in items:
        if "browser" in item.path.parts:
            item.add_marker(pytest.mark.browser)
            if chromium() is None:
                item.add_marker(missing)


@pytest.fixture(scope="session")
def address(tmp_path_factory) -> Iterator[str]:
    home = tmp_path_factory.mktemp("browser")
    workshop = open_trial(home)
    seed(workshop, Trial(seconds=12, rungs=((180, 320),)))
    seed(
        workshop,
        Trial(
            slug="last-ferry", titles=(("en", "The Last Ferry"),), seconds=2, episodes=1,
            rungs=((320, 180),), orientation="landscape", languages=("en",),
        ),
    )  # fmt: skip
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    settings = Settings(home=home, port=port)
    server = uvicorn.Server(
        uvicorn.Config(create_app(settings, workshop), port=port, log_level="warning")
    )
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    while not server.started:
        time.sleep(0.02)
    yield f"http://127.0.0.1:{port}"
    server.should_exit = True
    thread.join(10)
    workshop.database.close()


@dataclass
class Phone:
    """A page and everything it complained about."""

    page: object
    complaints: list[str] = field(default_factory=list)


@pytest.fixture(params=[(390, 844), (1280, 800)], ids=["phone", "desk"])
def size(request):
    return request.param


@pytest.fixture
def phone(browser, address, size):  # noqa: F811 - the fixture
    context = browser.new_context(
        viewport={"width": size[0], "height": size[1]}, locale="en-US", base_url=address,
        has_touch=size[0] < 600,
    )  # fmt: skip
    made = Phone(context.new_page())
    made.page.on(
        "console",
        lambda m: made.complaints.append(m.text) if m.type in {"error", "warning"} else None,
    )
    made.page.on("pageerror", lambda e: made.complaints.append(str(e)))
    yield made
    context.close()
    assert made.complaints == []
