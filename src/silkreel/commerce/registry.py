"""Which ways to pay and ad networks there are: ours and strangers' come by the same entry points."""

from collections.abc import Iterable
from importlib.metadata import entry_points
from typing import Any, Literal, cast

from silkreel.commerce.ad_proofs import AdNetwork, NetworkMissing
from silkreel.commerce.ad_reporting import Reporter, ReportsMissing
from silkreel.commerce.payments import Provider, ProviderMissing
from silkreel.kit.refusals import Refusal
from silkreel.kit.settings import Settings

Group = Literal["payments", "adnetworks"]


class PretendPaymentsOnARealBrand(Refusal):
    """Pretend money would buy real coins."""

    status = 409
    message = (
        "{provider} takes pretend money, and {brand} is a real brand. Take {provider} out of "
        "SILKREEL_PAYMENTS, or serve only demo and sandbox brands here."
    )


def names(group: Group) -> tuple[str, ...]:
    """Names registered for a group, in alphabetical order."""
    return tuple(sorted(point.name for point in entry_points(group=f"silkreel.{group}")))


def open_provider(name: str, settings: Settings) -> Provider:
    """Open a way to pay by name.

    Raises:
        ProviderMissing: it is not registered or not set up; the sentence says what to do.
    """
    return cast("Provider", _load("payments", name).open(settings))


def open_network(name: str, settings: Settings) -> AdNetwork:
    """Open an ad network by name.

    Raises:
        NetworkMissing: it is not registered or not set up; the sentence says what to do.
    """
    return cast("AdNetwork", _load("adnetworks", name).open(settings))


def open_reporter(name: str, settings: Settings) -> Reporter:
    """Open what fetches an ad network's reports: its class gives `reporter(settings)` where it can.

    Raises:
        ReportsMissing: there is no such network, it cannot, or is not set up; the sentence says
            what to do.
    """
    known = name in names("adnetworks")
    opener = getattr(_load("adnetworks", name), "reporter", None) if known else None
    if opener is None:
        raise ReportsMissing(
            network=name,
            why="it has no reporting API that is known here",
            mend="Import its file: silkreel ads report import FILE.",
        )
    return cast("Reporter", opener(settings))


def open_providers(settings: Settings, real_brands: Iterable[str]) -> dict[str, Provider]:
    """Every way to pay that is set up, in the settings' order.

    Raises:
        PretendPaymentsOnARealBrand: pretend payments are on where a real brand is served.
    """
    found: dict[str, Provider] = {}
    for name in settings.engines("payments"):
        try:
            found[name] = open_provider(name, settings)
        except ProviderMissing:
            continue
    refuse_test_providers(found.values(), real_brands)
    return found


def refuse_test_providers(providers: Iterable[Provider], real_brands: Iterable[str]) -> None:
    """Stop a start in which pretend money could buy coins of a real brand."""
    brand = next(iter(real_brands), None)
    for provider in providers:
        if provider.test_only and brand is not None:
            raise PretendPaymentsOnARealBrand(provider=provider.name, brand=brand)


def _load(group: Group, name: str) -> Any:
    for point in entry_points(group=f"silkreel.{group}"):
        if point.name == name:
            return point.load()
    why, mend = "no installed package offers it", "Install the package, or correct the name."
    if group == "payments":
        raise ProviderMissing(provider=name, why=why, mend=mend)
    raise NetworkMissing(network=name, why=why, mend=mend)
