"""Where letters come from: a font package under the Open Font License, else the system's fonts.

Chinese, Latin and Cyrillic letters have one house font, so that pictures are the same wherever they
are made. Every other script is asked of fontconfig, by language; a font is taken only where its own
table of letters says that it draws what is written.
"""

import importlib.util
import shutil
import subprocess
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from functools import cache, lru_cache
from pathlib import Path
from typing import Literal

from PIL import ImageFont, features

from silkreel.kit.refusals import Refusal
from silkreel.kit.tags import primary
from silkreel.media.theatre.coverage import coverage
from silkreel.media.theatre.scripts import CHINESE_JAPANESE_KOREAN

Style = Literal["sans", "serif"]
PACKAGE = (
    "pylopdf_fonts_zh_cn"  # Noto Sans SC and Noto Serif SC as plain files; its code is never run
)
PACKAGED: dict[Style, str] = {"sans": "NotoSansSC-Regular.otf", "serif": "NotoSerifSC-Regular.otf"}
# Collections: index 2 of Noto CJK is the simplified Chinese face.
SYSTEM: dict[Style, tuple[tuple[str, int], ...]] = {
    "sans": (
        ("/usr/share/fonts/opentype/noto/NotoSansCJK-Regular.ttc", 2),
        ("/usr/share/fonts/truetype/wqy/wqy-zenhei.ttc", 0),
        ("/usr/share/fonts/truetype/wqy/wqy-microhei.ttc", 0),
    ),
    "serif": (
        ("/usr/share/fonts/opentype/noto/NotoSerifCJK-Regular.ttc", 2),
        ("/usr/share/fonts/opentype/noto/NotoSansCJK-Regular.ttc", 2),
        ("/usr/share/fonts/truetype/wqy/wqy-zenhei.ttc", 0),
    ),
}
MATCHER = "fc-match"
MATCH_SECONDS = 60.0  # the first question on a machine reads every font there is
# A language for fontconfig where a text's own is not written in the script it meets.
LANGUAGES = {
    "ARABIC": "ar", "THAI": "th", "DEVANAGARI": "hi", "HANGUL": "ko", "HIRAGANA": "ja",
    "KATAKANA": "ja", "CJK": "zh-cn", "HEBREW": "he", "LATIN": "en", "CYRILLIC": "ru",
}  # fmt: skip
WRITTEN = {"ja": ("CJK", "HIRAGANA", "KATAKANA"), "zh-tw": ("CJK",), "ko": ("CJK", "HANGUL")}
FACES = {"ja": "CJK JP", "ko": "CJK KR", "zh-tw": "CJK TC", "zh-cn": "CJK SC"}  # of Noto


@dataclass(frozen=True, slots=True)
class Face:
    """One face of a font file."""

    path: Path
    index: int = 0

    def draws(self, letters: Collection[str]) -> bool:
        """Whether it has each of the letters."""
        return coverage(self.path, self.index).covers(letters)


class FontMissing(Refusal):
    """No font for Chinese letters is installed."""

    status = 503
    message = (
        "No font with Chinese letters was found; install the package {package}, "
        "or run: apt-get install fonts-noto-cjk"
    )


class ScriptMissing(FontMissing):
    """No font has the letters of a script."""

    message = (
        "No font with {script} letters was found, so {text} cannot be written into the picture; "
        "run: apt-get install {package}"
    )


class ShapingMissing(Refusal):
    """Letters that join or carry marks would be drawn apart."""

    status = 503
    message = (
        "{script} letters cannot be joined here, because Pillow was built without Raqm; "
        "run: pip install --force-reinstall --only-binary :all: pillow"
    )


@cache
def font(style: Style, size_pixels: int) -> ImageFont.FreeTypeFont:
    """A font with simplified Chinese letters.

    Raises:
        FontMissing: none is installed.
    """
    path, index = find(style)
    return sized(Face(path, index), size_pixels)


@lru_cache(maxsize=256)
def sized(face: Face, size_pixels: int) -> ImageFont.FreeTypeFont:
    """A face at a size."""
    return ImageFont.truetype(str(face.path), size_pixels, index=face.index)


def find(style: Style) -> tuple[Path, int]:
    """File and face of the font that `font` uses."""
    spec = importlib.util.find_spec(PACKAGE)
    for folder in (spec.submodule_search_locations or ()) if spec else ():
        path = Path(folder) / PACKAGED[style]
        if path.is_file():
            return path, 0
    for name, index in SYSTEM[style]:
        if Path(name).is_file():
            return Path(name), index
    raise FontMissing(package=PACKAGE.replace("_", "-"))


def shapes() -> bool:
    """Whether letters are joined and marks placed: Pillow's layout by Raqm."""
    return bool(features.check("raqm"))


def faces(style: Style, script: str, language: str) -> Iterator[Face]:
    """Faces that may have a script's letters, the most suitable first."""
    asked = _asked(script, language)
    house = _house(style)
    if asked not in WRITTEN or script not in WRITTEN[asked]:
        yield from house
    yield from matched(style, script, asked)
    yield from house


def face_for(letters: Collection[str], style: Style, script: str, language: str) -> Face | None:
    """The best face that has each of the letters."""
    return next((face for face in faces(style, script, language) if face.draws(letters)), None)


def package_of(script: str) -> str:
    """Debian's packages that bring a script's letters, and what finds them."""
    fonts = "fonts-noto-cjk" if script in CHINESE_JAPANESE_KOREAN else "fonts-noto-core"
    return fonts if shutil.which(MATCHER) else f"fontconfig {fonts}"


@cache
def matched(style: Style, script: str, language: str) -> tuple[Face, ...]:
    """Fontconfig's answer, best first; asked once for each script, by a program of its own."""
    if shutil.which(MATCHER) is None:
        return ()
    noto = FACES.get(language, script.title())
    family = f"Noto {style.title()} {noto},{'sans-serif' if style == 'sans' else 'serif'}"
    pattern = f"{family}{f':lang={language}' if language else ''}:weight=80:slant=0"
    try:
        done = subprocess.run(
            [MATCHER, "-s", "--format", "%{file}\t%{index}\n", pattern],
            capture_output=True, text=True, check=False, timeout=MATCH_SECONDS,
        )  # fmt: skip
    except (OSError, subprocess.TimeoutExpired):
        return ()
    rows = (row.rpartition("\t") for row in done.stdout.splitlines() if "\t" in row)
    # The upper half of an index names an instance of a variable font; the face stands in the lower.
    return tuple(Face(Path(path), int(index) & 0xFFFF) for path, _, index in rows)


def _house(style: Style) -> tuple[Face, ...]:
    try:
        return (Face(*find(style)),)
    except FontMissing:
        return ()


def _asked(script: str, language: str) -> str:
    """The language to ask fontconfig for: the text's own, where it is written in this script."""
    tag = language.lower()
    own = "zh-tw" if tag.startswith(("zh-hant", "zh-tw", "zh-hk")) else primary(language)
    return own if script in WRITTEN.get(own, ()) else LANGUAGES.get(script, "")
