"""The paper theatre: short renders at a small size."""

import hashlib

import av
import numpy as np
import pytest

from silkreel.kit.sound import Sound, read_sound
from silkreel.media.theatre import Picture, Play, render_episode
from silkreel.media.theatre.lettering import CAPTION_BAND, caption
from silkreel.media.theatre.mouths import mouths
from silkreel.media.theatre.plan import Actor, Line, Mark, Scene, Shot, TitleCard
from silkreel.media.theatre.schedule import EpisodeTooLong, SpeechMissing, schedule
from silkreel.media.theatre.stage import DRAWINGS_PER_SECOND, Stage

SMALL = Picture(180, 320)
RATE = 24_000


def murmur(seconds: float, seed: int = 1) -> Sound:
    """Something like speech: noise in syllables, four a second."""
    t = np.arange(int(seconds * RATE)) / RATE
    noise = np.random.default_rng(seed).standard_normal(len(t)) * 0.1
    return Sound.mono(noise * np.maximum(0, np.sin(2 * np.pi * 4 * t)), RATE)


def short_play(**changes) -> Play:
    lines = (Line("ep001_a_0001", "lin", "三万大洋 拿来", gesture="point"),)
    shot = Shot("CU", on=("lin",), move="push_in", before_seconds=0.4, lines=lines)
    scene = Scene("street", "rain", "dread", (Mark("lin", -150, "right", "lantern"),), (shot,))
    values = {
        "number": 1,
        "title": TitleCard("灯灭之前", "第一集"),
        "watermark": "灯灭之前",
        "cast": (Actor("lin", "maiden"),),
        "scenes": (scene,),
        "shortest_seconds": 1.0,
    }
    return Play(**(values | changes))


TAKES = {"ep001_a_0001": murmur(1.0)}


@pytest.fixture(scope="module")
def rendered(tmp_path_factory):
    return render_episode(short_play(), TAKES, tmp_path_factory.mktemp("theatre"), picture=SMALL)


def decoded(path):
    with av.open(str(path)) as container:
        frames = [f.to_ndarray(format="gray") for f in container.decode(video=0)]
    return np.stack(frames)


def test_an_episode_is_a_film_with_sound_of_the_promised_length(rendered):
    with av.open(str(rendered.path)) as container:
        video, audio = container.streams.video[0], container.streams.audio[0]
        assert (video.width, video.height, video.average_rate) == (180, 320, 25)
        assert video.frames == rendered.length_frames
        assert audio.sample_rate == 48_000
        assert audio.channels == 2
        length = float(audio.duration * audio.time_base)
    assert abs(length - rendered.length_seconds) < 0.06
    assert rendered.path.name == "第1集.mp4"


def test_the_same_input_gives_the_same_bytes(rendered, tmp_path):
    again = render_episode(short_play(), TAKES, tmp_path, picture=SMALL)

    def digest(path):
        return hashlib.sha256(path.read_bytes()).hexdigest()

    assert digest(again.path) == digest(rendered.path)
    assert digest(again.stem_path) == digest(rendered.stem_path)


def test_the_caption_stands_in_the_picture_when_the_truth_says_so(rendered):
    frames = decoded(rendered.path).astype(int)
    truth = rendered.captions[0]
    band = slice(int(320 * CAPTION_BAND[0]), int(320 * CAPTION_BAND[1]))
    white = (frames[:, band] > 225).mean(axis=(1, 2))
    inside = white[truth.span.first_frame + 1 : truth.span.end_frame - 1]
    outside = np.r_[white[: truth.span.first_frame], white[truth.span.end_frame :]]
    assert inside.min() > 3 * outside.max() + 0.01


@pytest.mark.parametrize(
    "text", ["接好了", "三年不见 周太太不认得我了？", "真的有字 三万大洋 已还清了吗 真的吗"]
)
def test_captions_land_inside_their_band(text):
    picture = Picture()
    label = caption(text, picture)
    ys, xs = np.nonzero(label.image[..., :3].min(axis=2) > 200)
    top, bottom = label.y + ys.min(), label.y + ys.max()
    assert CAPTION_BAND[0] * 1280 <= top < bottom <= CAPTION_BAND[1] * 1280
    left, right = label.x + xs.min(), label.x + xs.max()
    assert left >= 20
    assert right <= 700
    assert abs((left + right) / 2 - 360) < 12


def test_lips_move_with_the_voice_and_close_in_silence():
    quiet = np.zeros(RATE)
    loud = np.random.default_rng(3).standard_normal(RATE) * 0.2
    positions = mouths(Sound.mono(np.r_[quiet, loud, quiet], RATE), DRAWINGS_PER_SECOND)
    third = len(positions) // 3
    assert set(positions[: third - 1]) == {0}
    assert min(positions[third + 1 : 2 * third - 1]) == 3
    assert set(positions[2 * third + 2 :]) == {0}


def test_an_open_mouth_changes_the_picture_and_silence_does_not():
    play = short_play()
    times = schedule(play, {"ep001_a_0001": 1.0})

    def drawn(position):
        moved = {"ep001_a_0001": (position,) * 20}
        frame = times.lines[0].caption.first_frame + 6
        ((pixels, _),) = Stage(play, times, moved, SMALL).frames(frame, frame + 1)
        return pixels.astype(int)

    difference = np.abs(drawn(0) - drawn(3)).max(axis=2)
    rows, _ = np.nonzero(difference > 30)
    assert len(rows) > 8
    assert rows.max() < 0.62 * 320  # the jaw, not the whole picture
    assert np.array_equal(drawn(0), drawn(0))


def test_pictures_are_drawn_on_twos():
    play = short_play()
    times = schedule(play, {"ep001_a_0001": 1.0})
    changed = [new for _, new in Stage(play, times, {}, SMALL).frames(0, 10)]
    assert changed == [True, False] * 5


def test_the_stem_is_the_mix_without_the_voice(rendered):
    stem = read_sound(rendered.stem_path)
    truth = rendered.captions[0]
    assert abs(stem.length_seconds - rendered.length_seconds) < 0.05
    assert np.abs(stem.samples).max() < 0.9
    spoken = stem.cut(truth.speech_start_seconds, truth.speech_end_seconds)
    assert 0.0005 < float(np.sqrt((spoken.samples**2).mean())) < 0.08


def test_every_line_needs_a_voice(tmp_path):
    with pytest.raises(SpeechMissing, match="ep001_a_0001"):
        render_episode(short_play(), {}, tmp_path, picture=SMALL)


def test_pauses_stretch_to_the_shortest_length_and_shrink_to_the_longest():
    long = short_play(shortest_seconds=3.0)
    assert schedule(long, {"ep001_a_0001": 1.6}).length_seconds >= 3.0 - 0.05
    full = short_play(longest_seconds=2.3)
    assert schedule(full, {"ep001_a_0001": 1.7}).length_seconds <= 2.3
    with pytest.raises(EpisodeTooLong, match="cut lines"):
        schedule(full, {"ep001_a_0001": 9.0})
