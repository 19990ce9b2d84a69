"""A new story passes every check; stamping a folder keeps its books."""

import random

import pytest

from silkreel.story.checking import check, look_into
from silkreel.story.ids import CROCKFORD
from silkreel.story.project import open_story
from silkreel.story.stamping import BadName, FolderTaken, new_story, stamp_story, write_stamped


def digits(seed=1):
    chosen = random.Random(seed)
    return lambda: "".join(chosen.choice(CROCKFORD) for _ in range(4))


def test_a_new_story_is_complete_and_nothing_is_found_in_it(tmp_path):
    story = new_story("Two-Keys", tmp_path)
    assert story.project.title == "Two Keys"
    assert [episode.number for episode in story.episodes] == [1, 2]
    assert (story.folder / "novel/ch001.md").is_file()
    evidence = look_into(story)
    assert evidence.canon is not None
    assert len(evidence.canon.ids) == 11
    assert check(evidence) == ()
    assert stamp_story(story, digits()).given == 0


def test_a_blank_story_has_one_episode_and_nothing_is_found_in_it(tmp_path):
    story = new_story("Two-Keys", tmp_path, "blank")
    assert story.project.title == "Two Keys"
    assert [episode.number for episode in story.episodes] == [1]
    assert (story.project.cast, story.project.locations) == ((), ())
    evidence = look_into(story)
    assert evidence.canon is not None
    assert len(evidence.canon.ids) == 1
    assert check(evidence) == ()
    assert stamp_story(story, digits()).given == 0


def test_a_new_story_does_not_overwrite(tmp_path):
    new_story("a", tmp_path)
    with pytest.raises(FolderTaken):
        new_story("a", tmp_path)
    with pytest.raises(BadName):
        new_story("../a", tmp_path)


def test_a_line_that_is_cut_retires_its_id_for_good(tmp_path):
    story = new_story("a", tmp_path)
    file = story.folder / "script/ep002.ink"
    text = file.read_text()
    cut = next(row for row in text.split("\n") if "H1DS" in row)
    file.write_text(text.replace(cut, cut.split(" #id")[0]))
    story = open_story(story.folder)
    done = stamp_story(story, digits())
    assert done.given == 1
    assert done.retired == ("ep002_room_H1DS",)
    write_stamped(story, done)
    again = open_story(story.folder)
    assert again.lock.retired == {"ep002_room_H1DS"}
    assert stamp_story(again, digits(2)).given == 0
    file.write_text(text)
    assert [x.code for x in check(look_into(open_story(story.folder)), ("DRM020",))] == ["DRM020"]


def test_stamping_leaves_line_ends_and_other_files_alone(tmp_path):
    story = new_story("a", tmp_path)
    file = story.folder / "script/ep001.ink"
    file.write_bytes(
        file.read_bytes().replace(b"\n", b"\r\n").replace(b" #id:ep001_lobby_7K2M", b"")
    )
    before = {path: path.read_bytes() for path in story.folder.rglob("*") if path.is_file()}
    story = open_story(story.folder)
    write_stamped(story, stamp_story(story, digits()))
    changed = [p.name for p, content in before.items() if p.read_bytes() != content]
    assert sorted(changed) == ["ep001.ink", "ids.lock"]
    assert file.read_bytes().count(b"\r\n") == before[file].count(b"\r\n")
