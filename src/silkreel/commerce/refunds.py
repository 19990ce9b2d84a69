"""Money went back to the buyer, or came again: coins follow, and what is gone becomes debt."""

from dataclasses import replace

from silkreel.commerce.draft import Draft, Purse, system, uses_of
from silkreel.commerce.facts import NewTxn, PastOrder, PastUnlock, Use
from silkreel.commerce.moves import begin, mirror, notify
from silkreel.commerce.requests import Answer, Claw, Refunded, Unclaw


def claw(draft: Draft, purse: Purse | None, request: Claw) -> Answer:
    """Take back an order's coins up to the share of its money that is refunded by now.

    Unwatched unlocks bought with them are undone first. Then what is left of the order's lot,
    other coins as `set_off` says, and debt for the rest. Bonus of the order goes in proportion, as
    far as it is still there; it never becomes debt.
    """
    order = draft.orders.get(request.order_id)
    if order is None or purse is None or order.wallet_id != purse.row.id:
        return Answer("unknown")
    due = max(0, _share(order.paid_granted, request) - order.paid_clawed)
    due_bonus = max(0, _share(order.bonus_granted, request) - order.bonus_clawed)
    if not due and not due_bonus:
        return Answer("owned")
    if request.on_refund != "keep":
        _undo_unwatched(draft, purse, order, request, due)
    txn = begin(draft, purse, request, "claw", order_id=order.order_id)
    bonus_lots = [lot for lot in order.lot_ids if draft.lots[lot].source != "paid"]
    gift = sum(draft.drain(txn, purse, bonus_lots, due_bonus).values())
    paid, bonus = _collect(draft, txn, purse, order, request, due)
    debt = due - paid - bonus
    draft.move(txn, purse, paid=-paid, bonus=-bonus - gift, debt=debt)
    draft.post(txn, system("clawback", "paid", request.brand_id), due)
    draft.post(txn, system("clawback", "bonus", request.brand_id), gift)
    draft.orders[order.order_id] = _clawed(draft, txn, order, due, gift, debt)
    if request.on_refund == "revoke" and request.refunded_minor == request.gross_minor:
        _revoke_watched(draft, txn, order, request)
    return Answer("ok", txn, -paid, -bonus - gift, debt_coins=debt)


def unclaw(draft: Draft, purse: Purse | None, request: Unclaw) -> Answer:
    """Give back what was clawed of an order beyond what is refunded by now.

    Debt is taken back first. Where it was settled meanwhile, the coins that settled it come back
    to their lots; where it was forgiven, nothing is left to give.
    """
    order = draft.orders.get(request.order_id)
    if order is None or purse is None or order.wallet_id != purse.row.id:
        return Answer("unknown")
    back = max(0, order.paid_clawed - _share(order.paid_granted, request))
    gift = max(0, order.bonus_clawed - _share(order.bonus_granted, request))
    if not back and not gift:
        return Answer("owned")
    txn = begin(draft, purse, request, "unclaw", order_id=order.order_id)
    undebt = min(back, order.debt)
    uses, paid, bonus = _return_taken(draft, txn, purse, order, gift=gift, coins=back - undebt)
    draft.move(txn, purse, paid=paid, bonus=bonus, debt=-undebt)
    draft.post(txn, system("clawback", "paid", request.brand_id), -back)
    draft.post(txn, system("clawback", "bonus", request.brand_id), -gift)
    if purse.debt < 0:
        _return_settled(draft, txn, purse, request)
    whole = not request.refunded_minor
    draft.orders[order.order_id] = replace(
        order, paid_clawed=order.paid_clawed - back, bonus_clawed=order.bonus_clawed - gift,
        debt=order.debt - undebt, uses=uses, revoked=() if whole else order.revoked,
    )  # fmt: skip
    for row in order.revoked if whole else ():
        draft.revive(row)
    return Answer("ok", txn, paid, bonus, debt_coins=-undebt)


def _share(granted: int, request: Refunded) -> int:
    """Coins that are no longer paid for; whole only when all the money is back."""
    return granted * request.refunded_minor // request.gross_minor


def _undo_unwatched(draft: Draft, purse: Purse, order: PastOrder, request: Claw, due: int) -> None:
    """Undo unlocks paid from the order's lots, newest first, until the lots cover what is due."""
    for past in _bought_with(draft, order):
        if sum(draft.left[lot] for lot in _paid_lots(draft, order)) >= due:
            return
        if past.reversed or any(row.opened for row in past.entitlements):
            continue
        txn = draft.open_txn(
            NewTxn("undo", request.brand_id, purse.row.id, "system", f"{request.brand_id}:undo",
                   "claw:", draft.hash_of(request), draft.now, about=("txn", past.txn_id),
                   reverses_id=past.txn_id, note=f"order {order.order_id} was refunded")
        )  # fmt: skip
        mirror(draft, txn, purse, past, request)


def _bought_with(draft: Draft, order: PastOrder) -> list[PastUnlock]:
    """Unlocks that took coins of the order's bought lots, newest first."""
    lots = set(_paid_lots(draft, order))
    found = [
        past for past in draft.unlocks.values() if any(use.lot_id in lots for use in past.uses)
    ]
    return sorted(found, key=lambda past: (past.txn_id > 0, -abs(past.txn_id)))


def _paid_lots(draft: Draft, order: PastOrder) -> list[int]:
    return [lot for lot in order.lot_ids if draft.lots[lot].source == "paid"]


def _collect(
    draft: Draft, txn: int, purse: Purse, order: PastOrder, request: Claw, due: int
) -> tuple[int, int]:
    """Take what is due from lots: the order's own first, then what may be set off."""
    own = _paid_lots(draft, order)
    others = [lot for lot in purse.lots if lot not in own]
    paid = [lot for lot in others if draft.lots[lot].source == "paid"]
    bonus = [lot for lot in others if draft.lots[lot].source != "paid"]
    reach = {"all": own + paid + bonus, "bonus": own + bonus, "none": own}[request.set_off]
    taken = draft.drain(txn, purse, reach, due)
    from_paid = sum(coins for lot, coins in taken.items() if draft.lots[lot].source == "paid")
    return from_paid, sum(taken.values()) - from_paid


def _clawed(draft: Draft, txn: int, order: PastOrder, due: int, gift: int, debt: int) -> PastOrder:
    uses = {use.lot_id: use.coins for use in order.uses}
    for use in uses_of(draft, txn):
        uses[use.lot_id] = uses.get(use.lot_id, 0) + use.coins
    return replace(
        order, paid_clawed=order.paid_clawed + due, bonus_clawed=order.bonus_clawed + gift,
        debt=order.debt + debt, uses=tuple(Use(lot, coins) for lot, coins in uses.items()),
    )  # fmt: skip


def _revoke_watched(draft: Draft, txn: int, order: PastOrder, request: Claw) -> None:
    for past in _bought_with(draft, order):
        rows = [row for row in past.entitlements if draft.is_live(row)]
        for row in rows:
            draft.revoke(row, txn)
        if rows:
            now = draft.orders[order.order_id]
            draft.orders[order.order_id] = replace(now, revoked=(*now.revoked, *rows))
            notify(draft, "revoked", request, past.series_id, [row.ref for row in rows])


def _return_settled(draft: Draft, cause: int, purse: Purse, request: Unclaw) -> None:
    """A debt that was settled is no debt any more: its coins go back to the lots that settled it.

    The newest lot first; what staff had forgiven goes back to nobody.
    """
    txn = draft.open_txn(
        NewTxn("settle", request.brand_id, purse.row.id, "system", f"{request.brand_id}:settle",
               "settle:", draft.hash_of(request), draft.now, about=("txn", cause),
               order_id=None, note=f"a refund of order {request.order_id} was reversed")
    )  # fmt: skip
    coins, returned = -purse.debt, 0
    lots = [n for n, lot in draft.lots.items() if lot.wallet_id == purse.row.id and draft.repaid[n]]
    for number in sorted(lots, reverse=True):
        step = min(draft.repaid[number], coins - returned)
        if step:
            draft.repaid[number] -= step
            draft.put_back(txn, purse, number, step)
            returned += step
    draft.move(txn, purse, paid=returned, debt=coins)
    draft.post(txn, system("adjustment", "coins", request.brand_id), coins - returned)


def _return_taken(
    draft: Draft, txn: int, purse: Purse, order: PastOrder, *, gift: int, coins: int
) -> tuple[tuple[Use, ...], int, int]:
    """Put clawed coins back where they were taken, last taken first: what stays, paid, bonus.

    The exact mirror of `claw`: `gift` goes back to the order's own bonus lots, of which it came;
    `coins` to what was set off: bonus first, then other bought coins, then the order's own.
    """
    left = {use.lot_id: use.coins for use in order.uses}
    back: dict[int, int] = {}

    def give(lots: list[int], at_most: int) -> int:
        given = 0
        for lot in lots:
            step = min(left[lot], at_most - given)
            left[lot] -= step
            back[lot] = back.get(lot, 0) + step
            given += step
        return given

    own = set(order.lot_ids)
    newest = sorted(left, reverse=True)
    bonus = [lot for lot in newest if draft.lots[lot].source != "paid"]
    paid = sorted((lot for lot in newest if lot not in bonus), key=own.__contains__)
    gifted = give([lot for lot in bonus if lot in own], gift)
    stays_gift = order.bonus_clawed - gifted
    set_off = sum(left[lot] for lot in bonus) - stays_gift
    freed = give(bonus, max(0, min(coins, set_off)))
    returned = give(paid, coins - freed)
    for lot, step in back.items():
        if step:
            draft.put_back(txn, purse, lot, step)
    stays = tuple(Use(lot, rest) for lot, rest in left.items() if rest)
    return stays, returned, gifted + freed
