"""What support may do for a viewer, and is written down."""

from silkreel.commerce import limits
from silkreel.commerce.bounds import Age
from silkreel.kit.database import Session
from silkreel.kit.refusals import Refusal
from silkreel.people.actors import Actor
from silkreel.people.audit import record
from silkreel.people.viewers import survivor

RIGHT = "viewers.edit"


class NoSuchViewer(Refusal):
    """Nobody of this brand."""

    status = 404
    message = "There is no viewer {viewer} here. Their orders show the id."


class NeedsReason(Refusal):
    """A change of somebody's account without a why."""

    status = 422
    message = "Say why the age group is corrected: it is kept in the log."


def correct_age(tx: Session, viewer: str, age: Age, by: Actor, reason: str) -> str:
    """Set the age group of an account that stated it wrongly; the viewer's id as it is today.

    Raises:
        NoSuchViewer, NeedsReason, NotYours.
    """
    by.need(RIGHT)
    if not reason.strip():
        raise NeedsReason
    found = survivor(tx, viewer, by.brand_id)
    if found is None:
        raise NoSuchViewer(viewer=viewer)
    before = limits.set_age(tx, (found, by.brand_id), age, by.at, actor=f"{by.kind}:{by.id}")
    record(tx, by, "viewer.age", f"viewer:{found}", before={"age": before}, after={"age": age},
           reason=reason)  # fmt: skip
    return found
