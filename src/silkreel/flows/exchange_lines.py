"""Lines go out to people's own tools and come back: what waits, what is a draft, what is approved."""

from collections.abc import Sequence
from dataclasses import dataclass

from silkreel.catalogue.series import episodes_of, find_series
from silkreel.catalogue.tables import EpisodeRow, SeriesRow
from silkreel.dubbing.exchange import (
    Entry,
    ImportPlan,
    Sheet,
    SheetLine,
    apply_import,
    plan_import,
)
from silkreel.dubbing.po import read_po, write_po
from silkreel.dubbing.sheets import read_csv, write_csv
from silkreel.dubbing.subtitle_exchange import read_srt, write_srt
from silkreel.dubbing.translating import RequestParts, request_parts
from silkreel.dubbing.wordings import wording_of
from silkreel.flows.dub_parts import dub_parts
from silkreel.flows.translate_lines import lines_to_word
from silkreel.kit.artifacts import Workshop
from silkreel.kit.database import Session
from silkreel.kit.languages import normal_tag
from silkreel.kit.refusals import Refusal


class NoSuchForm(Refusal):
    """A file form nobody writes here."""

    message = "Lines go out and come back as po, csv or srt; {form} is none of them."


class OneEpisode(Refusal):
    """SRT holds the times of one episode."""

    message = "SRT holds one episode; add --episode N."


class NobodyApproves(Refusal):
    """An approval has to name a person."""

    message = "An approval needs a name: add --by NAME."


@dataclass(frozen=True, slots=True)
class LinesOrder:
    """Which lines: of a series, in a language, of one episode or all."""

    slug: str
    language: str
    episode: int | None = None
    waiting_only: bool = False


@dataclass(frozen=True, slots=True)
class Returned:
    """What an import did."""

    plan: ImportPlan
    approved: int
    proposed: int


def open_sheet(workshop: Workshop, order: LinesOrder) -> Sheet:
    """The lines with their wordings as they are now.

    Raises:
        NoSuchSeries: there is none of that slug.
    """
    language = normal_tag(order.language)
    with workshop.reading() as tx:
        series = find_series(tx, order.slug)
        lines = [
            line
            for episode in episodes_of(tx, series.id)
            if order.episode in (None, episode.number)
            for line in _sheet_lines(tx, episode, language)
        ]
    sheet = Sheet(series.slug, series.source_language, language, tuple(lines))
    return sheet.waiting() if order.waiting_only else sheet


def export_lines(workshop: Workshop, order: LinesOrder, form: str) -> dict[str, bytes]:
    """Files by ending: one, or for SRT the file and its side-car map of ids.

    Raises:
        NoSuchForm, OneEpisode, NoSuchSeries.
    """
    sheet = open_sheet(workshop, order)
    if form == "po":
        return {"po": write_po(sheet)}
    if form == "csv":
        return {"csv": write_csv(sheet)}
    if form == "srt":
        if order.episode is None:
            raise OneEpisode
        made = write_srt(sheet)
        return {"srt": made.srt, "srt.json": made.id_map}
    raise NoSuchForm(form=form)


def import_lines(
    workshop: Workshop,
    order: LinesOrder,
    content: bytes,
    *,
    name: str,
    id_map: bytes | None = None,
    by: str = "",
    approve: bool = False,
    despite_gate: bool = False,
) -> Returned:
    """Take texts back as proposals, or as approvals of `by`.

    Unknown ids, lines whose source has changed and texts the gate turns down are listed in the plan
    and left alone.

    Raises:
        NobodyApproves, NoSuchForm, NotReadable, FileTooLarge, NoSuchSeries.
    """
    if approve and not by:
        raise NobodyApproves
    sheet = open_sheet(workshop, order)
    entries = _entries(content, sheet, name, id_map)
    with workshop.transaction() as tx:
        series = find_series(tx, order.slug)
        parts = _parts(tx, series, sheet.language)
        plan = plan_import(sheet, entries, parts, approve=approve, despite_gate=despite_gate)
        approved, proposed = apply_import(tx, series.id, sheet.language, plan, by=by)
    return Returned(plan, approved, proposed)


def approve_drafts(
    workshop: Workshop, order: LinesOrder, *, by: str, only: Sequence[str] = ()
) -> Returned:
    """Approve wordings as they stand: those of the lines named, or every draft that the gate passes.

    Raises:
        NobodyApproves, NoSuchSeries.
    """
    if not by:
        raise NobodyApproves
    sheet = open_sheet(workshop, order)
    entries = [
        Entry(each.line.line_id, wording.text, each.line.source_hash, length)
        for each in sheet.lines
        if not only or each.line.line_id in only
        for length, wording in each.wordings.items()
        if wording.draft and wording.usable and wording.source_hash == each.line.source_hash
    ]
    with workshop.transaction() as tx:
        series = find_series(tx, order.slug)
        parts = _parts(tx, series, sheet.language)
        plan = plan_import(sheet, entries, parts, approve=True)
        approved, proposed = apply_import(tx, series.id, sheet.language, plan, by=by)
    return Returned(plan, approved, proposed)


def _sheet_lines(tx: Session, episode: EpisodeRow, language: str) -> list[SheetLine]:
    parts = dub_parts(tx, episode.id, language)
    whose = {row.id: parts.credit(row) for row in parts.lines}
    return [
        SheetLine(
            line,
            {
                row.length: wording_of(row)  # type: ignore[misc]  # lengths are ours
                for row in parts.wordings.get(line.line_id, {}).values()
            },
            credit=whose[line.line_id],
        )
        for line in lines_to_word(parts, language)
    ]


def _parts(tx: Session, series: SeriesRow, language: str) -> RequestParts:
    return request_parts(
        tx, series.id, source_language=series.source_language, target_language=language
    )


def _entries(content: bytes, sheet: Sheet, name: str, id_map: bytes | None) -> tuple[Entry, ...]:
    form = name.rsplit(".", 1)[-1].lower()
    if form == "po":
        return read_po(content, name)
    if form == "csv":
        return read_csv(content, name)
    if form == "srt":
        return read_srt(content, sheet, id_map=id_map, name=name).entries
    raise NoSuchForm(form=form)
