"""Money as a whole number of a currency's smallest unit; coins are the unit COIN with no decimals."""

from dataclasses import dataclass
from decimal import Decimal
from functools import cache

from iso4217 import Currency

from silkreel.kit.refusals import Refusal

COIN = "COIN"  # a unit of ours, not of ISO 4217
MAX_MINOR = 10**15  # no payment comes near it, and every database holds it exactly


class UnknownCurrency(Refusal):
    """A code that ISO 4217 does not give an exponent."""

    message = "{currency} is no currency code of ISO 4217; use one such as USD, JPY or BRL."


class OddAmount(Refusal):
    """An amount with more decimals than its currency has, or beyond any payment."""

    message = "{amount} is no amount of {currency}, which has {exponent} decimals."


@cache
def exponent(currency: str) -> int:
    """Decimals of a currency: 2 for USD, 0 for JPY and COIN, 3 for KWD.

    Raises:
        UnknownCurrency: ISO 4217 gives it none (gold has none either).
    """
    if currency == COIN:
        return 0
    try:
        decimals = Currency(currency).exponent
    except ValueError:
        decimals = None
    if decimals is None:
        raise UnknownCurrency(currency=currency)
    return int(decimals)


@dataclass(frozen=True, slots=True, order=False)
class Money:
    """An exact amount. Amounts of different currencies are never added; they are not the same."""

    minor: int
    currency: str

    def __post_init__(self) -> None:
        if isinstance(self.minor, bool) or not isinstance(self.minor, int):
            raise TypeError("money is a whole number of the smallest unit")
        decimals = exponent(self.currency)
        if abs(self.minor) > MAX_MINOR:
            raise OddAmount(amount=self.minor, currency=self.currency, exponent=decimals)

    @classmethod
    def of(cls, amount: str | Decimal, currency: str) -> "Money":
        """Money from a decimal such as "4.99", never from a float.

        Raises:
            OddAmount: it has more decimals than the currency.
        """
        decimals = exponent(currency)
        minor = Decimal(amount).scaleb(decimals)
        if not minor.is_finite() or minor != minor.to_integral_value():
            raise OddAmount(amount=str(amount), currency=currency, exponent=decimals)
        return cls(int(minor), currency)

    def __add__(self, other: "Money") -> "Money":
        return Money(self.minor + self._same(other).minor, self.currency)

    def __sub__(self, other: "Money") -> "Money":
        return Money(self.minor - self._same(other).minor, self.currency)

    def __lt__(self, other: "Money") -> bool:
        return self.minor < self._same(other).minor

    def __str__(self) -> str:
        return f"{self.decimal} {self.currency}"

    @property
    def decimal(self) -> Decimal:
        """The amount as people write it: 499 USD minor is 4.99."""
        return Decimal(self.minor).scaleb(-exponent(self.currency))

    def part_between(self, start: int, end: int, whole: int) -> "Money":
        """The share of units [start, end) of `whole`: such shares add up to the whole, exactly."""
        share = self.minor * end // whole - self.minor * start // whole
        return Money(share, self.currency)

    def _same(self, other: "Money") -> "Money":
        if other.currency != self.currency:
            raise ValueError(f"{self.currency} and {other.currency} are not added")
        return other


def split(money: Money, weights: tuple[int, ...]) -> tuple[Money, ...]:
    """`money` by weights to the last unit: largest remainder, ties to whoever comes first.

    The parts add up to the whole and each is within one unit of its exact share.
    """
    total = sum(weights)
    if total <= 0 or min(weights) < 0:
        raise ValueError("weights are not negative, and one is above zero")
    floors = [money.minor * weight // total for weight in weights]
    rests = [money.minor * weight % total for weight in weights]
    order = sorted(range(len(weights)), key=lambda place: (-rests[place], place))
    for place in order[: money.minor - sum(floors)]:
        floors[place] += 1
    return tuple(Money(minor, money.currency) for minor in floors)
