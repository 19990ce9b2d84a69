"""Steps are told in a person's words."""

import pytest

from silkreel.flows.steps_ahead import STEP_SENTENCES, step_words, steps_ahead

NUMBERS = {"hfhqzwebqn47": 2}


@pytest.mark.parametrize(("label", "told"), [
    ("take in hfhqzwebqn47/picture hfhqzwebqn47", "episode 2: picture"),
    ("dub hfhqzwebqn47 es/speak hfhqzwebqn47 es", "episode 2, Spanish: speaking"),
    ("dub hfhqzwebqn47 pt-BR", "episode 2, Portuguese (Brazil): dubbing"),
    ("upper rungs hfhqzwebqn47", "episode 2: larger pictures"),
    ("check series zh-Hant", "Chinese (Traditional): checking the series"),
    ("voices", "telling voices apart"),
    ("something of a stranger", "something of a stranger"),
])  # fmt: skip
def test_a_label_becomes_words(label, told):
    assert step_words(label, NUMBERS) == told


def test_no_step_shows_an_id():
    ahead = steps_ahead(list(NUMBERS), ["es", "pt-BR"])
    told = [step_words(label, NUMBERS) for label in ahead]
    assert len(ahead) == 4 + 9 + 2 * 2 + 5 * 2
    assert len(set(told)) == len(told)
    assert not any("hfhq" in words or "/" in words for words in told)
    assert {words.rpartition(": ")[2] for words in told} <= set(STEP_SENTENCES.values())
