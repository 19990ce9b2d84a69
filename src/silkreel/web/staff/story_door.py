"""What every address of the writers' desk depends on: the story's name, who may, and uploads."""

from collections.abc import Iterator
from typing import Annotated

from fastapi import Depends, Path, Request
from starlette.exceptions import HTTPException

from silkreel.kit.database import Session
from silkreel.kit.words import words
from silkreel.people.actors import Actor
from silkreel.web.edge import MAX_SCRIPT_BYTES, site_of
from silkreel.web.staff.rights import Needs, SignedIn, noes

PREFIX = "/api/staff/stories"
STORY_NOES = noes(400, 402, 415, 423, 502, 504)
StoryName = Annotated[str, Path(min_length=1, max_length=80)]
Reader = Annotated[Actor, Needs("story.read")]
Writer = Annotated[Actor, Needs("story.edit")]
Approver = Annotated[Actor, Needs("story.approve")]


async def body_of(request: Request, _here: SignedIn) -> bytes:
    """A body as it came, read only from those who are signed in."""
    parts, size = [], 0
    async for part in request.stream():
        size += len(part)
        if size > MAX_SCRIPT_BYTES:
            raise HTTPException(413, words("This request is too large."))
        parts.append(part)
    return b"".join(parts)


Upload = Annotated[bytes, Depends(body_of)]


def quiet_transaction(request: Request) -> Iterator[Session]:
    """A session that commits before the answer, where a row in the log for each would say too much.

    Saves are kept one by one as revisions, which nobody can take out; the log tells each sitting.
    """
    with site_of(request).workshop.transaction() as tx:
        yield tx


DeskTransaction = Annotated[Session, Depends(quiet_transaction, scope="function")]
TEXT_BODY = {
    "requestBody": {
        "required": True,
        "content": {"text/plain": {"schema": {"type": "string"}}},
    }
}
FILE_BODY = {
    "requestBody": {
        "required": True,
        "content": {"application/octet-stream": {"schema": {"type": "string", "format": "binary"}}},
    }
}
