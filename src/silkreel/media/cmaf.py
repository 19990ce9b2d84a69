"""Single-file CMAF: find what lies where, so that playlists can name it.

Formats: ISO/IEC 23000-19 (CMAF), 14496-12 (boxes), 14496-15 (avcC), 14496-1 (esds), RFC 6381.
"""

import struct
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import accumulate
from pathlib import Path
from typing import Any

from silkreel.media.boxes import Box, boxes, find, top_boxes

SAMPLE_IS_NOT_SYNC = 0x10000  # sample_flags of 14496-12, 8.8.3.1


class CmafError(ValueError):
    """A file that should be ours is no single-file CMAF."""


@dataclass(frozen=True, slots=True)
class Segment:
    """One `moof` and its `mdat`: a piece that can be asked for and played by itself."""

    offset_bytes: int
    length_bytes: int
    ticks: int  # how long it lasts, in the index's timescale
    iframe_bytes: int  # from the segment's start through its first picture; 0 for sound


@dataclass(frozen=True, slots=True)
class SegmentIndex:
    """The header's length and the segments behind it, side by side to the end of the file."""

    init_bytes: int
    timescale: int  # ticks in a second
    segments: tuple[Segment, ...]

    @property
    def length_ticks(self) -> int:
        """All segments together."""
        return sum(segment.ticks for segment in self.segments)

    @property
    def length_seconds(self) -> float:
        """All segments together."""
        return self.length_ticks / self.timescale

    @property
    def starts_ticks(self) -> tuple[int, ...]:
        """When each segment begins."""
        lengths = (segment.ticks for segment in self.segments)
        return tuple(accumulate(lengths, initial=0))[:-1]

    def to_json(self) -> dict[str, Any]:
        """A few hundred bytes for the rendition's row."""
        rows = [[s.offset_bytes, s.length_bytes, s.ticks, s.iframe_bytes] for s in self.segments]
        return {"init_bytes": self.init_bytes, "timescale": self.timescale, "segments": rows}

    @classmethod
    def from_json(cls, payload: dict[str, Any]) -> "SegmentIndex":
        """What `to_json` wrote."""
        segments = tuple(Segment(*map(int, row)) for row in payload["segments"])
        return cls(int(payload["init_bytes"]), int(payload["timescale"]), segments)


def index_cmaf(path: Path) -> SegmentIndex:
    """Find header and segments by walking the boxes.

    Raises:
        CmafError: there is no header, or the file ends inside a segment.
        BoxError: the file is no chain of boxes.
    """
    size = path.stat().st_size
    with path.open("rb") as stream:
        top = list(top_boxes(stream, size))
        if not top or top[-1].end != size:
            raise CmafError(f"{path.name} ends inside a box")
        moov = _read(stream, _only(top, "moov"))
        track = _track(moov)
        segments = []
        for group in _groups(top):
            moof, mdat = _only(group, "moof"), _only(group, "mdat")
            fragment = _fragment(_read(stream, moof), track)
            start = group[0].offset_bytes
            before_sample = mdat.body - start
            iframe = before_sample + fragment.first_sample_bytes if track.picture else 0
            segments.append(Segment(start, mdat.end - start, fragment.ticks, iframe))
    init_bytes = segments[0].offset_bytes if segments else size
    return SegmentIndex(init_bytes, track.timescale, tuple(segments))


def codec_string(path: Path) -> str:
    """The codec as RFC 6381 writes it: "avc1.4d401f", "mp4a.40.2".

    Raises:
        CmafError: the file holds neither H.264 nor AAC.
    """
    size = path.stat().st_size
    with path.open("rb") as stream:
        moov = _read(stream, _only(list(top_boxes(stream, size)), "moov"))
    for entry in _sample_entries(moov):
        content = moov[entry.offset_bytes : entry.end]
        if entry.kind == "avc1" and (avcc := find(content, "avcC", 86)):
            return "avc1." + content[avcc.body + 1 : avcc.body + 4].hex()
        if entry.kind == "mp4a" and (esds := find(content, "esds", 36)):
            return _mp4a(content[esds.body + 4 : esds.end])
    raise CmafError(f"{path.name} holds neither H.264 nor AAC")


@dataclass(frozen=True, slots=True)
class _Track:
    picture: bool
    timescale: int
    default_ticks: int
    default_bytes: int


@dataclass(frozen=True, slots=True)
class _Fragment:
    ticks: int
    first_sample_bytes: int


def _only(group: list[Box], kind: str) -> Box:
    found = [box for box in group if box.kind == kind]
    if len(found) != 1:
        raise CmafError(f"{len(found)} boxes {kind} where there is one in CMAF")
    return found[0]


def _read(stream: Any, box: Box) -> bytes:
    stream.seek(box.offset_bytes)
    return bytes(stream.read(box.length_bytes))


def _groups(top: list[Box]) -> Iterator[list[Box]]:
    """The boxes of each segment: everything behind the header, up to and with an `mdat`."""
    group: list[Box] = []
    behind_header = False
    for box in top:
        if behind_header:
            group.append(box)
        behind_header = behind_header or box.kind == "moov"
        if box.kind == "mdat":
            yield group
            group = []
    if any(box.kind == "moof" for box in group):
        raise CmafError("the file ends inside a segment")


def _track(moov: bytes) -> _Track:
    handler = _body(moov, "moov/trak/mdia/hdlr")[8:12]
    header = _body(moov, "moov/trak/mdia/mdhd")
    timescale = struct.unpack_from(">I", header, 20 if header[0] == 1 else 12)[0]
    _, _, ticks, size, _ = struct.unpack_from(">5I", _body(moov, "moov/mvex/trex"), 4)
    return _Track(handler == b"vide", timescale, ticks, size)


def _body(content: bytes, path: str) -> bytes:
    box = find(content, path)
    if box is None:
        raise CmafError(f"no box {path}")
    return content[box.body : box.end]


def _fragment(moof: bytes, track: _Track) -> _Fragment:
    ticks, size = _fragment_defaults(_body(moof, "moof/traf/tfhd"), track)
    durations, sizes = _run(_body(moof, "moof/traf/trun"), ticks, size)
    return _Fragment(sum(durations), sizes[0] if sizes else 0)


def _fragment_defaults(tfhd: bytes, track: _Track) -> tuple[int, int]:
    flags = int.from_bytes(tfhd[1:4], "big")
    place, ticks, size = 8, track.default_ticks, track.default_bytes
    place += 8 * bool(flags & 0x1) + 4 * bool(flags & 0x2)
    if flags & 0x8:
        (ticks,) = struct.unpack_from(">I", tfhd, place)
        place += 4
    if flags & 0x10:
        (size,) = struct.unpack_from(">I", tfhd, place)
    return ticks, size


def _run(trun: bytes, ticks: int, size: int) -> tuple[list[int], list[int]]:
    """Duration and size of each sample of a track run."""
    flags = int.from_bytes(trun[1:4], "big")
    (count,) = struct.unpack_from(">I", trun, 4)
    place = 8 + 4 * bool(flags & 0x1) + 4 * bool(flags & 0x4)
    fields = [bit for bit in (0x100, 0x200, 0x400, 0x800) if flags & bit]
    if not fields:  # every sample alike, as in silence
        return [ticks] * count, [size] * count
    rows = struct.iter_unpack(f">{len(fields)}I", trun[place : place + 4 * len(fields) * count])
    values = [dict(zip(fields, row, strict=True)) for row in rows]
    return [v.get(0x100, ticks) for v in values], [v.get(0x200, size) for v in values]


def _sample_entries(moov: bytes) -> Iterator[Box]:
    stsd = find(moov, "moov/trak/mdia/minf/stbl/stsd")
    if stsd is not None:
        yield from boxes(moov, stsd.body + 8, stsd.end)


def _mp4a(descriptors: bytes) -> str:
    """Walk ES_Descriptor, DecoderConfigDescriptor, DecoderSpecificInfo (14496-1, 7.2.6)."""
    body = _descriptor(descriptors, 0x03)[3:]
    config = _descriptor(body, 0x04)
    kind = config[0]
    if kind != 0x40:
        return f"mp4a.{kind:02x}"
    return f"mp4a.40.{_descriptor(config[13:], 0x05)[0] >> 3}"


def _descriptor(content: bytes, tag: int) -> bytes:
    if not content or content[0] != tag:
        raise CmafError(f"no descriptor {tag} where it belongs")
    length, place = 0, 1
    while True:
        length = length << 7 | content[place] & 0x7F
        place += 1
        if not content[place - 1] & 0x80:
            return content[place : place + length]
