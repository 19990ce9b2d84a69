"""HLS playlists as pure functions of what the catalogue knows: the same values, the same bytes.

Format: RFC 8216 and draft-pantos-hls-rfc8216bis, version 7, single-file CMAF with byte ranges.
Addresses are relative, so that a token in the path is inherited.
"""

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from fractions import Fraction

from silkreel.media.cmaf import Segment, SegmentIndex

AUDIO_GROUP = "aud"
SUBTITLE_GROUP = "sub"
DESCRIBES_VIDEO = "public.accessibility.describes-video"
DESCRIBES_SOUND = (
    "public.accessibility.transcribes-spoken-dialog,public.accessibility.describes-music-and-sound"
)
HEAD = ("#EXTM3U", "#EXT-X-VERSION:7")
VOD = ("#EXT-X-MEDIA-SEQUENCE:0", "#EXT-X-PLAYLIST-TYPE:VOD")


@dataclass(frozen=True, slots=True)
class Picture:
    """One rung: where its playlist and file lie, and how it is coded."""

    playlist: str
    file: str
    index: SegmentIndex
    codec: str  # RFC 6381, "avc1.4d401f"
    width_pixels: int
    height_pixels: int
    frame_rate: Fraction


@dataclass(frozen=True, slots=True)
class Sound:
    """One language of sound."""

    id: str
    playlist: str
    file: str
    index: SegmentIndex
    codec: str
    language: str
    name: str
    describes_video: bool = False


@dataclass(frozen=True, slots=True)
class Subtitles:
    """One language of subtitles: a single WebVTT file."""

    id: str
    playlist: str
    file: str
    language: str
    name: str
    length_seconds: float
    describes_sound: bool = False
    forced: bool = False


@dataclass(frozen=True, slots=True)
class Programme:
    """An episode as it is offered: rungs from small to large, sounds, subtitles, the default."""

    pictures: tuple[Picture, ...]
    sounds: tuple[Sound, ...] = ()
    subtitles: tuple[Subtitles, ...] = ()
    default_sound: str | None = None  # id; the first sound where it names none


def multivariant(programme: Programme, *, start_height_pixels: int = 0) -> str:
    """The playlist a player opens first; its first variant is the start rung.

    The start rung is the largest not above `start_height_pixels`, else the smallest.
    """
    lines = [*HEAD, "#EXT-X-INDEPENDENT-SEGMENTS"]
    default = _default_sound(programme)
    lines += _sound_tags(programme.sounds, default)
    lines += _subtitle_tags(programme.subtitles)
    for picture in _start_first(programme.pictures, start_height_pixels):
        lines += [_stream_inf(picture, programme), picture.playlist]
    if programme.pictures:
        lines.append(_iframe_stream_inf(_ascending(programme.pictures)[0]))
    return _text(lines)


def media_playlist(file: str, index: SegmentIndex) -> str:
    """The playlist of one CMAF file: its segments by byte range."""
    lines = [
        *HEAD,
        f"#EXT-X-TARGETDURATION:{_target_seconds(index)}",
        *VOD,
        _map_tag(file, index),
    ]
    for segment in index.segments:
        lines.append(_extinf(segment, index))
        lines.append(f"#EXT-X-BYTERANGE:{segment.length_bytes}@{segment.offset_bytes}")
        lines.append(file)
    return _text([*lines, "#EXT-X-ENDLIST"])


def iframe_playlist(file: str, index: SegmentIndex) -> str:
    """Only the first picture of each segment, from the same file: for seeking by sight."""
    lines = [
        *HEAD,
        f"#EXT-X-TARGETDURATION:{_target_seconds(index)}",
        *VOD,
        "#EXT-X-I-FRAMES-ONLY",
        _map_tag(file, index),
    ]
    for segment in index.segments:
        lines.append(_extinf(segment, index))
        lines.append(f"#EXT-X-BYTERANGE:{segment.iframe_bytes}@{segment.offset_bytes}")
        lines.append(file)
    return _text([*lines, "#EXT-X-ENDLIST"])


def subtitle_playlist(subtitles: Subtitles) -> str:
    """One WebVTT file as one segment as long as the episode."""
    return _text(
        [
            *HEAD,
            f"#EXT-X-TARGETDURATION:{max(1, math.ceil(subtitles.length_seconds))}",
            *VOD,
            f"#EXTINF:{subtitles.length_seconds:.5f},",
            subtitles.file,
            "#EXT-X-ENDLIST",
        ]
    )


def iframe_name(playlist: str) -> str:
    """The name of the I-frame playlist beside a rung's playlist."""
    return playlist.removesuffix(".m3u8") + "i.m3u8"


def all_playlists(programme: Programme, main: str, *, start_height_pixels: int) -> dict[str, str]:
    """Every playlist of the episode by its name; `main` is the multivariant one's."""
    texts = {main: multivariant(programme, start_height_pixels=start_height_pixels)}
    streams: tuple[Picture | Sound, ...] = (*programme.pictures, *programme.sounds)
    for stream in streams:
        texts[stream.playlist] = media_playlist(stream.file, stream.index)
    for small in _ascending(programme.pictures)[:1]:
        texts[iframe_name(small.playlist)] = iframe_playlist(small.file, small.index)
    for subtitles in programme.subtitles:
        texts[subtitles.playlist] = subtitle_playlist(subtitles)
    return texts


def peak_bits_per_second(index: SegmentIndex) -> int:
    """The rate of the heaviest segment, rounded up."""
    return max((math.ceil(_segment_rate(s, index)) for s in index.segments), default=0)


def mean_bits_per_second(index: SegmentIndex) -> int:
    """All segments' bytes over all their time, rounded up."""
    ticks = sum(s.ticks for s in index.segments)
    length = sum(s.length_bytes for s in index.segments)
    return math.ceil(Fraction(8 * length * index.timescale, ticks)) if ticks else 0


def _segment_rate(segment: Segment, index: SegmentIndex) -> Fraction:
    return Fraction(8 * segment.length_bytes * index.timescale, max(1, segment.ticks))


def _default_sound(programme: Programme) -> str | None:
    ids = [s.id for s in programme.sounds]
    if programme.default_sound in ids:
        return programme.default_sound
    return ids[0] if ids else None


def _sound_tags(sounds: Sequence[Sound], default: str | None) -> list[str]:
    names = _unique_names([s.name for s in sounds])
    return [
        _tag(
            "EXT-X-MEDIA",
            TYPE="AUDIO",
            GROUP_ID=_quoted(AUDIO_GROUP),
            LANGUAGE=_quoted(sound.language),
            NAME=_quoted(name),
            DEFAULT="YES" if sound.id == default else "NO",
            AUTOSELECT="YES",
            CHANNELS=_quoted("2"),
            STABLE_RENDITION_ID=_quoted(sound.id),
            CHARACTERISTICS=_quoted(DESCRIBES_VIDEO) if sound.describes_video else None,
            URI=_quoted(sound.playlist),
        )
        for sound, name in zip(sounds, names, strict=True)
    ]


def _subtitle_tags(subtitles: Sequence[Subtitles]) -> list[str]:
    names = _unique_names([s.name for s in subtitles])
    return [
        _tag(
            "EXT-X-MEDIA",
            TYPE="SUBTITLES",
            GROUP_ID=_quoted(SUBTITLE_GROUP),
            LANGUAGE=_quoted(track.language),
            NAME=_quoted(name),
            DEFAULT="NO",
            AUTOSELECT="YES",
            FORCED="YES" if track.forced else "NO",
            STABLE_RENDITION_ID=_quoted(track.id),
            CHARACTERISTICS=_quoted(DESCRIBES_SOUND) if track.describes_sound else None,
            URI=_quoted(track.playlist),
        )
        for track, name in zip(subtitles, names, strict=True)
    ]


def _stream_inf(picture: Picture, programme: Programme) -> str:
    sounds = programme.sounds
    peak = max((peak_bits_per_second(s.index) for s in sounds), default=0)
    mean = max((mean_bits_per_second(s.index) for s in sounds), default=0)
    codecs = dict.fromkeys([picture.codec, *(s.codec for s in sounds)])
    return _tag(
        "EXT-X-STREAM-INF",
        BANDWIDTH=peak_bits_per_second(picture.index) + peak,
        AVERAGE_BANDWIDTH=mean_bits_per_second(picture.index) + mean,
        CODECS=_quoted(",".join(codecs)),
        RESOLUTION=f"{picture.width_pixels}x{picture.height_pixels}",
        FRAME_RATE=f"{float(picture.frame_rate):.3f}",
        VIDEO_RANGE="SDR",
        AUDIO=_quoted(AUDIO_GROUP) if sounds else None,
        SUBTITLES=_quoted(SUBTITLE_GROUP) if programme.subtitles else None,
        CLOSED_CAPTIONS="NONE",
    )


def _iframe_stream_inf(picture: Picture) -> str:
    rates = [
        Fraction(8 * s.iframe_bytes * picture.index.timescale, max(1, s.ticks))
        for s in picture.index.segments
    ]
    return _tag(
        "EXT-X-I-FRAME-STREAM-INF",
        BANDWIDTH=max((math.ceil(rate) for rate in rates), default=0),
        CODECS=_quoted(picture.codec),
        RESOLUTION=f"{picture.width_pixels}x{picture.height_pixels}",
        VIDEO_RANGE="SDR",
        URI=_quoted(iframe_name(picture.playlist)),
    )


def _ascending(pictures: Sequence[Picture]) -> list[Picture]:
    return sorted(pictures, key=lambda p: (p.width_pixels * p.height_pixels, p.playlist))


def _start_first(pictures: Sequence[Picture], height_pixels: int) -> list[Picture]:
    ascending = _ascending(pictures)
    fitting = [p for p in ascending if p.height_pixels <= height_pixels] or ascending[:1]
    return fitting[-1:] + [p for p in ascending if p not in fitting[-1:]]


def _unique_names(names: Sequence[str]) -> list[str]:
    """Names unique within a group, as the format asks: a second "Español" becomes "Español 2"."""
    taken: set[str] = set()
    unique = []
    for name in names:
        candidate, count = name, 1
        while candidate in taken:
            count += 1
            candidate = f"{name} {count}"
        taken.add(candidate)
        unique.append(candidate)
    return unique


def _target_seconds(index: SegmentIndex) -> int:
    longest = max((s.ticks for s in index.segments), default=0)
    return max(1, math.floor(Fraction(longest, index.timescale) + Fraction(1, 2)))


def _map_tag(file: str, index: SegmentIndex) -> str:
    return f'#EXT-X-MAP:URI="{file}",BYTERANGE="{index.init_bytes}@0"'


def _extinf(segment: Segment, index: SegmentIndex) -> str:
    return f"#EXTINF:{segment.ticks / index.timescale:.5f},"


def _tag(name: str, **attributes: str | int | None) -> str:
    pairs = [
        f"{key.replace('_', '-')}={value}" for key, value in attributes.items() if value is not None
    ]
    return f"#{name}:" + ",".join(pairs)


def _quoted(text: str) -> str:
    """A quoted string; what the format forbids inside one is replaced."""
    clean = "".join(c for c in text.replace('"', "\N{RIGHT DOUBLE QUOTATION MARK}") if c >= " ")
    return f'"{clean}"'


def _text(lines: Iterable[str]) -> str:
    return "\n".join(lines) + "\n"
