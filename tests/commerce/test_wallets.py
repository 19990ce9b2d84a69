from coins import BRAND, NOW, buy, gift, unlock
from silkreel.commerce.ledger import apply
from silkreel.commerce.wallets import wallet_of
from silkreel.kit.money import Money


def wallet_after(database, *requests):
    with database.transaction() as tx:
        apply(tx, list(requests), NOW)
        return wallet_of(tx, "ana", BRAND, NOW)


def test_unused_coins_are_told_as_the_money_that_bought_them(database):
    bought = wallet_after(database, buy("ana", 100, gross=499), gift("ana", 20))
    assert bought.unused == (Money(499, "USD"),)
    spent = wallet_after(database, unlock("ana", "e6", coins=53))  # the gift goes first
    assert (spent.paid_coins, spent.bonus_coins) == (67, 0)
    assert spent.unused == (Money(334, "USD"),)


def test_who_never_bought_has_no_money_here(database):
    assert wallet_after(database, gift("ana", 20)).unused == ()
