"""The gift with a first pack: once per person whatever happens, and a refund moves it both ways exactly."""

import random
from dataclasses import replace
from datetime import timedelta

import pytest
import sqlalchemy as sa

from coins import BRAND, NOW, faults, merge
from silkreel.commerce import belongings, ledger, orders, recharge
from silkreel.commerce.first_gift import first_gift
from silkreel.commerce.orders import Wish
from silkreel.commerce.payments import Kind, OrderRef, PaymentFact, Truth
from silkreel.commerce.pricebook import default_book
from silkreel.commerce.tables import LotRow, TxnRow, WalletRow

US = default_book("US", BRAND)
GROSS = US.base.price.minor
GIFT = 500


def order(tx, viewer, key, *, sku="bundle:500", at=NOW):
    """An order at the book's own terms, with the gift where the book gives one now."""
    gift = first_gift(tx, US, viewer, BRAND)
    wish = Wish(
        viewer_id=viewer, brand_id=BRAND, key=key, sku=sku, market="US", channel="web",
        paid_coins=500, bonus_coins=0, currency="USD", gross_minor=GROSS, tax_minor=0,
        provider="psp", environment="production",
        gift_coins=gift.coins if gift and gift.item == sku else 0,
    )  # fmt: skip
    return orders.place(tx, wish, at)


def learn(tx, made, kind, amount=GROSS, *, of="pay", at=NOW):
    fact = PaymentFact(kind, f"{of}-{made.id}", amount, "USD", at)
    recharge.learn(tx, "psp", Truth(OrderRef(made.id), "production", (fact,)), at)


def wallet(tx, viewer):
    row = tx.scalars(sa.select(WalletRow).where(WalletRow.viewer_id == viewer)).first()
    return (row.paid, row.bonus, row.debt) if row else (0, 0, 0)


def gifts(tx):
    return tx.scalar(
        sa.select(sa.func.count()).select_from(TxnRow).where(TxnRow.scope == f"{BRAND}:first_gift")
    )


def test_it_is_told_to_who_never_bought_a_pack_and_granted_with_the_first(database):
    with database.transaction() as tx:
        told = first_gift(tx, US, "ana", BRAND)
        assert (told.item, told.coins, told.lasts) == ("bundle:500", GIFT, timedelta(days=30))
        assert first_gift(tx, US, None, BRAND) == told  # a stranger never bought
        learn(tx, order(tx, "ana", "k1"), Kind.PAID)
        assert wallet(tx, "ana") == (500, GIFT, 0)
        assert first_gift(tx, US, "ana", BRAND) is None
        learn(tx, order(tx, "ana", "k2"), Kind.PAID)
        assert wallet(tx, "ana") == (1000, GIFT, 0)
        ends = tx.scalar(sa.select(LotRow.expires_at).where(LotRow.source == "bonus"))
        assert ends == NOW + timedelta(days=30)
    assert faults(database) == {}


def test_a_book_without_a_gift_tells_none(database):
    with database.transaction() as tx:
        plain = replace(US, first_recharge_bonus_percent=0)
        assert first_gift(tx, plain, "ana", BRAND) is None


def test_an_exact_top_up_neither_brings_it_nor_uses_it_up(database):
    with database.transaction() as tx:
        learn(tx, order(tx, "ana", "k1", sku="top_up:45"), Kind.PAID)
        assert wallet(tx, "ana") == (500, 0, 0)
        assert first_gift(tx, US, "ana", BRAND).coins == GIFT


def test_two_orders_that_promise_it_bring_it_once(database):
    with database.transaction() as tx:
        one, two = order(tx, "ana", "k1"), order(tx, "ana", "k2")
        assert (one.gift_coins, two.gift_coins) == (GIFT, GIFT)
        learn(tx, two, Kind.PAID)
        learn(tx, one, Kind.PAID)
        assert (wallet(tx, "ana"), gifts(tx)) == ((1000, GIFT, 0), 1)


def test_a_refund_takes_it_back_and_does_not_bring_it_anew(database):
    with database.transaction() as tx:
        made = order(tx, "ana", "k1")
        learn(tx, made, Kind.PAID)
        learn(tx, made, Kind.REFUNDED, of="back")
        assert wallet(tx, "ana") == (0, 0, 0)
        assert first_gift(tx, US, "ana", BRAND) is None
        learn(tx, made, Kind.REFUND_REVERSED, of="back")
        assert wallet(tx, "ana") == (500, GIFT, 0)
    assert faults(database) == {}


@pytest.mark.parametrize("seed", range(6))
def test_whatever_happens_nobody_has_it_twice_and_refunds_move_it_exactly(database, seed):
    """Orders, payments, refunds, reversals and merges in any order, against a model of six lines."""
    chance = random.Random(seed)
    made, paid, back, given = [], set(), {}, {}
    person = {name: name for name in ("guest1", "guest2", "ana", "li")}
    for step in range(40):
        at = NOW + timedelta(minutes=step)
        with database.transaction() as tx:
            do = chance.choice(("order", "order", "pay", "pay", "refund", "reverse", "merge"))
            each = chance.choice(made) if made else None
            if do == "order":
                viewer = person[chance.choice(list(person))]
                made.append((viewer, order(tx, viewer, f"k{step}", at=at)))
            elif do == "pay" and each and each[1].id not in paid:
                whose = person[each[0]]
                first = not any(person[v] == whose and o.id in paid for v, o in made)
                learn(tx, each[1], Kind.PAID, at=at)
                paid.add(each[1].id)
                given[each[1].id] = each[1].gift_coins if first else 0
            elif do == "refund" and each and each[1].id in paid and each[1].id not in back:
                back[each[1].id] = chance.choice((GROSS, GROSS // 3))
                learn(tx, each[1], Kind.REFUNDED, back[each[1].id], of="back", at=at)
            elif do == "reverse" and each and back.get(each[1].id):
                learn(tx, each[1], Kind.REFUND_REVERSED, back[each[1].id], of="back", at=at)
                back[each[1].id] = 0
            elif do == "merge" and person[guest := chance.choice(("guest1", "guest2"))] == guest:
                account = chance.choice(("ana", "li"))
                belongings.move(tx, guest, (account, BRAND))
                ledger.apply(tx, [merge(guest, account)], at)
                person[guest] = account
        with database.reading() as tx:
            for holder in set(person.values()):
                mine = [o.id for v, o in made if person[v] == holder and o.id in paid]
                bonus = sum(given[n] - given[n] * back.get(n, 0) // GROSS for n in mine)
                bought = sum(500 - 500 * back.get(n, 0) // GROSS for n in mine)
                assert wallet(tx, holder) == (bought, bonus, 0)
    assert faults(database) == {}
