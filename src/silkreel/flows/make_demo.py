"""The main job from end to end: a drama is made, then treated as a stranger's series.

Its captions are read by OCR, it is dubbed into three languages from approved translations, released
and ready to be served; what was read is held against the script that only this journey knows.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from rapidfuzz.distance import Levenshtein

from silkreel.bible.lines import lines_of
from silkreel.bible.memory import remember
from silkreel.catalogue.episodes import find_episode
from silkreel.catalogue.series import find_series
from silkreel.flows.import_series import ImportReport, import_series
from silkreel.flows.make_sample import Progress, Sample, make_sample
from silkreel.flows.publish_story import Publication, publish_story
from silkreel.flows.table_read import speakers_of
from silkreel.kit.artifacts import Workshop
from silkreel.kit.clock import now
from silkreel.kit.refusals import Refusal
from silkreel.kit.settings import Settings
from silkreel.story.sample import LANTERN, approved_translations, load_sample

APPROVED_BY = "the sample's author"
SAME_LINE_CER = 0.5  # a read line further than this from every line of the script was invented


class DemoRefused(Refusal):
    """The sample was refused by its own importer."""

    status = 500
    message = "The sample could not be taken in: {sentence}"


@dataclass(frozen=True, slots=True)
class OcrScore:
    """How well the captions were read, against the known script."""

    characters: int
    wrong: int  # insertions, deletions and substitutions
    lines: int
    found: int
    invented: int

    @property
    def cer(self) -> float:
        """Character error rate over the whole series."""
        return self.wrong / self.characters if self.characters else 0.0

    def to_json(self) -> dict[str, Any]:
        """As scripts read it."""
        return {
            "cer": round(self.cer, 5),
            "lines": self.lines,
            "found": self.found,
            "invented": self.invented,
        }


@dataclass(frozen=True, slots=True)
class DemoSeries:
    """The sample, taken in, with its approved translations in the memory."""

    sample: Sample
    slug: str
    notes: tuple[str, ...]
    started_at: datetime


def make_demo_series(
    settings: Settings,
    workshop: Workshop,
    *,
    episodes: int | None = None,
    progress: Progress | None = None,
) -> DemoSeries:
    """Make the sample's folder, import it as anybody would, and approve its translations.

    `episodes` makes only so many of them. Safe to run again: what is there is found.

    Raises:
        DemoRefused, NoVoice, FontMissing: the sample cannot be made here.
    """
    started_at = now()
    whole = load_sample()
    drama = replace(whole, episodes=whole.episodes[:episodes])
    with speakers_of(settings) as (speakers, notes):
        sample = make_sample(
            settings.folder / "sample", speakers=speakers, drama=drama, progress=progress
        )
    report = import_series(workshop, sample.folder)
    _check(report)
    _approve(workshop, report.slug, sample)
    return DemoSeries(sample, report.slug, tuple(notes), started_at)


def publish_demo_story(workshop: Workshop, slug: str) -> Publication:
    """The sample's novel and game, published as anybody's story and joined to its series.

    Raises:
        StoryBlocked, NoInkEngine: it cannot be published here.
    """
    return publish_story(workshop, LANTERN, slug, by=APPROVED_BY, at=now())


def score_reading(workshop: Workshop, slug: str, sample: Sample) -> OcrScore:
    """Hold the lines that were read against the script's captions, episode by episode."""
    wrong = found = invented = characters = lines = 0
    for number, truth in sample.truth.items():
        with workshop.reading() as tx:
            episode = find_episode(tx, find_series(tx, slug).id, number)
            read = [row.source_text for row in lines_of(tx, episode.id) if row.came_from == "read"]
        pairs = _paired([_plain(text) for text in truth], [_plain(text) for text in read])
        for known, seen in pairs:
            wrong += Levenshtein.distance(known or "", seen or "")
            found += bool(known and seen)
            invented += known is None
        characters += sum(len(_plain(text)) for text in truth)
        lines += len(truth)
    return OcrScore(characters, wrong, lines, found, invented)


def _check(report: ImportReport) -> None:
    if report.refused:
        first = report.refused[0]
        raise DemoRefused(sentence=f"{first.name}: {first.sentence}")


def _approve(workshop: Workshop, slug: str, sample: Sample) -> None:
    """The author's translations enter the series memory, as a translator's sheet would."""
    with workshop.transaction() as tx:
        series = find_series(tx, slug)
        for script in sample.drama.episodes:
            for wording in approved_translations(script, sample.drama):
                remember(
                    tx, series.id, wording.language, wording.source_text, wording.text,
                    approved_by=APPROVED_BY, length=wording.length,
                )  # fmt: skip
            episode = find_episode(tx, series.id, script.number)
            episode.titles = dict(sample.drama.sheet.episodes[script.board.episode.name].title)


def _paired(truth: Sequence[str], read: Sequence[str]) -> list[tuple[str | None, str | None]]:
    """Script and reading side by side in order; None where one has no partner."""
    pairs: list[tuple[str | None, str | None]] = []
    left = list(read)
    for known in truth:
        best = min(left, key=lambda seen: Levenshtein.distance(known, seen), default=None)
        if best is not None and Levenshtein.distance(known, best) <= SAME_LINE_CER * len(known):
            left.remove(best)
            pairs.append((known, best))
        else:
            pairs.append((known, None))
    return pairs + [(None, seen) for seen in left]


def _plain(text: str) -> str:
    """Characters that count: no blanks, which captions set freely."""
    return "".join(text.split())
