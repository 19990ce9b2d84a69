"""Burned-in captions: their place is agreed over the first episodes, then each episode is read."""

import json
from collections.abc import Sequence
from dataclasses import asdict
from fractions import Fraction
from pathlib import Path
from typing import Any

from silkreel.catalogue.episodes import sidecars_of
from silkreel.catalogue.tables import EpisodeRow, SeriesRow
from silkreel.dubbing.joining import WrittenLine
from silkreel.dubbing.marks import proper_marks
from silkreel.dubbing.read_lines import CaptionBand, NoCaptionsSeen, Reading, ReadingOrder, ReadLine
from silkreel.dubbing.reading import read_captions, vote_band
from silkreel.engines.contracts import EngineMissing
from silkreel.flows.at_hand import shelf_for
from silkreel.flows.picture import picture_of
from silkreel.jobs.journeys import Answer, Arguments, Desk, stage
from silkreel.kit.artifacts import Artifact
from silkreel.kit.database import Session
from silkreel.kit.keys import canonical_json, work_key
from silkreel.kit.languages import primary
from silkreel.kit.refusals import Refusal
from silkreel.kit.spans import Span
from silkreel.kit.words import words
from silkreel.media.frames import RenditionFrames

READING_VERSION = 2


class NoReaderFor(Refusal):
    """No caption reader here knows the letters of the language."""

    status = 422
    message = (
        "No caption reader here knows the letters of {language} (tried: {readers}). Give subtitle files, or "
        "install Tesseract and the package of the language, for Russian `tesseract-ocr tesseract-ocr-rus`."
    )


@stage("vote_band", weight=2)
def vote_caption_band(desk: Desk, arguments: Arguments) -> Answer:
    """Agree on where the series' captions stand; a series with subtitle files needs none."""
    workshop = desk.workshop
    with workshop.reading() as tx:
        series = tx.get_one(SeriesRow, arguments["series_id"])
        episodes = [tx.get_one(EpisodeRow, name) for name in arguments["episodes"]]
        unscripted = [e for e in episodes if not has_script(tx, e, series.source_language)]
    if series.caption_band is not None or not unscripted:
        return {"band": series.caption_band}
    reader = _reader(desk, series.source_language)
    pictures = [RenditionFrames.open(picture_of(workshop, e).reading.path) for e in unscripted]
    band: list[Any] = []  # looked for, and not there
    try:
        with shelf_for(desk.settings).lend("readers", reader) as engine:
            engine.expect(series.source_language)
            voted = vote_band(pictures, engine, series.source_language)
            band = [voted.look_top, voted.look_bottom, asdict(voted)]
    except NoCaptionsSeen:
        pass
    with workshop.transaction() as tx:
        tx.get_one(SeriesRow, series.id).caption_band = band
    return {"band": band}


@stage("read_captions", weight=12)
def read_episode(desk: Desk, arguments: Arguments) -> Answer:
    """Read an episode's burned-in captions; with a subtitle file there is nothing to read."""
    with desk.workshop.reading() as tx:
        episode = tx.get_one(EpisodeRow, arguments["episode_id"])
    made = reading_artifact(desk, episode)
    return {"lines": made.facts["lines"], "rejected": made.facts["rejected"]} if made else {}


def captions_of(desk: Desk, episode: EpisodeRow) -> list[WrittenLine]:
    """Captions read as dialogue, in order of time; empty where there were none to read."""
    made = reading_artifact(desk, episode)
    if made is None:
        return []
    rate = Fraction(episode.frame_rate)
    payload = json.loads(made.path.read_text(encoding="utf-8"))
    return [
        WrittenLine(
            span=Span(*line["span"]).seconds(rate),
            text=line["text"],
            came_from="read",
            confidence=line["confidence"],
            hint=line["hint"],
            box=tuple(line["box"]),
        )
        for line in payload["lines"]
    ]


def caption_spans(desk: Desk, episode: EpisodeRow) -> list[Span]:
    """When burned-in captions and titles stand in the picture."""
    made = reading_artifact(desk, episode)
    if made is None:
        return []
    payload = json.loads(made.path.read_text(encoding="utf-8"))
    seen = [each for each in payload["rejected"] if each["kind"] != "watermark"]
    return [Span(*each["span"]) for each in [*payload["lines"], *seen]]


def reading_artifact(desk: Desk, episode: EpisodeRow) -> Artifact | None:
    """What was read in the episode, read now if it was not before.

    Raises:
        EngineMissing: captions are there and no reader can run.
    """
    workshop = desk.workshop
    with workshop.reading() as tx:
        series = tx.get_one(SeriesRow, episode.series_id)
        scripted = has_script(tx, episode, series.source_language)
    band = _band(series)
    if scripted or band is None:
        return None
    reader, shelf = _reader(desk, series.source_language), shelf_for(desk.settings)
    picture = picture_of(workshop, episode).reading
    order = ReadingOrder(series.source_language, band, Fraction(episode.frame_rate))
    inputs = {
        "picture": picture.content_hash,
        "band": asdict(band),
        "language": series.source_language,
        "reader": shelf.card("readers", reader).to_json(),
    }

    def make(folder: Path) -> tuple[Path, dict[str, Any]]:
        frames = RenditionFrames.open(picture.path)
        with shelf.lend("readers", reader) as engine:
            engine.expect(series.source_language)
            try:
                reading = read_captions(frames, engine, order)
            except NoCaptionsSeen:
                reading = Reading((), band)  # an episode without captions in a series that has them
        size = (frames.width_pixels, frames.height_pixels)
        payload = {
            "lines": [_line(line, size, order) for line in reading.lines],
            "rejected": [_line(line, size, order) for line in reading.rejected],
        }
        made = folder / "captions.json"
        made.write_text(canonical_json(payload), encoding="utf-8")
        return made, {"lines": len(reading.lines), "rejected": len(reading.rejected)}

    return workshop.make(work_key("read", READING_VERSION, inputs), "read", make)


def has_script(tx: Session, episode: EpisodeRow, language: str) -> bool:
    """Whether a subtitle file in the source's language came with the episode."""
    return any(
        sidecar.kind == "subtitles" and primary(sidecar.language) == primary(language)
        for sidecar in sidecars_of(tx, episode.id)
    )


def _band(series: SeriesRow) -> CaptionBand | None:
    if not series.caption_band:
        return None
    kept = dict(series.caption_band[2])
    return CaptionBand(**kept)


def _reader(desk: Desk, language: str) -> str:
    """The first reader set that runs here and knows the language's letters."""
    shelf = shelf_for(desk.settings)
    here, missing = shelf.available("readers", desk.settings.engines("readers"))
    for name in here:
        known = shelf.card("readers", name).languages
        if known is None or primary(language) in known:
            return name
    if here:
        raise NoReaderFor(language=language, readers=", ".join(here))
    if missing:
        raise missing[0]
    raise EngineMissing(
        engine=words("A caption reader"),
        why=words("none is set"),
        mend=words("Set SILKREEL_READERS=rapidocr,tesseract."),
    )


def _line(line: ReadLine, size: Sequence[int], order: ReadingOrder) -> dict[str, Any]:
    width, height = size
    box = line.box
    return {
        "span": [line.span.first_frame, line.span.end_frame],
        "text": proper_marks(" ".join(line.text.split("\n")), order.source_language),
        "alternatives": list(line.alternatives),
        "confidence": round(line.confidence, 4),
        "kind": line.kind,
        "hint": line.hint,
        "box": [
            round(share, 4)
            for share in (
                box.left / width,
                box.top / height,
                box.width / width,
                box.height / height,
            )
        ],
    }
