"""A sound is brought to the loudness of delivery, coded, judged as players hear it, and kept."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

from silkreel.jobs.journeys import Desk
from silkreel.kit.artifacts import Artifact
from silkreel.kit.keys import work_key
from silkreel.kit.sound import Sound
from silkreel.kit.spans import TimeSpan
from silkreel.media.loudness_profiles import loudness_profile
from silkreel.media.mastering import master
from silkreel.media.packing import PackagedSound, package_sound

MASTERING_VERSION = 3
PROFILE = "mobile"


def master_sound(
    desk: Desk,
    make_sound: Callable[[], Sound],
    sound_key: str,
    length_seconds: float,
    *,
    dialogue: tuple[TimeSpan, ...] = (),
) -> Artifact:
    """The sound under `sound_key` at the delivery's loudness, as a CMAF track with its figures.

    Facts of the artifact: codec, segments, and loudness and true peak of the coded sound.
    """
    profile = loudness_profile(PROFILE)
    inputs = {"sound": sound_key, "profile": profile.name, "length_seconds": length_seconds}

    def make(folder: Path) -> tuple[Path, dict[str, Any]]:
        packed: list[PackagedSound] = []

        def code(sound: Sound) -> Path:
            out = folder / f"sound{len(packed)}.mp4"
            packed.append(
                package_sound(sound, out, length_seconds=length_seconds, cancelled=desk.cancelled)
            )
            return out

        made = master(make_sound(), profile, code, dialogue=dialogue)
        return made.path, {
            "codec": packed[-1].codec,
            "segments": packed[-1].segments.to_json(),
            "loudness_lufs": round(made.coded.integrated_lufs, 2),
            "true_peak_dbtp": round(made.coded.true_peak_dbtp, 2),
            "target_lufs": profile.target_lufs(made.coded.dialogue_share),
            "peak_limit_dbtp": profile.true_peak_dbtp,
        }

    return desk.workshop.make(work_key("master", MASTERING_VERSION, inputs), "master", make)
