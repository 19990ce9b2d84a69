"""Order, pay, webhook, coins: the whole path against Stripe's counterpart, on both databases."""

import random
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from threading import Barrier, Thread

import pytest
import sqlalchemy as sa
from stripe_counterpart import KEY, SECRET

from silkreel.commerce import orders, recharge
from silkreel.commerce.orders import LADDER, NoSuchOrder, OrderKeyReused, Wish
from silkreel.commerce.payments import Kind, OrderRef, PaymentFact, Truth, WrongEnvironment
from silkreel.commerce.providers.stripe import Stripe
from silkreel.commerce.recharge import FactChanged, WrongCurrency, WrongProduct
from silkreel.commerce.tables import (
    InboxEventRow,
    LotRow,
    OutboxRow,
    PriceBookRow,
    PriceRow,
    WalletRow,
)
from silkreel.flows.take_payments import (
    ask_about_open_orders,
    begin_order,
    claim,
    compare_books,
    give_back,
    give_back_odd_money,
    hear,
    work_inbox,
)

BACK = "http://shop.test/back"


def wish(key="k1", **more):
    values = {
        "viewer_id": "v1", "brand_id": "b1", "key": key, "sku": "coins-500", "market": "US",
        "channel": "web", "paid_coins": 500, "bonus_coins": 50, "currency": "USD",
        "gross_minor": 499, "tax_minor": 0, "provider": "stripe", "environment": "production",
    }  # fmt: skip
    return Wish(**{**values, **more})


@pytest.fixture
def stripe(stripe_side):
    return Stripe(KEY, (SECRET,), stripe_side.url, 0.3)


def now():
    return datetime.now(UTC)


def begin(database, stripe, **more):
    return begin_order(database, stripe, wish(**more), title="500 coins", return_url=BACK, at=now())


def told(database, stripe, delivery):
    raw, headers = delivery
    answer = hear(database, stripe, raw, headers, now())
    work_inbox(database, {"stripe": stripe}, now())
    return answer


def wallet(database):
    with database.reading() as tx:
        row = tx.scalars(sa.select(WalletRow)).one_or_none()
        return (0, 0, 0) if row is None else (row.paid, row.bonus, row.debt)


def state(database, order):
    with database.reading() as tx:
        return orders.find(tx, order.id).state


def payment(stripe_side, begun):
    return stripe_side.sessions[begun.way.provider_ref]["payment_intent"]


def test_a_paid_order_becomes_coins_once(database, stripe, stripe_side):
    begun = begin(database, stripe)
    assert begun.way.url.startswith("https://checkout.stripe.com/")
    delivery = stripe_side.pay(begun.way.provider_ref)
    for _ in range(3):
        assert told(database, stripe, delivery).refusal is None
    claim(database, stripe, begun.order.id, "", now(), viewer_id="v1")
    assert wallet(database) == (500, 50, 0)
    assert state(database, begun.order) == "paid"


def test_the_claim_may_come_before_the_webhook(database, stripe, stripe_side):
    begun = begin(database, stripe)
    delivery = stripe_side.pay(begun.way.provider_ref)
    assert claim(database, stripe, begun.order.id, "", now(), viewer_id="v1").state == "paid"
    told(database, stripe, delivery)
    assert wallet(database) == (500, 50, 0)


def test_claim_webhook_and_janitor_at_the_same_moment_grant_once(database, stripe, stripe_side):
    begun = begin(database, stripe)
    raw, headers = stripe_side.pay(begun.way.provider_ref)
    hear(database, stripe, raw, headers, now())
    providers, barrier, broken = {"stripe": stripe}, Barrier(6), []
    ways = [
        lambda: claim(database, stripe, begun.order.id, "", now(), viewer_id="v1"),
        lambda: work_inbox(database, providers, now()),
        lambda: ask_about_open_orders(database, providers, now() + LADDER[0]),
    ]

    def go(way):
        barrier.wait()
        try:
            way()
        except Exception as problem:  # noqa: BLE001 - whatever it is, the test shows it
            broken.append(problem)

    threads = [Thread(target=go, args=(way,)) for way in ways * 2]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert broken == []
    assert wallet(database) == (500, 50, 0)


def test_the_same_order_key_is_one_order_and_another_purchase_is_refused(database, stripe):
    assert begin(database, stripe).order.id == begin(database, stripe).order.id
    with pytest.raises(OrderKeyReused):
        begin(database, stripe, gross_minor=999)


def test_the_money_of_the_lot_is_what_was_paid(database, stripe, stripe_side):
    begun = begin(database, stripe, tax_minor=49)
    told(database, stripe, stripe_side.pay(begun.way.provider_ref))
    with database.reading() as tx:
        lot = tx.scalars(sa.select(LotRow).where(LotRow.source == "paid")).one()
    assert (lot.gross_minor, lot.tax_minor, lot.currency, lot.sandbox) == (499, 49, "USD", False)
    assert (lot.fee_minor, lot.net_minor, lot.fee_estimated) == (44, 406, False)
    assert lot.order_id == begun.order.id


@pytest.mark.parametrize(
    ("gross", "settled", "fee", "estimated"), [(499, "eur", 0, True), (20, None, 20, False)]
)
def test_a_fee_in_another_currency_is_not_known_and_none_is_above_the_price(
    database, stripe, stripe_side, gross, settled, fee, estimated
):
    stripe_side.settled_in = settled
    begun = begin(database, stripe, gross_minor=gross)
    told(database, stripe, stripe_side.pay(begun.way.provider_ref))
    with database.reading() as tx:
        lot = tx.scalars(sa.select(LotRow).where(LotRow.source == "paid")).one()
    assert (lot.fee_minor, lot.fee_estimated, lot.net_minor) == (fee, estimated, gross - fee)


def test_a_refund_takes_its_share_and_a_second_the_rest(database, stripe, stripe_side):
    begun = begin(database, stripe)
    told(database, stripe, stripe_side.pay(begun.way.provider_ref))
    told(database, stripe, stripe_side.give_back(payment(stripe_side, begun), 100))
    assert wallet(database)[0] == 500 - 500 * 100 // 499
    assert state(database, begun.order) == "partly_refunded"
    told(database, stripe, stripe_side.give_back(payment(stripe_side, begun), 399))
    assert wallet(database) == (0, 0, 0)
    assert state(database, begun.order) == "refunded"


def test_a_lost_dispute_takes_the_coins_and_a_won_one_gives_them_back(
    database, stripe, stripe_side
):
    begun = begin(database, stripe)
    told(database, stripe, stripe_side.pay(begun.way.provider_ref))
    told(database, stripe, stripe_side.dispute(payment(stripe_side, begun)))
    assert (state(database, begun.order), wallet(database)[0]) == ("disputed", 500)
    (dispute,) = stripe_side.disputes
    told(database, stripe, stripe_side.decide(dispute, "lost"))
    assert (state(database, begun.order), wallet(database)[0]) == ("charged_back", 0)
    told(database, stripe, stripe_side.decide(dispute, "won"))
    assert (state(database, begun.order), wallet(database)[0]) == ("paid", 500)


def test_staff_refunds_once_per_key(database, stripe, stripe_side):
    begun = begin(database, stripe)
    told(database, stripe, stripe_side.pay(begun.way.provider_ref))
    paid = payment(stripe_side, begun)
    for _ in range(2):
        give_back(database, stripe, begun.order.id, paid, 499, "refund-1", now())
    assert len(stripe_side.refunds) == 1
    assert wallet(database) == (0, 0, 0)


def test_another_amount_is_a_mismatch_never_a_guess_and_goes_back(database, stripe, stripe_side):
    begun = begin(database, stripe)
    told(database, stripe, stripe_side.pay(begun.way.provider_ref, amount=300))
    assert (state(database, begun.order), wallet(database)) == ("mismatch", (0, 0, 0))
    give_back_odd_money(database, {"stripe": stripe}, now())
    give_back_odd_money(database, {"stripe": stripe}, now())
    assert [each["amount"] for each in stripe_side.refunds.values()] == [300]
    assert state(database, begun.order) == "refunded"


def test_money_in_another_currency_is_refused_kept_and_alarmed(database, stripe, stripe_side):
    begun = begin(database, stripe)
    stripe_side.sessions[begun.way.provider_ref]["currency"] = "eur"
    told(database, stripe, stripe_side.pay(begun.way.provider_ref))
    assert (state(database, begun.order), wallet(database)) == ("created", (0, 0, 0))
    with database.reading() as tx:
        row = tx.scalars(sa.select(InboxEventRow)).one()
        alarm = tx.scalars(sa.select(OutboxRow).where(OutboxRow.topic == "alarm.inbox")).one()
    assert row.state == "parked"
    assert "is in USD, this payment is in EUR" in row.problem
    assert alarm.payload["inbox_id"] == row.id


def test_an_unanswered_order_is_unknown_and_the_janitor_finds_out(database, stripe, stripe_side):
    stripe_side.silent_after_work = 1
    begun = begin(database, stripe)
    assert (begun.way, begun.order.state) == (None, "unknown")
    assert begin(database, stripe).way is None  # never sent again blindly
    assert len(stripe_side.sessions) == 1
    (session,) = stripe_side.sessions
    stripe_side.pay(session)  # and its webhook is lost
    asked = ask_about_open_orders(database, {"stripe": stripe}, now() + LADDER[0])
    assert asked.applied == 1
    assert (state(database, begun.order), wallet(database)[0]) == ("paid", 500)


def test_the_janitor_climbs_its_ladder_then_asks_daily_for_thirty_days():
    start = datetime(2026, 6, 1, tzinfo=UTC)
    asks, at = [], start
    while (at := orders.next_ask(start, at)) is not None:
        asks.append(at - start)
    assert asks[:4] == list(LADDER)
    assert len(asks) == 4 + 29
    assert max(asks) <= timedelta(days=30)
    assert {later - earlier for earlier, later in pairwise(asks[3:])} == {timedelta(days=1)}


def test_what_a_provider_never_saw_expires_and_late_money_still_buys(database, stripe, stripe_side):
    begun = begin(database, stripe)
    page = begun.way.provider_ref
    stripe_side.expire(page)
    later = now() + LADDER[2]
    ask_about_open_orders(database, {"stripe": stripe}, later)
    assert state(database, begun.order) == "expired"
    told(database, stripe, stripe_side.pay(page))
    assert (state(database, begun.order), wallet(database)[0]) == ("paid", 500)


def test_a_silent_provider_leaves_messages_and_orders_for_later(database, stripe, stripe_side):
    begun = begin(database, stripe)
    raw, headers = stripe_side.pay(begun.way.provider_ref)
    hear(database, stripe, raw, headers, now())
    deaf = Stripe(KEY, (SECRET,), "http://127.0.0.1:9", 0.2)
    assert work_inbox(database, {"stripe": deaf}, now()).later == 1
    assert ask_about_open_orders(database, {"stripe": deaf}, now() + LADDER[0]).later == 1
    assert wallet(database) == (0, 0, 0)
    assert work_inbox(database, {"stripe": stripe}, now()).applied == 1
    assert wallet(database)[0] == 500


def test_the_daily_comparison_takes_in_what_nobody_told_us(database, stripe, stripe_side):
    first, second = begin(database, stripe), begin(database, stripe, key="k2")
    told(database, stripe, stripe_side.pay(first.way.provider_ref))
    stripe_side.pay(second.way.provider_ref)  # its webhook is lost
    report = compare_books(database, stripe, now() - timedelta(days=1), now())
    assert report.clean
    assert report.count("matched") == 2
    assert wallet(database)[0] == 1000


def test_sandbox_money_buys_sandbox_coins_only(database, stripe, stripe_side):
    real, trial = begin(database, stripe), begin(database, stripe, key="k2", environment="sandbox")
    for begun in (real, trial):
        stripe_side.pay(begun.way.provider_ref)
        stripe_side.sessions[begun.way.provider_ref]["livemode"] = False
    with pytest.raises(WrongEnvironment):
        claim(database, stripe, real.order.id, "", now(), viewer_id="v1")
    claim(database, stripe, trial.order.id, "", now(), viewer_id="v1")
    with database.reading() as tx:
        lots = list(tx.scalars(sa.select(LotRow).where(LotRow.source == "paid")))
    assert [(lot.order_id, lot.sandbox) for lot in lots] == [(trial.order.id, True)]


STORY = [
    (Kind.PENDING, "pay", 499), (Kind.PAID, "pay", 499), (Kind.PAID, "second", 499),
    (Kind.REFUNDED, "re1", 100), (Kind.REFUNDED, "re2", 250), (Kind.REFUND_REVERSED, "re1", 100),
    (Kind.DISPUTED, "dp", 499), (Kind.CHARGED_BACK, "dp", 499), (Kind.DISPUTE_WON, "dp", 499),
    (Kind.EXPIRED, "page", 499), (Kind.FAILED, "other", 499),
]  # fmt: skip
STORIES = 16


def live_through(database, stripe, viewer, facts):
    """An order to which facts become known one by one: how it ends, and with how many coins."""
    order = begin(database, stripe, viewer_id=viewer).order
    for kind, name, amount in facts:
        fact = PaymentFact(kind, f"{name}-{order.id}", amount, "USD", now())
        with database.transaction() as tx:
            recharge.learn(tx, "stripe", Truth(order.ref, "production", (fact,)), now())
    with database.reading() as tx:
        row = tx.scalars(sa.select(WalletRow).where(WalletRow.viewer_id == viewer)).one_or_none()
        coins = (row.paid, row.bonus, row.debt) if row else (0, 0, 0)
        return orders.find(tx, order.id).state, coins


def test_any_order_and_any_duplicates_end_in_the_same_state_with_as_many_coins(database, stripe):
    reached = set()
    for seed in range(STORIES):
        dice = random.Random(seed)
        facts = dice.sample(STORY, dice.randint(2, len(STORY)))
        again = facts + dice.choices(facts, k=3)
        dice.shuffle(again)
        told = live_through(database, stripe, f"a{seed}", facts)
        assert live_through(database, stripe, f"b{seed}", again) == told, f"seed {seed}: {facts}"
        reached.add(told)
    assert len({state for state, _ in reached}) >= 4
    assert {coins for _, coins in reached} >= {(0, 0, 0), (500, 50, 0)}


def test_one_payment_buys_one_order_only(database, stripe):
    first, second = begin(database, stripe), begin(database, stripe, key="k2")
    paid = PaymentFact(Kind.PAID, "pi_9", 499, "USD", now())
    with database.transaction() as tx:
        recharge.learn(tx, "stripe", Truth(first.order.ref, "production", (paid,)), now())
    with pytest.raises(FactChanged), database.transaction() as tx:
        recharge.learn(tx, "stripe", Truth(second.order.ref, "production", (paid,)), now())
    assert wallet(database)[0] == 500


def test_nobody_claims_for_another_viewer(database, stripe, stripe_side):
    begun = begin(database, stripe)
    stripe_side.pay(begun.way.provider_ref)
    with pytest.raises(NoSuchOrder):
        claim(database, stripe, begun.order.id, "", now(), viewer_id="v2")
    assert wallet(database) == (0, 0, 0)


def test_the_store_must_have_sold_what_the_price_book_names(database, stripe):
    with database.transaction() as tx:
        book = PriceBookRow(
            brand_id="b1", market="US", channel="ios", template="t", version=1, currency="USD",
            rules={}, valid_from=now(), approved_by=[],
        )  # fmt: skip
        tx.add(book)
        tx.flush()
        tx.add(PriceRow(book_id=book.id, item="bundle:500", minor=499, paid_coins=500,
                        store_sku="com.shop.coins500"))  # fmt: skip
        book_id = book.id
    order = begin(database, stripe, sku="bundle:500", book_id=book_id).order
    paid = PaymentFact(Kind.PAID, "t-1", 499, "USD", now())

    def learn(sold):
        with database.transaction() as tx:
            truth = Truth(order.ref, "production", (paid,), sold)
            return recharge.learn(tx, "stripe", truth, now())

    with pytest.raises(WrongProduct, match=r"com\.shop\.coins500"):
        learn("com.shop.coins100")
    assert learn("com.shop.coins500").state == "paid"


def test_money_for_no_order_of_ours_is_named(database):
    paid = PaymentFact(Kind.PAID, "pi_9", 499, "USD", now())
    truth = Truth(OrderRef("nowhere"), "production", (paid,))
    with pytest.raises(NoSuchOrder, match="nowhere"), database.transaction() as tx:
        recharge.learn(tx, "stripe", truth, now())


def test_a_wrong_currency_changes_nothing(database, stripe):
    begun = begin(database, stripe)
    paid = PaymentFact(Kind.PAID, "pi_9", 499, "EUR", now())
    with pytest.raises(WrongCurrency), database.transaction() as tx:
        recharge.learn(tx, "stripe", Truth(begun.order.ref, "production", (paid,)), now())
