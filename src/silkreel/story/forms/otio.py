"""An episode on an editor's timeline: OpenTimelineIO with shots, dialogue by character, and line ids.

Every shot is a clip of the picture track, every spoken line a clip of its speaker's track under the
line's id, and every line a marker of its id on the shot it belongs to. Times are whole frames.
"""

from collections.abc import Iterator, Sequence

import opentimelineio as otio
from opentimelineio.opentime import RationalTime, TimeRange

from silkreel.kit.spans import Span
from silkreel.media.theatre.plan import Actor
from silkreel.media.theatre.schedule import LineCue, ShotCue, Timetable

OURS = "silkreel"  # what we say of a clip stands under this name in its metadata
PICTURE_TRACK = "Shots"


def write_otio(times: Timetable, cast: Sequence[Actor], title: str) -> str:
    """The timeline as `.otio`, with what is known of each shot and line in its metadata.

    Args:
        times: the episode on the clock.
        cast: who speaks; each has a track.
        title: what the timeline is called.
    """
    timeline = otio.schema.Timeline(name=title, global_start_time=_time(0, times))
    timeline.metadata[OURS] = {"synthetic": True, "frames_per_second": times.frames_per_second}
    timeline.tracks.append(_picture(times))
    names = {actor.id: actor.name or actor.id for actor in cast}
    for who in dict.fromkeys(cue.line.who for cue in times.voiced):
        timeline.tracks.append(_dialogue(times, who, names.get(who, who)))
    return str(otio.adapters.write_to_string(timeline, "otio_json")) + "\n"


def _picture(times: Timetable) -> otio.schema.Track:
    track = otio.schema.Track(name=PICTURE_TRACK, kind=otio.schema.TrackKind.Video)
    for each in times.shots:
        clip = otio.schema.Clip(
            name=each.shot.id, source_range=_range(Span(0, each.span.length_frames), times)
        )
        clip.metadata[OURS] = _shot(each)
        clip.markers.extend(_markers(each, times))
        track.append(clip)
    return track


def _shot(each: ShotCue) -> dict[str, object]:
    shot = each.shot
    return {
        "size": shot.size, "move": shot.move, "angle": shot.angle,
        "covers": [cue.line.id for cue in each.lines], "given_art": bool(shot.art),
    }  # fmt: skip


def _markers(each: ShotCue, times: Timetable) -> Iterator[otio.schema.Marker]:
    """A marker where each line of a shot begins, told from the shot's own first frame."""
    for cue in each.lines:
        first = cue.caption.first_frame - each.span.first_frame
        yield otio.schema.Marker(
            name=cue.line.id,
            marked_range=_range(Span(first, first + cue.caption.length_frames), times),
            color=otio.schema.MarkerColor.GREEN,
            metadata={OURS: _line(cue)},
        )


def _line(cue: LineCue) -> dict[str, object]:
    return {
        "line_id": cue.line.id, "kind": cue.line.kind, "who": cue.line.who,
        "text": cue.line.caption,
    }  # fmt: skip


def _dialogue(times: Timetable, who: str, name: str) -> otio.schema.Track:
    track = otio.schema.Track(name=name, kind=otio.schema.TrackKind.Audio)
    last = 0
    for cue in times.voiced:
        if cue.line.who != who:
            continue
        span = _heard(cue, times)
        if span.first_frame > last:
            gap = _range(Span(0, span.first_frame - last), times)
            track.append(otio.schema.Gap(source_range=gap))
        clip = otio.schema.Clip(
            name=cue.line.id, source_range=_range(Span(0, span.length_frames), times)
        )
        clip.metadata[OURS] = _line(cue)
        track.append(clip)
        last = span.end_frame
    return track


def _heard(cue: LineCue, times: Timetable) -> Span:
    """The frames a voice is heard in; within the line's caption, so that no two overlap."""
    rate = times.frames_per_second
    first = max(cue.caption.first_frame, round(cue.speech_start_seconds * rate))
    end = min(cue.caption.end_frame, round(cue.speech_end_seconds * rate))
    return Span(first, max(first + 1, end))


def _time(frames: int, times: Timetable) -> RationalTime:
    return RationalTime(frames, times.frames_per_second)


def _range(span: Span, times: Timetable) -> TimeRange:
    return TimeRange(_time(span.first_frame, times), _time(span.length_frames, times))
