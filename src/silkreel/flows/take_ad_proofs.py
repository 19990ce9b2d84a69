"""Taking ad proofs: a network's callback is examined, written down, and honoured at once."""

import hashlib
from collections.abc import Mapping, Sequence
from datetime import datetime

import sqlalchemy as sa

from silkreel.catalogue.tables import EpisodeRow
from silkreel.commerce import ads, inbox
from silkreel.commerce.ad_proofs import AdNetwork, Proof
from silkreel.commerce.ad_rules import AdRules
from silkreel.commerce.inbox import Received
from silkreel.commerce.payments import Notice, OrderRef
from silkreel.commerce.tables import AdIntentRow
from silkreel.kit.database import Database, Session
from silkreel.kit.refusals import Refusal


def hear_ad(
    database: Database,
    network: AdNetwork,
    raw_query: str,
    headers: Mapping[str, str],
    rules: AdRules,
    at: datetime,
    episodes: Sequence[str] = (),
) -> Received:
    """Believe a callback or refuse it; either way it is kept. The caller answers as it says.

    A callback that comes again finds that it was honoured, and is answered the same.
    """
    found = _examine(network, raw_query, headers, at)
    sender, raw = f"ads.{network.name}", raw_query.encode("utf-8", "surrogatepass")
    with database.transaction() as tx:
        notice = _notice(found, raw) if isinstance(found, Proof) else found
        received = inbox.write_down(tx, sender, raw, headers, at, notice)
        if not isinstance(found, Proof) or received.state != "new" or received.inbox_id is None:
            return received
        try:
            ads.honour(tx, found, rules, at, episodes or following(tx, found.nonce))
        except Refusal as problem:  # it refuses before it writes
            inbox.park(tx, received.inbox_id, problem, at)
            return Received(received.inbox_id, "parked", problem)
        inbox.mark_applied(tx, received.inbox_id)
        return Received(received.inbox_id, "applied", None)


def following(tx: Session, nonce: str) -> list[str]:
    """Episodes from the one an ad was asked for on, for ads that open several."""
    row = tx.get(AdIntentRow, nonce)
    first = tx.get(EpisodeRow, row.episode_id) if row else None
    if row is None or first is None:
        return []
    after = sa.select(EpisodeRow.id).where(
        EpisodeRow.series_id == first.series_id, EpisodeRow.number > first.number
    )
    return list(tx.scalars(after.order_by(EpisodeRow.number).limit(max(0, row.unlocks - 1))))


def _examine(
    network: AdNetwork, raw_query: str, headers: Mapping[str, str], at: datetime
) -> Proof | Refusal:
    try:
        return network.verify(raw_query, inbox.lowered(headers), at)
    except Refusal as refusal:
        return refusal


def _notice(proof: Proof, raw: bytes) -> Notice:
    """The proof as the inbox keeps it: by the network's own number, over the callback's bytes."""
    name = f"{proof.network_txn[:80]}:{proof.nonce}"
    return Notice(name, OrderRef(), None, hashlib.sha256(raw).hexdigest())
