"""Stripe Checkout: every event is a hint, the session and its payment are the truth.

Sources: docs.stripe.com/webhooks (signature), docs.stripe.com/checkout/fulfillment (fulfil by
reading the session), docs.stripe.com/api. Spoken over REST; the signature check is our own, with
a bound on both sides (the vendor's library accepts a time a year ahead).
"""

import hashlib
import json
from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any, ClassVar

import httpx

from silkreel.commerce import signatures
from silkreel.commerce.payments import (
    BadSignature,
    Environment,
    Kind,
    Notice,
    OrderRef,
    OrderTerms,
    PaymentFact,
    ProviderMissing,
    ProviderRefused,
    Redirect,
    Truth,
    Unreadable,
)
from silkreel.commerce.providers.http import Line
from silkreel.kit.keys import canonical_json
from silkreel.kit.settings import Settings

REFERENCE = "silkreel-"  # an account may serve other shops too: theirs are none of our orders
PAGE_OBJECTS = 100  # Stripe's own limit
PAGES = 1000  # of a list; a shop with more compares shorter spans
SEARCH = timedelta(hours=1)  # a session is made within this time of its order, or never
SESSION_LIFE = timedelta(hours=1)  # 30 minutes to 24 hours are allowed
# Stripe takes two decimals where the currency has none (docs.stripe.com/currencies).
HUNDREDFOLD = frozenset({"ISK", "UGX"})
WITH_FEE = {"expand[]": "latest_charge.balance_transaction"}
LOST, WON = frozenset({"lost"}), frozenset({"won", "warning_closed", "prevented"})


class Stripe:
    """Payments through a hosted Checkout Session."""

    name: ClassVar[str] = "stripe"
    test_only: ClassVar[bool] = False

    def __init__(
        self, key: str, secrets: tuple[str, ...], url: str, timeout_seconds: float
    ) -> None:
        self._secrets = secrets
        client = httpx.Client(
            base_url=url, timeout=timeout_seconds, headers={"Authorization": f"Bearer {key}"}
        )
        self._line = Line("Stripe", client)

    @classmethod
    def open(cls, settings: Settings) -> "Stripe":
        """Take the keys from the settings; nothing is asked yet.

        Raises:
            ProviderMissing: a key or a webhook secret is not set.
        """
        secrets = settings.secrets("stripe_webhook_secrets")
        if settings.stripe_secret_key is None or not secrets:
            raise ProviderMissing(
                provider="Stripe",
                why="its keys are not set",
                mend="Set SILKREEL_STRIPE_SECRET_KEY and SILKREEL_STRIPE_WEBHOOK_SECRETS.",
            )
        key = settings.stripe_secret_key.get_secret_value()
        return cls(key, secrets, settings.stripe_url, settings.payment_timeout_seconds)

    def create(self, order: OrderTerms) -> Redirect:
        """A Checkout Session for one order; the same order again is the same session."""
        name = f"{REFERENCE}{order.id}"
        amount = _to_stripe(order.gross_minor, order.currency)
        form = {
            "mode": "payment",
            "client_reference_id": name,
            "metadata[order]": name,
            "payment_intent_data[metadata][order]": name,
            "line_items[0][quantity]": "1",
            "line_items[0][price_data][currency]": order.currency.lower(),
            "line_items[0][price_data][unit_amount]": str(amount),
            "line_items[0][price_data][product_data][name]": order.title,
            "success_url": order.return_url,
            "cancel_url": order.return_url,
            "expires_at": str(int((order.created_at + SESSION_LIFE).timestamp())),
        }
        session = self._line.ask(
            "POST", "/v1/checkout/sessions", form=form, headers={"Idempotency-Key": name}
        )
        if not session or "url" not in session:
            raise ProviderRefused(provider="Stripe", why="it made no payment page")
        return Redirect(str(session["url"]), str(session["id"]))

    def verify(self, raw: bytes, headers: Mapping[str, str], at: datetime) -> Notice:
        """An event, by its signature over the raw bytes."""
        header = headers.get("stripe-signature")
        if not header:
            raise BadSignature
        signatures.check(raw, header, self._secrets, at)
        return self.read(raw)

    def read(self, raw: bytes) -> Notice:
        """What a signed event is about: only a hint, whatever it claims."""
        try:
            event = json.loads(raw)
            about = event["data"]["object"]
            kind, name = str(about["object"]), str(about["id"])
            event_id = str(event["id"])
        except (ValueError, KeyError, TypeError, RecursionError) as broken:
            raise Unreadable(why="it is no Stripe event", provider="Stripe") from broken
        payment = name if kind == "payment_intent" else about.get("payment_intent")
        ref = OrderRef(_order_id(about), None, str(payment) if payment else None)
        if kind == "checkout.session":
            ref = OrderRef(_order_id(about), name)
        # `pending_webhooks` counts receivers still to be told: it differs from try to try.
        said = {key: value for key, value in event.items() if key != "pending_webhooks"}
        fingerprint = hashlib.sha256(canonical_json(said).encode("utf-8", "surrogatepass"))
        return Notice(event_id, ref, None, fingerprint.hexdigest())

    def redeem(self, ref: OrderRef, receipt: str) -> Truth | None:
        """What became of the order: the return page proves nothing, so Stripe is asked."""
        del receipt
        return self.fetch(ref)

    def fetch(self, ref: OrderRef) -> Truth | None:
        """The session and its payment, found by whatever is known of them."""
        session = self._session(ref)
        if session is not None:
            return self._truth(session)
        if ref.payment is None:
            return None
        sessions = self._pages("/v1/checkout/sessions", {"payment_intent": ref.payment})
        return next((self._truth(each) for each in sessions if _order_id(each)), None)

    def list(self, since: datetime) -> Iterator[Truth]:
        """Sessions made, and payments refunded or disputed, since a time; each order once."""
        created = {"created[gte]": str(int(since.timestamp()))}
        seen: set[str] = set()
        for session in self._pages("/v1/checkout/sessions", created):
            seen.add(str(session.get("payment_intent")))
            if _order_id(session):
                yield self._truth(session)
        for path in ("/v1/refunds", "/v1/disputes"):
            for each in self._pages(path, created):
                payment = str(each.get("payment_intent"))
                if payment not in seen:
                    seen.add(payment)
                    truth = self.fetch(OrderRef(payment=payment))
                    if truth is not None:
                        yield truth

    def refund(self, payment: str, amount_minor: int, currency: str, key: str) -> PaymentFact:
        """Give back a part or all of a payment."""
        form = {"payment_intent": payment, "amount": str(_to_stripe(amount_minor, currency))}
        made = self._line.ask("POST", "/v1/refunds", form=form, headers={"Idempotency-Key": key})
        if not made:
            raise ProviderRefused(provider="Stripe", why=f"it knows no payment {payment}")
        return _fact(Kind.REFUNDED, made)

    def settle(self, truth: Truth) -> None:
        """Nothing: Stripe wants no word back."""

    def _session(self, ref: OrderRef) -> dict[str, Any] | None:
        if ref.provider_ref:
            return self._line.ask("GET", f"/v1/checkout/sessions/{ref.provider_ref}")
        if ref.order_id is None or ref.since is None:
            return None
        # The name of the session never reached us: look for ours among those of its hour.
        span = {
            "created[gte]": str(int((ref.since - SEARCH).timestamp())),
            "created[lte]": str(int((ref.since + SEARCH).timestamp())),
        }
        found = self._pages("/v1/checkout/sessions", span)
        return next((each for each in found if _order_id(each) == ref.order_id), None)

    def _truth(self, session: dict[str, Any]) -> Truth:
        payment = session.get("payment_intent")
        ref = OrderRef(_order_id(session), str(session["id"]), str(payment) if payment else None)
        environment: Environment = "production" if session.get("livemode") else "sandbox"
        facts = [*_session_facts(session)]
        if payment:
            facts += self._payment_facts(str(payment), over=session.get("status") != "open")
        return Truth(ref, environment, tuple(facts))

    def _payment_facts(self, payment: str, *, over: bool) -> Iterator[PaymentFact]:
        intent = self._line.ask("GET", f"/v1/payment_intents/{payment}", params=WITH_FEE)
        if intent:
            yield from _intent_facts(intent, over=over)
        for refund in self._pages("/v1/refunds", {"payment_intent": payment}):
            yield _fact(Kind.REFUNDED, refund)
            if refund.get("status") in {"failed", "canceled"}:
                yield _fact(Kind.REFUND_REVERSED, refund)
        for dispute in self._pages("/v1/disputes", {"payment_intent": payment}):
            yield _fact(Kind.DISPUTED, dispute)
            if dispute.get("status") in LOST | WON:
                lost = dispute["status"] in LOST
                yield _fact(Kind.CHARGED_BACK if lost else Kind.DISPUTE_WON, dispute)

    def _pages(self, path: str, params: dict[str, str]) -> Iterator[dict[str, Any]]:
        last: dict[str, str] = {}
        for _ in range(PAGES):
            page = self._line.ask(
                "GET", path, params={**params, **last, "limit": str(PAGE_OBJECTS)}
            )
            objects = page.get("data", []) if page else []
            yield from objects
            if not page or not page.get("has_more") or not objects:
                return
            last = {"starting_after": str(objects[-1]["id"])}


def _order_id(about: dict[str, Any]) -> str | None:
    """Our order's id in a session or a payment, None for what is not ours."""
    metadata = about.get("metadata") or {}
    name = str(about.get("client_reference_id") or metadata.get("order") or "")
    return name.removeprefix(REFERENCE) if name.startswith(REFERENCE) else None


def _session_facts(session: dict[str, Any]) -> Iterator[PaymentFact]:
    name = session.get("payment_intent") or session["id"]
    if session.get("status") == "expired":
        yield _fact(Kind.EXPIRED, {**session, "amount": session.get("amount_total")})
    elif session.get("status") == "complete" and session.get("payment_status") == "unpaid":
        yield _fact(Kind.PENDING, {**session, "id": name, "amount": session.get("amount_total")})


def _intent_facts(intent: dict[str, Any], *, over: bool) -> Iterator[PaymentFact]:
    """Paid or failed; a declined card on a page that is still open is not the end (`over`)."""
    if intent.get("status") == "succeeded":
        paid = _fact(Kind.PAID, {**intent, "amount": intent.get("amount_received")})
        yield replace(paid, fee_minor=_fee(intent, paid.currency))
    elif intent.get("status") == "canceled" or (over and intent.get("last_payment_error")):
        yield _fact(Kind.FAILED, intent)


def _fee(intent: dict[str, Any], currency: str) -> int | None:
    """Stripe's fee, where it is settled in the payment's own currency; else nobody knows yet."""
    charge = intent.get("latest_charge")
    balance = charge.get("balance_transaction") if isinstance(charge, dict) else None
    if not isinstance(balance, dict) or str(balance.get("currency")).upper() != currency:
        return None
    fee = int(balance["fee"])
    return -(-fee // 100) if currency in HUNDREDFOLD else fee  # a part of a króna counts as one


def _fact(kind: Kind, about: dict[str, Any]) -> PaymentFact:
    currency = str(about["currency"]).upper()
    amount = _from_stripe(int(about.get("amount") or 0), currency)
    made = datetime.fromtimestamp(int(about["created"]), UTC)
    return PaymentFact(kind, str(about["id"]), amount, currency, made)


def _to_stripe(amount_minor: int, currency: str) -> int:
    return amount_minor * 100 if currency in HUNDREDFOLD else amount_minor


def _from_stripe(amount: int, currency: str) -> int:
    if currency not in HUNDREDFOLD:
        return amount
    whole, rest = divmod(amount, 100)
    if rest:
        raise Unreadable(why=f"{amount} is no whole amount of {currency}", provider="Stripe")
    return whole
