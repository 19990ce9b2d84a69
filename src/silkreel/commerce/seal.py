"""Sealed blocks: old rows under a chain of hashes, so that no byte of them changes unseen.

A job seals, never a request. A block covers txns of a brand with all that hangs on them: postings,
lot uses and what lots were granted with. The bytes are canonical: each value carries its kind and
its length, for joining by a mark would let two different rows read the same.
"""

import hashlib
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import sqlalchemy as sa

from silkreel.commerce.tables import LedgerBlockRow, LotRow, LotUseRow, PostingRow, TxnRow
from silkreel.kit.database import Database, Session
from silkreel.kit.refusals import Refusal

VERSION = b"silkreel-ledger-1"
BLOCK_TXNS = 10_000  # some 20 MB of rows; checking one takes a fraction of a second
SETTLE_SECONDS = 10.0  # how long to wait for open transactions; the next run goes on
PAUSE_SECONDS = 0.05
LOT_FACTS = (
    LotRow.id, LotRow.txn_id, LotRow.source, LotRow.granted, LotRow.expires_at, LotRow.order_id,
    LotRow.from_lot_id, LotRow.gross_minor, LotRow.tax_minor, LotRow.fee_minor, LotRow.net_minor,
    LotRow.currency, LotRow.storefront, LotRow.fee_estimated, LotRow.sandbox,
)  # fmt: skip


class StillMoving(Refusal):
    """Transactions older than the newest rows are open."""

    status = 409
    message = (
        "Transactions that began before are still open, so nothing new can be sealed. "
        "Run `silkreel ledger seal` again when they have ended."
    )


@dataclass(frozen=True, slots=True)
class BadBlock:
    """The first block of a chain whose rows are not what was sealed."""

    chain: str
    seq: int
    from_txn_id: int
    to_txn_id: int
    reason: str


@dataclass(frozen=True, slots=True)
class Sealed:
    """How much of the ledger is under seal, and what is wrong with it."""

    blocks: int
    rows: int
    bad: tuple[BadBlock, ...]


def seal(database: Database, now: datetime, *, block_txns: int = BLOCK_TXNS) -> int:
    """Seal what no open transaction can add to any more; how many blocks were made.

    Safe to run by several at once: a block has one place in its chain, and the second who wants
    it is refused by the primary key.

    Raises:
        StillMoving: older transactions stayed open for ten seconds.
    """
    newest = settled_txn(database)
    made = 0
    with database.transaction() as tx:
        for chain in tx.scalars(sa.select(TxnRow.brand_id).distinct()).all():
            made += _seal_chain(tx, chain, newest, now, block_txns)
    return made


def settled_txn(database: Database) -> int:
    """The largest number below which no row can appear any more.

    Numbers are drawn before the commit, so a smaller one may become visible after a larger. On
    PostgreSQL: take the last number drawn, then wait until every transaction that was open at
    that moment has ended. SQLite has one writer, so what can be read is settled.
    """
    if database.engine.dialect.name == "sqlite":
        with database.reading() as tx:
            return tx.scalar(sa.select(sa.func.max(TxnRow.id))) or 0
    with database.reading() as tx:
        newest = int(tx.scalar(sa.text("SELECT last_value FROM txns_id_seq")) or 0)
    with database.reading() as tx:
        after = tx.scalar(sa.text("SELECT pg_snapshot_xmax(pg_current_snapshot())::text::bigint"))
    deadline = time.monotonic() + SETTLE_SECONDS
    while True:
        with database.reading() as tx:
            oldest = tx.scalar(
                sa.text("SELECT pg_snapshot_xmin(pg_current_snapshot())::text::bigint")
            )
        if oldest >= after:
            return newest
        if time.monotonic() > deadline:
            raise StillMoving
        time.sleep(PAUSE_SECONDS)


def verify(database: Database) -> Sealed:
    """Check every chain; of each, name the first block that is not what was sealed."""
    with database.reading() as tx:
        chains = tx.scalars(sa.select(LedgerBlockRow.chain).distinct()).all()
        blocks = rows = 0
        bad = []
        for chain in sorted(chains):
            for block, fault in _checked(tx, chain):
                blocks += 1
                rows += block.rows
                if fault:
                    bad.append(fault)
                    break
    return Sealed(blocks, rows, tuple(bad))


def _seal_chain(tx: Session, chain: str, newest: int, now: datetime, block_txns: int) -> int:
    last = tx.scalars(
        sa.select(LedgerBlockRow)
        .where(LedgerBlockRow.chain == chain)
        .order_by(LedgerBlockRow.seq.desc())
        .limit(1)
    ).first()
    seq, first, previous = (last.seq, last.to_txn_id, last.hash) if last else (0, 0, "")
    made = 0
    while True:
        ids = tx.scalars(
            sa.select(TxnRow.id)
            .where(TxnRow.brand_id == chain, TxnRow.id > first, TxnRow.id <= newest)
            .order_by(TxnRow.id)
            .limit(block_txns)
        ).all()
        if not ids:
            return made
        seq, made = seq + 1, made + 1
        digest, rows = _digest(tx, chain, seq, first, ids[-1], previous)
        tx.add(
            LedgerBlockRow(
                chain=chain, seq=seq, from_txn_id=first, to_txn_id=ids[-1], rows=rows,
                previous_hash=previous, hash=digest, sealed_at=now,
            )
        )  # fmt: skip
        tx.flush()
        first, previous = ids[-1], digest


def _checked(tx: Session, chain: str) -> Iterator[tuple[LedgerBlockRow, BadBlock | None]]:
    previous, first = "", 0
    blocks = tx.scalars(
        sa.select(LedgerBlockRow).where(LedgerBlockRow.chain == chain).order_by(LedgerBlockRow.seq)
    ).all()
    for place, block in enumerate(blocks, start=1):
        digest, rows = _digest(tx, chain, block.seq, block.from_txn_id, block.to_txn_id, previous)
        if (block.seq, block.from_txn_id, block.previous_hash) != (place, first, previous):
            reason = "a block before it is missing or was changed"
        elif rows != block.rows:
            reason = f"{block.rows} rows were sealed and {rows} are there"
        elif digest != block.hash:
            reason = "a row is not what was sealed"
        else:
            reason = ""
        fault = BadBlock(chain, block.seq, block.from_txn_id, block.to_txn_id, reason)
        yield block, fault if reason else None
        previous, first = block.hash, block.to_txn_id


def _digest(
    tx: Session, chain: str, seq: int, after: int, last: int, previous: str
) -> tuple[str, int]:
    """Hash of a block's rows and of the block before, and how many rows there are."""
    digest = hashlib.sha256(_record(VERSION, (chain, seq, after, last, previous)))
    count = 0
    for name, query in _queries(chain, after, last):
        for row in tx.execute(query.execution_options(yield_per=1000)):
            digest.update(_record(name, row))
            count += 1
    return digest.hexdigest(), count


def _queries(chain: str, after: int, last: int) -> list[tuple[bytes, sa.Select[Any]]]:
    here = sa.and_(TxnRow.brand_id == chain, TxnRow.id > after, TxnRow.id <= last)

    def of_txns(columns: Sequence[Any], txn_id: Any, *order: Any) -> sa.Select[Any]:
        return sa.select(*columns).join(TxnRow, TxnRow.id == txn_id).where(here).order_by(*order)

    return [
        (b"txn", sa.select(*TxnRow.__table__.columns).where(here).order_by(TxnRow.id)),
        (b"posting", of_txns(list(PostingRow.__table__.columns), PostingRow.txn_id,
                             PostingRow.txn_id, PostingRow.seq)),
        (b"use", of_txns(list(LotUseRow.__table__.columns), LotUseRow.txn_id,
                         LotUseRow.txn_id, LotUseRow.lot_id)),
        (b"lot", of_txns(LOT_FACTS, LotRow.txn_id, LotRow.id)),
    ]  # fmt: skip


def _record(name: bytes, values: Sequence[Any]) -> bytes:
    return _length(name) + len(values).to_bytes(2) + b"".join(map(_canonical, values))


def _canonical(value: object) -> bytes:
    """A value's bytes, after a letter for its kind and its length."""
    match value:
        case None:
            return b"n" + _length(b"")
        case bool():
            return b"b" + _length(b"1" if value else b"0")
        case int():
            return b"i" + _length(str(value).encode())
        case str():
            return b"s" + _length(value.encode())
        case datetime():
            return b"t" + _length(value.astimezone(UTC).isoformat(timespec="microseconds").encode())
    raise TypeError(f"a sealed row holds no {type(value).__name__}")


def _length(content: bytes) -> bytes:
    return len(content).to_bytes(4) + content
