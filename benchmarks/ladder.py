"""Our ladder against the `ffmpeg` command that makes the same files: CPU time, in turn.

    python benchmarks/ladder.py [--source FILE] [--seconds N] [--runs N]

Both decode once, scale in a cascade, encode three rungs with the same x264 settings and write the
sound as FLAC at 48 and 16 kHz. Ours also starts a Python, finds cuts, black and stillness, and
writes posters. Ratios are ours divided by theirs.
"""

import argparse
import resource
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from silkreel.media.ladder import Ladder, LadderOrder, encode_ladder
from silkreel.media.probe import ProbeRules, probe_file
from silkreel.media.refusals import FIXES
from silkreel.media.rungs import RungPlan, plan_ladder

MARK = 1.25  # what a command of its own would have to save before we gave up one pass over all


@dataclass(frozen=True, slots=True)
class Cost:
    """What one way took."""

    cpu_seconds: float
    wall_seconds: float


def cost_of(work: Callable[[], object]) -> Cost:
    """CPU seconds of all children that ended during `work`, and its wall time."""
    before, started = resource.getrusage(resource.RUSAGE_CHILDREN), time.monotonic()
    work()
    after, ended = resource.getrusage(resource.RUSAGE_CHILDREN), time.monotonic()
    cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return Cost(cpu, ended - started)


def make_source(path: Path, seconds: int) -> None:
    """A 1080x1920 clip with motion, grain and a cut every three seconds."""
    scene = (
        f"testsrc2=size=1080x1920:rate=25:duration={seconds},"
        "hue=h='90*floor(t/3)',noise=alls=12:allf=t,format=yuv420p"
    )
    subprocess.run(
        ["ffmpeg", "-v", "error", "-f", "lavfi", "-i", scene, "-f", "lavfi", "-i",
         f"sine=frequency=330:duration={seconds}", "-c:v", "libx264", "-preset", "veryfast",
         "-b:v", "10M", "-c:a", "aac", "-shortest", str(path)],
        check=True,
    )  # fmt: skip


def ffmpeg_command(source: Path, folder: Path, plans: tuple[RungPlan, ...]) -> list[str]:
    """The same rungs and sounds by the command line."""
    names = [f"r{number}" for number in range(len(plans))]
    steps, above = [], "0:v"
    for number, (name, plan) in enumerate(zip(names, plans, strict=True)):
        scale = f"scale={plan.size.width_pixels}:{plan.size.height_pixels}:flags=bicubic"
        last = number == len(plans) - 1
        steps.append(
            f"[{above}]{scale},format=yuv420p"
            + (f"[{name}]" if last else f",split[{name}][d{name}]")
        )
        above = f"d{name}"
    command = ["ffmpeg", "-v", "error", "-y", "-threads", "2", "-i", str(source)]
    command += ["-filter_complex", ";".join(steps)]
    for name, plan in zip(names, plans, strict=True):
        command += ["-map", f"[{name}]", "-c:v", "libx264", "-threads", "2"]
        for option, value in plan.x264_options().items():
            if option != "flags":
                command += [
                    f"-{option}:v" if option in {"profile", "level"} else f"-{option}",
                    value,
                ]
        command += ["-movflags", "cmaf+frag_keyframe+empty_moov+default_base_moof"]
        command.append(str(folder / f"{plan.name}.mp4"))
    for rate, channels in ((48_000, 2), (16_000, 1)):
        command += ["-map", "0:a?", "-ar", str(rate), "-ac", str(channels)]
        command.append(str(folder / f"{rate}.flac"))
    return command


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--source", type=Path)
    parser.add_argument("--seconds", type=int, default=10)
    parser.add_argument("--runs", type=int, default=3)
    options = parser.parse_args()
    if shutil.which("ffmpeg") is None:
        print("not measured: no ffmpeg command here to compare with (apt-get install ffmpeg)")
        return 1
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary)
        source = options.source or folder / "source.mp4"
        if options.source is None:
            make_source(source, options.seconds)
        return compare(source, folder, options.runs)


def compare(source: Path, folder: Path, runs: int) -> int:
    probe = probe_file(source, rules=ProbeRules("landscape", fixes=frozenset(FIXES)))
    order = LadderOrder.of(probe)
    plans = plan_ladder(order.size, order.frame_rate)
    theirs_folder = folder / "theirs"
    theirs_folder.mkdir()
    command = ffmpeg_command(source, theirs_folder, plans)
    made: list[Ladder] = []
    rows = []
    for number in range(runs):
        ours = cost_of(lambda: made.append(encode_ladder(source, folder / "ours", order)))
        theirs = cost_of(lambda: subprocess.run(command, check=True))
        rows.append((ours, theirs))
        print(
            f"run {number + 1}: ours {ours.cpu_seconds:6.2f} CPU-s {ours.wall_seconds:6.2f} s"
            f"   ffmpeg {theirs.cpu_seconds:6.2f} CPU-s {theirs.wall_seconds:6.2f} s"
        )
    sizes = {rung.name: rung.size_bytes for rung in made[0].rungs}
    for name, size in sizes.items():
        other = (theirs_folder / f"{name}.mp4").stat().st_size
        print(f"{name}: {size / 1000:.0f} KB, ffmpeg {other / 1000:.0f} KB")
    cpu = [ours.cpu_seconds / theirs.cpu_seconds for ours, theirs in rows]
    wall = [ours.wall_seconds / theirs.wall_seconds for ours, theirs in rows]
    speed = [probe.length_seconds / ours.wall_seconds for ours, _ in rows]
    for name, ratios in (("CPU", cpu), ("wall", wall)):
        spread = f"{min(ratios):.2f}-{max(ratios):.2f}"
        print(f"{name} ratio ours/ffmpeg: median {statistics.median(ratios):.2f} ({spread})")
    print(f"speed: median {statistics.median(speed):.2f} times real time")
    return 0 if statistics.median(cpu) <= MARK else 1


if __name__ == "__main__":
    sys.exit(main())
