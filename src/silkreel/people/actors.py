"""Who does something, on whose behalf and with which rights: what every audited verb is told."""

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Literal

from silkreel.kit.refusals import Refusal
from silkreel.people.roles import every_right, guarded_rights

Kind = Literal["staff", "machine", "nobody"]


class NotYours(Refusal):
    """The person's roles do not hold the right."""

    status = 403
    message = "Your roles do not include this ({right}); ask somebody who manages the team."


class SecondFactorRequired(Refusal):
    """The brand asks for a second factor before this right counts."""

    status = 403
    message = "This needs a second factor: set one up under Your account, then sign in with it."


@dataclass(frozen=True, slots=True)
class Actor:
    """Somebody who acts now.

    `rights` count at once; `withheld` ones would count after a sign-in with a second factor.
    """

    kind: Kind
    id: str
    name: str
    brand_id: str
    at: datetime
    rights: frozenset[str] = frozenset()
    withheld: frozenset[str] = frozenset()
    request_id: str = ""

    def may(self, right: str) -> bool:
        """Whether a right counts now."""
        return right in self.rights

    def need(self, right: str) -> None:
        """Pass somebody who has the right.

        Raises:
            SecondFactorRequired: they would have it after signing in with a second factor.
            NotYours: they do not have it.
        """
        if right in self.rights:
            return
        if right in self.withheld:
            raise SecondFactorRequired
        raise NotYours(right=right)

    def covers(self, rights: frozenset[str]) -> bool:
        """Whether somebody else's rights are among one's own, withheld ones counted."""
        return rights <= self.rights | self.withheld


def machine(login: str, brand_id: str, at: datetime) -> Actor:
    """Whoever runs the command line on the machine itself: they hold the database anyway."""
    return Actor("machine", login, login, brand_id, at, rights=every_right())


def nobody(brand_id: str, at: datetime, request_id: str = "") -> Actor:
    """Somebody at the door whom we do not know yet."""
    return Actor("nobody", "", "", brand_id, at, request_id=request_id)


def withhold(actor: Actor, rule: str, *, second_factor: bool) -> Actor:
    """The actor with the rights that the brand's rule leaves to this session.

    `rule` is "optional", "money" (guarded rights need a second factor) or "everyone" (all do).
    """
    if second_factor or rule == "optional":
        return actor
    kept = frozenset() if rule == "everyone" else actor.rights - guarded_rights()
    return replace(actor, rights=kept, withheld=actor.rights - kept)
