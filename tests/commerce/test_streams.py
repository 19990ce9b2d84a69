"""VIP by watch time and ads by final report: to the last unit, once, and put right by lines."""

import itertools
from datetime import UTC, date, datetime, timedelta

import hypothesis
import pytest
import sqlalchemy as sa
from hypothesis import strategies as st

from silkreel.commerce.ad_impressions import AdNotShown, Impression, estimates, note_impression
from silkreel.commerce.ad_reports import BadAdReport, FinalLine, keep_report, read_report
from silkreel.commerce.recognition import Mark
from silkreel.commerce.settle import close, preview
from silkreel.commerce.spreading import AdReport, Subscriber, spread_ads, spread_vip, still_due
from silkreel.commerce.streams import PaidTime, ads_earned, read_shares, vip_earned
from silkreel.commerce.tables import (
    AdFinalRow,
    AdImpressionRow,
    AdIntentRow,
    ConsentRow,
    OrderRow,
    StreamShareRow,
    VipPeriodRow,
    VipRow,
    VipWatchRow,
)
from silkreel.commerce.vip_watching import Watched, note_watching
from silkreel.people.actors import machine
from silkreel.people.brands import HOUSE

TERMS = """
[[contract]]
id = "rose"
series = "rose"
from = 2026-01-01
currency = "USD"
platform_bp = 5000
shares = [{ payee = "moon", bp = 10000 }]

[[payee]]
id = "moon"
name = "Moon"
residence = "CN"
currency = "USD"

[[withholding]]
residence = "CN"
from = 2026-01-01
bp = 0
undocumented_bp = 0
"""
OCTOBER = datetime(2026, 10, 1, tzinfo=UTC)
LATE = machine("root", HOUSE, datetime(2027, 1, 5, tzinfo=UTC))
TITLES = st.tuples(st.sampled_from("abc"), st.sampled_from(("US", "BR")))
ORDERS = st.lists(
    st.builds(
        Subscriber, st.uuids().map(str), st.sampled_from("xyz"), st.sampled_from(("USD", "JPY")),
        st.integers(-(10**4), 10**6),
    ),
    max_size=8,
)  # fmt: skip


def subscribe(tx, viewer, net=3100, start=OCTOBER, days=31, environment="production"):
    """Paid VIP, as its rows are after the fold."""
    order = f"o-{viewer}-{start:%m%d}"
    tx.add(
        OrderRow(
            id=order, viewer_id=viewer, brand_id="b", key=order, sku="vip:month", market="US",
            channel="web", paid_coins=0, currency="USD", gross_minor=max(1, net), provider="stripe",
            environment=environment, made_at=start,
        )
    )  # fmt: skip
    consent = ConsentRow(viewer_id=viewer, brand_id="b", sha256="h", screen_json="{}", locale="en",
                         ui_version="1", at=start, ip_prefix="")  # fmt: skip
    tx.add(consent)
    tx.flush()
    vip = VipRow(viewer_id=viewer, brand_id="b", plan="month", state="active", provider="stripe",
                 provider_ref=order, consent_id=consent.id)  # fmt: skip
    tx.add(vip)
    tx.flush()
    period = VipPeriodRow(vip_id=vip.id, starts_at=start, ends_at=start + timedelta(days=days),
                          order_id=order, net_minor=net, currency="USD")  # fmt: skip
    tx.add(period)
    tx.flush()
    return vip.id


def watch(tx, viewer, series, seconds, at=OCTOBER, episode=None, length=90):
    told = Watched(viewer, "b", series, episode or f"{series}1", "US", seconds, length)
    note_watching(tx, told, at)
    return note_watching(tx, told, at + timedelta(seconds=seconds))


def show_ad(tx, nonce, series, at=OCTOBER, unit="u1", country="US", network="admob"):
    tx.add(
        AdImpressionRow(network=network, impression_id=nonce, unit_id=unit, series_id=series,
                        country=country, at=at, estimate_micros=12_000, currency="USD",
                        precision="ESTIMATED")
    )  # fmt: skip
    tx.flush()


def final(tx, minor, day=date(2026, 10, 1), unit="u1", country="US"):
    return keep_report(tx, "admob", [FinalLine(unit, country, day, 9, minor, "USD")], LATE)


def lines(month):
    """Every earning of a month's statements, and what is under no contract."""
    told = [
        (row["stream"], int(row["amount_minor"]), row["corrects"])
        for each in month.statements for row in each.rows if row["step"] in ("earning", "refund")
    ]  # fmt: skip
    return sorted(told), sorted((e.stream, e.series_id, e.minor) for e in month.unassigned)


def test_each_subscribers_money_goes_to_what_they_watched():
    watched = {
        "loyal": {("rose", "BR"): 10},
        "roaming": {("rose", "BR"): 1000, ("ink", "BR"): 2000},
    }
    orders = [Subscriber("1", "loyal", "USD", 900), Subscriber("2", "roaming", "USD", 900),
              Subscriber("3", "idle", "USD", 301)]  # fmt: skip
    found = {}
    for share in spread_vip("2026-10", orders, watched):
        found[share.series_id] = found.get(share.series_id, 0) + share.minor
    assert found == {"rose": 900 + 300 + 101, "ink": 600 + 200}
    pooled = {s.series_id: s.minor for s in spread_vip("2026-10", orders, watched, "pro_rata")}
    assert pooled == {"rose": 705, "ink": 1396}
    (own,) = spread_vip("2026-10", orders[2:], watched)
    assert (own.series_id, own.minor) == ("", 301)


@hypothesis.given(ORDERS, st.dictionaries(st.sampled_from("xyz"), st.dictionaries(
    TITLES, st.integers(0, 10**6), max_size=4)), st.sampled_from(("user_centric", "pro_rata")))  # fmt: skip
def test_vip_money_is_spread_to_the_last_unit(orders, watched, model):
    shares = spread_vip("2026-10", orders, watched, model)
    for currency in ("USD", "JPY"):
        given = sum(each.net_minor for each in orders if each.currency == currency)
        assert sum(each.minor for each in shares if each.currency == currency) == given


@hypothesis.given(
    st.integers(-(10**6), 10**9),
    st.dictionaries(st.sampled_from("abcdef"), st.integers(0, 10**6), min_size=1),
)
def test_a_final_ad_report_is_spread_to_the_last_unit(minor, shown):
    found = spread_ads([AdReport("admob/u/BR/d", "2026-10", "BR", "USD", minor, shown)])
    assert sum(each.minor for each in found) == minor
    assert {each.market for each in found} <= {"BR"}


@hypothesis.given(st.lists(ORDERS, min_size=1, max_size=4), st.randoms())
def test_what_closings_post_adds_up_to_the_newest_whole(tellings, dice):
    """However often money is told anew, the sum of what was posted is what is so now."""
    watched = {"x": {("a", "US"): dice.randint(1, 9), ("b", "US"): 3}, "y": {("c", "BR"): 5}}
    posted = {}
    for number, orders in enumerate(tellings):
        unique = list({each.source: each for each in orders}.values())
        whole = spread_vip("2026-10", unique, watched)
        for share in still_due(whole, posted, f"2026-1{number}"):
            posted[share.key] = posted.get(share.key, 0) + share.minor
    assert {k: v for k, v in posted.items() if v} == {s.key: s.minor for s in whole}


@hypothesis.given(st.integers(0, 10**6), st.integers(1, 400), st.lists(st.integers(0, 500)))
def test_days_of_a_period_add_up_to_its_price(net, days, cuts):
    start = date(2026, 10, 1)
    time = PaidTime("o", "v", "USD", net, start, start + timedelta(days=days))
    edges = [start, *sorted(start + timedelta(days=cut) for cut in cuts),
             start + timedelta(days=600)]  # fmt: skip
    parts = [time.earned_between(a, b) for a, b in itertools.pairwise(edges)]
    assert sum(parts) == net
    assert min(parts) >= 0


def test_watching_counts_once_a_day_as_long_as_it_can_have_taken(database):
    told = Watched("ana", "b", "rose", "e1", "US", 3600, 90)
    with database.transaction() as tx:
        assert note_watching(tx, told, OCTOBER) == 20  # a claim of an hour in the first second
        assert note_watching(tx, told, OCTOBER + timedelta(seconds=40)) == 60
        assert note_watching(tx, told, OCTOBER + timedelta(hours=2)) == 90
        shorter = Watched("ana", "b", "rose", "e1", "US", 5, 90)
        assert note_watching(tx, shorter, OCTOBER + timedelta(hours=3)) == 90
        assert note_watching(tx, shorter, OCTOBER + timedelta(days=1)) == 5
        days = {row.day: row.seconds for row in tx.scalars(sa.select(VipWatchRow))}
    assert days == {date(2026, 10, 1): 90, date(2026, 10, 2): 5}


def test_a_glance_does_not_count_and_a_third_of_a_short_episode_does(database):
    with database.transaction() as tx:
        subscribe(tx, "ana")
        watch(tx, "ana", "rose", 29, length=90)
        watch(tx, "ana", "ink", 10, length=30)
        shares = vip_earned(tx, "2026-10", OCTOBER + timedelta(days=31), TERMS)
    assert [(s.series_id, s.minor) for s in shares] == [("ink", 3100)]


def test_a_month_pays_coins_vip_and_ads_and_closes_twice_to_the_same_bytes(database):
    with database.transaction() as tx:
        subscribe(tx, "ana", net=3100, start=OCTOBER + timedelta(days=10))  # 21 days in October
        watch(tx, "ana", "rose", 60)
        watch(tx, "ana", "ink", 60, episode="ink1")
        for nonce in "abc":
            show_ad(tx, nonce, "rose")
        show_ad(tx, "d", "ink")
        final(tx, 1001)
    with database.transaction() as tx:
        seen = preview(tx, "2026-10", TERMS, 0)
        october = close(tx, "2026-10", TERMS, 0, LATE)
        assert october == seen
    assert lines(october) == (
        [("ad", 751, ""), ("vip", 1050, "")], [("ad", "ink", 250), ("vip", "ink", 1050)],
    )  # fmt: skip
    with database.transaction() as tx:
        watch(tx, "ana", "rose", 60, at=OCTOBER + timedelta(days=31))
        assert close(tx, "2026-10", "not even terms", 0, LATE) == october
        november = close(tx, "2026-11", TERMS, 0, LATE)
    assert lines(november)[0] == [("vip", 1000, "")]
    row = october.statements[0].rows[0]
    with database.reading() as tx:
        named = {number for number, s in read_shares(tx, "2026-10") if s.series_id == "rose"}
    refs = {int(row[name].partition(":")[2]) for name in ("from_ref", "to_ref")}
    assert refs <= named  # a line leads to its shares, and names no viewer
    assert not any("ana" in each.content for each in october.statements)


def test_a_later_version_of_a_report_posts_the_difference_and_cites_the_line(database):
    with database.transaction() as tx:
        show_ad(tx, "a", "rose")
        final(tx, 1000)
        close(tx, "2026-10", TERMS, 0, LATE)
        assert final(tx, 1000).changed == 0
        final(tx, 900)
        final(tx, 70, day=date(2026, 10, 2))  # reported late, shown nowhere that we know
        november = close(tx, "2026-11", TERMS, 0, LATE)
        versions = tx.scalars(sa.select(AdFinalRow.version).order_by(AdFinalRow.version)).all()
    assert lines(november) == ([("ad", -100, "2026-10 v1 line 1")], [("ad", "", 70)])
    assert versions == [1, 1, 2]


@pytest.mark.parametrize(("bearer", "step", "minor"), [
    ("shared", "earning", -3100), ("operator", "", 0), ("payee", "refund", -3100),
])  # fmt: skip
def test_a_subscription_refunded_later_is_a_line_of_the_next_month(database, bearer, step, minor):
    terms = TERMS.replace("platform_bp", f'refund_bearer = "{bearer}"\nplatform_bp', 1)
    with database.transaction() as tx:
        vip_id = subscribe(tx, "ana")
        watch(tx, "ana", "rose", 60)
        close(tx, "2026-10", terms, 0, LATE)
        tx.execute(sa.delete(VipPeriodRow).where(VipPeriodRow.vip_id == vip_id))  # all went back
        november = close(tx, "2026-11", terms, 0, LATE)
    rows = [r for each in november.statements for r in each.rows if r["stream"] == "vip"]
    told = [(r["step"], int(r["amount_minor"])) for r in rows if int(r["amount_minor"])]
    assert told == ([(step, minor)] if step else [])


def test_sandbox_subscriptions_earn_nothing(database):
    with database.transaction() as tx:
        subscribe(tx, "ana", environment="sandbox")
        assert vip_earned(tx, "2026-10", OCTOBER + timedelta(days=31), TERMS) == []


def test_increments_of_all_months_are_the_full_recomputation(database):
    """I10 for VIP and ads: whatever was told late or taken back between closings."""
    with database.transaction() as tx:
        first = subscribe(tx, "ana", net=9999, days=92)
        subscribe(tx, "bo", net=1234, start=OCTOBER + timedelta(days=17), days=365)
        subscribe(tx, "idle", net=777)
        for month, series in ((0, "rose"), (31, "ink"), (61, "rose")):
            watch(tx, "ana", series, 70, at=OCTOBER + timedelta(days=month))
            watch(tx, "bo", "rose", 33, at=OCTOBER + timedelta(days=month + 2))
            show_ad(tx, f"n{month}", series, at=OCTOBER + timedelta(days=month))
        final(tx, 100)
        close(tx, "2026-10", TERMS, 0, LATE)
        tx.execute(sa.update(VipPeriodRow).where(VipPeriodRow.vip_id == first)
                   .values(net_minor=5000, ends_at=OCTOBER + timedelta(days=40)))  # fmt: skip
        final(tx, 40)
        final(tx, 333, day=date(2026, 11, 1))
        close(tx, "2026-11", TERMS, 0, LATE)
        subscribe(tx, "late", net=600)  # its payment was heard of months after
        close(tx, "2026-12", TERMS, 0, LATE)
        end = Mark("2026-12", 0, datetime(2027, 1, 1, tzinfo=UTC)).ends_at
        whole = [*vip_earned(tx, "2026-12", end, TERMS), *ads_earned(tx, "2026-12", end)]
        posted = {}
        for row in tx.scalars(sa.select(StreamShareRow)):
            key = (row.stream, row.about, row.source, row.currency, row.series_id, row.market)
            posted[key] = posted.get(key, 0) + row.minor
    assert {k: v for k, v in posted.items() if v} == {s.key: s.minor for s in whole}


@pytest.mark.parametrize("statement", [
    "UPDATE stream_shares SET minor = 1", "DELETE FROM stream_shares",
    "DELETE FROM settlements", "UPDATE statement_steps SET actor_id = 'me'",
    "UPDATE statements SET state = 'issued'",
])  # fmt: skip
def test_shares_and_steps_of_a_closed_month_stay(database, statement):
    with database.transaction() as tx:
        subscribe(tx, "ana")
        watch(tx, "ana", "rose", 60)
        close(tx, "2026-10", TERMS, 0, LATE)
    with pytest.raises(sa.exc.DBAPIError), database.transaction() as tx:
        tx.execute(sa.text(statement))


def test_an_ad_is_counted_once_and_only_for_whom_it_was_shown(database):
    def intent(nonce, state):
        return AdIntentRow(
            nonce=nonce, viewer_id="ana", brand_id="b", device_hash="d", placement="wall",
            series_id="rose", episode_id="e6", unlocks=1, state=state, network="admob",
            viewer_day=date(2026, 10, 1), issued_at=OCTOBER, expires_at=OCTOBER,
        )  # fmt: skip

    seen = Impression("n" * 22, "ana", "b", "u1", "US", 25_000, "USD", "PRECISE")
    with database.transaction() as tx:
        tx.add_all([intent("n" * 22, "shown"), intent("m" * 22, "issued")])
        tx.flush()
        note_impression(tx, seen, OCTOBER)
        note_impression(tx, seen, OCTOBER + timedelta(seconds=1))
        for nonce, viewer in (("n" * 22, "bo"), ("m" * 22, "ana")):
            with pytest.raises(AdNotShown):
                note_impression(tx, Impression(nonce, viewer, "b", "u1", "US"), OCTOBER)
        (told,) = estimates(tx, OCTOBER, OCTOBER + timedelta(days=31))
        assert (told.network, told.precision, told.impressions, told.micros) == (
            "admob", "PRECISE", 1, 25_000,
        )  # fmt: skip
        assert ads_earned(tx, "2026-10", OCTOBER + timedelta(days=31)) == []  # a guess pays nobody


ADMOB = """Date,Country,Ad unit ID,Impressions,Estimated earnings
20261031,US,ca-app-pub-1/2,100,1234567
20261031,BR,ca-app-pub-1/2,10,4444
20261031,ID,ca-app-pub-1/2,10,4444
"""
APPLOVIN = (
    "Day,Country,Max Ad Unit ID,Impressions,Estimated Revenue\r\n2026-10-31,us,a1,7,$0.125\r\n"
)
UNITY = 'timestamp,country,placement,start_count,revenue_sum\n2026-10-31T00:00:00.000Z,DE,v,"1,200",3.5\n'
OTHER = (
    "day,country,unit,impressions,amount,currency\n2026-10-31,JP,u,5,120,JPY\nTotal,,,5,120,JPY\n"
)


@pytest.mark.parametrize(("network", "text", "expected"), [
    ("admob", ADMOB, [("BR", 0), ("ID", 0), ("US", 124)]),
    ("applovin", APPLOVIN, [("US", 12)]),
    ("unity", UNITY, [("DE", 350)]),
    ("elsewhere", OTHER, [("JP", 120)]),
])  # fmt: skip
def test_reports_are_read_as_networks_write_them(network, text, expected):
    for content in (text.encode(), b"\xef\xbb\xbf" + text.encode(), text.encode("utf-16")):
        found = read_report(content, network)
        assert [(line.country, line.amount_minor) for line in found] == expected
        assert {line.day for line in found} == {date(2026, 10, 31)}


@pytest.mark.parametrize("text", [
    "", "day,country\n1,2\n", "\x00\x01", ADMOB.replace("20261031,US", "yesterday,US"),
    ADMOB.replace("1234567", "a lot"), ADMOB.replace(",100,", ",-1,"), ADMOB.replace("1234567", "NaN"),
])  # fmt: skip
def test_what_is_no_report_is_refused_with_a_sentence(text):
    with pytest.raises(BadAdReport, match="by day, country and ad unit"):
        read_report(text.encode(), "admob")


@hypothesis.given(st.lists(st.decimals(-100, 10**4, places=5), min_size=1, max_size=30))
def test_a_report_keeps_its_total_to_the_rounded_cent(amounts):
    rows = [f"2026-10-31,US,u{n},1,{amount},USD" for n, amount in enumerate(amounts)]
    content = "\n".join(["day,country,unit,impressions,amount,currency", *rows]).encode()
    found = read_report(content, "any")
    assert sum(line.amount_minor for line in found) == round(sum(amounts) * 100)
    assert all(abs(line.amount_minor - amounts[int(line.unit_id[1:])] * 100) < 1 for line in found)
