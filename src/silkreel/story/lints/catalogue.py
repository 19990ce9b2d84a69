"""Every code with its function; a function's docstring is the code's page in the reference."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from importlib import import_module

from silkreel.story.findings import Finding, Severity
from silkreel.story.lints.evidence import Evidence
from silkreel.story.lints.needs import Need, Why, accepted_profile
from silkreel.story.script import NOWHERE, At

DESKS = (
    "structure", "ids", "cast", "rhythm", "media", "translation", "timing", "prose", "provenance",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Found:
    """What a lint tells: a sentence and the place; code and severity are the lint's own."""

    sentence: str
    at: At = NOWHERE
    line_id: str | None = None


Look = Callable[[Evidence], Iterator[Found]]


@dataclass(frozen=True, slots=True)
class Lint:
    """A numbered check."""

    code: str
    severity: Severity
    desk: str
    look: Look
    needs: Need | None = None
    rhythm: bool = False

    def missing(self, evidence: Evidence) -> Why | None:
        """What is not there without which it looks at nothing; None where it can run."""
        return self.needs(evidence) if self.needs else None

    @property
    def title(self) -> str:
        """The first sentence of its page."""
        return self.words[0]

    @property
    def words(self) -> list[str]:
        """The paragraphs of its page."""
        paragraphs = (self.look.__doc__ or "").strip().split("\n\n")
        return [" ".join(paragraph.split()) for paragraph in paragraphs]

    def findings(self, evidence: Evidence) -> Iterator[Finding]:
        """What it finds. A check of rhythm is raised to a warning where the profile says so."""
        severity = self.severity
        if (
            self.rhythm
            and int(self.code[3:]) in evidence.story.project.rhythm_profile.raise_to_warn
        ):
            severity = "W"
        for found in self.look(evidence):
            yield Finding(self.code, severity, found.sentence, found.at, found.line_id)


_LINTS: dict[str, Lint] = {}


def lint(code: str, severity: Severity, needs: Need | None = None) -> Callable[[Look], Look]:
    """Register a function under its code; its module is the desk it belongs to.

    What a check `needs` beyond the script is looked for first; all of rhythm needs the profile.
    """

    def register(look: Look) -> Look:
        assert code not in _LINTS, f"{code} is taken"
        desk = look.__module__.rpartition(".")[2]
        rhythm = desk == "rhythm"
        wanted = needs or (accepted_profile if rhythm else None)
        _LINTS[code] = Lint(code, severity, desk, look, wanted, rhythm=rhythm)
        return look

    return register


def all_lints() -> tuple[Lint, ...]:
    """Every check, by code."""
    for desk in DESKS:
        import_module(f"silkreel.story.lints.{desk}")
    return tuple(_LINTS[code] for code in sorted(_LINTS))
