"""What can be done with coins, one function each: a request becomes postings, lots and rights."""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import timedelta
from typing import Any

from silkreel.commerce.bounds import rights_in
from silkreel.commerce.draft import Draft, Purse, spent, system, uses_of
from silkreel.commerce.facts import NewTxn, Notice, PastOrder, PastUnlock
from silkreel.commerce.requests import (
    Adjust,
    Answer,
    Expire,
    Grant,
    Item,
    Open,
    Request,
    Undo,
    Unlock,
)

UNDO_WITHIN = timedelta(days=14)
MAX_UNDOS = 3  # a viewer's own in 30 days; more, and silent players would watch for nothing


def begin(draft: Draft, purse: Purse | None, request: Request, kind: str, **more: Any) -> int:
    """A txn for a request."""
    return draft.open_txn(
        NewTxn(
            kind, request.brand_id, purse.row.id if purse else None, request.actor, request.scope,
            request.key, draft.hash_of(request), draft.now, note=request.note, **more,
        )
    )  # fmt: skip


def unlock(draft: Draft, purse: Purse | None, request: Unlock) -> Answer:
    """Open what is not owned yet for its price, at most what is left of the series' cap."""
    wanted = [item for item in request.items if not draft.owned(request, item.kind, item.ref)]
    if not wanted:
        return Answer("owned")
    if purse and purse.debt:
        return Answer("debt", missing_coins=purse.debt)
    price = price_of(draft, request, wanted)
    if refused := refuse_bounds(draft, request, price):
        return refused
    if request.expected_coins is not None and price > request.expected_coins:
        return Answer("price_changed", missing_coins=price - request.expected_coins)
    coins = purse.coins if purse else 0
    if price > coins:
        return Answer("insufficient", missing_coins=price - coins)
    txn = begin(
        draft, purse, request, "unlock",
        market=request.market, channel=request.channel, quote_id=request.quote_id,
    )  # fmt: skip
    paid, bonus = _spend(draft, txn, purse, request, price) if purse else (0, 0)
    draft.note_spending(request, price)
    rows = []
    for item in wanted:
        coins = min(item.coins, price)
        price -= coins
        rows.append(draft.entitle(request, request.series_id, item, coins, txn))
    refs = tuple(sorted(item.ref for item in wanted))
    draft.unlocks[txn] = PastUnlock(
        txn, purse.row.id if purse else 0, request.series_id, draft.now, paid, bonus,
        uses_of(draft, txn), tuple(rows),
    )  # fmt: skip
    notify(draft, "unlocked", request, request.series_id, refs)
    return Answer("ok", txn, -paid, -bonus, refs=refs)


def refuse_bounds(draft: Draft, request: Unlock, price: int) -> Answer | None:
    """The no of a viewer's own limits or of their age, if it is one; what is free needs none."""
    bounds = draft.bounds.get((request.viewer_id, request.brand_id))
    if bounds is None or not price:
        return None
    stop = bounds.stop(price, rights_in(request.market, draft.now), draft.now)
    return Answer(stop.why, missing_coins=stop.beyond_coins) if stop else None


def price_of(draft: Draft, request: Unlock, wanted: Sequence[Item]) -> int:
    """The items' prices, cut where the viewer's spending on the series reaches its cap."""
    price = sum(item.coins for item in wanted)
    if request.cap_coins is None:
        return price
    name = (request.viewer_id, request.brand_id, request.series_id)
    return max(0, min(price, request.cap_coins - draft.series_coins.get(name, 0)))


def _spend(draft: Draft, txn: int, purse: Purse, request: Unlock, price: int) -> tuple[int, int]:
    paid, bonus = draft.take(txn, purse, price)
    draft.move(txn, purse, paid=-paid, bonus=-bonus)
    draft.post(txn, spent(request.series_id, "paid", request.brand_id), paid)
    draft.post(txn, spent(request.series_id, "bonus", request.brand_id), bonus)
    return paid, bonus


def open_item(draft: Draft, purse: Purse | None, request: Open) -> Answer:
    """The first real play of an unlocked item."""
    row = draft.owned(request, request.item_kind, request.ref)
    if row is None:
        return Answer("not_locked")
    if row.opened:
        return Answer("owned", refs=(row.ref,))
    txn = draft.open_txn(
        NewTxn(
            "open", request.brand_id, purse.row.id if purse else None, request.actor,
            f"{request.brand_id}:open", "open:", draft.hash_of(request), draft.now,
            about=("entitlement", row.id), note=request.note,
        )
    )  # fmt: skip
    draft.mark_opened(row)
    return Answer("ok", txn, refs=(row.ref,))


def undo(draft: Draft, purse: Purse | None, request: Undo) -> Answer:
    """Mirror an unlock that nobody watched."""
    past = draft.unlocks.get(request.txn_id)
    if past is None or purse is None or past.wallet_id != purse.row.id:
        return Answer("unknown")
    if past.reversed:
        return Answer("owned")
    if any(row.opened for row in past.entitlements):
        return Answer("watched")
    if draft.now - past.recorded_at > UNDO_WITHIN:
        return Answer("too_late")
    by_viewer = request.actor == "viewer"
    if by_viewer and purse.undos >= MAX_UNDOS:
        return Answer("too_many")
    purse.undos += by_viewer
    txn = begin(draft, purse, request, "undo", reverses_id=past.txn_id)
    mirror(draft, txn, purse, past, request)
    refs = tuple(sorted(row.ref for row in past.entitlements))
    return Answer("ok", txn, past.paid, past.bonus, refs=refs)


def mirror(draft: Draft, txn: int, purse: Purse, past: PastUnlock, request: Request) -> None:
    """Give an unlock's coins back to their lots and close what it opened."""
    brand = purse.row.brand_id
    draft.move(txn, purse, paid=past.paid, bonus=past.bonus)
    draft.post(txn, spent(past.series_id, "paid", brand), -past.paid)
    draft.post(txn, spent(past.series_id, "bonus", brand), -past.bonus)
    for use in past.uses:
        draft.put_back(txn, purse, use.lot_id, use.coins)
    for row in past.entitlements:
        if draft.is_live(row):
            draft.revoke(row, txn)
    draft.unlocks[past.txn_id] = replace(past, reversed=True)
    notify(draft, "revoked", request, past.series_id, [row.ref for row in past.entitlements])


def grant(draft: Draft, purse: Purse | None, request: Grant) -> Answer:
    """Coins come in; bought ones settle a debt first."""
    assert purse is not None, "a wallet is made before coins come into it"
    txn = begin(
        draft, purse, request, "grant",
        market=request.market, channel=request.channel, order_id=request.order_id,
    )  # fmt: skip
    lots = []
    repaid = 0
    if request.paid_coins:
        lot = draft.add_lot(txn, purse, "paid", request.paid_coins, None,
                            order_id=request.order_id, money=request.money)  # fmt: skip
        repaid = settle_debt(draft, txn, purse, lot)
        draft.move(txn, purse, paid=request.paid_coins - repaid, debt=-repaid)
        draft.post(txn, system("mint", "paid", request.brand_id), -request.paid_coins)
        lots.append(lot)
    if request.bonus_coins:
        lots.append(add_bonus(draft, txn, purse, request))
    if request.order_id:
        _note_order(draft, purse, request, lots)
    return Answer("ok", txn, request.paid_coins - repaid, request.bonus_coins, debt_coins=-repaid)


def add_bonus(draft: Draft, txn: int, purse: Purse, request: Grant) -> int:
    """A lot of bonus coins."""
    lot = draft.add_lot(
        txn, purse, request.bonus_source, request.bonus_coins, draft.now + request.bonus_life,
        order_id=request.order_id,
    )  # fmt: skip
    draft.move(txn, purse, bonus=request.bonus_coins)
    draft.post(txn, system("mint", "bonus", request.brand_id), -request.bonus_coins)
    return lot


def settle_debt(draft: Draft, txn: int, purse: Purse, lot: int) -> int:
    """Use coins of a bought lot for what the wallet owes; how many."""
    repaid = draft.use(txn, lot, purse.debt)
    draft.repaid[lot] += repaid
    if not draft.left[lot]:
        purse.lots.remove(lot)
    return repaid


def _note_order(draft: Draft, purse: Purse, request: Grant, lots: Iterable[int]) -> None:
    order = draft.orders.get(request.order_id or "") or PastOrder(
        request.order_id or "", purse.row.id, 0, 0, ()
    )
    draft.orders[order.order_id] = replace(
        order,
        paid_granted=order.paid_granted + request.paid_coins,
        bonus_granted=order.bonus_granted + request.bonus_coins,
        lot_ids=(*order.lot_ids, *lots),
    )


def expire(draft: Draft, purse: Purse | None, request: Expire) -> Answer:
    """Say that lots past due are written off: touching the wallet has done it."""
    del draft, purse, request
    return Answer("ok")


def adjust(draft: Draft, purse: Purse | None, request: Adjust) -> Answer:
    """Staff give or take bonus coins, or forgive debt."""
    assert purse is not None, "a wallet is made before coins come into it"
    if purse.bonus + request.bonus_coins < 0 or request.forgive_coins > purse.debt:
        return Answer("short")
    txn = begin(draft, purse, request, "adjust")
    if request.bonus_coins > 0:
        draft.add_lot(txn, purse, "comp", request.bonus_coins, draft.now + request.bonus_life)
    else:
        bonus_lots = [lot for lot in purse.lots if draft.lots[lot].source != "paid"]
        draft.drain(txn, purse, bonus_lots, -request.bonus_coins)
    draft.move(txn, purse, bonus=request.bonus_coins, debt=-request.forgive_coins)
    moved = request.bonus_coins + request.forgive_coins
    draft.post(txn, system("adjustment", "coins", request.brand_id), -moved)
    return Answer("ok", txn, 0, request.bonus_coins, debt_coins=-request.forgive_coins)


def notify(draft: Draft, topic: str, request: Request, series_id: str, refs: Iterable[str]) -> None:
    """Tell others, in the same commit."""
    draft.notices.append(
        Notice(topic, f"{request.scope}:{request.key}", request.viewer_id, request.brand_id,
               series_id, tuple(sorted(refs)))
    )  # fmt: skip
