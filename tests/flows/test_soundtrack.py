"""An episode never stops for want of a bed: what fails falls to the next way, and says so."""

from types import SimpleNamespace

import numpy as np
import pytest

from silkreel.engines.contracts import EngineCard, EngineMissing, Stems
from silkreel.flows import soundtrack
from silkreel.flows.at_hand import close_shelves
from silkreel.jobs.journeys import Desk
from silkreel.kit.children import Cancelled, Child
from silkreel.kit.sound import Sound, write_sound

RATE = 48_000
WHOLE = Sound(np.full((3 * RATE, 2), 0.1, np.float32), RATE)


class Separator:
    """One that answers as it is told, and counts how often it was asked."""

    def __init__(self, name, answer):
        self.card = EngineCard(name, "1", None, "Apache-2.0", None, None)
        self.answer, self.asked = answer, 0

    def separate(self, sound):
        self.asked += 1
        return self.answer(sound)

    def close(self):
        pass


def crash(_sound):
    """A real child that dies of a signal."""
    with Child("toy_child") as child:
        child.ask({"do": "crash"})
    raise AssertionError("the child lived")


def cancel(_sound):
    raise Cancelled


def halves(sound):
    half = Sound(sound.samples / 2, RATE)
    return Stems(half, half)


def too_short(sound):
    return Stems(sound, Sound(sound.samples[: RATE // 4], RATE))


def not_numbers(sound):
    return Stems(sound, Sound(sound.samples * np.float32(np.nan), RATE))


@pytest.fixture
def bed_by(settings, workshop, tmp_path, monkeypatch):
    """Make an episode's bed with separators that answer so."""
    path = tmp_path / "original.flac"
    write_sound(WHOLE, path)
    heard = SimpleNamespace(path=path, content_hash="a" * 64)
    monkeypatch.setattr(soundtrack, "picture_of", lambda *_: SimpleNamespace(sound_48k=heard))
    monkeypatch.setattr(soundtrack, "speech_of", lambda *_: SimpleNamespace(speech=()))

    def make(**answers):
        engines = {name: Separator(name, answer) for name, answer in answers.items()}

        def open_engine(_skill, name, _settings):
            if name not in engines:
                raise EngineMissing(engine=name, why="it is not here", mend="Install it.")
            return engines[name]

        monkeypatch.setattr("silkreel.engines.shelf.open_engine", open_engine)
        named = settings.model_copy(update={"separators": ",".join([*answers, "absent"])})
        desk = Desk(named, workshop, lambda: False, lambda _: None)
        made, notes = soundtrack.bed_artifact(desk, SimpleNamespace(id="none"))
        return made.facts["kind"], notes, engines

    yield make
    close_shelves()


def test_a_separator_whose_child_dies_is_asked_twice_and_then_the_next_one(bed_by):
    kind, notes, engines = bed_by(first=crash, second=halves)
    assert kind == "separated"
    assert (engines["first"].asked, engines["second"].asked) == (2, 1)
    assert "stopped without an answer" in notes[0]


@pytest.mark.parametrize("broken", [too_short, not_numbers])
def test_broken_stems_are_not_laid_under_a_dub(bed_by, broken):
    kind, notes, _ = bed_by(first=broken)
    assert kind == "ducked"
    assert "first left no usable bed" in notes[0]
    assert "absent cannot run here" in notes[1]


def test_where_no_separator_can_run_the_original_is_ducked_and_it_is_said(bed_by):
    kind, notes, _ = bed_by()
    assert kind == "ducked"
    assert notes == ["absent cannot run here: it is not here. Install it."]


def test_a_cancelled_separation_makes_no_bed(bed_by):
    with pytest.raises(Cancelled):
        bed_by(first=cancel, second=halves)
