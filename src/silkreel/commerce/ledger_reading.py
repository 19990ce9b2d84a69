"""Rows into what the planner is told; wallets are locked first, so that nothing read moves."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa

from silkreel.commerce.bounds import DAY, MONTH, Bounds, Limit
from silkreel.commerce.facts import (
    Entitled,
    Holder,
    KeyName,
    Known,
    Lot,
    PastOrder,
    PastUnlock,
    State,
    Use,
    Wallet,
)
from silkreel.commerce.ledger_questions import (
    ACCOUNT,
    BOUGHT,
    BOUNDS,
    DRAW,
    HOLDER,
    ITEM,
    ITEMS,
    KEY,
    KEYS,
    LOCK,
    LOCK_WALLETS,
    LOTS,
    NAME,
    NUMBER,
    NUMBERS,
    OPEN_LOTS,
    OPENED_BY,
    ORDER_LOTS,
    ORDER_POSTED,
    ORDER_TXNS,
    POSTED,
    REVOKED_BY,
    SERIES,
    SERIES_COINS,
    SINCE,
    SPENT_FROM,
    UNDONE,
    UNLOCKS,
    USES,
    WALLET,
)
from silkreel.commerce.many_rows import (
    Question,
    ask,
    draw_numbers,
    insertion,
    read_time,
    rows_for,
    stored_time,
    write_all,
)
from silkreel.commerce.requests import (
    Adjust,
    Answer,
    Claw,
    Grant,
    Merge,
    Open,
    Refunded,
    Request,
    Unclaw,
    Undo,
    Unlock,
)

UNDOS_COUNT_FOR = timedelta(days=30)


@dataclass(frozen=True, slots=True)
class Asked:
    """What a batch names, so that each table is asked once."""

    requests: Sequence[Request]
    now: datetime
    aliases: Mapping[Holder, str] = field(default_factory=dict)  # of guests that were merged

    def viewer(self, request: Request) -> str:
        """Who a request is about today."""
        return self.aliases.get((request.viewer_id, request.brand_id), request.viewer_id)

    def holder(self, request: Request) -> Holder:
        """Whose wallet a request is about today."""
        return self.viewer(request), request.brand_id

    def guests(self) -> set[Holder]:
        """Those who are merged by this batch."""
        return {(r.guest_id, r.brand_id) for r in self.of(Merge)}

    def of(self, *kinds: type[Any]) -> list[Any]:
        """The requests of these kinds."""
        return [request for request in self.requests if isinstance(request, kinds)]


@dataclass(frozen=True, slots=True)
class Reading:
    """What a batch depends on, and numbers drawn for its rows on the way."""

    state: State
    numbers: Mapping[str, list[int]]


def read_state(connection: sa.Connection, requests: Sequence[Request], now: datetime) -> Reading:
    """Lock the wallets of a batch, then read all it depends on; missing wallets are made."""
    asked = Asked(requests, now)
    wallets, answers = _ask_all(connection, asked)
    if merged := {(row[1], row[2]): row[9] for row in wallets if row[9]}:
        asked = Asked(requests, now, merged)  # a guest of before: their account's rows instead
        wallets, answers = _ask_all(connection, asked)
    paying = {asked.holder(r) for r in asked.of(Grant, Adjust, Merge)} | asked.guests()
    if missing := sorted(paying - {(row[1], row[2]) for row in wallets}):
        make_wallets(connection, missing)
        wallets, answers = _ask_all(connection, asked)
    held = {(row[1], row[2]): Wallet(*row[:9]) for row in wallets}
    known, lots, whole_lots, entitled, bought, coins, bounds, numbers = answers
    whole = {held[holder].id for holder in _reversing(asked) if holder in held}
    state = State(
        wallets=held,
        lots=[*_lots(lots), *_lots(whole_lots)],
        known=_known(connection, known),
        entitled=[_entitlement(row) for row in (*entitled, *bought)],
        series_coins={(row[0], row[1], row[2]): row[3] for row in coins},
        unlocks=_unlocks(connection, asked) if whole else (),
        orders=_orders(connection, {r.order_id for r in asked.of(Claw, Unclaw)}) if whole else (),
        undos=_undos(connection, whole, now),
        bounds={(row[0], row[1]): _bounds(row) for row in bounds},
        aliases=asked.aliases,
    )
    drawn = numbers[0][1:] if numbers else ([] for _ in NUMBERS)
    return Reading(state, dict(zip((table for table, _ in NUMBERS), drawn, strict=True)))


def _ask_all(connection: sa.Connection, asked: Asked) -> tuple[Sequence[Any], list[Sequence[Any]]]:
    """Lock first: what is asked after it in the same breath sees what others have committed."""
    sqlite = connection.dialect.name == "sqlite"
    holders = {asked.holder(r) for r in asked.requests} | asked.guests()
    reversing = _reversing(asked)
    merging = {asked.holder(r) for r in asked.of(Merge)} | asked.guests()
    wallets, *answers = ask(
        connection,
        [
            Question(LOCK_WALLETS + ("" if sqlite else LOCK), HOLDER, sorted(holders)),
            Question(KEYS, KEY, sorted({(r.scope, r.key) for r in asked.requests if r.key})),
            Question(OPEN_LOTS, HOLDER, sorted(holders - reversing)),
            Question(LOTS, HOLDER, sorted(reversing)),
            Question(ITEMS, ITEM, _items(asked)),
            Question(BOUGHT, HOLDER, sorted(merging)),
            Question(SERIES_COINS, SERIES, _capped(asked)),
            Question(BOUNDS, SINCE, _spending(connection, asked)),
            Question(DRAW, NUMBERS, [] if sqlite else [_numbers_wanted(asked)]),
        ],
    )
    return wallets, answers


def _reversing(asked: Asked) -> set[Holder]:
    return {asked.holder(r) for r in asked.of(Undo, Refunded)}


def _spending(connection: sa.Connection, asked: Asked) -> list[tuple[Any, ...]]:
    day, month = (stored_time(connection, asked.now - stretch) for stretch in (DAY, MONTH))
    return [(*holder, day, month) for holder in sorted({asked.holder(r) for r in asked.of(Unlock)})]


def _bounds(row: Sequence[Any]) -> Bounds:
    return Bounds(
        Limit(row[2], row[3], read_time(row[4])), Limit(row[5], row[6], read_time(row[7])),
        read_time(row[8]), row[9], row[10], row[11],
    )  # fmt: skip


def _items(asked: Asked) -> list[tuple[str, ...]]:
    names = {(*asked.holder(r), item.kind, item.ref) for r in asked.of(Unlock) for item in r.items}
    names |= {(*asked.holder(r), r.item_kind, r.ref) for r in asked.of(Open)}
    return sorted(names)


def _capped(asked: Asked) -> list[tuple[str, ...]]:
    return sorted(
        {(*asked.holder(r), r.series_id) for r in asked.of(Unlock) if r.cap_coins is not None}
    )


def _numbers_wanted(asked: Asked) -> tuple[int, int, int]:
    unlocks = asked.of(Unlock)
    return len(asked.requests), sum(len(r.items) for r in unlocks), len(unlocks)


def make_wallets(connection: sa.Connection, holders: Sequence[Holder]) -> None:
    """Make wallets with their three accounts, unless somebody else does it at this moment."""
    numbers = draw_numbers(connection, {"wallets": len(holders), "accounts": 3 * len(holders)})
    ids, accounts = numbers["wallets"], numbers["accounts"]
    rows = [
        (number, viewer, brand, 0, 0, 0, 0, *accounts[3 * place : 3 * place + 3])
        for place, (number, (viewer, brand)) in enumerate(zip(ids, holders, strict=True))
    ]
    write_all(connection, insertion(connection, "wallets", WALLET, rows, "ON CONFLICT DO NOTHING"))
    there = {row[0] for row in rows_for(
        connection, "SELECT w.id FROM {given} JOIN wallets w ON w.id = number", NUMBER,
        [(number,) for number in ids],
    )}  # fmt: skip
    of_wallets = [
        (account, "wallet", str(row[0]), role, "COIN", row[2], "")
        for row in rows
        if row[0] in there
        for account, role in zip(row[7:], ("paid", "bonus", "debt"), strict=True)
    ]
    write_all(connection, insertion(connection, "accounts", ACCOUNT, of_wallets))


def _lots(rows: Sequence[Any]) -> list[Lot]:
    return [
        Lot(row[0], row[1], row[2], row[3], row[4], row[5], read_time(row[6]), row[7])
        for row in rows
    ]


def _known(connection: sa.Connection, rows: Sequence[Any]) -> dict[KeyName, Known]:
    """Answers of before, rebuilt from what they wrote."""
    if not rows:
        return {}
    posted = _posted(connection, [row[0] for row in rows])
    causes = {row[0]: row[4] or row[0] for row in rows}
    opened = _opened_by(connection, causes.values())
    return {
        (row[1], row[2]): Known(
            row[3],
            Answer(
                "ok", row[0], posted[row[0], row[5]], posted[row[0], row[6]],
                debt_coins=-posted[row[0], row[7]],
                refs=tuple(sorted(each.ref for each in opened[causes[row[0]]])),
            ),
        )
        for row in rows
    }  # fmt: skip


def _posted(connection: sa.Connection, txns: Iterable[int]) -> dict[tuple[int, int], int]:
    sums: dict[tuple[int, int], int] = defaultdict(int)
    for txn, account, amount in rows_for(connection, POSTED, NUMBER, _numbers(txns)):
        sums[txn, account] += amount
    return sums


def _opened_by(connection: sa.Connection, txns: Iterable[int]) -> dict[int, list[Entitled]]:
    opened: dict[int, list[Entitled]] = defaultdict(list)
    for row in rows_for(connection, OPENED_BY, NUMBER, _numbers(txns)):
        opened[row[7]].append(_entitlement(row))
    return opened


def _unlocks(connection: sa.Connection, asked: Asked) -> list[PastUnlock]:
    txns = {r.txn_id for r in asked.of(Undo)}
    names = [(name,) for name in sorted({r.order_id for r in asked.of(Claw)})]
    txns |= {row[0] for row in rows_for(connection, SPENT_FROM, NAME, names)}
    opened = _opened_by(connection, txns)
    uses: dict[int, list[Use]] = defaultdict(list)
    paid: dict[int, int] = defaultdict(int)
    bonus: dict[int, int] = defaultdict(int)
    for txn, lot, coins, source in rows_for(connection, USES, NUMBER, _numbers(txns)):
        uses[txn].append(Use(lot, coins))
        (paid if source == "paid" else bonus)[txn] += coins
    return [
        PastUnlock(
            txn, wallet, opened[txn][0].series_id, read_time(at), paid[txn],
            bonus[txn], tuple(uses[txn]), tuple(opened[txn]), bool(was_reversed),
        )
        for txn, wallet, at, was_reversed in rows_for(connection, UNLOCKS, NUMBER, _numbers(txns))
    ]  # fmt: skip


def _orders(connection: sa.Connection, names: set[str]) -> list[PastOrder]:
    keys = [(name,) for name in sorted(names)]
    lots: dict[str, list[Any]] = defaultdict(list)
    for row in rows_for(connection, ORDER_LOTS, NAME, keys):
        lots[row[0]].append(row)
    txns = {txn: order for order, txn in rows_for(connection, ORDER_TXNS, NAME, keys)}
    sums: dict[tuple[str, str, str], int] = defaultdict(int)
    for txn, role, owner, amount in rows_for(connection, ORDER_POSTED, NUMBER, _numbers(txns)):
        sums[txns[txn], role, owner if role == "clawback" else ""] += amount
    uses: dict[str, dict[int, int]] = defaultdict(lambda: defaultdict(int))
    for txn, lot, coins, _ in rows_for(connection, USES, NUMBER, _numbers(txns)):
        uses[txns[txn]][lot] += coins
    revoked: dict[str, list[Entitled]] = defaultdict(list)
    for row in rows_for(connection, REVOKED_BY, NUMBER, _numbers(txns)):
        revoked[txns[row[10]]].append(_entitlement(row))
    return [
        PastOrder(
            order, rows[0][2],
            sum(row[4] for row in rows if row[3] == "paid"),
            sum(row[4] for row in rows if row[3] != "paid"),
            tuple(row[1] for row in rows),
            sums[order, "clawback", "paid"], sums[order, "clawback", "bonus"],
            -sums[order, "debt", ""],
            tuple(Use(lot, coins) for lot, coins in uses[order].items() if coins),
            tuple(revoked[order]),
        )
        for order, rows in lots.items()
    ]  # fmt: skip


def _undos(connection: sa.Connection, wallets: set[int], now: datetime) -> dict[int, int]:
    since = stored_time(connection, now - UNDOS_COUNT_FOR)
    # A time in the text, not a parameter: the keys are the only parameter of such a query.
    query = f"{UNDONE} '{since}' GROUP BY t.wallet_id"
    return {row[0]: row[1] for row in rows_for(connection, query, NUMBER, _numbers(wallets))}


def _entitlement(row: Sequence[Any]) -> Entitled:
    number, viewer, brand, series, kind, ref, coins, txn, opened, live = row[:10]
    return Entitled(number, viewer, brand, series, kind, ref, coins, txn, bool(opened), bool(live))


def _numbers(numbers: Iterable[int]) -> list[tuple[int]]:
    return [(number,) for number in sorted(set(numbers))]
