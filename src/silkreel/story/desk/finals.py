"""What is approved stays: lines, scenes and episodes tagged `#ws:final`, whoever saves."""

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace

from silkreel.kit.refusals import Refusal
from silkreel.story.parsing import parse
from silkreel.story.patching import FINAL
from silkreel.story.script import (
    Beat,
    Choice,
    Comment,
    Episode,
    Nodes,
    Scene,
    Script,
    Tags,
    tag_value,
    walk,
)

WRITING_STATE = "ws"
_TAG = re.compile(r"\s*#\s*ws\s*:\s*\w+")
_EPISODE_TAG = re.compile(r"\s*#\s*episode\s*:")


class FinalChanged(Refusal):
    """A save changes what is approved."""

    status = 423
    message = (
        "{what} is approved, so its words stay. Leave a comment (//) beside it, or ask somebody who "
        "approves to open the episode again; your text was not saved."
    )


class ApproveInstead(Refusal):
    """A save declares something final by itself."""

    status = 422
    message = (
        "{what} is tagged ws:final by hand; take the tag out and approve the episode, so that it is "
        "known who said yes."
    )


Held = Mapping[str, Episode | Scene | Beat | Choice]


def check_finals(old: str, new: str, names: Collection[str]) -> None:
    """Pass a save that leaves approved words alone and declares nothing approved.

    Comments may come and go; they are for the desks, and no reader sees them.

    Raises:
        FinalChanged, ApproveInstead: it does not.
    """
    before, after = held(parse(old, "", names)), held(parse(new, "", names))
    for name, node in before.items():
        if after.get(name) != node:
            raise FinalChanged(what=name)
    for name in after.keys() - before.keys():
        raise ApproveInstead(what=name)


def held(script: Script) -> Held:
    """Everything tagged final, by name or id, without comments."""
    found: dict[str, Episode | Scene | Beat | Choice] = {}
    for episode in script.episodes:
        if _final(episode.tags):
            found[episode.name] = _plain_episode(episode)
        for scene in episode.scenes:
            if _final(scene.tags):
                found[scene.id] = _plain_scene(scene)
    for placed in walk(script):
        node = placed.node
        if isinstance(node, Beat | Choice) and _final(node.tags):
            found[node.id or node.text] = node
    return found


def _final(tags: Tags) -> bool:
    return tag_value(tags, WRITING_STATE) == FINAL


def _plain_episode(episode: Episode) -> Episode:
    scenes = tuple(_plain_scene(scene) for scene in episode.scenes)
    return replace(episode, nodes=_without_comments(episode.nodes), scenes=scenes)


def _plain_scene(scene: Scene) -> Scene:
    return replace(scene, nodes=_without_comments(scene.nodes))


def _without_comments(nodes: Nodes) -> Nodes:
    return tuple(node for node in nodes if not isinstance(node, Comment))


@dataclass(frozen=True, slots=True)
class Slice:
    """An episode's lines in its file: `first` up to `end`, counted from 0."""

    first: int
    end: int
    text: str


def slice_of(text: str, script: Script, episode: str) -> Slice | None:
    """The part of a file an episode takes."""
    rows = text.split("\n")
    starts = [each.at.line - 1 for each in script.episodes] + [len(rows)]
    for position, each in enumerate(script.episodes):
        if each.name == episode:
            first, end = starts[position], starts[position + 1]
            return Slice(first, end, "\n".join(rows[first:end]))
    return None


def touched(old: str, new: str, names: Collection[str]) -> tuple[str, ...]:
    """Episodes whose text differs between two states of a file."""
    before, after = parse(old, "", names), parse(new, "", names)
    known = {*_names(before), *_names(after)}
    return tuple(sorted(n for n in known if _text(old, before, n) != _text(new, after, n)))


def mark_final(text: str, script: Script, episode: str) -> str | None:
    """The file with an episode tagged final; None where it has no `# episode` line."""
    return _retagged(text, script, episode, f" # {WRITING_STATE}:{FINAL}")


def unmark_final(text: str, script: Script, episode: str) -> str | None:
    """The file with an episode's tag taken out."""
    return _retagged(text, script, episode, "")


def _retagged(text: str, script: Script, episode: str, tag: str) -> str | None:
    part, rows = slice_of(text, script, episode), text.split("\n")
    places = range(part.first, part.end) if part else ()
    row = next((each for each in places if _EPISODE_TAG.match(rows[each])), None)
    if row is None:
        return None
    rows[row] = _TAG.sub("", rows[row]).rstrip() + tag
    return "\n".join(rows)


def _names(script: Script) -> set[str]:
    return {episode.name for episode in script.episodes}


def _text(text: str, script: Script, episode: str) -> str:
    part = slice_of(text, script, episode)
    return "" if part is None else part.text.strip()
