"""Loudness that a delivery must have, by the name of its profile; the figures are data."""

from dataclasses import dataclass
from functools import cache
from importlib.resources import files

import yaml

from silkreel.kit.refusals import Refusal

DIALOGUE_SHARE = 0.15  # of the time; with less speech the whole programme is judged


class UnknownLoudnessProfile(Refusal):
    """There is no profile of that name."""

    status = 422
    message = "There is no loudness profile {name}; there are {known}."


@dataclass(frozen=True, slots=True)
class LoudnessProfile:
    """What is judged: loudness within a tolerance, and a true peak that is never passed."""

    name: str
    title: str
    programme_lufs: float
    tolerance_lu: float
    true_peak_dbtp: float
    limit_dbtp: float  # where the limiter stops, so that coding stays under the true peak
    source: str
    verified: bool
    dialogue_lufs: float | None = None  # judged on dialogue, where there is enough of it

    def target_lufs(self, dialogue_share: float) -> float:
        """The loudness to reach when speech fills this share of the time."""
        if self.on_dialogue(dialogue_share) and self.dialogue_lufs is not None:
            return self.dialogue_lufs
        return self.programme_lufs

    def on_dialogue(self, dialogue_share: float) -> bool:
        """Whether dialogue is judged and not the whole programme."""
        return self.dialogue_lufs is not None and dialogue_share > DIALOGUE_SHARE


def loudness_profile(name: str) -> LoudnessProfile:
    """The profile of that name.

    Raises:
        UnknownLoudnessProfile: there is none.
    """
    profiles = loudness_profiles()
    if name not in profiles:
        raise UnknownLoudnessProfile(name=name, known=", ".join(sorted(profiles)))
    return profiles[name]


@cache
def loudness_profiles() -> dict[str, LoudnessProfile]:
    """All profiles by name."""
    text = (files(__package__) / "loudness_profiles.yaml").read_text(encoding="utf-8")
    rows = yaml.safe_load(text)
    return {
        name: LoudnessProfile(name=name, **{k: v for k, v in row.items() if k != "read_on"})
        for name, row in rows.items()
    }
