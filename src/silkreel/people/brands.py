"""Brands: which one a request came to, and its rule for second factors."""

from datetime import datetime
from typing import Literal, get_args

import sqlalchemy as sa

from silkreel.kit.database import Session
from silkreel.kit.refusals import Refusal
from silkreel.people.actors import Actor
from silkreel.people.audit import record
from silkreel.people.tables import BrandRow

HOUSE = "house"  # the brand every installation begins with; it answers where no other does
SecondFactorRule = Literal["optional", "money", "everyone"]
RULES: tuple[SecondFactorRule, ...] = get_args(SecondFactorRule)


class NoSuchBrand(Refusal):
    """No brand has that id."""

    status = 404
    message = "There is no brand {brand}; the brands are: {known}."


def find_brand(tx: Session, brand_id: str) -> BrandRow:
    """The brand under an id.

    Raises:
        NoSuchBrand: there is none.
    """
    brand = tx.get(BrandRow, brand_id)
    if brand is None:
        known = tx.scalars(sa.select(BrandRow.id).order_by(BrandRow.id)).all()
        raise NoSuchBrand(brand=brand_id, known=", ".join(known))
    return brand


def brand_at(tx: Session, host: str) -> BrandRow:
    """The brand of a host name (a port is let go); the house where no brand claims it."""
    name = host.rsplit(":", 1)[0].lower()
    brands = tx.scalars(sa.select(BrandRow).order_by(BrandRow.made_at, BrandRow.id)).all()
    for brand in brands:
        if name in brand.domains:
            return brand
    return next(brand for brand in brands if brand.id == HOUSE)


def demo_brands(tx: Session) -> frozenset[str]:
    """Brands whose coins are play money."""
    return frozenset(tx.scalars(sa.select(BrandRow.id).where(BrandRow.demo_since.is_not(None))))


def begin_demo(tx: Session, brand_id: str, *, by: Actor) -> None:
    """From now on the brand takes pretend money and no other; its pages say so."""
    _set_demo(tx, brand_id, by.at, by=by)


def end_demo(tx: Session, brand_id: str, *, by: Actor) -> None:
    """The brand is a real one from now on: pretend money is refused."""
    _set_demo(tx, brand_id, None, by=by)


def _set_demo(tx: Session, brand_id: str, since: datetime | None, *, by: Actor) -> None:
    by.need("brand.edit")
    brand = find_brand(tx, brand_id)
    before = brand.demo_since is not None
    if before == (since is not None):
        return
    brand.demo_since = since
    record(
        tx, by, "brand.demo", f"brand:{brand.id}",
        before={"demo": before}, after={"demo": since is not None},
    )  # fmt: skip


def set_second_factor_rule(tx: Session, rule: SecondFactorRule, *, by: Actor) -> BrandRow:
    """Say who of the actor's brand must sign in with a second factor.

    Raises:
        NotYours: the actor may not change the brand.
    """
    by.need("brand.edit")
    brand = tx.get_one(BrandRow, by.brand_id)
    before, brand.second_factor = brand.second_factor, rule
    record(
        tx, by, "brand.second_factor", f"brand:{brand.id}",
        before={"second_factor": before}, after={"second_factor": rule},
    )  # fmt: skip
    return brand
