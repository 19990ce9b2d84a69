"""What a viewer is told before VIP costs anything, kept byte for byte with their yes."""

import hashlib
import json
import re
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from datetime import datetime

import sqlalchemy as sa

from silkreel.commerce.book import Book
from silkreel.commerce.tables import ConsentRow
from silkreel.kit.database import Session
from silkreel.kit.keys import canonical_json
from silkreel.kit.money import Money
from silkreel.kit.refusals import Refusal

TEXTS = 40  # of one screen
TEXT_LETTERS = 2_000
TITLES = 2_000  # not covered, named on one screen


class NoSuchPlan(Refusal):
    """The book does not sell it."""

    status = 404
    message = "VIP by the {plan} is not sold here. Open the list of plans again."


class ScreenIncomplete(Refusal):
    """A screen that does not say what it must."""

    status = 422
    message = (
        "The VIP screen does not say {missing}. Show it to the viewer before asking for a yes."
    )


@dataclass(frozen=True, slots=True)
class Title:
    """A series, as it is named to the viewer."""

    series_id: str
    name: str


@dataclass(frozen=True, slots=True)
class Screen:
    """The exact screen: its terms, and every text on it in the viewer's language.

    `not_covered` names each series that is out in the market today and that VIP does not open.
    """

    plan: str
    price_minor: int
    currency: str
    renews: bool  # chosen by the viewer, for every plan; nothing is ticked for them
    market: str
    channel: str
    book_id: int
    not_covered: tuple[Title, ...]
    texts: tuple[str, ...]

    @property
    def price(self) -> Money:
        """What is charged for one period."""
        return Money(self.price_minor, self.currency)

    @property
    def body(self) -> str:
        """Canonical JSON: equal screens give equal bytes."""
        return canonical_json(asdict(self))

    @property
    def sha256(self) -> str:
        """By which a yes names the screen it is a yes to."""
        return hashlib.sha256(self.body.encode()).hexdigest()


@dataclass(frozen=True, slots=True)
class Shown:
    """To whom a screen was shown, in which language, by which version of the interface."""

    viewer_id: str
    brand_id: str
    locale: str  # BCP 47
    ui_version: str
    ip_prefix: str = ""  # never a whole address


@dataclass(frozen=True, slots=True)
class Agreed:
    """A yes that is on record."""

    consent_id: int
    sha256: str
    shown: Shown
    screen: Screen
    at: datetime

    def covers(self, series_id: str, out_since: datetime, *, excluded: bool) -> bool:
        """Whether VIP opens a series for this viewer.

        What was out when they agreed and was not named stays covered, whatever changed since.

        Args:
            series_id: the series.
            out_since: when it came out in the viewer's market.
            excluded: whether VIP leaves it out there today.
        """
        named = any(title.series_id == series_id for title in self.screen.not_covered)
        return not excluded or (out_since <= self.at and not named)


def draw(
    book: Book, plan: str, *, renews: bool, not_covered: Iterable[Title], texts: Iterable[str]
) -> Screen:
    """The screen of a plan of a book.

    Raises:
        NoSuchPlan: the book does not sell it.
        ScreenIncomplete: its texts leave out the price or a title that is not covered.
    """
    price = plan_price(book, plan)
    screen = Screen(
        plan, price.minor, price.currency, renews, book.market, book.channel, book.id,
        tuple(sorted(not_covered, key=lambda title: title.series_id)), tuple(texts),
    )  # fmt: skip
    _refuse_incomplete(screen)
    return screen


def plan_price(book: Book, plan: str) -> Money:
    """What a period costs.

    Raises:
        NoSuchPlan: the book does not sell it.
    """
    for each in book.plans:
        if each.plan == plan:
            return each.price
    raise NoSuchPlan(plan=plan)


def agree(tx: Session, screen: Screen, shown: Shown, at: datetime) -> Agreed:
    """Write a yes down; never changed, and written before any order exists.

    Raises:
        ScreenIncomplete: the screen leaves out the price or a title that is not covered.
    """
    _refuse_incomplete(screen)
    body = screen.body
    row = ConsentRow(
        viewer_id=shown.viewer_id, brand_id=shown.brand_id, screen_json=body,
        sha256=screen.sha256, locale=shown.locale,
        ui_version=shown.ui_version, at=at, ip_prefix=shown.ip_prefix,
    )  # fmt: skip
    tx.add(row)
    tx.flush()
    return read_consent(row)


def find_consent(tx: Session, consent_id: int) -> Agreed | None:
    """A yes by its number."""
    row = tx.scalars(sa.select(ConsentRow).where(ConsentRow.id == consent_id)).one_or_none()
    return None if row is None else read_consent(row)


def read_consent(row: ConsentRow) -> Agreed:
    """The row as it travels."""
    told = json.loads(row.screen_json)
    titles = tuple(Title(**title) for title in told.pop("not_covered"))
    screen = Screen(**{**told, "not_covered": titles, "texts": tuple(told["texts"])})
    shown = Shown(row.viewer_id, row.brand_id, row.locale, row.ui_version, row.ip_prefix)
    return Agreed(row.id, row.sha256, shown, screen, row.at)


def _refuse_incomplete(screen: Screen) -> None:
    said = "\n".join(screen.texts)
    if len(screen.texts) > TEXTS or any(len(text) > TEXT_LETTERS for text in screen.texts):
        raise ScreenIncomplete(missing="its terms in 40 short texts")
    if len(screen.not_covered) > TITLES:
        raise ScreenIncomplete(missing="what it covers: too many titles are left out")
    if not any(_says(said, amount) for amount in _written(screen.price)):
        raise ScreenIncomplete(missing=f"its price, {screen.price}")
    for title in screen.not_covered:
        if title.name not in said:
            raise ScreenIncomplete(missing=f"that it leaves out {title.name}")


def _says(text: str, amount: str) -> bool:
    """Whether the amount stands in a text by itself: 9.99 is not told by 19.99."""
    return re.search(rf"(?<![\d.,]){re.escape(amount)}(?!\d)", text) is not None


def _written(price: Money) -> tuple[str, ...]:
    """The amount as languages write it: 9.99, 9,99, 1,480, 1.480, 1 480."""
    plain = str(price.decimal)
    grouped = f"{price.decimal:,}"
    swapped = grouped.translate(str.maketrans(",.", ".,"))
    spaced = [grouped.replace(",", blank).replace(".", ",") for blank in (" ", "\u00a0", "\u202f")]
    return (plain, plain.replace(".", ","), grouped, swapped, *spaced)
