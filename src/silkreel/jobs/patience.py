"""What passes is tried again: a lost connection, a database that restarts, a child that died once.

A no is never asked again.
"""

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
DATABASE_TRIES = (
    10  # two minutes in all: a server that restarts or hands over to its twin is waited for
)
CHILD_TRIES = 2  # hostile media once more, then a finding
FIRST_PAUSE_SECONDS = 0.5  # doubled each time
LONGEST_PAUSE_SECONDS = 30.0

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
        nominal = min(FIRST_PAUSE_SECONDS * 2 ** (tried - 1), LONGEST_PAUSE_SECONDS)
        pause(nominal * random.uniform(0.5, 1.5))  # noqa: S311 - jitter


def _tries(error: Exception) -> int:
    if isinstance(error, (ChildCrashed, ChildTooSlow)):
        return CHILD_TRIES
    if isinstance(error, Refusal):
        return 1
    if isinstance(error, sa.exc.DBAPIError) and _of_a_server(error):
        return DATABASE_TRIES
    return NETWORK_TRIES if isinstance(error, _passing()) else 1


def _of_a_server(error: sa.exc.DBAPIError) -> bool:
    """A database server's own trouble: gone, starting, full. SQLite's does not mend by waiting."""
    psycopg = sys.modules.get("psycopg")
    return psycopg is not None and isinstance(
        error.orig, (psycopg.OperationalError, psycopg.InterfaceError)
    )


def _passing() -> tuple[type[Exception], ...]:
    """Errors of a network or a server that may be back in a moment; httpx is not loaded for it."""
    httpx = sys.modules.get("httpx")
    known = (ConnectionError, TimeoutError, sa.exc.OperationalError, sa.exc.InterfaceError)
    return known if httpx is None else (*known, httpx.TransportError)
