"""AppLovin MAX: `EVENT_TOKEN_ALL`, a hash over every value sent and our event key.

The callback address names each macro by its own name in small letters, e.g.
`?custom_data={CUSTOM_DATA}&event_id={EVENT_ID}&event_token_all={EVENT_TOKEN_ALL}`. Documented as
sha256 of all macros in alphabetical order, as they are and not decoded, and then the key
(support.axon.ai, S2S rewarded callback API). `EVENT_TOKEN` binds only the event's id: not enough.
No published vector is known to us: see one real callback pass before relying on it.
"""

import hashlib
import hmac
from collections.abc import Mapping
from datetime import datetime
from typing import ClassVar

from silkreel.commerce.ad_proofs import NetworkMissing, Proof, fields, one
from silkreel.commerce.adnetworks.applovin_reports import AppLovinReports
from silkreel.commerce.payments import BadSignature
from silkreel.kit.settings import Settings

TOKENS = frozenset({"event_token", "event_token_all"})


class AppLovin:
    """Believes what was hashed with our event key."""

    name: ClassVar[str] = "applovin"

    def __init__(self, keys: tuple[str, ...]) -> None:
        self._keys = keys

    @classmethod
    def open(cls, settings: Settings) -> "AppLovin":
        """Take the key from the settings.

        Raises:
            NetworkMissing: it is not set.
        """
        keys = settings.secrets("applovin_event_key")
        if not keys:
            raise NetworkMissing(
                network="AppLovin",
                why="its event key is not set",
                mend="Set SILKREEL_APPLOVIN_EVENT_KEY, and ask for {EVENT_TOKEN_ALL}.",
            )
        return cls(keys)

    @classmethod
    def reporter(cls, settings: Settings) -> AppLovinReports:
        """What fetches its reports; it has keys of its own.

        Raises:
            ReportsMissing: they are not set.
        """
        return AppLovinReports.open(settings)

    def verify(self, raw_query: str, headers: Mapping[str, str], at: datetime) -> Proof:
        """The proof in a callback."""
        del headers, at
        found = fields(raw_query, self.name)
        token = one(found, "event_token_all").lower()
        wanted = [event_token_all(raw_query, key) for key in self._keys]
        if not any(hmac.compare_digest(token.encode(), each.encode()) for each in wanted):
            raise BadSignature
        return Proof(one(found, "custom_data"), self.name, one(found, "event_id"))


def event_token_all(raw_query: str, key: str) -> str:
    """The token of a callback whose fields are named after their macros."""
    pairs = [part.partition("=")[::2] for part in raw_query.split("&")]
    values = [value for name, value in sorted(pairs) if name not in TOKENS]
    return hashlib.sha256("".join([*values, key]).encode()).hexdigest()
