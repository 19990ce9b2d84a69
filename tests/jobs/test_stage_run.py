"""How one stage is run: what is tried again, what is kept, and what is put down."""

import psycopg
import pytest
import sqlalchemy as sa

from silkreel.jobs import journeys
from silkreel.jobs.attempts import Attempt
from silkreel.jobs.board import Board, jobs_engine
from silkreel.jobs.engine import HandBack
from silkreel.jobs.journeys import JobOrder
from silkreel.jobs.outbox import put_order
from silkreel.jobs.patience import DATABASE_TRIES, LONGEST_PAUSE_SECONDS
from silkreel.jobs.stage_run import StageOrder, StageRunner
from silkreel.jobs.tables import StageRunRow
from silkreel.kit.children import Cancelled, ChildCrashed
from silkreel.kit.refusals import Refusal

ORDER = JobOrder("j", {})


class NotToday(Refusal):
    """A no."""

    message = "Not today."


class Theatre:
    """A runner, and a stage that does whatever the test wants."""

    def __init__(self, settings, workshop, monkeypatch):
        self.workshop, self.calls, self.pauses = workshop, 0, []
        self.board = Board(jobs_engine(settings))
        self.runner = StageRunner(settings, workshop, self.board, "w", pause=self.pauses.append)
        self.act = lambda _: {}
        self.cancelled = False
        monkeypatch.setitem(journeys.STAGES, "act", journeys.Stage("act", "cpu", self._play, 1.0))

    def _play(self, desk, _arguments):
        self.calls += 1
        return self.act(desk)

    def run(self):
        order = StageOrder(Attempt(ORDER.id, 1), "label", "act", {})
        return self.runner.run(order, lambda: self.cancelled)

    def raising(self, *errors):
        left = list(errors)

        def act(_desk):
            if left:
                raise left.pop(0)
            return {"tries": self.calls}

        self.act = act

    def rows(self):
        with self.workshop.reading() as tx:
            return list(tx.scalars(sa.select(StageRunRow)))


@pytest.fixture
def theatre(settings, workshop, monkeypatch):
    with workshop.transaction() as tx:
        put_order(tx, ORDER)
    made = Theatre(settings, workshop, monkeypatch)
    yield made
    made.board.close()


def crashed():
    return ChildCrashed(module="m", how="SIGSEGV", words="none")


def test_an_answer_is_kept_with_what_it_cost(theatre):
    assert theatre.run() == {"answer": {}}
    (row,) = theatre.rows()
    assert (row.state, row.worker, row.stage, row.label) == ("done", "w", "act", "label")


def test_a_finished_stage_is_answered_from_its_row(theatre):
    """As after a worker that died between the row and the engine's own note of it."""
    theatre.act = lambda _: {"made": theatre.calls}
    first = theatre.run()
    assert theatre.run() == first == {"answer": {"made": 1}}
    assert theatre.calls == 1


def test_a_no_that_was_kept_is_given_again_in_the_same_attempt(theatre):
    theatre.raising(NotToday())
    assert theatre.run() == theatre.run()
    assert theatre.calls == 1


def test_a_no_is_not_asked_again(theatre):
    theatre.raising(NotToday())
    assert theatre.run()["refusal"]["sentence"] == "Not today."
    assert theatre.calls == 1
    assert theatre.rows()[0].state == "refused"


def test_a_child_that_died_is_tried_once_more(theatre):
    theatre.raising(crashed())
    assert theatre.run() == {"answer": {"tries": 2}}


def test_a_child_that_died_twice_is_a_finding(theatre):
    theatre.raising(crashed(), crashed())
    assert theatre.run()["refusal"]["code"] == "kit.child_crashed"
    assert theatre.calls == 2


def test_a_lost_connection_is_tried_five_times_with_growing_pauses(theatre):
    theatre.raising(*[ConnectionResetError()] * 4)
    assert theatre.run() == {"answer": {"tries": 5}}
    assert len(theatre.pauses) == 4
    assert all(0.25 * 2**n <= pause <= 0.75 * 2**n for n, pause in enumerate(theatre.pauses))


def test_a_connection_lost_for_good_is_told(theatre, caplog):
    theatre.raising(*[ConnectionResetError("gone")] * 5)
    assert "ConnectionResetError" in theatre.run()["refusal"]["sentence"]
    assert theatre.calls == 5
    assert "Traceback" in caplog.text


@pytest.mark.parametrize("error", [crashed(), RuntimeError(), Cancelled(), ConnectionResetError()])
def test_what_breaks_because_it_was_cancelled_is_put_down_and_not_kept(theatre, error):
    def act(_desk):
        theatre.cancelled = True
        raise error

    theatre.act = act
    with pytest.raises(HandBack):
        theatre.run()
    assert theatre.calls == 1
    assert theatre.rows() == []
    assert theatre.board.running(Attempt(ORDER.id, 1)) == []


def test_an_answer_that_came_in_spite_of_it_is_kept(theatre):
    def act(_desk):
        theatre.cancelled = True
        return {"late": True}

    theatre.act = act
    assert theatre.run() == {"answer": {"late": True}}
    assert len(theatre.rows()) == 1


@pytest.mark.parametrize("answer", [{"x": object()}, {"x": float("nan")}, {"x": {1, 2}}])
def test_an_answer_json_cannot_say_is_an_error(theatre, answer):
    theatre.act = lambda _: answer
    assert theatre.run()["refusal"]["code"] == "jobs.stage_broke"


def test_what_comes_back_is_what_json_makes_of_it(theatre):
    theatre.act = lambda _: {"pair": (1, 2)}
    assert theatre.run() == {"answer": {"pair": [1, 2]}}


def test_the_board_hears_of_the_share_at_most_once_a_second(theatre, monkeypatch):
    told = []
    monkeypatch.setattr(theatre.board, "share", lambda *words: told.append(words[-1]))

    def act(desk):
        for share in range(1000):
            desk.progress(share / 1000)
        return {}

    theatre.act = act
    theatre.run()
    assert len(told) <= 1


def test_a_database_server_that_restarts_is_waited_for_longer_than_a_line_that_dropped(theatre):
    lost = sa.exc.OperationalError("SELECT 1", {}, psycopg.OperationalError("server closed"))
    theatre.raising(*[lost] * (DATABASE_TRIES - 1))
    assert theatre.run() == {"answer": {"tries": DATABASE_TRIES}}
    assert sum(theatre.pauses) > 60
    assert max(theatre.pauses) <= LONGEST_PAUSE_SECONDS * 1.5
