"""The story without its words: what a game player is handed, so that nothing locked can be read in it.

Ids, logic and the ways between scenes stay; a `·` stands where words stood. A player takes the words
from string tables, an episode each, which are opened like the episode itself.
"""

from dataclasses import replace

from silkreel.story.compile import InkSource
from silkreel.story.printing import print_script
from silkreel.story.project import Story
from silkreel.story.script import (
    Beat,
    Choice,
    Comment,
    Episode,
    Nodes,
    Scene,
    Script,
    TagLine,
    Tags,
)

MARK = "·"  # a line without any text would not be shown, and its id not be told
KEPT_ON_LINES = frozenset({"canon", "price"})
KEPT_ON_NAMES = frozenset({"episode"})


def wordless(story: Story) -> InkSource:
    """The ink of a story with every word of it taken out, ready to be compiled."""
    return InkSource(
        story.main.path,
        {script.path: print_script(_script(script)) for script in story.scripts},
    )


def _script(script: Script) -> Script:
    return Script(
        script.path, _nodes(script.head), tuple(_episode(each) for each in script.episodes)
    )


def _episode(episode: Episode) -> Episode:
    scenes = tuple(_scene(scene) for scene in episode.scenes)
    tags = _kept(episode.tags, KEPT_ON_NAMES)
    return replace(episode, tags=tags, nodes=_nodes(episode.nodes), scenes=scenes)


def _scene(scene: Scene) -> Scene:
    return replace(scene, tags=_kept(scene.tags, KEPT_ON_NAMES), nodes=_nodes(scene.nodes))


def _nodes(nodes: Nodes) -> Nodes:
    kept: list[Beat | Choice] = []
    for node in nodes:
        if isinstance(node, Beat):
            kept.append(Beat(MARK, id=node.id, tags=_kept(node.tags, KEPT_ON_LINES)))
        elif isinstance(node, Choice):
            kept.append(_choice(node))
        elif not isinstance(node, Comment | TagLine):
            kept.append(node)  # type: ignore[arg-type]  # logic stays as it is
    return tuple(kept)


def _choice(choice: Choice) -> Choice:
    if choice.fallback:
        return choice
    return replace(choice, text=MARK, tags=_kept(choice.tags, KEPT_ON_LINES))


def _kept(tags: Tags, names: frozenset[str]) -> Tags:
    return tuple(tag for tag in tags if tag.name in names)
