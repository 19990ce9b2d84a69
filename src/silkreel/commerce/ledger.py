"""The ledger: coins move once per key, and never vanish.

`plan` decides and touches nothing; `apply` reads, plans and writes inside a caller's transaction.
"""

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from silkreel.commerce import merging, moves, refunds
from silkreel.commerce.draft import Draft, Purse
from silkreel.commerce.facts import Known, Plan, State
from silkreel.commerce.ledger_reading import read_state
from silkreel.commerce.ledger_writing import AccountNumbers, Written, write_plan
from silkreel.commerce.requests import (
    Adjust,
    Answer,
    Claw,
    Expire,
    Grant,
    Merge,
    Open,
    Request,
    Unclaw,
    Undo,
    Unlock,
)
from silkreel.kit.database import Session

VERBS: dict[type[Request], Callable[[Draft, Purse | None, Any], Answer]] = {
    Unlock: moves.unlock,
    Open: moves.open_item,
    Undo: moves.undo,
    Grant: moves.grant,
    Expire: moves.expire,
    Claw: refunds.claw,
    Unclaw: refunds.unclaw,
    Adjust: moves.adjust,
    Merge: merging.merge,
}


def plan(state: State, requests: Sequence[Request], now: datetime) -> Plan:
    """Decide a batch: pure, in order, one answer for each request.

    A request that is refused changes nothing. Lots past due of every wallet that is touched are
    written off first.
    """
    alone = len(requests) == 1 or not any(isinstance(each, Merge) for each in requests)
    assert alone, "a merge comes alone: what it moves is written after the batch"
    draft = Draft(state, now)
    return draft.plan([_decide(draft, request) for request in requests])


def _decide(draft: Draft, asked: Request) -> Answer:
    request = draft.for_survivor(asked)
    purse = draft.purse(request)  # first, so that lots past due go whatever the answer is
    name = (request.scope, request.key)
    if request.key and (known := draft.known.get(name)):
        same = known.request_hash == draft.hash_of(request)
        return replace(known.answer, status="replay") if same else Answer("key_reuse")
    answer = VERBS[type(request)](draft, purse, request)
    if answer.status == "ok" and request.key:
        draft.known[name] = Known(draft.hash_of(request), answer)
    return answer


def apply(
    tx: Session,
    requests: Sequence[Request],
    now: datetime,
    accounts: AccountNumbers | None = None,
) -> tuple[Answer, ...]:
    """Do a batch inside the caller's transaction; one answer for each request, in its order.

    Locks the wallets until the caller commits. `tx` is a writing transaction (on PostgreSQL READ
    COMMITTED, the default); nothing is committed here.
    """
    return apply_batch(tx.connection(), requests, now, accounts or AccountNumbers()).answers


def apply_batch(
    connection: sa.Connection, requests: Sequence[Request], now: datetime, accounts: AccountNumbers
) -> Written:
    """The same on a connection, with the numbers of accounts that are known."""
    reading = read_state(connection, requests, now)
    decided = plan(reading.state, requests, now)
    return write_plan(connection, decided, now, accounts, reading.numbers)
