"""What was made from what: looked up by key, made once, and the same for everybody."""

import threading

import pytest
import sqlalchemy as sa

from silkreel.kit.artifacts import ArtifactRow, keep_artifact
from silkreel.kit.keys import work_key

KEY = work_key("speak", 1, {"text": "hello"})


def maker_of(content, facts=None, calls=None):
    def maker(folder):
        if calls is not None:
            calls.append(content)
        made = folder / "made.txt"
        made.write_text(content)
        return made, facts or {}

    return maker


def test_what_was_made_is_found_by_its_key(workshop):
    assert workshop.find(KEY) is None
    made = workshop.make(KEY, "speak", maker_of("hello", {"seconds": 1.5}))
    found = workshop.find(KEY)
    assert found == made
    assert found.path.read_text() == "hello"
    assert found.facts == {"seconds": 1.5}
    assert found.suffix == ".txt"


def test_what_is_known_is_not_made_again(workshop):
    calls = []
    for content in ("first", "second"):
        made = workshop.make(KEY, "speak", maker_of(content, calls=calls))
    assert calls == ["first"]
    assert made.path.read_text() == "first"


def test_two_makers_at_once_get_one_winner(workshop):
    both = threading.Barrier(2, timeout=20)
    results = {}

    def make(content):
        def maker(folder):
            both.wait()
            return maker_of(content)(folder)

        results[content] = workshop.make(KEY, "speak", maker)

    threads = [threading.Thread(target=make, args=(content,)) for content in ("one", "other")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    one, other = results.values()
    assert one == other
    assert one.path.read_text() in ("one", "other")
    with workshop.reading() as tx:
        assert tx.scalar(sa.select(sa.func.count()).select_from(ArtifactRow)) == 1


def test_a_lost_file_is_made_again_and_takes_the_row(workshop):
    first = workshop.make(KEY, "speak", maker_of("first"))
    first.path.unlink()
    assert workshop.find(KEY) is None
    second = workshop.make(KEY, "speak", maker_of("second"))
    assert second.path.read_text() == "second"
    assert workshop.find(KEY) == second


def test_a_maker_that_fails_leaves_nothing(workshop):
    def maker(folder):
        (folder / "half.txt").write_text("half")
        raise RuntimeError

    with pytest.raises(RuntimeError):
        workshop.make(KEY, "speak", maker)
    assert workshop.find(KEY) is None
    assert [path for path in workshop.store.folder.rglob("*") if path.is_file()] == []


def test_the_row_that_was_there_first_stays(workshop):
    winner = workshop.make(KEY, "speak", maker_of("first"))
    late = workshop.store.write(b"late", ".txt")
    with workshop.transaction() as tx:
        kept = keep_artifact(
            tx, workshop.store, key=KEY, step="speak", content_hash=late, suffix=".txt",
            size_bytes=4, facts={},
        )  # fmt: skip
    assert kept == winner
