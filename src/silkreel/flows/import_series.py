"""A folder of episodes becomes a series: probe each file, keep what is good, say what is not."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

import sqlalchemy as sa

from silkreel.bible.cast import keep_voice, put_character
from silkreel.bible.terms import put_term
from silkreel.catalogue.episodes import Master, NoSuchEpisode, find_episode, put_master, put_sidecar
from silkreel.catalogue.numbering import episode_number
from silkreel.catalogue.series import open_series, slug_of
from silkreel.catalogue.tables import ImportFindingRow, SeriesRow
from silkreel.engines.contracts import VoiceChoice
from silkreel.flows.series_sheet import SeriesSheet, read_sheet
from silkreel.kit.artifacts import Workshop
from silkreel.kit.clock import now
from silkreel.kit.database import Session
from silkreel.kit.keys import file_hash
from silkreel.kit.languages import UnknownLanguage, normal_tag
from silkreel.kit.refusals import Refusal
from silkreel.kit.words import words
from silkreel.media.probe import Finding, Orientation, Probe, ProbeRules, probe_file

PICTURES = frozenset({".mp4", ".mov", ".m4v", ".mkv", ".webm", ".ts", ".m2ts", ".avi", ".flv"})
SUBTITLES = frozenset({".srt", ".vtt", ".ass"})
STEMS = frozenset({".wav", ".m4a", ".flac"})
IGNORED = frozenset(
    {".ds_store", "thumbs.db", "desktop.ini", ".nfo", ".txt", ".md", ".jpg", ".png"}
)
SUBTITLE_BYTES = 5 * 1024 * 1024  # two hours of subtitles are below 300 KB
MAX_FILES = 2000  # a series has 100 episodes and a few sidecars each


class NoFolder(Refusal):
    """The path is no folder."""

    status = 404
    message = "{path} is not a folder; give the folder that holds the episodes."


class NoEpisodes(Refusal):
    """The folder holds no video file."""

    message = "{path} holds no video files ({kinds}); is it the right folder?"


class TooManyFiles(Refusal):
    """The folder holds more files than a series can have."""

    message = "{path} holds more than {limit} files; give the folder of one series."


class NoNumber(Refusal):
    """A file's name has no episode number."""

    message = "No episode number in this name; call it for example 01.mp4 or ep01.mp4."


class SameNumber(Refusal):
    """Two files claim one episode."""

    message = "{other} is episode {number} already; rename one of the two."


class NoSuchEpisodeForSidecar(Refusal):
    """A sidecar whose episode is not there."""

    message = (
        "No episode in this folder belongs to this file; its name must start like the episode's."
    )


class SidecarName(Refusal):
    """A subtitle file without a language in its name."""

    message = "Put the language before the ending, for example {stem}.zh{suffix}."


class SidecarTooLarge(Refusal):
    """A subtitle file larger than any subtitle."""

    message = "This subtitle file is larger than 5 MB, which no episode's subtitles are."


@dataclass(frozen=True, slots=True)
class ImportOptions:
    """What the person who imports says on top of series.yaml."""

    slug: str | None = None
    source_language: str | None = None
    orientation: Orientation | None = None
    fixes: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class FileReport:
    """What became of one file."""

    name: str
    state: str  # taken | unchanged | refused | ignored
    number: int | None = None
    code: str = ""
    sentence: str = ""
    mends: tuple[str, ...] = ()  # accepted fixes, in words


@dataclass(slots=True)
class ImportReport:
    """What became of a folder."""

    slug: str
    files: list[FileReport] = field(default_factory=list)

    @property
    def refused(self) -> list[FileReport]:
        """Files that were not taken, each with its sentence."""
        return [report for report in self.files if report.state == "refused"]


@dataclass(frozen=True, slots=True)
class Folder:
    """A folder sorted out by name alone."""

    episodes: dict[int, Path]
    sidecars: tuple[Path, ...]
    refused: tuple[FileReport, ...]


def import_series(
    workshop: Workshop,
    path: Path,
    options: ImportOptions | None = None,
    *,
    progress: Callable[[FileReport], None] = lambda _: None,
) -> ImportReport:
    """Take a folder into the catalogue; doing it again changes nothing.

    One bad file never stops the others: each gets its own sentence in the report.

    Raises:
        NoFolder, NoEpisodes, TooManyFiles, BadSheet, BadSlug: nothing can be taken at all.
    """
    options = options or ImportOptions()
    folder = path.expanduser().resolve()
    if not folder.is_dir():
        raise NoFolder(path=str(path))
    sheet = read_sheet(folder)
    sorted_out = sort_out(folder)
    slug = options.slug or sheet.slug or slug_of(folder.name)
    with workshop.transaction() as tx:
        series_id = _open(tx, slug, sheet, options)
    report = ImportReport(slug)
    rules = ProbeRules(
        orientation=options.orientation or sheet.orientation,
        fixes=options.fixes | frozenset(sheet.fixes),
    )
    for each in _take_all(workshop, series_id, sorted_out, rules):
        report.files.append(each)
        progress(each)
    with workshop.transaction() as tx:
        _keep_findings(tx, series_id, report)
    return report


def sort_out(folder: Path) -> Folder:
    """Tell episodes and sidecars apart by their names.

    Raises:
        NoEpisodes, TooManyFiles: the folder is not a series.
    """
    files = sorted(each for each in folder.iterdir() if each.is_file())
    if len(files) > MAX_FILES:
        raise TooManyFiles(path=str(folder), limit=MAX_FILES)
    videos = [each for each in files if each.suffix.lower() in PICTURES]
    if not videos:
        raise NoEpisodes(path=str(folder), kinds=", ".join(sorted(PICTURES)))
    episodes: dict[int, Path] = {}
    refused: list[FileReport] = []
    for video in videos:
        number = episode_number(video.stem) or (1 if len(videos) == 1 else None)
        if number is None:
            refused.append(_refused(video, NoNumber()))
        elif number in episodes:
            refused.append(_refused(video, SameNumber(other=episodes[number].name, number=number)))
        else:
            episodes[number] = video
    sidecars = tuple(each for each in files if each.suffix.lower() in SUBTITLES | STEMS)
    return Folder(dict(sorted(episodes.items())), sidecars, tuple(refused))


def _open(tx: Session, slug: str, sheet: SeriesSheet, options: ImportOptions) -> str:
    language = normal_tag(options.source_language or sheet.source_language)
    series = open_series(
        tx,
        slug,
        titles=sheet.title,
        synopses=sheet.synopsis,
        source_language=language,
        orientation=options.orientation or sheet.orientation,
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


def _take_all(
    workshop: Workshop, series_id: str, folder: Folder, rules: ProbeRules
) -> Iterator[FileReport]:
    yield from folder.refused
    taken: dict[int, Path] = {}
    for number, path in folder.episodes.items():
        report = _attempt(path, partial(_take_episode, workshop, series_id, number, path, rules))
        if report.state != "refused":
            taken[number] = path
        yield report
    for sidecar in folder.sidecars:
        take = partial(_take_sidecar, workshop, series_id, sidecar, folder.episodes, taken)
        yield _attempt(sidecar, take)


def _attempt(path: Path, work: Callable[[], FileReport]) -> FileReport:
    try:
        return work()
    except Refusal as refusal:
        return _refused(path, refusal)
    except OSError as problem:
        return FileReport(path.name, "refused", code="import.unreadable", sentence=str(problem))


def _take_episode(
    workshop: Workshop, series_id: str, number: int, path: Path, rules: ProbeRules
) -> FileReport:
    digest = file_hash(path)
    if _known(workshop, series_id, number, digest, rules):
        return FileReport(path.name, "unchanged", number)
    probe = probe_file(path, rules=rules)
    worst = [finding for finding in probe.findings if not finding.accepted]
    if probe.refused:
        return FileReport(
            path.name, "refused", number, worst[0].refusal.code, _sentence(worst)
        )  # fmt: skip
    mends = tuple(str(finding.refusal) for finding in probe.findings if finding.accepted)
    if not workshop.store.holds(digest, path.suffix.lower()):
        digest = workshop.store.copy(path)
    with workshop.transaction() as tx:
        _, changed = put_master(tx, series_id, number, _master(probe, digest, path))
    return FileReport(path.name, "taken" if changed else "unchanged", number, mends=mends)


def _known(workshop: Workshop, series_id: str, number: int, digest: str, rules: ProbeRules) -> bool:
    """Whether this very file was taken before, mended no further than these rules allow."""
    with workshop.reading() as tx:
        try:
            episode = find_episode(tx, series_id, number)
        except NoSuchEpisode:
            return False
        orientation = tx.get_one(SeriesRow, series_id).orientation
    vertical = episode.height_pixels > episode.width_pixels
    return (
        episode.master_hash == digest
        and rules.fixes >= set(episode.fixes)
        and (vertical or orientation == "landscape" or bool(episode.fixes))
        and workshop.store.holds(digest, episode.master_suffix)
    )


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


def _take_sidecar(
    workshop: Workshop,
    series_id: str,
    path: Path,
    episodes: dict[int, Path],
    taken: dict[int, Path],
) -> FileReport:
    stem, _, mark = path.stem.rpartition(".")
    if path.suffix.lower() in STEMS and mark.lower() not in {"me", "m&e", "mne"}:
        return FileReport(
            path.name, "ignored", sentence=words("Not a music-and-effects stem (.me.wav).")
        )
    number = _owner(stem or path.stem, episodes)
    if number is None or number not in taken:
        raise NoSuchEpisodeForSidecar
    kind, language = "me", ""
    if path.suffix.lower() in SUBTITLES:
        kind, language = "subtitles", _language(path, mark)
        if path.stat().st_size > SUBTITLE_BYTES:
            raise SidecarTooLarge
    digest = workshop.store.copy(path)
    with workshop.transaction() as tx:
        episode = find_episode(tx, series_id, number)
        changed = put_sidecar(
            tx, episode.id, kind=kind, language=language, content_hash=digest,
            suffix=path.suffix.lower(), name=path.name,
        )  # fmt: skip
    return FileReport(path.name, "taken" if changed else "unchanged", number)


def _owner(stem: str, episodes: dict[int, Path]) -> int | None:
    for number, path in episodes.items():
        if path.stem == stem:
            return number
    named = episode_number(stem)
    return named if named in episodes else None


def _language(path: Path, mark: str) -> str:
    try:
        return normal_tag(mark)
    except UnknownLanguage:
        raise SidecarName(stem=path.stem, suffix=path.suffix) from None


def _refused(path: Path, refusal: Refusal) -> FileReport:
    return FileReport(path.name, "refused", code=refusal.code, sentence=str(refusal))


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
