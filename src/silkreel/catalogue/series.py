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
    titles: Mapping[str, str],
    synopses: Mapping[str, str],
    source_language: str,
    orientation: str,
    rights: Mapping[str, Any],
) -> SeriesRow:
    """The series under `slug`, made or brought up to date with what is said of it now.

    Raises:
        BadSlug: the slug does not fit an address.
    """
    if slug != slug_of(slug):
        raise BadSlug(slug=slug)
    series = tx.scalar(sa.select(SeriesRow).where(SeriesRow.slug == slug))
    if series is None:
        series = SeriesRow(id=random_id(), slug=slug, made_at=now())
        tx.add(series)
    series.titles = dict(titles)
    series.synopses = dict(synopses)
    series.source_language = source_language
    series.orientation = orientation
    series.rights = dict(rights)
    tx.flush()
    return series


def find_series(tx: Session, slug: str) -> SeriesRow:
    """The series under `slug`.

    Raises:
        NoSuchSeries: there is none; the sentence lists those there are.
    """
    series = tx.scalar(sa.select(SeriesRow).where(SeriesRow.slug == slug))
    if series is None:
        known = tx.scalars(sa.select(SeriesRow.slug).order_by(SeriesRow.slug).limit(20)).all()
        none = words("none yet, run `silkreel import`")
        raise NoSuchSeries(slug=slug, known=", ".join(known) or none)
    return series


def episodes_of(tx: Session, series_id: str) -> list[EpisodeRow]:
    """Episodes in order of their numbers."""
    query = sa.select(EpisodeRow).where(EpisodeRow.series_id == series_id)
    return list(tx.scalars(query.order_by(EpisodeRow.number)))
