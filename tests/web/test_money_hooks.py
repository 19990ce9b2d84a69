"""Providers and ad networks tell us things; forgers do too."""

import pytest
import sqlalchemy as sa
from hypothesis import HealthCheck, given
from hypothesis import settings as budget
from hypothesis import strategies as st

from coins import faults
from silkreel.commerce.payments import Kind
from silkreel.commerce.tables import InboxEventRow
from silkreel.kit.clock import now

QUICK = budget(max_examples=25, suppress_health_check=list(HealthCheck))


def provider_of(shop):
    return shop.app.api.state.site.counter.providers["fake_psp"]


def event_of(shop, order, gross=499):
    return provider_of(shop).happen(
        f"fpg_{order['id']}", Kind.PAID, f"pay_{order['id']}", gross, now()
    )


def post(customer, raw, headers, name="fake_psp"):
    return customer.browser.post(f"/hooks/{name}", content=raw, headers=dict(headers))


@pytest.fixture
def mei(shop):
    return shop.customer()


def test_an_event_becomes_coins_once(shop, mei):
    event = event_of(shop, mei.order().json())
    for _ in range(3):
        assert post(mei, event.raw, event.headers).json() == {"received": True}
    assert mei.wallet()["paid_coins"] == 500
    assert faults(shop.workshop.database) == {}


def test_the_claim_gives_the_coins_where_no_event_has_come(shop, mei):
    order = mei.order().json()
    unpaid = mei.browser.post(f"/api/orders/{order['id']}/claim")
    assert (unpaid.status_code, unpaid.json()["state"]) == (200, "created")
    event = event_of(shop, order)
    assert mei.browser.post(f"/api/orders/{order['id']}/claim").json()["state"] == "paid"
    assert post(mei, event.raw, event.headers).status_code == 200
    assert mei.wallet()["paid_coins"] == 500


def test_a_forged_event_is_refused_kept_and_buys_nothing(shop, mei):
    event = event_of(shop, mei.order().json())
    for headers in ({}, {"fake-signature": "t=1,v1=00"}, {"fake-signature": "no"}):
        answer = post(mei, event.raw, headers)
        assert answer.status_code == 400, headers
        assert answer.headers["content-type"] == "application/problem+json"
    assert post(mei, event.raw.replace(b"499", b"498"), event.headers).status_code == 400
    assert mei.wallet()["paid_coins"] == 0
    with shop.workshop.reading() as tx:
        kept = tx.scalars(sa.select(InboxEventRow)).all()
    assert {row.state for row in kept} == {"parked"}


def test_another_amount_is_no_purchase(shop, mei):
    order = mei.order().json()
    event = event_of(shop, order, gross=1)
    assert post(mei, event.raw, event.headers).status_code == 200
    assert mei.browser.get(f"/api/orders/{order['id']}").json()["state"] == "mismatch"
    assert mei.wallet()["paid_coins"] == 0


def test_a_hook_takes_as_much_as_the_inbox_and_no_more(mei):
    assert post(mei, b"x" * (256 * 1024), {}).status_code == 400
    assert post(mei, b"x" * (256 * 1024 + 1), {}).status_code == 413

    def drip():
        for _ in range(5):
            yield b"x" * (64 * 1024)

    assert mei.browser.post("/hooks/fake_psp", content=drip()).status_code == 413
    assert mei.browser.post("/api/orders", content=b"x" * (65 * 1024)).status_code == 413


def test_an_unknown_sender_is_told_so(mei):
    for name in ("stripe", "nobody"):
        assert post(mei, b"{}", {}, name).json()["code"] == "web.unknown_sender"
        assert mei.browser.get(f"/hooks/ads/{name}").status_code == 404


def test_an_unproved_ad_opens_nothing(mei):
    for query in ("", "nonce=x", "a=1&a=2", "%ff=%fe", "sig=1&nonce=" + "n" * 22):
        answer = mei.browser.get(f"/hooks/ads/beacons?{query}")
        assert answer.status_code == 400, query
        assert answer.headers["content-type"] == "application/problem+json"


def test_whatever_is_posted_to_a_hook_gets_a_plain_answer(mei):
    @QUICK
    @given(
        raw=st.binary(max_size=400), signature=st.text(st.characters(codec="ascii"), max_size=80)
    )
    def holds(raw, signature):
        headers = {"fake-signature": "".join(c for c in signature if c.isprintable()).strip()}
        assert post(mei, raw, headers).status_code == 400

    holds()


def test_whatever_an_ad_network_says_gets_a_plain_answer(mei):
    @QUICK
    @given(pairs=st.lists(st.tuples(st.text(max_size=9), st.text(max_size=30)), max_size=9))
    def holds(pairs):
        assert mei.browser.get("/hooks/ads/beacons", params=pairs).status_code == 400

    holds()
