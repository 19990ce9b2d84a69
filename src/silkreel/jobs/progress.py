"""How far a job is and how long it may still take; shown to people, never decided upon."""

import time
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from statistics import median
from threading import Lock

import sqlalchemy as sa

from silkreel.jobs.attempts import Attempt
from silkreel.jobs.board import Board, RunningStage
from silkreel.jobs.journeys import STAGES
from silkreel.jobs.tables import StageRunRow
from silkreel.kit.database import Database, Session

HISTORY_RUNS = 1000  # the last so many runs are typical
HISTORY_FRESH_SECONDS = 60.0
FOUND_SECONDS = 0.1  # a run below this found its work done
OVERRUN_SHARE = 0.1  # of its time so far, where a stage takes longer than it usually does
LEAST_SECONDS_LEFT = 1.0  # as long as anything is left
MOST_BEFORE_THE_END = 0.99  # printed without decimals it is not yet 100 %
ENOUGH_RUNS = 3  # of this attempt, to believe their mean more than history


@dataclass(frozen=True, slots=True)
class JobProgress:
    """Stages done and to do; `seconds_left` is an estimate, None where nothing supports one."""

    done: int
    total: int
    running: tuple[str, ...]
    seconds_left: float | None


@dataclass(frozen=True, slots=True)
class StageTally:
    """Finished runs of one stage in one attempt."""

    count: int
    wall_seconds: float


class Typical:
    """What a stage usually takes on this installation, by the median of its last real runs."""

    def __init__(self) -> None:
        self._seconds: dict[str, float] = {}
        self._read_at = float("-inf")
        self._lock = Lock()

    def seconds(self, tx: Session) -> Mapping[str, float]:
        """Median wall seconds by stage; read again once a minute."""
        with self._lock:
            if time.monotonic() - self._read_at > HISTORY_FRESH_SECONDS:
                self._seconds = _medians(tx)
                self._read_at = time.monotonic()
            return self._seconds


def job_progress(
    database: Database, board: Board, attempt: Attempt, typical: Typical
) -> JobProgress:
    """Progress of one attempt at a job, from the rows its workers left."""
    expected, running = board.expected(attempt), board.running(attempt)
    with database.reading() as tx:
        ended = _ended(tx, attempt, [each.label for each in running])
        done, elapsed_seconds = _finished(tx, attempt)
        history = typical.seconds(tx)
    running = [each for each in running if each.label not in ended]
    return weigh(expected, done, running, history, elapsed_seconds)


def weigh(
    expected: Mapping[str, int],
    done: Mapping[str, StageTally],
    running: Sequence[RunningStage],
    history: Mapping[str, float],
    elapsed_seconds: float,
) -> JobProgress:
    """Put counts and times together; `elapsed_seconds` is how long stages have been running."""
    done_count = sum(tally.count for tally in done.values())
    total = max(sum(expected.values()), done_count + len(running))
    left = _left_to_start(expected, done, running, total - done_count - len(running))
    costs = _Costs(done, history)
    to_do = [costs.of(stage) * count for stage, count in left.items()]
    to_do += [_rest(each, costs.of(each.stage)) for each in running]
    labels = tuple(each.label for each in running)
    if total == done_count:
        return JobProgress(done_count, total, labels, 0.0)
    if not costs.known:
        return JobProgress(done_count, total, labels, None)
    spent = sum(t.wall_seconds for t in done.values()) + sum(r.elapsed_seconds for r in running)
    beside = max(1.0, spent / elapsed_seconds) if elapsed_seconds > 0 else 1.0
    seconds_left = max(LEAST_SECONDS_LEFT, round(sum(to_do) / beside, 1))
    return JobProgress(done_count, total, labels, seconds_left)


def _rest(running: RunningStage, cost_seconds: float) -> float:
    """What a stage in hand still takes; one beyond its usual time needs some more for sure."""
    usual = cost_seconds * (1 - running.share) - running.elapsed_seconds * (not running.share)
    return max(usual, OVERRUN_SHARE * running.elapsed_seconds * (1 - running.share))


class Rising:
    """The share of a job as people are shown it: it never falls, and is whole only at the end."""

    def __init__(self) -> None:
        self._highest = 0.0

    def share(self, progress: JobProgress, *, ended: bool) -> float:
        """The share to show now, 0..1."""
        share = progress.done / progress.total if progress.total else 0.0
        self._highest = max(self._highest, 1.0 if ended else min(share, MOST_BEFORE_THE_END))
        return self._highest


class _Costs:
    """Wall seconds a stage takes: this attempt's own mean, else history, else by weight."""

    def __init__(self, done: Mapping[str, StageTally], history: Mapping[str, float]) -> None:
        own = {
            stage: tally.wall_seconds / tally.count
            for stage, tally in done.items()
            if tally.count >= ENOUGH_RUNS or stage not in history
        }
        self.known = {**history, **own}
        rates = [
            seconds / STAGES[stage].weight
            for stage, seconds in self.known.items()
            if stage in STAGES and STAGES[stage].weight > 0
        ]
        self._rate = median(rates) if rates else 0.0

    def of(self, stage: str) -> float:
        if stage in self.known:
            return self.known[stage]
        return self._rate * (STAGES[stage].weight if stage in STAGES else 1.0)


def _left_to_start(
    expected: Mapping[str, int],
    done: Mapping[str, StageTally],
    running: Iterable[RunningStage],
    count: int,
) -> dict[str, int]:
    begun: dict[str, int] = defaultdict(int)
    for stage, tally in done.items():
        begun[stage] += tally.count
    for each in running:
        begun[each.stage] += 1
    left = {stage: max(0, number - begun[stage]) for stage, number in expected.items() if stage}
    left[""] = max(0, count - sum(left.values()))
    return left


def _ended(tx: Session, attempt: Attempt, labels: Sequence[str]) -> set[str]:
    """Which of these have left their row already, though the board does not know yet."""
    query = sa.select(StageRunRow.label).where(
        StageRunRow.job_id == attempt.job,
        StageRunRow.attempt == attempt.number,
        StageRunRow.label.in_(labels),
    )
    return set(tx.scalars(query)) if labels else set()


def _finished(tx: Session, attempt: Attempt) -> tuple[dict[str, StageTally], float]:
    rows = tx.execute(
        sa.select(
            StageRunRow.stage,
            sa.func.count(),
            sa.func.sum(StageRunRow.wall_seconds),
            sa.func.min(StageRunRow.ended_at),
            sa.func.max(StageRunRow.ended_at),
        )
        .where(StageRunRow.job_id == attempt.job, StageRunRow.attempt == attempt.number)
        .group_by(StageRunRow.stage)
    ).all()
    tallies = {stage: StageTally(count, seconds) for stage, count, seconds, _, _ in rows}
    if not rows:
        return tallies, 0.0
    first, last = min(row[3] for row in rows), max(row[4] for row in rows)
    return tallies, (last - first).total_seconds()


def _medians(tx: Session) -> dict[str, float]:
    runs = tx.execute(
        sa.select(StageRunRow.stage, StageRunRow.wall_seconds)
        .where(StageRunRow.state == "done", StageRunRow.wall_seconds >= FOUND_SECONDS)
        .order_by(StageRunRow.ended_at.desc())
        .limit(HISTORY_RUNS)
    )
    seconds: dict[str, list[float]] = defaultdict(list)
    for stage, wall_seconds in runs:
        seconds[stage].append(wall_seconds)
    return {stage: median(each) for stage, each in seconds.items()}
