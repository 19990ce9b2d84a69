"""A step that fails is told by the whole journey, wherever it stands; nobody else stops."""

import pytest

from silkreel.flows import journeys  # noqa: F401 - registers the stages
from silkreel.jobs import journeys as registry
from silkreel.jobs.inline_engine import InlineEngine
from silkreel.jobs.journeys import JobOrder, Stage
from silkreel.jobs.slots import SlotPlan
from silkreel.kit.refusals import Refusal

ORDER = JobOrder(
    "localise_series", {"series_id": "s", "episodes": ["e1", "e2"], "languages": ["en", "es"]}
)
LOOKING = ("look_at_source",)  # its no is not told: the whole way is taken then
OF_AN_EPISODE = (
    "prepare_picture", "hear_episode", "package_original", "make_bed", "read_captions",
    "join_lines", "caption_original", "choose_poster", "encode_upper_rungs",
)  # fmt: skip
OF_A_LANGUAGE = ("translate_lines", "speak_lines", "mix_dub", "make_subtitles", "check_episode")
OF_THE_SERIES = ("vote_band", "cast_series", "choose_voices", "check_series")


class Broken(Refusal):
    """A step's no."""

    message = "This step is broken in {where}."


@pytest.fixture
def run(settings, workshop, monkeypatch):
    """`run(name)` works the journey off with one stage broken for the first episode."""

    def play(broken):
        began = []

        def acting(name):
            def act(_desk, arguments):
                began.append(name)
                if name == broken and arguments.get("episode_id", "e1") == "e1":
                    raise Broken(where=name)
                return {}

            return act

        for name, stage in list(registry.STAGES.items()):
            stood_in = Stage(name, stage.queue, acting(name), 1.0)
            monkeypatch.setitem(registry.STAGES, name, stood_in)
        with InlineEngine(settings, workshop, plan=SlotPlan(cpu=2, speech=1)) as engine:
            return engine.wait(engine.submit(ORDER)).answer()["problems"], began

    return play


@pytest.mark.sqlite_only
@pytest.mark.parametrize("broken", [*OF_AN_EPISODE, *OF_A_LANGUAGE, *OF_THE_SERIES])
def test_each_broken_step_is_told_with_its_sentence(run, broken):
    problems, began = run(broken)
    assert problems
    assert {each["sentence"] for each in problems} == {f"This step is broken in {broken}."}
    assert began.count("check_series") == 2  # the others went on to the end


@pytest.mark.sqlite_only
def test_the_list_of_steps_is_whole(run):
    _, began = run("none of them")
    assert set(began) == {*LOOKING, *OF_AN_EPISODE, *OF_A_LANGUAGE, *OF_THE_SERIES, "note_source"}


@pytest.mark.sqlite_only
def test_what_cannot_be_looked_at_is_made_from_the_masters_on(run):
    problems, began = run("look_at_source")
    assert not problems
    assert {*OF_AN_EPISODE} <= set(began)


@pytest.mark.sqlite_only
def test_a_source_side_with_a_problem_is_not_noted(run):
    _, began = run("read_captions")
    assert "note_source" not in began
