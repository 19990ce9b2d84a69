"""What passes is tried again: a lost connection five times, a child that died once. A no never."""

import logging
import random
import sys
import time
from collections.abc import Callable
from typing import TypeVar

import sqlalchemy as sa

from silkreel.kit.children import ChildCrashed, ChildTooSlow
from silkreel.kit.refusals import Refusal

NETWORK_TRIES = 5
CHILD_TRIES = 2  # hostile media once more, then a finding
FIRST_PAUSE_SECONDS = 0.5  # doubled each time: a server that restarts is waited for

Result = TypeVar("Result")
log = logging.getLogger(__name__)


def patiently(
    work: Callable[[], Result],
    what: str,
    *,
    give_up: Callable[[], bool] = lambda: False,
    pause: Callable[[float], None] = time.sleep,
) -> Result:
    """Do `work` (safe to do twice), again where its error passes; the last error is raised."""
    tried = 0
    while True:
        try:
            return work()
        except Exception as error:
            tried += 1
            if tried >= _tries(error) or give_up():
                raise
            log.warning("tried again: %s (%s)", what, type(error).__name__)
        pause(FIRST_PAUSE_SECONDS * 2 ** (tried - 1) * random.uniform(0.5, 1.5))  # noqa: S311 - jitter


def _tries(error: Exception) -> int:
    if isinstance(error, (ChildCrashed, ChildTooSlow)):
        return CHILD_TRIES
    if isinstance(error, Refusal):
        return 1
    return NETWORK_TRIES if isinstance(error, _passing()) else 1


def _passing() -> tuple[type[Exception], ...]:
    """Errors of a network or a server that may be back in a moment; httpx is not loaded for it."""
    httpx = sys.modules.get("httpx")
    known = (ConnectionError, TimeoutError, sa.exc.OperationalError, sa.exc.InterfaceError)
    return known if httpx is None else (*known, httpx.TransportError)
