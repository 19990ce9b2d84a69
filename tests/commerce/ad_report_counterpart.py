"""AdMob, AppLovin and Unity on 127.0.0.1: the reporting APIs in the shapes their documents give.

`ads` holds what each knows: (day, country, unit, impressions, amount in dollars as text). `faults`
are answers to give first, one for a request: (status, content, headers).
"""

from datetime import date, timedelta

from json_server import JsonServer

PUBLISHER, ORGANISATION = "pub-9876543210987654", "org42"
KEYS = {"applovin": "rk-report-key", "unity": "us-stats-key", "admob": "ya29.fresh"}
SECRET, REFRESH = "client-secret", "1//refresh"
EMPTY = {"header": {"localizationSettings": {"currencyCode": "EUR"}}}
HUGE = 1000  # rows that fit into one answer of AdMob here


class AdReportCounterpart(JsonServer):
    def __init__(self):
        self.ads, self.faults = [], []
        self.zone, self.currency, self.delayed, self.most_rows = (
            "America/Los_Angeles",
            "EUR",
            False,
            HUGE,
        )
        self.tokens = 0
        super().__init__()

    def answer(self, method, path, query, body, headers):
        self.more_headers = {}
        if path == "/token":
            return self._token(body)
        if self.faults:
            status, content, self.more_headers = self.faults.pop(0)
            return status, content
        if path == "/maxReport":
            return self._applovin(query)
        if path.startswith("/stats/v1/operate/organizations/"):
            return self._unity(path, query, headers)
        return self._admob(method, path, body, headers)

    def _applovin(self, query):
        if query["api_key"] != KEYS["applovin"]:
            return 401, {"code": 401, "message": f"Invalid Report Key {query['api_key']}"}
        assert query["columns"] == "day,country,max_ad_unit_id,impressions,estimated_revenue"
        first, last = date.fromisoformat(query["start"]), date.fromisoformat(query["end"])
        start, size = int(query["offset"]), int(query["limit"])
        rows = [
            {"day": str(day), "country": country.lower(), "max_ad_unit_id": unit,
             "impressions": str(shown), "estimated_revenue": amount}
            for day, country, unit, shown, amount in sorted(self.ads) if first <= day <= last
        ]  # fmt: skip
        return 200, {"code": 200, "results": rows[start : start + size]}

    def _unity(self, path, query, headers):
        if headers.get("authorization") != f"Token {KEYS['unity']}":
            return 400, {"errors": [{"msg": "access token required"}]}
        assert headers["accept"] == "application/json"
        assert path.endswith(f"/{ORGANISATION}")
        assert (query["scale"], query["groupBy"]) == ("day", "placement,country")
        first, last = (date.fromisoformat(query[each][:10]) for each in ("start", "end"))
        lines = [
            f'{{"timestamp": "{day}T00:00:00.000Z", "country": "{country}", "placement": '
            f'{"null" if unit is None else chr(34) + unit + chr(34)}, "start_count": {shown}, '
            f'"revenue_sum": {amount}}}'
            for day, country, unit, shown, amount in self.ads if first <= day < last
        ]  # fmt: skip
        return 200, f"[{','.join(lines)}]".encode()  # numbers as they are, to the last digit

    def _token(self, body):
        wanted = {"grant_type": "refresh_token", "client_id": "client",
                  "client_secret": SECRET, "refresh_token": REFRESH}  # fmt: skip
        if body != wanted:
            return 400, {"error": "invalid_grant", "error_description": "Token has been revoked."}
        self.tokens += 1
        return 200, {"access_token": KEYS["admob"], "expires_in": 3599, "token_type": "Bearer"}

    def _admob(self, method, path, body, headers):
        if headers.get("authorization") != f"Bearer {KEYS['admob']}":
            return 401, [{"error": {"code": 401, "message": "Invalid credentials."}}]
        account = f"/v1/accounts/{PUBLISHER}"
        if (method, path) == ("GET", account):
            return 200, {"name": account[4:], "publisherId": PUBLISHER,
                         "reportingTimeZone": self.zone, "currencyCode": self.currency}  # fmt: skip
        assert (method, path) == ("POST", f"{account}/networkReport:generate")
        spec = body["reportSpec"]
        assert spec["dimensions"] == ["DATE", "COUNTRY", "AD_UNIT"]
        first, last = (date(**spec["dateRange"][each]) for each in ("startDate", "endDate"))
        rows = [
            {"row": {"dimensionValues": {"DATE": {"value": f"{day:%Y%m%d}"},
                                         "COUNTRY": {"value": country},
                                         "AD_UNIT": {"value": unit, "displayLabel": "Wall"}},
                     "metricValues": {"IMPRESSIONS": {"integerValue": str(shown)},
                                      "ESTIMATED_EARNINGS": {"microsValue": micros(amount)}}}}
            for day, country, unit, shown, amount in self.ads if first <= day <= last
        ]  # fmt: skip
        header = {"dateRange": spec["dateRange"],
                  "localizationSettings": {"currencyCode": self.currency}}  # fmt: skip
        footer = {"matchingRowCount": str(len(rows))}
        if self.delayed:
            footer["warnings"] = [{"type": "DATA_DELAYED", "description": "later"}]
        return 200, [{"header": header}, *rows[: self.most_rows], {"footer": footer}]


def micros(amount):
    whole, _, rest = amount.partition(".")
    return str(int(whole) * 1_000_000 + int(rest.ljust(6, "0")[:6]))


def days(first, count):
    return [first + timedelta(days=each) for each in range(count)]
