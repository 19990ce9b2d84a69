"""Checks across media: what the board claims of the script."""

from collections.abc import Iterator

from silkreel.kit.keys import text_hash
from silkreel.story.lints.catalogue import Found, lint
from silkreel.story.lints.evidence import Evidence
from silkreel.story.script import At, Beat


@lint("DRM013", "B")
def shots_cover(evidence: Evidence) -> Iterator[Found]:
    """A shot list does not cover its episode: each line of the series once, in order, unchanged.

    The script owns the drama and the board owns the camera. A line no shot covers is not filmed; one
    that two shots cover is filmed twice; and the board never changes the words.
    """
    texts = {line.id: line.text for line in evidence.story.lines if line.id}
    for board in evidence.shot_lists:
        wanted = [beat.id for beat in evidence.beats.get(board.episode, ()) if beat.id]
        covered: dict[str, At] = {}
        last = -1
        for number, shot in enumerate(board.shots):
            at = board.at(number)
            if shot.text and text_hash(shot.text) != text_hash(
                " ".join(texts.get(i, "") for i in shot.covers)
            ):
                yield Found(f"{shot.id} changes the script's words; take its text out.", at)
            for line_id in shot.covers:
                if line_id not in wanted:
                    yield Found(
                        f"{shot.id} covers {line_id}, no line of {board.episode}'s series.", at
                    )
                    continue
                if line_id in covered:
                    yield Found(f"{line_id} is covered twice, here and in {covered[line_id]}.", at)
                elif wanted.index(line_id) < last:
                    yield Found(f"{shot.id} covers {line_id} out of order.", at)
                covered.setdefault(line_id, at)
                last = max(last, wanted.index(line_id))
        for line_id in wanted:
            if line_id not in covered:
                yield Found(
                    f"No shot of {board.episode} covers {line_id}.", At(board.path, 1), line_id
                )


@lint("DRM043", "I")
def bare_game_scene(evidence: Evidence) -> Iterator[Found]:
    """A scene only the game shows has no backdrop, or somebody in it no portrait.

    There is no footage of it: the player shows the location's `backdrop` and the speakers' `portrait`
    of story.yaml.
    """
    project = evidence.story.project
    backdrops = {location.id: location.backdrop for location in project.locations}
    for episode in evidence.story.episodes:
        for scene in episode.scenes:
            if scene.only != "game" or not evidence.story.declared:
                continue
            if not backdrops.get(scene.location):
                yield Found(f"{scene.id} has no backdrop.", scene.at)
            speakers = {n.speaker for n in scene.nodes if isinstance(n, Beat) and n.speaker}
            for character in filter(None, map(project.character, sorted(speakers))):
                if not character.portrait:
                    yield Found(f"{character.id} has no portrait for {scene.id}.", scene.at)
