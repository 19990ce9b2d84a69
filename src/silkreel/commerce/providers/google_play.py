"""Google Play: a push is a hint, the purchase and its order are asked for, then acknowledged here.

A purchase is bound to our order by the obfuscated profile id, which the app sets to the token that
`create` gives. Its money is named by Google's order, which each renewal has anew; purchase tokens
are longer than a name should be and only asked with: `product:token`, a subscription's `:token`.
Coins are granted first, then the purchase is consumed on the server: a purchase that is not
acknowledged in three days is refunded by Google.
Sources: developers.google.com/android-publisher (purchases.products, purchases.subscriptionsv2,
purchases.voidedpurchases, orders) and developer.android.com/google/play/billing/rtdn-reference.
"""

import base64
import binascii
import hashlib
import json
import uuid
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any, ClassVar
from urllib.parse import quote

import httpx

from silkreel.commerce.payments import (
    BadSignature,
    ClientToken,
    Environment,
    Kind,
    NotForUs,
    Notice,
    OrderRef,
    OrderTerms,
    PaymentFact,
    ProviderMissing,
    ProviderRefused,
    Truth,
    Unreadable,
)
from silkreel.commerce.providers.google_sign_in import PushTokens, ServiceAccount
from silkreel.commerce.providers.http import Line
from silkreel.kit.keys import canonical_json
from silkreel.kit.money import exponent
from silkreel.kit.settings import Settings

ORDERS = uuid.UUID("0e6b3c5a-7c39-5d5c-8f3a-7a1c1f0d2b44")  # names orders as UUIDs for Google
VOIDED_REACH = timedelta(days=30) - timedelta(minutes=5)  # Google lists no older ones
PAGES = 1000
NANOS = 10**9
PURCHASED, CANCELLED, PENDING = 0, 1, 2  # purchaseState
TEST_PURCHASE = 0  # purchaseType
DONE = 1  # consumptionState, acknowledgementState
ONE_TIME = 2  # productType of a voided purchase


class GooglePlay:
    """Purchases of one app in Play."""

    name: ClassVar[str] = "google_play"
    test_only: ClassVar[bool] = False

    def __init__(
        self, package: str, pushes: PushTokens, account: ServiceAccount, line: Line
    ) -> None:
        self._package, self._pushes, self._account, self._line = package, pushes, account, line

    @classmethod
    def open(cls, settings: Settings) -> "GooglePlay":
        """Take app, key and push subscription from the settings; nothing is asked yet.

        Raises:
            ProviderMissing: something is not set.
        """
        package, file = settings.google_play_package, settings.google_play_service_account
        audience, email = settings.google_play_push_audience, settings.google_play_push_email
        if not (package and file and audience and email):
            raise ProviderMissing(
                provider="Google Play",
                why="the app, its key or its push subscription is not set",
                mend="Set SILKREEL_GOOGLE_PLAY_PACKAGE, _SERVICE_ACCOUNT, _PUSH_AUDIENCE and "
                "_PUSH_EMAIL.",
            )
        limit = settings.payment_timeout_seconds
        line = Line("Google Play", httpx.Client(base_url=settings.google_play_url, timeout=limit))
        pushes = PushTokens(settings.google_keys_url, audience, email, limit)
        return cls(package, pushes, ServiceAccount.read(file, limit), line)

    def create(self, order: OrderTerms) -> ClientToken:
        """The obfuscated profile id for the purchase; Google hears nothing yet."""
        token = str(uuid.uuid5(ORDERS, order.id))
        return ClientToken(token, token)

    def verify(self, raw: bytes, headers: Mapping[str, str], at: datetime) -> Notice:
        """A push, by the token that Google signed for our subscription."""
        kind, _, token = headers.get("authorization", "").partition(" ")
        if kind.lower() != "bearer" or not token:
            raise BadSignature
        self._pushes.check(token, at)
        return self.read(raw)

    def read(self, raw: bytes) -> Notice:
        """Which purchase a push is about."""
        try:
            message = json.loads(raw)["message"]
            event_id = str(message["messageId"])
            said = json.loads(base64.b64decode(message["data"], validate=True))
            package = str(said["packageName"])
        except (ValueError, KeyError, TypeError, RecursionError, binascii.Error) as broken:
            raise Unreadable(why="it is no notification of Play", provider="Google") from broken
        if package != self._package:
            raise NotForUs(wanted=self._package)
        fingerprint = hashlib.sha256(canonical_json(said).encode()).hexdigest()
        name = _purchase_name(said)
        if name is None:  # a test notification
            return Notice(event_id, OrderRef(), Truth(OrderRef(), "production", ()), fingerprint)
        return Notice(event_id, OrderRef(payment=name), None, fingerprint)

    def redeem(self, ref: OrderRef, receipt: str) -> Truth | None:
        """The `product:token` that the app holds; what Google says of it counts."""
        truth = self.fetch(OrderRef(payment=receipt)) if receipt else self.fetch(ref)
        if truth is None or truth.ref.provider_ref:
            return truth
        return Truth(
            OrderRef(ref.order_id, None, receipt), truth.environment, truth.facts, truth.sku
        )

    def fetch(self, ref: OrderRef) -> Truth | None:
        """A purchase and the money of its order as they stand now."""
        if not ref.payment:
            return None
        product, colon, token = ref.payment.partition(":")
        if not colon:
            order = self._order(ref.payment)
            return self._truth_of_order(order) if order else None
        return self._product(product, token) if product else self._subscription(token)

    def list(self, since: datetime) -> Iterator[Truth]:
        """Purchases whose money went back: Google lists no others (we ask for ours one by one)."""
        seen: set[str] = set()
        for voided in self._voided(since):
            token = str(voided["purchaseToken"])
            if token in seen:
                continue
            seen.add(token)
            order = self._order(str(voided["orderId"]))
            truth = self._truth_of_order(order) if order else None
            if truth is not None:
                yield truth

    def refund(self, payment: str, amount_minor: int, currency: str, key: str) -> PaymentFact:
        """Give a whole order back; Google refunds no parts by its API.

        Raises:
            ProviderRefused: it is unknown, or a part is wanted.
            ProviderSilent: nobody knows; asking again is safe, an order is refunded once.
        """
        del key
        order = self._order(payment)
        if order is None or _minor(order["total"]) != (amount_minor, currency):
            raise ProviderRefused(provider="Google Play", why="only whole orders are refunded")
        self._ask("POST", f"orders/{_safe(payment)}:refund", params={"revoke": "true"})
        made = _time(order.get("createTime"))
        return PaymentFact(Kind.REFUNDED, payment, amount_minor, currency, made)

    def settle(self, truth: Truth) -> None:
        """Consume what was granted (a subscription is acknowledged); safe to do twice."""
        name = truth.ref.payment
        if not name or not any(fact.kind == Kind.PAID for fact in truth.facts):
            return
        product, _, token = name.partition(":")
        if product:
            path = f"purchases/products/{_safe(product)}/tokens/{_safe(token)}"
            purchase = self._ask("GET", path) or {}
            if purchase.get("purchaseState", PURCHASED) == PURCHASED and not _consumed(purchase):
                self._ask("POST", f"{path}:consume")
        elif truth.sku and not self._acknowledged(token):
            path = f"purchases/subscriptions/{_safe(truth.sku)}/tokens/{_safe(token)}:acknowledge"
            self._ask("POST", path)

    def _acknowledged(self, token: str) -> bool:
        purchase = self._ask("GET", f"purchases/subscriptionsv2/tokens/{_safe(token)}") or {}
        return purchase.get("acknowledgementState") == "ACKNOWLEDGEMENT_STATE_ACKNOWLEDGED"

    def _product(self, product: str, token: str) -> Truth | None:
        path = f"purchases/products/{_safe(product)}/tokens/{_safe(token)}"
        purchase = self._ask("GET", path)
        if not purchase:
            return None
        profile = purchase.get("obfuscatedExternalProfileId")
        name = f"{product}:{token}"
        test = purchase.get("purchaseType") == TEST_PURCHASE
        environment: Environment = "sandbox" if test else "production"
        ref = OrderRef(None, str(profile) if profile else None, name)
        state = purchase.get("purchaseState", PURCHASED)
        order = self._order(str(purchase.get("orderId") or ""))
        return Truth(ref, environment, tuple(_facts(order, state)), product)

    def _subscription(self, token: str) -> Truth | None:
        purchase = self._ask("GET", f"purchases/subscriptionsv2/tokens/{_safe(token)}")
        if not purchase:
            return None
        profile = (purchase.get("externalAccountIdentifiers") or {}).get(
            "obfuscatedExternalProfileId"
        )
        lines = purchase.get("lineItems") or [{}]
        name = f":{token}"
        environment: Environment = "sandbox" if "testPurchase" in purchase else "production"
        ref = OrderRef(None, str(profile) if profile else None, name)
        pending = purchase.get("subscriptionState") == "SUBSCRIPTION_STATE_PENDING"
        order = self._order(str(lines[0].get("latestSuccessfulOrderId") or ""))
        facts = _facts(order, PENDING if pending else PURCHASED)
        return Truth(ref, environment, tuple(facts), lines[0].get("productId"))

    def _truth_of_order(self, order: dict[str, Any]) -> Truth | None:
        lines = order.get("lineItems") or [{}]
        product, token = str(lines[0].get("productId") or ""), str(order.get("purchaseToken"))
        plan = "subscriptionDetails" in lines[0]
        return self.fetch(OrderRef(payment=f"{'' if plan else product}:{token}"))

    def _order(self, order_id: str) -> dict[str, Any] | None:
        return self._ask("GET", f"orders/{_safe(order_id)}") if order_id else None

    def _voided(self, since: datetime) -> Iterator[dict[str, Any]]:
        start = max(since, datetime.now(UTC) - VOIDED_REACH)
        params = {
            "startTime": str(int(start.timestamp() * 1000)),
            "type": "1",  # subscriptions too
            "includeQuantityBasedPartialRefund": "true",
        }
        for _ in range(PAGES):
            page = self._ask("GET", "purchases/voidedpurchases", params=params)
            yield from page.get("voidedPurchases", []) if page else []
            token = (page or {}).get("tokenPagination", {}).get("nextPageToken")
            if not token:
                return
            params = {**params, "token": str(token)}

    def _ask(
        self, method: str, path: str, params: Mapping[str, str] | None = None
    ) -> dict[str, Any] | None:
        place = f"/androidpublisher/v3/applications/{_safe(self._package)}/{path}"
        headers = self._account.headers()
        body: dict[str, Any] | None = {} if method == "POST" else None
        return self._line.ask(method, place, params=params, json=body, headers=headers)


def _facts(order: dict[str, Any] | None, state: int) -> Iterator[PaymentFact]:
    """Facts of a purchase and its order; without an order there is no money to speak of."""
    if order is None:
        return
    name, made = str(order["orderId"]), _time(order.get("createTime"))
    total, currency = _minor(order["total"])
    if state == PENDING or order.get("state") == "PENDING":
        yield PaymentFact(Kind.PENDING, name, total, currency, made)
        return
    history = order.get("orderHistory") or {}
    if "processedEvent" not in history:
        yield PaymentFact(Kind.FAILED, name, total, currency, made)
        return
    yield PaymentFact(Kind.PAID, name, total, currency, made)
    yield from _refunds(name, order, history)


def _refunds(
    order_id: str, order: dict[str, Any], history: dict[str, Any]
) -> Iterator[PaymentFact]:
    total, currency = _minor(order["total"])
    gone = 0
    for number, event in enumerate(history.get("partialRefundEvents") or []):
        if event.get("state") == "PROCESSED_SUCCESSFULLY":
            amount, _ = _minor(event["refundDetails"]["total"])
            gone += amount
            at = _time(event.get("processTime") or event.get("createTime"))
            yield PaymentFact(Kind.REFUNDED, f"{order_id}#{number}", amount, currency, at)
    whole = history.get("refundEvent")
    if whole:
        charged_back = whole.get("refundReason") == "CHARGEBACK"
        kind = Kind.CHARGED_BACK if charged_back else Kind.REFUNDED
        at = _time(whole.get("eventTime"))
        yield PaymentFact(kind, order_id, max(0, total - gone), currency, at)


def _consumed(purchase: dict[str, Any]) -> bool:
    return bool(purchase.get("consumptionState") == DONE)


def _purchase_name(said: dict[str, Any]) -> str | None:
    """What a notification is about: `product:token`, or Google's order."""
    if "oneTimeProductNotification" in said:
        about = said["oneTimeProductNotification"]
        return f"{about['sku']}:{about['purchaseToken']}"
    about = said.get("subscriptionNotification") or said.get("voidedPurchaseNotification")
    if about is None:
        return None
    if about.get("productType") == ONE_TIME and about.get("orderId"):
        return str(about["orderId"])
    return f":{about['purchaseToken']}"


def _minor(money: dict[str, Any]) -> tuple[int, str]:
    """google.type.Money as minor units.

    Raises:
        Unreadable: it is no whole amount of its currency.
    """
    currency = str(money["currencyCode"])
    scale = int(10 ** exponent(currency))
    units, nanos = int(money.get("units", 0)), int(money.get("nanos", 0))
    minor, rest = divmod(nanos * scale, NANOS)
    if rest or units < 0 or nanos < 0:
        raise Unreadable(why=f"{units}.{nanos:09} is no amount of {currency}", provider="Google")
    return units * scale + minor, currency


def _time(text: object) -> datetime:
    return datetime.fromisoformat(str(text)).astimezone(UTC)


def _safe(part: str) -> str:
    return quote(part, safe="")
