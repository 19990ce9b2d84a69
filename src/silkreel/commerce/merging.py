"""A guest becomes an account: the union of what both hold, and no episode paid for twice."""

from datetime import timedelta

from silkreel.commerce.draft import Draft, Purse, system
from silkreel.commerce.facts import Entitled, NewTxn
from silkreel.commerce.moves import begin, settle_debt
from silkreel.commerce.requests import Answer, Merge

# Coins for an episode both had bought: given coins must end one day, and nobody sees this one.
DOUBLE_LIFE = timedelta(days=3652)


def merge(draft: Draft, purse: Purse | None, request: Merge) -> Answer:
    """Move a guest's coins, debt and rights; what both had bought comes back as coins.

    Bought coins then settle a debt, whichever of the two brought it.
    """
    guest = draft.purse_of((request.guest_id, request.brand_id))
    assert purse is not None, "both wallets are made before a merge"
    assert guest is not None, "both wallets are made before a merge"
    txn = begin(draft, purse, request, "merge")
    paid, bonus, debt = guest.paid, guest.bonus, guest.debt
    draft.move(txn, guest, paid=-paid, bonus=-bonus, debt=-debt)
    draft.move(txn, purse, paid=paid, bonus=bonus, debt=debt)
    draft.adopt(guest, purse)
    for row in _doubles(draft, request):
        _give_back(draft, txn, purse, row)
    if purse.debt:
        _settle(draft, txn, purse)
    return Answer("ok", txn, paid, bonus, debt_coins=debt)


def _doubles(draft: Draft, request: Merge) -> list[Entitled]:
    """Of each item that both bought, the one to give up: the one that was not watched."""
    theirs = [row for row in draft.entitled.values() if row.viewer_id == request.guest_id]
    pairs = [(row, mine) for row in theirs if (mine := draft.owned(request, row.kind, row.ref))]
    return [mine if row.opened and not mine.opened else row for row, mine in pairs]


def _give_back(draft: Draft, cause: int, purse: Purse, row: Entitled) -> None:
    """Coins for a double. It counts as opened, so that no undo gives them back once more."""
    draft.mark_opened(row)
    draft.revoke(row, cause)
    if row.coins:
        brand = purse.row.brand_id
        txn = draft.open_txn(
            NewTxn("double", brand, purse.row.id, "system", f"{brand}:double", "double:", "",
                   draft.now, about=("entitlement", row.id), note=f"{row.kind} {row.ref}")
        )  # fmt: skip
        draft.add_lot(txn, purse, "comp", row.coins, draft.now + DOUBLE_LIFE)
        draft.move(txn, purse, bonus=row.coins)
        draft.post(txn, system("mint", "bonus", brand), -row.coins)


def _settle(draft: Draft, cause: int, purse: Purse) -> None:
    brand = purse.row.brand_id
    bought = [lot for lot in purse.lots if draft.lots[lot].source == "paid"]
    if not bought:
        return
    txn = draft.open_txn(
        NewTxn("settle", brand, purse.row.id, "system", f"{brand}:settle", "settle:", "",
               draft.now, about=("txn", cause), note="coins of a merged wallet settle its debt")
    )  # fmt: skip
    for lot in bought:
        if purse.debt:
            repaid = settle_debt(draft, txn, purse, lot)
            draft.move(txn, purse, paid=-repaid, debt=-repaid)
