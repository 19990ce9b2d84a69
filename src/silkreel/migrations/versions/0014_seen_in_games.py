"""All there is to see of a game, by version; and what each viewer has seen of it."""

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("story_versions", sa.Column("game", sa.JSON(), nullable=True))
    op.create_table(
        "seen_in_games",
        sa.Column("viewer_id", sa.String(length=36), nullable=False),
        sa.Column("work_id", sa.String(length=16), nullable=False),
        sa.Column("kind", sa.String(length=8), nullable=False),
        sa.Column("line_id", sa.String(length=24), nullable=False),
        sa.ForeignKeyConstraint(
            ["viewer_id"], ["viewers.id"], name=op.f("fk_seen_in_games_viewer_id")
        ),
        sa.ForeignKeyConstraint(
            ["work_id"], ["story_works.id"], name=op.f("fk_seen_in_games_work_id")
        ),
        sa.PrimaryKeyConstraint(
            "viewer_id", "work_id", "kind", "line_id", name=op.f("pk_seen_in_games")
        ),
    )
    op.create_index(op.f("ix_seen_in_games_work_id"), "seen_in_games", ["work_id"])


def downgrade() -> None:
    op.drop_table("seen_in_games")
    op.drop_column("story_versions", "game")
