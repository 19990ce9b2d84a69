"""Clips that people made, where they are on this machine: probed and encoded whole."""

import pytest
import soundfile

from silkreel.media.ladder import LadderOrder, encode_ladder
from silkreel.media.probe import ProbeRules, probe_file

pytestmark = pytest.mark.media_clips

EXPECTED = {
    "speech-english": (1080, 720, 299, ["v360", "v540", "v720"]),
    "talk-bilingual-hardsubs": (640, 480, 480, ["v360", "v480"]),
    "hardsubs-russian-small": (1280, 720, 240, ["v360", "v540", "v720"]),
}


def test_a_real_clip_is_taken_into_a_landscape_series_and_encoded(real_clip, tmp_path):
    width, height, frame_count, names = EXPECTED[real_clip.stem]

    probe = probe_file(real_clip, rules=ProbeRules(orientation="landscape"))
    ladder = encode_ladder(real_clip, tmp_path, LadderOrder.of(probe))

    assert probe.findings == ()
    assert (probe.width_pixels, probe.height_pixels) == (width, height)
    assert probe.frame_count == ladder.frame_count == ladder.decoded_frames == frame_count
    assert [rung.name for rung in ladder.rungs] == names
    assert len({rung.segments.starts_ticks for rung in ladder.rungs}) == 1
    assert soundfile.info(ladder.sound_48k).frames == round(frame_count / 30 * 48_000)
    assert ladder.posters
    assert ladder.shots[-1].end_frame == frame_count


def test_a_real_clip_is_refused_by_a_vertical_series_with_what_to_do(real_clip):
    probe = probe_file(real_clip)
    assert [finding.refusal.code for finding in probe.findings] == ["media.landscape"]
    assert "landscape_crop" in str(probe.findings[0].refusal)
