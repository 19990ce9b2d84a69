"""One memory for the drama, the novel and the game: a story and its series lend each other approved words."""

from collections.abc import Iterable, Iterator
from datetime import UTC, datetime

import sqlalchemy as sa

from silkreel.bible.memory import (
    Memory,
    Use,
    entry_of,
    keep_entry,
    key_of,
    memory_of,
    open_memory,
)
from silkreel.bible.tables import LineRow, MemoryRow
from silkreel.bible.terms import in_language, term_hints
from silkreel.catalogue.series import find_series
from silkreel.catalogue.tables import SeriesRow
from silkreel.dubbing.tables import WordingRow
from silkreel.dubbing.wordings import SourceLine
from silkreel.engines.contracts import TermHint
from silkreel.kit.clock import now
from silkreel.kit.database import Session
from silkreel.kit.keys import text_hash
from silkreel.kit.languages import primary
from silkreel.kit.refusals import Refusal
from silkreel.story.forms.po import Translations, Wording
from silkreel.story.project import Project
from silkreel.story.units import Unit
from silkreel.story.wordings import state_of

UNDATED = datetime(1970, 1, 1, tzinfo=UTC)  # a file tells no dates: what has one comes first
IN_STORY = "i18n"  # who approved what only the story's own files know


class OtherLanguage(Refusal):
    """A story and a series that were written in two languages."""

    status = 409
    message = (
        "The story is written in {story} and the series {slug} in {series}; only a series in the "
        "story's own language can share its translations."
    )


def series_of_story(tx: Session, project: Project, slug: str = "") -> SeriesRow | None:
    """The series whose memory a story shares: the one named, else story.yaml's, else none.

    Raises:
        NoSuchSeries: there is none of that slug.
        OtherLanguage: it was made in another language.
    """
    named = slug or project.series
    if not named:
        return None
    series = find_series(tx, named)
    if not speaks(series, project):
        raise OtherLanguage(story=project.language, slug=named, series=series.source_language)
    return series


def speaks(series: SeriesRow, project: Project) -> bool:
    """Whether story and series are in one language."""
    return primary(series.source_language) == primary(project.language)


def source_line(unit: Unit) -> SourceLine:
    """A text of a story as translators and the memory see it."""
    return SourceLine(
        unit.id, unit.text, text_hash(unit.text),
        speaker=unit.speaker, addressee=unit.addressee, previous=unit.previous,
    )  # fmt: skip


def story_terms(project: Project, language: str) -> tuple[TermHint, ...]:
    """What story.yaml says of names and phrases in a language; a term speaks before the cast."""
    hints = {
        term.source: TermHint(
            term.source, in_language(term.targets, language) or "", term.kind,
            tuple(in_language(term.forbidden, language) or ()),
        )
        for term in project.terms
    }  # fmt: skip
    for character in project.cast:
        form = in_language(character.names, language)
        if character.name and form and character.name not in hints:
            hints[character.name] = TermHint(character.name, form, "person")
    return tuple(hint for hint in hints.values() if hint.target or hint.forbidden)


def all_terms(
    tx: Session, series: SeriesRow | None, project: Project, language: str
) -> tuple[TermHint, ...]:
    """Terms of a story and of its series; the story's word stands where both have one."""
    theirs = term_hints(tx, series.id, language) if series is not None else ()
    merged = {hint.source: hint for hint in (*theirs, *story_terms(project, language))}
    return tuple(merged.values())


def shared_memory(
    tx: Session,
    series: SeriesRow | None,
    language: str,
    units: Iterable[Unit],
    translations: Translations,
) -> Memory:
    """All that was approved: in the series' memory, in its dub, and in the story's own file."""
    rows: list[MemoryRow] = []
    if series is not None:
        known = open_memory(tx, series.id, language, use="sub").rows
        rows += [row for row in known if row.length == "full"]
        rows += _of_the_dub(tx, series.id, language)
    own = [
        entry_of(
            "", language, unit.text, wording.text, approved_by=IN_STORY,
            context=source_line(unit).context, use=use, line_id=unit.id, approved_at=UNDATED,
        )
        for unit, use, wording in approved_in(units, translations)
    ]  # fmt: skip
    return memory_of((*rows, *own), use="sub")


def approved_in(
    units: Iterable[Unit], translations: Translations
) -> Iterator[tuple[Unit, Use, Wording]]:
    """Words of a story's file that somebody stands for and whose source has not changed since."""
    known = {unit.id: unit for unit in units}
    for wording in translations.wordings:
        unit = known.get(wording.line_id)
        if unit is not None and wording.text and state_of(wording, unit.text) == "approved":
            yield unit, "print" if unit.prose else wording.use, wording


def remember_story(
    tx: Session,
    series: SeriesRow,
    language: str,
    units: Iterable[Unit],
    translations: Translations,
    *,
    by: str,
    at: datetime | None = None,
) -> int:
    """Give the series' memory what a story has approved and it does not know; how much that was.

    What the memory has had for the same line once is not given again: a later approval elsewhere
    stays the newest.
    """
    memory = shared_memory(tx, series, language, (), Translations(language))
    written = {key_of(row) for row in memory.rows if row.id is not None}
    given = 0
    for unit, use, wording in approved_in(units, translations):
        entry = entry_of(
            series.id, language, unit.text, wording.text, approved_by=by,
            context=source_line(unit).context, use=use, line_id=unit.id, approved_at=at or now(),
        )  # fmt: skip
        known = memory.for_use(use).own_words(unit.id, unit.text)
        if entry.text in {each.text for each in known}:
            continue
        keep_entry(tx, entry, known=key_of(entry) in written)
        written.add(key_of(entry))
        given += 1
    tx.flush()
    return given


def _of_the_dub(tx: Session, series_id: str, language: str) -> Iterator[MemoryRow]:
    """Approved wordings of the series' lines as they read now, each under its line."""
    query = (
        sa.select(WordingRow, LineRow.source_text)
        .join(
            LineRow,
            sa.and_(LineRow.series_id == WordingRow.series_id, LineRow.id == WordingRow.line_id),
        )
        .where(WordingRow.series_id == series_id, WordingRow.language == language)
        .where(~WordingRow.draft, WordingRow.length == "full")
        .where(WordingRow.source_hash == LineRow.source_hash, ~LineRow.retired)
    )
    for row, source_text in tx.execute(query):
        yield entry_of(
            series_id, language, source_text, row.text, approved_by=row.approved_by or "",
            use=row.use,  # type: ignore[arg-type]  # uses are ours
            line_id=row.line_id, its_line_only=True, approved_at=row.made_at,
        )  # fmt: skip
