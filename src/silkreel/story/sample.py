"""The demo's drama: a story project as anybody's, and what its films and its sheet need of it."""

from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path

from silkreel.media.theatre import plan
from silkreel.story.board import Board, board_of
from silkreel.story.checking import look_into
from silkreel.story.forms.po import Translations, Use
from silkreel.story.lints.evidence import Evidence
from silkreel.story.project import Project, open_story
from silkreel.story.release_sheet import ReleaseSheet, read_release_sheet
from silkreel.story.script import Beat
from silkreel.story.staging import Staging, Titles, Wording, play_of, read_staging

SAMPLES = Path(__file__).parent / "samples"
LANTERN = SAMPLES / "lantern"
SOURCE_LANGUAGE = "zh-Hans"
TARGETS = ("en", "es", "pt-BR")
CAPTION_STOPS = str.maketrans({"，": " ", "。": " ", "、": " ", "…": " ", "；": " "})
NUMERALS = "零一二三四五六七八九十"
LENGTHS: dict[Use, str] = {"sub": "full", "dub": "compact"}  # of wordings, as the memory calls them


@dataclass(frozen=True, slots=True)
class Script:
    """One episode of the drama, ready to be spoken and drawn."""

    board: Board
    play: plan.Play

    @property
    def number(self) -> int:
        """Its number in the series."""
        return self.play.number

    @property
    def lines(self) -> tuple[Beat, ...]:
        """What is spoken, in order."""
        return tuple(beat for shot in self.board.shots for beat in shot.beats if beat.spoken)


@dataclass(frozen=True, slots=True)
class Drama:
    """A story project read for its films."""

    project: Project
    sheet: ReleaseSheet
    staging: Staging
    translations: dict[str, Translations]
    episodes: tuple[Script, ...]


@dataclass(frozen=True, slots=True)
class ApprovedWording:
    """An approved translation of one line, by the text that stands in the picture."""

    line_id: str
    episode: int
    speaker: str  # the character's name in the source language
    language: str
    length: str  # full | compact
    source_text: str
    text: str


@cache
def load_sample() -> Drama:
    """The drama that ships with the program."""
    return load_drama(LANTERN)


def load_drama(path: Path) -> Drama:
    """Read a story project for its films.

    Raises:
        NoStory, BadStoryFile: a file is missing, cannot be read, or says something impossible.
    """
    story = open_story(path)
    evidence = look_into(story)
    sheet, staging = read_release_sheet(story), read_staging(story)
    episodes = tuple(
        _script(evidence, sheet, staging, episode.number or 0) for episode in evidence.numbered
    )
    return Drama(story.project, sheet, staging, dict(evidence.translations), episodes)


def approved_translations(script: Script, drama: Drama) -> tuple[ApprovedWording, ...]:
    """Every approved wording of an episode, ready for the series memory: full, then compact."""
    found = {
        (language, wording.use, wording.line_id): wording
        for language, translations in drama.translations.items()
        for wording in translations.wordings
        if wording.text and not wording.draft
    }
    return tuple(
        ApprovedWording(
            line_id=beat.id or "",
            episode=script.number,
            speaker=_name(beat.speaker, drama.project),
            language=language,
            length=length,
            source_text=shown(beat.text),
            text=found[language, use, beat.id or ""].text,
        )
        for beat in script.lines
        for language in TARGETS
        for use, length in LENGTHS.items()
        if (language, use, beat.id or "") in found
    )


def shown(text: str) -> str:
    """A burned-in caption: no stops, a blank where the voice takes breath."""
    return " ".join(text.translate(CAPTION_STOPS).split())


def _script(evidence: Evidence, sheet: ReleaseSheet, staging: Staging, number: int) -> Script:
    board = _unasked(board_of(evidence, number))
    title = sheet.episodes[board.episode.name].title[SOURCE_LANGUAGE]
    titles = Titles(sheet.title[SOURCE_LANGUAGE], f"第{NUMERALS[number]}集 {title}")
    wording = Wording(lambda beat: shown(beat.text), lambda _: (), lambda _: 0.0)
    return Script(board, play_of(board, evidence.story.project, staging, wording, titles=titles))


def _unasked(board: Board) -> Board:
    """The board of the plain series: it asks nothing, and goes the canon's way."""
    return replace(board, shots=tuple(replace(each, moments=each.beats) for each in board.shots))


def _name(speaker: str, project: Project) -> str:
    known = project.character(speaker)
    return known.name if known is not None else speaker
