"""Series: opened once under a slug, found again by it."""

import re
import unicodedata
from collections.abc import Mapping
from typing import Any

import sqlalchemy as sa

from silkreel.catalogue.tables import EpisodeRow, SeriesRow
from silkreel.kit.clock import now
from silkreel.kit.database import Session
from silkreel.kit.ids import random_id
from silkreel.kit.refusals import Refusal
from silkreel.kit.words import words

SLUG_LENGTH = 80
USUAL_LANGUAGE = "zh-Hans"  # most micro-dramas are made in Chinese
USUAL_ORIENTATION = "vertical"


class NoSuchSeries(Refusal):
    """No series has that slug."""

    status = 404
    message = "There is no series {slug}; the series here are: {known}."


class BadSlug(Refusal):
    """A slug has characters that do not fit an address."""

    message = "A slug has letters, digits and hyphens only; {slug} has others."


def slug_of(name: str) -> str:
    """A slug out of a folder's name; letters of every script are kept."""
    text = unicodedata.normalize("NFC", name).lower()
    slug = re.sub(r"[^\w]+", "-", text).replace("_", "-")
    return re.sub(r"-+", "-", slug).strip("-")[:SLUG_LENGTH] or "series"


def open_series(
    tx: Session,
    slug: str,
    *,
    titles: Mapping[str, str] | None = None,
    synopses: Mapping[str, str] | None = None,
    source_language: str | None = None,
    orientation: str | None = None,
    rights: Mapping[str, Any] | None = None,
) -> SeriesRow:
    """The series under `slug`, made or brought up to date with what is said of it now.

    What is None was not said: it stays as it is stored, and begins as usual in a new series.

    Raises:
        BadSlug: the slug does not fit an address.
    """
    if slug != slug_of(slug):
        raise BadSlug(slug=slug)
    series = known_series(tx, slug)
    if series is None:
        series = SeriesRow(
            id=random_id(), slug=slug, made_at=now(), titles={}, synopses={}, rights={},
            source_language=USUAL_LANGUAGE, orientation=USUAL_ORIENTATION,
        )  # fmt: skip
        tx.add(series)
    said = {
        "titles": titles, "synopses": synopses, "source_language": source_language,
        "orientation": orientation, "rights": rights,
    }  # fmt: skip
    for name, value in said.items():
        if value is not None:
            setattr(series, name, dict(value) if isinstance(value, Mapping) else value)
    tx.flush()
    return series


def known_series(tx: Session, slug: str) -> SeriesRow | None:
    """The series under `slug`, None where there is none."""
    return tx.scalar(sa.select(SeriesRow).where(SeriesRow.slug == slug))


def find_series(tx: Session, slug: str) -> SeriesRow:
    """The series under `slug`.

    Raises:
        NoSuchSeries: there is none; the sentence lists those there are.
    """
    series = known_series(tx, slug)
    if series is None:
        known = tx.scalars(sa.select(SeriesRow.slug).order_by(SeriesRow.slug).limit(20)).all()
        none = words("none yet, run `silkreel import`")
        raise NoSuchSeries(slug=slug, known=", ".join(known) or none)
    return series


def episodes_of(tx: Session, series_id: str) -> list[EpisodeRow]:
    """Episodes in order of their numbers."""
    query = sa.select(EpisodeRow).where(EpisodeRow.series_id == series_id)
    return list(tx.scalars(query.order_by(EpisodeRow.number)))
