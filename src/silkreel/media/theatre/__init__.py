"""A paper theatre: the one renderer of plays, for animatics and for the demo's films alike."""

from silkreel.media.theatre.plan import Look, Picture, Play
from silkreel.media.theatre.render import (
    VERSION,
    CaptionTruth,
    FilmOrder,
    PartOrder,
    RenderedEpisode,
    draw_parts,
    find_letters,
    join_film,
    render_episode,
    stagehand,
)  # fmt: skip

__all__ = [
    "VERSION", "CaptionTruth", "FilmOrder", "Look", "PartOrder", "Picture", "Play", "RenderedEpisode",
    "draw_parts", "find_letters", "join_film", "render_episode", "stagehand",
]  # fmt: skip
