"""A folder of episodes becomes a series: probe each file, keep what is good, say what is not."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

import sqlalchemy as sa

from silkreel.bible.cast import keep_voice, put_character
from silkreel.bible.terms import put_term
from silkreel.catalogue.episodes import Master, NoSuchEpisode, find_episode, put_master
from silkreel.catalogue.series import BadSlug, known_series, open_series, slug_of
from silkreel.catalogue.tables import ImportFindingRow
from silkreel.engines.contracts import VoiceChoice
from silkreel.flows.series_folder import FileReport, Folder, Unreadable, refused, sort_out
from silkreel.flows.series_sheet import SeriesSheet, read_sheet
from silkreel.flows.source_language import Spoken, spoken_language
from silkreel.flows.take_sidecar import language_in_name, take_sidecar
from silkreel.kit.artifacts import Workshop
from silkreel.kit.clock import now
from silkreel.kit.database import Session
from silkreel.kit.keys import file_hash
from silkreel.kit.languages import normal_tag
from silkreel.kit.refusals import Refusal
from silkreel.media.probe import Finding, Orientation, Probe, ProbeRules, probe_file


@dataclass(frozen=True, slots=True)
class ImportOptions:
    """What the person who imports says on top of series.yaml."""

    slug: str | None = None
    source_language: str | None = None
    orientation: Orientation | None = None
    fixes: frozenset[str] = frozenset()


@dataclass(slots=True)
class ImportReport:
    """What became of a folder."""

    slug: str
    source_language: str
    files: list[FileReport] = field(default_factory=list)
    notes: tuple[str, ...] = ()  # what was taken without anybody saying so
    exists: bool = False  # whether there is such a series now

    @property
    def refused(self) -> list[FileReport]:
        """Files that were not taken, each with its sentence."""
        return [report for report in self.files if report.state == "refused"]


@dataclass(frozen=True, slots=True)
class _Plan:
    """What will be said of the series, and what its files are held against."""

    slug: str
    sheet: SeriesSheet
    source_language: str
    orientation: Orientation
    rules: ProbeRules
    fixes_said: bool


def import_series(
    workshop: Workshop,
    path: Path,
    options: ImportOptions | None = None,
    *,
    progress: Callable[[FileReport], None] = lambda _: None,
) -> ImportReport:
    """Take a folder into the catalogue; doing it again changes nothing.

    One bad file never stops the others: each gets its own sentence in the report. What was said of
    the series before stays unless the options or series.yaml say otherwise. A series of which no
    file was taken does not come into being.

    Raises:
        NoFolder, ClosedFolder, NoEpisodes, TooManyFiles, BadSheet, BadSlug, UnknownLanguage,
        UnknownFix: nothing can be taken at all.
    """
    options = options or ImportOptions()
    folder = path.expanduser().resolve()
    sorted_out = sort_out(folder)
    sheet = read_sheet(folder)
    slug = options.slug or sheet.slug or slug_of(folder.name)
    if slug != slug_of(slug):
        raise BadSlug(slug=slug)
    with workshop.transaction() as tx:
        known = known_series(tx, slug)
        stored = (known.source_language, known.orientation) if known else None
        spoken = _spoken(options, sheet, stored, sorted_out)
        plan = _plan(slug, options, sheet, spoken.tag, stored)
        intake = _Intake(workshop, plan, _open(tx, plan) if known else None)
    notes = (spoken.note,) if spoken.note else ()
    report = ImportReport(slug, spoken.tag, notes=notes)
    for each in intake.take(sorted_out):
        report.files.append(each)
        progress(each)
    report.exists = intake.series_id is not None
    if intake.series_id is not None:
        with workshop.transaction() as tx:
            _keep_findings(tx, intake.series_id, report)
    return report


def _spoken(
    options: ImportOptions,
    sheet: SeriesSheet,
    stored: tuple[str, str] | None,
    folder: Folder,
) -> Spoken:
    said = options.source_language or sheet.source_language
    languages = [language_in_name(each) for each in folder.sidecars]
    names = [each.stem for each in folder.episodes.values()]
    return spoken_language(
        normal_tag(said) if said else None,
        stored[0] if stored else None,
        subtitles=[language for language in languages if language],
        names=[*(sheet.title or {}).values(), *names],
    )


def _plan(
    slug: str,
    options: ImportOptions,
    sheet: SeriesSheet,
    source_language: str,
    stored: tuple[str, str] | None,
) -> _Plan:
    before: Orientation = "landscape" if stored and stored[1] == "landscape" else "vertical"
    orientation = options.orientation or sheet.orientation or before
    fixes = options.fixes | frozenset(sheet.fixes)
    rules = ProbeRules(orientation=orientation, fixes=fixes)
    return _Plan(slug, sheet, source_language, orientation, rules, bool(fixes))


def _open(tx: Session, plan: _Plan) -> str:
    sheet = plan.sheet
    series = open_series(
        tx,
        plan.slug,
        titles=_tagged(sheet.title, plan.source_language),
        synopses=_tagged(sheet.synopsis, plan.source_language),
        source_language=plan.source_language,
        orientation=plan.orientation,
        rights=sheet.rights,
    )
    for member in sheet.cast:
        row = put_character(tx, series.id, member.name, names=member.names, found_by="series.yaml")
        for tongue, voice in member.voices.items():
            engine, _, preset = voice.partition(":")
            keep_voice(tx, row.id, VoiceChoice(engine, preset, tongue))
    for term in sheet.terms:
        put_term(
            tx, series.id, term.source, kind=term.kind, reading=term.reading,
            targets=term.targets, forbidden=term.forbidden,
        )  # fmt: skip
    return series.id


def _tagged(texts: dict[str, str] | None, source_language: str) -> dict[str, str] | None:
    return None if texts is None else {tag or source_language: t for tag, t in texts.items()}


class _Intake:
    """Files on their way in; the series comes into being with the first that is taken."""

    def __init__(self, workshop: Workshop, plan: _Plan, series_id: str | None) -> None:
        self.series_id = series_id
        self._workshop = workshop
        self._plan = plan

    def take(self, folder: Folder) -> Iterator[FileReport]:
        """Every file of the folder with what became of it."""
        yield from folder.refused
        taken: set[int] = set()
        for number, path in folder.episodes.items():
            report = _attempt(path, number, partial(self._take_episode, number, path))
            if report.state != "refused":
                taken.add(number)
            yield report
        for path in folder.sidecars:
            take = partial(take_sidecar, self._workshop, self.series_id, path, folder, taken)
            yield _attempt(path, None, take)
        yield from folder.ignored

    def _take_episode(self, number: int, path: Path) -> FileReport:
        workshop, rules = self._workshop, self._plan.rules
        digest = file_hash(path)
        if self._known(number, digest):
            return FileReport(path.name, "unchanged", number)
        probe = probe_file(path, rules=rules)
        worst = [finding for finding in probe.findings if not finding.accepted]
        if probe.refused:
            code = worst[0].refusal.code
            return FileReport(path.name, "refused", number, code, _sentence(worst))
        mends = tuple(str(finding.refusal) for finding in probe.findings if finding.accepted)
        if not workshop.store.holds(digest, path.suffix.lower()):
            digest = workshop.store.copy(path)
        with workshop.transaction() as tx:
            series_id = self.series_id or _open(tx, self._plan)
            _, changed = put_master(tx, series_id, number, _master(probe, digest, path))
        self.series_id = series_id  # committed
        return FileReport(path.name, "taken" if changed else "unchanged", number, mends=mends)

    def _known(self, number: int, digest: str) -> bool:
        """Whether this very file was taken before, as it would be taken now.

        Mends that were accepted then stay accepted as long as nobody says others.
        """
        if self.series_id is None:
            return False
        with self._workshop.reading() as tx:
            try:
                episode = find_episode(tx, self.series_id, number)
            except NoSuchEpisode:
                return False
        plan, fixes = self._plan, set(episode.fixes)
        vertical = episode.height_pixels > episode.width_pixels
        return (
            episode.master_hash == digest
            and (not plan.fixes_said or plan.rules.fixes >= fixes)
            and (vertical or plan.orientation == "landscape" or bool(fixes))
            and self._workshop.store.holds(digest, episode.master_suffix)
        )


def _attempt(path: Path, number: int | None, work: Callable[[], FileReport]) -> FileReport:
    try:
        return work()
    except Refusal as refusal:
        return refused(path, refusal, number)
    except OSError as problem:
        return refused(path, Unreadable(why=problem.strerror or str(problem)), number)


def _master(probe: Probe, digest: str, path: Path) -> Master:
    return Master(
        content_hash=digest,
        suffix=path.suffix.lower(),
        width_pixels=probe.width_pixels,
        height_pixels=probe.height_pixels,
        frame_rate=probe.frame_rate,
        frame_count=probe.frame_count,
        length_seconds=probe.length_seconds,
        fixes=tuple(sorted(f.fix for f in probe.findings if f.accepted and f.fix)),
    )


def _sentence(findings: Sequence[Finding]) -> str:
    return " ".join(str(finding.refusal) for finding in findings)


def _keep_findings(tx: Session, series_id: str, report: ImportReport) -> None:
    tx.execute(sa.delete(ImportFindingRow).where(ImportFindingRow.series_id == series_id))
    for each in report.refused:
        tx.add(
            ImportFindingRow(
                series_id=series_id,
                file_name=each.name,
                code=each.code,
                sentence=each.sentence,
                refused=True,
                seen_at=now(),
            )
        )
