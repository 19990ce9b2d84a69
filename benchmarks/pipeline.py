"""The whole pipeline on the sample drama: CPU time against what engines and codecs burn themselves.

Prints the ratio (mark: at most 1.25), the wall time on this machine, the reading of the burned-in
captions, and what a further language costs beyond its speech (mark: 2 CPU seconds per minute).
"""

import json
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

OVERHEAD_MARK = 1.25
LANGUAGE_MARK_SECONDS = 2.0  # CPU, per minute of drama, beyond speech synthesis
SPEECH = ("kokoro", "espeak")


def silkreel(home: Path, *words: str) -> tuple[dict, float]:
    started = time.monotonic()
    done = subprocess.run(
        [sys.executable, "-m", "silkreel", "--home", str(home), *words, "--json"],
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    if not done.stdout.strip():
        sys.exit(done.stderr)
    return json.loads(done.stdout), time.monotonic() - started


def video_files(home: Path) -> dict[str, int]:
    return {str(path): path.stat().st_mtime_ns for path in (home / "store").rglob("*.mp4")}


def main() -> None:
    with tempfile.TemporaryDirectory(prefix="pipeline") as folder:
        home = Path(folder) / "home"
        made, wall = silkreel(home, "demo", "--no-serve")
        cpu = made["cpu_seconds"]
        print(
            f"demo: {wall:.0f} s wall, {cpu['total']:.0f} CPU s, {cpu['engines']:.0f} of it engines"
        )
        by_engine = ", ".join(f"{k} {v:.0f}" for k, v in cpu["by_engine"].items() if v >= 1)
        print(f"      {by_engine}")
        ratio = cpu["total"] / cpu["engines"]
        print(f"pipeline / engines and codecs = {ratio:.3f} (mark: at most {OVERHEAD_MARK})")
        ocr = made["ocr"]
        print(
            f"captions: CER {ocr['cer']:.3%}, {ocr['found']} of {ocr['lines']}, {ocr['invented']} invented"
        )
        before = video_files(home)
        more, _ = silkreel(home, "localise", made["series"], "--to", "en,es,pt-BR,fr")
        checks = sum(
            path not in before or before[path] != at for path, at in video_files(home).items()
        )
        spent = more["cpu_seconds"]
        speech = sum(spent["by_engine"].get(name, 0.0) for name in SPEECH)
        start, _ = silkreel(home, "localise", made["series"], "--to", "en,es,pt-BR,fr")
        idle = start["cpu_seconds"]["total"]
        minutes = made["episodes"] * 40 / 60
        each = (spent["total"] - speech - idle) / minutes
        print(
            f"a language more: {each:.2f} CPU s per minute beyond speech and the command's own start "
            f"({idle:.1f} s) (mark: {LANGUAGE_MARK_SECONDS}); new sound files {checks}, no video rewritten: "
            f"{all(path in video_files(home) for path in before)}"
        )
        shutil.rmtree(home, ignore_errors=True)


if __name__ == "__main__":
    main()
