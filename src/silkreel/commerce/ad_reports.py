"""Final reports of ad networks: read from their CSV files, kept by version, spread at a closing.

Columns are found by name, upper and lower case, spaces and _ alike; docs/guides/settlement.md has
them by network. Another network's file has day, country, unit, impressions, amount and currency.
Reports that are fetched (`ad_reporting.py`) come in at `whole_units`, and go the same way from there.

Amounts below a cent are kept by largest remainder over the file, so that it adds up to its total.
"""

import csv
import io
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from math import floor
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import sqlalchemy as sa

from silkreel.commerce.tables import AdFinalRow
from silkreel.kit.database import Session
from silkreel.kit.money import exponent
from silkreel.kit.refusals import Refusal
from silkreel.people.actors import Actor
from silkreel.people.audit import record

MAX_ROWS = 500_000  # a year of 20 units in 60 countries, day by day
UNIT_LETTERS = 64  # what the table holds; the ends of ids tell them apart
MICROS = Decimal(1_000_000)
COUNTRY = re.compile(r"[A-Z]{2}")
UNKNOWN_COUNTRY = "ZZ"  # ISO 3166's own word for it
UTC_ZONE = "UTC"
TOTALS = {"total", "totals", "summary"}


class BadAdReport(Refusal):
    """A file that is no report of this network."""

    message = (
        "The report cannot be read: {why}. Take the report by day, country and ad unit as CSV; "
        "docs/guides/settlement.md names the columns."
    )


@dataclass(frozen=True, slots=True)
class Columns:
    """Names a network gives its columns, the first that is there counts; `micros` are millionths."""

    day: tuple[str, ...]
    country: tuple[str, ...]
    unit: tuple[str, ...]
    impressions: tuple[str, ...]
    amount: tuple[str, ...]
    micros: tuple[str, ...] = ()


FORMATS: Mapping[str, Columns] = {
    "admob": Columns(
        ("date", "day"), ("country",), ("ad unit id", "ad unit"), ("impressions",),
        ("estimated earnings (*", "est. earnings (*"), ("estimated earnings",),
    ),
    "applovin": Columns(
        ("day", "date"), ("country",), ("max ad unit id", "ad unit id", "ad unit", "zone id"),
        ("impressions",), ("estimated revenue", "revenue"),
    ),
    "unity": Columns(
        ("timestamp", "date", "day"), ("country",), ("placement", "ad unit", "ad unit id"),
        ("start count", "impressions", "starts"), ("revenue sum", "revenue"),
    ),
}  # fmt: skip
ANY = Columns(("day",), ("country",), ("unit",), ("impressions",), ("amount",))


class NoSuchZone(Refusal):
    """A time zone that nobody keeps."""

    message = (
        "There is no time zone {zone}; write one of the IANA database, such as America/Los_Angeles."
    )


@dataclass(frozen=True, slots=True)
class ReportedRow:
    """A row as a network writes it: an exact amount, in a day of the network's own time zone."""

    unit_id: str
    country: str
    day: date
    impressions: int
    amount: Decimal
    currency: str


@dataclass(frozen=True, slots=True)
class FinalLine:
    """What a network pays for a unit in a country on a day."""

    unit_id: str
    country: str
    day: date
    impressions: int
    amount_minor: int
    currency: str


@dataclass(frozen=True, slots=True)
class Imported:
    """What a report changed: lines that are new or differ, and the difference by currency."""

    lines: int
    changed: int
    difference_minor: Mapping[str, int]


def read_report(content: bytes, network: str) -> list[FinalLine]:
    """The lines of a network's CSV; lines of the same unit, country and day are one.

    Raises:
        BadAdReport: a column or a value is not what it should be.
        UnknownCurrency: the file names one that is none.
    """
    rows = _rows(content)
    heads = {_plain(name): name for name in rows[0]}
    wanted = FORMATS.get(network, ANY)
    return whole_units(
        _line(row, heads, wanted, number)
        for number, row in enumerate(rows, start=2)
        if not any(_plain(cell or "") in TOTALS for cell in row.values())
    )


def whole_units(rows: Iterable[ReportedRow]) -> list[FinalLine]:
    """Rows of one unit, country and day as one line, in whole smallest units of their currency."""
    sums: dict[tuple[str, str, date, str], tuple[int, Decimal]] = {}
    for row in rows:
        place = row.country.upper()
        place = place if COUNTRY.fullmatch(place) else UNKNOWN_COUNTRY
        key = (row.unit_id[-UNIT_LETTERS:], place, row.day, row.currency)
        before = sums.get(key, (0, Decimal(0)))
        sums[key] = (before[0] + row.impressions, before[1] + row.amount)
    return _to_the_unit(sums)


def known_zone(name: str) -> ZoneInfo:
    """A time zone by its IANA name.

    Raises:
        NoSuchZone: there is none of that name.
    """
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError) as unknown:  # OSError: a folder's name
        raise NoSuchZone(zone=name) from unknown


def keep_report(
    tx: Session, network: str, lines: Sequence[FinalLine], by: Actor, zone: str = UTC_ZONE
) -> Imported:
    """Keep what is new or differs as the next version; the same report again changes nothing.

    `zone` is where the lines' days begin and end; ads are counted by the same days at a closing.

    Raises:
        BadAdReport: a line is in another currency than before.
        NoSuchZone: nobody keeps that time zone.
    """
    known_zone(zone)
    newest = newest_lines(tx, network, [line.day for line in lines])
    difference: dict[str, int] = {}
    changed = 0
    for line in lines:
        old = newest.get((line.unit_id, line.country, line.day))
        same = old is not None and (old.amount_minor, old.currency, old.impressions, old.zone) == (
            line.amount_minor, line.currency, line.impressions, zone,
        )  # fmt: skip
        if same:
            continue
        if old is not None and old.currency != line.currency:
            raise BadAdReport(why=f"{line.unit_id} on {line.day} was in {old.currency} before")
        changed += 1
        moved = line.amount_minor - (old.amount_minor if old else 0)
        difference[line.currency] = difference.get(line.currency, 0) + moved
        tx.add(
            AdFinalRow(
                network=network, unit_id=line.unit_id, country=line.country, day=line.day,
                version=old.version + 1 if old else 1, impressions=line.impressions,
                amount_minor=line.amount_minor, currency=line.currency, zone=zone,
            )
        )  # fmt: skip
    tx.flush()
    if changed:
        after = {"lines": len(lines), "changed": changed, "difference_minor": difference}
        record(tx, by, "ads.reported", f"network:{network}", after=after)
    return Imported(len(lines), changed, difference)


def newest_lines(
    tx: Session, network: str, days: Sequence[date]
) -> dict[tuple[str, str, date], AdFinalRow]:
    """The last version known of the network's lines, from the first to the last of some days."""
    if not days:
        return {}
    rows = sa.select(AdFinalRow).where(
        AdFinalRow.network == network, AdFinalRow.day.between(min(days), max(days))
    )
    found = tx.scalars(rows.order_by(AdFinalRow.version))
    return {(row.unit_id, row.country, row.day): row for row in found}


def _rows(content: bytes) -> list[dict[str, str]]:
    try:
        text = content.decode(
            "utf-16" if content[:2] in (b"\xff\xfe", b"\xfe\xff") else "utf-8-sig"
        )
        reader = csv.DictReader(io.StringIO(text, newline=""), restkey="", restval="")
        rows = [row for row in reader if any((cell or "").strip() for cell in row.values())]
    except (UnicodeDecodeError, csv.Error) as broken:
        raise BadAdReport(why="it is no CSV in UTF-8 or UTF-16") from broken
    if not rows:
        raise BadAdReport(why="it has no lines")
    if len(rows) > MAX_ROWS:
        raise BadAdReport(why=f"it has more than {MAX_ROWS} lines")
    return rows


def _line(
    row: Mapping[str, str], heads: Mapping[str, str], wanted: Columns, number: int
) -> ReportedRow:
    def cell(names: Iterable[str]) -> tuple[str, str]:
        for name in names:
            for plain, head in heads.items():
                stem, star, _ = name.partition("*")
                if plain == name or (star and plain.startswith(stem)):
                    return head, (row[head] or "").strip()
        raise BadAdReport(why=f"there is no column {' or '.join(names)}")

    currency_head = heads.get("currency") or heads.get("currency code")
    try:
        day = _day(cell(wanted.day)[1])
        unit, country = cell(wanted.unit)[1], cell(wanted.country)[1]
        shown = int(_number(cell(wanted.impressions)[1]))
        head, amount = _amount(cell, heads, wanted)
    except (ValueError, InvalidOperation) as odd:
        raise BadAdReport(why=f"line {number} holds a value that does not fit") from odd
    if not unit or not amount.is_finite() or shown < 0:
        raise BadAdReport(why=f"line {number} holds a value that does not fit")
    currency = row[currency_head].strip().upper() if currency_head else _currency(head)
    exponent(currency)
    return ReportedRow(unit, country, day, shown, amount, currency)


def _amount(
    cell: Callable[[Iterable[str]], tuple[str, str]], heads: Mapping[str, str], wanted: Columns
) -> tuple[str, Decimal]:
    for name in wanted.micros:
        if name in heads:
            head, text = cell((name,))
            return head, _number(text) / MICROS
    head, text = cell(wanted.amount)
    return head, _number(text)


def _to_the_unit(sums: Mapping[tuple[str, str, date, str], tuple[int, Decimal]]) -> list[FinalLine]:
    """Whole smallest units: floors, and what is missing to the rounded total to the largest rests."""
    lines: list[FinalLine] = []
    for currency in sorted({key[3] for key in sums}):
        keys = sorted(key for key in sums if key[3] == currency)
        exact = [sums[key][1].scaleb(exponent(currency)) for key in keys]
        floors = [floor(each) for each in exact]
        missing = round(sum(exact, Decimal(0))) - sum(floors)
        order = sorted(range(len(keys)), key=lambda n: (floors[n] - exact[n], n))
        for place in order[:missing]:
            floors[place] += 1
        lines += [
            FinalLine(key[0], key[1], key[2], sums[key][0], minor, currency)
            for key, minor in zip(keys, floors, strict=True)
        ]
    return sorted(lines, key=lambda line: (line.day, line.country, line.unit_id))


def _number(text: str) -> Decimal:
    return Decimal(text.replace(",", "").replace("$", "").strip() or "0")


def _day(text: str) -> date:
    compact = re.sub(r"\D", "", text)[:8]
    return datetime.strptime(compact, "%Y%m%d").date()  # noqa: DTZ007 - a day, of no zone


def _currency(head: str) -> str:
    found = re.search(r"\(([A-Z]{3})\)", head)
    return found[1] if found else "USD"


def _plain(name: str) -> str:
    return re.sub(r"[\s_]+", " ", name).strip().lower()
