"""What is tried on viewers here, who saw which arm, and whether the arms fell as they should."""

from dataclasses import dataclass
from typing import Any

from silkreel.commerce.experiments import ArmsUneven, Experiment, check_ratio, exposed
from silkreel.commerce.open_feature import experiments_of, read_features
from silkreel.kit.artifacts import Workshop
from silkreel.kit.settings import Settings


@dataclass(frozen=True, slots=True)
class Reading:
    """An experiment and who saw what; `uneven` where its result must not be read."""

    experiment: Experiment
    seen: dict[str, int]
    p: float | None
    uneven: str

    def to_json(self) -> dict[str, Any]:
        """For machines."""
        return {
            "experiment": self.experiment.name, "version": self.experiment.version,
            "splits": self.experiment.splits, "seen": self.seen, "p": self.p,
            "uneven": bool(self.uneven),
        }  # fmt: skip


def list_experiments(settings: Settings) -> list[Experiment]:
    """The experiments of the home's file.

    Raises:
        BadExperiment.
    """
    return experiments_of(read_features(settings.folder))


def report_experiments(settings: Settings, workshop: Workshop) -> list[Reading]:
    """Exposures of each experiment, with its sample-ratio check.

    Raises:
        BadExperiment.
    """
    with workshop.reading() as tx:
        counted = [(each, exposed(tx, each)) for each in list_experiments(settings)]
    return [_read(experiment, seen) for experiment, seen in counted]


def _read(experiment: Experiment, seen: dict[str, int]) -> Reading:
    try:
        return Reading(experiment, seen, check_ratio(experiment, seen), "")
    except ArmsUneven as uneven:
        return Reading(experiment, seen, None, str(uneven))
