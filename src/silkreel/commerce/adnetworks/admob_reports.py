"""AdMob's Network Report: a month by day, country and ad unit, in the account's zone and currency.

Sources: developers.google.com/admob/api/v1/reference/rest/v1/accounts and .../accounts.networkReport/
generate: POST /v1/accounts/pub-.../networkReport:generate {"reportSpec": {...}} answers a stream, a
JSON list of one `header`, many `row`s and a `footer`; int64 comes in quotes; at most 100,000 rows an
answer, `matchingRowCount` says how many there are; a warning DATA_DELAYED says that more is to come.
The account is asked for `reportingTimeZone`. Service accounts are not let in: a person's refresh token
is (RFC 6749, 6; scope admob.report). Its earnings are estimates until Google pays; what it takes back
after that is in no API, and comes in as a file.
"""

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any, ClassVar

import httpx

from silkreel.commerce.ad_reporting import UNKNOWN_UNIT, Reported, ReportsMissing
from silkreel.commerce.ad_reports import MICROS, NoSuchZone, ReportedRow, known_zone
from silkreel.commerce.adnetworks.asking import Wire, count, exact
from silkreel.kit.settings import Settings

NAME = "AdMob"
DAY = timedelta(days=1)
DELAYED = "DATA_DELAYED"


class AdMobReports:
    """Asks with a token that a refresh token is exchanged for, once for a fetch."""

    name: ClassVar[str] = "admob"
    settles_after: ClassVar[timedelta] = timedelta(days=3)  # ours; Google has settled by then

    def __init__(self, wire: Wire, account: str, token_url: str, grant: Mapping[str, str]) -> None:
        self._wire, self._account, self._token_url = wire, account, token_url
        self._grant, self._token = grant, ""

    @classmethod
    def open(cls, settings: Settings) -> "AdMobReports":
        """Take publisher and token from the settings.

        Raises:
            ReportsMissing: one is not set.
        """
        client_id, publisher = settings.admob_client_id, settings.admob_publisher
        secret, refresh = settings.admob_client_secret, settings.admob_refresh_token
        if not client_id or not publisher or secret is None or refresh is None:
            raise ReportsMissing(
                network=NAME,
                why="its publisher id or its OAuth client and token are not set",
                mend="Let whoever owns the account grant an OAuth client the scope admob.report, "
                "and set SILKREEL_ADMOB_PUBLISHER, SILKREEL_ADMOB_CLIENT_ID, "
                "SILKREEL_ADMOB_CLIENT_SECRET and SILKREEL_ADMOB_REFRESH_TOKEN.",
            )
        secrets = secret.get_secret_value(), refresh.get_secret_value()
        client = httpx.Client(
            base_url=settings.admob_url, timeout=settings.ad_report_timeout_seconds
        )
        grant = {
            "grant_type": "refresh_token", "client_id": client_id,
            "client_secret": secrets[0], "refresh_token": secrets[1],
        }  # fmt: skip
        wire = Wire(NAME, client, secrets)
        return cls(wire, f"/v1/accounts/{publisher}", settings.google_token_url, grant)

    def zone(self) -> str:
        """The account's reporting time zone."""
        account = self._ask("GET", self._account)
        zone = account.get("reportingTimeZone") if isinstance(account, dict) else None
        try:
            return str(known_zone(str(zone)))
        except NoSuchZone as unknown:
            raise self._wire.unreadable("the account's time zone is none") from unknown

    def report(self, first: date, last: date, today: date) -> Reported:
        """The rows of these days; asked in halves where there are more than an answer holds."""
        spec = {
            "dateRange": {"startDate": _day(first), "endDate": _day(last)},
            "dimensions": ["DATE", "COUNTRY", "AD_UNIT"],
            "metrics": ["IMPRESSIONS", "ESTIMATED_EARNINGS"],
        }
        url = f"{self._account}/networkReport:generate"
        answer = self._ask("POST", url, json={"reportSpec": spec})
        header, rows, footer = self._parts(answer)
        matching = self._number(footer.get("matchingRowCount"))
        if matching > len(rows):
            return self._in_halves(first, last, today)
        currency = self._currency(header)
        warnings = footer.get("warnings") or []
        return Reported(
            tuple(self._row(row, currency) for row in rows),
            unfinished=any(each.get("type") == DELAYED for each in warnings),
        )

    def _in_halves(self, first: date, last: date, today: date) -> Reported:
        if first == last:
            raise self._wire.unreadable("a day has more rows than an answer holds")
        middle = first + (last - first) // 2
        one, other = self.report(first, middle, today), self.report(middle + DAY, last, today)
        return Reported(one.rows + other.rows, one.unfinished or other.unfinished)

    def _ask(self, method: str, url: str, **how: Any) -> Any:
        if not self._token:
            answer = self._wire.ask("POST", self._token_url, data=self._grant)
            token = answer.get("access_token") if isinstance(answer, dict) else None
            if not token:
                raise self._wire.unreadable("its sign-in gives no token")
            self._token = str(token)
        headers = {"authorization": f"Bearer {self._token}"}
        return self._wire.ask(method, url, headers=headers, **how)

    def _parts(
        self, answer: Any
    ) -> tuple[Mapping[str, Any], list[Mapping[str, Any]], Mapping[str, Any]]:
        """Header, rows and footer: a stream without its footer broke off."""
        parts = answer if isinstance(answer, list) else []
        if not all(isinstance(each, dict) for each in parts):
            raise self._wire.unreadable("it is no stream of parts")
        headers = [each["header"] for each in parts if "header" in each]
        footers = [each["footer"] for each in parts if "footer" in each]
        if len(headers) != 1 or len(footers) != 1:
            raise self._wire.unreadable("its header or its footer is missing")
        return headers[0], [each["row"] for each in parts if "row" in each], footers[0]

    def _currency(self, header: Mapping[str, Any]) -> str:
        code = (header.get("localizationSettings") or {}).get("currencyCode")
        if not code:
            raise self._wire.unreadable("it names no currency")
        return str(code)

    def _row(self, row: Mapping[str, Any], currency: str) -> ReportedRow:
        try:
            dimensions, metrics = row["dimensionValues"], row["metricValues"]
            earned = (metrics.get("ESTIMATED_EARNINGS") or {}).get("microsValue")
            shown = (metrics.get("IMPRESSIONS") or {}).get("integerValue")
            return ReportedRow(
                dimensions["AD_UNIT"].get("value") or UNKNOWN_UNIT,
                (dimensions.get("COUNTRY") or {}).get("value") or "",
                datetime.strptime(dimensions["DATE"]["value"], "%Y%m%d").date(),  # noqa: DTZ007
                count(shown), exact(earned) / MICROS, currency,
            )  # fmt: skip
        except (KeyError, TypeError, AttributeError, ValueError) as odd:
            raise self._wire.unreadable("a row of it does not fit") from odd

    def _number(self, value: object) -> Decimal:
        try:
            return exact(value)
        except ValueError as odd:
            raise self._wire.unreadable("its footer does not fit") from odd


def _day(day: date) -> dict[str, int]:
    return {"year": day.year, "month": day.month, "day": day.day}
