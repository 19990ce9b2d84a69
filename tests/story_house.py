"""A series with a published story: free episodes and locked ones, a novel, a game, cues in the player."""

import re
import shutil
from dataclasses import dataclass
from pathlib import Path

from starlette.testclient import TestClient

from money_shop import SLUG, Shop, stock
from silkreel.flows.publish_story import Publication, publish_story
from silkreel.kit.clock import now
from silkreel.kit.opening import open_workshop
from silkreel.kit.settings import Settings

EPISODES = 7  # as many as the shop's series has: five free, two locked
WORK = f"/api/works/{SLUG}"
# Every line of a locked episode says this, and so does its chapter: it must be read nowhere else.
SECRETS = {6: "moonstone", 7: "sapphire"}
LINES_AN_EPISODE = 3
STORY = """\
title: The Night Market
language: en
languages: [es]
cast:
  - {id: MEI, name: Mei, names: {es: Meí}}
  - {id: LI, name: Li}
locations:
  - {id: market, name: The market}
"""


def secret(number: int) -> str:
    """The word only this episode says."""
    return SECRETS.get(number, f"word{number}")


def line_id(number: int, letters: str) -> str:
    """The id of a line, as the story's writer stamped it."""
    return f"ep{number:03}_market_{letters}"


def episode(number: int, after: str) -> str:
    """An episode: a line, a choice with a way of the game, a line of the canon."""
    word = secret(number)
    return f"""\
=== ep{number:03} ===
# episode:{number} # title:Night {number} # budget:60s
-> market
= market
# scene:EXT. MARKET - NIGHT # loc:market
MEI: Have you brought the {word}? #id:{line_id(number, "A000")} #beat:hook
* [Say nothing of the {word}. #id:{line_id(number, "C000")} #canon]
    LI: Perhaps the {word} is mine. #id:{line_id(number, "B000")}
    -> {after}
* [Show the {word}. #id:{line_id(number, "C111")} #only:game]
    -> aside
= aside
# scene:INT. STALL - NIGHT # loc:market # only:game
LI: Hide that {word}! #id:{line_id(number, "D000")}
-> {after}
"""


def chapter(number: int) -> str:
    """A chapter of one episode."""
    word = secret(number)
    return f"""\
---
{{chapter: {number}, title: Chapter {number}, adapts: [ep{number:03}]}}
---
Nobody at the market spoke of the {word}. {{#ch{number:03}_A000}}

{{{{line:{line_id(number, "A000")}}}}} Mei *asked*. {{#ch{number:03}_B000}}

:::watch ep{number:03}.market

:::play ep{number:03}.aside
"""


def write_market(folder: Path, episodes: int = EPISODES) -> Path:
    """The story's folder; every file of it is written anew."""
    shutil.rmtree(folder, ignore_errors=True)
    (folder / "script").mkdir(parents=True)
    (folder / "novel").mkdir()
    (folder / "i18n").mkdir()
    (folder / "story.yaml").write_text(STORY, encoding="utf-8")
    rows = ["# title:The Night Market # lang:en", "-> ep001"]
    for number in range(1, episodes + 1):
        after = f"ep{number + 1:03}" if number < episodes else "END"
        rows.append(episode(number, after))
        (folder / f"novel/ch{number:03}.md").write_text(chapter(number), encoding="utf-8")
    (folder / "script/main.ink").write_text("\n".join(rows), encoding="utf-8")
    return folder


@dataclass
class House:
    """A shop whose series has a story, and the folder it was published from."""

    shop: Shop
    folder: Path

    def publish(self) -> Publication:
        """Publish the folder as it is now."""
        return publish_story(self.shop.workshop, self.folder, SLUG, by="anna", at=now())

    def edit(self, old: str, new: str, name: str = "script/main.ink") -> None:
        """Reword a file of the story."""
        path = self.folder / name
        text = path.read_text(encoding="utf-8")
        assert old in text, f"{old} is not in {name}"
        path.write_text(text.replace(old, new), encoding="utf-8")

    def reader(self) -> "Reader":
        """Somebody whom nobody knows yet."""
        browser = self.shop.customer()
        return Reader(browser.browser, self)


@dataclass
class Reader:
    """A browser at the story's addresses."""

    browser: TestClient
    house: House

    def get(self, path: str = "", **asked):
        return self.browser.get(f"{WORK}{path}", **asked)

    def post(self, path: str, **body):
        return self.browser.post(f"{WORK}{path}", json=body)

    def save(self, *log: str, slot="auto", digest=None, **more):
        digest = digest or self.get("/game").json()["digest"]
        return self.post(f"/playthroughs/{slot}", digest=digest, log=list(log), **more)

    def unlock(self, *numbers: int):
        """Buy coins and open episodes, as a customer would."""
        customer = self.house.shop.customer()
        customer.browser = self.browser
        customer.price()
        customer.buy()
        assert customer.unlock(*numbers).status_code == 200


def publish_market(settings: Settings, folder: Path, media: Path) -> None:
    """Make the home of a shop whose series has its story published from a folder."""
    workshop = open_workshop(settings)
    stock(workshop, media)
    publish_story(workshop, write_market(folder), SLUG, by="anna", at=now())
    workshop.database.close()


def open_house(shop: Shop, folder: Path) -> House:
    """A shop whose home began with its story published, and the same story in a folder to edit."""
    return House(shop, write_market(folder))


def write_spanish(folder: Path, *entries: tuple[str, str, str]) -> None:
    """Spanish words: every line of the series, which the checks want, and `entries` beside them."""
    head = 'msgid ""\nmsgstr "Language: es\\nContent-Type: text/plain; charset=utf-8\\n"\n'
    lines = [
        (line_id(n, letters), source, source.upper())
        for n in range(1, EPISODES + 1)
        for letters, source in (
            ("A000", f"Have you brought the {secret(n)}?"),
            ("B000", f"Perhaps the {secret(n)} is mine."),
        )
    ]
    told = [f'msgctxt "{i}"\nmsgid "{a}"\nmsgstr "{b}"\n' for i, a, b in (*entries, *lines)]
    (folder / "i18n/es.po").write_text("\n".join([head, *told]), encoding="utf-8")


def words_of(answer) -> set[str]:
    """Every word of an answer, to look for what should not be there."""
    return set(re.findall(r"\w+", answer.text.lower()))


__all__ = ["House", "Reader", "open_house"]
