"""HTML: shells that read well without script, and become the app with it."""

import json
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from html import escape
from typing import Annotated

from fastapi import APIRouter, Path, Request, Response
from fastapi.concurrency import run_in_threadpool
from fastapi.responses import HTMLResponse, RedirectResponse

from silkreel.catalogue.browse import NotShown, list_series, show_series
from silkreel.catalogue.series import SLUG_LENGTH
from silkreel.flows.price_words import price_sentence
from silkreel.flows.sell_episodes import Onlooker
from silkreel.kit.clock import now
from silkreel.kit.database import Session
from silkreel.kit.languages import own_name
from silkreel.kit.words import speaking
from silkreel.people.brands import brand_at
from silkreel.web import landing
from silkreel.web.api.shapes import MAX_NUMBER, SeriesPageShape, SeriesShape
from silkreel.web.api.works.media import media_of
from silkreel.web.edge import (
    NOT_FOUND,
    Reading,
    TheSite,
    TheViewer,
    Viewer,
    site_of,
    viewer_of,
)
from silkreel.web.interface import direction, one_language
from silkreel.web.shell import assets_head, for_script, policy
from silkreel.web.site import Site

router = APIRouter(include_in_schema=False)
ENTRY = "app/main.js"


@dataclass(frozen=True, slots=True)
class Room:
    """What a page brings along: modules of the screens that are shown from it, styles, words."""

    screens: tuple[str, ...]
    styles: tuple[str, ...]
    words: str = ""


STYLES = ("shared/tokens.css", "shared/base.css", "app/app.css")
COOKIE = "interface"
WATCHING = Room(
    screens=("app/home.js", "app/series.js", "app/watch.js"), styles=("player/player.css",)
)
READING = Room(
    screens=("app/read/reader.js",),
    styles=("app/story/story.css", "app/read/read.css"),
    words="story",
)
PLAYING = Room(
    screens=("app/play/game.js",),
    styles=("app/story/story.css", "app/play/play.css"),
    words="story",
)
FOR_EVER = "public, max-age=31536000, immutable"


@dataclass(frozen=True, slots=True)
class Reader:
    """Who reads the page, and the interface language they read it in."""

    viewer: Viewer
    language: str
    demo: bool  # whether the brand they are at takes play money


@router.get("/")
def home(request: Request, tx: Reading, site: TheSite, viewer: TheViewer) -> Response:
    """All released series."""
    reader = _reader(request, site, viewer, tx)
    cards = [SeriesShape.of(c) for c in list_series(tx, viewer.market, _title_language(reader))]
    words = site.interface.words[reader.language]
    page = landing.Page(
        title=words["brand"],
        description=words["home.tagline"],
        path="/",
        body=landing.home_body(cards, words),
        image=cards[0].poster if cards else None,
        data={"home": [card.model_dump(mode="json") for card in cards]},
    )
    return _shell(request, site, reader, page)


@router.get("/s/{slug}/c/{number}")
def chapter(
    slug: Annotated[str, Path(max_length=SLUG_LENGTH)],
    number: Annotated[int, Path(ge=1, le=MAX_NUMBER)],
    request: Request,
    *,
    tx: Reading,
    site: TheSite,
    viewer: TheViewer,
) -> Response:
    """A chapter of the series' novel."""
    reader = _reader(request, site, viewer, tx)
    shape = _series(request, tx, slug, reader)
    words = site.story.words[reader.language]
    name = words["read.chapter"].replace("{number}", str(number))
    page = landing.story_page(shape, f"/s/{slug}/c/{number}", name, words["read.noscript"])
    return _shell(request, site, reader, page, READING)


@router.get("/s/{slug}/g")
def game(
    slug: Annotated[str, Path(max_length=SLUG_LENGTH)],
    request: Request,
    tx: Reading,
    site: TheSite,
    viewer: TheViewer,
) -> Response:
    """The series as a game."""
    reader = _reader(request, site, viewer, tx)
    shape = _series(request, tx, slug, reader)
    words = site.story.words[reader.language]
    page = landing.story_page(shape, f"/s/{slug}/g", words["game.title"], words["game.noscript"])
    return _shell(request, site, reader, page, PLAYING)


@router.get("/s/{slug}")
def series(
    slug: Annotated[str, Path(max_length=SLUG_LENGTH)],
    request: Request,
    tx: Reading,
    site: TheSite,
    viewer: TheViewer,
) -> Response:
    """A series: what it is, its languages, its episodes."""
    reader = _reader(request, site, viewer, tx)
    shape = _series(request, tx, slug, reader)
    words = site.interface.words[reader.language]
    page = landing.Page(
        title=f"{shape.title} · {words['brand']}",
        description=shape.synopsis or words["home.tagline"],
        path=f"/s/{slug}",
        body=landing.series_body(shape, words, _price(request, site, reader, tx, slug)),
        image=shape.poster,
        data={"series": shape.model_dump(mode="json")},
        linked=landing.series_linked(shape, _origin(request, site)),
    )
    return _shell(request, site, reader, page)


@router.get("/s/{slug}/e/{number}")
def episode(
    slug: Annotated[str, Path(max_length=SLUG_LENGTH)],
    number: Annotated[int, Path(ge=0, le=MAX_NUMBER)],
    request: Request,
    *,
    tx: Reading,
    site: TheSite,
    viewer: TheViewer,
) -> Response:
    """An episode: with script it plays."""
    reader = _reader(request, site, viewer, tx)
    shape = _series(request, tx, slug, reader)
    chosen = next((e for e in shape.episodes if e.number == number), None)
    if chosen is None:
        raise NotShown
    words = site.interface.words[reader.language]
    name = words["episode.number"].replace("{number}", str(number))
    page = landing.Page(
        title=f"{shape.title} · {chosen.title or name} · {words['brand']}",
        description=shape.synopsis or words["home.tagline"],
        path=f"/s/{slug}/e/{number}",
        body=landing.episode_body(shape, chosen, words, _price(request, site, reader, tx, slug)),
        image=chosen.poster or shape.poster,
        data={"series": shape.model_dump(mode="json")},
        linked=landing.episode_linked(shape, chosen, _origin(request, site)),
    )
    return _shell(request, site, reader, page)


@router.get("/rights")
def rights(request: Request, tx: Reading, site: TheSite, viewer: TheViewer) -> Response:
    """Your rights and limits: nothing about anybody is in the page, the app asks for it."""
    return _asking_page(request, site, _reader(request, site, viewer, tx), "rights.title")


@router.get("/wallet")
@router.get("/vip")
def money(request: Request, tx: Reading, site: TheSite, viewer: TheViewer) -> Response:
    """The wallet and VIP: nothing of theirs is in the page itself, the app asks for it."""
    title = "vip.title" if request.url.path == "/vip" else "wallet.title"
    shell = _asking_page(request, site, _reader(request, site, viewer, tx), title)
    shell.headers["x-robots-tag"] = "noindex"
    return shell


async def missing(request: Request) -> Response:
    """What a person sees at an address where nothing is: a sentence, and the way to the start."""
    viewer = await viewer_of(request)
    return await run_in_threadpool(_missing, request, site_of(request), viewer)


def _missing(request: Request, site: Site, viewer: Viewer) -> Response:
    with site.workshop.reading() as tx:
        reader = _reader(request, site, viewer, tx)
    words = site.interface.words[reader.language]
    page = landing.Page(
        title=f"{words['error.missing']} · {words['brand']}",
        description=words["home.tagline"],
        path=request.url.path,
        body=landing.nothing_here(words),
        image=None,
        data={},
    )
    shell = _shell(request, site, reader, page)
    shell.status_code = NOT_FOUND
    shell.headers["x-robots-tag"] = "noindex"
    return shell


def _asking_page(request: Request, site: Site, reader: Reader, title: str) -> Response:
    """A page that is nothing without script; `title` is the id of its name among the words."""
    words = site.interface.words[reader.language]
    page = landing.Page(
        title=f"{words[title]} · {words['brand']}",
        description=words["home.tagline"],
        path=request.url.path,
        body=landing.script_needed(words[title], words),
        image=None,
        data={},
    )
    return _shell(request, site, reader, page)


@router.get("/assets/{tree}/{path:path}")
async def asset(tree: str, path: str, request: Request, site: TheSite) -> Response:
    """A file of the interface; the tree's hash is in the address, so it never changes."""
    found = site.assets.files.get(path)
    if found is None:
        raise NotShown
    if tree != site.assets.hash:  # an old page asks after an update: what is newest, not kept
        return RedirectResponse(site.assets.url(path), 307, {"cache-control": "no-store"})
    headers = {"cache-control": FOR_EVER, "vary": "accept-encoding"}
    content = found.content
    if found.gzipped and "gzip" in request.headers.get("accept-encoding", ""):
        content, headers["content-encoding"] = found.gzipped, "gzip"
    return Response(content, media_type=found.media_type, headers=headers)


@router.get("/words/{language}.json")
async def words(language: str, site: TheSite) -> Response:
    """The interface's words in a language."""
    return _words(site.interface.words.get(language))


@router.get("/words/story/{language}.json")
async def story_words(language: str, site: TheSite) -> Response:
    """What reader, game and the doors between media say besides."""
    return _words(site.story.words.get(language))


def _words(known: Mapping[str, str] | None) -> Response:
    if known is None:
        raise NotShown
    return Response(json.dumps(known, ensure_ascii=False), media_type="application/json")


@router.get("/words/money/{language}.json")
async def money_words(language: str, site: TheSite) -> Response:
    """The words of the money pages, which few visits need."""
    known = site.money.words.get(language)
    if known is None:
        raise NotShown
    return Response(json.dumps(known, ensure_ascii=False), media_type="application/json")


@router.get("/manifest.webmanifest")
async def manifest(site: TheSite) -> Response:
    """What a phone needs to put the app on its home screen."""
    icon = {"src": site.assets.url("app/icon.svg"), "sizes": "any", "type": "image/svg+xml"}
    content = {
        "name": "Silkreel", "short_name": "Silkreel", "start_url": "/", "display": "standalone",
        "background_color": "#0b0a0d", "theme_color": "#0b0a0d", "icons": [icon],
    }  # fmt: skip
    return Response(json.dumps(content), media_type="application/manifest+json")


@router.get("/favicon.ico")
async def favicon(site: TheSite) -> Response:
    """Browsers ask for it unasked."""
    return RedirectResponse(site.assets.url("app/icon.svg"), 307)


@router.get("/robots.txt")
async def robots() -> Response:
    """Pages may be read by machines; media and API may not."""
    text = "User-agent: *\nDisallow: /api/\nDisallow: /play/\nDisallow: /staff\n"
    return Response(text, media_type="text/plain")


def _series(request: Request, tx: Session, slug: str, reader: Reader) -> SeriesPageShape:
    market = reader.viewer.market
    page = show_series(tx, slug, market, _title_language(reader))
    return SeriesPageShape.of_page(page, media_of(request, tx, slug, market))


def _title_language(reader: Reader) -> str:
    return reader.viewer.languages[0] if reader.viewer.languages else reader.language


def _reader(request: Request, site: Site, viewer: Viewer, tx: Session) -> Reader:
    """The interface language: the address's, then what was chosen before, then the browser's."""
    asked = [request.query_params.get("hl", ""), request.cookies.get(COOKIE, "")]
    chosen = [tag for tag in map(one_language, filter(None, asked)) if tag]
    wished = tuple(dict.fromkeys([*chosen, *viewer.languages]))
    brand = brand_at(tx, request.headers.get("host", "")).id
    demo = site.counter.is_demo(brand)
    return Reader(Viewer(viewer.market, wished), site.interface.choose(wished), demo)


def _price(request: Request, site: Site, reader: Reader, tx: Session, slug: str) -> str:
    """What the whole series costs, for who reads without script; nothing where all of it is free."""
    if not site.shop.sells():
        return ""
    brand = brand_at(tx, request.headers.get("host", "")).id
    with speaking(reader.language):
        return price_sentence(tx, Onlooker(None, brand, reader.viewer.market), slug, now())


def _origin(request: Request, site: Site) -> str:
    return (site.settings.public_url or str(request.base_url)).rstrip("/")


def _shell(
    request: Request, site: Site, reader: Reader, page: landing.Page, room: Room = WATCHING
) -> HTMLResponse:
    nonce = secrets.token_urlsafe(16)
    boot = {
        "language": reader.language,
        "languages": {tag: own_name(tag) for tag in site.interface.languages},
        "words": _said(site, reader.language, room),
        "packs": [room.words] if room.words else [],
        "worker": site.assets.url("vendor/hls.worker.js"),
        "sells": site.shop.sells(),
        "demo": reader.demo,
        "trader": site.settings.trader,
        "data": page.data,
    }
    html = _HTML.format(
        language=reader.language,
        direction=direction(reader.language),
        title=escape(page.title),
        description=escape(page.description[:300]),
        head=_head(request, site, page),
        assets=assets_head(site.assets, nonce, ENTRY, (*STYLES, *room.styles), room.screens),
        body=page.body,
        boot=for_script(boot),
    )
    headers = {
        "content-security-policy": policy(nonce),
        "cache-control": "no-cache",
        "vary": "accept-language, cookie",
        "content-language": reader.language,
    }
    response = HTMLResponse(html, headers=headers)
    if one_language(request.query_params.get("hl", "")) == reader.language:
        response.set_cookie(COOKIE, reader.language, max_age=31_536_000, samesite="lax")
    return response


def _said(site: Site, language: str, room: Room) -> dict[str, str]:
    more = site.story.words[language] if room.words else {}
    return {**site.interface.words[language], **more}


def _head(request: Request, site: Site, page: landing.Page) -> str:
    origin = _origin(request, site)
    address = escape(f"{origin}{page.path}")
    tags = [f'<link rel="canonical" href="{address}">']
    tags += [
        f'<link rel="alternate" hreflang="{tag}" href="{address}?hl={tag}">'
        for tag in site.interface.languages
    ]
    tags.append(f'<link rel="alternate" hreflang="x-default" href="{address}">')
    tags.append(f'<meta property="og:title" content="{escape(page.title)}">')
    tags.append(f'<meta property="og:description" content="{escape(page.description[:300])}">')
    tags.append(f'<meta property="og:url" content="{address}">')
    if page.image:
        tags.append(f'<meta property="og:image" content="{escape(origin + page.image)}">')
    if page.linked:
        tags.append(f'<script type="application/ld+json">{for_script(page.linked)}</script>')
    return "\n".join(tags)


_HTML = """<!doctype html>
<html lang="{language}" dir="{direction}">
<head>
<meta charset="utf-8">
<title>{title}</title>
<meta name="viewport" content="width=device-width, initial-scale=1, viewport-fit=cover">
<meta name="description" content="{description}">
<meta name="theme-color" content="#0b0a0d">
<meta name="color-scheme" content="dark">
<link rel="manifest" href="/manifest.webmanifest">
{head}
{assets}
</head>
<body>
<div id="app">{body}</div>
<script type="application/json" id="boot">{boot}</script>
</body>
</html>
"""
