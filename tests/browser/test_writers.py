"""The writers' desk in a real browser: writing, findings, playing, drafts, approval, two at one line."""

import json
import re

import pytest
from playwright.sync_api import expect

from browsing import free_port, running
from fault_server import Answer, fault_server, said
from silkreel.kit.settings import Settings
from silkreel.people.passwords import hash_password
from silkreel.web.app import create_app
from staff_desk import PASSWORD, hire
from trial_home import open_trial

EXPECTED = re.compile(r"Failed to load resource.*(401|403|409|422|423|ERR_INTERNET_DISCONNECTED)")
TOO_WIDE = "() => document.documentElement.scrollWidth > innerWidth"
UNNAMED = """() => [...document.querySelectorAll("button, a[href], input, select, textarea, dialog")]
  .filter((e) => e.offsetParent !== null && !e.closest("[aria-hidden=true]"))
  .filter((e) => !(e.getAttribute("aria-label") || e.textContent.trim() || e.labels?.length))
  .map((e) => e.outerHTML)"""
PATIENCE = 60_000  # checks compile in a child, and the machine is shared
SELECT = """(box, words) => { const at = box.value.indexOf(words); box.focus({preventScroll: true});
  box.setSelectionRange(at, at + words.length); return at; }"""


PATCHES = {
    "patches": [
        {"id": "ep001_lobby_Q4ZA", "text": "304 is gone, sir.", "reason": "colder"},
        {"id": "ep001_lobby_M8RD", "text": "It was mine.", "reason": "shorter"},
    ]
}


@pytest.fixture(scope="module")
def model():
    with fault_server(lambda _body, _number: Answer(body=said(json.dumps(PATCHES)))) as server:
        yield server.url


@pytest.fixture(scope="module")
def homes(tmp_path_factory):
    return tmp_path_factory.mktemp("writers")


@pytest.fixture(scope="module")
def desk(homes, model):
    home = homes
    workshop = open_trial(home)
    port = free_port()
    settings = Settings(home=home, port=port, writer_url=model, writer_model="small")
    app = create_app(settings, workshop)
    hashed = hash_password(PASSWORD)
    for name, role in (("anna", "writer"), ("ben", "writer"), ("rosa", "reviewer")):
        hire(workshop, hashed, name, role)
    with running(app, port, workshop) as address:
        yield address


@pytest.fixture
def page_of(browser, desk):
    """Opens browsers of different people, signed in; at the end none has complained."""
    complaints, contexts = [], []

    def opened(name, size=(1280, 800)):
        context = browser.new_context(
            viewport={"width": size[0], "height": size[1]}, locale="en-US", base_url=desk
        )
        contexts.append(context)
        page = context.new_page()
        page.set_default_timeout(PATIENCE)
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
        page.get_by_label("Name", exact=True).fill(name)
        page.get_by_label("Password").fill(PASSWORD)
        page.get_by_role("button", name="Sign in").click()
        expect(page.get_by_role("heading", name="Stories")).to_be_visible(timeout=PATIENCE)
        return page

    yield opened
    for context in contexts:
        context.close()
    assert complaints == []


def begin(page, title):
    page.goto("/staff/stories")
    page.get_by_role("button", name="New story").click()
    page.get_by_label("Title").fill(title)
    page.get_by_role("button", name="Begin").click()
    return script(page)


def script(page):
    box = page.locator(".code textarea")
    expect(box).to_have_value(re.compile("=== ep001 ==="), timeout=PATIENCE)
    return box


def write(page, over, words):
    """Type over words of the script, as a person does."""
    assert page.locator(".code textarea").evaluate(SELECT, over) >= 0
    page.keyboard.type(words)


def saved(page):
    expect(page.locator(".keep-state")).to_contain_text(re.compile(r"Saved \d"), timeout=PATIENCE)


def sound(page):
    assert not page.evaluate(TOO_WIDE)
    assert page.evaluate(UNNAMED) == []


@pytest.mark.parametrize("size", [(1280, 800), (390, 844)], ids=["wide", "narrow"])
def test_somebody_writes_sees_a_finding_mends_it_and_plays(page_of, size):
    page = page_of("anna", size)
    wide = size[0] > 1000
    begin(page, f"Lantern {size[0]}")
    sound(page)
    write(page, "LEO: It was let", "LEONA: It was let")
    saved(page)
    if not wide:
        page.get_by_role("button", name="Findings and play").click()
    finding = page.locator(".finding", has_text="DRM003").first
    expect(finding).to_be_visible(timeout=PATIENCE)
    sound(page)
    finding.get_by_role("button").first.click()
    chosen = "box => box.value.slice(box.selectionStart, box.selectionEnd)"
    expect(page.locator(".code textarea")).to_be_visible()
    assert page.locator(".code textarea").evaluate(chosen).startswith("LEONA: It was let")
    write(page, "LEONA: It was let", "LEO: It was let")
    saved(page)
    if not wide:
        page.get_by_role("button", name="Findings and play").click()
    expect(page.locator(".finding", has_text="DRM003")).to_have_count(0, timeout=PATIENCE)
    if not wide:
        page.get_by_role("button", name="Text", exact=True).click()
    page.locator(".code textarea").evaluate(SELECT, "LEO: It was let")
    page.keyboard.press("Control+Enter")
    expect(page.locator(".lines li").first).to_contain_text("It was let to me.", timeout=PATIENCE)
    page.get_by_role("button", name="Ask what he left.").click()
    expect(page.locator(".lines")).to_contain_text("I will carry it down myself", timeout=PATIENCE)
    expect(page.get_by_text("The end")).to_be_visible()
    page.get_by_role("button", name="Take back").click()
    expect(page.get_by_role("button", name="Give him the key.")).to_be_visible(timeout=PATIENCE)
    sound(page)


def test_the_other_rooms_show_cards_grid_drafts_and_exports(page_of):
    page = page_of("anna")
    begin(page, "Rooms")
    write(page, "not let, sir", "not free, sir")
    saved(page)
    rooms = page.get_by_role("navigation", name="Rooms of the story")
    rooms.get_by_role("link", name="Episodes").click()
    expect(page.locator(".card").first).to_contain_text(
        "The man in that room drowned", timeout=PATIENCE
    )
    expect(page.get_by_role("img", name=re.compile("Estimated length of 2"))).to_be_visible()
    page.locator(".card .reversal a").first.click()
    there = "box => box.value.slice(box.selectionStart, box.selectionEnd)"
    script(page)
    assert page.locator(".code textarea").evaluate(there).startswith("MEI: The man in that room")
    rooms.get_by_role("link", name="Cast and sets").click()
    expect(page.get_by_role("row", name=re.compile("Mei Song"))).to_contain_text(
        "3", timeout=PATIENCE
    )
    expect(page.get_by_role("row", name=re.compile("Hotel lobby"))).to_contain_text("night")
    rooms.get_by_role("link", name="Drafts").click()
    changed = page.locator(".diff li.reworded")
    expect(changed.locator("del")).to_contain_text("not let, sir", timeout=PATIENCE)
    expect(changed.locator("ins")).to_contain_text("not free, sir")
    rooms.get_by_role("link", name="Export").click()
    with page.expect_download(timeout=PATIENCE) as download:
        page.get_by_role("button", name="Download: Fountain").click()
    assert download.value.suggested_filename == "Rooms.fountain"
    sound(page)


def test_a_second_person_approves_and_an_approved_line_refuses(page_of):
    anna, rosa = page_of("anna"), page_of("rosa")
    begin(anna, "Seal")
    rosa.goto("/staff/stories/Seal")
    script(rosa)
    expect(rosa.get_by_text("Your roles let you read, not write.")).to_be_visible()
    rosa.get_by_role("button", name="Approve: The Night Desk").click()
    sound(rosa)
    rosa.get_by_role("dialog").get_by_role("button", name="Approve").click()
    expect(rosa.get_by_role("button", name=re.compile("Approved by rosa"))).to_be_visible(
        timeout=PATIENCE
    )
    write(anna, "not let, sir", "not free, sir")
    expect(anna.locator(".keep-state")).to_contain_text("ep001 is approved", timeout=PATIENCE)
    anna.reload()
    expect(anna.get_by_text(re.compile("This browser holds text from"))).to_be_visible(
        timeout=PATIENCE
    )
    anna.get_by_role("button", name="Drop it").click()
    assert "ws:final" in script(anna).input_value()


def test_two_at_one_line_are_shown_both_texts(page_of):
    anna, ben = page_of("anna"), page_of("ben")
    begin(anna, "Clash")
    ben.goto("/staff/stories/Clash")
    script(ben)
    write(anna, "drowned", "burned")
    saved(anna)
    write(ben, "drowned", "fell")
    dialog = ben.get_by_role("dialog")
    expect(dialog).to_contain_text("anna changed the same lines", timeout=PATIENCE)
    expect(dialog).to_contain_text("burned")
    expect(dialog).to_contain_text("fell")
    dialog.get_by_role("button", name="Keep mine").click()
    saved(ben)
    anna.reload()
    assert "fell. He had my eyes" in script(anna).input_value()


def test_a_model_proposes_and_a_person_decides_on_each_line(page_of):
    page = page_of("anna")
    begin(page, "Proposals")
    rooms = page.get_by_role("navigation", name="Rooms of the story")
    rooms.get_by_role("link", name="Proposals").click()
    page.get_by_role("button", name="Punch up").click()
    page.get_by_role("button", name="See what it takes").click()
    expect(page.get_by_text(re.compile("About [0-9,]+ tokens"))).to_be_visible(timeout=PATIENCE)
    page.get_by_role("button", name="Ask now").click()
    expect(page.locator(".proposal")).to_have_count(2, timeout=PATIENCE)
    sound(page)
    page.get_by_role("button", name="Accept: ep001_lobby_Q4ZA").click()
    expect(page.get_by_role("button", name="Accept: ep001_lobby_Q4ZA")).to_have_count(0)
    page.get_by_role("button", name="Put away: ep001_lobby_M8RD").click()
    expect(page.get_by_text("2 decided")).to_be_visible(timeout=PATIENCE)
    rooms.get_by_role("link", name="Write").click()
    text = script(page).input_value()
    assert "MEI: (not looking up) 304 is gone, sir." in text
    assert "It was let to me." in text


def test_a_warning_may_stay_for_a_reason(page_of):
    page = page_of("anna")
    begin(page, "Waiver")
    write(page, "MEI: (not", '"Go away," says the porter. #id:ep001_lobby_ZZZZ\nMEI: (not')
    finding = page.locator(".finding.W", has_text="DRM012").first
    expect(finding).to_be_visible(timeout=PATIENCE)
    finding.get_by_role("button", name="Let it stay…").click()
    page.get_by_label("Why it may stay").fill("the porter is never seen")
    page.get_by_role("button", name="Let it stay", exact=True).click()
    box = page.locator(".code textarea")
    expect(box).to_have_value(re.compile("// OK DRM012: the porter is never seen\n.Go away"))
    expect(page.get_by_text("1 more may stay")).to_be_visible(timeout=PATIENCE)


def test_leaving_at_once_saves_what_was_typed_and_nothing_else(page_of):
    page = page_of("anna")
    begin(page, "Leaving")
    write(page, "drowned", "burned")
    page.get_by_role("navigation", name="Rooms of the story").get_by_role(
        "link", name="Drafts"
    ).click()
    expect(page.locator(".diff li.reworded ins")).to_contain_text("burned", timeout=PATIENCE)
    page.get_by_role("navigation", name="Rooms of the story").get_by_role(
        "link", name="Write"
    ).click()
    text = script(page).input_value()
    assert "The man in that room burned" in text
    assert text.startswith("=== ep001 ===")


def test_offline_says_so_and_saves_when_the_line_is_back(page_of):
    page = page_of("anna")
    begin(page, "Offline")
    page.context.set_offline(True)
    write(page, "drowned", "burned")
    expect(page.locator(".keep-state")).to_contain_text("Not saved: offline", timeout=PATIENCE)
    page.context.set_offline(False)
    saved(page)
    page.reload()
    assert "burned" in script(page).input_value()


PO = """msgid ""
msgstr "Language: es\\nContent-Type: text/plain; charset=utf-8\\n"

msgctxt "ep001_lobby_Q4ZA"
msgid "Room 304 is taken, sir."
msgstr "La 304 está ocupada, señor."
"""


@pytest.mark.parametrize("size", [(1280, 800), (390, 844)], ids=["desk", "phone"])
def test_stale_translations_lead_to_their_lines_and_checks_not_run_say_why(page_of, homes, size):
    page = page_of("anna", size)
    name = f"Worded {size[0]}"
    begin(page, name)
    folder = homes / "stories" / name.replace(" ", "-")
    (folder / "i18n").mkdir(exist_ok=True)
    (folder / "i18n/es.po").write_text(PO, encoding="utf-8")
    page.goto(f"/staff/stories/{folder.name}/tongues")
    line = page.locator(".lack", has_text="Room 304 is not let, sir.")
    expect(line).to_contain_text("Subtitles: stale")
    expect(line).to_contain_text("Room 304 is taken, sir.")
    sound(page)
    switch = page.get_by_role("checkbox", name="Stale only")
    switch.focus()
    page.keyboard.press("Space")
    expect(page.locator(".lack")).to_have_count(1)
    expect(line).to_be_visible()
    sound(page)
    page.reload()  # the address keeps what was asked for
    expect(switch).to_be_checked()
    expect(page.locator(".lack")).to_have_count(1)
    page.get_by_label("Episode or chapter").select_option("ep002")
    expect(page.get_by_text("Nothing is stale here.")).to_be_visible()
    switch.uncheck()
    expect(line).to_have_count(0)
    expect(page.locator(".lack").first).to_contain_text("missing")
    page.get_by_label("Episode or chapter").select_option("ep001")
    line.get_by_role("link").click()
    expect(page.locator(".code textarea")).to_have_value(re.compile("=== ep001 ==="))
    if size[0] < 1000:
        page.get_by_role("button", name="Findings and play").click()
    page.locator(".not-run summary").click()
    expect(page.locator(".not-run")).to_contain_text("the story was not played by chance")
    sound(page)
