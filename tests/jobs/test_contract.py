"""What both engines promise, on both databases."""

import json
import threading
import time
from contextlib import suppress

import pytest
import sqlalchemy as sa

import toy_journeys as toys
from silkreel.jobs.dbos_engine import DbosEngine
from silkreel.jobs.engine import NoSuchJob
from silkreel.jobs.inline_engine import InlineEngine
from silkreel.jobs.journeys import JobFailed, JobOrder
from silkreel.jobs.tables import JobRow, StageRunRow

pytestmark = pytest.mark.timeout(60)


@pytest.fixture(params=["dbos", "inline"])
def engine(request, settings, workshop):
    if request.param == "inline":
        made = InlineEngine(settings, workshop, plan=toys.PLAN)
    else:
        made = DbosEngine(settings, workshop, version="1", plan=toys.PLAN, tempo=toys.QUICK)
    with made:
        yield made


def one(stage, **arguments):
    return JobOrder("toy.one", {"stage": stage, **arguments})


def ran(settings, word):
    return [label for said, label, _ in toys.lines(settings.folder) if said == word]


def test_a_journey_runs_its_stages_in_order(engine, settings):
    job = engine.submit(JobOrder("toy.series", {"episodes": 2}))
    status = engine.wait(job)
    assert status.state == "done"
    begun = ran(settings, "begin")
    assert sorted(begun) == sorted(toys.labels_of_series(2))
    for episode in ("ep0", "ep1"):
        own = [label.split("/")[1] for label in begun if label.startswith(episode)]
        assert own[:2] == ["take", "read"]
        assert set(own[2:4]) == {"voice", "picture"}
        assert own[4] == "mix"
    assert begun[-1] == "check"
    assert len(status.answer()["episodes"]) == 2


def test_the_same_order_is_the_same_job_and_runs_once(engine, settings):
    order = one("toy.make")
    first = engine.submit(order)
    engine.wait(first)
    second = engine.submit(JobOrder("toy.one", dict(reversed(order.arguments.items()))))
    assert second == first
    assert engine.wait(second).state == "done"
    assert ran(settings, "begin") == ["only"]


def test_an_order_in_a_transaction_that_fails_was_never_given(engine, workshop, settings):
    order = one("toy.make")
    with suppress(RuntimeError), workshop.transaction() as tx:
        engine.submit(order, tx)
        raise RuntimeError
    with pytest.raises(NoSuchJob):
        engine.status(order.id)


def test_an_order_in_a_transaction_is_done_after_it(engine, workshop):
    with workshop.transaction() as tx:
        job = engine.submit(one("toy.make"), tx)
    assert engine.wait(job).state == "done"


def test_a_refusal_comes_back_with_its_values_and_stops_nobody_else(engine, settings):
    calls = [["toy.refuse", 10], ["toy.make", 10]]
    status = engine.wait(engine.submit(JobOrder("toy.many", {"calls": calls})))
    assert status.state == "done"
    failed, made = status.answer()["answers"]
    assert failed["failed"]["values"] == {"room": "the attic"}
    assert failed["failed"]["sentence"] == "There are no toys in the attic."
    assert made["label"] == "n1"
    assert ran(settings, "begin").count("n0") == 1  # a no is an answer: not asked again


def test_an_unexpected_error_is_told_and_stops_nobody_else(engine, settings, caplog):
    calls = [["toy.break", 10], ["toy.make", 10]]
    status = engine.wait(engine.submit(JobOrder("toy.many", {"calls": calls})))
    failed, made = status.answer()["answers"]
    assert failed["failed"]["code"] == "jobs.stage_broke"
    assert "ZeroDivisionError: toys cannot be divided" in failed["failed"]["sentence"]
    assert made["label"] == "n1"
    assert ran(settings, "begin").count("n0") == 1
    assert any(record.levelname == "ERROR" and record.exc_info for record in caplog.records)


def test_a_network_error_is_tried_again(engine, settings):
    status = engine.wait(engine.submit(one("toy.shaky", failures=1)))
    assert status.answer()["answer"] == {"tries": 2}


def test_an_answer_with_contents_in_it_is_refused(engine):
    status = engine.wait(engine.submit(one("toy.wordy", size=5_000_000)))
    assert status.answer()["answer"]["failed"]["code"] == "jobs.answer_too_large"


def test_a_stage_nobody_knows_fails_the_job(engine):
    status = engine.wait(engine.submit(one("toy.unknown")))
    assert status.state == "failed"
    assert "toy.unknown" in status.refusal["sentence"]
    with pytest.raises(JobFailed, match=r"toy\.unknown"):
        status.answer()


@pytest.mark.parametrize(
    ("journey", "word"), [("toy.refusing", "cellar"), ("toy.breaking", "LookupError")]
)
def test_a_journey_that_says_no_fails_its_job(engine, journey, word):
    status = engine.wait(engine.submit(JobOrder(journey, {})))
    assert status.state == "failed"
    assert word in status.refusal["sentence"]


def test_a_failed_job_is_retried_as_the_next_attempt(engine):
    job = engine.submit(JobOrder("toy.refusing", {}))
    assert engine.wait(job).attempt == 1
    assert engine.submit(JobOrder("toy.refusing", {})) == job
    assert engine.wait(job).attempt == 1  # ordering again is not retrying
    assert engine.retry(job) == job
    assert engine.wait(job).attempt == 2


def test_a_retry_finds_finished_work_by_its_keys(engine, settings):
    job = engine.submit(JobOrder("toy.series", {"episodes": 1}))
    first = engine.wait(job).answer()
    engine.retry(job)
    assert engine.wait(job).answer() == first
    assert sorted(ran(settings, "effect")) == sorted(toys.labels_of_series(1))


def test_every_stage_leaves_its_cost(engine, workshop):
    job = engine.submit(JobOrder("toy.many", {"calls": [["toy.make", 1], ["toy.refuse", 1]]}))
    engine.wait(job)
    with workshop.reading() as tx:
        rows = {row.label: row for row in tx.scalars(sa.select(StageRunRow))}
    assert rows["n0"].state == "done"
    assert rows["n0"].engine_seconds == {"toy": 0.25}
    assert rows["n0"].wall_seconds >= 0
    assert rows["n1"].state == "refused"
    assert rows["n1"].refusal["values"] == {"room": "the attic"}
    assert {row.attempt for row in rows.values()} == {1}


def test_progress_is_shown_and_ends_complete(engine):
    calls = [["toy.make", 10]] * 6
    order = JobOrder("toy.many", {"calls": calls, "each": {"seconds": 0.4}})
    seen, done = [], threading.Event()
    job_id = order.id

    def watch():
        while not done.is_set():
            with suppress(NoSuchJob):
                seen.append(engine.status(job_id).progress)
            time.sleep(0.05)

    watcher = threading.Thread(target=watch)
    watcher.start()
    status = engine.wait(engine.submit(order))
    done.set()
    watcher.join()
    assert status.progress.done == 6
    assert status.progress.total == 6
    assert status.progress.seconds_left == 0
    during = [each for each in seen if 0 < each.done < 6]
    assert during
    assert all(each.total == 6 for each in during)
    assert any(each.running for each in during)
    assert any(each.seconds_left and 0 < each.seconds_left < 5 for each in during)
    assert [each.done for each in seen] == sorted(each.done for each in seen)


def test_a_cancelled_job_ends_with_who_and_why(engine, settings):
    order = JobOrder("toy.many", {"calls": [["toy.make", 10]] * 8, "each": {"seconds": 20}})
    threading.Thread(target=lambda: engine.submit(order), daemon=True).start()
    wait_for(lambda: ran(settings, "begin"))
    engine.cancel(order.id, by="ana", reason="wrong series")
    status = engine.wait(order.id)
    assert status.state == "cancelled"
    assert "ana" in status.refusal["sentence"]
    assert "wrong series" in status.refusal["sentence"]
    time.sleep(0.5)
    begun = len(ran(settings, "begin"))
    time.sleep(0.5)
    assert len(ran(settings, "begin")) == begun < 8  # the next never started
    assert ran(settings, "end") == []


def test_a_cancelled_job_can_be_retried(engine, settings):
    order = JobOrder("toy.many", {"calls": [["toy.make", 10]] * 3, "each": {"seconds": 0.5}})
    threading.Thread(target=lambda: engine.submit(order), daemon=True).start()
    wait_for(lambda: ran(settings, "begin"))
    engine.cancel(order.id, by="ana", reason="a try")
    assert engine.wait(order.id).state == "cancelled"
    engine.retry(order.id)
    assert engine.wait(order.id).state == "done"


def test_cancelling_what_has_ended_changes_nothing(engine):
    job = engine.submit(one("toy.make"))
    engine.wait(job)
    engine.cancel(job, by="ana", reason="too late")
    assert engine.status(job).state == "done"


def test_a_job_nobody_ordered_is_refused(engine):
    for ask in (engine.status, engine.wait, engine.retry):
        with pytest.raises(NoSuchJob):
            ask("0" * 32)


def test_labels_stand_once(engine):
    status = engine.wait(engine.submit(JobOrder("toy.twice", {})))
    assert status.state == "failed"
    assert "labels stand once" in status.refusal["sentence"]


def test_what_is_kept_is_json(engine, workshop):
    job = engine.submit(one("toy.make"))
    engine.wait(job)
    with workshop.reading() as tx:
        result = tx.get_one(JobRow, job).result
    assert json.loads(json.dumps(result)) == result


def wait_for(reached, seconds=10.0):
    deadline = time.monotonic() + seconds
    while not reached():
        assert time.monotonic() < deadline, "it never came to it"
        time.sleep(0.02)
