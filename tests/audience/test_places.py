"""One place for each viewer: whatever order devices tell it in, and however accounts are merged."""

import itertools
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from silkreel.audience.places import Reader, come_to, merge_places, progress_of
from silkreel.audience.playthroughs import (
    NewSave,
    keep_save,
    merge_saves,
    note_choices,
    slots_of,
    takers,
)
from silkreel.kit.clock import now
from silkreel.people.brands import HOUSE
from silkreel.people.viewers import Identity, make_account, merge, new_guest
from silkreel.story.places import Place
from silkreel.story.tables import StoryVersionRow, StoryWorkRow

START = datetime(2026, 11, 23, tzinfo=UTC)
OLD = tuple(f"l{n}" for n in range(8))
NEW = ("l0", "l2", "l5", "n1", "l6", "l7")  # some lines were cut, one is new
_count = itertools.count()


@dataclass(frozen=True)
class Version:
    """A version of a story as places look at it."""

    id: str
    work_id: str
    walk: tuple[str, ...]
    lines: dict = field(default_factory=dict)
    ordinals: dict = field(default_factory=dict)


def version(tx, work_id, number, walk) -> Version:
    row = StoryVersionRow(
        id=f"v{number}{work_id}"[:16], work_id=work_id, number=number, digest=f"{number}", title="",
        source_language="en", ink_version="", cast={}, walk=list(walk), published_by="",
        published_at=now(),
    )  # fmt: skip
    tx.add(row)
    tx.flush()
    ordinals = {line: n for n, line in enumerate(walk)}
    return Version(row.id, work_id, walk, dict.fromkeys(walk), ordinals)


@pytest.fixture
def story(database):
    """A work with two versions; and how to load them."""
    with database.transaction() as tx:
        work_id = f"w{next(_count)}"
        tx.add(StoryWorkRow(id=work_id, series_id=work_id, made_at=now()))
        tx.flush()
        both = version(tx, work_id, 1, OLD), version(tx, work_id, 2, NEW)
    return both, {each.id: each for each in both}.__getitem__


visits = st.lists(
    st.tuples(st.sampled_from(OLD), st.sampled_from(("video", "novel", "game")), st.integers(0, 5)),
    max_size=6,
)
quick = settings(
    max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)


def go(tx, viewer, version, load, told):
    for line, medium, minute in told:
        place = Place(line, medium, START + timedelta(minutes=minute))
        come_to(tx, Reader(viewer, version, load), place, line)
    return progress_of(tx, Reader(viewer, version, load))


@quick
@given(told=visits, seed=st.randoms(use_true_random=False))
def test_the_order_in_which_devices_tell_their_places_does_not_matter(database, story, told, seed):
    (old, _), load = story
    mixed = seed.sample(told, len(told))
    with database.transaction() as tx:
        one, other = (new_guest(tx, HOUSE, now()) for _ in range(2))
        assert go(tx, one, old, load, told) == go(tx, other, old, load, mixed)
        assert go(tx, one, old, load, told) == go(tx, one, old, load, mixed), "twice is once"
        tx.rollback()


@quick
@given(mine=visits, theirs=visits)
def test_merging_a_guest_into_an_account_is_as_if_one_had_been_both(database, story, mine, theirs):
    (old, _), load = story
    with database.transaction() as tx:
        guest, account, both = (new_guest(tx, HOUSE, now()) for _ in range(3))
        go(tx, account, old, load, mine)
        go(tx, guest, old, load, theirs)
        wanted = go(tx, both, old, load, [*theirs, *mine])
        merge_places(tx, guest, account, load)
        assert progress_of(tx, Reader(account, old, load)) == wanted
        tx.rollback()


def test_a_guest_with_places_and_saves_can_be_merged_and_nothing_is_left_behind(database, story):
    (old, _), load = story
    with database.transaction() as tx:
        guest, account = (new_guest(tx, HOUSE, now()) for _ in range(2))
        make_account(tx, account, Identity(HOUSE, "mail", "mei"), now())
        go(tx, guest, old, load, [("l3", "novel", 1)])
        keep_save(tx, guest, old.work_id, "auto", NewSave(old.id, ["c1"], "l3", None), START)
        later = START + timedelta(hours=1)
        keep_save(tx, account, old.work_id, "auto", NewSave(old.id, ["c2"], "l4", None), later)
        keep_save(tx, guest, old.work_id, "one", NewSave(old.id, [], None, None), START)
        for viewer in (guest, account):
            note_choices(tx, viewer, old.work_id, ["c1"])
        merge_places(tx, guest, account, load)
        merge_saves(tx, guest, account)
        merge(tx, guest, account, now())
        assert progress_of(tx, Reader(account, old, load)).furthest == 3
        kept = {each.slot: each.log for each in slots_of(tx, account, old.work_id)}
        assert kept == {"auto": ("c2",), "one": ()}, "the newer save of a slot wins"
        assert takers(tx, old.work_id) == {"c1": 1}


def test_a_place_on_a_line_that_was_cut_goes_to_the_next_that_lives(database, story):
    (old, new), load = story
    with database.transaction() as tx:
        viewer = new_guest(tx, HOUSE, now())
        go(tx, viewer, old, load, [("l3", "game", 1), ("l1", "novel", 2)])
        moved = progress_of(tx, Reader(viewer, new, load))
    assert {medium: place.line_id for medium, place in moved.last.items()} == {
        "game": "l5", "novel": "l2",
    }  # fmt: skip
    assert moved.furthest == new.ordinals["l5"]
