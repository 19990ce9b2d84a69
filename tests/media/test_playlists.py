"""Playlists against golden files, the format's rules, and every set of renditions."""

import math
import re
from dataclasses import replace
from fractions import Fraction
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from silkreel.media.cmaf import Segment, SegmentIndex
from silkreel.media.playlists import (
    Picture,
    Programme,
    Sound,
    Subtitles,
    all_playlists,
    iframe_playlist,
    media_playlist,
    multivariant,
    peak_bits_per_second,
    subtitle_playlist,
)

GOLDEN = Path(__file__).parent / "playlists"


def index(sizes, ticks=100, timescale=50, iframe=300, header=800):
    segments, offset = [], header
    for size in sizes:
        segments.append(Segment(offset, size, ticks, min(iframe, size)))
        offset += size
    return SegmentIndex(header, timescale, tuple(segments))


SMALL = Picture(
    "a.m3u8", "a.mp4", index([60_000, 50_000, 9_000]), "avc1.4d401e", 360, 640, Fraction(25)
)
LARGE = Picture(
    "b.m3u8", "b.mp4", index([250_000, 240_000, 40_000]), "avc1.640028", 720, 1280,
    Fraction(30000, 1001),
)  # fmt: skip
SPANISH = Sound("r1", "c.m3u8", "c.mp4", index([24_000, 24_100, 400]), "mp4a.40.2", "es", "Español")
ENGLISH = Sound(
    "r2", "d.m3u8", "d.mp4", index([24_000, 23_000, 390]), "mp4a.40.2", "en", "English",
    describes_video=True,
)  # fmt: skip
THAI = Subtitles("r3", "e.m3u8", "e.vtt", "th", "ไทย", 4.36)
ARABIC = Subtitles("r4", "f.m3u8", "f.vtt", "ar", "العربية", 4.36, describes_sound=True)
PROGRAMME = Programme((LARGE, SMALL), (SPANISH, ENGLISH), (THAI, ARABIC), "r2")
TEXTS = {
    "multivariant": lambda: multivariant(PROGRAMME, start_height_pixels=640),
    "multivariant-silent": lambda: multivariant(Programme((SMALL,))),
    "media": lambda: media_playlist("b.mp4", LARGE.index),
    "iframes": lambda: iframe_playlist("a.mp4", SMALL.index),
    "subtitles": lambda: subtitle_playlist(THAI),
}


@pytest.mark.parametrize("name", sorted(TEXTS))
def test_playlists_are_as_they_were(name):
    golden = GOLDEN / f"{name}.m3u8"
    assert TEXTS[name]() == golden.read_text("utf-8")


def test_the_same_values_give_the_same_bytes():
    first = all_playlists(PROGRAMME, "main.m3u8", start_height_pixels=640)
    assert first == all_playlists(PROGRAMME, "main.m3u8", start_height_pixels=640)
    assert set(first) == {
        "main.m3u8", "a.m3u8", "b.m3u8", "ai.m3u8", "c.m3u8", "d.m3u8", "e.m3u8", "f.m3u8",
    }  # fmt: skip


def attributes(line):
    found = re.findall(r'([A-Z0-9-]+)=("[^"]*"|[^",]*)', line.partition(":")[2])
    return {key: value.strip('"') for key, value in found}


def tags(text, name):
    return [attributes(x) for x in text.split("\n") if x.startswith(f"#{name}:")]


segments = st.lists(
    st.tuples(st.integers(500, 10**7), st.integers(1, 10**6)), min_size=1, max_size=40
)
words = st.text(
    st.characters(codec="utf-8", exclude_characters="\x7f\x85\u2028\u2029"), min_size=1, max_size=12
)


@st.composite
def indexes(draw):
    rows = draw(segments)
    made, offset = [], draw(st.integers(100, 5000))
    header = offset
    for size, ticks in rows:
        made.append(Segment(offset, size, ticks, draw(st.integers(1, size))))
        offset += size
    return SegmentIndex(header, draw(st.sampled_from([25, 12_800, 30_000, 48_000])), tuple(made))


@st.composite
def programmes(draw):
    pictures = tuple(
        replace(
            SMALL, playlist=f"p{n}.m3u8", file=f"p{n}.mp4", index=draw(indexes()),
            width_pixels=draw(st.integers(2, 4096)), height_pixels=draw(st.integers(2, 4096)),
        )
        for n in range(draw(st.integers(1, 4)))
    )  # fmt: skip
    sounds = tuple(
        replace(SPANISH, id=f"s{n}", playlist=f"s{n}.m3u8", index=draw(indexes()), name=draw(words))
        for n in range(draw(st.integers(0, 5)))
    )
    subtitles = tuple(
        replace(THAI, id=f"t{n}", playlist=f"t{n}.m3u8", name=draw(words))
        for n in range(draw(st.integers(0, 5)))
    )
    return Programme(pictures, sounds, subtitles, draw(st.sampled_from(["s0", "s3", None])))


@given(programmes(), st.integers(0, 2000))
def test_any_programme_gives_a_sound_multivariant_playlist(programme, start):
    text = multivariant(programme, start_height_pixels=start)
    lines = text.split("\n")
    assert lines[:3] == ["#EXTM3U", "#EXT-X-VERSION:7", "#EXT-X-INDEPENDENT-SEGMENTS"]
    media = tags(text, "EXT-X-MEDIA")
    for kind in ("AUDIO", "SUBTITLES"):
        group = [m for m in media if m["TYPE"] == kind]
        names = [m["NAME"] for m in group]
        assert len(set(names)) == len(names)
    audio = [m for m in media if m["TYPE"] == "AUDIO"]
    assert sum(m["DEFAULT"] == "YES" for m in audio) == bool(audio)
    variants = tags(text, "EXT-X-STREAM-INF")
    assert len(variants) == len(programme.pictures)
    for variant in variants:
        assert int(variant["AVERAGE-BANDWIDTH"]) <= int(variant["BANDWIDTH"])
        assert ("AUDIO" in variant) == bool(programme.sounds)
        assert ("SUBTITLES" in variant) == bool(programme.subtitles)
    loudest = max((peak_bits_per_second(s.index) for s in programme.sounds), default=0)
    by_playlist = {p.playlist: p for p in programme.pictures}
    for line, after in pairwise(lines):
        if line.startswith("#EXT-X-STREAM-INF"):
            promised = int(attributes(line)["BANDWIDTH"]) - loudest
            picture = by_playlist[after].index
            assert all(
                8 * s.length_bytes * picture.timescale <= promised * s.ticks
                for s in picture.segments
            )


@given(indexes())
def test_any_file_gives_ranges_inside_it_that_do_not_overlap(of):
    text = media_playlist("x.mp4", of)
    ranges = [tuple(map(int, r.split("@"))) for r in re.findall(r"#EXT-X-BYTERANGE:(\S+)", text)]
    end = of.init_bytes
    for length, offset in ranges:
        assert offset == end
        end = offset + length
    target = int(re.search(r"TARGETDURATION:(\d+)", text)[1])
    for seconds in re.findall(r"#EXTINF:([\d.]+),", text):
        assert math.floor(float(seconds) + 0.5) <= target
    assert text.endswith("#EXT-X-ENDLIST\n")
    stills = re.findall(r"#EXT-X-BYTERANGE:(\d+)@(\d+)", iframe_playlist("x.mp4", of))
    for (length, offset), (still, at) in zip(ranges, stills, strict=True):
        assert int(at) == offset
        assert 0 < int(still) <= length


@given(words)
def test_a_name_cannot_break_out_of_its_quotes(name):
    text = multivariant(
        replace(PROGRAMME, sounds=(replace(SPANISH, name=f'{name}"\n#EXT-X-EVIL'),))
    )
    assert not any(line.startswith("#EXT-X-EVIL") for line in text.split("\n"))
    assert len(tags(text, "EXT-X-MEDIA")) == 3


def test_the_start_rung_stands_first_and_the_rest_ascends():
    middle = replace(SMALL, playlist="m.m3u8", width_pixels=540, height_pixels=960)
    text = multivariant(Programme((LARGE, middle, SMALL)), start_height_pixels=960)
    assert re.findall(r"^[abm]\.m3u8$", text, re.MULTILINE) == ["m.m3u8", "a.m3u8", "b.m3u8"]
