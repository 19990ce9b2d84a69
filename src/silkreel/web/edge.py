"""Where HTTP meets the rooms: who asks, sessions, noes as problem+json, ids, limits, headers."""

import re
import secrets
from collections.abc import Awaitable, Callable, Iterator, Mapping, MutableMapping
from dataclasses import dataclass
from typing import Annotated, Any

from fastapi import Depends, FastAPI, Query, Request, Response
from fastapi.concurrency import run_in_threadpool
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from starlette.exceptions import HTTPException

from silkreel.catalogue.releases import WORLD
from silkreel.kit.database import Session
from silkreel.kit.refusals import Refusal
from silkreel.kit.words import speaking, words
from silkreel.web.demo import COOKIE
from silkreel.web.interface import accepted_languages, one_language, said_language
from silkreel.web.site import Site

Scope = MutableMapping[str, Any]
Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
App = Callable[[Scope, Receive, Send], Awaitable[None]]

MAX_BODY_BYTES = 64 * 1024  # the largest request is a wish of a few hundred bytes
MAX_HOOK_BYTES = 256 * 1024  # what the inbox takes: ten times the longest real event
MAX_SCRIPT_BYTES = 20 * 1024 * 1024  # a Word file with pictures; only who is signed in is read
HOOKS = "/hooks/"
STORIES, UPLOADS = "/api/staff/stories/", ("/file", "/import", "/source")
MAX_ADDRESS_BYTES = 4096
AGAIN_SECONDS = "2"  # what is busy now is rarely busy for longer
MAX_ERRORS = 20  # more help nobody
ERRORS_FROM = 400
NOT_FOUND = 404
FOR_PROGRAMS = ("/api/", "/assets/", "/hooks/", "/play/", "/posters/", "/words/")
COOKIES = "silkreel.cookies"  # in a scope: cookies to set, unless the request fails
_REQUEST_ID = re.compile(rb"[A-Za-z0-9._-]{8,64}")
_MARKET = re.compile(r"[A-Z]{2}|[0-9]{3}")

SECURITY_HEADERS = (
    (b"x-content-type-options", b"nosniff"),
    (b"referrer-policy", b"strict-origin-when-cross-origin"),
    (b"cross-origin-opener-policy", b"same-origin"),
    (b"permissions-policy", b"camera=(), microphone=(), geolocation=(), payment=()"),
)


@dataclass(frozen=True, slots=True)
class Viewer:
    """Who asks: where they are, and the languages they read, best first."""

    market: str
    languages: tuple[str, ...]

    @property
    def language(self) -> str:
        """The one they read best."""
        return self.languages[0] if self.languages else "en"


def site_of(request: Request) -> Site:
    """The installation this request came to."""
    site: Site = request.app.state.site
    return site


async def _site(request: Request) -> Site:
    return site_of(request)


async def viewer_of(
    request: Request,
    language: Annotated[
        str | None, Query(max_length=35, description="BCP 47 tag that goes before Accept-Language")
    ] = None,
) -> Viewer:
    """The market as the operator's proxy names it, and the languages the browser accepts.

    In a demo the visitor may choose another one of its markets.
    """
    site = site_of(request)
    settings = site.settings
    named = request.headers.get(settings.market_header, "") if settings.market_header else ""
    market = named.upper() if _MARKET.fullmatch(named.upper()) else settings.market
    accepted = accepted_languages(request.headers.get("accept-language", ""))
    first = one_language(language) if language else None
    languages = tuple(dict.fromkeys([first, *accepted] if first else accepted))
    if site.demo.stale:
        await run_in_threadpool(site.demo.look)
    if site.demo.any():
        chosen, host = request.cookies.get(COOKIE, ""), request.headers.get("host", "")
        market = site.demo.market(host, chosen=chosen, told=market, languages=languages)
    return Viewer(market or WORLD, languages)


def reading(request: Request) -> Iterator[Session]:
    """A session that only reads, for one request."""
    with site_of(request).workshop.reading() as tx:
        yield tx


def transaction(request: Request) -> Iterator[Session]:
    """A session that commits before the answer goes out."""
    with site_of(request).workshop.transaction() as tx:
        yield tx


TheSite = Annotated[Site, Depends(_site)]
TheViewer = Annotated[Viewer, Depends(viewer_of)]
Reading = Annotated[Session, Depends(reading, scope="function")]
# With the default scope a client would be told 200 although the commit failed.
Transaction = Annotated[Session, Depends(transaction, scope="function")]


class Edge:
    """Pure ASGI around the framework: a request id, limits on size, security headers."""

    def __init__(self, app: App) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on, or refuse it before anything reads it."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        headers = dict(scope["headers"])
        given = headers.get(b"x-request-id", b"")
        request_id = given if _REQUEST_ID.fullmatch(given) else secrets.token_hex(8).encode()
        scope["request_id"] = request_id.decode()

        async def sending(message: Message) -> None:
            if message["type"] == "http.response.start":
                kept = scope.get(COOKIES, ()) if message["status"] < ERRORS_FROM else ()
                message["headers"] = [
                    *message["headers"], (b"x-request-id", request_id), *SECURITY_HEADERS,
                    *((b"set-cookie", cookie) for cookie in kept),
                ]  # fmt: skip
            await send(message)

        with speaking(said_language(headers.get(b"accept-language", b"").decode("latin-1"))):
            refused = _too_large(scope, headers)
            if refused is not None:
                await problem(*refused, scope["request_id"])(scope, receive, sending)
                return
            await self._app(scope, _limited(receive, _body_limit(scope)), sending)


def _too_large(scope: Scope, headers: Mapping[bytes, bytes]) -> tuple[int, str, str] | None:
    if len(scope.get("raw_path") or b"") + len(scope["query_string"]) > MAX_ADDRESS_BYTES:
        return 414, "web.address_too_long", words("This address is too long.")
    length = headers.get(b"content-length", b"0")
    if not length.isdigit() or int(length[:18]) > _body_limit(scope):
        return 413, "web.body_too_large", words("This request is too large.")
    return None


def _body_limit(scope: Scope) -> int:
    if scope["path"].startswith(STORIES) and scope["path"].endswith(UPLOADS):
        return MAX_SCRIPT_BYTES
    return MAX_HOOK_BYTES if scope["path"].startswith(HOOKS) else MAX_BODY_BYTES


def _limited(receive: Receive, limit_bytes: int) -> Receive:
    """Stop reading a body that grows past the limit without having said so."""
    seen = 0

    async def receiving() -> Message:
        nonlocal seen
        message = await receive()
        seen += len(message.get("body", b""))
        if seen > limit_bytes:
            raise HTTPException(413, words("This request is too large."))
        return message

    return receiving


def problem(
    status: int,
    code: str,
    detail: str,
    request_id: str,
    *,
    values: Mapping[str, Any] | None = None,
    headers: Mapping[str, str] | None = None,
) -> JSONResponse:
    """An answer of no, as RFC 9457 writes it."""
    content = {
        "type": "about:blank" if code.startswith("http.") else f"urn:silkreel:refusal:{code}",
        "title": detail,
        "status": status,
        "detail": detail,
        "code": code,
        "values": dict(values or {}),
        "request_id": request_id,
    }
    return JSONResponse(content, status, dict(headers or {}), media_type="application/problem+json")


def answer_noes(app: FastAPI, missing: Callable[[Request], Awaitable[Response]]) -> None:
    """Every no of this server has the same shape; people who find nothing are shown `missing`."""

    @app.exception_handler(Refusal)
    async def _refused(request: Request, refusal: Refusal) -> Response:
        if refusal.status == NOT_FOUND and _wants_page(request):
            return await missing(request)
        sentence = str(refusal)
        headers = {"retry-after": str(refusal.values["seconds"])} if refusal.status == 429 else {}
        if refusal.status == 503:
            headers = {"retry-after": AGAIN_SECONDS}
        return problem(
            refusal.status, refusal.code, sentence, _id(request), values=refusal.values,
            headers=headers,
        )  # fmt: skip

    @app.exception_handler(RequestValidationError)
    async def _invalid(request: Request, error: RequestValidationError) -> JSONResponse:
        places = [
            {"place": ".".join(map(str, each["loc"])), "message": each["msg"]}
            for each in error.errors()[:MAX_ERRORS]
        ]
        sentence = words("The request does not have the shape this address expects.")
        return problem(422, "web.invalid", sentence, _id(request), values={"errors": places})

    @app.exception_handler(HTTPException)
    async def _http(request: Request, error: HTTPException) -> Response:
        if error.status_code == NOT_FOUND and _wants_page(request):
            return await missing(request)
        code = f"http.{error.status_code}"
        return problem(
            error.status_code, code, str(error.detail), _id(request), headers=error.headers
        )

    @app.exception_handler(Exception)
    async def _crashed(request: Request, _error: Exception) -> JSONResponse:
        sentence = words(
            "Something went wrong here; try again, and quote the request id if it stays so."
        )
        return problem(500, "web.crashed", sentence, _id(request))


def _wants_page(request: Request) -> bool:
    """Whether a person looks at this address, not a program or a page in hand."""
    if request.method not in ("GET", "HEAD") or request.url.path.startswith(FOR_PROGRAMS):
        return False
    return "text/html" in request.headers.get("accept", "")


def _id(request: Request) -> str:
    return str(request.scope.get("request_id", ""))
