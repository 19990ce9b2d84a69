"""The readable part of pages: what is seen without script, and told to search engines."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from html import escape
from typing import Any
from urllib.parse import quote

from silkreel.web.api.shapes import EpisodeShape, SeriesPageShape, SeriesShape

Words = Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Page:
    """One page: what its head says, what its body holds, what the app starts from."""

    title: str
    description: str
    path: str
    body: str
    image: str | None
    data: Mapping[str, Any]
    linked: Mapping[str, Any] = field(default_factory=dict)


def home_body(cards: Sequence[SeriesShape], words: Words) -> str:
    """Series as a list of links."""
    if not cards:
        empty = f"<p>{_t(words, 'home.empty')}</p>"
        return f'<main class="plain"><h1>{_t(words, "brand")}</h1>{empty}</main>'
    items = "".join(
        f'<li><a href="{series_path(card.slug)}">{_picture(card.poster, card.title)}'
        f"<span>{escape(card.title)}</span></a></li>"
        for card in cards
    )
    tagline = f"<p>{_t(words, 'home.tagline')}</p>"
    heading = f"<h1>{_t(words, 'brand')}</h1>"
    return f'<main class="plain">{heading}{tagline}<ul class="plain-grid">{items}</ul></main>'


def series_body(series: SeriesPageShape, words: Words, price: str = "") -> str:
    """Title, synopsis, what it costs, languages, episodes."""
    episodes = "".join(
        f'<li><a href="{episode_path(series.slug, e.number)}">{escape(_name(e, words))}</a></li>'
        for e in series.episodes
    )
    return (
        f'<main class="plain"><article><h1>{escape(series.title)}</h1>'
        f"{_picture(series.poster, series.title)}<p>{escape(series.synopsis)}</p>{_told(price)}"
        f"<h2>{_t(words, 'languages.title')}</h2><p>{_language_names(series)}</p>"
        f"<h2>{_t(words, 'episodes.title')}</h2><ol>{episodes}</ol></article></main>"
    )


def episode_body(
    series: SeriesPageShape, episode: EpisodeShape, words: Words, price: str = ""
) -> str:
    """What the episode is, what the series costs, and the way to it."""
    return (
        f'<main class="plain"><article><h1>{escape(series.title)}</h1>'
        f"<h2>{escape(_name(episode, words))}</h2>"
        f"{_picture(episode.poster or series.poster, series.title)}"
        f"<p>{escape(series.synopsis)}</p>{_told(price)}<p>{_t(words, 'player.noscript')}</p>"
        f'<p><a href="{series_path(series.slug)}">{_t(words, "episodes.title")}</a></p>'
        "</article></main>"
    )


def script_needed(name: str, words: Words) -> str:
    """A page that is nothing without script, and says so."""
    return (
        f'<main class="plain"><h1>{escape(name)}</h1>'
        f"<noscript><p>{_t(words, 'error.noscript')}</p></noscript></main>"
    )


def nothing_here(words: Words) -> str:
    """For an address where nothing is."""
    return (
        f'<main class="plain"><h1>404</h1><p>{_t(words, "error.missing")}</p>'
        f'<p><a href="/">{_t(words, "error.home")}</a></p></main>'
    )


def story_page(series: SeriesPageShape, path: str, name: str, hint: str) -> Page:
    """A chapter or the game: which, of which series, and the way there."""
    body = (
        f'<main class="plain"><article><h1>{escape(series.title)}</h1><h2>{escape(name)}</h2>'
        f"<p>{escape(series.synopsis)}</p>"
        f"<p>{escape(hint)}</p>"
        f'<p><a href="{series_path(series.slug)}">{escape(series.title)}</a></p></article></main>'
    )
    return Page(
        title=f"{series.title} · {name}",
        description=series.synopsis,
        path=path,
        body=body,
        image=series.poster,
        data={},
    )


def series_linked(series: SeriesPageShape, origin: str) -> dict[str, Any]:
    """schema.org TVSeries."""
    return {
        "@context": "https://schema.org",
        "@type": "TVSeries",
        "name": series.title,
        "description": series.synopsis,
        "url": origin + series_path(series.slug),
        "numberOfEpisodes": series.episode_count,
        "inLanguage": [offer.language for offer in series.languages],
        **({"image": origin + series.poster} if series.poster else {}),
    }


def episode_linked(series: SeriesPageShape, episode: EpisodeShape, origin: str) -> dict[str, Any]:
    """schema.org TVEpisode."""
    image = episode.poster or series.poster
    return {
        "@context": "https://schema.org",
        "@type": "TVEpisode",
        "name": episode.title or f"{series.title} {episode.number}",
        "episodeNumber": episode.number,
        "timeRequired": f"PT{round(timedelta(seconds=episode.length_seconds).total_seconds())}S",
        "url": origin + episode_path(series.slug, episode.number),
        "partOfSeries": {"@type": "TVSeries", "name": series.title},
        **({"image": origin + image} if image else {}),
    }


def series_path(slug: str) -> str:
    """Address of a series; slugs may hold letters of any script."""
    return f"/s/{quote(slug)}"


def episode_path(slug: str, number: int) -> str:
    """Address of an episode."""
    return f"{series_path(slug)}/e/{number}"


def _told(sentence: str) -> str:
    return f"<p>{escape(sentence)}</p>" if sentence else ""


def _t(words: Words, message: str) -> str:
    return escape(words[message])


def _name(episode: EpisodeShape, words: Words) -> str:
    numbered = words["episode.number"].replace("{number}", str(episode.number))
    return f"{numbered} · {episode.title}" if episode.title else numbered


def _picture(address: str | None, title: str) -> str:
    if address is None:
        return ""
    return f'<img src="{escape(address)}" alt="{escape(title)}" width="270" height="480">'


def _language_names(series: SeriesShape) -> str:
    return escape(" · ".join(offer.name for offer in series.languages))
