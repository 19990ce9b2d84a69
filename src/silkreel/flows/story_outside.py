"""What a home knows of a story that its folder does not say: what was published, filmed and dubbed.

A story of the home is found by its line ids. Two stories begun from one template share some of them, so
one is taken only where no other of the home has as many.
"""

from collections import Counter
from collections.abc import Iterator, Mapping

import sqlalchemy as sa

from silkreel.catalogue.series import episodes_of, find_series
from silkreel.catalogue.tables import EpisodeRow, SeriesRow
from silkreel.dubbing.tables import DubRow
from silkreel.flows.dub_parts import spoken_seconds
from silkreel.flows.story_cues import cues_of
from silkreel.flows.story_shelf import StoryAt, StoryShelf
from silkreel.kit.artifacts import Workshop
from silkreel.kit.database import Session
from silkreel.story.forms.vtt import Cues
from silkreel.story.lints.evidence import Outside, Takes
from silkreel.story.project import Story
from silkreel.story.tables import StoryBeatRow, StoryVersionRow, StoryWorkRow

MOST_ASKED_IDS = 400  # ids a story is recognised by; SQLite takes a thousand in one question
LEAST_SHARE = 0.5  # of those ids; fewer are another story's


def story_outside(
    workshop: Workshop, story: Story, slug: str = "", shelf: StoryShelf | None = None
) -> Outside:
    """What is known of a story beyond its folder; nothing where the home does not have it.

    Args:
        workshop: the home's.
        story: as it lies in its folder.
        slug: the series it belongs to; by default found by the story's ids.
        shelf: versions read before, where somebody keeps them: reading one takes half the time here.

    Raises:
        NoSuchSeries: a slug was told and there is no such series.
    """
    with workshop.reading() as tx:
        series = find_series(tx, slug) if slug else _recognised(tx, story)
        newest = _newest_version(tx, series.id) if series is not None else None
        if series is None or newest is None:
            return Outside(series=series.slug if series is not None else "")
        shelf = shelf or StoryShelf(workshop)
        episodes = episodes_of(tx, series.id)
        filmed = frozenset(each.number for each in episodes)
        version = shelf.version(tx, newest.id)
        at = StoryAt(
            series.slug, series.id, version, drafts_allowed=True, own_titles={}, titles={},
            filmed=filmed,
        )  # fmt: skip
        return Outside(
            series=series.slug,
            before=dict(_words(shelf, at)),
            cues=_cues(tx, workshop, shelf, at, story),
            takes=_takes(tx, workshop, episodes),
        )


def _recognised(tx: Session, story: Story) -> SeriesRow | None:
    """The series whose story has most of these ids; None where none has half, or two as many."""
    ids = sorted(story.ids)[:MOST_ASKED_IDS]
    met = tx.execute(
        sa.select(StoryWorkRow.series_id, StoryBeatRow.line_id)
        .join(StoryVersionRow, StoryVersionRow.id == StoryBeatRow.version_id)
        .join(StoryWorkRow, StoryWorkRow.id == StoryVersionRow.work_id)
        .where(StoryBeatRow.line_id.in_(ids))
        .distinct()
    )
    best = Counter(series_id for series_id, _ in met).most_common(2)
    if not best or best[0][1] < LEAST_SHARE * len(ids):
        return None
    if len(best) > 1 and best[1][1] == best[0][1]:
        return None
    return tx.get_one(SeriesRow, best[0][0])


def _newest_version(tx: Session, series_id: str) -> StoryVersionRow | None:
    return tx.scalar(
        sa.select(StoryVersionRow)
        .join(StoryWorkRow, StoryWorkRow.id == StoryVersionRow.work_id)
        .where(StoryWorkRow.series_id == series_id)
        .order_by(StoryVersionRow.number.desc())
        .limit(1)
    )


def _words(shelf: StoryShelf, at: StoryAt) -> Iterator[tuple[str, str]]:
    """What every line read when it was published."""
    for (kind, _, language), file in at.version.files.items():
        if kind == "strings" and language == at.version.source_language:
            strings: Mapping[str, Mapping[str, str]] = shelf.page(file)["strings"]
            yield from ((line_id, told["text"]) for line_id, told in strings.items())


def _cues(
    tx: Session, workshop: Workshop, shelf: StoryShelf, at: StoryAt, story: Story
) -> dict[str, Cues]:
    """When lines are said in every language the story is worded in, over all filmed episodes."""
    found: dict[str, Cues] = {}
    numbers = sorted(at.filmed & at.version.episodes.keys())
    for language in dict.fromkeys((story.project.language, *story.project.languages)):
        told = [cues_of(tx, shelf, workshop.store, at, each, language) for each in numbers]
        found[language] = {line_id: cue for cues in told for line_id, cue in cues.items()}
    return found


def _takes(tx: Session, workshop: Workshop, episodes: list[EpisodeRow]) -> dict[str, Takes]:
    """How long each wording lasts that was spoken for a dub, by language."""
    found: dict[str, dict[str, float]] = {}
    query = sa.select(DubRow).where(DubRow.episode_id.in_([each.id for each in episodes]))
    for dub in tx.scalars(query):
        found.setdefault(dub.language, {}).update(spoken_seconds(workshop, dub))
    return {**found}
