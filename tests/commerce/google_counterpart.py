"""Google on 127.0.0.1: signing keys, a token endpoint, and Play's purchases and orders."""

import base64
import itertools
import json
import time
from datetime import UTC, datetime

import jwt
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from json_server import JsonServer

PACKAGE, AUDIENCE = "test.silkreel.app", "https://shop.test/hooks/google_play"
EMAIL = "push@silkreel-test.iam.gserviceaccount.com"
ACCOUNT = "reader@silkreel-test.iam.gserviceaccount.com"
ROOT = f"/androidpublisher/v3/applications/{PACKAGE}/"


def new_key():
    return rsa.generate_private_key(public_exponent=65537, key_size=2048)


KEYS = new_key(), new_key()


class GoogleCounterpart(JsonServer):
    def __init__(self):
        self.key, self.account_key = KEYS
        self.purchases, self.subscriptions, self.orders, self.voided = {}, {}, {}, []
        self.consumed, self.acknowledged, self.numbers = [], [], itertools.count(1)
        self.keys_down, self.key_id = False, "k1"
        super().__init__()

    def account_file(self, folder):
        file = folder / "account.json"
        pem = self.account_key.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )  # fmt: skip
        file.write_text(
            json.dumps(
                {
                    "type": "service_account", "client_email": ACCOUNT, "private_key_id": "a1",
                    "private_key": pem.decode(), "token_uri": f"{self.url}/token",
                }
            )
        )  # fmt: skip
        return file

    def token(self, *, key=None, key_id=None, algorithm="RS256", **claims):
        now = int(time.time())
        body = {
            "iss": "https://accounts.google.com", "aud": AUDIENCE, "email": EMAIL,
            "email_verified": True, "iat": now, "exp": now + 3600, **claims,
        }  # fmt: skip
        headers = {"kid": key_id or self.key_id}
        key = key if key is not None else self.key
        return jwt.encode(body, key, algorithm=algorithm, headers=headers)

    def push(self, said, message_id=None):
        data = base64.b64encode(json.dumps({"packageName": PACKAGE, **said}).encode()).decode()
        message = {"messageId": message_id or f"m{next(self.numbers)}", "data": data}
        raw = json.dumps({"message": message, "subscription": "projects/p/subscriptions/s"})
        return raw.encode(), {"authorization": f"Bearer {self.token()}"}

    # What happens in Play -----------------------------------------------------------------------

    def buy(self, profile, product="coins-500", units="4", nanos=990_000_000, currency="USD"):
        number = next(self.numbers)
        token, order_id = f"token/{number}." + "x" * 170, f"GPA.{number}"  # as long as real ones
        self.purchases[product, token] = {
            "purchaseState": 0, "consumptionState": 0, "acknowledgementState": 0,
            "orderId": order_id, "obfuscatedExternalProfileId": profile,
        }  # fmt: skip
        self._order(order_id, token, product, units, nanos, currency)
        return product, token, order_id

    def subscribe(self, profile, plan="vip-month"):
        number = next(self.numbers)
        token, order_id = f"sub/{number}", f"GPA.{number}"
        self.subscriptions[token] = {
            "subscriptionState": "SUBSCRIPTION_STATE_ACTIVE",
            "acknowledgementState": "ACKNOWLEDGEMENT_STATE_PENDING",
            "lineItems": [{"productId": plan, "latestSuccessfulOrderId": order_id}],
            "externalAccountIdentifiers": {"obfuscatedExternalProfileId": profile},
        }
        self._order(order_id, token, plan, "29", 990_000_000, "USD")
        self.orders[order_id]["lineItems"][0]["subscriptionDetails"] = {}
        return plan, token, order_id

    def _order(self, order_id, token, product, units, nanos, currency):
        self.orders[order_id] = {
            "orderId": order_id, "purchaseToken": token, "state": "PROCESSED",
            "createTime": stamp(), "lineItems": [{"productId": product}],
            "total": {"currencyCode": currency, "units": units, "nanos": nanos},
            "orderHistory": {"processedEvent": {"eventTime": stamp()}},
        }  # fmt: skip

    def void(self, order_id, reason="OTHER"):
        order = self.orders[order_id]
        order["state"] = "REFUNDED"
        order["orderHistory"]["refundEvent"] = {"eventTime": stamp(), "refundReason": reason}
        self.voided.append({"orderId": order_id, "purchaseToken": order["purchaseToken"]})

    def give_back_part(self, order_id, units, nanos=0):
        currency = self.orders[order_id]["total"]["currencyCode"]
        total = {"currencyCode": currency, "units": units, "nanos": nanos}
        self.orders[order_id]["orderHistory"].setdefault("partialRefundEvents", []).append(
            {
                "createTime": stamp(), "processTime": stamp(), "state": "PROCESSED_SUCCESSFULLY",
                "refundDetails": {"total": total},
            }
        )  # fmt: skip

    # What its API answers -----------------------------------------------------------------------

    def answer(self, method, path, query, body, headers):
        if path == "/certs":
            return (500, {}) if self.keys_down else (200, {"keys": [self._jwk()]})
        if path == "/token":
            claims = jwt.decode(
                body["assertion"], self.account_key.public_key(), algorithms=["RS256"],
                audience=f"{self.url}/token",
            )  # fmt: skip
            assert claims["iss"] == ACCOUNT
            return 200, {"access_token": "ya29.test", "expires_in": 3600}
        if headers.get("authorization") != "Bearer ya29.test":
            return 401, {"error": {"message": "Request had invalid authentication credentials."}}
        if not path.startswith(ROOT):
            return 404, {}
        return self._play(method, path.removeprefix(ROOT), query)

    def _play(self, method, path, query):
        found = None
        match method, path.split("/"):
            case "GET", ["purchases", "products", product, "tokens", token]:
                found = self.purchases.get((plain(product), plain(token)))
            case "POST", ["purchases", "products", product, "tokens", action]:
                token = plain(action.removesuffix(":consume"))
                self.purchases[plain(product), token]["consumptionState"] = 1
                self.consumed.append(token)
                found = {}
            case "GET", ["purchases", "subscriptionsv2", "tokens", token]:
                found = self.subscriptions.get(plain(token))
            case "POST", ["purchases", "subscriptions", _, "tokens", action]:
                token = plain(action.removesuffix(":acknowledge"))
                state = "ACKNOWLEDGEMENT_STATE_ACKNOWLEDGED"
                self.subscriptions[token]["acknowledgementState"] = state
                self.acknowledged.append(token)
                found = {}
            case "GET", ["purchases", "voidedpurchases"]:
                found = self._voided_page(query)
            case "GET", ["orders", order_id]:
                found = self.orders.get(order_id)
            case "POST", ["orders", action]:
                self.void(action.removesuffix(":refund"))
                found = {}
        return (404, {"error": {"message": "not found"}}) if found is None else (200, found)

    def _voided_page(self, query):
        start = int(query.get("token", 0))
        page = {"voidedPurchases": self.voided[start : start + 2]}
        if start + 2 < len(self.voided):
            page["tokenPagination"] = {"nextPageToken": str(start + 2)}
        return page

    def _jwk(self):
        jwk = json.loads(jwt.algorithms.RSAAlgorithm.to_jwk(self.key.public_key()))
        return {**jwk, "kid": self.key_id, "alg": "RS256", "use": "sig"}


def plain(part):
    from urllib.parse import unquote

    return unquote(part)


def stamp():
    return datetime.now(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
