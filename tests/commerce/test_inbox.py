"""Bad messages are refused with one clear sentence each, and kept; good ones are kept once."""

import json
from datetime import UTC, datetime, timedelta

import pytest
import sqlalchemy as sa

from silkreel.commerce import inbox
from silkreel.commerce.payments import BadSignature, KeysOutOfReach, OutOfTime, Unreadable
from silkreel.commerce.providers.stripe import Stripe
from silkreel.commerce.signatures import sign
from silkreel.commerce.tables import InboxEventRow, OutboxRow

SECRET = "whsec_inbox"
NOON = datetime(2026, 6, 1, 12, tzinfo=UTC)
STRIPE = Stripe("sk_test", (SECRET,), "http://127.0.0.1:9", 1.0)


def hear(database, provider, raw, headers, at):
    found = inbox.examine(provider, raw, headers, at)
    with database.transaction() as tx:
        return inbox.write_down(tx, provider.name, raw, headers, at, found)


def event(name="evt_1", **more):
    about = {"object": "payment_intent", "id": "pi_1", "metadata": {}}
    return json.dumps({"id": name, "type": "x", "data": {"object": about}, **more}).encode()


def told(database, raw, *, at=NOON, signed=NOON, secret=SECRET, header=None):
    header = header if header is not None else sign(raw, secret, signed)
    return hear(database, STRIPE, raw, {"Stripe-Signature": header, "Cookie": "secret"}, at)


def rows(database):
    with database.reading() as tx:
        return list(tx.scalars(sa.select(InboxEventRow).order_by(InboxEventRow.id)))


def alarms(database):
    with database.reading() as tx:
        return list(tx.scalars(sa.select(OutboxRow).where(OutboxRow.topic == "alarm.inbox")))


def test_a_good_message_is_kept_raw_and_once(database):
    raw = event()
    first, second = told(database, raw), told(database, raw, at=NOON + timedelta(seconds=9))
    assert (first.refusal, second.refusal) == (None, None)
    assert first.inbox_id == second.inbox_id
    (row,) = rows(database)
    assert (row.body, row.state, row.signature_ok) == (raw, "new", True)


@pytest.mark.parametrize(
    ("how", "raw", "refusal", "sentence"),
    [
        ({"secret": "whsec_forger"}, event(), BadSignature, "does not fit this message"),
        ({"header": ""}, event(), BadSignature, "same secret"),
        ({"signed": NOON - timedelta(hours=1)}, event(), OutOfTime, "3600 seconds away"),
        ({"signed": NOON + timedelta(days=365)}, event(), OutOfTime, "seconds away"),
        ({}, b"not json", Unreadable, "cannot be read"),
        ({}, b"\x00" * (256 * 1024 + 1), inbox.TooLarge, "262144 are allowed"),
    ],
    ids=["forged", "unsigned", "replayed", "future-dated", "not JSON", "huge"],
)
def test_a_bad_message_is_refused_in_one_sentence_and_kept(database, how, raw, refusal, sentence):
    answer = told(database, raw, **how)
    assert isinstance(answer.refusal, refusal)
    assert sentence in str(answer.refusal)
    (row,) = rows(database)
    assert (row.state, row.signature_ok, row.problem) == ("parked", False, str(answer.refusal))
    assert row.body == raw[: inbox.KEPT_BYTES]
    told(database, raw, **how)
    assert len(rows(database)) == 1  # the same forgery again fills nothing


def test_one_id_with_other_bytes_is_kept_twice_and_alarms_once(database):
    told(database, event(type="a"))
    for _ in range(2):
        answer = told(database, event(type="b"))
        assert isinstance(answer.refusal, inbox.SameIdOtherBytes)
    assert [row.state for row in rows(database)] == ["new", "parked"]
    assert len(alarms(database)) == 1


def test_a_flood_of_forgeries_stops_filling_the_disk(database, monkeypatch):
    monkeypatch.setattr(inbox, "REFUSED_KEPT", 3)
    for number in range(6):
        answer = told(database, event(f"evt_{number}"), secret="forger")
        assert isinstance(answer.refusal, BadSignature)
    assert len(rows(database)) == 3
    assert told(database, event("evt_real")).state == "new"


def test_headers_that_let_somebody_in_are_not_kept(database):
    told(database, event())
    (row,) = rows(database)
    assert set(row.headers) == {"stripe-signature"}


def test_a_message_nobody_can_verify_now_is_to_be_sent_again(database):
    class NoKeys(Stripe):
        def verify(self, *_):
            raise KeysOutOfReach(provider="Stripe")

    answer = hear(database, NoKeys("k", ("s",), "http://127.0.0.1:9", 1.0), event(), {}, NOON)
    assert answer.refusal.status == 503
    assert rows(database) == []


def test_after_many_rounds_a_message_waits_for_a_person(database):
    told(database, event())
    with database.transaction() as tx:
        (message,) = inbox.waiting(tx, ["stripe"], 10)
        for _ in range(inbox.ATTEMPTS):
            inbox.try_later(tx, message.inbox_id, KeysOutOfReach(provider="Stripe"), NOON)
    assert rows(database)[0].state == "parked"
    assert len(alarms(database)) == 1
