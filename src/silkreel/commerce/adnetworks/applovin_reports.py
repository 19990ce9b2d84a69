"""AppLovin MAX's Revenue Reporting API: a month by day, country and ad unit, page by page.

Source: support.axon.ai, MAX > Reporting APIs > Revenue Reporting API (r.applovin.com/maxReport):
`api_key` is the Report Key; times are UTC; the request window is the last 45 days; `limit` and
`offset` page; the answer is {"code": 200, "results": [{column: text, ...}]}. Amounts are US dollars.
Whether `end` is the last day or the one after is told both ways: one more is asked and left out.
"""

from collections.abc import Iterator, Mapping
from datetime import date, timedelta
from typing import Any, ClassVar

import httpx

from silkreel.commerce.ad_reporting import UNKNOWN_UNIT, Reported, ReportRefused, ReportsMissing
from silkreel.commerce.ad_reports import MAX_ROWS, ReportedRow
from silkreel.commerce.adnetworks.asking import Wire, count, exact
from silkreel.kit.settings import Settings

NAME = "AppLovin MAX"
PAGE = 20_000  # rows an answer holds; a small operator's month is one
WINDOW = timedelta(days=45)
COLUMNS = ("day", "country", "max_ad_unit_id", "impressions", "estimated_revenue")
DAY = timedelta(days=1)


class AppLovinReports:
    """Asks with the Report Key, which can read and nothing else."""

    name: ClassVar[str] = "applovin"
    settles_after: ClassVar[timedelta] = timedelta(days=3)  # ours; leaves 11 days of the window

    def __init__(self, wire: Wire, key: str, page: int = PAGE) -> None:
        self._wire, self._key, self._page = wire, key, page

    @classmethod
    def open(cls, settings: Settings) -> "AppLovinReports":
        """Take the key from the settings.

        Raises:
            ReportsMissing: it is not set.
        """
        key = settings.applovin_report_key
        if key is None:
            raise ReportsMissing(
                network=NAME,
                why="the Report Key is not set",
                mend="Copy it from AppLovin's dashboard under Account, Keys, and set "
                "SILKREEL_APPLOVIN_REPORT_KEY.",
            )
        client = httpx.Client(
            base_url=settings.applovin_report_url, timeout=settings.ad_report_timeout_seconds
        )
        secret = key.get_secret_value()
        return cls(Wire(NAME, client, (secret,)), secret)

    def zone(self) -> str:
        """All of its times are UTC."""
        return "UTC"

    def report(self, first: date, last: date, today: date) -> Reported:
        """The rows of these days; a month that began too long ago is refused with the way out."""
        if first < today - WINDOW:
            raise ReportRefused(
                network=NAME, why=f"its API tells of the last {WINDOW.days} days only"
            )
        return Reported(tuple(self._rows(first, last)))

    def _rows(self, first: date, last: date) -> Iterator[ReportedRow]:
        for offset in range(0, MAX_ROWS, self._page):
            params = {
                "api_key": self._key, "start": str(first), "end": str(last + DAY),
                "format": "json", "columns": ",".join(COLUMNS), "limit": self._page,
                "offset": offset, **{f"sort_{column}": "ASC" for column in COLUMNS[:3]},
            }  # fmt: skip
            results = self._results(self._wire.ask("GET", "/maxReport", params=params))
            yield from map(self._row, results)
            if len(results) < self._page:
                return
        raise self._wire.unreadable(f"it has more than {MAX_ROWS} lines")

    def _results(self, answer: Any) -> list[Any]:
        results = answer.get("results") if isinstance(answer, dict) else None
        if not isinstance(results, list):
            raise self._wire.unreadable("it holds no results")
        return results

    def _row(self, row: Mapping[str, Any]) -> ReportedRow:
        try:
            return ReportedRow(
                str(row["max_ad_unit_id"] or UNKNOWN_UNIT), str(row["country"] or ""),
                date.fromisoformat(str(row["day"])), count(row["impressions"]),
                exact(row["estimated_revenue"]), "USD",
            )  # fmt: skip
        except (KeyError, TypeError, ValueError) as odd:
            raise self._wire.unreadable("a row of it does not fit") from odd
