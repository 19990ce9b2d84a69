"""One try at a job."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, order=True)
class Attempt:
    """A job's first try, or the next one after a worker died or somebody asked again."""

    job: str
    number: int

    @property
    def id(self) -> str:
        """The name under which an engine remembers it."""
        return f"{self.job}:{self.number}"


def attempt_of(name: str) -> Attempt:
    """The attempt a piece of work belongs to, from its name `JOB:NUMBER` and whatever follows."""
    job, rest = name.split(":", 1)
    return Attempt(job, int(rest.split(":", 1)[0].split(">", 1)[0]))
