"""AdMob's server-side verification: ECDSA P-256 over the query up to `&signature=`.

Source: developers.google.com/admob/android/ssv. Google's own verifier signs the query percent
decoded, much of the world reads it raw; a signature over either is believed. The user id is the
client's to choose, so the nonce must stand in both fields.
"""

import base64
import binascii
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import ClassVar
from urllib.parse import unquote

import httpx
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import load_der_public_key

from silkreel.commerce.ad_proofs import Proof, fields, one
from silkreel.commerce.adnetworks.admob_reports import AdMobReports
from silkreel.commerce.payments import BadSignature, KeysOutOfReach
from silkreel.kit.settings import Settings

KEYS_LIFE = timedelta(hours=24)  # Google asks not to keep them longer
ASK_AGAIN = timedelta(minutes=1)  # for a key we do not know: else forgeries make us ask and ask
MARK = "&signature="


class AdMob:
    """Believes what Google signed."""

    name: ClassVar[str] = "admob"

    def __init__(self, keys_url: str, timeout_seconds: float) -> None:
        self._url = keys_url
        self._client = httpx.Client(timeout=timeout_seconds)
        self._keys: dict[str, ec.EllipticCurvePublicKey] = {}
        self._kept_at: datetime | None = None  # when the keys we hold were had
        self._asked_at: datetime | None = None  # when we last asked, with whatever success

    @classmethod
    def open(cls, settings: Settings) -> "AdMob":
        """Google's keys are public: nothing is to configure."""
        return cls(settings.admob_keys_url, settings.payment_timeout_seconds)

    @classmethod
    def reporter(cls, settings: Settings) -> AdMobReports:
        """What fetches its reports; it has keys of its own.

        Raises:
            ReportsMissing: they are not set.
        """
        return AdMobReports.open(settings)

    def verify(self, raw_query: str, headers: Mapping[str, str], at: datetime) -> Proof:
        """The proof in a callback; `signature` and `key_id` must come last, as they do."""
        del headers
        found = fields(raw_query, self.name)
        content, mark, rest = raw_query.partition(MARK)
        if not mark or set(fields("signature=" + rest, self.name)) != {"signature", "key_id"}:
            raise BadSignature
        self._check(content, one(found, "signature"), one(found, "key_id"), at)
        nonce = one(found, "custom_data")
        if found.get("user_id") != nonce:
            raise BadSignature
        return Proof(nonce, self.name, one(found, "transaction_id"))

    def _check(self, content: str, signature: str, key_id: str, at: datetime) -> None:
        key = self._key(key_id, at)
        signed = _bytes(signature)
        for text in dict.fromkeys((content, unquote(content))):
            try:
                key.verify(signed, text.encode(), ec.ECDSA(SHA256()))
            except InvalidSignature:
                continue
            return
        raise BadSignature

    def _key(self, key_id: str, at: datetime) -> ec.EllipticCurvePublicKey:
        stale = self._kept_at is None or at - self._kept_at > KEYS_LIFE
        may_ask = self._asked_at is None or at - self._asked_at >= ASK_AGAIN
        if (stale or key_id not in self._keys) and may_ask:
            self._ask(at)
        elif stale:
            raise KeysOutOfReach(provider="AdMob")
        if key_id not in self._keys:
            raise BadSignature
        return self._keys[key_id]

    def _ask(self, at: datetime) -> None:
        self._asked_at = at
        try:
            answer = self._client.get(self._url).raise_for_status().json()
            keys = {str(each["keyId"]): _public_key(each["base64"]) for each in answer["keys"]}
        except (httpx.HTTPError, ValueError, KeyError, TypeError) as broken:
            raise KeysOutOfReach(provider="AdMob") from broken
        self._keys, self._kept_at = keys, at


def _public_key(text: str) -> ec.EllipticCurvePublicKey:
    key = load_der_public_key(base64.b64decode(text))
    if not isinstance(key, ec.EllipticCurvePublicKey) or not isinstance(key.curve, ec.SECP256R1):
        raise TypeError("AdMob signs with P-256")
    return key


def _bytes(signature: str) -> bytes:
    try:
        return base64.b64decode(signature + "=" * (-len(signature) % 4), b"-_", validate=True)
    except (binascii.Error, ValueError) as broken:
        raise BadSignature from broken
