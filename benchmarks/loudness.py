"""Loudness and true peak of what is delivered: decoded AAC, over a seeded set of mixes.

Each programme is speech by espeak-ng over music and blows made by the program, laid and mastered to
a profile as a dub is. Beside it ffmpeg's loudnorm (two passes, linear) brings the same sound to the
same figures. Both are coded by the same AAC encoder at the same bit rate, and both are judged by
others: pyloudnorm for loudness, ffmpeg's ebur128 for true peak (ours where ffmpeg is missing).

Run: python benchmarks/loudness.py [--programmes 12] [--seed 1] [--profile mobile] [--json]
"""

import argparse
import json
import random
import re
import shutil
import subprocess
import sys
import tempfile
import time
from dataclasses import asdict, dataclass
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
import pyloudnorm
import soundfile
import yaml

from silkreel.dubbing.bed import make_bed
from silkreel.dubbing.fitting import FitCandidate, FitLine, FitPlan, Placed
from silkreel.dubbing.mixing import Laid, lay
from silkreel.engines.contracts import VoiceChoice
from silkreel.engines.espeak import EspeakSpeaker
from silkreel.kit.sound import Sound
from silkreel.kit.spans import Span
from silkreel.media.loudness import measure_file
from silkreel.media.loudness_profiles import LoudnessProfile, loudness_profile
from silkreel.media.mastering import master
from silkreel.media.stretch import resample

RATE = 48_000
FRAME_RATE = Fraction(25)
SECONDS = 20.0
BIT_RATE_BPS = 96_000
NEAR_LU = 0.5  # dubbing.md 10
FFMPEG = shutil.which("ffmpeg")
TEXTS = Path(__file__).parent / "fit_lines.yaml"


@dataclass(frozen=True)
class Row:
    """One coded programme."""

    programme: int
    by: str
    lufs: float
    dbtp: float
    met: bool
    cpu_seconds: float


def programme(number: int, seed: int) -> Laid:
    """Speech over music and blows; levels and density differ from one to the next."""
    draw = random.Random(f"{seed} {number}")
    lines, sounds, placed, clock = [], {}, [], 10
    while clock < SECONDS * 25 - 100:
        name = f"l{clock}"
        sound = spoken(draw)
        frames = int(sound.length_seconds * 25) + 1
        candidate = FitCandidate(name, sound.length_seconds)
        lines.append(FitLine(name, "A", Span(clock, clock + frames), (candidate,)))
        placed.append(Placed(name, candidate, clock, clock + frames, 1.0, 1.0))
        sounds[name] = sound
        clock += frames + draw.randint(2, 60)
    bed = make_bed(music(draw), m_and_e=music(draw))
    return lay(
        lines, FitPlan(tuple(placed)), sounds, bed, frame_rate=FRAME_RATE, length_seconds=SECONDS
    )


def spoken(draw: random.Random) -> Sound:
    rows = yaml.safe_load(TEXTS.read_text(encoding="utf-8"))
    speaker, text = EspeakSpeaker(), draw.choice(rows)["en"][0]
    voice = VoiceChoice("espeak", draw.choice(speaker.voices("en")), "en")
    return resample(speaker.speak(text, voice=voice).sound, RATE)


def music(draw: random.Random) -> Sound:
    """Chords, a low drone and blows that stand far over them."""
    random_numbers = np.random.default_rng(draw.randrange(2**32))
    clock = np.arange(round(SECONDS * RATE)) / RATE
    level = 10 ** (draw.uniform(-45, -18) / 20)
    wave = np.zeros((len(clock), 2))
    for _ in range(8):
        hertz, start = draw.uniform(60, 900), draw.uniform(0, SECONDS - 2)
        shape = np.clip(clock - start, 0, None) * np.exp(-2 * np.clip(clock - start, 0, None)) * 5
        side = draw.uniform(0.2, 0.8)
        wave += np.outer(np.sin(2 * np.pi * hertz * clock) * shape, [side, 1 - side])
    for _ in range(draw.randint(0, 6)):
        first = draw.randrange(len(clock) - RATE)
        fall = np.exp(-np.arange(RATE // 2) / (RATE * 0.05))[:, None]
        blow = random_numbers.standard_normal((RATE // 2, 2)) * fall * draw.uniform(2, 12)
        wave[first : first + RATE // 2] += blow
    return Sound((wave * level).astype(np.float32), RATE)


def coded(sound: Sound, path: Path) -> Path:
    """AAC, the same for both."""
    with av.open(str(path), "w") as container:
        stream = container.add_stream("aac", rate=RATE, layout="stereo")
        stream.bit_rate = BIT_RATE_BPS
        for first in range(0, len(sound.samples), 1024):
            planes = np.ascontiguousarray(sound.samples[first : first + 1024].T)
            frame = av.AudioFrame.from_ndarray(planes, format="fltp", layout="stereo")
            frame.sample_rate, frame.pts = RATE, first
            container.mux(stream.encode(frame))
        container.mux(stream.encode(None))
    return path


def ours(laid: Laid, profile: LoudnessProfile, path: Path) -> tuple[Path, float]:
    """Mastered and coded; CPU seconds without the coding."""
    coding = 0.0

    def code(sound: Sound) -> Path:
        nonlocal coding
        started = time.process_time()
        made = coded(sound, path)
        coding += time.process_time() - started
        return made

    started = time.process_time()
    made = master(laid.sound, profile, code, dialogue=laid.speech)
    return made.path, time.process_time() - started - coding


def loudnorm(laid: Laid, profile: LoudnessProfile, folder: Path) -> tuple[Path, float]:
    """Loudnorm of ffmpeg in two passes; CPU seconds of the program."""
    source, made = folder / "source.wav", folder / "loudnorm.wav"
    soundfile.write(source, laid.sound.samples, RATE, subtype="FLOAT")
    figures = f"I={profile.programme_lufs}:TP={profile.true_peak_dbtp}:LRA=11"
    before = children_seconds()
    words = ffmpeg("-i", source, "-af", f"loudnorm={figures}:print_format=json", "-f", "null", "-")
    told = json.loads(re.search(r"\{.*\}", words, re.DOTALL).group())
    known = ":".join(
        f"measured_{name}={told[f'input_{key}']}"
        for name, key in (("I", "i"), ("TP", "tp"), ("LRA", "lra"), ("thresh", "thresh"))
    )
    second = f"loudnorm={figures}:{known}:offset={told['target_offset']}:linear=true"
    ffmpeg("-i", source, "-af", second, "-ar", str(RATE), "-c:a", "pcm_f32le", "-y", made)
    seconds = children_seconds() - before
    samples, _ = soundfile.read(made, dtype="float32", always_2d=True)
    return coded(Sound(samples, RATE), folder / "loudnorm.m4a"), seconds


def judged(path: Path) -> tuple[float, float]:
    """LUFS by pyloudnorm and true peak by ffmpeg's ebur128, of the decoded file."""
    with av.open(str(path)) as container:
        planes = np.concatenate([f.to_ndarray() for f in container.decode(audio=0)], axis=1)
    lufs = pyloudnorm.Meter(RATE).integrated_loudness(planes.T.astype(np.float64))
    if FFMPEG is None:
        return lufs, measure_file(path).true_peak_dbtp
    words = ffmpeg("-i", path, "-af", "ebur128=peak=true:framelog=verbose", "-f", "null", "-")
    return lufs, float(re.findall(r"Peak:\s+(-?[\d.]+) dBFS", words)[-1])


def ffmpeg(*words: object) -> str:
    command = [FFMPEG, "-nostdin", "-hide_banner", "-nostats", *map(str, words)]
    return subprocess.run(command, capture_output=True, text=True, check=True).stderr


def children_seconds() -> float:
    import resource

    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def row(number: int, by: str, path: Path, cpu: float, profile: LoudnessProfile) -> Row:
    lufs, dbtp = judged(path)
    near = abs(lufs - profile.programme_lufs) <= NEAR_LU
    return Row(number, by, lufs, dbtp, near and dbtp <= profile.true_peak_dbtp, cpu)


def main() -> int:
    arguments = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    arguments.add_argument("--programmes", type=int, default=12)
    arguments.add_argument("--seed", type=int, default=1)
    arguments.add_argument("--profile", default="mobile", choices=("mobile", "ebu", "atsc"))
    arguments.add_argument("--json", action="store_true", help="print one JSON object instead")
    asked = arguments.parse_args()
    profile, rows = loudness_profile(asked.profile), []
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        for number in range(asked.programmes):
            laid = programme(number, asked.seed)
            rows.append(row(number, "silkreel", *ours(laid, profile, folder / "ours.m4a"), profile))
            if FFMPEG is not None:
                rows.append(row(number, "loudnorm", *loudnorm(laid, profile, folder), profile))
    if asked.json:
        print(json.dumps([asdict(one) for one in rows]))
    else:
        show(rows, profile)
    return 0 if all(one.met for one in rows if one.by == "silkreel") else 1


def show(rows: list[Row], profile: LoudnessProfile) -> None:
    mark = f"{profile.programme_lufs} +-{NEAR_LU} LUFS, at most {profile.true_peak_dbtp} dBTP"
    print(f"decoded AAC at {BIT_RATE_BPS // 1000} kb/s, profile {profile.name}: {mark}\n")
    print(f"{'programme':>10}{'by':>12}{'LUFS':>10}{'dBTP':>10}{'met':>6}{'CPU s':>8}")
    for one in rows:
        met = "yes" if one.met else "NO"
        print(
            f"{one.programme:10}{one.by:>12}{one.lufs:10.2f}{one.dbtp:10.2f}{met:>6}"
            f"{one.cpu_seconds:8.2f}"
        )
    print()
    for by in dict.fromkeys(one.by for one in rows):
        mine = [one for one in rows if one.by == by]
        met = sum(one.met for one in mine)
        cpu = sum(one.cpu_seconds for one in mine) / (len(mine) * SECONDS / 60)
        print(f"{by}: {met} of {len(mine)} meet the mark; {cpu:.2f} CPU s per minute of sound")
    if FFMPEG is None:
        print("loudnorm was not run: ffmpeg is not installed")


if __name__ == "__main__":
    sys.exit(main())
