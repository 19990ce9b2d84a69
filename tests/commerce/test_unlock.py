from dataclasses import replace

import pytest

from coins import BRAND, NOW, buy, faults, play, refund
from silkreel.catalogue.tables import EpisodeRow, SeriesRow
from silkreel.commerce.ledger import apply
from silkreel.commerce.quotes import Viewing, series_price, show_price
from silkreel.commerce.till import Till
from silkreel.commerce.unlock import (
    CannotUndo,
    KeyReused,
    NoSuchEpisodes,
    NotEnoughCoins,
    OwesCoins,
    PriceChanged,
    Wish,
    owned_and_spent,
    undo_unlock,
    unlock_episodes,
)

EPISODES = 20  # five free, fifteen locked at 45 coins
VIEWING = Viewing("ana", BRAND, "s1", "US", "web")


@pytest.fixture
def shop(database):
    """A series of twenty episodes and an open till."""
    with database.transaction() as tx:
        tx.add(SeriesRow(id="s1", slug="s1", source_language="zh", made_at=NOW))
        tx.flush()
        tx.add_all(
            EpisodeRow(
                id=f"e{n}", series_id="s1", number=n, asset=f"a{n}", master_hash="", length_seconds=60,
                master_suffix=".mp4", width_pixels=720, height_pixels=1280, frame_rate="25",
                frame_count=1500,
            )
            for n in range(1, EPISODES + 1)
        )  # fmt: skip
    with Till(database, clock=lambda: NOW) as till:
        yield Shop(database, till)
    assert faults(database) == {}


class Shop:
    def __init__(self, database, till):
        self.database, self.till = database, till

    def fund(self, coins, order="o1"):
        return self.till.ring(buy("ana", coins, order=order)).result()

    def buy(self, *episodes, expected=None, key="k1"):
        expected = 45 * len(episodes) if expected is None else expected
        wish = Wish(VIEWING, episodes, expected, key)
        return unlock_episodes(self.database, self.till, wish, NOW)

    def shown(self):
        with self.database.transaction() as tx:
            quote = show_price(tx, VIEWING, EPISODES, NOW)
            owned, spent = owned_and_spent(tx, VIEWING)
            return series_price(quote, EPISODES, owned=len(owned), spent_coins=spent)


def test_an_episode_is_opened_once_for_its_price(shop):
    shop.fund(100)
    first, again = shop.buy("e6"), shop.buy("e6")
    assert (first.paid_coins, first.episode_ids, first.replayed) == (45, ("e6",), False)
    assert again == replace(first, replayed=True)
    assert shop.buy("e6", key="k2").txn_id is None


def test_the_free_head_costs_nothing_and_uses_no_key(shop):
    assert shop.buy("e1", "e5", expected=0).paid_coins == 0
    with pytest.raises(NotEnoughCoins, match=r"45 more coins.*\$0\.45"):
        shop.buy("e6")


def test_a_price_that_was_not_shown_is_not_charged(shop):
    shop.fund(100)
    with pytest.raises(PriceChanged):
        shop.buy("e6", expected=44)
    assert shop.buy("e6", expected=45).paid_coins == 45


def test_the_rest_costs_what_the_sheet_says(shop):
    shop.fund(1000)
    shop.buy("e6", key="one")
    shown = shop.shown()
    assert (shown.locked_episodes, shown.finish_coins) == (14, 472)
    rest = shop.buy(*[f"e{n}" for n in range(7, 21)], expected=shown.finish_coins, key="rest")
    assert rest.paid_coins == 472
    assert shop.shown().finish_coins == 0


def test_a_key_buys_one_thing(shop):
    shop.fund(100)
    shop.buy("e6")
    with pytest.raises(KeyReused):
        shop.buy("e7")


def test_an_episode_the_series_does_not_have_is_not_sold(shop):
    with pytest.raises(NoSuchEpisodes, match="no episode e99"):
        shop.buy("e6", "e99")


def test_who_owes_coins_settles_them_first(shop):
    shop.fund(45)
    shop.buy("e6")
    shop.till.ring(play("ana", "e6")).result()
    shop.till.ring(refund("ana", "o1")).result()
    with pytest.raises(OwesCoins, match="45 coins"):
        shop.buy("e7", key="k2")


def test_an_unlock_is_undone_until_it_is_watched(shop):
    shop.fund(100)
    bought, kept = shop.buy("e6"), shop.buy("e7", key="k2")
    assert undo_unlock(shop.till, BRAND, "ana", bought.txn_id, "u1").paid_coins == 45
    with shop.database.transaction() as tx:
        apply(tx, [play("ana", "e7")], NOW)
    with pytest.raises(CannotUndo, match="was played"):
        undo_unlock(shop.till, BRAND, "ana", kept.txn_id, "u2")
    with pytest.raises(CannotUndo, match="no such purchase"):
        undo_unlock(shop.till, BRAND, "bo", kept.txn_id, "u3")
