"""The picture of an episode, encoded once for all languages: ladder, sounds, shots, posters."""

from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import Any

from silkreel.catalogue.editions import NewRendition, put_rendition
from silkreel.catalogue.tables import EpisodeRow
from silkreel.jobs.journeys import Answer, Arguments, Desk, stage
from silkreel.kit.artifacts import ArtifactSet, StoredFile, Workshop
from silkreel.kit.keys import work_key
from silkreel.media.ladder import Ladder, LadderOrder, Rung, encode_ladder, encode_rung

LADDER_VERSION = 1
UPPER_RUNGS = ("v1080",)  # may wait: viewers see the lower ones first
UPPER_SHORT_SIDE_PIXELS = 1080
READING_SHORT_SIDE_PIXELS = 720  # captions are read from this rung, or the nearest below


class NotTakenInError(RuntimeError):
    """A step asked for an episode's picture before it was made."""


@dataclass(frozen=True, slots=True)
class EpisodePicture:
    """What the ladder left of an episode."""

    sound_48k: StoredFile
    sound_16k: StoredFile
    shots: tuple[int, ...]  # first frame of each shot
    reading: StoredFile  # the rung that captions are read from


@stage("prepare_picture", weight=30)
def prepare_picture(desk: Desk, arguments: Arguments) -> Answer:
    """Decode the master once and encode every rung that viewers wait for."""
    with desk.workshop.reading() as tx:
        episode = tx.get_one(EpisodeRow, arguments["episode_id"])
    master = desk.workshop.store.path(episode.master_hash, episode.master_suffix)

    def make(folder: Path) -> tuple[dict[str, Path], dict[str, Any]]:
        ladder = encode_ladder(
            master,
            folder,
            ladder_order(episode),
            cancelled=desk.cancelled,
            progress=desk.progress,
        )
        return _files(ladder), _facts(ladder)

    made = desk.workshop.make_set(ladder_key(episode), "ladder", make)
    with desk.workshop.transaction() as tx:
        for rung in made.facts["rungs"]:
            put_rendition(tx, episode.id, _rendition(rung, made.files[rung["name"]]))
        row = tx.get_one(EpisodeRow, episode.id)
        if row.poster_hash is None and made.facts["posters"]:
            first = made.facts["posters"][0]
            row.poster_hash = made.files[first["file"]].content_hash
            row.thumbhash = first["thumbhash"]
    return {
        "rungs": [rung["name"] for rung in made.facts["rungs"]],
        "notices": made.facts["notices"],
    }


@stage("encode_upper_rungs", weight=20)
def encode_upper_rungs(desk: Desk, arguments: Arguments) -> Answer:
    """Encode the rungs that may wait; an episode too small for them is done at once."""
    with desk.workshop.reading() as tx:
        episode = tx.get_one(EpisodeRow, arguments["episode_id"])
    if min(episode.width_pixels, episode.height_pixels) < UPPER_SHORT_SIDE_PIXELS:
        return {"rungs": []}
    master = desk.workshop.store.path(episode.master_hash, episode.master_suffix)
    for name in UPPER_RUNGS:

        def make(folder: Path, name: str = name) -> tuple[dict[str, Path], dict[str, Any]]:
            rung = encode_rung(
                master,
                folder,
                ladder_order(episode),
                name,
                cancelled=desk.cancelled,
                progress=desk.progress,
            )
            return {name: rung.path}, {"rungs": [_rung_facts(rung)]}

        key = work_key("rung", LADDER_VERSION, {**_ladder_inputs(episode), "rung": name})
        made = desk.workshop.make_set(key, "rung", make)
        with desk.workshop.transaction() as tx:
            put_rendition(tx, episode.id, _rendition(made.facts["rungs"][0], made.files[name]))
    return {"rungs": list(UPPER_RUNGS)}


def picture_of(workshop: Workshop, episode: EpisodeRow) -> EpisodePicture:
    """What `prepare_picture` made of the episode.

    Raises:
        NotTakenInError: it was not run yet.
    """
    made = _ladder(workshop, episode)
    return EpisodePicture(
        sound_48k=made.files["sound_48k"],
        sound_16k=made.files["sound_16k"],
        shots=tuple(made.facts["shots"]),
        reading=_reading_rung(made),
    )


def ladder_facts(workshop: Workshop, episode: EpisodeRow) -> dict[str, Any]:
    """Facts of the ladder, each poster with its file's hash.

    Raises:
        NotTakenInError: it was not made yet.
    """
    made = _ladder(workshop, episode)
    posters = [
        {**each, "content_hash": made.files[each["file"]].content_hash}
        for each in made.facts["posters"]
    ]
    return {**made.facts, "posters": posters}


def _ladder(workshop: Workshop, episode: EpisodeRow) -> ArtifactSet:
    made = workshop.find_set(ladder_key(episode))
    if made is None:
        raise NotTakenInError(f"episode {episode.number} has no picture yet")
    return made


def ladder_order(episode: EpisodeRow) -> LadderOrder:
    """The order that the probe led to, from the episode's row."""
    return LadderOrder(
        width_pixels=episode.width_pixels,
        height_pixels=episode.height_pixels,
        frame_rate=Fraction(episode.frame_rate),
        frame_count=episode.frame_count,
        fixes=frozenset(episode.fixes),
    )


def ladder_key(episode: EpisodeRow) -> str:
    """Key of the episode's ladder."""
    return work_key("ladder", LADDER_VERSION, _ladder_inputs(episode))


def _ladder_inputs(episode: EpisodeRow) -> dict[str, Any]:
    return {
        "master": episode.master_hash,
        "fixes": sorted(episode.fixes),
        "size": [episode.width_pixels, episode.height_pixels],
        "frame_rate": episode.frame_rate,
        "frame_count": episode.frame_count,
    }


def _files(ladder: Ladder) -> dict[str, Path]:
    files = {rung.name: rung.path for rung in ladder.rungs}
    files |= {f"poster{n}": poster.path for n, poster in enumerate(ladder.posters, start=1)}
    return files | {"sound_48k": ladder.sound_48k, "sound_16k": ladder.sound_16k}


def _facts(ladder: Ladder) -> dict[str, Any]:
    return {
        "rungs": [_rung_facts(rung) for rung in ladder.rungs],
        "shots": [shot.first_frame for shot in ladder.shots],
        "posters": [
            {"file": f"poster{n}", "frame": poster.frame, "thumbhash": poster.thumbhash}
            for n, poster in enumerate(ladder.posters, start=1)
        ],
        "notices": [
            {
                "kind": notice.kind,
                "start_seconds": notice.span.start_seconds,
                "end_seconds": notice.span.end_seconds,
            }
            for notice in ladder.notices
        ],
    }


def _rung_facts(rung: Rung) -> dict[str, Any]:
    return {
        "name": rung.name,
        "codec": rung.codec,
        "width_pixels": rung.width_pixels,
        "height_pixels": rung.height_pixels,
        "frame_rate": str(rung.frame_rate),
        "segments": rung.segments.to_json(),
    }


def _rendition(rung: dict[str, Any], file: StoredFile) -> NewRendition:
    return NewRendition(
        kind="video",
        name=rung["name"],
        content_hash=file.content_hash,
        suffix=file.suffix,
        size_bytes=file.size_bytes,
        codec=rung["codec"],
        width_pixels=rung["width_pixels"],
        height_pixels=rung["height_pixels"],
        segments=rung["segments"],
        facts={"frame_rate": rung["frame_rate"]},
    )


def _reading_rung(made: ArtifactSet) -> StoredFile:
    def short_side(rung: dict[str, Any]) -> int:
        return min(int(rung["width_pixels"]), int(rung["height_pixels"]))

    rungs = sorted(made.facts["rungs"], key=short_side)
    fitting = [rung for rung in rungs if short_side(rung) <= READING_SHORT_SIDE_PIXELS]
    return made.files[(fitting or rungs)[-1]["name"]]
