"""What the bank is told to pay: ISO 20022 pain.001.001.09 as XML, one file per currency, or a CSV.

The same statements and accounts give the same bytes: the message's name and time are made from
what is paid and when it was issued, so a file sent twice is known to the bank as one.
"""

import csv
import hashlib
import io
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from lxml import etree

from silkreel.commerce.statement_steps import Standing
from silkreel.commerce.statements import from_csv
from silkreel.commerce.terms import Payee, Payer, Terms
from silkreel.kit.money import Money
from silkreel.kit.refusals import Refusal

NAMESPACE = "urn:iso:std:iso:20022:tech:xsd:pain.001.001.09"
CSV_COLUMNS = ("statement", "month", "payee", "name", "amount", "currency", "iban", "account", "bic",
               "reference")  # fmt: skip
NAME_LENGTH, TEXT_LENGTH = 140, 140  # of Max140Text


class NobodyPays(Refusal):
    """The terms do not say from which account."""

    status = 409
    message = (
        "The terms do not say who pays. Add [payer] with name and iban (or account) to "
        "settlement.toml, or take the CSV."
    )


class NoAccount(Refusal):
    """A payee without a bank account."""

    status = 409
    message = (
        "{payee} has no bank account in the terms. Add iban (or account) and bic to their [[payee]], "
        "or take the CSV."
    )


class NothingToPay(Refusal):
    """No statement waits to be paid."""

    status = 409
    message = "No statement of {month} is issued and not yet paid. Approve and issue them first."


@dataclass(frozen=True, slots=True)
class Payment:
    """One transfer: a statement's payable amount in the payee's currency."""

    statement: int
    period: str
    payee: str
    name: str
    amount: Money
    issued_at: datetime

    @property
    def reference(self) -> str:
        """What the bank repeats to both sides: a statement is paid once."""
        return f"SILKREEL-{self.period}-{self.statement}"


@dataclass(frozen=True, slots=True)
class PayFile:
    """A file for the bank and what it is called."""

    name: str
    content: bytes


def payments(standings: Iterable[Standing], month: str) -> list[Payment]:
    """Transfers of the statements that are issued and not paid; nothing is never transferred.

    Raises:
        NothingToPay.
    """
    found = []
    for each in standings:
        if each.state != "issued":
            continue
        row = from_csv(each.content)[-1]
        amount = Money(int(row["amount_minor"]), row["currency"])
        issued_at = next(step.at for step in each.steps if step.step == "issued")
        if amount.minor > 0:
            found.append(Payment(each.id, each.period, each.payee, row["name"], amount, issued_at))
    if not found:
        raise NothingToPay(month=month)
    return sorted(found, key=lambda each: (each.amount.currency, each.payee, each.statement))


def pay_csv(transfers: Sequence[Payment], terms: Terms) -> PayFile:
    """All transfers as RFC 4180 says: amounts with their decimals, one line each."""
    text = io.StringIO(newline="")
    writer = csv.writer(text, lineterminator="\r\n")
    writer.writerow(CSV_COLUMNS)
    for each in transfers:
        to = terms.payee_named(each.payee)
        writer.writerow(
            [each.statement, each.period, each.payee, _safe(each.name), f"{each.amount.decimal:f}",
             each.amount.currency, to.iban, to.account, to.bic, each.reference]
        )  # fmt: skip
    return PayFile(f"pay-{transfers[0].period}.csv", text.getvalue().encode())


def pay_xml(transfers: Sequence[Payment], terms: Terms, pay_on: date) -> list[PayFile]:
    """A credit transfer initiation for each currency.

    Raises:
        NobodyPays, NoAccount: the terms do not say enough.
        BadTerms: a payee is no longer in the terms.
    """
    payer = terms.payer
    if payer is None or not (payer.iban or payer.account):
        raise NobodyPays
    files = []
    for currency in sorted({each.amount.currency for each in transfers}):
        mine = [each for each in transfers if each.amount.currency == currency]
        content = _message(mine, payer, terms, pay_on)
        files.append(PayFile(f"pay-{mine[0].period}-{currency}.xml", content))
    return files


def _message(mine: Sequence[Payment], payer: Payer, terms: Terms, pay_on: date) -> bytes:
    root = etree.Element(f"{{{NAMESPACE}}}Document", nsmap={None: NAMESPACE})
    initiation = _add(root, "CstmrCdtTrfInitn")
    total = sum((each.amount for each in mine[1:]), mine[0].amount)
    name = _name(mine)
    header = _add(initiation, "GrpHdr")
    _add(header, "MsgId", name)
    _add(header, "CreDtTm", max(each.issued_at for each in mine).strftime("%Y-%m-%dT%H:%M:%SZ"))
    _totals(header, mine, total)
    _add(_add(header, "InitgPty"), "Nm", payer.name)
    batch = _add(initiation, "PmtInf")
    _add(batch, "PmtInfId", name)
    _add(batch, "PmtMtd", "TRF")
    _totals(batch, mine, total)
    _add(_add(batch, "ReqdExctnDt"), "Dt", pay_on.isoformat())
    _add(_add(batch, "Dbtr"), "Nm", payer.name)
    _account(_add(batch, "DbtrAcct"), payer)
    _agent(_add(batch, "DbtrAgt"), payer)
    for each in mine:
        _transfer(_add(batch, "CdtTrfTxInf"), each, terms.payee_named(each.payee))
    return bytes(etree.tostring(root, xml_declaration=True, encoding="UTF-8", pretty_print=True))


def _totals(parent: etree._Element, mine: Sequence[Payment], total: Money) -> None:
    _add(parent, "NbOfTxs", str(len(mine)))
    _add(parent, "CtrlSum", f"{total.decimal:f}")


def _transfer(parent: etree._Element, payment: Payment, to: Payee) -> None:
    if not (to.iban or to.account):
        raise NoAccount(payee=payment.payee)
    _add(_add(parent, "PmtId"), "EndToEndId", payment.reference)
    amount = _add(_add(parent, "Amt"), "InstdAmt", f"{payment.amount.decimal:f}")
    amount.set("Ccy", payment.amount.currency)
    if to.bic:
        _agent(_add(parent, "CdtrAgt"), to)
    _add(_add(parent, "Cdtr"), "Nm", payment.name[:NAME_LENGTH])
    _account(_add(parent, "CdtrAcct"), to)
    note = f"Statement {payment.period} {payment.reference}"
    _add(_add(parent, "RmtInf"), "Ustrd", note[:TEXT_LENGTH])


def _account(parent: etree._Element, of: Payer | Payee) -> None:
    identity = _add(parent, "Id")
    if of.iban:
        _add(identity, "IBAN", of.iban)
    else:
        _add(_add(identity, "Othr"), "Id", of.account)


def _agent(parent: etree._Element, of: Payer | Payee) -> None:
    bank = _add(parent, "FinInstnId")
    if of.bic:
        _add(bank, "BICFI", of.bic)
    else:
        _add(_add(bank, "Othr"), "Id", "NOTPROVIDED")  # what banks agreed to write there


def _name(mine: Sequence[Payment]) -> str:
    """At most 35 letters, the same for the same transfers."""
    told = "\n".join(f"{each.reference} {each.amount}" for each in mine)
    digest = hashlib.sha256(told.encode()).hexdigest()[:12]
    return f"SILKREEL-{mine[0].period}-{mine[0].amount.currency}-{digest}"


def _add(parent: etree._Element, name: str, text: str | None = None) -> etree._Element:
    child = etree.SubElement(parent, f"{{{NAMESPACE}}}{name}")
    child.text = text
    return child


def _safe(text: str) -> str:
    """A name that no spreadsheet takes for a formula."""
    return f"'{text}" if text.startswith(("=", "+", "-", "@")) else text
