"""In the child: stills out of frames, as WebP small enough for a list, and as sprites."""

import io
from fractions import Fraction
from pathlib import Path
from typing import Any

from PIL import Image
from thumbhash import image_to_thumbhash

from silkreel.media.sniff import open_media, sniff_file
from silkreel.media.worker import Report

QUALITIES = (82, 74, 66, 58, 50, 42, 34, 26, 18)
SHRINK = 0.8  # what does not fit at the lowest quality is made smaller
WEBP_METHOD = 4


def write_webp(image: Image.Image, path: Path, most_bytes: int) -> None:
    """Save at the best quality that fits."""
    while True:
        for quality in QUALITIES:
            content = io.BytesIO()
            image.save(content, "WEBP", quality=quality, method=WEBP_METHOD)
            if content.tell() <= most_bytes:
                path.write_bytes(content.getvalue())
                return
        size = (max(1, int(image.width * SHRINK)), max(1, int(image.height * SHRINK)))
        image = image.resize(size, Image.Resampling.LANCZOS)


def write_poster(frame: Any, path: Path, most_bytes: int) -> str:
    """Save a frame as a poster; answers with its thumbhash in base64."""
    image = frame.to_image()
    write_webp(image, path, most_bytes)
    return str(image_to_thumbhash(image))


def still(order: dict[str, Any], report: Report) -> dict[str, Any]:
    """Save the frame at `at_seconds` of one of our own rungs."""
    source = Path(order["source"])
    with open_media(source, sniff_file(source)) as container:
        frame = _frame_at(container, Fraction(order["at_seconds"]))
    report(0.5)
    return {"thumbhash": write_poster(frame, Path(order["out"]), order["most_bytes"])}


def sprite(order: dict[str, Any], report: Report) -> dict[str, Any]:
    """Lay evenly spaced key frames of one of our own rungs side by side, row by row."""
    source, tiles, columns = Path(order["source"]), order["tiles"], order["columns"]
    width = order["tile_width_pixels"]
    images: list[Image.Image] = []
    times: list[float] = []
    with open_media(source, sniff_file(source)) as container:
        stream = container.streams.video[0]
        stream.codec_context.skip_frame = "NONKEY"
        keys = [(_seconds(frame, stream), frame.to_image()) for frame in container.decode(stream)]
    count = min(tiles, len(keys))
    for place in range(count):
        seconds, image = keys[place * len(keys) // count]
        height = max(1, round(image.height * width / image.width))
        images.append(image.resize((width, height), Image.Resampling.BICUBIC))
        times.append(float(seconds))
    report(0.5)
    tile_height = images[0].height
    rows = -(-count // columns)
    sheet = Image.new("RGB", (width * min(columns, count), tile_height * rows))
    for place, image in enumerate(images):
        sheet.paste(image, (place % columns * width, place // columns * tile_height))
    write_webp(sheet, Path(order["out"]), order["most_bytes"])
    return {"times_seconds": times, "tile_height_pixels": tile_height}


def _frame_at(container: Any, seconds: Fraction) -> Any:
    """The frame shown at a time; the last one where the time lies behind the end."""
    stream = container.streams.video[0]
    container.seek(int(seconds / stream.time_base) + (stream.start_time or 0), stream=stream)
    last = None
    for frame in container.decode(stream):
        if last is not None and _seconds(frame, stream) > seconds:
            return last
        last = frame
    if last is None:
        raise ValueError("a rung without frames")
    return last


def _seconds(frame: Any, stream: Any) -> Fraction:
    """When a frame is shown. FFmpeg tells the times of our rungs late by their reordering."""
    return Fraction((frame.pts - (stream.start_time or 0)) * stream.time_base)
