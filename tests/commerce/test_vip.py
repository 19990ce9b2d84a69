"""VIP from the yes to the receipt, through the real orders, on both databases."""

import hashlib
import json
from dataclasses import replace
from datetime import timedelta
from threading import Barrier, Thread

import pytest
import sqlalchemy as sa

from coins import BRAND, NOW
from silkreel.commerce import vip
from silkreel.commerce.access import Right, rights_of
from silkreel.commerce.book import Plan
from silkreel.commerce.orders import Wish, find, place
from silkreel.commerce.payments import Kind, OrderRef, PaymentFact, Truth
from silkreel.commerce.pricebook import default_book, publish_book
from silkreel.commerce.providers.fake_book import FakeBook
from silkreel.commerce.providers.fake_psp import FakePsp
from silkreel.commerce.recharge import learn
from silkreel.commerce.tables import ConsentRow, OutboxRow, VipPeriodRow, VipRow
from silkreel.commerce.vip import Joining, NoConsent, TermsChanged, VipRuns, join, refunds_due
from silkreel.commerce.vip_leaving import (
    CannotPause,
    cancel,
    pause,
    resume,
    revoke,
    show_cancel,
    show_withdrawal,
    withdraw,
)
from silkreel.commerce.vip_record import NoSuchVip, load
from silkreel.commerce.vip_renewal import (
    NoReminder,
    NotRenewing,
    due_reminders,
    reminded,
    renew,
    rule_for,
    rules,
)
from silkreel.commerce.vip_screen import NoSuchPlan, ScreenIncomplete, Shown, Title, agree, draw
from silkreel.flows.give_back_vip import give_back_vip_money
from silkreel.flows.take_payments import hear, work_inbox
from silkreel.kit.clock import now
from silkreel.kit.money import Money

DAY = timedelta(days=1)
GAP = Title("s9", "The Lantern Thief")
TEXTS = ("VIP for a month: 29,99 USD", "Not included: The Lantern Thief", "Cancel in two taps")


@pytest.fixture
def book(database):
    with database.transaction() as tx:
        return publish_book(tx, default_book("US", BRAND), approved_by=("mei",), now=NOW - DAY)


def say_yes(tx, book, viewer="ana", plan="month", *, renews=True, at=NOW, texts=TEXTS, gaps=(GAP,)):
    screen = draw(book, plan, renews=renews, not_covered=gaps, texts=texts)
    return agree(tx, screen, Shown(viewer, BRAND, "en-US", "app 3", "203.0.113.0/24"), at)


def joining(yes, viewer="ana", key="k1", gaps=(GAP,)):
    return Joining(viewer, BRAND, yes.consent_id, key, "stripe", "production", gaps)


def take(tx, order, at, kind=Kind.PAID, name="pi", minor=None):
    minor = order.gross_minor if minor is None else minor
    fact = PaymentFact(kind, f"{name}_{order.id}", minor, "USD", at, 99)
    return learn(tx, "stripe", Truth(OrderRef(order.id), "production", (fact,)), at)


def begin(tx, book, viewer="ana", key="k1", at=NOW, **more):
    vip_id, order = join(
        tx, joining(say_yes(tx, book, viewer, at=at, **more), viewer, key), book, at
    )
    take(tx, order, at)
    return vip_id, order


def periods(tx, vip_id):
    rows = sa.select(VipPeriodRow).where(VipPeriodRow.vip_id == vip_id)
    return tx.scalars(rows.order_by(VipPeriodRow.starts_at)).all()


def state(tx, vip_id):
    return tx.get_one(VipRow, vip_id).state


def test_a_paid_order_makes_its_period_once_however_often_it_is_told(database, book):
    with database.transaction() as tx:
        vip_id, order = join(tx, joining(say_yes(tx, book)), book, NOW)
        assert (state(tx, vip_id), periods(tx, vip_id)) == ("pending", [])
        assert rights_of(tx, "ana", BRAND, "s1", "e1", NOW) == ()
        for _ in range(3):
            assert take(tx, order, NOW).state == "paid"
        (period,) = periods(tx, vip_id)
        end = NOW.replace(month=4)
        assert (period.starts_at, period.ends_at, period.order_id) == (NOW, end, order.id)
        assert (period.net_minor, period.currency) == (2900, "USD")
        assert state(tx, vip_id) == "active"
        assert rights_of(tx, "ana", BRAND, "s1", "e1", NOW) == (Right("vip", end),)


def test_the_yes_is_kept_to_the_byte_before_there_is_an_order(database, book):
    with database.transaction() as tx:
        yes = say_yes(tx, book)
        row = tx.get_one(ConsentRow, yes.consent_id)
        assert row.sha256 == hashlib.sha256(row.screen_json.encode()).hexdigest()
        assert row.screen_json == yes.screen.body
        told = json.loads(row.screen_json)
        assert (told["price_minor"], told["plan"], told["renews"]) == (2999, "month", True)
        assert told["texts"] == list(TEXTS)
        assert (row.locale, row.ui_version, row.at) == ("en-US", "app 3", NOW)


def test_nothing_is_charged_without_a_fresh_yes_of_this_viewer(database, book):
    with database.transaction() as tx:
        yes = say_yes(tx, book)
        with pytest.raises(NoConsent):
            join(tx, joining(yes, "bo"), book, NOW)
        with pytest.raises(NoConsent):
            join(tx, joining(replace(yes, consent_id=999)), book, NOW)
        with pytest.raises(NoConsent):
            join(tx, joining(yes), book, NOW + timedelta(hours=2))


def test_a_dearer_book_or_a_new_gap_asks_again(database, book):
    dear = replace(book, plans=(Plan("month", Money(3099, "USD")),))
    with database.transaction() as tx:
        yes = say_yes(tx, book)
        with pytest.raises(TermsChanged):
            join(tx, joining(yes), dear, NOW)
        with pytest.raises(TermsChanged):
            join(tx, joining(yes, gaps=(GAP, Title("s8", "Red Rain"))), book, NOW)


@pytest.mark.parametrize(
    "texts", [("Not included: The Lantern Thief",), ("29.99 USD",), ("129.99, The Lantern Thief",)]
)
def test_a_screen_that_hides_its_price_or_a_gap_is_refused(database, book, texts):
    with database.transaction() as tx, pytest.raises(ScreenIncomplete):
        say_yes(tx, book, texts=texts)


def test_a_plan_the_book_does_not_sell_is_refused(database, book):
    with database.transaction() as tx, pytest.raises(NoSuchPlan):
        say_yes(tx, book, plan="decade")


def test_joining_twice_with_one_yes_is_one_vip_and_one_order(database, book):
    with database.transaction() as tx:
        yes = say_yes(tx, book)
        assert join(tx, joining(yes), book, NOW) == join(tx, joining(yes), book, NOW)
        assert tx.scalar(sa.select(sa.func.count()).select_from(VipRow)) == 1


def test_one_yes_is_one_charge_whatever_key_it_comes_with(database, book):
    with database.transaction() as tx:
        yes = say_yes(tx, book)
        join(tx, joining(yes), book, NOW)
        with pytest.raises(NoConsent):
            join(tx, joining(yes, key="k2"), book, NOW)


def test_two_payments_at_the_same_moment_buy_one_vip(database, book):
    with database.transaction() as tx:
        pending = [join(tx, joining(say_yes(tx, book), key=key), book, NOW) for key in ("k1", "k2")]
    together = Barrier(2)

    def pay(order):
        together.wait()
        with database.transaction() as tx:
            take(tx, order, NOW + timedelta(minutes=1))

    threads = [Thread(target=pay, args=(order,)) for _, order in pending]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    with database.transaction() as tx:
        assert sorted(len(periods(tx, vip_id)) for vip_id, _ in pending) == [0, 1]
        assert sorted(len(refunds_due(tx, vip_id)) for vip_id, _ in pending) == [0, 1]


def test_who_has_vip_is_not_sold_it_again(database, book):
    with database.transaction() as tx:
        begin(tx, book)
        with pytest.raises(VipRuns, match="until 2026-04-01"):
            join(tx, joining(say_yes(tx, book), key="k2"), book, NOW)


def test_of_two_sheets_paid_at_once_the_second_goes_back_whole(database, book):
    with database.transaction() as tx:
        one, first = join(tx, joining(say_yes(tx, book)), book, NOW)
        two, second = join(tx, joining(say_yes(tx, book), key="k2"), book, NOW)
        take(tx, first, NOW)
        take(tx, second, NOW + timedelta(minutes=1))
        (due,) = refunds_due(tx, two)
        assert (due.owed.order_id, due.owed.money, due.owed.why) == (
            second.id, Money(2999, "USD"), "double",
        )  # fmt: skip
        assert due.payment == f"pi_{second.id}"
        assert (refunds_due(tx, one), len(periods(tx, one)), periods(tx, two)) == ([], 1, [])
        take(tx, second, NOW + DAY, Kind.REFUNDED, "re")
        assert refunds_due(tx, two) == []


def test_cancelling_keeps_the_days_and_gives_one_receipt(database, book):
    with database.transaction() as tx:
        vip_id, _ = begin(tx, book)
        seen = show_cancel(tx, vip_id, "ana", NOW + DAY)
        assert state(tx, vip_id) == "active"  # looking changes nothing
        receipt = cancel(tx, vip_id, "ana", NOW + DAY)
        assert receipt == seen
        assert receipt.ends_at == NOW.replace(month=4)
        assert state(tx, vip_id) == "cancelled"
        assert rights_of(tx, "ana", BRAND, "s1", "e1", NOW + 2 * DAY)
        assert cancel(tx, vip_id, "ana", NOW + 5 * DAY) == receipt
        sent = sa.select(OutboxRow.payload).where(OutboxRow.topic == "vip.receipt")
        assert [each["receipt"] for each in tx.scalars(sent)] == [receipt.body]


def test_a_charge_that_lands_after_cancelling_goes_back(database, book):
    with database.transaction() as tx:
        vip_id, order = join(tx, joining(say_yes(tx, book)), book, NOW)
        cancel(tx, vip_id, "ana", NOW + timedelta(minutes=1))
        take(tx, order, NOW + timedelta(minutes=2))
        assert [due.owed.why for due in refunds_due(tx, vip_id)] == ["after_cancel"]
        assert periods(tx, vip_id) == []


def test_withdrawing_ends_vip_and_owes_until_the_money_is_back(database, book):
    with database.transaction() as tx:
        vip_id, order = begin(tx, book)
        at = NOW + 3 * DAY
        seen = show_withdrawal(tx, vip_id, "ana", at, played=False)
        receipt = withdraw(tx, vip_id, "ana", at, played=False)
        assert receipt == seen
        assert receipt.returns[0].money == Money(2999, "USD")
        assert rights_of(tx, "ana", BRAND, "s1", "e1", at) == ()
        (due,) = refunds_due(tx, vip_id)
        assert (due.provider, due.payment) == ("stripe", f"pi_{order.id}")
        take(tx, order, at, Kind.REFUNDED, "re")
        assert refunds_due(tx, vip_id) == []
        assert state(tx, vip_id) == "ended"
        assert withdraw(tx, vip_id, "ana", at + DAY, played=True) == receipt


def test_who_has_watched_gets_the_unused_days(database, book):
    with database.transaction() as tx:
        vip_id, _ = begin(tx, book)
        receipt = withdraw(tx, vip_id, "ana", NOW + 10 * DAY, played=True)
        assert receipt.returns[0].money == Money(2999 - 2999 * 10 // 31, "USD")


def test_a_chargeback_revokes_and_winning_it_brings_vip_back(database, book):
    with database.transaction() as tx:
        vip_id, order = begin(tx, book)
        take(tx, order, NOW + DAY, Kind.CHARGED_BACK, "dp")
        assert state(tx, vip_id) == "revoked"
        assert rights_of(tx, "ana", BRAND, "s1", "e1", NOW + 2 * DAY) == ()
        take(tx, order, NOW + 3 * DAY, Kind.DISPUTE_WON, "dp")
        assert state(tx, vip_id) == "active"
        assert periods(tx, vip_id)[0].ends_at == NOW.replace(month=4)


def test_paused_days_come_back(database, book):
    with database.transaction() as tx:
        vip_id, _ = begin(tx, book)
        pause(tx, vip_id, "ana", NOW + 10 * DAY)
        assert rights_of(tx, "ana", BRAND, "s1", "e1", NOW + 11 * DAY) == ()
        with pytest.raises(CannotPause):
            pause(tx, vip_id, "ana", NOW + 11 * DAY)
        resume(tx, vip_id, "ana", NOW + 40 * DAY)
        assert periods(tx, vip_id)[-1].ends_at == NOW + 61 * DAY
        assert sum(period.net_minor for period in periods(tx, vip_id)) == 2900


def test_staff_revoke_and_strangers_do_nothing(database, book):
    with database.transaction() as tx:
        vip_id, _ = begin(tx, book)
        with pytest.raises(NoSuchVip):
            cancel(tx, vip_id, "bo", NOW)
        revoke(tx, vip_id, NOW + DAY, by="staff:mei", why="shared account")
        assert state(tx, vip_id) == "revoked"


def test_no_reminder_no_renewal(database, book):
    with database.transaction() as tx:
        vip_id, _ = begin(tx, book)
        end = NOW.replace(month=4)
        with pytest.raises(NotRenewing):
            renew(tx, vip_id, book, NOW + DAY)  # a month early
        with pytest.raises(NoReminder):
            renew(tx, vip_id, book, end - timedelta(hours=2))


def test_a_reminder_too_late_renews_nothing(database, book):
    with database.transaction() as tx:
        vip_id, _ = begin(tx, book)
        end = NOW.replace(month=4)
        (reminder,) = due_reminders(tx, end - 5 * DAY)
        reminded(tx, reminder, end - 2 * DAY)
        with pytest.raises(NoReminder):
            renew(tx, vip_id, book, end - timedelta(hours=2))


def test_a_reminded_renewal_is_charged_once_at_the_agreed_price_or_less(database, book):
    dear = replace(book, plans=(Plan("month", Money(9999, "USD")),))
    cheap = replace(book, plans=(Plan("month", Money(1999, "USD")),))
    end = NOW.replace(month=4)
    with database.transaction() as tx:
        vip_id, _ = begin(tx, book)
        begin(tx, book, "bo", renews=False)
        assert due_reminders(tx, NOW + DAY) == []
        (reminder,) = due_reminders(tx, end - 5 * DAY)  # not bo's, who did not choose it
        assert (reminder.viewer_id, reminder.renews_at, reminder.price.minor) == ("ana", end, 2999)
        reminded(tx, reminder, end - 5 * DAY)
        assert due_reminders(tx, end - 4 * DAY) == []
        order, price = renew(tx, vip_id, dear, end - timedelta(hours=2))
        assert price == Money(2999, "USD")
        assert renew(tx, vip_id, cheap, end - timedelta(hours=1)) == (order, price)
        assert vip.load(tx, vip_id).vip.state(end) == "grace"
        take(tx, order, end + timedelta(hours=1))
        assert [p.starts_at for p in periods(tx, vip_id)] == [NOW, end]
        assert state(tx, vip_id) == "active"
        other, _ = begin(tx, book, "cy", key="k7")
        (reminder,) = [r for r in due_reminders(tx, end - 5 * DAY) if r.viewer_id == "cy"]
        reminded(tx, reminder, end - 5 * DAY)
        assert renew(tx, other, cheap, end - timedelta(hours=2))[1] == Money(1999, "USD")


def test_time_alone_moves_states(database, book):
    with database.transaction() as tx:
        vip_id, _ = begin(tx, book)
        assert vip.restate(tx, NOW + DAY) == 0
        assert vip.restate(tx, NOW + 60 * DAY) == 1
        assert state(tx, vip_id) == "ended"
        assert vip.restate(tx, NOW + 61 * DAY) == 0


def test_money_for_a_vip_nobody_agreed_to_grants_nothing_and_raises_an_alarm(database, book):
    wish = Wish(viewer_id="ana", brand_id=BRAND, key="k", sku="vip:month", market="US", channel="web",
                paid_coins=0, bonus_coins=0, currency="USD", gross_minor=2999, tax_minor=0,
                provider="stripe", environment="production")  # fmt: skip
    with database.transaction() as tx:
        order = place(tx, wish, NOW)
        assert take(tx, order, NOW).state == "paid"
        take(tx, order, NOW, Kind.REFUNDED, "re", 1)
        alarms = sa.select(sa.func.count()).where(OutboxRow.topic == "alarm.vip")
        assert tx.scalar(alarms) == 1
        assert tx.scalar(sa.select(sa.func.count()).select_from(VipPeriodRow)) == 0


def test_vip_never_covers_less_than_its_screen_said(database, book):
    def covered(series, out_since, *, excluded):
        return vip.covered(tx, "ana", BRAND, series, out_since, NOW + DAY, excluded=excluded)

    with database.transaction() as tx:
        begin(tx, book)
        assert covered("s1", NOW - DAY, excluded=False)
        assert covered("s1", NOW - DAY, excluded=True)  # left out since: it was not named
        assert not covered("s9", NOW - DAY, excluded=True)  # named before the purchase
        assert covered("s9", NOW - DAY, excluded=False)
        assert not covered("s2", NOW + DAY / 2, excluded=True)  # came out after the yes


def test_a_guests_vip_is_the_accounts(database, book):
    with database.transaction() as tx:
        vip_id, _ = begin(tx, book, "guest")
        vip.merge_vips(tx, "guest", "ana", BRAND)
        assert rights_of(tx, "ana", BRAND, "s1", "e1", NOW)
        assert load(tx, vip_id).viewer_id == "ana"


def test_what_a_guest_pays_after_signing_in_is_a_second_vip_all_the_same(database, book):
    with database.transaction() as tx:
        begin(tx, book)
        vip_id, order = join(tx, joining(say_yes(tx, book, "guest"), "guest"), book, NOW)
        vip.merge_vips(tx, "guest", "ana", BRAND)
        take(tx, order, NOW + timedelta(minutes=5))
        assert [due.owed.why for due in refunds_due(tx, vip_id)] == ["double"]


def test_the_british_rule_is_written_and_switched_off():
    assert [rule.id for rule in rules() if rule.in_force is None] == ["uk-dmcc"]
    assert rule_for("year", "GB", NOW.date()).id == "year"


def test_what_is_owed_goes_back_by_itself_once(database, book, tmp_path):
    psp = FakePsp(FakeBook(tmp_path / "book.db"), "s")
    with database.transaction() as tx:
        asked = replace(joining(say_yes(tx, book)), provider="fake_psp", environment="sandbox")
        vip_id, order = join(tx, asked, book, NOW)
    page = psp.create(order.terms("VIP", "/"))
    event = psp.happen(page.provider_ref, Kind.PAID, "pay_1", order.gross_minor, now())
    hear(database, psp, event.raw, event.headers, now())
    work_inbox(database, {"fake_psp": psp}, now())
    with database.transaction() as tx:
        assert withdraw(tx, vip_id, "ana", now(), played=False).returns
    done = [give_back_vip_money(database, {"fake_psp": psp}, now()).applied for _ in range(2)]
    assert done == [1, 0]
    with database.reading() as tx:
        assert tx.get_one(VipRow, vip_id).owed_minor == 0
        assert find(tx, order.id).state == "refunded"
