"""Money at the desk in a real browser: orders, wallets, differences, ledger, statements."""

import re
import time
from datetime import UTC, datetime

import pytest
import sqlalchemy as sa
from playwright.sync_api import expect

from browsing import free_port, running
from money_shop import NIGHT, demo_settings, open_shop, publish
from silkreel.commerce.ledger import apply
from silkreel.commerce.requests import Grant, Item, Open, PaidMoney, Unlock
from silkreel.commerce.seal import settled_txn
from silkreel.commerce.settle import close
from silkreel.commerce.tables import ReconcileItemRow
from silkreel.kit.settings import Settings
from silkreel.people.actors import Actor
from silkreel.people.brands import HOUSE
from silkreel.people.passwords import hash_password
from silkreel.people.tables import BrandRow
from staff_desk import PASSWORD, hire
from trial_home import open_trial, seed

OCTOBER = datetime(2025, 10, 5, tzinfo=UTC)
NOVEMBER = datetime(2025, 11, 5, tzinfo=UTC)
TERMS = """
[payer]
name = "Silk House"
iban = "DE89370400440532013000"

[[contract]]
id = "rose-2025"
series = "rose"
from = 2025-01-01
currency = "USD"
platform_bp = 3000
deductions = [{ name = "marketing", bp = 500 }]
shares = [{ payee = "moon", bp = 6000 }, { payee = "ink", bp = 4000 }]

[[payee]]
id = "moon"
name = "月光影业（上海）"
residence = "CN"
currency = "USD"
account = "6222000000001"

[[payee]]
id = "ink"
name = "Ana Núñez"
residence = "ES"
currency = "USD"
iban = "ES9121000418450200051332"

[[withholding]]
residence = "CN"
from = 2025-01-01
bp = 1000
undocumented_bp = 1000

[[withholding]]
residence = "ES"
from = 2025-01-01
bp = 0
undocumented_bp = 0
"""
EXPECTED = re.compile(r"Failed to load resource.*(401|403|404|409|422)")  # a no is an answer
UNNAMED = """() => [...document.querySelectorAll("button, a[href], input, select, dialog")]
  .filter((e) => e.offsetParent !== null && !e.closest("[aria-hidden=true]"))
  .filter((e) => !(e.getAttribute("aria-label") || e.textContent.trim() || e.labels?.length))
  .map((e) => e.outerHTML)"""
TOO_WIDE = "() => document.documentElement.scrollWidth > innerWidth"


@pytest.fixture(scope="module")
def desk(tmp_path_factory, media_folder):
    """A served installation that has sold, with a month closed by somebody, and its shop."""
    home = tmp_path_factory.mktemp("money-desk")
    workshop = open_trial(home)
    episodes = seed(workshop, NIGHT, media_folder)
    publish(workshop)
    port = free_port()
    shop = open_shop(demo_settings(Settings(home=home, port=port)), workshop, episodes)
    (home / "settlement.toml").write_text(TERMS)
    with workshop.transaction() as tx:
        tx.execute(sa.update(BrandRow).values(second_factor="optional"))
    close_october(workshop)
    with running(shop.app, port, workshop) as address:
        yield address, shop


def close_october(workshop):
    who = {"viewer_id": "ana", "brand_id": HOUSE, "scope": "s"}
    money = PaidMoney(currency="USD", gross_minor=99_900, fee_minor=3_000)
    items = tuple(Item("episode", f"e{n}", 450) for n in range(1, 9))
    with workshop.transaction() as tx:
        apply(tx, [
            Grant(**who, key="g", paid_coins=5000, bonus_coins=50, money=money, order_id="o1"),
            Unlock(**who, key="u", series_id="rose", items=items, market="US"),
            Open(viewer_id="ana", brand_id=HOUSE, item_kind="episode", ref="e1"),
        ], OCTOBER)  # fmt: skip
    newest = settled_txn(workshop.database)
    by = Actor("staff", "somebody", "zhen", HOUSE, NOVEMBER, frozenset({"money.settle"}))
    with workshop.transaction() as tx:
        close(tx, "2025-10", TERMS, newest, by)


@pytest.fixture(scope="module")
def password_hash():
    return hash_password(PASSWORD)


@pytest.fixture
def sign_in(browser, desk, size, password_hash):
    """Somebody of the staff at a browser; at the end none has complained."""
    complaints, contexts = [], []

    def opened(*roles):
        name = f"{roles[0]}{time.time_ns()}"
        hire(desk[1].workshop, password_hash, name, *roles)
        context = browser.new_context(
            viewport={"width": size[0], "height": size[1]}, locale="en-US", base_url=desk[0]
        )
        contexts.append(context)
        page = context.new_page()
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.on(
            "console",
            lambda told: (
                complaints.append(told.text)
                if told.type in {"error", "warning"} and not EXPECTED.search(told.text)
                else None
            ),
        )
        page.goto("/staff")
        page.get_by_label("Name").fill(name)
        page.get_by_label("Password", exact=True).fill(PASSWORD)
        page.keyboard.press("Enter")
        expect(page.locator(".frame")).to_be_visible()
        return page

    yield opened
    for context in contexts:
        context.close()
    assert complaints == []


def go_to(page, name):
    menu = page.get_by_role("button", name="Menu")
    if menu.is_visible():
        menu.click()
    page.get_by_role("navigation").get_by_role("link", name=name, exact=True).click()
    expect(page.get_by_role("heading", name=name, exact=True)).to_be_visible()


def in_order(page):
    """What must hold on every screen."""
    assert page.evaluate(UNNAMED) == []
    assert not page.evaluate(TOO_WIDE)
    assert page.locator("h1").count() == 1


def test_an_order_is_found_looked_at_and_refunded_by_keyboard(sign_in, desk):
    order = desk[1].customer().buy()["id"]
    page = sign_in("finance")
    go_to(page, "Orders")
    in_order(page)
    page.get_by_role("searchbox").fill("no such order")
    expect(page.get_by_text("No order fits.")).to_be_visible()
    page.get_by_role("searchbox").fill(order[:10])
    page.get_by_role("link", name=order).click()
    expect(page.get_by_role("heading", name=f"Order {order}")).to_be_visible()
    in_order(page)
    page.get_by_role("button", name="Refund").focus()
    page.keyboard.press("Enter")
    dialog = page.get_by_role("dialog")
    expect(dialog.get_by_label("Amount in USD")).to_be_focused()
    expect(dialog).to_contain_text("cannot be fetched again")
    in_order(page)
    page.keyboard.press("Tab")
    page.keyboard.type("bought by a child")
    page.keyboard.press("Enter")
    expect(dialog).to_have_count(0)
    expect(page.locator(".facts .state")).to_have_text("refunded")
    expect(page.get_by_role("button", name="Refund")).to_have_count(0)


def test_a_large_gift_waits_for_a_second_person(sign_in, size):
    mei, lin = sign_in("finance"), sign_in("finance")
    viewer = f"bo{size[0]}"
    go_to(mei, "Wallets")
    in_order(mei)
    mei.get_by_label("Viewer’s id").fill(viewer)
    mei.keyboard.press("Enter")
    expect(mei.get_by_text("Nothing ever happened in this wallet.")).to_be_visible()
    mei.get_by_role("button", name="Change").click()
    mei.get_by_label("Bonus coins").fill("900")
    mei.get_by_label("Reason").fill("a week of stalls")
    mei.get_by_role("button", name="Change it").click()
    expect(mei.get_by_text("It waits for a second person.")).to_be_visible()
    in_order(mei)
    go_to(lin, "Wallets")
    lin.get_by_role("button", name=f"Approve: {viewer}").click()
    expect(lin.get_by_role("dialog")).to_contain_text("a week of stalls")
    lin.get_by_role("dialog").get_by_role("button", name="Approve").click()
    expect(lin.get_by_role("dialog")).to_have_count(0)
    lin.goto(f"/staff/wallets/{viewer}")
    expect(lin.locator(".facts")).to_contain_text("900")
    in_order(lin)


def test_a_statement_is_read_approved_issued_and_paid(sign_in, desk, size):
    name = "月光影业（上海）" if size[0] < 600 else "Ana Núñez"
    page = sign_in("owner")
    go_to(page, "Statements")
    in_order(page)
    page.get_by_role("link", name=name).click()
    expect(page.get_by_role("heading", name=name)).to_be_visible()
    in_order(page)
    page.get_by_role("button", name="Uses behind line 1").click()
    expect(page.get_by_role("dialog")).to_contain_text("no viewer is named")
    in_order(page)
    page.keyboard.press("Escape")
    for label, state in (("Approve", "Approved"), ("Issue", "Issued")):
        page.get_by_role("button", name=label, exact=True).click()
        page.get_by_role("dialog").get_by_role("button", name=label, exact=True).click()
        expect(page.locator(".facts .state")).to_have_text(state)
    page.get_by_role("link", name="All statements").click()
    page.get_by_role("button", name="Pay file for 2025-10").click()
    with page.expect_download() as download:
        page.get_by_role("button", name="Make the file").click()
    assert download.value.suggested_filename == "pay-2025-10-USD.xml"
    page.get_by_role("link", name=name).click()
    page.get_by_role("button", name="Mark as paid").click()
    page.get_by_label("The bank’s reference").fill("TRX-7")
    page.get_by_role("dialog").get_by_role("button", name="Mark as paid").click()
    expect(page.locator(".facts .state")).to_have_text("Paid")
    expect(page.locator(".trail li")).to_have_count(4)
    in_order(page)


def test_the_next_month_is_looked_at_and_closed(sign_in, desk):
    page = sign_in("finance")
    go_to(page, "Statements")
    page.get_by_role("button", name=re.compile(r"^Close 2025-1[12]$")).click()
    sheet = page.get_by_role("dialog")
    expect(sheet).to_contain_text("Closing freezes it")
    expect(sheet).to_contain_text("Somebody else approves the drafts")
    in_order(page)
    sheet.get_by_role("button", name=re.compile(r"now$")).click()
    expect(page.get_by_role("status").filter(has_text="is closed")).to_be_visible()
    in_order(page)


def test_differences_are_explained_and_the_ledger_is_verified(sign_in, desk, size):
    name = f"pi_{size[0]}"
    with desk[1].workshop.transaction() as tx:
        tx.add(ReconcileItemRow(provider="stripe", provider_object=name, kind="only_theirs",
                                theirs_minor=499, currency="USD", found_at=OCTOBER))  # fmt: skip
    page = sign_in("finance")
    go_to(page, "Differences")
    in_order(page)
    page.get_by_role("button", name=f"Explain: {name}").click()
    page.get_by_label("Reason").fill("a test charge of ours")
    page.get_by_role("button", name="Explain and close").click()
    expect(page.get_by_text("All books agree.")).to_be_visible()
    page.get_by_label("Which").select_option("true")
    expect(page.get_by_text("a test charge of ours").first).to_be_visible()
    go_to(page, "Ledger")
    page.get_by_role("button", name="Verify now").click()
    expect(page.get_by_text("Sound: every sum agrees")).to_be_visible()
    expect(page.locator(".sum")).to_contain_text("0")
    in_order(page)


def test_who_has_no_part_in_money_does_not_see_its_pages(sign_in):
    page = sign_in("writer")
    page.goto("/staff/orders")
    expect(page.get_by_text("This page is not part of your roles.")).to_be_visible()
    assert page.get_by_role("link", name="Orders").count() == 0
