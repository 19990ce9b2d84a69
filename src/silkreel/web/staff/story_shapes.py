"""What the writers' desk takes and answers."""

from collections.abc import Sequence
from datetime import datetime
from typing import Annotated

from pydantic import Field, StringConstraints

from silkreel.kit.words import words
from silkreel.people.audit import MAX_REASON
from silkreel.story.checking import NotRun
from silkreel.story.desk.drafts import Row, Spoken
from silkreel.story.desk.growing import Part
from silkreel.story.desk.preview import Played
from silkreel.story.desk.revisions import Revision
from silkreel.story.desk.saving import Saved
from silkreel.story.findings import Finding
from silkreel.story.lints.needs import WHY_SENTENCES
from silkreel.story.replay import MOST_LOGGED
from silkreel.story.stamping import Start
from silkreel.web.api.shapes import Shape
from silkreel.web.staff.shapes import NO_CONTROLS

Title = Annotated[str, StringConstraints(min_length=1, max_length=80, pattern=NO_CONTROLS)]
Hash = Annotated[str, StringConstraints(max_length=64, pattern="^[0-9a-f]*$")]
Why = Annotated[str, StringConstraints(max_length=MAX_REASON, pattern=NO_CONTROLS)]
LineId = Annotated[str, StringConstraints(max_length=80, pattern=NO_CONTROLS)]


class NewStory(Shape):
    """A story to begin."""

    title: Title
    start: Start = Field(
        "example", description="a small complete story to write over, or a blank one"
    )


class NewPart(Shape):
    """An episode or a chapter to add."""

    part: Part
    title: Annotated[str, StringConstraints(max_length=80, pattern=NO_CONTROLS)] = ""


class StoryOnShelf(Shape):
    """A story in the list."""

    name: str
    title: str
    language: str
    episodes: int
    approved: int
    lines: int
    changed_at: datetime | None
    changed_by: str
    problem: str = Field("", description="why it cannot be read, where it cannot")


class StoryShelfShape(Shape):
    """All stories of the brand."""

    stories: list[StoryOnShelf]


class Begun(Shape):
    """A story that was just made, and lines of an import nobody could name."""

    name: str
    lines: int
    unsure: list[str] = Field(default_factory=list)


class FileShape(Shape):
    """A file of a story."""

    path: str
    size_bytes: int


class SceneShape(Shape):
    """A scene in the outline."""

    name: str
    heading: str
    line: int


class EpisodeShape(Shape):
    """An episode in the outline."""

    name: str
    number: int | None
    title: str
    file: str
    line: int
    state: str = Field(description="final: approved; else draft")
    content_hash: str = Field(description="what an approver says they have seen")
    approved_by: str
    approved_at: datetime | None
    scenes: list[SceneShape]


class StoryShape(Shape):
    """A story's files and outline."""

    name: str
    title: str
    language: str
    languages: list[str]
    cast: list[str]
    files: list[FileShape]
    episodes: list[EpisodeShape]
    newest: int = Field(description="number of the newest save")
    problem: str = ""


class FileText(Shape):
    """A file as it stands."""

    path: str
    text: str
    content_hash: str
    number: int
    merged: bool = Field(description="whether somebody else's changes were joined in")

    @classmethod
    def of(cls, saved: Saved) -> "FileText":
        """A file as a value."""
        return cls(
            path=saved.path, text=saved.text, content_hash=saved.content_hash, number=saved.number,
            merged=saved.merged,
        )  # fmt: skip


class Restoring(Shape):
    """An earlier save to make the newest again."""

    number: Annotated[int, Field(ge=1, le=2**31 - 1)]
    seen_hash: Hash


class RevisionShape(Shape):
    """A sitting in the history."""

    number: int
    path: str
    content_hash: str
    kind: str
    by: str
    note: str
    at: datetime
    saves: int

    @classmethod
    def of(cls, told: Revision) -> "RevisionShape":
        """A revision as a value."""
        return cls(
            number=told.number, path=told.path, content_hash=told.content_hash, kind=told.kind,
            by=told.staff_name, note=told.note, at=told.at, saves=told.saves,
        )  # fmt: skip


class History(Shape):
    """Sittings, newest first."""

    sittings: list[RevisionShape]
    next_before: int | None


class RevisionText(RevisionShape):
    """A save with its text."""

    text: str


class SpokenShape(Shape):
    """A line in a comparison."""

    id: str
    episode: str
    scene: str
    speaker: str
    direction: str
    text: str
    choice: bool

    @classmethod
    def of(cls, told: Spoken | None) -> "SpokenShape | None":
        """A line as a value."""
        return None if told is None else cls(
            id=told.id, episode=told.episode, scene=told.scene, speaker=told.speaker,
            direction=told.direction, text=told.text, choice=told.choice,
        )  # fmt: skip


class DiffRow(Shape):
    """A line in both drafts."""

    states: list[str]
    old: SpokenShape | None
    new: SpokenShape | None

    @classmethod
    def of(cls, row: Row) -> "DiffRow":
        """A row as a value."""
        return cls(states=[*row.states], old=SpokenShape.of(row.old), new=SpokenShape.of(row.new))


class Diff(Shape):
    """Two drafts by line."""

    counts: dict[str, int]
    rows: list[DiffRow]


class FindingShape(Shape):
    """Something a check found."""

    code: str
    severity: str
    sentence: str
    file: str
    line: int
    line_id: str
    waiver: str

    @classmethod
    def of(cls, found: Finding) -> "FindingShape":
        """A finding as a value."""
        return cls(
            code=found.code, severity=found.severity, sentence=found.sentence, file=found.at.file,
            line=found.at.line, line_id=found.line_id or "", waiver=found.waiver or "",
        )  # fmt: skip


class Findings(Shape):
    """What the checks say of one state of a story."""

    digest: str
    findings: list[FindingShape]
    not_run: list["NotRunShape"] = Field(description="checks that looked at nothing, by reason")


class NotRunShape(Shape):
    """Checks that something they need is not there for."""

    why: str
    codes: list[str]

    @classmethod
    def all_of(cls, passed_over: Sequence[NotRun]) -> "list[NotRunShape]":
        """Reasons in the words of the command line, each with its checks."""
        reasons = dict.fromkeys(each.why for each in passed_over)
        return [
            cls(
                why=words(WHY_SENTENCES[why]),
                codes=[each.code for each in passed_over if each.why == why],
            )
            for why in reasons
        ]


class Playing(Shape):
    """Where to play: from a line, or on by the options taken."""

    start: LineId = ""
    log: list[LineId] = Field(default_factory=list, max_length=MOST_LOGGED)


class SaidShape(Shape):
    """A line in the preview."""

    id: str
    text: str
    speaker: str
    direction: str
    qualifiers: list[str]
    episode: str
    scene: str
    file: str
    line: int


class OfferShape(Shape):
    """An option in the preview."""

    id: str
    text: str
    canon: bool
    price_coins: int


class PlayedShape(Shape):
    """A stretch of the story as it plays."""

    lines: list[SaidShape]
    offers: list[OfferShape]
    log: list[str]
    ended: bool

    @classmethod
    def of(cls, played: Played) -> "PlayedShape":
        """A stretch as a value."""
        return cls(
            lines=[SaidShape.model_validate(each, from_attributes=True) for each in played.lines],
            offers=[OfferShape.model_validate(each, from_attributes=True) for each in played.offers],
            log=[*played.log], ended=played.ended,
        )  # fmt: skip


class Stamped(Shape):
    """Ids that were given, and ids whose line is gone."""

    given: int
    retired: list[str]


class Approving(Shape):
    """A yes to an episode as it was seen."""

    seen_hash: Hash
    reason: Why = ""


class Reopening(Shape):
    """Why an approved episode is opened again."""

    reason: Annotated[
        str, StringConstraints(min_length=1, max_length=MAX_REASON, pattern=NO_CONTROLS)
    ]
