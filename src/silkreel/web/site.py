"""What every endpoint works with: one installation, opened once."""

from dataclasses import dataclass
from pathlib import Path

from silkreel.commerce.arms import Arms
from silkreel.commerce.campaigns import ASSET as ADS
from silkreel.commerce.open_feature import client_of
from silkreel.flows.house_ads import film_path
from silkreel.flows.playback_bundle import Address
from silkreel.flows.playback_files import playlist_text, public_path
from silkreel.flows.sell_episodes import Shop
from silkreel.flows.start_playback import Shelf
from silkreel.kit.artifacts import Workshop
from silkreel.kit.settings import Settings
from silkreel.people.house_key import load_house_key
from silkreel.story.desk.looking import Looks
from silkreel.story.desk.shelf import Shelf as StoryShelf
from silkreel.web.assets import AssetTree
from silkreel.web.counter import Counter
from silkreel.web.demo import DemoFloor
from silkreel.web.interface import (
    DESK_WORDS_FILE,
    MONEY_WORDS_FILE,
    STORY_WORDS_FILE,
    Interface,
)
from silkreel.web.limits import PURCHASES_PER_MINUTE, RateLimit
from silkreel.web.segments import Media
from silkreel.web.tokens import Signer, load_keys

STORIES = "stories"  # folder of the home


@dataclass(frozen=True, slots=True)
class Site:
    """An installation as its web server sees it."""

    settings: Settings
    workshop: Workshop
    signer: Signer
    assets: AssetTree
    interface: Interface
    money: Interface
    desk: Interface
    story: Interface
    plays: RateLimit
    purchases: RateLimit
    shelf: Shelf
    shop: Shop
    demo: DemoFloor
    counter: Counter
    house_key: bytes
    stories: StoryShelf
    looks: Looks
    arms: Arms

    def address(self, asset: str, market: str) -> Address:
        """The signed way to an asset for a market."""
        base, expires_at = self.signer.base(asset)
        return Address(base, expires_at, self.signer.manifest(asset, market))

    def close(self) -> None:
        """Finish what waits at the till, and give connections back."""
        self.counter.close()
        self.shelf.version.close()

    def media(self) -> Media:
        """How the segment server finds bytes."""
        return Media(self.signer, self._locate, self._playlist, self._origins())

    def _locate(self, asset: str, file: str) -> Path | None:
        if asset == ADS:
            return film_path(self.workshop, file)
        with self.workshop.reading() as tx:
            return public_path(tx, self.workshop.store, asset, file)

    def _playlist(self, asset: str, name: str) -> str | None:
        """The text of a playlist, for players that fetch them: the bundle holds the same texts."""
        market = self.signer.market_of(asset, name)
        return playlist_text(
            self.workshop.database, asset, name, market, address=self.address, shelf=self.shelf
        )

    def _origins(self) -> frozenset[str]:
        named = self.settings.media_origins
        own = self.settings.public_url
        return frozenset([*named, own.rstrip("/")] if own else named)


def open_site(
    settings: Settings,
    workshop: Workshop,
    *,
    plays: RateLimit | None = None,
    purchases: RateLimit | None = None,
) -> Site:
    """Read the keys and the interface's files."""
    shelf, house_key = Shelf(workshop.database), load_house_key(settings.folder)
    demo = DemoFloor(workshop.database, shelf.version, settings.engines("demo_brands"))
    return Site(
        settings,
        workshop,
        Signer(load_keys(settings.folder)),
        AssetTree.load(),
        Interface.load(),
        Interface.load(MONEY_WORDS_FILE),
        Interface.load(DESK_WORDS_FILE),
        Interface.load(STORY_WORDS_FILE),
        plays or RateLimit(),
        purchases or RateLimit(PURCHASES_PER_MINUTE),
        shelf,
        Shop(workshop.database, shelf.version),
        demo,
        Counter(settings, workshop.database, house_key, demo),
        house_key,
        StoryShelf(settings.folder / STORIES),
        Looks(),
        Arms(client_of(settings.folder)),
    )
