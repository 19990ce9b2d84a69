import hashlib
import threading

import pytest
import sqlalchemy as sa

from silkreel.people.audit import (
    FIRST_HASH,
    BadAnchor,
    Head,
    Wanted,
    read_anchor,
    read_log,
    record,
    row_hash,
    verify,
)
from silkreel.people.tables import AuditRow

GUARDS = {
    "sqlite": ["audit_log_no_update", "audit_log_no_delete", "audit_log_no_replace"],
    "postgresql": ["audit_log_no_change", "audit_log_no_truncate"],
}


def write(team, rows):
    with team.database.transaction() as tx:
        for n in range(rows):
            record(
                tx, team.machine, "price.changed", f"series:{n}",
                before={"price_coins": 40}, after={"price_coins": 50 + n, "note": "é 夜"},
                reason="spring",
            )  # fmt: skip


def tamper(team, *statements):
    """Change the log as somebody would who may change the schema: triggers go first."""
    kind = team.database.engine.dialect.name
    with team.database.engine.begin() as connection:
        for name in GUARDS[kind]:
            on = " ON audit_log" if kind == "postgresql" else ""
            connection.exec_driver_sql(f"DROP TRIGGER {name}{on}")
        for statement in statements:
            connection.exec_driver_sql(statement)


def verdict(team, anchor=None):
    with team.database.reading() as tx:
        return verify(tx, anchor)


def test_an_empty_log_is_intact(team):
    assert verdict(team).intact
    assert verdict(team).head == Head(0, FIRST_HASH)


def test_rows_are_numbered_without_gaps_and_chained(team):
    write(team, 5)
    with team.database.reading() as tx:
        rows = list(tx.scalars(sa.select(AuditRow).order_by(AuditRow.number)))
    assert [row.number for row in rows] == [1, 2, 3, 4, 5]
    assert [row.previous_hash for row in rows] == [FIRST_HASH, *(row.hash for row in rows[:-1])]
    found = verdict(team)
    assert found.intact
    assert found.head == Head(5, rows[-1].hash)


def test_the_database_refuses_to_change_the_log(team):
    write(team, 3)
    statements = [
        "UPDATE audit_log SET reason = 'other' WHERE number = 2",
        "DELETE FROM audit_log WHERE number = 3",
        "DELETE FROM audit_log",
    ]
    if team.database.engine.dialect.name == "postgresql":
        statements.append("TRUNCATE audit_log")
    refused = pytest.raises(sa.exc.DBAPIError, match="append-only")
    for statement in statements:
        with refused, team.database.transaction() as tx:
            tx.execute(sa.text(statement))
    assert verdict(team).intact
    assert verdict(team).rows == 3


@pytest.mark.sqlite_only
def test_replacing_a_row_is_refused_too(team):
    write(team, 3)
    columns = "number, at, brand_id, actor_kind, actor_id, actor_name, action, subject, "
    columns += "before, after, request_id, previous_hash, hash"
    with pytest.raises(sa.exc.DBAPIError, match="append-only"), team.database.transaction() as tx:
        tx.execute(
            sa.text(
                f"INSERT OR REPLACE INTO audit_log ({columns}, reason) "
                f"SELECT {columns}, 'other' FROM audit_log WHERE number = 2"
            )
        )
    assert verdict(team).intact


@pytest.mark.parametrize(
    "change",
    [
        "actor_name = 'somebody'",
        "reason = 'Spring'",
        "subject = 'series:x'",
        "request_id = 'r'",
        "brand_id = 'b'",
        """after = '{"price_coins": 1}'""",
        "at = '2026-03-01 09:00:01'",
    ],
)
def test_a_changed_row_is_named(team, change):
    write(team, 6)
    tamper(team, f"UPDATE audit_log SET {change} WHERE number = 4")
    found = verdict(team)
    assert not found.intact
    assert found.bad_number == 4
    assert found.reason == "changed after it was written"


def test_a_removed_row_is_named(team):
    write(team, 6)
    tamper(team, "DELETE FROM audit_log WHERE number = 3")
    assert verdict(team).bad_number == 3


def test_a_log_whose_end_was_cut_off_is_caught(team):
    write(team, 6)
    tamper(team, "DELETE FROM audit_log WHERE number > 4")
    found = verdict(team)
    assert found.bad_number == 5
    assert "ends before" in found.reason


def test_a_changed_row_that_was_hashed_anew_breaks_the_next_one(team):
    write(team, 4)
    with team.database.reading() as tx:
        row = tx.get_one(AuditRow, 2)
        row.reason = "other"
        forged = row_hash(row)
    tamper(team, f"UPDATE audit_log SET reason = 'other', hash = '{forged}' WHERE number = 2")
    found = verdict(team)
    assert found.bad_number == 3
    assert "not chained" in found.reason


def test_a_log_written_anew_is_caught_by_an_anchor_noted_before(team):
    write(team, 3)
    anchor = verdict(team).head
    write(team, 1)
    assert verdict(team, anchor).intact
    tamper(
        team, "DELETE FROM audit_log",
        f"UPDATE audit_head SET number = 0, hash = '{FIRST_HASH}'",
    )  # fmt: skip
    team.later(seconds=1)
    write(team, 5)
    assert verdict(team).intact  # on its own it looks whole
    found = verdict(team, anchor)
    assert found.bad_number == 3
    assert "anew" in found.reason


def test_an_anchor_is_read_as_it_is_printed():
    head = Head(12, hashlib.sha256(b"x").hexdigest())
    assert read_anchor(str(head)) == head
    for text in ("", "12", "x:" + "0" * 64, "12:abc"):
        with pytest.raises(BadAnchor):
            read_anchor(text)


def test_what_is_rolled_back_leaves_no_gap(team):
    write(team, 1)
    with team.database.transaction() as tx:
        record(tx, team.machine, "x", "y:1")
        tx.rollback()
    write(team, 1)
    assert verdict(team).rows == 2
    assert verdict(team).intact


def test_many_at_once_make_one_chain(team):
    threads = [threading.Thread(target=write, args=(team, 5)) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    found = verdict(team)
    assert found.rows == 30
    assert found.intact


def test_reading_goes_page_by_page_and_finds_words(team):
    write(team, 7)
    with team.database.reading() as tx:
        first = read_log(tx, "house", Wanted(limit=3))
        second = read_log(tx, "house", Wanted(limit=3, before_number=first[-1].number))
        assert [row.number for row in (*first, *second)] == [7, 6, 5, 4, 3, 2]
        assert [row.number for row in read_log(tx, "house", Wanted("SPRING series:3"))] == [4]
        assert read_log(tx, "house", Wanted("100%")) == []
        assert read_log(tx, "other", Wanted()) == []


def test_what_was_done_to_somebody_is_found_by_their_name(team):
    mei = team.hire("mei", "writer")
    team.hire("lin", "writer")
    with team.database.reading() as tx:
        found = read_log(tx, "house", Wanted("MEI"))
        assert {row.subject for row in found} == {f"staff:{mei}"}
        assert {"staff.added", "staff.link", "staff.joined"} == {row.action for row in found}
        assert [row.action for row in read_log(tx, "house", Wanted("mei joined"))] == [
            "staff.joined"
        ]
