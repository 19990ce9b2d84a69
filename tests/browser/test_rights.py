"""Your rights and limits, by hand: an account, a limit, a withdrawal, the data, and leaving."""

import re

import pytest
from playwright.sync_api import expect

from browsing import free_port, running
from chromium import browser  # noqa: F401 - a fixture
from money_shop import NIGHT, demo_settings, open_shop, publish
from silkreel.kit.settings import Settings
from trial_home import open_trial, seed


@pytest.fixture(scope="module")
def shop_address(tmp_path_factory, media_folder):
    home = tmp_path_factory.mktemp("rights")
    workshop = open_trial(home)
    episodes = seed(workshop, NIGHT, media_folder)
    publish(workshop)
    port = free_port()
    shop = open_shop(demo_settings(Settings(home=home, port=port)), workshop, episodes)
    with running(shop.app, port, workshop) as address:
        yield address


@pytest.fixture
def page(browser, shop_address, size):  # noqa: F811 - the fixture
    context = browser.new_context(
        viewport={"width": size[0], "height": size[1]}, locale="en-US", base_url=shop_address
    )
    opened = context.new_page()
    opened.set_default_timeout(20_000)
    problems = []
    opened.on("pageerror", lambda error: problems.append(str(error)))
    yield opened
    context.close()
    assert problems == []


def buy(page):
    """Coins through the pretend provider, as a guest."""
    page.request.get("/api/series/night-market/price")
    order = page.request.post(
        "/api/orders", data={"item": "bundle:500"},
        headers={"idempotency-key": "6f1c2c50-2d1f-4a4e-9a30-111111111111"},
    ).json()  # fmt: skip
    page.request.post(order["pay"]["url"], max_redirects=0)


def unlock(page):
    """One episode with coins."""
    series = page.request.get("/api/series/night-market").json()
    page.request.post(
        "/api/unlocks",
        data={"series": "night-market", "episodes": [series["episodes"][5]["id"]],
              "expected_coins": 45},
        headers={"idempotency-key": "6f1c2c50-2d1f-4a4e-9a30-222222222222"},
    )  # fmt: skip


def card(page, name):
    return page.get_by_role("region", name=name, exact=True)


def test_a_viewer_finds_their_rights_and_uses_each(page, size):
    page.goto("/")
    page.get_by_role("link", name="Your rights and limits").click()
    expect(page.get_by_role("heading", name="Your rights and limits")).to_be_visible()
    assert page.url.endswith("/rights")
    buy(page)
    page.reload()

    limits = card(page, "Spending limits")
    limits.get_by_label("Coins in any 24 hours").fill("90")
    limits.get_by_role("button", name="Save").first.click()
    expect(limits.get_by_text("Limit: 90 coins.")).to_be_visible()
    limits.get_by_role("button", name="Remove the limit").click()
    expect(limits.get_by_text(re.compile("no limit"))).to_be_visible()

    account = card(page, "Your account")
    account.get_by_label("E-mail address").fill(f"mei{size[0]}@example.org")
    account.get_by_role("button", name="Send me a code").click()
    told = account.get_by_text("This is a demonstration")
    account.get_by_label("Code from the mail").fill(re.search(r"\d{6}", told.inner_text())[0])
    account.get_by_role("button", name="Sign in", exact=True).click()
    expect(account.get_by_text("This device")).to_be_visible()

    unlock(page)
    page.reload()
    withdraw = card(page, "Withdraw from a purchase")
    expect(withdraw.get_by_text("You have 455 bought coins.")).to_be_visible()
    withdraw.get_by_role("button", name="Withdraw", exact=True).click()
    sheet = page.get_by_role("dialog", name="Withdraw from contract here")
    sheet.get_by_role("button", name="Confirm withdrawal").click()
    expect(withdraw.get_by_text("You have 500 bought coins.")).to_be_visible()
    withdraw.get_by_role("button", name="Withdraw from contract here").click()
    sheet = page.get_by_role("dialog", name="Withdraw from contract here")
    expect(sheet.get_by_text("$4.99")).to_be_visible()
    sheet.get_by_role("button", name="Confirm withdrawal").click()
    expect(page.get_by_text(re.compile("We received your withdrawal on"))).to_be_visible()
    expect(withdraw.get_by_text("You have 0 bought coins.")).to_be_visible()

    with page.expect_download() as coming:
        card(page, "Your data").get_by_role("button", name="Download my data").click()
    assert coming.value.suggested_filename == "my-data.zip"

    card(page, "Your data").get_by_role("button", name="Delete my account and data").click()
    page.get_by_role("dialog").get_by_role("button", name="Delete me").click()
    expect(account.get_by_label("E-mail address")).to_be_visible()
    assert not [each for each in page.context.cookies() if each["value"]]


def test_a_stop_is_asked_twice_and_by_keyboard_too(page):
    page.goto("/rights")
    stop = card(page, "Stop my spending")
    stop.get_by_role("button", name="7 days").focus()
    page.keyboard.press("Enter")
    sheet = page.get_by_role("dialog", name="Stop my spending")
    expect(sheet.get_by_text("This cannot be made shorter")).to_be_visible()
    page.keyboard.press("Escape")
    expect(sheet).to_be_hidden()
    expect(stop.get_by_role("button", name="7 days")).to_be_focused()
    page.keyboard.press("Enter")
    sheet.get_by_role("button", name="Stop my spending").click()
    expect(stop.get_by_text("Your spending is stopped until")).to_be_visible()
    stop.get_by_role("button", name="1 day").click()
    page.get_by_role("dialog").get_by_role("button", name="Stop my spending").click()
    expect(page.get_by_role("alert").filter(has_text="is not made shorter")).to_be_visible()


def test_nothing_on_the_page_is_wider_than_the_screen(page, size):
    page.goto("/rights")
    expect(page.get_by_role("heading", name="Your data")).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth") <= size[0]
