"""Google's two proofs: tokens it signs for us (push), and a token it lends us (service account)."""

import json
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
import jwt

from silkreel.commerce.payments import (
    BadSignature,
    KeysOutOfReach,
    NotForUs,
    OutOfTime,
    ProviderMissing,
    ProviderSilent,
)
from silkreel.kit.clock import now

ISSUERS = frozenset({"https://accounts.google.com", "accounts.google.com"})
SCOPE = "https://www.googleapis.com/auth/androidpublisher"
GRANT = "urn:ietf:params:oauth:grant-type:jwt-bearer"
SKEW = timedelta(minutes=5)
KEYS_LIFE = timedelta(hours=1)
ASK_AGAIN = timedelta(minutes=1)  # for a key we do not know: else forgeries make us ask and ask
TOKEN_LIFE = timedelta(hours=1)
RENEW_BEFORE = timedelta(minutes=5)


class PushTokens:
    """Believes the OIDC token of a Pub/Sub push; RS256 by Google's keys, and nothing else."""

    def __init__(self, keys_url: str, audience: str, email: str, timeout_seconds: float) -> None:
        self._url, self._audience, self._email = keys_url, audience, email
        self._client = httpx.Client(timeout=timeout_seconds)
        self._keys: dict[str, jwt.PyJWK] = {}
        self._asked_at: datetime | None = None

    def check(self, token: str, at: datetime) -> None:
        """Nothing, where Google signed this token for us.

        Raises:
            BadSignature, OutOfTime, NotForUs, KeysOutOfReach.
        """
        claims = self._claims(token)
        for name, sign in (("exp", 1), ("iat", -1)):
            moment = claims.get(name)
            if not isinstance(moment, int | float):
                raise BadSignature
            away = sign * (at.timestamp() - moment)
            if away > SKEW.total_seconds():
                raise OutOfTime(seconds=int(away), limit=int(SKEW.total_seconds()))
        if claims.get("iss") not in ISSUERS:
            raise BadSignature
        ours = claims.get("email") == self._email and claims.get("email_verified") is True
        if claims.get("aud") != self._audience or not ours:
            raise NotForUs(wanted=self._audience)

    def _claims(self, token: str) -> dict[str, Any]:
        try:
            name = jwt.get_unverified_header(token).get("kid")
            key = self._key(str(name))
            # Times are checked above, against the time the caller gives.
            options = {"verify_exp": False, "verify_iat": False, "verify_nbf": False,
                       "verify_aud": False}  # fmt: skip
            claims: dict[str, Any] = jwt.decode(token, key, algorithms=["RS256"], options=options)  # type: ignore[arg-type]
        except jwt.InvalidTokenError as forged:
            raise BadSignature from forged
        return claims

    def _key(self, name: str) -> jwt.PyJWK:
        at = now()
        age = None if self._asked_at is None else at - self._asked_at
        stale = age is None or age > KEYS_LIFE
        if stale or (name not in self._keys and age is not None and age > ASK_AGAIN):
            self._ask_for_keys(at)
        if name not in self._keys:
            raise BadSignature
        return self._keys[name]

    def _ask_for_keys(self, at: datetime) -> None:
        try:
            answer = self._client.get(self._url).raise_for_status().json()
            keys = {str(each["kid"]): jwt.PyJWK(each) for each in answer["keys"]}
        except (httpx.HTTPError, ValueError, KeyError, TypeError, jwt.PyJWTError) as broken:
            raise KeysOutOfReach(provider="Google") from broken
        self._keys, self._asked_at = keys, at


class ServiceAccount:
    """Our own right to ask Google: a signed claim is exchanged for a token that lasts an hour.

    Source: developers.google.com/identity/protocols/oauth2/service-account (RFC 7523).
    """

    def __init__(self, mail: str, pem: str, token_url: str, timeout_seconds: float) -> None:
        self._mail, self._pem, self._url = mail, pem, token_url
        self._client = httpx.Client(timeout=timeout_seconds)
        self._token, self._until = "", now()

    @classmethod
    def read(cls, file: Path, timeout_seconds: float) -> "ServiceAccount":
        """From the JSON key file that Google's console gives.

        Raises:
            ProviderMissing: there is none, or it is something else.
        """
        try:
            info = json.loads(file.expanduser().read_text())
            mail, pem, url = (str(info[k]) for k in ("client_email", "private_key", "token_uri"))
            jwt.encode({}, pem, algorithm="RS256")
        except (OSError, ValueError, KeyError, TypeError, jwt.PyJWTError) as broken:
            raise ProviderMissing(
                provider="Google Play",
                why=f"{file} is no key file of a service account",
                mend="Set SILKREEL_GOOGLE_PLAY_SERVICE_ACCOUNT to the JSON file of its key.",
            ) from broken
        return cls(mail, pem, url, timeout_seconds)

    def headers(self) -> dict[str, str]:
        """What lets us in; renewed shortly before it ends.

        Raises:
            ProviderSilent: Google gives no token.
        """
        if now() >= self._until - RENEW_BEFORE:
            self._renew()
        return {"Authorization": f"Bearer {self._token}"}

    def _renew(self) -> None:
        at = now()
        claims: dict[str, Any] = {
            "iss": self._mail, "scope": SCOPE, "aud": self._url, "iat": at, "exp": at + TOKEN_LIFE,
        }  # fmt: skip
        form = {"grant_type": GRANT, "assertion": jwt.encode(claims, self._pem, algorithm="RS256")}
        try:
            answer = self._client.post(self._url, data=form).raise_for_status().json()
            self._token = str(answer["access_token"])
            self._until = at + timedelta(seconds=int(answer["expires_in"]))
        except (httpx.HTTPError, ValueError, KeyError, TypeError) as broken:
            raise ProviderSilent(provider="Google") from broken
