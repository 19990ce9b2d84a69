"""Changes to a wallet that staff propose, and who said yes or no."""

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from silkreel.commerce.tables.columns import BRAND, VIEWER, one_of, whole
from silkreel.kit.database import Base, BigId, UtcTime


class AdjustmentRow(Base):
    """Bonus coins given or taken, or debt forgiven: proposed, then made or declined."""

    __tablename__ = "adjustments"
    __table_args__ = (
        sa.Index("ix_adjustments_brand_state", "brand_id", "state", "id"),
        one_of("state", "proposed", "made", "declined"),
        sa.CheckConstraint("forgive_coins >= 0", "forgive_not_negative"),
        *whole("bonus_coins", "forgive_coins"),
    )

    id: Mapped[int] = mapped_column(BigId, primary_key=True, autoincrement=True)
    viewer_id: Mapped[str] = mapped_column(VIEWER)
    brand_id: Mapped[str] = mapped_column(BRAND)
    bonus_coins: Mapped[int] = mapped_column(sa.BigInteger)  # negative takes
    forgive_coins: Mapped[int] = mapped_column(sa.BigInteger)
    reason: Mapped[str] = mapped_column(sa.Text)
    state: Mapped[str] = mapped_column(sa.String(8), default="proposed")
    proposed_by: Mapped[str] = mapped_column(sa.String(64))  # staff id
    proposed_name: Mapped[str] = mapped_column(sa.String(100))
    proposed_at: Mapped[datetime] = mapped_column(UtcTime)
    decided_by: Mapped[str] = mapped_column(sa.String(64), default="")
    decided_name: Mapped[str] = mapped_column(sa.String(100), default="")
    decided_at: Mapped[datetime | None] = mapped_column(UtcTime)
