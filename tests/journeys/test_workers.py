"""Several processes take steps from the same queues; the server takes none."""

import shutil
import signal
import subprocess
import sys
import time

import pytest
import sqlalchemy as sa

from little_series import environment, make_folder, silkreel
from silkreel.catalogue.tables import RenditionRow
from silkreel.jobs.tables import JobRow, StageRunRow
from silkreel.kit.opening import open_workshop
from silkreel.kit.settings import Settings

pytestmark = pytest.mark.timeout(300)


@pytest.fixture(scope="module")
def imported(tmp_path_factory):
    if shutil.which("espeak-ng") is None:
        pytest.skip("espeak-ng is not installed (Debian's package `espeak-ng`)")
    home = tmp_path_factory.mktemp("workers") / "home"
    done = silkreel(home, "import", str(make_folder(home.parent / "little", episodes=2)))
    assert done.returncode == 0, done.stderr
    return home


def start(home, *words):
    return subprocess.Popen(
        [sys.executable, "-m", "silkreel", *words], env=environment(home),
        stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
    )  # fmt: skip


def rows(home, query):
    workshop = open_workshop(Settings(home=home))
    with workshop.reading() as tx:
        found = list(tx.scalars(query))
    workshop.database.close()
    return found


def wait_for_workers(home, count):
    deadline = time.monotonic() + 60
    while len(list((home / "workers").glob("*"))) < count:
        assert time.monotonic() < deadline, "the workers did not come up"
        time.sleep(0.1)


def test_two_workers_share_a_series_and_leave_when_told(imported):
    helpers = [start(imported, "worker", "--name", name) for name in ("one", "two")]
    try:
        wait_for_workers(imported, 2)
        done = silkreel(imported, "localise", "little", "--to", "en", "--json")
        assert done.returncode == 0, done.stdout + done.stderr
    finally:
        for helper in helpers:
            helper.send_signal(signal.SIGTERM)
        codes = [helper.wait(60) for helper in helpers]
    assert codes == [0, 0]
    who = set(rows(imported, sa.select(StageRunRow.worker)))
    assert who & {"one", "two"}, f"only {who} worked"
    assert len(who) >= 2
    assert rows(imported, sa.select(JobRow.state)) == ["done"]
    assert len(rows(imported, sa.select(RenditionRow.id).where(RenditionRow.kind == "video"))) == 4


def test_the_server_takes_no_step(imported):
    before = len(rows(imported, sa.select(StageRunRow.label)))
    server = start(imported, "serve", "--port", "0")
    order = start(imported, "localise", "little", "--to", "en,es")
    try:
        order.wait(200)
        mine = rows(imported, sa.select(StageRunRow.worker))[before:]
        known = set(mine)
        assert mine
        assert len(known) == 1, "one process ordered and worked; the server must not have"
        assert server.poll() is None
    finally:
        order.kill()
        server.terminate()
        server.wait(30)
