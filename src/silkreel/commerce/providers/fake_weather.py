"""The pretend provider on its worst days: everything real ones do wrong, drawn from one seed."""

import random
from collections.abc import Iterator
from datetime import datetime, timedelta

from silkreel.commerce.payments import (
    Kind,
    OrderRef,
    OrderTerms,
    PaymentFact,
    ProviderSilent,
    Redirect,
    Truth,
)
from silkreel.commerce.providers.fake_book import FakeBook, Page
from silkreel.commerce.providers.fake_psp import Delivery, FakePsp

SILENT, DROPPED, TWICE = 0.2, 0.15, 0.25
REUSED_ID, WRONG_CLOCK, PENDING_FIRST = 0.08, 0.05, 0.25
SMALL_SHIFT, LARGE_SHIFT = timedelta(seconds=200), timedelta(hours=2)
# How payers behave, by weight.
PAYERS = {
    "pays": 50, "pays_late": 10, "underpays": 8, "overpays": 4, "pays_twice": 6, "fails": 6,
    "lets_it_expire": 8, "never_comes": 8,
}  # fmt: skip
# What happens to a payment afterwards, by weight.
FATES = {
    "kept": 45, "part_refunded": 14, "refunded_in_parts": 8, "refunded": 8,
    "refund_reversed": 6, "disputed": 5, "charged_back": 7, "dispute_won": 7,
}  # fmt: skip


class BadWeather(FakePsp):
    """A FakePsp that loses answers; `live` makes a payer do something and tells us badly."""

    def __init__(self, book: FakeBook, secret: str, seed: int) -> None:
        super().__init__(book, secret)
        self._dice = random.Random(seed)  # noqa: S311 - mishaps, no secret
        self.calm = False
        self.reached: set[str] = set()  # which mishaps happened, so that a test can see them

    def create(self, order: OrderTerms) -> Redirect:
        """Open the page, and sometimes never say so: the payer may still pay on it."""
        way = super().create(order)
        self._maybe_silent("lost answer")
        return way

    def fetch(self, ref: OrderRef) -> Truth | None:
        """The truth, or nothing at all."""
        self._maybe_silent("silent when asked")
        return super().fetch(ref)

    def live(self, order_id: str, at: datetime) -> list[Delivery]:
        """A payer's whole story on an order's page, and the events of it as they arrive here."""
        page = self.book.page_of(order_id)
        assert page is not None, "the page opens even where its answer is lost"
        story = Story(self, page, self._dice, at)
        story.tell()
        self.reached |= story.reached
        return self._arrive(page, story)

    def _arrive(self, page: Page, story: "Story") -> list[Delivery]:
        events = [
            delivery
            for fact, event_id in self._named(page, story)
            for delivery in self._sent(self.event(page, fact, self._clock(story.at), event_id))
        ]
        self._dice.shuffle(events)
        return events

    def _named(self, page: Page, story: "Story") -> Iterator[tuple[PaymentFact, str | None]]:
        """The facts to tell, and where it happens the id of another event to tell them under."""
        facts = [fact for fact in self.book.facts(page.ref) if fact.provider_object in story.made]
        reused: str | None = None
        for fact in facts:
            yield fact, reused
            if self._chance(REUSED_ID, "event id used again"):
                reused = f"fev_{fact.provider_object}"
                yield fact, reused

    def _sent(self, event: Delivery) -> list[Delivery]:
        if self._chance(DROPPED, "dropped"):
            return []
        return [event, event] if self._chance(TWICE, "sent twice") else [event]

    def _clock(self, at: datetime) -> datetime:
        """Its clock: a little wrong always, wildly wrong at times."""
        shift = LARGE_SHIFT if self._chance(WRONG_CLOCK, "wrong clock") else SMALL_SHIFT
        return at + shift * self._dice.choice((-1, 1))

    def _maybe_silent(self, what: str) -> None:
        if not self.calm and self._chance(SILENT, what):
            raise ProviderSilent(provider="The pretend provider")

    def _chance(self, share: float, what: str) -> bool:
        happens = self._dice.random() < share
        if happens:
            self.reached.add(what)
        return happens


class Story:
    """What one payer does, and what becomes of the money; each step is true once it is told."""

    def __init__(self, psp: FakePsp, page: Page, dice: random.Random, at: datetime) -> None:
        self.at = at
        self.reached: set[str] = set()
        self.made: set[str] = set()  # objects of this story
        self._psp, self._page, self._dice = psp, page, dice
        self._step = 0

    def tell(self) -> None:
        """From the page to the end."""
        payer = self._draw(PAYERS)
        gross = self._page.gross_minor
        if self._dice.random() < PENDING_FIRST:
            self._happen(Kind.PENDING, "pay", gross)
        match payer:
            case "never_comes":
                return
            case "fails":
                self._happen(Kind.FAILED, "pay", gross)
                return
            case "lets_it_expire":
                self._happen(Kind.EXPIRED, "page", gross)
                return
            case "pays_late":
                self._happen(Kind.EXPIRED, "page", gross)
            case "pays_twice":
                self._happen(Kind.PAID, "pay2", gross)
        amount = {"underpays": gross - 1, "overpays": gross + 100}.get(payer, gross)
        self._happen(Kind.PAID, "pay", amount)
        self._fate(amount)

    def _fate(self, amount: int) -> None:
        part = self._dice.randint(1, amount - 1)
        match self._draw(FATES):
            case "part_refunded":
                self._happen(Kind.REFUNDED, "re1", part)
            case "refunded_in_parts":
                self._happen(Kind.REFUNDED, "re1", part)
                self._happen(Kind.REFUNDED, "re2", amount - part)
            case "refunded":
                self._happen(Kind.REFUNDED, "re1", amount)
            case "refund_reversed":
                self._happen(Kind.REFUNDED, "re1", part)
                self._happen(Kind.REFUND_REVERSED, "re1", part)
            case "disputed":
                self._happen(Kind.DISPUTED, "dp", amount)
            case "charged_back":
                self._happen(Kind.DISPUTED, "dp", amount)
                self._happen(Kind.CHARGED_BACK, "dp", amount)
            case "dispute_won":
                self._happen(Kind.CHARGED_BACK, "dp", amount)
                self._happen(Kind.DISPUTE_WON, "dp", amount)

    def _happen(self, kind: Kind, name: str, amount_minor: int) -> None:
        self._step += 1
        name = f"f{name}_{self._page.order_id}"
        self.made.add(name)
        self._psp.happen(
            self._page.ref, kind, name, amount_minor, self.at + timedelta(seconds=self._step)
        )

    def _draw(self, weights: dict[str, int]) -> str:
        drawn = self._dice.choices(list(weights), list(weights.values()))[0]
        self.reached.add(drawn)
        return drawn
