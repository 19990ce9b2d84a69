"""Options that cost coins: what one costs, buying it for good, and saying that it was taken."""

from typing import Annotated

from fastapi import APIRouter, Depends, Path, Response

from silkreel.flows.choose import ChoiceOffer, Fares, buy_choice, note_taken, offer_choice
from silkreel.flows.interactive import text_of
from silkreel.flows.story_shelf import NotInStory
from silkreel.kit.clock import now
from silkreel.web.api.money.customers import Key, no_store, not_kept, unhurried
from silkreel.web.api.money.unlocks import REPLAYED, NoWalletYet
from silkreel.web.api.works.choice_shapes import ChoiceBuy, ChoiceOfferShape, ChoiceUnlocked
from silkreel.web.api.works.shapes import LINE_LENGTH, LINE_PATTERN
from silkreel.web.api.works.visit import MONEY_NOES, PREFIX, TheVisit, Visit

router = APIRouter(
    prefix=PREFIX + "/choices/{choice}", tags=["story"], responses=MONEY_NOES,
    dependencies=[Depends(no_store)],
)  # fmt: skip
Choice = Annotated[str, Path(max_length=LINE_LENGTH, pattern=LINE_PATTERN)]


@router.get("/offer")
def offer(choice: Choice, visit: TheVisit, response: Response) -> ChoiceOfferShape:
    """What an option costs this viewer now, in coins and money, and what is missing for it."""
    not_kept(response)
    reach(visit, choice)
    known = visit.known() if visit.story.version.choices[choice].price_coins else visit
    return told_offer(known, choice, known.fares())


@router.post("/unlock", dependencies=[Depends(unhurried)])
def buy(
    choice: Choice, wish: ChoiceBuy, key: Key, visit: TheVisit, response: Response
) -> ChoiceUnlocked:
    """Buy an option once for good, for at most what was shown, once per key."""
    reach(visit, choice)
    fares = visit.fares()
    if visit.who.viewer_id is None and fares.prices.get(choice, 0):
        raise NoWalletYet
    unlocked = buy_choice(
        visit.site.counter.till, visit.who, visit.story, choice, fares, wish.expected_coins,
        str(key),
    )  # fmt: skip
    if unlocked is None:
        return ChoiceUnlocked.free(choice)
    response.headers[REPLAYED] = "true" if unlocked.replayed else "false"
    return ChoiceUnlocked.of(unlocked, choice)


@router.post("/taken", status_code=204)
def taken(choice: Choice, visit: TheVisit) -> None:
    """Say that a bought option is taken in a game that is not saved: it cannot be undone then."""
    reach(visit, choice)
    take(visit, visit.fares(), [choice])


def take(visit: Visit, fares: Fares, log: list[str]) -> None:
    """Options of a log that were bought are taken now."""
    database, till = visit.site.workshop.database, visit.site.counter.till
    note_taken(database, till, visit.who, visit.story, fares, log)


def told_offer(visit: Visit, choice: str, fares: Fares) -> ChoiceOfferShape:
    """The offer of an option in the reader's words."""
    found: ChoiceOffer = offer_choice(visit.site.workshop.database, visit.who, choice, fares, now())
    number = visit.story.version.lines[choice].episode
    language, page = visit.page("strings", number)
    return ChoiceOfferShape.of(found, visit.story.slug, text_of(page, choice), language)


def reach(visit: Visit, choice: str) -> None:
    """Pass an option of this story whose episode is open.

    Raises:
        NotInStory: there is no such option.
        EpisodeLocked, NotOutYet: its episode has to be opened first.
    """
    version = visit.story.version
    if choice not in version.choices:
        raise NotInStory
    number = version.lines[choice].episode
    visit.doors([number]).pass_through(number)
