"""What DBOS is trusted with: crashes, several workers, a lost engine database, upgrades."""

import multiprocessing
import os
import random
import signal
import sqlite3
import subprocess
import sys
import time
from contextlib import contextmanager
from pathlib import Path

import pytest
import sqlalchemy as sa

import toy_journeys as toys
from silkreel.jobs.dbos_engine import DbosEngine, EngineOpenError
from silkreel.jobs.journeys import JobOrder
from silkreel.jobs.names import BadName, NameTaken
from silkreel.jobs.outbox import put_order
from silkreel.jobs.slots import SlotPlan
from silkreel.jobs.tables import JobRow
from silkreel.kit.artifacts import ArtifactRow
from silkreel.kit.opening import open_workshop
from silkreel.kit.settings import Settings

pytestmark = pytest.mark.timeout(240)

FORKING = multiprocessing.get_context("forkserver")
FORKING.set_forkserver_preload(["toy_journeys", "dbos", "silkreel.jobs.dbos_engine"])


class Worker:
    """A worker in a process of its own, forked from one that has everything imported."""

    def __init__(self, settings, **plan):
        plan.setdefault("database_url", settings.database_url)
        self.log = settings.folder / f"worker-{time.monotonic_ns()}.log"
        self.said, words = FORKING.Pipe(duplex=False)
        self.process = FORKING.Process(
            target=toys.work, args=(str(settings.home), plan, words, str(self.log))
        )
        self.process.start()
        words.close()

    @property
    def pid(self):
        return self.process.pid

    def ready(self):
        assert self.said.poll(30), self.words()
        assert self.said.recv() == "ready", self.words()
        return self

    def put_down(self):
        """Whether it put everything down when it was stopped."""
        self.ready()
        return self.said.recv()

    def signal(self, number):
        os.kill(self.pid, number)

    def kill(self):
        self.process.kill()
        self.process.join()

    def wait(self, seconds=60.0):
        self.process.join(seconds)
        return self.process.exitcode

    def words(self):
        return self.log.read_text() if self.log.exists() else ""


@contextmanager
def working(settings, **plan):
    worker = Worker(settings, **plan)
    try:
        yield worker
    finally:
        worker.kill()
        worker.said.close()


def series(episodes=2, seconds=0.0, **more):
    arguments = {"episodes": episodes, "seconds": seconds, **more}
    return {"journey": "toy.series", "arguments": arguments}


def wait_for_more(settings, worker, lines):
    """Wait until something ran that had not, or there is nothing left to run."""
    wait_for(lambda: len(toys.lines(settings.folder)) > lines or worker.process.exitcode == 0)


def state(workshop, job):
    with workshop.reading() as tx:
        row = tx.get(JobRow, job)
    return row and row.state


def attempt(workshop, job):
    with workshop.reading() as tx:
        return tx.get_one(JobRow, job).attempt


def wait_for(reached, seconds=30.0):
    deadline = time.monotonic() + seconds
    while not reached():
        assert time.monotonic() < deadline, "it never came to it"
        time.sleep(0.02)


def recorded(settings):
    """Labels of the stages whose outcome the engine holds."""
    if settings.database_url:
        engine = sa.create_engine(settings.database_url)
        table = "dbos.operation_outputs"
    else:
        engine = sa.create_engine(settings.jobs_database)
        table = "operation_outputs"
    query = f"SELECT workflow_uuid FROM {table} WHERE function_name = 'stage' AND output <> ''"
    try:
        with engine.connect() as connection:
            return {name.split(":", 2)[2] for (name,) in connection.exec_driver_sql(query)}
    except sa.exc.OperationalError:
        return set()  # killed before there was a table
    except sa.exc.ProgrammingError:
        return set()
    finally:
        engine.dispose()


def check_ended_well(settings, workshop, order, episodes):
    """All done, each effect once, nothing half-made left behind."""
    job = JobOrder(**order).id
    assert state(workshop, job) == "done"
    labels = toys.labels_of_series(episodes)
    with workshop.reading() as tx:
        artifacts = list(tx.scalars(sa.select(ArtifactRow)))
        result = tx.get_one(JobRow, job).result
    assert len(artifacts) == len(labels)
    assert all(workshop.store.holds(row.content_hash, row.suffix) for row in artifacts)
    hashes = {digest for each in result["episodes"] for digest in each["hashes"]}
    hashes.add(result["check"]["hash"])
    assert hashes == {row.content_hash for row in artifacts}


def freeze(worker, settings):
    """Stop a worker outside its transactions: of SQLite's files it would hold the only lock.

    PostgreSQL ends the transaction of who sleeps in it; nobody does so for a file.
    """
    worker.signal(signal.SIGSTOP)
    while not settings.database_url and not all(
        writable(settings.folder / name) for name in ("app.db", "jobs.db")
    ):
        worker.signal(signal.SIGCONT)
        time.sleep(0.02)
        worker.signal(signal.SIGSTOP)


def writable(path):
    """Whether a SQLite file's write lock is to be had."""
    connection = sqlite3.connect(path, timeout=0.5, isolation_level=None)
    try:
        connection.execute("BEGIN IMMEDIATE")
        connection.execute("ROLLBACK")
    except sqlite3.OperationalError:
        return False
    finally:
        connection.close()
    return True


def begun(settings, since=0):
    return [label for word, label, _ in toys.lines(settings.folder)[since:] if word == "begin"]


POINTS = ["begin", "before effect", "after effect", "after record", "in dispatch", "in heartbeat"]


@pytest.mark.parametrize("point", POINTS)
def test_a_killed_process_goes_on_where_it_was(settings, workshop, point):
    """kill -9 at a named point, twice in one job; then it is let finish."""
    order = series(seconds=0.05)
    dice = random.Random(point)
    hits = 0
    for _ in range(2):
        kept, lines = recorded(settings), len(toys.lines(settings.folder))
        nth = 1 if point == "in dispatch" else dice.randrange(1, 5)
        with working(settings, order=order, die=f"{point}#{nth}", name="one") as worker:
            hits += worker.wait() == -signal.SIGKILL
        assert not kept & set(begun(settings, lines)), "a finished stage was run again"
    assert hits, "the kill hit nothing"
    kept, lines = recorded(settings), len(toys.lines(settings.folder))
    with working(settings, order=order, name="one") as worker:
        assert worker.wait() == 0, worker.words()
    assert not kept & set(begun(settings, lines)), "a finished stage was run again"
    check_ended_well(settings, workshop, order, 2)


@pytest.mark.parametrize("seed", range(4))
def test_kills_at_random_times_lose_nothing(settings, workshop, seed):
    order = series(episodes=3, seconds=0.1, seed=seed)
    dice = random.Random(seed)
    for _ in range(2):
        lines = len(toys.lines(settings.folder))
        kept = recorded(settings)
        with working(settings, order=order, name="one") as worker:
            worker.ready()
            wait_for_more(settings, worker, lines)
            time.sleep(dice.uniform(0, 0.4))
            worker.kill()
        assert not kept & set(begun(settings, lines)), "a finished stage was run again"
    with working(settings, order=order, name="one") as worker:
        assert worker.wait() == 0, worker.words()
    check_ended_well(settings, workshop, order, 3)


def test_a_dead_workers_job_moves_to_a_living_one(settings, workshop):
    order = series(episodes=2, seconds=0.3)
    job = JobOrder(**order).id
    with working(settings, name="alive", dead_seconds=2.0) as alive:
        alive.ready()
        with working(settings, order=order, name="doomed") as doomed:
            doomed.ready()
            doomed_pid = doomed.pid
            wait_for(lambda: any(pid == doomed_pid for _, _, pid in toys.lines(settings.folder)))
            doomed.kill()
        died = time.monotonic()
        wait_for(lambda: state(workshop, job) == "done", 120)
        assert time.monotonic() - died < 30
    check_ended_well(settings, workshop, order, 2)


def test_three_workers_share_and_a_living_ones_work_stays(settings, workshop):
    order = series(episodes=4, seconds=0.2)
    with working(settings, name="b") as second, working(settings, name="c") as third:
        second.ready(), third.ready()
        with working(settings, order=order, name="a") as first:
            assert first.wait() == 0, first.words()
            pid = first.pid
    processes = {process for word, _, process in toys.lines(settings.folder) if word == "end"}
    assert len(processes) == 3, f"{pid} did not share"
    assert attempt(workshop, JobOrder(**order).id) == 1
    assert sorted(begun(settings)) == sorted(toys.labels_of_series(4))  # each once
    check_ended_well(settings, workshop, order, 4)


def test_a_paused_worker_that_wakes_changes_nothing(settings, workshop):
    order = series(episodes=2, seconds=0.3)
    job = JobOrder(**order).id
    with working(settings, name="awake", dead_seconds=2.0) as awake:
        awake.ready()
        with working(settings, order=order, name="sleepy") as sleepy:
            sleepy.ready()
            pid = sleepy.pid
            wait_for(lambda: any(process == pid for _, _, process in toys.lines(settings.folder)))
            freeze(sleepy, settings)
            wait_for(lambda: attempt(workshop, job) == 2 and state(workshop, job) == "done", 120)
            check_ended_well(settings, workshop, order, 2)
            sleepy.signal(signal.SIGCONT)
            assert sleepy.wait() == 0, sleepy.words()
    check_ended_well(settings, workshop, order, 2)
    assert attempt(workshop, job) == 2


def test_the_engines_database_can_be_lost(settings, workshop):
    order = series(episodes=2, seconds=0.1)
    with working(settings, order=order, name="one") as worker:
        wait_for(lambda: len(begun(settings)) > 3)
        worker.kill()
    if settings.database_url:
        with workshop.database.engine.begin() as tx:
            tx.exec_driver_sql("DROP SCHEMA dbos CASCADE")
            tx.exec_driver_sql("DROP SCHEMA silkreel_jobs CASCADE")
    else:
        for path in settings.folder.glob("jobs.db*"):
            path.unlink()
    with working(settings, name="two") as worker:  # nobody orders: the outbox knows
        worker.ready()
        wait_for(lambda: state(workshop, JobOrder(**order).id) == "done")
    check_ended_well(settings, workshop, order, 2)


def test_an_order_given_to_nobody_is_found_by_a_worker(settings, workshop):
    with workshop.transaction() as tx:
        job = put_order(tx, JobOrder("toy.one", {"stage": "toy.make"}))
    with working(settings) as worker:
        worker.ready()
        wait_for(lambda: state(workshop, job) == "done")


def test_a_stopped_worker_hands_back_what_it_has_in_hand(settings, workshop):
    order = {"journey": "toy.one", "arguments": {"stage": "toy.make", "seconds": 30}}
    job = JobOrder(**order).id
    with working(settings, order=order, name="first") as first:
        wait_for(lambda: begun(settings))
        first.signal(signal.SIGTERM)
        assert first.wait(25) == 0, first.words()  # the stage in hand takes thirty
        assert first.put_down()
    assert (state(workshop, job), attempt(workshop, job)) == ("running", 1)
    with working(settings, name="second") as second:  # another name: it was handed back
        second.ready()
        wait_for(lambda: len(begun(settings)) == 2)
    assert attempt(workshop, job) == 1


def test_a_stopped_worker_may_finish_the_stage_in_hand(settings, workshop):
    order = {"journey": "toy.one", "arguments": {"stage": "toy.make", "seconds": 0.5}}
    with working(settings, order=order, grace=10) as worker:
        wait_for(lambda: begun(settings))
        worker.signal(signal.SIGTERM)
        assert worker.wait(20) == 0
    assert [word for word, _, _ in toys.lines(settings.folder)] == ["begin", "effect", "end"]
    with working(settings) as worker:
        worker.ready()
        wait_for(lambda: state(workshop, JobOrder(**order).id) == "done")
    assert len(begun(settings)) == 1


def test_cancel_leaves_no_child_though_it_is_deaf(settings, workshop):
    order = JobOrder("toy.one", {"stage": "toy.child", "deaf": True})
    with DbosEngine(settings, workshop, version="1", plan=toys.PLAN) as engine:
        job = engine.submit(order)
        wait_for(lambda: [line for line in toys.lines(settings.folder) if line[0] == "child"])
        ((_, child, _),) = toys.lines(settings.folder)
        assert alive(int(child))
        engine.cancel(job, by="ana", reason="test")
        wait_for(lambda: not alive(int(child)), 25)  # left alone it sleeps for sixty


def test_ctrl_c_leaves_no_child_and_hands_the_job_back(settings, workshop):
    order = {"journey": "toy.one", "arguments": {"stage": "toy.child", "deaf": False}}
    with working(settings, order=order) as worker:
        wait_for(lambda: [line for line in toys.lines(settings.folder) if line[0] == "child"])
        ((_, child, _),) = toys.lines(settings.folder)
        worker.signal(signal.SIGTERM)
        assert worker.wait(10) == 0
    assert not alive(int(child))
    assert state(workshop, JobOrder(**order).id) == "running"


def test_a_killed_worker_leaves_no_child(settings, workshop):
    order = {"journey": "toy.one", "arguments": {"stage": "toy.child", "deaf": True}}
    with working(settings, order=order) as worker:
        wait_for(lambda: [line for line in toys.lines(settings.folder) if line[0] == "child"])
        ((_, child, _),) = toys.lines(settings.folder)
        worker.kill()
    wait_for(lambda: not alive(int(child)), 3)


def test_a_name_belongs_to_one_living_process(settings, workshop):
    with working(settings, name="one") as worker:
        worker.ready()
        with pytest.raises(NameTaken, match="--name"):
            DbosEngine(settings, workshop, version="1", name="one")
        with DbosEngine(settings, workshop, version="1", tempo=toys.QUICK) as other:
            assert other.name != "one"
        worker.kill()
        with DbosEngine(settings, workshop, version="1", name="one", tempo=toys.QUICK) as heir:
            assert heir.name == "one"


@pytest.mark.parametrize("name", ["", "a/b", "..\n", "x" * 65])
def test_a_name_is_a_files_name(settings, workshop, name):
    with pytest.raises(BadName):
        DbosEngine(settings, workshop, version="1", name=name)


def test_a_process_has_one_engine(settings, workshop):
    with (
        DbosEngine(settings, workshop, version="1", tempo=toys.QUICK),
        pytest.raises(EngineOpenError),
    ):
        DbosEngine(settings, workshop, version="1", name="second", tempo=toys.QUICK)


def test_an_engine_that_could_not_open_leaves_nothing_in_the_way(settings, workshop, monkeypatch):
    def fails(_self):
        raise RuntimeError("no room on the board")

    monkeypatch.setattr("silkreel.jobs.keeper.Keeper.first_beat", fails)
    with pytest.raises(RuntimeError, match="no room"):
        DbosEngine(settings, workshop, version="1", name="one", tempo=toys.QUICK)
    monkeypatch.undo()
    with DbosEngine(settings, workshop, version="2", name="one", tempo=toys.QUICK) as engine:
        order = JobOrder("toy.one", {"stage": "toy.make"})
        assert engine.wait(engine.submit(order)).state == "done"


def test_after_an_upgrade_unfinished_work_is_begun_anew(settings, workshop):
    order = series(episodes=1, seconds=0.3)
    job = JobOrder(**order).id
    with working(settings, order=order, name="old") as old:
        wait_for(lambda: "ep0/take" in recorded(settings))
        old.kill()
    with working(settings, name="old", version="2") as new:
        new.ready()
        wait_for(lambda: state(workshop, job) == "done")
    assert attempt(workshop, job) == 2
    check_ended_well(settings, workshop, order, 1)


def test_a_stage_that_takes_its_workers_with_it_is_parked(settings, workshop):
    """Its neighbour, in hand when the first of them died, is not taken for the culprit."""
    calls = [["toy.kill", 10], ["toy.make", 10]]
    arguments = {"calls": calls, "each": {"seconds": 0.3}}
    order = {"journey": "toy.many", "arguments": arguments}
    for _ in range(3):
        with working(settings, order=order, name="one", deaths_allowed=3) as worker:
            assert worker.wait() == -signal.SIGKILL
    with working(settings, order=order, name="one", deaths_allowed=3) as worker:
        assert worker.wait() == 0, worker.words()
    with workshop.reading() as tx:
        failed, made = tx.get_one(JobRow, JobOrder(**order).id).result["answers"]
    assert failed["failed"]["code"] == "jobs.stage_parked"
    assert made["label"] == "n1"
    assert begun(settings).count("n0") == 3


def test_a_stage_goes_to_those_who_serve_its_queue(settings, workshop):
    with working(settings, name="speaker", queues=["speech"]) as speaker:
        speaker.ready()
        with working(settings, order=series(episodes=2), name="maker", queues=["cpu"]) as maker:
            assert maker.wait() == 0, maker.words()
            pids = {"speech": speaker.pid, "cpu": maker.pid}
    for word, label, process in toys.lines(settings.folder):
        if word == "begin":
            assert process == pids["speech" if label.endswith("voice") else "cpu"]


def test_urgent_stages_come_first(settings, workshop):
    """With all on the queue: what was taken off it before is done, then the urgent, then bulk."""
    calls = [["toy.make", 50]] * 4 + [["toy.make", 1]] * 2
    order = JobOrder("toy.many", {"calls": calls})
    plan = SlotPlan(cpu=1, speech=1)
    with DbosEngine(settings, workshop, version="1", plan=plan, tempo=toys.QUICK) as engine:
        engine.keeper.shares = lambda _: True  # as if there were others: calls go to the queue
        assert engine.slots.take("cpu", 0, lambda: False)
        engine.submit(order)
        listed = engine._dbos.list_workflows
        wait_for(lambda: len(listed(name="stage", load_input=False)) == len(calls))
        engine.slots.give("cpu")
        assert engine.wait(order.id).state == "done"
    assert set(begun(settings)[-2:]) <= {"n0", "n1", "n2", "n3"}
    assert {"n4", "n5"} <= set(begun(settings)[:4])


def test_calls_to_endpoints_start_no_quicker_than_allowed(settings, workshop):
    plan = SlotPlan(cpu=2, speech=1, api_starts=4, api_seconds=2.0)
    order = JobOrder("toy.many", {"calls": [["toy.ask", 10]] * 8})
    with DbosEngine(settings, workshop, version="1", plan=plan, tempo=toys.QUICK) as engine:
        answers = engine.wait(engine.submit(order)).answer()["answers"]
    moments = sorted(answer["at"] for answer in answers)
    assert moments[4] - moments[0] >= 0.9  # the engine's clock on SQLite counts whole seconds


def test_a_database_server_that_restarts_strands_nothing(own_server, tmp_path):
    """The server is killed twice under a working engine, and comes back each time."""
    address = own_server.address("postgres")
    settings = Settings(home=tmp_path / "home", cores=2, database_url=address)
    workshop = open_workshop(settings)
    order = series(episodes=3, seconds=0.2)
    with working(settings, order=order, name="one") as worker:
        worker.ready()
        for _ in range(2):
            lines = len(toys.lines(settings.folder))
            wait_for_more(settings, worker, lines + 2)
            own_server.kill()
            time.sleep(0.3)
            own_server.start()
        assert worker.wait(60) == 0, worker.words()
    workshop.database.engine.dispose()
    check_ended_well(settings, workshop, order, 3)
    workshop.database.close()


def test_a_worker_works_until_it_is_told_to_stop(settings, workshop):
    process = FORKING.Process(target=toys.plain_worker, args=(settings,))
    process.start()
    with workshop.transaction() as tx:
        job = put_order(tx, JobOrder("toy.one", {"stage": "toy.make"}))
    try:
        wait_for(lambda: state(workshop, job) == "done")
        os.kill(process.pid, signal.SIGTERM)
        process.join(15)
        assert process.exitcode == 0
    finally:
        process.kill()
        process.join()


def test_what_ended_long_ago_is_dropped_as_whole_trees(settings, workshop):
    order = JobOrder(**series(episodes=1))
    with DbosEngine(settings, workshop, version="1", plan=toys.PLAN, tempo=toys.QUICK) as engine:
        engine.wait(engine.submit(order))
        engine.tidy()
        assert "check" in recorded(settings)  # younger than the limit
        wait_for(lambda: not engine.in_hand())
        time.sleep(1.1)  # the engine's clock on SQLite counts whole seconds
        engine.tidy(days=0)
        assert recorded(settings) == set()
        assert engine.status(order.id).state == "done"
        engine.retry(order.id)
        assert engine.wait(order.id).state == "done"
    check_ended_well(settings, workshop, series(episodes=1), 1)


def test_dbos_is_not_loaded_before_an_engine_is_opened():
    program = (
        "import sys, silkreel.cli, silkreel.jobs.dbos_engine, silkreel.jobs.inline_engine, "
        "silkreel.jobs.worker, silkreel.kit.opening; "
        "print([name for name in sys.modules if name.split('.')[0] in ('dbos', 'alembic')])"
    )
    command = [sys.executable, "-c", program]
    told = subprocess.run(command, capture_output=True, text=True, check=True)
    assert told.stdout.strip() == "[]"


@pytest.mark.sqlite_only
def test_nothing_in_the_engines_database_is_a_pickle(settings, workshop):
    with DbosEngine(settings, workshop, version="1", plan=toys.PLAN, tempo=toys.QUICK) as engine:
        calls = [["toy.make", 1], ["toy.refuse", 1]]
        engine.wait(engine.submit(JobOrder("toy.many", {"calls": calls})))
    with sqlite3.connect(settings.folder / "jobs.db") as jobs:
        names = {name for (name,) in jobs.execute("SELECT serialization FROM workflow_status")}
        names |= {name for (name,) in jobs.execute(
            "SELECT serialization FROM operation_outputs WHERE output IS NOT NULL")}  # fmt: skip
        mode = jobs.execute("PRAGMA journal_mode").fetchone()
    jobs.close()
    assert names == {"silkreel_json"}
    assert mode == ("wal",)


def test_waiting_costs_little(settings, workshop):
    """The goal is 1.5 CPU seconds a minute (benchmarks/durable_steps.py); noise has room here."""
    with DbosEngine(settings, workshop, version="1") as engine:
        engine.submit(JobOrder("toy.one", {"stage": "toy.rest", "seconds": 9}))
        wait_for(lambda: begun(settings))
        time.sleep(1)
        before = time.process_time()
        time.sleep(6)
        spent = time.process_time() - before
    assert spent * 10 < 3.0, f"{spent * 10:.2f} CPU seconds a minute"


def alive(process):
    try:
        stat = Path(f"/proc/{process}/stat").read_text()
    except FileNotFoundError:
        return False
    return stat.rsplit(")", 1)[1].split()[0] != "Z"
