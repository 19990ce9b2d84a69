"""What viewers may ask of us at any time: all that is kept of them, a stop, money back, to be forgotten."""

import csv
import io
import json
import logging
import zipfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa

from silkreel.audience import belongings as audience
from silkreel.commerce import belongings, limits, vip, vip_leaving, withdrawals
from silkreel.commerce.payments import ProviderMissing, ProviderRefused, ProviderSilent
from silkreel.commerce.wallets import wallet_of
from silkreel.commerce.withdrawals import Due
from silkreel.flows.take_payments import ROUND, Providers, Round, give_back
from silkreel.kit.database import Database, Session
from silkreel.kit.money import Money
from silkreel.kit.money_words import written
from silkreel.kit.plain_rows import plain_rows
from silkreel.kit.refusals import Refusal
from silkreel.people.tables import LetterRow, ViewerIdentityRow, ViewerRow, ViewerSessionRow
from silkreel.people.viewers import forget_viewer

Holder = tuple[str, str]
ABOUT = """Everything this site holds about you, as of {at}.

all.json   all of it in one file
*.csv      the same, a table each, for a spreadsheet

Amounts that end in _minor are in the currency's smallest unit; coins are whole coins; times are UTC.
"""
FORMULA = ("=", "+", "-", "@", "\t", "\r")  # what a spreadsheet would run
log = logging.getLogger(__name__)


class CoinsWouldBeLost(Refusal):
    """Erasing would take bought coins away."""

    status = 409
    message = (
        "You still have {coins} bought coins ({money}). Withdraw from the purchase first to get the "
        "money, or say that you give them up."
    )


@dataclass(frozen=True, slots=True)
class Farewell:
    """What erasing would take away."""

    paid_coins: int
    unused: tuple[Money, ...]
    vips: int


def export(tx: Session, holder: Holder, at: datetime) -> bytes:
    """All that is held about a viewer, as a zip of JSON and CSV."""
    viewer_id = holder[0]
    found = {
        **_person(tx, viewer_id), **belongings.take_out(tx, holder),
        **audience.take_out(tx, viewer_id),
    }  # fmt: skip
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as file:
        file.writestr("README.txt", ABOUT.format(at=at.isoformat(timespec="seconds")))
        file.writestr("all.json", json.dumps(found, ensure_ascii=False, indent=1, default=str))
        for name, rows in found.items():
            if rows:
                file.writestr(f"{name}.csv", _csv(rows))
    return packed.getvalue()


def stop_spending(tx: Session, holder: Holder, length: timedelta, at: datetime) -> datetime:
    """Shut a viewer out of spending by their own wish; VIP is cancelled, so nothing is charged.

    Raises:
        ShorterExclusion.
    """
    until = limits.shut_out(tx, holder, length, at)
    for vip_id in vip.running(tx, *holder, at):
        vip_leaving.cancel(tx, vip_id, holder[0], at)
    return until


def farewell(tx: Session, holder: Holder, at: datetime) -> Farewell:
    """What would be lost by erasing. Changes nothing."""
    wallet = wallet_of(tx, *holder, at)
    return Farewell(wallet.paid_coins, wallet.unused, len(vip.running(tx, *holder, at)))


def erase(tx: Session, holder: Holder, at: datetime, *, give_up_coins: bool) -> None:
    """Forget a person. The books stay whole under a name that leads to nobody.

    Raises:
        CoinsWouldBeLost: bought coins are left, and nobody said to give them up.
    """
    left = farewell(tx, holder, at)
    if left.paid_coins and not give_up_coins:
        worth = ", ".join(map(written, left.unused)) or "0"
        raise CoinsWouldBeLost(coins=left.paid_coins, money=worth)
    for vip_id in vip.running(tx, *holder, at):
        vip_leaving.cancel(tx, vip_id, holder[0], at)
    belongings.part(tx, holder)
    audience.forget(tx, holder[0])
    forget_viewer(tx, holder[0])


def pay_withdrawals(
    database: Database, providers: Providers, at: datetime, *, of: str | None = None
) -> Round:
    """A round of refunds that withdrawals are owed, each once by its key."""
    with database.reading() as tx:
        owed = withdrawals.due(tx, at, ROUND, of=of)
    done = [_pay(database, providers, due, at) for due in owed]
    return Round(sum(done), 0, len(done) - sum(done))


def _pay(database: Database, providers: Providers, due: Due, at: datetime) -> bool:
    provider = providers.get(due.provider)
    if provider is None:
        return False
    try:
        give_back(database, provider, due.order_id, due.payment, due.amount_minor, due.key, at)
    except (ProviderRefused, ProviderSilent, ProviderMissing) as problem:
        log.warning("money of withdrawal %s stays: %s", due.withdrawal_id, problem)
        with database.transaction() as tx:
            withdrawals.try_again(tx, due, at)
        return False
    with database.transaction() as tx:
        withdrawals.settled(tx, due, at)
    return True


def _person(tx: Session, viewer_id: str) -> dict[str, list[dict[str, Any]]]:
    viewer = tx.get(ViewerRow, viewer_id)
    who = [{"id": viewer.id, "kind": viewer.kind, "since": viewer.made_at}] if viewer else []
    identities = sa.select(ViewerIdentityRow).where(ViewerIdentityRow.viewer_id == viewer_id)
    sessions = sa.select(ViewerSessionRow).where(ViewerSessionRow.viewer_id == viewer_id)
    letters = plain_rows(tx, LetterRow, [LetterRow.viewer_id == viewer_id])
    return {
        "viewer": who,
        "identities": [
            {"provider": row.provider, "subject": row.subject, "since": row.known_since}
            for row in tx.scalars(identities)
        ],
        "sessions": [
            {"device": row.device, "since": row.made_at, "seen": row.seen_at}
            for row in tx.scalars(sessions)
        ],
        LetterRow.__tablename__: letters,
    }


def _csv(rows: Sequence[Mapping[str, Any]]) -> str:
    """A table; a text that a spreadsheet would take for a formula is quoted."""
    text = io.StringIO()
    writer = csv.DictWriter(text, list(rows[0]))
    writer.writeheader()
    for row in rows:
        writer.writerow({name: _cell(value) for name, value in row.items()})
    return text.getvalue()


def _cell(value: Any) -> Any:
    return f"'{value}" if isinstance(value, str) and value.startswith(FORMULA) else value
