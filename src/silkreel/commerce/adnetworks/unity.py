"""Unity Ads: HMAC-MD5 over the sorted fields, `k=v` joined by commas; `sid` is our nonce.

Source: docs.unity.com, implementing S2S redeem callbacks. Unity sends it shortly before the end.
MD5 is their choice; within HMAC it is not known to be broken.
"""

import hashlib
import hmac
from collections.abc import Mapping
from datetime import datetime
from typing import ClassVar

from silkreel.commerce.ad_proofs import NetworkMissing, Proof, fields, one
from silkreel.commerce.adnetworks.unity_reports import UnityReports
from silkreel.commerce.payments import BadSignature
from silkreel.kit.settings import Settings


class UnityAds:
    """Believes what was signed with our secret."""

    name: ClassVar[str] = "unity"

    def __init__(self, secrets: tuple[str, ...]) -> None:
        self._secrets = secrets

    @classmethod
    def open(cls, settings: Settings) -> "UnityAds":
        """Take the secret from the settings.

        Raises:
            NetworkMissing: it is not set.
        """
        secrets = settings.secrets("unity_ads_secret")
        if not secrets:
            raise NetworkMissing(
                network="Unity Ads",
                why="its secret is not set",
                mend="Ask Unity's support for S2S redeem callbacks, then set "
                "SILKREEL_UNITY_ADS_SECRET.",
            )
        return cls(secrets)

    @classmethod
    def reporter(cls, settings: Settings) -> UnityReports:
        """What fetches its reports; it has keys of its own.

        Raises:
            ReportsMissing: they are not set.
        """
        return UnityReports.open(settings)

    def verify(self, raw_query: str, headers: Mapping[str, str], at: datetime) -> Proof:
        """The proof in a callback."""
        del headers, at
        found = fields(raw_query, self.name)
        given = one(found, "hmac").lower()
        wanted = [callback_hmac(found, secret) for secret in self._secrets]
        if not any(hmac.compare_digest(given.encode(), each.encode()) for each in wanted):
            raise BadSignature
        return Proof(one(found, "sid"), self.name, one(found, "oid"))


def callback_hmac(found: Mapping[str, str], secret: str) -> str:
    """The signature of a callback's fields."""
    text = ",".join(f"{name}={value}" for name, value in sorted(found.items()) if name != "hmac")
    return hmac.new(secret.encode(), text.encode(), hashlib.md5).hexdigest()
