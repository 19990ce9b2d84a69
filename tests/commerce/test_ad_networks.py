"""Proofs of ad networks: their own published keys and vectors where there are some, else our keys."""

import base64
import hashlib
from datetime import UTC, datetime, timedelta
from urllib.parse import quote, urlencode

import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from json_server import JsonServer

from silkreel.commerce.ad_proofs import NetworkMissing, Proof
from silkreel.commerce.adnetworks.admob import AdMob
from silkreel.commerce.adnetworks.applovin import AppLovin, event_token_all
from silkreel.commerce.adnetworks.beacons import Beacons, OutOfOrder, TooQuick
from silkreel.commerce.adnetworks.unity import UnityAds, callback_hmac
from silkreel.commerce.payments import BadSignature, KeysOutOfReach, OutOfTime, Unreadable
from silkreel.kit.settings import Settings

NONCE = "nonce_0123456789"
NOON = datetime(2026, 6, 1, 12, tzinfo=UTC)
# The public half of the key pair that tink-java-apps publishes in RewardedAdsVerifierTest; the
# signatures were made with its private half, over the query decoded and over the query raw.
TINK_KEY = (
    "MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAEPYnHwS8uegWAewQtlxizmLFynwHcxRT1PK07cDA6/C4s"
    "XrVI1SzZCUx8U8S0LjMrT6ird/VW7be3Mz6t/srtRQ=="
)
TINK_QUERY = f"custom_data={NONCE}&reward_item=hello%20world&transaction_id=t1&user_id={NONCE}"
TINK_DECODED = (
    "MEUCIQDbGAgi6aSWw2S3PfqUvcDq5c5nyx1LAzkncAjEwnxY"
    "agIgTKa2BRRk2FquLKX_r-CIysj119wcjpuyHqK-GjMBdv4"
)
TINK_RAW = (
    "MEYCIQDle7FczFIafsJTCDOGbutE4oM1CZBggEGxkVe1ocDz"
    "6AIhAJ6LDhy33U7MJVNXU9TtKFVsnJfss4a4XAE0gMuyLuRB"
)


class KeyServer(JsonServer):
    """AdMob's key server, with the published key, one of our own, and a large key id."""

    def __init__(self):
        self.key = ec.generate_private_key(ec.SECP256R1())
        self.down = False
        super().__init__()

    def answer(self, _method, _path, _query, _body, _headers):
        if self.down:
            return 500, {}
        der = self.key.public_key().public_bytes(
            serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo
        )
        own = base64.b64encode(der).decode()
        return 200, {
            "keys": [
                {"keyId": 1234, "base64": TINK_KEY, "pem": ""},
                {"keyId": 2**31, "base64": own, "pem": ""},
            ]
        }

    def sign(self, content, key_id=2**31):
        signature = self.key.sign(content.encode(), ec.ECDSA(SHA256()))
        text = base64.urlsafe_b64encode(signature).decode().rstrip("=")
        return f"{content}&signature={text}&key_id={key_id}"


@pytest.fixture
def keys():
    server = KeyServer()
    yield server
    server.close()


@pytest.fixture
def admob(keys):
    return AdMob(f"{keys.url}/keys", 2)


def callback(nonce=NONCE, user=NONCE, txn="t1", **more):
    return urlencode({"ad_network": "1", "custom_data": nonce, "transaction_id": txn, **more,
                      "user_id": user}, quote_via=quote)  # fmt: skip


@pytest.mark.parametrize("signature", [TINK_DECODED, TINK_RAW], ids=["decoded", "raw"])
def test_admob_believes_the_published_key_over_the_raw_and_the_decoded_query(admob, signature):
    query = f"{TINK_QUERY}&signature={signature}&key_id=1234"
    assert admob.verify(query, {}, NOON) == Proof(NONCE, "admob", "t1")
    with pytest.raises(BadSignature):
        admob.verify(query.replace("hello", "Hello"), {}, NOON)


def test_admob_key_ids_may_pass_32_bits(admob, keys):
    assert admob.verify(keys.sign(callback()), {}, NOON).nonce == NONCE


def test_admob_every_changed_letter_is_noticed(admob, keys):
    signed = keys.sign(callback())
    end = signed.index("&signature=")
    for place in range(0, end, 3):
        changed = signed[:place] + chr(ord(signed[place]) ^ 1) + signed[place + 1 :]
        with pytest.raises((BadSignature, Unreadable)):
            admob.verify(changed, {}, NOON)


@pytest.mark.parametrize(
    "query",
    [
        "", "custom_data=x", "a=1&signature=!!&key_id=1234", "signature=a&key_id=1234",
        callback() + "&key_id=1234&signature=AAAA", callback() + "&signature=AAAA",
        callback() + "&signature=AAAA&key_id=1234&reward_amount=99",
        "a=1&a=2&signature=AAAA&key_id=1234", "a=" + "x" * 9000,
    ],
)  # fmt: skip
def test_admob_without_a_proper_signature_at_the_end_nothing_is_proved(admob, query):
    with pytest.raises((BadSignature, Unreadable)):
        admob.verify(query, {}, NOON)


def test_admob_a_user_id_that_is_not_the_nonce_proves_nothing(admob, keys):
    with pytest.raises(BadSignature):
        admob.verify(keys.sign(callback(user="somebody_else_012")), {}, NOON)


def test_admob_unknown_keys_are_asked_for_once_a_minute_at_most(admob, keys):
    for second in range(59):
        with pytest.raises(BadSignature):
            admob.verify(keys.sign(callback(), 99), {}, NOON + timedelta(seconds=second))
    assert len(keys.requests) == 1
    with pytest.raises(BadSignature):
        admob.verify(keys.sign(callback(), 99), {}, NOON + timedelta(seconds=61))
    assert len(keys.requests) == 2


def test_admob_keys_live_a_day_and_without_keys_nothing_is_believed(admob, keys):
    query = keys.sign(callback())
    admob.verify(query, {}, NOON)
    keys.down = True
    admob.verify(query, {}, NOON + timedelta(hours=23))
    for seconds in (1, 2):  # the second finds that it asked just now
        with pytest.raises(KeysOutOfReach):
            admob.verify(query, {}, NOON + timedelta(hours=24, seconds=seconds))
    keys.down = False
    admob.verify(query, {}, NOON + timedelta(hours=25))


def test_unity_accepts_its_published_example():
    found = {"productid": "1234", "sid": "1234567890", "oid": "0987654321"}
    assert callback_hmac(found, "xyzKEY") == "106ed4300f91145aff6378a355fced73"


def test_unity_binds_every_field_and_takes_two_secrets():
    unity = UnityAds(("old", "new"))
    found = {"sid": NONCE, "oid": "77", "productid": "1"}
    for secret in ("old", "new"):
        query = urlencode({**found, "hmac": callback_hmac(found, secret)})
        assert unity.verify(query, {}, NOON) == Proof(NONCE, "unity", "77")
        for changed in (
            query.replace("77", "78"),
            query + "&extra=1",
            query.replace("hmac", "hma"),
        ):
            with pytest.raises(BadSignature):
                unity.verify(changed, {}, NOON)


def test_applovin_hashes_all_values_as_they_came_in_order_of_their_names():
    query = f"event_id=e1&custom_data={NONCE}&currency=My%20Coins&event_token=zzz"
    by_hand = hashlib.sha256(f"My%20Coins{NONCE}e1the-key".encode()).hexdigest()
    assert event_token_all(query, "the-key") == by_hand
    proof = AppLovin(("the-key",)).verify(f"{query}&event_token_all={by_hand}", {}, NOON)
    assert proof == Proof(NONCE, "applovin", "e1")


def test_applovin_the_weaker_token_is_not_enough():
    network = AppLovin(("k",))
    weak = hashlib.sha1(b"e1k").hexdigest()
    with pytest.raises(BadSignature):
        network.verify(f"custom_data={NONCE}&event_id=e1&event_token={weak}", {}, NOON)


@pytest.mark.parametrize(
    ("network", "setting"),
    [
        (AppLovin, "APPLOVIN_EVENT_KEY"), (UnityAds, "UNITY_ADS_SECRET"),
        (Beacons, "BEACON_SECRETS"),
    ],
)  # fmt: skip
def test_without_keys_a_network_says_what_to_set(network, setting):
    with pytest.raises(NetworkMissing, match=f"SILKREEL_{setting}"):
        network.open(Settings())


STEPS = ("start", "first_quartile", "midpoint", "third_quartile", "complete")


def play(beacons, *, seconds=20.0, steps=STEPS, length=20):
    """Play an ad; steps come evenly over `seconds`."""
    ticket = beacons.issue(NONCE, length, NOON)
    for number, step in enumerate(steps):
        at = NOON + timedelta(seconds=5 + seconds * number / 4)
        ticket = beacons.advance(ticket, step, at)
    return beacons.verify(f"ticket={ticket}", {}, NOON + timedelta(seconds=5 + seconds))


def test_beacons_an_ad_watched_to_its_end_is_proved():
    assert play(Beacons(("s",))) == Proof(NONCE, "beacons", NONCE)
    assert play(Beacons(("s",)), seconds=18) == Proof(NONCE, "beacons", NONCE)


def test_beacons_the_servers_clock_decides():
    with pytest.raises(TooQuick, match="Watch it to the end"):
        play(Beacons(("s",)), seconds=17)


@pytest.mark.parametrize("left_out", range(5))
def test_beacons_no_step_is_left_out(left_out):
    steps = [step for step in STEPS if step != STEPS[left_out]]
    with pytest.raises(OutOfOrder):
        play(Beacons(("s",)), steps=steps)


def test_beacons_the_same_step_again_is_answered_and_an_earlier_one_is_not():
    beacons = Beacons(("s",))
    first = beacons.advance(beacons.issue(NONCE, 20, NOON), "start", NOON)
    again = beacons.advance(first, "start", NOON + timedelta(seconds=9))
    assert again == first  # the start does not move
    with pytest.raises(OutOfOrder):
        beacons.advance(first, "issued", NOON)


def test_beacons_forged_foreign_and_old_tickets_are_refused():
    ticket = Beacons(("s",)).issue(NONCE, 20, NOON)
    for forged in (ticket[:-1] + "x", "a.b", "", ticket.replace(".", "")):
        with pytest.raises(BadSignature):
            Beacons(("s",)).advance(forged, "start", NOON)
    with pytest.raises(BadSignature):
        Beacons(("other",)).advance(ticket, "start", NOON)
    assert Beacons(("new", "s")).advance(ticket, "start", NOON)
    with pytest.raises(OutOfTime):
        Beacons(("s",)).advance(ticket, "start", NOON + timedelta(hours=1))
