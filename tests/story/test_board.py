"""An episode's shots: proposed from the script, or listed and held against it."""

import pytest

from drawn_stories import heiress_at
from silkreel.story.board import Question, board_of
from silkreel.story.checking import look_into
from silkreel.story.forms.vtt import NoSuchEpisode
from silkreel.story.project import BadStoryFile, open_story

QUICK = """\
=== ep001 ===
# episode:1
-> room
= room
# scene:INT. ROOM - NIGHT # loc:room
ANNA: Did you sign it? #id:ep001_room_0001
BEN: Yes. #id:ep001_room_0002
ANNA: All of it? #id:ep001_room_0003
BEN (V.O.): And I would sign it again, if she asked me to, tomorrow. #id:ep001_room_0004
ANNA: Then it is over. #id:ep001_room_0005 #beat:cliffhanger
-> hall
= hall
# scene:INT. HALL - NIGHT # loc:hall
BEN: Not for me, and not for the child you never asked about. #id:ep001_hall_0006
-> END
"""


def boarded(folder, number=1):
    return board_of(look_into(open_story(folder)), number)


@pytest.fixture
def quick(tmp_path):
    (tmp_path / "script").mkdir()
    (tmp_path / "script/main.ink").write_text("INCLUDE ep001.ink\n-> ep001\n")
    (tmp_path / "script/ep001.ink").write_text(QUICK)
    (tmp_path / "story.yaml").write_text(
        "cast: [{id: ANNA}, {id: BEN}]\nlocations: [{id: room}, {id: hall}]\n"
    )
    return tmp_path


def test_without_a_list_a_new_place_is_wide_and_quick_exchanges_share_a_shot(quick):
    shots = boarded(quick).shots
    assert [(s.shot.size, len(s.beats)) for s in shots] == [
        ("WS", 3), ("WS", 1), ("CU", 1), ("WS", 1),
    ]  # fmt: skip
    assert [s.scene.name for s in shots] == ["room", "room", "room", "hall"]


def test_who_speaks_out_of_sight_is_not_in_the_picture(quick):
    unseen = boarded(quick).shots[1]
    assert unseen.beats[0].qualifiers == ("V.O.",)
    assert unseen.shot.size == "WS"
    assert unseen.shot.cast == ("ANNA", "BEN"), "a wide shot shows everybody of the scene"


def test_an_exchange_inside_a_scene_is_a_two_shot(quick):
    path = quick / "script/ep001.ink"
    opening = "A lamp goes out. #id:ep001_room_0000\nANNA: Did you"
    path.write_text(path.read_text().replace("ANNA: Did you", opening))
    assert [s.shot.size for s in boarded(quick).shots][:2] == ["WS", "two"]


def test_every_line_of_the_series_is_covered_once_and_in_order(tmp_path):
    evidence = look_into(open_story(heiress_at(tmp_path / "heiress")))
    for number in (1, 2):
        board = board_of(evidence, number)
        wanted = [beat.id for beat in evidence.beats[board.episode.name]]
        assert [beat.id for shot in board.shots for beat in shot.beats] == wanted


def test_a_choice_stands_after_the_line_before_it_with_every_option(tmp_path):
    board = boarded(heiress_at(tmp_path / "heiress"))
    moments = [moment for shot in board.shots for moment in shot.moments]
    place = next(i for i, moment in enumerate(moments) if isinstance(moment, Question))
    assert moments[place - 1].id == "ep001_terrace_Q7R2"
    asked = moments[place]
    assert [option.text for option in asked.options] == ["Tell him. Now.", "Sign."]
    assert asked.id == "ep001_terrace_C002"
    assert moments[place + 1].id == "ep001_terrace_E5E5"


def test_an_episode_that_is_not_there_is_refused(quick):
    with pytest.raises(NoSuchEpisode, match="no episode 9 in the series; it has 1"):
        boarded(quick, 9)


def test_a_line_without_an_id_of_its_own_is_refused_with_its_line(quick):
    path = quick / "script/ep001.ink"
    text = path.read_text()
    path.write_text(text.replace(" #id:ep001_room_0003", ""))
    with pytest.raises(BadStoryFile, match=r"^script/ep001.ink:8: this line has no id; run"):
        boarded(quick)
    path.write_text(text.replace("ep001_room_0003", "ep001_room_0002"))
    with pytest.raises(BadStoryFile, match=r"script/ep001.ink:8: ep001_room_0002 stands in"):
        boarded(quick)


SHOTS = """\
- {id: ep001_s01, covers: [ep001_room_0001, ep001_room_0002], size: two}
- {id: ep001_s02, covers: [ep001_room_0003], size: cu}
- {id: ep001_s03, covers: [ep001_room_0004, ep001_room_0005], size: medium}
- {id: ep001_s04, covers: [ep001_hall_0006], size: WS}
"""


def listed(folder, old="", new=""):
    (folder / "shots").mkdir(exist_ok=True)
    assert old in SHOTS
    (folder / "shots/ep001.yaml").write_text(SHOTS.replace(old, new, 1))
    return folder


def test_a_list_is_followed_and_sizes_may_be_written_as_people_do(quick):
    board = boarded(listed(quick))
    assert board.path == "shots/ep001.yaml"
    assert [s.shot.size for s in board.shots] == ["two", "CU", "MS", "WS"]


@pytest.mark.parametrize(
    ("old", "new", "line", "sentence"),
    [
        ("[ep001_room_0003]", "[ep001_room_9999]", 2, "covers ep001_room_9999, which is no line"),
        ("[ep001_room_0003]", "[ep001_room_0002]", 2, "covers ep001_room_0002, which is no line"),
        ("[ep001_room_0003]", "[ep001_hall_0006]", 2, "before ep001_room_0003"),
        ("[ep001_hall_0006]", "[]", 1, "no shot covers ep001_hall_0006"),
        ("size: cu", "size: huge", 2, "1.size: Input should be 'insert'"),
        ("size: cu", "move: fly", 2, "1.move: Input should be 'still'"),
        ("size: cu", "stage: {scene: ep009.moon}", 2, "ep009.moon, which is no scene"),
        ("size: cu", "length_seconds: 900", 2, "1.length_seconds"),
        ("size: cu", "cast: [ANNE]", 2, "ep001_s02 shows ANNE, who is not in the cast"),
        ("size: cu", "stage: {acting: {ep001_room_0001: {}}}", 2, "a line it does not cover"),
    ],
)
def test_a_list_that_does_not_fit_the_script_is_refused_with_its_line(
    quick, old, new, line, sentence
):
    with pytest.raises(BadStoryFile) as refused:
        boarded(listed(quick, old, new))
    assert str(refused.value).startswith(f"shots/ep001.yaml:{line}: ")
    assert sentence in str(refused.value)
    assert "\n" not in str(refused.value)
