"""An episode is approved by somebody who had no hand in it; from then on its words stay.

The yes is written into the script itself (`# ws:final` on the episode), where every tool that knows
the drama profile sees it, and into the approvals, where it is known whose it was.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import sqlalchemy as sa

from silkreel.kit.database import Session
from silkreel.kit.refusals import Refusal
from silkreel.people.actors import Actor
from silkreel.people.audit import record
from silkreel.people.four_eyes import Work, sign
from silkreel.story.desk.finals import mark_final, slice_of, unmark_final
from silkreel.story.desk.revisions import Kind, hash_of, makers_of
from silkreel.story.desk.saving import Saved, put, take_stock
from silkreel.story.desk.shelf import Shelf, hold
from silkreel.story.desk.tables import DeskApprovalRow
from silkreel.story.findings import Finding
from silkreel.story.patching import FINAL
from silkreel.story.project import Story, open_story
from silkreel.story.script import Beat, Episode, Script, tag_value

APPROVES = "story.approve"


class NoSuchEpisode(Refusal):
    """No episode of that name."""

    status = 404
    message = "This story has no episode {episode}; it has {known}."


class StillBlocked(Refusal):
    """The checks block the episode."""

    status = 409
    message = (
        "{episode} cannot be approved yet: {count} findings block it, the first at {path}:{line} "
        "({code})."
    )


class LinesUnstamped(Refusal):
    """Lines without ids cannot be held to their words."""

    status = 409
    message = "{episode} has lines without an id; stamp the story first, then approve."


class AlreadyApproved(Refusal):
    """Approved and unchanged."""

    status = 409
    message = "{episode} is approved already; open it again to change it."


class NotApproved(Refusal):
    """Nothing to open."""

    status = 409
    message = "{episode} is not approved, so everybody who writes may change it."


class Untaggable(Refusal):
    """The episode has no line to carry the tag."""

    status = 409
    message = "{episode} has no line of its own with “# episode:”; add one under its name."


@dataclass(frozen=True, slots=True)
class Approval:
    """Somebody's yes."""

    episode: str
    by: str
    at: datetime


@dataclass(frozen=True, slots=True)
class _Part:
    """An episode with its file."""

    episode: Episode
    script: Script
    text: str  # of the file

    @property
    def own_text(self) -> str:
        """The episode's own lines."""
        part = slice_of(self.text, self.script, self.episode.name)
        return part.text.strip() if part else ""


def state_of(episode: Episode) -> str:
    """Final or draft."""
    return FINAL if tag_value(episode.tags, "ws") == FINAL else "draft"


def episode_hash(story: Story, name: str) -> str:
    """The name of an episode's text: what an approver says they have seen.

    Raises:
        NoSuchEpisode: there is none.
    """
    return hash_of(_part(story, name).own_text)


def approve(
    tx: Session, shelf: Shelf, name: str, episode: str, seen: tuple[str, Sequence[Finding]],
    *, by: Actor, reason: str = "",
) -> Saved:  # fmt: skip
    """Approve an episode as it was seen, with what the checks said of it then.

    Raises:
        NotYours, SecondFactorRequired, OnlyByPerson, OwnWork, ChangedSince: see `four_eyes.sign`.
        NoSuchEpisode, StillBlocked, LinesUnstamped, AlreadyApproved, Untaggable: not as it is.
    """
    by.need(APPROVES)
    folder = hold(tx, shelf, name, by)
    part = _part(open_story(folder), episode)
    if state_of(part.episode) == FINAL:
        raise AlreadyApproved(episode=episode)
    seen_hash, findings = seen
    _check_ready(part, findings)
    last = _newest(tx, name, episode)
    makers = makers_of(tx, name, episode, last.revision if last else 0)
    content_hash = hash_of(part.own_text)
    work = Work(f"story:{name}/{episode}", content_hash, makers)
    sign(tx, work, right=APPROVES, seen_hash=seen_hash, by=by, reason=reason)
    saved = _tagged(tx, folder, part, mark_final(part.text, part.script, episode), "approved", by)
    tx.add(
        DeskApprovalRow(
            story=name, episode=episode, content_hash=content_hash, revision=saved.number,
            staff_id=by.id, staff_name=by.name, at=by.at,
        )
    )  # fmt: skip
    return saved


def reopen(tx: Session, shelf: Shelf, name: str, episode: str, *, by: Actor, reason: str) -> Saved:
    """Let writers at an approved episode again.

    Raises:
        NotYours, SecondFactorRequired: not by them. NoSuchEpisode, NotApproved: nothing to open.
    """
    by.need(APPROVES)
    folder = hold(tx, shelf, name, by)
    part = _part(open_story(folder), episode)
    if state_of(part.episode) != FINAL:
        raise NotApproved(episode=episode)
    last = _newest(tx, name, episode)
    if last is not None:
        last.reopened_at, last.reopened_by = by.at, by.name
    record(tx, by, "story.episode_opened", f"story:{name}/{episode}", reason=reason)
    text = unmark_final(part.text, part.script, episode)
    return _tagged(tx, folder, part, text, "reopened", by)


def approvals(tx: Session, name: str) -> dict[str, Approval]:
    """Approvals in force, by episode."""
    query = sa.select(DeskApprovalRow).where(
        DeskApprovalRow.story == name, DeskApprovalRow.reopened_at.is_(None)
    )
    rows = tx.scalars(query.order_by(DeskApprovalRow.id))
    return {row.episode: Approval(row.episode, row.staff_name, row.at) for row in rows}


def _tagged(
    tx: Session, folder: Path, part: _Part, text: str | None, kind: Kind, by: Actor
) -> Saved:
    if text is None:
        raise Untaggable(episode=part.episode.name)
    take_stock(tx, folder, part.script.path, by)
    return put(
        tx, folder, part.script.path, text, kind, by=by, note=part.episode.name, guarded=False
    )  # fmt: skip


def _check_ready(part: _Part, findings: Sequence[Finding]) -> None:
    name = part.episode.name
    lines = [n for nodes in _nodes(part.episode) for n in nodes if isinstance(n, Beat)]
    if any(line.id is None for line in lines):
        raise LinesUnstamped(episode=name)
    first = part.episode.at.line
    part_text = slice_of(part.text, part.script, name)
    end = part_text.end if part_text else first
    blocking = [
        each
        for each in findings
        if each.severity == "B"
        and each.at.file == part.script.path
        and first <= each.at.line <= end
    ]
    if blocking:
        at = blocking[0].at
        raise StillBlocked(
            episode=name, count=len(blocking), path=at.file, line=at.line, code=blocking[0].code
        )


def _nodes(episode: Episode) -> tuple[tuple[object, ...], ...]:
    return (episode.nodes, *(scene.nodes for scene in episode.scenes))


def _part(story: Story, name: str) -> _Part:
    plain = {path: text.replace("\r\n", "\n") for path, text in story.texts.items()}
    for script in story.scripts:
        for episode in script.episodes:
            if episode.name == name:
                return _Part(episode, script, plain[script.path])
    known = ", ".join(each.name for each in story.episodes[:100])
    raise NoSuchEpisode(episode=name[:80], known=known or "none")


def _newest(tx: Session, name: str, episode: str) -> DeskApprovalRow | None:
    query = (
        sa.select(DeskApprovalRow)
        .where(DeskApprovalRow.story == name, DeskApprovalRow.episode == episode)
        .order_by(DeskApprovalRow.id.desc())
        .limit(1)
    )
    return tx.scalar(query)
