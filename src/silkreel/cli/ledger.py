"""`silkreel ledger`: what a viewer holds, and proof that nobody changed the books."""

from pathlib import Path
from typing import Annotated

from cyclopts import App, Parameter

from silkreel.cli import show
from silkreel.cli.opening import opened
from silkreel.kit.words import Counted, words

UNSOUND = 1
NEW_BLOCKS = Counted("{count} new blocks", one="{count} new block")
WALLETS = Counted("{count} wallets", one="{count} wallet")
SOUND = Counted(
    "Sound: every sum agrees, and {blocks} blocks are as they were sealed.",
    one="Sound: every sum agrees, and {blocks} block is as it was sealed.",
    by="blocks",
)
BOUGHT = Counted("{count} bought coins", one="{count} bought coin")
BONUS = Counted("{count} bonus coins", one="{count} bonus coin")
OWED = Counted(
    "{coins} coins are owed; the next top-up settles them first.",
    one="{coins} coin is owed; the next top-up settles it first.",
    by="coins",
)

app = App(name="ledger", help="Coins: seal the books, verify them, see a viewer's balance.")


@app.command
def seal(*, json: bool = False) -> None:
    """Put what is settled under a chain of hashes, and write off bonus coins past due.

    Run it every few minutes from a timer; it does nothing where nothing is new.

    Args:
        json: print machine-readable results
    """
    from silkreel.commerce.expiry import expire_due_lots
    from silkreel.commerce.seal import seal as seal_blocks
    from silkreel.kit.clock import now

    with opened() as house:
        wallets = expire_due_lots(house.workshop.database, now())
        blocks = seal_blocks(house.workshop.database, now())
    if json:
        show.print_json({"blocks": blocks, "wallets_swept": wallets})
        return
    print(
        words(
            "Sealed {blocks}; bonus coins ended in {wallets}.",
            blocks=words(NEW_BLOCKS, count=blocks),
            wallets=words(WALLETS, count=wallets),
        )
    )


@app.command
def verify(*, json: bool = False) -> int:
    """Check every sum and every sealed block; name the first block of a brand that was changed.

    Args:
        json: print machine-readable results
    """
    from silkreel.commerce.auditing import audit
    from silkreel.commerce.seal import verify as verify_blocks

    with opened() as house:
        faults = audit(house.workshop.database)
        sealed = verify_blocks(house.workshop.database)
    if json:
        bad = [
            {"brand": b.chain, "block": b.seq, "after_txn": b.from_txn_id, "to_txn": b.to_txn_id,
             "reason": b.reason}
            for b in sealed.bad
        ]  # fmt: skip
        counts = {"blocks": sealed.blocks, "rows": sealed.rows}
        show.print_json({**counts, "bad": bad, "faults": dict(faults)})
    else:
        for block in sealed.bad:
            print(
                words(
                    "{brand}: block {block} (txns after {after} up to {last}) is not what was "
                    "sealed: {reason}.",
                    brand=block.chain,
                    block=block.seq,
                    after=block.from_txn_id,
                    last=block.to_txn_id,
                    reason=block.reason,
                )
            )
        for rule, count in faults.items():
            print(f"{rule}: {count}")
        if not sealed.bad and not faults:
            print(words(SOUND, blocks=sealed.blocks))
    return UNSOUND if sealed.bad or faults else 0


@app.command
def balance(
    viewer: str,
    /,
    *,
    brand: Annotated[str, Parameter(help="the brand whose coins they are")],
    json: bool = False,
) -> None:
    """Show what a viewer holds with a brand: coins by kind, when they end, and debt.

    Args:
        viewer: the viewer's id
        brand: the brand
        json: print machine-readable results
    """
    from silkreel.commerce.wallets import wallet_of
    from silkreel.kit.clock import now

    with opened() as house, house.workshop.database.reading() as tx:
        wallet = wallet_of(tx, viewer, brand, now())
    if json:
        lots = [
            {"source": lot.source, "coins": lot.coins, "ends": lot.ends_at and str(lot.ends_at)}
            for lot in wallet.lots
        ]
        coins = {"paid": wallet.paid_coins, "bonus": wallet.bonus_coins, "debt": wallet.debt_coins}
        show.print_json({**coins, "lots": lots})
        return
    print(
        words(
            "{bought} and {bonus}.",
            bought=words(BOUGHT, count=wallet.paid_coins),
            bonus=words(BONUS, count=wallet.bonus_coins),
        )
    )
    if wallet.debt_coins:
        print(words(OWED, coins=wallet.debt_coins))
    rows = [(lot.source, lot.coins, lot.ends_at or words("never")) for lot in wallet.lots]
    if rows:
        columns = (words("kind"), words("coins"), words("end"))
        show.print_table(words("In the order they are spent"), columns, rows)


@app.command
def cash(
    *,
    month: Annotated[str, Parameter(help="a closed month, such as 2026-10")],
    out: Annotated[Path | None, Parameter(help="a CSV file for every entry up to it")] = None,
    json: bool = False,
) -> None:
    """Show the cash of each currency, derived from coins, payments and closings up to a month.

    Args:
        month: a closed month
        out: a file for every entry
        json: print machine-readable results
    """
    from silkreel.cli.files import write_named
    from silkreel.commerce.cash import balances, sha256, to_csv
    from silkreel.commerce.cash_reading import cash_ledger
    from silkreel.kit.money import Money

    with opened() as house, house.workshop.database.reading() as tx:
        entries = cash_ledger(tx, month)
    if out is not None:
        write_named(out, to_csv(entries).encode())
    moved = balances(each for each in entries if each.month == month)
    held = balances(entries)
    if json:
        rows = [
            {"currency": currency, "account": account, "moved_minor": moved.get(key, 0),
             "balance_minor": minor}
            for key, minor in held.items() for currency, account in [key]
        ]  # fmt: skip
        show.print_json({"month": month, "sha256": sha256(entries), "accounts": rows})
        return
    table = [
        (account, Money(moved.get((currency, account), 0), currency), Money(minor, currency))
        for (currency, account), minor in held.items()
    ]
    columns = (words("account"), words("moved in the month"), words("balance"))
    show.print_table(words("Cash up to {month}", month=month), columns, table)
    print(words("Each currency adds up to zero. sha256 {hash}", hash=sha256(entries)))
