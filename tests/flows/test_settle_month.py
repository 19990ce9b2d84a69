import io
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime

import openpyxl
import pypdf
import pytest
import sqlalchemy as sa

from coins import NOW, buy, play, unlock
from silkreel.commerce.ledger import apply
from silkreel.commerce.tables import InboxEventRow, StatementRow
from silkreel.flows.settle_month import MessagesWait, settle_month, statement_files, write_files
from silkreel.media.theatre.fonts import FontMissing, find
from silkreel.people.actors import machine
from silkreel.people.brands import HOUSE

CLOSER = machine("root", HOUSE, datetime(2026, 4, 2, tzinfo=UTC))
TERMS = """
[[contract]]
id = "rose"
series = "s1"
from = 2026-01-01
currency = "USD"
platform_bp = 3000
shares = [{ payee = "moon", bp = 7000 }, { payee = "ink", bp = 3000 }]

[[payee]]
id = "moon"
name = "月光影业（上海）"
residence = "CN"
currency = "USD"

[[payee]]
id = "ink"
name = "=Ana Núñez"
residence = "ES"
currency = "USD"

[[withholding]]
residence = "CN"
from = 2026-01-01
bp = 1000
undocumented_bp = 3000

[[withholding]]
residence = "ES"
from = 2026-01-01
bp = 0
undocumented_bp = 0
"""


@pytest.fixture
def played(database):
    with database.transaction() as tx:
        apply(tx, [buy("ana", 100, gross=4999), unlock("ana", "e1"), play("ana", "e1")], NOW)
    return database


@pytest.fixture
def issued(played):
    return settle_month(played, "2026-03", TERMS, CLOSER).statements


def needs_font():
    try:
        find("sans")
    except FontMissing as missing:
        pytest.skip(str(missing))


def test_the_files_are_the_same_bytes_each_time(issued):
    needs_font()
    for each in issued:
        assert statement_files(each) == statement_files(each)


def test_the_page_has_the_payees_name_in_letters_it_carries_itself(issued):
    needs_font()
    page = pypdf.PdfReader(io.BytesIO(statement_files(issued[1]).files["pdf"])).pages[0]
    text = page.extract_text().replace("\0", "")  # pypdf shows both bytes of a code
    assert "月光影业（上海）" in text
    assert issued[1].sha256 in text
    (font,) = page["/Resources"]["/Font"].values()
    inner = font.get_object()["/DescendantFonts"][0].get_object()["/FontDescriptor"].get_object()
    assert "/FontFile2" in inner or "/FontFile3" in inner


def test_the_workbook_holds_the_lines_and_no_formula(issued):
    needs_font()
    sheet = openpyxl.load_workbook(io.BytesIO(statement_files(issued[0]).files["xlsx"])).active
    rows = list(sheet.iter_rows(values_only=True))
    assert rows[0][0].startswith("=Ana Núñez")
    assert sheet["A1"].data_type == "s"
    amounts = {row[1]: row[11] for row in rows[4:]}
    assert amounts == {"earning": 4.99, "platform": -1.49, "others": -2.45, "withholding": 0,
                       "payment": 1.05}  # fmt: skip


def test_a_payee_computes_the_statement_again_with_the_script_beside_it(issued, tmp_path):
    needs_font()
    write_files(issued, tmp_path)
    file = tmp_path / "2026-03-moon-USD-v1.csv"
    command = [sys.executable, "-I", "-S", str(tmp_path / "recompute_statement.py"), str(file)]
    good = subprocess.run(command, capture_output=True, text=True, check=False)
    assert good.returncode == 0, good.stderr
    moon = next(each for each in issued if each.payee == "moon")
    assert moon.sha256 in good.stdout
    file.write_bytes(file.read_bytes().replace(b"-149", b"-140"))
    bad = subprocess.run(command, capture_output=True, text=True, check=False)
    assert (bad.returncode, "platform" in bad.stdout) == (1, True)


def test_a_month_is_not_closed_while_messages_wait(played):
    with played.transaction() as tx:
        tx.add(
            InboxEventRow(provider="fake", event_id="1", body=b"{}", body_sha256="h", headers={},
                          signature_ok=True, state="new", received_at=NOW)
        )  # fmt: skip
    with pytest.raises(MessagesWait):
        settle_month(played, "2026-03", TERMS, CLOSER)
    assert len(settle_month(played, "2026-03", TERMS, CLOSER, dry_run=True).statements) == 2


def test_a_month_closed_by_several_at_once_is_issued_once(played):
    with ThreadPoolExecutor(4) as pool:
        asked = [pool.submit(settle_month, played, "2026-03", TERMS, CLOSER) for _ in range(4)]
        months = [each.result() for each in asked]
    assert all(month == months[0] for month in months)
    with played.reading() as tx:
        assert tx.scalar(sa.select(sa.func.count()).select_from(StatementRow)) == 2
