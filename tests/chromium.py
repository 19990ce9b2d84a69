"""Debian's chromium, driven by Playwright."""

import shutil
from functools import cache

import pytest

from silkreel.kit.settings import Settings

FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--autoplay-policy=no-user-gesture-required",
]


@cache
def chromium() -> str | None:
    """Debian's program; asked for at every test of a browser."""
    told = Settings().chromium
    return str(told) if told else shutil.which("chromium") or shutil.which("chromium-browser")


@pytest.fixture(scope="module")  # Playwright's loop runs in this thread; no other test must meet it
def browser():
    """A headless chromium for the tests of one file."""
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        opened = playwright.chromium.launch(executable_path=chromium(), args=FLAGS)
        yield opened
        opened.close()
