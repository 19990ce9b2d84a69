"""Google Play: pushes signed by our own keys, purchases asked for over real HTTP."""

import time
from datetime import UTC, datetime, timedelta

import pytest
import sqlalchemy as sa
from google_counterpart import AUDIENCE, EMAIL, PACKAGE, GoogleCounterpart, new_key

from silkreel.commerce import orders
from silkreel.commerce.orders import Wish
from silkreel.commerce.payments import (
    BadSignature,
    KeysOutOfReach,
    Kind,
    NotForUs,
    OrderRef,
    OrderTerms,
    OutOfTime,
    ProviderMissing,
    ProviderRefused,
    Unreadable,
)
from silkreel.commerce.providers.google_play import GooglePlay
from silkreel.commerce.standing import stand
from silkreel.commerce.tables import WalletRow
from silkreel.flows.take_payments import (
    begin_order,
    claim,
    compare_books,
    hear,
    work_inbox,
)
from silkreel.kit.settings import Settings

ORDER = OrderTerms(
    id="o7", viewer_id="v1", sku="coins-500", title="500 coins", currency="USD", gross_minor=499,
    created_at=datetime(2026, 6, 1, tzinfo=UTC), return_url="",
)  # fmt: skip


@pytest.fixture
def side():
    counterpart = GoogleCounterpart()
    yield counterpart
    counterpart.close()


@pytest.fixture
def play(side, tmp_path):
    settings = Settings(
        google_play_package=PACKAGE, google_play_service_account=side.account_file(tmp_path),
        google_play_push_audience=AUDIENCE, google_play_push_email=EMAIL,
        google_play_url=side.url, google_keys_url=f"{side.url}/certs", payment_timeout_seconds=2,
    )  # fmt: skip
    return GooglePlay.open(settings)


def now():
    return datetime.now(UTC)


def bought(product, token):
    return {"oneTimeProductNotification": {"sku": product, "purchaseToken": token}}


def kinds(truth):
    return sorted(fact.kind for fact in truth.facts)


def test_without_settings_it_says_which(tmp_path):
    with pytest.raises(ProviderMissing, match="SILKREEL_GOOGLE_PLAY_PACKAGE"):
        GooglePlay.open(Settings(google_play_package=PACKAGE))
    (tmp_path / "k.json").write_text("{}")
    settings = Settings(
        google_play_package=PACKAGE, google_play_service_account=tmp_path / "k.json",
        google_play_push_audience=AUDIENCE, google_play_push_email=EMAIL,
    )  # fmt: skip
    with pytest.raises(ProviderMissing, match="no key file"):
        GooglePlay.open(settings)


def test_a_push_is_a_hint_and_google_says_what_happened(play, side):
    profile = play.create(ORDER).token
    product, token, _ = side.buy(profile)
    raw, headers = side.push(bought(product, token))
    notice = play.verify(raw, headers, now())
    assert notice.truth is None
    truth = play.fetch(notice.ref)
    assert truth.ref == OrderRef(None, profile, f"{product}:{token}")
    assert truth.sku == "coins-500"
    (fact,) = truth.facts
    assert (fact.kind, fact.amount_minor, fact.currency) == (Kind.PAID, 499, "USD")


def test_the_same_message_again_says_the_same(play, side):
    product, token, _ = side.buy("p")
    first, second = (play.read(side.push(bought(product, token), "m1")[0]) for _ in range(2))
    assert first == second


@pytest.mark.parametrize(
    ("how", "refusal"),
    [
        ({"aud": "https://other.test"}, NotForUs),
        ({"email": "somebody@else.test"}, NotForUs),
        ({"email_verified": False}, NotForUs),
        ({"iss": "https://evil.test"}, BadSignature),
        ({"exp": int(time.time()) - 3600}, OutOfTime),
        ({"iat": int(time.time()) + 86_400}, OutOfTime),
        ({"exp": None}, BadSignature),
        ({"key_id": "unknown"}, BadSignature),
    ],
)
def test_a_token_that_is_not_ours_or_not_of_now_is_refused(play, side, how, refusal):
    product, token, _ = side.buy("p")
    raw, _ = side.push(bought(product, token))
    with pytest.raises(refusal):
        play.verify(raw, {"authorization": f"Bearer {side.token(**how)}"}, now())


def test_forged_tokens_are_refused(play, side):
    raw, _ = side.push(bought("a", "b"))
    forged = [
        side.token(key=new_key()),
        side.token(key="secret" * 8, algorithm="HS256"),
        side.token(key="", algorithm="none"),
        "a.b.c", "",
    ]  # fmt: skip
    for token in forged:
        with pytest.raises(BadSignature):
            play.verify(raw, {"authorization": f"Bearer {token}"}, now())
    with pytest.raises(BadSignature):
        play.verify(raw, {}, now())


def test_unknown_keys_do_not_make_us_ask_google_again_and_again(play, side):
    raw, _ = side.push(bought("a", "b"))
    for number in range(20):
        with pytest.raises(BadSignature):
            play.verify(raw, {"authorization": f"Bearer {side.token(key_id=f'k{number}x')}"}, now())
    assert sum(path == "/certs" for _, path, _ in side.requests) == 1


def test_without_googles_keys_nothing_is_believed_and_it_is_to_come_again(play, side):
    side.keys_down = True
    raw, headers = side.push(bought("a", "b"))
    with pytest.raises(KeysOutOfReach) as refused:
        play.verify(raw, headers, now())
    assert refused.value.status == 503


def test_a_push_for_another_app_or_without_sense_is_refused(play, side):
    raw, headers = side.push({"packageName": "com.other"})
    with pytest.raises(NotForUs):
        play.verify(raw, headers, now())
    for broken in (b"", b"{}", b'{"message": {"messageId": "1", "data": "!"}}', b"[1]"):
        with pytest.raises(Unreadable):
            play.verify(broken, headers, now())


def test_a_test_notification_says_nothing_about_money(play, side):
    raw, headers = side.push({"testNotification": {"version": "1.0"}})
    assert play.verify(raw, headers, now()).truth.facts == ()


def test_cash_payments_are_pending_until_they_are_made(play, side):
    product, token, order_id = side.buy("p")
    side.purchases[product, token]["purchaseState"] = 2
    side.orders[order_id].update(state="PENDING", orderHistory={})
    assert kinds(play.fetch(OrderRef(payment=f"{product}:{token}"))) == ["pending"]
    side.purchases[product, token]["purchaseState"] = 1
    side.orders[order_id]["state"] = "CANCELED"
    assert kinds(play.fetch(OrderRef(payment=f"{product}:{token}"))) == ["failed"]


@pytest.mark.parametrize(
    ("units", "nanos", "currency", "minor"),
    [("4", 990_000_000, "USD", 499), ("800", 0, "JPY", 800), ("1", 500_000_000, "KWD", 1500)],
)
def test_googles_money_becomes_minor_units(play, side, units, nanos, currency, minor):
    product, token, _ = side.buy("p", units=units, nanos=nanos, currency=currency)
    assert play.fetch(OrderRef(payment=f"{product}:{token}")).facts[0].amount_minor == minor


def test_money_finer_than_its_currency_is_refused(play, side):
    product, token, _ = side.buy("p", nanos=995_000_000)
    with pytest.raises(Unreadable, match="no amount of USD"):
        play.fetch(OrderRef(payment=f"{product}:{token}"))


def test_refunds_in_part_and_whole_and_chargebacks_add_up(play, side):
    product, token, order_id = side.buy("p")
    name = OrderRef(payment=f"{product}:{token}")
    side.give_back_part(order_id, "1")
    assert stand(499, play.fetch(name).facts).returned_minor == 100
    side.void(order_id)
    assert stand(499, play.fetch(name).facts).state == "refunded"
    _, other, lost = side.buy("p")
    side.void(lost, "CHARGEBACK")
    truth = play.fetch(OrderRef(payment=f"{product}:{other}"))
    assert stand(499, truth.facts).state == "charged_back"


def test_the_voided_list_is_walked_to_its_end(play, side):
    made = [side.buy(f"p{number}") for number in range(5)]
    side.buy("kept")
    for _, _, order_id in made:
        side.void(order_id)
    found = [truth.ref.provider_ref for truth in play.list(now() - timedelta(days=90))]
    assert found == [f"p{number}" for number in range(5)]


def test_a_voided_notice_of_a_product_leads_to_its_purchase(play, side):
    _, token, order_id = side.buy("p9")
    side.void(order_id)
    said = {"voidedPurchaseNotification": {
        "purchaseToken": token, "orderId": order_id, "productType": 2, "refundType": 1,
    }}  # fmt: skip
    notice = play.read(side.push(said)[0])
    assert kinds(play.fetch(notice.ref)) == ["paid", "refunded"]


def test_subscriptions_are_acknowledged_once(play, side):
    plan, token, _ = side.subscribe("p1")
    raw, headers = side.push({"subscriptionNotification": {"purchaseToken": token}})
    truth = play.fetch(play.verify(raw, headers, now()).ref)
    assert (truth.sku, truth.facts[0].amount_minor) == (plan, 2999)
    for _ in range(2):
        play.settle(truth)
    assert side.acknowledged == [token]


def test_whole_orders_are_given_back_and_parts_are_not(play, side):
    product, token, order_id = side.buy("p")
    with pytest.raises(ProviderRefused, match="whole orders"):
        play.refund(order_id, 100, "USD", "k")
    fact = play.refund(order_id, 499, "USD", "k")
    truth = play.fetch(OrderRef(payment=f"{product}:{token}"))
    told = {(each.kind, each.provider_object, each.amount_minor) for each in truth.facts}
    assert (Kind.REFUNDED, fact.provider_object, fact.amount_minor) in told


def test_each_renewal_is_a_payment_of_its_own(play, side):
    _, token, first = side.subscribe("p1")
    side.subscriptions[token]["lineItems"][0]["latestSuccessfulOrderId"] = f"{first}..0"
    side.orders[f"{first}..0"] = {**side.orders[first], "orderId": f"{first}..0"}
    truth = play.fetch(OrderRef(payment=f":{token}"))
    assert [fact.provider_object for fact in truth.facts] == [f"{first}..0"]


def test_a_purchase_without_a_profile_is_bound_by_its_claim_and_found_by_its_order(
    database, play, side
):
    begun = begin_order(database, play, play_wish(), title="t", return_url="", at=now())
    product, token, order_id = side.buy(None)
    claim(database, play, begun.order.id, f"{product}:{token}", now(), viewer_id="v1")
    assert coins(database) == 500
    side.void(order_id)
    said = {"voidedPurchaseNotification": {
        "purchaseToken": token, "orderId": order_id, "productType": 2, "refundType": 1,
    }}  # fmt: skip
    raw, headers = side.push(said)
    hear(database, play, raw, headers, now())
    work_inbox(database, {"google_play": play}, now())
    assert coins(database) == 0


def play_wish():
    return Wish(
        viewer_id="v1", brand_id="b1", key="k1", sku="coins-500", market="US", channel="android",
        paid_coins=500, bonus_coins=0, currency="USD", gross_minor=499, tax_minor=0,
        provider="google_play", environment="production",
    )  # fmt: skip


def test_coins_come_first_then_the_purchase_is_consumed_here(database, play, side):
    begun = begin_order(database, play, play_wish(), title="500 coins", return_url="", at=now())
    product, token, order_id = side.buy(begun.way.token)
    raw, headers = side.push(bought(product, token))
    assert hear(database, play, raw, headers, now()).refusal is None
    assert side.consumed == []
    work_inbox(database, {"google_play": play}, now())
    claim(database, play, begun.order.id, f"{product}:{token}", now(), viewer_id="v1")
    assert side.consumed == [token]
    assert coins(database) == 500
    side.void(order_id)  # and no notice comes
    report = compare_books(database, play, now() - timedelta(days=1), now())
    assert report.clean
    assert coins(database) == 0
    with database.reading() as tx:
        assert orders.find(tx, begun.order.id).state == "refunded"


def coins(database):
    with database.reading() as tx:
        return tx.scalars(sa.select(WalletRow.paid)).one()
