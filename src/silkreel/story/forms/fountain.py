"""The series as Fountain, the plain-text form every screenwriting program reads.

Scene ids are scene numbers, line ids are notes, so that a script that was edited elsewhere finds back
to its lines. See the syntax at fountain.io. What only the game shows is not printed.
"""

import re
from collections.abc import Iterator, Sequence

from silkreel.story.forms.linear import LinearScene, Said, linear_scenes
from silkreel.story.grammar import raw_tag, split_speaker
from silkreel.story.project import Story
from silkreel.story.script import Beat, Tag

_HEADING = re.compile(r"(INT|EXT|EST|INT\.?/EXT|I/E)[. ]", re.IGNORECASE)
_MARKED = re.compile(r"[*_\[\]]")
_FORCES = tuple("!@.>~#=")


def write_fountain(story: Story, walk: Sequence[str]) -> str:
    """The series in the order of a walk, as a Fountain file."""
    title = story.project.title or story.main.tag("title") or story.folder.resolve().name
    blocks = [f"Title: {title}"]
    episode = None
    for scene in linear_scenes(story, walk):
        if scene.episode.name != episode:
            episode = scene.episode.name
            blocks.append(f"# {episode}")
            if scene.episode.title:
                blocks.append(f"= {scene.episode.title}")
        blocks += _scene(scene)
    return "\n\n".join(blocks) + "\n"


def _scene(scene: LinearScene) -> Iterator[str]:
    heading = scene.scene.heading or "INT. UNKNOWN - DAY"
    forced = "" if _HEADING.match(heading) else "."
    yield f"{forced}{heading} #{scene.scene.id}#"
    if scene.scene.location:
        yield f"[[loc:{scene.scene.location}]]"
    for line in scene.lines:
        yield from _line(line)


def _line(line: Said) -> Iterator[str]:
    for note in line.notes:
        yield f"[[{note.desk}: {note.text.replace(']]', '] ]')}]]"
    beat = line.beat
    tags = [Tag("id", beat.id or ""), *beat.tags]
    behind = "[[" + " ".join(raw_tag(tag, "" if tag.name == "id" else "#") for tag in tags) + "]]"
    text = " ".join(part for part in (_marked(beat.text), behind) if part)
    if not beat.speaker:
        yield f"!{text}" if _looks_otherwise(beat.text) else text
        return
    rows = [_cue(beat)]
    rows += [f"({beat.direction})"] if beat.direction else []
    yield "\n".join([*rows, text])


def _cue(beat: Beat) -> str:
    """The name over the words; forced with @ where it is not in capitals."""
    plain = beat.speaker.isascii() and beat.speaker == beat.speaker.upper()
    forced = "" if plain and beat.speaker[:1].isalpha() else "@"
    behind = f" ({', '.join(beat.qualifiers)})" if beat.qualifiers else ""
    return f"{forced}{beat.speaker}{behind}"


def _looks_otherwise(text: str) -> bool:
    """Whether a Fountain reader would take an action line for a heading, a name or a transition."""
    letters = [char for char in text if char.isalpha()]
    shouted = bool(letters) and all(not char.islower() for char in letters)
    speech = split_speaker(text) is not None
    return text.startswith(_FORCES) or bool(_HEADING.match(text)) or shouted or speech


def _marked(text: str) -> str:
    return _MARKED.sub(lambda found: "\\" + found[0], text)
