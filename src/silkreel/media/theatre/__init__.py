"""A paper theatre: draws, scores and mixes an episode from its play and its voices."""

from silkreel.media.theatre.plan import Picture, Play
from silkreel.media.theatre.render import CaptionTruth, RenderedEpisode, render_episode

__all__ = ["CaptionTruth", "Picture", "Play", "RenderedEpisode", "render_episode"]
