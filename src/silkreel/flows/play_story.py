"""A game goes on: the log a client sends is played again here, and only what was followed is kept."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from silkreel.audience.playthroughs import NewSave, Slot, keep_save, note_choices
from silkreel.flows.choose import Fares
from silkreel.flows.story_doors import Doors
from silkreel.flows.story_shelf import NotInStory, StoryAt, StoryShelf
from silkreel.flows.story_stage import Stage
from silkreel.kit.database import Session
from silkreel.kit.refusals import Refusal
from silkreel.story.players import Option
from silkreel.story.published import Published, every_choice, version_ids
from silkreel.story.replay import MOST_LOGGED, Divergence, Playthrough


class NoSuchPlay(Refusal):
    """A log that no play of this story can have made."""

    status = 422
    message = "This is no save of this story. Begin the game anew, or take another save."


Status = Literal["accepted", "migrated", "changed", "stopped"]


@dataclass(frozen=True, slots=True)
class Sent:
    """A save as a client sends it: ids, and nothing that is believed."""

    digest: str
    log: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Resumed:
    """Where a log leads: what could be followed, where the reader is, what is on offer."""

    digest: str
    version_id: str
    log: tuple[str, ...]
    status: Status
    notices: tuple[Divergence, ...]
    line: str | None  # shown last, of those that are open
    options: tuple[Option, ...]
    locked: Refusal | None  # the way leads into an episode that is not open
    shown: tuple[str, ...]  # lines in order, of those that are open
    asked: int  # how many of them came before the last option taken
    last: str | None  # met at the end of it all: a line, or an option with none behind it

    @property
    def ended(self) -> bool:
        """Whether the story is over."""
        return not self.options and self.locked is None


def check_sent(tx: Session, version: Published, sent: Sent) -> None:
    """Refuse what no play of this story can have made.

    Raises:
        NoSuchPlay: too long, a version that never was, or an option no version ever had.
    """
    if len(sent.log) > MOST_LOGGED or sent.digest not in version_ids(tx, version.work_id):
        raise NoSuchPlay
    if not all(each in version.choices for each in sent.log):
        known = every_choice(tx, version.work_id)
        if not all(each in known for each in sent.log):
            raise NoSuchPlay


def payable(sent: Sent, fares: Fares) -> Sent:
    """A kept save up to the first option that is not paid any more: there the viewer is asked."""
    unpaid = fares.first_unpaid(sent.log)
    return sent if unpaid is None else Sent(sent.digest, sent.log[:unpaid])


def resume(
    shelf: StoryShelf, stage: Stage, story: StoryAt, doors: Doors, fares: Fares, sent: Sent
) -> Resumed:
    """Play a log again on the shown version, as far as its episodes are open.

    Raises:
        EpisodeLocked, NotOutYet: a choice of the log was taken inside a locked episode.
        ChoiceLocked: an option of the log has to be bought first.
        StoryEndless, StoryFault, StoryTooLong: the story cannot be played.
    """
    version = story.version
    for each in sent.log:
        if each in version.choices:
            doors.pass_through(version.lines[each].episode)
    fares.pay_first([each for each in sent.log if each in version.choices])
    told = _replayed(shelf, stage, version, sent.log)
    shown = [line.id for line in told.lines if line.id and line.id in version.lines]
    asked = sum(1 for line in told.lines[: told.asked] if line.id in version.lines)
    closed = next((n for n, each in enumerate(shown) if _closed(version, doors, each)), None)
    refusal = _closed(version, doors, shown[closed]) if closed is not None else None
    for each in told.log:  # a detour takes options that were not sent
        doors.pass_through(version.lines[each].episode)
    fares.pay_first(told.log)
    if refusal is None and told.options:
        refusal = _closed(version, doors, told.options[0].id)
    seen = shown if closed is None else shown[:closed]
    return Resumed(
        version.digest, version.id, told.log, _status(version, sent, told), told.divergences,
        seen[-1] if seen else None, () if refusal else told.options, refusal,
        tuple(seen), min(asked, len(seen)), told.last,
    )  # fmt: skip


def save(
    tx: Session,
    story: StoryAt,
    viewer_id: str,
    slot: str,
    resumed: Resumed,
    revision: int | None,
    at: datetime,
) -> Slot:
    """Keep what could be followed, and count the options taken.

    Raises:
        SavedElsewhere, SlotsFull.
    """
    work_id = story.version.work_id
    new = NewSave(resumed.version_id, resumed.log, resumed.line, revision)
    kept = keep_save(tx, viewer_id, work_id, slot, new, at)
    note_choices(tx, viewer_id, work_id, resumed.log)
    return kept


def _replayed(
    shelf: StoryShelf, stage: Stage, version: Published, log: Sequence[str]
) -> Playthrough:
    file = version.files.get(("game", "", ""))
    if file is None:
        raise NotInStory
    story = shelf.path(file).read_text(encoding="utf-8")
    return stage.replay(version.digest, story, tuple(version.lines), log)


def _closed(version: Published, doors: Doors, line_id: str | None) -> Refusal | None:
    line = version.lines.get(line_id or "")
    return doors.first_closed((line.episode,)) if line is not None else None


def _status(version: Published, sent: Sent, told: Playthrough) -> Status:
    if any(not each.taken for each in told.divergences):
        return "stopped"
    if told.divergences:
        return "changed"
    return "accepted" if sent.digest == version.digest else "migrated"
