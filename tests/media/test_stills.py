from fractions import Fraction

import numpy as np
import pytest
from PIL import Image

from silkreel.media.ladder import LadderOrder, encode_ladder
from silkreel.media.probe import ProbeRules, probe_file
from silkreel.media.stills import POSTER_BYTES, SPRITE_BYTES, make_poster, make_sprite


@pytest.fixture(scope="module")
def rung(tmp_path_factory, clip_in):
    """Nine seconds whose brightness tells the time."""
    folder = tmp_path_factory.mktemp("rung")
    master = clip_in(
        folder / "master.mp4",
        size=(360, 640),
        seconds=9,
        filters=("drawbox=y=0:h=320:color=black:t=fill", "lutyuv=y='val*0.2+20'"),
    )
    rules = ProbeRules(least_short_side_pixels=100)
    return encode_ladder(master, folder, LadderOrder.of(probe_file(master, rules=rules))).rungs[0]


def test_staff_get_the_very_frame_they_chose(rung, tmp_path):
    import av

    with av.open(rung.path) as container:
        frames = [frame.to_ndarray(format="rgb24") for frame in container.decode(video=0)]
    for number in (0, 50, 101):
        poster = make_poster(rung.path, tmp_path / "p.webp", frame=number, frame_rate=Fraction(25))
        shown = np.asarray(Image.open(poster.path).convert("RGB"))
        differences = [np.abs(shown.astype(int) - f).mean() for f in frames]
        assert int(np.argmin(differences)) == number
        assert poster.size_bytes <= POSTER_BYTES


def test_a_time_behind_the_end_gives_the_last_frame(rung, tmp_path):
    poster = make_poster(rung.path, tmp_path / "p.webp", frame=9999, frame_rate=Fraction(25))
    assert poster.path.stat().st_size > 100


def test_a_sprite_holds_evenly_spaced_tiles_with_their_times(rung, tmp_path):
    sprite = make_sprite(rung.path, tmp_path / "s.webp")
    sheet = Image.open(sprite.path)
    assert sprite.times_seconds == (0.0, 2.0, 4.0, 6.0, 8.0)
    assert (sprite.tile_width_pixels, sprite.tile_height_pixels) == (160, 284)
    assert sheet.size == (4 * 160, 2 * 284)
    assert sprite.path.stat().st_size <= SPRITE_BYTES


def test_nothing_but_the_still_is_left(rung, tmp_path):
    make_sprite(rung.path, tmp_path / "s.webp")
    assert [path.name for path in tmp_path.iterdir()] == ["s.webp"]
