"""What a job engine promises, whoever keeps it: DBOS in earnest, or this process at once."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Literal, Protocol

from silkreel.jobs.journeys import JobFailed, JobOrder
from silkreel.jobs.progress import JobProgress
from silkreel.kit.database import Session
from silkreel.kit.refusals import Refusal
from silkreel.kit.words import words

JobState = Literal["waiting", "running", "done", "failed", "cancelled"]
ENDED: tuple[JobState, ...] = ("done", "failed", "cancelled")


class NoSuchJob(Refusal):
    """Nobody ordered a job of that name."""

    status = 404
    message = "There is no job {job}."


class JobCancelled(Refusal):
    """Somebody stopped the job."""

    status = 409
    message = "{by} cancelled this job: {reason}"


class HandBack(BaseException):
    """The work in hand is put down unfinished, unrecorded, for somebody else to take up.

    Not an `Exception`, so that neither a journey nor the engine below takes it for an answer.
    """


@dataclass(frozen=True, slots=True)
class JobStatus:
    """How far a job is, and its answer once it has one."""

    id: str
    journey: str
    state: JobState
    attempt: int
    progress: JobProgress
    result: dict[str, Any] | None
    refusal: dict[str, Any] | None  # code, values, sentence

    @property
    def ended(self) -> bool:
        """Whether nothing more will happen without somebody asking."""
        return self.state in ENDED

    def answer(self) -> dict[str, Any]:
        """What the journey answered.

        Raises:
            JobFailed: it ended with a no, or was cancelled.
        """
        if self.state == "done" and self.result is not None:
            return self.result
        sentence = (self.refusal or {}).get(
            "sentence", words("The job is {state}.", state=self.state)
        )
        raise JobFailed(sentence=str(sentence))


OnProgress = Callable[[JobStatus], None]


class JobEngine(Protocol):
    """Remembers jobs and runs their stages; each method may be called from any thread."""

    def submit(self, order: JobOrder, tx: Session | None = None) -> str:
        """Order a job and return its id; the same order is the same job, whatever its state.

        With `tx` the job exists if and only if that transaction commits.
        """
        ...

    def status(self, job: str) -> JobStatus:
        """How far the job is.

        Raises:
            NoSuchJob: it was never ordered.
        """
        ...

    def wait(self, job: str, on_progress: OnProgress | None = None) -> JobStatus:
        """Wait until the job has ended; `on_progress` hears of it about once a second."""
        ...

    def cancel(self, job: str, *, by: str, reason: str) -> None:
        """Stop a job; its children are gone a few seconds later. An ended job stays as it is."""
        ...

    def retry(self, job: str) -> str:
        """Order an ended job once more; finished stages are found, not redone."""
        ...
