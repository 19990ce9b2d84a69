"""Subtitles that came beside an episode: SRT, WebVTT or ASS, read as the script of its lines."""

import re
import unicodedata
from dataclasses import dataclass
from pathlib import Path

import pysubs2

from silkreel.kit.children import Limits, ask_once
from silkreel.kit.refusals import Refusal
from silkreel.kit.spans import TimeSpan

MAX_LINES = 5000  # an episode has about 40; a film 2,000
# Five megabytes of lines take about 12 s.
READING_LIMITS = Limits(
    address_space_bytes=2 * 1024**3, cpu_seconds=30, wall_seconds=60.0, file_size_bytes=0
)
_VOICE = re.compile(r"<v(?:\.[^ >]*)?\s+([^>]+)>")
_SPEAKER = re.compile(r"^\s*(?:\[([^\]]{1,30})\]|([^:：]{1,20})[:：])\s*(?=\S)")
_TAGS = re.compile(r"<[^>]*>|\{[^}]*\}")


class BadSubtitles(Refusal):
    """A subtitle file that cannot be read."""

    message = "{name} cannot be read as subtitles: {problem}."


class ScriptOfAnotherCut(Refusal):
    """Subtitles that begin when the picture has ended."""

    message = (
        "The first line of {name} is at {first} s and the picture ends at {end} s;"
        " export the subtitles of this episode, counted from its first frame."
    )


@dataclass(frozen=True, slots=True)
class ScriptLine:
    """A line as the script gives it."""

    span: TimeSpan
    text: str
    speaker: str = ""


def read_script(
    path: Path, *, name: str, speakers: frozenset[str] = frozenset()
) -> tuple[ScriptLine, ...]:
    """Lines of a subtitle file in order, with speakers where it names them.

    A prefix such as `[Mei]` or `Mei:` is taken for a speaker only if it is one of `speakers`; the
    `<v Mei>` of WebVTT and the Name field of ASS always are.

    Raises:
        BadSubtitles: the file is no subtitle file, or has more lines than an episode can have.
    """
    try:
        content = path.read_bytes().decode("utf-8-sig")
    except UnicodeDecodeError:
        raise BadSubtitles(name=name, problem="it is not UTF-8; save it as UTF-8") from None
    try:
        subtitles = pysubs2.SSAFile.from_string(content, format_=path.suffix.lstrip(".").lower())
    except (pysubs2.exceptions.Pysubs2Error, ValueError, IndexError) as problem:
        form = path.suffix.lstrip(".").upper()
        raise BadSubtitles(name=name, problem=f"it is not in the form of {form}") from problem
    if len(subtitles) > MAX_LINES:
        raise BadSubtitles(name=name, problem=f"it has more than {MAX_LINES} lines")
    raw = _raw_voices(content) if path.suffix.lower() == ".vtt" else {}
    lines = [_line(event, raw, speakers) for event in subtitles if not event.is_comment]
    script = tuple(sorted((line for line in lines if line.text), key=lambda line: line.span))
    if not script:
        raise BadSubtitles(name=name, problem="it has no lines with a time and a text")
    return script


def examine_script(path: Path, *, name: str, length_seconds: float) -> int:
    """Read a stranger's subtitles in a child of its own; answers how many lines they have.

    Raises:
        BadSubtitles, ScriptOfAnotherCut: it is no script of this picture.
        ChildCrashed, ChildTooSlow: reading it took more than any script does.
    """
    order = {"path": str(path), "name": name}
    answer = ask_once("silkreel.dubbing.sidecars_worker", order, limits=READING_LIMITS).value
    if answer["first_seconds"] >= length_seconds:
        first, end = f"{answer['first_seconds']:.1f}", f"{length_seconds:.1f}"
        raise ScriptOfAnotherCut(name=name, first=first, end=end)
    return int(answer["lines"])


def plain_text(text: str) -> str:
    """Text without marks of style, on one line, in NFC."""
    bare = _TAGS.sub("", text).replace("\\N", " ").replace("\\n", " ").replace("\\h", " ")
    return unicodedata.normalize("NFC", " ".join(bare.split()))


def _line(event: pysubs2.SSAEvent, raw: dict[str, str], speakers: frozenset[str]) -> ScriptLine:
    start, end = max(0, event.start) / 1000, max(0, event.end, event.start) / 1000
    text = event.text
    voice = _VOICE.search(text)
    speaker = (event.name or (voice.group(1) if voice else "")).strip()
    bare = plain_text(text)
    speaker = speaker or raw.get(bare, "")
    prefix = _SPEAKER.match(bare)
    if prefix and not speaker and (prefix.group(1) or prefix.group(2)).strip() in speakers:
        speaker = (prefix.group(1) or prefix.group(2)).strip()
        bare = bare[prefix.end() :]
    return ScriptLine(TimeSpan(start, end), bare, speaker)


def _raw_voices(content: str) -> dict[str, str]:
    """Speakers of WebVTT voice spans by text: readers drop the span with its name."""
    voices = {}
    for found in re.finditer(r"<v(?:\.[^ >]*)?\s+([^>]+)>([^\n]*(?:\n(?!\n)[^\n]*)*)", content):
        voices[plain_text(found.group(2))] = found.group(1).strip()
    return voices
