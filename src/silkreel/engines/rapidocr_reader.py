"""Reads text in pictures with PP-OCRv6 small, whose weights lie inside the rapidocr wheel.

Its 18,708 symbols were looked through: Chinese in both scripts, Japanese and the Latin letters of
Europe. There is no Cyrillic, Greek only for formulas, no Korean, Arabic or Thai, and of Vietnamese
only stray letters, so those languages are not on the card.
"""

import hashlib
from dataclasses import dataclass, field
from importlib.metadata import PackageNotFoundError, version
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from silkreel.engines.contracts import Box, EngineCard, EngineMissing, Luma, TextBox
from silkreel.kit.children import Child, Limits
from silkreel.kit.keys import file_hash
from silkreel.kit.settings import Settings
from silkreel.kit.words import words

WORKER = "silkreel.engines.rapidocr_worker"
FILES = {"detect": "PP-OCRv6_det_small.onnx", "recognise": "PP-OCRv6_rec_small.onnx"}
# Primary tags whose letters are all among the model's symbols (tested).
LANGUAGES = (
    "zh", "ja", "en", "es", "pt", "fr", "de", "it", "nl", "id", "ms", "pl", "hu", "ro",
    "tr", "sv", "da", "nb", "fi", "hr", "sl", "et", "lv", "lt",
)  # fmt: skip
# One picture takes a tenth of a second; CPU time is not bounded, a series may be read by one child.
LIMITS = Limits(cpu_seconds=None, wall_seconds=120.0, silence_seconds=120.0)


@dataclass(slots=True, eq=False)
class RapidOcrReader:
    """The default reader: a model in a child of its own, started by the first picture."""

    card: EngineCard
    models: dict[str, str]
    _child: Child = field(default_factory=lambda: Child(WORKER, LIMITS))

    @classmethod
    def open(cls, settings: Settings) -> "RapidOcrReader":  # noqa: ARG003 - nothing to set yet
        """Find the weights in the installed wheel.

        Raises:
            EngineMissing: the package or its weights are not there.
        """
        paths = _weights()
        card = EngineCard(
            name="rapidocr",
            version=f"{version('rapidocr')} PP-OCRv6 small",
            languages=LANGUAGES,
            code_licence="Apache-2.0",
            weights_licence="Apache-2.0",
            model_sha256=_hash_of_all(paths),
            workers_allowed=2,
        )
        return cls(card, {use: str(path) for use, path in paths.items()})

    def expect(self, language: str) -> None:
        """Nothing to prefer: the one model reads all of its languages at once."""

    def read(self, picture: Luma, *, detect: bool) -> tuple[TextBox, ...]:
        """Text in a luma picture (height, width) uint8; without `detect` it holds one line.

        Raises:
            ChildCrashed, ChildTooSlow: the model died; the next call starts it again.
        """
        request = {"models": self.models, "detect": detect}
        answer = self._child.ask(request, [picture])
        return tuple(_text_box(line) for line in answer.value["lines"])

    def close(self) -> None:
        """End the child."""
        self._child.close()


def _text_box(line: dict[str, Any]) -> TextBox:
    return TextBox(line["text"], Box(*line["box"]), line["confidence"], tuple(line["characters"]))


def _weights() -> dict[str, Path]:
    """Paths of the model files inside the wheel, found without importing it."""
    try:
        version("rapidocr")
        package = find_spec("rapidocr")
    except PackageNotFoundError:
        package = None
    if package is None or package.origin is None:
        raise _missing(words("the package {package} is not installed", package="rapidocr"))
    folder = Path(package.origin).parent / "models"
    paths = {use: folder / name for use, name in FILES.items()}
    for path in paths.values():
        if not path.is_file():
            raise _missing(words("{file} is not in the installed wheel", file=path.name))
    return paths


def _missing(why: str) -> EngineMissing:
    mend = words("Install it with: pip install 'rapidocr>=3.10'.")
    return EngineMissing(engine="rapidocr", why=why, mend=mend)


def _hash_of_all(paths: dict[str, Path]) -> str:
    """One sha256 over the files' own sha256, in the order of their names."""
    hashes = sorted(f"{path.name}:{file_hash(path)}" for path in paths.values())
    return hashlib.sha256("\n".join(hashes).encode()).hexdigest()
