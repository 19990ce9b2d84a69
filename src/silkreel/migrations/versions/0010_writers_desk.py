"""Stories at the writers' desk: every text they ever had, and approvals."""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None

KEPT = ("desk_contents", "desk_revisions")  # rows are only ever added


def upgrade() -> None:
    make_shelf()
    make_revisions()
    sqlite = op.get_bind().dialect.name == "sqlite"
    for table in KEPT:
        for guard in sqlite_guards(table) if sqlite else postgresql_guards(table):
            op.execute(guard)


def make_shelf() -> None:
    op.create_table(
        "desk_stories",
        sa.Column("name", sa.String(length=80), nullable=False),
        sa.Column("brand_id", sa.String(length=16), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["brand_id"], ["brands.id"], name=op.f("fk_desk_stories_brand_id")),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_desk_stories")),
    )
    op.create_index(op.f("ix_desk_stories_brand_id"), "desk_stories", ["brand_id"])
    op.create_table(
        "desk_contents",
        sa.Column("content_hash", sa.String(length=64), nullable=False),
        sa.Column("packed", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("content_hash", name=op.f("pk_desk_contents")),
    )


def make_revisions() -> None:
    op.create_table(
        "desk_revisions",
        sa.Column("story", sa.String(length=80), nullable=False),
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("path", sa.String(length=200), nullable=False),
        sa.Column("content_hash", sa.String(length=64), nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("touched", sa.JSON(), nullable=False),
        sa.Column("staff_id", sa.String(length=16), nullable=False),
        sa.Column("staff_name", sa.String(length=100), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["content_hash"], ["desk_contents.content_hash"],
            name=op.f("fk_desk_revisions_content_hash"),
        ),
        sa.ForeignKeyConstraint(
            ["story"], ["desk_stories.name"], name=op.f("fk_desk_revisions_story")
        ),
        sa.PrimaryKeyConstraint("story", "number", name=op.f("pk_desk_revisions")),
    )  # fmt: skip
    op.create_index(op.f("ix_desk_revisions_content_hash"), "desk_revisions", ["content_hash"])
    op.create_table(
        "desk_approvals",
        sa.Column(
            "id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column("story", sa.String(length=80), nullable=False),
        sa.Column("episode", sa.String(length=80), nullable=False),
        sa.Column("content_hash", sa.String(length=64), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("staff_id", sa.String(length=16), nullable=False),
        sa.Column("staff_name", sa.String(length=100), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("reopened_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("reopened_by", sa.String(length=100), nullable=False),
        sa.ForeignKeyConstraint(
            ["story"], ["desk_stories.name"], name=op.f("fk_desk_approvals_story")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_desk_approvals")),
    )  # fmt: skip
    op.create_index(op.f("ix_desk_approvals_story"), "desk_approvals", ["story"])


def sqlite_guards(table: str) -> tuple[str, ...]:
    return tuple(
        f"CREATE TRIGGER {table}_no_{verb.lower()} BEFORE {verb} ON {table} "
        f"BEGIN SELECT RAISE(ABORT, '{table} is append-only'); END"
        for verb in ("UPDATE", "DELETE")
    )


def postgresql_guards(table: str) -> tuple[str, ...]:
    each = ("append_only", "UPDATE OR DELETE", "ROW"), ("no_truncate", "TRUNCATE", "STATEMENT")
    return tuple(
        f"CREATE TRIGGER {table}_{name} BEFORE {verbs} ON {table} "
        f"FOR EACH {level} EXECUTE FUNCTION silkreel_refuse()"
        for name, verbs, level in each
    )
