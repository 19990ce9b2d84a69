"""Sound at a profile's loudness, judged as it is coded: coding raises peaks."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from silkreel.kit.sound import Sound
from silkreel.kit.spans import TimeSpan
from silkreel.media.loudness import Loudness, measure_file
from silkreel.media.loudness_profiles import LoudnessProfile
from silkreel.media.normalising import LoudnessReport, coding_margin_db, normalise

TRIES = 5  # two mostly do; coding few bits lifts peaks by chance


@dataclass(frozen=True, slots=True)
class Master:
    """A coded file with what it measures, and how the sound before coding was made."""

    path: Path
    coded: Loudness
    report: LoudnessReport
    margin_db: float  # taken off the limiter's ceiling because coding raised peaks


def master(
    sound: Sound,
    profile: LoudnessProfile,
    code: Callable[[Sound], Path],
    *,
    dialogue: Sequence[TimeSpan] = (),
) -> Master:
    """Normalise, code and judge the coded file; code again with lower peaks where it asks for it.

    `code` writes our AAC file and answers with its path. After the last try it stands as it is.
    """
    margin_db = 0.0
    for _ in range(TRIES):
        louder, report = normalise(sound, profile, dialogue=dialogue, margin_db=margin_db)
        path = code(louder)
        coded = measure_file(path, dialogue)
        more_db = coding_margin_db(coded, profile)
        if not more_db:
            break
        margin_db += more_db
    return Master(path, coded, report, margin_db - more_db)
