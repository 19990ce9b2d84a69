"""From issued statements to a file for the bank, with accounts from the operator's terms."""

from datetime import date
from typing import Literal

from silkreel.commerce.pay_file import PayFile, pay_csv, pay_xml, payments
from silkreel.commerce.statement_steps import SETTLE, standings
from silkreel.commerce.terms import read_terms
from silkreel.kit.database import Session
from silkreel.people.actors import Actor
from silkreel.people.audit import record

Format = Literal["xml", "csv"]


def make_pay_files(
    tx: Session, month: str, terms: str, pay_on: date, by: Actor, form: Format = "xml"
) -> list[PayFile]:
    """Files for what is issued and not yet paid; that they were made is in the log.

    Raises:
        NothingToPay, NobodyPays, NoAccount, BadTerms, NotYours, SecondFactorRequired.
    """
    by.need(SETTLE)
    read = read_terms(terms)
    transfers = payments(standings(tx, month), month)
    files = [pay_csv(transfers, read)] if form == "csv" else pay_xml(transfers, read, pay_on)
    after = {"statements": [each.statement for each in transfers],
             "amounts": [str(each.amount) for each in transfers],
             "files": [each.name for each in files]}  # fmt: skip
    record(tx, by, "statement.pay_file", f"settlement:{month}", after=after)
    return files
