"""Taking work out: an episode's lines, subtitles, sound or checks as a file for other programs."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from silkreel.catalogue.editions import renditions_of
from silkreel.catalogue.episodes import find_episode
from silkreel.catalogue.series import find_series
from silkreel.dubbing.subtitles import Track, write_ass, write_srt, write_vtt
from silkreel.flows.check_dub import series_checks
from silkreel.flows.dub_parts import DubParts, dub_parts, plan_of
from silkreel.flows.subtitle_tracks import original_track, subtitle_tracks
from silkreel.kit.artifacts import Workshop
from silkreel.kit.languages import normal_tag
from silkreel.kit.refusals import Refusal
from silkreel.media.sounds import decode_sound


class NoSuchExport(Refusal):
    """A kind cannot be had in a format."""

    message = "There is no {kind} as {format}; there are {known}."


class NotInLanguage(Refusal):
    """The episode has nothing of the kind in the language."""

    status = 404
    message = "Episode {number} has no {kind} in {language}; run `silkreel localise {slug} --to {language}`."


@dataclass(frozen=True, slots=True)
class ExportOrder:
    """What to take out."""

    slug: str
    episode: int
    kind: str  # lines | subtitles | audio | qc
    language: str
    format: str  # json | srt | vtt | ass | wav


FORMATS = {
    "lines": ("json",),
    "subtitles": ("vtt", "srt", "ass"),
    "audio": ("wav",),
    "qc": ("json",),
}


def export_episode(workshop: Workshop, order: ExportOrder) -> bytes:
    """The file's bytes.

    Raises:
        NoSuchExport, NoSuchSeries, NoSuchEpisode, NotInLanguage.
    """
    if order.format not in FORMATS.get(order.kind, ()):
        known = "; ".join(f"{kind} as {', '.join(forms)}" for kind, forms in FORMATS.items())
        raise NoSuchExport(kind=order.kind, format=order.format, known=known)
    language = normal_tag(order.language)
    with workshop.reading() as tx:
        series = find_series(tx, order.slug)
        episode = find_episode(tx, series.id, order.episode)
        parts = dub_parts(tx, episode.id, language)
    writers: dict[str, Callable[[Workshop, ExportOrder, DubParts, str], bytes]] = {
        "lines": _lines,
        "subtitles": _subtitles,
        "audio": _audio,
        "qc": _checks,
    }
    return writers[order.kind](workshop, order, parts, language)


def _lines(workshop: Workshop, order: ExportOrder, parts: DubParts, language: str) -> bytes:
    plan = plan_of(workshop, parts.dub) if parts.dub else None
    payload = []
    for line in parts.lines:
        placed = plan.find(line.id) if plan else None
        wordings = parts.wordings.get(line.id, {})
        payload.append(
            {
                "id": line.id,
                "speaker": parts.credit(line),
                "first_frame": line.first_frame,
                "end_frame": line.end_frame,
                "source": line.source_text,
                "came_from": line.came_from,
                "dubbed": line.dubbed,
                "hint": line.hint,
                "read_confidence": line.read_confidence,
                "heard_confidence": line.heard_confidence,
                "wordings": {
                    length: {"text": row.text, "draft": row.draft, "origin": row.origin}
                    for length, row in sorted(wordings.items())
                },
                "spoken": None
                if placed is None
                else {
                    "text": placed.candidate.wording,
                    "first_frame": placed.first_frame,
                    "end_frame": placed.end_frame,
                    "rate": round(placed.rate, 4),
                },
            }
        )
    return _json(
        {
            "series": order.slug,
            "episode": order.episode,
            "language": language,
            "source_language": parts.series.source_language,
            "frame_rate": parts.episode.frame_rate,
            "lines": payload,
        }
    )


def _subtitles(workshop: Workshop, order: ExportOrder, parts: DubParts, language: str) -> bytes:
    track = _track(workshop, parts, language)
    if not track.cues:
        raise _missing(order, language)
    if order.format == "vtt":
        return write_vtt(track).encode()
    if order.format == "srt":
        return write_srt(track).encode()
    width, height = parts.episode.width_pixels, parts.episode.height_pixels
    return write_ass(track, width_pixels=width, height_pixels=height).encode()


def _track(workshop: Workshop, parts: DubParts, language: str) -> Track:
    if language == parts.series.source_language:
        return original_track(workshop, parts)
    return subtitle_tracks(workshop, parts, language)[0]


def _audio(workshop: Workshop, order: ExportOrder, parts: DubParts, language: str) -> bytes:
    with workshop.reading() as tx:
        rows = renditions_of(tx, parts.episode.id)
    row = next((r for r in rows if r.kind == "audio" and r.language == language), None)
    if row is None:
        raise _missing(order, language)
    with workshop.store.workspace() as folder:
        made = decode_sound(
            workshop.store.path(row.content_hash, row.suffix), folder / "sound.flac",
            length_seconds=parts.episode.length_seconds,
        )  # fmt: skip
        return _wav(made.path, folder / "sound.wav")


def _wav(source: Path, target: Path) -> bytes:
    from silkreel.kit.sound import read_sound, write_sound

    write_sound(read_sound(source), target)
    return target.read_bytes()


def _checks(workshop: Workshop, order: ExportOrder, parts: DubParts, language: str) -> bytes:
    del parts
    checks = series_checks(workshop, order.slug, language).to_json()
    for name in ("episodes", "lines"):
        checks[name] = [
            each
            for each in checks[name]
            if each.get("number", each.get("episode")) == order.episode
        ]
    return _json(checks)


def _missing(order: ExportOrder, language: str) -> NotInLanguage:
    return NotInLanguage(number=order.episode, kind=order.kind, language=language, slug=order.slug)


def _json(payload: dict[str, Any]) -> bytes:
    return (json.dumps(payload, ensure_ascii=False, indent=2) + "\n").encode()
