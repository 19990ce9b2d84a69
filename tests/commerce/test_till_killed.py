"""A till that dies between any two statements leaves nothing half done."""

import os
import random
import subprocess
import sys
import time

from coins import buy, faults
from silkreel.commerce.tables import TxnRow
from silkreel.commerce.till import Till
from silkreel.kit.database import Database

VIEWERS = 5
RUNS = 2
CHILD = """
import sys
sys.path[:0] = sys.argv[3:]
from coins import unlock
from silkreel.commerce.till import Till
from silkreel.kit.database import Database
till, run = Till(Database(sys.argv[1])), sys.argv[2]
print("open", flush=True)
for n in range(1_000_000):
    futures = [till.ring(unlock(f"v{n % 5}", f"r{run}n{n}m{m}", coins=1, key=f"r{run}n{n}m{m}"))
               for m in range(20)]
    for m, future in enumerate(futures):
        assert future.result().status == "ok"
        print(f"r{run}n{n}m{m}", flush=True)
"""


def test_whatever_was_answered_survives_a_kill_and_the_books_agree(database, tmp_path):
    with Till(database) as till:
        for n in range(VIEWERS):
            till.ring(buy(f"v{n}", 1_000_000)).result()
    answered = set()
    for run in range(RUNS):
        told = tmp_path / f"told{run}"
        with told.open("wb") as out:
            child = subprocess.Popen(
                [sys.executable, "-c", CHILD, database.url, str(run), *sys.path],
                stdout=out, env=os.environ,
            )  # fmt: skip
            deadline = time.monotonic() + 60
            while told.stat().st_size < 200:  # it has answered somebody
                assert child.poll() is None, "the child fell over by itself"
                assert time.monotonic() < deadline, "the child does not get to work"
                time.sleep(0.01)
            time.sleep(random.Random(run).uniform(0, 0.1))
            child.kill()
            child.wait()
        lines = told.read_text().split("\n")
        answered |= set(lines[1:-1])  # the last line may be cut
    assert answered
    again = Database(database.url)  # what the next process finds
    assert faults(again) == {}
    with again.reading() as tx:
        kept = set(tx.query(TxnRow.key).filter(TxnRow.kind == "unlock").all())
    again.close()
    assert answered <= {key for (key,) in kept}
