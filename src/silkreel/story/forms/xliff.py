"""Translations as XLIFF 2.1 (OASIS), for the tools of translation agencies.

A file is made of the PO of the same story and read back into one: unit by unit, so that ids, notes,
older sources and states are the same in both. Placeholders travel as `<ph>`, which those tools keep.
"""

import re
from collections import defaultdict
from collections.abc import Iterator
from xml.etree.ElementTree import Element, SubElement, register_namespace, tostring

import polib

from silkreel.story.legal import legal
from silkreel.story.project import BadStoryFile
from silkreel.story.readers.fdx import xml_root

NAMESPACE = "urn:oasis:names:tc:xliff:document:2.0"  # 2.1 kept the name
BEFORE = "source-before"  # category of the note that holds what a stale translation was made of
CONTEXT = "context"
REMARK = "translator"  # category of what a translator wrote, among it that a note is seen to
_PLACEHOLDER = re.compile(r"(?<!\\)(\{[^{}]*\})")
_DRAFT, _DONE = "translated", "final"


def write_xliff(po: polib.POFile, source_language: str) -> str:
    """The entries of a PO file as XLIFF, a `<file>` for each file they stand in."""
    register_namespace("", NAMESPACE)
    root = Element(_named("xliff"), version="2.1", srcLang=source_language)
    root.set("trgLang", po.metadata.get("Language", ""))
    by_file: dict[str, list[polib.POEntry]] = defaultdict(list)
    for entry in po:
        by_file[entry.occurrences[0][0] if entry.occurrences else "story"].append(entry)
    for number, (name, entries) in enumerate(by_file.items(), start=1):
        file = SubElement(root, _named("file"), id=f"f{number}", original=name)
        file.text = file.tail = "\n"
        for entry in entries:
            _unit(file, entry)
    text = tostring(root, encoding="unicode")
    return f'<?xml version="1.0" encoding="UTF-8"?>\n{text}\n'


def read_xliff(text: str, shown: str) -> polib.POFile:
    """The units of an XLIFF file as the PO they were.

    Raises:
        BadStoryFile: it is no XLIFF 2 file, or holds a DTD or entities.
    """
    root = xml_root(text.encode() if text.startswith("<?xml") else text, shown)  # type: ignore[arg-type]
    if root.tag != _named("xliff"):
        problem = "this is no XLIFF 2 file; older ones are read after a conversion to 2.0 or 2.1."
        raise BadStoryFile(path=shown, line=1, problem=problem)
    po = polib.POFile(wrapwidth=0)
    po.metadata = {"Language": root.get("trgLang", ""), "Content-Type": "text/plain; charset=utf-8"}
    for file in root.iter(_named("file")):
        for unit in file.iter(_named("unit")):
            po.append(_entry(unit, file.get("original", "")))
    return po


def _unit(file: Element, entry: polib.POEntry) -> None:
    unit = SubElement(file, _named("unit"), id=entry.msgctxt.replace("|", "."))
    unit.tail = "\n"  # a unit is a line: any blank inside would be part of the words
    notes = [(CONTEXT, line) for line in entry.comment.splitlines() if line]
    notes += [(REMARK, line) for line in entry.tcomment.splitlines() if line]
    notes += [("line", entry.occurrences[0][1])] if entry.occurrences else []
    notes += [(BEFORE, entry.previous_msgid)] if entry.previous_msgid else []
    if notes:
        held = SubElement(unit, _named("notes"))
        for category, words in notes:
            SubElement(held, _named("note"), category=category).text = legal(words)
    segment = SubElement(unit, _named("segment"), state=_state(entry))
    _fill(SubElement(segment, _named("source")), entry.msgid)
    if entry.msgstr:
        _fill(SubElement(segment, _named("target")), entry.msgstr)


def _state(entry: polib.POEntry) -> str:
    if not entry.msgstr:
        return "initial"
    return _DRAFT if "fuzzy" in entry.flags else _DONE


def _fill(element: Element, text: str) -> None:
    """Words, and each placeholder as a thing that is not translated."""
    element.set("{http://www.w3.org/XML/1998/namespace}space", "preserve")
    pieces = _PLACEHOLDER.split(legal(text))
    element.text = pieces[0]
    for number, (code, behind) in enumerate(zip(pieces[1::2], pieces[2::2], strict=True), start=1):
        held = SubElement(element, _named("ph"), id=str(number), equiv=code, disp=code)
        held.tail = behind


def _entry(unit: Element, original: str) -> polib.POEntry:
    notes = [(n.get("category", CONTEXT), n.text or "") for n in unit.iter(_named("note"))]
    told = dict(notes)
    segments = list(unit.iter(_named("segment")))
    target = "".join(_said(segment, "target") for segment in segments)
    draft = any(segment.get("state", _DRAFT) not in (_DONE, "reviewed") for segment in segments)
    return polib.POEntry(
        msgctxt=unit.get("id", "").replace(".", "|"),
        msgid="".join(_said(segment, "source") for segment in segments),
        msgstr=target,
        comment="\n".join(words for category, words in notes if category == CONTEXT),
        tcomment="\n".join(words for category, words in notes if category == REMARK),
        occurrences=[(original, told["line"])] if "line" in told else [],
        flags=["fuzzy"] if target and draft else [],
        previous_msgid=told.get(BEFORE),
    )


def _said(segment: Element, name: str) -> str:
    found = segment.find(_named(name))
    return "" if found is None else "".join(_words(found))


def _words(element: Element) -> Iterator[str]:
    """What is inside: a code stands for its placeholder, a mark for the words it is around."""
    if element.tag == _named("ph"):
        yield element.get("equiv", "")
    else:
        yield element.text or ""
    for child in element:
        yield from _words(child)
        yield child.tail or ""


def _named(name: str) -> str:
    return f"{{{NAMESPACE}}}{name}"
