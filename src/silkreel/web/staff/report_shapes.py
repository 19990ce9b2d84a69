"""What the desk tells of a story at a glance: episode cards, the cast's grid, rhythm, and the breakdown."""

from collections.abc import Mapping, Sequence

from silkreel.story.desk.breakdown import Breakdown
from silkreel.story.desk.cards import Card, Presence
from silkreel.story.project import RhythmProfile
from silkreel.web.api.shapes import Shape


class TouchShape(Shape):
    """A beat that touches."""

    kind: str
    line_id: str
    speaker: str
    text: str
    file: str
    line: int
    share: float
    second: float | None


class CardShape(Shape):
    """An episode at a glance."""

    name: str
    number: int
    title: str
    file: str
    line: int
    state: str
    beats: int
    spoken: int
    seconds: float | None
    speech_seconds: float | None
    budget_seconds: float | None
    entry: str
    exit: str
    touches: list[TouchShape]
    longest_gap_seconds: float | None


class PresenceShape(Shape):
    """One of the cast against the episodes."""

    character: str
    name: str
    lines: list[int]


class ProfileShape(Shape):
    """What rhythm is held against."""

    accepted: bool
    by: str
    rates: dict[str, str]
    hook_seconds: float | None
    touch_gap_seconds: float | None
    payoff_gap_episodes: int | None
    paywall_episode: int | None

    @classmethod
    def of(cls, told: RhythmProfile) -> "ProfileShape":
        """A profile as a value."""
        return cls(
            accepted=told.accepted, by=told.by, rates=_rates(told.rates),
            hook_seconds=told.hook_seconds, touch_gap_seconds=told.touch_gap_seconds,
            payoff_gap_episodes=told.payoff_gap_episodes, paywall_episode=told.paywall_episode,
        )  # fmt: skip


class SetShape(Shape):
    """A location by day or by night."""

    location: str
    name: str
    night: bool
    exterior: bool
    scenes: list[str]
    episodes: list[int]
    cast: list[str]
    beats: int


class CallShape(Shape):
    """How often a character is called."""

    character: str
    sets: int
    scenes: int


class BreakdownShape(Shape):
    """What a story costs to shoot, as far as the script tells."""

    sets: list[SetShape]
    calls: list[CallShape]
    scenes: int
    night_scenes: int
    exterior_scenes: int


class Report(Shape):
    """Cards, grid, rhythm and breakdown of one state of a story."""

    digest: str
    cards: list[CardShape]
    grid: list[PresenceShape]
    profile: ProfileShape
    breakdown: BreakdownShape

    @classmethod
    def of(
        cls, digest: str, cards: Sequence[Card], grid: Sequence[Presence],
        about: tuple[RhythmProfile, Breakdown],
    ) -> "Report":  # fmt: skip
        """A report as a value."""
        profile, breakdown = about
        return cls(
            digest=digest,
            cards=[CardShape.model_validate(each, from_attributes=True) for each in cards],
            grid=[PresenceShape.model_validate(each, from_attributes=True) for each in grid],
            profile=ProfileShape.of(profile),
            breakdown=BreakdownShape.model_validate(breakdown, from_attributes=True),
        )


def _rates(rates: Mapping[str, object]) -> dict[str, str]:
    return {
        name: f"{getattr(rate, 'amount', 0):g} {getattr(rate, 'unit', '')}"
        for name, rate in rates.items()
    }
