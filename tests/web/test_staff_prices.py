"""Prices at the desk: a file is checked, small changes are in force, large ones take two persons."""

import pytest

from silkreel.commerce.price_file import write_price_file
from silkreel.commerce.pricebook import book_for, default_book
from silkreel.kit.clock import now
from silkreel.people.actors import machine
from silkreel.people.audit import Wanted, read_log, verify
from silkreel.people.brands import HOUSE, set_second_factor_rule
from silkreel.people.passwords import hash_password
from staff_desk import PASSWORD, Browser, hire

US = write_price_file(default_book("US"))
DEARER = US.replace("coins = 45", "coins = 60", 1)  # a third more for an episode
NEARLY = US.replace("coins = 45", "coins = 50", 1)


@pytest.fixture(scope="module")
def password_hash():
    return hash_password(PASSWORD)


@pytest.fixture
def signed_in(app, workshop, password_hash):
    """People who sign in with a password alone: the brand asks for no second factor."""
    with workshop.transaction() as tx:
        set_second_factor_rule(tx, "optional", by=machine("root", HOUSE, now()))

    def opened(name, *roles):
        hire(workshop, password_hash, name, *roles)
        browser = Browser(app)
        assert browser.sign_in(name).status_code == 200
        return browser

    return opened


def version(workshop):
    with workshop.reading() as tx:
        book = book_for(tx, HOUSE, "US", "web", now())
    return book.version if book else 0


def post(browser, path, body):
    return browser.client.post(
        f"/api/staff/prices{path}", json=body, headers={"x-csrf-token": browser.csrf}
    )


def test_a_large_change_waits_for_a_second_person(signed_in, workshop):
    mei, li = signed_in("mei", "finance"), signed_in("li", "finance")
    first = post(mei, "", {"content": US, "reason": "we begin"}).json()
    assert (first["version"], first["proposal"]) == (1, None)
    assert post(mei, "", {"content": NEARLY}).json()["version"] == 2

    told = post(mei, "/check", {"content": DEARER}).json()
    assert told["follows"] == 2
    handed = post(mei, "", {"content": US.replace("coins = 45", "coins = 70", 1)}).json()
    waiting = handed["proposal"]
    assert handed["version"] is None
    assert "two persons have to approve" in waiting["why"]
    assert version(workshop) == 2

    seen = {"content_sha256": waiting["content_sha256"]}
    path = f"/proposals/{waiting['id']}/approve"
    assert post(mei, path, seen).json()["code"] == "people.own_work"
    assert post(li, path, {"content_sha256": "0" * 64}).json()["code"] == "people.changed_since"
    approved = post(li, path, seen)
    assert (approved.status_code, approved.json()["version"]) == (200, 3)
    assert post(li, path, seen).json()["code"] == "flows.decided_already"
    with workshop.reading() as tx:
        assert verify(tx).intact
        log = [(row.action, row.actor_name) for row in read_log(tx, None, Wanted(""))]
    assert ("prices.proposed", "mei") in log
    assert ("prices.published", "li") in log


def test_a_proposal_is_rejected_by_another_or_taken_back(signed_in, workshop):
    mei, li = signed_in("mei", "finance"), signed_in("li", "finance")
    post(mei, "", {"content": US})
    ids = [post(mei, "", {"content": DEARER}).json()["proposal"]["id"] for _ in range(2)]
    for browser, each in ((li, ids[0]), (mei, ids[1])):
        answer = post(browser, f"/proposals/{each}/reject", {"reason": "too dear"})
        assert (answer.status_code, answer.json()["state"]) == (200, "rejected")
    assert mei.client.get("/api/staff/prices").json()["waiting"] == []
    assert version(workshop) == 1


def test_a_lone_owner_decides_alone(signed_in, workshop):
    owner = signed_in("owner", "owner")
    assert post(owner, "", {"content": US}).json()["version"] == 1
    assert post(owner, "", {"content": DEARER}).json()["version"] == 2


def test_prices_are_read_as_a_file_to_change(signed_in):
    owner = signed_in("owner", "owner")
    begun = owner.client.get("/api/staff/prices/BR").json()
    assert (begun["version"], begun["currency"]) == (0, "BRL")
    post(owner, "", {"content": begun["content"]})
    found = owner.client.get("/api/staff/prices").json()["books"]
    assert [(each["market"], each["version"]) for each in found] == [("BR", 1)]
    assert found[0]["content"] == begun["content"]


def test_a_file_with_mistakes_is_refused_with_all_of_them(signed_in, workshop):
    owner = signed_in("owner", "owner")
    refused = post(owner, "", {"content": US.replace("coins = 45", "coins = -4", 1)})
    assert (refused.status_code, refused.json()["code"]) == (422, "commerce.bad_price_file")
    assert "episode.coins: 0 or more is wanted." in refused.json()["detail"]
    assert version(workshop) == 0


def test_who_lacks_the_right_changes_no_price(signed_in):
    writer, support = signed_in("writer", "writer"), signed_in("support", "support")
    assert writer.client.get("/api/staff/prices").status_code == 403
    assert support.client.get("/api/staff/prices").status_code == 200
    for browser in (writer, support):
        assert post(browser, "", {"content": US}).status_code == 403
    stranger = Browser(support.app)
    assert stranger.client.get("/api/staff/prices").status_code == 401


def test_prices_are_guarded_by_a_second_factor_where_the_brand_asks_for_one(signed_in, workshop):
    owner = signed_in("owner", "owner")
    with workshop.transaction() as tx:
        set_second_factor_rule(tx, "money", by=machine("root", HOUSE, now()))
    assert post(owner, "", {"content": US}).json()["code"] == "people.second_factor_required"
    assert version(workshop) == 0
