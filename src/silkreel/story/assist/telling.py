"""Where a retold scene lands: in the chapter of its episode, between the scenes before and after it."""

from collections.abc import Iterator, Sequence
from pathlib import Path

import yaml

from silkreel.story.assist.answers import Change
from silkreel.story.assist.landing import Stale
from silkreel.story.assist.novelising import hash_of_scene
from silkreel.story.checking import read_chapters
from silkreel.story.ids import Draw, draw_id, ids_in
from silkreel.story.novel import Chapter
from silkreel.story.project import Story, read_text
from silkreel.story.script import Beat, Scene


def told(story: Story, change: Change, draw: Draw) -> tuple[str, str]:
    """The chapter a retold scene comes into, its blocks with ids, and the text it then has.

    Raises:
        Stale: the scene's lines changed, or a chapter tells it by now.
    """
    scene = _scene(story, change.place)
    if hash_of_scene(story, scene.id) != change.old_hash:
        raise Stale(why=f"the lines of {scene.id} were changed since")
    chapters = read_chapters(story.folder)
    for each in chapters:
        if {scene.id, scene.episode} & {*each.adapts, *each.omits}:
            raise Stale(why=f"{each.path} tells {scene.id} already")
    home = next((c for c in chapters if any(_of(scene, a) for a in c.adapts)), None)
    number = home.number if home else max((c.number for c in chapters), default=0) + 1
    blocks = list(_stamped(story, change.text, f"ch{number:03}", draw))
    if home is None:
        title = _title(story, scene)
        return f"novel/ch{number:03}.md", _chapter(number, title, [scene.id], blocks)
    return home.path, _with_scene(story, home, scene, blocks)


def _scene(story: Story, scene_id: str) -> Scene:
    for episode in story.episodes:
        for scene in episode.scenes:
            if scene.id == scene_id:
                return scene
    raise Stale(why=f"there is no scene {scene_id} any more")


def _of(scene: Scene, adapted: str) -> bool:
    return adapted.startswith(f"{scene.episode}.")


def _title(story: Story, scene: Scene) -> str:
    episode = next(each for each in story.episodes if each.name == scene.episode)
    return episode.title or scene.episode


def _stamped(story: Story, text: str, prefix: str, draw: Draw) -> Iterator[str]:
    used = set(story.lock.all) | set(story.ids) | set(ids_in(_prose(story.folder)))
    for block in text.split("\n\n"):
        yield f"{block} {{#{draw_id(prefix, used, draw)}}}"


def _prose(folder: Path) -> Iterator[str]:
    for path in sorted((folder / "novel").glob("*.md")):
        yield read_text(path, f"novel/{path.name}")


def _chapter(number: int, title: str, adapts: Sequence[str], blocks: Sequence[str]) -> str:
    return f"{_front(number, title, adapts)}\n" + "\n\n".join(blocks) + "\n"


def _front(number: int, title: str, adapts: Sequence[str], omits: Sequence[str] = ()) -> str:
    front = {"chapter": number, "title": title, "adapts": list(adapts)}
    front |= {"omits": list(omits)} if omits else {}
    flow = yaml.safe_dump(
        front, allow_unicode=True, sort_keys=False, default_flow_style=True, width=10_000
    )
    return f"---\n{flow.strip()}\n---"


def _with_scene(story: Story, home: Chapter, scene: Scene, blocks: Sequence[str]) -> str:
    """A chapter with one scene more, before the first block that quotes a later scene."""
    order = [each.id for episode in story.episodes for each in episode.scenes]
    scenes = {
        placed.node.id: placed.scene.id
        for placed in story.walk()
        if placed.scene is not None and isinstance(placed.node, Beat) and placed.node.id
    }
    at = order.index(scene.id)
    later = (
        block.at.line for block in home.blocks
        if any(order.index(scenes[q]) > at for q in block.quotes if q in scenes)
    )  # fmt: skip
    rows = read_text(story.folder / home.path, home.path).replace("\r\n", "\n").split("\n")
    ends = [number for number, row in enumerate(rows) if row.strip() == "---"][1]
    line = next(later, None)
    place = len(rows) if line is None else line - 1
    adapts = sorted(
        {*home.adapts, scene.id}, key=lambda each: order.index(each) if each in order else 0
    )
    front = _front(home.number, home.title, adapts, home.omits).split("\n")
    body = [*_trimmed(rows[ends + 1 : place]), "", *"\n\n".join(blocks).split("\n"), ""]
    return "\n".join([*front, *body, *rows[place:]]).rstrip("\n") + "\n"


def _trimmed(rows: Sequence[str]) -> list[str]:
    return "\n".join(rows).rstrip("\n").split("\n")
