"""Rights and roles, read from `roles.yaml`: what a role may do is data."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from silkreel.kit.refusals import Refusal

FILE = Path(__file__).parent / "roles.yaml"
OWNER = "owner"


class NoSuchRole(Refusal):
    """No role has that name."""

    status = 422
    message = "There is no role {role}; the roles are: {known}."


@dataclass(frozen=True, slots=True)
class Right:
    """Something somebody may do."""

    name: str
    title: str
    guarded: bool  # moves money: a brand may ask for a second factor


@dataclass(frozen=True, slots=True)
class Role:
    """Rights under one name."""

    name: str
    title: str
    rights: frozenset[str]


@dataclass(frozen=True, slots=True)
class Rolebook:
    """All rights and roles."""

    rights: Mapping[str, Right]
    roles: Mapping[str, Role]


@cache
def rolebook() -> Rolebook:
    """The rights and roles of this version."""
    return read_rolebook(yaml.safe_load(FILE.read_text("utf-8")))


def read_rolebook(content: Mapping[str, Any]) -> Rolebook:
    """Rights and roles from the file's content.

    Raises:
        ValueError: a role names a right that does not exist.
    """
    rights = {
        name: Right(name, str(told["title"]), bool(told.get("guarded", False)))
        for name, told in content["rights"].items()
    }
    roles = {
        name: Role(name, str(told["title"]), _rights(told["rights"], rights))
        for name, told in content["roles"].items()
    }
    return Rolebook(rights, roles)


def rights_of(roles: Iterable[str]) -> frozenset[str]:
    """All rights of some roles; a role that is gone gives none."""
    known = rolebook().roles
    return frozenset().union(*(known[name].rights for name in roles if name in known))


def checked_roles(names: Iterable[str]) -> tuple[str, ...]:
    """Role names in the book's order, each once.

    Raises:
        NoSuchRole: one is not in the book.
    """
    known, wanted = rolebook().roles, set(names)
    for name in sorted(wanted - known.keys()):
        raise NoSuchRole(role=name, known=", ".join(known))
    return tuple(name for name in known if name in wanted)


def every_right() -> frozenset[str]:
    """All there is."""
    return frozenset(rolebook().rights)


def guarded_rights() -> frozenset[str]:
    """Rights that move money."""
    return frozenset(right.name for right in rolebook().rights.values() if right.guarded)


def _rights(told: Any, rights: Mapping[str, Right]) -> frozenset[str]:
    named = frozenset(rights) if told == "all" else frozenset(told)
    if unknown := named - rights.keys():
        raise ValueError(f"roles.yaml names rights that do not exist: {sorted(unknown)}")
    return named
