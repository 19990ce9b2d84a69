"""What a job on media may use, from how long and how large the media is."""

from silkreel.kit.children import Limits

GIB = 1024**3
# Seen for a 1080p source and three rungs: 0.7 GB of address space; x264 fails cleanly at 0.6 GB.
ADDRESS_SPACE_BYTES = 2 * GIB
LARGE_ADDRESS_SPACE_BYTES = 4 * GIB
LARGE_SHORT_SIDE_PIXELS = 1088  # above 1080p, as it is coded
FILE_SIZE_BYTES = 4 * GIB
OPEN_FILES = 64
SILENCE_SECONDS = 60.0
NICE = 10

CPU_SECONDS = 60
CPU_SECONDS_PER_SECOND = 15  # the full ladder needs 2.4 to 4.3
WALL_SECONDS = 60.0
WALL_SECONDS_PER_SECOND = 30.0
PROBE_CPU_SECONDS = 20
PROBE_READ_BYTES_PER_SECOND = 20 * 1024**2  # a slow network disk


def job_limits(length_seconds: float, *, short_side_pixels: int = 0) -> Limits:
    """Limits of a job on media whose length is known; 0 pixels means sound alone."""
    large = short_side_pixels > LARGE_SHORT_SIDE_PIXELS
    return _limits(
        address_space_bytes=LARGE_ADDRESS_SPACE_BYTES if large else ADDRESS_SPACE_BYTES,
        cpu_seconds=CPU_SECONDS + round(CPU_SECONDS_PER_SECOND * length_seconds),
        wall_seconds=WALL_SECONDS + WALL_SECONDS_PER_SECOND * length_seconds,
    )


def probe_limits(size_bytes: int) -> Limits:
    """Limits of a first look: nothing is known but the file's size."""
    return _limits(
        address_space_bytes=LARGE_ADDRESS_SPACE_BYTES,
        cpu_seconds=PROBE_CPU_SECONDS,
        wall_seconds=WALL_SECONDS + size_bytes / PROBE_READ_BYTES_PER_SECOND,
    )


def _limits(*, address_space_bytes: int, cpu_seconds: int, wall_seconds: float) -> Limits:
    return Limits(
        address_space_bytes=address_space_bytes,
        cpu_seconds=cpu_seconds,
        wall_seconds=wall_seconds,
        silence_seconds=SILENCE_SECONDS,
        file_size_bytes=FILE_SIZE_BYTES,
        open_files=OPEN_FILES,
        nice=NICE,
    )
