import random
import threading
from collections import Counter
from contextlib import contextmanager
from dataclasses import replace

import pytest
import sqlalchemy as sa

from coins import NOW, buy, faults, fresh_key, unlock
from silkreel.commerce import ledger_reading
from silkreel.commerce.till import Till, TillBusy, TillClosed
from silkreel.kit.database import Database, Session

VIEWERS = [f"viewer{n}" for n in range(10)]
THREADS = 24
REQUESTS = 10_080


def clock():
    return NOW


def fund(database, coins=2_000):
    with Till(database, clock=clock) as till:
        for future in [till.ring(buy(viewer, coins)) for viewer in VIEWERS]:
            assert future.result().status == "ok"


def hammer(till, count):
    """Threads fire unlocks in bursts of 1 to 7, many under a key used before; all answers."""
    answers, lock = [], threading.Lock()
    keys = {viewer: [] for viewer in VIEWERS}

    def fire(seed):
        chance, mine = random.Random(seed), []
        while len(mine) < count // THREADS:
            burst = [_shot(chance, keys) for _ in range(chance.randint(1, 7))]
            mine += [(each, till.ring(each)) for each in burst]
            for _, future in mine[-len(burst) :]:
                future.exception()
        with lock:
            answers.extend(mine)

    threads = [threading.Thread(target=fire, args=(seed,)) for seed in range(THREADS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return answers


def _shot(chance, keys):
    viewer = chance.choice(VIEWERS)
    if keys[viewer] and chance.random() < 0.25:
        return chance.choice(keys[viewer])
    shot = unlock(
        viewer, f"e{chance.randint(1, 400)}", coins=chance.randint(1, 40), key=fresh_key()
    )
    keys[viewer].append(shot)
    return shot


def test_ten_thousand_requests_from_many_threads_lose_no_coin(database):
    fund(database)
    with Till(database, clock=clock) as till:
        answers = hammer(till, REQUESTS)
    told = Counter(future.result().status for _, future in answers)
    assert len(answers) >= REQUESTS
    assert set(told) == {"ok", "replay", "owned", "insufficient"}, told
    assert faults(database) == {}
    effects = Counter(
        (request.scope, request.key) for request, f in answers if f.result().status == "ok"
    )
    assert max(effects.values()) == 1, "a key charged twice"
    with database.reading() as tx:
        assert tx.scalar(sa.text("SELECT count(*) FROM txns WHERE kind = 'unlock'")) == told["ok"]


def test_a_replay_tells_what_the_first_answer_told(database):
    fund(database)
    shot = unlock("viewer1", "e1", "e2")
    with Till(database, clock=clock) as till:
        first, second = till.ring(shot).result(), till.ring(shot).result()
    assert second == replace(first, status="replay")


def naive_spend(database, viewer, coins):
    """What must not be done: read, decide, then write, with nothing held between."""
    with database.reading() as tx:
        query = sa.text("SELECT id, paid FROM wallets WHERE viewer_id = :viewer")
        wallet, paid = tx.execute(query, {"viewer": viewer}).one()
    if paid < coins:
        return
    with database.transaction() as tx:
        values = {"wallet": wallet, "left": paid - coins, "coins": coins}
        tx.execute(sa.text("UPDATE wallets SET paid = :left WHERE id = :wallet"), values)
        tx.execute(
            sa.text("UPDATE lots SET remaining = remaining - :coins WHERE wallet_id = :wallet"),
            values,
        )


def test_the_same_check_catches_a_naive_till(database):
    """The control: if this passes, the check above proves nothing."""
    fund(database)

    def fire(seed):
        for _ in range(20):
            naive_spend(database, VIEWERS[seed % 2], 3)

    threads = [threading.Thread(target=fire, args=(seed,)) for seed in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert "a wallet is not its open lots" in faults(database)


def test_without_the_lock_the_same_till_breaks(database, monkeypatch):
    """The control for the lock itself: FOR UPDATE, or BEGIN IMMEDIATE, taken away."""
    fund(database)

    @contextmanager
    def deferred(self):
        with Session(self.engine) as tx, tx.begin():
            yield tx

    monkeypatch.setattr(ledger_reading, "LOCK", "")
    monkeypatch.setattr(Database, "transaction", deferred)
    tills = [Till(database, clock=clock, lanes=1) for _ in range(4)]
    futures = [
        till.ring(unlock(VIEWERS[n % 2], f"{n}-{m}", coins=1))
        for n in range(60)
        for m, till in enumerate(tills)
    ]
    broken = sum(future.exception() is not None for future in futures)
    for till in tills:
        till.close()
    assert broken or faults(database)


def test_two_tills_share_one_database(database):
    fund(database)
    with Till(database, clock=clock) as one, Till(database, clock=clock) as two:
        shots = [unlock(viewer, f"e{n}", coins=5) for viewer in VIEWERS for n in range(10)]
        told = [till.ring(shot) for shot in shots for till in (one, two)]
        statuses = Counter(future.result().status for future in told)
    assert statuses == {"ok": 100, "replay": 100}
    assert faults(database) == {}


def test_only_the_faulty_request_of_a_batch_fails(database):
    """Two viewers under one key: the second breaks a constraint, the others are served."""
    fund(database)
    shots = [unlock(viewer, "e1", key="same") for viewer in VIEWERS[:2]]
    clash = [replace(shot, scope="shared") for shot in shots]
    with Till(database, clock=clock, lanes=1) as till:
        first = till.ring(clash[0]).result()
        fine = till.ring(unlock(VIEWERS[3], "e1"))
        odd = till.ring(replace(unlock(VIEWERS[4], "e1"), series_id="\0" * 40))
        also_fine = till.ring(unlock(VIEWERS[5], "e1"))
        assert first.status == "ok"
        assert till.ring(clash[1]).result().status == "key_reuse"
        assert (fine.result().status, also_fine.result().status) == ("ok", "ok")
        if database.engine.dialect.name != "sqlite":  # SQLite keeps any text
            assert odd.exception() is not None
    assert faults(database) == {}


def test_a_full_line_says_so_and_a_closed_till_too(database):
    till = Till(database, clock=clock, lanes=1, max_waiting=2)
    futures = []

    def ring_until_full():
        while len(futures) < 20_000:
            futures.append(till.ring(buy("ana", 1)))

    with pytest.raises(TillBusy):
        ring_until_full()
    till.close()
    assert all(future.result().status == "ok" for future in futures)
    with pytest.raises(TillClosed):
        till.ring(buy("ana", 1))
