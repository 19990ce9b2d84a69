"""A script from elsewhere becomes a story of ours; translations from elsewhere join a story."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import yaml

from silkreel.kit.refusals import Refusal
from silkreel.story.checking import read_chapters, read_translations
from silkreel.story.forms.po import (
    Listed,
    Translations,
    listed,
    read_po,
    without_obsolete,
    write_po,
)
from silkreel.story.forms.xliff import read_xliff
from silkreel.story.ids import Draw
from silkreel.story.novel import prose_units
from silkreel.story.printing import print_script
from silkreel.story.project import (
    MAX_FILE_BYTES,
    BadStoryFile,
    Story,
    decoded,
    open_story,
    read_text,
)
from silkreel.story.readers.docx import read_docx
from silkreel.story.readers.draft import Draft
from silkreel.story.readers.fdx import read_fdx
from silkreel.story.readers.fountain import read_fountain
from silkreel.story.readers.plain import read_plain
from silkreel.story.readers.prose import ENDINGS as NOVEL_ENDINGS
from silkreel.story.readers.prose import read_prose
from silkreel.story.source import write_source
from silkreel.story.stamping import FolderTaken, replace_file, stamp_story, write_stamped

XLIFF_ENDINGS = (".xlf", ".xliff")
TRANSLATION_ENDINGS = (".po", *XLIFF_ENDINGS)
MAX_PACKED_BYTES = 20 * 1024 * 1024  # a Word file may carry pictures; its text is capped apart
_TEXTS: Mapping[str, Callable[[str, str, str], Draft]] = {
    ".fountain": read_fountain, ".spmd": read_fountain, ".fdx": read_fdx,
    ".txt": read_plain, ".md": read_plain,
}  # fmt: skip


class UnknownForm(Refusal):
    """A file whose ending says nothing to us."""

    status = 415
    message = "{name} has no ending we read; scripts come as .fountain, .fdx, .docx or .txt."


class NothingWritten(Refusal):
    """A script without a line."""

    status = 422
    message = "{name} has no line of a script in it; look whether it is the right file."


class UnknownNovel(Refusal):
    """A file no novel comes as."""

    status = 415
    message = "{name} has no ending a novel comes with; bring it as .txt, .md or .epub."


@dataclass(frozen=True, slots=True)
class Imported:
    """A story made of a script from elsewhere."""

    story: Story
    draft: Draft


def read_script(path: Path, language: str = "") -> Draft:
    """A script from elsewhere as a draft.

    Raises:
        UnknownForm, BadStoryFile: it cannot be read.
    """
    suffix = path.suffix.lower()
    if suffix not in _TEXTS and suffix != ".docx":
        raise UnknownForm(name=path.name)
    most = MAX_PACKED_BYTES if suffix == ".docx" else MAX_FILE_BYTES
    content = _content(path, most)
    if suffix == ".docx":
        return read_docx(content, path.name, language)
    return _TEXTS[suffix](decoded(content, path.name), path.name, language)


def import_script(path: Path, folder: Path, draw: Draw, language: str = "") -> Imported:
    """Make a story of a script from elsewhere: its cast and places in story.yaml, its lines with ids.

    Raises:
        FolderTaken: something is there already.
        UnknownForm, BadStoryFile, IdsUsedUp, TooTangled: it cannot be read or stamped.
        NothingWritten: it has no line.
    """
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise FolderTaken(path=str(folder))
    draft = read_script(path, language)
    if not draft.script.lines:
        raise NothingWritten(name=path.name)
    (folder / "script").mkdir(parents=True, exist_ok=True)
    (folder / "story.yaml").write_text(_yaml(draft, path.stem), encoding="utf-8")
    (folder / "script/main.ink").write_text(
        print_script(draft.script, draft.cast), encoding="utf-8"
    )
    story = open_story(folder)
    write_stamped(story, stamp_story(story, draw))
    return Imported(open_story(folder), draft)


def import_novel(path: Path, folder: Path, language: str = "") -> int:
    """Keep a finished novel (.txt, .md, .epub) as a story's source; how many paragraphs it has.

    Where no story is yet, one begins: a title, a language, and no line.

    Raises:
        UnknownNovel, BadStoryFile, SourceTaken, SourceTooLong: it cannot be taken in.
        FolderTaken: something else is there.
    """
    if path.suffix.lower() not in NOVEL_ENDINGS:
        raise UnknownNovel(name=path.name)
    chapters = read_prose(_content(path, MAX_PACKED_BYTES), path.name)
    if not (folder / "script").is_dir() and not (folder / "main.ink").is_file():
        _begin_bare(folder, path.stem, language)
    return write_source(folder, chapters)


def take_in_novel(content: bytes, name: str, folder: Path) -> int:
    """Keep a novel's bytes as a story's source; how many paragraphs it has.

    Raises:
        UnknownNovel, BadStoryFile, SourceTaken, SourceTooLong: it cannot be taken in.
    """
    if not name.lower().endswith(NOVEL_ENDINGS):
        raise UnknownNovel(name=name)
    return write_source(folder, read_prose(content, name))


def _begin_bare(folder: Path, title: str, language: str) -> None:
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise FolderTaken(path=str(folder))
    content = {"title": title, "language": language or "en", "cast": [], "locations": []}
    head = f"# title:{title} # lang:{content['language']}\n-> END\n"
    (folder / "script").mkdir(parents=True, exist_ok=True)
    told = yaml.safe_dump(content, allow_unicode=True, sort_keys=False)
    (folder / "story.yaml").write_text(told, encoding="utf-8")
    (folder / "script/main.ink").write_text(head, encoding="utf-8")


def import_translations(
    story: Story, path: Path, language: str = ""
) -> tuple[int, Sequence[Listed]]:
    """Take translations into `i18n`; how many, and the entries that were left alone.

    A wording whose source has changed since is kept and marked: the checks tell it as stale.

    Raises:
        BadStoryFile: it is no PO or XLIFF file, or does not say which language it is in.
    """
    content = _content(path, MAX_FILE_BYTES)
    if path.suffix.lower() in XLIFF_ENDINGS:
        content = str(read_xliff(decoded(content, path.name), path.name)).encode()
    found = read_po(content, path.name)
    tag = language or found.language
    if not tag:
        raise BadStoryFile(
            path=path.name, line=1, problem="its header names no language; use --language."
        )
    prose = tuple(prose_units(read_chapters(story.folder)))
    odd = listed(found, story, prose)
    left = {(each.at, each.line_id) for each in odd}
    taken = [w for w in found.wordings if w.text and (w.at, w.line_id) not in left]
    there = read_translations(story.folder).get(tag)
    by_key = {(w.line_id, w.use): w for w in (*(there.wordings if there else ()), *taken)}
    target = story.folder / "i18n" / f"{tag}.po"
    target.parent.mkdir(exist_ok=True)
    obsolete = there.obsolete if there else ()
    text = write_po(story, tag, Translations(tag, tuple(by_key.values()), obsolete), prose)
    target.write_text(text, encoding="utf-8")
    return len(taken), odd


def drop_obsolete(story: Story) -> dict[str, int]:
    """Take words of lines that are gone out of every PO file; how many went, by language."""
    ids = {*story.ids, *(unit.id for unit in prose_units(read_chapters(story.folder)))}
    dropped = {}
    for path in sorted((story.folder / "i18n").glob("*.po")):
        text, count = without_obsolete(read_text(path, f"i18n/{path.name}"), ids)
        if count:
            replace_file(path, text)
        dropped[path.stem] = count
    return dropped


def _content(path: Path, most: int) -> bytes:
    try:
        size = path.stat().st_size
        content = path.read_bytes() if size <= most else b""
    except OSError:
        raise BadStoryFile(path=path.name, line=1, problem="this file cannot be read.") from None
    if size > most:
        problem = (
            f"this file has {size / 1024**2:.0f} MB; no script has more than {most // 1024**2} MB."
        )
        raise BadStoryFile(path=path.name, line=1, problem=problem)
    return content


def _yaml(draft: Draft, stem: str) -> str:
    content = {
        "title": draft.script.tag("title") or stem,
        "language": draft.script.tag("lang") or "en",
        "cast": [{"id": name} for name in draft.cast],
        "locations": [{"id": place} for place in draft.locations],
    }
    return yaml.safe_dump(content, allow_unicode=True, sort_keys=False)
