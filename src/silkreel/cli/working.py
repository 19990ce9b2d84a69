"""`silkreel worker`: one more process that takes steps from the queues."""

from typing import Annotated

from cyclopts import Parameter

from silkreel.flows.work import work_until_stopped
from silkreel.kit.settings import read_settings


def worker(
    *,
    name: Annotated[str | None, Parameter(help="stable name; by default host and ordinal")] = None,
    queues: Annotated[str, Parameter(help="comma-separated: cpu, speech, api")] = "cpu,speech,api",
) -> None:
    """Take steps of ordered journeys until stopped (Ctrl-C or SIGTERM); unfinished work is handed back.

    Args:
        name: the worker's name, the same at every start
        queues: the queues to take from
    """
    work_until_stopped(read_settings(), name=name, queues=queues.split(","))
