"""A folder of translation models, one subfolder a pair (zh-en), and the way from one language to another."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from silkreel.engines.contracts import Candidate, TranslationRequest
from silkreel.kit.children import Child
from silkreel.kit.languages import primary
from silkreel.kit.refusals import Refusal

NOTE = "one line at a time, without scene or terms"
PIVOT = "en"  # where no direct model is there, two models may meet in English


class ModelUnreadable(Refusal):
    """A model's files are there and cannot be used."""

    status = 422
    message = "{engine} cannot use the model in {folder}: {why}"


@dataclass(frozen=True, slots=True)
class PairFolders:
    """The subfolders of `root` that `usable` accepts, found by the languages in their names."""

    root: Path
    usable: Callable[[Path], bool]

    def pairs(self) -> tuple[Path, ...]:
        """Every usable subfolder, by name."""
        if not self.root.is_dir():
            return ()
        folders = sorted(path for path in self.root.iterdir() if path.is_dir())
        return tuple(path for path in folders if "-" in path.name and self.usable(path))

    def route(self, source_language: str, target_language: str) -> tuple[Path, ...]:
        """The models to use one after the other: one, two by way of English, or none."""
        direct = self._pair(source_language, target_language)
        if direct is not None:
            return (direct,)
        if PIVOT in {primary(source_language), primary(target_language)}:
            return ()
        first, second = self._pair(source_language, PIVOT), self._pair(PIVOT, target_language)
        return (first, second) if first and second else ()

    def translate(
        self, request: TranslationRequest, child: Child, ask: Callable[[Path], Mapping[str, Any]]
    ) -> tuple[Candidate, ...]:
        """One full wording a line; the child gets `ask(folder)` and the texts, model after model.

        Raises:
            ModelUnreadable: a model's files are not what they should be.
        """
        route = self.route(request.source_language, request.target_language)
        texts = [line.text for line in request.lines]
        if not route or not texts:
            return ()
        for folder in route:
            asked = {"folder": str(folder), "texts": texts, **ask(folder)}
            texts = [str(text) for text in child.ask(asked).value["texts"]]
        return tuple(
            Candidate(line.line_id, text, note=NOTE)
            for line, text in zip(request.lines, texts, strict=True)
            if text.strip()
        )

    def languages(self) -> tuple[str, ...]:
        """Primary tags in the names of usable subfolders."""
        tags = {primary(tag) for path in self.pairs() for tag in (path.name, _target(path.name))}
        return tuple(sorted(tags))

    def _pair(self, source: str, target: str) -> Path | None:
        """The most precise subfolder: zh-Hans-pt-BR before zh-pt."""
        here = {path.name.lower(): path for path in self.pairs()}
        sources = dict.fromkeys((source.lower(), primary(source)))
        targets = dict.fromkeys((target.lower(), primary(target)))
        names = (f"{mine}-{theirs}" for mine in sources for theirs in targets)
        return next((here[name] for name in names if name in here), None)


def _target(name: str) -> str:
    """The target's primary tag in a name such as zh-Hans-pt-BR: the last all-lower-case part."""
    parts = name.split("-")[1:]
    lower = [part for part in parts if part.islower()]
    return lower[-1] if lower else parts[-1].lower()
