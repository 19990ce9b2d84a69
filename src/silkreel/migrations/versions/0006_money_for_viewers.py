"""Ads of our own, what was offered, prices that wait for a second yes, and brands of a demo."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "ad_breaks",
        sa.Column("nonce", sa.String(length=32), nullable=False),
        sa.Column("viewer_id", sa.String(length=64), nullable=False),
        sa.Column("brand_id", sa.String(length=64), nullable=False),
        sa.Column("series_id", sa.String(length=16), nullable=False),
        sa.Column("episode_id", sa.String(length=16), nullable=False),
        sa.Column("campaign_id", sa.String(length=16), nullable=False),
        sa.Column("market", sa.String(length=8), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("nonce", name=op.f("pk_ad_breaks")),
    )
    with op.batch_alter_table("ad_breaks", schema=None) as batch_op:
        batch_op.create_index("ix_ad_breaks_viewer", ["viewer_id", "brand_id", "at"], unique=False)

    op.create_table(
        "ad_campaigns",
        sa.Column("id", sa.String(length=16), nullable=False),
        sa.Column("brand_id", sa.String(length=64), nullable=False),
        sa.Column("title", sa.String(length=120), nullable=False),
        sa.Column("advertiser", sa.String(length=120), nullable=False),
        sa.Column("content_hash", sa.String(length=64), nullable=False),
        sa.Column("suffix", sa.String(length=16), nullable=False),
        sa.Column("size_bytes", sa.BigInteger(), nullable=False),
        sa.Column("width_pixels", sa.Integer(), nullable=False),
        sa.Column("height_pixels", sa.Integer(), nullable=False),
        sa.Column("length_seconds", sa.Integer(), nullable=False),
        sa.Column("click_url", sa.Text(), nullable=True),
        sa.Column("markets", sa.JSON(), nullable=False),
        sa.Column("weight", sa.Integer(), nullable=False),
        sa.Column("built_in", sa.Boolean(), nullable=False),
        sa.Column("starts_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ends_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("length_seconds > 0", name=op.f("ck_ad_campaigns_length_positive")),
        sa.CheckConstraint("weight > 0", name=op.f("ck_ad_campaigns_weight_positive")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_ad_campaigns")),
    )
    with op.batch_alter_table("ad_campaigns", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_ad_campaigns_brand_id"), ["brand_id"], unique=False)

    op.create_table(
        "feed_items",
        sa.Column(
            "id",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            autoincrement=True,
            nullable=False,
        ),
        sa.Column("viewer_id", sa.String(length=64), nullable=False),
        sa.Column("brand_id", sa.String(length=64), nullable=False),
        sa.Column("series_id", sa.String(length=16), nullable=False),
        sa.Column("episode_id", sa.String(length=16), nullable=False),
        sa.Column("kind", sa.String(length=8), nullable=False),
        sa.Column("cause", sa.String(length=16), nullable=False),
        sa.Column("length_seconds", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("kind IN ('opened', 'ended')", name=op.f("ck_feed_items_kind_known")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_feed_items")),
    )
    with op.batch_alter_table("feed_items", schema=None) as batch_op:
        batch_op.create_index("ix_feed_items_viewer", ["viewer_id", "brand_id", "at"], unique=False)

    op.create_table(
        "offer_logs",
        sa.Column(
            "id",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            autoincrement=True,
            nullable=False,
        ),
        sa.Column("viewer_id", sa.String(length=64), nullable=False),
        sa.Column("brand_id", sa.String(length=64), nullable=False),
        sa.Column("series_id", sa.String(length=16), nullable=False),
        sa.Column("episode_id", sa.String(length=16), nullable=False),
        sa.Column("market", sa.String(length=8), nullable=False),
        sa.Column("decision", sa.Text(), nullable=False),
        sa.Column("decision_sha256", sa.String(length=64), nullable=False),
        sa.Column("first_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("last_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("times", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_offer_logs")),
        sa.UniqueConstraint(
            "viewer_id",
            "brand_id",
            "episode_id",
            "decision_sha256",
            name=op.f("uq_offer_logs_viewer_id_brand_id_episode_id_decision_sha256"),
        ),
    )
    with op.batch_alter_table("offer_logs", schema=None) as batch_op:
        batch_op.create_index(
            "ix_offer_logs_seen", ["viewer_id", "brand_id", "last_at"], unique=False
        )

    op.create_table(
        "price_proposals",
        sa.Column("id", sa.String(length=16), nullable=False),
        sa.Column("brand_id", sa.String(length=64), nullable=False),
        sa.Column("market", sa.String(length=8), nullable=False),
        sa.Column("content", sa.Text(), nullable=False),
        sa.Column("content_sha256", sa.String(length=64), nullable=False),
        sa.Column("why", sa.Text(), nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("proposed_by", sa.String(length=64), nullable=False),
        sa.Column("proposed_name", sa.String(length=100), nullable=False),
        sa.Column("proposed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("decided_by", sa.String(length=64), nullable=True),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("book_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.CheckConstraint(
            "state IN ('open', 'published', 'rejected')",
            name=op.f("ck_price_proposals_state_known"),
        ),
        sa.ForeignKeyConstraint(
            ["book_id"], ["price_books.id"], name=op.f("fk_price_proposals_book_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_price_proposals")),
    )
    with op.batch_alter_table("price_proposals", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_price_proposals_book_id"), ["book_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_price_proposals_brand_id"), ["brand_id"], unique=False)

    op.add_column("ad_intents", sa.Column("campaign_id", sa.String(length=16), nullable=True))
    op.add_column("brands", sa.Column("demo_since", sa.DateTime(timezone=True), nullable=True))


def downgrade() -> None:
    op.drop_column("brands", "demo_since")
    op.drop_column("ad_intents", "campaign_id")
    for table in ("price_proposals", "offer_logs", "feed_items", "ad_campaigns", "ad_breaks"):
        op.drop_table(table)
