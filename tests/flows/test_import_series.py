"""A folder of episodes becomes a series; a bad file gets its sentence and stops nobody."""

import os
import shutil

import numpy as np
import pytest
import soundfile
import sqlalchemy as sa

from little_series import make_clip, make_folder
from silkreel.catalogue.series import episodes_of, find_series
from silkreel.catalogue.tables import EpisodeRow, ImportFindingRow, SeriesRow, SidecarRow
from silkreel.flows.import_series import ImportOptions, import_series
from silkreel.flows.series_folder import NoEpisodes, NoFolder, TooManyFiles, sort_out

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


def sentences(report):
    return {each.name: each.sentence for each in report.refused}


def test_what_was_said_of_a_series_stays_until_somebody_says_otherwise(workshop, tmp_path):
    folder = tmp_path / "wide"
    folder.mkdir()
    make_clip(folder / "01.mp4", size=(854, 480), seconds=1)
    sheet = folder / "series.yaml"
    sheet.write_text("title: {en: Wide}\nrights: {until: 2027-01-01}\n", encoding="utf-8")
    said = ImportOptions(source_language="en", orientation="landscape")
    assert states(import_series(workshop, folder, said)) == {"01.mp4": "taken"}
    sheet.unlink()
    again = import_series(workshop, folder)
    assert states(again) == {"01.mp4": "unchanged"}
    assert again.source_language == "en"
    assert again.notes == ()
    with workshop.reading() as tx:
        series = find_series(tx, "wide")
    assert (series.source_language, series.orientation) == ("en", "landscape")
    assert (series.titles, series.rights) == ({"en": "Wide"}, {"until": "2027-01-01"})
    sheet.write_text("source_language: ko\ntitle: 넓은\n", encoding="utf-8")
    import_series(workshop, folder)
    with workshop.reading() as tx:
        series = find_series(tx, "wide")
    assert (series.source_language, series.orientation) == ("ko", "landscape")
    assert series.titles == {"ko": "넓은"}


def test_mends_accepted_once_stay_accepted(workshop, tmp_path):
    folder = tmp_path / "small"
    folder.mkdir()
    make_clip(folder / "01.mp4", size=(240, 426), seconds=1)
    accepted = ImportOptions(fixes=frozenset({"too_small"}))
    assert states(import_series(workshop, folder, accepted)) == {"01.mp4": "taken"}
    assert states(import_series(workshop, folder)) == {"01.mp4": "unchanged"}


def test_a_guessed_source_language_is_told_and_the_subtitles_names_tell_it(workshop, copy):
    (copy / "series.yaml").unlink()
    report = import_series(workshop, copy, ImportOptions(slug="by-subtitles"))
    assert report.source_language == "zh-Hans"
    assert "by the names of the subtitle files" in report.notes[0]
    for number in (1, 2):
        (copy / f"第{number}集.zh.srt").unlink()
        (copy / f"第{number}集.mp4").rename(copy / f"{number}.mp4")
        (copy / f"第{number}集.me.wav").unlink()
    report = import_series(workshop, copy, ImportOptions(slug="by-habit"))
    assert report.source_language == "zh-Hans"
    assert "--source-language" in report.notes[0]
    assert report.notes[0].startswith("Nothing says which language is spoken")
    assert import_series(workshop, copy, ImportOptions(slug="by-habit")).notes == ()


def test_sidecars_are_examined_and_a_bad_one_leaves_its_episode_alone(workshop, copy):
    (copy / "第1集.me.wav").write_bytes(b"RIFF\0\0\0\0")
    (copy / "第1集.zh.srt").write_bytes(bytes(range(256)) * 40)
    quiet = np.zeros(48_000, np.float32)
    soundfile.write(copy / "第2集.me.wav", quiet, 48_000)  # one second for four
    late = "1\n00:10:00,000 --> 00:10:01,000\n他还活着\n"
    (copy / "第2集.zh.srt").write_text(late, encoding="utf-8")
    (copy / "第2集.en.srt").write_text("nothing that has a time\n" * 9, encoding="utf-8")
    report = import_series(workshop, copy)
    told = sentences(report)
    assert set(told) == {
        "第1集.me.wav", "第1集.zh.srt", "第2集.me.wav", "第2集.zh.srt", "第2集.en.srt"
    }  # fmt: skip
    assert "not a sound file" in told["第1集.me.wav"]
    assert "UTF-8" in told["第1集.zh.srt"]
    assert told["第2集.me.wav"].startswith("This sound lasts 0:01.0 and the picture 0:04.0")
    assert "600.0 s and the picture ends at 4.0 s" in told["第2集.zh.srt"]
    assert "no lines with a time" in told["第2集.en.srt"]
    assert (states(report)["第1集.mp4"], states(report)["第2集.mp4"]) == ("taken", "taken")
    with workshop.reading() as tx:
        assert tx.scalar(sa.select(sa.func.count()).select_from(SidecarRow)) == 0


def test_what_is_no_file_gets_its_sentence_too(workshop, copy):
    (copy / "10.mp4").mkdir()
    (copy / "11.mp4").symlink_to(copy / "nowhere.mp4")
    (copy / "12.mp4").symlink_to("/proc/self/mem")  # may be opened, cannot be read
    os.mkfifo(copy / "13.mp4")
    (copy / "14.wmv").write_bytes(b"0&\xb2u\x8ef\xcf\x11")
    shutil.copy(copy / "第1集.me.wav", copy / "11.me.wav")
    report = import_series(workshop, copy)
    told = sentences(report)
    assert set(told) == {"10.mp4", "11.mp4", "12.mp4", "13.mp4", "11.me.wav"}
    assert "folder" in told["10.mp4"]
    assert "nowhere.mp4" in told["11.mp4"]
    assert told["12.mp4"].startswith("This file cannot be read (")
    assert "pipe" in told["13.mp4"]
    assert told["11.me.wav"].startswith("Its episode 11.mp4 was refused")
    assert states(report)["14.wmv"] == "ignored"


def test_a_sidecar_of_a_refused_episode_says_so(workshop, copy):
    (copy / "第2集.mp4").write_bytes(b"")
    told = sentences(import_series(workshop, copy))
    assert told["第2集.zh.srt"].startswith("Its episode 第2集.mp4 was refused")


def test_a_series_of_refused_files_does_not_come_into_being(workshop, tmp_path):
    folder = tmp_path / "broken"
    folder.mkdir()
    for number in range(3):
        (folder / f"{number + 1}.mp4").write_bytes(b"")
    report = import_series(workshop, folder)
    assert len(report.refused) == 3
    assert not report.exists
    with workshop.reading() as tx:
        assert tx.scalar(sa.select(sa.func.count()).select_from(SeriesRow)) == 0
