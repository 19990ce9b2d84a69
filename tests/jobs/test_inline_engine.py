"""The engine of tests: it can be told to die, and another goes on."""

import pytest
import sqlalchemy as sa

import toy_journeys as toys
from silkreel.jobs.inline_engine import Crashed, InlineEngine
from silkreel.jobs.journeys import JobOrder
from silkreel.kit.artifacts import ArtifactRow

ORDER = JobOrder("toy.series", {"episodes": 2})


def begun(settings):
    return [label for word, label, _ in toys.lines(settings.folder) if word == "begin"]


@pytest.mark.parametrize(
    "point", ["before ep0/read", "after ep0/read", "kept ep0/read", "kept check"]
)
def test_after_a_crash_another_engine_goes_on(settings, workshop, point):
    """What was finished or remembered is never entered twice."""
    memory = {}
    with (
        InlineEngine(settings, workshop, memory=memory, crash_at=point, plan=toys.PLAN) as engine,
        pytest.raises(Crashed),
    ):
        engine.submit(ORDER)
    kept = {name.split(":", 2)[2] for name in memory}
    with InlineEngine(settings, workshop, memory=memory, plan=toys.PLAN) as engine:
        engine.go_on()
        assert engine.wait(ORDER.id).state == "done"
    entered = begun(settings)
    stage = point.split(" ", 1)[1]
    assert entered.count(stage) == 1
    assert all(entered.count(label) == 1 for label in kept)
    assert sorted(set(entered)) == sorted(toys.labels_of_series(2))
    with workshop.reading() as tx:
        count = tx.scalar(sa.select(sa.func.count()).select_from(ArtifactRow))
    assert count == len(toys.labels_of_series(2))


def test_many_branches_wait_without_starving_their_stages(settings, workshop):
    """More journeys wait than the machine has cores, each needs threads for its own stages."""
    order = JobOrder("toy.series", {"episodes": 40})
    with InlineEngine(settings, workshop, plan=toys.PLAN) as engine:
        assert engine.wait(engine.submit(order)).state == "done"
    assert len(begun(settings)) == len(toys.labels_of_series(40))
