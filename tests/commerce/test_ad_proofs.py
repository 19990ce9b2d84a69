"""Callbacks of ad networks: late, double, missing, forged and strange, from wire to unlock."""

import random
from datetime import UTC, datetime, timedelta
from urllib.parse import urlencode

import sqlalchemy as sa

from silkreel.commerce import ads
from silkreel.commerce.ad_rules import AdRules
from silkreel.commerce.adnetworks.unity import UnityAds, callback_hmac
from silkreel.commerce.ads import Asking, NoSuchAd
from silkreel.commerce.payments import BadSignature, KeysOutOfReach
from silkreel.commerce.tables import AdDayRow, AdIntentRow, EntitlementRow, InboxEventRow
from silkreel.flows.take_ad_proofs import hear_ad

NOON = datetime(2026, 6, 1, 12, tzinfo=UTC)
UNITY, RULES = UnityAds(("secret",)), AdRules(cooldown=timedelta(0))
VIEWERS = 60


def asking(viewer, episode="e9"):
    return Asking(
        viewer_id=viewer, brand_id="b1", device_hash=f"d-{viewer}", address_prefix="",
        placement="sheet", series_id="s1", episode_id=episode, network="unity", zone="UTC",
        allowed=True, filled=True,
    )  # fmt: skip


def offer(database, viewer="v1", at=NOON):
    with database.transaction() as tx:
        return ads.offer(tx, asking(viewer), RULES, at)


def callback(nonce, oid="1", secret="secret"):
    found = {"sid": nonce, "oid": oid, "productid": "7"}
    return urlencode({**found, "hmac": callback_hmac(found, secret)})


def hear(database, query, at=NOON):
    return hear_ad(database, UNITY, query, {}, RULES, at)


def messages(database):
    with database.reading() as tx:
        rows = tx.scalars(sa.select(InboxEventRow).order_by(InboxEventRow.id))
        return [(row.provider, row.state, row.signature_ok) for row in rows]


def test_a_callback_opens_the_episode_and_is_kept_once(database):
    query = callback(offer(database).nonce)
    assert [hear(database, query).refusal for _ in range(3)] == [None, None, None]
    assert messages(database) == [("ads.unity", "applied", True)]
    with database.reading() as tx:
        assert tx.scalars(sa.select(EntitlementRow.ref)).all() == ["e9"]


def test_a_forged_callback_is_refused_kept_and_opens_nothing(database):
    intent = offer(database)
    assert isinstance(hear(database, callback(intent.nonce, secret="x")).refusal, BadSignature)
    assert messages(database) == [("ads.unity", "parked", False)]
    with database.reading() as tx:
        assert tx.scalars(sa.select(EntitlementRow)).all() == []


def test_a_good_proof_for_no_ad_of_ours_is_kept_for_a_person(database):
    assert isinstance(hear(database, callback("never_issued_0000")).refusal, NoSuchAd)
    assert messages(database) == [("ads.unity", "parked", True)]


def test_without_keys_the_network_is_told_to_come_again(database):
    class NoKeys(UnityAds):
        def verify(self, *_):
            raise KeysOutOfReach(provider="unity")

    answer = hear_ad(database, NoKeys(("s",)), "a=b", {}, RULES, NOON)
    assert answer.refusal.status == 503
    assert messages(database) == []


def test_chaos_every_true_proof_is_honoured_once_and_no_other(database):
    """Sixty viewers watch an ad; callbacks are doubled, lost, late, forged and shuffled."""
    dice, wire, proved = random.Random(7), [], set()
    for number in range(VIEWERS):
        viewer = f"v{number}"
        intent = offer(database, viewer)
        if dice.random() < 0.5:
            with database.transaction() as tx:
                ads.claim(tx, intent.nonce, viewer, NOON)
        fate = dice.choice(["true", "double", "late", "lost", "forged"])
        good = callback(intent.nonce, oid=str(number))
        late = NOON + timedelta(hours=2)
        wire += {
            "true": [(NOON, good)], "double": [(NOON, good), (late, good)], "late": [(late, good)],
            "lost": [], "forged": [(NOON, callback(intent.nonce, str(number), "guess"))],
        }[fate]  # fmt: skip
        if fate in {"true", "double", "late"}:
            proved.add(viewer)
    dice.shuffle(wire)
    wire.sort(key=lambda each: each[0])  # by arrival; within an hour in any order
    for at, query in wire:
        if at > NOON:
            with database.transaction() as tx:
                ads.sweep(tx, at)
        hear(database, query, at)
    with database.reading() as tx:
        granted = tx.scalars(
            sa.select(AdIntentRow.viewer_id).where(AdIntentRow.state == "granted")
        ).all()
        lasting = tx.scalars(
            sa.select(EntitlementRow.viewer_id).where(
                EntitlementRow.ends_at > NOON + timedelta(days=6)
            )
        ).all()
        days = tx.execute(sa.select(AdDayRow.viewer_id, AdDayRow.granted)).all()
    assert sorted(granted) == sorted(lasting) == sorted(proved)
    assert {viewer for viewer, count in days if count == 1} == proved
    assert all(count <= 1 for _, count in days)
