"""A small installation with real media drawn by the test."""

import fcntl
import json
import math
import random
import shutil
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from fractions import Fraction
from functools import cache
from io import BytesIO
from pathlib import Path

import av
import numpy as np
from PIL import Image, ImageDraw, ImageFilter
from thumbhash import image_to_thumbhash

from silkreel.catalogue.tables import EditionRow, EpisodeRow, ReleaseRow, RenditionRow, SeriesRow
from silkreel.kit.artifacts import Workshop
from silkreel.kit.clock import now
from silkreel.kit.database import Session
from silkreel.kit.ids import random_id
from silkreel.kit.keys import file_hash
from silkreel.kit.opening import open_workshop
from silkreel.kit.settings import Settings
from silkreel.kit.storage import Store
from silkreel.media.cmaf import codec_string, index_cmaf

RATE = 25
SOUND_RATE = 48_000
TONES = {"en": 440.0, "es": 660.0, "zh-Hans": 330.0, "pt-BR": 880.0, "ar": 550.0}
WORDS = {
    "en": "You kept my letter all these years",
    "es": "Guardaste mi carta todos estos años",
    "zh-Hans": "这么多年 你一直留着我的信",
    "pt-BR": "Você guardou minha carta por todos esses anos",
    "ar": "احتفظتَ برسالتي كل هذه السنين",
}
FRAGMENTS = "cmaf+empty_moov+default_base_moof+skip_trailer"


@dataclass(frozen=True, slots=True)
class Trial:
    """What to make of one series."""

    slug: str = "harbour-lights"
    titles: tuple[tuple[str, str], ...] = (("en", "Harbour Lights"), ("es", "Luces del puerto"))
    synopses: tuple[tuple[str, str], ...] = (
        ("en", "She came home to sell the boat. He had kept it afloat for ten years."),
        ("es", "Volvió para vender el barco. Él lo mantuvo a flote diez años."),
    )
    source_language: str = "en"
    languages: tuple[str, ...] = ("en", "es")
    drafts: tuple[str, ...] = ()
    episodes: int = 2
    seconds: int = 6
    rungs: tuple[tuple[int, int], ...] = ((180, 320), (270, 480))
    market: str = "001"
    orientation: str = "vertical"
    hue: float = 0.62
    seed: int = 1
    lines_of: tuple[str, ...] = ("en", "es")


def open_trial(home: Path) -> Workshop:
    """An empty installation."""
    return open_workshop(Settings(home=home))


def seed(workshop: Workshop, trial: Trial, media: Path | None = None) -> list[str]:
    """Make and release a series; answers the ids of its episodes.

    What is drawn and encoded is kept in the folder `media` and found there the next time, by this
    process or another.
    """
    drawn = Drawings(trial, media or workshop.store.folder.parent / "trial")
    with workshop.transaction() as tx:
        series = SeriesRow(
            id=random_id(), slug=trial.slug, titles=dict(trial.titles),
            synopses=dict(trial.synopses), source_language=trial.source_language,
            orientation=trial.orientation, made_at=now(),
        )  # fmt: skip
        tx.add(series)
        tx.flush()
        with drawn.alone():
            ids = [
                _episode(tx, workshop.store, drawn, series=series, number=n + 1)
                for n in range(trial.episodes)
            ]
        tx.add(
            ReleaseRow(
                series_id=series.id, market=trial.market, languages=list(trial.languages),
                drafts_allowed=bool(trial.drafts), released_at=now(),
            )
        )  # fmt: skip
    return ids


@dataclass(frozen=True, slots=True)
class Drawings:
    """The files of a series, each drawn once; the folder's name says all that they depend on."""

    trial: Trial
    media: Path

    @property
    def folder(self) -> Path:
        trial = self.trial
        return self.media / f"{trial.hue}-{trial.seed}-{trial.seconds}s"

    @contextmanager
    def alone(self) -> Iterator[None]:
        """Nobody else draws here meanwhile."""
        self.folder.mkdir(parents=True, exist_ok=True)
        with (self.folder / "lock").open("w") as file:
            fcntl.flock(file, fcntl.LOCK_EX)
            yield

    def video(self, number: int, width: int, height: int) -> Path:
        """The moving picture of an episode at a size."""
        path = self.folder / f"{number}-{width}x{height}.mp4"
        if not path.exists():
            half = path.with_suffix(".half.mp4")  # what is killed in the middle is not found
            trial = self.trial
            write_video(half, width, height, trial.seconds, trial.hue, self._dice(number))
            half.rename(path)
        return path

    def tone(self, language: str) -> Path:
        """The sound of a language."""
        path = self.folder / f"{language}.mp4"
        if not path.exists():
            half = path.with_suffix(".half.mp4")
            write_tone(half, TONES[language], self.trial.seconds)
            half.rename(path)
        return path

    def captions(self, language: str) -> Path:
        """The subtitles of a language."""
        path = self.folder / f"{language}.vtt"
        if not path.exists():
            path.write_text(captions(language, self.trial.seconds), encoding="utf-8")
        return path

    def poster(self, number: int) -> tuple[Path, str]:
        """An episode's still, and its hash of twenty bytes."""
        width, height = self.trial.rungs[-1]
        path = self.folder / f"{number}-{width}x{height}.webp"
        told = path.with_suffix(".thumbhash")
        if not told.exists():  # written last
            still = scene(width, height, self.trial.hue, self._dice(number), 0.3)
            still.resize((540, round(540 * height / width))).save(path, "WEBP", quality=82)
            still.thumbnail((100, 100))
            told.write_text(_thumbhash(still), encoding="ascii")
        return path, told.read_text("ascii")

    def _dice(self, number: int) -> int:
        return self.trial.seed * 100 + number


def _episode(tx: Session, store: Store, drawn: Drawings, *, series: SeriesRow, number: int) -> str:
    trial = drawn.trial
    width, height = trial.rungs[-1]
    poster, thumbhash = drawn.poster(number)
    episode = EpisodeRow(
        id=random_id(), series_id=series.id, number=number, asset=random_id(20), titles={},
        master_hash="0" * 64, master_suffix=".mp4", width_pixels=width, height_pixels=height,
        frame_rate=str(RATE), frame_count=RATE * trial.seconds,
        length_seconds=float(trial.seconds), poster_hash=_put(store, poster),
        thumbhash=thumbhash,
    )  # fmt: skip
    tx.add(episode)
    tx.flush()
    for size in trial.rungs:
        _keep(
            tx, store, episode.id, "video", f"v{min(size)}", None, drawn.video(number, *size), size
        )
    for language in trial.languages:
        kind = "original" if language == trial.source_language else "dub"
        tx.add(
            EditionRow(
                id=random_id(), episode_id=episode.id, language=language, kind=kind,
                draft_lines=3 if language in trial.drafts else 0, made_at=now(),
            )
        )  # fmt: skip
        _keep(tx, store, episode.id, "audio", f"a.{language}", language, drawn.tone(language), None)
        ending, text = "cc" if kind == "original" else "sub", drawn.captions(language)
        _keep(tx, store, episode.id, "subtitles", f"s.{language}.{ending}", language, text, None)
    return episode.id


def _keep(
    tx: Session, store: Store, episode_id: str, kind: str, name: str, language: str | None,
    path: Path, size: tuple[int, int] | None,
) -> None:  # fmt: skip
    read = _read(path)
    tx.add(
        RenditionRow(
            id=random_id(), episode_id=episode_id, kind=kind, name=name, language=language,
            content_hash=_put(store, path), suffix=path.suffix, size_bytes=read.size_bytes,
            codec=read.codec, width_pixels=size[0] if size else None,
            height_pixels=size[1] if size else None,
            segments=json.loads(read.index), made_at=now(),
        )
    )  # fmt: skip


@dataclass(frozen=True, slots=True)
class Read:
    """What a drawn file's row says of it."""

    content_hash: str
    size_bytes: int
    codec: str
    index: str  # JSON


@cache
def _read(path: Path) -> Read:
    media = path.suffix == ".mp4"
    index = index_cmaf(path).to_json() if media else {}
    codec = codec_string(path) if media else "wvtt"
    return Read(file_hash(path), path.stat().st_size, codec, json.dumps(index))


def _put(store: Store, path: Path) -> str:
    """Copy a drawn file to its place; `Store.copy` waits for the disk, and hashes what we know."""
    content_hash = _read(path).content_hash
    target = store.path(content_hash, path.suffix)
    if not target.exists():
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(path, target)
    return content_hash


def _thumbhash(still: Image.Image) -> str:
    made = image_to_thumbhash(_file(still))
    return made if isinstance(made, str) else bytes(made).hex()


def _file(still: Image.Image) -> BytesIO:
    stream = BytesIO()
    still.save(stream, "PNG")
    stream.seek(0)
    return stream


def write_video(path: Path, width: int, height: int, seconds: int, hue: float, seed: int) -> None:
    """H.264 in single-file CMAF: a key frame every two seconds, one segment each."""
    options = {"movflags": f"{FRAGMENTS}+frag_keyframe"}
    with av.open(str(path), "w", format="mp4", options=options) as out:
        stream = out.add_stream("libx264", rate=RATE)
        stream.width, stream.height, stream.pix_fmt = width, height, "yuv420p"
        group = 2 * RATE
        stream.options = {
            "preset": "veryfast", "crf": "27", "profile": "main",
            "x264-params": f"keyint={group}:min-keyint={group}:scenecut=0:open-gop=0:bframes=0",
        }  # fmt: skip
        stream.time_base = stream.codec_context.time_base = Fraction(1, RATE)
        base = scene(width, height, hue, seed, 0.3)
        for n in range(seconds * RATE):
            picture = _moved(base, n / (seconds * RATE), n)
            frame = av.VideoFrame.from_ndarray(picture, format="rgb24")
            frame.pts = n
            out.mux(stream.encode(frame))
        out.mux(stream.encode(None))


def write_tone(path: Path, hertz: float, seconds: int) -> None:
    """AAC in single-file CMAF: a steady tone, a segment every two seconds."""
    options = {"movflags": FRAGMENTS, "frag_duration": "2000000"}
    with av.open(str(path), "w", format="mp4", options=options) as out:
        stream = out.add_stream("aac", rate=SOUND_RATE, layout="stereo", bit_rate=96_000)
        moments = np.arange(seconds * SOUND_RATE) / SOUND_RATE
        wave = (0.2 * np.sin(2 * math.pi * hertz * moments)).astype(np.float32)
        for start in range(0, len(wave), 1024):
            block = wave[start : start + 1024]
            frame = av.AudioFrame.from_ndarray(np.stack([block, block]), "fltp", "stereo")
            frame.sample_rate, frame.pts = SOUND_RATE, start
            out.mux(stream.encode(frame))
        out.mux(stream.encode(None))


def captions(language: str, seconds: int) -> str:
    """A cue every two seconds, with line ids."""
    cues = [
        f"ep001_{n:04d}\n00:00:{n * 2:02d}.200 --> 00:00:{n * 2 + 1:02d}.900 line:82%\n"
        f"{WORDS[language]}\n"
        for n in range(seconds // 2)
    ]
    return "WEBVTT\nX-TIMESTAMP-MAP=MPEGTS:0,LOCAL:00:00:00.000\n\n" + "\n".join(cues)


def scene(width: int, height: int, hue: float, seed: int, warmth: float) -> Image.Image:
    """A dusk with lights and two people, as a still."""
    dice = random.Random(seed)
    top, bottom = _colour(hue, 0.75, 0.16), _colour((hue + warmth) % 1, 0.65, 0.62)
    column = np.linspace(0, 1, height)[:, None] ** 1.4
    rows = np.array(top) * (1 - column) + np.array(bottom) * column
    picture = Image.fromarray(np.repeat(rows[:, None, :], width, 1).astype(np.uint8))
    glow = Image.new("RGB", (width, height))
    lamp = ImageDraw.Draw(glow)
    for _ in range(26):
        x, y = dice.randrange(width), dice.randrange(int(height * 0.25), int(height * 0.75))
        r = dice.randrange(max(3, width // 60), max(5, width // 14))
        lamp.ellipse(
            (x - r, y - r, x + r, y + r),
            fill=_colour((hue + warmth + dice.random() * 0.1) % 1, 0.5, dice.uniform(0.2, 0.6)),
        )
    glow = glow.filter(ImageFilter.GaussianBlur(max(1, width // 90)))
    picture = Image.fromarray(
        np.minimum(255, np.asarray(picture, int) + np.asarray(glow, int)).astype(np.uint8)
    )
    shade = Image.new("L", (width, height))
    draw = ImageDraw.Draw(shade)
    unit = min(width, height * 0.6)
    for side, scale in ((0.34, 1.0), (0.68, 0.93)):
        _person(draw, width * (side + dice.uniform(-0.03, 0.03)), height, unit * scale)
    shade = shade.filter(ImageFilter.GaussianBlur(max(1, width // 200)))
    picture.paste(Image.new("RGB", (width, height), _colour(hue, 0.6, 0.07)), (0, 0), shade)
    return picture


def _person(draw: ImageDraw.ImageDraw, x: float, height: float, unit: float) -> None:
    head, shoulder = unit * 0.13, unit * 0.27
    neck = height - unit * 0.78
    draw.ellipse((x - head, neck - head * 2.3, x + head, neck + head * 0.2), fill=255)
    draw.rectangle((x - head * 0.4, neck - head * 0.3, x + head * 0.4, neck + head), fill=255)
    draw.rounded_rectangle(
        (x - shoulder, neck + head * 0.55, x + shoulder, height + 50),
        radius=int(unit * 0.16),
        fill=255,
    )


def _colour(hue: float, saturation: float, value: float) -> tuple[int, int, int]:
    import colorsys

    red, green, blue = colorsys.hsv_to_rgb(hue, saturation, value)
    return int(red * 255), int(green * 255), int(blue * 255)


def _moved(base: Image.Image, share: float, number: int) -> np.ndarray:
    """The still, slowly nearing, with a bar that tells the frame's number."""
    width, height = base.size
    inset = share * 0.06
    box = (width * inset, height * inset, width * (1 - inset), height * (1 - inset))
    near = base.resize((width, height), Image.Resampling.BILINEAR, box=box)
    ImageDraw.Draw(near).rectangle(
        (0, 0, int(width * ((number % 50) / 50)), 2), fill=(255, 255, 255)
    )
    return np.asarray(near)


def seed_showcase(workshop: Workshop, trials: Sequence[Trial]) -> None:
    """Several series, oldest first."""
    for trial in trials:
        seed(workshop, trial)
