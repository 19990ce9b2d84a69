"""The sample as a stranger's folder, with a speaker that hums."""

from dataclasses import replace

import numpy as np
import pytest
import yaml

from silkreel.engines.contracts import EngineCard, Speech
from silkreel.flows.make_sample import make_sample
from silkreel.flows.series_sheet import read_sheet
from silkreel.flows.table_read import NoVoice
from silkreel.kit.sound import Sound
from silkreel.media.theatre import Picture
from silkreel.story.sample import load_sample


class Hummer:
    """Hums a syllable for each letter; one pitch a voice."""

    card = EngineCard("hummer", "1", ("zh",), "none", None, None)

    def __init__(self):
        self.said = []

    def voices(self, language):
        return ("a+f1", "b+m1", "c+f2", "d+m2") if language.startswith("zh") else ()

    def speak(self, text, *, voice, rate=1.0, seed=0):  # noqa: ARG002 - the contract's
        self.said.append((voice.preset, text))
        t = np.arange(int(1_600 * len(text))) / 16_000
        return Speech(
            Sound.mono(0.1 * np.sin(2 * np.pi * 200 * t) * np.sin(2 * np.pi * 4 * t), 16_000)
        )

    def close(self):
        pass


def tiny_drama():
    """The first two shots of the first episode, without its length."""
    drama = load_sample()
    script = drama.episodes[0]
    scene = replace(script.play.scenes[0], shots=script.play.scenes[0].shots[:2])
    play = replace(script.play, scenes=(scene,), shortest_seconds=1.0, longest_seconds=20.0)
    return replace(drama, episodes=(replace(script, play=play),))


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    folder, speaker, heard = tmp_path_factory.mktemp("sample"), Hummer(), []
    sample = make_sample(
        folder, speakers=[speaker], drama=tiny_drama(), picture=Picture(180, 320),
        progress=lambda what, share: heard.append((what, share)),
    )  # fmt: skip
    return folder, sample, speaker, heard


def test_the_folder_is_a_strangers(made):
    folder, sample, _, _ = made
    names = sorted(path.name for path in sample.folder.iterdir())
    assert names == ["series.yaml", "第1集.mp4"]
    sheet = read_sheet(sample.folder)
    assert sheet.slug == "before-the-lantern-dies"
    assert {member.name for member in sheet.cast} == {"林晚", "顾沉", "周太太", "老秦"}
    assert "wordings" not in yaml.safe_load(
        (sample.folder / "series.yaml").read_text(encoding="utf-8")
    )
    assert (folder / "stems" / "第1集.me.wav").is_file()


def test_each_character_has_a_voice_of_their_own(made):
    _, sample, _, _ = made
    presets = [part.voice.preset for part in sample.casting]
    assert len(set(presets)) == 4


def test_the_truth_lists_the_captions(made):
    _, sample, _, _ = made
    assert sample.truth == {1: ("这盏灯一灭 铺子就归我", "还没到子时 急什么？")}


def test_progress_ends_at_the_whole(made):
    _, _, _, heard = made
    assert heard[-1][1] == 1.0


def test_a_second_run_speaks_and_draws_nothing(made):
    folder, sample, _, _ = made
    speaker = Hummer()
    again = make_sample(folder, speakers=[speaker], drama=tiny_drama(), picture=Picture(180, 320))
    assert speaker.said == []
    assert again.episodes == sample.episodes


def test_without_a_voice_it_says_so(tmp_path):
    with pytest.raises(NoVoice, match="zh-Hans"):
        make_sample(tmp_path, speakers=[])
