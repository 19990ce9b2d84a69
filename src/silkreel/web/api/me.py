"""A viewer's account: a code by mail signs in, and what the guest of this browser held is theirs."""

from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Path, Request
from pydantic import Field

from silkreel.flows.join_viewers import Arriving, arrive
from silkreel.kit.clock import now
from silkreel.kit.database import Session
from silkreel.kit.refusals import Refusal
from silkreel.kit.words import language_in_force, words
from silkreel.people.brands import brand_at, find_brand
from silkreel.people.letters import Letter, NoMailServer, can_send, send
from silkreel.people.viewer_codes import folded_address, new_code
from silkreel.people.viewer_sessions import Place, end_all_places, end_place, places, seen
from silkreel.people.viewers import addresses_of, note_language
from silkreel.web.api.money.customers import GATES, NOES
from silkreel.web.api.shapes import Shape
from silkreel.web.edge import Reading, TheSite, Transaction
from silkreel.web.viewers import forget_browser, give_session, known_viewer, session_token

router = APIRouter(prefix="/api/me", tags=["me"], responses=NOES, dependencies=GATES)
Address = Annotated[str, Field(max_length=254, description="an e-mail address")]


class NotSignedInHere(Refusal):
    """Somebody without an account asks for what only accounts have."""

    status = 401
    message = "You are not signed in here. Sign in with a code first."


class NoSuchPlace(Refusal):
    """A session that is not theirs, or is over."""

    status = 404
    message = "You are not signed in there any more. Load the list again."


class PlaceShape(Shape):
    """A browser somebody is signed in with."""

    id: str
    device: str = Field(description="browser and system, as far as it says")
    made_at: datetime
    seen_at: datetime
    here: bool = Field(description="the one that asks")

    @classmethod
    def of(cls, place: Place) -> "PlaceShape":
        """From the session."""
        return cls(id=place.id, device=place.device, made_at=place.made_at,
                   seen_at=place.seen_at, here=place.here)  # fmt: skip


class MeShape(Shape):
    """Who asks."""

    signed_in: bool
    addresses: list[str] = Field(description="that a code signs in with")
    places: list[PlaceShape]
    can_sign_in: bool = Field(description="whether codes can be sent from here")


class CodeWish(Shape):
    """Where to send a code."""

    address: Address


class CodeSent(Shape):
    """The same for every address; what is known of it is not said."""

    shown_code: str | None = Field(
        None, description="at a demonstration without a mail server: the code itself"
    )


class CodeProof(Shape):
    """A code that came."""

    address: Address
    code: str = Field(max_length=16)


class Leaving(Shape):
    """How far to sign out."""

    everywhere: bool = False


@router.get("")
def me(request: Request, site: TheSite, tx: Transaction) -> MeShape:
    """The account of this browser, if it is signed in, and where else it is."""
    token, at = session_token(request), now()
    brand = brand_at(tx, request.headers.get("host", "")).id
    viewer = known_viewer(request, tx)
    known = addresses_of(tx, viewer) if viewer else []
    if viewer and known:
        seen(tx, token, at)
        note_language(tx, viewer, language_in_force())
    listed = places(tx, viewer, token, at) if viewer and known else []
    return MeShape(
        signed_in=bool(known), addresses=known, places=[PlaceShape.of(each) for each in listed],
        can_sign_in=can_send(site.settings) or site.counter.is_demo(brand),
    )  # fmt: skip


@router.post("/codes", status_code=202)
def send_code(wish: CodeWish, request: Request, site: TheSite) -> CodeSent:
    """Mail a code to an address, known or not: the answer is the same."""
    address, at = folded_address(wish.address), now()
    with site.workshop.reading() as tx:
        brand = brand_at(tx, request.headers.get("host", "")).id
        name = find_brand(tx, brand).name
    shown = not can_send(site.settings)
    if shown and not site.counter.is_demo(brand):
        raise NoMailServer
    host = request.client.host if request.client else ""
    with site.workshop.transaction() as tx:
        code = new_code(tx, site.house_key, brand, address, host, at)
    if isinstance(code, Refusal):  # raised only now: what was counted is committed
        raise code
    if shown:
        return CodeSent(shown_code=code)
    send(site.settings, _letter(address, code, name))
    return CodeSent()


@router.post("/sign-in")
def sign_in(proof: CodeProof, request: Request, site: TheSite) -> MeShape:
    """Sign this browser in; whatever its guest held is the account's from now on."""
    with site.workshop.reading() as tx:
        brand = brand_at(tx, request.headers.get("host", "")).id
        before = None if _account(request, tx) else known_viewer(request, tx)
    arriving = Arriving(
        brand, folded_address(proof.address), proof.code, before,
        request.headers.get("user-agent", ""),
    )  # fmt: skip
    arrived = arrive(site.workshop.database, site.house_key, arriving, now())
    if isinstance(arrived, Refusal):
        raise arrived
    give_session(request, arrived.token)
    with site.workshop.reading() as tx:
        return _shown(tx, arrived.viewer_id, arrived.token)


@router.post("/sign-out", status_code=204)
def sign_out(leaving: Leaving, request: Request, tx: Transaction) -> None:
    """Sign this browser out, or every one."""
    viewer = _needed(request, tx)
    if leaving.everywhere:
        end_all_places(tx, viewer)
    else:
        here = [each.id for each in places(tx, viewer, session_token(request), now()) if each.here]
        for place in here:
            end_place(tx, viewer, place)
    forget_browser(request)


@router.delete("/places/{place}", status_code=204)
def end(place: Annotated[str, Path(max_length=16)], request: Request, tx: Transaction) -> None:
    """Sign one of one's own browsers out."""
    if not end_place(tx, _needed(request, tx), place):
        raise NoSuchPlace


def _account(request: Request, tx: Reading) -> str | None:
    viewer = known_viewer(request, tx)
    return viewer if viewer and addresses_of(tx, viewer) else None


def _needed(request: Request, tx: Session) -> str:
    viewer = _account(request, tx)
    if viewer is None:
        raise NotSignedInHere
    return viewer


def _shown(tx: Session, viewer: str, token: str) -> MeShape:
    listed = places(tx, viewer, token, now())
    return MeShape(
        signed_in=True, addresses=addresses_of(tx, viewer), can_sign_in=True,
        places=[PlaceShape.of(each) for each in listed],
    )  # fmt: skip


def _letter(address: str, code: str, brand: str) -> Letter:
    return Letter(
        address,
        words("{code} is your code for {brand}", code=code, brand=brand),
        words(
            "Your code for {brand} is {code}. It is good for ten minutes, and once. Nobody of us "
            "will ever ask you for it. If you did not ask for it, do nothing.",
            code=code, brand=brand,
        ),
    )  # fmt: skip
