"""Apple's App Store: what is bought in the app, proved by what Apple signed (StoreKit 2).

A transaction is bound to its order by `appAccountToken`, a UUID made from the order's id that the
app hands to the purchase. Apple alone refunds; it tells us by REFUND and REFUND_REVERSED.
Sources: developer.apple.com/documentation/appstoreservernotifications and appstoreserverapi.

Known limit: a refund is known by its transaction, so one that is reversed and made a second time
on the same transaction is not seen as new; the daily comparison shows the difference.
"""

import hashlib
import json
import uuid
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, ClassVar

import httpx
import jwt

from silkreel.commerce.payments import (
    ClientToken,
    Environment,
    Kind,
    Notice,
    OrderRef,
    OrderTerms,
    PaymentFact,
    ProviderMissing,
    ProviderRefused,
    Truth,
    Unreadable,
)
from silkreel.commerce.providers.apple_signed import (
    ENVIRONMENTS,
    App,
    AppleSigned,
    Notification,
    Transaction,
    read_roots,
)
from silkreel.commerce.providers.http import Line
from silkreel.kit.clock import now
from silkreel.kit.keys import canonical_json
from silkreel.kit.money import exponent
from silkreel.kit.settings import Settings

PRODUCTION_URL = "https://api.storekit.apple.com"
SANDBOX_URL = "https://api.storekit-sandbox.apple.com"
AUDIENCE = "appstoreconnect-v1"
TOKEN_LIFE = timedelta(minutes=5)  # Apple allows an hour
PAGES = 1000  # of notification history
MILLI = 1000
WHOLE_PERCENTAGE = 100_000  # revocationPercentage is in milliunits of a percent
ORDERS = uuid.UUID("6f1d1c0e-5c0a-5d6f-9a58-2f0b5e6b1c11")  # names orders as UUIDs for Apple
RETURNED = frozenset({"REFUND", "REVOKE"})


class Apple:
    """In-app purchases of one app."""

    name: ClassVar[str] = "apple"
    test_only: ClassVar[bool] = False

    def __init__(self, signed: AppleSigned, line: Line, key: "ApiKey") -> None:
        self._signed = signed
        self._line = line
        self._key = key

    @classmethod
    def open(cls, settings: Settings) -> "Apple":
        """Take app, key and roots from the settings; nothing is asked yet.

        Raises:
            ProviderMissing: something is not set.
        """
        bundle, file = settings.apple_bundle_id, settings.apple_private_key
        issuer, key_id = settings.apple_issuer_id, settings.apple_key_id
        app_known = settings.apple_app_id is not None or settings.apple_sandbox
        if not (bundle and file and issuer and key_id and app_known):
            raise ProviderMissing(
                provider="Apple",
                why="the app or its key is not set",
                mend="Set SILKREEL_APPLE_BUNDLE_ID, _APP_ID, _ISSUER_ID, _KEY_ID, _PRIVATE_KEY and "
                "_ROOTS.",
            )
        app = App(
            bundle, settings.apple_app_id, settings.apple_sandbox, settings.apple_online_checks
        )
        signed = AppleSigned(read_roots(settings.apple_roots), app)
        url = settings.apple_url or (SANDBOX_URL if settings.apple_sandbox else PRODUCTION_URL)
        client = httpx.Client(base_url=url, timeout=settings.payment_timeout_seconds)
        return cls(signed, Line("Apple", client), ApiKey(_read(file), key_id, issuer, bundle))

    def create(self, order: OrderTerms) -> ClientToken:
        """The token the app hands to the store with the purchase; Apple hears nothing yet."""
        token = str(uuid.uuid5(ORDERS, order.id))
        return ClientToken(token, token)

    def verify(self, raw: bytes, headers: Mapping[str, str], at: datetime) -> Notice:
        """A notification of version 2, by the chain that signed it."""
        del headers, at  # Apple sends late ones again for days: its own id refuses a replay
        return self.read(raw)

    def read(self, raw: bytes) -> Notice:
        """What a notification says; being signed itself, it is simply verified again."""
        try:
            signed = json.loads(raw)["signedPayload"]
        except (ValueError, KeyError, TypeError, RecursionError) as broken:
            raise Unreadable(why="it has no signedPayload", provider="Apple") from broken
        notification = self._signed.notification(str(signed))
        kind = str(notification.rawNotificationType)
        data = notification.data
        inner = data.signedTransactionInfo if data else None
        if not inner:  # a test, a summary: nothing about money
            said = _fingerprint(kind, notification, None)
            return Notice(str(notification.notificationUUID), OrderRef(), _nothing(), said)
        transaction = self._signed.transaction(inner)
        truth = _truth(transaction, kind)
        said = _fingerprint(kind, notification, transaction)
        return Notice(str(notification.notificationUUID), truth.ref, truth, said)

    def redeem(self, ref: OrderRef, receipt: str) -> Truth | None:
        """The signed transaction that the app holds; the order it was bought for is in it."""
        transaction = self._signed.transaction(receipt)
        truth = _truth(transaction, "")
        if truth.ref.provider_ref:
            return truth
        bound = OrderRef(ref.order_id, None, truth.ref.payment)
        return Truth(bound, truth.environment, truth.facts, truth.sku)

    def fetch(self, ref: OrderRef) -> Truth | None:
        """A transaction as it stands now; Apple can be asked only once we know its id."""
        if not ref.payment:
            return None
        answer = self._line.ask(
            "GET", f"/inApps/v1/transactions/{ref.payment}", headers=self._headers()
        )
        if not answer:
            return None
        return _truth(self._signed.transaction(str(answer["signedTransactionInfo"])), "")

    def list(self, since: datetime) -> Iterator[Truth]:
        """Every purchase that Apple notified of since a time, each with all that was said of it."""
        told: dict[str, Truth] = {}
        for signed in self._history(since):
            notice = self.read(json.dumps({"signedPayload": signed}).encode())
            if notice.truth and notice.truth.ref.payment:
                name = notice.truth.ref.payment
                before = told[name].facts if name in told else ()
                facts = tuple(dict.fromkeys([*before, *notice.truth.facts]))
                told[name] = Truth(
                    notice.truth.ref, notice.truth.environment, facts, notice.truth.sku
                )
        yield from told.values()

    def refund(self, payment: str, amount_minor: int, currency: str, key: str) -> PaymentFact:
        """Never: only Apple gives money back.

        Raises:
            ProviderRefused: always.
        """
        del amount_minor, currency, key
        raise ProviderRefused(
            provider="Apple",
            why=f"only Apple refunds purchase {payment}; the buyer asks at reportaproblem.apple.com",
        )

    def settle(self, truth: Truth) -> None:
        """Nothing: the app finishes the transaction once the claim is answered."""

    def _history(self, since: datetime) -> Iterator[str]:
        span = {"startDate": _millis(since), "endDate": _millis(now())}
        token: str | None = None
        for _ in range(PAGES):
            page = self._line.ask(
                "POST", "/inApps/v1/notifications/history", json=span, headers=self._headers(),
                params={"paginationToken": token} if token else None,
            )  # fmt: skip
            for item in page.get("notificationHistory", []) if page else []:
                yield str(item["signedPayload"])
            if not page or not page.get("hasMore"):
                return
            token = str(page["paginationToken"])

    def _headers(self) -> dict[str, str]:
        return {"Authorization": f"Bearer {self._key.token(now())}"}


class ApiKey:
    """The key that signs our questions to Apple."""

    def __init__(self, pem: bytes, key_id: str, issuer: str, bundle_id: str) -> None:
        self._pem = pem
        self._key_id = key_id
        self._claims = {"iss": issuer, "bid": bundle_id, "aud": AUDIENCE}

    def token(self, at: datetime) -> str:
        """A fresh token."""
        claims: dict[str, Any] = {**self._claims, "iat": at, "exp": at + TOKEN_LIFE}
        return jwt.encode(claims, self._pem, algorithm="ES256", headers={"kid": self._key_id})


def _truth(transaction: Transaction, kind: str) -> Truth:
    """A purchase as Apple signed it; `kind` is the notification's, "" outside of one."""
    if not transaction.transactionId or transaction.environment not in ENVIRONMENTS:
        raise Unreadable(why="the transaction is not complete", provider="Apple")
    token = transaction.appAccountToken
    ref = OrderRef(None, token.lower() if token else None, transaction.transactionId)
    environment: Environment = ENVIRONMENTS[transaction.environment]
    return Truth(ref, environment, tuple(_facts(transaction, kind)), transaction.productId)


def _facts(transaction: Transaction, kind: str) -> Iterator[PaymentFact]:
    name, currency = str(transaction.transactionId), str(transaction.currency)
    price = _minor(transaction)
    bought = _time(transaction.purchaseDate)
    yield PaymentFact(Kind.PAID, name, price, currency, bought)
    if transaction.revocationDate or kind in RETURNED:
        percentage = transaction.revocationPercentage
        share = WHOLE_PERCENTAGE if percentage is None else percentage
        back = price * share // WHOLE_PERCENTAGE
        at = _time(transaction.revocationDate or transaction.signedDate)
        yield PaymentFact(Kind.REFUNDED, name, back, currency, at)
    if kind == "REFUND_REVERSED":
        yield PaymentFact(
            Kind.REFUND_REVERSED, name, price, currency, _time(transaction.signedDate)
        )


def _minor(transaction: Transaction) -> int:
    """The price in the currency's smallest unit; Apple tells it in thousandths of the unit.

    Raises:
        Unreadable: no price, or one that is no whole amount: 4990 is 4.99 USD, 4995 is nothing.
    """
    price, currency = transaction.price, transaction.currency
    if price is None or not currency:
        raise Unreadable(why="the transaction has no price", provider="Apple")
    minor, rest = divmod(price * int(10 ** exponent(currency)), MILLI)
    if rest or price < 0:
        raise Unreadable(why=f"{price} is no whole amount of {currency}", provider="Apple")
    return minor


def _fingerprint(kind: str, notification: Notification, transaction: Transaction | None) -> str:
    """Over what is said, not when it was signed: that differs from try to try."""
    said: list[object] = [kind, notification.rawSubtype, notification.notificationUUID]
    if transaction is not None:
        said += [transaction.transactionId, transaction.price, transaction.currency,
                 transaction.productId, transaction.revocationDate]  # fmt: skip
    return hashlib.sha256(canonical_json(said).encode()).hexdigest()


def _nothing() -> Truth:
    return Truth(OrderRef(), "production", ())


def _time(millis: int | None) -> datetime:
    return datetime.fromtimestamp((millis or 0) / MILLI, UTC)


def _millis(at: datetime) -> int:
    return int(at.timestamp() * MILLI)


def _read(file: Path) -> bytes:
    try:
        return file.expanduser().read_bytes()
    except OSError as broken:
        raise ProviderMissing(
            provider="Apple",
            why=f"{file} cannot be read",
            mend="Set SILKREEL_APPLE_PRIVATE_KEY to the .p8 file from App Store Connect.",
        ) from broken
