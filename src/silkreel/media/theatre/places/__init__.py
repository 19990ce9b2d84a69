"""The places of the stage, each drawn once an episode."""

from functools import lru_cache

from silkreel.media.theatre.places import bridge, street, workshop
from silkreel.media.theatre.places.layers import Lamp, Layer, Place
from silkreel.media.theatre.plan import PlaceName

__all__ = ["Lamp", "Layer", "Place", "draw_place"]
BUILDERS = {"street": street.build, "workshop": workshop.build, "bridge": bridge.build}


@lru_cache(maxsize=4)
def draw_place(name: PlaceName, scale: float) -> Place:
    """Draw a place; `scale` is pixels per stage unit."""
    return BUILDERS[name](scale)
