"""Columns that every noun of the room has, said once."""

import sqlalchemy as sa

VIEWER = sa.String(64)  # the app's viewer, a UUID as text
BRAND = sa.String(64)
SERIES = sa.String(16)
MARKET = sa.String(8)  # ISO 3166, or "001" the world
CHANNEL = sa.String(16)  # web | ios | android: a storefront with prices of its own
CURRENCY = sa.String(4)  # ISO 4217, or COIN
ORDER = sa.String(24)
PROVIDER = sa.String(32)
SHA256 = sa.String(64)


def whole(*names: str) -> list[sa.CheckConstraint]:
    """Checks that columns hold whole numbers: SQLite would keep 1.5 and 'abc' in an integer."""
    return [
        sa.CheckConstraint(f"{name} = CAST({name} AS BIGINT)", f"{name}_whole") for name in names
    ]


def one_of(name: str, *values: str) -> sa.CheckConstraint:
    """A check that a column holds one of some words."""
    listed = ", ".join(f"'{value}'" for value in values)
    return sa.CheckConstraint(f"{name} IN ({listed})", f"{name}_known")
