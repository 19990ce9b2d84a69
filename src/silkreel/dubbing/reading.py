"""Reads the captions burned into a picture: what each says, and from which frame to which it stands."""

from dataclasses import replace

from silkreel.dubbing.caption_band import band_fits, vote_band
from silkreel.dubbing.caption_follower import follow_lines
from silkreel.dubbing.caption_kinds import lines_of, without_series_watermarks
from silkreel.dubbing.read_lines import (
    CaptionBand,
    CaptionFrames,
    NoCaptionsSeen,
    Reading,
    ReadingOrder,
    ReadLine,
    must_read,
)
from silkreel.engines.contracts import Box, Reader

__all__ = [
    "CaptionBand",
    "CaptionFrames",
    "NoCaptionsSeen",
    "ReadLine",
    "Reading",
    "ReadingOrder",
    "read_captions",
    "vote_band",
    "without_series_watermarks",
]


def read_captions(frames: CaptionFrames, reader: Reader, order: ReadingOrder) -> Reading:
    """The captions of an episode in order of time.

    With a band from the series its place is checked and kept, or voted anew where this episode's
    captions stand elsewhere; without one it is voted from this episode alone.

    Raises:
        LanguageNotSpoken: the reader does not know the source's letters.
        NoCaptionsSeen: there is no place where captions stand.
    """
    language = order.source_language
    must_read(reader, language)
    band = order.band
    if band is None or not band_fits(band, frames, reader, language):
        band = vote_band([frames], reader, language)
    rate = float(order.frame_rate)
    height = frames.height_pixels
    top = int(band.look_top * height)
    sightings = [
        replace(each, box=Box(each.box.left, each.box.top + top, each.box.width, each.box.height))
        for each in follow_lines(
            frames.bands(band.look_top, band.look_bottom),
            reader,
            line_pixels=band.line_height_share * height,
            rate=rate,
        )
    ]
    lines, rejected = lines_of(
        sightings,
        band,
        language=language,
        size_pixels=(frames.width_pixels, height),
        frame_count=frames.frame_count,
        frame_rate=rate,
    )
    return Reading(lines, band, rejected)
