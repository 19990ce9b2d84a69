"""Our own ads: the operator's films, and the built-in one, drawn once where there is no other."""

import math
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from threading import Lock

from silkreel.commerce.campaigns import (
    BUILT_IN,
    EVERY_BRAND,
    Campaign,
    Film,
    add_campaign,
    end_campaign,
    film_named,
    pick,
    running,
)
from silkreel.kit.artifacts import Artifact, Workshop
from silkreel.kit.database import Session
from silkreel.kit.ids import random_id
from silkreel.kit.keys import work_key
from silkreel.kit.refusals import Refusal
from silkreel.media.house_film import VERSION, make_house_film
from silkreel.media.probe import Probe, probe_file
from silkreel.people.actors import Actor
from silkreel.people.audit import record

EDIT = "brand.edit"  # the right to show films on the brand's pages
LEAST_SECONDS, MOST_SECONDS = 3, 60  # shorter is no ad, longer is an episode
MOST_BYTES = 64 * 1024**2
CODECS = {"h264": "H.264"}
DRAWING = Lock()  # two viewers who come at once wait for one drawing


class BadFilm(Refusal):
    """A film that cannot be shown as an ad."""

    status = 422
    message = "{path} cannot be shown as an ad: {why}"


@dataclass(frozen=True, slots=True)
class Running:
    """What a new campaign is told besides its film."""

    title: str
    advertiser: str
    click_url: str | None = None
    markets: tuple[str, ...] = ()
    weight: int = 1
    ends_at: datetime | None = None


def ad_for(
    workshop: Workshop, brand_id: str, market: str, seed: str, at: datetime
) -> Campaign | None:
    """The ad to show; there is always one, for the built-in film is drawn where none is running."""
    with workshop.reading() as tx:
        found = pick(_there(workshop, running(tx, brand_id, market, at)), seed)
    return found or built_in(workshop, at)


def built_in(workshop: Workshop, at: datetime) -> Campaign:
    """The last of all ads; its film is drawn once for each home."""
    key = work_key("house_film", VERSION, {})
    with DRAWING:
        film = workshop.make(key, "house_film", _draw)
    with workshop.transaction() as tx:
        return add_campaign(
            tx,
            Campaign(
                id=BUILT_IN, brand_id=EVERY_BRAND, title="Lanterns", advertiser="Silkreel",
                film=_film(film), starts_at=at, built_in=True,
            ),
        )  # fmt: skip


def take_campaign(workshop: Workshop, path: Path, told: Running, *, by: Actor) -> Campaign:
    """Examine a film of the operator's, keep it, and show it from now on.

    Raises:
        NotYours: the person may not change the brand.
        BadFilm: it is no H.264 in MP4 of 3 to 60 seconds, or a click on it leads nowhere.
    """
    by.need(EDIT)
    if told.click_url is not None and not told.click_url.startswith(("https://", "http://")):
        raise BadFilm(path=str(path), why="a click has to lead to an address such as https://...")
    probe = _examined(path)
    film = Film(
        workshop.store.copy(path), path.suffix.lower(), path.stat().st_size, probe.width_pixels,
        probe.height_pixels, math.ceil(probe.length_seconds),
    )  # fmt: skip
    wanted = Campaign(
        id=random_id(12), brand_id=by.brand_id, title=told.title, advertiser=told.advertiser,
        film=film, starts_at=by.at, click_url=told.click_url, markets=told.markets,
        weight=told.weight, ends_at=told.ends_at,
    )  # fmt: skip
    with workshop.transaction() as tx:
        made = add_campaign(tx, wanted)
        after = {"title": made.title, "advertiser": made.advertiser}
        record(tx, by, "ads.begun", f"campaign:{made.id}", after=after)
        return made


def drop_campaign(tx: Session, campaign_id: str, *, by: Actor) -> Campaign:
    """Take a film off; what was shown stays counted.

    Raises:
        NotYours, NoSuchCampaign.
    """
    by.need(EDIT)
    ended = end_campaign(tx, campaign_id, by.brand_id, by.at)
    record(tx, by, "ads.ended", f"campaign:{ended.id}")
    return ended


def film_path(workshop: Workshop, file: str) -> Path | None:
    """Where the film under a public name lies; public names lead nowhere else."""
    with workshop.reading() as tx:
        film = film_named(tx, file)
    if film is None:
        return None
    path = workshop.store.path(film.content_hash, film.suffix)
    return path if path.is_file() else None


def _there(workshop: Workshop, campaigns: list[Campaign]) -> list[Campaign]:
    """Those whose film is in the store: a home may have been moved without it."""
    return [
        each for each in campaigns
        if workshop.store.holds(each.film.content_hash, each.film.suffix)
    ]  # fmt: skip


def _draw(folder: Path) -> tuple[Path, dict[str, object]]:
    made = make_house_film(folder / "house.mp4")
    return made.path, {
        "width_pixels": made.width_pixels, "height_pixels": made.height_pixels,
        "length_seconds": made.length_seconds,
    }  # fmt: skip


def _film(made: Artifact) -> Film:
    facts = made.facts
    return Film(
        made.content_hash, made.suffix, made.path.stat().st_size, facts["width_pixels"],
        facts["height_pixels"], facts["length_seconds"],
    )  # fmt: skip


def _examined(path: Path) -> Probe:
    if not path.is_file():
        raise BadFilm(path=str(path), why="there is no such file.")
    if path.suffix.lower() != ".mp4" or path.stat().st_size > MOST_BYTES:
        raise BadFilm(path=str(path), why="an MP4 file of at most 64 MB is wanted.")
    probe = probe_file(path)
    if probe.video_codec not in CODECS:
        why = "its picture has to be H.264, which every browser plays."
        raise BadFilm(path=str(path), why=why)
    if not LEAST_SECONDS <= probe.length_seconds <= MOST_SECONDS:
        raise BadFilm(
            path=str(path), why=f"it has to run {LEAST_SECONDS} to {MOST_SECONDS} seconds."
        )
    return probe
