"""A plan into rows: numbers are drawn, names of accounts resolved, then a statement per table."""

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from silkreel.commerce.facts import AccountName, Joined, NewLot, NewTxn, Notice, Plan
from silkreel.commerce.ledger_questions import ACCOUNT
from silkreel.commerce.many_rows import (
    TIME,
    Change,
    Columns,
    draw_numbers,
    insertion,
    rows_for,
    update,
    write_all,
)
from silkreel.commerce.requests import Answer
from silkreel.kit.money import COIN

MAX_NAMES = 200_000  # of accounts remembered; some 40 MB
NAMES: Columns = (
    ("owner_type", "text"), ("owner_id", "text"), ("role", "text"), ("brand_id", "text"),
)  # fmt: skip
TXNS: Columns = (
    ("id", "bigint"), ("kind", "text"), ("brand_id", "text"), ("wallet_id", "bigint"),
    ("actor", "text"), ("scope", "text"), ("key", "text"), ("request_hash", "text"),
    ("market", "text"), ("channel", "text"), ("quote_id", "bigint"), ("order_id", "text"),
    ("effective_at", TIME), ("recorded_at", TIME), ("reverses_id", "bigint"), ("note", "text"),
)  # fmt: skip
POSTINGS: Columns = (
    ("txn_id", "bigint"), ("seq", "int"), ("account_id", "bigint"), ("unit", "text"),
    ("amount", "bigint"),
)  # fmt: skip
LOTS: Columns = (
    ("id", "bigint"), ("wallet_id", "bigint"), ("txn_id", "bigint"), ("source", "text"),
    ("granted", "bigint"), ("remaining", "bigint"), ("is_open", "boolean"), ("repaid", "bigint"),
    ("expires_at", TIME), ("order_id", "text"), ("from_lot_id", "bigint"),
    ("gross_minor", "bigint"), ("tax_minor", "bigint"), ("fee_minor", "bigint"),
    ("net_minor", "bigint"), ("currency", "text"), ("storefront", "text"),
    ("fee_estimated", "boolean"), ("sandbox", "boolean"),
)  # fmt: skip
USES: Columns = (("txn_id", "bigint"), ("lot_id", "bigint"), ("amount", "bigint"))
ENTITLEMENTS: Columns = (
    ("id", "bigint"), ("viewer_id", "text"), ("brand_id", "text"), ("series_id", "text"),
    ("kind", "text"), ("ref", "text"), ("source", "text"), ("coins", "bigint"),
    ("txn_id", "bigint"), ("starts_at", TIME), ("opened_at", TIME), ("revoked_at", TIME),
    ("revoked_by_id", "bigint"),
)  # fmt: skip
NOTICES: Columns = (
    ("id", "bigint"), ("topic", "text"), ("key", "text"), ("payload", "json"), ("made_at", TIME),
)  # fmt: skip
WALLET_CHANGES: Columns = (
    ("id", "bigint"), ("paid", "bigint"), ("bonus", "bigint"), ("debt", "bigint"),
)  # fmt: skip
LOT_CHANGES: Columns = (
    ("id", "bigint"), ("remaining", "bigint"), ("is_open", "boolean"), ("repaid", "bigint"),
)  # fmt: skip
OPENINGS: Columns = (("id", "bigint"), ("opened_at", TIME))
REVOCATIONS: Columns = (("id", "bigint"), ("revoked_at", TIME), ("revoked_by_id", "bigint"))
JOIN = (
    "UPDATE lots SET wallet_id = :wallet WHERE wallet_id = :guest_wallet",
    """UPDATE entitlements SET viewer_id = :viewer_id
    WHERE viewer_id = :guest_id AND brand_id = :brand_id""",
    "UPDATE wallets SET merged_into_id = :wallet WHERE id = :guest_wallet",
)


@dataclass(slots=True)
class AccountNumbers:
    """Numbers of the house's accounts; kept between batches, once they are committed."""

    known: dict[AccountName, int] = field(default_factory=dict)

    def learn(self, numbers: Mapping[AccountName, int]) -> None:
        """Remember numbers for the next batch."""
        if len(self.known) > MAX_NAMES:
            self.known.clear()
        self.known.update(numbers)


@dataclass(frozen=True, slots=True)
class Written:
    """What was written: the answers with real numbers, and the accounts that were looked up."""

    answers: tuple[Answer, ...]
    accounts: Mapping[AccountName, int]


def write_plan(
    connection: sa.Connection,
    plan: Plan,
    now: datetime,
    known: AccountNumbers,
    drawn: Mapping[str, list[int]],
) -> Written:
    """Write a plan in the caller's transaction; `drawn` are numbers taken for it already."""
    if not plan.txns:
        return Written(plan.answers, {})
    numbers = _numbers_for(connection, plan, drawn)
    txn, lot = _real(numbers["txns"]), _real(numbers["lots"])
    entitlement = _real(numbers["entitlements"])
    accounts = _account_numbers(connection, plan, known)
    about = {"txn": txn, "entitlement": entitlement}
    write_all(connection, [
        *insertion(connection, "txns", TXNS, [
            _txn_row(txn(-place), row, about, txn, now)
            for place, row in enumerate(plan.txns, start=1)
        ]),
        *insertion(connection, "postings", POSTINGS, [
            (txn(p.txn_id), p.seq, _account(p.account, accounts, known), COIN, p.amount)
            for p in plan.postings
        ]),
        *insertion(connection, "lots", LOTS, [
            _lot_row(lot(-place), row, txn(row.txn_id), lot)
            for place, row in enumerate(plan.lots, start=1)
        ]),
        *insertion(connection, "lot_uses", USES, [
            (txn(each), lot(used), coins) for (each, used), coins in plan.uses.items()
        ]),
        *_changes(connection, plan, txn),
        *insertion(connection, "entitlements", ENTITLEMENTS, [
            (entitlement(-place), e.viewer_id, e.brand_id, e.series_id, e.kind, e.ref, "coin", e.coins,
             txn(e.txn_id), now, e.opened_at, e.revoked_at,
             None if e.revoked_by_id is None else txn(e.revoked_by_id))
            for place, e in enumerate(plan.entitlements, start=1)
        ]),
        *insertion(connection, "outbox", NOTICES, [
            (number, notice.topic, notice.key, _payload(notice), now)
            for number, notice in zip(numbers["outbox"], plan.notices, strict=True)
        ]),
    ])  # fmt: skip
    for each in plan.joined:
        _join(connection, each)
    answers = tuple(
        answer if answer.txn_id is None else replace(answer, txn_id=txn(answer.txn_id))
        for answer in plan.answers
    )
    return Written(answers, accounts)


def _join(connection: sa.Connection, joined: Joined) -> None:
    """Whose lots and rights they are now; after the batch's own rows, which name them as before."""
    for statement in JOIN:
        connection.execute(sa.text(statement), joined._asdict())


def _changes(connection: sa.Connection, plan: Plan, txn: Callable[[int], int]) -> list[Change]:
    version = "version" if connection.dialect.name == "sqlite" else "wallets.version"
    changes = plan.entitlement_changes
    return [
        *update(connection, "lots", LOT_CHANGES, [
            (change.lot_id, change.remaining, change.remaining > 0, change.repaid)
            for change in plan.lot_changes
        ]),
        *update(connection, "wallets", WALLET_CHANGES, plan.wallet_changes,
                f", version = {version} + 1"),
        *update(connection, "entitlements", OPENINGS, [
            (each.entitlement_id, each.opened_at) for each in changes if each.opened_at
        ]),
        *update(connection, "entitlements", REVOCATIONS, [
            (each.entitlement_id, each.revoked_at,
             None if each.revoked_by_id is None else txn(each.revoked_by_id))
            for each in changes
            if each.revoked_at or not each.opened_at
        ]),
    ]  # fmt: skip


def _numbers_for(
    connection: sa.Connection, plan: Plan, drawn: Mapping[str, list[int]]
) -> dict[str, list[int]]:
    """Numbers for all new rows: those drawn already, and as many more as are missing."""
    needed = {
        "txns": len(plan.txns), "lots": len(plan.lots), "outbox": len(plan.notices),
        "entitlements": len(plan.entitlements),
    }  # fmt: skip
    there = {table: list(drawn.get(table, ()))[:count] for table, count in needed.items()}
    lacking = {table: count - len(there[table]) for table, count in needed.items()}
    if any(lacking.values()):
        more = draw_numbers(connection, lacking)
        there = {table: there[table] + more[table] for table in needed}
    return there


def _account_numbers(
    connection: sa.Connection, plan: Plan, known: AccountNumbers
) -> dict[AccountName, int]:
    """Numbers of accounts not known yet; missing ones are made."""
    names = {p.account for p in plan.postings if isinstance(p.account, AccountName)}
    wanted = sorted(names - known.known.keys())
    found = _find_accounts(connection, wanted)
    missing = [name for name in wanted if name not in found]
    if missing:
        numbers = draw_numbers(connection, {"accounts": len(missing)})["accounts"]
        rows = [
            (number, name.owner_type, name.owner_id, name.role, COIN, name.brand_id, "")
            for number, name in zip(numbers, missing, strict=True)
        ]
        write_all(
            connection, insertion(connection, "accounts", ACCOUNT, rows, "ON CONFLICT DO NOTHING")
        )
        found |= _find_accounts(connection, missing)  # another batch may have made them just now
    return found


def _find_accounts(
    connection: sa.Connection, names: Sequence[AccountName]
) -> dict[AccountName, int]:
    rows = rows_for(
        connection,
        """SELECT a.owner_type, a.owner_id, a.role, a.brand_id, a.id
        FROM {given} JOIN accounts a ON a.owner_type = given.owner_type
         AND a.owner_id = given.owner_id AND a.role = given.role
         AND a.brand_id = given.brand_id AND a.unit = 'COIN' AND a.market = ''""",
        NAMES,
        names,
    )
    return {AccountName(*row[:4]): row[4] for row in rows}


def _account(
    account: int | AccountName, found: Mapping[AccountName, int], known: AccountNumbers
) -> int:
    if isinstance(account, int):
        return account
    return found[account] if account in found else known.known[account]


def _real(drawn: Sequence[int]) -> Callable[[int], int]:
    """From a plan's number to a row's: -1 is the first that was drawn."""
    return lambda number: number if number > 0 else drawn[-number - 1]


def _txn_row(
    number: int,
    row: NewTxn,
    about: Mapping[str, Callable[[int], int]],
    txn: Callable[[int], int],
    now: datetime,
) -> tuple[Any, ...]:
    key = row.key if row.about is None else f"{row.key}{about[row.about[0]](row.about[1])}"
    reverses = None if row.reverses_id is None else txn(row.reverses_id)
    return (
        number, row.kind, row.brand_id, row.wallet_id, row.actor, row.scope, key, row.request_hash,
        row.market, row.channel, row.quote_id, row.order_id, row.effective_at, now, reverses,
        row.note,
    )  # fmt: skip


def _lot_row(number: int, row: NewLot, txn: int, lot: Callable[[int], int]) -> tuple[Any, ...]:
    money = row.money
    paid = (
        (money.gross_minor, money.tax_minor, money.fee_minor, money.net_minor, money.currency,
         money.storefront, money.fee_estimated, money.sandbox)
        if money
        else (0, 0, 0, 0, "", "", False, False)
    )  # fmt: skip
    return (
        number, row.wallet_id, txn, row.source, row.granted, row.remaining, row.remaining > 0,
        row.repaid, row.expires_at, row.order_id,
        None if row.from_lot_id is None else lot(row.from_lot_id), *paid,
    )  # fmt: skip


def _payload(notice: Notice) -> str:
    return json.dumps(
        {"viewer": notice.viewer_id, "brand": notice.brand_id, "series": notice.series_id,
         "refs": list(notice.refs)}
    )  # fmt: skip
