"""Any sound somebody sent becomes FLAC of a known rate; it is opened in the child alone."""

from dataclasses import dataclass
from pathlib import Path

from silkreel.media.errands import Asked, Progress, move_into, private_folder, run_job
from silkreel.media.limits import job_limits
from silkreel.media.refusals import Empty

MOST_LENGTH_SECONDS = 20 * 60.0  # as an episode


@dataclass(frozen=True, slots=True)
class DecodedSound:
    """A FLAC file of ours."""

    path: Path
    sample_rate: int
    channels: int
    samples: int

    @property
    def length_seconds(self) -> float:
        """How long it lasts."""
        return self.samples / self.sample_rate


def decode_sound(
    source: Path,
    out: Path,
    *,
    sample_rate: int = 48_000,
    channels: int = 2,
    length_seconds: float | None = None,
    progress: Progress | None = None,
    cancelled: Asked | None = None,
) -> DecodedSound:
    """Decode a stem, a recorded take or a master's first sound into FLAC (24 bit) at `out`.

    With `length_seconds` it is cut or padded with silence to the picture. A sound that comes
    with a picture keeps its place beside it.

    Raises:
        Empty, NotSound: there is nothing to hear in the file.
        Cancelled: `cancelled` answered yes.
    """
    if channels not in (1, 2):
        raise ValueError("one channel or two")
    if source.stat().st_size == 0:
        raise Empty
    with private_folder(out.parent) as folder:
        made = folder / out.name
        order = {
            "source": str(source), "out": str(made), "sample_rate": sample_rate,
            "channels": channels, "length_seconds": length_seconds,
        }  # fmt: skip
        limits = job_limits(length_seconds or MOST_LENGTH_SECONDS)
        answer = run_job("sound", order, limits=limits, progress=progress, cancelled=cancelled)
        move_into(made, out.parent)
    return DecodedSound(out, sample_rate, channels, answer["samples"])
