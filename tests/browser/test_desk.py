"""The staff's desk in a real browser: from a one-time link to a team, a log, and a second factor."""

import base64
import re
import time

import pytest
from playwright.sync_api import expect

from browsing import free_port, running
from silkreel.kit.clock import now
from silkreel.kit.settings import Settings
from silkreel.people import post
from silkreel.people.actors import machine
from silkreel.people.audit import record
from silkreel.people.brands import HOUSE
from silkreel.people.passwords import hash_password
from silkreel.people.totp import code_at
from silkreel.people.viewers import MAIL, Identity, make_account, new_guest
from silkreel.web.app import create_app
from staff_desk import PASSWORD, hire
from trial_home import open_trial

NEW = "umbrella tofu quay lantern"
EXPECTED = re.compile(r"Failed to load resource.*(401|403|409|410|422)")  # a no is an answer
# What an accessibility audit looks at first: names, labels, one heading, no lost focus.
UNNAMED = """() => [...document.querySelectorAll("button, a[href], input, select, dialog")]
  .filter((e) => e.offsetParent !== null && !e.closest("[aria-hidden=true]"))
  .filter((e) => !(e.getAttribute("aria-label") || e.textContent.trim() || e.labels?.length))
  .map((e) => e.outerHTML)"""
TOO_WIDE = "() => document.documentElement.scrollWidth > innerWidth"


@pytest.fixture(scope="module")
def desk(tmp_path_factory):
    """A served installation, and its workshop."""
    home = tmp_path_factory.mktemp("desk")
    workshop = open_trial(home)
    port = free_port()
    with running(create_app(Settings(home=home, port=port), workshop), port, workshop) as address:
        yield address, workshop


@pytest.fixture(scope="module")
def password_hash():
    return hash_password(PASSWORD)


@pytest.fixture
def open_page(browser, desk, size):
    """Opens browsers of different people; at the end none has complained."""
    complaints, contexts = [], []

    def opened():
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
        return page

    yield opened
    for context in contexts:
        context.close()
    assert complaints == []


@pytest.fixture
def owner(open_page, desk, password_hash, size):
    """An owner of their own for each test, signed in by hand."""
    name = f"owner{time.time_ns()}"
    hire(desk[1], password_hash, name, "owner")
    page = open_page()
    page.goto("/staff")
    sign_in(page, name)
    expect(page.get_by_role("heading", name="Team", exact=True)).to_be_visible()
    page.owner = name
    return page


def sign_in(page, name, password=PASSWORD):
    page.get_by_label("Name").fill(name)
    page.get_by_label("Password", exact=True).fill(password)
    page.keyboard.press("Enter")


def go_to(page, name):
    menu = page.get_by_role("button", name="Menu")
    if menu.is_visible():
        menu.click()
    page.get_by_role("navigation").get_by_role("link", name=name).click()
    expect(page.get_by_role("heading", name=name, exact=True)).to_be_visible()


def in_order(page):
    """What must hold on every screen."""
    assert page.evaluate(UNNAMED) == []
    assert not page.evaluate(TOO_WIDE)
    assert page.locator("h1").count() == 1


def test_a_stranger_stands_at_the_door_and_a_wrong_password_is_said_clearly(open_page):
    page = open_page()
    page.goto("/staff/log")
    expect(page.get_by_role("heading", name="Sign in")).to_be_visible()
    expect(page.get_by_label("Name")).to_be_focused()
    in_order(page)
    sign_in(page, "nobody", "wrong password")
    expect(page.get_by_role("alert")).to_contain_text("This name and password do not fit")


def test_somebody_is_invited_joins_and_works_by_keyboard_alone(owner, open_page):
    login = f"mei{time.time_ns()}"
    owner.get_by_role("button", name="Invite somebody").focus()
    owner.keyboard.press("Enter")
    dialog = owner.get_by_role("dialog", name="Invite somebody")
    expect(dialog.get_by_label("What they are called")).to_be_focused()
    in_order(owner)
    owner.keyboard.type("Mei Lin")
    owner.keyboard.press("Tab")
    owner.keyboard.type(login)
    dialog.get_by_role("checkbox", name="Writer").focus()
    owner.keyboard.press("Space")
    owner.keyboard.press("Enter")
    told = owner.get_by_role("dialog", name="A link for Mei Lin")
    expect(told.get_by_role("button", name="Copy")).to_be_focused()
    link = told.get_by_label("One-time link").input_value()
    owner.keyboard.press("Escape")
    row = owner.get_by_role("row").filter(has_text=login)
    expect(row).to_contain_text("Invited")

    mei = open_page()
    mei.goto(link)
    expect(mei.get_by_role("heading", name="Welcome, Mei Lin")).to_be_visible()
    assert "#" not in mei.url
    in_order(mei)
    mei.get_by_label("New password").fill("short")
    expect(mei.get_by_text("10 to go")).to_be_visible()
    mei.get_by_label("New password").fill("passwordpassword")
    mei.keyboard.press("Enter")
    expect(mei.get_by_role("alert")).to_contain_text("among the first that are guessed")
    mei.get_by_label("New password").fill(NEW)
    mei.keyboard.press("Enter")
    expect(mei.get_by_text("Your password is set")).to_be_visible()
    mei.get_by_label("Password", exact=True).fill(NEW)
    mei.keyboard.press("Enter")
    expect(mei.get_by_role("heading", name="Stories", exact=True)).to_be_visible()
    assert mei.get_by_role("link", name="Team").count() == 0
    mei.goto("/staff/team")
    expect(mei.get_by_text("This page is not part of your roles.")).to_be_visible()

    replayed = open_page()
    replayed.goto(link)
    expect(replayed.get_by_text("This link was used or is too old")).to_be_visible()


def test_roles_change_and_somebody_is_disabled_and_let_in_again(owner, desk, password_hash):
    login = f"lin{time.time_ns()}"
    hire(desk[1], password_hash, login, "writer")
    owner.reload()
    row = owner.get_by_role("row").filter(has_text=login)
    row.get_by_role("button", name="Roles").click()
    dialog = owner.get_by_role("dialog")
    expect(dialog.get_by_role("checkbox", name="Writer")).to_be_checked()
    dialog.get_by_role("checkbox", name="Reviewer").check()
    dialog.get_by_role("button", name="Save").click()
    expect(dialog).to_have_count(0)
    expect(row).to_contain_text("Reviewer")
    row.get_by_role("button", name="Disable").click()
    owner.get_by_role("dialog").get_by_role("button", name="Disable").click()
    expect(row).to_contain_text("Disabled")
    row.get_by_role("button", name="Let in again").click()
    expect(row).to_contain_text("Active")
    in_order(owner)


def test_the_log_is_searched_and_paged(owner, desk):
    word = f"tide{time.time_ns()}"
    with desk[1].transaction() as tx:
        for n in range(60):
            record(
                tx, machine("root", HOUSE, now()), "price.changed", f"{word}:{n}",
                before={"price_coins": 40}, after={"price_coins": n}, reason="spring",
            )  # fmt: skip
    go_to(owner, "Log")
    with owner.expect_response(lambda answer: f"q={word}" in answer.url):
        owner.get_by_label("Search who, what, or on what").fill(word)
    expect(owner.get_by_text(f"{word}:59").first).to_be_visible()
    expect(owner.locator("tbody tr")).to_have_count(50)
    owner.get_by_role("button", name="Older").click()
    expect(owner.locator("tbody tr")).to_have_count(10)
    expect(owner.get_by_role("heading", name="Log", exact=True)).to_be_focused()
    expect(owner.get_by_role("button", name="Older")).to_be_disabled()
    owner.get_by_role("button", name="Newer").click()
    expect(owner.locator("tbody tr")).to_have_count(50)
    owner.locator("summary").first.click()
    expect(owner.locator("dl").first).to_contain_text("spring")
    in_order(owner)
    owner.get_by_label("Search who, what, or on what").fill("nothing like it")
    expect(owner.get_by_text("Nothing in the log fits “nothing like it”.")).to_be_visible()


def test_a_second_factor_is_set_up_and_asked_for_at_the_next_sign_in(owner):
    expect(owner.get_by_text("Some of your rights wait for a second factor.")).to_be_visible()
    go_to(owner, "Your account")
    in_order(owner)
    panel = owner.get_by_role("region", name="Second factor")
    panel.get_by_label("Your password now").fill(PASSWORD)
    owner.keyboard.press("Enter")
    secret = panel.get_by_label("Key").input_value().replace(" ", "")
    code = code_at(base64.b32decode(secret), int(time.time()) // 30)
    panel.get_by_label("The six digits the app shows now").fill(code)
    owner.keyboard.press("Enter")
    expect(panel.get_by_text("In force.")).to_be_visible()
    go_to(owner, "Team")
    expect(owner.get_by_text("Some of your rights wait")).to_have_count(0)
    menu = owner.get_by_role("button", name="Menu")
    if menu.is_visible():
        menu.click()
    owner.get_by_role("button", name="Sign out").click()
    sign_in(owner, owner.owner)
    expect(owner.get_by_label("Code")).to_be_focused()
    owner.keyboard.type("000000")
    owner.keyboard.press("Enter")
    expect(owner.get_by_role("alert")).to_contain_text("This code is not right")


def test_a_session_that_ended_elsewhere_leads_back_to_the_door_and_then_to_the_same_page(
    owner, open_page
):
    go_to(owner, "Log")
    other = open_page()
    other.goto("/staff/account")
    sign_in(other, owner.owner)
    other.get_by_role("button", name="Sign out everywhere").click()
    expect(other.get_by_text("You are signed out.")).to_be_visible()
    owner.get_by_label("Search who, what, or on what").fill("x")
    expect(owner.get_by_text("You are signed out.")).to_be_visible()
    sign_in(owner, owner.owner)
    expect(owner.get_by_role("heading", name="Log", exact=True)).to_be_visible()


def test_no_script_of_a_page_can_read_the_session(owner):
    assert "desk" not in owner.evaluate("document.cookie")
    stored = owner.evaluate("JSON.stringify([{...localStorage}, {...sessionStorage}])")
    assert stored == "[{},{}]"


def test_letters_are_found_read_and_sent_again(owner, desk):
    """From a queue with one that was given up, by the reader's address, to it waiting again."""
    workshop, address = desk[1], f"mei{time.time_ns()}@example.org"
    facts = {
        "order": "o-letter", "minor": 499, "currency": "USD", "tax_minor": 41, "coins": 500,
        "bonus_coins": 0, "at": "2026-03-01T12:00:00+00:00", "withdraw_days": 14,
    }  # fmt: skip
    with workshop.transaction() as tx:
        viewer = new_guest(tx, HOUSE, now())
        make_account(tx, viewer, Identity(HOUSE, MAIL, address), now())
        post.write(tx, (viewer, HOUSE), "receipt", f"receipt:{address}", facts, now())
        (number,) = [each.id for each in post.posted(tx, HOUSE, viewer_id=viewer)]
        post.give_up(tx, number, "550 nobody here", now())
    go_to(owner, "Letters")
    expect(owner.get_by_text("No mail server is set up")).to_be_visible()
    in_order(owner)
    owner.get_by_role("button", name="Find by address").click()
    owner.get_by_label("Mail address").fill(address)
    owner.keyboard.press("Enter")
    expect(owner.get_by_text("Letters to", exact=True)).to_be_visible()
    expect(owner.get_by_text("550 nobody here")).to_have_count(1)  # nobody else's
    in_order(owner)
    owner.get_by_role("link", name="Receipt").click()
    expect(owner.get_by_text("Your receipt from Silkreel: $4.99")).to_be_visible()
    expect(owner.get_by_text(address)).to_be_visible()
    in_order(owner)
    owner.get_by_role("button", name="Send again").click()
    expect(owner.get_by_text("1 letter waits to be sent again.")).to_be_visible()
    expect(owner.get_by_text("550 nobody here")).to_be_visible()  # of the last try, till the next
    with workshop.transaction() as tx:
        post.give_up(tx, number, "550 nobody here", now())
    owner.get_by_role("link", name="All letters").click()
    owner.get_by_role("button", name=re.compile("given up letters? again")).click()
    owner.get_by_role("button", name="Send again", exact=True).click()
    expect(owner.get_by_text(re.compile("to be sent again"))).to_be_visible()
    owner.get_by_label("State").select_option(label="given up")
    expect(owner.get_by_text("No such letters.")).to_be_visible()
    in_order(owner)


def test_the_desk_says_what_to_set_for_each_ad_network(owner):
    go_to(owner, "Statements")
    for name in ("ADMOB_REFRESH_TOKEN", "APPLOVIN_REPORT_KEY", "UNITY_STATS_KEY"):
        expect(owner.get_by_text(f"SILKREEL_{name}")).to_be_visible()
    in_order(owner)
