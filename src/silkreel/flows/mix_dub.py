"""Voices and bed become one sound at the loudness of delivery, packed and put on the shelf."""

import json
from collections import Counter
from collections.abc import Sequence
from functools import lru_cache
from pathlib import Path
from typing import Any

from silkreel.catalogue.editions import NewRendition, put_edition, put_rendition
from silkreel.dubbing.bed import SAMPLE_RATE, Bed, bed_from
from silkreel.dubbing.mixing import Laid, lay, needs_original
from silkreel.dubbing.plans import recording_from_json
from silkreel.dubbing.tables import DubRow
from silkreel.flows.dub_parts import DubParts, dub_parts, plan_of
from silkreel.flows.mastering import master_sound
from silkreel.flows.picture import picture_of
from silkreel.flows.soundtrack import bed_artifact
from silkreel.jobs.journeys import Answer, Arguments, Desk, stage
from silkreel.kit.artifacts import Artifact
from silkreel.kit.database import Session
from silkreel.kit.keys import canonical_json, work_key
from silkreel.kit.sound import Sound, read_sound
from silkreel.kit.spans import TimeSpan

MIXING_VERSION = 1
BEDS_AT_HAND = 4  # some 20 MB a minute each


@stage("mix_dub", weight=3)
def mix_dub(desk: Desk, arguments: Arguments) -> Answer:
    """Lay the takes over the bed, bring it to the profile, code it, and put it on the shelf.

    No byte of video is read or written: a language is one more file of sound.
    """
    episode_id, language = arguments["episode_id"], arguments["language"]
    with desk.workshop.reading() as tx:
        parts = dub_parts(tx, episode_id, language)
    assert parts.dub is not None, "speak_lines keeps the row"
    spoken = plan_of(desk.workshop, parts.dub).placed
    if not spoken and any(line.dubbed for line in parts.lines):
        return {"spoken": 0}  # a track of silence is no dub; subtitles and checks go on
    bed, setbacks = bed_artifact(desk, parts.episode)
    key = work_key("mix", MIXING_VERSION, {"plan": parts.dub.plan_key, "bed": bed.key})
    made = master_sound(
        desk,
        lambda: _laid(desk, parts, bed).sound,
        key,
        parts.episode.length_seconds,
        dialogue=_dialogue(parts),
    )
    with desk.workshop.transaction() as tx:
        _put_on_shelf(tx, parts, language, made, bed, setbacks)
    return {
        "spoken": len(spoken),
        "loudness_lufs": made.facts["loudness_lufs"],
        "bed": bed.facts["kind"],
    }


def _laid(desk: Desk, parts: DubParts, bed: Artifact) -> Laid:
    assert parts.dub is not None
    plan_file = desk.workshop.find(parts.dub.plan_key)
    assert plan_file is not None, "the plan was kept by the step before"
    payload = json.loads(plan_file.path.read_text(encoding="utf-8"))
    recording = recording_from_json(desk.workshop, payload)
    under = _bed_at_hand(bed.path, canonical_json(bed.facts))
    original: Sound | None = None
    if needs_original(recording.lines, recording.plan, under):
        original = read_sound(picture_of(desk.workshop, parts.episode).sound_48k.path)
    return lay(
        recording.lines,
        recording.plan,
        recording.sounds(SAMPLE_RATE),
        under,
        frame_rate=parts.frame_rate,
        length_seconds=parts.episode.length_seconds,
        original=original,
    )


@lru_cache(maxsize=BEDS_AT_HAND)
def _bed_at_hand(path: Path, facts: str) -> Bed:
    """A bed that is laid under every language of its episode, one after the other; never written to."""
    bed = bed_from(path, json.loads(facts))
    bed.sound.samples.flags.writeable = False
    return bed


def _dialogue(parts: DubParts) -> tuple[TimeSpan, ...]:
    """Where the original speaks: good enough to tell dialogue from the rest."""
    rate = parts.frame_rate
    return tuple(
        TimeSpan(float(line.first_frame / rate), float(line.end_frame / rate))
        for line in parts.lines
        if line.dubbed
    )


def _put_on_shelf(
    tx: Session,
    parts: DubParts,
    language: str,
    made: Artifact,
    bed: Artifact,
    setbacks: Sequence[str],
) -> None:
    figures = {
        name: made.facts[name]
        for name in ("loudness_lufs", "true_peak_dbtp", "target_lufs", "peak_limit_dbtp")
    }
    row = tx.get_one(DubRow, (parts.episode.id, language))
    row.mix_key = made.key
    row.facts = {**figures, "bed": bed.facts["kind"], "bed_setbacks": list(setbacks)}
    put_rendition(
        tx,
        parts.episode.id,
        NewRendition(
            kind="audio",
            name=f"a.{language}",
            language=language,
            content_hash=made.content_hash,
            suffix=made.suffix,
            size_bytes=made.path.stat().st_size,
            codec=made.facts["codec"],
            segments=made.facts["segments"],
            facts=figures,
        ),
    )
    drafts, waiting = unfinished(parts)
    put_edition(
        tx,
        parts.episode.id,
        language,
        kind="voice-over" if bed.facts["kind"] == "ducked" else "dub",
        draft_lines=drafts,
        waiting_lines=waiting,
        provenance=provenance(parts),
    )


def unfinished(parts: DubParts) -> tuple[int, int]:
    """Lines that are a machine's draft, and lines that nobody has worded."""
    full = [parts.full(line) for line in parts.lines]
    return sum(1 for row in full if row and row.draft), sum(1 for row in full if row is None)


def provenance(parts: DubParts) -> dict[str, Any]:
    """Who made what: the label that viewers see is made from this."""
    origins = Counter(row.origin for line in parts.lines if (row := parts.full(line)))
    engines = sorted({voice.engine for voice in parts.voices.values()})
    return {
        "voices": "ai",
        "engines": engines,
        "translation": "human" if not unfinished(parts)[0] else "machine",
        "wordings": dict(sorted(origins.items())),
    }
