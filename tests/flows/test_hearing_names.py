"""The recogniser is told the series' names, and the aligner is asked where it heard too little."""

from dataclasses import replace
from types import SimpleNamespace

import numpy as np
import pytest

from silkreel.bible.cast import put_character
from silkreel.bible.terms import put_term
from silkreel.dubbing.joining import WrittenLine
from silkreel.engines.contracts import EngineCard, HeardLine, Word
from silkreel.flows import soundtrack
from silkreel.flows.at_hand import close_shelves
from silkreel.jobs.journeys import Desk
from silkreel.kit.children import Child, ChildCrashed
from silkreel.kit.sound import Sound, write_sound
from silkreel.kit.spans import TimeSpan

RATE = 16_000
SPEECH = (TimeSpan(1.0, 2.0), TimeSpan(4.0, 5.0))


class Engine:
    """Ear, recogniser and aligner in one; it keeps what it was told."""

    card = EngineCard("toy", "1", None, "Apache-2.0", None, None)

    def __init__(self):
        self.hints, self.aligned = [], []

    def speech(self, _sound):
        return SPEECH

    def transcribe(self, _sound, *, language, hints=()):
        self.hints.append(hints)
        words = (Word("你来了", 1.0, 2.0, 0.9),)
        return (HeardLine(SPEECH[0], "你来了", words, language, 0.9),)

    def align(self, _sound, text, *, language):  # noqa: ARG002 - as the contract has it
        self.aligned.append(text)
        return (Word(text, 0.3, 1.2, 0.8),)

    def close(self):
        pass


@pytest.fixture
def heard(settings, workshop, tmp_path, monkeypatch):
    """A desk, an episode of a series with names, and the engine that works there."""
    path = tmp_path / "sound.flac"
    write_sound(Sound.mono(np.zeros(RATE * 8), RATE), path)
    sound = SimpleNamespace(path=path, content_hash="c" * 64)
    monkeypatch.setattr(soundtrack, "picture_of", lambda *_: SimpleNamespace(sound_16k=sound))
    engine = Engine()
    monkeypatch.setattr("silkreel.engines.shelf.open_engine", lambda *_: engine)
    with workshop.transaction() as tx:
        put_character(tx, "s1", "林晚", names={}, found_by="series.yaml")
        put_character(tx, "s1", "Voice 1", names={}, found_by="voice")
        put_term(tx, "s1", "云城")
    monkeypatch.setattr(soundtrack, "_source_language", lambda *_: "zh-Hans")
    yield Desk(settings, workshop, lambda: False, lambda _: None), engine
    close_shelves()


EPISODE = SimpleNamespace(id="e1", series_id="s1")


def test_names_and_terms_go_to_the_recogniser_but_not_voices_nobody_named(heard):
    desk, engine = heard
    found = soundtrack.speech_of(desk, EPISODE)
    assert engine.hints == [("林晚", "云城")]
    assert [line.text for line in found.lines] == ["你来了"]


def test_what_was_heard_is_remembered_until_a_name_is_added(heard):
    desk, engine = heard
    soundtrack.speech_of(desk, EPISODE)
    soundtrack.speech_of(desk, EPISODE)
    assert len(engine.hints) == 1
    with desk.workshop.transaction() as tx:
        put_term(tx, "s1", "顾沉")
    soundtrack.speech_of(desk, EPISODE)
    assert engine.hints[1] == ("林晚", "云城", "顾沉")


def test_only_the_caption_that_was_not_heard_is_aligned_and_once(heard):
    desk, engine = heard
    written = [
        WrittenLine(TimeSpan(1, 2.2), "你来了", "read", 0.9),
        WrittenLine(TimeSpan(4.5, 5.5), "顾沉在哪里", "read", 0.9),
    ]
    speech = soundtrack.speech_of(desk, EPISODE)
    for _ in range(2):
        found = soundtrack.aligned_of(desk, EPISODE, written, speech)
        assert set(found) == {1}
        assert found[1].span.start_seconds == pytest.approx(4.1)
        assert found[1].span.end_seconds == pytest.approx(5.0)
    assert engine.aligned == ["顾沉在哪里"]


def test_a_recogniser_whose_child_dies_leaves_the_next_one_to_listen(heard, monkeypatch):
    desk, engine = heard

    class Dying(Engine):
        def transcribe(self, _sound, *, language, hints=()):  # noqa: ARG002 - as the contract has it
            with Child("toy_child") as child:
                child.ask({"do": "crash"})

    engines = {"first": Dying(), "second": engine, "silero": engine}
    monkeypatch.setattr("silkreel.engines.shelf.open_engine", lambda _, name, __: engines[name])
    named = {"transcribers": "first,second", "voice_activity": "silero"}
    desk = replace(desk, settings=desk.settings.model_copy(update=named))
    speech = soundtrack.speech_of(desk, EPISODE)
    assert [line.text for line in speech.lines] == ["你来了"]
    engines["first"].transcribe = engine.transcribe
    assert soundtrack.speech_of(desk, EPISODE) == speech
    assert len(engine.hints) == 1  # heard once, by the second, and remembered


def test_where_every_recogniser_dies_the_step_says_so(heard, monkeypatch):
    desk, _ = heard

    class Dying(Engine):
        def speech(self, _sound):
            with Child("toy_child") as child:
                child.ask({"do": "crash"})

    monkeypatch.setattr("silkreel.engines.shelf.open_engine", lambda *_: Dying())
    with pytest.raises(ChildCrashed, match="stopped without an answer"):
        soundtrack.speech_of(desk, EPISODE)
