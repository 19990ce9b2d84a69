"""What an ad network promises: to prove, to our server, that one intent's ad was watched."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol, Self
from urllib.parse import parse_qsl

from silkreel.commerce.payments import BadSignature, Unreadable
from silkreel.kit.refusals import Refusal
from silkreel.kit.settings import Settings

QUERY_BYTES = 8 * 1024  # a callback has fewer than twenty short fields
FIELDS = 60
NONCE = re.compile(r"[A-Za-z0-9_-]{16,32}")  # nothing that any wrapper would encode
TXN = re.compile(r"[A-Za-z0-9._:-]{1,128}")


class NetworkMissing(Refusal):
    """The network is not set up here."""

    status = 503
    message = "Ads of {network} cannot be proved here: {why}. {mend}"


@dataclass(frozen=True, slots=True)
class Proof:
    """The ad of one intent was watched; `network_txn` names the proof, once for ever."""

    nonce: str
    network: str
    network_txn: str

    def __post_init__(self) -> None:
        if not (NONCE.fullmatch(self.nonce) and TXN.fullmatch(self.network_txn)):
            raise Unreadable(why="it names no ad of ours", provider=self.network)


class AdNetwork(Protocol):
    """One network. `open(settings)` raises NetworkMissing, which says what to configure."""

    name: str

    @classmethod
    def open(cls, settings: Settings) -> Self:
        """The network with this installation's keys."""
        ...

    def verify(self, raw_query: str, headers: Mapping[str, str], at: datetime) -> Proof:
        """The proof in a callback's query, as it came, before any decoding.

        Raises:
            BadSignature, Unreadable, KeysOutOfReach, OutOfTime: each a reason not to believe it.
        """
        ...


def fields(raw_query: str, network: str) -> dict[str, str]:
    """The query's fields, decoded; a field that comes twice is refused, for readers disagree.

    Raises:
        Unreadable: too long, or a field twice.
    """
    if len(raw_query) > QUERY_BYTES:
        raise Unreadable(why="it is too long", provider=network)
    try:
        pairs = parse_qsl(raw_query, keep_blank_values=True, max_num_fields=FIELDS, errors="strict")
    except ValueError as broken:
        raise Unreadable(why="it is no query", provider=network) from broken
    found = dict(pairs)
    if len(found) != len(pairs):
        raise Unreadable(why="a field comes twice", provider=network)
    return found


def one(found: Mapping[str, str], name: str) -> str:
    """A field that must be there.

    Raises:
        BadSignature: it is not, so nothing is proved.
    """
    value = found.get(name)
    if not value:
        raise BadSignature
    return value
