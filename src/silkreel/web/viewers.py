"""Which viewer is asking: a UUID in a signed cookie, made when something must be kept for them.

    def like(viewer: ViewerId, tx: Transaction) -> ...          a guest is made if there is none
    def places(viewer: KnownViewerId, tx: Reading) -> ...       None for strangers; nothing is made

A guest's cookie says nothing about the person or the device and is bound to neither; only the
signature keeps somebody from making up another's. It opens no account: whoever signed in has a
session beside it, which ends where its owner says so.
"""

import base64
import hmac
import re
from typing import Annotated

from fastapi import Depends, Request

from silkreel.kit.clock import now
from silkreel.kit.database import Session
from silkreel.people.brands import brand_at
from silkreel.people.viewer_sessions import LIFE, signed_in
from silkreel.people.viewers import guest_of, new_guest
from silkreel.web.edge import COOKIES, Reading, Transaction, site_of
from silkreel.web.site import Site

LIFE_SECONDS = 400 * 24 * 3600  # browsers keep no cookie for longer
SIGNATURE_LENGTH = 22  # base64url characters: 132 bits
_COOKIE = re.compile(
    r"([0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12})\.([\w-]{22})",
    re.ASCII,
)


def signed(house_key: bytes, brand_id: str, viewer_id: str) -> str:
    """A cookie's value: the viewer's id and our signature over brand and id."""
    digest = hmac.digest(house_key, f"viewer\n{brand_id}\n{viewer_id}".encode(), "sha256")
    return f"{viewer_id}.{base64.urlsafe_b64encode(digest).decode()[:SIGNATURE_LENGTH]}"


def genuine(house_key: bytes, brand_id: str, value: str) -> str | None:
    """The viewer's id out of a cookie that we signed for this brand."""
    found = _COOKIE.fullmatch(value)
    if found is None:
        return None
    expected = signed(house_key, brand_id, found[1])
    return found[1] if hmac.compare_digest(expected.encode(), value.encode()) else None


def viewer_cookie(site: Site) -> str:
    """The cookie's name; over HTTPS one that browsers hold to its host."""
    return "__Host-silkreel-viewer" if _secure(site) else "silkreel-viewer"


def known_viewer(request: Request, tx: Reading) -> str | None:
    """The viewer asking, through merges; None for strangers. Makes nothing."""
    return viewer_at(request, tx, brand_at(tx, request.headers.get("host", "")).id)


def viewer_at(request: Request, tx: Session, brand: str) -> str | None:
    """The same, where it is known already which brand the request came to."""
    site = site_of(request)
    return _in_session(request, tx, site, brand) or _guest(request, tx, site, brand)


def needed_viewer(request: Request, tx: Transaction) -> str:
    """The viewer asking; a stranger becomes a guest, in the transaction that needs them.

    The cookie goes out only where the request succeeds, and is renewed with each.
    """
    site, brand = site_of(request), brand_at(tx, request.headers.get("host", "")).id
    if account := _in_session(request, tx, site, brand):
        return account
    viewer = _guest(request, tx, site, brand) or new_guest(tx, brand, now())
    value = signed(site.house_key, brand, viewer)
    _set_cookie(request, viewer_cookie(site), value, LIFE_SECONDS)
    return viewer


def session_cookie(site: Site) -> str:
    """The name of the cookie that a signed-in browser holds."""
    return "__Host-silkreel-account" if _secure(site) else "silkreel-account"


def session_token(request: Request) -> str:
    """The session a request comes with, whatever it is worth; "" for none."""
    return request.cookies.get(session_cookie(site_of(request)), "")


def give_session(request: Request, token: str) -> None:
    """Sign this browser in; its guest's cookie has done its work."""
    site = site_of(request)
    _set_cookie(request, session_cookie(site), token, int(LIFE.total_seconds()))
    _set_cookie(request, viewer_cookie(site), "", 0)


def forget_browser(request: Request) -> None:
    """Leave nothing of ours in this browser."""
    site = site_of(request)
    for name in (session_cookie(site), viewer_cookie(site)):
        _set_cookie(request, name, "", 0)


def _in_session(request: Request, tx: Session, site: Site, brand: str) -> str | None:
    token = request.cookies.get(session_cookie(site), "")
    return signed_in(tx, token, brand, now()) if token else None


def _guest(request: Request, tx: Session, site: Site, brand: str) -> str | None:
    named = genuine(site.house_key, brand, request.cookies.get(viewer_cookie(site), ""))
    return guest_of(tx, named, brand) if named else None


def _set_cookie(request: Request, name: str, value: str, life_seconds: int) -> None:
    parts = [f"{name}={value}", f"Max-Age={life_seconds}", "Path=/", "HttpOnly", "SameSite=Lax"]
    parts += ["Secure"] if _secure(site_of(request)) else []
    request.scope.setdefault(COOKIES, []).append("; ".join(parts).encode())


def _secure(site: Site) -> bool:
    return (site.settings.public_url or "").startswith("https://")


ViewerId = Annotated[str, Depends(needed_viewer, scope="function")]
KnownViewerId = Annotated[str | None, Depends(known_viewer, scope="function")]
