"""An animatic from a story's folder, with a speaker that hums: film, cues, table, and what is kept."""

import shutil
from dataclasses import dataclass, field

import av
import numpy as np
import pytest
from PIL import Image

from drawn_stories import heiress_at
from silkreel.catalogue.editions import AnimaticIsNoRendition, NewRendition, put_rendition
from silkreel.engines.contracts import EngineCard, Speech
from silkreel.flows import make_animatic as flow
from silkreel.flows.make_animatic import AnimaticOrder, make_animatic
from silkreel.flows.table_read import NoVoice
from silkreel.kit.keys import file_hash
from silkreel.kit.opening import open_workshop
from silkreel.kit.settings import Settings
from silkreel.kit.sound import Sound
from silkreel.media.probe import probe_file
from silkreel.media.theatre.plan import Picture
from silkreel.story.project import BadStoryFile

RATES = "rhythm_profile: {rates: {en: 2.5 words/s, action: 2 s/beat}}\n"
BOARD = """\
- {id: ep001_s01, covers: [ep001_gala_G7KD], size: ECU, move: push_in, length_seconds: 3}
- {id: ep001_s02, covers: [ep001_gala_A1X9], size: CU, cast: [LIN]}
- {id: ep001_s03, covers: [ep001_gala_K2P0, ep001_gala_ZZ81], size: two, cast: [LIN, CHEN]}
- {id: ep001_s04, covers: [ep001_terrace_Q7R2, ep001_terrace_E5E5], size: MS, cast: [MEI]}
"""


@dataclass
class Hummer:
    """Hums as long as a text is, each voice at its own pitch, at full strength from the first sample."""

    said: list = field(default_factory=list)
    card: EngineCard = field(
        default_factory=lambda: EngineCard("hum", "1", ("en", "es"), "Apache-2.0", None, None)
    )

    def voices(self, language):
        return ("low", "high", "mid", "top") if language in {"en", "es"} else ()

    def speak(self, text, *, voice, rate=1.0, seed=0):  # noqa: ARG002 - the contract's
        self.said.append((voice.preset, text))
        t = np.arange(round(24_000 * 0.05 * len(text))) / 24_000
        pitch = 150 + 60 * self.voices("en").index(voice.preset)
        return Speech(Sound.mono(0.3 * np.sin(2 * np.pi * pitch * t), 24_000))

    def close(self):
        pass


class Home:
    """A home, a story and the animatics made of it."""

    def __init__(self, folder):
        self.settings = Settings(home=folder / "home")
        self.workshop = open_workshop(self.settings)
        self.story = heiress_at(folder / "heiress")
        project = self.story / "story.yaml"
        project.write_text(project.read_text() + RATES)
        (self.story / "shots").mkdir()
        (self.story / "shots/ep001.yaml").write_text(BOARD)
        self.speaker = Hummer()

    def make(self, **more):
        order = AnimaticOrder(self.story, **({"episode": 1, "draft": True} | more))
        return make_animatic(self.settings, self.workshop, order, speakers=[self.speaker])

    def change(self, name, old, new):
        path = self.story / name
        text = path.read_text()
        assert old in text
        path.write_text(text.replace(old, new))


@pytest.fixture(scope="module")
def small():
    """Everything is as in life but for the size."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(flow, "PICTURE", Picture(270, 480, 25))
        yield


@pytest.fixture(scope="module")
def made(tmp_path_factory, small):
    home = Home(tmp_path_factory.mktemp("animatic"))
    yield home, home.make()
    home.workshop.database.close()


@pytest.fixture
def home(tmp_path, small):
    home = Home(tmp_path)
    yield home
    home.workshop.database.close()


def frames_of(path):
    with av.open(str(path)) as container:
        return [frame.to_ndarray(format="gray") for frame in container.decode(video=0)]


def heard(path):
    """The film's sound as an independent decoder gives it, one channel at 48 kHz."""
    with av.open(str(path)) as container:
        chunks = [frame.to_ndarray() for frame in container.decode(audio=0)]
    return np.concatenate(chunks, axis=1).mean(axis=0)


def cues_of(path):
    cues = {}
    for block in path.read_text().split("\n\n")[1:]:
        line_id, times, text = block.strip().split("\n", 2)
        cues[line_id] = (*(_seconds(time) for time in times.split(" --> ")), text)
    return cues


def _seconds(clock):
    hours, minutes, seconds = clock.split(":")
    return 3600 * int(hours) + 60 * int(minutes) + float(seconds)


def packets_of(path):
    with av.open(str(path)) as container:
        return [bytes(packet) for packet in container.demux(video=0) if packet.size]


def test_a_film_comes_out_with_the_length_of_its_table(made):
    _, animatic = made
    with av.open(str(animatic.film)) as container:
        video, audio = container.streams.video[0], container.streams.audio[0]
        assert (video.codec_context.name, audio.codec_context.name) == ("h264", "aac")
        assert (video.width, video.height, video.average_rate) == (270, 480, 25)
        assert video.frames == round(animatic.length_seconds * 25)
    ends = [row.start_seconds + row.length_seconds for row in animatic.shots]
    assert ends[-1] == pytest.approx(animatic.length_seconds)
    assert [row.start_seconds for row in animatic.shots[1:]] == pytest.approx(ends[:-1])
    assert animatic.shots[0].length_seconds == pytest.approx(3, abs=0.03)
    assert animatic.budget_seconds == 90


def test_every_line_of_the_series_has_one_cue_under_its_id(made):
    _, animatic = made
    assert list(cues_of(animatic.subtitles)) == [
        "ep001_gala_G7KD", "ep001_gala_A1X9", "ep001_gala_K2P0", "ep001_gala_ZZ81",
        "ep001_terrace_Q7R2", "ep001_terrace_E5E5",
    ]  # fmt: skip
    assert sorted(i for row in animatic.shots for i in row.lines) == sorted(
        cues_of(animatic.subtitles)
    )


def test_cues_begin_where_voices_are_heard(made):
    home, animatic = made
    sound = np.abs(heard(animatic.film))
    loud = np.convolve(sound, np.ones(240) / 240, mode="same") > 0.02
    for line_id, (start, end, text) in cues_of(animatic.subtitles).items():
        piece = loud[round(start * 48_000) : round(end * 48_000)]
        if text.startswith("<i>"):
            assert not piece[4_800:-4_800].any(), f"{line_id} is action"
            continue
        assert abs(int(np.argmax(piece))) / 48_000 < 0.04, line_id
        before = loud[max(0, round((start - 0.2) * 48_000)) : round((start - 0.04) * 48_000)]
        assert not before.any(), line_id
        said = next(t for _, t in home.speaker.said if t in text)
        length = np.flatnonzero(piece[:-4_800])[-1] / 48_000  # the next voice may ring before
        assert length == pytest.approx(0.05 * len(said), abs=0.04), line_id


def test_at_the_choice_the_picture_stands_open_for_two_seconds(made):
    _, animatic = made
    cues = cues_of(animatic.subtitles)
    asked, going_on = cues["ep001_terrace_Q7R2"][1], cues["ep001_terrace_E5E5"][0]
    assert going_on - asked == pytest.approx(2.0, abs=0.05)
    frames = frames_of(animatic.film)
    open_row = slice(round(480 * 0.55), round(480 * 0.8))
    before, early, late = (
        frames[round(at * 25)][open_row].astype(int)
        for at in (asked - 0.3, asked + 0.5, asked + 1.7)
    )
    assert (np.abs(before - early) > 40).mean() > 0.1, "the options have come"
    assert (np.abs(early - late) > 40).mean() > 0.1, "the canon one is lit"


def test_the_cast_speaks_with_voices_of_their_own(made):
    home, animatic = made
    assert len(set(animatic.voices.values())) == 4
    voice = dict(map(reversed, home.speaker.said))
    assert voice["You were dead."] == animatic.voices["CHEN"].partition(":")[2]
    assert "(ice)" not in " ".join(voice), "directions are not spoken"


def test_the_file_says_that_it_is_synthetic_and_the_importer_refuses_it(made):
    _, animatic = made
    with av.open(str(animatic.film)) as container:
        assert container.metadata["comment"].startswith(
            "ANIMATIC: a preview of a script, synthetic"
        )
    probe = probe_file(animatic.film)
    assert "AnimaticIsNoEpisode" in {type(f.refusal).__name__ for f in probe.findings}
    assert probe.refused


def test_the_catalogue_takes_no_animatic_as_a_rendition_whatever_its_name(made):
    home, animatic = made
    new = NewRendition(
        "video", "v540", file_hash(animatic.film), ".mp4", animatic.film.stat().st_size
    )
    with (
        home.workshop.transaction() as tx,
        pytest.raises(AnimaticIsNoRendition, match="v540 is an animatic"),
    ):
        put_rendition(tx, "any", new)


def test_made_again_nothing_is_drawn_or_spoken_and_the_bytes_are_the_same(made):
    home, animatic = made
    spoken, before = len(home.speaker.said), animatic.film.read_bytes()
    again = home.make()
    assert (again.drawn, len(home.speaker.said)) == (0, spoken)
    assert again.film.read_bytes() == before
    assert again.shots == animatic.shots


def test_one_changed_line_speaks_and_draws_one_shot_and_codes_no_other_picture_again(home):
    first = home.make()
    assert first.drawn == 4
    before, spoken = packets_of(first.film), len(home.speaker.said)
    home.change("script/main.ink", "You invited me to", "Nobody asked you to come to")
    second = home.make()
    assert second.drawn == 1
    assert [text for _, text in home.speaker.said[spoken:]] == [
        "Nobody asked you to come to my own funeral."
    ]
    after = packets_of(second.film)
    head = round(first.shots[1].start_seconds * 25)
    tail = round((first.length_seconds - first.shots[2].start_seconds) * 25)
    assert after[:head] == before[:head]
    assert after[-tail:] == before[-tail:]
    assert len(after) == round(second.length_seconds * 25)


def test_a_run_that_was_stopped_goes_on_where_it_was(home):
    home.settings = Settings(home=home.settings.folder, cores=1)
    kept = []

    def stop(what, share):
        kept.append(share)
        if what == "drawing" and share > 0.6:
            raise KeyboardInterrupt

    order = AnimaticOrder(home.story, 1, draft=True)
    with pytest.raises(KeyboardInterrupt):
        make_animatic(home.settings, home.workshop, order, speakers=[home.speaker], progress=stop)
    spoken = len(home.speaker.said)
    assert not (home.story / "out").exists()
    rest = home.make()
    assert 0 < rest.drawn < 4
    assert len(home.speaker.said) == spoken


def test_without_a_shot_list_shots_are_proposed(home):
    shutil.rmtree(home.story / "shots")
    animatic = home.make(episode=2)
    assert animatic.proposed
    assert [row.lines for row in animatic.shots] == [("ep002_car_F6F6",)]


def test_another_language_is_spoken_from_its_translations_and_what_is_missing_is_told(home):
    (home.story / "i18n").mkdir()
    (home.story / "i18n/es.po").write_text(
        'msgid ""\nmsgstr "Language: es\\n"\n\n'
        'msgctxt "ep002_car_F6F6"\nmsgid "Is the child mine?"\nmsgstr "¿Es mío el niño?"\n\n'
        'msgctxt "ep002_car_F6F6|dub"\nmsgid "Is the child mine?"\nmsgstr "¿Es mío?"\n'
    )
    animatic = home.make(episode=2, language="es")
    assert [text for _, text in home.speaker.said] == ["¿Es mío?"]
    assert "¿Es mío el niño?" in animatic.subtitles.read_text()
    assert animatic.film.name == "ep002.es.animatic.mp4"
    assert animatic.notes == ()
    told = home.make(episode=1, language="es").notes
    assert "6 of 6 lines have no words in es and stay in the source language." in told


def test_nobody_to_speak_is_a_refusal_unless_rates_can_time_the_silence(home):
    order = AnimaticOrder(home.story, 2, draft=True)
    silent = make_animatic(home.settings, home.workshop, order, speakers=[])
    assert silent.length_seconds == pytest.approx(4 / 2.5 + 0.35, abs=0.04)
    assert "Nobody speaks" in silent.notes[0]
    home.change("story.yaml", RATES, "")
    with pytest.raises(NoVoice, match="No engine here speaks en"):
        make_animatic(home.settings, home.workshop, order, speakers=[])


def test_action_without_a_declared_rate_is_told(home):
    home.change("story.yaml", "action: 2 s/beat", "es: 2 words/s")
    assert any("Action lasts 2.5 s a beat" in note for note in home.make().notes)


def test_the_next_engine_speaks_where_the_first_is_missing_and_it_is_told(home, monkeypatch):
    broken = Settings(home=home.settings.folder, speakers="nobody,espeak")
    if shutil.which("espeak-ng") is None:
        pytest.skip("espeak-ng is not installed (Debian's package `espeak-ng`)")
    animatic = make_animatic(broken, home.workshop, AnimaticOrder(home.story, 2, draft=True))
    assert animatic.voices["CHEN"].startswith("espeak:")
    assert any("nobody" in note for note in animatic.notes)


@pytest.fixture
def boarded(home):
    """A story whose second shot names a picture."""
    (home.story / "art").mkdir()
    home.change("shots/ep001.yaml", "size: CU, cast: [LIN]", "size: CU, art: art/board.png")
    return home


def test_a_board_that_was_drawn_is_shown_and_only_its_shot_drawn_again(boarded):
    board = boarded.story / "art/board.png"
    Image.new("RGB", (540, 960), (200, 30, 30)).save(board)
    first = boarded.make()
    assert [row.given_art for row in first.shots] == [False, True, False, False]
    Image.new("RGB", (540, 960), (30, 30, 200)).save(board)
    assert boarded.make().drawn == 1


@pytest.mark.parametrize(
    ("name", "content", "sentence"),
    [
        ("art/board.png", None, "art/board.png does not exist."),
        ("art/board.png", b"no picture at all", "it cannot be read as a picture"),
        ("../../board.png", b"", "lies outside the story's folder."),
        ("art/board.svg", b"<svg/>", "art/board.svg is no picture; name a PNG"),
    ],
)
def test_a_picture_that_cannot_be_shown_is_refused_with_file_and_line(
    boarded, name, content, sentence
):
    boarded.change("shots/ep001.yaml", "art/board.png", name)
    if content is not None:
        (boarded.story / name).write_bytes(content)
    with pytest.raises(BadStoryFile) as refused:
        boarded.make()
    assert str(refused.value).startswith("shots/ep001.yaml:2: ")
    assert sentence in str(refused.value)


def test_a_picture_that_is_a_bomb_is_refused_with_file_and_line(boarded):
    Image.new("1", (12_000, 5_000)).save(boarded.story / "art/board.png")
    with pytest.raises(BadStoryFile, match=r"shots/ep001.yaml:2: board.png: it has 12000 x 5000"):
        boarded.make()
