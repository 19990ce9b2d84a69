"""How far a job is: counts that never lie, and an estimate that learns."""

from hypothesis import given
from hypothesis import strategies as st

from silkreel.jobs.board import RunningStage
from silkreel.jobs.progress import JobProgress, Rising, StageTally, weigh

stages = st.sampled_from(["toy.make", "toy.speak", "unknown"])
counts = st.dictionaries(stages, st.integers(0, 50))
tallies = st.dictionaries(stages, st.builds(StageTally, st.integers(1, 50), st.floats(0, 1000)))
running = st.lists(
    st.builds(
        RunningStage, st.text(max_size=5), stages, st.just("w"), st.floats(0, 100), st.floats(0, 1)
    ),
    max_size=5,
)


@given(counts, tallies, running, st.dictionaries(stages, st.floats(0.1, 100)), st.floats(0, 1e4))
def test_it_always_says_something_sensible(expected, done, in_hand, history, elapsed):
    progress = weigh(expected, done, in_hand, history, elapsed)
    assert 0 <= progress.done <= progress.total
    assert progress.seconds_left is None or progress.seconds_left >= 0
    assert len(progress.running) == len(in_hand)
    if progress.done < progress.total:
        assert progress.seconds_left is None or progress.seconds_left >= 1


@given(st.lists(st.tuples(st.integers(0, 40), st.integers(0, 40)), min_size=1))
def test_the_share_shown_never_falls_and_is_whole_only_at_the_end(moments):
    rising = Rising()
    shown = [rising.share(JobProgress(min(n), max(n), (), None), ended=False) for n in moments]
    assert shown == sorted(shown)
    assert all(f"{share:.0%}" != "100%" for share in shown)
    assert rising.share(JobProgress(1, 9, (), 0.0), ended=True) == 1.0


def test_a_stage_beyond_its_usual_time_still_needs_some():
    in_hand = [RunningStage("one", "toy.make", "w", 60.0, 0.0)]
    assert weigh({"toy.make": 1}, {}, in_hand, {"toy.make": 10.0}, 0.0).seconds_left == 6.0


def test_without_any_measurement_there_is_no_estimate():
    assert weigh({"toy.make": 4}, {}, [], {}, 0.0).seconds_left is None


def test_history_gives_the_first_estimate():
    assert weigh({"toy.make": 4}, {}, [], {"toy.make": 2.5}, 0.0).seconds_left == 10.0


def test_what_this_job_measured_replaces_history():
    done = {"toy.make": StageTally(5, 5.0)}
    assert weigh({"toy.make": 15}, done, [], {"toy.make": 60.0}, 5.0).seconds_left == 10.0


def test_what_runs_beside_each_other_takes_less_time():
    done = {"toy.make": StageTally(10, 40.0)}  # forty seconds of work in ten
    assert weigh({"toy.make": 20}, done, [], {}, 10.0).seconds_left == 10.0


def test_a_running_stage_counts_by_what_is_left_of_it():
    in_hand = [RunningStage("one", "toy.make", "w", 4.0, 0.0)]
    assert weigh({"toy.make": 1}, {}, in_hand, {"toy.make": 10.0}, 0.0).seconds_left == 6.0
    in_hand = [RunningStage("one", "toy.make", "w", 0.0, 0.75)]
    assert weigh({"toy.make": 1}, {}, in_hand, {"toy.make": 10.0}, 0.0).seconds_left == 2.5


def test_stages_never_measured_are_estimated_by_their_weight():
    import toy_journeys  # noqa: F401 - toy.make weighs 2, toy.speak 1

    assert weigh({"toy.speak": 3}, {}, [], {"toy.make": 4.0}, 0.0).seconds_left == 6.0


def test_a_finished_job_has_nothing_left():
    done = {"toy.make": StageTally(3, 9.0)}
    progress = weigh({"toy.make": 3}, done, [], {}, 9.0)
    assert (progress.done, progress.total, progress.seconds_left) == (3, 3, 0.0)
