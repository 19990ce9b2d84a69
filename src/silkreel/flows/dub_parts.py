"""What the steps of a dub read together: an episode's lines, wordings, cast and plan."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction

import sqlalchemy as sa

from silkreel.bible.cast import cast_of, voices_of
from silkreel.bible.lines import lines_of
from silkreel.bible.tables import LineRow
from silkreel.catalogue.tables import EpisodeRow, SeriesRow
from silkreel.dubbing.fit_plan import FitPlan
from silkreel.dubbing.plans import lengths_from_json, plan_from_json
from silkreel.dubbing.tables import DubRow, WordingRow
from silkreel.dubbing.take_sound import TakeSound
from silkreel.dubbing.wordings import wordings_of_lines
from silkreel.engines.contracts import VoiceChoice
from silkreel.kit.artifacts import ArtifactRow, Workshop
from silkreel.kit.database import Session
from silkreel.kit.languages import primary


@dataclass(frozen=True, slots=True)
class DubParts:
    """Everything that is known of an episode in a language before a step begins."""

    series: SeriesRow
    episode: EpisodeRow
    lines: tuple[LineRow, ...]
    wordings: Mapping[str, Mapping[str, WordingRow]]  # line id -> length -> wording
    voices: Mapping[str, VoiceChoice]  # by character id
    names: Mapping[str, str]  # of characters, in the language where there is one
    credits: Mapping[str, str]  # the same, and `Voice 1` for a character nobody named
    dub: DubRow | None

    @property
    def frame_rate(self) -> Fraction:
        """The picture's."""
        return Fraction(self.episode.frame_rate)

    def speaker(self, line: LineRow) -> str:
        """The name of who speaks; nobody's for a caption, or an unnamed voice."""
        return self.names.get(line.character_id or "", "")

    def credit(self, line: LineRow) -> str:
        """Whose line it is, for people's eyes: a name, or `Voice 1`."""
        return self.credits.get(line.character_id or "", "")

    def full(self, line: LineRow) -> WordingRow | None:
        """The line's full wording, if it is worded."""
        return self.wordings.get(line.id, {}).get("full")


def dub_parts(tx: Session, episode_id: str, language: str) -> DubParts:
    """Read an episode's parts in a language."""
    episode = tx.get_one(EpisodeRow, episode_id)
    lines = lines_of(tx, episode_id)
    names, unnamed = _names(tx, episode.series_id, language)
    characters = sorted({line.character_id for line in lines if line.character_id})
    return DubParts(
        series=tx.get_one(SeriesRow, episode.series_id),
        episode=episode,
        lines=tuple(lines),
        wordings=wordings_of_lines(tx, episode.series_id, language, [line.id for line in lines]),
        voices=voices_of(tx, characters, language),
        names=names,
        credits={**names, **unnamed},
        dub=tx.get(DubRow, (episode_id, language)),
    )


def plan_of(workshop: Workshop, dub: DubRow) -> FitPlan:
    """Where everything is spoken in a dub."""
    made = workshop.find(dub.plan_key)
    if made is None:
        raise LookupError(f"the plan of episode {dub.episode_id} in {dub.language} is gone")
    return plan_from_json(json.loads(made.path.read_text(encoding="utf-8")))


def sounds_of_takes(workshop: Workshop, dub: DubRow) -> Mapping[str, TakeSound]:
    """What was measured of each placed take, by line, when it was spoken."""
    made = workshop.find(dub.plan_key)
    if made is None:
        return {}
    takes: dict[str, str] = json.loads(made.path.read_text(encoding="utf-8"))["takes"]
    query = sa.select(ArtifactRow.key, ArtifactRow.facts).where(
        ArtifactRow.key.in_(sorted(takes.values()))
    )
    with workshop.reading() as tx:
        facts = {key: found.get("sound") for key, found in tx.execute(query)}
    sounds = {line: TakeSound.from_json(facts.get(key)) for line, key in takes.items()}
    return {line: sound for line, sound in sounds.items() if sound is not None}


def spoken_seconds(workshop: Workshop, dub: DubRow) -> dict[str, float]:
    """How long each wording lasts that was spoken for a dub; nothing where its plan is gone."""
    made = workshop.find(dub.plan_key)
    return lengths_from_json(json.loads(made.path.read_text(encoding="utf-8"))) if made else {}


def _names(tx: Session, series_id: str, language: str) -> tuple[dict[str, str], dict[str, str]]:
    """Names of characters somebody named; apart from them `Voice 1`, which viewers never see."""
    named, unnamed = {}, {}
    for row in cast_of(tx, series_id):
        if row.found_by == "voice":
            unnamed[row.id] = row.name
            continue
        own = row.names or {}
        named[row.id] = own.get(language) or own.get(primary(language)) or row.name
    return named, unnamed
