"""Which skips are fair: under CI=true, only those of what no set-up can provide."""

import os

BEYOND_CI = "Not on every machine"  # how the reason of a fair skip begins


def unfair(reports) -> list[str]:
    """Tests of these reports that were skipped although CI could have set them up, with why."""
    if os.environ.get("CI", "").lower() not in {"1", "true"}:
        return []
    return [f"{report.nodeid}: {_reason(report)}" for report in reports if not _fair(report)]


def _fair(report) -> bool:
    return hasattr(report, "wasxfail") or _reason(report).startswith(BEYOND_CI)


def _reason(report) -> str:
    told = report.longrepr
    words = told[2] if isinstance(told, tuple) else str(told)
    return words.removeprefix("Skipped: ")
