"""In the child: what FFmpeg's errors mean for the file."""

from fractions import Fraction

import av

from silkreel.media.pace import clock
from silkreel.media.refusals import Codec, Corrupt, MediaRefusal, TooBig

FFmpegError = av.error.FFmpegError
# Threads that cannot be started are told as "try again"; their stacks did not fit any more.
NO_ROOM = (av.error.MemoryError, av.error.BlockingIOError)
NO_DECODER = (av.error.DecoderNotFoundError, av.error.PatchWelcomeError)


def refusal_for(
    error: Exception, at_seconds: Fraction | float = 0, codec: str = "an unknown codec"
) -> MediaRefusal:
    """The refusal for an error that came at a time of the picture."""
    if isinstance(error, (MemoryError, *NO_ROOM)):
        return TooBig(what="too large for the memory that a file may use", limit="4 GiB")
    if isinstance(error, NO_DECODER):
        return Codec(codec=codec)
    return Corrupt(at=clock(at_seconds))


def is_damage(error: Exception) -> bool:
    """Whether an error is about a packet alone, so that the next one may be tried."""
    return not isinstance(error, (MemoryError, *NO_ROOM, *NO_DECODER))
