"""Rewarded ads: an intent is issued, claimed, proved, granted; one nonce is one grant.

issued -> shown -> provisional (claimed: opened at once, for half an hour) -> granted (proved: seven
days) | rejected (no proof in time: a strike) | expired. A valid proof is honoured whatever the state
and the caps are: the viewer kept the bargain.
"""

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

import sqlalchemy as sa

from silkreel.commerce.ad_proofs import Proof
from silkreel.commerce.ad_rules import (
    INTENT_LIFE,
    PROOF_WITHIN,
    STRICT_FOR,
    STRIKES_WITHIN,
    AdCounts,
    AdRules,
    AdsNotAllowed,
    is_outage,
    is_strict,
    market_day,
    refuse_offer,
)
from silkreel.commerce.limits import age_of
from silkreel.commerce.tables import AdDayRow, AdIntentRow, EntitlementRow
from silkreel.kit.database import Session, insert_once
from silkreel.kit.refusals import Refusal

NONCE_BYTES = 16  # 128 bits
OPEN = ("issued", "shown", "provisional")
OUTAGE_SPAN = timedelta(hours=1)
SWEPT = 500  # intents in one round


class NoSuchAd(Refusal):
    """No intent has this nonce, or it is another viewer's."""

    status = 404
    message = "This ad is not known here. Ask for a new one."


class AdOver(Refusal):
    """The intent has run out."""

    status = 409
    message = "This ad's time is over. Ask for a new one."


class ProofUsed(Refusal):
    """One proof, two intents."""

    status = 409
    message = "This proof was used for another ad. Nothing was opened."


@dataclass(frozen=True, slots=True)
class Asking:
    """Who asks for a rewarded ad, where, and what the rules of the place say of them."""

    viewer_id: str
    brand_id: str
    device_hash: str
    address_prefix: str
    placement: str
    series_id: str
    episode_id: str
    network: str
    zone: str  # of the market, e.g. America/Sao_Paulo
    allowed: bool  # by age, consent and VIP
    filled: bool  # the network, or a house ad, is ready
    campaign_id: str | None = None  # of our own ads, the one that will be played


@dataclass(frozen=True, slots=True)
class Intent:
    """A rewarded ad that was asked for."""

    nonce: str
    state: str
    unlocks: int  # episodes it opens; none where the episode takes more ads after it
    expires_at: datetime
    viewer_id: str
    brand_id: str
    series_id: str
    episode_id: str
    network: str
    campaign_id: str | None


def offer(tx: Session, asking: Asking, rules: AdRules, at: datetime) -> Intent:
    """A nonce for one ad, where the rules allow it.

    Raises:
        AdsNotAllowed, NoAdReady, AdCapReached, AdTooSoon, AdsWaitForProof.
    """
    if age_of(tx, (asking.viewer_id, asking.brand_id)) == "child":
        raise AdsNotAllowed
    day = market_day(at, asking.zone)
    _lock_day(tx, asking.viewer_id, asking.brand_id, day)
    counts = count(tx, asking, at)
    refuse_offer(rules, counts, at, allowed=asking.allowed, filled=asking.filled)
    row = AdIntentRow(
        nonce=secrets.token_urlsafe(NONCE_BYTES), viewer_id=asking.viewer_id,
        brand_id=asking.brand_id, device_hash=asking.device_hash,
        address_prefix=asking.address_prefix, placement=asking.placement,
        series_id=asking.series_id, episode_id=asking.episode_id,
        unlocks=rules.unlocks if watched_for(tx, asking) + 1 >= rules.ads_per_unlock else 0,
        state="issued", network=asking.network, viewer_day=day, issued_at=at,
        expires_at=at + INTENT_LIFE, campaign_id=asking.campaign_id,
    )  # fmt: skip
    tx.add(row)
    tx.flush()
    return _shown(row)


def count(tx: Session, asking: Asking, at: datetime) -> AdCounts:
    """What the rules ask about a viewer."""
    day = market_day(at, asking.zone)
    mine = (AdIntentRow.viewer_id == asking.viewer_id, AdIntentRow.brand_id == asking.brand_id)
    alive = sa.and_(AdIntentRow.state.in_(OPEN), AdIntentRow.expires_at > at)
    here = sa.and_(*mine, AdIntentRow.viewer_day == day)
    in_series = sa.and_(here, AdIntentRow.series_id == asking.series_id)
    used = sa.or_(AdIntentRow.state == "granted", alive)
    unproved = AdIntentRow.state == "provisional"
    granted = tx.get(AdDayRow, (asking.viewer_id, asking.brand_id, day))
    last = tx.scalar(
        sa.select(sa.func.max(AdIntentRow.issued_at)).where(*mine, AdIntentRow.state == "granted")
    )
    return AdCounts(
        granted_today=granted.granted if granted else 0,
        open_today=_number(tx, here, alive),
        series_today=_number(tx, in_series, used),
        last_granted_at=last,
        unproved_viewer=_number(tx, *mine, unproved),
        unproved_device=_number(tx, AdIntentRow.device_hash == asking.device_hash, unproved),
        unproved_address=_number(
            tx, AdIntentRow.address_prefix == asking.address_prefix, unproved,
            AdIntentRow.address_prefix != "",
        ),
    )  # fmt: skip


def watched_for(tx: Session, asking: Asking) -> int:
    """Ads watched for an episode that takes several, since the last one that opened it."""
    counted = (
        AdIntentRow.viewer_id == asking.viewer_id, AdIntentRow.brand_id == asking.brand_id,
        AdIntentRow.episode_id == asking.episode_id,
        AdIntentRow.state.in_(("provisional", "granted")),
    )  # fmt: skip
    opened = tx.scalar(
        sa.select(sa.func.max(AdIntentRow.issued_at)).where(*counted, AdIntentRow.unlocks > 0)
    )
    since = AdIntentRow.issued_at > opened if opened else sa.true()
    return _number(tx, *counted, AdIntentRow.unlocks == 0, since)


def find(tx: Session, nonce: str, viewer_id: str | None) -> Intent:
    """An intent of a viewer, only read.

    Raises:
        NoSuchAd.
    """
    row = tx.get(AdIntentRow, nonce)
    if row is None or viewer_id is None or row.viewer_id != viewer_id:
        raise NoSuchAd
    return _shown(row)


def opened_by(tx: Session, nonce: str, at: datetime) -> list[str]:
    """Episodes that an intent holds open now."""
    mine = sa.select(EntitlementRow.ref).where(
        EntitlementRow.intent_id == nonce, EntitlementRow.ends_at > at
    )
    return list(tx.scalars(mine.order_by(EntitlementRow.id)))


def show(tx: Session, nonce: str, viewer_id: str, at: datetime) -> Intent:
    """The ad began to play.

    Raises:
        NoSuchAd, AdOver.
    """
    row = _mine(tx, nonce, viewer_id)
    if row.state == "issued":
        _refuse_late(row, at)
        row.state = "shown"
        tx.flush()
    return _shown(row)


def claim(
    tx: Session, nonce: str, viewer_id: str, at: datetime, episodes: Sequence[str] = ()
) -> Intent:
    """The app says the ad was watched: open at once, for as long as a proof may take.

    A viewer with strikes waits for the proof. `episodes` are those to open where an ad opens more
    than the one it was asked for.

    Raises:
        NoSuchAd, AdOver.
    """
    row = _mine(tx, nonce, viewer_id)
    if row.state in {"issued", "shown"}:
        _refuse_late(row, at)
        if not is_strict(_strikes(tx, row, at), at):
            _open(tx, row, _episodes(row, episodes), at, at + PROOF_WITHIN)
        row.state, row.expires_at = "provisional", at + PROOF_WITHIN
        tx.flush()
    return _shown(row)


def honour(
    tx: Session, proof: Proof, rules: AdRules, at: datetime, episodes: Sequence[str] = ()
) -> Intent:
    """A valid proof: the unlock lasts, whatever became of the intent; twice is once.

    Raises:
        NoSuchAd: no intent of this network has its nonce.
        ProofUsed: the network's own number was used for another intent.
    """
    row = tx.scalars(
        sa.select(AdIntentRow).where(AdIntentRow.nonce == proof.nonce).with_for_update()
    ).one_or_none()
    if row is None or row.network != proof.network:
        raise NoSuchAd
    if row.state == "granted":
        return _shown(row)
    used = sa.select(AdIntentRow.nonce).where(
        AdIntentRow.network == proof.network, AdIntentRow.network_txn == proof.network_txn
    )
    if tx.scalar(used) is not None:
        raise ProofUsed
    _open(tx, row, _episodes(row, episodes), at, at + rules.lasts)
    row.state, row.network_txn = "granted", proof.network_txn
    _lock_day(tx, row.viewer_id, row.brand_id, row.viewer_day).granted += 1
    tx.flush()
    return _shown(row)


def sweep(tx: Session, at: datetime) -> int:
    """End what nobody proved in time, and say how many.

    A claim without proof is a strike, unless the network's proofs fail to come for everybody.
    """
    rows = tx.scalars(
        sa.select(AdIntentRow)
        .where(AdIntentRow.state.in_(OPEN), AdIntentRow.expires_at <= at)
        .order_by(AdIntentRow.expires_at)
        .limit(SWEPT)
        .with_for_update()
    ).all()
    outages = {network: _outage(tx, network, at) for network in {row.network for row in rows}}
    for row in rows:
        blamed = row.state == "provisional" and not outages[row.network]
        row.state = "rejected" if blamed else "expired"
    tx.flush()
    return len(rows)


def _outage(tx: Session, network: str, at: datetime) -> bool:
    recent = (
        AdIntentRow.network == network,
        AdIntentRow.issued_at > at - PROOF_WITHIN - OUTAGE_SPAN,
    )
    late = sa.and_(AdIntentRow.state == "provisional", AdIntentRow.expires_at <= at)
    unproved = _number(tx, *recent, sa.or_(late, AdIntentRow.state == "rejected"))
    proved = _number(tx, *recent, AdIntentRow.state == "granted")
    return is_outage(unproved + proved, unproved)


def _strikes(tx: Session, row: AdIntentRow, at: datetime) -> list[datetime]:
    since = at - STRICT_FOR - STRIKES_WITHIN
    return list(
        tx.scalars(
            sa.select(AdIntentRow.expires_at).where(
                AdIntentRow.viewer_id == row.viewer_id,
                AdIntentRow.brand_id == row.brand_id,
                AdIntentRow.state == "rejected",
                AdIntentRow.expires_at > since,
            )
        )
    )


def _open(
    tx: Session, row: AdIntentRow, episodes: Sequence[str], at: datetime, until: datetime
) -> None:
    """Open episodes until a time; those this intent opened before last until then."""
    known = list(tx.scalars(sa.select(EntitlementRow).where(EntitlementRow.intent_id == row.nonce)))
    for each in known:
        each.ends_at = until
    if known:
        return
    for episode in episodes:
        tx.add(
            EntitlementRow(
                viewer_id=row.viewer_id, brand_id=row.brand_id, series_id=row.series_id,
                kind="episode", ref=episode, source="ad", coins=0, intent_id=row.nonce,
                starts_at=at, ends_at=until,
            )
        )  # fmt: skip


def _episodes(row: AdIntentRow, wanted: Sequence[str]) -> list[str]:
    return list(dict.fromkeys([row.episode_id, *wanted]))[: row.unlocks]


def _lock_day(tx: Session, viewer_id: str, brand_id: str, day: object) -> AdDayRow:
    """The viewer's day, locked: two offers at once cannot both be the last one."""
    name = {"viewer_id": viewer_id, "brand_id": brand_id, "viewer_day": day}
    insert_once(tx, AdDayRow, {**name, "granted": 0})
    return tx.scalars(sa.select(AdDayRow).filter_by(**name).with_for_update()).one()


def _mine(tx: Session, nonce: str, viewer_id: str) -> AdIntentRow:
    row = tx.scalars(
        sa.select(AdIntentRow).where(AdIntentRow.nonce == nonce).with_for_update()
    ).one_or_none()
    if row is None or row.viewer_id != viewer_id:
        raise NoSuchAd
    return row


def _refuse_late(row: AdIntentRow, at: datetime) -> None:
    if at >= row.expires_at:
        raise AdOver


def _number(tx: Session, *where: sa.ColumnElement[bool]) -> int:
    return tx.scalar(sa.select(sa.func.count()).select_from(AdIntentRow).where(*where)) or 0


def _shown(row: AdIntentRow) -> Intent:
    return Intent(
        row.nonce, row.state, row.unlocks, row.expires_at, row.viewer_id, row.brand_id,
        row.series_id, row.episode_id, row.network, row.campaign_id,
    )  # fmt: skip
