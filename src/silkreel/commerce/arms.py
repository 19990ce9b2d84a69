"""What is tried on a viewer at the wall, asked of OpenFeature: where it stands, and which way comes first.

Without a client nothing is tried. Who saw an arm is written down where it is seen: the place of the
wall with the price, which is told before it matters, so that no arm is seen sooner than another;
the order of the ways with the sheet.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import get_args

from openfeature.client import OpenFeatureClient
from openfeature.evaluation_context import EvaluationContext
from openfeature.flag_evaluation import FlagEvaluationOptions

from silkreel.commerce.offers import OptionKind
from silkreel.commerce.open_feature import ExposureLog
from silkreel.commerce.quotes import WallArm
from silkreel.kit.database import Session

WALL, ORDER = "wall", "order"  # features are named after what they split
AS_THE_BOOK_SAYS = 0
KINDS: dict[str, OptionKind] = {kind: kind for kind in get_args(OptionKind)}


@dataclass(frozen=True, slots=True)
class Place:
    """Who stands where; nothing else may decide an arm."""

    viewer_id: str
    brand_id: str
    series_id: str
    market: str


@dataclass(frozen=True, slots=True)
class OrderArm:
    """Which ways an arm puts first."""

    name: str = ""
    order: tuple[OptionKind, ...] = ()


@dataclass(frozen=True, slots=True)
class Arms:
    """The experiments of an installation; none where there is no client."""

    client: OpenFeatureClient | None = None

    def wall(self, place: Place) -> WallArm | None:
        """Where an arm puts the wall for somebody who meets a series anew; None: as the book says."""
        if self.client is None:
            return None
        told = self.client.get_integer_details(WALL, AS_THE_BOOK_SAYS, _context(place))
        if not told.variant or told.value <= AS_THE_BOOK_SAYS:
            return None
        return WallArm(told.variant, told.value)

    def order(self, place: Place) -> OrderArm:
        """Which ways an arm puts first for somebody."""
        if self.client is None:
            return OrderArm()
        told = self.client.get_object_details(ORDER, [], _context(place))
        kinds = tuple(KINDS[str(each)] for each in told.value if str(each) in KINDS)
        return OrderArm(told.variant, kinds) if told.variant and kinds else OrderArm()

    def saw_wall(self, tx: Session, place: Place, arm: str, at: datetime) -> None:
        """The price was told, and with it where the wall of `arm` stands."""
        drawn = self.wall(place)
        if self.client is not None and drawn is not None and drawn.name == arm:
            self.client.get_integer_details(
                WALL, AS_THE_BOOK_SAYS, _context(place), _logging(tx, at)
            )

    def saw_order(self, tx: Session, place: Place, at: datetime) -> None:
        """The sheet was opened."""
        if self.client is not None and self.order(place).name:
            self.client.get_object_details(ORDER, [], _context(place), _logging(tx, at))


def _context(place: Place) -> EvaluationContext:
    told = {"brand": place.brand_id, "series": place.series_id, "market": place.market}
    return EvaluationContext(place.viewer_id, told)


def _logging(tx: Session, at: datetime) -> FlagEvaluationOptions:
    return FlagEvaluationOptions(hooks=[ExposureLog(tx, at)])
