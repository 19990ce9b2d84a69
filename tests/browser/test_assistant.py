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


@pytest.fixture
def gate():
    """Lets the model answer its second part of a novel, so that a page can be watched meanwhile."""
    return threading.Event()


@pytest.fixture
def model(gate):
    split, asked = split_by(2), []

    def decide(body, number):
        if "chapters" not in json.loads(body["messages"][1]["content"]):
            return Answer(body=said(json.dumps(COPY)))
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


def test_a_novel_is_brought_split_stopped_gone_on_with_planned_and_taken_out(
    page, gate, model, tmp_path
):
    page.goto("/staff")
    page.get_by_label("Name", exact=True).fill("anna")
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    page.get_by_role("button", name="New story").click()
    page.get_by_label("Title").fill("Night Desk")
    page.get_by_role("button", name="Begin").click()
    expect(page.get_by_role("textbox", name=re.compile("Script|main|ep001"))).to_be_visible()
    page.goto("/staff/stories/Night-Desk/assist")
    expect(page.get_by_text("There is none yet.")).to_be_visible()
    (tmp_path / "novel.txt").write_text(NOVEL, "utf-8")
    page.get_by_label("Text, Markdown or EPUB").set_input_files(tmp_path / "novel.txt")
    page.get_by_role("button", name="Bring a novel").click()
    expect(page.get_by_text("12 paragraphs")).to_be_visible()

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
