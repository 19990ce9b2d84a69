"""An expected no: a class beside its verb, a status, and one sentence that says what to do next."""

import sys
from typing import ClassVar

from silkreel.kit.words import words

Value = str | int | float | bool | None


def _module_name(cls: type) -> str:
    """The class's module by the name others import it by; a child runs its own as `__main__`."""
    spec = getattr(sys.modules.get(cls.__module__), "__spec__", None)
    return cls.__module__ if spec is None else str(spec.name)


def _snake(name: str) -> str:
    return "".join("_" + c.lower() if c.isupper() else c for c in name).lstrip("_")


class Refusal(Exception):  # noqa: N818 - a refusal is an answer, not an error
    """An answer of no that a person can act on.

    A subclass gives `message`, one translatable sentence with named places (a `Counted` where its
    form follows a number; `make words` takes it into the catalogues), and may give `status`
    (the HTTP status that fits) and `code` (a stable name; by default room and class name).
    """

    status: ClassVar[int] = 400
    code: ClassVar[str] = "refusal"
    message: ClassVar[str] = "This cannot be done."
    known: ClassVar[dict[str, type["Refusal"]]] = {}

    def __init_subclass__(cls, **kwargs: object) -> None:
        super().__init_subclass__(**kwargs)
        if "code" not in cls.__dict__:
            module = _module_name(cls)
            room = module.split(".")[1] if "." in module else module
            cls.code = f"{room}.{_snake(cls.__name__)}"
        Refusal.known[cls.code] = cls

    def __init__(self, **values: Value) -> None:
        super().__init__(values)
        self.values = values

    def __str__(self) -> str:
        return words(self.message, **self.values)

    def to_json(self) -> dict[str, object]:
        """The refusal as code and values, as it travels between processes."""
        return {"code": self.code, "values": dict(self.values)}


class UnknownRefusal(Refusal):
    """A refusal that crossed a process border and whose class this process does not know."""

    message = "{sentence}"


def refusal_from_json(payload: dict[str, object]) -> Refusal:
    """Build again the refusal that `Refusal.to_json` took apart."""
    code = str(payload.get("code"))
    values = payload.get("values")
    values = values if isinstance(values, dict) else {}
    known = Refusal.known.get(code)
    if known is None:
        return UnknownRefusal(sentence=str(payload.get("sentence") or code))
    return known(**values)
