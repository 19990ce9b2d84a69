"""CTranslate2 models of the operator's own: a folder of subfolders zh-en, en-es, ..., in a child process.

A subfolder holds model.bin and either tokenizer.json, or source.spm and target.spm (Opus-MT's names),
or one sentencepiece.model for both. What a model wants around its tokens stands in an optional
prompt.json: {"source_prefix": ["zho_Hans"], "target_prefix": ["eng_Latn"]}.
"""

import json
from importlib.util import find_spec
from pathlib import Path

from silkreel.engines.contracts import Candidate, EngineCard, EngineMissing, TranslationRequest
from silkreel.engines.language_pairs import ModelUnreadable, PairFolders
from silkreel.engines.weights import directory_sha256
from silkreel.kit.children import Child, Limits
from silkreel.kit.settings import Settings
from silkreel.kit.words import words

VERSION = "1"
LIMITS = Limits(address_space_bytes=16 * 1024**3, cpu_seconds=None, silence_seconds=300.0)
SPM_PAIRS = (("source.spm", "target.spm"), ("sentencepiece.model",) * 2, ("spm.model",) * 2,
             ("sentencepiece.bpe.model",) * 2)  # fmt: skip


class Ctranslate2Translator:
    """Translates line by line with the models of a folder; knows no scene, no terms, one length."""

    rewords = False

    def __init__(self, folder: Path, settings: Settings, *, threads: int = 1) -> None:
        self._folders = PairFolders(folder, _usable)
        self._threads = threads
        self._child = Child("silkreel.engines.ctranslate2_worker", LIMITS)
        self.card = EngineCard(
            name="ctranslate2",
            version=f"{VERSION}+ctranslate2-{_package_version()}",
            languages=self._folders.languages(),
            code_licence="MIT",
            weights_licence=None,  # the operator's own
            model_sha256=directory_sha256(folder, settings),
        )

    @classmethod
    def open(cls, settings: Settings) -> "Ctranslate2Translator":
        """Find the folder and at least one model in it that can be used.

        Raises:
            EngineMissing: there is none; the sentence says what is wanting.
        """
        folder = settings.ctranslate2_folder
        if folder is None:
            raise EngineMissing(
                engine="ctranslate2",
                why=words("no folder of models is configured"),
                mend=words(
                    "Set SILKREEL_CTRANSLATE2_FOLDER to a folder with subfolders such as zh-en."
                ),
            )
        if not PairFolders(folder, _usable).pairs():
            raise EngineMissing(engine="ctranslate2", why=_why_not(folder), mend=_mend(folder))
        return cls(folder, settings)

    def can(self, source_language: str, target_language: str) -> bool:
        """Whether a model, or two by way of English, leads there."""
        return bool(self._folders.route(source_language, target_language))

    def translate(self, request: TranslationRequest) -> tuple[Candidate, ...]:
        """One full wording a line.

        Raises:
            ModelUnreadable: a model's files are not what they should be.
        """
        return self._folders.translate(
            request, self._child, lambda folder: {"threads": self._threads, **_files(folder)}
        )

    def close(self) -> None:
        """End the child."""
        self._child.close()


def _usable(folder: Path) -> bool:
    if not (folder / "model.bin").is_file():
        return False
    return (folder / "tokenizer.json").is_file() or (_spm(folder) is not None and _reads_spm())


def _spm(folder: Path) -> tuple[str, str] | None:
    return next(
        (pair for pair in SPM_PAIRS if all((folder / name).is_file() for name in pair)), None
    )


def _reads_spm() -> bool:
    return find_spec("sentencepiece") is not None


def _files(folder: Path) -> dict[str, object]:
    prompt = folder / "prompt.json"
    around: dict[str, object] = {}
    if prompt.is_file():
        try:
            around = dict(json.loads(prompt.read_text(encoding="utf-8")))
        except (ValueError, TypeError) as problem:
            raise ModelUnreadable(
                engine="ctranslate2", folder=str(folder), why=f"prompt.json: {problem}"
            ) from None
    if (folder / "tokenizer.json").is_file():
        return {"tokenizer": "tokenizer.json", "prompt": around}
    return {"spm": list(_spm(folder) or ()), "prompt": around}


def _why_not(folder: Path) -> str:
    if not folder.is_dir():
        return words("{folder} is not a folder", folder=folder)
    waiting = [path.name for path in folder.iterdir() if path.is_dir() and _spm(path)]
    if waiting and not _reads_spm():
        return words(
            "the models {models} need the package sentencepiece", models=", ".join(sorted(waiting))
        )
    return words("{folder} holds no subfolder with model.bin and a tokenizer", folder=folder)


def _mend(folder: Path) -> str:
    if folder.is_dir() and any(_spm(path) for path in folder.iterdir() if path.is_dir()):
        return words("Run: pip install sentencepiece (or put a tokenizer.json beside model.bin).")
    return words(
        "Each subfolder is named SOURCE-TARGET and holds model.bin "
        "with tokenizer.json or source.spm and target.spm."
    )


def _package_version() -> str:
    from importlib.metadata import version

    return version("ctranslate2")
