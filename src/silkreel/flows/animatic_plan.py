"""An episode on its board with its words, its people and its pictures, before anybody speaks."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from silkreel.media.theatre import Play
from silkreel.story.animatic import Speech, speech_in, wording_of
from silkreel.story.board import Board, board_of
from silkreel.story.checking import look_into
from silkreel.story.given_art import given_art
from silkreel.story.lints.evidence import Evidence
from silkreel.story.project import Project, open_story
from silkreel.story.script import At
from silkreel.story.staging import Staging, play_of, read_staging


@dataclass(frozen=True, slots=True)
class Plan:
    """What is to be rendered."""

    evidence: Evidence
    board: Board
    staging: Staging
    speech: Speech
    play: Play
    art: Mapping[str, At]  # where each picture is named, by its file's name

    @property
    def project(self) -> Project:
        """What story.yaml says."""
        return self.evidence.story.project


def planned(path: Path, number: int, language: str = "") -> Plan:
    """Read a story and board one episode of it.

    Raises:
        NoStory, BadStoryFile, NoSuchEpisode: the script, its shots or its pictures cannot be used.
    """
    evidence = look_into(open_story(path))
    board = board_of(evidence, number)
    staging, speech = read_staging(evidence.story), speech_in(evidence, language)
    art, named = given_art(evidence.story, board)
    project = evidence.story.project
    play = play_of(board, project, staging, wording_of(speech, project), art=art)
    return Plan(evidence, board, staging, speech, play, named)
