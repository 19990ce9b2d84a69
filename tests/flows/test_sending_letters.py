"""Letters to viewers, from what happened to a mail server that takes them, on both databases."""

import io
import json
import zipfile
from contextlib import suppress
from dataclasses import replace
from datetime import timedelta
from threading import Event

import pytest
import sqlalchemy as sa

from coins import NOW
from mail_server import MailServer, mailing
from silkreel.commerce import vip_leaving, withdrawals
from silkreel.commerce.orders import Wish, place
from silkreel.commerce.payments import Kind, OrderRef, PaymentFact, Truth
from silkreel.commerce.pricebook import default_book, publish_book
from silkreel.commerce.recharge import learn
from silkreel.commerce.vip import Joining, join
from silkreel.commerce.vip_record import load
from silkreel.commerce.vip_renewal import NoReminder, renew
from silkreel.commerce.vip_screen import Shown, agree, draw
from silkreel.flows.postman import Rounds, postman
from silkreel.flows.send_letters import Carried, send_letters, write_reminders
from silkreel.flows.viewer_rights import erase, export
from silkreel.people import post
from silkreel.people.actors import NotYours, machine, nobody
from silkreel.people.audit import Wanted, read_log
from silkreel.people.brands import HOUSE
from silkreel.people.tables import LetterRow
from silkreel.people.viewers import MAIL, Identity, make_account, new_guest, note_language

DAY = timedelta(days=1)
ADDRESS = "mei@example.org"
TRADER = "Night Market Ltd, 1 Quay Street, Porto"
US = default_book("US", HOUSE)
TEXTS = ("VIP for a month: 29.99 USD", "Cancel any time")


@pytest.fixture
def mail():
    opened = []

    def open_server(**moods):
        opened.append(MailServer(**moods))
        return opened[-1]

    yield open_server
    for server in opened:
        server.shutdown()
        server.server_close()


@pytest.fixture
def mei(database):
    return account(database, ADDRESS, "en")


@pytest.fixture
def book(database):
    with database.transaction() as tx:
        return publish_book(tx, US, approved_by=("li",), now=NOW - DAY)


def account(database, address, language):
    with database.transaction() as tx:
        viewer = new_guest(tx, HOUSE, NOW)
        make_account(tx, viewer, Identity(HOUSE, MAIL, address), NOW)
        note_language(tx, viewer, language)
    return viewer


def pay(tx, order, at=NOW, name="pi"):
    paid = PaymentFact(Kind.PAID, f"{name}_{order.id}", order.gross_minor, order.currency, at, 30)
    return learn(tx, "stripe", Truth(OrderRef(order.id), "production", (paid,)), at)


def recharge(tx, viewer, key="k", **more):
    wish = Wish(
        viewer_id=viewer, brand_id=HOUSE, key=key, sku="bundle:500", market="US", channel="web",
        paid_coins=500, bonus_coins=50, currency="USD", gross_minor=499, tax_minor=41,
        provider="stripe", environment="production",
    )  # fmt: skip
    order = place(tx, replace(wish, **more), NOW)
    pay(tx, order)
    return order


def join_vip(tx, viewer, book, *, renews=True):
    screen = draw(book, "month", renews=renews, not_covered=(), texts=TEXTS)
    yes = agree(tx, screen, Shown(viewer, HOUSE, "en", "1"), NOW)
    asked = Joining(viewer, HOUSE, yes.consent_id, "vip", "stripe", "production")
    vip_id, order = join(tx, asked, book, NOW)
    pay(tx, order)
    return vip_id


def send(settings, database, server, at=NOW):
    told = mailing(settings, server).model_copy(
        update={"trader": TRADER, "public_url": "https://night.example"}
    )
    return send_letters(told, database, lambda: at)


def letters(database):
    with database.reading() as tx:
        return post.posted(tx, HOUSE)


def text_of(letter):
    return letter.get_body(("plain",)).get_content()


def page_of(letter):
    return letter.get_body(("html",)).get_content()


def test_a_receipt_leaves_with_price_tax_trader_and_the_way_back(settings, database, mei, mail):
    with database.transaction() as tx:
        order = recharge(tx, mei)
        pay(tx, order)  # told twice
    server = mail()
    assert send(settings, database, server) == Carried(sent=1)
    (came,) = server.read()
    assert (came["To"], came["Subject"]) == (ADDRESS, "Your receipt from Silkreel: $4.99")
    for part in ("500 coins", "50 bonus coins", order.id, "$4.99", "$0.41", TRADER, "14 days",
                 "https://night.example/rights"):  # fmt: skip
        assert part in text_of(came), part
        assert part in page_of(came), part
    assert '<a href="https://night.example/rights">' in page_of(came)
    assert "<img" not in page_of(came)
    assert send(settings, database, server) == Carried()


@pytest.mark.parametrize(
    ("language", "subject"),
    [
        ("es", "Tu recibo de Silkreel"), ("pt-BR", "Seu recibo de Silkreel"),
        ("zh-Hans", "Silkreel"),
    ],
)  # fmt: skip
def test_a_letter_is_in_the_language_its_reader_last_read_us_in(
    settings, database, mail, language, subject
):
    viewer = account(database, ADDRESS, language)
    with database.transaction() as tx:
        recharge(tx, viewer, currency="JPY", gross_minor=4800, tax_minor=436)
    server = mail()
    send(settings, database, server)
    (came,) = server.read()
    assert came["Subject"].startswith(subject)
    assert f'lang="{language}"' in page_of(came)
    assert "Your receipt" not in text_of(came)
    assert "4800 JPY" not in text_of(came) or language == "es"  # as Spanish writes it


def test_an_order_that_is_not_paid_and_a_guest_get_no_letter(settings, database, mei):
    with database.transaction() as tx:
        recharge(tx, new_guest(tx, HOUSE, NOW))
        wish = Wish(
            viewer_id=mei, brand_id=HOUSE, key="open", sku="bundle:500", market="US",
            channel="web", paid_coins=500, bonus_coins=0, currency="USD", gross_minor=499,
            tax_minor=0, provider="stripe", environment="production",
        )  # fmt: skip
        place(tx, wish, NOW)
    assert letters(database) == []


def test_a_letter_is_of_the_same_transaction_as_what_it_tells(database, mei):
    class CrashError(Exception):
        pass

    with suppress(CrashError), database.transaction() as tx:
        recharge(tx, mei)
        raise CrashError
    assert letters(database) == []


def test_a_vip_order_is_confirmed_word_for_word(settings, database, mei, book, mail):
    with database.transaction() as tx:
        join_vip(tx, mei, book)
    server = mail()
    send(settings, database, server)
    told = text_of(server.read()[0])
    for part in (*TEXTS, "Apr 1, 2026", "$29.99", "https://night.example/vip"):
        assert part in told, part


def test_leaving_vip_and_withdrawing_are_acknowledged_to_the_byte(
    settings, database, mei, book, mail
):
    with database.transaction() as tx:
        recharge(tx, mei)
        vip_id = join_vip(tx, mei, book)
        vip_leaving.cancel(tx, vip_id, mei, NOW + DAY)
        vip_leaving.cancel(tx, vip_id, mei, NOW + DAY)  # said twice
        shown = withdrawals.show(tx, withdrawals.Asking(mei, HOUSE, "US", "coins"), NOW + DAY)
        done = withdrawals.confirm(tx, shown.id, mei, NOW + DAY)
        leaving = withdrawals.Asking(mei, HOUSE, "US", "vip", str(vip_id))
        withdrawals.confirm(tx, withdrawals.show(tx, leaving, NOW + DAY).id, mei, NOW + DAY)
    server = mail()
    assert send(settings, database, server, NOW + DAY).sent == 5
    told = {each["Subject"]: text_of(each) for each in server.read()}
    cancelled = told["You have cancelled VIP at Silkreel"]
    assert "nothing will be charged again" in cancelled
    assert "It stays open until Apr 1, 2026." in cancelled
    back = told["Your withdrawal at Silkreel"]
    assert done.sha256 in back
    assert "500 coins, $4.99" in back
    assert "$29.99 goes back the way you paid." in told["You have withdrawn from VIP at Silkreel"]


def test_a_renewal_is_charged_only_after_its_reminder_was_taken(
    settings, database, mei, book, mail
):
    with database.transaction() as tx:
        vip_id = join_vip(tx, mei, book)
        end = load(tx, vip_id).vip.ends_at
    due = end - 5 * DAY
    assert write_reminders(database, NOW + DAY) == 0  # too early
    assert [write_reminders(database, due) for _ in range(2)] == [1, 1]
    server = mail()
    assert send(settings, database, server, due).sent == 2  # with the receipt; no reminder twice
    came = server.read()[-1]
    assert came["Subject"] == "VIP renews on Apr 1, 2026 for $29.99"
    for part in ("VIP for a month", "$29.99", "Apr 1, 2026", "https://night.example/vip", TRADER):
        assert part in text_of(came), part
    assert write_reminders(database, due + DAY) == 0
    with database.transaction() as tx:
        assert renew(tx, vip_id, book, end - timedelta(hours=2))[1].minor == 2999


def test_a_reminder_that_did_not_arrive_leaves_the_renewal_uncharged(
    settings, database, mei, book, mail
):
    """The server is down until it is too late: the letter is let go, nothing false is sent."""
    with database.transaction() as tx:
        vip_id = join_vip(tx, mei, book)
        end = load(tx, vip_id).vip.ends_at
    write_reminders(database, end - 5 * DAY)
    server = mail()
    done = send(settings, database, server, end - 2 * DAY)
    assert (done.sent, done.moot) == (1, 1)
    assert [each["Subject"] for each in server.read()] == ["Your receipt from Silkreel: $29.99"]
    with database.transaction() as tx, pytest.raises(NoReminder):
        renew(tx, vip_id, book, end - timedelta(hours=2))


def test_who_cancels_before_the_reminder_leaves_is_not_reminded(
    settings, database, mei, book, mail
):
    with database.transaction() as tx:
        vip_id = join_vip(tx, mei, book)
        end = load(tx, vip_id).vip.ends_at
    write_reminders(database, end - 5 * DAY)
    with database.transaction() as tx:
        vip_leaving.cancel(tx, vip_id, mei, end - 5 * DAY)
    server = mail()
    assert send(settings, database, server, end - 4 * DAY).moot == 1
    assert not [each for each in server.read() if "renews" in each["Subject"]]


def test_everybody_who_is_due_is_reminded_beyond_the_first_page(
    database, book, monkeypatch, settings
):
    monkeypatch.setattr("silkreel.commerce.vip_renewal.ending_vips.__defaults__", (0, 2))
    for number in range(5):
        viewer = account(database, f"v{number}@example.org", "en")
        with database.transaction() as tx:
            vip_id = join_vip(tx, viewer, book, renews=number != 0)
    with database.reading() as tx:
        end = load(tx, vip_id).vip.ends_at
    assert write_reminders(database, end - 5 * DAY) == 4


def test_a_server_that_is_away_costs_a_try_and_no_letter(settings, database, mei, mail):
    with database.transaction() as tx:
        recharge(tx, mei)
        recharge(tx, mei, key="second")
    server = mail(busy=1)
    assert send(settings, database, server) == Carried(later=1)
    first, second = sorted(letters(database), key=lambda each: each.tries, reverse=True)
    assert (first.tries, first.try_at) == (1, NOW + post.WAITS[0])
    assert (second.tries, second.try_at) == (0, NOW)
    assert send(settings, database, server, NOW + DAY).sent == 2


def test_no_mail_server_is_no_try(settings, database, mei):
    with database.transaction() as tx:
        recharge(tx, mei)
    assert send_letters(settings, database, lambda: NOW) == Carried()
    assert letters(database)[0].tries == 0


def test_a_letter_nobody_takes_waits_longer_each_time_and_is_given_up(
    settings, database, mei, mail
):
    bo = account(database, "bo@example.org", "en")
    with database.transaction() as tx:
        recharge(tx, mei)
        recharge(tx, bo, key="bo")
    server, at, waits = mail(delayed=("mei@",)), NOW, []
    assert send(settings, database, server) == Carried(sent=1, later=1)  # others go on
    while (letter := letters(database)[-1]).state == "waiting":
        waits.append(letter.try_at - at)
        at = letter.try_at
        send(settings, database, server, at)
    assert tuple(waits) == post.WAITS
    assert letter.state == "dead"
    assert "451" in letter.problem


def test_an_address_that_is_none_is_given_up_at_once_and_begun_again_by_a_person(
    settings, database, mei, mail
):
    with database.transaction() as tx:
        recharge(tx, mei)
    server = mail(unknown=("mei@",))
    assert send(settings, database, server) == Carried(given_up=1)
    (dead,) = letters(database)
    assert (dead.state, "550" in dead.problem) == ("dead", True)
    with database.transaction() as tx, pytest.raises(NotYours):
        post.begin_again(tx, dead.id, nobody(HOUSE, NOW))
    with database.transaction() as tx:
        post.begin_again(tx, dead.id, machine("root", HOUSE, NOW))
        with pytest.raises(post.NotDead):
            post.begin_again(tx, dead.id, machine("root", HOUSE, NOW))
        with pytest.raises(post.NoSuchLetter):
            post.begin_again(tx, dead.id, machine("root", "other", NOW))
    server.unknown = ()
    assert send(settings, database, server) == Carried(sent=1)
    with database.reading() as tx:
        assert [each.action for each in read_log(tx, HOUSE, Wanted())] == ["letter.again"]


def test_a_sender_that_dies_after_handing_over_sends_the_same_letter_again(
    settings, database, mei, mail, monkeypatch
):
    """At least once: a mail program knows the second by its Message-ID."""
    with database.transaction() as tx:
        recharge(tx, mei)
    server = mail()
    with monkeypatch.context() as dying:
        dying.setattr(post, "sent", lambda *_: (_ for _ in ()).throw(KeyboardInterrupt))
        with pytest.raises(KeyboardInterrupt):
            send(settings, database, server)
    assert send(settings, database, server, NOW + timedelta(minutes=1)) == Carried()  # still held
    assert send(settings, database, server, NOW + post.HELD_FOR) == Carried(sent=1)
    first, second = server.read()
    assert first["Message-ID"] == second["Message-ID"]
    assert first.as_bytes().count(b"@night.example>") >= 1
    assert text_of(first) == text_of(second)
    assert first["Auto-Submitted"] == "auto-generated"


def test_two_senders_never_hold_the_same_letter(database, mei):
    with database.transaction() as tx:
        for number in range(3):
            recharge(tx, mei, key=str(number))
    with database.transaction() as tx:
        first = post.take(tx, NOW, 2)
    with database.transaction() as tx:
        second = post.take(tx, NOW, 2)
    assert len({each.id for each in first} | {each.id for each in second}) == 3


def test_a_letter_whose_words_cannot_be_found_does_not_stop_the_others(
    settings, database, mei, mail
):
    with database.transaction() as tx:
        post.write(tx, (mei, HOUSE), "horoscope", "x", {}, NOW)
        recharge(tx, mei)
    assert send(settings, database, mail()) == Carried(sent=1, given_up=1)


def test_letters_go_with_their_reader(settings, database, mei, mail):
    with database.transaction() as tx:
        recharge(tx, mei)
        held = post.take(tx, NOW, 9)
    with database.transaction() as tx:
        erase(tx, (mei, HOUSE), NOW, give_up_coins=True)
        post.sent(tx, held[0].id, NOW)  # whoever held it finds nothing, and says nothing
        assert tx.scalar(sa.select(sa.func.count()).select_from(LetterRow)) == 0
    assert send(settings, database, mail()) == Carried()


def test_what_a_viewer_is_sent_is_in_their_own_export(database, mei):
    with database.transaction() as tx:
        order = recharge(tx, mei)
    with database.reading() as tx:
        packed = zipfile.ZipFile(io.BytesIO(export(tx, (mei, HOUSE), NOW)))
    (letter,) = json.loads(packed.read("all.json"))["letters"]
    assert (letter["kind"], letter["facts"]["order"]) == ("receipt", order.id)


def test_the_postman_goes_by_himself_and_stops_when_told(settings, database, mei, book, mail):
    server, taken = mail(), Event()
    server.letters = Told(taken)
    told = mailing(settings, server)
    with database.transaction() as tx:
        vip_id = join_vip(tx, mei, book)
        due = load(tx, vip_id).vip.ends_at - 5 * DAY
    with postman(told, rounds=Rounds(seconds=0.05), clock=lambda: due):
        assert taken.wait(120)
    assert {each["Subject"][:4] for each in server.read()} == {"Your", "VIP "}


class Told(list):
    """Letters that say when two have come."""

    def __init__(self, enough):
        super().__init__()
        self.enough = enough

    def append(self, letter):
        super().append(letter)
        if len(self) == 2:
            self.enough.set()
