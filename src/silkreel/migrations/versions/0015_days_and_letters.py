"""The time zone of the days in which an ad network reports; the language a letter was sent in."""

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None


def upgrade() -> None:
    # Not in a batch: that would make the table again, without the triggers that guard it.
    op.add_column(
        "ad_finals", sa.Column("zone", sa.String(length=64), nullable=False, server_default="UTC")
    )
    op.add_column(
        "letters", sa.Column("language", sa.String(length=16), nullable=False, server_default="")
    )
