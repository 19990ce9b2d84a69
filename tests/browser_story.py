"""What a player of the test's story does."""

from pathlib import Path

from playwright.sync_api import expect

HARBOUR = Path(__file__).parent / "harbour_story"
CHOICES_APART = 12  # lines, at most


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
    for _ in range(CHOICES_APART):
        if page.locator(".game-choice").count():
            return
        page.keyboard.press(" ")
        page.wait_for_timeout(120)
    expect(page.locator(".game-choice").first).to_be_visible()
