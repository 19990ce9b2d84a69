import stat
from concurrent.futures import ThreadPoolExecutor

from hypothesis import given
from hypothesis import strategies as st

from silkreel.web.ranges import wanted_slice
from silkreel.web.tokens import HOUR_SECONDS, LIFE_SECONDS, Keys, Signer, load_keys, rotate_keys

SIGNER = Signer(Keys("k1", {"k1": b"s" * 32}))


def parts_of(base):
    _, _, signature, expires_at, kid, asset, _ = base.split("/")
    return signature, int(expires_at), kid, asset


def test_what_we_signed_is_genuine_and_lives_two_to_three_hours():
    base, expires_at = SIGNER.base("asset1", now_seconds=1_000_000_000)
    assert SIGNER.genuine(*parts_of(base))
    assert 0 <= expires_at - 1_000_000_000 - LIFE_SECONDS < HOUR_SECONDS


def test_addresses_repeat_within_an_hour_so_that_browsers_may_cache():
    hour = 1_000_000_800  # a full hour
    assert SIGNER.base("a", now_seconds=hour + 1) == SIGNER.base("a", now_seconds=hour + 3599)


@given(st.text(alphabet="abcdef0123456789", min_size=1, max_size=24), st.integers(0, 10**11))
def test_a_signature_holds_for_nothing_else(asset, expires_at):
    signature, real, kid, _ = parts_of(SIGNER.base("asset1", now_seconds=1_000_000_000)[0])
    same = (asset, expires_at) == ("asset1", real)
    assert SIGNER.genuine(signature, expires_at, kid, asset) == same


def test_keys_are_kept_secret_in_the_home_folder(tmp_path):
    keys = load_keys(tmp_path)
    (file,) = tmp_path.iterdir()
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert load_keys(tmp_path) == keys


def test_servers_started_at_once_share_one_key(tmp_path):
    with ThreadPoolExecutor(8) as pool:
        made = list(pool.map(load_keys, [tmp_path] * 32))
    assert all(keys == made[0] for keys in made)


def test_old_addresses_work_after_a_rotation_and_not_for_ever(tmp_path):
    old = Signer(load_keys(tmp_path)).base("asset1")[0]
    assert Signer(rotate_keys(tmp_path)).genuine(*parts_of(old))
    assert Signer(rotate_keys(tmp_path)).base("asset1")[0].split("/")[4] == "k3"
    assert not Signer(rotate_keys(tmp_path)).genuine(*parts_of(old))


def test_a_playlists_name_says_its_market_and_cannot_be_made_up():
    name = SIGNER.manifest("asset1", "BR")
    assert SIGNER.market_of("asset1", name) == "BR"
    assert SIGNER.market_of("asset2", name) is None
    assert SIGNER.market_of("asset1", name.replace("BR", "US")) is None
    assert SIGNER.market_of("asset1", "nonsense.m3u8") is None


@given(
    st.one_of(
        st.binary(max_size=40),
        st.builds(
            lambda a, b: f"bytes={'' if a is None else a}-{'' if b is None else b}".encode(),
            st.none() | st.integers(0, 10**17),
            st.none() | st.integers(0, 10**17),
        ),
    ),
    st.integers(0, 10**12),
)
def test_any_range_is_inside_the_file_or_a_no(header, size):
    piece = wanted_slice(header, size)
    if piece is None:
        return
    assert piece.start >= 0
    assert piece.start + piece.length <= size
    assert piece.partial or (piece.start, piece.length) == (0, size)
    assert not piece.partial or piece.length > 0
