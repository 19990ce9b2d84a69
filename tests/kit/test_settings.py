"""A setting that is not taken is named with what it takes; nobody sees a validator's own words."""

import pytest

from silkreel.kit.settings import BadSetting, NoHome, Settings, read_settings


@pytest.mark.parametrize(("name", "value", "told"), [
    ("SILKREEL_CORES", "zero", "SILKREEL_CORES takes a whole number from 1, not zero; it is the s"),
    ("SILKREEL_CORES", "0", "a whole number from 1, not 0"),
    ("SILKREEL_PORT", "80000", "SILKREEL_PORT takes a whole number from 0 to 65535, not 80000"),
    ("SILKREEL_PORT", "", "not nothing"),
    ("SILKREEL_TRANSLATOR_TIMEOUT_SECONDS", "-1", "takes a number above 0, not -1"),
    ("SILKREEL_TRANSLATOR_PARALLEL", "900", "takes a whole number from 1 to 64"),
    ("SILKREEL_MARKET", "Brazil", "takes a country such as BR, or 001 for the world, not Brazil"),
    ("SILKREEL_MEDIA_ORIGINS", "https://a.example", "takes a JSON list of addresses such as"),
    ("SILKREEL_MEDIA_ORIGINS", '["a.example"]', "takes a JSON list of addresses such as"),
    ("SILKREEL_PUBLIC_URL", "tv.example", "takes an address that begins with http:// or https://"),
    ("SILKREEL_TRANSLATOR_URL", "localhost:8000", "SILKREEL_TRANSLATOR_URL takes an address"),
    ("SILKREEL_HOST", "my host", "takes a name or an address of this machine"),
])  # fmt: skip
def test_a_variable_that_is_not_taken_is_named_with_what_it_takes(monkeypatch, name, value, told):
    monkeypatch.setenv(name, value)
    with pytest.raises(BadSetting) as refused:
        read_settings()
    assert told in str(refused.value)
    assert str(refused.value).startswith(f"{name} takes ")
    assert "\n" not in str(refused.value)


def test_an_address_with_a_password_is_not_shown(monkeypatch):
    monkeypatch.setenv("SILKREEL_DATABASE_URL", "mysql://root:hunter2@db/x")
    with pytest.raises(BadSetting) as refused:
        read_settings()
    assert "hunter2" not in str(refused.value)
    assert "postgresql+psycopg://" in str(refused.value)


def test_a_flag_wins_over_its_variable_and_is_looked_at_as_well(monkeypatch):
    monkeypatch.setenv("SILKREEL_PORT", "9000")
    assert read_settings(port=9001, host=None).port == 9001
    with pytest.raises(
        BadSetting, match=r"^--port takes a whole number from 0 to 65535, not 80000"
    ):
        read_settings(port=80_000)


@pytest.mark.parametrize("place", ["file", "file/inside", "/proc/nowhere"])
def test_a_home_that_cannot_be_is_refused(tmp_path, place):
    (tmp_path / "file").touch()
    with pytest.raises(NoHome, match="--home"):
        _ = Settings(home=tmp_path / place).folder
