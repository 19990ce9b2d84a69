"""The shots of an animatic: each found by all it shows, else drawn as a play of its own and kept."""

import contextvars
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, replace
from pathlib import Path
from tempfile import TemporaryDirectory
from threading import Event

from silkreel.flows.animatic_plan import Plan
from silkreel.flows.animatic_takes import Take
from silkreel.kit.artifacts import Artifact, Workshop
from silkreel.kit.children import Child
from silkreel.kit.keys import file_hash, work_key
from silkreel.kit.spans import Span
from silkreel.kit.words import words
from silkreel.media.theatre import VERSION, Look, PartOrder, Picture, Play, draw_parts
from silkreel.media.theatre.art import BadArt
from silkreel.media.theatre.plan import Scene, Sketch
from silkreel.media.theatre.schedule import ShotCue, Timetable
from silkreel.story.given_art import bad_art
from silkreel.story.script import At

PART_STEP = "story.animatic_shot"
STILLS_A_CHILD_SECONDS, MOVING_A_CHILD_SECONDS = 60.0, 8.0  # of film


def draw_shots(
    workshop: Workshop,
    plan: Plan,
    times: Timetable,
    takes: Mapping[str, Take],
    look: Look,
    picture: Picture,
    children: Sequence[Child],
    progress: Callable[[str, float], None],
) -> tuple[list[Artifact], int]:
    """A piece of film for each shot, and how many were drawn now."""
    orders = [_order(plan.play, cue, look, picture) for cue in times.shots]
    keys = [_part_key(order, takes) for order in orders]
    found = {key: workshop.find(key) for key in keys}
    wanted = {key: order for key, order in zip(keys, orders, strict=True) if found[key] is None}
    if wanted:
        _draw(workshop, wanted, plan.art, takes, children, progress)
    parts = [found[key] or workshop.find(key) for key in keys]
    return [part for part in parts if part is not None], len(wanted)


def _draw(
    workshop: Workshop,
    wanted: Mapping[str, PartOrder],
    named: Mapping[str, At],
    takes: Mapping[str, Take],
    children: Sequence[Child],
    progress: Callable[[str, float], None],
) -> None:
    """Draw what is wanted in as many children as are worth it; each shot is kept as soon as it is whole."""
    stop, sounds = Event(), {line_id: take.sound for line_id, take in takes.items()}
    whole = sum(order.times.length_frames for order in wanted.values())
    done = [0.0] * len(wanted)
    tell = words("drawing")

    def work(place: int, group: Sequence[str]) -> None:
        mine = [wanted[key] for key in group]
        share = sum(order.times.length_frames for order in mine) / whole

        def heard(part: float) -> None:
            done[place] = part * share
            progress(tell, sum(done))

        with TemporaryDirectory(dir=_workspace(workshop)) as folder:
            orders = [replace(o, path=Path(folder) / f"{n}.mp4") for n, o in enumerate(mine)]

            def keep(number: int) -> None:
                workshop.make(group[number], PART_STEP, lambda _: (orders[number].path, {}))

            draw_parts(
                orders, sounds, child=children[place],
                on_part=keep, progress=heard, cancelled=stop.is_set,
            )  # fmt: skip
            heard(1.0)

    groups = list(_groups(wanted, _children(wanted, len(children))))
    with ThreadPoolExecutor(len(groups)) as pool:
        # The threads count their CPU seconds on whoever measures here.
        futures = [
            pool.submit(contextvars.copy_context().run, work, place, group)
            for place, group in enumerate(groups)
        ]
        try:
            for future in futures:
                future.result()
        except BadArt as refusal:
            stop.set()
            at = named.get(str(refusal.values["path"]), At("story.yaml", 1))
            raise bad_art(at, f"{refusal}") from None
        except BaseException:
            stop.set()
            raise


def _children(wanted: Mapping[str, PartOrder], cores: int) -> int:
    """How many children are worth their start: each draws its places and people anew."""
    still = sum(o.times.length_seconds for o in wanted.values() if o.look.stills)
    moving = sum(o.times.length_seconds for o in wanted.values()) - still
    worth = still / STILLS_A_CHILD_SECONDS + moving / MOVING_A_CHILD_SECONDS
    return max(1, min(cores, round(worth)))


def _workspace(workshop: Workshop) -> Path:
    folder = workshop.store.folder / "tmp"
    folder.mkdir(parents=True, exist_ok=True)
    return folder


def _groups(wanted: Mapping[str, PartOrder], cores: int) -> Iterator[list[str]]:
    """The work in as many shares as there are cores; shots of one place stay together."""
    keys = sorted(wanted, key=lambda key: repr(wanted[key].play.scenes[0].place))
    whole = sum(wanted[key].times.length_frames for key in keys)
    group: list[str] = []
    filled = 0
    for key in keys:
        group.append(key)
        filled += wanted[key].times.length_frames
        if filled >= whole / cores:
            yield group
            group, filled = [], 0
    if group:
        yield group


def _order(play: Play, cue: ShotCue, look: Look, picture: Picture) -> PartOrder:
    """One shot as a play of its own, from its own zero: so it is the same wherever it stands."""
    scene = replace(cue.scene, shots=(cue.shot,))
    rate, first = cue.frames_per_second, cue.span.first_frame
    lines = tuple(
        replace(
            line,
            speech_start_seconds=round(line.speech_start_seconds - first / rate, 4),
            speech_end_seconds=round(line.speech_end_seconds - first / rate, 4),
            caption=Span(line.caption.first_frame - first, line.caption.end_frame - first),
        )
        for line in cue.lines
    )
    alone = ShotCue(scene, cue.shot, Span(0, cue.span.length_frames), lines, 0, rate)
    here = {mark.who for mark in scene.marks} | {line.who for line in cue.shot.lines}
    cast = tuple(actor for actor in play.cast if actor.id in here)
    small = replace(play, number=0, seed=1, cast=cast, scenes=(scene,))
    return PartOrder(small, Timetable((alone,), alone.span.end_frame, rate), Path(), look, picture)


def _part_key(order: PartOrder, takes: Mapping[str, Take]) -> str:
    """A shot's key: what is drawn, by the pictures' content and not by where they lie."""
    scene = order.play.scenes[0]
    shot = scene.shots[0]
    named: dict[str, object] = {
        "play": asdict(replace(order.play, scenes=(_nameless(scene),))),
        "spans": [asdict(line.caption) for line in order.times.lines],
        "starts": [line.speech_start_seconds for line in order.times.lines],
        "length_frames": order.times.length_frames,
        "look": asdict(order.look),
        "picture": asdict(order.picture),
        "art": [file_hash(Path(path)) for path in _pictures(scene) if path],
        "takes": [takes[line.id].content_hash for line in shot.lines if line.id in takes],
    }
    return work_key(PART_STEP, VERSION, named)


def _pictures(scene: Scene) -> tuple[str, str]:
    place = scene.place.picture if isinstance(scene.place, Sketch) else ""
    return scene.shots[0].art, place


def _nameless(scene: Scene) -> Scene:
    """A scene without the paths of its pictures; whether there are any stays told."""
    shot = scene.shots[0]
    place = scene.place
    if isinstance(place, Sketch) and place.picture:
        place = replace(place, picture="given")
    bare = replace(shot, art="given" if shot.art else "", asked_seconds=0.0)
    return replace(scene, place=place, shots=(bare,))
