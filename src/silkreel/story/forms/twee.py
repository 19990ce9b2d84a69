"""The game as Twee 3 for SugarCube: one passage a block, ids of lines in the markup.

Format: github.com/iftechfoundation/twine-specs, twee-3-specification.
"""

import json
import re
import uuid
from collections.abc import Iterator

from silkreel.story.forms.branching import (
    END,
    Assign,
    Block,
    Branching,
    Offer,
    Test,
    branching_of,
    written,
)
from silkreel.story.novel_pages import told_text
from silkreel.story.project import Story
from silkreel.story.script import Beat, has_tag

NAMESPACE = uuid.UUID("0d3c3f5e-6a0e-5a3c-8f64-1c9a7f1f2b10")  # ours, for ifids that stay the same
FORMAT, FORMAT_VERSION = "SugarCube", "2.37.3"
_MARKUP = re.compile(r"[\\\[\]{}<>$@'/_^*~!`|=?-]")


def write_twee(story: Story, slug: str) -> str:
    """A story as Twee 3; the same story gives the same text.

    Raises:
        CannotCarry: something beyond the drama profile.
    """
    game = branching_of(story)
    passages = [_head(story, game, slug), *(_passage(block) for block in game.blocks.values())]
    return "\n\n".join([*passages, ":: END\nThe end."]) + "\n"


def ifid(slug: str) -> str:
    """The game's id for archives: an upper-case UUID of version 4's form, the same for a slug."""
    drawn = uuid.uuid5(NAMESPACE, slug)
    return str(uuid.UUID(bytes=drawn.bytes, version=4)).upper()


def _head(story: Story, game: Branching, slug: str) -> str:
    title = story.project.title or story.main.tag("title") or slug
    data = {
        "ifid": ifid(slug), "format": FORMAT, "format-version": FORMAT_VERSION, "start": game.start,
    }  # fmt: skip
    values = [f"<<set ${name} to {_told(value)}>>" for name, value in game.variables.items()]
    return "\n".join(
        [":: StoryTitle", title, "", ":: StoryData", json.dumps(data, indent=1), "",
         ":: StoryInit", *values]
    )  # fmt: skip


def _passage(block: Block) -> str:
    return "\n".join([f":: {_name(block.name)}", *_rows(block)])


def _rows(block: Block) -> Iterator[str]:
    for step in block.steps:
        if isinstance(step, Beat):
            yield _line(step)
        elif isinstance(step, Assign):
            yield f"<<set ${step.name} to {_told(step.value)}>>"
    for offer in block.offers:
        yield _option(offer)
    if block.offers:
        return
    first, *others = block.ways
    if first.test is None:
        yield _goto(first.target)
        return
    yield f"<<if {_told(first.test)}>>{_goto(first.target)}"
    for way in others:
        head = "<<else>>" if way.test is None else f"<<elseif {_told(way.test)}>>"
        yield head + _goto(way.target)
    yield "<</if>>"


def _line(beat: Beat) -> str:
    who = f"{_text(beat.speaker)}: " if beat.speaker else ""
    placed = re.sub(r"\{(\w+)\}", lambda m: f"\0{m[1]}\0", beat.text)
    text = re.sub(r"\0(\w+)\0", r"<<print $\1>>", _text(told_text(placed)))
    return f'<p data-id="{beat.id}">{who}{text}</p>'


def _option(offer: Offer) -> str:
    link = f"[[{_link(told_text(offer.choice.text))}->{_name(offer.target)}]]"
    tests = [f"({_told(test)})" for test in offer.tests]
    if not offer.choice.sticky:
        tests.append(f'not hasVisited("{_name(offer.target)}")')
    canon = ' class="canon"' if has_tag(offer.choice.tags, "canon") else ""
    shown = f'<span data-id="{offer.choice.id}"{canon}>{link}</span>'
    return f"<<if {' and '.join(tests)}>>{shown}<</if>>" if tests else shown


def _goto(target: str) -> str:
    return f'<<goto "{_name(target) if target != END else END}">>'


def _told(test: Test) -> str:
    return written(test, lambda name: name if name in {"true", "false"} else f"${name}", {})


def _name(name: str) -> str:
    return name.replace("[", "").replace("]", "")


def _link(text: str) -> str:
    """Words of a link: what would end it or lead elsewhere has a twin of the same look."""
    twins = str.maketrans({"[": "［", "]": "］", "|": "｜", "<": "＜", ">": "＞"})
    return text.translate(twins)


def _text(text: str) -> str:
    """Words that SugarCube shows as they are."""
    return _MARKUP.sub(lambda found: f"&#{ord(found[0])};", text.replace("&", "&amp;"))
