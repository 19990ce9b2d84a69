"""Rewarded ads: one nonce is one grant, caps hold, and a proof is always honoured."""

from datetime import UTC, datetime, timedelta
from threading import Barrier, Thread

import pytest
import sqlalchemy as sa
from hypothesis import given
from hypothesis import strategies as st

from silkreel.commerce import ads
from silkreel.commerce.ad_proofs import Proof
from silkreel.commerce.ad_rules import (
    AdCapReached,
    AdCounts,
    AdRules,
    AdsNotAllowed,
    AdsWaitForProof,
    AdTooSoon,
    NoAdReady,
    is_outage,
    is_strict,
    left_today,
    market_day,
)
from silkreel.commerce.ads import AdOver, Asking, NoSuchAd, ProofUsed
from silkreel.commerce.tables import AdDayRow, AdIntentRow, EntitlementRow

NOON = datetime(2026, 6, 1, 12, tzinfo=UTC)
RULES = AdRules()


def asking(viewer="v1", episode="e9", **more):
    values = {
        "viewer_id": viewer, "brand_id": "b1", "device_hash": f"d-{viewer}",
        "address_prefix": f"a-{viewer}", "placement": "sheet", "series_id": "s1",
        "episode_id": episode, "network": "admob", "zone": "America/Sao_Paulo", "allowed": True,
        "filled": True,
    }  # fmt: skip
    return Asking(**{**values, **more})


def at_minute(minutes):
    return NOON + timedelta(minutes=minutes)


def offer(database, at=NOON, rules=RULES, **who):
    with database.transaction() as tx:
        return ads.offer(tx, asking(**who), rules, at)


def claim(database, intent, at=NOON, viewer="v1", episodes=()):
    with database.transaction() as tx:
        return ads.claim(tx, intent.nonce, viewer, at, episodes)


def honour(database, intent, at=NOON, txn=None, rules=RULES):
    with database.transaction() as tx:
        proof = Proof(intent.nonce, "admob", txn or f"t-{intent.nonce}")
        return ads.honour(tx, proof, rules, at)


def sweep(database, at):
    with database.transaction() as tx:
        return ads.sweep(tx, at)


def watched(database, at, **who):
    intent = offer(database, at, **who)
    return honour(database, intent, at)


def open_until(database):
    with database.reading() as tx:
        rows = tx.scalars(sa.select(EntitlementRow).order_by(EntitlementRow.id))
        return {row.ref: row.ends_at for row in rows}


def test_a_claim_opens_at_once_and_a_proof_makes_it_last(database):
    intent = offer(database)
    claim(database, intent, at_minute(1))
    assert open_until(database) == {"e9": at_minute(31)}
    for _ in range(3):
        honour(database, intent, at_minute(2))
    assert open_until(database) == {"e9": at_minute(2) + timedelta(days=7)}
    with database.reading() as tx:
        assert tx.scalars(sa.select(AdDayRow.granted)).one() == 1


def test_a_proof_without_a_claim_opens_too(database):
    honour(database, offer(database), at_minute(3))
    assert set(open_until(database)) == {"e9"}


def test_an_ad_may_open_two_episodes_and_no_third(database):
    rules = AdRules(unlocks=2)
    intent = offer(database, rules=rules)
    claim(database, intent, episodes=["e9", "e10", "e11"])
    assert set(open_until(database)) == {"e9", "e10"}


def test_a_late_proof_is_honoured_after_the_claim_was_rejected_and_takes_the_strike_back(database):
    intent = offer(database)
    claim(database, intent, at_minute(1))
    assert sweep(database, at_minute(40)) == 1
    assert honour(database, intent, at_minute(50)).state == "granted"
    assert open_until(database)["e9"] == at_minute(50) + timedelta(days=7)
    with database.reading() as tx:
        assert tx.scalars(sa.select(AdIntentRow.state)).one() == "granted"


def test_a_proof_is_honoured_although_the_cap_is_reached(database):
    rules = AdRules(day_cap=2, cooldown=timedelta(0))
    early = offer(database, rules=rules)
    late = offer(database, rules=rules)
    with pytest.raises(AdCapReached, match="all 2 ads"):
        offer(database, rules=rules)
    sweep(database, at_minute(16))  # both run out, so others may be asked for
    honour(database, offer(database, at_minute(17), rules), at_minute(18))
    honour(database, offer(database, at_minute(19), rules), at_minute(20))
    for intent in (early, late):
        assert honour(database, intent, at_minute(21)).state == "granted"
    with pytest.raises(AdCapReached):
        offer(database, at_minute(22), rules)


def test_the_day_is_the_markets_and_starts_again_at_its_midnight(database):
    rules = AdRules(day_cap=1, cooldown=timedelta(0))
    before_midnight = datetime(2026, 6, 2, 2, 59, tzinfo=UTC)  # 23:59 in Sao Paulo
    honour(database, offer(database, before_midnight, rules), before_midnight)
    with pytest.raises(AdCapReached):
        offer(database, before_midnight, rules)
    assert offer(database, before_midnight + timedelta(minutes=2), rules).state == "issued"
    assert market_day(before_midnight, "America/Sao_Paulo").isoformat() == "2026-06-01"


def test_between_two_ads_there_is_a_pause(database):
    watched(database, NOON)
    with pytest.raises(AdTooSoon, match="10 seconds"):
        offer(database, NOON)
    assert offer(database, NOON + timedelta(seconds=10)).state == "issued"


def test_unproved_claims_are_two_for_a_viewer_and_four_for_a_device(database):
    for _ in range(2):
        claim(database, offer(database))
    with pytest.raises(AdsWaitForProof):
        offer(database)
    for viewer in ("v2", "v3"):
        claim(database, offer(database, viewer=viewer, device_hash="d-v1"), viewer=viewer)
    with pytest.raises(AdsWaitForProof):
        offer(database, viewer="v4", device_hash="d-v1")
    assert offer(database, viewer="v4").state == "issued"


def test_three_strikes_make_a_viewer_wait_for_proof(database):
    for number in range(3):
        start = at_minute(60 * number)
        claim(database, offer(database, start), start)
        sweep(database, start + timedelta(minutes=31))
    before = open_until(database)
    intent = offer(database, at_minute(300))
    claim(database, intent, at_minute(301))
    assert open_until(database) == before  # nothing opens on a word alone
    honour(database, intent, at_minute(302))
    assert at_minute(302) + timedelta(days=7) in open_until(database).values()


def test_a_networks_outage_is_no_viewers_strike(database):
    for number in range(12):
        viewer = f"v{number}"
        claim(database, offer(database, viewer=viewer), viewer=viewer)
    sweep(database, at_minute(31))
    with database.reading() as tx:
        assert set(tx.scalars(sa.select(AdIntentRow.state))) == {"expired"}


def test_one_proof_serves_one_ad(database):
    first, second = offer(database), offer(database)
    honour(database, first, txn="t1")
    with pytest.raises(ProofUsed):
        honour(database, second, txn="t1")
    assert honour(database, first, txn="t2").state == "granted"  # and no second unlock
    assert len(open_until(database)) == 1


def test_strangers_nonces_and_other_networks_prove_nothing(database):
    intent = offer(database)
    with pytest.raises(NoSuchAd):
        claim(database, intent, viewer="v2")
    with pytest.raises(NoSuchAd), database.transaction() as tx:
        ads.honour(tx, Proof(intent.nonce, "unity", "t1"), RULES, NOON)
    with pytest.raises(NoSuchAd), database.transaction() as tx:
        ads.honour(tx, Proof("never_issued_0000", "admob", "t1"), RULES, NOON)


def test_an_intent_lives_a_quarter_of_an_hour(database):
    intent = offer(database)
    with database.transaction() as tx:
        assert ads.show(tx, intent.nonce, "v1", at_minute(1)).state == "shown"
    with pytest.raises(AdOver):
        claim(database, intent, at_minute(16))


def test_no_ads_where_they_are_not_allowed_or_not_there(database):
    with pytest.raises(AdsNotAllowed):
        offer(database, allowed=False)
    with pytest.raises(NoAdReady):
        offer(database, filled=False)


def test_the_last_ad_of_a_day_is_offered_once_though_many_ask(database):
    rules, got, barrier = AdRules(day_cap=1), [], Barrier(4)

    def ask():
        barrier.wait()
        try:
            got.append(offer(database, rules=rules))
        except AdCapReached:
            got.append(None)

    threads = [Thread(target=ask) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sum(each is not None for each in got) == 1


@given(st.integers(0, 30), st.integers(0, 30), st.integers(0, 30))
def test_what_is_left_is_never_below_zero_nor_above_a_cap(granted, underway, in_series):
    counts = AdCounts(granted_today=granted, open_today=underway, series_today=in_series)
    assert 0 <= left_today(RULES, counts) <= 20


def test_strikes_far_apart_or_long_ago_are_forgotten():
    days = [NOON, NOON + timedelta(days=5), NOON + timedelta(days=10)]
    assert not is_strict(days, NOON + timedelta(days=10))
    close = [NOON, NOON + timedelta(days=1), NOON + timedelta(days=2)]
    assert is_strict(close, NOON + timedelta(days=2))
    assert is_strict(close, NOON + timedelta(days=15))
    assert not is_strict(close, NOON + timedelta(days=16))


def test_a_few_unproved_claims_are_no_outage():
    assert not is_outage(3, 3)
    assert not is_outage(10, 2)
    assert is_outage(10, 3)
