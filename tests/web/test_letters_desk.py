"""Letters at the desk over HTTP: the queue, whose they are, one read, and those given up again."""

from datetime import timedelta

import pytest
import sqlalchemy as sa

from silkreel.commerce.viewer_letters import LetterKind
from silkreel.kit.clock import now
from silkreel.people import post
from silkreel.people.audit import Wanted, read_log, verify
from silkreel.people.brands import HOUSE
from silkreel.people.passwords import hash_password
from silkreel.people.tables import BrandRow, LetterRow
from silkreel.people.viewers import MAIL, Identity, make_account, new_guest, note_language
from staff_desk import PASSWORD, Browser, hire

ADDRESS, OTHER = "mei@example.org", "ana@example.org"
FACTS = {
    "order": "o1", "minor": 499, "currency": "USD", "tax_minor": 41, "coins": 500,
    "bonus_coins": 50, "at": "2026-03-01T12:00:00+00:00", "withdraw_days": 14,
}  # fmt: skip


@pytest.fixture(scope="module")
def password_hash():
    return hash_password(PASSWORD)


@pytest.fixture
def signed_in(app, workshop, password_hash):
    def opened(name, *roles):
        hire(workshop, password_hash, name, *roles)
        browser = Browser(app)
        assert browser.sign_in(name).status_code == 200
        return browser

    return opened


@pytest.fixture
def mei(workshop):
    return account(workshop, ADDRESS, "en")


def account(workshop, address, language, brand=HOUSE):
    with workshop.transaction() as tx:
        viewer = new_guest(tx, brand, now())
        make_account(tx, viewer, Identity(brand, MAIL, address), now())
        note_language(tx, viewer, language)
    return viewer


def write(workshop, viewer, key, facts=None, brand=HOUSE):
    with workshop.transaction() as tx:
        assert post.write(tx, (viewer, brand), LetterKind.RECEIPT, key, facts or FACTS, now())
        return tx.scalars(sa.select(LetterRow.id).where(LetterRow.key == key)).one()


def end(workshop, letter, verb, *why):
    with workshop.transaction() as tx:
        held = [each.id for each in post.take(tx, now() + timedelta(seconds=1), 50)]
        verb(tx, letter, *why, now())
        post.put_back(tx, [each for each in held if each != letter], now())


def told(workshop, words):
    with workshop.reading() as tx:
        assert verify(tx).intact
        return [(row.action, row.subject) for row in read_log(tx, None, Wanted(words))]


def test_the_queue_is_read_by_state_and_page_by_page(workshop, signed_in, mei):
    desk = signed_in("ola", "operator")
    empty = desk.get("/letters").json()
    assert (empty["letters"], empty["can_send"]) == ([], False)
    numbers = [write(workshop, mei, f"k{n}") for n in range(5)]
    end(workshop, numbers[0], post.sent)
    end(workshop, numbers[1], post.give_up, "550 nobody here")
    first = desk.get("/letters?limit=3").json()
    assert [each["id"] for each in first["letters"]] == numbers[:1:-1]
    rest = desk.get(f"/letters?limit=3&before={first['next_before']}").json()
    assert [each["id"] for each in rest["letters"]] == [numbers[1], numbers[0]]
    assert rest["next_before"] is None
    assert first["counts"] == {"waiting": 3, "sent": 1, "dead": 1, "moot": 0}
    (dead,) = desk.get("/letters?state=dead").json()["letters"]
    assert (dead["id"], dead["problem"], dead["try_at"]) == (numbers[1], "550 nobody here", None)
    assert desk.get("/letters?state=lost").status_code == 422


def test_an_address_finds_its_letters_and_the_log_names_no_address(workshop, signed_in, mei):
    desk = signed_in("ola", "operator")
    mine, other = write(workshop, mei, "k1"), account(workshop, OTHER, "en")
    write(workshop, other, "k2")
    found = desk.post("/letters/find", {"address": f" {ADDRESS.upper()} "})
    assert found.json() == {"viewer": mei}
    assert [each["id"] for each in desk.get(f"/letters?viewer={mei}").json()["letters"]] == [mine]
    assert told(workshop, "letters.searched") == [("letters.searched", f"viewer:{mei}")]
    assert told(workshop, "example.org") == []
    assert desk.post("/letters/find", {"address": "bo@example.org"}).status_code == 404
    assert desk.post("/letters/find", {"address": "no address"}).status_code == 409


def test_a_letter_is_read_in_the_language_it_was_sent_in(workshop, signed_in):
    viewer = account(workshop, ADDRESS, "es")
    letter = write(workshop, viewer, "k1")
    end(workshop, letter, post.sent)
    with workshop.transaction() as tx:
        note_language(tx, viewer, "en")  # read us in English since
    desk = signed_in("ola", "operator")
    sheet = desk.get(f"/letters/{letter}").json()
    assert (sheet["address"], sheet["language"], sheet["letter"]["state"]) == (
        ADDRESS,
        "es",
        "sent",
    )
    assert sheet["subject"].startswith("Tu recibo de Silkreel")
    assert "o1" in sheet["text"]
    assert told(workshop, "letter.read") == [("letter.read", f"letter:{letter}")]


def test_a_letter_without_words_says_so_instead_of_breaking(workshop, signed_in, mei):
    letter = write(workshop, mei, "k1", {"order": "o1"})
    sheet = signed_in("ola", "operator").get(f"/letters/{letter}")
    assert (sheet.status_code, sheet.json()["text"]) == (200, "")


def test_what_was_given_up_is_sent_again_one_by_one_or_all_at_once(workshop, signed_in, mei):
    desk = signed_in("ola", "support")
    numbers = [write(workshop, mei, f"k{n}") for n in range(4)]
    for number in numbers[:3]:
        end(workshop, number, post.give_up, "550 nobody here")
    one = desk.post(f"/letters/{numbers[0]}/again").json()
    assert (one["state"], one["tries"]) == ("waiting", 0)
    again = desk.post(f"/letters/{numbers[0]}/again")
    assert (again.status_code, again.json()["code"]) == (409, "people.not_dead")
    assert desk.post("/letters/again").json() == {"count": 2}
    assert desk.post("/letters/again").json() == {"count": 0}
    assert desk.get("/letters").json()["counts"]["waiting"] == 4
    with workshop.reading() as tx:
        (row,) = read_log(tx, HOUSE, Wanted("letters.again"))
        assert row.after == {"letters": numbers[1:3]}


def test_one_yes_begins_no_more_letters_than_a_log_row_holds(workshop, signed_in, mei, monkeypatch):
    monkeypatch.setattr(post, "AGAIN_AT_ONCE", 2)
    desk = signed_in("ola", "support")
    for number in [write(workshop, mei, f"k{n}") for n in range(3)]:
        end(workshop, number, post.give_up, "550 nobody here")
    assert [desk.post("/letters/again").json()["count"] for _ in range(3)] == [2, 1, 0]


def test_a_writer_reads_no_letters_and_each_try_is_written_down(workshop, signed_in, mei):
    letter = write(workshop, mei, "k1")
    writer = signed_in("lin", "writer")
    refused = [
        writer.get("/letters"), writer.get(f"/letters/{letter}"), writer.post("/letters/again"),
        writer.post("/letters/find", {"address": ADDRESS}), writer.post(f"/letters/{letter}/again"),
    ]  # fmt: skip
    assert {each.status_code for each in refused} == {403}
    assert len(told(workshop, "door.forbidden")) == len(refused)


def test_letters_of_another_brand_are_not_there(workshop, signed_in, mei):
    with workshop.transaction() as tx:
        tx.add(BrandRow(id="night", name="Night", domains=["night.example"],
                        second_factor="optional", made_at=now()))  # fmt: skip
        tx.flush()
    stranger = account(workshop, OTHER, "en", "night")
    letter = write(workshop, stranger, "k1", brand="night")
    end(workshop, letter, post.give_up, "550 nobody here")
    desk = signed_in("ola", "support")
    assert desk.get("/letters").json()["letters"] == []
    assert desk.get(f"/letters?viewer={stranger}").json()["letters"] == []
    assert desk.get(f"/letters/{letter}").status_code == 404
    assert desk.post(f"/letters/{letter}/again").status_code == 404
    assert desk.post("/letters/again").json() == {"count": 0}
    assert desk.post("/letters/find", {"address": OTHER}).status_code == 404
