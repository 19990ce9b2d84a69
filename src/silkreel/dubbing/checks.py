"""Quality control: a verdict with stable reason codes per line, per episode and per series."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from importlib.resources import files
from typing import Any, Literal

import yaml

from silkreel.bible.subtitle_limits import SubtitleLimits
from silkreel.dubbing import gate
from silkreel.dubbing.gate import GateFinding
from silkreel.dubbing.listening import Understood
from silkreel.dubbing.take_sound import TakeSound
from silkreel.kit.words import Counted, words

Level = Literal["PASS", "WARN", "FAIL"]
RANK: dict[str, int] = {"PASS": 0, "WARN": 1, "FAIL": 2}
Value = str | int | float

# What each reason says to a person; docs/reference/checks.md is made from this.
SENTENCES: dict[str, str] = {
    "time.rate": "Spoken at {rate} times its natural speed.",
    "time.onset": "Starts {frames} frames away from the original.",
    "time.hole": "{seconds} s of the original speech have no voice over them.",
    "time.no_fit": "No wording fits; {seconds} s too long. The original sound is kept.",
    "time.unspoken": "Not spoken: its wording did not pass. The original sound is kept.",
    "time.overlap": "Speaks over another line of the same character.",
    "text.waiting": "Nobody has translated this line yet.",
    "text.stale": "The original line changed after it was translated.",
    "text.fuzzy": "Taken from a similar line of the memory.",
    "text.fast": "{rate} characters a second are to be read; {limit} can be.",
    "text.lines": "More lines than {limit} fit the picture.",
    "text.gate": "{finding}",
    "source.read": "The caption was read with {confidence} confidence only.",
    "source.unheard": "Nothing of this line was heard in the original.",
    "source.uncaptioned": "Speech without a caption: the recogniser's words.",
    "voice.missing": "No voice is chosen for this character.",
    "duty.draft": "A machine's draft that nobody approved.",
    "sound.loudness": "{loudness} LUFS where {target} is asked.",
    "sound.peak": "True peak {peak} dBTP over the limit of {limit}.",
    "sound.voice_over": "No clean bed: the original's voice stays audible under the dub.",
    "sound.bed_setback": "A better bed failed: {sentence}",
    "sound.clipped": "{percent} % of the take are clipped peaks.",
    "sound.offset": "The take stands {percent} % off the middle (a DC offset).",
    "sound.holes": "{percent} % of the take are silence.",
    "sound.unclear": "A recogniser misses {percent} % of the characters; it hears: {heard}",
    "sound.missing": "There is no sound in this language: nothing of it could be spoken or mixed.",
    "episode.no_lines": "No line was found: no script, no captions, no speech.",
    "episode.worklist": Counted("{count} lines to look at.", one="{count} line to look at."),
    "series.failed": "{count} of {episodes} episodes have something that must be mended.",
    "series.worklist": "{count} of {episodes} episodes have lines to look at.",
    "series.missing": "{count} of {episodes} episodes are not in this language: {numbers}",
    "series.loudness": "Episode {number} is {difference} LU away from the series.",
    "series.wording": "The same words are translated in {count} different ways: {source}",
    "series.voice": "Two characters share the voice {voice}.",
}


@dataclass(frozen=True, slots=True)
class Reason:
    """Why a verdict is not PASS."""

    code: str
    level: Level
    values: Mapping[str, Value] = field(default_factory=dict)

    @property
    def sentence(self) -> str:
        """The reason, in the language in force."""
        if self.code == "text.gate":
            return _gate_sentence(**self.values)
        return words(SENTENCES[self.code], **self.values)

    def to_json(self) -> dict[str, Any]:
        """As a verdict row keeps it."""
        return {"code": self.code, "level": self.level, "values": dict(self.values)}


def _gate_sentence(finding: Value, **values: Value) -> str:
    """What the gate's finding says; rows of older versions hold the sentence in place of its code."""
    return words(gate.SENTENCES.get(str(finding), str(finding)), **values)


@dataclass(frozen=True, slots=True)
class Verdict:
    """What was found of a line; an empty line id means the whole."""

    line_id: str
    reasons: tuple[Reason, ...]

    @property
    def level(self) -> Level:
        """The worst of the reasons."""
        return max((reason.level for reason in self.reasons), key=RANK.__getitem__, default="PASS")


@dataclass(frozen=True, slots=True)
class JudgedLine:
    """All that the checks look at of one line in one language."""

    line_id: str
    speech_seconds: float  # of the original
    dubbed: bool
    came_from: str
    text: str | None = None
    draft: bool = False
    fuzzy: bool = False
    stale: bool = False
    gate: tuple[GateFinding, ...] = ()
    rate: float | None = None  # None: no take was placed
    onset_frames: int = 0
    covered_seconds: float = 0.0  # of the original's time with the dub over it
    overrun_seconds: float | None = None
    overlaps_itself: bool = False
    cue_characters: int = 0
    cue_seconds: float = 0.0
    cue_lines: int = 0
    read_confidence: float | None = None
    heard_confidence: float | None = None
    has_voice: bool = True
    take: TakeSound | None = None  # what was measured of the take that is placed
    understood: Understood | None = None  # what a recogniser wrote down, where one listened


@dataclass(frozen=True, slots=True)
class JudgedSound:
    """An episode's finished mix as it was measured after encoding."""

    loudness_lufs: float
    true_peak_dbtp: float
    target_lufs: float
    peak_limit_dbtp: float
    bed: str  # given | separated | ducked
    setbacks: tuple[str, ...] = ()  # why a better bed could not be had


@cache
def check_limits() -> Mapping[str, Any]:
    """The thresholds of check_limits.yaml."""
    text = (files("silkreel.dubbing") / "check_limits.yaml").read_text("utf-8")
    return dict(yaml.safe_load(text))


def judge_line(line: JudgedLine, limits: SubtitleLimits) -> Verdict:
    """The verdict of one line."""
    reasons = [
        *_of_text(line), *_of_time(line), *_of_take(line), *_of_cue(line, limits), *_of_source(line)
    ]  # fmt: skip
    return Verdict(line.line_id, tuple(reasons))


def judge_episode(lines: Sequence[Verdict], sound: JudgedSound | None) -> Verdict:
    """The verdict of an episode: its sound, and whether its lines need a person."""
    reasons = list(_of_sound(sound)) if sound else [Reason("sound.missing", "FAIL")]
    if not lines:
        reasons.append(Reason("episode.no_lines", "FAIL"))
    failed = sum(verdict.level == "FAIL" for verdict in lines)
    warned = sum(verdict.level == "WARN" for verdict in lines)
    if failed:
        reasons.append(Reason("episode.worklist", "FAIL", {"count": failed}))
    elif lines and warned > check_limits()["episode_warn_share"] * len(lines):
        reasons.append(Reason("episode.worklist", "WARN", {"count": warned}))
    return Verdict("", tuple(reasons))


def judge_series(
    episodes: Mapping[int, Level | None],
    loudness_lufs: Mapping[int, float],
    wordings: Iterable[tuple[str, str]],
    voices: Mapping[str, str],
) -> Verdict:
    """The verdict of a series in one language.

    Args:
        episodes: level by episode number; None where the language was never checked.
        loudness_lufs: programme loudness by episode number.
        wordings: source and target of every line.
        voices: voice (engine, preset and pitch as one name) by character.
    """
    reasons = [*_of_episodes(episodes), *_of_drift(loudness_lufs), *_of_wordings(wordings)]
    for voice, count in Counter(voices.values()).items():
        if count > 1:
            reasons.append(Reason("series.voice", "WARN", {"voice": voice}))
    return Verdict("", tuple(reasons))


def _of_text(line: JudgedLine) -> Iterable[Reason]:
    if line.text is None:
        yield Reason("text.waiting", "FAIL")
        return
    if line.stale:
        yield Reason("text.stale", "FAIL")
    if line.fuzzy:
        yield Reason("text.fuzzy", "WARN")
    if line.draft:
        yield Reason("duty.draft", "WARN")
    for finding in line.gate:
        yield Reason("text.gate", finding.level, {**dict(finding.values), "finding": finding.code})


def _of_time(line: JudgedLine) -> Iterable[Reason]:
    if not line.dubbed or line.text is None:
        return
    if not line.has_voice:
        yield Reason("voice.missing", "FAIL")
    if line.rate is None:
        if line.overrun_seconds is not None:
            yield Reason("time.no_fit", "FAIL", {"seconds": round(line.overrun_seconds, 2)})
        else:
            yield Reason("time.unspoken", "FAIL")
        return
    limits = check_limits()
    fast, slow = limits["rate_fast"], limits["rate_slow"]
    if line.rate > fast[0] or line.rate < slow[0]:
        far = line.rate > fast[1] or line.rate < slow[1]
        yield Reason("time.rate", "FAIL" if far else "WARN", {"rate": round(line.rate, 2)})
    yield from _graded("time.onset", abs(line.onset_frames), limits["onset_frames"], "frames")
    hole = round(max(0.0, line.speech_seconds - line.covered_seconds), 2)
    yield from _graded("time.hole", hole, limits["hole_seconds"], "seconds")
    if line.overlaps_itself:
        yield Reason("time.overlap", "FAIL")


def _of_take(line: JudgedLine) -> Iterable[Reason]:
    limits, take = check_limits(), line.take
    if take is not None:
        yield from _graded(
            "sound.clipped", 100 * take.clipped_share, limits["clipped_percent"], "percent"
        )
        yield from _graded("sound.offset", 100 * take.offset, limits["offset_percent"], "percent")
        yield from _graded(
            "sound.holes", round(100 * take.silent_share), limits["silent_percent"], "percent"
        )
    if line.understood is not None:
        share = round(100 * line.understood.error_share)
        for reason in _graded("sound.unclear", share, limits["unclear_percent"], "percent"):
            values = {**reason.values, "heard": line.understood.text.strip()}
            yield Reason(reason.code, reason.level, values)


def _of_cue(line: JudgedLine, limits: SubtitleLimits) -> Iterable[Reason]:
    if not line.cue_characters or not line.cue_seconds:
        return
    speed = line.cue_characters / line.cue_seconds
    factor = speed / limits.characters_per_second
    warn, fail = check_limits()["reading_over"]
    if factor > warn:
        values: dict[str, Value] = {
            "rate": round(speed, 1),
            "limit": limits.characters_per_second,
        }
        yield Reason("text.fast", "FAIL" if factor > fail * 1.5 else "WARN", values)
    if line.cue_lines > limits.lines:
        yield Reason("text.lines", "WARN", {"limit": limits.lines})


def _of_source(line: JudgedLine) -> Iterable[Reason]:
    limits = check_limits()
    if line.read_confidence is not None and line.read_confidence < limits["read_confidence"][0]:
        yield Reason("source.read", "WARN", {"confidence": round(line.read_confidence, 2)})
    if line.came_from == "heard":
        yield Reason("source.uncaptioned", "WARN")
    elif line.dubbed and (line.heard_confidence or 0.0) < limits["heard_confidence"][0]:
        yield Reason("source.unheard", "WARN")


def _of_sound(sound: JudgedSound) -> Iterable[Reason]:
    limits = check_limits()
    difference = abs(sound.loudness_lufs - sound.target_lufs)
    warn, fail = limits["loudness_lu"]
    if difference > warn:
        values: dict[str, Value] = {
            "loudness": round(sound.loudness_lufs, 1),
            "target": sound.target_lufs,
        }
        yield Reason("sound.loudness", "FAIL" if difference > fail else "WARN", values)
    if sound.true_peak_dbtp > sound.peak_limit_dbtp + limits["true_peak_over_db"][1]:
        peaks: dict[str, Value] = {
            "peak": round(sound.true_peak_dbtp, 2),
            "limit": sound.peak_limit_dbtp,
        }
        yield Reason("sound.peak", "FAIL", peaks)
    for sentence in sound.setbacks:
        yield Reason("sound.bed_setback", "WARN", {"sentence": sentence})
    if sound.bed == "ducked":
        yield Reason("sound.voice_over", "WARN")


def _of_episodes(episodes: Mapping[int, Level | None]) -> Iterable[Reason]:
    missing = [number for number, level in episodes.items() if level is None]
    if missing:
        numbers = ", ".join(str(number) for number in sorted(missing))
        told: dict[str, Value] = {"count": len(missing), "numbers": numbers}
        yield Reason("series.missing", "FAIL", {**told, "episodes": len(episodes)})
    for level, code in (("FAIL", "series.failed"), ("WARN", "series.worklist")):
        count = sum(each == level for each in episodes.values())
        if count:
            values: dict[str, Value] = {"count": count, "episodes": len(episodes)}
            yield Reason(code, "FAIL" if level == "FAIL" else "WARN", values)


def _of_drift(loudness_lufs: Mapping[int, float]) -> Iterable[Reason]:
    if len(loudness_lufs) < 2:
        return
    ordered = sorted(loudness_lufs.values())
    middle = ordered[len(ordered) // 2]
    warn, fail = check_limits()["series_drift_lu"]
    for number, loudness in loudness_lufs.items():
        difference = round(abs(loudness - middle), 1)
        if difference > warn:
            level: Level = "FAIL" if difference > fail else "WARN"
            yield Reason("series.loudness", level, {"number": number, "difference": difference})


def _of_wordings(wordings: Iterable[tuple[str, str]]) -> Iterable[Reason]:
    targets: dict[str, set[str]] = {}
    for source, target in wordings:
        targets.setdefault(source, set()).add(target)
    for source, found in sorted(targets.items()):
        if len(found) > 1:
            yield Reason("series.wording", "WARN", {"count": len(found), "source": source})


def _graded(code: str, figure: float, limits: Sequence[float], name: str) -> Iterable[Reason]:
    if figure > limits[0]:
        yield Reason(code, "FAIL" if figure > limits[1] else "WARN", {name: figure})
