"""What a player of the test's story does."""

import time
from pathlib import Path

from playwright.sync_api import expect

HARBOUR = Path(__file__).parent / "harbour_story"
PATIENCE_SECONDS = 30.0  # a press may come before its line stands, however slow the machine


def words_of(page):
    """The words in the game's box."""
    return page.locator(".game-text")


def say(page, words):
    """These are said, and read."""
    expect(words_of(page)).to_have_text(words)
    page.keyboard.press(" ")


def play_to_choice(page):
    """On by key to the next choice."""
    expect(words_of(page)).to_be_visible()
    press_until(page, page.locator(".game-choice").first)


def press_until(page, wanted):
    """On by key until this is there; a press that came too early is made again."""
    deadline = time.monotonic() + PATIENCE_SECONDS
    while not wanted.is_visible() and time.monotonic() < deadline:
        page.keyboard.press(" ")
        page.wait_for_timeout(120)
    expect(wanted).to_be_visible()
