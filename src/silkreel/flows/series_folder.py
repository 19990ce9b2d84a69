"""A folder as a person sees it: which file is which episode, by name alone, and what is no file."""

import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from silkreel.catalogue.numbering import episode_number
from silkreel.flows.series_sheet import SHEET_NAMES
from silkreel.kit.refusals import Refusal

PICTURES = frozenset({".mp4", ".mov", ".m4v", ".mkv", ".webm", ".ts", ".m2ts", ".avi", ".flv"})
SUBTITLES = frozenset({".srt", ".vtt", ".ass"})
STEMS = frozenset({".wav", ".m4a", ".flac"})
# What lies in every folder of a studio and needs no word.
IGNORED = frozenset({".nfo", ".txt", ".md", ".jpg", ".jpeg", ".png", ".webp", ".pdf"})
IGNORED_NAMES = frozenset({"thumbs.db", "desktop.ini", *SHEET_NAMES})
MAX_FILES = 2000  # a series has 100 episodes and a few sidecars each


class NoFolder(Refusal):
    """The path is no folder."""

    status = 404
    message = "{path} is not a folder; give the folder that holds the episodes."


class ClosedFolder(Refusal):
    """The folder cannot be listed."""

    message = "{path} cannot be opened ({why}); check who may read it."


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


class FolderAsFile(Refusal):
    """A folder with the name of a file."""

    message = "This is a folder, though it is named like a file; move what is in it beside it."


class LeadsNowhere(Refusal):
    """A link whose target is gone."""

    message = "This link leads to {target}, which is not there; put the file itself here."


class NoOrdinaryFile(Refusal):
    """A pipe, a socket or a device."""

    message = "This is a pipe or a device, not a file; put the video file itself here."


class Unreadable(Refusal):
    """The system does not give the file's content."""

    message = "This file cannot be read ({why}); check who may read it, or copy it here again."


@dataclass(frozen=True, slots=True)
class FileReport:
    """What became of one file."""

    name: str
    state: str  # taken | unchanged | refused | ignored
    number: int | None = None
    code: str = ""
    sentence: str = ""
    mends: tuple[str, ...] = ()  # accepted fixes, in words


@dataclass(frozen=True, slots=True)
class Folder:
    """A folder sorted out by name alone."""

    episodes: dict[int, Path]
    sidecars: tuple[Path, ...]
    refused: tuple[FileReport, ...] = ()
    ignored: tuple[FileReport, ...] = ()

    def owner(self, stem: str) -> int | None:
        """The episode a sidecar's stem belongs to: the one of the same stem, else of its number."""
        for number, path in self.episodes.items():
            if path.stem == stem:
                return number
        named = episode_number(stem)
        return named if named in self.episodes else None

    def refused_owner(self, stem: str) -> str | None:
        """The name of a refused file that a sidecar's stem belongs to."""
        named = episode_number(stem)
        for report in self.refused:
            path = Path(report.name)
            same_number = named is not None and episode_number(path.stem) == named
            if path.suffix.lower() in PICTURES and (path.stem == stem or same_number):
                return report.name
        return None


def refused(path: Path, refusal: Refusal, number: int | None = None) -> FileReport:
    """A file's no."""
    return FileReport(path.name, "refused", number, refusal.code, str(refusal))


def sort_out(folder: Path) -> Folder:
    """Tell episodes and sidecars apart by their names.

    Raises:
        NoFolder, ClosedFolder, NoEpisodes, TooManyFiles: the folder is not a series.
    """
    entries = _entries(folder)
    noes = {path: no for path in entries if (no := _no_file(path)) is not None}
    files = [path for path in entries if path not in noes and path.is_file()]
    videos = [each for each in files if each.suffix.lower() in PICTURES]
    if not videos and not any(path.suffix.lower() in PICTURES for path in noes):
        raise NoEpisodes(path=str(folder), kinds=", ".join(sorted(PICTURES)))
    episodes: dict[int, Path] = {}
    turned_down = [refused(path, no, episode_number(path.stem)) for path, no in noes.items()]
    for video in videos:
        number = episode_number(video.stem) or (1 if len(videos) == 1 else None)
        if number is None:
            turned_down.append(refused(video, NoNumber()))
        elif number in episodes:
            no = SameNumber(other=episodes[number].name, number=number)
            turned_down.append(refused(video, no, number))
        else:
            episodes[number] = video
    sidecars = tuple(each for each in files if each.suffix.lower() in SUBTITLES | STEMS)
    ignored = tuple(_ignored([path for path in entries if path not in noes]))
    return Folder(dict(sorted(episodes.items())), sidecars, tuple(turned_down), ignored)


def _entries(folder: Path) -> list[Path]:
    """What lies in the folder, in order; hidden files are nobody's episodes."""
    if not folder.is_dir():
        raise NoFolder(path=str(folder))
    try:
        entries = sorted(each for each in folder.iterdir() if not each.name.startswith("."))
    except OSError as problem:
        raise ClosedFolder(path=str(folder), why=problem.strerror) from None
    if len(entries) > MAX_FILES:
        raise TooManyFiles(path=str(folder), limit=MAX_FILES)
    return entries


def _no_file(path: Path) -> Refusal | None:
    """Why something that is named like an episode or a sidecar cannot be one."""
    if path.suffix.lower() not in PICTURES | SUBTITLES | STEMS:
        return None
    try:
        path.stat()
    except FileNotFoundError:
        return LeadsNowhere(target=str(path.readlink()))
    except OSError as problem:
        return Unreadable(why=problem.strerror)
    if path.is_dir():
        return FolderAsFile()
    if not path.is_file():
        return NoOrdinaryFile()
    return None if os.access(path, os.R_OK) else Unreadable(why="no permission")


def _ignored(entries: list[Path]) -> Iterator[FileReport]:
    known = PICTURES | SUBTITLES | STEMS | IGNORED
    for path in entries:
        if path.suffix.lower() in known or path.name.lower() in IGNORED_NAMES:
            continue
        words = (
            "A folder inside is not looked into; import it by itself."
            if path.is_dir()
            else "Not a kind of file that belongs to a series here."
        )
        yield FileReport(path.name, "ignored", sentence=words)
