"""What an operator agreed to and looked up: contracts, payees, withholding and rates, with dates.

A TOML file of the operator. No rate of tax or exchange is shipped: each line is theirs, dated, and
kept with the period that was closed with it.
"""

import tomllib
from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from silkreel.kit.money import exponent
from silkreel.kit.refusals import Refusal

WHOLE_BP = 10_000  # basis points of one
ANYWHERE = "*"
Name = Annotated[str, Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$")]  # is part of a file name
BasisPoints = Annotated[int, Field(ge=0, le=WHOLE_BP)]
IBAN = r"^([A-Z]{2}[0-9]{2}[A-Z0-9]{11,30})?$"
BIC = r"^([A-Z0-9]{4}[A-Z]{2}[A-Z0-9]{2}([A-Z0-9]{3})?)?$"  # as ISO 20022 has it
VipModel = Literal["user_centric", "pro_rata"]
RefundBearer = Literal["operator", "payee", "shared"]


class BadTerms(Refusal):
    """The file of terms cannot be used."""

    message = "The terms cannot be used: {place}: {why}. Mend the file and run the command again."


class TwoContracts(Refusal):
    """Two contracts want the same money."""

    status = 409
    message = (
        "Contracts {first} and {second} both cover series {series} in {market} in {period}; "
        "end one before the other begins."
    )


class NoRate(Refusal):
    """No exchange rate is there for a period."""

    status = 409
    message = (
        "There is no rate from {source} to {target} on or before {day}; add a [[rate]] with its "
        "date to the terms."
    )


class NoWithholding(Refusal):
    """Nobody said what to withhold."""

    status = 409
    message = (
        "There is no [[withholding]] for payees in {residence} and money from {market} on {day}; "
        "add one to the terms, with bp = 0 where nothing is withheld."
    )


class _Dated(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", populate_by_name=True)


class Share(_Dated):
    """A payee's part of what is left."""

    payee: str
    bp: BasisPoints


class Deduction(_Dated):
    """What is taken off the top, such as agreed marketing."""

    name: str
    bp: BasisPoints


class Contract(_Dated):
    """Who earns what of a series, where, from when until when, in which currency."""

    id: Name
    series: str
    markets: tuple[str, ...] = (ANYWHERE,)
    starts_on: date = Field(alias="from")
    ends_on: date | None = Field(default=None, alias="to")
    currency: str
    mg_minor: int = Field(default=0, ge=0)  # minimum guarantee that was paid in advance
    refund_bearer: RefundBearer = "shared"
    deductions: tuple[Deduction, ...] = ()
    platform_bp: BasisPoints
    shares: tuple[Share, ...] = Field(min_length=1)

    @model_validator(mode="after")
    def _sound(self) -> "Contract":
        exponent(self.currency)
        if sum(share.bp for share in self.shares) != WHOLE_BP:
            raise ValueError("the shares add up to 10000 basis points")
        if len({share.payee for share in self.shares}) != len(self.shares):
            raise ValueError("each payee has one share")
        if sum(each.bp for each in self.deductions) > WHOLE_BP:
            raise ValueError("the deductions are at most the whole")
        return self

    def covers(self, series: str, market: str, day: date) -> bool:
        """Whether money of that series from that market on that day falls under it."""
        there = ANYWHERE in self.markets or market in self.markets
        return (
            self.series == series
            and there
            and self.starts_on <= day
            and (self.ends_on is None or day <= self.ends_on)
        )


class Payer(_Dated):
    """Who pays: the operator's name and bank account, for the pay file."""

    name: str = Field(min_length=1, max_length=70)
    iban: str = Field(default="", pattern=IBAN)
    account: str = Field(default="", max_length=34)  # where there is no IBAN
    bic: str = Field(default="", pattern=BIC)


class Payee(_Dated):
    """Somebody who is paid: where they live for tax, in what and from what amount on."""

    id: Name
    name: str = Field(min_length=1, max_length=200)
    residence: str
    currency: str
    threshold_minor: int = Field(default=0, ge=0)  # of their currency; less is carried forward
    document_until: date | None = None  # last day their tax document is good
    iban: str = Field(default="", pattern=IBAN)
    account: str = Field(default="", max_length=34)  # where there is no IBAN
    bic: str = Field(default="", pattern=BIC)


class Withholding(_Dated):
    """What is held back for tax of payees living there, on money earned in a market."""

    residence: str
    market: str = ANYWHERE
    starts_on: date = Field(alias="from")
    ends_on: date | None = Field(default=None, alias="to")
    bp: BasisPoints  # with a good document
    undocumented_bp: BasisPoints


class Rate(_Dated):
    """Units of `target` for one of `source` on a day, as somebody published it."""

    source: str = Field(alias="from")
    target: str = Field(alias="to")
    on: date
    rate: Decimal = Field(gt=0)
    published_by: str


class Terms(_Dated):
    """All that a period is closed with."""

    pay_after_days: int = Field(default=30, ge=0, le=366)  # after the period's last day
    vip_model: VipModel = "user_centric"  # whose money a subscription's is: what they watched
    payer: Payer | None = None
    contract: tuple[Contract, ...] = ()
    payee: tuple[Payee, ...] = ()
    withholding: tuple[Withholding, ...] = ()
    rate: tuple[Rate, ...] = ()

    @model_validator(mode="after")
    def _named_once(self) -> "Terms":
        known = {payee.id for payee in self.payee}
        for named in (self.contract, self.payee):
            names = [each.id for each in named]
            if len(set(names)) != len(names):
                raise ValueError("an id is used once")
        for contract in self.contract:
            for share in contract.shares:
                if share.payee not in known:
                    raise ValueError(f"contract {contract.id} names no known payee: {share.payee}")
        return self

    def contract_for(self, series: str, market: str, day: date) -> Contract | None:
        """The one contract that money falls under.

        Raises:
            TwoContracts: more than one does.
        """
        found = [each for each in self.contract if each.covers(series, market, day)]
        if len(found) > 1:
            raise TwoContracts(first=found[0].id, second=found[1].id, series=series,
                               market=market, period=f"{day:%Y-%m}")  # fmt: skip
        return found[0] if found else None

    def payee_named(self, name: str) -> Payee:
        """A payee by id.

        Raises:
            BadTerms: they are not there, though money is carried forward for them.
        """
        for each in self.payee:
            if each.id == name:
                return each
        raise BadTerms(place=name, why="this payee is carried forward and no [[payee]] any more")

    def rate_on(self, source: str, target: str, day: date) -> Rate:
        """The newest rate on or before a day; one for one between the same currency.

        Raises:
            NoRate: there is none.
        """
        if source == target:
            return Rate(source=source, target=target, on=day, rate=Decimal(1), published_by="")
        found = [
            each
            for each in self.rate
            if (each.source, each.target) == (source, target) and each.on <= day
        ]
        if not found:
            raise NoRate(source=source, target=target, day=str(day))
        return max(found, key=lambda each: each.on)

    def withholding_bp(self, payee: Payee, market: str, pay_day: date) -> int:
        """What is withheld on a pay day; a rule for the market goes before one for all.

        Raises:
            NoWithholding: nobody said.
        """
        for place in (market, ANYWHERE):
            for rule in _in_force(self.withholding, pay_day):
                if (rule.residence, rule.market) == (payee.residence, place):
                    good = payee.document_until is not None and pay_day <= payee.document_until
                    return rule.bp if good else rule.undocumented_bp
        raise NoWithholding(residence=payee.residence, market=market, day=str(pay_day))


def read_terms(text: str) -> Terms:
    """Terms from a TOML text.

    Raises:
        BadTerms: it is no TOML, or says what cannot be.
    """
    try:
        return Terms.model_validate(tomllib.loads(text))
    except tomllib.TOMLDecodeError as problem:
        raise BadTerms(place="TOML", why=str(problem)) from None
    except ValidationError as problem:
        first = problem.errors()[0]
        place = ".".join(str(each) for each in first["loc"]) or "the file"
        raise BadTerms(place=place, why=first["msg"]) from None


def _in_force(rules: Sequence[Withholding], day: date) -> list[Withholding]:
    return [
        rule
        for rule in rules
        if rule.starts_on <= day and (rule.ends_on is None or day <= rule.ends_on)
    ]
