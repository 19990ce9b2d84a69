"""Stripe as its documentation describes it, on 127.0.0.1: sessions, payments, refunds, disputes.

It keeps state, takes form bodies, keeps idempotency keys, pages its lists, and makes the signed
events that a test then delivers. Times are counted by hand, so that a test can say what is old.
"""

import itertools
import json
from datetime import UTC, datetime

from json_server import JsonServer

from silkreel.commerce.signatures import sign

KEY, SECRET = "sk_test_counterpart", "whsec_counterpart"


class StripeCounterpart(JsonServer):
    def __init__(self):
        self.sessions, self.intents, self.refunds, self.disputes = {}, {}, {}, {}
        self.by_key, self.numbers = {}, itertools.count(1)
        self.settled_in = None  # the account's currency, where it is another than the payment's
        self.clock = int(datetime.now(UTC).timestamp())
        self.page = 2  # small pages, so that paging is walked
        super().__init__()

    def new(self, prefix, shelf, **values):
        name = f"{prefix}_{next(self.numbers)}"
        shelf[name] = {"id": name, "created": self.clock, "livemode": True, **values}
        return shelf[name]

    # What happens on Stripe's side -----------------------------------------------------------

    def pay(self, session_id, amount=None):
        session = self.sessions[session_id]
        intent = self._intent(session, amount or session["amount_total"], "succeeded")
        session.update(status="complete", payment_status="paid", payment_intent=intent["id"])
        return self.event("checkout.session.completed", session)

    def pay_by_voucher(self, session_id):
        session = self.sessions[session_id]
        intent = self._intent(session, session["amount_total"], "processing")
        session.update(status="complete", payment_status="unpaid", payment_intent=intent["id"])
        return self.event("checkout.session.completed", session)

    def voucher_arrives(self, session_id):
        session = self.sessions[session_id]
        session["payment_status"] = "paid"
        self.intents[session["payment_intent"]].update(
            status="succeeded", amount_received=session["amount_total"]
        )
        return self.event("checkout.session.async_payment_succeeded", session)

    def voucher_fails(self, session_id):
        session = self.sessions[session_id]
        self.intents[session["payment_intent"]].update(
            status="requires_payment_method", last_payment_error={"code": "expired"}
        )
        return self.event("checkout.session.async_payment_failed", session)

    def expire(self, session_id):
        session = self.sessions[session_id]
        session["status"] = "expired"
        return self.event("checkout.session.expired", session)

    def give_back(self, payment, amount):
        intent = self.intents[payment]
        refund = self.new(
            "re", self.refunds, object="refund", amount=amount, currency=intent["currency"],
            payment_intent=payment, status="succeeded",
        )  # fmt: skip
        return self.event("refund.created", refund)

    def dispute(self, payment, status="needs_response"):
        intent = self.intents[payment]
        dispute = self.new(
            "dp", self.disputes, object="dispute", amount=intent["amount"],
            currency=intent["currency"], payment_intent=payment, status=status,
        )  # fmt: skip
        return self.event("charge.dispute.created", dispute)

    def decide(self, dispute_id, status):
        self.disputes[dispute_id]["status"] = status
        return self.event("charge.dispute.closed", self.disputes[dispute_id])

    def event(self, kind, about, at=None):
        body = {
            "id": f"evt_{next(self.numbers)}", "object": "event", "type": kind,
            "created": self.clock, "livemode": True, "data": {"object": dict(about)},
        }  # fmt: skip
        raw = json.dumps(body).encode()
        return raw, {"stripe-signature": sign(raw, SECRET, at or datetime.now(UTC))}

    def _intent(self, session, amount, status):
        return self.new(
            "pi", self.intents, object="payment_intent", amount=amount, status=status,
            amount_received=amount if status == "succeeded" else 0,
            currency=session["currency"], metadata=session["intent_metadata"],
        )  # fmt: skip

    # What its API answers ----------------------------------------------------------------------

    def answer(self, method, path, query, form, headers):
        if headers.get("authorization") != f"Bearer {KEY}":
            return 401, {"error": {"message": "Invalid API Key provided"}}
        key = headers.get("idempotency-key")
        if key and key in self.by_key:
            before, given = self.by_key[key]
            if given != form:
                why = "Keys for idempotent requests can only be used with the same parameters"
                return 400, {"error": {"type": "idempotency_error", "message": why}}
            return 200, before
        status, content = self._do(method, path, query, form)
        if key and status == 200:
            self.by_key[key] = content, form
        return status, content

    def _do(self, method, path, query, form):  # noqa: PLR0911 - one answer per endpoint
        match method, path.split("/")[2:]:
            case "POST", ["checkout", "sessions"]:
                return 200, self._new_session(form)
            case "POST", ["refunds"]:
                return self._new_refund(form)
            case "GET", ["checkout", "sessions"]:
                return 200, self._list(self.sessions, path, query)
            case "GET", ["refunds"]:
                return 200, self._list(self.refunds, path, query)
            case "GET", ["disputes"]:
                return 200, self._list(self.disputes, path, query)
            case "GET", ["checkout", "sessions", name] if name in self.sessions:
                return 200, self.sessions[name]
            case "GET", ["payment_intents", name] if name in self.intents:
                return 200, self._with_fee(self.intents[name], query)
        return 404, {"error": {"message": f"No such object: {path}"}}

    def _with_fee(self, intent, query):
        """The latest charge is a name unless it is asked to be expanded."""
        if query.get("expand[]") != "latest_charge.balance_transaction":
            return {**intent, "latest_charge": "ch_1"}
        fee = 30 + intent["amount_received"] * 29 // 1000
        settled = self.settled_in or intent["currency"]
        balance = {"object": "balance_transaction", "fee": fee, "currency": settled}
        return {**intent, "latest_charge": {"id": "ch_1", "balance_transaction": balance}}

    def _new_session(self, form):
        amount = int(form["line_items[0][price_data][unit_amount]"])
        session = self.new(
            "cs", self.sessions, object="checkout.session", status="open",
            payment_status="unpaid", payment_intent=None, amount_total=amount,
            currency=form["line_items[0][price_data][currency]"],
            client_reference_id=form["client_reference_id"],
            metadata={"order": form["metadata[order]"]},
            intent_metadata={"order": form["payment_intent_data[metadata][order]"]},
        )  # fmt: skip
        session["url"] = f"https://checkout.stripe.com/c/{session['id']}"
        return session

    def _new_refund(self, form):
        intent = self.intents.get(form["payment_intent"])
        if intent is None:
            return 404, {"error": {"message": "No such payment_intent"}}
        gone = sum(
            each["amount"]
            for each in self.refunds.values()
            if each["payment_intent"] == intent["id"] and each["status"] == "succeeded"
        )
        if gone + int(form["amount"]) > intent["amount"]:
            why = "Refund amount is greater than unrefunded amount on charge"
            return 400, {"error": {"message": why}}
        self.give_back(intent["id"], int(form["amount"]))
        return 200, list(self.refunds.values())[-1]

    def _list(self, shelf, path, query):
        found = [each for each in reversed(shelf.values()) if self._fits(each, query)]
        after = query.get("starting_after")
        if after:
            found = found[[each["id"] for each in found].index(after) + 1 :]
        size = min(int(query.get("limit", 10)), self.page)
        return {
            "object": "list", "url": path, "has_more": len(found) > size, "data": found[:size],
        }  # fmt: skip

    @staticmethod
    def _fits(each, query):
        return (
            each["created"] >= int(query.get("created[gte]", 0))
            and each["created"] <= int(query.get("created[lte]", 2**40))
            and query.get("payment_intent", each.get("payment_intent"))
            == each.get("payment_intent")
        )
