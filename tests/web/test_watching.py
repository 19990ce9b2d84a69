"""What a player tells of its playing: believed as far as its address was signed, kept for VIP."""

from datetime import timedelta

import pytest
import sqlalchemy as sa

from silkreel.commerce.tables import ConsentRow, VipPeriodRow, VipRow, VipWatchRow
from silkreel.kit.clock import now
from silkreel.people.brands import HOUSE
from silkreel.people.tables import ViewerRow


@pytest.fixture
def member(shop):
    """Somebody with VIP."""
    customer = shop.customer()
    customer.price()  # a stranger becomes a guest
    at = now()
    with shop.workshop.transaction() as tx:
        viewer = tx.scalar(sa.select(ViewerRow.id))
        consent = ConsentRow(viewer_id=viewer, brand_id=HOUSE, sha256="h", screen_json="{}",
                             locale="en", ui_version="1", at=at, ip_prefix="")  # fmt: skip
        tx.add(consent)
        tx.flush()
        vip = VipRow(viewer_id=viewer, brand_id=HOUSE, plan="month", state="active",
                     provider="fake_psp", consent_id=consent.id)  # fmt: skip
        tx.add(vip)
        tx.flush()
        tx.add(VipPeriodRow(vip_id=vip.id, starts_at=at - timedelta(days=1),
                            ends_at=at + timedelta(days=30), net_minor=100, currency="USD"))  # fmt: skip
    return customer


def tell(customer, number, base, seconds=8):
    path = f"/api/episodes/{customer.episodes[number - 1]}/watching"
    return customer.browser.post(path, json={"base": base, "seconds": seconds})


def kept(shop):
    with shop.workshop.reading() as tx:
        rows = tx.scalars(sa.select(VipWatchRow)).all()
        return [(row.episode_id, row.seconds) for row in rows]


def test_what_vip_opens_is_counted_and_what_is_free_is_not(shop, member):
    for number in (1, 6):  # five are free
        base = member.play(number).json()["base"]
        assert tell(member, number, base).json() == {"counts": number == 6}
    assert kept(shop) == [(member.episodes[5], 1)]  # the episode is a second long


def test_nothing_is_kept_of_those_without_vip(shop):
    stranger = shop.customer()
    base = stranger.play(1).json()["base"]
    assert tell(stranger, 1, base).json() == {"counts": False}
    assert kept(shop) == []


def test_an_address_that_was_not_signed_for_this_episode_is_refused(shop, member):
    base = member.play(6).json()["base"]
    parts = base.split("/")
    forged = "/".join([*parts[:2], "A" * 22, *parts[3:]])
    old = "/".join([*parts[:3], "1700000000", *parts[4:]])
    for bad in (forged, old, "/play/", f"https://elsewhere{base}"):
        answer = tell(member, 6, bad)
        assert (answer.status_code, answer.json()["code"]) == (403, "web.not_from_a_player")
    assert tell(member, 7, base).status_code == 404
    assert kept(shop) == []
