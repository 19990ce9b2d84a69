"""What the terminal tells of a job in hand, moment by moment."""

import pytest

from silkreel.cli.following import tell_progress
from silkreel.cli.show import watching
from silkreel.jobs.engine import JobState, JobStatus
from silkreel.jobs.progress import JobProgress, Rising

NUMBERS = {"ep_one": 1, "ep_two": 2}


def status(state: JobState, done: int, *running: str) -> JobStatus:
    progress = JobProgress(done, 10, running, None)
    return JobStatus("job_1", "localise", state, 1, progress, None, None)


@pytest.mark.parametrize(
    ("moments", "told"),
    [
        ([status("running", 0, "picture ep_one")], ["  0% episode 1: picture"]),
        (
            [status("running", 2, "hear ep_one", "speak ep_two es", "read ep_two")],
            [" 20% episode 1: listening to speech; episode 2, Spanish: speaking"],
        ),
        ([status("running", 4)], [" 40% waiting for a step to begin"]),
        ([status("done", 10)], ["100% done"]),
    ],
)
def test_a_moment_is_told_by_the_steps_in_hand(moments, told, capsys):
    with watching() as watcher:
        for moment in moments:
            tell_progress(watcher, Rising(), NUMBERS, moment)
    assert capsys.readouterr().err.splitlines() == told
