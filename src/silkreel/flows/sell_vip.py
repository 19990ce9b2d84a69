"""VIP from the screen to the last day: what it says, the yes, the order, and leaving in two steps."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa

import silkreel
from silkreel.catalogue.browse import open_door, pick
from silkreel.catalogue.tables import ReleaseRow, SeriesRow
from silkreel.commerce import orders, vip, vip_leaving
from silkreel.commerce.book import Book, Plan
from silkreel.commerce.orders import Order, OrderKeyReused
from silkreel.commerce.payments import Provider
from silkreel.commerce.registry import refuse_test_providers
from silkreel.commerce.tables import OrderRow, VipFactRow, VipRow
from silkreel.commerce.vip import SKU, Joining, TermsChanged
from silkreel.commerce.vip_leaving import Receipt
from silkreel.commerce.vip_record import NoSuchVip, Subscription, load
from silkreel.commerce.vip_rules import VipKind, period_end
from silkreel.commerce.vip_screen import Screen, Shown, Title, agree, draw
from silkreel.flows.sell_coins import NotOnSale
from silkreel.flows.sell_episodes import Onlooker, book_at
from silkreel.flows.take_payments import Begun, way_to_pay
from silkreel.kit.database import Database, Session
from silkreel.kit.money_words import written
from silkreel.kit.refusals import Refusal
from silkreel.kit.words import language_in_force, words

# Where a store's own subscriptions are cancelled; nobody else may do it for a viewer.
STORES: Mapping[str, str] = {
    "apple": "https://apps.apple.com/account/subscriptions",
    "google_play": "https://play.google.com/store/account/subscriptions",
}


class StoreBills(Refusal):
    """A store's subscription is cancelled at the store."""

    status = 409
    message = "This VIP is billed by the store. Cancel it there: {manage_url}"


@dataclass(frozen=True, slots=True)
class VipWish:
    """A yes: to which plan, renewing or not, and to which screen."""

    plan: str
    renews: bool
    screen_sha256: str
    key: str
    return_url: str
    ip_prefix: str = ""


@dataclass(frozen=True, slots=True)
class Joined:
    """A VIP that waits for its payment, and the way to pay."""

    vip_id: int
    begun: Begun


@dataclass(frozen=True, slots=True)
class VipHere:
    """What is sold here and what runs."""

    plans: tuple[Plan, ...]
    not_covered: tuple[Title, ...]
    current: Subscription | None


def vip_here(tx: Session, who: Onlooker, at: datetime) -> VipHere:
    """The plans of the book in force, the titles they leave out, and the viewer's own VIP."""
    book = book_at(tx, who, at)
    sold = book is not None and book.sells_vip
    left_out = titles_left_out(tx, book, who.market) if book else ()
    return VipHere(book.plans if book and sold else (), left_out, running_vip(tx, who, at))


def running_vip(tx: Session, who: Onlooker, at: datetime) -> Subscription | None:
    """The one VIP of a viewer that runs, is paused, or waits for its renewal."""
    if who.viewer_id is None:
        return None
    mine = sa.select(VipRow.id).where(
        VipRow.viewer_id == who.viewer_id, VipRow.brand_id == who.brand_id
    )
    for vip_id in tx.scalars(mine.order_by(VipRow.id.desc())).all():
        found = load(tx, vip_id)
        if found.vip.state(at) in vip.RUNNING:
            return found
    return None


def screen_of(tx: Session, who: Onlooker, plan: str, *, renews: bool, at: datetime) -> Screen:
    """The screen of a plan in the language in force, byte for byte the same until terms change.

    Raises:
        NotOnSale: no VIP is sold here. NoSuchPlan: not this one.
    """
    book = book_at(tx, who, at)
    if book is None or not book.sells_vip:
        raise NotOnSale(item=SKU + plan)
    left_out = titles_left_out(tx, book, who.market)
    return draw(
        book, plan, renews=renews, not_covered=left_out,
        texts=_texts(book, plan, left_out, renews=renews),
    )  # fmt: skip


def join_vip(
    database: Database, provider: Provider, who: Onlooker, wish: VipWish, at: datetime,
    *, demo: bool,
) -> Joined:  # fmt: skip
    """The yes written down, the VIP pending and its order; once per key.

    Raises:
        NotOnSale, NoSuchPlan, TermsChanged, VipRuns, OrderKeyReused, ProviderRefused.
        PretendPaymentsOnARealBrand: pretend money for a real VIP.
    """
    assert who.viewer_id is not None, "VIP is somebody's"
    refuse_test_providers([provider], [] if demo else [who.brand_id])
    with database.transaction() as tx:
        known = _joined_under(tx, who, wish)
        vip_id, order = known or _join(tx, provider, who, wish, at, demo=demo)
    begun = way_to_pay(
        database, provider, order, title=plan_words(wish.plan), return_url=wish.return_url, at=at
    )
    return Joined(vip_id, begun)


def show_leaving(tx: Session, who: Onlooker, kind: VipKind, at: datetime) -> Receipt:
    """The first step: what leaving would do. Changes nothing.

    Raises:
        NoSuchVip: none runs.
    """
    mine = _mine(tx, who, at)
    if kind == VipKind.CANCELLED:
        return vip_leaving.show_cancel(tx, mine.id, mine.viewer_id, at)
    return vip_leaving.show_withdrawal(
        tx, mine.id, mine.viewer_id, at, played=vip.was_played(tx, mine.id, at)
    )


def leave(tx: Session, who: Onlooker, kind: VipKind, at: datetime) -> Receipt:
    """The second step; the same again gives the same receipt.

    Raises:
        NoSuchVip: none runs. StoreBills: the store has to be told.
    """
    mine = running_vip(tx, who, at) or _left_before(tx, who, kind)
    manage_url = STORES.get(mine.provider)
    if manage_url:
        raise StoreBills(manage_url=manage_url)
    if kind == VipKind.CANCELLED:
        return vip_leaving.cancel(tx, mine.id, mine.viewer_id, at)
    return vip_leaving.withdraw(
        tx, mine.id, mine.viewer_id, at, played=vip.was_played(tx, mine.id, at)
    )


def titles_left_out(tx: Session, book: Book, market: str) -> tuple[Title, ...]:
    """Series that are out in the market and that VIP does not open, as the viewer reads them."""
    rows = tx.scalars(sa.select(SeriesRow).where(SeriesRow.slug.in_(book.vip_leaves_out))).all()
    found = []
    for row in rows:
        releases = tx.scalars(sa.select(ReleaseRow).where(ReleaseRow.series_id == row.id)).all()
        if open_door(releases, market) is not None:
            name = pick(row.titles, language_in_force(), row.source_language) or row.slug
            found.append(Title(row.id, name))
    return tuple(sorted(found, key=lambda title: title.series_id))


def plan_words(plan: str) -> str:
    """A plan's name in the language in force."""
    named = {
        "week": words("VIP for a week"),
        "month": words("VIP for a month"),
        "year": words("VIP for a year"),
    }
    return named.get(plan, plan)


def plan_days(plan: str, at: datetime) -> int:
    """How long a period is that begins now."""
    return (period_end(at, plan) - at).days


def _join(
    tx: Session, provider: Provider, who: Onlooker, wish: VipWish, at: datetime, *, demo: bool
) -> tuple[int, Order]:
    screen = screen_of(tx, who, wish.plan, renews=wish.renews, at=at)
    if screen.sha256 != wish.screen_sha256:
        raise TermsChanged
    book = book_at(tx, who, at)
    assert book is not None, "the screen was drawn from it"
    assert who.viewer_id is not None, "VIP is somebody's"
    shown = Shown(
        who.viewer_id, who.brand_id, language_in_force(), silkreel.__version__, wish.ip_prefix
    )
    agreed = agree(tx, screen, shown, at)
    joining = Joining(
        who.viewer_id, who.brand_id, agreed.consent_id, wish.key, provider.name,
        "sandbox" if demo else "production", not_covered=screen.not_covered,
    )  # fmt: skip
    return vip.join(tx, joining, book, at)


def _joined_under(tx: Session, who: Onlooker, wish: VipWish) -> tuple[int, Order] | None:
    """What a key was used for before: the same VIP again, never a second yes."""
    row = tx.scalars(
        sa.select(OrderRow).where(
            OrderRow.viewer_id == who.viewer_id, OrderRow.brand_id == who.brand_id,
            OrderRow.key == wish.key,
        )
    ).one_or_none()  # fmt: skip
    if row is None:
        return None
    ordered = sa.select(VipFactRow.vip_id).where(
        VipFactRow.kind == VipKind.ORDERED, VipFactRow.ref == row.id
    )
    vip_id = tx.scalar(ordered)
    if vip_id is None or row.sku != SKU + wish.plan:
        raise OrderKeyReused
    agreed = load(tx, vip_id).agreed
    if (agreed.sha256, agreed.screen.renews) != (wish.screen_sha256, wish.renews):
        raise OrderKeyReused
    return vip_id, orders.shown(row)


def _mine(tx: Session, who: Onlooker, at: datetime) -> Subscription:
    found = running_vip(tx, who, at)
    if found is None:
        raise NoSuchVip
    return found


def _left_before(tx: Session, who: Onlooker, kind: VipKind) -> Subscription:
    """The VIP that was left this way last: said twice, it gives the same receipt."""
    told = (
        sa.select(VipFactRow.vip_id)
        .join(VipRow, VipRow.id == VipFactRow.vip_id)
        .where(
            VipRow.viewer_id == who.viewer_id, VipRow.brand_id == who.brand_id,
            VipFactRow.kind == kind,
        )
    )  # fmt: skip
    vip_id = tx.scalar(told.order_by(VipFactRow.id.desc()).limit(1))
    if vip_id is None or who.viewer_id is None:
        raise NoSuchVip
    return load(tx, vip_id)


def _texts(book: Book, plan: str, left_out: tuple[Title, ...], *, renews: bool) -> list[str]:
    """Every text of the screen, in the language in force and in the order it is shown."""
    price = next((written(each.price) for each in book.plans if each.plan == plan), "")
    lasts = {
        "week": words("It ends by itself after a week. Nothing is charged again."),
        "month": words("It ends by itself after a month. Nothing is charged again."),
        "year": words("It ends by itself after a year. Nothing is charged again."),
    }
    again = {
        "week": words("It renews every week for {price} until you cancel.", price=price),
        "month": words("It renews every month for {price} until you cancel.", price=price),
        "year": words("It renews every year for {price} until you cancel.", price=price),
    }
    texts = [
        words("{plan}: {price}, taxes included.", plan=plan_words(plan), price=price),
        (again if renews else lasts).get(plan, ""),
        words("It opens every series of this brand, without ads."),
        _of_options(book),
    ]
    if renews:
        texts.append(
            words("We remind you before each renewal; without a reminder nothing is charged.")
        )
    if left_out:
        texts.append(words("It does not open these series:"))
        texts += [title.name for title in left_out]
    texts += [
        words("Cancel any time under VIP, in two steps. The days you paid for stay."),
        words(
            "Within 14 days you get the whole price back if you watched nothing with it; else the "
            "days that are left."
        ),
    ]
    return texts


def _of_options(book: Book) -> str:
    """Whether the options of stories come with it: where coins are sold they are bought by themselves."""
    if book.sells_coins:
        return words("Options of a story that cost coins are not included; each is bought once.")
    return words("Options of stories cost nothing here, with VIP or without it.")
