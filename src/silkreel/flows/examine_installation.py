"""What is installed, what is missing, what that costs, and the command that mends it."""

import shutil
import sqlite3
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Literal

from silkreel.engines.contracts import EngineMissing
from silkreel.engines.model_store import list_models
from silkreel.engines.registry import Skill, engine_names
from silkreel.engines.shelf import EngineShelf
from silkreel.kit.languages import name_in
from silkreel.kit.settings import Settings
from silkreel.kit.words import language_in_force, words
from silkreel.media.theatre.fonts import FontMissing, ShapingMissing
from silkreel.media.theatre.typesetting import Setting, runs

Health = Literal["good", "missing", "optional"]

SPACE_BYTES = 5 * 1024**3  # a series of 80 episodes with three rungs and five languages
NETWORK_FILE_SYSTEMS = frozenset({"nfs", "nfs4", "cifs", "smb3", "fuse.sshfs", "9p"})
# What the user loses without a skill; the engines that are only for production are optional.
COST_SENTENCES: dict[Skill, str] = {
    "readers": "burned-in captions cannot be read; give subtitle files instead",
    "voice_activity": "speech cannot be found, so lines keep their captions' times",
    "transcribers": "speech is not recognised; lines come from captions or subtitles only",
    "aligners": "words cannot be timed inside a line",
    "translators": "lines without an approved translation wait for a person",
    "speakers": "nothing can be spoken",
    "separators": "the original is ducked under the dub (voice-over) unless a stem is given",
    "voice_printers": "speakers are not told apart; every line has one voice unless a script names them",
}
# A word of each language that needs letters of its own in a picture.
LETTERS = {
    "zh-Hans": "你好", "zh-Hant": "你們", "ja": "こんにちは", "ko": "안녕", "en": "hello",
    "vi": "chào bạn ạ", "ru": "привет", "ar": "مرحبا", "th": "สวัสดี", "hi": "नमस्ते",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that was looked at."""

    what: str
    health: Health
    state: str
    cost: str = ""
    mend: str = ""

    def to_json(self) -> dict[str, Any]:
        """As machines read it."""
        return asdict(self)


def examine_installation(settings: Settings) -> list[Finding]:
    """Every part of the installation, in the order in which a person needs them."""
    return [
        *_home(settings), *_models(settings), *_engines(settings), *_letters(), *_programs(),
    ]  # fmt: skip


def _home(settings: Settings) -> Iterator[Finding]:
    folder = settings.folder
    free = shutil.disk_usage(folder).free
    state = words("{folder}, {free:.0f} GiB free", folder=folder, free=free / 1024**3)
    if free < SPACE_BYTES:
        yield Finding(
            words("home folder"),
            "missing",
            state,
            words("a series may not fit"),
            words("Free space, or set SILKREEL_HOME."),
        )
    else:
        yield Finding(words("home folder"), "good", state)
    kind = _file_system(folder)
    if kind in NETWORK_FILE_SYSTEMS and settings.app_database.startswith("sqlite"):
        yield Finding(
            words("database"), "missing", words("SQLite on {kind}", kind=kind),
            words("data can be lost on a network file system"),
            words("Put SILKREEL_HOME on a local disk, or set SILKREEL_DATABASE_URL to PostgreSQL."),
        )  # fmt: skip
    else:
        name = (
            "SQLite " + sqlite3.sqlite_version
            if "sqlite" in settings.app_database
            else "PostgreSQL"
        )
        yield Finding(words("database"), "good", name)


def _models(settings: Settings) -> Iterator[Finding]:
    for each in list_models(settings):
        good = each.condition in {"ready", "installed"}
        yield Finding(
            words("model {name}", name=each.model.name),
            "good" if good else "missing",
            each.condition,
            "" if good else words("the engines that use it fall to the next"),
            "" if good else "silkreel models fetch",
        )


def _engines(settings: Settings) -> Iterator[Finding]:
    shelf = EngineShelf(settings)
    try:
        for skill, cost in COST_SENTENCES.items():
            names = engine_names(skill)
            here, missing = shelf.available(skill, names)
            for name in here:
                card = shelf.card(skill, name)
                yield Finding(f"{skill}: {name}", "good", f"{card.name} {card.version}")
            for name, refusal in zip([n for n in names if n not in here], missing, strict=True):
                health: Health = "optional" if here else "missing"
                told = "" if here else words(cost)
                yield _missing(f"{skill}: {name}", health, refusal, told)
    finally:
        shelf.close()


def _missing(what: str, health: Health, refusal: EngineMissing, cost: str) -> Finding:
    values = refusal.values
    return Finding(what, health, str(values.get("why", refusal)), cost, str(values.get("mend", "")))


def _letters() -> Iterator[Finding]:
    """Whether captions of each language can be drawn into pictures: its font, and its joining."""
    for language, letters in LETTERS.items():
        what = words("letters of {language}", language=name_in(language, language_in_force()))
        try:
            row = runs(letters, Setting(language))
        except (FontMissing, ShapingMissing) as refusal:
            cost = words("its captions cannot be drawn into animatics")
            mend = str(refusal).rpartition(": ")[2]
            yield Finding(what, "optional", words("missing"), cost, mend)
        else:
            yield Finding(what, "good", row[0].face.path.name)


def _programs() -> Iterator[Finding]:
    programs = {
        "espeak-ng": (
            words("voices and pronunciation of most languages"),
            "apt-get install espeak-ng",
        ),
        "tesseract": (
            words("captions in Cyrillic and other letters the first reader does not know"),
            "apt-get install tesseract-ocr tesseract-ocr-rus",
        ),
        "chromium": (words("only the browser tests need it"), "apt-get install chromium"),
        "npm": (words("fetches the Kokoro voices once"), "apt-get install npm"),
    }
    for name, (cost, mend) in programs.items():
        path = shutil.which(name)
        if path:
            yield Finding(words("program {name}", name=name), "good", path)
        else:
            health: Health = "missing" if name == "espeak-ng" else "optional"
            yield Finding(
                words("program {name}", name=name), health, words("not on PATH"), cost, mend
            )


def _file_system(folder: Path) -> str:
    try:
        mounts = Path("/proc/mounts").read_text(encoding="utf-8").splitlines()
    except OSError:
        return "unknown"
    best = ("", "unknown")
    for mount in mounts:
        _, place, kind, *_ = mount.split()
        if str(folder).startswith(place) and len(place) > len(best[0]):
            best = (place, kind)
    return best[1]
