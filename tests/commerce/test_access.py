from datetime import timedelta

import pytest
import sqlalchemy as sa
from hypothesis import given
from hypothesis import strategies as st

from coins import BRAND, NOW, buy, play, refund, unlock
from silkreel.commerce.access import Allowed, Facts, Locked, Refused, Right, can_play, rights_of
from silkreel.commerce.ledger import apply
from silkreel.commerce.tables import ConsentRow, EntitlementRow, VipPeriodRow, VipRow

LATER = NOW + timedelta(days=7)
CAUSES = ("coin", "pass", "promo", "ad", "vip")
RIGHTS = st.builds(
    Right, st.sampled_from(CAUSES), st.sampled_from((None, NOW - timedelta(1), NOW, LATER))
)


@pytest.mark.parametrize(
    ("facts", "decision"),
    [
        (Facts(1, 10), Allowed("free_head")),
        (Facts(10, 10), Allowed("free_head")),
        (Facts(11, 10), Locked()),
        (Facts(11, 10, (Right("coin"),)), Allowed("coin")),
        (Facts(11, 10, (Right("ad", LATER),)), Allowed("ad", LATER)),
        (Facts(11, 10, (Right("ad", NOW),)), Locked()),
        (Facts(11, 10, (Right("vip", LATER),)), Allowed("vip", LATER)),
        (Facts(11, 10, (Right("vip", LATER),), vip_covers=False), Locked()),
        (Facts(1, 10, refused="not_here"), Refused("not_here")),
        (Facts(11, 10, (Right("coin"),), refused="in_review"), Refused("in_review")),
        (Facts(11, 10, staff=True, refused="in_review"), Allowed("staff")),
    ],
)
def test_what_opens_an_episode(facts, decision):
    assert can_play(facts, NOW) == decision


def test_settlement_pays_the_stream_that_opened_it():
    everything = tuple(Right(cause, LATER) for cause in reversed(CAUSES))
    assert can_play(Facts(11, 10, everything), NOW) == Allowed("coin", LATER)
    assert can_play(Facts(1, 10, everything), NOW) == Allowed("free_head")


@given(st.lists(RIGHTS, max_size=6), st.integers(1, 30))
def test_an_episode_opens_exactly_when_some_cause_stands(rights, number):
    decision = can_play(Facts(number, 10, tuple(rights)), NOW)
    stands = any(right.ends_at is None or right.ends_at > NOW for right in rights)
    assert isinstance(decision, Allowed) == (number <= 10 or stands)


def read(database, ref="e1", at=NOW):
    with database.reading() as tx:
        return rights_of(tx, "ana", BRAND, "s1", ref, at)


def test_coins_open_what_they_bought_until_money_goes_back(database):
    with database.transaction() as tx:
        apply(tx, [buy("ana", 100, order="o1"), unlock("ana", "e1")], NOW)
    assert read(database) == (Right("coin"),)
    assert read(database, "e2") == ()
    with database.transaction() as tx:
        apply(tx, [play("ana", "e1"), refund("ana", "o1", on_refund="revoke")], NOW)
    assert read(database) == ()


def test_ads_and_vip_end(database):
    with database.transaction() as tx:
        tx.add(EntitlementRow(viewer_id="ana", brand_id=BRAND, series_id="s1", kind="episode",
                              ref="e1", source="ad", starts_at=NOW, ends_at=LATER))  # fmt: skip
        tx.add(EntitlementRow(viewer_id="ana", brand_id=BRAND, series_id="s1", kind="series",
                              ref="s1", source="comp", starts_at=LATER))  # fmt: skip
        consent = ConsentRow(viewer_id="ana", brand_id=BRAND, sha256="", screen_json="{}",
                             locale="en", ui_version="1", at=NOW, ip_prefix="")  # fmt: skip
        tx.add(consent)
        tx.flush()
        vip = VipRow(viewer_id="ana", brand_id=BRAND, plan="week", state="cancelled",
                     provider="fake", consent_id=consent.id)  # fmt: skip
        tx.add(vip)
        tx.flush()
        tx.add(VipPeriodRow(vip_id=vip.id, starts_at=NOW, ends_at=NOW + timedelta(days=3),
                            net_minor=1, currency="USD"))  # fmt: skip
    assert {right.cause for right in read(database)} == {"ad", "vip"}
    assert {right.cause for right in read(database, at=NOW + timedelta(days=4))} == {"ad"}
    assert read(database, at=LATER) == (Right("promo"),)


@pytest.mark.sqlite_only
def test_rights_are_read_by_indexes_alone(database):
    with database.reading() as tx:
        asked = []
        sa.event.listen(
            database.engine, "before_cursor_execute",
            lambda _c, _cursor, statement, parameters, *_: asked.append((statement, parameters)),
        )  # fmt: skip
        rights_of(tx, "ana", BRAND, "s1", "e1", NOW)
        ((statement, parameters),) = [each for each in asked if each[0] != "BEGIN"]
        plan = tx.connection().exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", parameters).all()
    steps = [row[3] for row in plan]
    assert sum(step.startswith("SEARCH") for step in steps) == 3, steps
    assert not [step for step in steps if step.startswith("SCAN ") and "(subquery" not in step
                and "anon" not in step], steps  # fmt: skip
