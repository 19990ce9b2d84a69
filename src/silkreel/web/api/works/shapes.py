"""What the story API answers and takes, as typed shapes."""

from datetime import datetime
from typing import Annotated, Any, Literal

from pydantic import Field

from silkreel.flows.choose import Fares
from silkreel.flows.interactive import ChoicePoint, Share
from silkreel.flows.story_moments import Moment
from silkreel.kit.languages import own_name
from silkreel.story.replay import MOST_LOGGED
from silkreel.web.api.money.shapes import CoinsShape, MoneyShape
from silkreel.web.api.shapes import MAX_NUMBER, Shape

MAX_SECOND = 86_400  # of an episode; none lasts a day
LINE_LENGTH, LINE_PATTERN = 24, r"^[\w]+$"
LineId = Annotated[str, Field(max_length=LINE_LENGTH, pattern=LINE_PATTERN)]
DIGEST_PATTERN = r"^[0-9a-f]{64}$"
Log = Annotated[list[LineId], Field(max_length=MOST_LOGGED)]
Total = Annotated[
    int | None, Field(description="null: the story was published before this was counted")
]
Locked = Annotated[
    dict[str, Any] | None,
    Field(
        description="why there is no more, with the values of the player's 402; null: all is open"
    ),
]
MediumName = Literal["watch", "read", "play"]
MEDIA: dict[MediumName, Literal["video", "novel", "game"]] = {
    "watch": "video", "read": "novel", "play": "game",
}  # fmt: skip


class TongueShape(Shape):
    """A language there are words in."""

    language: str = Field(description="BCP 47")
    name: str = Field(description="what the language calls itself")
    state: str = Field(description="source, approved, stale or draft")


class MediumShape(Shape):
    """A medium of a story."""

    languages: list[TongueShape]


class ChapterCard(Shape):
    """A chapter in a list."""

    number: int
    title: str
    language: str
    episodes: list[int]
    locked: bool


class StoryEpisodeCard(Shape):
    """An episode of the story in a list."""

    number: int
    title: str
    watch: bool = Field(description="whether there is picture of it")
    locked: bool


class WorkShape(Shape):
    """A published story."""

    slug: str
    title: str
    source_language: str
    digest: str
    version: int
    media: dict[MediumName, MediumShape]
    scenes_total: Total
    endings_total: Total
    chapters: list[ChapterCard]
    episodes: list[StoryEpisodeCard]


class PictureShape(Shape):
    """A picture of the novel."""

    src: str
    alt: str


class BlockShape(Shape):
    """A block of a chapter."""

    id: str | None
    kind: Literal["prose", "heading", "picture", "break", "watch", "play"]
    html: str = Field(description="safe inline HTML")
    lines: list[str] = Field(description="ids of the lines quoted")
    episode: int | None
    level: int
    scene: str
    address: str | None = Field(description="where a door leads")
    picture: PictureShape | None


class ChapterShape(Shape):
    """A chapter as far as it is open."""

    number: int
    title: str
    language: str
    direction: Literal["ltr", "rtl"]
    state: str
    version: int
    blocks: list[BlockShape]
    languages: list[TongueShape]
    previous: int | None
    next: int | None
    locked: Locked


class CharacterShape(Shape):
    """Somebody of the cast."""

    name: str
    portrait: str | None


class GameEpisode(Shape):
    """An episode of the game."""

    number: int
    title: str
    locked: bool


class GameShape(Shape):
    """What a game player starts with."""

    digest: str
    story: str = Field(description="address of the compiled story, without words")
    strings: str = Field(description="address of an episode's words; put its number for {episode}")
    runtime: str = Field(description="address of the runtime, an ES module")
    language: str
    languages: list[TongueShape]
    cast: dict[str, CharacterShape]
    episodes: list[GameEpisode]
    first_episode: int
    scenes_total: Total
    endings_total: Total
    prices: dict[str, CoinsShape] = Field(
        description="options that cost this viewer coins; every other one is free or theirs"
    )
    bought: list[str] = Field(description="options that are this viewer's for good")


class WatchShape(Shape):
    """Where a moment is watched."""

    episode: int
    second: float | None
    address: str


class ReadShape(Shape):
    """Where a moment is read."""

    chapter: int
    block: str | None
    address: str


class PlayShape(Shape):
    """Where a moment is played."""

    scene: str
    log: list[str] = Field(description="choices that lead into the scene")
    address: str


class MomentShape(Shape):
    """One moment in the media it is in."""

    line: str
    episode: int
    canon: bool = Field(description="whether the series has it")
    scene: str
    locked: bool
    ahead: bool = Field(description="further than this viewer has come: it may spoil")
    watch: WatchShape | None
    read: ReadShape | None
    play: PlayShape | None

    @classmethod
    def of(cls, moment: Moment, slug: str, *, locked: bool, ahead: bool) -> "MomentShape":
        """From the story's links."""
        line, at = moment.line, moment.addresses(slug)
        watch, read, play = moment.watch, moment.read, moment.play
        return cls(
            line=line.id, episode=line.episode, canon=line.canon_ordinal is not None,
            scene=line.scene, locked=locked, ahead=ahead,
            watch=WatchShape(episode=watch.episode, second=watch.second, address=at["watch"])
            if watch else None,
            read=ReadShape(chapter=read.chapter, block=read.block, address=at["read"])
            if read else None,
            play=PlayShape(scene=play.scene, log=list(play.log), address=at["play"])
            if play else None,
        )  # fmt: skip


class PlaceWish(Shape):
    """Where a viewer has come to: a line, or what their medium knows of it."""

    medium: MediumName
    line: LineId | None = None
    episode: Annotated[int, Field(ge=0, le=MAX_NUMBER)] | None = None
    second: Annotated[float, Field(ge=0, le=MAX_SECOND)] | None = None
    chapter: Annotated[int, Field(ge=1, le=MAX_NUMBER)] | None = None
    block: LineId | None = None


class LastShape(Shape):
    """A viewer's last place in one medium."""

    at: datetime
    moment: MomentShape


class FurthestShape(Shape):
    """How far a viewer has come in whatever medium."""

    ordinal: int
    share: float = Field(description="of the series, from 0 to 1")
    line: str


class PlaceShape(Shape):
    """A viewer's one place in a story."""

    furthest: FurthestShape | None
    last: dict[MediumName, LastShape]
    latest: MediumName | None


class SaveWish(Shape):
    """A save as a client has it."""

    digest: Annotated[str, Field(pattern=DIGEST_PATTERN)]
    log: Log
    revision: Annotated[int, Field(ge=0, le=2**31)] | None = Field(
        None, description="the slot's revision that was taken; null: save over whatever is there"
    )


class NoticeShape(Shape):
    """Where a replay could not do as the log says."""

    kind: Literal["gone", "elsewhere", "new"]
    logged: str
    taken: str
    sentence: str


class AtShape(Shape):
    """Where a game stands."""

    line: str
    scene: str
    episode: int


class GameOption(Shape):
    """An option on offer."""

    id: str
    canon: bool
    price_coins: int = Field(description="for this viewer; 0 where it is free or theirs")


class SaveShape(Shape):
    """A save that was played again."""

    slot: str
    revision: int
    digest: str
    log: list[str]
    status: Literal["accepted", "migrated", "changed", "stopped"]
    saved_at: datetime
    ended: bool
    notices: list[NoticeShape]
    at: AtShape | None
    options: list[GameOption]
    locked: Locked


class SlotShape(Shape):
    """A save in a list."""

    slot: str
    revision: int
    saved_at: datetime
    digest: str
    choices: int
    at: AtShape | None


class SlotList(Shape):
    """Saves, the newest first."""

    slots: list[SlotShape]


class PointOption(Shape):
    """An option of an interactive episode."""

    id: str
    text: str
    canon: bool
    price_coins: int = Field(description="for this viewer; 0 where it is free or theirs")
    price: MoneyShape | None = Field(description="the same in money")
    bought: bool
    address: str = Field(description="the game from there; the canon's option plays on instead")
    log: list[str]


class PointShape(Shape):
    """A choice at a cue."""

    after: str
    second: float | None
    window_seconds: float | None
    default: str
    options: list[PointOption]

    @classmethod
    def of(cls, point: ChoicePoint, slug: str, texts: dict[str, str], fares: Fares) -> "PointShape":
        """From the episode's choice points."""
        options = [
            PointOption(
                id=each.id, text=texts[each.id], canon=each.canon,
                price_coins=fares.prices.get(each.id, 0), price=_money(fares, each.id),
                bought=each.id in fares.bought,
                address=f"/s/{slug}/g?choice={each.id}", log=[*point.log, each.id],
            )
            for each in point.options
        ]  # fmt: skip
        return cls(
            after=point.after, second=point.second, window_seconds=point.window_seconds,
            default=point.default, options=options,
        )  # fmt: skip


class EpisodeChoices(Shape):
    """All choices of an interactive episode."""

    episode: int
    language: str
    state: str
    choices: list[PointShape]


class ShareShape(Shape):
    """What players chose at one point."""

    players: int = Field(description="options taken there, each viewer's once")
    options: dict[str, float]

    @classmethod
    def of(cls, share: Share) -> "ShareShape":
        """From the counts."""
        return cls(players=share.players, options=dict(share.options))


class Shares(Shape):
    """What players chose, by the first option of each set."""

    choices: dict[str, ShareShape]


def tongues(offered: dict[str, str]) -> list[TongueShape]:
    """Languages with their states, as they are shown."""
    return [
        TongueShape(language=language, name=own_name(language), state=state)
        for language, state in offered.items()
    ]


def coin_prices(fares: Fares) -> dict[str, CoinsShape]:
    """Options that cost somebody coins, each in coins and money."""
    return {
        each: CoinsShape(coins=coins, money=MoneyShape.of(money))
        for each, coins in fares.prices.items()
        if (money := fares.money(each)) is not None
    }


def _money(fares: Fares, choice_id: str) -> MoneyShape | None:
    money = fares.money(choice_id)
    return MoneyShape.of(money) if money is not None else None
