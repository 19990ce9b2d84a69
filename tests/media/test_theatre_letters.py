"""Letters need a font; without one there is a sentence that says how to get it."""

import pytest

from silkreel.media.theatre import fonts


@pytest.fixture(autouse=True)
def fresh():
    fonts.font.cache_clear()
    yield
    fonts.font.cache_clear()


def test_a_font_with_chinese_letters_is_found():
    assert fonts.font("sans", 40).getlength("灯") > 30


def test_without_any_font_the_refusal_names_the_command(monkeypatch):
    monkeypatch.setattr(fonts, "PACKAGE", "no_such_package")
    monkeypatch.setattr(fonts, "SYSTEM", {"sans": (), "serif": ()})
    with pytest.raises(fonts.FontMissing, match="apt-get install fonts-noto-cjk"):
        fonts.find("sans")
