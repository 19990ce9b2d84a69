"""Who of the staff is asking, and whether they may: what every staff endpoint depends on.

    def pay_back(by: Annotated[Actor, Needs("money.refund")], tx: StaffTransaction) -> ...

`Needs` answers 401 to strangers and 403 to those without the right, and checks that a request
that changes something came from the desk's own page. `StaffTransaction` commits before the answer
goes out, and sees to it that nothing is changed without a row in the log.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Annotated, Any
from urllib.parse import urlsplit

from fastapi import Depends, Request, Response

from silkreel.kit.clock import now
from silkreel.kit.database import Session
from silkreel.kit.refusals import Refusal
from silkreel.people.actors import Actor
from silkreel.people.audit import NOTED, record
from silkreel.people.brands import brand_at
from silkreel.people.sessions import ABSOLUTE, Present, present, touch
from silkreel.people.tokens import MAX_TOKEN_LENGTH, csrf_fits
from silkreel.web.api.shapes import Problem
from silkreel.web.edge import site_of
from silkreel.web.site import Site

CSRF_HEADER = "x-csrf-token"
SAFE = frozenset({"GET", "HEAD", "OPTIONS"})
MAX_SUBJECT = 100


def noes(*codes: int) -> dict[int | str, dict[str, Any]]:
    """How the API's description tells the noes of an address, beside those any may answer."""
    told = {"model": Problem, "content": {"application/problem+json": {}}}
    every: tuple[int | str, ...] = (401, 403, 404, 409, 410, 413, 422, 429, 503, *codes)
    return dict.fromkeys(every, told)


NOES = noes()


class NotSignedIn(Refusal):
    """No session, or one that is over."""

    status = 401
    message = "Sign in to go on."


class FromElsewhere(Refusal):
    """A request that changes something did not come from a page of ours."""

    status = 403
    message = "This request did not come from the desk's own page; reload the page and try again."


def no_store(response: Response) -> None:
    """Nothing the desk shows is kept by browsers or proxies."""
    response.headers["cache-control"] = "no-store"


def from_our_page(request: Request) -> None:
    """Pass a request that changes something only when no other site's page sent it.

    Raises:
        FromElsewhere: the browser says that another site did.
    """
    if request.method in SAFE:
        return
    site = request.headers.get("sec-fetch-site", "same-origin")
    origin = request.headers.get("origin")
    if site != "same-origin" or (origin is not None and not _ours(request, origin)):
        raise FromElsewhere


def brand_of(request: Request) -> str:
    """The brand whose address was asked."""
    with site_of(request).workshop.reading() as tx:
        return brand_at(tx, request.headers.get("host", "")).id


def signed_in(request: Request, _from_us: Annotated[None, Depends(from_our_page)]) -> Present:
    """Whose session this is.

    Raises:
        NotSignedIn: there is none. FromElsewhere: a change without the page's token.
    """
    site, at, token = site_of(request), now(), session_token(request)
    with site.workshop.reading() as tx:
        brand = brand_at(tx, request.headers.get("host", "")).id
        here = present(tx, token, brand, at, request.scope["request_id"]) if token else None
    if here is None:
        raise NotSignedIn
    given = request.headers.get(CSRF_HEADER, "")
    if request.method not in SAFE and not csrf_fits(token, given):
        raise FromElsewhere
    if here.wants_touch:
        with site.workshop.transaction() as tx:
            touch(tx, here.session_hash, at)
    return here


SignedIn = Annotated[Present, Depends(signed_in)]


@dataclass(frozen=True, slots=True)
class _Needs:
    """A dependency that passes whoever has a right."""

    right: str

    def __call__(self, request: Request, here: SignedIn) -> Actor:
        try:
            here.actor.need(self.right)
        except Refusal as no:
            with site_of(request).workshop.transaction() as tx:
                after = {"right": self.right, "why": no.code}
                record(tx, here.actor, "door.forbidden", _subject(request), after=after)
            raise
        return here.actor


def Needs(right: str) -> Any:  # noqa: N802 - reads as what it says beside Depends
    """The actor, if they have the right; else 401 or 403, the latter written into the log."""
    return Depends(_Needs(right))


def staff_transaction(request: Request, here: SignedIn) -> Iterator[Session]:
    """A session that commits before the answer goes out, and always leaves a row in the log."""
    with site_of(request).workshop.transaction() as tx:
        yield tx
        if not tx.info.get(NOTED):
            record(tx, here.actor, "desk.request", _subject(request))


StaffTransaction = Annotated[Session, Depends(staff_transaction, scope="function")]


def session_token(request: Request) -> str:
    """The session token a browser brought, or nothing."""
    token = request.cookies.get(cookie_name(site_of(request)), "")
    return token if len(token) <= MAX_TOKEN_LENGTH else ""


def give_session(response: Response, site: Site, token: str) -> None:
    """Put a session into the browser: no script reads it, no other site's page sends it."""
    response.set_cookie(
        cookie_name(site), token, max_age=int(ABSOLUTE.total_seconds()), path="/",
        secure=over_https(site), httponly=True, samesite="strict",
    )  # fmt: skip


def take_session(response: Response, site: Site) -> None:
    """Take the session out of the browser."""
    response.delete_cookie(
        cookie_name(site), path="/", secure=over_https(site), httponly=True, samesite="strict"
    )


def cookie_name(site: Site) -> str:
    """Over HTTPS browsers hold a name that begins like this to its host (RFC 6265bis)."""
    return "__Host-silkreel-desk" if over_https(site) else "silkreel-desk"


def over_https(site: Site) -> bool:
    """Whether the operator serves viewers and staff over HTTPS."""
    return (site.settings.public_url or "").startswith("https://")


def address_of(request: Request) -> str:
    """The network address a request came from."""
    return request.client.host if request.client else ""


def _ours(request: Request, origin: str) -> bool:
    own = site_of(request).settings.public_url or ""
    hosts = {request.headers.get("host", "").lower(), urlsplit(own).netloc.lower()} - {""}
    return urlsplit(origin).netloc.lower() in hosts


def _subject(request: Request) -> str:
    """What was asked for, as method and path."""
    return f"request:{request.method} {request.url.path}"[:MAX_SUBJECT]
