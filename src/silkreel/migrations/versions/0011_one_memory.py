"""The memory knows whose words an entry was approved for."""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None

KEY = ["series_id", "language", "source_hash", "context_hash", "line_id", "use", "length"]


def upgrade() -> None:
    with op.batch_alter_table("memory") as table:
        table.add_column(
            sa.Column("line_id", sa.String(length=24), nullable=False, server_default="")
        )
        table.drop_constraint("uq_memory_entry", type_="unique")
        table.create_unique_constraint("uq_memory_entry", KEY)
    with op.batch_alter_table("memory") as table:
        table.alter_column("line_id", server_default=None)
