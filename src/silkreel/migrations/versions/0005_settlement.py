"""Months that are closed, and statements as they were issued; both are guarded by triggers."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

CHANGED = "OLD.state <> 'draft' AND NEW.content <> OLD.content"


def upgrade() -> None:
    op.create_table(
        "settlements",
        sa.Column("period", sa.String(length=7), nullable=False),
        sa.Column("to_txn_id", sa.BigInteger(), nullable=False),
        sa.Column("ends_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("terms", sa.Text(), nullable=False),
        sa.Column("carry", sa.Text(), nullable=False),
        sa.Column("sources", sa.Text(), nullable=False),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("period", name=op.f("pk_settlements")),
    )
    # Not in a batch: SQLite would copy the table and lose its triggers.
    op.add_column("statements", sa.Column("content", sa.Text(), nullable=False, server_default=""))
    if op.get_bind().dialect.name == "sqlite":
        guard_sqlite()
    else:
        guard_postgresql()


def guard_sqlite() -> None:
    for verb in ("UPDATE", "DELETE"):
        op.execute(
            f"CREATE TRIGGER settlements_no_{verb.lower()} BEFORE {verb} ON settlements "
            "BEGIN SELECT RAISE(ABORT, 'settlements is append-only'); END"
        )
    op.execute(
        f"CREATE TRIGGER statements_keep_content BEFORE UPDATE ON statements WHEN {CHANGED} "
        "BEGIN SELECT RAISE(ABORT, 'an issued statement stays'); END"
    )


def guard_postgresql() -> None:
    op.execute(
        "CREATE TRIGGER settlements_append_only BEFORE UPDATE OR DELETE ON settlements "
        "FOR EACH ROW EXECUTE FUNCTION silkreel_refuse()"
    )
    op.execute(
        "CREATE TRIGGER settlements_no_truncate BEFORE TRUNCATE ON settlements "
        "FOR EACH STATEMENT EXECUTE FUNCTION silkreel_refuse()"
    )
    op.execute(
        "CREATE TRIGGER statements_keep_content BEFORE UPDATE ON statements "
        f"FOR EACH ROW WHEN ({CHANGED}) EXECUTE FUNCTION silkreel_refuse()"
    )


def downgrade() -> None:
    on_table = "" if op.get_bind().dialect.name == "sqlite" else " ON statements"
    op.execute(f"DROP TRIGGER statements_keep_content{on_table}")
    op.drop_column("statements", "content")
    op.drop_table("settlements")
