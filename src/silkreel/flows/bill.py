"""What a journey cost: CPU seconds in all, and what the engines and codecs burnt of them."""

import resource
from collections import Counter
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from silkreel.jobs.tables import StageRunRow
from silkreel.kit.artifacts import Workshop
from silkreel.kit.words import words

OVERHEAD_MARK = 1.25  # total over engines: what lies above is our own waste


@dataclass(frozen=True, slots=True)
class Bill:
    """CPU seconds of one run of the command, with its children."""

    total_cpu_seconds: float
    engine_cpu_seconds: dict[str, float]

    @property
    def engines_cpu_seconds(self) -> float:
        """What engines and codecs burnt together."""
        return sum(self.engine_cpu_seconds.values())

    @property
    def overhead(self) -> float | None:
        """Total over engines; None when no engine worked."""
        return (
            self.total_cpu_seconds / self.engines_cpu_seconds if self.engines_cpu_seconds else None
        )

    def to_json(self) -> dict[str, Any]:
        """As scripts read it."""
        return {
            "total": round(self.total_cpu_seconds, 2),
            "engines": round(self.engines_cpu_seconds, 2),
            "by_engine": {k: round(v, 2) for k, v in sorted(self.engine_cpu_seconds.items())},
            "overhead": round(self.overhead, 3) if self.overhead else None,
        }

    def sentence(self) -> str:
        """In words."""
        parts = ", ".join(
            f"{name} {seconds:.0f}"
            for name, seconds in sorted(self.engine_cpu_seconds.items(), key=lambda kv: -kv[1])
        )
        if not self.engine_cpu_seconds:
            return words(
                "CPU: {total:.1f} s; everything was there already.", total=self.total_cpu_seconds
            )
        return words(
            "CPU: {total:.0f} s in all, {engines:.0f} s of it in engines and codecs ({parts}); "
            "{overhead:.2f} times (mark: {mark}).",
            total=self.total_cpu_seconds, engines=self.engines_cpu_seconds, parts=parts,
            overhead=self.overhead, mark=OVERHEAD_MARK,
        )  # fmt: skip


def bill_of(workshop: Workshop, job_id: str, *, worker: str, since: datetime) -> Bill:
    """The bill of a job as far as this process, under its worker's name, worked on it."""
    query = sa.select(StageRunRow.engine_seconds).where(
        StageRunRow.job_id == job_id,
        StageRunRow.worker == worker,
        StageRunRow.ended_at >= since,
    )
    burnt: Counter[str] = Counter()
    with workshop.reading() as tx:
        for seconds in tx.scalars(query):
            burnt.update(seconds)
    return Bill(cpu_seconds_so_far(), dict(burnt))


def cpu_seconds_so_far() -> float:
    """CPU seconds of this process and of its children that have ended."""
    own = resource.getrusage(resource.RUSAGE_SELF)
    children = resource.getrusage(resource.RUSAGE_CHILDREN)
    return own.ru_utime + own.ru_stime + children.ru_utime + children.ru_stime
