"""The log of what was done, newest first, page by page."""

from typing import Annotated

from fastapi import APIRouter, Depends, Query

from silkreel.people.actors import Actor
from silkreel.people.audit import Wanted, read_log
from silkreel.people.staff import names_of
from silkreel.web.edge import Reading
from silkreel.web.staff.rights import NOES, Needs, no_store
from silkreel.web.staff.shapes import NO_CONTROLS, Entry, Log

MAX_PAGE = 200
MAX_NUMBER = 2**53  # what JavaScript counts exactly
PERSON = "staff:"

router = APIRouter(
    prefix="/api/staff", tags=["staff"], responses=NOES, dependencies=[Depends(no_store)]
)


@router.get("/audit")
def audit(
    by: Annotated[Actor, Needs("audit.read")],
    tx: Reading,
    q: Annotated[
        str, Query(max_length=100, pattern=NO_CONTROLS, description="words in who, what, on what")
    ] = "",
    before: Annotated[int | None, Query(ge=1, le=MAX_NUMBER)] = None,
    limit: Annotated[int, Query(ge=1, le=MAX_PAGE)] = 50,
) -> Log:
    """What was done in the brand."""
    rows = read_log(tx, by.brand_id, Wanted(q, None, before, limit + 1))
    shown = rows[:limit]
    people = {row.subject.removeprefix(PERSON) for row in shown if row.subject.startswith(PERSON)}
    names = names_of(tx, people)
    entries = [Entry.of(row, names.get(row.subject.removeprefix(PERSON), "")) for row in shown]
    return Log(entries=entries, next_before=shown[-1].number if len(rows) > limit else None)
