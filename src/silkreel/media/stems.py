"""Is this sound the music and effects of an episode? It is opened in the child alone."""

from dataclasses import dataclass
from pathlib import Path

from silkreel.media.errands import Asked, run_job
from silkreel.media.limits import job_limits
from silkreel.media.pace import clock
from silkreel.media.refusals import Empty, StemDamaged, StemLength, StemRate

# Less is a tail of silence that somebody trimmed; more is the stem of another cut.
LENGTH_SLACK_SECONDS = 1.0
LEAST_SAMPLE_RATE = 16_000  # below it is the sound of a telephone


@dataclass(frozen=True, slots=True)
class Stem:
    """A stem as it decodes."""

    length_seconds: float
    sample_rate: int
    channels: int


def probe_stem(path: Path, *, length_seconds: float, cancelled: Asked | None = None) -> Stem:
    """Decode a stem to its end and hold it against the picture's length.

    Raises:
        Empty, NotSound: there is nothing to hear in the file.
        StemDamaged, StemRate, StemLength: it does not fit the picture.
    """
    if path.stat().st_size == 0:
        raise Empty
    limits = job_limits(length_seconds)
    answer = run_job("stem", {"source": str(path)}, limits=limits, cancelled=cancelled)
    stem = Stem(answer["length_seconds"], answer["sample_rate"], answer["channels"])
    if answer["damaged_at_seconds"] is not None:
        raise StemDamaged(at=clock(answer["damaged_at_seconds"]))
    if stem.sample_rate < LEAST_SAMPLE_RATE:
        raise StemRate(rate=stem.sample_rate, least=LEAST_SAMPLE_RATE)
    if abs(stem.length_seconds - length_seconds) > LENGTH_SLACK_SECONDS:
        raise StemLength(stem=clock(stem.length_seconds), picture=clock(length_seconds))
    return stem
