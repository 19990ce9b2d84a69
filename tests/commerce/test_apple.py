"""Apple's signatures by chains of our own keys; its API by a server on this machine."""

import base64
import json
from datetime import UTC, datetime, timedelta

import httpx
import jwt
import pytest
from apple_counterpart import APP_ID, BUNDLE, AppleCounterpart, Chain
from cryptography import x509
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec

from silkreel.commerce.payments import (
    BadSignature,
    Kind,
    NotForUs,
    OrderRef,
    OrderTerms,
    ProviderMissing,
    ProviderRefused,
    Unreadable,
    WrongEnvironment,
)
from silkreel.commerce.providers.apple import ApiKey, Apple
from silkreel.commerce.providers.apple_signed import App, AppleSigned
from silkreel.commerce.providers.http import Line
from silkreel.commerce.standing import stand
from silkreel.kit.settings import Settings

NOON = datetime(2026, 6, 1, 12, tzinfo=UTC)
ORDER = OrderTerms(
    id="o7", viewer_id="v1", sku="coins-500", title="500 coins", currency="USD", gross_minor=499,
    created_at=NOON, return_url="",
)  # fmt: skip


@pytest.fixture(scope="module")
def side():
    counterpart = AppleCounterpart()
    yield counterpart
    counterpart.close()


def apple_for(side, *, sandbox_only=False, roots=None):
    app = App(BUNDLE, APP_ID, sandbox_only, online_checks=False)
    line = Line("Apple", httpx.Client(base_url=side.url, timeout=2))
    key = ApiKey(side.pem(), "KEY1", "issuer-1", BUNDLE)
    return Apple(AppleSigned(roots or [side.chain.root], app), line, key)


@pytest.fixture
def apple(side):
    return apple_for(side)


@pytest.fixture
def token(apple):
    return apple.create(ORDER).token


def kinds(truth):
    return sorted(fact.kind for fact in truth.facts)


def test_without_app_or_key_it_says_what_to_set():
    with pytest.raises(ProviderMissing, match="SILKREEL_APPLE_BUNDLE_ID"):
        Apple.open(Settings(apple_bundle_id=BUNDLE))


def test_without_roots_it_says_where_they_go(side, tmp_path):
    key = tmp_path / "key.p8"
    key.write_bytes(side.pem())
    settings = Settings(
        apple_bundle_id=BUNDLE, apple_app_id=APP_ID, apple_issuer_id="i", apple_key_id="k",
        apple_private_key=key, apple_roots=tmp_path,
    )  # fmt: skip
    with pytest.raises(ProviderMissing, match="SILKREEL_APPLE_ROOTS"):
        Apple.open(settings)
    (tmp_path / "AppleRootCA-G3.cer").write_bytes(side.chain.root)
    assert Apple.open(settings).name == "apple"


def test_a_bought_product_is_one_payment_bound_to_its_order(apple, side, token):
    name = side.buy(token)
    truth = apple.redeem(OrderRef("o7"), side.signed(name))
    assert truth.ref == OrderRef(None, token, name)
    assert (truth.environment, truth.sku) == ("production", "coins-500")
    (fact,) = truth.facts
    assert (fact.kind, fact.provider_object, fact.amount_minor) == (Kind.PAID, name, 499)


def test_a_receipt_without_a_token_is_taken_for_the_order_that_claims_it(apple, side):
    name = side.buy(None)
    assert apple.redeem(OrderRef("o7"), side.signed(name)).ref == OrderRef("o7", None, name)


@pytest.mark.parametrize(
    ("price", "currency", "minor"), [(4990, "USD", 499), (800_000, "JPY", 800), (1500, "KWD", 1500)]
)
def test_milliunits_become_whole_minor_units(apple, side, token, price, currency, minor):
    name = side.buy(token, price=price, currency=currency)
    (fact,) = apple.redeem(OrderRef("o7"), side.signed(name)).facts
    assert fact.amount_minor == minor


@pytest.mark.parametrize(("price", "currency"), [(4995, "USD"), (800_500, "JPY"), (None, "USD")])
def test_a_price_that_is_no_whole_amount_is_refused(apple, side, token, price, currency):
    name = side.buy(token, price=price, currency=currency)
    with pytest.raises(Unreadable, match=r"whole amount|no price"):
        apple.redeem(OrderRef("o7"), side.signed(name))


def test_refund_and_its_reversal_in_any_order_end_where_apple_ends(apple, side, token):
    name = side.buy(token)
    bought = apple.read(side.notify("ONE_TIME_CHARGE", name)).truth.facts
    side.transactions[name]["revocationDate"] = int(NOON.timestamp() * 1000)
    back = apple.read(side.notify("REFUND", name)).truth.facts
    del side.transactions[name]["revocationDate"]
    again = apple.read(side.notify("REFUND_REVERSED", name)).truth.facts
    assert stand(499, [*bought, *back]).state == "refunded"
    assert stand(499, [*again, *back, *bought]).state == "paid"
    assert stand(499, [*bought, *back, *again]) == stand(499, [*again, *bought, *back])


def test_a_prorated_refund_returns_its_share(apple, side, token):
    name = side.buy(
        token, revocationDate=int(NOON.timestamp() * 1000), revocationType="REFUND_PRORATED",
        revocationPercentage=50_000,
    )  # fmt: skip
    facts = apple.redeem(OrderRef("o7"), side.signed(name)).facts
    assert stand(499, facts).returned_minor == 249


def test_a_notification_is_known_by_its_uuid_whenever_it_was_signed(apple, side, token):
    name = side.buy(token)
    first = apple.read(side.notify("ONE_TIME_CHARGE", name, notification="u-1"))
    second = apple.read(side.notify("ONE_TIME_CHARGE", name, notification="u-1"))
    assert first.event_id == "u-1"
    assert first.fingerprint == second.fingerprint


def test_a_test_notification_says_nothing_about_money(apple, side, token):
    side.buy(token)
    raw = side.chain.sign(
        {
            "notificationType": "TEST", "notificationUUID": "u-2", "version": "2.0",
            "signedDate": int(datetime.now(UTC).timestamp() * 1000),
            "data": {"appAppleId": APP_ID, "bundleId": BUNDLE, "environment": "Production"},
        }
    )  # fmt: skip
    notice = apple.read(json.dumps({"signedPayload": raw}).encode())
    assert notice.truth.facts == ()


def test_a_stranger_s_chain_and_a_leaf_without_apples_mark_are_refused(apple, side, token):
    name = side.buy(token)
    for chain in (Chain(), Chain(leaf_oid=x509.ObjectIdentifier("1.2.3.4"))):
        with pytest.raises(BadSignature):
            apple.read(side.notify("ONE_TIME_CHARGE", name, chain=chain))
    unmarked = Chain(leaf_oid=x509.ObjectIdentifier("1.2.3.4"))
    trusting = apple_for(side, roots=[unmarked.root])
    with pytest.raises(BadSignature):
        trusting.redeem(OrderRef("o7"), side.signed(name, unmarked))


def test_a_changed_payload_is_refused(apple, side, token):
    head, body, signature = side.signed(side.buy(token)).split(".")
    claims = json.loads(base64.urlsafe_b64decode(body + "=="))
    forged = base64.urlsafe_b64encode(json.dumps({**claims, "price": 99_990}).encode())
    with pytest.raises(BadSignature):
        apple.redeem(OrderRef("o7"), f"{head}.{forged.decode().rstrip('=')}.{signature}")


@pytest.mark.parametrize("environment", ["Xcode", "LocalTesting"])
def test_unsigned_test_environments_are_never_believed(apple, side, token, environment):
    name = side.buy(token, environment=environment)
    forged = jwt.encode(side.transactions[name], "x" * 32, algorithm="HS256")
    for each in (apple, apple_for(side, sandbox_only=True)):
        with pytest.raises(BadSignature):
            each.redeem(OrderRef("o7"), forged)
        with pytest.raises((WrongEnvironment, NotForUs)):
            each.redeem(OrderRef("o7"), side.signed(name))


def test_sandbox_purchases_say_so_and_a_sandbox_takes_no_real_ones(apple, side, token):
    name = side.buy(token, environment="Sandbox")
    assert apple.redeem(OrderRef("o7"), side.signed(name)).environment == "sandbox"
    raw = side.notify("ONE_TIME_CHARGE", name, appAppleId=None)
    assert apple.read(raw).truth.environment == "sandbox"
    real = side.signed(side.buy(token))
    with pytest.raises(WrongEnvironment):
        apple_for(side, sandbox_only=True).redeem(OrderRef("o7"), real)


def test_data_for_another_app_is_not_for_us(apple, side, token):
    name = side.buy(token, bundleId="com.other.app")
    with pytest.raises(NotForUs):
        apple.redeem(OrderRef("o7"), side.signed(name))


@pytest.mark.parametrize("raw", [b"", b"{}", b"[]", b"\xff", b'{"signedPayload": "a.b.c"}'])
def test_what_is_no_notification_is_refused(apple, raw):
    with pytest.raises((Unreadable, BadSignature)):
        apple.verify(raw, {}, NOON)


def test_apple_is_asked_with_a_signed_token_and_what_it_says_is_verified(apple, side, token):
    name = side.buy(token)
    assert kinds(apple.fetch(OrderRef(payment=name))) == ["paid"]
    assert apple.fetch(OrderRef(payment="unknown")) is None
    assert apple.fetch(OrderRef("o7")) is None


def test_a_wrong_api_key_is_a_refusal(side, token):
    pem = ec.generate_private_key(ec.SECP256R1()).private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    key = ApiKey(pem, "KEY1", "issuer-1", BUNDLE)
    stranger = Apple(
        AppleSigned([side.chain.root], App(BUNDLE, APP_ID, False, False)),
        Line("Apple", httpx.Client(base_url=side.url, timeout=2)),
        key,
    )
    with pytest.raises(ProviderRefused):
        stranger.fetch(OrderRef(payment=side.buy(token)))


def test_history_is_read_to_the_end_and_joined_by_purchase(apple, side, token):
    side.notifications.clear()
    names = [side.buy(token) for _ in range(3)]
    for name in names:
        side.notify("ONE_TIME_CHARGE", name)
    side.transactions[names[0]]["revocationDate"] = int(NOON.timestamp() * 1000)
    side.notify("REFUND", names[0])
    told = {truth.ref.payment: kinds(truth) for truth in apple.list(NOON - timedelta(days=1))}
    assert told == {names[0]: ["paid", "refunded"], names[1]: ["paid"], names[2]: ["paid"]}


def test_only_apple_gives_money_back(apple):
    with pytest.raises(ProviderRefused, match=r"reportaproblem\.apple\.com"):
        apple.refund("200001", 499, "USD", "k")
