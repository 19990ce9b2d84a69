"""What DBOS is given to keep it plain: JSON instead of pickles, and our log instead of its own."""

import json
import logging
from typing import Any

from silkreel.kit.refusals import Refusal, refusal_from_json

log = logging.getLogger(__name__)
EXPECTED = ("DBOSAwaitedWorkflowCancelledError", "DBOSWorkflowCancelledError")


class BrokenError(RuntimeError):
    """An error that came back from the engine's database as its words."""


def plain_serializer() -> Any:
    """Arguments, answers and errors as JSON; nothing that is read can run."""
    from dbos import Serializer

    class PlainJson(Serializer):  # type: ignore[misc]
        def serialize(self, data: Any) -> str:
            if isinstance(data, Refusal):
                data = {"!refusal": data.to_json()}
            elif isinstance(data, BaseException):
                data = {"!error": f"{type(data).__name__}: {data}"}
            return json.dumps(data, ensure_ascii=False, allow_nan=False)

        def deserialize(self, serialized_data: str) -> Any:
            value = json.loads(serialized_data)
            if isinstance(value, dict) and "!refusal" in value:
                return refusal_from_json(value["!refusal"])
            if isinstance(value, dict) and "!error" in value:
                return BrokenError(value["!error"])
            return value

        def name(self) -> str:
            return "silkreel_json"

    return PlainJson()


def plain_logger() -> None:
    """Let DBOS speak through our log, and quietly of what is meant to happen."""
    theirs = logging.getLogger("dbos")
    theirs.propagate = False
    theirs.handlers = [_ToOurs()]


class _ToOurs(logging.Handler):
    def emit(self, record: logging.LogRecord) -> None:
        kind = record.exc_info[0] if record.exc_info else None
        expected = kind is not None and kind.__name__ in EXPECTED
        parked = "no longer owned" in record.getMessage() or "was cancelled" in record.getMessage()
        level = logging.DEBUG if expected or parked else record.levelno
        log.log(level, "dbos: %s", record.getMessage(), exc_info=record.exc_info)
