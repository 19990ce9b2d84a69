import base64
import re
import time

import pytest

from silkreel.kit.clock import now
from silkreel.people.passwords import hash_password
from silkreel.people.totp import code_at
from silkreel.web.app import create_app
from staff_desk import PASSWORD, Browser, hire

NEW = "umbrella tofu quay lantern"
COOKIE = "silkreel-desk"


@pytest.fixture(scope="module")
def password_hash():
    return hash_password(PASSWORD)


@pytest.fixture
def team(workshop, password_hash):
    return lambda name, *roles: hire(workshop, password_hash, name, *roles)


@pytest.fixture
def browser(app):
    return Browser(app)


@pytest.fixture
def _clock_stands(monkeypatch):
    """The first wait is one second: on a busy machine it would be over before the next try."""
    at = now()
    monkeypatch.setattr("silkreel.web.staff.door.now", lambda: at)
    monkeypatch.setattr("silkreel.web.staff.rights.now", lambda: at)


def test_a_name_and_a_password_open_the_desk(browser, team):
    team("mei", "writer")
    assert browser.get("/me").status_code == 401
    answer = browser.sign_in("Mei")
    assert answer.status_code == 200
    assert answer.headers["cache-control"] == "no-store"
    me = browser.get("/me").json()
    assert me["name"] == "mei"
    assert me["rights"] == ["lines.edit", "story.edit", "story.read"]
    assert me["brand"] == {"id": "house", "name": "Silkreel", "second_factor": "money"}
    assert me["csrf_token"] == browser.csrf


def test_no_script_reads_the_cookie_and_no_other_site_sends_it(browser, team):
    team("mei", "writer")
    given = browser.sign_in("mei").headers["set-cookie"].lower()
    assert given.startswith(f"{COOKIE}=")
    assert "httponly" in given
    assert "samesite=strict" in given
    assert "path=/" in given
    assert "secure" not in given  # this trial is served over plain HTTP


def test_over_https_the_cookie_is_held_to_its_host(workshop, settings, team):
    team("mei", "writer")
    public = settings.model_copy(update={"public_url": "https://desk.example"})
    browser = Browser(create_app(public, workshop))
    given = browser.sign_in("mei").headers["set-cookie"]
    assert given.startswith("__Host-silkreel-desk=")
    assert "Secure" in given
    assert "Path=/" in given
    assert "Domain" not in given


def test_every_wrong_try_gets_the_same_answer(browser, team):
    team("mei", "writer")
    known, unknown = browser.sign_in("mei", "wrong"), browser.sign_in("nobody", "wrong")
    assert known.status_code == unknown.status_code == 401
    assert known.headers["content-type"] == "application/problem+json"
    strip = {"request_id"}
    first, second = (
        {key: value for key, value in each.json().items() if key not in strip}
        for each in (known, unknown)
    )
    assert first == second
    assert set(known.headers) == set(unknown.headers)


@pytest.mark.usefixtures("_clock_stands")
def test_brute_force_runs_into_a_wait_with_its_length(browser, team):
    team("mei", "writer")
    answers = [browser.sign_in("mei", f"guess {n}").status_code for n in range(7)]
    assert answers == [401] * 5 + [429] * 2
    last = browser.sign_in("mei")  # right, but too early
    assert last.status_code == 429
    assert 1 <= int(last.headers["retry-after"]) <= 900
    assert last.json()["code"] == "people.too_many_tries"


def test_a_planted_cookie_is_not_signed_in(app, browser, team):
    """Session fixation: the attacker knows the token the victim's browser brings."""
    team("mallory", "writer")
    team("mei", "owner")
    attacker = Browser(app)
    attacker.sign_in("mallory")
    planted = attacker.client.cookies[COOKIE]
    for value in (planted, "x" * 43):
        victim = Browser(app)
        victim.client.cookies.set(COOKIE, value)
        assert victim.sign_in("mei").status_code == 200
        cookies = {c.value for c in victim.client.cookies.jar if c.name == COOKIE}
        assert cookies - {value}
        attacker.client.cookies.set(COOKIE, value)
        assert attacker.get("/me").status_code == 401


def test_signing_out_ends_the_session_on_the_server(browser, team):
    team("mei", "writer")
    browser.sign_in("mei")
    kept = browser.client.cookies[COOKIE]
    assert browser.post("/sign-out").status_code == 204
    assert COOKIE not in browser.client.cookies
    browser.client.cookies.set(COOKIE, kept)
    assert browser.get("/me").status_code == 401


def test_signing_out_everywhere_ends_every_session(app, browser, team):
    team("mei", "writer")
    other = Browser(app)
    other.sign_in("mei")
    browser.sign_in("mei")
    assert browser.post("/sign-out-everywhere").json() == {"sessions_ended": 2}
    assert other.get("/me").status_code == browser.get("/me").status_code == 401


CHANGES = [
    ("POST", "/sign-out", None),
    ("POST", "/sign-out-everywhere", None),
    ("POST", "/team", {"name": "new", "roles": ["writer"]}),
    ("PUT", "/brand/second-factor", {"second_factor": "optional"}),
    ("POST", "/account/password", {"password": PASSWORD, "new_password": NEW}),
    ("POST", "/account/second-factor", {"password": PASSWORD}),
]


@pytest.mark.parametrize(("method", "path", "body"), CHANGES)
@pytest.mark.parametrize(
    "headers",
    [
        {"x-csrf-token": ""},
        {"x-csrf-token": "0" * 64},
        {"origin": "https://evil.example"},
        {"origin": "null"},
        {"sec-fetch-site": "cross-site"},
        {"sec-fetch-site": "same-site"},
    ],
)
@pytest.mark.sqlite_only
def test_another_sites_page_changes_nothing(browser, team, method, path, body, headers):
    """CSRF: the browser sends the cookie along, all else an attacker's page may set is refused."""
    team("mei", "owner")
    browser.sign_in("mei")
    answer = browser.post(path, body, method=method, headers=headers)
    assert answer.status_code == 403
    assert answer.json()["code"] == "web.from_elsewhere"
    assert browser.get("/me").json()["brand"]["second_factor"] == "money"
    assert [each["name"] for each in browser.get("/team").json()["people"]] == ["mei"]


def test_another_sites_page_cannot_sign_its_visitor_in(browser, team):
    team("mallory", "writer")
    body = {"name": "mallory", "password": PASSWORD}
    for headers in ({"origin": "https://evil.example"}, {"sec-fetch-site": "cross-site"}):
        answer = browser.client.post("/api/staff/sign-in", json=body, headers=headers)
        assert answer.status_code == 403
    form = browser.client.post(
        "/api/staff/sign-in", content='{"name":"mallory","password":"x"}',
        headers={"content-type": "text/plain"},
    )  # fmt: skip
    assert form.status_code == 422  # a form of another site cannot send JSON as JSON


def test_a_token_of_another_session_does_not_do(app, browser, team):
    team("mei", "owner")
    team("mallory", "writer")
    other = Browser(app)
    other.sign_in("mallory")
    browser.sign_in("mei")
    assert browser.post("/sign-out", headers={"x-csrf-token": other.csrf}).status_code == 403


def test_a_link_is_followed_once(app, browser, team):
    team("owner", "owner")
    browser.sign_in("owner")
    link = browser.post("/team", {"name": "Mei", "roles": ["writer"]}).json()["link"]
    token = re.fullmatch(r"http://testserver/staff/join#([\w-]{43})", link)[1]
    guest = Browser(app)
    told = guest.post("/links/look", {"token": token}).json()
    assert told == {"name": "mei", "shown_name": "Mei", "joins": True, "min_length": 15}
    weak = guest.post("/links/use", {"token": token, "password": "passwordpassword"})
    assert weak.status_code == 422
    assert weak.json()["code"] == "people.password_too_common"
    used = guest.post("/links/use", {"token": token, "password": NEW})
    assert used.status_code == 204
    assert guest.sign_in("mei", NEW).status_code == 200
    replayed = Browser(app).post("/links/use", {"token": token, "password": PASSWORD})
    assert replayed.status_code == 410
    assert Browser(app).sign_in("mei", PASSWORD).status_code == 401


def test_a_password_is_changed_with_the_old_one_and_other_browsers_sign_out(app, browser, team):
    team("mei", "writer")
    other = Browser(app)
    other.sign_in("mei")
    browser.sign_in("mei")
    wrong = browser.post("/account/password", {"password": "wrong", "new_password": NEW})
    assert wrong.json()["code"] == "web.wrong_password"
    done = browser.post("/account/password", {"password": PASSWORD, "new_password": NEW})
    assert done.json() == {"sessions_ended": 1}
    assert browser.get("/me").status_code == 200
    assert other.get("/me").status_code == 401
    assert other.sign_in("mei", PASSWORD).status_code == 401
    assert other.sign_in("mei", NEW).status_code == 200


@pytest.mark.usefixtures("_clock_stands")
def test_an_open_browser_is_no_way_to_try_passwords_out(browser, team):
    team("mei", "writer")
    browser.sign_in("mei")
    change = {"password": "guess", "new_password": NEW}
    answers = [browser.post("/account/password", change).status_code for _ in range(7)]
    assert answers == [403] * 5 + [429] * 2


def test_a_second_factor_from_setting_up_to_taking_away(app, browser, team):
    team("mei", "owner")
    browser.sign_in("mei")
    assert "money.refund" in browser.get("/me").json()["withheld"]
    told = browser.post("/account/second-factor", {"password": PASSWORD}).json()
    assert told["uri"].startswith("otpauth://totp/Silkreel%3Amei?secret=")
    secret = _decoded(told["secret"])
    assert browser.post("/account/second-factor/confirm", {"code": "000000"}).status_code == 422
    step = int(time.time()) // 30
    done = browser.post("/account/second-factor/confirm", {"code": code_at(secret, step)})
    assert done.status_code == 204
    me = browser.get("/me").json()
    assert me["second_factor"]
    assert "money.refund" in me["rights"]
    other = Browser(app)
    assert other.sign_in("mei").json()["code"] == "people.second_factor_needed"
    reused = other.sign_in("mei", code=code_at(secret, step))
    assert reused.json()["code"] == "people.wrong_code"
    assert other.sign_in("mei", code=code_at(secret, step + 1)).status_code == 200
    assert browser.post("/account/second-factor/remove", {"password": "x"}).status_code == 403
    gone = browser.post("/account/second-factor/remove", {"password": PASSWORD})
    assert gone.status_code == 204
    assert not browser.get("/me").json()["has_second_factor"]
    assert Browser(app).sign_in("mei").status_code == 200


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"name": "mei"},
        {"name": "a\x00b", "password": "x"},
        {"name": "x" * 65, "password": "x"},
        {"name": "mei", "password": "x" * 5000},
        {"name": ["mei"], "password": {}},
    ],
)
@pytest.mark.sqlite_only
def test_odd_bodies_are_refused_in_good_order(browser, body):
    answer = browser.client.post("/api/staff/sign-in", json=body)
    assert answer.status_code == 422
    assert answer.json()["code"] == "web.invalid"


def test_no_answer_repeats_a_password(browser, team):
    team("mei", "writer")
    for body in ({"name": "mei", "password": "hunter22"}, {"password": "hunter22"}):
        assert "hunter22" not in browser.client.post("/api/staff/sign-in", json=body).text


def test_the_key_of_the_home_is_its_owners_alone_and_stays(workshop, settings, app):
    key = settings.folder / "people-key"
    assert key.stat().st_mode & 0o777 == 0o600
    before = key.read_text()
    assert len(bytes.fromhex(before)) == 32
    create_app(settings, workshop)
    assert key.read_text() == before
    assert [path.name for path in settings.folder.glob("people-key*")] == ["people-key"]


def _decoded(secret):
    return base64.b32decode(secret)
