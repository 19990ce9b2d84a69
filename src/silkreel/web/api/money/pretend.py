"""The pretend provider's own page, for demonstrations: it says so, and no money moves."""

from html import escape
from typing import Annotated

from fastapi import APIRouter, Path, Query
from fastapi.responses import HTMLResponse, RedirectResponse

from silkreel.commerce.payments import Kind
from silkreel.commerce.providers.fake_book import Page
from silkreel.commerce.providers.fake_psp import FakePsp
from silkreel.flows.take_payments import hear, work_inbox
from silkreel.kit.clock import now
from silkreel.kit.money import Money
from silkreel.kit.money_words import written
from silkreel.kit.refusals import Refusal
from silkreel.kit.words import language_in_force, words
from silkreel.web.edge import TheSite
from silkreel.web.interface import direction
from silkreel.web.site import Site

router = APIRouter(prefix="/pretend", include_in_schema=False)
POLICY = (
    "default-src 'none'; style-src 'self'; form-action 'self'; base-uri 'none'; "
    "frame-ancestors 'none'"
)
Ref = Annotated[str, Path(max_length=64)]
OUTCOMES = {"paid": Kind.PAID, "pending": Kind.PENDING, "failed": Kind.FAILED}
LAST = frozenset({Kind.PAID, Kind.FAILED})  # after these nothing more happens on a page
PAGE = """<!doctype html>
<html lang="{language}" dir="{direction}"><head><meta charset="utf-8"><title>{title}</title>
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="robots" content="noindex"><meta name="color-scheme" content="dark">{styles}</head>
<body><main class="pretend"><p class="pretend-mark">{mark}</p><h1>{title}</h1><p>{plainly}</p>
<p class="pretend-item"><span>{item}</span><strong>{price}</strong></p>
<form method="post"><button class="button main">{paid}</button>
<button class="button quiet" formaction="?outcome=pending">{pending}</button>
<button class="button quiet" formaction="?outcome=failed">{failed}</button></form>
<p><a class="button quiet" href="{back}">{leave}</a></p></main></body></html>
"""
STYLES = ("shared/tokens.css", "shared/base.css", "money/pretend.css")


class NoSuchPage(Refusal):
    """No pretend payment waits here."""

    status = 404
    message = "No pretend payment waits here. Go back and order again."


@router.get("/{ref}")
def page(ref: Ref, site: TheSite) -> HTMLResponse:
    """What would be paid, and that nothing is."""
    found = _find(_psp(site), ref)
    headers = {"cache-control": "no-store", "content-security-policy": POLICY}
    return HTMLResponse(_html(site, found), headers=headers)


@router.post("/{ref}")
def pay(
    ref: Ref, site: TheSite, outcome: Annotated[str, Query(max_length=16)] = "paid"
) -> RedirectResponse:
    """Pretend to pay, once; the provider's event comes in as any other would."""
    psp = _psp(site)
    found, provider = _find(psp, ref), site.counter.providers[FakePsp.name]
    database, at = site.workshop.database, now()
    known = {fact.kind for fact in psp.book.facts(ref)}
    kind = OUTCOMES.get(outcome, Kind.PAID)
    if not known & LAST and kind not in known:
        event = psp.happen(ref, kind, f"pay_{found.order_id}", found.gross_minor, at)
        hear(database, provider, event.raw, event.headers, at)
    work_inbox(database, {provider.name: provider}, at)
    return RedirectResponse(found.return_url, 303)


def _psp(site: Site) -> FakePsp:
    """The pretend provider, where it is on.

    Raises:
        NoSuchPage: it is off.
    """
    found: object = site.counter.providers.get(FakePsp.name)
    if not isinstance(found, FakePsp):
        raise NoSuchPage
    return found


def _find(psp: FakePsp, ref: str) -> Page:
    found = psp.book.page(ref)
    if found is None:
        raise NoSuchPage
    return found


def _html(site: Site, found: Page) -> str:
    language = language_in_force()
    styles = "".join(f'<link rel="stylesheet" href="{site.assets.url(path)}">' for path in STYLES)
    said = {
        "language": language,
        "direction": direction(language),
        "mark": words("Demonstration"),
        "title": words("Pretend payment"),
        "plainly": words("This page only pretends: no money moves, and the coins are for trying."),
        "item": found.title,
        "price": written(Money(found.gross_minor, found.currency)),
        "paid": words("Pretend to pay"),
        "pending": words("Pretend that it takes a while"),
        "failed": words("Pretend that it is refused"),
        "back": found.return_url,
        "leave": words("Go back without paying"),
    }
    return PAGE.format(styles=styles, **{name: escape(text) for name, text in said.items()})
