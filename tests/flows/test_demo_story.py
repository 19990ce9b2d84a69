"""The demo's story: a novel and a game in four languages, joined to the lines that were dubbed."""

import pytest

from silkreel.bible.tables import LineRow
from silkreel.catalogue.tables import EpisodeRow, ReleaseRow, SeriesRow
from silkreel.flows.make_demo import publish_demo_story
from silkreel.flows.story_cues import cues_of
from silkreel.flows.story_shelf import StoryShelf
from silkreel.kit.clock import now
from silkreel.kit.keys import text_hash
from silkreel.story.checking import check, look_into
from silkreel.story.project import open_story
from silkreel.story.sample import LANTERN, load_sample, shown

SLUG = "before-the-lantern-dies"
LANGUAGES = {"zh-Hans", "en", "es", "pt-BR"}
ENDINGS = {
    "结局 · 守灯人",
    "结局 · 没寄出的信",
    "结局 · 一页账",
    "结局 · 空铺子",
    "结局 · 江上的灯",
}


@pytest.fixture
def imported(workshop):
    """The series as the demo has it: lines read from the picture, with ids of their own."""
    with workshop.transaction() as tx:
        tx.add(SeriesRow(id="lantern", slug=SLUG, source_language="zh-Hans", made_at=now()))
        tx.flush()
        tx.add(
            ReleaseRow(series_id="lantern", market="001", languages=["zh-Hans"], released_at=now())
        )
        for script in load_sample().episodes:
            number = script.number
            tx.add(
                EpisodeRow(
                    id=f"e{number}", series_id="lantern", number=number, asset=f"a{number}",
                    master_hash="", master_suffix="", width_pixels=1, height_pixels=1,
                    frame_rate="25", frame_count=1000, length_seconds=40.0,
                )
            )  # fmt: skip
            for place, line in enumerate(script.lines):
                tx.add(
                    LineRow(
                        series_id="lantern", id=f"ep{number:03}_{place:04}", episode_id=f"e{number}",
                        position=place, first_frame=50 * place, end_frame=50 * place + 40,
                        source_text=shown(line.text), source_hash=text_hash(line.text),
                        came_from="read",
                    )
                )  # fmt: skip
    return workshop


def test_it_has_no_finding_and_every_line_of_it_can_be_met():
    findings = check(look_into(open_story(LANTERN), walks=60))
    assert [str(each) for each in findings if each.open] == []


def test_it_is_read_and_played_in_four_languages_and_ends_in_five_ways(imported):
    done = publish_demo_story(imported, SLUG)
    assert (set(done.reads), set(done.plays)) == (LANGUAGES, LANGUAGES)
    assert publish_demo_story(imported, SLUG).changed is False, "safe to run again"
    shelf = StoryShelf(imported)
    with imported.reading() as tx:
        story = shelf.find(tx, SLUG, "001")
    told = {
        string["text"]
        for number in (1, 2, 3)
        for string in shelf.page(story.file("strings", str(number), "zh-Hans"))["strings"].values()
    }
    assert told >= ENDINGS
    for scene in story.version.scenes.values():
        lines = [line for line in story.version.lines.values() if line.scene == scene.id]
        assert scene.way_in is not None or not lines, f"nobody gets into {scene.id}"


def test_every_line_of_the_series_finds_its_second_though_its_ids_are_others(imported):
    publish_demo_story(imported, SLUG)
    shelf = StoryShelf(imported)
    with imported.reading() as tx:
        story = shelf.find(tx, SLUG, "001")
        for script in load_sample().episodes:
            cues = cues_of(tx, shelf, imported.store, story, script.number, "zh-Hans")
            wanted = {line.id: 2.0 * place for place, line in enumerate(script.lines)}
            assert {name: cue.start_seconds for name, cue in cues.items()} == wanted
