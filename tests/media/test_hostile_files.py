"""Files that lie: the child reads what they are, and nothing else on this machine."""

import random
import zipfile
from fractions import Fraction

import av
import pytest

from silkreel.kit.refusals import Refusal
from silkreel.media.ladder import LadderOrder, encode_ladder
from silkreel.media.probe import Probe, ProbeRules, probe_file
from silkreel.media.refusals import FIXES, Corrupt, DecoderCrashed, MediaRefusal, NotSound
from silkreel.media.sounds import decode_sound

RULES = ProbeRules(fixes=frozenset(FIXES), least_short_side_pixels=100)
SMALL = (128, 228)


def ebml(kind, content):
    """One element of Matroska: its id, its length in eight bytes, its content."""
    return bytes.fromhex(kind) + b"\x01" + len(content).to_bytes(7, "big") + content


def code(path):
    found = probe_file(path, rules=RULES)
    assert found.refused
    return found.findings[0].refusal.code


def test_a_script_that_names_another_file_is_text_whatever_its_name(tmp_path, clip):
    secret = clip("secret.mp4", size=SMALL)
    script = tmp_path / "episode.mp4"
    script.write_text(f"ffconcat version 1.0\nfile '{secret}'\n")

    found = probe_file(script, rules=RULES)

    assert found.findings[0].refusal.code == "media.not_video"
    assert "an ffconcat script" in str(found.findings[0].refusal)
    assert found.frame_count == 0


def test_a_playlist_that_names_an_address_is_text(tmp_path):
    path = tmp_path / "episode.ts"
    path.write_text("#EXTM3U\n#EXTINF:2,\nhttp://127.0.0.1:9/secret.ts\n")
    assert code(path) == "media.not_video"


def test_a_sound_script_is_no_sound(tmp_path):
    path = tmp_path / "stem.wav"
    path.write_text("ffconcat version 1.0\nfile '/etc/hostname'\n")
    with pytest.raises(NotSound, match="an ffconcat script"):
        decode_sound(path, tmp_path / "out.flac")
    assert not (tmp_path / "out.flac").exists()


def test_a_matroska_of_subtitles_alone_is_no_video(tmp_path):
    path = tmp_path / "subtitles.mkv"
    track = ebml("D7", b"\x01") + ebml("73C5", b"\x01") + ebml("83", b"\x11")
    tracks = ebml("1654AE6B", ebml("AE", track + ebml("86", b"S_TEXT/UTF8")))
    words = ebml("A0", ebml("A1", b"\x81\0\0\0Hello") + ebml("9B", b"\x7f"))
    cluster = ebml("1F43B675", ebml("E7", b"\0") + words)
    info = ebml("1549A966", ebml("2AD7B1", b"\x0f\x42\x40"))
    head = ebml("1A45DFA3", ebml("4282", b"matroska"))
    path.write_bytes(head + ebml("18538067", info + tracks + cluster))
    with av.open(path) as container:
        assert [stream.type for stream in container.streams] == ["subtitle"]
    assert code(path) == "media.not_video"


def test_an_archive_is_no_video(tmp_path):
    path = tmp_path / "all.mp4"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("01.mp4", b"x" * 1000)
    assert code(path) == "media.not_video"


@pytest.mark.parametrize(
    "content",
    [
        b"\0\0\0\x18ftypisom",
        b"\0\0\0\x01mdat\xff\xff\xff\xff\xff\xff\xff\xff",
        b"\0\0\0\x08ftyp\0\0\0\x04moov",
        b"\0\0\0\x08ftyp\0\0\0\x10moov\0\0\0\x08trak",
        b"\0\0\0\x08ftyp" + b"\0\0\0\x08free" * 5000,
        b"\x1aE\xdf\xa3" + b"\xff" * 5000,
        b"\x1aE\xdf\xa3" + bytes(5000),
        (b"G" + b"\xff" * 187) * 40,
        (b"G" + bytes(187)) * 40,
    ],
)
def test_containers_of_nothing_are_refused_in_a_sentence(tmp_path, content):
    path = tmp_path / "nothing.mp4"
    path.write_bytes(content)
    found = probe_file(path, rules=RULES)
    assert found.refused
    assert str(found.findings[0].refusal).endswith(".")


def damaged(content, seed):
    """Bytes flipped anywhere, boxes and index included; half of the files are cut as well."""
    chance, spoiled = random.Random(seed), bytearray(content)
    for _ in range(chance.choice([1, 5, 40])):
        spoiled[chance.randrange(len(spoiled))] ^= 1 << chance.randrange(8)
    return bytes(spoiled[: chance.randrange(100, len(spoiled))] if seed % 2 else spoiled)


@pytest.fixture(scope="module")
def innocent(tmp_path_factory, request):
    make = request.getfixturevalue("clip_in")
    folder = tmp_path_factory.mktemp("innocent")
    return [make(folder / name, size=SMALL).read_bytes() for name in ("a.mp4", "a.mkv", "a.ts")]


@pytest.mark.parametrize("seed", range(18))
def test_flipped_bytes_end_in_a_verdict_and_leave_nothing(innocent, tmp_path, seed, no_child_left):
    path, out = tmp_path / "flipped.mp4", tmp_path / "out"
    path.write_bytes(damaged(innocent[seed % 3], seed))

    found = probe_file(path, rules=RULES)

    assert isinstance(found, Probe)
    if found.refused:
        return
    try:
        ladder = encode_ladder(path, out, LadderOrder.of(found))
    except MediaRefusal:
        assert list(out.iterdir()) == []
    else:
        assert ladder.frame_count == found.frame_count


def test_damage_that_the_probe_cannot_see_is_found_by_the_ladder(clip, tmp_path, no_child_left):
    path = clip(size=SMALL, seconds=12, options={"movflags": "faststart"})
    found = probe_file(path, rules=RULES)
    content = bytearray(path.read_bytes())
    with av.open(path) as container:  # behind the first two seconds, before the middle ones
        (place,) = [
            p.pos
            for p in container.demux(video=0)
            if p.pts and p.pts * p.time_base == Fraction(87, 25)
        ]
    content[place + 20 : place + 220] = bytes(200)
    path.write_bytes(content)

    assert not probe_file(path, rules=RULES).refused
    with pytest.raises(Corrupt, match=r"damaged near 0:03\.5"):
        encode_ladder(path, tmp_path / "out", LadderOrder.of(found))

    assert list((tmp_path / "out").iterdir()) == []


@pytest.mark.parametrize("event", [1, 3, 15])
def test_a_child_killed_at_any_stage_leaves_nothing_behind(
    plain_clip, tmp_path, killer, event, no_child_left
):
    order = LadderOrder.of(probe_file(plain_clip))
    heard = []

    def kill_at(share):
        heard.append(share)
        if len(heard) == event:
            killer()

    with pytest.raises(DecoderCrashed, match="SIGKILL"):
        encode_ladder(plain_clip, tmp_path / "out", order, progress=kill_at)

    assert list((tmp_path / "out").iterdir()) == []


def test_every_refusal_about_a_file_has_its_own_code():
    mine = [c for c in Refusal.known.values() if issubclass(c, MediaRefusal)]
    assert len({refusal.code for refusal in mine}) == len(mine)
    assert all(refusal.code.startswith("media.") for refusal in mine)
