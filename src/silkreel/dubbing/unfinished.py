"""A wording that stops in the middle of its sentence: "And I think", where the original goes on.

Recognisers that translate (Whisper) cut a line off where their window ends. The last word tells:
some words never end a sentence, some hardly without a full stop.
"""

import re
import unicodedata
from functools import cache
from typing import Literal

from silkreel.dubbing.word_lists import LISTED, listed
from silkreel.kit.languages import primary

Unfinished = Literal["certain", "likely"]

_STOPS = tuple(".!?。！？；;")
_TRAILS_OFF = re.compile(r"(?:…|\.{2,}|—|–|-|,|，|、|:|：)[\s\"'”’」』)）]*$")
_CLOSING = "\"'”’」』)）]» "


def unfinished(source: str, target: str, target_language: str) -> Unfinished | None:
    """Whether a wording stops where its sentence must go on; None also for languages not known.

    A source that trails off itself may be followed in that.
    """
    tongue = primary(target_language)
    if tongue not in LISTED or _TRAILS_OFF.search(source) or _TRAILS_OFF.search(target):
        return None
    bare = target.rstrip(_CLOSING)
    stopped = bare.endswith(_STOPS)
    last = _last_word(bare)
    if last in _words(tongue, "never_last") and not _quoted(target, stopped=stopped):
        return "certain"
    if stopped:
        return None
    if last in _words(tongue, "seldom_last"):
        return "certain"
    ended = source.rstrip(_CLOSING).endswith(_STOPS)
    return "likely" if ended and last else None


@cache
def _words(tongue: str, section: str) -> frozenset[str]:
    return frozenset(listed(tongue, section))


def _last_word(text: str) -> str:
    folded = unicodedata.normalize("NFC", text).lower().replace("’", "'")
    found = re.findall(r"[^\W\d_]+(?:['-][^\W\d_]+)*", folded)
    return found[-1] if found and folded.rstrip("".join(_STOPS)).endswith(found[-1]) else ""


def _quoted(target: str, *, stopped: bool) -> bool:
    """Whether the last word is spoken about: What do you mean, "the"?"""
    return stopped and bool(re.search(r"[\"'“‘「«][^\W\d_]+[.!?]*[\"'”’」»][.!?]*\s*$", target))
