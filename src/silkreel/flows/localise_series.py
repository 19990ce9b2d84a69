"""A series goes into other languages: every step is durable, and none is done twice.

1. every episode is taken in: picture ladder, sound, speech heard, bed made (no language yet)
2. the place of burned-in captions is agreed over the first episodes, then each is read
3. script, captions and speech become lines with permanent ids; voices become characters
4. every episode is dubbed into every language, each on its own way
5. the rungs that may wait are encoded; the series is checked as a whole

Where an earlier run left 1 to 3 and the rungs done, a further language begins at 4.
"""

from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa

from silkreel.bible.tables import CharacterRow, LineRow, MemoryRow, TermRow, VoiceRow
from silkreel.catalogue.series import episodes_of, find_series
from silkreel.catalogue.tables import EpisodeRow, SidecarRow
from silkreel.dubbing.tables import WordingRow
from silkreel.flows.problems import Problem, problems_of
from silkreel.jobs.journeys import (
    Answer,
    Arguments,
    JobOrder,
    JourneyCall,
    Run,
    StageCall,
    StageFailed,
    journey,
)
from silkreel.kit.artifacts import Workshop
from silkreel.kit.database import Session
from silkreel.kit.keys import canonical_json, text_hash
from silkreel.kit.languages import normal_tag
from silkreel.kit.refusals import Refusal
from silkreel.kit.settings import Settings

BAND_EPISODES = 3  # the place of captions is voted over so many
FIRST, BULK, LATER = 1, 10, 50  # priorities: what viewers wait for, the rest, upper rungs
MAX_LANGUAGES = 40  # more in one order is a mistake


class NothingToLocalise(Refusal):
    """The series has no episode."""

    status = 409
    message = "{slug} has no episodes; import a folder with at least one good file first."


class TooManyLanguages(Refusal):
    """More languages than anybody orders at once."""

    message = "{count} languages in one order; the limit is {limit}. Order them in two runs."


class SourceLanguage(Refusal):
    """The target is the language the series is in."""

    message = "{slug} is in {language} already; name other languages after --to."


def order_localisation(
    workshop: Workshop, settings: Settings, slug: str, languages: Sequence[str]
) -> JobOrder:
    """The job that brings a series into these languages as everything stands now.

    Asked again with nothing changed it is the same job; a new episode, an approved wording or
    another translator makes a new one, which finds all finished work.

    Raises:
        NoSuchSeries, NothingToLocalise, TooManyLanguages, UnknownLanguage, SourceLanguage.
    """
    tags = sorted({normal_tag(language) for language in languages})
    if len(tags) > MAX_LANGUAGES:
        raise TooManyLanguages(count=len(tags), limit=MAX_LANGUAGES)
    with workshop.reading() as tx:
        series = find_series(tx, slug)
        if series.source_language in tags:
            raise SourceLanguage(slug=slug, language=series.source_language)
        episodes = [episode.id for episode in episodes_of(tx, series.id)]
        if not episodes:
            raise NothingToLocalise(slug=slug)
        state = text_hash(canonical_json([_state(tx, series.id), _engines(settings)]))
        arguments: dict[str, Any] = {
            "series_id": series.id,
            "episodes": episodes,
            "languages": tags,
            "state": state,
        }
    return JobOrder("localise_series", arguments)


@journey("localise_series")
def localise_series(run: Run, arguments: Arguments) -> Answer:
    """The whole journey of a series; one episode's no never stops the others."""
    series_id, languages = arguments["series_id"], arguments["languages"]
    looked = run.stage(StageCall("look_at_source", "look", {"series_id": series_id}, FIRST))
    if not isinstance(looked, StageFailed) and looked.get("stands"):
        episodes, problems = (
            list(arguments["episodes"]),
            _dub(run, arguments, arguments["episodes"]),
        )
    else:
        episodes, problems = _from_the_source(run, arguments)
    checked = run.together([
        StageCall(
            "check_series", f"check series {language}",
            {"series_id": series_id, "language": language},
        )
        for language in languages
    ])  # fmt: skip
    problems += problems_of(checked)
    return {"episodes": len(episodes), "languages": list(languages), "problems": problems}


def _from_the_source(run: Run, arguments: Arguments) -> tuple[list[str], list[Problem]]:
    """Everything, from the masters on; where nothing went wrong it is noted for the next language."""
    series_id = arguments["series_id"]
    taken = run.branches([
        JourneyCall("take_in_episode", f"take in {episode}", {"episode_id": episode})
        for episode in arguments["episodes"]
    ])  # fmt: skip
    problems = problems_of(taken)
    episodes = [
        episode
        for episode, answer in zip(arguments["episodes"], taken, strict=True)
        if not isinstance(answer, StageFailed)
    ]
    problems += _write_lines(run, series_id, episodes)
    of_languages = _dub(run, arguments, episodes)
    upper = run.together([
        StageCall("encode_upper_rungs", f"upper rungs {episode}", {"episode_id": episode}, LATER)
        for episode in episodes
    ])  # fmt: skip
    problems += problems_of(upper)
    if not problems:
        run.stage(StageCall("note_source", "note", {"series_id": series_id}))
    return episodes, problems + of_languages


def _write_lines(run: Run, series_id: str, episodes: Sequence[str]) -> list[Problem]:
    band = run.stage(
        StageCall(
            "vote_band",
            "find captions",
            {"series_id": series_id, "episodes": list(episodes[:BAND_EPISODES])},
            FIRST,
        )
    )
    read = run.together([
        StageCall("read_captions", f"read {episode}", {"episode_id": episode}, FIRST)
        for episode in episodes
    ])  # fmt: skip
    joined = run.together([
        StageCall("join_lines", f"lines {episode}", {"episode_id": episode}, FIRST)
        for episode in episodes
    ])  # fmt: skip
    cast = run.stage(StageCall("cast_series", "voices", {"series_id": series_id}, FIRST))
    captioned = run.together([
        StageCall("caption_original", f"captions {episode}", {"episode_id": episode})
        for episode in episodes
    ])  # fmt: skip
    posters = run.together([
        StageCall("choose_poster", f"poster {episode}", {"episode_id": episode})
        for episode in episodes
    ])  # fmt: skip
    return problems_of([band, *read, *joined, cast, *captioned, *posters])


def _dub(run: Run, arguments: Arguments, episodes: Sequence[str]) -> list[Problem]:
    series_id, languages = arguments["series_id"], arguments["languages"]
    chosen = run.together([
        StageCall(
            "choose_voices", f"choose voices {language}",
            {"series_id": series_id, "language": language}, FIRST,
        )
        for language in languages
    ])  # fmt: skip
    dubbed = run.branches([
        JourneyCall(
            "dub_episode", f"dub {episode} {language}",
            {"episode_id": episode, "language": language},
        )
        for episode in episodes
        for language in languages
    ])  # fmt: skip
    return problems_of([*chosen, *dubbed])


def _state(tx: Session, series_id: str) -> list[Any]:
    """Everything a person or a folder decided about the series; nothing that machines made."""
    masters = sa.select(EpisodeRow.number, EpisodeRow.master_hash, EpisodeRow.fixes).where(
        EpisodeRow.series_id == series_id
    )
    sidecars = (
        sa.select(
            SidecarRow.episode_id, SidecarRow.kind, SidecarRow.language, SidecarRow.content_hash
        )
        .join(EpisodeRow, EpisodeRow.id == SidecarRow.episode_id)
        .where(EpisodeRow.series_id == series_id)
    )
    cast = sa.select(LineRow.id, LineRow.character_id).where(
        LineRow.series_id == series_id,
        LineRow.character_id.in_(
            sa.select(CharacterRow.id).where(CharacterRow.found_by == "person")
        ),
    )
    corrected = sa.select(LineRow.id, LineRow.source_text, LineRow.dubbed).where(
        LineRow.series_id == series_id, LineRow.came_from == "person"
    )
    approved = sa.select(
        WordingRow.line_id, WordingRow.language, WordingRow.use, WordingRow.length, WordingRow.text
    ).where(WordingRow.series_id == series_id, ~WordingRow.draft, WordingRow.origin == "person")
    memory = sa.select(
        MemoryRow.language, MemoryRow.source_hash, MemoryRow.context_hash, MemoryRow.use,
        MemoryRow.length, MemoryRow.text,
    ).where(MemoryRow.series_id == series_id)  # fmt: skip
    terms = sa.select(TermRow.source, TermRow.targets, TermRow.forbidden).where(
        TermRow.series_id == series_id
    )
    locked = (
        sa.select(VoiceRow.character_id, VoiceRow.language, VoiceRow.engine, VoiceRow.preset)
        .join(CharacterRow, CharacterRow.id == VoiceRow.character_id)
        .where(CharacterRow.series_id == series_id, VoiceRow.locked)
    )
    queries = (masters, sidecars, cast, corrected, approved, memory, terms, locked)
    return [sorted(canonical_json(list(row)) for row in tx.execute(query)) for query in queries]


def _engines(settings: Settings) -> dict[str, str]:
    """What is configured and would change the outcome."""
    names = ("readers", "transcribers", "translators", "speakers", "separators")
    told = {name: str(getattr(settings, name)) for name in names}
    for name in (
        "translator_url",
        "translator_model",
        "ctranslate2_folder",
        "firefox_folder",
        "whisper_folder",
    ):
        told[name] = str(getattr(settings, name))
    return told
