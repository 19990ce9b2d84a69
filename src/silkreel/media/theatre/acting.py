"""Who does what at a moment: gestures with the lines, breath, blinks, walking in."""

import math
from collections.abc import Mapping
from dataclasses import dataclass, replace

from silkreel.media.theatre.plan import Facing, Mark, Pose
from silkreel.media.theatre.puppets.joints import HELD, POSES, Acting, Limbs, gesture_limbs
from silkreel.media.theatre.schedule import LineCue, ShotCue

GESTURE_LEAD_SECONDS = 0.12
GESTURE_RISE_SECONDS = 0.36
GESTURE_REST_SECONDS = 0.45
SUDDEN = ("slap", "throw")
SLAP_LEAD_SECONDS, SLAP_HIT_SECONDS = 0.42, 0.06
STRUCK_DEGREES = -15.0
THROW_LEAD_SECONDS, THROW_HOLD_SECONDS = 0.45, 9.0
RELEASE_SECONDS = 0.52
WALK_SECONDS = 1.7
WALK_UNITS = 430.0
BLINK_EVERY_SECONDS = 3.1
BLINK_SECONDS = 0.14

Mouths = Mapping[str, tuple[int, ...]]  # by line id, one figure per drawing


@dataclass(frozen=True, slots=True)
class Stance:
    """Where a puppet stands at a moment, and how it acts."""

    who: str
    x: float
    y: float
    facing: Facing
    acting: Acting


def stance(
    cue: ShotCue, mark: Mark, seconds: float, mouths: Mouths, drawings_per_second: float
) -> Stance:
    """A puppet at `seconds` of the episode."""
    phase = sum(map(ord, mark.who)) * 0.7
    speaking = [line for line in cue.lines if line.line.who == mark.who]
    pose: Pose = "stand" if mark.who in cue.shot.bare else mark.pose
    limbs, thrown = _limbs(pose, speaking, seconds)
    mouth = _mouth(speaking, seconds, mouths, drawings_per_second)
    nod = 0.9 * math.sin(seconds * 1.7 + phase) + (1.1 * math.sin(seconds * 8.3) if mouth else 0.0)
    x, bob = _walk(cue, mark, seconds)
    holds = None if thrown else HELD.get(pose)
    acting = Acting(
        limbs=replace(limbs, head=limbs.head + nod + _struck(cue, mark, seconds)),
        mouth=mouth,
        blink=(seconds + phase) % BLINK_EVERY_SECONDS < BLINK_SECONDS,
        breath=1.1 * math.sin(seconds * 1.9 + phase) + bob,
        swing=3.6 * math.sin(seconds * 2.6 + phase),
        prop=holds,
    )
    return Stance(mark.who, x, 0.0, _facing(cue, mark, seconds), acting)


def _struck(cue: ShotCue, mark: Mark, seconds: float) -> float:
    """Degrees by which a slap throws back the head of whoever gets it."""
    if cue.shot.effect != "slap" or not cue.lines or cue.lines[0].line.who == mark.who:
        return 0.0
    since = seconds - cue.lines[0].speech_start_seconds + SLAP_HIT_SECONDS
    return STRUCK_DEGREES * _ease(since / 0.08) * (1 - _ease((since - 0.5) / 0.8))


def _limbs(pose: Pose, speaking: list[LineCue], seconds: float) -> tuple[Limbs, bool]:
    """Where the limbs are, and whether what the hand held has been thrown."""
    limbs, thrown = POSES[pose], False
    for line in speaking:
        gesture = line.line.gesture
        start, rest = _gesture_span(line)
        since, left = seconds - start, rest - seconds
        if gesture == "none" or since <= 0 or left <= 0:
            continue
        thrown = gesture == "throw" and since > RELEASE_SECONDS
        rise = 1.0 if gesture in SUDDEN else _ease(since / GESTURE_RISE_SECONDS)
        target = gesture_limbs(pose, gesture, since)
        limbs = limbs.towards(target, min(rise, _ease(left / GESTURE_REST_SECONDS)))
    return limbs, thrown


def _gesture_span(line: LineCue) -> tuple[float, float]:
    """When a gesture begins and ends: a slap comes before its words, a throw after them."""
    start, end = line.speech_start_seconds, line.speech_end_seconds
    match line.line.gesture:
        case "slap":
            return start - SLAP_LEAD_SECONDS, end + GESTURE_REST_SECONDS
        case "throw":
            return end - THROW_LEAD_SECONDS, end + THROW_HOLD_SECONDS
        case _:
            return start - GESTURE_LEAD_SECONDS, end + GESTURE_REST_SECONDS


def _mouth(
    speaking: list[LineCue], seconds: float, mouths: Mouths, drawings_per_second: float
) -> int:
    for line in speaking:
        index = int((seconds - line.speech_start_seconds) * drawings_per_second + 1e-6)
        positions = mouths.get(line.line.id, ())
        if 0 <= index < len(positions):
            return positions[index]
    return 0


def _walk(cue: ShotCue, mark: Mark, seconds: float) -> tuple[float, float]:
    """Whoever enters comes from the side they look away from."""
    if cue.shot.enter != mark.who:
        return mark.x, 0.0
    since = seconds - cue.start_seconds
    left = 1 - _ease(since / WALK_SECONDS)
    side = 1 if mark.facing == "left" else -1
    step = abs(math.sin(since * 7.2)) * 4 * min(1.0, left * 3)
    return mark.x + side * WALK_UNITS * left, -step


def _facing(cue: ShotCue, mark: Mark, seconds: float) -> Facing:
    for line in cue.lines:
        if (
            line.line.who == mark.who
            and line.line.turn
            and seconds >= line.speech_start_seconds - 0.2
        ):
            return line.line.turn
    return mark.facing


def _ease(t: float) -> float:
    t = min(1.0, max(0.0, t))
    return t * t * (3 - 2 * t)
