"""What came beside an episode: its script and its stem, examined before they are believed."""

from pathlib import Path

from silkreel.catalogue.episodes import find_episode, put_sidecar, sidecars_of
from silkreel.catalogue.tables import EpisodeRow
from silkreel.dubbing.sidecars import examine_script
from silkreel.flows.series_folder import STEMS, SUBTITLES, FileReport, Folder
from silkreel.kit.artifacts import Workshop
from silkreel.kit.keys import file_hash
from silkreel.kit.languages import normal_tag
from silkreel.kit.refusals import Refusal
from silkreel.media.stems import probe_stem

SUBTITLE_BYTES = 5 * 1024 * 1024  # two hours of subtitles are below 300 KB
STEM_MARKS = frozenset({"me", "m&e", "mne"})


class NoSuchEpisodeForSidecar(Refusal):
    """A sidecar whose episode is not there."""

    message = (
        "No episode in this folder belongs to this file; its name must start like the episode's."
    )


class EpisodeRefused(Refusal):
    """A sidecar whose episode was not taken."""

    message = "Its episode {name} was refused; mend that file and import the folder again."


class SidecarName(Refusal):
    """A subtitle file without a language in its name."""

    message = "Put the language before the ending, for example {stem}.zh{suffix}."


class SidecarTooLarge(Refusal):
    """A subtitle file larger than any subtitle."""

    message = "This subtitle file is larger than 5 MB, which no episode's subtitles are."


def take_sidecar(
    workshop: Workshop, series_id: str | None, path: Path, folder: Folder, taken: set[int]
) -> FileReport:
    """Keep a file that came beside an episode, if it is what its name says.

    Raises:
        Refusal: it belongs to nothing, cannot be read, or does not fit its picture.
    """
    if _is_other_sound(path):
        return FileReport(path.name, "ignored", sentence="Not a music-and-effects stem (.me.wav).")
    number = _episode_of(path, folder, taken)
    kind, language = "me", ""
    if path.suffix.lower() in SUBTITLES:
        kind, language = "subtitles", _language(path)
    digest = file_hash(path)
    assert series_id is not None  # an episode of it was taken
    with workshop.reading() as tx:
        episode = find_episode(tx, series_id, number)
        known = {(s.kind, s.language): s.content_hash for s in sidecars_of(tx, episode.id)}
    if known.get((kind, language)) == digest and workshop.store.holds(digest, path.suffix.lower()):
        return FileReport(path.name, "unchanged", number)
    _examine(path, kind, episode)
    digest = workshop.store.copy(path)
    with workshop.transaction() as tx:
        put_sidecar(
            tx, episode.id, kind=kind, language=language, content_hash=digest,
            suffix=path.suffix.lower(), name=path.name,
        )  # fmt: skip
    return FileReport(path.name, "taken", number)


def language_in_name(path: Path) -> str | None:
    """The language a subtitle file's name tells, None where it tells none."""
    if path.suffix.lower() not in SUBTITLES:
        return None
    try:
        return _language(path)
    except SidecarName:
        return None


def _is_other_sound(path: Path) -> bool:
    mark = path.stem.rpartition(".")[2].lower()
    return path.suffix.lower() in STEMS and mark not in STEM_MARKS


def _episode_of(path: Path, folder: Folder, taken: set[int]) -> int:
    stem = path.stem.rpartition(".")[0] or path.stem
    number = folder.owner(stem)
    if number in taken:
        return number
    refused = folder.episodes[number].name if number is not None else folder.refused_owner(stem)
    if refused is None:
        raise NoSuchEpisodeForSidecar
    raise EpisodeRefused(name=refused)


def _language(path: Path) -> str:
    stem, _, mark = path.stem.rpartition(".")
    try:
        return normal_tag(mark if stem else "")
    except Refusal:
        raise SidecarName(stem=path.stem, suffix=path.suffix) from None


def _examine(path: Path, kind: str, episode: EpisodeRow) -> None:
    if kind == "me":
        probe_stem(path, length_seconds=episode.length_seconds)
        return
    if path.stat().st_size > SUBTITLE_BYTES:
        raise SidecarTooLarge
    examine_script(path, name=path.name, length_seconds=episode.length_seconds)
