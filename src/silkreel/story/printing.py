"""A script written out as ink in the drama profile; reading it again gives the same script."""

from collections.abc import Collection, Iterator

from silkreel.story import grammar
from silkreel.story.script import (
    Beat,
    Choice,
    Comment,
    Divert,
    Episode,
    Gather,
    Logic,
    Node,
    Nodes,
    Scene,
    Script,
    Tag,
    TagLine,
    Tags,
)

INDENT = "    "


def print_script(script: Script, names: Collection[str] = ()) -> str:
    """The script as text; `names` as `parse` had them, so that action is not taken for speech."""
    known = frozenset(name.upper() for name in names)
    blocks = [_nodes(script.head, known)] if script.head else []
    for episode in script.episodes:
        blocks.append(_episode(episode, known))
        blocks += [_scene(scene, known) for scene in episode.scenes]
    return "".join("\n".join(block) + "\n" for block in _apart(blocks))


def _apart(blocks: list[list[str]]) -> Iterator[list[str]]:
    for number, block in enumerate(blocks):
        yield ["", *block] if number else block


def _episode(episode: Episode, names: frozenset[str]) -> list[str]:
    function = "function " if episode.function else ""
    header = f"=== {function}{episode.name}{episode.parameters} ==="
    return [header, *_own_tags(episode.tags), *_nodes(episode.nodes, names)]


def _scene(scene: Scene, names: frozenset[str]) -> list[str]:
    header = f"= {scene.name}{scene.parameters}"
    return [header, *_own_tags(scene.tags), *_nodes(scene.nodes, names)]


def _own_tags(tags: Tags) -> list[str]:
    return [" ".join(grammar.raw_tag(tag, "# ") for tag in tags)] if tags else []


def _nodes(nodes: Nodes, names: frozenset[str]) -> list[str]:
    lines: list[str] = []
    depth = 0
    for node in nodes:
        if isinstance(node, Comment) and node.inline and lines:
            lines[-1] += f" {_comment(node)}"
            continue
        if isinstance(node, Choice | Gather):
            depth = node.depth - 1
        lines.append(INDENT * depth + print_node(node, names))
        depth += isinstance(node, Choice)
    return lines


def print_node(node: Node, names: Collection[str] = ()) -> str:  # noqa: PLR0911 - one for each kind
    """One node as its line, without indentation; `names` in capitals."""
    match node:
        case Beat():
            return _beat(node, names)
        case Choice():
            return _choice(node)
        case Gather():
            label = f" ({node.label})" if node.label else ""
            return " ".join("-" * node.depth) + label
        case Divert():
            return f"-> {node.target}".rstrip()
        case Logic():
            return node.text
        case TagLine():
            return " ".join(grammar.raw_tag(tag, "# ") for tag in node.tags)
        case Comment():
            return _comment(node)


def _beat(beat: Beat, names: Collection[str]) -> str:
    tags = _line_tags(beat.id, beat.tags)
    if not beat.speaker:
        return " ".join([grammar.raw_action(beat.text, names), *tags])
    name = beat.speaker
    if beat.qualifiers:
        name += f" ({', '.join(beat.qualifiers)})"
    direction = [f"({grammar.raw_text(beat.direction)})"] if beat.direction else []
    text = grammar.raw_text(beat.text) if direction else grammar.raw_speech(beat.text)
    return " ".join([f"{name}:", *direction, *([text] if text else []), *tags])


def _choice(choice: Choice) -> str:
    parts = [" ".join(("+" if choice.sticky else "*") * choice.depth)]
    parts += [f"({choice.label})"] if choice.label else []
    parts += [f"{{ {condition} }}" for condition in choice.conditions]
    if choice.brackets:
        text = grammar.raw_text(choice.text, bracketed=True)
        tags = _line_tags(choice.id, choice.tags, bracketed=True)
        inside = " ".join([*([text] if text else []), *tags])
        parts += [part for part in (choice.before, f"[{inside}]", choice.after) if part]
    elif choice.text or choice.id or choice.tags:
        text = grammar.raw_text(choice.text, bracketed=True)
        parts += [*([text] if text else []), *_line_tags(choice.id, choice.tags)]
    return " ".join([*parts, *([f"-> {choice.target}"] if choice.target else [])])


def _line_tags(line_id: str | None, tags: Tags, *, bracketed: bool = False) -> list[str]:
    mine = [Tag("id", line_id)] if line_id is not None else []
    return [grammar.raw_tag(tag, bracketed=bracketed) for tag in (*mine, *tags)]


def _comment(comment: Comment) -> str:
    if comment.desk == "OK":
        return f"// OK {comment.text}".rstrip()
    return f"// {comment.desk + ': ' if comment.desk else ''}{comment.text}".rstrip()
