"""Send a job to the killable child, and say in the file's own terms how it ended."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from silkreel.kit.children import ChildCrashed, ChildTooSlow, Limits, Message, ask_once
from silkreel.media.refusals import DecoderCrashed, TooBig, TooSlow

WORKER = "silkreel.media.worker"
Progress = Callable[[float], None]
Asked = Callable[[], bool]


def run_job(
    job: str,
    order: dict[str, Any],
    *,
    limits: Limits,
    progress: Progress | None = None,
    cancelled: Asked | None = None,
) -> dict[str, Any]:
    """Run one job of `media.worker` in a child of its own and return its answer.

    Raises:
        Refusal: the one the job answered with; among them Cancelled.
        DecoderCrashed, TooSlow, TooBig: the child died of the file.
        ChildCrashed: the child died of a fault of ours.
    """

    def hear(message: Message) -> None:
        share = message.value.get("progress")
        if share is not None and progress is not None:
            progress(float(share))

    try:
        message = ask_once(
            WORKER, {"job": job, **order}, limits=limits, on_event=hear, cancelled=cancelled
        )
    except ChildTooSlow as refusal:
        raise TooSlow from refusal
    except ChildCrashed as refusal:
        raise _verdict(refusal) from refusal
    return message.value


@contextmanager
def private_folder(folder: Path) -> Iterator[Path]:
    """A folder inside `folder` for files under work; gone afterwards, whatever happened."""
    folder.mkdir(parents=True, exist_ok=True)
    with TemporaryDirectory(prefix=".making-", dir=folder) as private:
        yield Path(private)


def move_into(made: Path, folder: Path) -> Path:
    """Give a finished file its visible place, in one step."""
    return made.replace(folder / made.name)


def _verdict(refusal: ChildCrashed) -> Exception:
    how = str(refusal.values.get("how"))
    last_words = str(refusal.values.get("words"))
    if how == "SIGXCPU":
        return TooSlow()
    if "MemoryError" in last_words or "Cannot allocate memory" in last_words:
        return TooBig(what="too much for the memory a file may use", limit="4 GiB")
    if how.startswith("SIG"):
        return DecoderCrashed(how=how)
    return refusal
