"""Lines are spoken, fitted on the picture, and worded again where they fit badly or not at all."""

import json
from collections.abc import Mapping
from contextlib import ExitStack
from pathlib import Path
from typing import Any

from silkreel.bible.tables import LineRow
from silkreel.dubbing.fit_plan import FitPlan
from silkreel.dubbing.plans import plan_from_json, recording_to_json
from silkreel.dubbing.recording import Recording, speak_language
from silkreel.dubbing.studio import DubWording, LineToSpeak, Studio
from silkreel.dubbing.tables import DubRow
from silkreel.dubbing.wordings import LENGTHS, wording_of
from silkreel.engines.contracts import Speaker
from silkreel.flows.at_hand import shelf_for
from silkreel.flows.dub_parts import DubParts, dub_parts
from silkreel.flows.picture import picture_of
from silkreel.flows.translate_lines import reword_overruns
from silkreel.jobs.journeys import Answer, Arguments, Desk, stage
from silkreel.kit.artifacts import Artifact
from silkreel.kit.clock import now
from silkreel.kit.keys import canonical_json, work_key
from silkreel.kit.refusals import Refusal
from silkreel.kit.spans import Span

SPEAKING_VERSION = 2
REWORDINGS = 2  # rounds of asking for shorter words on a measured overrun


class NobodySpeaks(Refusal):
    """The characters have no voices in the language."""

    status = 422
    message = (
        "Nobody can speak {language} here; subtitles are made without a dub. See `silkreel doctor`."
    )


@stage("speak_lines", queue="speech", weight=30)
def speak_lines(desk: Desk, arguments: Arguments) -> Answer:
    """Speak every worded line, place it on the picture, and keep the plan.

    Raises:
        NobodySpeaks: there is no voice for the language.
    """
    episode_id, language = arguments["episode_id"], arguments["language"]
    for round_number in range(REWORDINGS + 1):
        with desk.workshop.reading() as tx:
            parts = dub_parts(tx, episode_id, language)
        if not parts.voices and any(line.dubbed for line in parts.lines):
            raise NobodySpeaks(language=language)
        plan = _record(desk, parts)
        overruns = to_reword(plan_from_json(json.loads(plan.path.read_text(encoding="utf-8"))))
        if not overruns or round_number == REWORDINGS:
            break
        if not reword_overruns(desk, parts, language, overruns):
            break
    _keep(desk, parts, language, plan.key)
    return {"plan": plan.key, "too_long": plan.facts["too_long"], "tight": plan.facts["tight"]}


def to_reword(plan: FitPlan) -> dict[str, float]:
    """Lines that shorter words would help, with the seconds they are too long.

    Those that nothing fits, and those that hurry or end late although they were placed.
    """
    return {each.line_id: each.seconds for each in (*plan.tight, *plan.needs_wording)}


def lines_to_speak(parts: DubParts, shots: tuple[int, ...]) -> list[LineToSpeak]:
    """The dubbed lines with their voices and wordings, in order."""
    return [
        LineToSpeak(
            line_id=line.id,
            character=line.character_id or "",
            span=Span(line.first_frame, line.end_frame),
            voice=parts.voices[line.character_id or ""],
            wordings=_wordings(parts, line),
            shot_end=next((first for first in shots if first >= line.end_frame), None),
        )
        for line in parts.lines
        if line.dubbed and line.character_id in parts.voices
    ]


def _wordings(parts: DubParts, line: LineRow) -> tuple[DubWording, ...]:
    """Wordings that may be spoken: usable, of the present source text, each text once."""
    rows = parts.wordings.get(line.id, {})
    found: dict[str, DubWording] = {}
    for length in LENGTHS:
        row = rows.get(length)
        if row is not None and row.source_hash == line.source_hash and wording_of(row).usable:
            found.setdefault(row.text, DubWording(row.text, length))
    return tuple(found.values())


def _record(desk: Desk, parts: DubParts) -> Artifact:
    """The plan of the lines as they are worded now, spoken once."""
    shots = picture_of(desk.workshop, parts.episode).shots
    lines = lines_to_speak(parts, shots)
    shelf = shelf_for(desk.settings)
    engines = sorted({line.voice.engine for line in lines})
    inputs = {
        "lines": [_line_inputs(line) for line in lines],
        "frame_rate": parts.episode.frame_rate,
        "frame_count": parts.episode.frame_count,
        "engines": [shelf.card("speakers", name).to_json() for name in engines],
    }

    def make(folder: Path) -> tuple[Path, dict[str, Any]]:
        with ExitStack() as stack:
            speakers: dict[str, Speaker] = {
                name: stack.enter_context(shelf.lend("speakers", name)) for name in engines
            }
            recording = _recording(desk, parts, lines, speakers)
        made = folder / "plan.json"
        made.write_text(canonical_json(recording_to_json(recording)), encoding="utf-8")
        plan = recording.plan
        return made, {"too_long": len(plan.needs_wording), "tight": len(plan.tight)}

    return desk.workshop.make(work_key("plan", SPEAKING_VERSION, inputs), "plan", make)


def _recording(
    desk: Desk, parts: DubParts, lines: list[LineToSpeak], speakers: Mapping[str, Speaker]
) -> Recording:
    return speak_language(
        Studio(desk.workshop, speakers),
        lines,
        frame_rate=parts.frame_rate,
        length_frames=parts.episode.frame_count,
        progress=lambda done, total: desk.progress(done / max(1, total)),
    )


def _line_inputs(line: LineToSpeak) -> dict[str, Any]:
    return {
        "id": line.line_id,
        "character": line.character,
        "span": [line.span.first_frame, line.span.end_frame],
        "shot_end": line.shot_end,
        "voice": [
            line.voice.engine,
            line.voice.preset,
            line.voice.language,
            line.voice.pitch_semitones,
            line.voice.rate_offset,
        ],
        "wordings": [[w.length, w.text] for w in line.wordings],
    }


def _keep(desk: Desk, parts: DubParts, language: str, plan_key: str) -> None:
    with desk.workshop.transaction() as tx:
        row = tx.get(DubRow, (parts.episode.id, language))
        if row is None:
            row = DubRow(
                episode_id=parts.episode.id,
                language=language,
                series_id=parts.series.id,
                mix_key="",
                facts={},
            )
            tx.add(row)
        row.plan_key, row.made_at = plan_key, now()
