"""An episode on an editor's timeline, read back by OpenTimelineIO itself."""

import opentimelineio as otio
import pytest

from drawn_stories import heiress_at
from silkreel.flows.plan_timeline import timeline_of
from silkreel.media.theatre.schedule import slots
from silkreel.story.forms.otio import write_otio
from silkreel.story.forms.vtt import NoRates

RATES = """
rhythm_profile:
  {state: accepted, by: anna, rates: {en: 2.5 words/s, action: 2.5 s/beat}}
"""


@pytest.fixture(scope="module")
def heiress(tmp_path_factory):
    folder = heiress_at(tmp_path_factory.mktemp("otio"))
    sheet = folder / "story.yaml"
    lines = sheet.read_text(encoding="utf-8")
    if "rhythm_profile" not in lines:
        sheet.write_text(lines + RATES, encoding="utf-8")
    return folder


@pytest.fixture(scope="module")
def plan(heiress):
    from silkreel.flows.animatic_plan import planned

    return planned(heiress, 1)


def test_lengths_and_ids_come_back_as_they_were_written(plan):
    seconds = {line.id: 1.0 + number * 0.37 for number, line in enumerate(plan.play.spoken)}
    times = slots(plan.play, seconds)
    read = otio.adapters.read_from_string(write_otio(times, plan.play.cast, "t"), "otio_json")
    picture, *voices = read.tracks
    assert read.duration().value == times.length_frames
    assert read.duration().rate == times.frames_per_second
    assert [clip.name for clip in picture] == [each.shot.id for each in times.shots]
    assert [clip.source_range.duration.value for clip in picture] == [
        each.span.length_frames for each in times.shots
    ]
    told = {
        marker.name: (
            picture.range_of_child(clip).start_time.value + marker.marked_range.start_time.value,
            marker.marked_range.duration.value,
        )
        for clip in picture
        for marker in clip.markers
    }
    assert told == {
        cue.line.id: (cue.caption.first_frame, cue.caption.length_frames) for cue in times.lines
    }
    spoken = {
        clip.name: track.range_of_child(clip).start_time.to_seconds()
        for track in voices
        for clip in track.find_clips()
    }
    assert spoken.keys() == {cue.line.id for cue in times.voiced}
    for cue in times.voiced:
        assert spoken[cue.line.id] == pytest.approx(cue.speech_start_seconds, abs=1 / 25)


def test_every_speaker_has_a_track_under_their_name(plan):
    times = slots(plan.play, {line.id: 1.0 for line in plan.play.spoken})
    read = otio.adapters.read_from_string(write_otio(times, plan.play.cast, "t"), "otio_json")
    names = {actor.id: actor.name or actor.id for actor in plan.play.cast}
    assert [track.name for track in read.tracks][1:] == [
        names.get(who, who) for who in dict.fromkeys(cue.line.who for cue in times.voiced)
    ]
    assert {track.kind for track in list(read.tracks)[1:]} == {otio.schema.TrackKind.Audio}


def test_a_timeline_is_the_same_twice_and_lasts_as_the_rates_say(heiress):
    text = timeline_of(heiress, 1)
    assert text == timeline_of(heiress, 1)
    read = otio.adapters.read_from_string(text, "otio_json")
    assert read.name.endswith("ep001")
    assert read.duration().to_seconds() > 5


def test_without_rates_nothing_is_guessed(tmp_path):
    folder = heiress_at(tmp_path)
    sheet = folder / "story.yaml"
    text = sheet.read_text(encoding="utf-8").split("rhythm_profile")[0]
    sheet.write_text(text, encoding="utf-8")
    with pytest.raises(NoRates):
        timeline_of(folder, 1)
