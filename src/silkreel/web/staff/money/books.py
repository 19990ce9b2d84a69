"""Books at the desk: differences with providers, the ledger, and statements up to their payment."""

from typing import Annotated

from fastapi import APIRouter, Depends, Path, Query
from fastapi.responses import Response

from silkreel.commerce.auditing import audit, balances
from silkreel.commerce.reconcile import explain, items
from silkreel.commerce.seal import verify
from silkreel.commerce.settle import Issued
from silkreel.commerce.statement_steps import (
    Standing,
    approve,
    find,
    issue,
    mark_paid,
    standings,
    take_back,
)
from silkreel.commerce.statement_uses import uses_of_line
from silkreel.flows.pay_statements import make_pay_files
from silkreel.flows.settle_month import Ending, statement_file, stem
from silkreel.kit.refusals import Refusal
from silkreel.people.actors import Actor
from silkreel.people.audit import record
from silkreel.people.brands import HOUSE
from silkreel.web.edge import Reading, TheSite
from silkreel.web.staff.money.orders import MONEY_NOES, Before, Limit, Number
from silkreel.web.staff.money.shapes import (
    BadBlockShape,
    BalanceShape,
    Books,
    ItemList,
    ItemShape,
    PaidNote,
    PayFiles,
    PayFileShape,
    PayWish,
    Reason,
    Seen,
    StatementCard,
    StatementList,
    StatementShape,
    UsesShape,
    Verdict,
)
from silkreel.web.staff.rights import Needs, SignedIn, StaffTransaction, no_store

TERMS = "settlement.toml"
TYPES = {
    "csv": "text/csv; charset=utf-8",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "pdf": "application/pdf",
}
MONTH = "^20[0-9]{2}-(0[1-9]|1[0-2])$"


class NotTheHouse(Refusal):
    """The installation's books, asked for by a brand's own staff."""

    status = 403
    message = "These books are of the whole house. Ask somebody who works for it."


class NoTerms(Refusal):
    """The operator's terms are not there."""

    status = 409
    message = (
        "There is no settlement.toml in the home; put contracts, payees and rates there first."
    )


def of_the_house(here: SignedIn) -> None:
    """Pass staff of the house itself: statements and providers' books are not one brand's.

    Raises:
        NotTheHouse.
    """
    if here.actor.brand_id != HOUSE:
        raise NotTheHouse


router = APIRouter(
    prefix="/api/staff", tags=["staff"], responses=MONEY_NOES,
    dependencies=[Depends(no_store), Depends(of_the_house)],
)  # fmt: skip
Reader = Annotated[Actor, Needs("money.read")]
Settler = Annotated[Actor, Needs("money.settle")]
Month = Annotated[str, Path(pattern=MONTH)]


@router.get("/reconcile")
def differences(
    _by: Reader, tx: Reading, *, explained: bool = False, before: Before = None, limit: Limit = 25
) -> ItemList:
    """Where our books and a provider's differ, newest first."""
    found = items(tx, explained=explained, before=before, limit=limit + 1)
    shown = [ItemShape.of(each) for each in found[:limit]]
    return ItemList(items=shown, next_before=shown[-1].id if len(found) > limit else None)


@router.post("/reconcile/{number}/explain")
def explain_difference(number: Number, why: Reason, by: Settler, tx: StaffTransaction) -> ItemShape:
    """Say why the books differ."""
    return ItemShape.of(explain(tx, number, why.reason, by))


@router.get("/ledger")
def ledger(by: Reader, tx: Reading) -> Books:
    """Coins by the role of their accounts."""
    return Books(balances=[BalanceShape.of(each) for each in balances(tx, by.brand_id)])


@router.post("/ledger/verify")
def verify_ledger(by: Reader, site: TheSite) -> Verdict:
    """Check every sum and every sealed block; reads everything."""
    faults = audit(site.workshop.database)
    sealed = verify(site.workshop.database)
    bad = [BadBlockShape(brand=b.chain, block=b.seq, reason=b.reason) for b in sealed.bad]
    sound = not bad and not faults
    with site.workshop.transaction() as tx:
        record(tx, by, "ledger.verified", "ledger:coins", after={"sound": sound})
    return Verdict(sound=sound, blocks=sealed.blocks, rows=sealed.rows, bad=bad, faults=faults)


@router.get("/statements")
def statements(
    _by: Reader,
    tx: Reading,
    month: Annotated[str, Query(pattern="^(20[0-9]{2}-(0[1-9]|1[0-2]))?$")] = "",
) -> StatementList:
    """Statements of a month, or of all, and how far each is."""
    found = standings(tx)
    months = sorted({each.period for each in found}, reverse=True)
    shown = [StatementCard.of(each) for each in found if month in ("", each.period)]
    return StatementList(statements=shown, months=months)


@router.get("/statements/{number}")
def statement(number: Number, _by: Reader, tx: Reading) -> StatementShape:
    """A statement, line by line."""
    return StatementShape.of(find(tx, number))


@router.get("/statements/{number}/lines/{line}/uses")
def uses(
    number: Number, line: Annotated[int, Path(ge=1, le=100_000)], _by: Reader, tx: Reading
) -> UsesShape:
    """What a line was added up from; no viewer is named."""
    return UsesShape.of(uses_of_line(tx, find(tx, number), line))


@router.get("/statements/{number}/file.{ending}", response_class=Response)
def file(number: Number, ending: Ending, _by: Reader, tx: Reading) -> Response:
    """A statement as a file."""
    issued = _issued(find(tx, number))
    content = statement_file(issued, ending)
    name = f"{stem(issued)}.{ending}"
    headers = {"content-disposition": f'attachment; filename="{name}"', "cache-control": "no-store"}
    return Response(content, media_type=TYPES[ending], headers=headers)


@router.post("/statements/{number}/approve")
def approve_statement(
    number: Number,
    seen: Seen,
    by: Annotated[Actor, Needs("money.approve")],
    tx: StaffTransaction,
) -> StatementShape:
    """Say yes to a draft that somebody else closed; `content_hash` is its sha256 as it was seen."""
    return StatementShape.of(approve(tx, number, seen.content_hash, by, seen.reason))


@router.post("/statements/{number}/issue")
def issue_statement(number: Number, by: Settler, tx: StaffTransaction) -> StatementShape:
    """Send an approved statement out; from then on it stays as it is."""
    return StatementShape.of(issue(tx, number, by))


@router.post("/statements/{number}/paid")
def pay_statement(
    number: Number, note: PaidNote, by: Settler, tx: StaffTransaction
) -> StatementShape:
    """Note that the bank paid it."""
    return StatementShape.of(mark_paid(tx, number, note.reference, by))


@router.post("/settlements/{month}/take-back", status_code=204)
def take_back_closing(month: Month, why: Reason, by: Settler, tx: StaffTransaction) -> None:
    """Open the month that was closed last again, while none of its statements is issued."""
    take_back(tx, month, by, why.reason)


@router.post("/settlements/{month}/pay-files")
def pay_files(
    month: Month, wish: PayWish, by: Settler, tx: StaffTransaction, site: TheSite
) -> PayFiles:
    """The files a bank pays from: what is issued and not yet paid."""
    try:
        terms = (site.settings.folder / TERMS).read_text(encoding="utf-8")
    except OSError:
        raise NoTerms from None
    files = make_pay_files(tx, month, terms, wish.on, by, wish.form)
    shown = [PayFileShape(name=each.name, text=each.content.decode()) for each in files]
    return PayFiles(files=shown)


def _issued(standing: Standing) -> Issued:
    return Issued(standing.payee, standing.period, standing.currency, standing.version,
                  standing.content, standing.sha256)  # fmt: skip
