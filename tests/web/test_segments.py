import os
import time

import pytest
from starlette.testclient import TestClient

from silkreel.web.app import create_app
from silkreel.web.open_files import OpenFiles
from silkreel.web.segments import PART_BYTES
from silkreel.web.tokens import Signer, load_keys

pytestmark = pytest.mark.sqlite_only  # bytes come from the disk, whatever the database


@pytest.fixture
def bundle(client, episodes):
    return client.post(f"/api/episodes/{episodes[0]}/play").json()


@pytest.fixture
def address(bundle):
    playlist = next(text for text in bundle["playlists"].values() if "#EXTINF" in text)
    return bundle["base"] + playlist.strip().split("\n")[-2]


@pytest.fixture
def whole(client, address):
    return client.get(address).content


def test_a_file_comes_whole_with_its_length_and_type(client, address, whole):
    answer = client.get(address)
    assert answer.status_code == 200
    assert answer.headers["content-length"] == str(len(whole))
    assert answer.headers["content-type"] == "video/mp4"
    assert answer.headers["accept-ranges"] == "bytes"
    assert answer.headers["cache-control"].startswith("private, max-age=")
    assert whole[4:8] == b"ftyp"
    assert "set-cookie" not in answer.headers


@pytest.mark.parametrize(
    ("header", "first", "last"),
    [("bytes=0-0", 0, 0), ("bytes=10-99", 10, 99), ("bytes=100-", 100, -1), ("bytes=-50", -50, -1)],
)
def test_one_range_is_answered_with_its_bytes(client, address, whole, header, first, last):
    answer = client.get(address, headers={"range": header})
    size = len(whole)
    start, end = first % size, last % size
    assert answer.status_code == 206
    assert answer.content == whole[start : end + 1]
    assert answer.headers["content-range"] == f"bytes {start}-{end}/{size}"


def test_a_range_past_the_end_is_cut(client, address, whole):
    answer = client.get(address, headers={"range": "bytes=5-999999999999999999"})
    assert answer.status_code == 206
    assert answer.content == whole[5:]


@pytest.mark.parametrize("header", ["bytes=99999999-", "bytes=999999999999999999-", "bytes=-0"])
def test_a_range_outside_the_file_is_416(client, address, whole, header):
    answer = client.get(address, headers={"range": header})
    assert answer.status_code == 416
    assert answer.headers["content-range"] == f"bytes */{len(whole)}"


@pytest.mark.parametrize(
    "header",
    [
        "bytes=0-1,5-6", "bytes=9-2", "bytes=-", "bytes=a-b", "seconds=0-1", "bytes=0x1-2", "",
        "bytes=" + "9" * 5000 + "-", "bytes=1-2-3", "bytes=\u0661-2".encode(), "bytes=--5",
    ],
)  # fmt: skip
def test_ranges_that_cannot_be_read_give_the_whole_file(client, address, whole, header):
    answer = client.get(address, headers={"range": header})
    assert answer.status_code == 200
    assert answer.content == whole


def test_head_tells_all_but_sends_nothing(client, address, whole):
    answer = client.head(address, headers={"range": "bytes=0-9"})
    assert (answer.status_code, answer.content) == (206, b"")
    assert answer.headers["content-length"] == "10"
    assert client.head(address).headers["content-length"] == str(len(whole))


def test_what_the_browser_has_is_not_sent_again(client, address, whole):
    etag = client.get(address).headers["etag"]
    assert client.get(address, headers={"if-none-match": etag}).status_code == 304
    fresh = {"range": "bytes=0-9", "if-range": etag}
    assert client.get(address, headers=fresh).status_code == 206
    stale = {"range": "bytes=0-9", "if-range": '"other"'}
    assert client.get(address, headers=stale).content == whole


def test_a_large_file_goes_out_in_parts(client, workshop, bundle, address):
    file = address.rpartition("/")[2]
    path = next(p for p in workshop.store.folder.glob(f"*/{file[:32]}*"))
    large = os.urandom(2 * PART_BYTES + 12345)
    path.write_bytes(large)
    assert client.get(address).content == large
    assert client.get(address, headers={"range": "bytes=7-2000000"}).content == large[7:2000001]


def change(address, place, text):
    parts = address.split("/")  # "", play, sig, exp, kid, asset, file
    parts[place] = text
    return "/".join(parts)


def test_a_wrong_signature_key_expiry_or_asset_is_403(client, address):
    parts = address.split("/")
    wrong = "A" + parts[2][1:] if parts[2][0] != "A" else "B" + parts[2][1:]
    later = str(int(parts[3]) + 3600)
    for place, text in ((2, wrong), (3, later), (4, "k9"), (5, "abcdefgh")):
        assert client.get(change(address, place, text)).status_code == 403


def test_an_expired_address_is_410(client, settings, address):
    signer = Signer(load_keys(settings.folder))
    asset = address.split("/")[5]
    base, expires_at = signer.base(asset, now_seconds=time.time() - 4 * 3600)
    assert expires_at < time.time()
    assert client.get(base + address.rpartition("/")[2]).status_code == 410


def test_a_token_opens_its_own_asset_only(client, episodes, address):
    other = client.post(f"/api/episodes/{episodes[1]}/play").json()
    file = address.rpartition("/")[2]
    assert client.get(other["base"] + file).status_code == 404


@pytest.mark.parametrize(
    "file",
    [
        "..%2f..%2f..%2fapp.db", "../../app.db", "....//app.db", "%2e%2e/app.db", "app.db",
        "0" * 32 + ".mp4", "0" * 32 + ".db", "a" * 5000, "", "%00.mp4", "x.m3u8", "001-k1-x.m3u8",
    ],
)  # fmt: skip
def test_no_name_leads_out_of_the_asset(client, bundle, file):
    assert client.get(bundle["base"] + file).status_code in {403, 404}


def test_only_reading_is_allowed(client, address):
    for method in ("POST", "PUT", "DELETE", "PATCH"):
        assert client.request(method, address).status_code == 405


def test_other_sites_may_play_only_when_named(settings, workshop, episodes, client, address):
    stranger = {"origin": "https://stranger.example"}
    assert "access-control-allow-origin" not in client.get(address, headers=stranger).headers
    told = settings.model_copy(update={"media_origins": ("https://brand.example",)})
    with TestClient(create_app(told, workshop)) as branded:
        friend = {"origin": "https://brand.example"}
        answer = branded.get(address, headers={**friend, "range": "bytes=0-1"})
        assert answer.headers["access-control-allow-origin"] == "https://brand.example"
        assert "Content-Range" in answer.headers["access-control-expose-headers"]
        before = branded.options(address, headers=friend)
        assert before.status_code == 204
        assert before.headers["access-control-allow-headers"] == "Range"
        assert "access-control-allow-origin" not in branded.get(address, headers=stranger).headers


def test_files_are_closed_when_others_need_their_place(tmp_path):
    paths = [tmp_path / str(n) for n in range(4)]
    for path in paths:
        path.write_bytes(b"x")
    files = OpenFiles(kept=2)
    opened = [files.open(("a", path.name), path) for path in paths[:2]]
    with opened[0].reading() as descriptor:
        opened += [files.open(("a", path.name), path) for path in paths[2:]]
        assert os.pread(descriptor, 1, 0) == b"x", "a file being read is not closed"
    assert [f.descriptor for f in opened[:2]] == [-1, -1]
    assert len(files) == 2
    files.close()
    assert all(f.descriptor == -1 for f in opened)
