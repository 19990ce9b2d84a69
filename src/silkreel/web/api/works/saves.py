"""Saves of the game: logs of choices, played again here; and what players chose."""

from typing import Annotated

from fastapi import APIRouter, Path, Response

from silkreel.audience.playthroughs import Slot, drop_save, slot_of, slots_of, takers
from silkreel.flows.choose import ChoiceLocked, Fares
from silkreel.flows.interactive import shares_of
from silkreel.flows.play_story import Resumed, Sent, check_sent, payable, resume, save
from silkreel.flows.seen_story import note_seen
from silkreel.flows.story_doors import told
from silkreel.flows.story_shelf import NotInStory
from silkreel.kit.clock import now
from silkreel.web.api.money.customers import not_kept
from silkreel.web.api.works.choosing import take, told_offer
from silkreel.web.api.works.shapes import (
    AtShape,
    GameOption,
    NoticeShape,
    SaveShape,
    SaveWish,
    Shares,
    ShareShape,
    SlotList,
    SlotShape,
)
from silkreel.web.api.works.visit import MONEY_NOES, PREFIX, TheVisit, Visit
from silkreel.web.edge import problem

router = APIRouter(prefix=PREFIX, tags=["story"], responses=MONEY_NOES)
SlotName = Annotated[str, Path(pattern=r"^[a-z0-9-]{1,16}$")]


@router.get("/playthroughs")
def slots(visit: TheVisit, response: Response) -> SlotList:
    """This viewer's saves."""
    not_kept(response)
    if visit.who.viewer_id is None:
        return SlotList(slots=[])
    version = visit.story.version
    with visit.site.workshop.reading() as tx:
        kept = slots_of(tx, visit.who.viewer_id, version.work_id)
        digests = {
            each.version_id: visit.stories.shelf.version(tx, each.version_id).digest
            for each in kept
        }
    return SlotList(
        slots=[
            SlotShape(
                slot=each.slot, revision=each.revision, saved_at=each.saved_at,
                digest=digests[each.version_id], choices=len(each.log),
                at=_at(visit, each.line_id),
            )
            for each in kept
        ]
    )  # fmt: skip


@router.get("/playthroughs/{slot}")
def slot(slot: SlotName, visit: TheVisit, response: Response) -> SaveShape:
    """A save, played again on the story as it is now; nothing is written."""
    not_kept(response)
    kept, digest = _kept(visit, slot)
    fares = visit.fares()
    resumed = resume(
        visit.stories.shelf, visit.stories.stage, visit.story, visit.doors(), fares,
        payable(Sent(digest, kept.log), fares),
    )  # fmt: skip
    return _shape(visit, kept, resumed, fares)


@router.post("/playthroughs/{slot}", response_model=SaveShape)
def keep(
    slot: SlotName, wish: SaveWish, visit: TheVisit, response: Response
) -> SaveShape | Response:
    """Play a log again and keep what could be followed; 402 where an option is not paid yet."""
    not_kept(response)
    fares = visit.fares()
    try:
        return _keep(visit, slot, wish, fares)
    except ChoiceLocked as unpaid:
        offer = told_offer(visit, str(unpaid.values["choice"]), fares)
        return problem(
            unpaid.status, unpaid.code, str(unpaid),
            str(visit.request.scope.get("request_id", "")),
            values={**unpaid.values, "offers": offer.model_dump(mode="json")},
            headers={"cache-control": "no-store"},
        )  # fmt: skip


def _keep(visit: Visit, slot: str, wish: SaveWish, fares: Fares) -> SaveShape:
    sent = Sent(wish.digest, tuple(wish.log))
    with visit.site.workshop.reading() as tx:
        check_sent(tx, visit.story.version, sent)
    stories = visit.stories
    resumed = resume(stories.shelf, stories.stage, visit.story, visit.doors(), fares, sent)
    take(visit, fares, list(resumed.log))
    viewer = visit.customer()
    with visit.site.workshop.transaction() as tx:
        kept = save(tx, visit.story, viewer, slot, resumed, wish.revision, now())
        note_seen(tx, visit.story.version, viewer, resumed)
    return _shape(visit, kept, resumed, fares)


@router.delete("/playthroughs/{slot}", status_code=204)
def drop(slot: SlotName, visit: TheVisit) -> None:
    """Delete a save."""
    if visit.who.viewer_id is None:
        raise NotInStory
    with visit.site.workshop.transaction() as tx:
        if not drop_save(tx, visit.who.viewer_id, visit.story.version.work_id, slot):
            raise NotInStory


@router.get("/choices")
def shares(visit: TheVisit) -> Shares:
    """Which share of players took which option."""
    version = visit.story.version
    with visit.site.workshop.reading() as tx:
        counted = takers(tx, version.work_id)
    found = shares_of(version, counted)
    return Shares(choices={point: ShareShape.of(share) for point, share in found.items()})


def _kept(visit: Visit, slot: str) -> tuple[Slot, str]:
    """A save, and the digest of the version it was made on."""
    if visit.who.viewer_id is None:
        raise NotInStory
    with visit.site.workshop.reading() as tx:
        kept = slot_of(tx, visit.who.viewer_id, visit.story.version.work_id, slot)
        if kept is None:
            raise NotInStory
        return kept, visit.stories.shelf.version(tx, kept.version_id).digest


def _shape(visit: Visit, kept: Slot, resumed: Resumed, fares: Fares) -> SaveShape:
    return SaveShape(
        slot=kept.slot, revision=kept.revision, digest=resumed.digest, log=list(resumed.log),
        status=resumed.status, saved_at=kept.saved_at, ended=resumed.ended,
        notices=[
            NoticeShape(
                kind=each.kind, logged=each.logged, taken=each.taken, sentence=each.sentence()
            )
            for each in resumed.notices
        ],
        at=_at(visit, resumed.line),
        options=[
            GameOption(id=each.id, canon=each.canon, price_coins=fares.prices.get(each.id, 0))
            for each in resumed.options
        ],
        locked=told(resumed.locked),
    )  # fmt: skip


def _at(visit: Visit, line_id: str | None) -> AtShape | None:
    line = visit.story.version.lines.get(line_id or "")
    return AtShape(line=line.id, scene=line.scene, episode=line.episode) if line else None
