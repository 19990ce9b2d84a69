"""A signature holds for one body, one secret and five minutes, both ways."""

from datetime import UTC, datetime, timedelta

import pytest

from silkreel.commerce.payments import BadSignature, OutOfTime
from silkreel.commerce.signatures import check, sign

NOON = datetime(2026, 6, 1, 12, tzinfo=UTC)
BODY = b'{"id": "evt_1"}'


def test_stripes_own_construction_is_accepted():
    # The digest by hand, as docs.stripe.com/webhooks describes it: HMAC-SHA256 over "t.body".
    import hashlib
    import hmac

    digest = hmac.new(b"whsec_a", b"1780315200." + BODY, hashlib.sha256).hexdigest()
    check(BODY, f"t=1780315200,v0=ignored,v1={digest}", ["whsec_a"], NOON)
    assert sign(BODY, "whsec_a", NOON) == f"t=1780315200,v1={digest}"


def test_two_secrets_live_at_once_and_a_third_does_not():
    check(BODY, sign(BODY, "new", NOON), ["old", "new"], NOON)
    check(BODY, sign(BODY, "old", NOON), ["old", "new"], NOON)
    with pytest.raises(BadSignature):
        check(BODY, sign(BODY, "older", NOON), ["old", "new"], NOON)


@pytest.mark.parametrize("seconds", [-301, 301, 31_536_000])
def test_old_and_future_signatures_are_refused(seconds):
    header = sign(BODY, "s", NOON + timedelta(seconds=seconds))
    with pytest.raises(OutOfTime, match="signed"):
        check(BODY, header, ["s"], NOON)


@pytest.mark.parametrize("seconds", [-300, 0, 300])
def test_a_small_difference_of_clocks_is_allowed(seconds):
    check(BODY, sign(BODY, "s", NOON + timedelta(seconds=seconds)), ["s"], NOON)


@pytest.mark.parametrize(
    "header",
    [
        "",
        "t=1",
        "v1=00",
        "t=x,v1=00",
        "t=²,v1=00",
        "t=1,t=2,v1=00",
        "t=1,v1=é",
        "=,=,,",
        "t=-1,v1=0",
    ],
)
def test_broken_headers_are_bad_signatures(header):
    with pytest.raises(BadSignature):
        check(BODY, header, ["s"], NOON)


def test_another_body_does_not_pass():
    with pytest.raises(BadSignature):
        check(BODY + b" ", sign(BODY, "s", NOON), ["s"], NOON)
