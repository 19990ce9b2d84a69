"""Limits viewers set, withdrawals, accounts of viewers, and wallets that were merged."""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "limit_changes",
        sa.Column(
            "id",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            autoincrement=True,
            nullable=False,
        ),
        sa.Column("viewer_id", sa.String(length=64), nullable=False),
        sa.Column("brand_id", sa.String(length=64), nullable=False),
        sa.Column("what", sa.String(length=16), nullable=False),
        sa.Column("value", sa.String(length=64), nullable=False),
        sa.Column("actor", sa.String(length=64), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_limit_changes")),
    )
    op.create_index(
        "ix_limit_changes_viewer", "limit_changes", ["viewer_id", "brand_id", "id"], unique=False
    )

    op.create_table(
        "viewer_codes",
        sa.Column("address_hash", sa.String(length=64), nullable=False),
        sa.Column("code_hash", sa.String(length=64), nullable=False),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("address_hash", name=op.f("pk_viewer_codes")),
    )
    op.create_table(
        "viewer_limits",
        sa.Column("viewer_id", sa.String(length=64), nullable=False),
        sa.Column("brand_id", sa.String(length=64), nullable=False),
        sa.Column("day_coins", sa.BigInteger(), nullable=True),
        sa.Column("day_next_coins", sa.BigInteger(), nullable=True),
        sa.Column("day_next_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("month_coins", sa.BigInteger(), nullable=True),
        sa.Column("month_next_coins", sa.BigInteger(), nullable=True),
        sa.Column("month_next_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("excluded_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("age", sa.String(length=8), nullable=False),
        sa.CheckConstraint(
            "age IN ('', 'child', 'teen', 'adult')", name=op.f("ck_viewer_limits_age_known")
        ),
        sa.CheckConstraint(
            "day_coins = CAST(day_coins AS BIGINT)", name=op.f("ck_viewer_limits_day_coins_whole")
        ),
        sa.CheckConstraint(
            "day_next_coins = CAST(day_next_coins AS BIGINT)",
            name=op.f("ck_viewer_limits_day_next_coins_whole"),
        ),
        sa.CheckConstraint(
            "month_coins = CAST(month_coins AS BIGINT)",
            name=op.f("ck_viewer_limits_month_coins_whole"),
        ),
        sa.CheckConstraint(
            "month_next_coins = CAST(month_next_coins AS BIGINT)",
            name=op.f("ck_viewer_limits_month_next_coins_whole"),
        ),
        sa.PrimaryKeyConstraint("viewer_id", "brand_id", name=op.f("pk_viewer_limits")),
    )
    op.create_table(
        "withdrawals",
        sa.Column("id", sa.String(length=24), nullable=False),
        sa.Column("viewer_id", sa.String(length=64), nullable=False),
        sa.Column("brand_id", sa.String(length=64), nullable=False),
        sa.Column("market", sa.String(length=8), nullable=False),
        sa.Column("kind", sa.String(length=8), nullable=False),
        sa.Column("ref", sa.String(length=64), nullable=False),
        sa.Column("shown_json", sa.Text(), nullable=False),
        sa.Column("shown_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("confirmed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("receipt_json", sa.Text(), nullable=False),
        sa.Column("receipt_sha256", sa.String(length=64), nullable=False),
        sa.CheckConstraint(
            "kind IN ('coins', 'unlock', 'vip')", name=op.f("ck_withdrawals_kind_known")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_withdrawals")),
    )
    op.create_index("ix_withdrawals_viewer", "withdrawals", ["viewer_id", "brand_id"], unique=False)

    op.create_table(
        "withdrawal_refunds",
        sa.Column("withdrawal_id", sa.String(length=24), nullable=False),
        sa.Column("order_id", sa.String(length=24), nullable=False),
        sa.Column("payment", sa.String(length=128), nullable=False),
        sa.Column("amount_minor", sa.BigInteger(), nullable=False),
        sa.Column("target_minor", sa.BigInteger(), nullable=False),
        sa.Column("currency", sa.String(length=4), nullable=False),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("try_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("done_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "amount_minor = CAST(amount_minor AS BIGINT)",
            name=op.f("ck_withdrawal_refunds_amount_minor_whole"),
        ),
        sa.CheckConstraint(
            "target_minor = CAST(target_minor AS BIGINT)",
            name=op.f("ck_withdrawal_refunds_target_minor_whole"),
        ),
        sa.CheckConstraint("amount_minor > 0", name=op.f("ck_withdrawal_refunds_amount_positive")),
        sa.ForeignKeyConstraint(
            ["withdrawal_id"], ["withdrawals.id"], name=op.f("fk_withdrawal_refunds_withdrawal_id")
        ),
        sa.PrimaryKeyConstraint("withdrawal_id", "order_id", name=op.f("pk_withdrawal_refunds")),
    )
    op.create_index(
        "ix_withdrawal_refunds_due", "withdrawal_refunds", ["done_at", "try_at"], unique=False
    )

    op.create_table(
        "viewer_sessions",
        sa.Column("token_hash", sa.String(length=64), nullable=False),
        sa.Column("id", sa.String(length=16), nullable=False),
        sa.Column("viewer_id", sa.String(length=36), nullable=False),
        sa.Column("brand_id", sa.String(length=16), nullable=False),
        sa.Column("device", sa.String(length=64), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("seen_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["brand_id"], ["brands.id"], name=op.f("fk_viewer_sessions_brand_id")
        ),
        sa.ForeignKeyConstraint(
            ["viewer_id"], ["viewers.id"], name=op.f("fk_viewer_sessions_viewer_id")
        ),
        sa.PrimaryKeyConstraint("token_hash", name=op.f("pk_viewer_sessions")),
        sa.UniqueConstraint("id", name=op.f("uq_viewer_sessions_id")),
    )
    op.create_index(
        op.f("ix_viewer_sessions_brand_id"), "viewer_sessions", ["brand_id"], unique=False
    )
    op.create_index(
        op.f("ix_viewer_sessions_viewer_id"), "viewer_sessions", ["viewer_id"], unique=False
    )

    op.add_column("vips", sa.Column("played_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column("wallets", sa.Column("merged_into_id", sa.BigInteger(), nullable=True))
    op.create_index(op.f("ix_wallets_merged_into_id"), "wallets", ["merged_into_id"], unique=False)


def downgrade() -> None:
    op.drop_index(op.f("ix_wallets_merged_into_id"), "wallets")
    op.drop_column("wallets", "merged_into_id")
    op.drop_column("vips", "played_at")
    for table in (
        "viewer_sessions", "withdrawal_refunds", "withdrawals", "viewer_limits", "viewer_codes",
        "limit_changes",
    ):  # fmt: skip
        op.drop_table(table)
