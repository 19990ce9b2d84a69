"""How much of a game a viewer has seen: played again by the server, told in numbers, on both databases."""

import pytest
import sqlalchemy as sa

from silkreel.audience.tables import SeenRow
from silkreel.kit.clock import now
from silkreel.story.tables import StoryVersionRow, StoryWorkRow
from story_house import EPISODES, line_id, open_house

CANON = [line_id(n, "C000") for n in range(1, EPISODES + 1)]
ASIDES = [line_id(n, "C111") for n in range(1, EPISODES + 1)]
LAST = line_id(EPISODES, "B000")


@pytest.fixture
def begun(market_homes, database_kind):
    """Each test's home has the story published."""
    return market_homes(database_kind)


@pytest.fixture
def house(unpriced, tmp_path):
    made = open_house(unpriced, tmp_path / "market")
    yield made
    made.shop.app.api.state.stories.stage.close()


@pytest.fixture
def reader(house):
    return house.reader()


NUMBERS = ("scenes_seen", "scenes_total", "endings_seen", "endings_total")


def told(answer):
    seen = answer.json()
    return tuple(seen[each] for each in NUMBERS)


def see(reader, *log, line=None):
    digest = reader.get("/game").json()["digest"]
    return reader.post("/seen", digest=digest, log=list(log), line=line)


def test_a_stranger_is_told_how_much_there_is_and_stays_a_stranger(reader):
    answer = reader.get("/seen")
    assert told(answer) == (0, 2 * EPISODES, 0, 2)
    assert "silkreel-viewer" not in reader.browser.cookies
    assert answer.headers["cache-control"] == "no-store"


def test_a_save_shows_what_lies_before_its_last_option(reader):
    assert reader.save(CANON[0]).status_code == 200
    assert told(reader.get("/seen")) == (1, 14, 0, 2)
    reader.save(CANON[0], ASIDES[1], CANON[2])
    assert told(reader.get("/seen")) == (4, 14, 0, 2)
    assert reader.get("/seen").json()["episodes"][:3] == [
        {"number": 1, "scenes_seen": 1, "scenes_total": 2},
        {"number": 2, "scenes_seen": 2, "scenes_total": 2},
        {"number": 3, "scenes_seen": 1, "scenes_total": 2},
    ]


def test_what_follows_the_last_option_counts_as_far_as_it_was_read(reader):
    assert told(see(reader, ASIDES[0])) == (1, 14, 0, 2)
    assert told(see(reader, ASIDES[0], line=line_id(1, "D000"))) == (2, 14, 0, 2)
    assert told(see(reader, ASIDES[0], line=line_id(2, "A000"))) == (3, 14, 0, 2)
    assert reader.get("/playthroughs").json() == {"slots": []}, "looking saves nothing"


def test_an_ending_counts_once_its_last_line_was_read_and_beginning_anew_forgets_nothing(reader):
    assert told(see(reader, *CANON)) == (7, 14, 0, 2)
    assert told(see(reader, *CANON, line=LAST)) == (7, 14, 1, 2)
    assert told(see(reader, *CANON, line=LAST)) == (7, 14, 1, 2), "twice is once"
    reader.save()
    assert told(reader.get("/seen")) == (7, 14, 1, 2)
    other = see(reader, *ASIDES, line=line_id(EPISODES, "D000"))
    assert told(other) == (14, 14, 2, 2)


@pytest.mark.sqlite_only  # what is refused is refused before any row
@pytest.mark.parametrize(
    ("log", "line"), [(["ep001_market_ZZZZ"], None), (["ep009_nowhere_AAAA"], LAST)]
)
def test_a_log_nobody_can_have_played_is_refused(reader, log, line):
    answer = see(reader, *log, line=line)
    assert (answer.status_code, answer.json()["code"]) == (422, "flows.no_such_play")


def test_a_line_the_log_does_not_lead_to_is_not_believed(reader):
    assert told(see(reader, line=LAST)) == (0, 14, 0, 2)
    assert told(see(reader, CANON[0], line=LAST)) == (1, 14, 0, 2)


def test_no_name_of_a_scene_is_told(reader):
    text = see(reader, CANON[0]).text
    assert "market" not in text
    assert "aside" not in text


def test_what_was_seen_outlives_an_edit_and_a_renamed_scene(house, reader):
    see(reader, *ASIDES[:2], line=line_id(2, "D000"))
    house.edit("= aside", "= stall")
    house.edit("-> aside", "-> stall")
    for number in range(1, EPISODES + 1):
        house.edit(f"ep{number:03}.aside", f"ep{number:03}.stall", f"novel/ch{number:03}.md")
    done = house.publish()
    assert (done.scenes_total, done.endings_total) == (14, 2)
    assert told(reader.get("/seen")) == (4, 14, 0, 2)


def test_a_version_from_before_the_counting_says_so(house, reader):
    with house.shop.workshop.transaction() as tx:
        work = tx.scalars(sa.select(StoryWorkRow)).one()
        tx.add(
            StoryVersionRow(
                id="old", work_id=work.id, number=99, digest="0" * 64, title="", game=None,
                source_language="en", ink_version="", cast={}, walk=[], published_by="",
                published_at=now(),
            )
        )  # fmt: skip
        work.shown_id = "old"
    answer = reader.get("/seen")
    assert (answer.status_code, answer.json()["code"]) == (404, "flows.not_counted")


def test_what_a_viewer_met_is_read_once_for_noting_and_counting(house, reader):
    assert told(see(reader, CANON[0])) == (1, 14, 0, 2)
    asked = []

    def hear(_connection, _cursor, statement, *_more):
        if statement.startswith("SELECT") and SeenRow.__tablename__ in statement:
            asked.append(statement)

    engine = house.shop.workshop.database.engine
    sa.event.listen(engine, "before_cursor_execute", hear)
    counted = told(see(reader, *CANON[:2]))
    sa.event.remove(engine, "before_cursor_execute", hear)
    assert counted == (2, 14, 0, 2), "what was met before counts with what is new"
    assert len(asked) == 1, asked
