"""Reads text in pictures with the program Tesseract (Apache-2.0): Cyrillic and what else is installed.

It was made for pages, so it is the second reader: for languages whose letters the first does not know.
"""

import shutil
import subprocess
from dataclasses import dataclass, field
from functools import cache

from silkreel.engines.contracts import (
    Box,
    EngineCard,
    EngineMissing,
    LanguageNotSpoken,
    Luma,
    TextBox,
)
from silkreel.kit.children import Child, Limits
from silkreel.kit.languages import primary
from silkreel.kit.settings import Settings

PROGRAM = "tesseract"
WORKER = "silkreel.engines.tesseract_worker"
VERSION = "1"
ASK_SECONDS = 10.0
# A picture takes half a second; the program starts anew for each and inherits these.
LIMITS = Limits(cpu_seconds=None, wall_seconds=60.0, silence_seconds=60.0)
# BCP 47 primary tags and what the program's language files are called.
FILES = {
    "ru": "rus", "uk": "ukr", "bg": "bul", "sr": "srp", "el": "ell", "ko": "kor", "th": "tha",
    "vi": "vie", "ar": "ara", "he": "heb", "hi": "hin", "en": "eng", "zh": "chi_sim", "ja": "jpn",
    "es": "spa", "pt": "por", "fr": "fra", "de": "deu", "it": "ita", "tr": "tur", "pl": "pol",
}  # fmt: skip


@dataclass(slots=True, eq=False)
class TesseractReader:
    """The program behind a child of its own; it reads one language at a time, told by `expect`."""

    card: EngineCard
    _file: str = "eng"
    _child: Child = field(default_factory=lambda: Child(WORKER, LIMITS))

    @classmethod
    def open(cls, settings: Settings) -> "TesseractReader":  # noqa: ARG003 - every engine's way in
        """Find the program and its languages.

        Raises:
            EngineMissing: the program, or every language file for it, is not installed.
        """
        version, installed = _installed()
        languages = tuple(tag for tag, file in FILES.items() if file in installed)
        if not languages:
            raise _missing("none of its language files is installed")
        return cls(
            EngineCard(
                name="tesseract",
                version=f"{VERSION}+{version}",
                languages=languages,
                code_licence="Apache-2.0, called as a program",
                weights_licence=None,
                model_sha256=None,
                workers_allowed=2,
            )
        )

    def expect(self, language: str) -> None:
        """Read this language from now on.

        Raises:
            LanguageNotSpoken: its file is not installed.
        """
        if primary(language) not in (self.card.languages or ()):
            raise LanguageNotSpoken(engine="Tesseract", language=language)
        self._file = FILES[primary(language)]

    def read(self, picture: Luma, *, detect: bool) -> tuple[TextBox, ...]:
        """Text in a luma picture (height, width) uint8; without `detect` it holds one line.

        Raises:
            ChildCrashed, ChildTooSlow: the program died; the next call starts it again.
        """
        asked = {"program": shutil.which(PROGRAM) or PROGRAM, "file": self._file, "detect": detect}
        answer = self._child.ask(asked, [picture])
        return tuple(
            TextBox(line["text"], Box(*line["box"]), line["confidence"], tuple(line["characters"]))
            for line in answer.value["lines"]
        )

    def close(self) -> None:
        """End the child."""
        self._child.close()


@cache
def _installed() -> tuple[str, frozenset[str]]:
    """Version of the program and names of its language files."""
    program = shutil.which(PROGRAM)
    if program is None:
        raise _missing("the program tesseract is not installed")
    words = [
        subprocess.run(
            [program, option], capture_output=True, text=True, timeout=ASK_SECONDS, check=False
        ).stdout
        for option in ("--version", "--list-langs")
    ]
    version = next((word for word in words[0].split() if word[:1].isdigit()), "unknown")
    return version, frozenset(line.strip() for line in words[1].splitlines()[1:])


def _missing(why: str) -> EngineMissing:
    mend = "Run `apt-get install tesseract-ocr tesseract-ocr-rus` (or your language's package)."
    return EngineMissing(engine="tesseract", why=why, mend=mend)
