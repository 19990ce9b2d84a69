"""Unity's Monetization Stats API: a month by day, country and placement, in one answer.

Source: docs.unity.com, Monetization Stats API (GET monetization.api.unity.com/stats/v1/operate/
organizations/ID): `fields`, `groupBy` and `scale` are lists of names; `start` and `end` are ISO 8601
and a day begins at 00:00 UTC; `Authorization: Token KEY`; `Accept: application/json` gives a list of
{"timestamp", "country", "placement", "start_count", "revenue_sum"}; it may redirect to where the data
lie; a no is 400 {"errors": [{"msg": ...}]}. Amounts are US dollars.
"""

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from typing import Any, ClassVar

import httpx

from silkreel.commerce.ad_reporting import UNKNOWN_UNIT, Reported, ReportsMissing
from silkreel.commerce.ad_reports import ReportedRow
from silkreel.commerce.adnetworks.asking import Wire, count, exact
from silkreel.kit.settings import Settings

NAME = "Unity Ads"
DAY = timedelta(days=1)


class UnityReports:
    """Asks with the key of the dashboard's API management."""

    name: ClassVar[str] = "unity"
    settles_after: ClassVar[timedelta] = timedelta(days=7)  # as long as its revenue may still come

    def __init__(self, wire: Wire, organisation: str) -> None:
        self._wire, self._organisation = wire, organisation

    @classmethod
    def open(cls, settings: Settings) -> "UnityReports":
        """Take the key and the organisation from the settings.

        Raises:
            ReportsMissing: one is not set.
        """
        key, organisation = settings.unity_stats_key, settings.unity_organisation
        if key is None or not organisation:
            raise ReportsMissing(
                network=NAME,
                why="its stats key or its organisation is not set",
                mend="Make a key in Unity's monetization dashboard under Settings, API management, "
                "and set SILKREEL_UNITY_STATS_KEY and SILKREEL_UNITY_ORGANISATION.",
            )
        secret = key.get_secret_value()
        client = httpx.Client(
            base_url=settings.unity_stats_url, timeout=settings.ad_report_timeout_seconds,
            headers={"authorization": f"Token {secret}", "accept": "application/json"},
            follow_redirects=True,  # to another site it goes without the key
        )  # fmt: skip
        return cls(Wire(NAME, client, (secret,)), organisation)

    def zone(self) -> str:
        """Its days begin at 00:00 UTC."""
        return "UTC"

    def report(self, first: date, last: date, today: date) -> Reported:
        """The rows of these days; `end` is asked as the day after, and what is beyond is left out."""
        del today
        params = {
            "fields": "start_count,revenue_sum", "groupBy": "placement,country", "scale": "day",
            "start": f"{first}T00:00:00Z", "end": f"{last + DAY}T00:00:00Z",
        }  # fmt: skip
        path = f"/stats/v1/operate/organizations/{self._organisation}"
        answer = self._wire.ask("GET", path, params=params)
        if not isinstance(answer, list):
            raise self._wire.unreadable("it is no list of rows")
        return Reported(tuple(map(self._row, answer)))

    def _row(self, row: Mapping[str, Any]) -> ReportedRow:
        try:
            return ReportedRow(
                str(row["placement"] or UNKNOWN_UNIT), str(row["country"] or ""),
                datetime.fromisoformat(row["timestamp"]).date(), count(row["start_count"]),
                exact(row["revenue_sum"]), "USD",
            )  # fmt: skip
        except (KeyError, TypeError, ValueError) as odd:
            raise self._wire.unreadable("a row of it does not fit") from odd
