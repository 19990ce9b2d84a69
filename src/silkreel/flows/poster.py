"""A poster without words: burned-in captions date a still and need no second language."""

from collections.abc import Sequence
from fractions import Fraction
from pathlib import Path
from typing import Any

from silkreel.catalogue.tables import EpisodeRow
from silkreel.flows.picture import ladder_facts, picture_of
from silkreel.flows.read_series import caption_spans
from silkreel.jobs.journeys import Answer, Arguments, Desk, stage
from silkreel.kit.keys import work_key
from silkreel.kit.spans import Span
from silkreel.media.stills import make_poster

POSTER_VERSION = 1
EARLIEST_SHARE, LATEST_SHARE = 0.05, 0.60  # of the episode: after the title, before the ending
CLEAR_FRAMES = 6  # a caption that fades is still seen so long


@stage("choose_poster", weight=0.3)
def choose_poster(desk: Desk, arguments: Arguments) -> Answer:
    """Take the sharpest still on which no caption stands, or make one in the longest pause."""
    with desk.workshop.reading() as tx:
        episode = tx.get_one(EpisodeRow, arguments["episode_id"])
    spans = caption_spans(desk, episode)
    if not spans:
        return {"frame": None}
    facts = ladder_facts(desk.workshop, episode)
    for poster in facts["posters"]:
        if _clear(poster["frame"], spans):
            _keep(desk, episode, poster["content_hash"], poster["thumbhash"])
            return {"frame": poster["frame"]}
    frame = _longest_pause(spans, episode.frame_count)
    if frame is None:
        return {"frame": None}
    picture = picture_of(desk.workshop, episode).reading

    def make(folder: Path) -> tuple[Path, dict[str, Any]]:
        made = make_poster(
            picture.path,
            folder / "poster.webp",
            frame=frame,
            frame_rate=Fraction(episode.frame_rate),
            cancelled=desk.cancelled,
        )
        return made.path, {"thumbhash": made.thumbhash}

    key = work_key("poster", POSTER_VERSION, {"picture": picture.content_hash, "frame": frame})
    artifact = desk.workshop.make(key, "poster", make)
    _keep(desk, episode, artifact.content_hash, artifact.facts["thumbhash"])
    return {"frame": frame}


def _clear(frame: int, spans: Sequence[Span]) -> bool:
    return not any(
        span.first_frame - CLEAR_FRAMES <= frame < span.end_frame + CLEAR_FRAMES for span in spans
    )


def _longest_pause(spans: Sequence[Span], frame_count: int) -> int | None:
    """The middle of the longest stretch without a caption, where posters are taken from."""
    first, last = int(frame_count * EARLIEST_SHARE), int(frame_count * LATEST_SHARE)
    ordered = sorted(spans)
    edges = [first, *(span.end_frame for span in ordered)]
    following = [*(span.first_frame for span in ordered), last]
    pauses = [
        (min(end, last) - max(start, first), (min(end, last) + max(start, first)) // 2)
        for start, end in zip(edges, following, strict=True)
    ]
    length, middle = max(pauses)
    return middle if length > 2 * CLEAR_FRAMES else None


def _keep(desk: Desk, episode: EpisodeRow, content_hash: str, thumbhash: str) -> None:
    with desk.workshop.transaction() as tx:
        row = tx.get_one(EpisodeRow, episode.id)
        row.poster_hash, row.thumbhash = content_hash, thumbhash
