from datetime import timedelta

import pytest
import sqlalchemy as sa
from fastapi import APIRouter
from fastapi.routing import APIRoute

from silkreel.kit.clock import now
from silkreel.people.audit import Wanted, read_log, verify
from silkreel.people.brands import HOUSE
from silkreel.people.passwords import hash_password
from silkreel.people.tables import BrandRow, SessionRow
from silkreel.web.staff.rights import StaffTransaction
from staff_desk import PASSWORD, Browser, hire


@pytest.fixture(scope="module")
def password_hash():
    return hash_password(PASSWORD)


@pytest.fixture
def team(workshop, password_hash):
    return lambda name, *roles, **more: hire(workshop, password_hash, name, *roles, **more)


@pytest.fixture
def signed_in(app, team):
    def opened(name, *roles):
        team(name, *roles)
        browser = Browser(app)
        assert browser.sign_in(name).status_code == 200
        return browser

    return opened


def log(workshop, words=""):
    with workshop.reading() as tx:
        assert verify(tx).intact
        return [(row.action, row.actor_name) for row in read_log(tx, None, Wanted(words))]


def addresses(app):
    """Every staff address: method and path."""
    found = []
    for path, methods in app.api.openapi()["paths"].items():
        found += [(method.upper(), path) for method in methods if path.startswith("/api/staff")]
    return found


OPEN = {"/api/staff/sign-in", "/api/staff/links/look", "/api/staff/links/use"}


def test_strangers_get_nothing(app):
    stranger = Browser(app)
    guarded = [each for each in addresses(app) if each[1] not in OPEN]
    assert len(guarded) >= 15
    for method, path in guarded:
        answer = stranger.client.request(method, path.replace("{person_id}", "x"), json={})
        assert answer.status_code in {401, 422}, (method, path)
        if answer.status_code == 422:  # the shape is told to anybody; it is in the description
            continue
        assert answer.json()["code"] == "web.not_signed_in"
        assert answer.headers["content-type"] == "application/problem+json"


def test_a_writer_meets_closed_doors_and_each_is_written_down(signed_in, workshop):
    mei = signed_in("mei", "writer")
    refused = [
        mei.get("/team"),
        mei.get("/audit"),
        mei.post("/team", {"name": "new", "roles": ["owner"]}),
        mei.put("/team/abc/roles", {"roles": ["owner"]}),
        mei.post("/team/abc/disable"),
        mei.post("/team/abc/enable"),
        mei.post("/team/abc/reset"),
        mei.post("/team/abc/link"),
        mei.put("/brand/second-factor", {"second_factor": "optional"}),
    ]
    assert [each.status_code for each in refused] == [403] * len(refused)
    assert {each.json()["code"] for each in refused} == {"people.not_yours"}
    assert len(log(workshop, "door.forbidden mei")) == len(refused)


def test_an_operator_cannot_make_or_become_an_owner(signed_in, team):
    owner = team("owner", "owner")
    boss = signed_in("boss", "operator")
    me = boss.get("/me").json()["id"]
    code = {
        boss.post("/team", {"name": "puppet", "roles": ["owner"]}).json()["code"],
        boss.put(f"/team/{owner}/roles", {"roles": ["operator"]}).json()["code"],
        boss.post(f"/team/{owner}/reset").json()["code"],
        boss.post(f"/team/{owner}/link").json()["code"],
        boss.post(f"/team/{owner}/disable").json()["code"],
    }
    assert code == {"people.more_than_your_own"}
    raised = boss.put(f"/team/{me}/roles", {"roles": ["operator", "finance"]})
    assert raised.json()["code"] == "people.not_yourself"
    assert boss.get("/me").json()["roles"] == ["operator"]


def test_a_person_is_invited_given_roles_disabled_and_let_in_again(app, signed_in, workshop):
    owner = signed_in("owner", "owner")
    made = owner.post("/team", {"name": "mei", "shown_name": "Mei Lin", "roles": ["writer"]})
    assert made.status_code == 201
    person = made.json()["person"]
    assert (person["state"], person["roles"]) == ("invited", ["writer"])
    changed = owner.put(f"/team/{person['id']}/roles", {"roles": ["reviewer", "writer"]})
    assert changed.json()["roles"] == ["writer", "reviewer"]
    assert owner.post(f"/team/{person['id']}/disable").json()["state"] == "disabled"
    assert owner.post(f"/team/{person['id']}/enable").json()["state"] == "invited"
    again = owner.post(f"/team/{person['id']}/link").json()["link"]
    assert again != made.json()["link"]
    told = [action for action, name in reversed(log(workshop, "staff.")) if name == "owner"]
    assert told == [
        "staff.joined", "staff.added", "staff.link", "staff.roles",
        "staff.disabled", "staff.enabled", "staff.link",
    ]  # fmt: skip


def test_a_refused_change_changes_nothing(signed_in):
    owner = signed_in("owner", "owner")
    for body, status in (
        ({"name": "mei", "roles": ["king"]}, 422),
        ({"name": "mei", "roles": []}, 422),
        ({"name": "owner", "roles": ["writer"]}, 409),
        ({"name": "mei lin", "roles": ["writer"]}, 422),
    ):
        answer = owner.post("/team", body)
        assert answer.status_code == status
        assert answer.json()["detail"].endswith(".")
    assert len(owner.get("/team").json()["people"]) == 1


def test_roles_taken_away_count_in_a_session_that_is_open(signed_in, team):
    owner, mei = signed_in("owner", "owner"), signed_in("mei", "operator")
    me = mei.get("/me").json()["id"]
    assert mei.get("/team").status_code == 200
    owner.put(f"/team/{me}/roles", {"roles": ["writer"]})
    assert mei.get("/team").status_code == 403
    owner.post(f"/team/{me}/disable")
    assert mei.get("/me").status_code == 401


def test_the_second_factor_rule_withholds_and_gives_back(signed_in):
    owner = signed_in("owner", "owner")
    assert owner.put("/brand/second-factor", {"second_factor": "never"}).status_code == 422
    assert owner.put("/brand/second-factor", {"second_factor": "everyone"}).status_code == 200
    told = owner.get("/team")
    assert told.status_code == 403
    assert told.json()["code"] == "people.second_factor_required"
    assert owner.get("/me").json()["rights"] == []  # their own account stays open to set one up


def test_the_log_is_read_page_by_page(signed_in):
    owner = signed_in("owner", "owner")
    for n in range(5):
        owner.post("/team", {"name": f"writer{n}", "roles": ["writer"]})
    first = owner.get("/audit?limit=4").json()
    assert [each["number"] for each in first["entries"]] == [14, 13, 12, 11]
    second = owner.get(f"/audit?limit=4&before={first['next_before']}").json()
    assert [each["number"] for each in second["entries"]] == [10, 9, 8, 7]
    last = owner.get("/audit?limit=200").json()
    assert last["next_before"] is None
    assert len(last["entries"]) == 14
    found = owner.get("/audit?q=staff.added owner").json()["entries"]
    assert {each["subject_name"] for each in found} == {"owner", *(f"writer{n}" for n in range(5))}
    assert owner.get("/audit?q=%00").status_code == 422
    assert owner.get("/audit?q=100%25").json()["entries"] == []


def test_staff_of_one_brand_see_nothing_of_another(app, signed_in, workshop, team):
    """A walk through every address that reads, as the owner of one brand."""
    with workshop.transaction() as tx:
        tx.add(
            BrandRow(
                id="night", name="Night Lamp", domains=["night.example"],
                second_factor="optional", made_at=now(),
            )
        )  # fmt: skip
    theirs = team("zoe", "owner", brand="night")
    owner = signed_in("owner", "owner")
    for method, path in addresses(app):
        if method == "GET":
            answer = owner.client.get(path)
            assert answer.status_code == 200 or "{" in path, path
            assert "zoe" not in answer.text, path
            assert "Night Lamp" not in answer.text
    for verb in ("disable", "enable", "reset", "link"):
        assert owner.post(f"/team/{theirs}/{verb}").status_code == 404
    assert Browser(app).sign_in("zoe").status_code == 401
    at_theirs = Browser(app)
    at_theirs.client.headers["host"] = "night.example"
    assert at_theirs.sign_in("zoe").status_code == 200
    at_theirs.client.headers["host"] = "testserver"
    assert at_theirs.get("/me").status_code == 401


def test_what_changes_something_always_leaves_a_row(app, signed_in, workshop):
    """A room that forgets to write its deed down: the edge does."""
    router = APIRouter(prefix="/api/staff")

    @router.post("/forgetful")
    def forgetful(tx: StaffTransaction) -> dict[str, int]:
        tx.execute(sa.text("UPDATE brands SET name = 'Other'"))
        return {}

    @router.post("/failing")
    def failing(tx: StaffTransaction) -> dict[str, int]:
        tx.execute(sa.text("UPDATE brands SET name = 'Lost'"))
        raise RuntimeError

    owner = signed_in("owner", "owner")
    app.api.include_router(router)
    assert owner.post("/forgetful").status_code == 200
    assert log(workshop)[0] == ("desk.request", "owner")
    assert owner.post("/failing").status_code == 500
    with workshop.reading() as tx:
        assert tx.get_one(BrandRow, HOUSE).name == "Other"
    assert log(workshop)[0] == ("desk.request", "owner")


def test_sessions_are_touched_once_a_minute(signed_in, workshop):
    owner = signed_in("owner", "owner")
    with workshop.transaction() as tx:
        row = tx.scalars(sa.select(SessionRow)).one()
        row.seen_at -= timedelta(minutes=5)
        before = row.seen_at
    owner.get("/me")
    with workshop.reading() as tx:
        assert tx.scalars(sa.select(SessionRow)).one().seen_at > before


def test_staff_addresses_bear_their_own_tag(app):
    routes = [route for route in app.api.routes if isinstance(route, APIRoute)]
    staff = [route for route in routes if route.path.startswith("/api/staff")]
    assert all(route.tags == ["staff"] for route in staff)


def test_the_desks_page_holds_nothing_of_anybody(app, team):
    team("mei", "owner")
    stranger = Browser(app).client
    for path in ("/staff", "/staff/team", "/staff/join"):
        page = stranger.get(path)
        assert page.status_code == 200
        assert "mei" not in page.text
        assert page.headers["x-robots-tag"] == "noindex"
        assert page.headers["cache-control"] == "no-store"
        assert "unsafe" not in page.headers["content-security-policy"]
        assert "frame-ancestors 'none'" in page.headers["content-security-policy"]
    assert "Disallow: /staff" in stranger.get("/robots.txt").text
