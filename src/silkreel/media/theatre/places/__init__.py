"""The places of the stage, each drawn once an episode."""

from functools import lru_cache

from silkreel.media.theatre.places import bridge, sketch, street, workshop
from silkreel.media.theatre.places.layers import Lamp, Layer, Place
from silkreel.media.theatre.plan import PlaceName, Sketch

__all__ = ["Lamp", "Layer", "Place", "draw_place"]
BUILDERS = {"street": street.build, "workshop": workshop.build, "bridge": bridge.build}


@lru_cache(maxsize=6)
def draw_place(place: PlaceName | Sketch, scale: float) -> Place:
    """Draw a place; `scale` is pixels per stage unit."""
    if isinstance(place, Sketch):
        return sketch.build(place, scale)
    return BUILDERS[place](scale)
