"""The ladder on clips the tests make, read back by FFmpeg's libraries and its own reader."""

import hashlib
import json
import shutil
import subprocess
from dataclasses import replace
from fractions import Fraction

import av
import numpy as np
import pytest
import soundfile
from PIL import Image

from silkreel.kit.children import Cancelled
from silkreel.kit.effort import measuring
from silkreel.kit.spans import Span
from silkreel.media.ladder import LadderOrder, encode_ladder, encode_rung
from silkreel.media.probe import ProbeRules, probe_file
from silkreel.media.refusals import FIXES
from silkreel.media.stills import POSTER_BYTES

ALL_FIXES = frozenset(FIXES) - {"landscape_crop"}
SMALL = (128, 228)


def ladder_of(path, folder, fixes=ALL_FIXES, **wishes):
    rules = ProbeRules(fixes=fixes, least_short_side_pixels=100)
    return encode_ladder(path, folder, LadderOrder.of(probe_file(path, rules=rules)), **wishes)


def pictures(path):
    with av.open(path) as container:
        return [frame.to_ndarray(format="rgb24") for frame in container.decode(video=0)]


def lumas(path):
    with av.open(path) as container:
        return [frame.to_ndarray()[: frame.height] for frame in container.decode(video=0)]


@pytest.fixture(scope="module")
def plain(plain_clip, tmp_path_factory):
    return ladder_of(plain_clip, tmp_path_factory.mktemp("plain"))


def test_all_rungs_begin_every_segment_at_the_same_tick(plain):
    starts = {rung.segments.starts_ticks for rung in plain.rungs}
    scales = {rung.segments.timescale for rung in plain.rungs}
    assert len(starts) == len(scales) == 1
    (scale,) = scales
    assert starts == {(0, 2 * scale, 4 * scale)}


def test_each_segment_begins_with_an_idr_and_holds_no_other(plain):
    for rung in plain.rungs:
        with av.open(rung.path) as container:
            keys = [packet.is_keyframe for packet in container.demux(video=0) if packet.size]
        assert len(keys) == plain.frame_count
        assert [number for number, key in enumerate(keys) if key] == [0, 50, 100]


def test_the_source_is_decoded_once(plain, plain_clip):
    with av.open(plain_clip) as container:
        assert plain.decoded_frames == container.streams.video[0].frames == plain.frame_count


def test_the_rungs_are_named_sized_and_coded_as_planned(plain):
    assert [(r.name, r.width_pixels, r.height_pixels, r.codec) for r in plain.rungs] == [
        ("v360", 360, 640, "avc1.4d401e"),
        ("v540", 540, 960, "avc1.4d401f"),
        ("v720", 720, 1280, "avc1.64001f"),
    ]
    assert plain.rung_for(540).name == "v540"
    assert plain.rung_for(700).name == "v540"
    assert plain.rung_for(100).name == "v360"


def test_every_rung_lasts_exactly_as_long_as_the_picture(plain):
    for rung in plain.rungs:
        assert rung.segments.length_seconds == pytest.approx(plain.length_seconds, abs=1e-6)
        assert rung.size_bytes == rung.path.stat().st_size


def test_no_segment_exceeds_twice_its_peak_rate(plain):
    for rung, peak in zip(plain.rungs, (450_000, 1_000_000, 2_000_000), strict=True):
        for segment in rung.segments.segments:
            seconds = segment.ticks / rung.segments.timescale
            assert 8 * segment.length_bytes / seconds <= 2 * peak + 8 * 4000


def test_the_first_picture_of_a_segment_is_where_the_index_says(plain):
    rung = plain.rungs[0]
    content = rung.path.read_bytes()
    for segment in rung.segments.segments:
        end = segment.offset_bytes + segment.iframe_bytes
        alone = content[: rung.segments.init_bytes] + content[segment.offset_bytes : end]
        codec = av.CodecContext.create("h264", "r")
        with av.open(rung.path) as container:
            codec.extradata = container.streams.video[0].codec_context.extradata
        body = alone[alone.rindex(b"mdat") + 4 :]
        frames = [*codec.decode(av.Packet(body)), *codec.decode(None)]
        assert len(frames) == 1
        assert frames[0].key_frame


def test_there_is_no_edit_list_no_date_and_no_writer_in_the_file(plain):
    content = plain.rungs[0].path.read_bytes()
    head = content[: plain.rungs[0].segments.init_bytes]
    assert b"edts" not in head
    assert b"cmfc" in head
    assert b"Lavf" not in content


def test_both_sounds_are_exactly_as_long_as_the_picture(plain):
    wide, narrow = soundfile.info(plain.sound_48k), soundfile.info(plain.sound_16k)
    assert (wide.samplerate, wide.channels, wide.frames) == (48_000, 2, round(4.4 * 48_000))
    assert (narrow.samplerate, narrow.channels, narrow.frames) == (16_000, 1, round(4.4 * 16_000))


def test_the_sound_is_the_one_that_went_in(plain):
    samples, _ = soundfile.read(plain.sound_48k)
    spectrum = np.abs(np.fft.rfft(samples[48_000:96_000, 0]))
    assert spectrum.argmax() == 440
    assert np.allclose(samples[48_000:96_000, 0], samples[48_000:96_000, 1], atol=1e-3)


def test_the_picture_keeps_its_look(plain, plain_clip):
    before, after = lumas(plain_clip), lumas(plain.rungs[-1].path)
    for number in (0, 49, 109):
        assert np.abs(before[number].astype(int) - after[number]).mean() < 4


def test_the_same_master_gives_the_same_bytes(clip, tmp_path):
    master = clip(size=(360, 640), seconds=2)
    hashes = []
    for name in ("one", "two"):
        ladder_of(master, tmp_path / name)
        files = sorted((tmp_path / name).iterdir())
        hashes.append([(f.name, hashlib.sha256(f.read_bytes()).hexdigest()) for f in files])
    assert hashes[0] == hashes[1]


def test_ffprobe_sees_what_we_say(plain):
    if shutil.which("ffprobe") is None:
        pytest.skip("ffprobe is not installed (apt-get install ffmpeg)")
    for rung in plain.rungs:
        entries = "stream=width,height,profile,level,color_space,color_range,avg_frame_rate"
        command = ["ffprobe", "-v", "error", "-select_streams", "v", "-of", "json"]
        command += ["-show_entries", f"{entries}:packet=flags", str(rung.path)]
        said = json.loads(subprocess.run(command, check=True, capture_output=True).stdout)
        stream = said["streams"][0]
        assert (stream["width"], stream["height"]) == (rung.width_pixels, rung.height_pixels)
        assert (stream["color_space"], stream["color_range"]) == ("bt709", "tv")
        assert stream["level"] == int(rung.codec[-2:], 16)
        assert len(said["packets"]) == plain.frame_count
        keys = [n for n, packet in enumerate(said["packets"]) if packet["flags"].startswith("K")]
        assert keys == [0, 50, 100]


@pytest.mark.parametrize(
    ("rate", "frame_rate", "frame_count"),
    [
        (Fraction(60), Fraction(30), 60),
        (Fraction(50), Fraction(25), 50),
        (Fraction(30000, 1001), Fraction(30000, 1001), 60),
        (Fraction(24), Fraction(24), 48),
    ],
)
def test_fast_pictures_are_streamed_at_half_their_rate(
    clip, tmp_path, rate, frame_rate, frame_count
):
    made = ladder_of(clip(size=SMALL, rate=rate, seconds=2), tmp_path / "out")
    assert (made.frame_rate, made.frame_count) == (frame_rate, frame_count)
    assert len(pictures(made.rungs[0].path)) == frame_count
    assert made.rungs[0].segments.length_seconds == pytest.approx(float(frame_count / frame_rate))


def test_a_varying_rate_becomes_a_constant_one_of_the_same_length(clip, tmp_path):
    def wavering(number):
        return number * 33 + (20 if number % 3 == 1 else 0)

    made = ladder_of(
        clip(size=SMALL, rate=Fraction(30), seconds=3, stamps=wavering), tmp_path / "o"
    )
    assert made.frame_rate == 30
    assert len(pictures(made.rungs[0].path)) == made.frame_count
    assert made.length_seconds == pytest.approx(90 * 0.033, abs=0.04)


@pytest.mark.parametrize("rotation", [90, 180, 270])
def test_a_turned_picture_is_turned_as_players_turn_it(clip, tmp_path, rotation):
    size = (228, 128) if rotation != 180 else (128, 228)
    master = clip(size=size, rotation=rotation, seconds=0.4)
    after = pictures(ladder_of(master, tmp_path / "out").rungs[-1].path)[3]
    stored = pictures(master)[3]
    # FFmpeg tells the angle counter-clockwise, as numpy turns.
    shown = np.rot90(stored, rotation // 90)
    assert after.shape == shown.shape
    assert np.abs(after.astype(int) - shown).mean() < 12


def test_a_landscape_picture_lies_whole_on_a_blurred_ground(clip, tmp_path):
    master = clip(size=(640, 360), seconds=0.4)
    after = pictures(ladder_of(master, tmp_path / "out").rungs[-1].path)[3]
    assert after.shape == (640, 360, 3)
    front, ground = after[219:421], after[:200]
    assert (
        np.abs(np.diff(front.astype(int), axis=1)).mean()
        > 2 * np.abs(np.diff(ground.astype(int), axis=1)).mean()
    )
    whole = Image.fromarray(pictures(master)[3]).resize((360, 202))
    assert np.abs(front.astype(int) - np.asarray(whole)).mean() < 20


def test_a_landscape_picture_may_be_cropped_to_its_middle(clip, tmp_path):
    master = clip(size=(854, 480), seconds=0.4)
    made = ladder_of(master, tmp_path / "out", fixes=frozenset({"landscape_crop"}))
    after = pictures(made.rungs[-1].path)[3]
    assert after.shape == (480, 270, 3)
    middle = pictures(master)[3][:, 292:562]
    assert np.abs(after.astype(int) - middle).mean() < 12


@pytest.mark.parametrize(
    "wishes",
    [
        {"pix_fmt": "yuv420p10le"},
        {"pix_fmt": "yuv422p"},
        {"pix_fmt": "yuv444p", "size": (129, 229)},
        {"codec": "prores_ks", "pix_fmt": "yuv422p10le", "name": "clip.mov"},
        {"params": "tff=1"},
        {"pixel_aspect": Fraction(2)},
        {"layout": "5.1", "name": "clip.mkv"},
        {"start": 2.0, "name": "clip.ts"},
        {"seconds": 0.04},
    ],
)
def test_every_mend_ends_in_eight_bits_four_two_zero_square_even_and_whole(clip, tmp_path, wishes):
    made = ladder_of(clip(**{"size": SMALL, **wishes}), tmp_path / "out")
    with av.open(made.rungs[0].path) as container:
        stream = container.streams.video[0]
        frames = list(container.decode(stream))
        assert stream.sample_aspect_ratio in (None, 1)
    assert len(frames) == made.frame_count
    assert {frame.format.name for frame in frames} == {"yuv420p"}
    assert not any(frame.interlaced_frame for frame in frames)
    assert frames[0].width % 2 == frames[0].height % 2 == 0


@pytest.mark.parametrize(
    ("params", "size", "pix_fmt"),
    [
        ("colormatrix=bt709", SMALL, "yuv420p"),
        ("colormatrix=smpte170m", SMALL, "yuv420p"),
        ("", SMALL, "yuv420p"),  # untagged and small: BT.601
        ("", (720, 1280), "yuv420p"),  # untagged and large: BT.709
    ],
)
def test_colours_arrive_as_bt709(clip, tmp_path, params, size, pix_fmt):
    matrix = "bt709" if params.endswith("709") or size[0] >= 720 else "bt601"
    master = clip(
        size=size,
        seconds=0.2,
        source="color=c=0xC85028",
        pix_fmt=pix_fmt,
        params=params,
        filters=("format=gbrp", f"scale=out_color_matrix={matrix}:out_range=tv"),
    )
    made = ladder_of(master, tmp_path / "out")
    with av.open(made.rungs[0].path) as container:
        frame = next(container.decode(video=0))
        luma, blue, red = (bytes(plane)[20] for plane in frame.planes)
    assert abs(luma - 104) <= 2
    assert abs(blue - 98) <= 2
    assert abs(red - 182) <= 2


def test_a_silent_source_gets_silence_of_the_pictures_length(clip, tmp_path):
    made = ladder_of(clip(size=SMALL, seconds=4, sound=None), tmp_path / "out")
    samples, rate = soundfile.read(made.sound_48k)
    assert len(samples) == 4 * rate
    assert not samples.any()


def test_sound_that_starts_later_keeps_its_place(clip_in, tmp_path):
    master = clip_in(tmp_path / "clip.mkv", size=SMALL, seconds=2)
    late = tmp_path / "late.mkv"
    with av.open(master) as source, av.open(late, "w") as out:
        streams = [out.add_stream_from_template(stream) for stream in source.streams]
        for packet in source.demux():
            if packet.dts is None:
                continue
            if packet.stream.type == "audio":
                packet.pts += 500
                packet.dts += 500
            packet.stream = streams[packet.stream.index]
            out.mux(packet)
    made = ladder_of(late, tmp_path / "out")
    samples, _ = soundfile.read(made.sound_48k)
    level = np.abs(samples[:, 0])
    assert level[: 48_000 * 45 // 100].max() < 1e-3
    assert level[48_000 * 55 // 100 : 48_000].max() > 0.05


def test_one_channel_is_heard_on_both_sides_at_its_level(clip, tmp_path):
    made = ladder_of(clip(size=SMALL, layout="mono"), tmp_path / "out")
    samples, _ = soundfile.read(made.sound_48k)
    assert np.allclose(samples[:, 0], samples[:, 1])
    assert np.abs(samples[10_000:40_000]).max() == pytest.approx(0.125, abs=0.02)


def test_cuts_are_found_to_the_frame(clip_in, tmp_path):
    master = tmp_path / "cuts.mp4"
    halves = "hue=h='if(lt(n,30),0,if(lt(n,70),120,240))'"
    clip_in(master, size=SMALL, seconds=4, filters=(halves,))
    made = ladder_of(master, tmp_path / "out")
    assert made.shots == (Span(0, 30), Span(30, 70), Span(70, 100))


def test_black_frozen_and_silent_stretches_are_told_with_their_times(clip_in, tmp_path):
    black = clip_in(
        tmp_path / "black.mp4",
        size=SMALL,
        seconds=8,
        sound="sine=frequency=300",
        sound_seconds=4,
        filters=("drawbox=enable='between(n,25,99)':color=black:t=fill",),
    )
    made = ladder_of(black, tmp_path / "out")
    told = {n.kind: (n.span.start_seconds, n.span.end_seconds) for n in made.notices}
    assert told["black"] == (1.0, 4.0)
    assert "frozen" not in told
    still = clip_in(tmp_path / "still.mp4", size=SMALL, seconds=5, source="smptebars")
    told = {n.kind: n.span for n in ladder_of(still, tmp_path / "still").notices}
    assert told["frozen"].length_seconds > 4.5


def test_silence_behind_a_sound_that_ends_is_told(clip_in, tmp_path):
    quiet = clip_in(
        tmp_path / "quiet.mp4", size=SMALL, seconds=5, sound="aevalsrc=if(lt(t\\,1)\\,sin(999*t)/4)"
    )
    told = [n for n in ladder_of(quiet, tmp_path / "out").notices if n.kind == "silent"]
    assert len(told) == 1
    assert told[0].span.start_seconds == pytest.approx(1.0, abs=0.15)


def test_posters_are_small_webp_from_the_first_part_and_not_black(clip_in, tmp_path):
    master = clip_in(
        tmp_path / "dark.mp4",
        size=(540, 960),
        seconds=4,
        filters=("drawbox=enable='lt(n,25)':color=black:t=fill",),
    )
    made = ladder_of(master, tmp_path / "out")
    assert 1 <= len(made.posters) <= 4
    for poster in made.posters:
        head = poster.path.read_bytes()
        assert head[8:12] == b"WEBP"
        assert len(head) == poster.size_bytes <= POSTER_BYTES
        assert 25 <= poster.frame < 60
        assert 10 < len(poster.thumbhash) < 50


def test_the_upper_rung_keeps_the_ladders_times(clip, tmp_path):
    master = clip(size=(1080, 1920), seconds=2.4)
    probe = probe_file(master)
    order = LadderOrder.of(probe)
    below = encode_ladder(master, tmp_path, replace(order, rungs=("v360",)))
    upper = encode_rung(master, tmp_path, order, preset="veryfast")
    assert (upper.name, upper.width_pixels, upper.height_pixels) == ("v1080", 1080, 1920)
    assert upper.codec == "avc1.640028"
    assert upper.segments.starts_ticks == below.rungs[0].segments.starts_ticks


def test_progress_rises_to_the_end_and_the_effort_is_counted(clip, tmp_path):
    shares = []
    with measuring() as effort:
        ladder_of(clip(size=SMALL, seconds=3), tmp_path / "out", progress=shares.append)
    assert shares == sorted(shares)
    assert shares[0] == 0
    assert shares[-1] == 1
    assert effort.cpu_seconds["media.ladder"] > 0.1
    assert effort.cpu_seconds["media.probe"] > 0


def test_cancelling_leaves_no_child_and_no_file(plain_clip, tmp_path, no_child_left):
    shares = []
    with pytest.raises(Cancelled):
        ladder_of(
            plain_clip, tmp_path / "out", progress=shares.append, cancelled=lambda: len(shares) > 1
        )
    assert list((tmp_path / "out").iterdir()) == []
