"""One sheet of money for the whole story: readers and players unlock where they stand, and go on."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

import pytest
from playwright.sync_api import expect
from pydantic import SecretStr

from browser_story import play_to_choice, words_of
from browsing import served, visiting
from coins import faults
from money_shop import SECRET, SLUG, publish
from silkreel.flows.publish_story import publish_story
from silkreel.kit.artifacts import Workshop
from silkreel.kit.clock import now
from silkreel.people.brands import HOUSE
from story_house import line_id, write_market
from trial_home import Trial, open_trial, seed

NIGHT = Trial(
    slug=SLUG, titles=(("en", "Night Market"),), seconds=6, rungs=((90, 160),), episodes=7,
    languages=("en",),
)  # fmt: skip
PAID = "Show the word1."
AT_THE_WALL = re.compile(r"status of 402")


@dataclass
class Market:
    """A served shop whose series is a novel and a game, with an option for 30 coins."""

    address: str
    workshop: Workshop


@pytest.fixture(scope="module")
def market(tmp_path_factory, media_folder) -> Iterator[Market]:
    workshop = open_trial(tmp_path_factory.mktemp("paid"))
    seed(workshop, NIGHT, media_folder)
    publish(workshop, first_recharge_bonus_percent=100)
    folder = write_market(tmp_path_factory.mktemp("paid-story") / "market")
    script = folder / "script/main.ink"
    option = f"#id:{line_id(1, 'C111')} #only:game"
    script.write_text(script.read_text("utf-8").replace(option, f"{option} #price:30"), "utf-8")
    publish_story(workshop, folder, SLUG, by="test", at=now())
    demo = {
        "market": "US", "payments": "fake_psp", "demo_brands": HOUSE,
        "fake_payments_secret": SecretStr(SECRET), "beacon_secrets": SecretStr("beacon"),
    }  # fmt: skip
    with served(workshop, **demo) as address:
        yield Market(address, workshop)


@pytest.fixture
def mei(browser, market):
    with visiting(browser, market.address, (390, 844), expected=AT_THE_WALL) as made:
        yield made.page
    assert faults(market.workshop.database) == {}


def wallet(page):
    return page.request.get("/api/wallet").json()


def pays(page):
    expect(page.get_by_text("no money moves")).to_be_visible()
    page.get_by_role("button", name="Pretend to pay").click()


def test_a_reader_meets_the_wall_unlocks_with_coins_and_reads_on(mei):
    mei.goto(f"/s/{SLUG}/c/6")
    expect(mei.get_by_role("heading", name="This part is still locked")).to_be_visible()
    expect(mei.locator(".locked-price")).to_have_text("Episode 6 opens for 45 coins (≈ $0.45).")
    mei.get_by_role("button", name="See the ways to open it").click()
    wall = mei.get_by_role("dialog", name="Episode 6")
    expect(wall.get_by_role("button", name="VIP")).to_be_visible()
    coin = wall.get_by_role("button", name="Open episode 6")
    expect(coin).to_contain_text("You pay $0.45 for exactly 45 coins")
    coin.click()
    pays(mei)
    expect(mei.get_by_text("Nobody at the market spoke of the moonstone.")).to_be_visible()
    expect(mei.get_by_role("dialog")).to_have_count(0)
    assert mei.url.endswith(f"/s/{SLUG}/c/6")
    assert (wallet(mei)["paid_coins"], wallet(mei)["bonus_coins"]) == (0, 0)


def test_a_player_recharges_before_a_paid_option_takes_it_and_goes_on(mei):
    mei.goto(f"/s/{SLUG}/g")
    play_to_choice(mei)
    paid = mei.get_by_role("button", name=PAID)
    expect(paid).to_contain_text("30 coins (≈ $0.30)")
    paid.click()
    sheet = mei.get_by_role("dialog", name="An option that costs coins")
    buy = sheet.get_by_role("button", name="Buy this option")
    expect(buy).to_contain_text("You pay $0.30 for exactly 30 coins")
    expect(sheet).to_contain_text("You can always go on with a free option.")
    buy.click()
    pays(mei)
    expect(words_of(mei)).to_have_text("Hide that word1!")
    assert wallet(mei)["paid_coins"] == 0
    mei.get_by_role("button", name="Playing").click()
    mei.get_by_role("button", name="Begin anew").click()
    play_to_choice(mei)
    expect(mei.get_by_role("button", name=PAID)).to_contain_text("Yours")
    mei.get_by_role("button", name=PAID).click()
    expect(words_of(mei)).to_have_text("Hide that word1!")
    mei.goto("/wallet")
    expect(mei.locator(".history")).to_contain_text(f"“{PAID}”")
    expect(mei.locator(".entry", has_text="Opened").get_by_role("button")).to_have_count(0)


def test_closing_the_sheet_leaves_the_free_way_open_and_charges_nothing(mei):
    mei.goto(f"/s/{SLUG}/g")
    play_to_choice(mei)
    mei.get_by_role("button", name=PAID).click()
    expect(mei.get_by_role("button", name="Buy this option")).to_be_visible()
    mei.keyboard.press("Escape")
    expect(mei.get_by_role("dialog")).to_have_count(0)
    mei.get_by_role("button", name="Say nothing of the word1.").click()
    expect(words_of(mei)).to_have_text("Perhaps the word1 is mine.")
    assert wallet(mei)["paid_coins"] == 0


def test_the_wallet_tells_the_first_gift_plainly_and_only_until_it_came(mei):
    mei.goto("/wallet")
    mei.get_by_role("button", name="Buy coins").click()
    packs = mei.get_by_role("dialog", name="Buy coins")
    gift = packs.locator(".first-gift")
    expect(gift).to_contain_text("500 coins as a gift with your first pack, once per person")
    packs.locator("button.way", has=mei.locator(".first-gift")).click()
    pays(mei)
    expect(mei.locator(".history")).to_contain_text("Gift with your first pack")
    assert (wallet(mei)["paid_coins"], wallet(mei)["bonus_coins"]) == (500, 500)
    mei.get_by_role("button", name="Buy coins").click()
    expect(packs.get_by_role("button").first).to_be_visible()
    expect(gift).to_have_count(0)
