"""The notice board: workers, what is expected, what is in hand."""

import time
from concurrent.futures import ThreadPoolExecutor

import pytest

from silkreel.jobs.attempts import Attempt, attempt_of
from silkreel.jobs.board import Board, jobs_engine

ONE = Attempt("a" * 32, 1)


@pytest.fixture
def board(settings):
    made = Board(jobs_engine(settings))
    yield made
    made.close()


def test_a_worker_shows_signs_of_life(board):
    board.beat("host-1", "7", ["cpu", "speech"])
    (notice,) = board.workers()
    assert (notice.name, notice.version, notice.queues) == ("host-1", "7", ("cpu", "speech"))
    assert 0 <= notice.age_seconds < 2
    time.sleep(0.3)
    assert board.workers()[0].age_seconds >= 0.25
    board.beat("host-1", "7", ["cpu"])
    assert board.workers()[0].age_seconds < 0.25
    board.leave("host-1")
    assert board.workers() == []


def test_an_expected_stage_is_counted_once_and_known_once_it_is_called(board):
    board.expect(ONE, {"a": "", "b": ""})
    board.expect(ONE, {"a": "toy.make"})
    board.expect(ONE, {"a": "", "b": "toy.speak"})
    assert board.expected(ONE) == {"toy.make": 1, "toy.speak": 1}
    assert board.expected(Attempt(ONE.job, 2)) == {}


def test_starts_that_never_ended_are_counted_over_attempts(board):
    assert board.start(ONE, "x", "toy.make", "w") == 0
    assert board.start(ONE, "x", "toy.make", "w") == 1
    later = Attempt(ONE.job, 2)
    assert board.start(later, "x", "toy.make", "w") == 2
    board.stop(ONE, "x")  # the old attempt wakes: it must not end the new one's notice
    assert [each.label for each in board.running(later)] == ["x"]
    board.stop(later, "x")
    assert board.start(later, "x", "toy.make", "w") == 0


def test_what_is_in_hand_shows_its_share(board):
    board.start(ONE, "x", "toy.make", "w")
    board.share(ONE, "x", 0.5)
    (stage,) = board.running(ONE)
    assert (stage.label, stage.share, stage.worker) == ("x", 0.5, "w")
    assert 0 <= stage.elapsed_seconds < 5


def test_a_forgotten_job_expects_nothing(board):
    board.expect(ONE, {"a": ""})
    board.start(ONE, "x", "toy.make", "w")
    board.forget(ONE.job, starts=False)
    assert (board.expected(ONE), board.running(ONE)) == ({}, [])
    assert board.start(ONE, "x", "toy.make", "w") == 1
    board.forget(ONE.job, starts=True)
    assert board.start(ONE, "x", "toy.make", "w") == 0


def test_many_may_open_a_new_board_at_once(settings):
    def open_board(_):
        board = Board(jobs_engine(settings))
        board.beat("w", "1", [])
        board.close()

    with ThreadPoolExecutor(6) as threads:
        list(threads.map(open_board, range(6)))


@pytest.mark.parametrize("tail", ["", ":ep001/take", ">ep001/dub es", ":take in a:b"])
def test_an_attempt_is_read_from_the_name_of_its_work(tail):
    assert attempt_of(f"{ONE.job}:12{tail}") == Attempt(ONE.job, 12)
