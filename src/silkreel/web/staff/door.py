"""In and out: signing in, who is signed in, signing out, and joining by a link."""

from typing import Annotated

from fastapi import APIRouter, Depends, Request, Response

from silkreel.kit.clock import now
from silkreel.kit.refusals import Refusal
from silkreel.people.audit import record
from silkreel.people.brands import find_brand
from silkreel.people.invitations import accept, check_new_password, look_at
from silkreel.people.own_account import sign_out_everywhere
from silkreel.people.passwords import MIN_LENGTH, hash_password
from silkreel.people.sessions import end_session, present
from silkreel.people.sign_in import enter, knock, proves
from silkreel.web.edge import Reading, TheSite
from silkreel.web.staff.rights import (
    NOES,
    NotSignedIn,
    SignedIn,
    StaffTransaction,
    address_of,
    brand_of,
    from_our_page,
    give_session,
    no_store,
    session_token,
    take_session,
)
from silkreel.web.staff.shapes import Ended, InvitedShape, Joining, Knocking, LinkHeld, Me

ours = [Depends(no_store), Depends(from_our_page)]
router = APIRouter(prefix="/api/staff", tags=["staff"], responses=NOES, dependencies=ours)
Brand = Annotated[str, Depends(brand_of)]


@router.post("/sign-in")
def sign_in(
    knocking: Knocking, request: Request, response: Response, site: TheSite, brand: Brand
) -> Me:
    """Sign in with a name, a password, and a code where one is asked for."""
    at, request_id = now(), request.scope["request_id"]
    with site.workshop.transaction() as tx:
        found = knock(
            tx, knocking.name, address=address_of(request), brand_id=brand, at=at,
            request_id=request_id,
        )  # fmt: skip
    if isinstance(found, Refusal):
        raise found
    proven = proves(found, knocking.password)
    with site.workshop.transaction() as tx:
        token = enter(
            tx, found, proven=proven, code=knocking.code, house_key=site.house_key,
            former_token=session_token(request) or None,
        )  # fmt: skip
    if isinstance(token, Refusal):  # raised only now: what was counted and logged is committed
        raise token
    give_session(response, site, token)
    with site.workshop.reading() as tx:
        here = present(tx, token, brand, at, request_id)
        if here is None:
            raise NotSignedIn
        return Me.of(here, find_brand(tx, brand), token)


@router.get("/me")
def me(request: Request, here: SignedIn, tx: Reading) -> Me:
    """Who is signed in and what they may do."""
    return Me.of(here, find_brand(tx, here.actor.brand_id), session_token(request))


@router.post("/sign-out", status_code=204)
def sign_out(here: SignedIn, tx: StaffTransaction, response: Response, site: TheSite) -> None:
    """Sign this browser out."""
    end_session(tx, here.session_hash)
    record(tx, here.actor, "door.out", f"staff:{here.actor.id}")
    take_session(response, site)


@router.post("/sign-out-everywhere")
def everywhere(here: SignedIn, tx: StaffTransaction, response: Response, site: TheSite) -> Ended:
    """Sign every browser out, this one too."""
    take_session(response, site)
    return Ended(sessions_ended=sign_out_everywhere(tx, by=here.actor))


@router.post("/links/look")
def look(held: LinkHeld, tx: Reading) -> InvitedShape:
    """Whom a link is for; it is not used by that."""
    found = look_at(tx, held.token, now())
    return InvitedShape(
        name=found.name, shown_name=found.shown_name, joins=found.joins, min_length=MIN_LENGTH
    )


@router.post("/links/use", status_code=204)
def join(joining: Joining, site: TheSite, brand: Brand) -> None:
    """Set the password a link is for; then sign in with it."""
    with site.workshop.reading() as tx:
        check_new_password(look_at(tx, joining.token, now()), joining.password)
    hashed = hash_password(joining.password)
    with site.workshop.transaction() as tx:
        accept(tx, joining.token, hashed, brand_id=brand, at=now())
