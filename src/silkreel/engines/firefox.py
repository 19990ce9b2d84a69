"""Firefox Translations models of the operator's own, run by the package fxtranslate in a child process.

A subfolder SOURCE-TARGET holds what `fxtranslate models add` downloads: model.*.bin, vocab.*.spm (or
srcvocab.*.spm and trgvocab.*.spm) and, optionally, lex.*.bin. Nothing is ever downloaded here.
"""

from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from silkreel.engines.contracts import Candidate, EngineCard, EngineMissing, TranslationRequest
from silkreel.engines.language_pairs import PairFolders
from silkreel.engines.weights import directory_sha256
from silkreel.kit.children import Child, Limits
from silkreel.kit.settings import Settings
from silkreel.kit.words import words

VERSION = "1"
LIMITS = Limits(address_space_bytes=8 * 1024**3, cpu_seconds=None, silence_seconds=300.0)


class FirefoxTranslator:
    """Translates line by line with the models of a folder; knows no scene, no terms, one length."""

    rewords = False

    def __init__(self, folder: Path, settings: Settings) -> None:
        self._folders = PairFolders(folder, lambda path: bool(model_files(path)))
        self._child = Child("silkreel.engines.firefox_worker", LIMITS)
        self.card = EngineCard(
            name="firefox",
            version=f"{VERSION}+fxtranslate-{version('fxtranslate')}",
            languages=self._folders.languages(),
            code_licence="MPL-2.0",
            weights_licence="MPL-2.0",
            model_sha256=directory_sha256(folder, settings),
        )

    @classmethod
    def open(cls, settings: Settings) -> "FirefoxTranslator":
        """Find the package, the folder and at least one model in it.

        Raises:
            EngineMissing: one of them is not here.
        """
        folder = settings.firefox_folder
        if folder is None:
            raise EngineMissing(
                engine="firefox",
                why=words("no folder of models is configured"),
                mend=words(
                    "Set SILKREEL_FIREFOX_FOLDER to a folder with subfolders such as zh-en."
                ),
            )
        try:
            version("fxtranslate")
        except PackageNotFoundError:
            raise EngineMissing(
                engine="firefox",
                why=words("the package fxtranslate is not installed"),
                mend=words("Run: pip install fxtranslate."),
            ) from None
        if not PairFolders(folder, lambda path: bool(model_files(path))).pairs():
            raise EngineMissing(
                engine="firefox",
                why=words(
                    "{folder} holds no subfolder with model.*.bin and vocab.*.spm", folder=folder
                ),
                mend=words("Fill it with: fxtranslate models add zh en --cache-dir FOLDER."),
            )
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
            request, self._child, lambda folder: {"files": model_files(folder)}
        )

    def close(self) -> None:
        """End the child."""
        self._child.close()


def model_files(folder: Path) -> dict[str, str]:
    """The files of a model by what they are; empty where one that is needed is not there."""
    names = sorted(path.name for path in folder.iterdir() if path.is_file())

    def first(start: str, end: str) -> str | None:
        return next((name for name in names if name.startswith(start) and name.endswith(end)), None)

    shared = first("vocab.", ".spm")
    found = {
        "model": first("model.", ".bin"),
        "source": first("srcvocab.", ".spm") or shared,
        "target": first("trgvocab.", ".spm") or shared,
    }
    if not all(found.values()):
        return {}
    shortlist = first("lex.", ".bin")
    return {key: name for key, name in (*found.items(), ("shortlist", shortlist)) if name}
