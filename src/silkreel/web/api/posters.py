"""Stills: public while their series is, and the same for ever under their hash."""

from typing import Annotated

from fastapi import APIRouter, Path
from fastapi.responses import FileResponse

from silkreel.catalogue.browse import NotShown, poster_shown
from silkreel.web.edge import Reading, TheSite

router = APIRouter(tags=["posters"], include_in_schema=False)
TYPES = {".webp": "image/webp", ".jpg": "image/jpeg", ".png": "image/png"}


@router.get("/posters/{asset}/{name}.webp")
def poster(
    asset: Annotated[str, Path(pattern="^[a-z0-9]{1,24}$")],
    name: Annotated[str, Path(pattern="^[0-9a-f]{32}$")],
    tx: Reading,
    site: TheSite,
) -> FileResponse:
    """One still."""
    content_hash = poster_shown(tx, asset, name)
    for suffix, media_type in TYPES.items():
        if content_hash is not None and site.workshop.store.holds(content_hash, suffix):
            path = site.workshop.store.path(content_hash, suffix)
            headers = {"cache-control": "public, max-age=31536000, immutable"}
            return FileResponse(path, media_type=media_type, headers=headers)
    raise NotShown
