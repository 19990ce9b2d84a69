"""Files named by what is in them: made once, never half-written, the same for all."""

import hashlib
import os
import signal
import subprocess
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress

import pytest

from silkreel.kit.storage import Store


@pytest.fixture
def store(tmp_path):
    return Store(tmp_path / "store")


def files(store):
    return [path for path in store.folder.rglob("*") if path.is_file()]


def test_a_file_is_found_by_its_hash(store):
    content_hash = store.write(b"content", ".txt")
    assert content_hash == hashlib.sha256(b"content").hexdigest()
    assert store.holds(content_hash, ".txt")
    assert not store.holds(content_hash, ".md")
    assert store.path(content_hash, ".txt").read_bytes() == b"content"


def test_the_same_bytes_are_kept_once(store):
    assert store.write(b"same", ".bin") == store.write(b"same", ".bin")
    assert len(files(store)) == 1


def test_a_copy_leaves_the_source_alone(store, tmp_path):
    source = tmp_path / "Master.MP4"
    source.write_bytes(b"picture")
    content_hash = store.copy(source)
    assert source.read_bytes() == b"picture"
    assert store.holds(content_hash, ".mp4")


def test_a_workspace_is_gone_after_whatever_happens(store):
    with suppress(RuntimeError), store.workspace() as folder:
        (folder / "half").write_bytes(b"half")
        raise RuntimeError
    assert files(store) == []


def test_writers_of_the_same_file_do_not_disturb_each_other(store):
    content = os.urandom(3_000_000)
    with ThreadPoolExecutor(8) as threads:
        hashes = set(threads.map(lambda _: store.write(content, ".bin"), range(24)))
    assert len(hashes) == 1
    assert [path.read_bytes() for path in files(store)] == [content]


def test_a_reader_never_sees_a_half_written_file(store):
    content = os.urandom(4_000_000)
    content_hash = hashlib.sha256(content).hexdigest()
    path, seen, done = store.path(content_hash, ".bin"), [], threading.Event()

    def look():
        while not done.is_set():
            with suppress(FileNotFoundError):
                seen.append(path.stat().st_size)

    reader = threading.Thread(target=look)
    reader.start()
    for _ in range(10):
        store.write(content, ".bin")
        path.unlink()
    done.set()
    reader.join()
    assert set(seen) <= {len(content)}


def test_a_killed_writer_leaves_no_file_under_a_name(store):
    """kill -9 in the middle of writing: what lies under a hash is whole, or not there."""
    program = (
        "import os, sys; from pathlib import Path; from silkreel.kit.storage import Store\n"
        f"store = Store(Path({str(store.folder)!r}))\n"
        "print('ready', flush=True)\n"
        "while True: store.write(os.urandom(2_000_000), '.bin')\n"
    )
    for wait_for_files in (0, 1, 3):
        writer = subprocess.Popen([sys.executable, "-c", program], stdout=subprocess.PIPE)
        writer.stdout.readline()
        while len(list(store.folder.glob("??/*.bin"))) < wait_for_files:
            time.sleep(0.001)
        writer.send_signal(signal.SIGKILL)
        writer.wait()
        writer.stdout.close()
        for half in store.folder.glob("tmp/*/*"):
            half.unlink()
        for path in store.folder.glob("??/*.bin"):
            assert hashlib.sha256(path.read_bytes()).hexdigest() == path.stem
