"""Stripe over real HTTP, against a counterpart that keeps state as Stripe does."""

import json
from datetime import UTC, datetime, timedelta

import pytest
from stripe_counterpart import KEY, SECRET

from silkreel.commerce.payments import (
    BadSignature,
    Kind,
    OrderRef,
    OrderTerms,
    OutOfTime,
    ProviderMissing,
    ProviderRefused,
    ProviderSilent,
    Unreadable,
)
from silkreel.commerce.providers.stripe import Stripe
from silkreel.commerce.signatures import sign
from silkreel.commerce.standing import stand
from silkreel.kit.settings import Settings


def order(number="o7", gross=499, currency="USD"):
    return OrderTerms(
        id=number, viewer_id="v1", sku="coins-500", title="500 coins", currency=currency,
        gross_minor=gross, created_at=datetime.now(UTC), return_url="http://shop.test/back",
    )  # fmt: skip


@pytest.fixture
def stripe(stripe_side):
    return Stripe(KEY, (SECRET,), stripe_side.url, 0.3)


def kinds(truth):
    return sorted(fact.kind for fact in truth.facts)


def test_without_keys_it_says_which_settings_to_set():
    with pytest.raises(ProviderMissing, match="SILKREEL_STRIPE_SECRET_KEY"):
        Stripe.open(Settings(stripe_secret_key="sk_test_1"))


def test_open_takes_two_webhook_secrets_and_shows_none():
    settings = Settings(stripe_secret_key="sk_live_9", stripe_webhook_secrets="whsec_1, whsec_2")
    stripe = Stripe.open(settings)
    body = json.dumps(
        {"id": "evt_1", "data": {"object": {"object": "payment_intent", "id": "pi_1"}}}
    ).encode()
    now = datetime.now(UTC)
    for secret in ("whsec_1", "whsec_2"):
        stripe.verify(body, {"stripe-signature": sign(body, secret, now)}, now)
    assert "whsec" not in repr(settings)
    assert "sk_live" not in repr(settings)


def test_a_paid_session_is_one_payment_of_the_price(stripe, stripe_side):
    page = stripe.create(order())
    raw, headers = stripe_side.pay(page.provider_ref)
    notice = stripe.verify(raw, headers, datetime.now(UTC))
    assert notice.truth is None  # an event is a hint
    assert notice.ref == OrderRef("o7", page.provider_ref)
    truth = stripe.fetch(notice.ref)
    (fact,) = truth.facts
    assert (fact.kind, fact.amount_minor, fact.currency) == (Kind.PAID, 499, "USD")
    assert fact.provider_object == stripe_side.sessions[page.provider_ref]["payment_intent"]
    assert truth.environment == "production"


def test_the_same_order_twice_is_the_same_session(stripe, stripe_side):
    terms = order()
    assert stripe.create(terms) == stripe.create(terms)
    assert len(stripe_side.sessions) == 1


def test_a_session_whose_answer_was_lost_is_found_by_asking(stripe, stripe_side):
    stripe_side.silent_after_work = 1
    terms = order()
    with pytest.raises(ProviderSilent, match="Do not pay again"):
        stripe.create(terms)
    (session,) = stripe_side.sessions
    stripe_side.pay(session)
    truth = stripe.fetch(OrderRef(order_id="o7", since=terms.created_at))
    assert kinds(truth) == ["paid"]
    assert truth.ref.provider_ref == session
    assert stripe.fetch(OrderRef(order_id="o8", since=terms.created_at)) is None


def test_vouchers_are_pending_then_paid_or_failed(stripe, stripe_side):
    first, second = stripe.create(order("o1")), stripe.create(order("o2"))
    for page in (first, second):
        stripe_side.pay_by_voucher(page.provider_ref)
        assert kinds(stripe.fetch(OrderRef(provider_ref=page.provider_ref))) == ["pending"]
    stripe_side.voucher_arrives(first.provider_ref)
    stripe_side.voucher_fails(second.provider_ref)
    assert kinds(stripe.fetch(OrderRef(provider_ref=first.provider_ref))) == ["paid"]
    failed = stripe.fetch(OrderRef(provider_ref=second.provider_ref))
    assert kinds(failed) == ["failed", "pending"]
    assert stand(499, failed.facts).state == "failed"


def test_an_expired_page_is_expired(stripe, stripe_side):
    page = stripe.create(order())
    assert stripe.fetch(OrderRef(provider_ref=page.provider_ref)).facts == ()
    stripe_side.expire(page.provider_ref)
    assert kinds(stripe.fetch(OrderRef(provider_ref=page.provider_ref))) == ["expired"]


def test_a_refund_or_dispute_event_leads_to_its_order(stripe, stripe_side):
    page = stripe.create(order())
    stripe_side.pay(page.provider_ref)
    payment = stripe_side.sessions[page.provider_ref]["payment_intent"]
    raw, headers = stripe_side.give_back(payment, 100)
    truth = stripe.fetch(stripe.verify(raw, headers, datetime.now(UTC)).ref)
    assert truth.ref.order_id == "o7"
    assert stand(499, truth.facts).state == "partly_refunded"
    raw, headers = stripe_side.dispute(payment)
    truth = stripe.fetch(stripe.verify(raw, headers, datetime.now(UTC)).ref)
    assert stand(499, truth.facts).state == "disputed"
    (dispute,) = stripe_side.disputes
    stripe_side.decide(dispute, "lost")
    assert stand(499, stripe.fetch(truth.ref).facts).state == "charged_back"
    stripe_side.decide(dispute, "won")
    assert stand(499, stripe.fetch(truth.ref).facts).state == "partly_refunded"


def test_refunds_go_once_per_key_and_never_beyond_the_payment(stripe, stripe_side):
    page = stripe.create(order())
    stripe_side.pay(page.provider_ref)
    payment = stripe_side.sessions[page.provider_ref]["payment_intent"]
    first = stripe.refund(payment, 200, "USD", "refund-1")
    assert stripe.refund(payment, 200, "USD", "refund-1") == first
    assert len(stripe_side.refunds) == 1
    with pytest.raises(ProviderRefused, match="greater than unrefunded"):
        stripe.refund(payment, 300, "USD", "refund-2")


def test_a_lost_answer_to_a_refund_may_be_asked_again(stripe, stripe_side):
    page = stripe.create(order())
    stripe_side.pay(page.provider_ref)
    payment = stripe_side.sessions[page.provider_ref]["payment_intent"]
    stripe_side.silent_after_work = 1
    with pytest.raises(ProviderSilent):
        stripe.refund(payment, 200, "USD", "refund-1")
    assert stripe.refund(payment, 200, "USD", "refund-1").amount_minor == 200
    assert len(stripe_side.refunds) == 1


def test_the_list_walks_every_page_and_finds_late_refunds(stripe, stripe_side):
    pages = [stripe.create(order(f"o{number}")) for number in range(1, 6)]
    for page in pages:
        stripe_side.pay(page.provider_ref)
    assert sorted(truth.ref.order_id for truth in stripe.list(hour_ago())) == [
        "o1", "o2", "o3", "o4", "o5",
    ]  # fmt: skip
    stripe_side.clock += 40 * 24 * 3600
    payment = stripe_side.sessions[pages[2].provider_ref]["payment_intent"]
    stripe_side.give_back(payment, 499)
    later = datetime.fromtimestamp(stripe_side.clock - 60, UTC)
    (late,) = stripe.list(later)
    assert (late.ref.order_id, stand(499, late.facts).state) == ("o3", "refunded")


def test_money_of_another_shop_on_the_same_account_is_not_ours(stripe, stripe_side):
    page = stripe.create(order())
    stripe_side.sessions[page.provider_ref].update(client_reference_id="cart-7", metadata={})
    assert list(stripe.list(hour_ago())) == []


def test_a_retry_that_counts_other_receivers_says_the_same(stripe, stripe_side):
    raw, _ = stripe_side.pay(stripe.create(order()).provider_ref)
    event = json.loads(raw)
    first, second = (
        stripe.read(json.dumps({**event, "pending_webhooks": left}).encode()) for left in (2, 1)
    )
    assert first == second
    assert stripe.read(json.dumps({**event, "type": "x"}).encode()).fingerprint != first.fingerprint


def test_iceland_has_no_decimals_and_stripe_two(stripe, stripe_side):
    page = stripe.create(order(gross=700, currency="ISK"))
    assert stripe_side.sessions[page.provider_ref]["amount_total"] == 70_000
    stripe_side.pay(page.provider_ref)
    (fact,) = stripe.fetch(OrderRef(provider_ref=page.provider_ref)).facts
    assert fact.amount_minor == 700


@pytest.mark.parametrize(
    ("raw", "why"),
    [
        (b"not json", Unreadable),
        (b"[]", Unreadable),
        (b"{}", Unreadable),
        (b'{"id": "evt_1", "data": null}', Unreadable),
        (b'{"id": "evt_1", "data": {"object": 3}}', Unreadable),
        (b"[" * 100_000, Unreadable),
        (b"\xff\xfe", Unreadable),
    ],
)
def test_a_signed_body_that_is_no_event_is_unreadable(stripe, raw, why):
    now = datetime.now(UTC)
    with pytest.raises(why, match="cannot be read"):
        stripe.verify(raw, {"stripe-signature": sign(raw, SECRET, now)}, now)


def test_forged_unsigned_old_and_future_events_are_refused(stripe, stripe_side):
    page, now = stripe.create(order()), datetime.now(UTC)
    raw, headers = stripe_side.pay(page.provider_ref)
    with pytest.raises(BadSignature):
        stripe.verify(raw, {}, now)
    with pytest.raises(BadSignature):
        stripe.verify(raw.replace(b"paid", b"PAID"), headers, now)
    with pytest.raises(OutOfTime):
        stripe.verify(raw, headers, now + timedelta(minutes=6))
    with pytest.raises(OutOfTime):
        stripe.verify(raw, headers, now - timedelta(days=365))


def test_a_wrong_key_is_refused_in_stripes_words(stripe_side):
    with pytest.raises(ProviderRefused, match="Invalid API Key"):
        Stripe("sk_wrong", (SECRET,), stripe_side.url, 1).create(order())


def test_nobody_listening_is_silence_not_refusal():
    with pytest.raises(ProviderSilent):
        Stripe(KEY, (SECRET,), "http://127.0.0.1:9", 0.3).create(order())


def hour_ago():
    return datetime.now(UTC) - timedelta(hours=1)
