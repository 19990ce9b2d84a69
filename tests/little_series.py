"""A series of seconds with everything a producer could hand over, made by the test."""

import os
import subprocess
import sys
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
import soundfile

RATE = 25
SOUND_RATE = 48_000
SECONDS = 4
LINES = {1: ("你终于回来了", "我等了你三年"), 2: ("这不是真的", "他还活着")}
WORDS = {
    "en": {"你终于回来了": "You came back.", "我等了你三年": "I waited three years.",
           "这不是真的": "This isn't real.", "他还活着": "He's alive."},
    "es": {"你终于回来了": "Por fin volviste.", "我等了你三年": "Te esperé tres años.",
           "这不是真的": "Esto no es real.", "他还活着": "Sigue vivo."},
}  # fmt: skip
SHEET = """
slug: little
title: {zh-Hans: 小戏, en: A Little Play}
source_language: zh
cast:
  - {name: 阿梅, names: {en: Mei}, voices: {en: "espeak:en-us+f2", es: "espeak:es+f2"}}
"""


def make_folder(folder: Path, episodes: int = 2) -> Path:
    """Episodes with scripts and stems, and a sheet."""
    folder.mkdir(parents=True)
    (folder / "series.yaml").write_text(SHEET, encoding="utf-8")
    for number in range(1, episodes + 1):
        make_clip(folder / f"第{number}集.mp4", hue=number)
        (folder / f"第{number}集.zh.srt").write_text(_script(LINES[number]), encoding="utf-8")
        soundfile.write(folder / f"第{number}集.me.wav", _tone(110 * number, 0.05), SOUND_RATE)
    return folder


def make_clip(
    path: Path, *, hue: int = 1, seconds: float = SECONDS, size: tuple[int, int] = (480, 854)
) -> Path:
    """A vertical clip of moving gradients with a humming voice."""
    width, height = size
    with av.open(str(path), "w") as container:
        video = container.add_stream("libx264", rate=RATE, options={"preset": "ultrafast"})
        video.width, video.height, video.pix_fmt = width, height, "yuv420p"
        audio = container.add_stream("aac", rate=SOUND_RATE)
        audio.layout = "stereo"
        down = np.linspace(0, 200, height, dtype=np.float32)[:, None]
        for number in range(round(seconds * RATE)):
            luma = (down + np.arange(width)[None, :] * 0.1 + number * 2 + hue * 20) % 235
            rgb = np.stack([luma, np.roll(luma, 40, 0), luma * 0.5], axis=2).astype(np.uint8)
            frame = av.VideoFrame.from_ndarray(rgb, format="rgb24")
            for packet in video.encode(frame):
                container.mux(packet)
        container.mux(video.encode(None))
        sound = np.repeat(_tone(220.0 * hue, 0.2, seconds)[None, :], 2, axis=0)
        frame = av.AudioFrame.from_ndarray(sound.astype(np.float32), format="fltp", layout="stereo")
        frame.sample_rate, frame.time_base = SOUND_RATE, Fraction(1, SOUND_RATE)
        container.mux(audio.encode(frame))
        container.mux(audio.encode(None))
    return path


ENGINES = {  # light ones only: scripts are given, espeak-ng speaks, nobody translates
    "SILKREEL_SPEAKERS": "espeak",
    "SILKREEL_TRANSLATORS": "",
    "SILKREEL_TRANSCRIBERS": "",
    "SILKREEL_ALIGNERS": "",
    "SILKREEL_SEPARATORS": "",
    "SILKREEL_READERS": "",
}


def environment(home: Path) -> dict[str, str]:
    """Of a command on this home."""
    return {**os.environ, "SILKREEL_HOME": str(home), **ENGINES, "SILKREEL_CORES": "2"}


def silkreel(home: Path, *words: str) -> subprocess.CompletedProcess[str]:
    """Run the command line as a person would."""
    return subprocess.run(
        [sys.executable, "-m", "silkreel", *words],
        env=environment(home), capture_output=True, text=True, timeout=300, check=False,
    )  # fmt: skip


def _script(lines: tuple[str, ...]) -> str:
    blocks = [
        f"{n}\n00:00:0{2 * n - 2},500 --> 00:00:0{2 * n - 1},900\n{text}\n"
        for n, text in enumerate(lines, start=1)
    ]
    return "\n".join(blocks)


def _tone(hertz: float, level: float, seconds: float = SECONDS) -> np.ndarray:
    moments = np.arange(round(seconds * SOUND_RATE)) / SOUND_RATE
    return level * np.sin(2 * np.pi * hertz * moments)
