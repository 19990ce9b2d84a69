"""Films of the brand's own to show where ads stand; the built-in one where there is no other."""

import random
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa

from silkreel.commerce.tables import AdCampaignRow, AdImpressionRow
from silkreel.commerce.vast import HouseAd, MediaFile
from silkreel.kit.database import Session, insert_once
from silkreel.kit.refusals import Refusal

BUILT_IN = "built-in"
EVERY_BRAND = ""
NETWORK = "house"
ASSET = "ads"  # under which films lie in addresses
PUBLIC_HASH_LENGTH = 32  # of a file's name in addresses
BITS_PER_KILOBIT = 1000
WORTH = {"estimate_micros": 0, "currency": "USD", "precision": "OWN"}  # nobody pays us for them


class NoSuchCampaign(Refusal):
    """No film of that name."""

    status = 404
    message = "There is no campaign {campaign}; `silkreel ads list` shows those there are."


@dataclass(frozen=True, slots=True)
class Film:
    """A film in the store."""

    content_hash: str
    suffix: str
    size_bytes: int
    width_pixels: int
    height_pixels: int
    length_seconds: int

    @property
    def file(self) -> str:
        """Its name in addresses."""
        return self.content_hash[:PUBLIC_HASH_LENGTH] + self.suffix

    @property
    def bitrate_kbps(self) -> int:
        """On average."""
        return max(1, self.size_bytes * 8 // self.length_seconds // BITS_PER_KILOBIT)


@dataclass(frozen=True, slots=True)
class Campaign:
    """An ad of ours or of a direct customer, where and when it runs, and how often."""

    id: str
    brand_id: str
    title: str
    advertiser: str
    film: Film
    starts_at: datetime
    click_url: str | None = None
    markets: tuple[str, ...] = ()  # none: everywhere
    weight: int = 1
    ends_at: datetime | None = None
    built_in: bool = False

    def as_house_ad(self, film_url: str, skippable_after_seconds: int | None) -> HouseAd:
        """As VAST tells it."""
        film = self.film
        media = MediaFile(
            film_url, "video/mp4", film.width_pixels, film.height_pixels, film.bitrate_kbps
        )
        return HouseAd(
            id=self.id, creative_id=film.content_hash[:PUBLIC_HASH_LENGTH], title=self.title,
            advertiser=self.advertiser, length_seconds=film.length_seconds, media=(media,),
            click_url=self.click_url, skippable_after_seconds=skippable_after_seconds,
        )  # fmt: skip


def pick(campaigns: Sequence[Campaign], seed: str) -> Campaign | None:
    """One of those that run, by weight; the built-in one only where nothing else does."""
    chosen = [each for each in campaigns if not each.built_in] or list(campaigns)
    if not chosen:
        return None
    dice = random.Random(f"campaign:{seed}")  # noqa: S311 - a rotation, not a secret
    return dice.choices(chosen, [each.weight for each in chosen])[0]


def running(tx: Session, brand_id: str, market: str, at: datetime) -> list[Campaign]:
    """Campaigns that may be shown to a market now, in a lasting order."""
    rows = tx.scalars(
        sa.select(AdCampaignRow)
        .where(
            AdCampaignRow.brand_id.in_((brand_id, EVERY_BRAND)),
            AdCampaignRow.starts_at <= at,
            sa.or_(AdCampaignRow.ends_at.is_(None), AdCampaignRow.ends_at > at),
        )
        .order_by(AdCampaignRow.id)
    )
    return [_campaign(row) for row in rows if not row.markets or market in row.markets]


def campaign_by_id(tx: Session, campaign_id: str) -> Campaign:
    """A campaign, running or not.

    Raises:
        NoSuchCampaign.
    """
    row = tx.get(AdCampaignRow, campaign_id)
    if row is None:
        raise NoSuchCampaign(campaign=campaign_id)
    return _campaign(row)


def list_campaigns(tx: Session, brand_id: str) -> list[Campaign]:
    """Every campaign of a brand, the built-in one last."""
    mine = AdCampaignRow.brand_id.in_((brand_id, EVERY_BRAND))
    ordered = (AdCampaignRow.built_in, AdCampaignRow.starts_at, AdCampaignRow.id)
    return [
        _campaign(row)
        for row in tx.scalars(sa.select(AdCampaignRow).where(mine).order_by(*ordered))
    ]


def add_campaign(tx: Session, campaign: Campaign) -> Campaign:
    """Put a campaign on; the same id again takes the new film."""
    film = campaign.film
    values = {
        "brand_id": campaign.brand_id, "title": campaign.title, "advertiser": campaign.advertiser,
        "content_hash": film.content_hash, "suffix": film.suffix, "size_bytes": film.size_bytes,
        "width_pixels": film.width_pixels, "height_pixels": film.height_pixels,
        "length_seconds": film.length_seconds, "click_url": campaign.click_url,
        "markets": list(campaign.markets), "weight": campaign.weight,
        "built_in": campaign.built_in, "starts_at": campaign.starts_at,
        "ends_at": campaign.ends_at,
    }  # fmt: skip
    insert_once(tx, AdCampaignRow, {"id": campaign.id, **values})
    row = tx.get_one(AdCampaignRow, campaign.id)
    for name, value in values.items():
        setattr(row, name, value)
    tx.flush()
    return _campaign(row)


def end_campaign(tx: Session, campaign_id: str, brand_id: str, at: datetime) -> Campaign:
    """Take a campaign off; what was shown stays counted.

    Raises:
        NoSuchCampaign: there is none of this brand; the built-in one stays, for it is the last.
    """
    row = tx.get(AdCampaignRow, campaign_id)
    if row is None or row.brand_id != brand_id or row.built_in:
        raise NoSuchCampaign(campaign=campaign_id)
    row.ends_at = at if row.ends_at is None else min(row.ends_at, at)
    tx.flush()
    return _campaign(row)


def count_impression(
    tx: Session, nonce: str, campaign_id: str, series_id: str, market: str, at: datetime
) -> None:
    """An ad of ours began to play: counted once for each time it was handed out."""
    told = {"network": NETWORK, "impression_id": nonce, "unit_id": campaign_id,
            "series_id": series_id, "country": market[:2], "at": at, **WORTH}  # fmt: skip
    insert_once(tx, AdImpressionRow, told)


def shown_times(tx: Session, campaign_ids: Sequence[str]) -> dict[str, int]:
    """How often campaigns were shown."""
    rows = tx.execute(
        sa.select(AdImpressionRow.unit_id, sa.func.count())
        .where(AdImpressionRow.network == NETWORK, AdImpressionRow.unit_id.in_(campaign_ids))
        .group_by(AdImpressionRow.unit_id)
    )
    return {campaign: count for campaign, count in rows}  # noqa: C416 - rows are no pairs


def film_named(tx: Session, file: str) -> Film | None:
    """The film under a public file name, if a campaign has it."""
    stem, _, suffix = file.partition(".")
    if len(stem) != PUBLIC_HASH_LENGTH:
        return None
    named = AdCampaignRow.content_hash.startswith(stem), AdCampaignRow.suffix == f".{suffix}"
    row = tx.scalars(sa.select(AdCampaignRow).where(*named)).first()
    return None if row is None else _film(row)


def _film(row: AdCampaignRow) -> Film:
    return Film(
        row.content_hash, row.suffix, row.size_bytes, row.width_pixels, row.height_pixels,
        row.length_seconds,
    )  # fmt: skip


def _campaign(row: AdCampaignRow) -> Campaign:
    return Campaign(
        id=row.id, brand_id=row.brand_id, title=row.title, advertiser=row.advertiser,
        film=_film(row), starts_at=row.starts_at, click_url=row.click_url,
        markets=tuple(row.markets), weight=row.weight, ends_at=row.ends_at, built_in=row.built_in,
    )  # fmt: skip
