"""One test per code of the table of refusals, each with a file the test makes."""

import json
import random
from fractions import Fraction

import av
import pytest

from silkreel.kit.children import Cancelled, Limits
from silkreel.media import limits
from silkreel.media.ladder import LadderOrder
from silkreel.media.probe import Probe, ProbeRules, probe_file
from silkreel.media.refusals import FIXES, Landscape, UnknownFix

ANY_SIZE = {"least_short_side_pixels": 100}
SMALL = (128, 228)  # quick to make; rules that ask for a code other than too_small allow it


def probe(path, *fixes, **rules):
    return probe_file(path, rules=ProbeRules(fixes=frozenset(fixes), **{**ANY_SIZE, **rules}))


def codes(found: Probe) -> list[str]:
    return [finding.refusal.code for finding in found.findings]


def test_a_good_vertical_file_has_no_findings(clip):
    found = probe_file(clip(size=(480, 854), rate=Fraction(30000, 1001), seconds=2.002))

    assert not found.refused
    assert found.findings == ()
    assert (found.width_pixels, found.height_pixels) == (480, 854)
    assert found.frame_rate == Fraction(30000, 1001)
    assert found.frame_count == 60
    assert found.length_seconds == pytest.approx(2.002)
    assert found.has_sound
    assert (found.video_codec, found.audio_codec) == ("h264", "aac")


@pytest.mark.parametrize(
    ("name", "wishes"),
    [
        ("clip.mov", {}),
        ("clip.mkv", {}),
        ("clip.ts", {"start": 3.0}),
        ("clip.webm", {"codec": "libvpx-vp9", "sound_codec": "libopus", "hertz": 48_000}),
        ("wrong-name.avi.mp4", {"sound_codec": "mp3"}),
    ],
)
def test_every_accepted_container_is_opened(clip, name, wishes):
    found = probe(clip(name, size=SMALL, **wishes))
    assert codes(found) == []
    assert found.frame_count == 25


def test_empty(tmp_path):
    path = tmp_path / "empty.mp4"
    path.touch()
    found = probe(path)
    assert codes(found) == ["media.empty"]
    assert str(found.findings[0].refusal) == "This file is empty; upload it again."


def test_not_video(tmp_path):
    path = tmp_path / "poster.mp4"
    path.write_bytes(b"\xff\xd8\xff\xe0" + bytes(600))
    found = probe(path)
    assert codes(found) == ["media.not_video"]
    assert str(found.findings[0].refusal) == (
        "This is a JPEG picture, not a video file we accept (MP4, MOV, MKV, WebM, TS)."
    )


def test_a_sound_alone_is_no_video(clip):
    assert codes(probe(clip("sound.mp4", pictures=0))) == ["media.not_video"]


def test_truncated_behind_its_index(clip):
    path = clip(size=SMALL, seconds=4, options={"movflags": "faststart"})
    content = path.read_bytes()
    path.write_bytes(content[: len(content) // 2])
    found = probe(path)
    assert codes(found)[0] == "media.truncated"
    sentence = str(found.findings[0].refusal)
    assert sentence.endswith("of 0:04.0; the upload was cut. Upload it again.")
    assert found.refused


def test_truncated_before_its_index(clip):
    path = clip(size=SMALL, seconds=2)
    content = path.read_bytes()
    path.write_bytes(content[: len(content) // 2])
    assert codes(probe(path)) == ["media.truncated"]


def test_truncated_matroska_ends_before_what_it_declares(clip):
    path = clip("clip.mkv", size=SMALL, seconds=4)
    content = path.read_bytes()
    path.write_bytes(content[: len(content) // 2])
    assert "media.truncated" in codes(probe(path))


def test_corrupt_in_a_part_that_is_looked_at(clip):
    path = clip(size=SMALL, seconds=1)
    content = bytearray(path.read_bytes())
    middle = content.index(b"mdat") + 4000
    content[middle : middle + 300] = bytes(300)
    path.write_bytes(content)
    assert "media.corrupt" in codes(probe(path))


def spoil(path, at_seconds):
    """Write over the picture's packet at a time; a seventh of its bytes go."""
    with av.open(path) as container:
        packets = [p for p in container.demux(video=0) if p.pts is not None]
        target = min(packets, key=lambda p: abs(float(p.pts * p.time_base) - at_seconds))
        place, size = target.pos, target.size
    content = bytearray(path.read_bytes())
    content[place + 8 : place + size] = random.Random(3).randbytes(size - 8)
    path.write_bytes(content)
    return path


@pytest.mark.parametrize("at_seconds", [0.5, 6.5, 11.5])
def test_damage_is_told_where_it_is(clip, at_seconds):
    path = spoil(clip(size=SMALL, seconds=12), at_seconds)
    refusal = next(f.refusal for f in probe(path).findings if f.refusal.code == "media.corrupt")
    told = float(str(refusal.values["at"]).removeprefix("0:"))
    assert abs(told - at_seconds) < 0.5


def test_frames_missing_in_the_middle_are_corrupt(clip):
    def with_a_hole(number):
        return 40 * number + (400 if number > 100 else 0)

    found = probe(clip(size=SMALL, seconds=8, stamps=with_a_hole), "audio_length")
    assert "media.corrupt" in codes(found)
    assert "near 0:04.0" in str(found.findings[0].refusal)


def test_too_big(clip):
    found = probe(clip(size=SMALL, rate=Fraction(240), seconds=0.3))
    assert codes(found) == ["media.too_big"]
    assert "240 fps; the limit is 120" in str(found.findings[0].refusal)


@pytest.mark.parametrize(
    "rule", [{"most_short_side_pixels": 100}, {"most_length_seconds": 0}, {"most_size_bytes": 99}]
)
def test_too_big_by_any_limit_of_the_rules(clip, rule):
    assert codes(probe(clip(size=SMALL), **rule)) == ["media.too_big"]


def test_too_small(clip):
    path = clip(size=(360, 640))
    found = probe_file(path, rules=ProbeRules())
    assert codes(found) == ["media.too_small"]
    assert found.refused
    assert not probe_file(path, rules=ProbeRules(fixes=frozenset({"too_small"}))).refused


def test_hdr_is_refused_for_good_and_not_called_ten_bit(clip):
    path = clip(
        size=SMALL,
        pix_fmt="yuv420p10le",
        params="transfer=smpte2084:colorprim=bt2020:colormatrix=bt2020nc",
    )
    found = probe(path, *FIXES)
    assert codes(found) == ["media.hdr"]
    assert found.refused


MENDABLE = {
    "ten_bit": {"pix_fmt": "yuv420p10le"},
    "chroma": {"pix_fmt": "yuv444p"},
    "vfr": {"rate": Fraction(30), "stamps": lambda n: n * 33 + (20 if n % 3 == 1 else 0)},
    "rotated": {"size": (228, 128), "rotation": 90},
    "landscape": {"size": (228, 128)},
    "interlaced": {"params": "tff=1"},
    "odd_size": {"size": (129, 229), "pix_fmt": "yuv444p"},
    "pixel_aspect": {"pixel_aspect": Fraction(8, 9)},
    "no_audio": {"sound": None},
    "audio_length": {"sound_seconds": 2.0},
    "which_stream": {"sounds": 2},
}


@pytest.mark.parametrize("fix", MENDABLE)
def test_what_can_be_mended_is_refused_until_its_fix_is_accepted(clip, fix):
    path = clip(**{"size": SMALL, **MENDABLE[fix]})

    before = probe(path)
    after = probe(path, *(finding.fix for finding in before.findings))

    mine = next(finding for finding in before.findings if finding.fix == fix)
    assert mine.refusal.code == f"media.{fix}"
    assert f'"{fix}"' in str(mine.refusal)
    assert before.refused
    assert not after.refused
    assert fix in after.fixes


@pytest.mark.parametrize("fix", [*MENDABLE, "too_small"])
def test_every_sentence_names_its_fix(fix):
    assert f'"{fix}"' in FIXES[fix].message


def test_a_sound_below_hearing_counts_as_none(clip):
    assert codes(probe(clip(size=SMALL, sound="anullsrc"))) == ["media.no_audio"]
    assert not probe(clip(size=SMALL, sound="anullsrc")).has_sound


def test_a_sound_that_begins_long_before_the_picture_is_of_another_length(tmp_path, clip_in):
    early = clip_in(tmp_path / "early.mkv", size=SMALL, seconds=3)
    late = tmp_path / "late.mkv"
    with av.open(early) as source, av.open(late, "w") as out:
        streams = [out.add_stream_from_template(stream) for stream in source.streams]
        for packet in source.demux():
            if packet.dts is not None:
                if packet.stream.type == "video":
                    packet.pts, packet.dts = packet.pts + 800, packet.dts + 800
                packet.stream = streams[packet.stream.index]
                out.mux(packet)
    assert codes(probe(late)) == ["media.audio_length"]


def test_landscape_may_be_fitted_or_cropped_or_the_series_be_landscape(clip):
    path = clip(size=(854, 480))
    fitted, cropped = probe(path, "landscape"), probe(path, "landscape_crop")
    kept = probe(path, orientation="landscape")
    assert (fitted.width_pixels, fitted.height_pixels) == (480, 854)
    assert (cropped.width_pixels, cropped.height_pixels) == (270, 480)
    assert (kept.width_pixels, kept.height_pixels) == (854, 480)
    assert not fitted.refused
    assert not cropped.refused
    assert kept.findings == ()


def test_a_turned_landscape_is_vertical(clip):
    found = probe(clip(size=(228, 128), rotation=270), "rotated")
    assert codes(found) == ["media.rotated"]
    assert (found.width_pixels, found.height_pixels) == (128, 228)
    assert "by 90 degrees" in str(found.findings[0].refusal)


def test_encrypted(clip):
    path = clip(size=SMALL)
    path.write_bytes(path.read_bytes().replace(b"avc1\0", b"encv\0"))
    assert codes(probe(path)) == ["media.encrypted"]


def test_codec(clip):
    path = clip(size=SMALL)
    path.write_bytes(path.read_bytes().replace(b"avc1\0", b"zzz1\0"))
    assert codes(probe(path)) == ["media.codec"]


def test_decoder_crashed_by_running_out_of_memory_is_too_big(clip, monkeypatch):
    starved = Limits(address_space_bytes=250 * 1024**2, cpu_seconds=20, wall_seconds=30)
    monkeypatch.setattr("silkreel.media.probe.probe_limits", lambda _: starved)
    assert codes(probe(clip(size=(2160, 3840), seconds=0.2))) == ["media.too_big"]


def test_too_slow(clip, monkeypatch):
    hurried = Limits(wall_seconds=0.01)
    monkeypatch.setattr("silkreel.media.probe.probe_limits", lambda _: hurried)
    assert codes(probe(clip(size=SMALL))) == ["media.too_slow"]


def test_all_problems_are_told_at_once_and_the_worst_comes_first(clip):
    path = clip(size=(228, 128), rate=Fraction(240), seconds=0.3, sound=None, pix_fmt="yuv422p10le")
    found = probe_file(path, rules=ProbeRules(fixes=frozenset({"chroma"})))
    assert codes(found) == [
        "media.too_big",
        "media.ten_bit",
        "media.too_small",
        "media.landscape",
        "media.no_audio",
        "media.chroma",
    ]
    assert [finding.accepted for finding in found.findings] == [False] * 5 + [True]


def test_a_probe_survives_json(clip):
    found = probe(clip(size=(228, 129), pix_fmt="yuv444p"), "landscape", "odd_size")
    again = Probe.from_json(json.loads(json.dumps(found.to_json())))
    assert again.to_json() == found.to_json()
    assert again.facts == found.facts
    assert isinstance(again.findings[0].refusal, type(found.findings[0].refusal))
    assert again.fixes == {"landscape", "odd_size"}


def test_an_order_is_refused_with_the_worst_finding(clip):
    with pytest.raises(Landscape, match="mark the series as landscape"):
        LadderOrder.of(probe(clip(size=(228, 128))))


def test_a_fix_nobody_knows_is_refused_with_the_list():
    with pytest.raises(UnknownFix, match="ten_bit"):
        ProbeRules(fixes=frozenset({"ten-bit"}))


def test_a_fast_picture_is_counted_as_it_is_streamed(clip):
    found = probe(clip(size=SMALL, rate=Fraction(60)))
    assert (found.frame_rate, found.frame_count) == (30, 30)
    assert found.facts.pace.frame_count == 60


def test_a_file_that_is_not_there_raises(tmp_path):
    with pytest.raises(FileNotFoundError):
        probe(tmp_path / "nothing.mp4")


def test_cancelling_leaves_no_child(clip, no_child_left):
    with pytest.raises(Cancelled):
        probe_file(clip(size=SMALL), cancelled=lambda: True)


def test_limits_grow_with_the_media():
    short, long = limits.job_limits(10), limits.job_limits(100)
    assert long.cpu_seconds > short.cpu_seconds
    assert long.wall_seconds > short.wall_seconds
    assert limits.job_limits(1, short_side_pixels=1080).address_space_bytes == 2 * limits.GIB
    assert limits.job_limits(1, short_side_pixels=2160).address_space_bytes == 4 * limits.GIB
