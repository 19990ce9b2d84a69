"""Letters to viewers with an account, and the language they read."""

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None

WAITING = sa.text("state = 'waiting'")


def upgrade() -> None:
    with op.batch_alter_table("viewers") as viewers:
        viewers.add_column(
            sa.Column("language", sa.String(length=16), nullable=False, server_default="")
        )
    op.create_table(
        "letters",
        sa.Column(
            "id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True,
            nullable=False,
        ),
        sa.Column("brand_id", sa.String(length=16), nullable=False),
        sa.Column("viewer_id", sa.String(length=36), nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("key", sa.String(length=160), nullable=False),
        sa.Column("facts", sa.JSON(), nullable=False),
        sa.Column("state", sa.String(length=8), nullable=False),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("try_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("problem", sa.Text(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "state IN ('waiting', 'sent', 'dead', 'moot')", name=op.f("ck_letters_state_known")
        ),
        sa.ForeignKeyConstraint(["brand_id"], ["brands.id"], name=op.f("fk_letters_brand_id")),
        sa.ForeignKeyConstraint(["viewer_id"], ["viewers.id"], name=op.f("fk_letters_viewer_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_letters")),
        sa.UniqueConstraint("brand_id", "key", name=op.f("uq_letters_brand_id_key")),
    )  # fmt: skip
    op.create_index(op.f("ix_letters_viewer_id"), "letters", ["viewer_id"])
    op.create_index(
        "ix_letters_waiting", "letters", ["try_at"], sqlite_where=WAITING, postgresql_where=WAITING
    )
