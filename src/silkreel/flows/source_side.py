"""Whether all that is made once for every language stands: pictures, sounds, lines, cast.

It is noted when a localisation ends without a problem. A further language then goes straight to
its words, instead of asking every step of every episode whether there is anything left to do.
"""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import sqlalchemy as sa

import silkreel
from silkreel.bible.tables import CharacterRow, LineRow, TermRow
from silkreel.catalogue.series import episodes_of
from silkreel.catalogue.tables import EpisodeRow, RenditionRow, SeriesRow, SidecarRow
from silkreel.dubbing import bed
from silkreel.engines.registry import Skill
from silkreel.flows.at_hand import shelf_for
from silkreel.flows.picture import LADDER_VERSION, NotTakenInError, picture_of
from silkreel.flows.poster import POSTER_VERSION
from silkreel.flows.read_series import READING_VERSION
from silkreel.flows.soundtrack import ALIGNING_VERSION, HEARING_VERSION
from silkreel.flows.write_lines import JOINING_VERSION, PRINTS_VERSION
from silkreel.jobs.journeys import Answer, Arguments, Desk, stage
from silkreel.kit.artifacts import Workshop
from silkreel.kit.database import Session
from silkreel.kit.keys import canonical_json, work_key
from silkreel.kit.settings import Settings

VERSION = 1
MAKERS = {  # who made it: another version of any makes it anew
    "silkreel": silkreel.__version__,
    "ladder": LADDER_VERSION,
    "hear": HEARING_VERSION,
    "align": ALIGNING_VERSION,
    "bed": bed.VERSION,
    "read": READING_VERSION,
    "prints": PRINTS_VERSION,
    "join": JOINING_VERSION,
    "poster": POSTER_VERSION,
}
SKILLS: tuple[Skill, ...] = (
    "readers", "transcribers", "separators", "aligners", "voice_activity",
)  # fmt: skip


@stage("look_at_source", weight=0.01)
def look_at_source(desk: Desk, arguments: Arguments) -> Answer:
    """Ask whether an earlier localisation left everything that this one needs."""
    return {"stands": source_stands(desk.workshop, desk.settings, arguments["series_id"])}


@stage("note_source", weight=0.01)
def note_source(desk: Desk, arguments: Arguments) -> Answer:
    """Note that everything stands, as the series is now."""
    series_id = arguments["series_id"]
    with desk.workshop.reading() as tx:
        made_of = _made_of(tx, desk.settings, series_id)

    def write(folder: Path) -> tuple[Path, dict[str, Any]]:
        note = folder / "source.json"
        note.write_text(canonical_json(made_of), encoding="utf-8")
        return note, {}

    return {"note": desk.workshop.make(_key(made_of), "source", write).key}


def source_stands(workshop: Workshop, settings: Settings, series_id: str) -> bool:
    """Whether nothing is left to do before a language's own steps, and no file of it was lost."""
    with workshop.reading() as tx:
        made_of = _made_of(tx, settings, series_id)
        episodes = episodes_of(tx, series_id)
        files = tx.execute(
            sa.select(RenditionRow.content_hash, RenditionRow.suffix).where(
                RenditionRow.episode_id.in_([episode.id for episode in episodes])
            )
        ).all()
    if workshop.find(_key(made_of)) is None:
        return False
    held = all(workshop.store.holds(content_hash, suffix) for content_hash, suffix in files)
    return held and _have_pictures(workshop, episodes)


def _have_pictures(workshop: Workshop, episodes: Sequence[EpisodeRow]) -> bool:
    try:
        return all(picture_of(workshop, episode).shots is not None for episode in episodes)
    except NotTakenInError:
        return False


def _key(made_of: dict[str, Any]) -> str:
    return work_key("source", VERSION, made_of)


def _made_of(tx: Session, settings: Settings, series_id: str) -> dict[str, Any]:
    """All that the source side was made of: what came in, what people decided, which engines run."""
    shelf = shelf_for(settings)
    masters = sa.select(
        EpisodeRow.id, EpisodeRow.number, EpisodeRow.master_hash, EpisodeRow.fixes
    ).where(EpisodeRow.series_id == series_id)
    sidecars = (
        sa.select(
            SidecarRow.episode_id, SidecarRow.kind, SidecarRow.language, SidecarRow.content_hash
        )
        .join(EpisodeRow, EpisodeRow.id == SidecarRow.episode_id)
        .where(EpisodeRow.series_id == series_id)
    )
    lines = sa.select(LineRow.id, LineRow.source_hash, LineRow.character_id, LineRow.dubbed).where(
        LineRow.series_id == series_id
    )
    cast = sa.select(CharacterRow.id, CharacterRow.name, CharacterRow.found_by).where(
        CharacterRow.series_id == series_id
    )
    terms = sa.select(TermRow.source).where(TermRow.series_id == series_id)
    queries = {
        "masters": masters, "sidecars": sidecars, "lines": lines, "cast": cast, "terms": terms,
    }  # fmt: skip
    return {
        "language": tx.get_one(SeriesRow, series_id).source_language,
        "makers": MAKERS,
        "whisper_folder": str(settings.whisper_folder),
        "engines": {
            skill: list(shelf.available(skill, settings.engines(skill))[0]) for skill in SKILLS
        },
        **{
            name: sorted(canonical_json(list(row)) for row in tx.execute(query))
            for name, query in queries.items()
        },
    }
