"""The desk's one HTML page: a shell that becomes the desk; it holds nothing that is secret."""

import secrets
from html import escape
from typing import Any

from fastapi import APIRouter, Request, Response
from fastapi.responses import HTMLResponse

from silkreel.kit.languages import own_name
from silkreel.people.brands import brand_at
from silkreel.web.edge import Reading, TheSite, TheViewer
from silkreel.web.interface import direction
from silkreel.web.pages import COOKIE
from silkreel.web.shell import assets_head, for_script, policy
from silkreel.web.site import Site

router = APIRouter(include_in_schema=False)
ENTRY = "desk/main.js"
STYLES = ("shared/tokens.css", "shared/base.css", "desk/desk.css", "desk/stories.css")


@router.get("/staff")
@router.get("/staff/{_path:path}")
def desk(request: Request, site: TheSite, viewer: TheViewer, tx: Reading) -> Response:
    """The desk; which of its pages, the address says."""
    chosen = request.cookies.get(COOKIE, "")
    language = site.desk.choose([*filter(None, [chosen]), *viewer.languages])
    nonce = secrets.token_urlsafe(16)
    html = _HTML.format(
        language=language,
        direction=direction(language),
        brand=escape(brand_at(tx, request.headers.get("host", "")).name),
        assets=assets_head(site.assets, nonce, ENTRY, STYLES),
        boot=for_script(_boot(site, language)),
        noscript=escape(site.desk.words[language]["desk.noscript"]),
    )
    headers = {
        "content-security-policy": policy(nonce),
        "cache-control": "no-store",
        "vary": "accept-language, cookie",
        "content-language": language,
        "x-robots-tag": "noindex",
    }
    return HTMLResponse(html, headers=headers)


def _boot(site: Site, language: str) -> dict[str, Any]:
    """What the page starts from: words only, nobody is known yet."""
    words = {**site.interface.words.get(language, {}), **site.desk.words[language]}
    languages = {tag: own_name(tag) for tag in site.desk.languages}
    return {"language": language, "languages": languages, "words": words, "worker": "", "data": {}}


_HTML = """<!doctype html>
<html lang="{language}" dir="{direction}" class="desk">
<head>
<meta charset="utf-8">
<title>{brand}</title>
<meta name="viewport" content="width=device-width, initial-scale=1, viewport-fit=cover">
<meta name="theme-color" content="#141217">
<meta name="color-scheme" content="dark">
{assets}
</head>
<body>
<div id="desk"></div>
<noscript>{noscript}</noscript>
<script type="application/json" id="boot">{boot}</script>
</body>
</html>
"""
