"""A folder of episodes becomes a series; a bad file gets its sentence and stops nobody."""

import shutil

import pytest
import sqlalchemy as sa

from little_series import make_clip, make_folder
from silkreel.catalogue.series import episodes_of, find_series
from silkreel.catalogue.tables import EpisodeRow, ImportFindingRow, SidecarRow
from silkreel.flows.import_series import (
    ImportOptions,
    NoEpisodes,
    NoFolder,
    TooManyFiles,
    import_series,
    sort_out,
)

pytestmark = pytest.mark.sqlite_only


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return make_folder(tmp_path_factory.mktemp("source") / "little")


@pytest.fixture
def copy(folder, tmp_path):
    return shutil.copytree(folder, tmp_path / "little")


def states(report):
    return {each.name: each.state for each in report.files}


def test_episodes_and_sidecars_are_taken_and_taking_them_again_changes_nothing(workshop, copy):
    first = import_series(workshop, copy)
    assert first.slug == "little"
    assert set(states(first).values()) == {"taken"}
    with workshop.reading() as tx:
        episodes = episodes_of(tx, find_series(tx, "little").id)
        before = [(e.id, e.number, e.master_hash, e.frame_count) for e in episodes]
        kinds = sorted(tx.scalars(sa.select(SidecarRow.kind)))
    assert [number for _, number, _, _ in before] == [1, 2]
    assert before[0][3] == 100
    assert kinds == ["me", "me", "subtitles", "subtitles"]
    again = import_series(workshop, copy)
    assert set(states(again).values()) == {"unchanged"}
    with workshop.reading() as tx:
        after = episodes_of(tx, find_series(tx, "little").id)
        assert [(e.id, e.number, e.master_hash, e.frame_count) for e in after] == before


def test_one_bad_file_never_stops_the_others_and_each_has_one_clear_sentence(workshop, copy):
    (copy / "03.mp4").write_bytes(b"")
    (copy / "04.mp4").write_text("ffconcat version 1.0\nfile /etc/passwd\n", encoding="utf-8")
    whole = (copy / "第1集.mp4").read_bytes()
    (copy / "05.mp4").write_bytes(whole[: len(whole) // 2])
    (copy / "06.mp4").write_bytes(b"\xff\xd8\xff\xe0" + bytes(2000))
    (copy / "behind the scenes.mp4").write_bytes(whole)
    (copy / "ep2 again.mp4").write_bytes(whole)
    (copy / "09.zh.srt").write_text("1\n00:00:00,000 --> 00:00:01,000\nhi\n", encoding="utf-8")
    (copy / "第1集.srt").write_text("1\n00:00:00,000 --> 00:00:01,000\nhi\n", encoding="utf-8")
    report = import_series(workshop, copy)
    refused = {each.name: each for each in report.refused}
    assert set(refused) == {
        "03.mp4", "04.mp4", "05.mp4", "06.mp4", "behind the scenes.mp4", "第2集.mp4",
        "09.zh.srt", "第1集.srt",
    } or set(refused) == {
        "03.mp4", "04.mp4", "05.mp4", "06.mp4", "behind the scenes.mp4", "ep2 again.mp4",
        "09.zh.srt", "第1集.srt",
    }  # fmt: skip
    assert refused["03.mp4"].code == "media.empty"
    assert refused["04.mp4"].code == "media.not_video"
    assert refused["05.mp4"].code in {"media.truncated", "media.corrupt"}
    assert refused["06.mp4"].code == "media.not_video"
    assert all(each.sentence and "{" not in each.sentence for each in refused.values())
    assert states(report)["第1集.mp4"] == "taken"
    with workshop.reading() as tx:
        kept = set(tx.scalars(sa.select(ImportFindingRow.file_name)))
    assert kept == set(refused)


def test_a_landscape_file_needs_the_series_to_say_so(workshop, tmp_path):
    folder = tmp_path / "wide"
    folder.mkdir()
    make_clip(folder / "01.mp4", size=(854, 480), seconds=1)
    report = import_series(workshop, folder)
    assert [each.code for each in report.refused] == ["media.landscape"]
    taken = import_series(workshop, folder, ImportOptions(orientation="landscape"))
    assert states(taken) == {"01.mp4": "taken"}


def test_a_new_cut_replaces_the_old_one_and_keeps_the_episode(workshop, copy):
    import_series(workshop, copy)
    with workshop.reading() as tx:
        before = tx.scalar(sa.select(EpisodeRow).where(EpisodeRow.number == 2))
    make_clip(copy / "第2集.mp4", hue=5, seconds=3)
    report = import_series(workshop, copy)
    assert states(report)["第2集.mp4"] == "taken"
    with workshop.reading() as tx:
        after = tx.scalar(sa.select(EpisodeRow).where(EpisodeRow.number == 2))
    assert after.id == before.id
    assert after.master_hash != before.master_hash
    assert after.frame_count == 75


def test_a_folder_that_is_none_or_empty_is_refused(workshop, tmp_path):
    with pytest.raises(NoFolder):
        import_series(workshop, tmp_path / "nowhere")
    with pytest.raises(NoEpisodes):
        import_series(workshop, tmp_path)


def test_a_folder_of_thousands_of_files_is_refused_before_any_is_opened(tmp_path):
    for number in range(2001):
        (tmp_path / f"{number}.txt").touch()
    with pytest.raises(TooManyFiles):
        sort_out(tmp_path)
