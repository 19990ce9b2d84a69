"""Networks' reports fetched by key, against servers that speak as theirs do, on both databases."""

import json
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
import sqlalchemy as sa
from ad_report_counterpart import KEYS, ORGANISATION, PUBLISHER, REFRESH, SECRET, days
from ad_report_counterpart import AdReportCounterpart as Counterpart
from hypothesis import given
from hypothesis import strategies as st

from silkreel.cli import run
from silkreel.commerce.ad_days import shown_by_day, stretches
from silkreel.commerce.ad_reporting import (
    NothingReported,
    NotYetReported,
    ReportRefused,
    ReportSilent,
    ReportsMissing,
    ReportUnreadable,
    fetch_month,
)
from silkreel.commerce.ad_reports import NoSuchZone, keep_report, read_report
from silkreel.commerce.adnetworks import admob_reports, applovin_reports, asking, unity_reports
from silkreel.commerce.adnetworks.asking import Wire, count, exact
from silkreel.commerce.registry import open_reporter
from silkreel.commerce.streams import ads_earned, newest_finals
from silkreel.commerce.tables import AdFinalRow, AdImpressionRow
from silkreel.flows.fetch_ad_reports import fetch_ad_report, report_networks
from silkreel.kit.settings import Settings
from silkreel.people.actors import NotYours, machine, nobody
from silkreel.people.audit import Wanted, read_log
from silkreel.people.brands import HOUSE

NETWORKS = ("admob", "applovin", "unity")
CURRENCY = {"admob": "EUR", "applovin": "USD", "unity": "USD"}
OCTOBER = date(2026, 10, 1)
RESTED = datetime(2026, 11, 9, tzinfo=UTC)  # October is final with each of them
BY = machine("root", HOUSE, RESTED)
NO_KEYS = {"admob_refresh_token": None, "applovin_report_key": None, "unity_stats_key": None}


@pytest.fixture
def side():
    opened = Counterpart()
    opened.ads = [
        (day, country, "u1", 10, amount)
        for day in days(OCTOBER, 31)
        for country, amount in (("US", "1.234567"), ("BR", "0.004444"))
    ]
    yield opened
    opened.close()


@pytest.fixture
def keyed(side):
    """Settings that lead to the counterpart with every key."""
    return Settings(
        admob_publisher=PUBLISHER, admob_client_id="client", admob_client_secret=SECRET,
        admob_refresh_token=REFRESH, admob_url=side.url, google_token_url=f"{side.url}/token",
        applovin_report_key=KEYS["applovin"], applovin_report_url=side.url,
        unity_stats_key=KEYS["unity"], unity_organisation=ORGANISATION, unity_stats_url=side.url,
        ad_report_timeout_seconds=20,
    )  # fmt: skip


@pytest.fixture(autouse=True)
def waits(monkeypatch):
    """How long it would have waited: nobody waits here."""
    told = []
    for module in (admob_reports, applovin_reports, unity_reports):
        monkeypatch.setattr(module, "Wire", lambda *held: replace(Wire(*held), sleep=told.append))
    return told


def known(tx):
    return {(r.unit_id, r.country, r.day): r.amount_minor for r in newest_finals(tx, date.max)}


@pytest.mark.parametrize("network", NETWORKS)
def test_a_month_comes_in_to_its_last_cent_and_once(database, installed, side, keyed, network):
    first = fetch_ad_report(keyed, database, network, "2026-10", BY)
    again = fetch_ad_report(keyed, database, network, "2026-10", BY)
    total = round(Decimal("1.239011") * 31 * 100)
    assert first.report.totals_minor == {CURRENCY[network]: total}
    assert (first.kept.lines, first.kept.changed) == (62, 62)
    assert (again.kept.changed, again.kept.difference_minor) == (0, {})
    with database.reading() as tx:
        assert sum(known(tx).values()) == total
        assert set(tx.scalars(sa.select(AdFinalRow.version))) == {1}
        assert len(read_log(tx, HOUSE, Wanted("ads.reported"))) == 1


@pytest.mark.parametrize("network", NETWORKS)
def test_a_fetched_report_and_its_file_are_the_same(database, installed, side, keyed, network):
    """One way in: the file after the fetch changes nothing."""
    fetch_ad_report(keyed, database, network, "2026-10", BY)
    heads = {"admob": f"date,country,ad unit,impressions,estimated earnings ({CURRENCY[network]})",
             "applovin": "day,country,max ad unit id,impressions,estimated revenue",
             "unity": "timestamp,country,placement,start_count,revenue_sum"}  # fmt: skip
    rows = [",".join(map(str, row)) for row in side.ads]
    lines = read_report("\n".join([heads[network], *rows]).encode(), network)
    zone = side.zone if network == "admob" else "UTC"
    with database.transaction() as tx:
        assert keep_report(tx, network, lines, BY, zone).changed == 0


@pytest.mark.parametrize("network", NETWORKS)
def test_a_late_correction_is_a_version_and_what_is_named_no_more_is_nothing(
    database, installed, side, keyed, network
):
    fetch_ad_report(keyed, database, network, "2026-10", BY)
    side.ads[0] = (OCTOBER, "US", "u1", 9, "0.234567")  # a dollar of it was no honest traffic
    gone = side.ads.pop()
    kept = fetch_ad_report(keyed, database, network, "2026-10", BY).kept
    with database.reading() as tx:
        after = known(tx)
    total = Decimal("123.9011") * 31
    now = round(total - 100 - Decimal("0.4444"))
    assert sum(kept.difference_minor.values()) == now - round(total)
    assert after["u1", "BR", gone[0]] == 0
    assert sum(after.values()) == now


@pytest.mark.parametrize("network", NETWORKS)
def test_a_month_under_way_is_an_estimate_and_is_not_kept(
    database, installed, side, keyed, network
):
    early = machine("root", HOUSE, datetime(2026, 10, 15, 20, tzinfo=UTC))
    found = fetch_ad_report(keyed, database, network, "2026-10", early)
    assert (found.report.final, found.kept) == (False, None)
    assert found.report.last_day == date(2026, 10, 14)
    assert {line.day for line in found.report.lines} == set(days(OCTOBER, 14))
    with database.reading() as tx:
        assert known(tx) == {}


@pytest.mark.parametrize(("network", "last_estimate"), [
    ("admob", datetime(2026, 11, 4, 6, 59, tzinfo=UTC)),  # the month ended at seven, in Los Angeles
    ("applovin", datetime(2026, 11, 3, 23, 59, tzinfo=UTC)),
    ("unity", datetime(2026, 11, 7, 23, 59, tzinfo=UTC)),
])  # fmt: skip
def test_a_month_is_final_a_while_after_its_end_where_the_network_is(
    installed, side, keyed, network, last_estimate
):
    reporter = open_reporter(network, keyed)
    assert not fetch_month(reporter, "2026-10", last_estimate).final
    assert fetch_month(reporter, "2026-10", last_estimate + timedelta(minutes=1)).final


def test_what_admob_calls_delayed_is_no_final_report(database, installed, side, keyed):
    side.delayed = True
    assert fetch_ad_report(keyed, database, "admob", "2026-10", BY).kept is None


def test_a_month_that_has_not_begun_there_is_not_asked_for(installed, side, keyed):
    first = datetime(2026, 10, 2, 6, 59, tzinfo=UTC)  # in Los Angeles it is still the first
    with pytest.raises(NotYetReported, match="America/Los_Angeles"):
        fetch_month(open_reporter("admob", keyed), "2026-10", first)
    assert [path for _, path, _ in side.requests if "generate" in path] == []


def test_a_long_report_of_admob_is_asked_in_halves_and_loses_nothing(installed, side, keyed):
    side.most_rows = 9
    report = fetch_month(open_reporter("admob", keyed), "2026-10", RESTED)
    assert (len(report.lines), side.tokens) == (62, 1)
    side.most_rows = 1
    with pytest.raises(ReportUnreadable, match="a day has more rows"):
        fetch_month(open_reporter("admob", keyed), "2026-10", RESTED)


def test_a_long_report_of_applovin_is_read_page_by_page(installed, side, keyed):
    reporter = open_reporter("applovin", keyed)
    reporter._page = 31  # two full pages, and an empty one that ends them
    assert len(fetch_month(reporter, "2026-10", RESTED).lines) == 62
    assert len(side.requests) == 3


def test_applovin_tells_no_month_older_than_its_window(installed, side, keyed):
    late = datetime(2026, 11, 16, tzinfo=UTC)
    with pytest.raises(ReportRefused, match="last 45 days"):
        fetch_month(open_reporter("applovin", keyed), "2026-10", late)
    assert side.requests == []
    assert fetch_month(open_reporter("applovin", keyed), "2026-10", late - timedelta(days=1)).final


def test_unity_may_tell_of_money_without_its_unit(installed, side, keyed):
    side.ads = [(OCTOBER, "US", None, 0, "0.015")]
    (line,) = fetch_month(open_reporter("unity", keyed), "2026-10", RESTED).lines
    assert (line.unit_id, line.amount_minor) == ("unknown", 2)


def test_unity_may_lead_elsewhere_and_the_key_stays_here(installed, side, keyed):
    other = Counterpart()
    other.faults = [(200, b"[]", {})]
    heard = []
    answer = other.answer
    other.answer = lambda *asked: (heard.append(asked[4]), answer(*asked))[1]
    side.faults = [(302, b"", {"location": f"{other.url}/data?signed=1"})]
    try:
        assert fetch_month(open_reporter("unity", keyed), "2026-10", RESTED).lines == ()
    finally:
        other.close()
    assert [headers.get("authorization") for headers in heard] == [None]


@pytest.mark.parametrize("network", NETWORKS)
def test_a_busy_network_is_asked_again_as_late_as_it_says(installed, side, keyed, waits, network):
    side.faults = [(429, {}, {"retry-after": "7"}), (503, b"oops", {}), (500, {}, {})]
    report = fetch_month(open_reporter(network, keyed), "2026-10", RESTED)
    assert len(report.lines) == 62
    assert waits == [7, 4, 16]


@pytest.mark.parametrize("network", NETWORKS)
def test_a_network_in_trouble_changes_nothing(database, installed, side, keyed, waits, network):
    side.faults = [(503, {}, {})] * 4
    with pytest.raises(ReportSilent, match="status 503"):
        fetch_ad_report(keyed, database, network, "2026-10", BY)
    side.faults = [(429, {}, {"retry-after": "3600"})]
    with pytest.raises(ReportSilent, match="status 429"):
        fetch_ad_report(keyed, database, network, "2026-10", BY)
    assert waits == [1, 4, 16]  # an hour is not waited for
    side.close()
    with pytest.raises(ReportSilent, match="ConnectError"):
        fetch_ad_report(keyed, database, network, "2026-10", BY)
    with database.reading() as tx:
        assert known(tx) == {}


@pytest.mark.parametrize("network", NETWORKS)
def test_a_wrong_key_is_told_in_the_networks_words_and_never_shown(
    installed, side, keyed, waits, network, caplog
):
    caplog.set_level("DEBUG")
    wrong = {"applovin": {"applovin_report_key": "rk-of-another"},
             "unity": {"unity_stats_key": "us-of-another"},
             "admob": {"admob_refresh_token": "1//revoked"}}[network]  # fmt: skip
    spoiled = Settings(**{**keyed.model_dump(), **wrong})
    with pytest.raises(ReportRefused) as refused:
        fetch_month(open_reporter(network, spoiled), "2026-10", RESTED)
    told = {"applovin": "Invalid Report Key …", "unity": "access token required",
            "admob": "Token has been revoked."}  # fmt: skip
    assert told[network] in str(refused.value)
    (secret,) = wrong.values()
    assert secret not in str(refused.value) + caplog.text
    assert waits == []  # a no is not asked again


@pytest.mark.parametrize("network", NETWORKS)
@pytest.mark.parametrize("content", [
    b"", b"<html>", b"null", b"7", b'{"results": {}}', b"[" * 100_000, b'[{"row": 1}]',
    b'{"code": 200, "results": [{"day": "2026-10-01"}]}', b'{"results": [7]}',
    (b'[{"timestamp": "2026-10-01T00:00:00.000Z", "country": "US", "placement": "u", '
    b'"start_count": -1, "revenue_sum": 1}]'),
    b'[{"timestamp": "then", "country": "US", "placement": "u", "start_count": 1, "revenue_sum": 1}]',
    json.dumps([{"header": {}}, {"footer": {}}]).encode(),
    json.dumps([{"header": {"localizationSettings": {"currencyCode": "EUR"}}}]).encode(),
])  # fmt: skip
def test_what_is_no_report_is_refused_and_changes_nothing(
    database, installed, side, keyed, network, content
):
    account = [(200, {"reportingTimeZone": "UTC"}, {})] if network == "admob" else []
    side.faults = [*account, (200, content, {})]
    with pytest.raises(ReportUnreadable, match="Nothing was changed"):
        fetch_ad_report(keyed, database, network, "2026-10", BY)
    with database.reading() as tx:
        assert known(tx) == {}


def test_an_account_in_no_zone_is_refused(installed, side, keyed):
    side.zone = "Mars/Olympus"
    with pytest.raises(ReportUnreadable, match="time zone"):
        open_reporter("admob", keyed).zone()


@pytest.mark.parametrize("network", NETWORKS)
def test_a_flood_is_cut_off(installed, side, keyed, network, monkeypatch):
    monkeypatch.setattr(asking, "ANSWER_BYTES", 1 << 20)
    account = [(200, {"reportingTimeZone": "UTC"}, {})] if network == "admob" else []
    side.faults = [*account, (200, b" " * (8 << 20) + b"[]", {})]
    with pytest.raises(ReportUnreadable, match="longer than 1 MB"):
        fetch_month(open_reporter(network, keyed), "2026-10", RESTED)


@pytest.mark.parametrize("network", NETWORKS)
def test_an_empty_report_does_not_take_a_month_away(database, installed, side, keyed, network):
    fetch_ad_report(keyed, database, network, "2026-10", BY)
    side.ads = []
    with pytest.raises(NothingReported):
        fetch_ad_report(keyed, database, network, "2026-10", BY)
    with database.reading() as tx:
        assert sum(known(tx).values()) > 0


@pytest.mark.parametrize("network", NETWORKS)
def test_without_keys_the_sentence_names_what_to_set(database, installed, keyed, network):
    bare = keyed.model_copy(update=NO_KEYS)
    with pytest.raises(ReportsMissing, match="SILKREEL_"):
        fetch_ad_report(bare, database, network, "2026-10", BY)
    with database.transaction() as tx:
        for settings, ready in ((keyed, True), (bare, False)):
            found = {each.name: each for each in report_networks(tx, settings)}
            assert set(found) == set(NETWORKS)
            assert (found[network].ready, "SILKREEL_" in found[network].mend) == (ready, not ready)


def test_only_who_settles_may_fetch(database, installed, keyed, side):
    with pytest.raises(NotYours):
        fetch_ad_report(keyed, database, "unity", "2026-10", nobody(HOUSE, RESTED))
    assert side.requests == []


def test_our_own_ads_have_no_report_to_fetch(installed, keyed):
    with pytest.raises(ReportsMissing, match="ads report import"):
        open_reporter("beacons", keyed)


def test_ads_are_counted_by_the_networks_days(database, installed, side, keyed):
    """At 23:00 of the first in Los Angeles it is the second in UTC; its money goes by the first."""
    side.ads = [(OCTOBER, "US", "u1", 1, "5.00"), (date(2026, 10, 31), "US", "u1", 1, "7.00")]
    seen = {
        "rose": datetime(2026, 10, 2, 6, tzinfo=UTC),
        "ink": datetime(2026, 10, 2, 7, tzinfo=UTC),
        "late": datetime(2026, 11, 1, 6, 59, tzinfo=UTC),
    }
    with database.transaction() as tx:
        tx.add_all(
            AdImpressionRow(
                network="admob", impression_id=series, unit_id="u1", series_id=series,
                country="US", at=at, estimate_micros=0, currency="USD", precision="ESTIMATED",
            )
            for series, at in seen.items()
        )  # fmt: skip
    fetch_ad_report(keyed, database, "admob", "2026-10", BY)
    with database.reading() as tx:
        shares = ads_earned(tx, "2026-10", datetime(2026, 11, 1, tzinfo=UTC))
    assert sorted((s.series_id, s.minor) for s in shares) == [("late", 700), ("rose", 500)]


@given(
    st.sampled_from(("UTC", "America/Los_Angeles", "Australia/Lord_Howe", "Asia/Kolkata")),
    st.lists(st.timedeltas(timedelta(), timedelta(days=520)), min_size=1, max_size=20),
)
def test_stretches_keep_one_offset_and_leave_no_gap(zone, moments):
    """Every moment lies in one stretch, whose offset is the zone's at that moment."""
    at, zone = [RESTED + each for each in moments], ZoneInfo(zone)
    start, end = min(at), max(at) + timedelta(seconds=1)
    found = list(stretches(start, end, zone))
    assert (found[0].starts_at, found[-1].ends_at) == (start, end)
    assert all(one.ends_at == other.starts_at for one, other in pairwise(found))
    for each in at:
        (mine,) = [s for s in found if s.starts_at <= each < s.ends_at]
        assert mine.offset == each.astimezone(zone).utcoffset()


def test_both_halves_of_a_day_of_changing_clocks_count(database):
    zone = ZoneInfo("America/Los_Angeles")
    moments = [datetime(2026, 11, 1, hour, tzinfo=UTC) for hour in (7, 8, 9, 23)]
    moments += [datetime(2026, 11, 2, 7, 59, tzinfo=UTC), datetime(2026, 11, 2, 8, tzinfo=UTC)]
    with database.transaction() as tx:
        tx.add_all(
            AdImpressionRow(
                network="admob", impression_id=str(number), unit_id="u", series_id="rose",
                country="US", at=at, estimate_micros=0, currency="USD", precision="ESTIMATED",
            )
            for number, at in enumerate(moments)
        )  # fmt: skip
        tx.flush()
        found = shown_by_day(tx, ["admob"], zone, date(2026, 11, 2))
    assert found == {("admob", "u", "US", "2026-11-01"): {"rose": 5}}


def test_a_file_in_no_zone_is_refused(database):
    lines = read_report(
        b"day,country,unit,impressions,amount,currency\n2026-10-31,JP,u,5,120,JPY", "x"
    )
    for zone in ("Mars/Olympus", "../etc/passwd", "", "America"):
        with pytest.raises(NoSuchZone), database.transaction() as tx:
            keep_report(tx, "x", lines, BY, zone)


def test_numbers_are_exact_or_none_at_all():
    assert exact("0.1") + exact("0.2") == Decimal("0.3")
    assert (exact(None), exact(""), count("12")) == (0, 0, 12)
    for odd in ("NaN", "a lot", "Infinity", [1]):
        with pytest.raises(ValueError, match=r".*"):
            exact(odd)
    for odd in ("-1", "1.5"):
        with pytest.raises(ValueError, match=r".*"):
            count(odd)


def test_the_command_fetches_keeps_and_says_what_is_missing(
    installed, side, keyed, tmp_path, monkeypatch, capsys
):
    monkeypatch.setenv("SILKREEL_HOME", str(tmp_path / "home"))
    monkeypatch.delenv("SILKREEL_DATABASE_URL", raising=False)
    assert run(["ads", "report", "fetch", "2026-10", "--network", "unity"]) == 1
    assert "SILKREEL_UNITY_STATS_KEY" in capsys.readouterr().err
    monkeypatch.setenv("SILKREEL_UNITY_STATS_KEY", KEYS["unity"])
    monkeypatch.setenv("SILKREEL_UNITY_ORGANISATION", ORGANISATION)
    monkeypatch.setenv("SILKREEL_UNITY_STATS_URL", side.url)
    assert run(["ads", "report", "fetch", "2026-10", "--network", "unity", "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert (told["final"], told["kept"]["changed"], told["last_day"]) == (True, 62, "2026-10-31")
    assert run(["ads", "report", "fetch", "2026-10", "--network", "unity"]) == 0
    assert "62 lines read; 0 new or different" in capsys.readouterr().out
    assert run(["ads", "report", "networks", "--json"]) == 0
    networks = {each["network"]: each for each in json.loads(capsys.readouterr().out)}
    assert (networks["unity"]["ready"], networks["unity"]["last_day"]) == (True, "2026-10-31")
    assert not networks["admob"]["ready"]
