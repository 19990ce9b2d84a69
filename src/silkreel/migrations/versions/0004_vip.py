"""What happens to a VIP subscription, written once; its periods and state are folded from it."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    big = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
    op.create_table(
        "vip_facts",
        sa.Column("id", big, autoincrement=True, nullable=False),
        sa.Column("vip_id", big, nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("ref", sa.String(length=64), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("played", sa.Boolean(), nullable=False),
        sa.Column("told_json", sa.Text(), nullable=False),
        sa.CheckConstraint(
            "kind IN ('ordered', 'surplus', 'reminded', 'cancelled', 'withdrawn', 'paused', "
            "'resumed', 'revoked')",
            name=op.f("ck_vip_facts_kind_known"),
        ),
        sa.ForeignKeyConstraint(["vip_id"], ["vips.id"], name=op.f("fk_vip_facts_vip_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_vip_facts")),
        sa.UniqueConstraint("vip_id", "kind", "ref", name=op.f("uq_vip_facts_vip_id_kind_ref")),
    )
    op.add_column(
        "vips", sa.Column("owed_minor", sa.BigInteger(), nullable=False, server_default="0")
    )
    op.create_index("ix_vips_owed_minor", "vips", ["owed_minor"], unique=False)
    op.create_index("ix_vip_facts_ref", "vip_facts", ["ref"], unique=False)
    if op.get_bind().dialect.name == "sqlite":
        guard_sqlite()
    else:
        guard_postgresql()


def guard_sqlite() -> None:
    for verb in ("UPDATE", "DELETE"):
        op.execute(
            f"CREATE TRIGGER vip_facts_no_{verb.lower()} BEFORE {verb} ON vip_facts "
            "BEGIN SELECT RAISE(ABORT, 'vip_facts is append-only'); END"
        )


def guard_postgresql() -> None:
    for name, when in (("append_only", "UPDATE OR DELETE"), ("no_truncate", "TRUNCATE")):
        each = "STATEMENT" if when == "TRUNCATE" else "ROW"
        op.execute(
            f"CREATE TRIGGER vip_facts_{name} BEFORE {when} ON vip_facts "
            f"FOR EACH {each} EXECUTE FUNCTION silkreel_refuse()"
        )
