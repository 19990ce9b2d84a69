"""Hearing is pure over its two skills: what has no speech under it is not a line."""

import numpy as np
import pytest

from silkreel.dubbing.hearing import hear
from silkreel.engines.contracts import HeardLine
from silkreel.kit.sound import Sound
from silkreel.kit.spans import TimeSpan

SOUND = Sound.mono(np.zeros(16_000 * 20), 16_000)


class Ear:
    def __init__(self, *spans):
        self.spans = tuple(TimeSpan(*span) for span in spans)

    def speech(self, _sound):
        return self.spans


class Writer:
    def __init__(self, *lines):
        self.lines, self.asked = lines, []

    def transcribe(self, _sound, *, language, hints=()):
        self.asked.append((language, hints))
        return tuple(
            HeardLine(TimeSpan(start, end), text, (), language or "en", 0.9)
            for start, end, text in self.lines
        )


def test_lines_come_in_order_with_the_speech_they_were_found_in():
    writer = Writer((8, 9.5, "second"), (1, 2, "first"))
    heard = hear(
        SOUND, language="zh-Hans", transcriber=writer, voice_activity=Ear((1, 2), (8, 10)),
        hints=["顾总"],
    )  # fmt: skip
    assert [line.text for line in heard.lines] == ["first", "second"]
    assert heard.speech == (TimeSpan(1, 2), TimeSpan(8, 10))
    assert writer.asked == [("zh-Hans", ("顾总",))]


@pytest.mark.parametrize(
    ("start", "end", "kept"), [(4, 6, False), (1.5, 4, False), (1.2, 2.4, True)]
)
def test_text_invented_over_music_is_dropped(start, end, kept):
    writer = Writer((start, end, "Thanks for watching!"))
    heard = hear(SOUND, language=None, transcriber=writer, voice_activity=Ear((1, 2)))
    assert bool(heard.lines) is kept


def test_where_nobody_speaks_nobody_is_asked_to_write():
    writer = Writer((1, 2, "invented"))
    heard = hear(SOUND, language=None, transcriber=writer, voice_activity=Ear())
    assert heard.speech == heard.lines == ()
    assert writer.asked == []
