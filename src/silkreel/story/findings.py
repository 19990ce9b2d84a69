"""What a lint found, where, how bad it is, and whether a person has said that it may stay."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Literal

from silkreel.story.project import Story
from silkreel.story.script import NOWHERE, At, Comment

# B blocks publishing, W needs a fix or a waiver with a reason, I informs.
Severity = Literal["B", "W", "I"]
_WAIVER = re.compile(r"(?P<code>DRM\d{3})\s*:\s*(?P<reason>\S.*)")


@dataclass(frozen=True, slots=True)
class Finding:
    """One place where a story breaks a rule."""

    code: str
    severity: Severity
    sentence: str
    at: At = NOWHERE
    line_id: str | None = None
    waiver: str | None = None  # the reason a person gave; blocking findings cannot be waived

    @property
    def open(self) -> bool:
        """Whether something must still be done about it."""
        return self.severity != "I" and self.waiver is None

    def to_json(self) -> dict[str, str | int | None]:
        """The finding as a program reads it."""
        return {
            "code": self.code, "severity": self.severity, "file": self.at.file,
            "line": self.at.line, "id": self.line_id, "sentence": self.sentence,
            "waiver": self.waiver,
        }  # fmt: skip


def with_waivers(findings: Iterable[Finding], story: Story) -> tuple[Finding, ...]:
    """Findings in the order of the files, with the reasons people gave for letting them stay."""
    here = _waivers(story)
    whole = story.project.waivers
    order = {script.path: number for number, script in enumerate(story.scripts)}
    waived = (
        found
        if found.severity == "B"
        else replace(found, waiver=here.get((found.code, found.at)) or whole.get(found.code))
        for found in findings
    )
    return tuple(
        sorted(waived, key=lambda x: (order.get(x.at.file, len(order)), x.at, x.code, x.sentence))
    )


def _waivers(story: Story) -> Mapping[tuple[str, At], str]:
    """Reasons by code and the line they stand over."""
    reasons: dict[tuple[str, At], str] = {}
    waiting: list[re.Match[str]] = []
    for placed in story.walk():
        node = placed.node
        if not isinstance(node, Comment):
            reasons |= {(found["code"], node.at): found["reason"] for found in waiting}
            waiting = []
        elif node.desk == "OK" and not node.inline and (found := _WAIVER.fullmatch(node.text)):
            waiting.append(found)
    return reasons
