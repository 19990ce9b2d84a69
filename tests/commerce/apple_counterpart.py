"""Apple with keys of our own: a root, an intermediate and a leaf that sign as the App Store does,
and the two questions of its server API that we ask, on 127.0.0.1.
"""

import base64
import json
import uuid
from datetime import UTC, datetime, timedelta

import jwt
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from json_server import JsonServer

LEAF_OID = x509.ObjectIdentifier("1.2.840.113635.100.6.11.1")
INTERMEDIATE_OID = x509.ObjectIdentifier("1.2.840.113635.100.6.2.1")
BUNDLE, APP_ID = "test.silkreel.app", 1234567890
NULL = b"\x05\x00"


class Chain:
    """Three certificates and the leaf's key."""

    def __init__(self, *, leaf_oid=LEAF_OID):
        root_key, middle_key, self.key = (ec.generate_private_key(ec.SECP256R1()) for _ in range(3))
        root = certificate("Root", root_key, "Root", root_key, None, ca=True)
        middle = certificate("Middle", middle_key, "Root", root_key, INTERMEDIATE_OID, ca=True)
        leaf = certificate("Leaf", self.key, "Middle", middle_key, leaf_oid, ca=False)
        self.certificates = [leaf, middle, root]

    @property
    def root(self):
        return self.certificates[-1].public_bytes(serialization.Encoding.DER)

    def sign(self, payload):
        x5c = [
            base64.b64encode(each.public_bytes(serialization.Encoding.DER)).decode()
            for each in self.certificates
        ]
        return jwt.encode(payload, self.key, algorithm="ES256", headers={"x5c": x5c})


def certificate(name, key, issuer, issuer_key, oid, *, ca):
    start = datetime.now(UTC) - timedelta(days=1)
    builder = (
        x509.CertificateBuilder()
        .subject_name(named(name))
        .issuer_name(named(issuer))
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(start)
        .not_valid_after(start + timedelta(days=365))
        .add_extension(x509.BasicConstraints(ca=ca, path_length=None), critical=True)
        .add_extension(usage(ca=ca), critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
        .add_extension(
            x509.AuthorityKeyIdentifier.from_issuer_public_key(issuer_key.public_key()),
            critical=False,
        )
    )
    if oid:
        builder = builder.add_extension(x509.UnrecognizedExtension(oid, NULL), critical=False)
    return builder.sign(issuer_key, hashes.SHA256())


def named(name):
    return x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, f"Silkreel Test {name}")])


def usage(*, ca):
    return x509.KeyUsage(
        digital_signature=not ca, content_commitment=False, key_encipherment=False,
        data_encipherment=False, key_agreement=False, key_cert_sign=ca, crl_sign=ca,
        encipher_only=False, decipher_only=False,
    )  # fmt: skip


class AppleCounterpart(JsonServer):
    def __init__(self):
        self.chain = Chain()
        self.api_key = ec.generate_private_key(ec.SECP256R1())
        self.transactions, self.notifications = {}, []
        super().__init__()

    def pem(self):
        return self.api_key.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )  # fmt: skip

    def buy(self, token, price=4990, currency="USD", product="coins-500", **more):
        name = f"20000{len(self.transactions) + 1}"
        now = int(datetime.now(UTC).timestamp() * 1000)
        self.transactions[name] = {
            "transactionId": name, "originalTransactionId": name, "bundleId": BUNDLE,
            "productId": product, "purchaseDate": now, "signedDate": now, "quantity": 1,
            "type": "Consumable", "appAccountToken": token, "environment": "Production",
            "price": price, "currency": currency, "storefront": "USA", **more,
        }  # fmt: skip
        return name

    def signed(self, name, chain=None):
        return (chain or self.chain).sign(self.transactions[name])

    def notify(self, kind, name, *, chain=None, notification=None, **data):
        chain = chain or self.chain
        payload = {
            "notificationType": kind, "notificationUUID": notification or str(uuid.uuid4()),
            "version": "2.0", "signedDate": int(datetime.now(UTC).timestamp() * 1000),
            "data": {
                "appAppleId": APP_ID, "bundleId": BUNDLE,
                "environment": self.transactions[name]["environment"],
                "signedTransactionInfo": self.signed(name, chain), **data,
            },
        }  # fmt: skip
        signed = chain.sign(payload)
        self.notifications.append(signed)
        return json.dumps({"signedPayload": signed}).encode()

    def answer(self, method, path, query, _body, headers):
        token = headers.get("authorization", "").removeprefix("Bearer ")
        try:
            claims = jwt.decode(
                token,
                self.api_key.public_key(),
                algorithms=["ES256"],
                audience="appstoreconnect-v1",
            )
        except jwt.InvalidTokenError:
            return 401, {}
        assert claims["bid"] == BUNDLE
        if method == "GET" and path.startswith("/inApps/v1/transactions/"):
            name = path.rsplit("/", 1)[1]
            if name not in self.transactions:
                return 404, {"errorCode": 4040010, "errorMessage": "Transaction id not found."}
            return 200, {"signedTransactionInfo": self.signed(name)}
        if path == "/inApps/v1/notifications/history":
            start = int(query.get("paginationToken", 0))
            page = self.notifications[start : start + 2]
            more = start + 2 < len(self.notifications)
            return 200, {
                "notificationHistory": [{"signedPayload": each} for each in page],
                "hasMore": more, "paginationToken": str(start + 2),
            }  # fmt: skip
        return 404, {}
