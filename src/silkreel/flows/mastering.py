"""A sound is brought to the loudness of delivery, coded, and judged as players will hear it."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

from silkreel.jobs.journeys import Desk
from silkreel.kit.artifacts import Artifact
from silkreel.kit.keys import work_key
from silkreel.kit.sound import Sound, write_sound
from silkreel.kit.spans import TimeSpan
from silkreel.media.cmaf import package_audio
from silkreel.media.loudness import coding_margin_db, measure_file, normalise
from silkreel.media.loudness_profiles import LoudnessProfile, loudness_profile

MASTERING_VERSION = 1
CODING_TRIES = 3  # coding raises peaks; each try leaves the room that the last one lacked
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
        return _coded(desk, make_sound(), folder, profile, length_seconds, dialogue)

    return desk.workshop.make(work_key("master", MASTERING_VERSION, inputs), "master", make)


def _coded(
    desk: Desk,
    sound: Sound,
    folder: Path,
    profile: LoudnessProfile,
    length_seconds: float,
    dialogue: tuple[TimeSpan, ...],
) -> tuple[Path, dict[str, Any]]:
    margin_db, source, out = 0.0, folder / "mix.flac", folder / "sound.mp4"
    for _ in range(CODING_TRIES):
        level, _report = normalise(sound, profile, dialogue=dialogue, margin_db=margin_db)
        write_sound(level, source)
        out.unlink(missing_ok=True)
        packed = package_audio(source, out, length_seconds=length_seconds, cancelled=desk.cancelled)
        heard = measure_file(out, dialogue)
        more_db = coding_margin_db(heard, profile)
        if more_db <= 0:
            break
        margin_db += more_db
    return out, {
        "codec": packed.codec,
        "segments": packed.segments.to_json(),
        "loudness_lufs": round(heard.integrated_lufs, 2),
        "true_peak_dbtp": round(heard.true_peak_dbtp, 2),
        "target_lufs": profile.target_lufs(heard.dialogue_share),
        "peak_limit_dbtp": profile.true_peak_dbtp,
    }
