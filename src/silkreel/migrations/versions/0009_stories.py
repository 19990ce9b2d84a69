"""Published stories, and what viewers keep in them; versions are guarded by triggers."""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

FOR_EVER = (
    "story_versions",
    "story_episodes",
    "story_scenes",
    "story_beats",
    "story_choices",
    "story_chapters",
    "story_blocks",
    "story_links",
    "story_files",
)


def upgrade() -> None:
    op.create_table(
        "story_works",
        sa.Column("id", sa.String(length=16), nullable=False),
        sa.Column("series_id", sa.String(length=16), nullable=False),
        sa.Column("shown_id", sa.String(length=16), nullable=True),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_story_works")),
        sa.UniqueConstraint("series_id", name=op.f("uq_story_works_series_id")),
    )
    op.create_table(
        "story_versions",
        sa.Column("id", sa.String(length=16), nullable=False),
        sa.Column("work_id", sa.String(length=16), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("source_language", sa.String(length=35), nullable=False),
        sa.Column("ink_version", sa.String(length=16), nullable=False),
        sa.Column("cast", sa.JSON(), nullable=False),
        sa.Column("walk", sa.JSON(), nullable=False),
        sa.Column("published_by", sa.String(length=100), nullable=False),
        sa.Column("published_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["work_id"], ["story_works.id"], name=op.f("fk_story_versions_work_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_story_versions")),
        sa.UniqueConstraint("work_id", "digest", name=op.f("uq_story_versions_work_id_digest")),
        sa.UniqueConstraint("work_id", "number", name=op.f("uq_story_versions_work_id_number")),
    )
    op.create_table(
        "choices_taken",
        sa.Column("viewer_id", sa.String(length=36), nullable=False),
        sa.Column("work_id", sa.String(length=16), nullable=False),
        sa.Column("choice_id", sa.String(length=24), nullable=False),
        sa.ForeignKeyConstraint(
            ["viewer_id"], ["viewers.id"], name=op.f("fk_choices_taken_viewer_id")
        ),
        sa.ForeignKeyConstraint(
            ["work_id"], ["story_works.id"], name=op.f("fk_choices_taken_work_id")
        ),
        sa.PrimaryKeyConstraint("viewer_id", "work_id", "choice_id", name=op.f("pk_choices_taken")),
    )
    op.create_index(
        "ix_choices_taken_work_id_choice_id",
        "choices_taken",
        ["work_id", "choice_id"],
        unique=False,
    )
    op.create_table(
        "places",
        sa.Column("viewer_id", sa.String(length=36), nullable=False),
        sa.Column("work_id", sa.String(length=16), nullable=False),
        sa.Column("medium", sa.String(length=8), nullable=False),
        sa.Column("version_id", sa.String(length=16), nullable=False),
        sa.Column("line_id", sa.String(length=24), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["version_id"], ["story_versions.id"], name=op.f("fk_places_version_id")
        ),
        sa.ForeignKeyConstraint(["viewer_id"], ["viewers.id"], name=op.f("fk_places_viewer_id")),
        sa.ForeignKeyConstraint(["work_id"], ["story_works.id"], name=op.f("fk_places_work_id")),
        sa.PrimaryKeyConstraint("viewer_id", "work_id", "medium", name=op.f("pk_places")),
    )
    op.create_index("ix_places_version_id", "places", ["version_id"], unique=False)
    op.create_index("ix_places_work_id", "places", ["work_id"], unique=False)
    op.create_table(
        "playthroughs",
        sa.Column("viewer_id", sa.String(length=36), nullable=False),
        sa.Column("work_id", sa.String(length=16), nullable=False),
        sa.Column("slot", sa.String(length=16), nullable=False),
        sa.Column("version_id", sa.String(length=16), nullable=False),
        sa.Column("log", sa.JSON(), nullable=False),
        sa.Column("line_id", sa.String(length=24), nullable=True),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("saved_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["version_id"], ["story_versions.id"], name=op.f("fk_playthroughs_version_id")
        ),
        sa.ForeignKeyConstraint(
            ["viewer_id"], ["viewers.id"], name=op.f("fk_playthroughs_viewer_id")
        ),
        sa.ForeignKeyConstraint(
            ["work_id"], ["story_works.id"], name=op.f("fk_playthroughs_work_id")
        ),
        sa.PrimaryKeyConstraint("viewer_id", "work_id", "slot", name=op.f("pk_playthroughs")),
    )
    op.create_index("ix_playthroughs_version_id", "playthroughs", ["version_id"], unique=False)
    op.create_index("ix_playthroughs_work_id", "playthroughs", ["work_id"], unique=False)
    op.create_table(
        "story_beats",
        sa.Column("version_id", sa.String(length=16), nullable=False),
        sa.Column("line_id", sa.String(length=24), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("scene_id", sa.String(length=80), nullable=False),
        sa.Column("episode", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=8), nullable=False),
        sa.Column("canon_ordinal", sa.Integer(), nullable=True),
        sa.Column("only", sa.String(length=8), nullable=True),
        sa.ForeignKeyConstraint(
            ["version_id"], ["story_versions.id"], name=op.f("fk_story_beats_version_id")
        ),
        sa.PrimaryKeyConstraint("version_id", "line_id", name=op.f("pk_story_beats")),
    )
    op.create_table(
        "story_blocks",
        sa.Column("version_id", sa.String(length=16), nullable=False),
        sa.Column("chapter", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("block_id", sa.String(length=24), nullable=True),
        sa.Column("line", sa.String(length=24), nullable=True),
        sa.Column("quotes", sa.JSON(), nullable=False),
        sa.Column("episodes", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(
            ["version_id"], ["story_versions.id"], name=op.f("fk_story_blocks_version_id")
        ),
        sa.PrimaryKeyConstraint("version_id", "chapter", "position", name=op.f("pk_story_blocks")),
    )
    op.create_table(
        "story_chapters",
        sa.Column("version_id", sa.String(length=16), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("adapts", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(
            ["version_id"], ["story_versions.id"], name=op.f("fk_story_chapters_version_id")
        ),
        sa.PrimaryKeyConstraint("version_id", "number", name=op.f("pk_story_chapters")),
    )
    op.create_table(
        "story_choices",
        sa.Column("version_id", sa.String(length=16), nullable=False),
        sa.Column("line_id", sa.String(length=24), nullable=False),
        sa.Column("point", sa.String(length=24), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("after", sa.String(length=24), nullable=True),
        sa.Column("canon", sa.Boolean(), nullable=False),
        sa.Column("price_coins", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["version_id"], ["story_versions.id"], name=op.f("fk_story_choices_version_id")
        ),
        sa.PrimaryKeyConstraint("version_id", "line_id", name=op.f("pk_story_choices")),
    )
    op.create_table(
        "story_episodes",
        sa.Column("version_id", sa.String(length=16), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("knot", sa.String(length=80), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("budget_seconds", sa.Double(), nullable=True),
        sa.ForeignKeyConstraint(
            ["version_id"], ["story_versions.id"], name=op.f("fk_story_episodes_version_id")
        ),
        sa.PrimaryKeyConstraint("version_id", "number", name=op.f("pk_story_episodes")),
    )
    op.create_table(
        "story_files",
        sa.Column("version_id", sa.String(length=16), nullable=False),
        sa.Column("kind", sa.String(length=8), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("language", sa.String(length=35), nullable=False),
        sa.Column("state", sa.String(length=8), nullable=False),
        sa.Column("content_hash", sa.String(length=64), nullable=False),
        sa.Column("suffix", sa.String(length=16), nullable=False),
        sa.Column("size_bytes", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["version_id"], ["story_versions.id"], name=op.f("fk_story_files_version_id")
        ),
        sa.PrimaryKeyConstraint(
            "version_id", "kind", "name", "language", name=op.f("pk_story_files")
        ),
    )
    op.create_index("ix_story_files_content_hash", "story_files", ["content_hash"], unique=False)
    op.create_table(
        "story_links",
        sa.Column("version_id", sa.String(length=16), nullable=False),
        sa.Column("rel", sa.String(length=16), nullable=False),
        sa.Column("source", sa.String(length=80), nullable=False),
        sa.Column("target", sa.String(length=80), nullable=False),
        sa.ForeignKeyConstraint(
            ["version_id"], ["story_versions.id"], name=op.f("fk_story_links_version_id")
        ),
        sa.PrimaryKeyConstraint(
            "version_id", "rel", "source", "target", name=op.f("pk_story_links")
        ),
    )
    op.create_table(
        "story_progress",
        sa.Column("viewer_id", sa.String(length=36), nullable=False),
        sa.Column("work_id", sa.String(length=16), nullable=False),
        sa.Column("version_id", sa.String(length=16), nullable=False),
        sa.Column("line_id", sa.String(length=24), nullable=False),
        sa.Column("ordinal", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["version_id"], ["story_versions.id"], name=op.f("fk_story_progress_version_id")
        ),
        sa.ForeignKeyConstraint(
            ["viewer_id"], ["viewers.id"], name=op.f("fk_story_progress_viewer_id")
        ),
        sa.ForeignKeyConstraint(
            ["work_id"], ["story_works.id"], name=op.f("fk_story_progress_work_id")
        ),
        sa.PrimaryKeyConstraint("viewer_id", "work_id", name=op.f("pk_story_progress")),
    )
    op.create_index("ix_story_progress_version_id", "story_progress", ["version_id"], unique=False)
    op.create_index("ix_story_progress_work_id", "story_progress", ["work_id"], unique=False)
    op.create_table(
        "story_scenes",
        sa.Column("version_id", sa.String(length=16), nullable=False),
        sa.Column("id", sa.String(length=80), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("episode", sa.Integer(), nullable=False),
        sa.Column("heading", sa.Text(), nullable=False),
        sa.Column("location", sa.String(length=80), nullable=False),
        sa.Column("only", sa.String(length=8), nullable=True),
        sa.Column("way_in", sa.JSON(), nullable=True),
        sa.ForeignKeyConstraint(
            ["version_id"], ["story_versions.id"], name=op.f("fk_story_scenes_version_id")
        ),
        sa.PrimaryKeyConstraint("version_id", "id", name=op.f("pk_story_scenes")),
    )
    for table in FOR_EVER:
        if op.get_bind().dialect.name == "sqlite":
            guard_sqlite(table)
        else:
            guard_postgresql(table)


def guard_sqlite(table: str) -> None:
    for verb in ("UPDATE", "DELETE"):
        op.execute(
            f"CREATE TRIGGER {table}_no_{verb.lower()} BEFORE {verb} ON {table} "
            f"BEGIN SELECT RAISE(ABORT, '{table} is append-only'); END"
        )


def guard_postgresql(table: str) -> None:
    for name, when in (("append_only", "UPDATE OR DELETE"), ("no_truncate", "TRUNCATE")):
        each = "STATEMENT" if when == "TRUNCATE" else "ROW"
        op.execute(
            f"CREATE TRIGGER {table}_{name} BEFORE {when} ON {table} "
            f"FOR EACH {each} EXECUTE FUNCTION silkreel_refuse()"
        )


def downgrade() -> None:
    op.drop_table("story_scenes")
    op.drop_table("story_progress")
    op.drop_table("story_links")
    op.drop_table("story_files")
    op.drop_table("story_episodes")
    op.drop_table("story_choices")
    op.drop_table("story_chapters")
    op.drop_table("story_blocks")
    op.drop_table("story_beats")
    op.drop_table("playthroughs")
    op.drop_table("places")
    op.drop_table("choices_taken")
    op.drop_table("story_versions")
    op.drop_table("story_works")
