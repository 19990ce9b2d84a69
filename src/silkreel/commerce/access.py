"""Whether somebody may play an episode, and by which cause: pure, from facts read in one query."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal

import sqlalchemy as sa

from silkreel.commerce.tables import EntitlementRow, VipPeriodRow, VipRow
from silkreel.kit.database import Session, UtcTime

Cause = Literal["free_head", "coin", "pass", "promo", "ad", "vip", "staff"]
Why = Literal["not_here", "not_now", "in_review"]
# Settlement pays the stream that opened it, so the cause that costs the viewer least comes first.
ORDER: tuple[Cause, ...] = ("coin", "pass", "promo", "ad")
VIP_STATES = ("active", "grace", "cancelled")  # cancelled runs to its end


@dataclass(frozen=True, slots=True)
class Right:
    """A cause that stands, and until when."""

    cause: Cause
    ends_at: datetime | None = None  # None: for ever


@dataclass(frozen=True, slots=True)
class Rights:
    """A viewer's rights in a series: to all of it, and to single episodes by their ids."""

    everywhere: tuple[Right, ...] = ()
    by_episode: Mapping[str, tuple[Right, ...]] = field(default_factory=dict)

    def to(self, episode_id: str) -> tuple[Right, ...]:
        """Those that open an episode."""
        return (*self.by_episode.get(episode_id, ()), *self.everywhere)


@dataclass(frozen=True, slots=True)
class Facts:
    """All that the decision may depend on; who may watch where is told from above."""

    number: int  # of the episode in its series
    free_episodes: int  # as the viewer was shown
    rights: tuple[Right, ...] = ()
    vip_covers: bool = True  # whether VIP covers this title in this market
    staff: bool = False
    refused: Why | None = None  # window, territory and review


@dataclass(frozen=True, slots=True)
class Allowed:
    """Play; `until` is when the right ends, None where it does not."""

    cause: Cause
    until: datetime | None = None


@dataclass(frozen=True, slots=True)
class Locked:
    """Not without coins, an ad or VIP."""


@dataclass(frozen=True, slots=True)
class Refused:
    """Not at all, whatever is offered."""

    why: Why


Decision = Allowed | Locked | Refused


def can_play(facts: Facts, now: datetime) -> Decision:
    """Decide. A right that ends now has ended; playback under way is not asked again."""
    if facts.staff:
        return Allowed("staff")
    if facts.refused:
        return Refused(facts.refused)
    if facts.number <= facts.free_episodes:
        return Allowed("free_head")
    standing = [right for right in facts.rights if right.ends_at is None or right.ends_at > now]
    for cause in (*ORDER, "vip") if facts.vip_covers else ORDER:
        mine = [right for right in standing if right.cause == cause]
        if mine:
            return Allowed(mine[0].cause, _latest(mine))
    return Locked()


def _latest(rights: list[Right]) -> datetime | None:
    ends = [right.ends_at for right in rights]
    return None if None in ends else max(end for end in ends if end)


def rights_of(
    tx: Session, viewer_id: str, brand_id: str, series_id: str, episode_id: str, now: datetime
) -> tuple[Right, ...]:
    """Every right of a viewer to an episode that stands now: one statement, by indexes."""
    refs = (episode_id, series_id)
    return tuple(r for _, r in _standing(tx, viewer_id, brand_id, series_id, now, refs))


def rights_in_series(
    tx: Session, viewer_id: str, brand_id: str, series_id: str, now: datetime
) -> Rights:
    """Every right of a viewer to anything of a series that stands now: one statement."""
    found: dict[str, list[Right]] = {}
    everywhere: list[Right] = []
    for ref, right in _standing(tx, viewer_id, brand_id, series_id, now):
        mine = everywhere if ref in {None, series_id} else found.setdefault(ref or "", [])
        mine.append(right)
    return Rights(tuple(everywhere), {ref: tuple(each) for ref, each in found.items()})


def _standing(
    tx: Session,
    viewer_id: str,
    brand_id: str,
    series_id: str,
    now: datetime,
    refs: tuple[str, ...] = (),
) -> Iterator[tuple[str | None, Right]]:
    """Rights with what they open, None for everything VIP covers; only to `refs` where any are told."""
    mine = sa.select(EntitlementRow.ref, EntitlementRow.source, EntitlementRow.ends_at).where(
        EntitlementRow.viewer_id == viewer_id,
        EntitlementRow.brand_id == brand_id,
        EntitlementRow.series_id == series_id,
        EntitlementRow.kind.in_(("episode", "series")),
        EntitlementRow.revoked_at.is_(None),
        EntitlementRow.starts_at <= now,
        sa.or_(EntitlementRow.ends_at.is_(None), EntitlementRow.ends_at > now),
    )
    vip = (
        sa.select(sa.null(), sa.literal("vip"), VipPeriodRow.ends_at)
        .join(VipRow, VipRow.id == VipPeriodRow.vip_id)
        .where(
            VipRow.viewer_id == viewer_id,
            VipRow.brand_id == brand_id,
            VipRow.state.in_(VIP_STATES),
            VipPeriodRow.starts_at <= now,
            VipPeriodRow.ends_at > now,
        )
    )
    if refs:
        mine = mine.where(EntitlementRow.ref.in_(refs))
    both = sa.union_all(mine, vip).subquery()
    rows = tx.execute(sa.select(both.c.ref, both.c.source, sa.type_coerce(both.c.ends_at, UtcTime)))
    for ref, source, ends in rows:
        # Goodwill opens like a promotion: nobody paid for it, and nobody earns by it.
        yield ref, Right("promo" if source == "comp" else source, ends)
