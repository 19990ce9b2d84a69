"""Watch time and shares of VIP and ads, steps of statements, and adjustments of wallets."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

# A closing can be taken back whole as long as none of its statements is issued; whoever issues
# one needs the yes of somebody other than who closed it.
GUARDS = (
    ("settlements", "DELETE", "EXISTS (SELECT 1 FROM statements WHERE period = OLD.period)",
     "a closed month stays"),
    ("statements", "UPDATE", "NEW.content <> OLD.content OR NEW.sha256 <> OLD.sha256",
     "a statement stays as it was closed"),
    ("statements", "UPDATE",
     ("OLD.state = 'draft' AND NEW.state <> 'draft' AND NOT EXISTS (SELECT 1 FROM statement_steps a "
     "JOIN statement_steps c ON c.statement_id = a.statement_id AND c.step = 'closed' WHERE "
     "a.statement_id = OLD.id AND a.step = 'approved' AND a.actor_id <> c.actor_id)"),
     "a statement is issued with four eyes"),
    ("statement_steps", "UPDATE", "OLD.at IS NOT NULL", "statement_steps is append-only"),
    ("statement_steps", "DELETE",
     "EXISTS (SELECT 1 FROM statements WHERE id = OLD.statement_id AND state <> 'draft')",
     "a step of an issued statement stays"),
    ("stream_shares", "UPDATE", "OLD.period IS NOT NULL", "stream_shares is append-only"),
    ("stream_shares", "DELETE", "EXISTS (SELECT 1 FROM settlements WHERE period = OLD.period)",
     "shares of a closed month stay"),
)  # fmt: skip


def upgrade() -> None:
    make_tables()
    sqlite = op.get_bind().dialect.name == "sqlite"
    let_closings_be_taken_back(sqlite=sqlite)
    for place, (table, verb, when, message) in enumerate(GUARDS):
        (guard_sqlite if sqlite else guard_postgresql)(place, table, verb, when, message)


def let_closings_be_taken_back(*, sqlite: bool) -> None:
    """From now on a guard of its own watches over a closed month's deletion."""
    if sqlite:
        op.execute("DROP TRIGGER settlements_no_delete")
        return
    op.execute("DROP TRIGGER settlements_append_only ON settlements")
    op.execute(
        "CREATE TRIGGER settlements_no_update BEFORE UPDATE ON settlements "
        "FOR EACH ROW EXECUTE FUNCTION silkreel_refuse()"
    )
    for table in ("statement_steps", "stream_shares"):
        op.execute(
            f"CREATE TRIGGER {table}_no_truncate BEFORE TRUNCATE ON {table} "
            "FOR EACH STATEMENT EXECUTE FUNCTION silkreel_refuse()"
        )


def guard_sqlite(place: int, table: str, verb: str, when: str, message: str) -> None:
    op.execute(
        f"CREATE TRIGGER {table}_books_{place} BEFORE {verb} ON {table} WHEN {when} "
        f"BEGIN SELECT RAISE(ABORT, '{message}'); END"
    )


def guard_postgresql(place: int, table: str, verb: str, when: str, message: str) -> None:
    row = "OLD" if verb == "DELETE" else "NEW"
    op.execute(
        f"CREATE FUNCTION silkreel_books_{place}() RETURNS trigger LANGUAGE plpgsql AS $$ "
        f"BEGIN IF {when} THEN RAISE EXCEPTION '{message}' "
        f"USING ERRCODE = 'integrity_constraint_violation'; END IF; RETURN {row}; END $$"
    )
    op.execute(
        f"CREATE TRIGGER {table}_books_{place} BEFORE {verb} ON {table} "
        f"FOR EACH ROW EXECUTE FUNCTION silkreel_books_{place}()"
    )


def make_tables() -> None:
    op.create_table(
        "adjustments",
        sa.Column(
            "id",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            autoincrement=True,
            nullable=False,
        ),
        sa.Column("viewer_id", sa.String(length=64), nullable=False),
        sa.Column("brand_id", sa.String(length=64), nullable=False),
        sa.Column("bonus_coins", sa.BigInteger(), nullable=False),
        sa.Column("forgive_coins", sa.BigInteger(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("state", sa.String(length=8), nullable=False),
        sa.Column("proposed_by", sa.String(length=64), nullable=False),
        sa.Column("proposed_name", sa.String(length=100), nullable=False),
        sa.Column("proposed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("decided_by", sa.String(length=64), nullable=False),
        sa.Column("decided_name", sa.String(length=100), nullable=False),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "state IN ('proposed', 'made', 'declined')", name=op.f("ck_adjustments_state_known")
        ),
        sa.CheckConstraint(
            "bonus_coins = CAST(bonus_coins AS BIGINT)",
            name=op.f("ck_adjustments_bonus_coins_whole"),
        ),
        sa.CheckConstraint(
            "forgive_coins = CAST(forgive_coins AS BIGINT)",
            name=op.f("ck_adjustments_forgive_coins_whole"),
        ),
        sa.CheckConstraint("forgive_coins >= 0", name=op.f("ck_adjustments_forgive_not_negative")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_adjustments")),
    )
    with op.batch_alter_table("adjustments", schema=None) as batch_op:
        batch_op.create_index(
            "ix_adjustments_brand_state", ["brand_id", "state", "id"], unique=False
        )

    op.create_table(
        "stream_shares",
        sa.Column(
            "id",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            autoincrement=True,
            nullable=False,
        ),
        sa.Column("period", sa.String(length=7), nullable=False),
        sa.Column("about", sa.String(length=7), nullable=False),
        sa.Column("stream", sa.String(length=8), nullable=False),
        sa.Column("source", sa.String(length=160), nullable=False),
        sa.Column("series_id", sa.String(length=16), nullable=False),
        sa.Column("market", sa.String(length=8), nullable=False),
        sa.Column("currency", sa.String(length=4), nullable=False),
        sa.Column("weight", sa.BigInteger(), nullable=False),
        sa.Column("minor", sa.BigInteger(), nullable=False),
        sa.Column("refund", sa.Boolean(), nullable=False),
        sa.CheckConstraint("stream IN ('vip', 'ad')", name=op.f("ck_stream_shares_stream_known")),
        sa.CheckConstraint("minor <> 0", name=op.f("ck_stream_shares_minor_not_zero")),
        sa.CheckConstraint(
            "minor = CAST(minor AS BIGINT)", name=op.f("ck_stream_shares_minor_whole")
        ),
        sa.CheckConstraint(
            "weight = CAST(weight AS BIGINT)", name=op.f("ck_stream_shares_weight_whole")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_stream_shares")),
    )
    with op.batch_alter_table("stream_shares", schema=None) as batch_op:
        batch_op.create_index("ix_stream_shares_period", ["period"], unique=False)

    op.create_table(
        "vip_watch_days",
        sa.Column("viewer_id", sa.String(length=64), nullable=False),
        sa.Column("brand_id", sa.String(length=64), nullable=False),
        sa.Column("episode_id", sa.String(length=16), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("series_id", sa.String(length=16), nullable=False),
        sa.Column("market", sa.String(length=8), nullable=False),
        sa.Column("seconds", sa.Integer(), nullable=False),
        sa.Column("length_seconds", sa.Integer(), nullable=False),
        sa.Column("first_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "length_seconds = CAST(length_seconds AS BIGINT)",
            name=op.f("ck_vip_watch_days_length_seconds_whole"),
        ),
        sa.CheckConstraint(
            "seconds = CAST(seconds AS BIGINT)", name=op.f("ck_vip_watch_days_seconds_whole")
        ),
        sa.CheckConstraint(
            "seconds BETWEEN 0 AND length_seconds", name=op.f("ck_vip_watch_days_seconds_within")
        ),
        sa.PrimaryKeyConstraint(
            "viewer_id", "brand_id", "episode_id", "day", name=op.f("pk_vip_watch_days")
        ),
    )
    with op.batch_alter_table("vip_watch_days", schema=None) as batch_op:
        batch_op.create_index("ix_vip_watch_days_day", ["day"], unique=False)

    op.create_table(
        "statement_steps",
        sa.Column(
            "statement_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column("step", sa.String(length=8), nullable=False),
        sa.Column("actor_kind", sa.String(length=8), nullable=False),
        sa.Column("actor_id", sa.String(length=64), nullable=False),
        sa.Column("actor_name", sa.String(length=100), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.CheckConstraint(
            "step IN ('closed', 'approved', 'issued', 'paid')",
            name=op.f("ck_statement_steps_step_known"),
        ),
        sa.ForeignKeyConstraint(
            ["statement_id"], ["statements.id"], name=op.f("fk_statement_steps_statement_id")
        ),
        sa.PrimaryKeyConstraint("statement_id", "step", name=op.f("pk_statement_steps")),
    )
