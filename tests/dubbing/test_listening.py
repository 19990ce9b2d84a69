"""Takes are measured when they are spoken, and may be held against what a recogniser understands."""

import numpy as np
import pytest

from silkreel.dubbing.listening import APART_SECONDS, SAMPLE_RATE, error_share, listen
from silkreel.dubbing.take_sound import TakeSound
from silkreel.engines.contracts import HeardLine, Word
from silkreel.kit.sound import Sound
from silkreel.kit.spans import TimeSpan

RATE = 24_000
TONE = 0.5 * np.sin(np.arange(RATE) * 0.05)


def measured(samples):
    return TakeSound.of(Sound.mono(samples, RATE))


def test_a_clean_take_has_nothing_to_say():
    clean = measured(TONE)
    assert (clean.clipped_share, clean.silent_share) == (0.0, 0.0)
    assert clean.offset < 0.005


def test_flattened_peaks_are_clipping_and_one_high_sample_is_not():
    assert measured(np.clip(3 * TONE, -1, 1)).clipped_share > 0.1
    once = TONE.copy()
    once[100] = 1.0
    assert measured(once).clipped_share == 0.0


def test_an_offset_and_holes_are_found():
    assert measured(TONE + 0.03).offset == pytest.approx(0.03, abs=0.005)
    assert measured(np.concatenate([TONE, np.zeros(RATE), TONE])).silent_share == pytest.approx(
        1 / 3, abs=0.02
    )
    assert measured(np.zeros(0)) == TakeSound(0.0, 0.0, 0.0)


class Recogniser:
    """Writes down what it was told stands at which second of the track it is handed."""

    def __init__(self, said):
        self.said = said

    def transcribe(self, sound, *, language, hints=()):
        assert (sound.sample_rate, language, hints) == (SAMPLE_RATE, "es", ())
        self.length_seconds = sound.length_seconds
        return tuple(
            HeardLine(TimeSpan(at, at + 0.5), text, words, "es", 0.9)
            for at, text, words in self.said
        )


def test_all_takes_are_heard_in_one_go_and_each_gets_its_own_words():
    second = APART_SECONDS + 1.0 + APART_SECONDS  # where the second take of a second begins
    words = (Word(" Vuelve", APART_SECONDS, APART_SECONDS + 0.4, 0.9),
             Word(" nunca.", second + 0.2, second + 0.6, 0.9))  # fmt: skip
    ear = Recogniser([(APART_SECONDS, " Vuelve nunca.", words)])
    takes = [(line, text, Sound.mono(TONE, RATE)) for line, text in
             (("a", "¡Vuelve!"), ("b", "Nunca."), ("c", "Jamás."))]  # fmt: skip
    heard = listen(takes, ear, "es")
    assert {line: (each.text.strip(), each.error_share) for line, each in heard.items()} == {
        "a": ("Vuelve", 0.0), "b": ("nunca.", 0.0), "c": ("", 1.0),
    }  # fmt: skip
    assert ear.length_seconds == pytest.approx(3 + 4 * APART_SECONDS, abs=0.01)


@pytest.mark.parametrize(("wording", "heard", "share"), [
    ("¿Quién eres tú?", "quién eres tú", 0.0),
    ("你终于来了。", "你总于来了", 0.2),
    ("…", "hm", 0.0),
    ("No.", "no no no no", 1.0),
])  # fmt: skip
def test_the_error_is_that_of_letters_alone(wording, heard, share):
    assert error_share(wording, heard) == share
