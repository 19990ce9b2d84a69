"""A dub is listened to: every take is written down by a recogniser and held against its wording.

It costs as much as hearing the episode did, so it is asked for (`silkreel qc SERIES --listen`) and
not part of a localisation. A take that was listened to is judged by it until it is spoken anew.
"""

import json
from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from silkreel.catalogue.series import find_series
from silkreel.catalogue.tables import EpisodeRow
from silkreel.dubbing.listening import Understood, listen
from silkreel.dubbing.plans import recording_from_json
from silkreel.dubbing.tables import DubRow
from silkreel.flows.at_hand import shelf_for
from silkreel.flows.problems import problems_of
from silkreel.jobs.journeys import (
    Answer,
    Arguments,
    Desk,
    JobOrder,
    Run,
    StageCall,
    StageFailed,
    journey,
    stage,
)
from silkreel.kit.artifacts import Workshop
from silkreel.kit.keys import canonical_json, work_key
from silkreel.kit.refusals import Refusal
from silkreel.kit.settings import Settings

LISTENING_VERSION = 1


class NobodyListens(Refusal):
    """No recogniser is set."""

    status = 503
    message = "No recogniser is set. Name one in SILKREEL_TRANSCRIBERS, as `whisper`."


class NothingToListenTo(Refusal):
    """No episode of the series speaks."""

    status = 409
    message = (
        "Nothing of {slug} is dubbed yet. Run `silkreel localise {slug} --to LANGUAGES` first."
    )


def order_listening(
    workshop: Workshop, settings: Settings, slug: str, language: str | None = None
) -> JobOrder:
    """The job that listens to every dub of a series, or to those in one language.

    Raises:
        NoSuchSeries, NothingToListenTo.
    """
    with workshop.reading() as tx:
        series = find_series(tx, slug)
        dubs = (
            sa.select(DubRow.episode_id, DubRow.language, DubRow.plan_key)
            .join(EpisodeRow, EpisodeRow.id == DubRow.episode_id)
            .where(DubRow.series_id == series.id)
            .order_by(EpisodeRow.number, DubRow.language)
        )
        if language:
            dubs = dubs.where(DubRow.language == language)
        found = [list(row) for row in tx.execute(dubs)]
    if not found:
        raise NothingToListenTo(slug=slug)
    return JobOrder(
        "listen_to_series",
        {"dubs": found, "by": [settings.transcribers, str(settings.whisper_folder)]},
    )


@journey("listen_to_series")
def listen_to_series(run: Run, arguments: Arguments) -> Answer:
    """Listen to each dub, then judge it again."""
    calls = [
        {"episode_id": episode, "language": language} for episode, language, _ in arguments["dubs"]
    ]
    heard = run.together([
        StageCall("listen_to_dub", f"listen {c['episode_id']} {c['language']}", c) for c in calls
    ])  # fmt: skip
    judged = run.together([
        StageCall("check_episode", f"check {c['episode_id']} {c['language']}", c)
        for c, answer in zip(calls, heard, strict=True)
        if not isinstance(answer, StageFailed)
    ])  # fmt: skip
    return {"problems": problems_of([*heard, *judged])}


@stage("listen_to_dub", queue="speech", weight=6)
def listen_to_dub(desk: Desk, arguments: Arguments) -> Answer:
    """Write down every take of an episode in a language.

    Raises:
        NobodyListens, EngineMissing: no recogniser that is set can run here.
        LanguageNotSpoken: it does not know the language.
    """
    language = arguments["language"]
    with desk.workshop.reading() as tx:
        dub = tx.get_one(DubRow, (arguments["episode_id"], language))
    shelf = shelf_for(desk.settings)
    here, missing = shelf.available("transcribers", desk.settings.engines("transcribers"))
    if not here:
        raise missing[0] if missing else NobodyListens
    card = shelf.card("transcribers", here[0]).to_json()
    key = _key(dub.plan_key)
    known = desk.workshop.find(key)
    if known is not None and known.facts["transcriber"] != card:
        desk.workshop.forget(key)  # another recogniser hears otherwise

    def make(folder: Path) -> tuple[Path, dict[str, Any]]:
        with shelf.lend("transcribers", here[0]) as transcriber:
            heard = listen(_takes(desk.workshop, dub.plan_key), transcriber, language)
        made = folder / "understood.json"
        rows = {line_id: asdict(each) for line_id, each in heard.items()}
        made.write_text(canonical_json(rows), encoding="utf-8")
        return made, {"transcriber": card}

    desk.workshop.make(key, "listen", make)
    heard = understood(desk.workshop, dub.plan_key)
    return {"takes": len(heard), "worst": max((u.error_share for u in heard.values()), default=0.0)}


def understood(workshop: Workshop, plan_key: str) -> Mapping[str, Understood]:
    """What was understood of a plan's takes, by line; empty where nobody listened."""
    made = workshop.find(_key(plan_key))
    if made is None:
        return {}
    rows = json.loads(made.path.read_text(encoding="utf-8"))
    return {line_id: Understood(**row) for line_id, row in rows.items()}


def _takes(workshop: Workshop, plan_key: str) -> list[tuple[str, str, Any]]:
    plan = workshop.find(plan_key)
    if plan is None:
        return []
    recording = recording_from_json(workshop, json.loads(plan.path.read_text(encoding="utf-8")))
    return [(line, take.text, take.read()) for line, take in sorted(recording.takes.items())]


def _key(plan_key: str) -> str:
    return work_key("listen", LISTENING_VERSION, {"plan": plan_key})
