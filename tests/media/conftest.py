"""Clips of a second or two, made by the tests: what cameras, editors and attackers send."""

import os
import signal
import time
from collections.abc import Callable, Iterator
from fractions import Fraction
from pathlib import Path

import av
import pytest
from av.filter import Graph

from skips import BEYOND_CI

SHARED_CLIPS = Path(__file__).parents[2].parent / "shared" / "media"


def make_clip(
    path: Path,
    *,
    size: tuple[int, int] = (480, 854),
    seconds: float = 1.0,
    rate: Fraction = Fraction(25),
    source: str = "testsrc2",
    pix_fmt: str = "yuv420p",
    codec: str = "libx264",
    params: str = "",
    sound: str | None = "sine=frequency=440",
    sound_seconds: float | None = None,
    sounds: int = 1,
    sound_codec: str = "aac",
    hertz: int = 44_100,
    layout: str = "stereo",
    pictures: int = 1,
    rotation: int = 0,
    pixel_aspect: Fraction | None = None,
    stamps: Callable[[int], int] | None = None,
    filters: tuple[str, ...] = (),
    options: dict[str, str] | None = None,
    start: float = 0.0,
) -> Path:
    """Encode a clip; `stamps` maps a frame's number to its time in thousandths of a second."""
    beat = Fraction(1, 1000) if stamps else 1 / rate
    with av.open(path, "w", options=options or {}) as out:
        videos = [out.add_stream(codec, rate=rate) for _ in range(pictures)]
        for video in videos:
            video.options = encoder_options(codec, params)
            video.width, video.height = size
            video.pix_fmt = pix_fmt
            video.codec_context.thread_count = 1
            video.codec_context.time_base = beat
            video.sample_aspect_ratio = pixel_aspect or Fraction(1)
            video.set_display_rotation(rotation)
        tracks = [
            out.add_stream(sound_codec, rate=hertz, layout=layout)
            for _ in range(sounds if sound else 0)
        ]
        for number, frame in enumerate(pictures_of(source, size, seconds, rate, pix_fmt, filters)):
            frame.time_base = beat
            frame.pts = stamps(number) if stamps else number + round(start * rate)
            frame.pict_type = 0
            for video in videos:
                out.mux(video.encode(frame))
        for track in tracks:
            for frame in sound_of(sound, sound_seconds or seconds, layout, hertz):
                frame.pts += round(start * hertz)
                out.mux(track.encode(frame))
        for stream in (*videos, *tracks):
            out.mux(stream.encode(None))
    return path


def encoder_options(codec, params):
    options = {"g": "25"}
    if codec == "libx264":
        options["preset"] = "ultrafast"
    if params:
        options["x264-params"] = params
    return options


def pictures_of(source, size, seconds, rate, pix_fmt, filters=()):
    graph = Graph()
    name, _, arguments = source.partition("=")
    form = f"size={size[0]}x{size[1]}:rate={rate}:duration={seconds}"
    node = graph.add(name, ":".join(filter(None, (arguments, form))))
    for step in (*filters, f"format={pix_fmt}", "buffersink"):
        following = graph.add(*step.split("=", 1))
        node.link_to(following)
        node = following
    graph.configure()
    yield from drain(node)


def sound_of(source, seconds, layout, rate):
    graph = Graph()
    name, _, arguments = source.partition("=")
    form = f"sample_rate={rate}:duration={seconds}"
    node = graph.add(name, ":".join(filter(None, (arguments, form))))
    form = f"aformat=sample_fmts=fltp:channel_layouts={layout}"
    for step in (form, "asetnsamples=1024:p=0", "abuffersink"):
        following = graph.add(*step.split("=", 1))
        node.link_to(following)
        node = following
    graph.configure()
    yield from drain(node)


def drain(sink) -> Iterator:
    while True:
        try:
            yield sink.pull()
        except (av.error.EOFError, av.error.BlockingIOError):
            return


def children() -> list[int]:
    """Living child processes of this one."""
    found = []
    for task in Path("/proc/self/task").iterdir():
        found += [int(pid) for pid in (task / "children").read_text().split()]
    return [pid for pid in found if _state(pid) not in {"Z", ""}]


def _state(pid: int) -> str:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except (FileNotFoundError, ProcessLookupError):
        return ""


@pytest.fixture
def no_child_left():
    """No child that the test started is alive at its end."""
    before = set(children())
    yield
    deadline = time.monotonic() + 5
    while set(children()) - before and time.monotonic() < deadline:
        time.sleep(0.05)
    assert set(children()) <= before


@pytest.fixture
def clip(tmp_path) -> Callable[..., Path]:
    """`clip("name.mp4", ...)` makes a clip in the test's own folder."""
    return lambda name="clip.mp4", **wishes: make_clip(tmp_path / name, **wishes)


@pytest.fixture(scope="session")
def plain_clip(tmp_path_factory) -> Path:
    """Two seconds and a bit, vertical, nothing wrong with it."""
    return make_clip(tmp_path_factory.mktemp("clips") / "plain.mp4", size=(720, 1280), seconds=4.4)


@pytest.fixture(params=["speech-english", "talk-bilingual-hardsubs", "hardsubs-russian-small"])
def real_clip(request) -> Path:
    path = SHARED_CLIPS / f"{request.param}.mp4"
    if not path.is_file():
        pytest.skip(f"{BEYOND_CI}: the clip {path}")
    return path


@pytest.fixture(scope="session")
def clip_in() -> Callable[..., Path]:
    """`clip_in(path, ...)` makes a clip anywhere."""
    return make_clip


@pytest.fixture
def killer() -> Callable[[], None]:
    """Kills every child that the test started, as the kernel would; other tests' servers live on."""
    before = set(children())

    def kill() -> None:
        for pid in set(children()) - before:
            os.kill(pid, signal.SIGKILL)

    return kill
