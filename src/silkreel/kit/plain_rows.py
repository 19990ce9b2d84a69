"""Rows as plain values, for whoever takes their data with them."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

import sqlalchemy as sa

from silkreel.kit.database import Base, Session

PlainRow = dict[str, Any]


def plain_rows(
    tx: Session, table: type[Base], where: Sequence[sa.ColumnElement[bool]]
) -> list[PlainRow]:
    """A table's rows in the order of their keys; times and days as ISO 8601."""
    columns = table.__table__.columns
    rows = tx.execute(sa.select(*columns).where(*where).order_by(*table.__table__.primary_key))
    return [{c.name: _plain(v) for c, v in zip(columns, row, strict=True)} for row in rows]


def _plain(value: Any) -> Any:
    return value.isoformat() if isinstance(value, datetime | date) else value
