"""The writers' desk over HTTP: save, merge, refuse, compare, check, play, approve, export."""

import json
import threading
import zipfile
from io import BytesIO

import pytest
import sqlalchemy as sa
from starlette.testclient import TestClient

from assisted import split_by
from fault_server import Answer, fault_server, said
from silkreel.kit.clock import now
from silkreel.people.audit import Wanted, read_log
from silkreel.people.brands import HOUSE
from silkreel.people.passwords import hash_password
from silkreel.people.tables import BrandRow
from silkreel.web.app import create_app
from staff_desk import ORIGIN, PASSWORD, Browser, hire

STORY = "/stories/Night-Desk"
EP1 = "script/ep001.ink"
LINE = "MEI: (not looking up) Room 304 is not let, sir."


@pytest.fixture(scope="module")
def password_hash():
    return hash_password(PASSWORD)


@pytest.fixture
def desk(settings, workshop, password_hash):
    """Opens browsers of people with roles; `anna` writes, `rosa` approves."""
    app = create_app(settings, workshop)

    def opened(name, *roles, brand=HOUSE):
        hire(workshop, password_hash, name, *roles, brand=brand)
        browser = Browser(app)
        assert browser.sign_in(name).status_code == 200
        return browser

    yield opened
    app.api.state.site.close()


@pytest.fixture
def anna(desk):
    return desk("anna", "writer")


@pytest.fixture
def story(anna, settings):
    """A story begun by anna; answers its folder."""
    assert anna.post("/stories", {"title": "Night Desk"}).status_code == 201
    return settings.folder / "stories" / "Night-Desk"


def load(browser, path=EP1):
    answer = browser.get(f"{STORY}/file", params={"path": path})
    assert answer.status_code == 200, answer.text
    return answer.json()


def store(browser, text, base, path=EP1):
    content = text if isinstance(text, bytes) else text.encode()
    headers = {"x-csrf-token": browser.csrf, "origin": ORIGIN, "if-match": f'"{base}"'}
    return browser.client.put(
        f"/api/staff{STORY}/file", params={"path": path}, content=content, headers=headers
    )


def reworded(browser, old, new, path=EP1):
    file = load(browser, path)
    assert old in file["text"]
    answer = store(browser, file["text"].replace(old, new), file["content_hash"], path)
    assert answer.status_code == 200, answer.text
    return answer.json()


def outline(browser):
    return browser.get(STORY).json()


def episode(browser, name):
    return next(each for each in outline(browser)["episodes"] if each["name"] == name)


def approve(browser, name="ep001"):
    body = {"seen_hash": episode(browser, name)["content_hash"]}
    return browser.post(f"{STORY}/episodes/{name}/approve", body)


def test_a_story_is_begun_listed_and_outlined(anna, story):
    [listed] = anna.get("/stories").json()["stories"]
    assert (listed["title"], listed["episodes"], listed["changed_by"]) == ("Night Desk", 2, "anna")
    told = outline(anna)
    assert [each["name"] for each in told["episodes"]] == ["ep001", "ep002"]
    assert told["episodes"][0]["scenes"][0]["heading"] == "INT. HOTEL LOBBY - NIGHT"
    assert EP1 in [each["path"] for each in told["files"]]


def test_an_empty_story_is_one_episode_with_nothing_to_find(anna, settings):
    begun = anna.post("/stories", {"title": "Night Desk", "start": "blank"})
    assert begun.json() == {"name": "Night-Desk", "lines": 1, "unsure": []}
    assert [each["name"] for each in outline(anna)["episodes"]] == ["ep001"]
    assert anna.get(f"{STORY}/check").json()["findings"] == []
    assert anna.post("/stories", {"title": "Other", "start": "full"}).status_code == 422


def test_the_same_title_twice_is_refused(anna, story):
    again = anna.post("/stories", {"title": "Night Desk"})
    assert again.status_code == 409
    assert anna.post("/stories", {"title": "///"}).status_code == 422


def test_saving_writes_the_file_and_keeps_the_text_before(anna, story):
    saved = reworded(anna, "not let, sir", "not free, sir")
    assert "not free, sir" in (story / EP1).read_text("utf-8")
    assert saved["number"] > 0
    assert not saved["merged"]
    sittings = anna.get(f"{STORY}/history", params={"path": EP1}).json()["sittings"]
    assert [each["kind"] for each in sittings] == ["saved", "begun"]
    first = anna.get(f"{STORY}/revisions/{sittings[-1]['number']}").json()
    assert LINE in first["text"]


def test_two_writers_in_different_places_both_keep_their_words(desk, anna, story):
    ben = desk("ben", "writer")
    seen = load(ben)
    reworded(anna, "not let, sir", "not free, sir")
    mine = seen["text"].replace("Three years ago.", "Four years ago.")
    saved = store(ben, mine, seen["content_hash"])
    assert saved.status_code == 200
    assert saved.json()["merged"]
    text = (story / EP1).read_text("utf-8")
    assert "not free, sir" in text
    assert "Four years ago." in text


def test_two_writers_on_one_line_are_told_and_nothing_is_lost(desk, anna, story):
    ben = desk("ben", "writer")
    seen = load(ben)
    reworded(anna, "not let, sir", "not free, sir")
    clash = store(ben, seen["text"].replace("not let, sir", "gone, sir"), seen["content_hash"])
    assert clash.status_code == 409
    assert clash.json()["code"] == "story.saved_meanwhile"
    assert "anna" in clash.json()["detail"]
    assert "not free, sir" in (story / EP1).read_text("utf-8")


def test_two_saves_at_once_never_lose_one(desk, anna, story):
    browsers = [anna, *(desk(f"w{n}", "writer") for n in range(3))]
    seen = load(anna)
    marks = ["hook", "reversal", "payoff", "cliffhanger"]
    answers = []

    def write(browser, mark):
        rows = [
            f"{row} #mark_{mark}" if f"#beat:{mark}" in row else row
            for row in seen["text"].split("\n")
        ]
        answers.append(store(browser, "\n".join(rows), seen["content_hash"]).status_code)

    # hook and cliffhanger lie far apart, so they join; the two between touch a neighbour or not
    threads = [
        threading.Thread(target=write, args=pair) for pair in zip(browsers, marks, strict=True)
    ]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    text = (story / EP1).read_text("utf-8")
    assert set(answers) <= {200, 409}
    assert text.count("#mark_") == answers.count(200) >= 2


def test_a_file_changed_outside_the_desk_is_noted_not_overwritten(anna, story):
    seen = load(anna)
    outside = seen["text"].replace("A brass key", "An iron key")
    (story / EP1).write_text(outside, encoding="utf-8")
    saved = store(anna, seen["text"].replace("Three years", "Five years"), seen["content_hash"])
    assert saved.status_code == 200
    text = (story / EP1).read_text("utf-8")
    assert "An iron key" in text
    assert "Five years" in text
    kinds = [
        e["kind"] for e in anna.get(f"{STORY}/history", params={"path": EP1}).json()["sittings"]
    ]
    assert kinds == ["merged", "found", "begun"]


def test_many_saves_of_one_person_are_one_sitting(anna, story):
    for number in range(5):
        reworded(anna, "sir" if number == 0 else f"sir{number}", f"sir{number + 1}")
    newest = anna.get(f"{STORY}/history").json()["sittings"][0]
    assert newest["saves"] == 5


@pytest.mark.sqlite_only  # of the folder's files alone
@pytest.mark.parametrize(
    "path",
    ["../../app.db", "script/../../x.ink", "/etc/passwd", "script/..ink", "ids.lock", "out/x.html",
     "script/a\\..\\b.ink", "script/.hidden.ink", "novel/x.py"],
)  # fmt: skip
def test_no_path_leads_out_of_the_story(anna, story, path):
    assert anna.get(f"{STORY}/file", params={"path": path}).status_code == 404
    assert store(anna, "text", "", path).status_code == 404


@pytest.mark.sqlite_only  # of the folder's files alone
def test_a_link_out_of_the_folder_is_not_followed(anna, story, settings):
    (story / "script" / "way_out.ink").symlink_to(settings.folder / "app.db")
    assert anna.get(f"{STORY}/file", params={"path": "script/way_out.ink"}).status_code == 404


@pytest.mark.sqlite_only  # of the folder's files alone
def test_names_of_stories_lead_nowhere_either(anna, story):
    for name in (".incoming-x", "..%5c..", "x" * 90, "nobody", "%00"):
        assert anna.get(f"/stories/{name}").status_code in {404, 422}, name


@pytest.mark.sqlite_only  # of the folder's files alone
def test_binary_huge_and_endless_lines_are_refused_with_their_line(anna, story):
    base = load(anna)["content_hash"]
    binary = store(anna, b"one\ntwo\0three", base)
    assert binary.status_code == 422
    assert "script/ep001.ink:2" in binary.json()["detail"]
    assert store(anna, b"\xff\xfe\x00", base).status_code == 422
    assert store(anna, "x\n" * 3_000_000, base).status_code == 422
    assert store(anna, "x" * 5000, base).status_code == 422
    assert LINE in (story / EP1).read_text("utf-8")


@pytest.mark.sqlite_only  # of the folder's files alone
def test_a_body_beyond_every_script_is_not_read(anna, story):
    assert store(anna, b"x" * (21 * 1024 * 1024), "").status_code == 413


def test_restoring_is_a_save_of_its_own(anna, story):
    first = anna.get(f"{STORY}/history", params={"path": EP1}).json()["sittings"][-1]["number"]
    saved = reworded(anna, "not let, sir", "not free, sir")
    stale = anna.post(f"{STORY}/restore", {"number": first, "seen_hash": "0" * 64})
    assert stale.status_code == 409
    back = anna.post(f"{STORY}/restore", {"number": first, "seen_hash": saved["content_hash"]})
    assert back.status_code == 200
    assert back.json()["number"] > saved["number"]
    assert LINE in (story / EP1).read_text("utf-8")


def test_drafts_are_compared_by_line_id(anna, story):
    draft = outline(anna)["newest"]
    file = load(anna)
    rows = file["text"].split("\n")
    leo = next(n for n, row in enumerate(rows) if "M8RD" in row)
    rows[leo - 1], rows[leo] = rows[leo], rows[leo - 1]  # moved
    text = "\n".join(row for row in rows if "5WCE" not in row)  # gone
    text = text.replace("He had my eyes.", "He had your eyes.")  # reworded
    text = text.replace("-> lobby\n", "-> lobby\n", 1).replace(
        "* [Give", "LEO: Then say it. #beat:payoff\n* [Give"
    )  # new
    assert store(anna, text, file["content_hash"]).status_code == 200
    told = anna.get(f"{STORY}/diff", params={"old": draft}).json()
    assert told["counts"] == {"kept": 12, "reworded": 1, "moved": 1, "new": 1, "gone": 1}
    changed = next(row for row in told["rows"] if "reworded" in row["states"])
    assert (changed["old"]["id"], changed["new"]["text"]) == (
        "ep001_lobby_X1TB", "The man in that room drowned. He had your eyes.",
    )  # fmt: skip


@pytest.mark.sqlite_only  # of the folder's files alone
def test_findings_come_with_their_line_and_go_when_mended(anna, story):
    assert [f for f in anna.get(f"{STORY}/check").json()["findings"] if f["severity"] == "B"] == []
    reworded(anna, "LEO: It was let", "LEONA: It was let")
    found = [f for f in anna.get(f"{STORY}/check").json()["findings"] if f["code"] == "DRM003"]
    assert found
    line = (story / EP1).read_text("utf-8").split("\n")[found[0]["line"] - 1]
    assert line.startswith("LEONA:")
    reworded(anna, "LEONA: It was let", "LEO: It was let")
    codes = [f["code"] for f in anna.get(f"{STORY}/check").json()["findings"]]
    assert "DRM003" not in codes


@pytest.mark.sqlite_only  # of the folder's files alone
def test_the_preview_plays_a_choice_and_begins_at_any_line(anna, story):
    begun = anna.post(f"{STORY}/play", {}).json()
    assert begun["lines"][0]["text"].startswith("A brass key")
    assert begun["lines"][1]["speaker"] == "MEI"
    assert begun["lines"][1]["text"] == "Room 304 is not let, sir."
    other = next(o for o in begun["offers"] if not o["canon"])
    on = anna.post(f"{STORY}/play", {"log": [other["id"]]}).json()
    assert "Tell me, and I will carry it down myself." in [line["text"] for line in on["lines"]]
    assert on["ended"]
    from_there = anna.post(f"{STORY}/play", {"start": "ep002_room_B7ZQ"}).json()
    assert from_there["lines"][0]["text"] == "You kept it as it was. For me?"
    assert from_there["log"] == [other["id"]]


@pytest.mark.sqlite_only  # of the folder's files alone
def test_a_line_nothing_shows_is_told_so(anna, story):
    assert anna.post(f"{STORY}/play", {"start": "ep009_x_0000"}).status_code == 409


@pytest.mark.sqlite_only  # of the folder's files alone
def test_broken_ink_still_opens_saves_and_says_where(anna, story):
    reworded(anna, "-> lobby\n", "-> nowhere_at_all\n")
    told = anna.get(f"{STORY}/check").json()["findings"]
    assert any(f["code"] == "DRM001" and f["file"] == EP1 for f in told)
    played = anna.post(f"{STORY}/play", {})
    assert played.status_code == 422
    assert "ep001.ink" in played.json()["detail"]
    assert anna.get(f"{STORY}/report").status_code == 200


@pytest.mark.sqlite_only  # of the folder's files alone
def test_the_report_tells_cards_grid_and_what_is_shot(anna, story):
    told = anna.get(f"{STORY}/report").json()
    first, second = told["cards"]
    assert [touch["kind"] for touch in first["touches"]] == [
        "hook",
        "reversal",
        "payoff",
        "cliffhanger",
    ]
    assert first["seconds"] == pytest.approx(18.1)
    assert first["budget_seconds"] == 30
    assert second["exit"].startswith("He is alive")
    assert {p["character"]: p["lines"] for p in told["grid"]} == {"MEI": [3, 1], "LEO": [2, 2]}
    plan = told["breakdown"]
    assert (plan["scenes"], plan["night_scenes"], plan["exterior_scenes"]) == (2, 2, 0)
    assert [(s["name"], s["night"], s["cast"]) for s in plan["sets"]] == [
        ("Hotel lobby", True, ["LEO", "MEI"]), ("Room 304", True, ["LEO", "MEI"]),
    ]  # fmt: skip
    assert not told["profile"]["accepted"]


def test_new_lines_are_stamped_and_kept(anna, story):
    reworded(anna, "* [Give", "LEO: Then say it.\n* [Give")
    assert anna.post(f"{STORY}/stamp").json()["given"] == 1
    assert "LEO: Then say it. #id:ep001_lobby_" in (story / EP1).read_text("utf-8")


def test_an_episode_and_a_chapter_are_added(anna, story):
    made = anna.post(f"{STORY}/parts", {"part": "episode", "title": "The #Letter"}).json()
    assert made["path"] == "script/ep003.ink"
    assert "# episode:3 # title:The Letter" in made["text"]
    assert [each["number"] for each in outline(anna)["episodes"]] == [1, 2, 3]
    codes = {f["code"] for f in anna.get(f"{STORY}/check").json()["findings"]}
    assert "DRM001" not in codes
    chapter = anna.post(f"{STORY}/parts", {"part": "chapter", "title": "Two"}).json()
    assert chapter["path"] == "novel/ch002.md"


def test_a_second_person_approves_and_the_words_stay(desk, anna, story):
    rosa = desk("rosa", "reviewer")
    assert approve(anna).status_code == 403  # a writer's role does not hold it
    assert approve(rosa).status_code == 200
    assert "# ws:final" in (story / EP1).read_text("utf-8")
    ep = episode(anna, "ep001")
    assert (ep["state"], ep["approved_by"]) == ("final", "rosa")
    file = load(anna)
    no = store(anna, file["text"].replace("not let, sir", "free, sir"), file["content_hash"])
    assert no.status_code == 423
    assert LINE in (story / EP1).read_text("utf-8")
    comment = file["text"].replace(LINE, f"// could be colder\n{LINE}")
    assert store(anna, comment, file["content_hash"]).status_code == 200
    reworded(anna, "The lamp is on.", "The lamp burns.", "script/ep002.ink")


def test_whoever_wrote_it_does_not_approve_it(desk, anna, story):
    editor = desk("ed", "editor")
    reworded(editor, "not let, sir", "not free, sir")
    own = approve(editor)
    assert own.status_code == 403
    assert own.json()["code"] == "people.own_work"
    assert approve(editor, "ep002").status_code == 200  # had no hand in that one


def test_an_approval_is_of_what_was_seen(desk, anna, story):
    rosa = desk("rosa", "reviewer")
    seen = episode(rosa, "ep001")["content_hash"]
    reworded(anna, "not let, sir", "not free, sir")
    late = rosa.post(f"{STORY}/episodes/ep001/approve", {"seen_hash": seen})
    assert late.status_code == 409
    assert late.json()["code"] == "people.changed_since"


def test_what_is_blocked_or_unstamped_is_not_approved(desk, anna, story):
    rosa = desk("rosa", "reviewer")
    reworded(anna, "* [Give", "LEO: Then say it.\n* [Give")
    assert approve(rosa).json()["code"] == "story.lines_unstamped"
    anna.post(f"{STORY}/stamp")
    reworded(anna, "LEO: It was let", "LEONA: It was let")
    no = approve(rosa)
    assert (no.status_code, no.json()["code"]) == (409, "story.still_blocked")


def test_opening_again_lets_writers_in_and_is_logged(desk, anna, story, workshop):
    rosa = desk("rosa", "reviewer")
    approve(rosa)
    assert rosa.post(f"{STORY}/episodes/ep001/reopen", {"reason": ""}).status_code == 422
    opened = rosa.post(f"{STORY}/episodes/ep001/reopen", {"reason": "the twist changed"})
    assert opened.status_code == 200
    assert "ws:final" not in (story / EP1).read_text("utf-8")
    reworded(anna, "not let, sir", "free, sir")
    with workshop.reading() as tx:
        actions = [row.action for row in read_log(tx, HOUSE, Wanted("Night-Desk", limit=50))]
    for action in ("story.begun", "story.saved", "four_eyes.signed", "story.episode_opened"):
        assert action in actions


def test_nobody_declares_words_final_by_hand(anna, story):
    file = load(anna)
    by_hand = file["text"].replace("# budget:30s", "# budget:30s # ws:final")
    assert store(anna, by_hand, file["content_hash"]).json()["code"] == "story.approve_instead"


def test_a_reader_may_not_write_and_a_stranger_may_not_read(desk, anna, story):
    rosa = desk("rosa", "reviewer")
    file = load(rosa)
    assert store(rosa, file["text"] + "\n", file["content_hash"]).status_code == 403
    assert desk("fin", "finance").get("/stories").status_code == 403
    stranger = TestClient(anna.app, base_url=ORIGIN)
    assert stranger.get("/api/staff/stories").status_code == 401


def test_another_brands_story_is_not_there(desk, anna, story, workshop):
    with workshop.transaction() as tx:
        tx.add(
            BrandRow(
                id="other", name="Other", domains=["other.test"], second_factor="optional",
                made_at=now(),
            )
        )  # fmt: skip
    hire(workshop, hash_password(PASSWORD), "olga", "writer", brand="other")
    olga = Browser(anna.app)
    olga.client.base_url = "http://other.test"
    headers = {"origin": "http://other.test"}
    signed = olga.client.post(
        "/api/staff/sign-in",
        json={"name": "olga", "password": PASSWORD, "code": ""},
        headers=headers,
    )
    assert signed.status_code == 200
    assert olga.get("/stories").json()["stories"] == []
    assert olga.get(STORY).status_code == 404


@pytest.mark.sqlite_only  # of the folder's files alone
@pytest.mark.parametrize("form", ["fountain", "fdx", "ink", "po", "vtt", "epub", "html", "twee"])
def test_every_form_comes_out_as_a_file(anna, story, form):
    anna.post(f"{STORY}/stamp")
    answer = anna.get(f"{STORY}/export/{form}", params={"language": "es" if form == "po" else ""})
    assert answer.status_code == 200, answer.text
    assert answer.headers["content-disposition"].startswith(
        "attachment; filename*=UTF-8''Night-Desk"
    )
    assert len(answer.content) > 100


@pytest.mark.sqlite_only  # of the folder's files alone
def test_a_folder_of_files_comes_out_as_one_zip(anna, story):
    answer = anna.get(f"{STORY}/export/renpy")
    names = zipfile.ZipFile(BytesIO(answer.content)).namelist()
    assert any(name.endswith(".rpy") for name in names)
    assert anna.get(f"{STORY}/export/doc").status_code == 404


def upload(browser, name, content, **params):
    headers = {"x-csrf-token": browser.csrf, "origin": ORIGIN}
    return browser.client.post(
        "/api/staff/stories/import",
        params={"file": name, **params},
        content=content,
        headers=headers,
    )


@pytest.mark.sqlite_only  # of the folder's files alone
def test_a_script_from_elsewhere_becomes_a_story(anna, settings):
    fountain = "Title: The Key\n\nINT. LOBBY - NIGHT\n\nA key falls.\n\nMEI\nPick it up.\n"
    made = upload(anna, "the key.fountain", fountain.encode())
    assert made.status_code == 201, made.text
    assert made.json()["name"] == "the-key"
    assert (settings.folder / "stories" / "the-key" / "script" / "main.ink").is_file()
    assert upload(anna, "the key.fountain", fountain.encode()).status_code == 409


@pytest.mark.sqlite_only  # of the folder's files alone
def test_an_import_that_fails_leaves_nothing(anna, settings):
    for name, content in (("x.docx", b"PK no zip"), ("x.txt", b"\xff\xfe"), ("x.exe", b"MZ")):
        assert upload(anna, name, content).status_code in {415, 422}, name
    folder = settings.folder / "stories"
    assert not folder.exists() or list(folder.iterdir()) == []
    evil = upload(anna, "../../../evil.fountain", b"INT. A - DAY\n\nX happens.\n")
    assert evil.json()["name"] == "evil"


PATCHES = {
    "patches": [
        {"id": "ep001_lobby_Q4ZA", "text": "304 is gone, sir.", "reason": "colder"},
        {"id": "ep001_lobby_M8RD", "text": "It was mine.", "reason": "shorter"},
    ]
}


@pytest.fixture
def model():
    with fault_server(lambda _body, _number: Answer(body=said(json.dumps(PATCHES)))) as server:
        yield server


@pytest.fixture
def assisted(settings, workshop, password_hash, model):
    """Anna at a desk with a model, and a story."""
    told = settings.model_copy(update={"writer_url": model.url, "writer_model": "small"})
    app = create_app(told, workshop)
    hire(workshop, password_hash, "anna", "writer")
    hire(workshop, password_hash, "rosa", "reviewer")
    anna = Browser(app)
    anna.sign_in("anna")
    assert anna.post("/stories", {"title": "Night Desk"}).status_code == 201
    yield anna
    app.api.state.site.close()


def test_proposals_are_previewed_asked_taken_and_put_away(assisted, settings, workshop):
    wish = {"task": "punch_up", "episode": 1}
    seen = assisted.post(f"{STORY}/assist/preview", wish).json()
    assert seen["prompt_tokens"] > 300
    unseen = assisted.post(f"{STORY}/assist/ask", {**wish, "confirm": "0" * 64})
    assert unseen.json()["code"] == "story.input_changed"
    made = assisted.post(f"{STORY}/assist/ask", {**wish, "confirm": seen["confirm"]}).json()
    first, second = made["proposals"]
    assert (first["old_text"], first["model"]) == ("Room 304 is not let, sir.", "small")
    script = settings.folder / "stories" / "Night-Desk" / EP1
    assert "304 is gone" not in script.read_text("utf-8")
    taken = assisted.post(f"{STORY}/proposals/{first['number']}/accept")
    assert taken.status_code == 200, taken.text
    assert "MEI: (not looking up) 304 is gone, sir." in script.read_text("utf-8")
    assert assisted.post(f"{STORY}/proposals/{second['number']}/reject").status_code == 200
    again = assisted.post(f"{STORY}/proposals/{first['number']}/accept")
    assert (again.status_code, again.json()["code"]) == (409, "story.decided")
    told = assisted.get(f"{STORY}/assist").json()
    assert {p["number"]: p["state"] for p in told["proposals"]} == {
        first["number"]: "accepted", second["number"]: "rejected",
    }  # fmt: skip
    newest = assisted.get(f"{STORY}/history").json()["sittings"][0]
    assert (newest["kind"], newest["note"]) == (
        "accepted",
        f"AI-assisted, proposal {first['number']}",
    )


def test_a_line_rewritten_meanwhile_keeps_its_words(assisted):
    wish = {"task": "punch_up", "episode": 1}
    confirm = assisted.post(f"{STORY}/assist/preview", wish).json()["confirm"]
    made = assisted.post(f"{STORY}/assist/ask", {**wish, "confirm": confirm}).json()
    reworded(assisted, "not let, sir", "not yours, sir")
    late = assisted.post(f"{STORY}/proposals/{made['proposals'][0]['number']}/accept")
    assert (late.status_code, late.json()["code"]) == (409, "story.stale")
    assert "not yours, sir" in load(assisted)["text"]


def test_approved_words_take_no_proposal(assisted):
    wish = {"task": "punch_up", "episode": 1}
    confirm = assisted.post(f"{STORY}/assist/preview", wish).json()["confirm"]
    made = assisted.post(f"{STORY}/assist/ask", {**wish, "confirm": confirm}).json()
    rosa = Browser(assisted.app)
    rosa.sign_in("rosa")
    assert approve(rosa).status_code == 200
    no = assisted.post(f"{STORY}/proposals/{made['proposals'][0]['number']}/accept")
    assert no.status_code == 409
    assert "final" in no.json()["detail"]


def test_an_accepted_proposal_is_taken_out_again_by_whoever_may_write(assisted, settings, workshop):
    wish = {"task": "punch_up", "episode": 1}
    confirm = assisted.post(f"{STORY}/assist/preview", wish).json()["confirm"]
    made = assisted.post(f"{STORY}/assist/ask", {**wish, "confirm": confirm}).json()
    number = made["proposals"][0]["number"]
    before = load(assisted)["text"]
    assert assisted.post(f"{STORY}/proposals/{number}/undo").json()["code"] == "story.not_accepted"
    assert assisted.post(f"{STORY}/proposals/{number}/accept").status_code == 200
    told = assisted.get(f"{STORY}/assist").json()
    assert [p["undoable"] for p in told["proposals"]] == [True, False]
    assert assisted.post(f"{STORY}/proposals/{number}/undo").status_code == 200
    assert load(assisted)["text"] == before
    told = assisted.get(f"{STORY}/assist").json()
    assert {p["state"] for p in told["proposals"]} == {"open"}
    assert assisted.post(f"{STORY}/proposals/{number}/accept").status_code == 200
    reworded(assisted, "304 is gone", "304 is lost")
    late = assisted.post(f"{STORY}/proposals/{number}/undo")
    assert (late.status_code, late.json()["code"]) == (409, "story.edited_since")


def bring(browser, name, content):
    headers = {"x-csrf-token": browser.csrf, "origin": ORIGIN}
    return browser.client.post(
        f"/api/staff{STORY}/source", params={"file": name}, content=content, headers=headers
    )


@pytest.fixture
def splitting(settings, workshop, password_hash):
    """Anna at a desk with a model that splits novels, a part a question."""
    with fault_server(split_by(2)) as server:
        more = {"writer_url": server.url, "writer_model": "small", "writer_part_tokens": 1000}
        app = create_app(settings.model_copy(update=more), workshop)
        hire(workshop, password_hash, "anna", "writer")
        anna = Browser(app)
        anna.sign_in("anna")
        assert anna.post("/stories", {"title": "Night Desk"}).status_code == 201
        yield anna, server
        app.api.state.site.close()


def test_a_novel_is_brought_split_part_by_part_planned_and_unplanned(splitting, settings):
    anna, server = splitting
    wish = {"task": "split_novel", "episode": 1}
    assert anna.post(f"{STORY}/assist/preview", wish).json()["code"] == "story.no_source"
    novel = "\n\n".join(f"第{n}章 雨夜\n\n{'雨一直下。' * 150}\n\n灯灭了{n}。" for n in range(1, 4))
    assert bring(anna, "novel.pdf", b"%PDF").status_code == 415
    assert bring(anna, "novel.txt", novel.encode("gb18030")).json() == {"paragraphs": 6}
    seen = anna.post(f"{STORY}/assist/preview", wish).json()
    assert (seen["parts"], seen["done"], len(server.requests)) == (3, 0, 0)
    order = {**wish, "confirm": seen["confirm"]}
    steps = [anna.post(f"{STORY}/assist/ask", order).json() for _ in range(3)]
    assert [(s["done"], s["of"], s["call"] is None) for s in steps] == [
        (1, 3, True), (2, 3, True), (3, 3, False),
    ]  # fmt: skip
    first, second, _third = steps[-1]["proposals"]
    assert (first["kind"], first["line_id"]) == ("episode", "p1-p2")
    assert anna.post(f"{STORY}/proposals/{second['number']}/accept").status_code == 200
    told = anna.get(f"{STORY}/assist").json()
    assert (told["paragraphs"], told["planned"]) == (6, 1)
    assert bring(anna, "novel.txt", novel.encode()).json()["code"] == "story.source_taken"
    assert anna.post(f"{STORY}/proposals/{second['number']}/undo").status_code == 200
    assert anna.get(f"{STORY}/assist").json()["planned"] == 0
    plan = settings.folder / "stories" / "Night-Desk" / "source" / "episodes.yaml"
    assert plan.read_text("utf-8") == ""
    assert len(server.requests) == 3


def test_without_a_model_the_desk_says_how_to_have_one(anna, story):
    assert not anna.get(f"{STORY}/assist").json()["ready"]
    no = anna.post(f"{STORY}/assist/preview", {"task": "review", "episode": 1})
    assert no.status_code == 409
    assert "SILKREEL_WRITER_URL" in no.json()["detail"]


def test_texts_that_were_kept_stay_kept(anna, story, workshop):
    for table in ("desk_revisions", "desk_contents"):
        with (
            pytest.raises(sa.exc.DBAPIError),
            workshop.transaction() as tx,
        ):
            tx.execute(sa.text(f"DELETE FROM {table}"))
