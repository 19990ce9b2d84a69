"""Series and episodes that a viewer may see."""

from typing import Annotated, Any

from fastapi import APIRouter, Path, Query, Request

from silkreel.catalogue.browse import MAX_SERIES, NotShown, list_series, show_series
from silkreel.catalogue.series import SLUG_LENGTH
from silkreel.web.api.shapes import (
    MAX_NUMBER,
    EpisodeShape,
    Problem,
    SeriesList,
    SeriesPageShape,
    SeriesShape,
)
from silkreel.web.api.works.media import media_of
from silkreel.web.edge import Reading, TheViewer

NOES: dict[int | str, dict[str, Any]] = {
    code: {"model": Problem, "content": {"application/problem+json": {}}} for code in (404, 422)
}
router = APIRouter(prefix="/api/series", tags=["series"], responses=NOES)
Slug = Annotated[str, Path(max_length=SLUG_LENGTH)]


@router.get("")
def find(
    tx: Reading,
    viewer: TheViewer,
    q: Annotated[str, Query(max_length=100, description="words of a title or synopsis")] = "",
    limit: Annotated[int, Query(ge=1, le=MAX_SERIES)] = 60,
) -> SeriesList:
    """Released series, newest first; with `q`, those whose words match in any language."""
    cards = list_series(tx, viewer.market, viewer.language, search=q, limit=limit)
    return SeriesList(series=[SeriesShape.of(card) for card in cards])


@router.get("/{slug}")
def series(slug: Slug, request: Request, tx: Reading, viewer: TheViewer) -> SeriesPageShape:
    """One series with its episodes."""
    page = show_series(tx, slug, viewer.market, viewer.language)
    return SeriesPageShape.of_page(page, media_of(request, tx, slug, viewer.market))


@router.get("/{slug}/episodes/{number}")
def episode(
    slug: Slug,
    number: Annotated[int, Path(ge=0, le=MAX_NUMBER)],
    tx: Reading,
    viewer: TheViewer,
) -> EpisodeShape:
    """One episode by its number."""
    page = show_series(tx, slug, viewer.market, viewer.language)
    for card in page.episodes:
        if card.number == number:
            return EpisodeShape.of(card)
    raise NotShown
