"""Every line gets its words: the memory first, then one engine after the other, then a person."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from silkreel.bible.memory import open_memory
from silkreel.dubbing.estimating import LengthEstimator, allowance_characters
from silkreel.dubbing.fitting import FitLine, window_frames
from silkreel.dubbing.rewording import Overlong, reword_lines
from silkreel.dubbing.translating import RequestParts, request_parts, translate_episode
from silkreel.dubbing.wordings import SourceLine, source_lines, store_wordings, wording_of
from silkreel.engines.contracts import (
    Candidate,
    EngineCard,
    EngineMissing,
    TranslationRequest,
    Translator,
)
from silkreel.flows.at_hand import shelf_for
from silkreel.flows.dub_parts import DubParts, dub_parts
from silkreel.flows.picture import picture_of
from silkreel.jobs.journeys import Answer, Arguments, Desk, stage
from silkreel.kit.database import Session
from silkreel.kit.languages import primary
from silkreel.kit.settings import Settings
from silkreel.kit.sound import Sound, read_sound
from silkreel.kit.spans import Span

LISTENING_TARGET = "en"  # the language that listening engines translate into


@stage("translate_lines", queue="api", weight=2)
def translate_lines(desk: Desk, arguments: Arguments) -> Answer:
    """Word every line of an episode in a language; what nobody can word waits in a list."""
    episode_id, language = arguments["episode_id"], arguments["language"]
    with desk.workshop.reading() as tx:
        parts = dub_parts(tx, episode_id, language)
        asked = request_of(tx, desk, parts, language)
    lines = lines_to_word(parts, language, picture_of(desk.workshop, parts.episode).shots)
    translators, missing = translators_at_hand(desk.settings, desk.cancelled)
    outcome = translate_episode(
        desk.workshop.database, episode_id, lines, translators, asked, cancelled=desk.cancelled
    )
    return {
        "worded": len(outcome.wordings),
        "waiting": {each.line_id: list(each.reasons) for each in outcome.waiting},
        "stale": list(outcome.stale),
        "engines": [card.to_json() for card in outcome.engines],
        "notes": [*outcome.notes, *missing],
    }


def reword_overruns(
    desk: Desk, parts: DubParts, language: str, overruns: Mapping[str, float]
) -> bool:
    """Ask for shorter words where wordings fit badly or not at all; whether any were found."""
    with desk.workshop.reading() as tx:
        asked = request_of(tx, desk, parts, language)
        memory = open_memory(tx, parts.series.id, language)
    lines = lines_to_word(parts, language, picture_of(desk.workshop, parts.episode).shots)
    overlong = [
        Overlong(line, overruns[line.line_id], _tried(parts, line))
        for line in lines
        if line.line_id in overruns
    ]
    translators, _ = translators_at_hand(desk.settings, desk.cancelled)
    outcome = reword_lines(
        lines, overlong, translators, asked, memory=memory, cancelled=desk.cancelled
    )
    with desk.workshop.transaction() as tx:
        store_wordings(tx, parts.series.id, language, outcome.wordings)
    return bool(outcome.wordings)


def request_of(tx: Session, desk: Desk, parts: DubParts, language: str) -> RequestParts:
    """What every request for the episode holds: terms, synopsis, and its sound for listeners."""
    synopsis = parts.series.synopses.get(language) or parts.series.synopses.get(
        parts.series.source_language, ""
    )
    return request_parts(
        tx,
        parts.series.id,
        source_language=parts.series.source_language,
        target_language=language,
        synopsis=str(synopsis or ""),
        sound=_sound(desk, parts) if primary(language) == LISTENING_TARGET else None,
    )


def lines_to_word(
    parts: DubParts, language: str, shots: Sequence[int] = ()
) -> tuple[SourceLine, ...]:
    """The episode's lines as translators see them, with how many characters fit each.

    What fits is the line's window in the fitting: with the air before it and behind it that its
    neighbours leave, and more behind it where a cut in `shots` hides the mouth.
    """
    rate, estimator = parts.frame_rate, LengthEstimator(language)
    allowances = {
        line_id: allowance_characters(float(frames / rate), estimator)
        for line_id, frames in _windows(parts, shots).items()
    }
    return source_lines(parts.lines, frame_rate=rate, speakers=parts.names, allowances=allowances)


def _windows(parts: DubParts, shots: Sequence[int]) -> dict[str, int]:
    """Frames that every dubbed line can use, by its id."""
    lines = tuple(
        FitLine(
            line_id=line.id,
            character=line.character_id or "",
            span=Span(line.first_frame, line.end_frame),
            candidates=(),
            shot_end=next((cut for cut in shots if cut >= line.end_frame), None),
        )
        for line in sorted(parts.lines, key=lambda line: line.first_frame)
        if line.dubbed
    )
    frames = window_frames(
        lines, frame_rate=parts.frame_rate, length_frames=parts.episode.frame_count
    )
    return {line.line_id: room for line, room in zip(lines, frames, strict=True)}


def _tried(parts: DubParts, line: SourceLine) -> tuple[Any, ...]:
    return tuple(wording_of(row) for row in parts.wordings.get(line.line_id, {}).values())


def _sound(desk: Desk, parts: DubParts) -> Sound:
    return read_sound(picture_of(desk.workshop, parts.episode).sound_16k.path)


@dataclass(slots=True)
class _OnCall:
    """A translator that is lent from the shelf only while it works, so that others may go on."""

    settings: Settings
    cancelled: Callable[[], bool]
    name: str
    card: EngineCard
    rewords: bool

    def can(self, source_language: str, target_language: str) -> bool:
        """Whether this pair is served."""
        engine = shelf_for(self.settings).look_at("translators", self.name)
        return bool(engine.can(source_language, target_language))

    def translate(self, request: TranslationRequest) -> tuple[Candidate, ...]:
        """Wordings for the request's lines."""
        with shelf_for(self.settings).lend("translators", self.name) as engine:
            watch = getattr(engine, "watch", None)
            if watch is not None:
                watch(self.cancelled)
            made: tuple[Candidate, ...] = engine.translate(request)
            return made

    def close(self) -> None:
        """The shelf closes it."""


def translators_at_hand(
    settings: Settings, cancelled: Callable[[], bool] = lambda: False
) -> tuple[list[Translator], list[str]]:
    """The translators that can run here, in the order set, and why the others cannot."""
    shelf, here, missing = shelf_for(settings), [], []
    for name in settings.engines("translators"):
        try:
            engine = shelf.look_at("translators", name)
        except EngineMissing as refusal:
            missing.append(str(refusal))
        else:
            here.append(_OnCall(settings, cancelled, name, engine.card, engine.rewords))
    return list[Translator](here), missing
