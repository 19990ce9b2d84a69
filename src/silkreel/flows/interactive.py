"""An interactive episode: where the player asks, for how long, and what happens when nobody answers."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from silkreel.audience.playthroughs import FEWEST_PLAYERS
from silkreel.story.forms.vtt import Cues
from silkreel.story.published import Asked, Published
from silkreel.story.windows import WINDOW_SECONDS


@dataclass(frozen=True, slots=True)
class ChoicePoint:
    """Options asked at the end of a cue. Without an answer in time the canon goes on."""

    after: str
    second: float | None  # None where the edition has no cue for the line
    window_seconds: float | None  # None: it waits, for an option costs coins
    default: str
    options: tuple[Asked, ...]
    log: tuple[str, ...]  # the canon's choices that lead here


@dataclass(frozen=True, slots=True)
class Share:
    """Which share of players took each option of a set."""

    players: int
    options: Mapping[str, float]


def choice_points(
    version: Published, episode: int, cues: Cues, windows: Mapping[str, float]
) -> tuple[ChoicePoint, ...]:
    """The choices that the plain series passes in an episode, in its order.

    How long each waits is told by `windows`, by option, where the writer said so.
    """
    sets: dict[str, list[Asked]] = {}
    for choice in version.choices.values():
        if choice.after is not None:
            sets.setdefault(choice.after, []).append(choice)
    found = []
    taken: list[str] = []
    for line_id in (each for each in version.walk if each in version.choices):
        choice = version.choices[line_id]
        offered = sets.get(choice.after or "", [])
        if version.lines[line_id].episode == episode and len(offered) > 1:
            seconds = windows.get(line_id, WINDOW_SECONDS)
            found.append(_point(choice, offered, tuple(taken), cues, seconds))
        taken.append(line_id)
    return tuple(found)


def _point(
    canon: Asked, offered: list[Asked], log: tuple[str, ...], cues: Cues, seconds: float
) -> ChoicePoint:
    assert canon.after is not None, "only points after a line are asked"
    cue = cues.get(canon.after)
    paid = any(each.price_coins for each in offered)
    return ChoicePoint(
        canon.after, cue.end_seconds if cue else None, None if paid else seconds,
        canon.id, tuple(offered), log,
    )  # fmt: skip


def shares_of(version: Published, takers: Mapping[str, int]) -> dict[str, Share]:
    """What players chose, set by set; sets that too few have met are left out.

    Somebody who played twice may count for two options of a set, once for each.
    """
    sets: dict[str, list[str]] = {}
    for choice in version.choices.values():
        sets.setdefault(choice.point, []).append(choice.id)
    found = {}
    for point, ids in sets.items():
        counts = {each: takers.get(each, 0) for each in ids}
        total = sum(counts.values())
        if total >= FEWEST_PLAYERS:
            told = {each: round(count / total, 4) for each, count in counts.items()}
            found[point] = Share(total, told)
    return found


def windows_in(page: Mapping[str, Any]) -> dict[str, float]:
    """How long the options of an episode are waited for, from a table of strings."""
    return {str(name): float(seconds) for name, seconds in page.get("windows", {}).items()}


def text_of(strings: Mapping[str, Any], line_id: str) -> str:
    """The words of an option, from a table of strings."""
    return str(strings.get("strings", {}).get(line_id, {}).get("text", ""))
