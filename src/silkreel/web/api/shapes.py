"""What the public API answers, as typed shapes; the OpenAPI document is made from these."""

from datetime import datetime
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from silkreel.catalogue.browse import EpisodeCard, LanguageOffer, Poster, SeriesCard, SeriesPage
from silkreel.flows.playback_bundle import PUBLIC_HASH_LENGTH, Bundle, NextEpisode, Track
from silkreel.kit.languages import own_name

MAX_NUMBER = 9999


class Shape(BaseModel):
    """A value that never changes once made."""

    model_config = ConfigDict(frozen=True)


class Problem(Shape):
    """A no, as RFC 9457 writes it."""

    type: str
    title: str
    status: int
    detail: str = Field(description="one sentence that says what to do next")
    code: str = Field(description="a stable name of the reason")
    values: dict[str, Any] = Field(description="what the sentence was made with")
    request_id: str


class LanguageShape(Shape):
    """A language of a series."""

    language: str = Field(description="BCP 47")
    name: str = Field(description="what the language calls itself")
    heard: bool
    read: bool

    @classmethod
    def of(cls, offer: LanguageOffer) -> "LanguageShape":
        """From the catalogue."""
        name = own_name(offer.language)
        return cls(language=offer.language, name=name, heard=offer.heard, read=offer.read)


class EpisodeShape(Shape):
    """An episode in a list."""

    id: str
    number: int
    title: str = Field(description="may be empty")
    length_seconds: float
    width_pixels: int
    height_pixels: int
    poster: str | None = Field(description="address of a still")
    thumbhash: str | None = Field(description="base64; a tiny picture of the still")

    @classmethod
    def of(cls, card: EpisodeCard) -> "EpisodeShape":
        """From the catalogue."""
        return cls(
            id=card.id,
            number=card.number,
            title=card.title,
            length_seconds=card.length_seconds,
            width_pixels=card.width_pixels,
            height_pixels=card.height_pixels,
            poster=poster_address(card.poster),
            thumbhash=card.poster.thumbhash,
        )


class SeriesShape(Shape):
    """A series in a list."""

    slug: str
    title: str
    synopsis: str
    source_language: str
    orientation: str = Field(description="vertical or landscape")
    episode_count: int
    length_seconds: float
    languages: list[LanguageShape]
    poster: str | None
    thumbhash: str | None
    released_at: datetime

    @classmethod
    def of(cls, card: SeriesCard) -> "SeriesShape":
        """From the catalogue."""
        return cls(
            slug=card.slug,
            title=card.title,
            synopsis=card.synopsis,
            source_language=card.source_language,
            orientation=card.orientation,
            episode_count=card.episode_count,
            length_seconds=card.length_seconds,
            languages=[LanguageShape.of(offer) for offer in card.languages],
            poster=poster_address(card.poster) if card.poster else None,
            thumbhash=card.poster.thumbhash if card.poster else None,
            released_at=card.released_at,
        )


class SeriesList(Shape):
    """Series, newest first."""

    series: list[SeriesShape]


class SeriesPageShape(SeriesShape):
    """A series with its episodes."""

    episodes: list[EpisodeShape]
    media: list[Literal["watch", "read", "play"]] = Field(
        description="read and play: where a story is published, see /api/works/{slug}"
    )

    @classmethod
    def of_page(
        cls, page: SeriesPage, media: list[Literal["watch", "read", "play"]]
    ) -> "SeriesPageShape":
        """From the catalogue."""
        episodes = [EpisodeShape.of(card) for card in page.episodes]
        return cls(**dict(SeriesShape.of(page.card)), episodes=episodes, media=media)


class PlayWish(Shape):
    """What a viewer would like to hear."""

    audio: str | None = Field(
        None, max_length=35, description='a BCP 47 tag, or "original"; by default the reader\'s'
    )


class TrackShape(Shape):
    """A language to hear or to read, and how it was made."""

    id: str
    language: str
    name: str
    kind: str = Field(description="original, dub, voice-over, captions or translation")
    voices: Literal["original", "ai", "human"] | None
    translation: Literal["human", "machine", "draft"] | None
    label: str = Field(description="how it was made, in English")
    file: str | None = Field(description="subtitles only: the WebVTT file below `base`")

    @classmethod
    def of(cls, track: Track) -> "TrackShape":
        """From the play decision."""
        return cls(
            id=track.id,
            language=track.language,
            name=track.name,
            kind=track.kind,
            voices=track.making.voices,
            translation=track.making.translation,
            label=track.making.label,
            file=track.file,
        )


class NextShape(Shape):
    """The episode after this one."""

    id: str
    number: int
    title: str

    @classmethod
    def of(cls, after: NextEpisode) -> "NextShape":
        """From the play decision."""
        return cls(id=after.id, number=after.number, title=after.title)


class BundleShape(Shape):
    """All a player needs to start."""

    session: str = Field(description="id of this play")
    episode_id: str
    series: str
    number: int
    title: str
    length_seconds: float
    width_pixels: int
    height_pixels: int
    base: str = Field(description="signed address below which all files of the episode lie")
    expires_at: int = Field(description="seconds since 1970; ask again before then")
    manifest: str = Field(description="the multivariant playlist below `base`")
    playlists: dict[str, str] = Field(description="every playlist's text by its name")
    start_height_pixels: int
    poster: str | None
    thumbhash: str | None
    audio: list[TrackShape]
    subtitles: list[TrackShape]
    audio_choice: str | None = Field(description="id of the sound to begin with")
    subtitles_choice: str | None = Field(description="id of the subtitles to begin with, if any")
    caption_band: tuple[float, float] | None = Field(
        description="where captions are burned into the picture: top and bottom as shares"
    )
    next: NextShape | None

    @classmethod
    def of(cls, bundle: Bundle, session: str) -> "BundleShape":
        """From the play decision."""
        return cls(
            session=session,
            episode_id=bundle.episode_id,
            series=bundle.series,
            number=bundle.number,
            title=bundle.title,
            length_seconds=bundle.length_seconds,
            width_pixels=bundle.width_pixels,
            height_pixels=bundle.height_pixels,
            base=bundle.address.base,
            expires_at=bundle.address.expires_at,
            manifest=bundle.address.manifest,
            playlists=dict(bundle.playlists),
            start_height_pixels=bundle.start_height_pixels,
            poster=poster_address(Poster(bundle.asset, bundle.poster_hash, None)),
            thumbhash=bundle.thumbhash,
            audio=[TrackShape.of(track) for track in bundle.audio],
            subtitles=[TrackShape.of(track) for track in bundle.subtitles],
            audio_choice=bundle.audio_choice,
            subtitles_choice=bundle.subtitles_choice,
            caption_band=bundle.caption_band,
            next=NextShape.of(bundle.next) if bundle.next else None,
        )


class Health(Shape):
    """How the server is."""

    status: Literal["ok"]


def poster_address(poster: Poster) -> str | None:
    """Where a still is fetched: public while its series is."""
    if poster.content_hash is None:
        return None
    return f"/posters/{poster.asset}/{poster.content_hash[:PUBLIC_HASH_LENGTH]}.webp"
