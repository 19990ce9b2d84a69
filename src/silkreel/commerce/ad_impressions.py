"""Ads that were shown: by them a network's final money is spread; what they are worth is a guess.

An impression's estimate is shown with its label and never posted (`ESTIMATED`,
`PUBLISHER_PROVIDED`, `PRECISE`, as AdMob's paid event calls them; `UNKNOWN` where none came).
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

import sqlalchemy as sa

from silkreel.commerce.tables import AdImpressionRow, AdIntentRow
from silkreel.kit.database import Session, insert_once
from silkreel.kit.money import exponent
from silkreel.kit.refusals import Refusal

Precision = Literal["UNKNOWN", "ESTIMATED", "PUBLISHER_PROVIDED", "PRECISE"]
WORTH_MICROS = 10_000_000  # ten of any currency: no single ad was ever sold for it


class AdNotShown(Refusal):
    """No ad of this viewer's stands behind the impression."""

    status = 404
    message = "No ad that was shown to you stands behind this. Nothing was counted."


@dataclass(frozen=True, slots=True)
class Impression:
    """One ad that a viewer saw: of which intent, in which unit, where; worth `estimate_micros`."""

    nonce: str
    viewer_id: str
    brand_id: str
    unit_id: str
    country: str
    estimate_micros: int = 0
    currency: str = "USD"
    precision: Precision = "UNKNOWN"


@dataclass(frozen=True, slots=True)
class Estimate:
    """What a network's ads of a time were guessed to be worth, and how good the guess is."""

    network: str
    currency: str
    precision: str
    impressions: int
    micros: int


def note_impression(tx: Session, seen: Impression, at: datetime) -> None:
    """Count an ad once, by its intent; the network and the series are the intent's.

    Raises:
        AdNotShown: the intent is another viewer's, or its ad never began.
        UnknownCurrency: no such currency.
    """
    exponent(seen.currency)
    intent = tx.get(AdIntentRow, seen.nonce)
    theirs = intent is not None and (intent.viewer_id, intent.brand_id) == (
        seen.viewer_id, seen.brand_id,
    )  # fmt: skip
    if intent is None or not theirs or intent.state == "issued":
        raise AdNotShown
    insert_once(
        tx, AdImpressionRow,
        {"network": intent.network, "impression_id": seen.nonce, "intent_nonce": seen.nonce,
         "unit_id": seen.unit_id, "series_id": intent.series_id, "country": seen.country,
         "at": at, "estimate_micros": min(max(0, seen.estimate_micros), WORTH_MICROS),
         "currency": seen.currency, "precision": seen.precision},
    )  # fmt: skip


def estimates(tx: Session, start: datetime, end: datetime) -> list[Estimate]:
    """What ads of a time were guessed to be worth; analytics, never in a statement."""
    names = (AdImpressionRow.network, AdImpressionRow.currency, AdImpressionRow.precision)
    query = (
        sa.select(*names, sa.func.count(), sa.func.sum(AdImpressionRow.estimate_micros))
        .where(AdImpressionRow.at >= start, AdImpressionRow.at < end)
        .group_by(*names)
        .order_by(*names)
    )
    return [Estimate(*row[:4], int(row[4])) for row in tx.execute(query)]
