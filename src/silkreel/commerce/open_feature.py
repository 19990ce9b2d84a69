"""Experiments behind OpenFeature: our own evaluator is the provider, and seeing an arm is written down.

Whoever would rather ask another service registers its provider; the code that asks stays as it is.
"""

import json
from collections.abc import Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any, TypeVar

from openfeature import api
from openfeature.client import OpenFeatureClient
from openfeature.evaluation_context import EvaluationContext
from openfeature.exception import ErrorCode
from openfeature.flag_evaluation import FlagEvaluationDetails, FlagResolutionDetails, Reason
from openfeature.hook import Hook, HookContext, HookHints
from openfeature.provider import AbstractProvider, Metadata

from silkreel.commerce.experiments import Arm, BadExperiment, Experiment
from silkreel.commerce.growthbook import Found, evaluate, ranges_of
from silkreel.commerce.tables import ExposureRow
from silkreel.kit.database import Session, insert_once

FILE = "experiments.json"  # in the home folder: the "features" of GrowthBook's JSON
Value = TypeVar("Value")


def read_features(home: Path) -> dict[str, Any]:
    """Features of an installation; none where there is no file.

    Raises:
        BadExperiment: the file is not what it should be.
    """
    path = home / FILE
    if not path.exists():
        return {}
    try:
        told = json.loads(path.read_text("utf-8"))
    except ValueError as problem:
        raise BadExperiment(problem=f"{FILE} is no JSON: {problem}.") from None
    features = told.get("features", told) if isinstance(told, dict) else None
    if not isinstance(features, dict):
        raise BadExperiment(problem=f"{FILE} holds no features by name.")
    return features


def client_of(home: Path) -> OpenFeatureClient | None:
    """Who is asked for arms here; None where there is no file, and nothing is tried.

    Raises:
        BadExperiment: the file is not what it should be.
    """
    features = read_features(home)
    if not features:
        return None
    domain = f"silkreel:{home}"
    api.set_provider_and_wait(OwnProvider(features), domain)
    return api.get_client(domain)


def experiments_of(features: Mapping[str, Any]) -> list[Experiment]:
    """The experiments that features hold. A feature is named after what it splits: never a price.

    Raises:
        BadExperiment: one splits what is the same for everybody, or has fewer than two arms.
    """
    return [
        _experiment(name, rule)
        for name, feature in features.items()
        for rule in feature.get("rules", ())
        if "variations" in rule
    ]


def _experiment(name: str, rule: Mapping[str, Any]) -> Experiment:
    key, variations = rule.get("key", name), rule["variations"]
    meta = rule.get("meta", ())
    names = [
        meta[n].get("key", str(n)) if n < len(meta) else str(n) for n in range(len(variations))
    ]
    weights = [max(1, round((high - low) * 10_000)) for low, high in ranges_of(rule, len(names))]
    arms = tuple(Arm(arm, weight) for arm, weight in zip(names, weights, strict=True))
    return Experiment(key, int(rule.get("phase", 0)), rule.get("seed", key), name, arms)


class OwnProvider(AbstractProvider):
    """Evaluates features of a file for an account: the targeting key is the viewer's id."""

    def __init__(self, features: Mapping[str, Any]) -> None:
        super().__init__()
        experiments_of(features)  # refuses what may not be split before anybody sees it
        self._features = features

    def get_metadata(self) -> Metadata:
        """Who answers."""
        return Metadata("silkreel")

    def resolve_boolean_details(
        self,
        flag_key: str,
        default_value: bool,  # noqa: FBT001 - the protocol says so
        evaluation_context: EvaluationContext | None = None,
    ) -> FlagResolutionDetails[bool]:
        """True or false."""
        return self._resolve(flag_key, default_value, evaluation_context, bool)

    def resolve_string_details(
        self, flag_key: str, default_value: str, evaluation_context: EvaluationContext | None = None
    ) -> FlagResolutionDetails[str]:
        """A text."""
        return self._resolve(flag_key, default_value, evaluation_context, str)

    def resolve_integer_details(
        self, flag_key: str, default_value: int, evaluation_context: EvaluationContext | None = None
    ) -> FlagResolutionDetails[int]:
        """A whole number."""
        return self._resolve(flag_key, default_value, evaluation_context, int)

    def resolve_float_details(
        self,
        flag_key: str,
        default_value: float,
        evaluation_context: EvaluationContext | None = None,
    ) -> FlagResolutionDetails[float]:
        """A number."""
        return self._resolve(flag_key, default_value, evaluation_context, (int, float))

    def resolve_object_details(
        self,
        flag_key: str,
        default_value: Sequence[Any] | Mapping[str, Any],
        evaluation_context: EvaluationContext | None = None,
    ) -> FlagResolutionDetails[Any]:
        """A list or a mapping."""
        return self._resolve(flag_key, default_value, evaluation_context, (list, dict))

    def _resolve(
        self, name: str, default: Value, context: EvaluationContext | None, kind: Any
    ) -> FlagResolutionDetails[Value]:
        key = (context.targeting_key if context else None) or ""
        attributes = {**(context.attributes if context else {}), "id": key}
        found = evaluate(self._features, name, attributes)
        if found.source == "unknownFeature":
            return FlagResolutionDetails(default, error_code=ErrorCode.FLAG_NOT_FOUND)
        if not isinstance(found.value, kind) or (
            isinstance(found.value, bool) and kind is not bool
        ):
            return FlagResolutionDetails(default, error_code=ErrorCode.TYPE_MISMATCH)
        return FlagResolutionDetails(
            found.value, reason=_reason(found), variant=found.arm or None,
            flag_metadata={
                "experiment": found.experiment, "phase": found.phase,
                "propensity": found.propensity,
            },
        )  # fmt: skip


class ExposureLog(Hook):
    """Writes down that a viewer saw an arm, in the transaction of whoever shows it; once each."""

    def __init__(self, tx: Session, at: datetime) -> None:
        self._tx, self._at = tx, at

    def after(
        self, hook_context: HookContext, details: FlagEvaluationDetails[Any], hints: HookHints
    ) -> None:
        """The value is about to be shown."""
        del hints
        name = details.flag_metadata.get("experiment")
        viewer = hook_context.evaluation_context.targeting_key
        if not name or not viewer or not details.variant:
            return
        insert_once(
            self._tx, ExposureRow,
            {"experiment": name, "version": details.flag_metadata["phase"], "viewer_key": viewer,
             "arm": details.variant, "propensity": details.flag_metadata["propensity"],
             "at": self._at},
        )  # fmt: skip


def _reason(found: Found) -> Reason:
    if found.source == "experiment":
        return Reason.SPLIT
    return Reason.TARGETING_MATCH if found.source == "force" else Reason.DEFAULT
