"""Seeded walks through a story that prefer what was not taken yet, and what they have covered.

A line that the graph reaches and no walk shows is dead in play: only walks find it, because only
they compute conditions. Preferring unused options follows choicescript's randomtest (the idea).
"""

import random
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from silkreel.story.canon import Walk
from silkreel.story.players import Option, Player

FRESH_SHARE = 0.8  # how often the least used option is taken; else any, so that repeats mix too


@dataclass(slots=True)
class Coverage:
    """Which lines walks have shown, how often, and one shortest log that leads to each."""

    walks: int = 0
    times: dict[str, int] = field(default_factory=dict)
    witnesses: dict[str, tuple[str, ...]] = field(default_factory=dict)

    def add(self, walk: Walk) -> None:
        """Count a walk."""
        self.walks += 1
        taken, position = set(walk.choices), 0
        for line_id in walk.ids:
            if line_id in taken:
                position += 1
            self.times[line_id] = self.times.get(line_id, 0) + 1
            known = self.witnesses.get(line_id)
            if known is None or position < len(known):
                self.witnesses[line_id] = walk.choices[:position]

    def missed(self, ids: Iterable[str]) -> tuple[str, ...]:
        """Those of `ids` that no walk has shown."""
        return tuple(each for each in ids if each not in self.times)


def walk_once(player: Player, *, seed: int, number: int, used: dict[str, int]) -> Walk:
    """Walk number `number` of a seed; counts the options it takes in `used`.

    The same seed, number and counts make the same walk on every runtime.
    """
    source = random.Random(f"{seed}/{number}")  # noqa: S311 - a walk, no secret
    stop = player.restart()
    ids = [line.id for line in stop.lines if line.id]
    log: list[str] = []
    while not stop.ended:
        option = choose_fresh(stop.options, used, source)
        used[option.id] = used.get(option.id, 0) + 1
        log.append(option.id)
        stop = player.choose(option.id)
        ids += [option.id, *(line.id for line in stop.lines if line.id)]
    return Walk(tuple(ids), tuple(log))


def choose_fresh(
    options: tuple[Option, ...], used: Mapping[str, int], source: random.Random
) -> Option:
    """Mostly one of the least used options, sometimes any."""
    if source.random() < FRESH_SHARE:
        least = min(used.get(option.id, 0) for option in options)
        options = tuple(option for option in options if used.get(option.id, 0) == least)
    return source.choice(options)


def every_option(player: Player, limit: int) -> Coverage:
    """Take every option that can be met at least once, by a short way: quick and without chance.

    Each round goes straight to an option not taken yet and on from there by options not taken,
    at most `limit` rounds. Both sides of every condition are walked by `reach.reach`, which
    computes none.
    """
    coverage = Coverage()
    waiting: list[tuple[str, ...]] = [()]
    used: dict[str, int] = {}
    while waiting and coverage.walks < limit:
        log = waiting.pop(0)
        if not log or not used[log[-1]]:
            coverage.add(_follow(player, log, waiting, used))
    return coverage


def _follow(
    player: Player, log: tuple[str, ...], waiting: list[tuple[str, ...]], used: dict[str, int]
) -> Walk:
    stop = player.restart()
    ids = [line.id for line in stop.lines if line.id]
    taken: list[str] = []
    while not stop.ended:
        offered = [option.id for option in stop.options]
        if len(taken) < len(log):
            pick = log[len(taken)]
        else:
            fresh = [each for each in offered if each not in used]
            pick = min(offered, key=lambda each: used.get(each, 0))
            waiting += [(*taken, each) for each in fresh if each != pick]
            used.update(dict.fromkeys(fresh, 0))
        used[pick] = used.get(pick, 0) + 1
        taken.append(pick)
        stop = player.choose(pick)
        ids += [pick, *(line.id for line in stop.lines if line.id)]
    return Walk(tuple(ids), tuple(taken))
