"""FDX read back: paragraph types, scene numbers, and the notes that hold our ids."""

from collections.abc import Iterator
from dataclasses import dataclass
from xml.etree.ElementTree import Element, ParseError

from defusedxml import DefusedXmlException
from defusedxml.ElementTree import fromstring

from silkreel.story.grammar import split_tags
from silkreel.story.project import BadStoryFile
from silkreel.story.readers.draft import Draft, Drafting, plain, said
from silkreel.story.script import Beat, Tags


@dataclass(slots=True)
class _Cue:
    name: str = ""
    direction: str = ""


def read_fdx(text: str, path: str, language: str = "") -> Draft:
    """An FDX file as a draft; `line` of what is unsure counts paragraphs.

    Raises:
        BadStoryFile: it is no FDX file, or holds a DTD or entities.
    """
    drafting = Drafting(path, language)
    cue = _Cue()
    for number, paragraph in enumerate(_paragraphs(text, path), start=1):
        drafting.line = number
        _take(paragraph, cue, drafting)
    return drafting.draft()


def xml_root(text: str, path: str) -> Element:
    """The root of an XML text from outside.

    Raises:
        BadStoryFile: it is broken, or holds a DTD or entities.
    """
    try:
        root: Element = fromstring(text, forbid_dtd=True)
    except ParseError as problem:
        raise BadStoryFile(
            path=path, line=problem.position[0], problem="this is broken XML."
        ) from None
    except DefusedXmlException:
        raise BadStoryFile(
            path=path, line=1, problem="this XML declares entities or a DTD; save it again without."
        ) from None
    return root


def _paragraphs(text: str, path: str) -> Iterator[Element]:
    root = xml_root(text.encode() if text.startswith("<?xml") else text, path)  # type: ignore[arg-type]
    content = root.find("Content") if root.tag == "FinalDraft" else None
    if content is None:
        raise BadStoryFile(
            path=path, line=1, problem="this is no FDX script: FinalDraft is missing."
        )
    return (each for each in content if each.tag == "Paragraph")


def _take(paragraph: Element, cue: _Cue, drafting: Drafting) -> None:
    kind = paragraph.get("Type", "")
    text = " ".join("".join(each.text or "" for each in paragraph.findall("Text")).split())
    line_id, tags = _noted(paragraph)
    if kind == "Scene Heading":
        drafting.scene(plain(text), paragraph.get("Number", ""))
    elif kind == "Character":
        cue.name, cue.direction = text, ""
    elif kind == "Parenthetical":
        cue.direction = text.strip("() ")
    elif kind == "Dialogue" and cue.name:
        beat = said(cue.name, cue.direction, text)
        cue.direction = ""
        drafting.beat(Beat(beat.text, beat.speaker, beat.qualifiers, beat.direction, line_id, tags))
    elif text:
        if kind != "Action":
            drafting.unsure(text, f"a paragraph of type {kind or 'unknown'}, taken as action")
        drafting.beat(Beat(plain(text), id=line_id, tags=tags))


def _noted(paragraph: Element) -> tuple[str | None, Tags]:
    for note in paragraph.findall("ScriptNote"):
        text = "".join(note.itertext()).strip()
        if text.startswith("id:"):
            line_id, *_ = text.removeprefix("id:").split()
            return line_id, split_tags(text)[1]
    return None, ()
