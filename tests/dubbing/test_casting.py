"""Voices that sound alike are one character, and each keeps one voice."""

import numpy as np

from silkreel.dubbing.casting import VoicedLine, choose_voices, group_voices, pitch_hertz
from silkreel.engines.contracts import VoiceChoice
from silkreel.kit.sound import Sound


def unit(*values: float) -> np.ndarray:
    vector = np.array(values, dtype=np.float32)
    return vector / np.linalg.norm(vector)


def line(name: str, vector, seconds: float = 2.0, speaker: str = "") -> VoicedLine:
    return VoicedLine(name, seconds, vector, 200.0, speaker)


HER, HIM = unit(1, 0.1, 0), unit(0.1, 0, 1)


class ThreeVoices:
    """A speaker with three presets."""

    def voices(self, language: str) -> tuple[str, ...]:
        return ("af_one", "af_two", "am_one") if language == "en" else ()


def test_lines_of_one_voice_are_one_group():
    groups = group_voices([line("a", HER), line("b", HIM), line("c", unit(1, 0.15, 0.05))])
    assert sorted(sorted(group.line_ids) for group in groups) == [["a", "c"], ["b"]]


def test_a_short_line_joins_the_nearest_group_instead_of_founding_one():
    groups = group_voices([line("a", HER), line("b", HIM), line("c", unit(0.6, 0, 0.5), 0.3)])
    assert len(groups) == 2


def test_a_character_met_before_is_known_again():
    groups = group_voices([line("a", HER), line("b", HIM)], {"mei": HER})
    assert {group.character_id for group in groups} == {"mei", None}


def test_names_in_a_script_win_over_how_voices_sound():
    groups = group_voices([line("a", HER, speaker="Mei"), line("b", HER, speaker="Lan")])
    assert len(groups) == 2


def test_every_character_sounds_different_even_when_presets_run_out():
    people = [(f"c{i}", 220.0 if i % 2 else 120.0) for i in range(9)]
    voices = choose_voices(people, [("kokoro", ThreeVoices())], "en", {})
    assert len({(v.preset, v.pitch_semitones) for v in voices.values()}) == 9


def test_a_deep_voice_gets_a_deep_preset_first():
    voices = choose_voices([("him", 110.0), ("her", 230.0)], [("kokoro", ThreeVoices())], "en", {})
    assert voices["him"].preset == "am_one"
    assert voices["her"].preset.startswith("af")


def test_a_voice_once_given_stays():
    kept = VoiceChoice("espeak", "en", "en")
    assert (
        choose_voices([("him", 110.0)], [("kokoro", ThreeVoices())], "en", {"him": kept})["him"]
        is kept
    )


def test_pitch_is_measured_and_silence_has_none():
    moments = np.arange(16000) / 16000
    tone = sum(np.sin(2 * np.pi * 150 * k * moments) / k for k in range(1, 6)) * 0.2
    assert abs(pitch_hertz(Sound.mono(tone, 16000), 0, 1) - 150) < 5
    assert pitch_hertz(Sound.mono(np.zeros(16000), 16000), 0, 1) is None
