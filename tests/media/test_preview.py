"""The preview look, by measurement: silhouettes, sketches, slots, captions, strip, given art."""

from dataclasses import replace

import av
import cv2
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from silkreel.media.theatre.art import MAX_PIXELS, BadArt, load_art
from silkreel.media.theatre.film import write_part
from silkreel.media.theatre.plan import (
    Actor,
    Line,
    Look,
    Mark,
    Picture,
    Play,
    Scene,
    Shot,
    Sketch,
    TitleCard,
)  # fmt: skip
from silkreel.media.theatre.rows import wrapped
from silkreel.media.theatre.schedule import BREATH_SECONDS, SHORTEST_SLOT_SECONDS, slots
from silkreel.media.theatre.slate import (
    SAFE_ZONE,
    STRIP_HEIGHT,
    choice_panels,
    preview_caption,
)
from silkreel.media.theatre.stage import Stage
from silkreel.media.theatre.typesetting import row_length

PICTURE = Picture(270, 480)
ROOM = Sketch(3, indoors=True)


ALONE = (Mark("a", -40, "right"),)


def play_of(*shots, place=ROOM, marks=ALONE, cast=None):
    cast = cast or (Actor("a", "silhouette", "Anna", 0),)
    scene = Scene(place, "clear", "plain", marks, shots)
    return Play(1, TitleCard("", ""), "", cast, (scene,))


def speech(line_id="l1", who="a", text="", **more):
    return Line(line_id, who, text, **more)


def frame_of(play, at=0.5, seconds=None, look=Look(preview=True, stills=True)):  # noqa: B008
    times = slots(play, seconds or {line.id: 1.5 for line in play.spoken})
    number = int(times.length_frames * at)
    stage = Stage(play, times, {}, PICTURE, look)
    return next(pixels for pixels, _ in stage.frames(number, number + 1))[..., :3].astype(int)


def body_of(play):
    """The picture without strip, stamp and names."""
    return frame_of(play)[round(480 * 0.3) :]


@pytest.mark.parametrize("size", ["CU", "MS"])
def test_silhouettes_of_a_cast_differ(size):
    shot = Shot(size, on=("a",), lines=(speech(),))
    frames = [
        body_of(play_of(shot, cast=(Actor("a", "silhouette", "", number),))) for number in range(8)
    ]
    for i, one in enumerate(frames):
        for other in frames[i + 1 :]:
            changed = (np.abs(one - other).sum(axis=2) > 60).mean()
            assert changed > 0.04


def test_a_place_is_the_same_each_time_and_no_two_are_alike():
    shot = Shot("WS", lines=(Line("l1", "", "", kind="action"),))

    def drawn(seed, **more):
        return frame_of(play_of(shot, place=Sketch(seed, **more), marks=()))

    assert (drawn(5) == drawn(5)).all()
    for other in (drawn(6), drawn(5, indoors=True), drawn(5, hour="night")):
        assert (np.abs(drawn(5) - other).sum(axis=2) > 30).mean() > 0.2


def test_sizes_frame_and_angles_turn():
    def drawn(**more):
        return body_of(play_of(Shot(**{"size": "MS", "on": ("a",), "lines": (speech(),)} | more)))

    plain = drawn()
    for other in (drawn(size="CU"), drawn(size="WS"), drawn(angle="low"), drawn(angle="high"),
                  drawn(angle="dutch")):  # fmt: skip
        assert (np.abs(plain - other).sum(axis=2) > 40).mean() > 0.08


@pytest.mark.parametrize("move", ["push_in", "pull_out", "drift_left", "tilt_up"])
def test_a_move_moves_the_picture_and_a_still_stands(move):
    def halves(move):
        play = play_of(Shot("MS", on=("a",), move=move, lines=(speech(),)))
        moving = Look(preview=True)
        return [frame_of(play, at, look=moving)[150:] for at in (0.05, 0.9)]

    first, last = halves(move)
    still, later = halves("still")
    assert np.abs(first - last).mean() > 2.5 * np.abs(still - later).mean()


ALPHABET = st.characters(max_codepoint=0x4FF, categories=("L", "M", "N", "P", "S", "Z", "Cc"))
WRITTEN = st.text(st.one_of(ALPHABET, st.sampled_from("灯火，。ーあ한국\u200d\ufe0f\U0001fae0")))


@given(
    text=st.text(ALPHABET, min_size=1, max_size=400) | WRITTEN,
    kind=st.sampled_from(["speech", "action", "sign"]),
)
def test_captions_stay_inside_the_safe_zone(text, kind):
    label = preview_caption(text, kind, PICTURE)
    left, top, right, bottom = SAFE_ZONE
    height, width = label.image.shape[:2]
    seen = (
        cv2.boundingRect(cv2.extractChannel(label.image, 3)) if label.image.any() else (0, 0, 0, 0)
    )
    slack = 0.02 * 270
    assert label.x + seen[0] >= left * 270 - slack
    assert label.x + seen[0] + seen[2] <= right * 270 + slack
    assert label.y >= top * 480 - slack
    assert label.y + height <= bottom * 480 + slack
    assert width


def test_a_choice_shows_every_option_inside_the_safe_zone_and_lights_the_canon():
    options = ("Give him the key.", "Ask what he left up there, three years ago, in the rain.")
    asked = Line("c", "", "", kind="choice", still_seconds=2, options=options, canon=1)
    play = play_of(Shot("MS", on=("a",), lines=(speech(), asked)))
    times = slots(play, {"l1": 1.0})
    assert times.lines[1].caption.length_frames == 50
    panels = choice_panels(options, 1, PICTURE)
    assert len(panels) == 2
    for panel in panels:
        assert panel.x >= SAFE_ZONE[0] * 270 - 1
        assert panel.y + panel.image.shape[0] <= SAFE_ZONE[3] * 480
    lit = panels[1].image.astype(int).sum() / panels[1].image.size
    assert lit > 1.5 * panels[0].image.astype(int).sum() / panels[0].image.size
    row = panels[1].y + 4
    before = frame_of(play, 0.55, {"l1": 1.0})[row, 60]
    after = frame_of(play, 0.95, {"l1": 1.0})[row, 60]
    assert after.sum() > before.sum() + 200


def test_the_strip_tells_shot_size_move_and_clock():
    def strip(at=0.5, **more):
        play = play_of(
            Shot(**{"size": "CU", "on": ("a",), "id": "ep001_s01", "lines": (speech(),)} | more)
        )
        return frame_of(play, at)[: round(480 * STRIP_HEIGHT)]

    said = strip()
    assert (said.sum(axis=2) > 500).mean() > 0.01, "there are light letters"
    left, right = said[:, :180], said[:, 180:]
    for other in (
        strip(size="MS"),
        strip(move="push_in"),
        strip(id="ep001_s02"),
        strip(angle="low"),
    ):
        assert np.abs(other[:, :180] - left).max() > 100
        assert np.abs(other[:, 180:] - right).max() < 60, "the clock is the same"
    assert np.abs(strip(0.9)[:, 180:] - right).max() > 100, "the clock runs"
    assert np.abs(strip(0.9)[:, :180] - left).max() < 60


def test_slots_hold_a_voice_and_a_breath_and_a_board_may_ask_for_more():
    lines = (speech("a1"), speech("a2"), Line("a3", "", "", kind="action", still_seconds=2.5))
    play = play_of(Shot("MS", lines=lines), Shot("CU", lines=(speech("a4"),), asked_seconds=4))
    times = slots(play, {"a1": 0.3, "a2": 2.0, "a4": 1.0})
    got = [line.caption.length_frames / 25 for line in times.lines]
    wanted = [SHORTEST_SLOT_SECONDS, 2 + BREATH_SECONDS, 2.5, 1 + BREATH_SECONDS]
    assert got == [pytest.approx(seconds, abs=0.021) for seconds in wanted], "to the frame"
    assert [round(shot.length_seconds, 2) for shot in times.shots] == [6.08, 4.0]
    assert times.lines[3].speech_start_seconds == times.shots[1].start_seconds


@given(st.lists(st.floats(0, 9), min_size=1, max_size=12), st.floats(0, 20))
def test_shots_touch_and_never_cut_a_line(voices, asked):
    lines = tuple(speech(f"l{n}") for n in range(len(voices)))
    play = play_of(Shot("MS", lines=lines, asked_seconds=asked), Shot("CU", lines=()))
    times = slots(play, {f"l{n}": seconds for n, seconds in enumerate(voices)})
    assert times.shots[0].length_seconds >= asked - 0.02
    assert times.shots[0].span.end_frame == times.shots[1].span.first_frame
    for cue, after in zip(times.lines, times.lines[1:], strict=False):
        assert cue.caption.end_frame == after.caption.first_frame
        assert cue.speech_end_seconds <= after.speech_start_seconds
    assert times.lines[-1].caption.end_frame <= times.shots[0].span.end_frame


@pytest.fixture
def red(tmp_path):
    path = tmp_path / "board.png"
    Image.new("RGB", (300, 300), (220, 20, 30)).save(path)
    return path


def is_red(pixels):
    blue, green, red = pixels.reshape(-1, 3).mean(axis=0)
    return red > 150 and blue < 60 and green < 60


def test_art_that_was_given_wins_over_the_stage(red):
    play = play_of(Shot("CU", on=("a",), art=str(red), lines=(speech(),)))
    assert is_red(frame_of(play)[100:])


def test_a_backdrop_that_was_given_stands_behind_the_people(red):
    place = replace(ROOM, picture=str(red))
    pixels = frame_of(play_of(Shot("MS", on=("a",), lines=(speech(),)), place=place))
    assert is_red(pixels[150:300, :30])
    assert not is_red(pixels[250:400, 100:170])


def test_a_picture_larger_than_any_camera_makes_is_a_bomb(tmp_path):
    path = tmp_path / "bomb.png"
    Image.new("1", (MAX_PIXELS // 5000 + 1, 5000)).save(path)
    assert path.stat().st_size < 100_000
    with pytest.raises(BadArt, match=r"bomb.png: it has 10001 x 5000 pixels"):
        load_art(str(path))


def test_what_is_no_picture_is_refused_in_one_sentence(tmp_path, red):
    torn = tmp_path / "torn.png"
    torn.write_bytes(red.read_bytes()[:200])
    text = tmp_path / "text.png"
    text.write_text("not a picture")
    for path in (torn, text):
        with pytest.raises(BadArt, match=f"{path.name}: it cannot be read as a picture"):
            load_art(str(path))


def test_a_backdrop_that_is_kept_is_the_one_that_would_be_drawn_anew():
    marks = (Mark("a", -40, "right"), Mark("b", 200, "left"))
    cast = (Actor("a", "silhouette", "Anna", 0), Actor("b", "silhouette", "Ben", 1))
    shots = tuple(
        Shot("MS", on=(who,), move=move, lines=(speech(f"l{n}", who),))
        for n, (who, move) in enumerate([("a", "still"), ("b", "still"), ("a", "push_in")])
    )
    play = play_of(*shots, marks=marks, cast=cast)
    times = slots(play, {"l0": 0.3, "l1": 0.3, "l2": 0.3}, 25)
    look = Look(preview=True)
    in_order = [p.copy() for p, _ in Stage(play, times, {}, PICTURE, look).frames()]
    for number in range(0, times.length_frames, 18):
        alone, _ = next(Stage(play, times, {}, PICTURE, look).frames(number, number + 1))
        assert np.array_equal(in_order[number], alone), number


def test_a_standing_camera_has_its_backdrop_drawn_once_a_shot(monkeypatch):
    drawn = []
    far = Stage._far
    monkeypatch.setattr(Stage, "_far", lambda *given: drawn.append(given) or far(*given))
    shots = (Shot("MS", on=("a",), lines=(speech("l1"),)), Shot("CU", lines=(speech("l2"),)))
    play = play_of(*shots)
    list(Stage(play, slots(play, {"l1": 0.5, "l2": 0.5}), {}, PICTURE, Look(preview=True)).frames())
    assert len(drawn) == 2


@pytest.mark.parametrize("move", ["still", "push_in"])
def test_a_preview_is_coded_so_that_nobody_sees_it(tmp_path, move):
    play = play_of(Shot("MS", on=("a",), move=move, lines=(speech(text="What is it?"),)))
    stage = Stage(play, slots(play, {"l1": 0.8}), {}, PICTURE, Look(preview=True))
    frames = [(pixels.copy(), changed) for pixels, changed in stage.frames()]
    write_part(tmp_path / "p.mp4", iter(frames), PICTURE, lambda _: None, preview=True)
    with av.open(str(tmp_path / "p.mp4")) as film:
        shown = [frame.to_ndarray() for frame in film.decode(video=0)]
    assert len(shown) == len(frames)
    for (pixels, _), planes in zip(frames, shown, strict=True):
        wanted = cv2.cvtColor(pixels, cv2.COLOR_BGRA2YUV_I420)
        assert cv2.PSNR(wanted, planes) > 42


@given(st.text(alphabet="ab dé，。灯火 ", min_size=1, max_size=80), st.integers(40, 200))
def test_a_row_is_no_longer_than_its_room(text, room):
    for row in wrapped(text, 16, room):
        assert row_length(row, 16) <= room + 2 or len(row) == 1
