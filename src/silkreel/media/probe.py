"""Is this file an episode? Every reason why not at once, and what may be mended."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from fractions import Fraction
from pathlib import Path
from typing import Any, Literal

from silkreel.kit.refusals import Refusal, refusal_from_json
from silkreel.media import refusals as no
from silkreel.media.errands import Asked, run_job
from silkreel.media.facts import Facts
from silkreel.media.geometry import seen_size
from silkreel.media.limits import GIB, probe_limits
from silkreel.media.pace import clock, frames_in, streamed_rate
from silkreel.media.sniff import sniff_file

Orientation = Literal["vertical", "landscape"]
LENGTH_SLACK_SECONDS = Fraction(1, 2)
GAP_FRAMES = 2
PQ, HLG = 16, 18  # transfer characteristics of ITU-T H.273
# Fixes that are two ways to mend one thing: the first is proposed.
LANDSCAPE_FIXES = ("landscape", "landscape_crop")


@dataclass(frozen=True, slots=True)
class ProbeRules:
    """What a series takes: its orientation, fixes accepted beforehand, and limits.

    Raises:
        UnknownFix: a fix that does not exist.
    """

    orientation: Orientation = "vertical"
    fixes: frozenset[str] = frozenset()
    least_short_side_pixels: int = 480
    most_short_side_pixels: int = 4096
    most_size_bytes: int = 20 * GIB
    most_length_seconds: int = 20 * 60
    most_frame_rate: int = 120

    def __post_init__(self) -> None:
        for fix in sorted(self.fixes - no.FIXES.keys()):
            raise no.UnknownFix(fix=fix, known=", ".join(no.FIXES))


@dataclass(frozen=True, slots=True)
class Finding:
    """One reason for a no; with a fix it is a yes as soon as somebody accepts that fix."""

    refusal: Refusal
    fix: str | None = None
    accepted: bool = False

    def to_json(self) -> dict[str, Any]:
        """The refusal as it travels, and what was decided."""
        payload = {**self.refusal.to_json(), "sentence": str(self.refusal)}
        return {"refusal": payload, "fix": self.fix, "accepted": self.accepted}

    @classmethod
    def from_json(cls, payload: dict[str, Any]) -> "Finding":
        """What `to_json` wrote."""
        return cls(refusal_from_json(payload["refusal"]), payload["fix"], payload["accepted"])


@dataclass(frozen=True, slots=True)
class Probe:
    """A file as it will be after the accepted fixes, and every finding, worst first.

    Where nothing could be read, sizes and counts are zero and the findings say why.
    """

    size_bytes: int
    findings: tuple[Finding, ...] = ()
    container: str = ""
    width_pixels: int = 0  # upright, square pixels, even
    height_pixels: int = 0
    frame_rate: Fraction = Fraction(25)  # constant, at most 30
    frame_count: int = 0  # at that rate
    length_seconds: float = 0.0
    has_sound: bool = False
    video_codec: str = ""
    audio_codec: str | None = None
    facts: Facts | None = field(default=None, repr=False)

    @property
    def refused(self) -> bool:
        """Whether anything stands in the way."""
        return any(not finding.accepted for finding in self.findings)

    @property
    def fixes(self) -> frozenset[str]:
        """The accepted fixes: the mends the ladder makes."""
        return frozenset(f.fix for f in self.findings if f.accepted and f.fix is not None)

    def raise_if_refused(self) -> None:
        """Raise the worst finding.

        Raises:
            Refusal: that one.
        """
        for finding in self.findings:
            if not finding.accepted:
                raise finding.refusal

    def to_json(self) -> dict[str, Any]:
        """Everything, for the upload's row."""
        return {
            "size_bytes": self.size_bytes,
            "findings": [finding.to_json() for finding in self.findings],
            "container": self.container,
            "width_pixels": self.width_pixels,
            "height_pixels": self.height_pixels,
            "frame_rate": str(self.frame_rate),
            "frame_count": self.frame_count,
            "length_seconds": self.length_seconds,
            "has_sound": self.has_sound,
            "video_codec": self.video_codec,
            "audio_codec": self.audio_codec,
            "facts": self.facts.to_json() if self.facts else None,
        }

    @classmethod
    def from_json(cls, payload: dict[str, Any]) -> "Probe":
        """What `to_json` wrote."""
        facts = payload["facts"]
        return cls(
            **{
                **payload,
                "findings": tuple(map(Finding.from_json, payload["findings"])),
                "frame_rate": Fraction(payload["frame_rate"]),
                "facts": Facts.from_json(facts) if facts else None,
            }
        )


def probe_file(
    path: Path, *, rules: ProbeRules = ProbeRules(), cancelled: Asked | None = None
) -> Probe:
    """Look at an uploaded file in a child of its own and judge it by the series' rules.

    Whatever is wrong with the file is a finding. Only the work itself raises.

    Raises:
        OSError: there is no such file, or it cannot be read.
        Cancelled: `cancelled` answered yes.
    """
    size_bytes = path.stat().st_size
    unfit = _before_opening(path, size_bytes, rules)
    if unfit is not None:
        return Probe(size_bytes, (Finding(unfit),))
    try:
        answer = run_job(
            "probe", {"path": str(path)}, limits=probe_limits(size_bytes), cancelled=cancelled
        )
    except no.MediaRefusal as refusal:
        return Probe(size_bytes, (Finding(refusal),))
    return judge(Facts.from_json(answer), rules)


def judge(facts: Facts, rules: ProbeRules) -> Probe:
    """Facts and rules make a verdict: pure."""
    findings = tuple(sorted(_findings(facts, rules), key=_how_bad))
    fixes = {finding.fix for finding in findings if finding.accepted}
    rate = streamed_rate(facts.pace.rate)
    frame_count = frames_in(facts.pace.length_seconds, rate)
    size = seen_size(facts)
    if "landscape_crop" in fixes:
        size = size.cropped_upright()
    elif "landscape" in fixes:
        size = size.fitted_upright()
    return Probe(
        size_bytes=facts.size_bytes,
        findings=findings,
        container=facts.container,
        width_pixels=size.width_pixels,
        height_pixels=size.height_pixels,
        frame_rate=rate,
        frame_count=frame_count,
        length_seconds=float(frame_count / rate),
        has_sound=facts.sounds > 0 and not facts.silent,
        video_codec=facts.video_codec,
        audio_codec=facts.audio_codec,
        facts=facts,
    )


def _before_opening(path: Path, size_bytes: int, rules: ProbeRules) -> Refusal | None:
    if size_bytes == 0:
        return no.Empty()
    if size_bytes > rules.most_size_bytes:
        return no.TooBig(what=_gib(size_bytes), limit=_gib(rules.most_size_bytes))
    sniffed = sniff_file(path)
    if sniffed.format is None or not sniffed.holds_picture:
        return no.NotVideo(kind=sniffed.kind)
    return None


def _findings(facts: Facts, rules: ProbeRules) -> Iterator[Finding]:
    for refusal in _beyond_mending(facts, rules):
        yield Finding(refusal)
    for fix, refusal in _mendable(facts, rules):
        yield Finding(refusal, fix, accepted=fix in rules.fixes)


def _beyond_mending(facts: Facts, rules: ProbeRules) -> Iterator[Refusal]:
    pace = facts.pace
    if facts.animatic:
        yield no.AnimaticIsNoEpisode()
    end, declared = facts.ended_seconds, facts.declared_seconds or facts.ended_seconds
    if facts.cut or end < declared - LENGTH_SLACK_SECONDS:
        yield no.Truncated(at=clock(end), length=clock(max(end, declared)))
    elif facts.corrupt_at_seconds is not None:
        yield no.Corrupt(at=clock(facts.corrupt_at_seconds))
    elif pace.steady and pace.largest_gap_seconds * pace.rate > GAP_FRAMES + 1:
        yield no.Corrupt(at=clock(pace.largest_gap_at_seconds))
    if facts.transfer in (PQ, HLG):
        yield no.Hdr(transfer="PQ" if facts.transfer == PQ else "HLG")
    yield from _too_big(facts, rules)


def _too_big(facts: Facts, rules: ProbeRules) -> Iterator[Refusal]:
    short_side = min(facts.width_pixels, facts.height_pixels)
    if short_side > rules.most_short_side_pixels:
        yield no.TooBig(
            what=f"{short_side} pixels on its short side", limit=rules.most_short_side_pixels
        )
    if facts.pace.length_seconds > rules.most_length_seconds:
        yield no.TooBig(
            what=f"{clock(facts.pace.length_seconds)} long",
            limit=clock(rules.most_length_seconds),
        )
    if facts.pace.rate > rules.most_frame_rate:
        yield no.TooBig(what=f"at {_number(facts.pace.rate)} fps", limit=rules.most_frame_rate)


def _mendable(facts: Facts, rules: ProbeRules) -> Iterator[tuple[str, Refusal]]:
    yield from _mendable_picture(facts)
    yield from _mendable_size(facts, rules)
    yield from _mendable_sound(facts)


def _mendable_picture(facts: Facts) -> Iterator[tuple[str, Refusal]]:
    if facts.bits > 8 and facts.transfer not in (PQ, HLG):
        yield "ten_bit", no.TenBit(bits=facts.bits)
    if facts.chroma != "4:2:0":
        yield "chroma", no.Chroma(chroma=facts.chroma)
    if facts.interlaced:
        yield "interlaced", no.Interlaced()
    if not facts.pace.steady:
        yield "vfr", no.Vfr(fps=_number(streamed_rate(facts.pace.rate)))
    if facts.rotation_degrees % 360:
        yield "rotated", no.Rotated(deg=-facts.rotation_degrees % 360)
    if facts.pictures > 1 or facts.sounds > 1:
        yield "which_stream", no.WhichStream(videos=facts.pictures, audios=facts.sounds)


def _mendable_size(facts: Facts, rules: ProbeRules) -> Iterator[tuple[str, Refusal]]:
    if facts.width_pixels % 2 or facts.height_pixels % 2:
        yield "odd_size", no.OddSize(width=facts.width_pixels, height=facts.height_pixels)
    if facts.pixel_aspect != 1:
        aspect = f"{facts.pixel_aspect.numerator}:{facts.pixel_aspect.denominator}"
        yield "pixel_aspect", no.PixelAspect(aspect=aspect)
    seen = seen_size(facts)
    if seen.short_side_pixels < rules.least_short_side_pixels:
        what = f"{seen.short_side_pixels} pixels on its short side"
        yield "too_small", no.TooSmall(what=what, limit=rules.least_short_side_pixels)
    if seen.width_pixels >= seen.height_pixels and rules.orientation == "vertical":
        chosen = next((fix for fix in LANDSCAPE_FIXES if fix in rules.fixes), LANDSCAPE_FIXES[0])
        yield chosen, no.Landscape(width=seen.width_pixels, height=seen.height_pixels)


def _mendable_sound(facts: Facts) -> Iterator[tuple[str, Refusal]]:
    if facts.sounds == 0 or facts.silent:
        yield "no_audio", no.NoAudio()
    elif facts.audio_start_seconds is not None and facts.audio_end_seconds is not None:
        pace, start, end = facts.pace, facts.audio_start_seconds, facts.audio_end_seconds
        early, late = start - pace.first_seconds, end - pace.first_seconds - pace.length_seconds
        if max(abs(early), abs(late)) > LENGTH_SLACK_SECONDS:
            yield (
                "audio_length",
                no.AudioLength(audio=clock(end - start), video=clock(pace.length_seconds)),
            )


def _how_bad(finding: Finding) -> int:
    """Refused for good, then what awaits a decision, then what is settled."""
    if finding.fix is None:
        return 0
    return 2 if finding.accepted else 1


def _number(rate: Fraction) -> str:
    return f"{float(rate):.3f}".rstrip("0").rstrip(".")


def _gib(size_bytes: int) -> str:
    return f"{size_bytes / GIB:.1f} GiB"
