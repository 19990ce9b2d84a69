"""A statement for people: a workbook and a page, made from the CSV that was issued.

Both are the same bytes for the same CSV: their dates are the period's, never the clock's.
"""

import io
from collections.abc import Sequence
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path

import xlsxwriter
from fpdf import FPDF

from silkreel.commerce.statements import Row
from silkreel.kit.money import Money

HEADINGS = (
    "No.", "Step", "Contract", "Series", "Market", "Stream", "Coins", "Of", "Share %", "Rate",
    "Rate of", "Amount", "Currency", "Lot uses", "Corrects", "Note",
)  # fmt: skip
WIDTHS = (2, 4, 4, 4, 3, 3, 3, 6, 3, 4, 4, 5, 4, 6, 6, 5)  # of the page, in parts
NUMBERS = (6, 11)  # columns that a workbook sums
BODY_POINTS, TITLE_POINTS = 6, 14
FONT = "statement"


def to_xlsx(rows: Sequence[Row], sha256: str) -> bytes:
    """A workbook; names stay text, whatever sign they begin with."""
    file = io.BytesIO()
    book = xlsxwriter.Workbook(file, {"in_memory": True, "strings_to_formulas": False})
    book.set_properties({"title": title(rows), "created": _dated(rows)})
    sheet = book.add_worksheet("Statement")
    sheet.write_string(0, 0, title(rows))
    sheet.write_string(1, 0, footnote(rows, sha256))
    for column, heading in enumerate(HEADINGS):
        sheet.write_string(3, column, heading, book.add_format({"bold": True}))
    for place, row in enumerate(rows, start=4):
        for column, text in enumerate(cells(row)):
            if column in NUMBERS:
                sheet.write_number(place, column, float(Decimal(text)))
            else:
                sheet.write_string(place, column, text)
    sheet.freeze_panes(4, 0)
    sheet.autofit()
    book.close()
    return file.getvalue()


def to_pdf(rows: Sequence[Row], sha256: str, font: Path, face: int = 0) -> bytes:
    """A page whose letters are in the file, so that any name can be read anywhere.

    `font` has the letters of the payees' names; `face` is which of a collection.
    """
    pdf = FPDF(orientation="landscape", format="A4")
    pdf.set_creation_date(_dated(rows))
    pdf.set_title(title(rows))
    pdf.add_font(FONT, fname=str(font), collection_font_number=face)
    pdf.add_page()
    pdf.set_font(FONT, size=TITLE_POINTS)
    pdf.multi_cell(0, text=title(rows), new_x="LMARGIN", new_y="NEXT")
    pdf.set_font(FONT, size=BODY_POINTS)
    pdf.multi_cell(0, text=footnote(rows, sha256), new_x="LMARGIN", new_y="NEXT")
    with pdf.table(col_widths=WIDTHS, headings_style=None, first_row_as_headings=False) as table:
        for each in (HEADINGS, *map(cells, rows)):
            table.row(each)
    return bytes(pdf.output())


def title(rows: Sequence[Row]) -> str:
    """Whose statement it is, of which month."""
    first = rows[0]
    return f"{first['name']} · {first['period']} · version {first['version']}"


def footnote(rows: Sequence[Row], sha256: str) -> str:
    """What is paid, and the hash of the CSV that counts."""
    paid = rows[-1]
    amount = Money(int(paid["amount_minor"]), paid["currency"])
    return f"Payable {amount} · payee {paid['payee']} · sha256 of the CSV {sha256}"


def cells(row: Row) -> tuple[str, ...]:
    """A row as people read it: amounts with their decimals, shares in percent."""
    share = Decimal(row["share_bp"]).scaleb(-2)
    uses = f"{row['from_ref']} to {row['to_ref']}" if row["from_ref"] else ""
    return (
        row["n"], row["step"].replace("_", " "), row["contract"], row["series_id"], row["market"],
        row["stream"], row["coins"], _base(row), f"{share:f}" if share else "", row["rate"],
        row["rate_on"], _decimal(row["amount_minor"], row["currency"]), row["currency"], uses,
        row["corrects"], row["note"] or row["rate_by"],
    )  # fmt: skip


def _base(row: Row) -> str:
    currency = row["base_currency"] or row["currency"]
    return f"{_decimal(row['base_minor'], currency)} {currency}" if row["base_minor"] != "0" else ""


def _decimal(minor: str, currency: str) -> str:
    return f"{Money(int(minor), currency).decimal:f}"


def _dated(rows: Sequence[Row]) -> datetime:
    year, month = rows[0]["period"].split("-")
    return datetime(int(year), int(month), 1, tzinfo=UTC)
