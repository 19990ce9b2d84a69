"""The series as FDX, the XML of Final Draft: paragraph types, scene numbers, and our ids in notes."""

from collections.abc import Iterator, Sequence
from xml.etree.ElementTree import Element, SubElement, indent, tostring

from silkreel.story.forms.linear import Said, linear_scenes
from silkreel.story.grammar import raw_tag
from silkreel.story.legal import legal
from silkreel.story.project import Story
from silkreel.story.script import Tag

VERSION = "5"


def write_fdx(story: Story, walk: Sequence[str]) -> str:
    """The series in the order of a walk, as an FDX file."""
    root = Element("FinalDraft", DocumentType="Script", Template="No", Version=VERSION)
    content = SubElement(root, "Content")
    for scene in linear_scenes(story, walk):
        heading = scene.scene.heading or "INT. UNKNOWN - DAY"
        _paragraph(content, "Scene Heading", heading, number=scene.scene.id)
        for line in scene.lines:
            for kind, text, note in _paragraphs(line):
                _paragraph(content, kind, text, note=note)
    indent(root)
    return (
        '<?xml version="1.0" encoding="UTF-8" standalone="no" ?>\n'
        + tostring(root, "unicode")
        + "\n"
    )


def _paragraphs(line: Said) -> Iterator[tuple[str, str, str]]:
    beat = line.beat
    tags = [Tag("id", beat.id or ""), *beat.tags]
    note = " ".join(raw_tag(tag, "" if tag.name == "id" else "#") for tag in tags)
    if not beat.speaker:
        yield "Action", beat.text, note
        return
    behind = f" ({', '.join(beat.qualifiers)})" if beat.qualifiers else ""
    yield "Character", f"{beat.speaker}{behind}", ""
    if beat.direction:
        yield "Parenthetical", f"({beat.direction})", ""
    yield "Dialogue", beat.text, note


def _paragraph(content: Element, kind: str, text: str, *, number: str = "", note: str = "") -> None:
    attributes = {"Type": kind, **({"Number": number} if number else {})}
    paragraph = SubElement(content, "Paragraph", attributes)
    if note:
        inner = SubElement(SubElement(paragraph, "ScriptNote"), "Paragraph")
        SubElement(inner, "Text").text = note
    SubElement(paragraph, "Text").text = legal(text)
