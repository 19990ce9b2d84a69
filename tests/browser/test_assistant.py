"""The assistant's page in a real browser: a novel brought, split part by part, planned, and taken out."""

import json
import re
import threading

import pytest
from playwright.sync_api import expect

from assisted import paragraphs_in, split_by
from browsing import free_port, running
from fault_server import Answer, fault_server, said
from silkreel.kit.settings import Settings
from silkreel.people.passwords import hash_password
from silkreel.web.app import create_app
from staff_desk import PASSWORD, hire
from trial_home import open_trial

PATIENCE = 60_000  # checks compile in a child, and the machine is shared
TOO_WIDE = "() => document.documentElement.scrollWidth > innerWidth"
NOVEL = "\n\n".join(
    f"Chapter {n}\n\n{'The rain went on. ' * 160}\n\nThe lamp {n}." for n in range(1, 5)
)
COPY = {
    "titles": ["The Key to 304"], "loglines": ["A man comes back for what he left."], "hooks": [],
    "covers": [{"title_line": "Room 304", "brief": "A hand on a brass key."}], "tags": ["suspense"],
    "clips": [{"from": "ep001_lobby_7K2M", "to": "ep001_lobby_M8RD", "why": "ends on his claim"}],
}  # fmt: skip

SHORT = "Rain ran off her sleeve.\n\n“304 is not let,” said Mei.\n\nThe lift stopped.\n\nHe lives."
CARD = {
    "entry": "She is back.", "picks_up": "", "goal": "She wants 304.", "opposition": "Mei refuses.",
    "hook": {"text": "Rain on marble.", "quote": "ran off her sleeve"},
    "reversals": [{"text": "The room is not let.", "quote": "304 is not let"}],
    "payoff": {"text": "", "quote": ""},
    "exit_pressure": {"text": "Why is it not let?", "quote": "is not let"},
}  # fmt: skip
SCENE = {
    "inside": True, "location": "lobby", "time": "NIGHT",
    "beats": [
        {"kind": "action", "speaker": "", "direction": "", "text": "Rain on marble.", "beat": "hook"},
        {"kind": "line", "speaker": "MEI", "direction": "", "text": "It is not let.", "beat": ""},
    ],
}  # fmt: skip
PLAYED = "cast:\n  - {id: MEI, name: Mei Song}\nlocations:\n  - {id: lobby, name: Hotel lobby}\n"


@pytest.fixture
def gate():
    """Lets the model answer its second part of a novel, so that a page can be watched meanwhile."""
    return threading.Event()


@pytest.fixture
def model(gate):
    split, asked = split_by(2), []

    def decide(body, number):
        told = json.loads(body["messages"][1]["content"])
        if "chapters" not in told:
            answer = SCENE if "card" in told else CARD if "paragraphs" in told else COPY
            return Answer(body=said(json.dumps(answer)))
        asked.append(paragraphs_in(body))
        if len(asked) > 1:
            gate.wait(60)
        return split(body, number)

    with fault_server(decide) as server:
        yield server


@pytest.fixture
def address(model, gate, tmp_path):
    workshop, port = open_trial(tmp_path), free_port()
    told = Settings(
        home=tmp_path,
        port=port,
        writer_url=model.url,
        writer_model="small",
        writer_part_tokens=1000,
    )
    with running(create_app(told, workshop), port, workshop) as opened:
        hire(workshop, hash_password(PASSWORD), "anna", "writer")
        yield opened
        gate.set()


@pytest.fixture
def page(browser, address, gate, size):
    context = browser.new_context(
        viewport={"width": size[0], "height": size[1]}, locale="en-US",
        base_url=address, reduced_motion="reduce",
    )  # fmt: skip
    page, complaints = context.new_page(), []
    page.set_default_timeout(PATIENCE)
    page.on("pageerror", lambda error: complaints.append(str(error)))
    yield page
    gate.set()
    context.close()
    assert complaints == []


def begin(page, start):
    page.goto("/staff")
    page.get_by_label("Name", exact=True).fill("anna")
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    page.get_by_role("button", name="New story").click()
    page.get_by_label("Title").fill("Night Desk")
    page.get_by_role("radio", name=start).check()
    assert not page.evaluate(TOO_WIDE)
    page.get_by_role("button", name="Begin").click()
    expect(page.get_by_role("textbox", name=re.compile("Script|main|ep001"))).to_be_visible()


def bring(page, place, novel, told):
    page.goto("/staff/stories/Night-Desk/assist")
    expect(page.get_by_text("There is none yet.")).to_be_visible()
    (place / "novel.txt").write_text(novel, "utf-8")
    page.get_by_label("Text, Markdown or EPUB").set_input_files(place / "novel.txt")
    page.get_by_role("button", name="Bring a novel").click()
    expect(page.get_by_text(told)).to_be_visible()


def ask(page, task):
    page.get_by_role("button", name=task).click()
    sheet = page.get_by_role("dialog")
    sheet.get_by_role("button", name="See what it takes").click()
    sheet.get_by_role("button", name="Ask now").click()
    expect(sheet).to_have_count(0)


def test_an_episode_of_a_novel_gets_its_card_and_its_scene_from_it(page, tmp_path):
    begin(page, "An empty story")
    folder = tmp_path / "stories" / "Night-Desk"
    told = (folder / "story.yaml").read_text("utf-8").partition("cast:")[0]
    (folder / "story.yaml").write_text(told + PLAYED, "utf-8")
    bring(page, tmp_path, SHORT, "4 paragraphs")
    ask(page, "Split the novel")
    page.get_by_role("button", name="Accept: p1-p2").click()
    expect(page.get_by_text("1 episode planned")).to_be_visible()

    ask(page, "Episode card")
    refused = page.get_by_role("button", name="Put away: Goal: She wants 304.")
    refused.click()
    expect(refused).to_have_count(0)
    for name in ("Hook: Rain on marble.", "Cliffhanger: Why is it not let?"):
        taken = page.get_by_role("button", name=f"Accept: {name}")
        taken.click()
        expect(taken).to_have_count(0)
    assert not page.evaluate(TOO_WIDE)
    card = (folder / "source/cards.yaml").read_text("utf-8")
    assert "Rain on marble." in card
    assert "She wants 304." not in card

    ask(page, "Draft a scene")
    expect(page.locator(".proposal pre", has_text="MEI: It is not let.")).to_be_visible()
    assert not page.evaluate(TOO_WIDE)
    taken = page.get_by_role("button", name="Accept: p1-p2")
    taken.click()
    expect(taken).to_have_count(0)
    page.get_by_role("link", name="Write").click()
    box = page.locator(".code textarea")
    expect(box).to_have_value(re.compile("= lobby\n# scene:INT. HOTEL LOBBY - NIGHT # loc:lobby"))
    expect(box).to_have_value(re.compile("Something happens.*\n-> lobby\n"))


def test_a_novel_is_brought_split_stopped_gone_on_with_planned_and_taken_out(
    page, gate, model, tmp_path
):
    begin(page, "A small example")
    bring(page, tmp_path, NOVEL, "12 paragraphs")

    page.get_by_role("button", name="Split the novel").click()
    sheet = page.get_by_role("dialog")
    sheet.get_by_role("button", name="See what it takes").click()
    expect(sheet.get_by_text("0 of 4 parts are answered")).to_be_visible()
    assert model.requests == []
    sheet.get_by_role("button", name="Ask now").click()
    expect(sheet.get_by_text("1 of 4 parts")).to_be_visible()
    sheet.get_by_role("button", name="Stop after this part").click()
    gate.set()
    expect(sheet.get_by_text("2 of 4 parts What was answered is kept.")).to_be_visible()
    sheet.get_by_role("button", name="Go on").click()
    expect(page.get_by_role("heading", name="Waiting for you")).to_contain_text("8")
    assert len(model.requests) == 4

    first = page.get_by_role("listitem").filter(has_text="p1-p2").last
    first.get_by_role("button", name=re.compile("^Accept")).click()
    expect(page.get_by_text("1 episode planned")).to_be_visible()
    assert not page.evaluate(TOO_WIDE)
    page.get_by_text("1 decided").click()
    page.get_by_role("button", name=re.compile("^Take it out again")).click()
    expect(page.get_by_text("1 episode planned")).to_be_hidden()
    plan = tmp_path / "stories" / "Night-Desk" / "source" / "episodes.yaml"
    assert plan.read_text("utf-8") == ""

    page.get_by_role("button", name="Titles and hooks").click()
    sheet.get_by_label("Language").select_option("en")
    sheet.get_by_role("button", name="See what it takes").click()
    sheet.get_by_role("button", name="Ask now").click()
    expect(page.get_by_text("The Key to 304")).to_be_visible()
    assert not page.evaluate(TOO_WIDE)
