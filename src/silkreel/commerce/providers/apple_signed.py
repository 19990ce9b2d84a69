"""What Apple signed: JWS with a chain of three certificates, read by Apple's own library.

Only the production and sandbox environments exist here. The library's XCODE and LOCAL_TESTING
skip every signature (a forged HS256 passes them), so no verifier for them is ever made.
"""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

from appstoreserverlibrary.models.Environment import Environment as AppleEnvironment
from appstoreserverlibrary.models.JWSTransactionDecodedPayload import JWSTransactionDecodedPayload
from appstoreserverlibrary.models.ResponseBodyV2DecodedPayload import ResponseBodyV2DecodedPayload
from appstoreserverlibrary.signed_data_verifier import (
    SignedDataVerifier,
    VerificationException,
    VerificationStatus,
)

from silkreel.commerce.payments import (
    BadSignature,
    Environment,
    KeysOutOfReach,
    NotForUs,
    ProviderMissing,
    Unreadable,
    WrongEnvironment,
)
from silkreel.kit.refusals import Refusal

T = TypeVar("T")

Transaction = JWSTransactionDecodedPayload
Notification = ResponseBodyV2DecodedPayload
# What is wrong with data that Apple did sign: it is not for this app, or not for this place.
AIM = {VerificationStatus.INVALID_APP_IDENTIFIER, VerificationStatus.INVALID_ENVIRONMENT}
JWS_LETTERS = 128 * 1024
ENVIRONMENTS: dict[AppleEnvironment, Environment] = {
    AppleEnvironment.PRODUCTION: "production",
    AppleEnvironment.SANDBOX: "sandbox",
}


@dataclass(frozen=True, slots=True)
class App:
    """Which app signed data must be for."""

    bundle_id: str
    app_id: int | None  # Apple's number for it; needed for production
    sandbox_only: bool
    online_checks: bool  # ask whether certificates are revoked


class AppleSigned:
    """Verifies and decodes; a production installation knows sandbox purchases as such."""

    def __init__(self, roots: list[bytes], app: App) -> None:
        wanted = [AppleEnvironment.SANDBOX]
        if not app.sandbox_only:
            wanted.insert(0, AppleEnvironment.PRODUCTION)
        self._verifiers = [
            SignedDataVerifier(roots, app.online_checks, each, app.bundle_id, app.app_id)
            for each in wanted
        ]
        self._sandbox, self._bundle_id = app.sandbox_only, app.bundle_id

    def notification(self, signed: str) -> Notification:
        """A server notification.

        Raises:
            BadSignature, WrongEnvironment, KeysOutOfReach.
        """
        return self._first(signed, SignedDataVerifier.verify_and_decode_notification)

    def transaction(self, signed: str) -> Transaction:
        """A transaction, from a notification, a device or Apple's API; raises the same."""
        return self._first(signed, SignedDataVerifier.verify_and_decode_signed_transaction)

    def _first(self, signed: str, way: Callable[[SignedDataVerifier, str], T]) -> T:
        """By the first verifier that believes it: sandbox data lacks what production data has."""
        if len(signed) > JWS_LETTERS:
            raise Unreadable(why="it is too long", provider="Apple")
        problems = []
        for verifier in self._verifiers:
            try:
                return way(verifier, signed)
            except VerificationException as problem:
                problems.append(problem.status)
        raise self._refusal(problems)

    def _refusal(self, problems: list[VerificationStatus]) -> Refusal:
        if VerificationStatus.RETRYABLE_VERIFICATION_FAILURE in problems:
            return KeysOutOfReach(provider="Apple")
        if set(problems) == {VerificationStatus.INVALID_ENVIRONMENT}:
            return WrongEnvironment(
                found="other", wanted="sandbox" if self._sandbox else "App Store"
            )
        if set(problems) <= AIM:
            return NotForUs(wanted=self._bundle_id)
        return BadSignature()


def read_roots(folder: Path | None) -> list[bytes]:
    """Apple's root certificates (.cer, DER) from a folder.

    Raises:
        ProviderMissing: there are none.
    """
    roots = [path.read_bytes() for path in sorted(folder.glob("*.cer"))] if folder else []
    if not roots:
        raise ProviderMissing(
            provider="Apple",
            why="its root certificates are not there",
            mend="Put Apple's root certificates (.cer) in a folder and set SILKREEL_APPLE_ROOTS.",
        )
    return roots
