"""Unlocks a second over HTTP, against the same spends rung at the till without HTTP, in one run.

The server is a process of its own on SQLite; what HTTP adds is the price read again, the request's
checks, and the answer. Slices alternate, so that a busy neighbour hits both. The ratio says what the
till's rate is worth to a viewer; its mark is g7 of spend.py, on PostgreSQL. The server's processor
time an unlock is told beside it, for neighbours move that less.
"""

import argparse
import http.client
import itertools
import json
import os
import statistics
import subprocess
import sys
import tempfile
import threading
import time
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

import sqlalchemy as sa

HERE = Path(__file__).parent
sys.path[:0] = [str(HERE), str(HERE.parent / "tests")]

from money_shop import NIGHT, SLUG  # noqa: E402
from segments import free_port  # noqa: E402
from silkreel.catalogue.tables import EpisodeRow, RenditionRow, SeriesRow  # noqa: E402
from silkreel.commerce.ledger import apply  # noqa: E402
from silkreel.commerce.pricebook import default_book, publish_book  # noqa: E402
from silkreel.commerce.quotes import Viewing, show_price  # noqa: E402
from silkreel.commerce.requests import Grant, Item, Unlock  # noqa: E402
from silkreel.commerce.till import Till  # noqa: E402
from silkreel.kit.artifacts import Workshop  # noqa: E402
from silkreel.kit.clock import now  # noqa: E402
from silkreel.kit.ids import random_id  # noqa: E402
from silkreel.people.brands import HOUSE  # noqa: E402
from silkreel.people.house_key import load_house_key  # noqa: E402
from silkreel.people.viewers import new_guest  # noqa: E402
from silkreel.web.viewers import signed  # noqa: E402
from trial_home import open_trial, seed  # noqa: E402

EPISODES, VIEWERS, COINS, PRICE = 400, 40, 1_000_000, 45
SERVE = """
import sys
from pathlib import Path
import uvicorn
from silkreel.kit.opening import open_workshop
from silkreel.kit.settings import Settings
from silkreel.web.app import create_app
from silkreel.web.limits import RateLimit
settings = Settings(home=Path(sys.argv[1]), market="US", database_url=sys.argv[3] or None)
often = RateLimit(per_minute=10**9)
app = create_app(settings, open_workshop(settings), plays=often, purchases=often)
uvicorn.run(app, port=int(sys.argv[2]), loop="uvloop", http="httptools", access_log=False, log_level="error")
"""


def main() -> int:
    """Measure, and print the ratio."""
    words = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    words.add_argument("--seconds", type=float, default=3.0, help="of a slice")
    words.add_argument("--slices", type=int, default=4)
    words.add_argument("--in-flight", type=int, default=16)
    asked = words.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder)
        workshop = open_trial(home)
        viewers, wishes = stock(workshop, home)
        with serving(home) as server:
            rates = compare(
                lambda: server.unlocks(wishes, asked.in_flight, asked.seconds),
                lambda: at_the_till(workshop, viewers, asked.in_flight, asked.seconds),
                asked.slices,
            )
        workshop.database.close()
    print(f"the server's processor time: {server.milliseconds_each:.1f} ms an unlock")
    print(f"unlocks over HTTP / at the till: {statistics.median(rates):.2f}")
    return 0


@dataclass
class Served:
    """A server of its own, and what its unlocks took of a processor so far."""

    process: subprocess.Popen[bytes]
    port: int
    done: float = 0
    seconds: float = 0.0

    def unlocks(self, wishes: Iterator[tuple[str, str]], in_flight: int, seconds: float) -> float:
        """Unlocks a second in a slice."""
        before, started = self._processor_seconds(), time.perf_counter()
        rate = over_http(self.port, wishes, in_flight, seconds)
        self.done += rate * (time.perf_counter() - started)
        self.seconds += self._processor_seconds() - before
        return rate

    @property
    def milliseconds_each(self) -> float:
        """Of a processor, the till's share included."""
        return 1_000 * self.seconds / max(1, self.done)

    def _processor_seconds(self) -> float:
        told = Path(f"/proc/{self.process.pid}/stat").read_text().rpartition(")")[2].split()
        return (int(told[11]) + int(told[12])) / os.sysconf("SC_CLK_TCK")


@contextmanager
def serving(home: Path, database_url: str = "") -> Iterator[Served]:
    """A home served by a process of its own."""
    port = free_port()
    process = subprocess.Popen([sys.executable, "-c", SERVE, str(home), str(port), database_url])
    try:
        wait_for(port)
        yield Served(process, port)
    finally:
        process.terminate()
        process.wait(10)


def wait_for(port: int) -> None:
    """Until the server answers; a busy machine takes its time."""
    for _ in range(120):
        try:
            line = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
            line.request("GET", "/health/readyz")
            if line.getresponse().status == 200:
                return
        except OSError:
            time.sleep(0.5)
    sys.exit(f"nothing answers on port {port}")


def stock(workshop: Workshop, home: Path) -> tuple[list[str], Iterator[tuple[str, str]]]:
    """A long series, rich viewers who saw its price, and every (cookie, episode) there is to open."""
    seed(workshop, NIGHT)
    at = now()
    with workshop.transaction() as tx:
        series = tx.scalars(sa.select(SeriesRow).where(SeriesRow.slug == SLUG)).one()
        lengthen(tx, series.id)
        book = replace(default_book("US", HOUSE), cap_coins=COINS)
        publish_book(tx, book, approved_by=("bench",), now=at)
        viewers = [new_guest(tx, HOUSE, at) for _ in range(VIEWERS)]
    with workshop.transaction() as tx:
        apply(tx, [gift(viewer) for viewer in viewers], at)
        for viewer in viewers:
            show_price(tx, Viewing(viewer, HOUSE, series.id, "US", "web"), EPISODES, at)
        locked = sa.select(EpisodeRow.id).where(EpisodeRow.number > book.free_episodes)
        ids = tx.scalars(locked.order_by(EpisodeRow.number)).all()
    key = load_house_key(home)
    cookies = [f"silkreel-viewer={signed(key, HOUSE, viewer)}" for viewer in viewers]
    return viewers, ((cookie, episode) for episode in ids for cookie in cookies)


def lengthen(tx: sa.orm.Session, series_id: str) -> None:
    """More episodes of the same picture: only their rows are read."""
    first = tx.scalars(sa.select(EpisodeRow).where(EpisodeRow.number == 1)).one()
    film = tx.scalars(sa.select(RenditionRow).where(RenditionRow.kind == "video")).first()
    names = [each.key for each in sa.inspect(EpisodeRow).column_attrs]
    told = [each.key for each in sa.inspect(RenditionRow).column_attrs]
    for number in range(NIGHT.episodes + 1, EPISODES + 1):
        mine = {"id": random_id(), "number": number, "asset": random_id(), "series_id": series_id}
        tx.add(EpisodeRow(**{name: getattr(first, name) for name in names} | mine))
        other = {"id": random_id(), "episode_id": mine["id"]}
        tx.add(RenditionRow(**{name: getattr(film, name) for name in told} | other))
    tx.flush()


def gift(viewer: str) -> Grant:
    """Coins enough for the whole run."""
    return Grant(viewer_id=viewer, brand_id=HOUSE, scope="bench", key=viewer, bonus_coins=COINS)


def compare(ours: Callable[[], float], theirs: Callable[[], float], slices: int) -> list[float]:
    """Alternating slices; the ratio of each pair."""
    ratios = []
    for number in range(slices + 1):
        first, second = ours(), theirs()
        if number:  # the first pair warms both
            print(f"HTTP {first:,.0f}/s, till {second:,.0f}/s")
            ratios.append(first / second)
    return ratios


def over_http(
    port: int, wishes: Iterator[tuple[str, str]], in_flight: int, seconds: float
) -> float:
    """So many clients, each with a connection of its own, until the slice ends."""
    lock, done, end = threading.Lock(), itertools.count(), time.perf_counter() + seconds

    def client() -> None:
        line = http.client.HTTPConnection("127.0.0.1", port)
        while time.perf_counter() < end:
            with lock:
                cookie, episode = next(wishes)
            body = {"series": SLUG, "episodes": [episode], "expected_coins": PRICE}
            headers = {"cookie": cookie, "idempotency-key": str(uuid.uuid4()),
                       "content-type": "application/json"}  # fmt: skip
            line.request("POST", "/api/unlocks", json.dumps(body), headers)
            answer = line.getresponse()
            told = answer.read()
            assert answer.status == 200, told
            next(done)

    started = time.perf_counter()
    clients = [threading.Thread(target=client) for _ in range(in_flight)]
    for each in clients:
        each.start()
    for each in clients:
        each.join()
    return next(done) / (time.perf_counter() - started)


def at_the_till(workshop: Workshop, viewers: list[str], in_flight: int, seconds: float) -> float:
    """The same spends, with as many in flight: each answer rings the next."""
    numbers, ended = itertools.count(), threading.Semaphore(0)
    run = random_id()
    with Till(workshop.database) as till:
        started = time.perf_counter()

        def ring() -> None:
            number = next(numbers)
            if time.perf_counter() > started + seconds:
                ended.release()
                return
            till.ring(spend(viewers[number % len(viewers)], f"{run}{number}")
                      ).add_done_callback(heard)  # fmt: skip

        def heard(future: object) -> None:
            assert future.result().status == "ok"
            ring()

        for _ in range(in_flight):
            ring()
        for _ in range(in_flight):
            ended.acquire()
        took = time.perf_counter() - started
    return (next(numbers) - in_flight) / took


def spend(viewer: str, name: str) -> Unlock:
    """One episode of a series that HTTP does not touch."""
    return Unlock(
        viewer_id=viewer, brand_id=HOUSE, scope=f"{HOUSE}:{viewer}:unlock", key=name,
        series_id="bench", items=(Item("episode", name, PRICE),), expected_coins=PRICE,
        market="US", channel="web",
    )  # fmt: skip


if __name__ == "__main__":
    sys.exit(main())
