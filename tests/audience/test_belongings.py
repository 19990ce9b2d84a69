"""What a viewer read, played and chose goes with them: out to them, into their account, or away."""

import io
import json
import zipfile

import pytest

from silkreel.audience import belongings
from silkreel.audience.playthroughs import NewSave, keep_save, note_choices, slots_of, takers
from silkreel.audience.seen import Met, met_by, note_met
from silkreel.audience.tables import PlaceRow
from silkreel.flows.join_viewers import join
from silkreel.flows.viewer_rights import erase, export
from silkreel.kit.clock import now
from silkreel.people.brands import HOUSE
from silkreel.people.viewers import Identity, make_account, new_guest
from silkreel.story.tables import StoryVersionRow, StoryWorkRow


@pytest.fixture
def guest(database):
    """Somebody who has read, played and saved in a story."""
    with database.transaction() as tx:
        tx.add(StoryWorkRow(id="w", series_id="w", made_at=now()))
        tx.flush()
        tx.add(
            StoryVersionRow(
                id="v", work_id="w", number=1, digest="1", title="", source_language="en",
                ink_version="", cast={}, walk=["l0", "l1"], published_by="", published_at=now(),
            )
        )  # fmt: skip
        tx.flush()
        viewer = new_guest(tx, HOUSE, now())
        tx.add(PlaceRow(viewer_id=viewer, work_id="w", medium="novel", version_id="v",
                        line_id="l1", at=now()))  # fmt: skip
        keep_save(tx, viewer, "w", "one", NewSave("v", ["c1"], "l1", None), now())
        note_choices(tx, viewer, "w", ["c1"])
        note_met(tx, viewer, "w", Met(frozenset({"l0", "l1"}), frozenset({"l1"})))
    return viewer


def rows(database, viewer):
    with database.reading() as tx:
        return {name: len(found) for name, found in belongings.take_out(tx, viewer).items()}


def test_every_table_that_names_a_viewer_is_listed():
    named = {
        mapper.class_ for mapper in PlaceRow.registry.mappers
        if "viewer_id" in mapper.class_.__table__.columns
        and mapper.class_.__module__.startswith("silkreel.audience")
    }  # fmt: skip
    assert named == set(belongings.TABLES)


def test_signing_in_brings_what_the_guest_came_to_saved_and_chose(database, guest):
    with database.transaction() as tx:
        account = new_guest(tx, HOUSE, now())
        make_account(tx, account, Identity(HOUSE, "mail", "a@example.org"), now())
    with database.transaction() as tx:
        join(tx, guest, account, HOUSE, now())
    assert rows(database, account) == {
        "places": 1, "story_progress": 0, "playthroughs": 1, "choices_taken": 1,
        "seen_in_games": 3,
    }  # fmt: skip
    assert not any(rows(database, guest).values())
    with database.reading() as tx:
        assert [slot.slot for slot in slots_of(tx, account, "w")] == ["one"]
        assert takers(tx, "w") == {"c1": 1}
        assert met_by(tx, account, "w").endings == {"l1"}


def test_the_export_holds_it_and_erasing_leaves_nothing(database, guest):
    holder = (guest, HOUSE)
    with database.reading() as tx:
        packed = zipfile.ZipFile(io.BytesIO(export(tx, holder, now())))
    told = json.loads(packed.read("all.json"))
    assert told["places"][0]["line_id"] == "l1"
    assert told["playthroughs"][0]["log"] == ["c1"]
    with database.transaction() as tx:
        erase(tx, holder, now(), give_up_coins=False)
    assert not any(rows(database, guest).values())
