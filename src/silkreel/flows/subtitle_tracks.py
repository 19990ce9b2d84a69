"""Subtitles of an episode: over the dub, over the original, and in the original language."""

from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

import sqlalchemy as sa

from silkreel.bible.tables import LineRow
from silkreel.catalogue.editions import NewRendition, put_edition, put_rendition
from silkreel.catalogue.tables import EditionRow
from silkreel.dubbing.fit_plan import FitPlan
from silkreel.dubbing.subtitles import SubtitleLine, Track, make_track, write_vtt
from silkreel.flows.dub_parts import DubParts, dub_parts, plan_of
from silkreel.flows.mix_dub import provenance, unfinished
from silkreel.flows.picture import picture_of
from silkreel.jobs.journeys import Answer, Arguments, Desk, stage
from silkreel.kit.artifacts import Workshop
from silkreel.kit.database import Session
from silkreel.kit.spans import TimeSpan


@stage("make_subtitles", weight=0.3)
def make_subtitles(desk: Desk, arguments: Arguments) -> Answer:
    """Write both tracks of a language: `cc` follows the dub, `sub` the original speech."""
    episode_id, language = arguments["episode_id"], arguments["language"]
    with desk.workshop.reading() as tx:
        parts = dub_parts(tx, episode_id, language)
    if parts.lines and not any(parts.full(line) for line in parts.lines):
        return {"worded": 0}  # an empty track is no edition; the lines wait for their words
    tracks = subtitle_tracks(desk.workshop, parts, language)
    with desk.workshop.transaction() as tx:
        for track in tracks:
            _put_on_shelf(desk, tx, parts, track)
        if not _has_edition(tx, episode_id, language):  # nobody speaks it: subtitles only
            drafts, waiting = unfinished(parts)
            put_edition(
                tx, episode_id, language, kind="subtitles", draft_lines=drafts,
                waiting_lines=waiting, provenance=provenance(parts),
            )  # fmt: skip
    return {track.kind: len(track.cues) for track in tracks}


@stage("caption_original", weight=0.2)
def caption_original(desk: Desk, arguments: Arguments) -> Answer:
    """Write the original's own words as a track, for those who cannot hear."""
    with desk.workshop.reading() as tx:
        parts = dub_parts(tx, arguments["episode_id"], "")
    track = original_track(desk.workshop, parts)
    with desk.workshop.transaction() as tx:
        _put_on_shelf(desk, tx, parts, track)
    return {"cc": len(track.cues)}


def original_track(workshop: Workshop, parts: DubParts) -> Track:
    """The original's own words at their own time."""
    lines = [
        _shown(parts, line, line.source_text, _source_span(parts, line)) for line in parts.lines
    ]
    return _track(workshop, parts, lines, parts.series.source_language, "cc")


def subtitle_tracks(workshop: Workshop, parts: DubParts, language: str) -> tuple[Track, ...]:
    """The tracks of a language: over the dub (if there is one) and over the original."""
    over_original = [
        _shown(parts, line, row.text, _source_span(parts, line), draft=row.draft)
        for line in parts.lines
        if (row := parts.full(line))
    ]
    tracks = [_track(workshop, parts, over_original, language, "sub")]
    if parts.dub is not None:
        over_dub = _over_dub(parts, plan_of(workshop, parts.dub))
        tracks.insert(0, _track(workshop, parts, over_dub, language, "cc"))
    return tuple(tracks)


def _over_dub(parts: DubParts, plan: FitPlan) -> list[SubtitleLine]:
    """What is spoken, when it is spoken; lines without a take keep their original's time."""
    lines = []
    rate = parts.frame_rate
    for line in parts.lines:
        placed, row = plan.find(line.id), parts.full(line)
        if placed is not None:
            span = TimeSpan(float(placed.first_frame / rate), float(placed.end_frame / rate))
            draft = bool(row and row.draft)
            lines.append(_shown(parts, line, placed.candidate.wording, span, draft=draft))
        elif row is not None:
            lines.append(_shown(parts, line, row.text, _source_span(parts, line), draft=row.draft))
    return lines


def _shown(
    parts: DubParts, line: LineRow, text: str, span: TimeSpan, *, draft: bool = False
) -> SubtitleLine:
    return SubtitleLine(line.id, text, parts.speaker(line), span, draft)


def _source_span(parts: DubParts, line: LineRow) -> TimeSpan:
    rate = parts.frame_rate
    return TimeSpan(float(line.first_frame / rate), float(line.end_frame / rate))


def _track(
    workshop: Workshop, parts: DubParts, lines: Sequence[SubtitleLine], language: str, kind: str
) -> Track:
    rate = parts.frame_rate
    shots = picture_of(workshop, parts.episode).shots
    return make_track(
        lines,
        language=language,
        kind=kind,
        vertical=parts.series.orientation == "vertical",
        frame_rate=rate,
        length_seconds=parts.episode.length_seconds,
        shots=[float(shot / rate) for shot in shots],
    )


def _put_on_shelf(desk: Desk, tx: Session, parts: DubParts, track: Track) -> None:
    content = write_vtt(track).encode()
    shown = {line: asdict(figures) for line, figures in track.shown().items()}
    facts: dict[str, Any] = {"kind": track.kind, "cues": len(track.cues), "shown": shown}
    put_rendition(
        tx,
        parts.episode.id,
        NewRendition(
            kind="subtitles",
            name=f"s.{track.language}.{track.kind}",
            language=track.language,
            content_hash=desk.workshop.store.write(content, ".vtt"),
            suffix=".vtt",
            size_bytes=len(content),
            codec="wvtt",
            facts=facts,
        ),
    )


def _has_edition(tx: Session, episode_id: str, language: str) -> bool:
    query = sa.select(EditionRow.id).where(
        EditionRow.episode_id == episode_id, EditionRow.language == language
    )
    return tx.scalar(query) is not None
