"""The template and the catalogues as files: made from the sentences, without dates or line numbers."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

import polib
from babel import Locale
from babel.messages.plurals import get_plural

from silkreel.locale.extracting import Sentence, find_sentences, places

FOLDER = Path(__file__).parent
TEMPLATE = "silkreel.pot"
# In these nothing may be missing: the checks fail until every sentence of the code is translated.
COMPLETE = ("es", "pt-BR", "zh-Hans")
WIDTH = 100
HEAD = "Silkreel's sentences. Made by `make words`; a translator edits only msgstr."


@dataclass(frozen=True, slots=True)
class Lack:
    """A sentence a language has no good translation of, and why not."""

    language: str
    sentence: str
    why: str

    def __str__(self) -> str:
        return f"{self.language}: {self.why}: {self.sentence}"


def languages(folder: Path = FOLDER) -> list[str]:
    """Tags of the languages that have a catalogue."""
    return sorted(path.stem for path in folder.glob("*.po"))


def template(sentences: Iterable[Sentence]) -> polib.POFile:
    """The catalogue of no language, which translators' tools start from."""
    return _filed("", [_entry(each) for each in sentences])


def updated(language: str, sentences: Iterable[Sentence], folder: Path = FOLDER) -> polib.POFile:
    """A language's catalogue with what is said now: old translations kept, nothing guessed."""
    path = folder / f"{language}.po"
    before = polib.pofile(str(path), encoding="utf-8") if path.is_file() else polib.POFile()
    known = {(entry.msgctxt or "", entry.msgid): entry for entry in before if not entry.obsolete}
    entries = []
    for sentence in sentences:
        entry, old = _entry(sentence), known.get(sentence.key)
        if old is not None and bool(old.msgid_plural) == bool(sentence.many):
            entry.msgstr, entry.msgstr_plural = old.msgstr, old.msgstr_plural
            entry.tcomment, entry.flags = old.tcomment, old.flags
        entries.append(entry)
    return _filed(language, entries)


def write_all(folder: Path = FOLDER) -> None:
    """Write the template and every catalogue anew; the same code gives the same files."""
    for path, text in made(folder).items():
        path.write_text(text, encoding="utf-8")


def made(folder: Path = FOLDER) -> dict[Path, str]:
    """What the files should hold."""
    sentences = find_sentences()
    texts = {folder / TEMPLATE: template(sentences)}
    texts |= {folder / f"{tag}.po": updated(tag, sentences, folder) for tag in languages(folder)}
    return {path: f"{catalogue}\n" for path, catalogue in texts.items()}


def stale(folder: Path = FOLDER) -> list[Path]:
    """The files that do not hold what the code says."""
    return [
        path
        for path, text in made(folder).items()
        if not path.is_file() or path.read_text("utf-8") != text
    ]


def lacks(language: str, folder: Path = FOLDER) -> list[Lack]:
    """What is untranslated, fuzzy, or has other places than the original."""
    path = folder / f"{language}.po"
    found = polib.pofile(str(path), encoding="utf-8")
    return [
        Lack(language, entry.msgid, why)
        for entry in found
        if not entry.obsolete and (why := _why(entry))
    ]


def _why(entry: polib.POEntry) -> str:
    texts: Sequence[str] = list(entry.msgstr_plural.values()) or [entry.msgstr]
    if not all(texts):
        return "missing"
    if entry.fuzzy:
        return "fuzzy"
    wanted = places(entry.msgid_plural or entry.msgid)
    if any(places(text) != wanted for text in texts):
        return "other places"
    return ""


def _entry(sentence: Sentence) -> polib.POEntry:
    entry = polib.POEntry(
        msgid=sentence.text,
        msgctxt=sentence.context or None,
        comment=sentence.note,
        occurrences=[(place, "") for place in sentence.place.split()],
    )
    if sentence.many:
        entry.msgid_plural = sentence.many
        entry.msgstr_plural = {0: "", 1: ""}
    return entry


def _filed(language: str, entries: Iterable[polib.POEntry]) -> polib.POFile:
    catalogue = polib.POFile(wrapwidth=WIDTH, encoding="utf-8")
    catalogue.header = HEAD
    catalogue.metadata = {
        "Project-Id-Version": "silkreel",
        "MIME-Version": "1.0",
        "Content-Type": "text/plain; charset=UTF-8",
        "Content-Transfer-Encoding": "8bit",
    }
    forms = 2
    if language:
        rule = get_plural(Locale.parse(language, sep="-"))
        catalogue.metadata |= {"Language": language, "Plural-Forms": rule.plural_forms}
        forms = rule.num_plurals
    for entry in entries:
        if entry.msgid_plural:
            entry.msgstr_plural = {n: entry.msgstr_plural.get(n, "") for n in range(forms)}
        catalogue.append(entry)
    return catalogue
