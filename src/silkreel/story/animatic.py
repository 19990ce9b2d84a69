"""An animatic's words and figures: what is said and shown, subtitles, the table of lengths."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from silkreel.media.theatre.plan import Line, Shot
from silkreel.media.theatre.schedule import ShotCue, Timetable
from silkreel.story.board import Board, Question
from silkreel.story.forms.po import Translations, Use
from silkreel.story.forms.vtt import cue
from silkreel.story.lints.evidence import Evidence
from silkreel.story.project import Project
from silkreel.story.rhythm import ACTION, beat_seconds
from silkreel.story.script import Beat
from silkreel.story.staging import Wording

DEFAULT_ACTION_SECONDS = 2.5  # a beat, where the profile says nothing (shuohao-skills)
QUESTION_SECONDS = 2.0  # both options are read, then the series goes on
CAPTION_USES: tuple[Use, ...] = ("sub", "dub")
VOICE_USES: tuple[Use, ...] = ("dub", "sub")


@dataclass(frozen=True, slots=True)
class Speech:
    """A story's words in one language: what is shown, what is said, and what is not worded yet."""

    language: str
    shown: Callable[[str, str], str]  # by line id, and the text where there is none
    said: Callable[[str, str], str]
    worded: frozenset[str] | None  # None: the source language, where every line is

    def missing(self, ids: Sequence[str]) -> tuple[str, ...]:
        """Lines that stay in the source language."""
        return () if self.worded is None else tuple(i for i in ids if i not in self.worded)


def speech_in(evidence: Evidence, language: str) -> Speech:
    """The words in a language; a line nobody has worded keeps the source's."""
    source = evidence.story.project.language
    if language in {"", source}:
        return Speech(source, lambda _, text: text, lambda _, text: text, None)
    found = evidence.translations.get(language, Translations(language))
    texts = {(w.line_id, w.use): w.text for w in found.wordings if w.text}

    def by(uses: Sequence[Use]) -> Callable[[str, str], str]:
        return lambda i, text: next((texts[i, use] for use in uses if (i, use) in texts), text)

    worded = frozenset(line_id for line_id, _ in texts)
    return Speech(language, by(CAPTION_USES), by(VOICE_USES), worded)


def wording_of(speech: Speech, project: Project) -> Wording:
    """What the play shows of each line, and how long what has no voice lasts."""

    def option(question: Question) -> tuple[str, ...]:
        return tuple(speech.shown(each.id or "", each.text) for each in question.options)

    return Wording(
        caption=lambda beat: speech.shown(beat.id or "", beat.text),
        option=option,
        still_seconds=lambda beat: still_seconds(beat, project),
        question_seconds=QUESTION_SECONDS,
        language=speech.language,
    )


def still_seconds(beat: Beat, project: Project) -> float:
    """How long something without a voice is shown."""
    return beat_seconds(beat, project) or DEFAULT_ACTION_SECONDS


def action_rate_is_guessed(board: Board, project: Project) -> bool:
    """Whether lengths of action rest on no declared rate."""
    silent = any(not beat.spoken for shot in board.shots for beat in shot.beats)
    return silent and ACTION not in project.rhythm_profile.rates


def animatic_vtt(times: Timetable, names: Mapping[str, str]) -> str:
    """Every line of the film as a cue under its id, from its first sound to the end of its slot."""
    rate = times.frames_per_second
    cues = [
        cue(
            each.line.id, each.speech_start_seconds, each.caption.end_frame / rate,
            names.get(each.line.who, each.line.who), each.line.caption,
        )
        for each in times.lines
        if each.line.kind != "choice" and each.line.caption
    ]  # fmt: skip
    return "\n\n".join(["WEBVTT", *cues]) + "\n"


@dataclass(frozen=True, slots=True)
class ShotRow:
    """A shot in the table of lengths."""

    id: str
    size: str
    move: str
    angle: str
    start_seconds: float
    length_seconds: float
    asked_seconds: float
    lines: tuple[str, ...]
    given_art: bool

    def to_json(self) -> dict[str, object]:
        """As scripts read it."""
        return {
            "id": self.id, "size": self.size, "move": self.move, "angle": self.angle,
            "start_seconds": round(self.start_seconds, 3),
            "length_seconds": round(self.length_seconds, 3),
            "asked_seconds": self.asked_seconds or None, "lines": list(self.lines),
            "given_art": self.given_art,
        }  # fmt: skip


def shot_rows(times: Timetable) -> tuple[ShotRow, ...]:
    """Every shot with its place and length."""
    return tuple(_row(each, each.shot) for each in times.shots)


def _row(each: ShotCue, shot: Shot) -> ShotRow:
    return ShotRow(
        shot.id, shot.size, shot.move, shot.angle, each.start_seconds, each.length_seconds,
        shot.asked_seconds, tuple(x.line.id for x in each.lines if _of_the_series(x.line)),
        bool(shot.art),
    )  # fmt: skip


def _of_the_series(line: Line) -> bool:
    return line.kind != "choice"
