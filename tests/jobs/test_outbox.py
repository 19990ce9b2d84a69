"""The truth about jobs: each change once, and only from the state it names."""

from concurrent.futures import ThreadPoolExecutor

import pytest

from silkreel.jobs.attempts import Attempt
from silkreel.jobs.engine import NoSuchJob
from silkreel.jobs.journeys import JobOrder
from silkreel.jobs.outbox import claim, end, find_job, put_cancellation, put_order, start_over

ORDER = JobOrder("toy.one", {"stage": "toy.make"})
FIRST, SECOND = Attempt(ORDER.id, 1), Attempt(ORDER.id, 2)


@pytest.fixture
def ordered(database):
    with database.transaction() as tx:
        put_order(tx, ORDER)
    return database


def row(database):
    with database.reading() as tx:
        return find_job(tx, ORDER.id)


def do(database, change, *words, **named):
    with database.transaction() as tx:
        return change(tx, *words, **named)


def test_of_many_who_claim_an_attempt_one_gets_it(ordered):
    with ThreadPoolExecutor(8) as threads:
        won = list(threads.map(lambda _: do(ordered, claim, FIRST), range(8)))
    assert won.count(True) == 1
    assert row(ordered).state == "running"


def test_a_job_ends_once(ordered):
    assert do(ordered, end, FIRST, "done", result={"n": 1})
    assert not do(ordered, end, FIRST, "failed", refusal={"code": "x"})
    assert (row(ordered).state, row(ordered).result) == ("done", {"n": 1})
    assert row(ordered).ended_at is not None


def test_a_late_attempt_changes_nothing(ordered):
    assert do(ordered, start_over, FIRST, ended=False)
    assert not do(ordered, end, FIRST, "done", result={"n": 1})
    assert not do(ordered, start_over, FIRST, ended=False)
    assert (row(ordered).state, row(ordered).attempt) == ("waiting", 2)
    assert do(ordered, end, SECOND, "done", result={"n": 2})


def test_only_what_has_ended_is_retried(ordered):
    assert not do(ordered, start_over, FIRST, ended=True)
    do(ordered, end, FIRST, "failed", refusal={"code": "x"})
    assert do(ordered, start_over, FIRST, ended=True)
    assert (row(ordered).attempt, row(ordered).refusal, row(ordered).ended_at) == (2, None, None)


def test_a_cancelled_job_is_not_done_by_a_late_worker(ordered):
    do(ordered, claim, FIRST)
    assert do(ordered, put_cancellation, ORDER.id, by="ana", reason="why not")
    assert not do(ordered, end, FIRST, "done", result={})
    assert row(ordered).refusal["values"] == {"by": "ana", "reason": "why not"}


def test_a_job_nobody_ordered_is_refused(database):
    with pytest.raises(NoSuchJob):
        do(database, put_cancellation, "nobody", by="ana", reason="")
