"""Where letters come from: a font package under the Open Font License, else the system's fonts."""

import importlib.util
from functools import cache
from pathlib import Path
from typing import Literal

from PIL import ImageFont

from silkreel.kit.refusals import Refusal

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


class FontMissing(Refusal):
    """No font for Chinese letters is installed."""

    status = 503
    message = (
        "No font with Chinese letters was found; install the package {package}, "
        "or run: apt-get install fonts-noto-cjk"
    )


@cache
def font(style: Style, size_pixels: int) -> ImageFont.FreeTypeFont:
    """A font with simplified Chinese letters.

    Raises:
        FontMissing: none is installed.
    """
    path, index = find(style)
    return ImageFont.truetype(str(path), size_pixels, index=index)


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
