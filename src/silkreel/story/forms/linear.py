"""The series as one line of scenes: what print, subtitles and schedules are made of."""

from collections.abc import Sequence
from dataclasses import dataclass

from silkreel.story.project import Story
from silkreel.story.script import Beat, Comment, Episode, Scene


@dataclass(frozen=True, slots=True)
class Said:
    """A beat, with the notes that stand before it."""

    beat: Beat
    notes: tuple[Comment, ...] = ()


@dataclass(frozen=True, slots=True)
class LinearScene:
    """A scene as the series shows it."""

    episode: Episode
    scene: Scene
    lines: tuple[Said, ...]


def linear_scenes(story: Story, walk: Sequence[str]) -> tuple[LinearScene, ...]:
    """Scenes in the order of a walk, each with the lines the walk shows of it."""
    homes: dict[str, tuple[Episode, Scene, Said]] = {}
    notes: list[Comment] = []
    for placed in story.walk():
        if isinstance(placed.node, Comment):
            notes += [placed.node] if placed.node.desk and placed.node.desk != "OK" else []
            continue
        if isinstance(placed.node, Beat) and placed.node.id and placed.episode and placed.scene:
            said = Said(placed.node, tuple(notes))
            homes[placed.node.id] = (placed.episode, placed.scene, said)
        notes = []
    scenes: list[LinearScene] = []
    for episode, scene, said in (homes[line_id] for line_id in walk if line_id in homes):
        if scenes and scenes[-1].scene.id == scene.id:
            scenes[-1] = LinearScene(episode, scene, (*scenes[-1].lines, said))
        else:
            scenes.append(LinearScene(episode, scene, (said,)))
    return tuple(scenes)
