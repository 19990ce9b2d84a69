"""Opening the home a command works in, and closing all it opened."""

import getpass
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from silkreel.kit.artifacts import Workshop
from silkreel.kit.clock import now
from silkreel.kit.opening import open_workshop
from silkreel.kit.settings import Settings, read_settings
from silkreel.people.actors import Actor, machine
from silkreel.people.brands import HOUSE


@dataclass(frozen=True, slots=True)
class House:
    """The settings in force and the workshop they lead to."""

    settings: Settings
    workshop: Workshop


@contextmanager
def opened() -> Iterator[House]:
    """The home's settings and workshop; its tables are made or upgraded on the way in."""
    settings = read_settings()
    workshop = open_workshop(settings)
    try:
        yield House(settings, workshop)
    finally:
        workshop.database.close()


def operator(brand: str = HOUSE) -> Actor:
    """Whoever works at this command line, as a brand's log names them."""
    return machine(getpass.getuser(), brand, now())
